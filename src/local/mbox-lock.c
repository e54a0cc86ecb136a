/* The locks that programs agree on for an mbox: FILE.lock and fcntl(), in this order, as Dovecot and mutt have it by default (see mbox-internal.h). */
#include "config.h"
#include "local/mbox-internal.h"
#include "local/maildir-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A lock that is older, of a file that nobody has written since, was left by a program that died (Dovecot's mbox_dotlock_change_timeout). */
#define STALE_S 120

static bool busy(const char *path, GError **error)
{
    g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_BUSY, _("Another program has locked %s"), shown);
    return false;
}

/* Of the whole file. Bound to this opening of it (OFD), so that reading the same file elsewhere in this program does not drop it; against others it
 * is the same lock as fcntl()'s. */
static int try_fcntl(int fd, short type)
{
    struct flock whole = { .l_type = type, .l_whence = SEEK_SET };
    return fcntl(fd, F_OFD_SETLK, &whole) == 0 ? 0 : errno;
}

/* --- FILE.lock -------------------------------------------------------------------------------------------------- */

/* "PID:HOST", as Dovecot writes it; others write the number only, or nothing. */
static bool holder_is_dead(const char *dotlock)
{
    char text[256] = "";
    int fd = open(dotlock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    gssize n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    const char *colon = n > 0 ? strchr(text, ':') : NULL;
    long pid = strtol(text, NULL, 10);
    return colon && pid > 0 && strncmp(colon + 1, g_get_host_name(), strcspn(colon + 1, "\r\n")) == 0 && strlen(g_get_host_name()) == strcspn(colon + 1, "\r\n") &&
           kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool is_stale(const char *path, const char *dotlock)
{
    struct stat lock, file;
    time_t now = time(NULL);
    if (lstat(dotlock, &lock) != 0)
        return errno == ENOENT;
    if (holder_is_dead(dotlock))
        return true;
    return stat(path, &file) == 0 && lock.st_mtime < now - STALE_S && file.st_mtime < now - STALE_S;
}

/* A file that has no name yet; -1: this filesystem has none such. */
static int nameless_beside(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    return open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
}

/* It has its words in it when it has its name, so that whoever is killed leaves one that is known to be left behind. */
static int make_dotlock(const char *dotlock)
{
    int fd = nameless_beside(dotlock);
    bool named = fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL);
    if (named)
        fd = open(dotlock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno;
    g_autofree char *who = g_strdup_printf("%d:%s", (int)getpid(), g_get_host_name());
    g_autofree char *opened = g_strdup_printf("/proc/self/fd/%d", fd);
    int reason = local_write_all(fd, who, strlen(who));
    if (!reason && !named && linkat(AT_FDCWD, opened, AT_FDCWD, dotlock, AT_SYMLINK_FOLLOW) != 0)
        reason = errno;
    close(fd);
    if (reason && named)
        unlink(dotlock);
    return reason;
}

/* FALSE: busy, or no room. */
static bool take_dotlock(const char *path, MboxLock *lock, GError **error)
{
    g_autofree char *dotlock = g_strconcat(path, ".lock", NULL);
    int reason = make_dotlock(dotlock);
    if (reason == EEXIST && is_stale(path, dotlock)) {
        g_info("%s was left behind and is taken away", dotlock);
        unlink(dotlock);
        reason = make_dotlock(dotlock);
    }
    if (reason == EEXIST)
        return busy(path, error);
    if (reason == EACCES || reason == EPERM || reason == EROFS)
        return true; /* a spool directory that only the system writes in: fcntl() has to do */
    if (reason) {
        local_set_write_error(error, dotlock, reason);
        return false;
    }
    lock->dotlock = g_steal_pointer(&dotlock);
    return true;
}

/* --- both --------------------------------------------------------------------------------------------------------- */

bool mbox_is_locked(const char *path, int fd)
{
    g_autofree char *dotlock = g_strconcat(path, ".lock", NULL);
    int reason = try_fcntl(fd, F_RDLCK);
    return reason == EAGAIN || reason == EACCES || !is_stale(path, dotlock);
}

bool mbox_lock(const char *path, MboxLock *lock, GError **error)
{
    *lock = (MboxLock){ .fd = -1 };
    if (!take_dotlock(path, lock, error))
        return false;
    lock->fd = open(path, O_RDWR | O_CLOEXEC);
    int reason = lock->fd < 0 ? errno : try_fcntl(lock->fd, F_WRLCK);
    if (reason == 0)
        return true;
    if (lock->fd >= 0 && (reason == EAGAIN || reason == EACCES))
        busy(path, error);
    else
        local_set_write_error(error, path, reason);
    mbox_unlock(lock);
    return false;
}

void mbox_unlock(MboxLock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd); /* and with it the lock of fcntl() */
    if (lock->dotlock)
        unlink(lock->dotlock);
    g_clear_pointer(&lock->dotlock, g_free);
    lock->fd = -1;
}
