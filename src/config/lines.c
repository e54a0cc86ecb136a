#include "config.h"

#include "config/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "config/problem.h"

enum { FILE_LIMIT = 1024 * 1024 };

static char *fail(GError **error, ConfigErrorCode code, const char *words)
{
    g_set_error_literal(error, CONFIG_ERROR, code, words);
    return NULL;
}

/* Reads from the descriptor that was looked at, so that the permissions and the bytes are those of one file. */
static char *read_all(int descriptor, gsize *length, GError **error)
{
    gsize room = 4096, filled = 0;
    char *text = g_malloc(room + 1);
    for (;;) {
        ssize_t count = read(descriptor, text + filled, room - filled);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            secret_wipe(text, filled);
            g_free(text);
            return fail(error, CONFIG_ERROR_READ, g_strerror(errno));
        }
        filled += (gsize) count;
        if (count == 0 || filled > FILE_LIMIT)
            break;
        if (filled == room) {
            /* realloc could leave the old bytes behind. */
            char *larger = g_malloc(2 * room + 1);
            memcpy(larger, text, filled);
            secret_wipe(text, filled);
            g_free(text);
            text = larger;
            room *= 2;
        }
    }
    text[filled] = '\0';
    *length = filled;
    return text;
}

char *config_file_read(const char *path, guint *mode, GError **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return fail(error, errno == ENOENT ? CONFIG_ERROR_NO_FILE : CONFIG_ERROR_READ,
                    errno == ENOENT ? _("there is no such file") : g_strerror(errno));
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return fail(error, CONFIG_ERROR_READ, _("this is not a file"));
    }
    if (mode != NULL)
        *mode = status.st_mode & 07777;

    gsize length = 0;
    char *text = read_all(descriptor, &length, error);
    close(descriptor);
    if (text == NULL)
        return NULL;
    const char *wrong = NULL;
    if (length > FILE_LIMIT)
        wrong = _("it is larger than 1 MiB: this cannot be the right file");
    else if (!g_utf8_validate_len(text, length, NULL))
        wrong = _("it is not written in UTF-8");
    if (wrong != NULL) {
        secret_wipe(text, length);
        g_free(text);
        return fail(error, CONFIG_ERROR_READ, wrong);
    }
    return text;
}

void config_lines_start(ConfigLines *lines, const char *text)
{
    if (g_str_has_prefix(text, "\xef\xbb\xbf"))
        text += 3; /* the mark that Windows editors put in front */
    *lines = (ConfigLines){ .next = text, .number = 0 };
}

char *config_lines_next(ConfigLines *lines)
{
    while (*lines->next != '\0') {
        const char *start = lines->next;
        gsize length = strcspn(start, "\n");
        lines->next = start + length + (start[length] == '\n' ? 1 : 0);
        lines->number++;
        while (length > 0 && g_ascii_isspace(*start)) {
            start++;
            length--;
        }
        while (length > 0 && g_ascii_isspace(start[length - 1]))
            length--;
        if (length > 0 && *start != '#')
            return g_strndup(start, length);
    }
    return NULL;
}

gboolean config_line_split(const char *line, char **name, char **value)
{
    const char *equals = strchr(line, '=');
    if (equals == NULL)
        return FALSE;
    g_autofree char *left = g_strstrip(g_strndup(line, (gsize) (equals - line)));
    if (*left == '\0')
        return FALSE;
    *name = g_steal_pointer(&left);
    *value = g_strstrip(g_strdup(equals + 1));
    return TRUE;
}
