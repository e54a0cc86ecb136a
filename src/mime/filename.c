/* File names from mail, and creating files under them (see filename.h; S41). */
#include "config.h"
#include "mime/filename.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAME 200

/* Names that mean a device on other systems that may share the directory. */
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = { "con",  "prn",  "aux",  "nul",  "com1", "com2",
                                            "com3", "com4", "lpt1", "lpt2", "lpt3" };
    gsize stem = strcspn(name, ".");
    for (gsize i = 0; i < G_N_ELEMENTS(reserved); i++)
        if (strlen(reserved[i]) == stem && g_ascii_strncasecmp(name, reserved[i], stem) == 0)
            return true;
    return false;
}

/* Characters that are trouble in a shell line, in another file system, or to the eye become '_'. What
 * text_make_safe() put in place of something hostile is such a character too. */
static bool is_unwanted(gunichar c)
{
    return c < 0x20 || c == 0x7f || (c < 0x80 && strchr("/\\:*?\"<>|`$;&!'", (int)c)) || c == 0xfffd ||
           (c >= 0x2400 && c <= 0x2421) || (g_unichar_isspace(c) && c != ' ');
}

/* Cut to MAX_NAME bytes at a character, keeping the ending. */
static void shorten(GString *name)
{
    if (name->len <= MAX_NAME)
        return;
    const char *dot = strrchr(name->str, '.');
    g_autofree char *ending = dot && name->str + name->len - dot <= 20 ? g_strdup(dot) : g_strdup("");
    const char *cut = name->str + MAX_NAME - strlen(ending);
    while (cut > name->str && ((unsigned char)*cut & 0xc0) == 0x80)
        cut--;
    g_string_truncate(name, (gsize)(cut - name->str));
    g_string_append(name, ending);
}

/* What hides a file or makes a switch of it, and marks that then stand on nothing. */
static void trim_start(GString *name)
{
    const char *p = name->str;
    while (*p != '\0' && (strchr(". -~", *p) || text_char_width(g_utf8_get_char(p)) == 0))
        p = g_utf8_next_char(p);
    g_string_erase(name, 0, p - name->str);
}

static void trim_end(GString *name)
{
    while (name->len > 0 && strchr(". ", name->str[name->len - 1]))
        g_string_truncate(name, name->len - 1);
}

char *mime_safe_filename(const char *sent)
{
    g_autofree char *safe = text_make_safe(sent ? sent : "", -1, TEXT_SINGLE_LINE);
    const char *base = safe;
    for (const char *p = safe; *p; p++)
        if ((*p == '/' || *p == '\\') && p[1])
            base = p + 1;

    GString *name = g_string_new(NULL);
    for (const char *p = base; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_unwanted(c))
            g_string_append_c(name, '_');
        else
            g_string_append_unichar(name, c);
    }
    trim_start(name);
    trim_end(name);
    if (is_reserved(name->str))
        g_string_prepend_c(name, '_');
    shorten(name);
    trim_end(name); /* the cut may have come behind a space */
    if (strspn(name->str, "_") == name->len)
        g_string_assign(name, "attachment");
    return g_string_free(name, FALSE);
}

char *mime_inert_filename(const char *name)
{
    char *inert = g_strdup(name);
    for (char *p = inert; *p; p++)
        if ((unsigned char)*p < 0x80 && !g_ascii_isalnum(*p) && !strchr("._-", *p))
            *p = '_';
    return inert;
}

static const char *ending_for(const MessagePart *part)
{
    static const struct {
        const char *type, *ending;
    } endings[] = {
        { "text/plain", ".txt" },
        { "text/html", ".html" },
        { "text/calendar", ".ics" },
        { "text/vcard", ".vcf" },
        { "text/csv", ".csv" },
        { "image/jpeg", ".jpg" },
        { "image/png", ".png" },
        { "image/gif", ".gif" },
        { "image/webp", ".webp" },
        { "image/svg+xml", ".svg" },
        { "application/pdf", ".pdf" },
        { "application/zip", ".zip" },
        { "application/json", ".json" },
        { "message/rfc822", ".eml" },
        { "audio/mpeg", ".mp3" },
        { "video/mp4", ".mp4" },
        { "application/pgp-signature", ".asc" },
        { "application/gzip", ".gz" },
    };
    g_autofree char *type = g_strconcat(part->type, "/", part->subtype, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
        if (strcmp(type, endings[i].type) == 0)
            return endings[i].ending;
    return strcmp(part->type, "text") == 0 ? ".txt" : ".bin";
}

char *mime_part_filename(const MessagePart *part)
{
    if (part->filename && *part->filename) {
        g_autofree char *name = mime_safe_filename(part->filename);
        if (strcmp(name, "attachment") != 0)
            return g_steal_pointer(&name);
    }
    g_autofree char *number = g_strcanon(g_strdup(*part->section ? part->section : "0"), "0123456789", '-');
    return g_strconcat("part-", number, ending_for(part), NULL);
}

static int create(const char *path, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    int reason = errno;
    g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
    if (reason == EEXIST)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("%s is already there; it was not touched"),
                    shown);
    else
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(reason), _("Cannot create %s: %s"), shown,
                    g_strerror(reason));
    return -1;
}

int mime_create_file(const char *directory, const char *name, GError **error)
{
    g_autofree char *path = directory ? g_build_filename(directory, name, NULL) : g_strdup(name);
    return create(path, error);
}

int mime_create_file_beside(const char *directory, const char *name, char **path, GError **error)
{
    const char *dot = strrchr(name, '.');
    gsize stem = dot && dot > name ? (gsize)(dot - name) : strlen(name);
    for (int n = 1; n < 1000; n++) {
        g_autofree char *candidate =
            n == 1 ? g_strdup(name) : g_strdup_printf("%.*s-%d%s", (int)stem, name, n, name + stem);
        g_autofree char *full = g_build_filename(directory, candidate, NULL);
        g_autoptr(GError) trouble = NULL;
        int fd = create(full, &trouble);
        if (fd >= 0) {
            *path = g_steal_pointer(&full);
            return fd;
        }
        if (!g_error_matches(trouble, G_IO_ERROR, G_IO_ERROR_EXISTS) || n == 999) {
            g_propagate_error(error, g_steal_pointer(&trouble));
            return -1;
        }
    }
    g_return_val_if_reached(-1);
}
