/* Changes to a Maildir: each is one renaming, so that it is done or not, and other programs never see it half
 * (see change.h). Who renames at the same time wins or loses the race for the old name; who lost looks again. */
#include "config.h"
#include "local/maildir-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lost races in a row; each one means that another program has just renamed this message. */
#define ATTEMPTS 20

static const char *name_in(const char *relative)
{
    return strrchr(relative, '/') + 1;
}

static const char *letters_in(const char *relative)
{
    const char *info = maildir_info_of(name_in(relative));
    return info ? info + 3 : "";
}

static char *full_path(const Maildir *maildir, const char *relative)
{
    return g_build_filename(maildir->base.path, relative, NULL);
}

static void now_at(Maildir *maildir, const char *key, const char *relative)
{
    g_hash_table_insert(maildir->files, g_strdup(key), g_strdup(relative));
}

static bool lost_every_race(const Maildir *maildir, GError **error)
{
    g_autofree char *shown = text_make_safe(maildir->base.path, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_BUSY, _("Other programs keep renaming messages in %s"), shown);
    return false;
}

/* What one attempt came to. */
typedef enum { DONE, AGAIN, FAILED } Outcome;

/* Renames within the Maildir or to another one. AGAIN: the old name is no longer there, or the new one is taken. */
static Outcome try_rename(Maildir *from, const char *old, Maildir *to, const char *new, GError **error)
{
    g_autofree char *old_path = full_path(from, old);
    g_autofree char *new_path = full_path(to, new);
    int reason = local_rename_new(old_path, new_path);
    if (reason == 0)
        return DONE;
    if (reason == ENOENT || reason == EEXIST)
        return AGAIN;
    local_set_write_error(error, new_path, reason);
    return FAILED;
}

/* --- flags ------------------------------------------------------------------------------------------- */

static char *changed_keywords(const char *names, const LocalFlagChange *change)
{
    g_autofree char *less = keywords_remove(names, change->remove_keywords);
    return keywords_add(less, change->add_keywords);
}

static Outcome try_flag(Maildir *maildir, const char *key, const char *relative, const LocalFlagChange *change,
                        MailFlags *now, char **keywords, GError **error)
{
    g_autofree char *names = NULL;
    maildir_keywords_read(&maildir->keywords, maildir->base.path);
    MailFlags flags = maildir_flags_of(&maildir->keywords, letters_in(relative), &names);
    MailFlags wanted = (flags & ~change->remove) | change->add;
    g_autofree char *wanted_names = changed_keywords(names, change);
    if (wanted != flags || strcmp(wanted_names, names) != 0) {
        g_autofree char *info = maildir_info_for(&maildir->keywords, maildir->base.path, wanted, wanted_names,
                                                 letters_in(relative), error);
        if (!info)
            return FAILED;
        g_autofree char *new = g_strconcat("cur/", key, info, NULL);
        Outcome outcome = strcmp(new, relative) == 0 ? DONE : try_rename(maildir, relative, maildir, new, error);
        if (outcome != DONE)
            return outcome;
        now_at(maildir, key, new);
    }
    if (now)
        *now = wanted;
    if (keywords)
        *keywords = g_steal_pointer(&wanted_names);
    return DONE;
}

bool maildir_flag(LocalMailbox *mailbox, const char *key, const LocalFlagChange *change, MailFlags *now,
                  char **keywords, GError **error)
{
    Maildir *maildir = (Maildir *)mailbox;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        const char *relative = maildir_where(maildir, key, attempt > 0, error);
        if (!relative)
            return false;
        g_autofree char *old = g_strdup(relative);
        Outcome outcome = try_flag(maildir, key, old, change, now, keywords, error);
        if (outcome != AGAIN)
            return outcome == DONE;
    }
    return lost_every_race(maildir, error);
}

/* --- removal ----------------------------------------------------------------------------------------- */

bool maildir_remove(LocalMailbox *mailbox, const char *key, bool only_deleted, bool *removed, GError **error)
{
    Maildir *maildir = (Maildir *)mailbox;
    if (removed)
        *removed = false;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        /* The mark is looked for where it is now, not where it was when the mailbox was listed. */
        const char *relative = maildir_where(maildir, key, attempt > 0 || only_deleted, error);
        if (!relative)
            return false;
        if (only_deleted && !strchr(letters_in(relative), 'T'))
            return true;
        g_autofree char *path = full_path(maildir, relative);
        if (unlink(path) == 0) {
            g_hash_table_remove(maildir->files, key);
            if (removed)
                *removed = true;
            return true;
        }
        if (errno != ENOENT) {
            local_set_write_error(error, path, errno);
            return false;
        }
    }
    return lost_every_race(maildir, error);
}

/* --- moves and copies -------------------------------------------------------------------------------- */

/* Its name in the other Maildir: letters of keywords mean something else there. NULL with an error. */
static char *name_there(Maildir *from, const char *relative, Maildir *to, const char *key, GError **error)
{
    g_autofree char *names = NULL;
    maildir_keywords_read(&from->keywords, from->base.path);
    MailFlags flags = maildir_flags_of(&from->keywords, letters_in(relative), &names);
    if (g_str_has_prefix(relative, "new/") && flags == 0 && *names == '\0')
        return g_strconcat("new/", key, NULL);
    g_autofree char *info = maildir_info_for(&to->keywords, to->base.path, flags, names, NULL, error);
    return info ? g_strconcat("cur/", key, info, NULL) : NULL;
}

static void look(Maildir *maildir)
{
    GPtrArray *listed = maildir->base.ops->list(&maildir->base, NULL);
    if (listed)
        g_ptr_array_unref(listed);
}

static bool is_there(Maildir *maildir, const char *key)
{
    if (!maildir->listed)
        look(maildir);
    return g_hash_table_contains(maildir->files, key);
}

/* The source is gone: moved by a call that was cut off, or by somebody else. */
static bool moved_before(Maildir *to, const char *key, const char *name, char **new_key, GError **error)
{
    look(to);
    const char *found = g_hash_table_contains(to->files, key)            ? key
                        : name && g_hash_table_contains(to->files, name) ? name
                                                                         : NULL;
    if (!found)
        return false;
    g_clear_error(error);
    *new_key = g_strdup(found);
    return true;
}

bool maildir_move(LocalMailbox *from_mailbox, const char *key, LocalMailbox *to_mailbox, const char *name, char **new_key,
                  bool *done, GError **error)
{
    Maildir *from = (Maildir *)from_mailbox, *to = (Maildir *)to_mailbox;
    *done = true;
    const char *wanted = is_there(to, key) ? name : key;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        const char *where = maildir_where(from, key, attempt > 0, error);
        if (!where)
            return moved_before(to, key, name, new_key, error);
        g_autofree char *relative = g_strdup(where);
        g_autofree char *there = name_there(from, relative, to, wanted, error);
        if (!there)
            return false;
        g_autofree char *old_path = full_path(from, relative);
        g_autofree char *new_path = full_path(to, there);
        int reason = local_rename_new(old_path, new_path);
        if (reason == 0) {
            g_hash_table_remove(from->files, key);
            now_at(to, wanted, there);
            *new_key = g_strdup(wanted);
            return true;
        }
        if (reason == EXDEV) {
            *done = false;
            return true;
        }
        if (reason == EEXIST)
            wanted = name;
        else if (reason != ENOENT) {
            local_set_write_error(error, new_path, reason);
            return false;
        }
    }
    return lost_every_race(from, error);
}

bool maildir_link(LocalMailbox *from_mailbox, const char *key, LocalMailbox *to_mailbox, const char *name, bool *done,
                  GError **error)
{
    Maildir *from = (Maildir *)from_mailbox, *to = (Maildir *)to_mailbox;
    *done = true;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        const char *where = maildir_where(from, key, attempt > 0, error);
        if (!where)
            return false;
        g_autofree char *relative = g_strdup(where);
        g_autofree char *there = name_there(from, relative, to, name, error);
        if (!there)
            return false;
        g_autofree char *old_path = full_path(from, relative);
        g_autofree char *new_path = full_path(to, there);
        if (link(old_path, new_path) == 0 || errno == EEXIST) {
            now_at(to, name, there);
            return true;
        }
        if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP) {
            *done = false;
            return true;
        }
        if (errno != ENOENT) {
            local_set_write_error(error, new_path, errno);
            return false;
        }
    }
    return lost_every_race(from, error);
}

LocalMessage *maildir_about(LocalMailbox *mailbox, const char *key, GError **error)
{
    Maildir *maildir = (Maildir *)mailbox;
    struct stat status;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        const char *relative = maildir_where(maildir, key, attempt > 0, error);
        if (!relative)
            return NULL;
        g_autofree char *path = full_path(maildir, relative);
        if (lstat(path, &status) != 0)
            continue;
        LocalMessage *about = local_message_new(key);
        g_free(about->keywords);
        maildir_keywords_read(&maildir->keywords, mailbox->path);
        about->flags = maildir_flags_of(&maildir->keywords, letters_in(relative), &about->keywords);
        about->internal_date = status.st_mtime;
        about->size = (guint64)status.st_size;
        return about;
    }
    local_set_changed_error(error, mailbox->path);
    return NULL;
}

char *maildir_find(LocalMailbox *mailbox, const char *name, GBytes *bytes)
{
    (void)bytes;
    return is_there((Maildir *)mailbox, name) ? g_strdup(name) : NULL;
}

bool maildir_append(LocalMailbox *to, GBytes *bytes, const char *name, LocalLines lines, const LocalPlacing *placing,
                    char **new_key, GError **error)
{
    Maildir *maildir = (Maildir *)to;
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    if (!is_there(maildir, name)) {
        g_autoptr(GError) trouble = NULL;
        g_autoptr(LocalDelivery) delivery = local_delivery_begin(to->path, name, lines, error);
        if (!delivery || !local_delivery_write(delivery, data, length, error))
            return false;
        bool arrived = local_delivery_finish(delivery, placing, &trouble);
        if (!arrived && !g_error_matches(trouble, LOCAL_ERROR, LOCAL_ERROR_EXISTS)) {
            g_propagate_error(error, g_steal_pointer(&trouble));
            return false;
        }
        const char *path = local_delivery_path(delivery);
        if (path)
            now_at(maildir, name, path + strlen(to->path) + 1);
    }
    *new_key = g_strdup(name);
    return true;
}

bool maildir_settle(LocalMailbox *mailbox, GError **error)
{
    static const char *const folders[] = { "cur", "new" };
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(mailbox->path, folders[i], NULL);
        int reason = local_sync_directory(path);
        if (reason) {
            local_set_write_error(error, path, reason);
            return false;
        }
    }
    return true;
}
