#include "config.h"

#include "store/body_files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/i18n.h"
#include "store/writer.h"

struct BodyFile {
    char *directory;
    char *path; /* while it grows */
    int fd;
    GChecksum *checksum;
    guint64 size;
};

static gboolean cannot(const char *path, int failure, GError **error)
{
    g_set_error(error, STORE_ERROR,
                failure == ENOSPC || failure == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_OPEN,
                _("Cannot keep a message part in %s: %s"), path, g_strerror(failure));
    return FALSE;
}

BodyFile *body_file_new(const char *directory, GError **error)
{
    if (g_mkdir_with_parents(directory, 0700) < 0) {
        cannot(directory, errno, error);
        return NULL;
    }
    BodyFile *file = g_new0(BodyFile, 1);
    file->directory = g_strdup(directory);
    file->path = g_build_filename(directory, "new-XXXXXX", NULL);
    file->checksum = g_checksum_new(G_CHECKSUM_SHA256);
    file->fd = g_mkstemp(file->path); /* 0600, made exclusively */
    if (file->fd < 0) {
        cannot(file->path, errno, error);
        g_clear_pointer(&file->path, g_free);
        body_file_abort(file);
        return NULL;
    }
    return file;
}

gboolean body_file_write(BodyFile *file, const void *bytes, gsize length, GError **error)
{
    const guchar *p = bytes;
    g_checksum_update(file->checksum, p, (gssize) length);
    file->size += length;
    while (length > 0) {
        ssize_t written = write(file->fd, p, length);
        if (written < 0 && errno != EINTR)
            return cannot(file->path, errno, error);
        if (written > 0) {
            p += written;
            length -= (gsize) written;
        }
    }
    return TRUE;
}

char *body_file_finish(BodyFile *file, guint64 *size, GError **error)
{
    const char *digest = g_checksum_get_string(file->checksum);
    g_autofree char *name = g_strdup_printf("%.2s/%s", digest, digest + 2);
    g_autofree char *path = g_build_filename(file->directory, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    *size = file->size;
    /* The row that names it is committed afterwards: the bytes must be there first, or a power cut leaves a
     * name without them. */
    gboolean ok = (fdatasync(file->fd) == 0 && g_mkdir_with_parents(folder, 0700) == 0 &&
                   g_rename(file->path, path) == 0) ||
                  cannot(path, errno, error);
    if (ok)
        g_clear_pointer(&file->path, g_free);
    body_file_abort(file);
    return ok ? g_steal_pointer(&name) : NULL;
}

void body_file_abort(BodyFile *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        close(file->fd);
    if (file->path != NULL)
        g_unlink(file->path);
    g_checksum_free(file->checksum);
    g_free(file->directory);
    g_free(file->path);
    g_free(file);
}

void body_file_remove(const char *directory, const char *name)
{
    g_autofree char *path = body_file_path(directory, name);
    g_unlink(path);
}

char *body_file_path(const char *directory, const char *name)
{
    return *name == '/' ? g_strdup(name) : g_build_filename(directory, name, NULL);
}
