/* Writing files so that they are there after a power cut, and never over one another (see maildir-internal.h). */
#include "config.h"
#include "local/maildir-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void local_set_write_error(GError **error, const char *path, int reason)
{
    g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
    if (reason == ENOSPC || reason == EDQUOT)
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_FULL, _("There is no room left to write %s: %s"), shown,
                    g_strerror(reason));
    else
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_WRITE, _("Cannot write %s: %s"), shown, g_strerror(reason));
}

int local_write_all(int fd, const void *bytes, gsize length)
{
    const char *p = bytes;
    while (length > 0) {
        gssize n = write(fd, p, length);
        if (n < 0 && errno != EINTR)
            return errno;
        p += MAX(n, 0);
        length -= (gsize)MAX(n, 0);
    }
    return 0;
}

int local_sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    /* Some filesystems have nothing to synchronise there, and say so. */
    int reason = fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
    close(fd);
    return reason;
}

int local_rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    /* A filesystem that cannot promise it: look first. */
    if (access(to, F_OK) == 0)
        return EEXIST;
    return rename(from, to) == 0 ? 0 : errno;
}
