/* Mail on this machine: what all formats share (see mailbox.h). */
#include "config.h"
#include "local/mailbox-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK(malle - local - error, local_error)

void local_set_access_error(GError **error, const char *path, int reason)
{
    g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
    if (reason == ELOOP)
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_ACCESS,
                    _("%s is a symbolic link that leads in a circle or may not be followed"), shown);
    else if (reason == EACCES || reason == EPERM)
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_ACCESS, _("%s may not be read by this user: %s"), shown,
                    g_strerror(reason));
    else
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_ACCESS, _("Cannot read %s: %s"), shown,
                    g_strerror(reason));
}

void local_set_changed_error(GError **error, const char *path)
{
    g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_CHANGED,
                _("The message is no longer where it was in %s; another program has changed it"), shown);
}

LocalMessage *local_message_new(const char *key)
{
    LocalMessage *message = g_new0(LocalMessage, 1);
    message->key = g_strdup(key);
    message->keywords = g_strdup("");
    return message;
}

void local_message_free(LocalMessage *message)
{
    if (!message)
        return;
    g_free(message->key);
    g_free(message->keywords);
    g_free(message);
}

GBytes *local_read_file(const char *path, gsize limit, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0) {
        local_set_access_error(error, path, errno);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (!S_ISREG(about.st_mode) || (guint64)about.st_size > limit) {
        local_set_access_error(error, path, S_ISREG(about.st_mode) ? EFBIG : EINVAL);
        close(fd);
        return NULL;
    }
    gsize size = (gsize)about.st_size, length = 0;
    char *bytes = g_malloc(size + 1);
    gssize n = 0;
    while (length < size && ((n = read(fd, bytes + length, size - length)) > 0 || (n < 0 && errno == EINTR)))
        length += n > 0 ? (gsize)n : 0;
    int reason = errno;
    close(fd);
    if (n < 0) {
        g_free(bytes);
        local_set_access_error(error, path, reason);
        return NULL;
    }
    return g_bytes_new_take(bytes, length);
}

LocalMailbox *local_mailbox_open(const char *path, GError **error)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        local_set_access_error(error, path, errno);
        return NULL;
    }
    if (S_ISDIR(about.st_mode)) {
        if (access(path, R_OK | X_OK) != 0) {
            local_set_access_error(error, path, errno);
            return NULL;
        }
        if (maildir_is_one(path))
            return maildir_open(path);
        if (mh_is_one(path))
            return mh_open(path);
    } else if (S_ISREG(about.st_mode)) {
        g_autoptr(GError) trouble = NULL;
        if (mbox_is_one(path, &trouble))
            return mbox_open(path);
        if (trouble) {
            g_propagate_error(error, g_steal_pointer(&trouble));
            return NULL;
        }
    }
    g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_FORMAT, _("%s is neither a Maildir nor an mbox, nor a folder of MH"), shown);
    return NULL;
}

void local_mailbox_free(LocalMailbox *mailbox)
{
    if (!mailbox)
        return;
    char *path = mailbox->path;
    mailbox->ops->free(mailbox);
    g_free(path);
}

LocalFormat local_mailbox_format(const LocalMailbox *mailbox)
{
    return mailbox->ops->format;
}

GPtrArray *local_mailbox_list(LocalMailbox *mailbox, GError **error)
{
    return mailbox->ops->list(mailbox, error);
}

bool local_mailbox_undisturbed(const LocalMailbox *mailbox)
{
    return !mailbox->ops->undisturbed || mailbox->ops->undisturbed(mailbox);
}

GBytes *local_mailbox_read(LocalMailbox *mailbox, const char *key, GError **error)
{
    return mailbox->ops->read(mailbox, key, error);
}
