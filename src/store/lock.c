#include "config.h"

#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/i18n.h"
#include "store/writer.h"

static int cannot(const char *path, int failure, GError **error)
{
    g_set_error(error, STORE_ERROR, failure == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_OPEN,
                _("Cannot open the store: %s: %s"), path, g_strerror(failure));
    return -1;
}

/* Who holds it, from the file's text: it helps a person, nothing depends on it. */
static int in_use(int fd, const char *store_path, GError **error)
{
    char text[32] = "";
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    long process = got > 0 ? strtol(text, NULL, 10) : 0;
    close(fd);
    if (process > 0)
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
                    _("Another Malle (process %ld) is using the mail in %s. Close it, or use it instead of "
                      "this one."),
                    process, store_path);
    else
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
                    _("Another Malle is using the mail in %s. Close it, or use it instead of this one."),
                    store_path);
    return -1;
}

int store_lock_take(const char *store_path, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(store_path);
    g_autofree char *path = g_strconcat(store_path, ".lock", NULL);
    if (g_mkdir_with_parents(directory, 0700) < 0)
        return cannot(directory, errno, error);
    int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return cannot(path, errno, error);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK)
            return in_use(fd, store_path, error);
        int failure = errno;
        close(fd);
        return cannot(path, failure, error);
    }
    g_autofree char *process = g_strdup_printf("%ld\n", (long) getpid());
    if (ftruncate(fd, 0) == 0 && pwrite(fd, process, strlen(process), 0) < 0)
        g_debug("store: the lock file does not say who holds it: %s", g_strerror(errno));
    return fd;
}

void store_lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
}
