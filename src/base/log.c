#include "config.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/i18n.h"

enum {
    LOG_SIZE_LIMIT = 4 * 1024 * 1024,
    LOG_LINE_LIMIT = 8 * 1024, /* a line beyond it is a mistake of ours; cut, so that it cannot fill the disk */
};

/* Lives as long as the process: GLib takes one writer function, once, and offers no way back. */
typedef struct {
    int descriptor;
    GLogLevelFlags level;
} Log;

static const struct {
    GLogLevelFlags level;
    const char *name;
} level_names[] = {
    { G_LOG_LEVEL_ERROR, "fatal" },     { G_LOG_LEVEL_CRITICAL, "error" }, { G_LOG_LEVEL_WARNING, "warning" },
    { G_LOG_LEVEL_MESSAGE, "message" }, { G_LOG_LEVEL_INFO, "info" },      { G_LOG_LEVEL_DEBUG, "debug" },
};

static const char *level_name(GLogLevelFlags level)
{
    for (guint i = 0; i < G_N_ELEMENTS(level_names); i++)
        if ((level & level_names[i].level) != 0)
            return level_names[i].name;
    return "other";
}

GLogLevelFlags log_level_from_name(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(level_names); i++)
        if (g_strcmp0(name, level_names[i].name) == 0)
            return level_names[i].level;
    return G_LOG_LEVEL_INFO;
}

/* --- redaction -------------------------------------------------------------------------------- */

/* What may follow these words on a wire is a secret (RFC 9051 §6.2, RFC 5034, RFC 4954; RFC 6750). */
static const char *const secret_words[] = { "LOGIN ", "AUTHENTICATE ", "AUTH ", "PASS ", "Bearer ", "auth=" };

/* The length of the secret word that starts at `text`, standing alone, else 0. */
static gsize secret_word_at(const char *start, const char *text)
{
    if (text > start && g_ascii_isalnum(text[-1]))
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(secret_words); i++) {
        gsize length = strlen(secret_words[i]);
        if (g_ascii_strncasecmp(text, secret_words[i], length) == 0)
            return length;
    }
    return 0;
}

/* The end of the word or line that holds the secret: everything up to the next line. */
static const char *end_of_line(const char *text)
{
    return text + strcspn(text, "\r\n");
}

/* "//user:password@" at `text`: where the password starts and ends, or FALSE. */
static gboolean url_password_at(const char *text, const char **from, const char **to)
{
    if (!g_str_has_prefix(text, "//"))
        return FALSE;
    const char *authority_end = text + 2 + strcspn(text + 2, "/ \t\r\n");
    const char *at = NULL;
    for (const char *p = text + 2; p < authority_end; p++)
        if (*p == '@')
            at = p;
    const char *colon = at != NULL ? memchr(text + 2, ':', (gsize) (at - text - 2)) : NULL;
    if (colon == NULL)
        return FALSE;
    *from = colon + 1;
    *to = at;
    return TRUE;
}

static const char *append_character(GString *safe, const char *text)
{
    gunichar character = g_utf8_get_char_validated(text, -1);
    if (character == (gunichar) -1 || character == (gunichar) -2) {
        g_string_append_printf(safe, "\\x%02x", (guchar) *text);
        return text + 1;
    }
    if (character < 0x20 || (character >= 0x7f && character < 0xa0))
        g_string_append_printf(safe, "\\x%02x", character);
    else
        g_string_append_unichar(safe, character);
    return g_utf8_next_char(text);
}

char *log_redact(const char *text)
{
    GString *safe = g_string_new(NULL);
    for (const char *p = text; *p != '\0';) {
        const char *from = NULL, *to = NULL;
        gsize word = secret_word_at(text, p);
        if (word > 0) {
            from = p + word;
            to = end_of_line(from);
        } else if (!url_password_at(p, &from, &to)) {
            p = append_character(safe, p);
            continue;
        }
        g_string_append_len(safe, p, from - p);
        g_string_append(safe, "***");
        p = to;
    }
    return g_string_free(safe, FALSE);
}

/* --- the writer ------------------------------------------------------------------------------- */

static char *format_line(GLogLevelFlags level, const char *domain, const char *message)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *second = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *safe = log_redact(message);
    if (strlen(safe) > LOG_LINE_LIMIT)
        safe[LOG_LINE_LIMIT] = '\0';
    gboolean ours = domain == NULL || strcmp(domain, G_LOG_DOMAIN) == 0;
    return g_strdup_printf("%s.%03dZ %-7s %s%s%s\n", second, g_date_time_get_microsecond(now) / 1000,
                           level_name(level), ours ? "" : domain, ours ? "" : ": ", safe);
}

static GLogWriterOutput write_fields(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer user_data)
{
    const Log *log = user_data;
    const char *domain = NULL, *message = "";
    /* GLib's levels grow downwards: G_LOG_LEVEL_ERROR is the smallest bit. */
    if ((level & G_LOG_LEVEL_MASK) > log->level)
        return G_LOG_WRITER_HANDLED;
    for (gsize i = 0; i < count; i++) {
        if (fields[i].length >= 0)
            continue; /* not a string */
        if (strcmp(fields[i].key, "GLIB_DOMAIN") == 0)
            domain = fields[i].value;
        else if (strcmp(fields[i].key, "MESSAGE") == 0)
            message = fields[i].value;
    }
    /* One write() on an O_APPEND descriptor: whole lines, whichever thread or process they come from. A full disk is no
     * reason to stop reading mail, so the result is not looked at. */
    g_autofree char *line = format_line(level, domain, message);
    ssize_t written = write(log->descriptor, line, strlen(line));
    (void) written;
    return G_LOG_WRITER_HANDLED;
}

static void set_aside(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || status.st_size < LOG_SIZE_LIMIT)
        return;
    g_autofree char *old = g_strconcat(path, ".old", NULL);
    rename(path, old);
}

gboolean log_start(const char *path, GLogLevelFlags level, GError **error)
{
    set_aside(path);
    int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        int number = errno;
        g_autofree char *what = g_strdup_printf(_("The log %s cannot be written"), path);
        return error_set_errno(error, number, what);
    }
    Log *log = g_new(Log, 1);
    *log = (Log){ .descriptor = descriptor, .level = level };
    g_log_set_writer_func(write_fields, log, NULL);
    return TRUE;
}
