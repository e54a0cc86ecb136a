/* Changes, whatever the format: what a format can do by itself is its own, the rest is a copy and a removal (see
 * change.h). */
#include "config.h"
#include "local/change.h"
#include "local/mailbox-internal.h"

#include "base/i18n.h"
#include "base/text.h"

LocalCan local_mailbox_can(const LocalMailbox *mailbox)
{
    return (mailbox->ops->flag ? LOCAL_CAN_FLAG : 0) | (mailbox->ops->remove ? LOCAL_CAN_REMOVE : 0) |
           (mailbox->ops->append ? LOCAL_CAN_APPEND : 0);
}

static bool refuse(const LocalMailbox *mailbox, GError **error)
{
    g_autofree char *shown = text_make_safe(mailbox->path, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_REFUSED, _("%s can be read by Malle, and not be changed in this way"), shown);
    return false;
}

bool local_mailbox_flag(LocalMailbox *mailbox, const char *key, const LocalFlagChange *change, MailFlags *now,
                        char **keywords, GError **error)
{
    return mailbox->ops->flag ? mailbox->ops->flag(mailbox, key, change, now, keywords, error) : refuse(mailbox, error);
}

bool local_mailbox_remove(LocalMailbox *mailbox, const char *key, bool only_deleted, bool *removed, GError **error)
{
    return mailbox->ops->remove ? mailbox->ops->remove(mailbox, key, only_deleted, removed, error) : refuse(mailbox, error);
}

/* The octets, marks and date of a message into another mailbox; on the disk when it returns TRUE. */
static bool copy_octets(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, char **new_key,
                        GError **error)
{
    g_autoptr(GBytes) bytes = from->ops->read(from, key, error);
    g_autoptr(LocalMessage) about = bytes ? from->ops->about(from, key, error) : NULL;
    if (!about)
        return false;
    LocalPlacing placing = { .flags = about->flags, .keywords = about->keywords, .internal_date = about->internal_date };
    return to->ops->append(to, bytes, name, LOCAL_LINES_AS_GIVEN, &placing, new_key, error) &&
           local_mailbox_settle(to, error);
}

bool local_mailbox_copy(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, char **new_key,
                        GError **error)
{
    bool done = false;
    if (!to->ops->append || !from->ops->about)
        return refuse(to->ops->append ? from : to, error);
    *new_key = to->ops->find(to, name, NULL);
    if (*new_key)
        return true;
    if (from->ops == to->ops && from->ops->link && !from->ops->link(from, key, to, name, &done, error))
        return false;
    if (!done)
        return copy_octets(from, key, to, name, new_key, error);
    *new_key = g_strdup(name);
    return true;
}

bool local_mailbox_move(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, char **new_key,
                        GError **error)
{
    bool done = false;
    if (!to->ops->append || !from->ops->remove || !from->ops->about)
        return refuse(to->ops->append ? from : to, error);
    if (from->ops == to->ops && from->ops->move && !from->ops->move(from, key, to, name, new_key, &done, error))
        return false;
    if (done)
        return true;
    g_autoptr(GError) gone = NULL;
    g_autofree char *there = NULL;
    if (!copy_octets(from, key, to, name, &there, &gone)) {
        there = g_error_matches(gone, LOCAL_ERROR, LOCAL_ERROR_CHANGED) ? to->ops->find(to, name, NULL) : NULL;
        if (!there) {
            g_propagate_error(error, g_steal_pointer(&gone));
            return false;
        }
    } else if (!from->ops->remove(from, key, false, NULL, error)) {
        return false;
    }
    *new_key = g_steal_pointer(&there);
    return true;
}

bool local_mailbox_append(LocalMailbox *to, const char *path, const char *name, LocalLines lines,
                          const LocalPlacing *placing, char **new_key, GError **error)
{
    if (!to->ops->append)
        return refuse(to, error);
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    if (!file)
        return false;
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(file);
    return to->ops->append(to, bytes, name, lines, placing, new_key, error);
}

bool local_mailbox_settle(LocalMailbox *mailbox, GError **error)
{
    return !mailbox->ops->settle || mailbox->ops->settle(mailbox, error);
}
