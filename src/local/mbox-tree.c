/* Mailboxes as files in a directory (see tree.h). Each is renamed and deleted under the locks of who may be writing into it. */
#include "config.h"
#include "local/mbox-internal.h"
#include "local/maildir-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAME 250

static bool refuse(const char *name, GError **error)
{
    g_autofree char *shown = text_make_safe(name, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_REFUSED,
                _("\"%s\" cannot be the name of a mailbox in a folder of mbox files: no part of it may be empty, begin with a dot or “~”, end as files "
                  "beside mailboxes do (.lock, .msf, .sbd …), or have a backslash or a control character"),
                shown);
    return false;
}

static bool is_usable(const char *level)
{
    if (!*level || *level == '.' || *level == '~' || strlen(level) > MAX_NAME || local_is_beside(level) || g_str_has_suffix(level, ".sbd"))
        return false;
    for (const char *p = level; *p; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)) || *p == '\\')
            return false;
    return true;
}

/* Where those below `path` lie: a file has them beside it. Caller frees. */
static char *below(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_strconcat(path, ".sbd", NULL) : g_strdup(path);
}

char *mbox_tree_path(const char *root, const char *name, GError **error)
{
    g_autofree char *path = g_strdup(root);
    g_auto(GStrv) levels = g_strsplit(name, "/", -1);
    bool good = levels[0] && g_utf8_validate(name, -1, NULL);
    for (char **level = levels; good && *level; level++) {
        g_autofree char *folder = below(path);
        good = is_usable(*level);
        g_free(path);
        path = g_build_filename(folder, *level, NULL);
    }
    if (good)
        return g_steal_pointer(&path);
    refuse(name, error);
    return NULL;
}

static bool settle(const char *path, GError **error)
{
    g_autofree char *above = g_path_get_dirname(path);
    int reason = local_sync_directory(above);
    if (reason)
        local_set_write_error(error, above, reason);
    return reason == 0;
}

bool mbox_tree_create(const char *root, const char *name, GError **error)
{
    g_autofree char *path = mbox_tree_path(root, name, error);
    g_autofree char *above = path ? g_path_get_dirname(path) : NULL;
    if (!path)
        return false;
    int fd = g_mkdir_with_parents(above, 0700) == 0 ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd < 0 && !(errno == EEXIST && g_file_test(path, G_FILE_TEST_IS_REGULAR) && mbox_is_one(path, NULL))) {
        local_set_write_error(error, path, errno);
        return false;
    }
    if (fd >= 0)
        close(fd);
    return settle(path, error);
}

/* Nobody writes into it, and no change of ours is open. */
static bool seize(const char *path, MboxLock *lock, GError **error)
{
    if (!mbox_lock(path, lock, error))
        return false;
    if (mbox_redo_recover(path, lock->fd, error))
        return true;
    mbox_unlock(lock);
    return false;
}

static bool rename_new(const char *from, const char *to, GError **error)
{
    int reason = local_rename_new(from, to);
    if (reason == EEXIST)
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_EXISTS, _("There is something of that name already: %s"), to);
    else if (reason)
        local_set_write_error(error, to, reason);
    return reason == 0;
}

bool mbox_tree_rename(const char *path, const char *new, GError **error)
{
    g_autofree char *children = g_strconcat(path, ".sbd", NULL), *new_children = g_strconcat(new, ".sbd", NULL);
    g_autofree char *above = g_path_get_dirname(new);
    MboxLock lock;
    if (g_mkdir_with_parents(above, 0700) != 0) {
        local_set_write_error(error, above, errno);
        return false;
    }
    /* The children first: as long as the mailbox has its old name, the call is known not to be done. */
    if (g_file_test(children, G_FILE_TEST_IS_DIR) && !rename_new(children, new_children, error))
        return false;
    if (!g_file_test(path, G_FILE_TEST_EXISTS) && mbox_is_one(new, NULL))
        return settle(new, error);
    if (!seize(path, &lock, error))
        return false;
    bool ok = rename_new(path, new, error);
    mbox_unlock(&lock);
    return ok && settle(new, error) && settle(path, error);
}

bool mbox_tree_delete(const char *path, GError **error)
{
    MboxLock lock;
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    if (!seize(path, &lock, error))
        return false;
    bool ok = unlink(path) == 0 || errno == ENOENT;
    if (!ok)
        local_set_write_error(error, path, errno);
    mbox_unlock(&lock);
    return ok && settle(path, error);
}
