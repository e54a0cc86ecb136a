/* What a file really is (see magic.h). */
#include "config.h"
#include "mime/magic.h"

#include "base/i18n.h"
#include "base/text.h"

#include <fcntl.h>
#include <magic.h>
#include <string.h>
#include <unistd.h>

#define LOOKED_AT 65536

struct MimeMagic {
    magic_t cookie;
};

MimeMagic *mime_magic_new(void)
{
    /* No looking into archives: what is packed in a file is not what opens. */
    magic_t cookie =
        magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF);
    if (!cookie)
        return NULL;
    if (magic_load(cookie, NULL) != 0) {
        magic_close(cookie);
        return NULL;
    }
    MimeMagic *magic = g_new0(MimeMagic, 1);
    magic->cookie = cookie;
    return magic;
}

void mime_magic_free(MimeMagic *magic)
{
    if (!magic)
        return;
    magic_close(magic->cookie);
    g_free(magic);
}

char *mime_magic_of_bytes(MimeMagic *magic, const void *bytes, gsize length)
{
    const char *type =
        length > 0 ? magic_buffer(magic->cookie, bytes, MIN(length, (gsize)LOOKED_AT)) : "inode/x-empty";
    return g_strdup(type && *type ? type : "application/octet-stream");
}

char *mime_magic_of_file(MimeMagic *magic, const char *path)
{
    g_autofree char *buffer = g_malloc(LOOKED_AT);
    gsize length = 0;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) {
        gssize n;
        while (length < LOOKED_AT && (n = read(fd, buffer + length, LOOKED_AT - length)) > 0)
            length += (gsize)n;
        close(fd);
    }
    return mime_magic_of_bytes(magic, buffer, length);
}

static bool matches(const char *type, const char *const *patterns)
{
    for (; *patterns; patterns++) {
        gsize length = strlen(*patterns);
        bool prefix = (*patterns)[length - 1] == '*';
        if (prefix ? g_ascii_strncasecmp(type, *patterns, length - 1) == 0
                   : g_ascii_strcasecmp(type, *patterns) == 0)
            return true;
    }
    return false;
}

static bool could_run(const char *type)
{
    static const char *const runs[] = {
        "application/x-executable",
        "application/x-pie-executable",
        "application/x-sharedlib",
        "application/x-object",
        "application/x-elf",
        "application/x-dosexec",
        "application/x-mach-binary",
        "application/x-msdownload",
        "application/vnd.microsoft.portable-executable",
        "application/x-ms-shortcut",
        "application/x-desktop",
        "application/java-archive",
        "application/x-java-applet",
        "application/x-shellscript",
        "text/x-shellscript",
        "text/x-python*",
        "text/x-script*",
        "text/x-perl",
        "text/x-ruby",
        "text/x-php",
        "text/x-msdos-batch",
        "text/x-lua",
        "text/x-tcl",
        "text/x-awk",
        "text/javascript",
        "application/javascript",
        "application/x-msi",
        "application/hta",
        NULL,
    };
    return matches(type, runs);
}

/* Names of one thing. */
static const char *usual_name(const char *type)
{
    static const char *const pairs[][2] = {
        { "image/jpg", "image/jpeg" },
        { "image/pjpeg", "image/jpeg" },
        { "image/x-png", "image/png" },
        { "application/x-pdf", "application/pdf" },
        { "application/x-zip-compressed", "application/zip" },
        { "application/x-zip", "application/zip" },
        { "application/x-gzip", "application/gzip" },
        { "text/xml", "application/xml" },
        { "text/x-vcard", "text/vcard" },
        { "text/directory", "text/vcard" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (g_ascii_strcasecmp(type, pairs[i][0]) == 0)
            return pairs[i][1];
    return type;
}

static bool same_major(const char *a, const char *b)
{
    gsize n = strcspn(a, "/");
    return n == strcspn(b, "/") && g_ascii_strncasecmp(a, b, n) == 0;
}

/* Types without a mark of their own, or that are another type to those who look at the first bytes. */
static bool is_kind_of(const char *declared, const char *sniffed)
{
    static const char *const textual[] = { "text/*",
                                           "message/*",
                                           "application/json",
                                           "application/xml",
                                           "application/*+xml",
                                           "application/*+json",
                                           "application/yaml",
                                           "application/x-yaml",
                                           "application/sql",
                                           "application/pgp*",
                                           "application/x-tex",
                                           "application/toml",
                                           "application/ics",
                                           NULL };
    static const char *const zipped[] = { "application/vnd.*", "application/epub+zip",
                                          "application/x-xpinstall", "application/zip", NULL };
    static const char *const compound[] = { "application/vnd.ms-*", "application/msword",
                                            "application/vnd.visio", NULL };
    static const char *const media[] = { "image/*", "audio/*", "video/*", NULL };
    if (g_str_has_prefix(sniffed, "text/") || strcmp(sniffed, "application/xml") == 0 ||
        strcmp(sniffed, "application/json") == 0 || strcmp(sniffed, "message/rfc822") == 0 ||
        strcmp(sniffed, "application/x-ndjson") == 0)
        return matches(declared, textual) || g_str_has_suffix(declared, "+xml") ||
               g_str_has_suffix(declared, "+json");
    if (strcmp(sniffed, "application/zip") == 0)
        return matches(declared, zipped);
    if (strcmp(sniffed, "application/CDFV2") == 0 || strcmp(sniffed, "application/x-ole-storage") == 0 ||
        strcmp(sniffed, "application/msword") == 0)
        return matches(declared, compound);
    if (strcmp(sniffed, "application/ogg") == 0 || strcmp(sniffed, "application/x-matroska") == 0)
        return matches(declared, media);
    return matches(declared, media) && same_major(declared, sniffed);
}

static void say(char **why, const char *words, const char *declared, const char *sniffed)
{
    g_autofree char *a = text_make_safe(declared, -1, TEXT_SINGLE_LINE);
    g_autofree char *b = text_make_safe(sniffed, -1, TEXT_SINGLE_LINE);
    if (why)
        *why = g_strdup_printf(words, a, b);
}

bool mime_magic_agrees(const char *declared, const char *sniffed, char **why)
{
    declared = usual_name(declared);
    sniffed = usual_name(sniffed);
    if (why)
        *why = NULL;
    if (could_run(sniffed) || could_run(declared)) {
        say(why,
            _("This is sent as %s, but it is a program or a script (%s). It can be saved; Malle does not "
              "open it."),
            declared, sniffed);
        return false;
    }
    if (g_ascii_strcasecmp(declared, sniffed) == 0 ||
        g_ascii_strcasecmp(declared, "application/octet-stream") == 0 || is_kind_of(declared, sniffed))
        return true;
    /* Nothing known about the bytes: that is what most formats look like, but a picture or a PDF has a mark.
     */
    if (strcmp(sniffed, "application/octet-stream") == 0 && !g_str_has_prefix(declared, "image/") &&
        !g_str_has_prefix(declared, "text/") && strcmp(declared, "application/pdf") != 0)
        return true;
    if (strcmp(sniffed, "inode/x-empty") == 0)
        return true;
    say(why, _("This is sent as %s, but its content is %s."), declared, sniffed);
    return false;
}

const char *mime_type_of_name(const char *filename)
{
    static const char *const types[][2] = {
        { ".txt", "text/plain" },
        { ".md", "text/markdown" },
        { ".html", "text/html" },
        { ".htm", "text/html" },
        { ".csv", "text/csv" },
        { ".ics", "text/calendar" },
        { ".vcf", "text/vcard" },
        { ".pdf", "application/pdf" },
        { ".zip", "application/zip" },
        { ".gz", "application/gzip" },
        { ".tar", "application/x-tar" },
        { ".json", "application/json" },
        { ".xml", "application/xml" },
        { ".png", "image/png" },
        { ".jpg", "image/jpeg" },
        { ".jpeg", "image/jpeg" },
        { ".gif", "image/gif" },
        { ".webp", "image/webp" },
        { ".svg", "image/svg+xml" },
        { ".mp3", "audio/mpeg" },
        { ".ogg", "audio/ogg" },
        { ".flac", "audio/flac" },
        { ".mp4", "video/mp4" },
        { ".webm", "video/webm" },
        { ".eml", "message/rfc822" },
        { ".patch", "text/x-diff" },
        { ".diff", "text/x-diff" },
        { ".odt", "application/vnd.oasis.opendocument.text" },
        { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
    };
    const char *dot = strrchr(filename, '.');
    for (gsize i = 0; dot && i < G_N_ELEMENTS(types); i++)
        if (g_ascii_strcasecmp(dot, types[i][0]) == 0)
            return types[i][1];
    return NULL;
}

char *mime_type_to_open(const char *declared, const char *filename, const char *path, char **why)
{
    g_autoptr(MimeMagic) magic = mime_magic_new();
    /* Without the database only what is declared is known; a program is refused by its type and its name. */
    g_autofree char *sniffed = magic ? mime_magic_of_file(magic, path) : g_strdup("application/octet-stream");
    const char *by_name = filename ? mime_type_of_name(filename) : NULL;
    if (!mime_magic_agrees(declared, magic ? sniffed : declared, why))
        return NULL;
    if (g_ascii_strcasecmp(declared, "application/octet-stream") != 0)
        return g_ascii_strdown(declared, -1);
    if (by_name && mime_magic_agrees(by_name, sniffed, NULL))
        return g_strdup(by_name);
    return g_steal_pointer(&sniffed);
}
