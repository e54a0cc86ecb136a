#include "config.h"

#include "base/absent.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DURABLE (G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE)

static void free_part(gpointer data)
{
    AbsentPart *part = data;
    g_free(part->section);
    g_free(part->name);
    g_free(part);
}

AbsentPart *absent_part_new(guint64 offset, guint64 length, guint64 octets, gint64 message_id, const char *section, const char *name)
{
    AbsentPart *part = g_new0(AbsentPart, 1);
    *part = (AbsentPart){ offset, length, octets, message_id, g_strdup(section), g_strdup(name != NULL ? name : "") };
    g_strdelimit(part->name, "\r\n", ' ');
    return part;
}

GPtrArray *absent_parts_new(void)
{
    return g_ptr_array_new_with_free_func(free_part);
}

char *absent_parts_path(const char *path)
{
    return g_strconcat(path, ABSENT_SUFFIX, NULL);
}

static guint64 length_of(const char *path)
{
    GStatBuf facts;
    return g_stat(path, &facts) == 0 ? (guint64) facts.st_size : 0;
}

/* --- the note beside the file --------------------------------------------------------------------- */

/* "offset length octets message section name"; a section that is empty is written "-". */
static AbsentPart *parse_line(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 6);
    if (g_strv_length(words) != 6)
        return NULL;
    return absent_part_new(g_ascii_strtoull(words[0], NULL, 10), g_ascii_strtoull(words[1], NULL, 10), g_ascii_strtoull(words[2], NULL, 10),
                           g_ascii_strtoll(words[3], NULL, 10), g_str_equal(words[4], "-") ? "" : words[4], words[5]);
}

GPtrArray *absent_parts_read(const char *path)
{
    GPtrArray *parts = absent_parts_new();
    g_autofree char *beside = absent_parts_path(path), *text = NULL;
    if (!g_file_get_contents(beside, &text, NULL, NULL))
        return parts;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint64 length = length_of(path), from = 0;
    if (lines[0] == NULL || g_ascii_strtoull(lines[0], NULL, 10) != length)
        return parts;
    for (char **line = lines + 1; *line != NULL && **line != '\0'; line++) {
        AbsentPart *part = parse_line(*line);
        if (part == NULL)
            continue;
        g_ptr_array_add(parts, part);
        if (part->offset < from || part->offset > length || part->length > length - part->offset) {
            g_ptr_array_set_size(parts, 0);
            return parts;
        }
        from = part->offset + part->length;
    }
    return parts;
}

gboolean absent_parts_write(const GPtrArray *parts, const char *path, GError **error)
{
    g_autofree char *beside = absent_parts_path(path);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%" G_GUINT64_FORMAT "\n", length_of(path));
    for (guint i = 0; i < parts->len; i++) {
        const AbsentPart *part = parts->pdata[i];
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %s %s\n", part->offset,
                               part->length, part->octets, part->message_id, *part->section != '\0' ? part->section : "-", part->name);
    }
    return g_file_set_contents_full(beside, text->str, (gssize) text->len, DURABLE, 0600, error);
}

gboolean absent_parts_copy(const char *from, const char *path, GError **error)
{
    g_autoptr(GPtrArray) parts = absent_parts_read(from);
    return parts->len == 0 || absent_parts_write(parts, path, error);
}

guint64 absent_parts_octets(const GPtrArray *parts)
{
    guint64 sum = 0;
    for (guint i = 0; i < parts->len; i++) {
        const AbsentPart *part = parts->pdata[i];
        sum += part->octets > part->length ? MIN(part->octets - part->length, G_MAXUINT64 / 2 - sum) : 0;
    }
    return sum;
}

/* --- filling it in ----------------------------------------------------------------------------------- */

static gboolean failed(const char *path, GError **error)
{
    int number = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number), "%s: %s", path, g_strerror(number));
    return FALSE;
}

static gboolean write_all(int fd, const char *bytes, gsize length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno != EINTR)
            return FALSE;
        bytes += MAX(n, 0);
        length -= (gsize) MAX(n, 0);
    }
    return TRUE;
}

static gboolean write_file(int fd, const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    if (file == NULL)
        return FALSE;
    return write_all(fd, g_mapped_file_get_contents(file), g_mapped_file_get_length(file)) || failed(path, error);
}

static gboolean write_filled(int fd, const char *bytes, gsize length, const GPtrArray *parts, char *const *files, GError **error)
{
    guint64 at = 0;
    for (guint i = 0; i < parts->len; i++) {
        const AbsentPart *part = parts->pdata[i];
        if (!write_all(fd, bytes + at, part->offset - at))
            return failed(files[i], error);
        if (!write_file(fd, files[i], error))
            return FALSE;
        at = part->offset + part->length;
    }
    return write_all(fd, bytes + at, length - at) || failed("", error);
}

gboolean absent_parts_fill(const char *path, const GPtrArray *parts, char *const *files, GError **error)
{
    g_autofree char *filled = g_strconcat(path, ".filled", NULL), *beside = absent_parts_path(path);
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    if (file == NULL)
        return FALSE;
    int fd = open(filled, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(filled, error);
    gboolean ok = write_filled(fd, g_mapped_file_get_contents(file), g_mapped_file_get_length(file), parts, files, error) &&
                  (fsync(fd) == 0 || failed(filled, error));
    close(fd);
    /* The note is of the old length, so that it is none of the new file's even if it stays. */
    if (ok && g_rename(filled, path) != 0)
        ok = failed(path, error);
    g_unlink(ok ? beside : filled);
    return ok;
}
