/* Trees of mailboxes that change (see tree.h). */
#include "config.h"
#include "local/tree.h"
#include "local/maildir-internal.h"
#include "local/mbox-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME 250

static const char *const folders[] = { "tmp", "new", "cur" };

static bool refuse(GError **error, const char *format, const char *name)
{
    g_autofree char *shown = text_make_safe(name, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_REFUSED, format, shown);
    return false;
}

/* --- names ------------------------------------------------------------------------------------------- */

static bool is_usable_level(const char *level, bool plus)
{
    if (!*level || *level == '.' || *level == '~' || strlen(level) > MAX_NAME || (plus && strchr(level, '.')))
        return false;
    for (const char *p = level; *p; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)) || *p == '/' || *p == '\\')
            return false;
    return plus || (strcmp(level, "cur") != 0 && strcmp(level, "new") != 0 && strcmp(level, "tmp") != 0);
}

/* As servers spell names on disk (modified UTF-7), so that they find the mailbox as well. */
static char *spelled(const char *level)
{
    bool plain = true;
    for (const char *p = level; *p; p++)
        plain = plain && *p >= ' ' && *p <= '~' && *p != '&';
    return plain ? g_strdup(level) : g_convert(level, -1, "UTF-7-IMAP", "UTF-8", NULL, NULL, NULL);
}

char *local_tree_path(const char *root, const char *name, GError **error)
{
    if (local_tree_format(root, LOCAL_MAILDIR) == LOCAL_MBOX)
        return mbox_tree_path(root, name, error);
    bool plus = maildir_is_one(root);
    g_autoptr(GString) path = g_string_new(root);
    g_auto(GStrv) levels = g_strsplit(name, "/", -1);
    if (!levels[0] || !g_utf8_validate(name, -1, NULL)) {
        refuse(error, _("\"%s\" cannot be the name of a mailbox"), name);
        return NULL;
    }
    for (char **level = levels; *level; level++) {
        g_autofree char *written = is_usable_level(*level, plus) ? spelled(*level) : NULL;
        if (!written) {
            refuse(error, plus ? _("\"%s\" cannot be the name of a mailbox: in a Maildir no part of it may be empty or have a dot, “~” at its start, "
                                   "a backslash or a control character")
                               : _("\"%s\" cannot be the name of a mailbox: no part of it may be empty, begin with a dot or “~”, or have a "
                                   "backslash or a control character"),
                   name);
            return NULL;
        }
        g_string_append(path, plus ? (level == levels ? "/." : ".") : "/");
        g_string_append(path, written);
    }
    if (path->len - strlen(root) > MAX_NAME + (plus ? 0 : strlen(name))) {
        refuse(error, _("The name \"%s\" is too long for a mailbox"), name);
        return NULL;
    }
    return g_string_free(g_steal_pointer(&path), FALSE);
}

/* Directly or deeper in the root, by its spelling; paths come from local_folders(). */
static bool is_below(const char *root, const char *path)
{
    gsize length = strlen(root);
    return strncmp(root, path, length) == 0 && path[length] == '/' && path[length + 1] != '\0' && !strstr(path + length, "/../");
}

/* --- making ------------------------------------------------------------------------------------------ */

static bool make_directory(const char *path, GError **error)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    local_set_write_error(error, path, errno);
    return false;
}

/* cur/ last: what has none is no Maildir yet. */
static bool make_maildir(const char *path, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(path, folders[i], NULL);
        if (!make_directory(folder, error))
            return false;
    }
    g_autofree char *above = g_path_get_dirname(path);
    int reason = local_sync_directory(path);
    if (!reason)
        reason = local_sync_directory(above);
    if (reason)
        local_set_write_error(error, path, reason);
    return reason == 0;
}

/* Courier's sign that this is a mailbox within another. */
static bool mark_as_folder(const char *path, GError **error)
{
    g_autofree char *mark = g_build_filename(path, "maildirfolder", NULL);
    FILE *file = fopen(mark, "ae");
    if (!file) {
        local_set_write_error(error, mark, errno);
        return false;
    }
    fclose(file);
    return true;
}

bool local_tree_prepare(const char *root, GError **error)
{
    if (maildir_is_one(root))
        return true;
    if (g_mkdir_with_parents(root, 0700) != 0) {
        local_set_write_error(error, root, errno);
        return false;
    }
    return make_maildir(root, error);
}

static LocalFormat format_of(const char *path)
{
    return maildir_is_one(path) ? LOCAL_MAILDIR : g_file_test(path, G_FILE_TEST_IS_DIR) ? LOCAL_MH : LOCAL_MBOX;
}

LocalFormat local_tree_format(const char *root, LocalFormat when_none)
{
    if (!g_file_test(root, G_FILE_TEST_IS_DIR) || access(root, W_OK) != 0)
        return LOCAL_DEMO;
    if (maildir_is_one(root))
        return LOCAL_MAILDIR;
    g_autoptr(GPtrArray) found = local_folders(root, NULL);
    if (!found)
        return LOCAL_DEMO;
    for (guint i = 1; i < found->len; i++)
        if (format_of(((LocalFolder *)g_ptr_array_index(found, i))->path) != format_of(((LocalFolder *)g_ptr_array_index(found, 0))->path))
            return LOCAL_DEMO;
    return found->len > 0 ? format_of(((LocalFolder *)g_ptr_array_index(found, 0))->path) : when_none;
}

bool local_tree_create(const char *root, const char *name, LocalFormat format, GError **error)
{
    if (format == LOCAL_MBOX)
        return mbox_tree_create(root, name, error);
    g_autofree char *path = local_tree_path(root, name, error);
    if (!path)
        return false;
    if (maildir_is_one(root))
        return make_directory(path, error) && mark_as_folder(path, error) && make_maildir(path, error);
    if (g_mkdir_with_parents(path, 0700) != 0) {
        local_set_write_error(error, path, errno);
        return false;
    }
    return make_maildir(path, error);
}

/* --- renaming ---------------------------------------------------------------------------------------- */

static bool rename_directory(const char *from, const char *to, GError **error)
{
    int reason = local_rename_new(from, to);
    if (reason == 0)
        return true;
    if (reason == EEXIST)
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_EXISTS, _("There is something of that name already: %s"), to);
    else
        local_set_write_error(error, to, reason);
    return false;
}

/* Maildir++: ".a.b" lies beside ".a". */
static bool rename_children(const char *root, const char *old, const char *new, GError **error)
{
    g_autofree char *prefix = g_strconcat(strrchr(old, '/') + 1, ".", NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    DIR *directory = opendir(root);
    if (!directory) {
        local_set_access_error(error, root, errno);
        return false;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (g_str_has_prefix(entry->d_name, prefix))
            g_ptr_array_add(names, g_strdup(entry->d_name));
    closedir(directory);
    bool done = true;
    for (guint i = 0; done && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *from = g_build_filename(root, name, NULL);
        g_autofree char *to = g_strconcat(new, ".", name + strlen(prefix), NULL);
        done = rename_directory(from, to, error);
    }
    return done;
}

bool local_tree_rename(const char *root, const char *path, const char *new_name, GError **error)
{
    g_autofree char *new = local_tree_path(root, new_name, error);
    if (!new)
        return false;
    if (!is_below(root, path))
        return refuse(error, _("%s is not a mailbox that can be renamed"), path);
    if (local_tree_format(root, LOCAL_MAILDIR) == LOCAL_MBOX)
        return mbox_tree_rename(path, new, error);
    bool plus = maildir_is_one(root);
    g_autofree char *above = g_path_get_dirname(new);
    if (!plus && g_mkdir_with_parents(above, 0700) != 0) {
        local_set_write_error(error, above, errno);
        return false;
    }
    /* The children first: as long as the mailbox has its old name, the call is known not to be done. */
    if (plus && !rename_children(root, path, new, error))
        return false;
    bool before = !g_file_test(path, G_FILE_TEST_EXISTS) && maildir_is_one(new);
    if (!before && !rename_directory(path, new, error))
        return false;
    int reason = local_sync_directory(above);
    if (reason)
        local_set_write_error(error, above, reason);
    return reason == 0;
}

/* --- deleting ---------------------------------------------------------------------------------------- */

/* What other programs keep beside the messages, and what is worth nothing without them. */
static bool is_a_mailboxs(const char *name)
{
    static const char *const names[] = { "maildirfolder", "maildirsize", "subscriptions", ".mh_sequences", ".uidvalidity", "mdinfo" };
    static const char *const beginnings[] = { "dovecot", "courier", ".mbsync", ".isync" };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    for (gsize i = 0; i < G_N_ELEMENTS(beginnings); i++)
        if (g_str_has_prefix(name, beginnings[i]))
            return true;
    return false;
}

static bool is_anything(const char *name)
{
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool empty_directory(const char *path, bool (*goes)(const char *name), GError **error)
{
    DIR *directory = opendir(path);
    if (!directory && errno == ENOENT)
        return true;
    int reason = directory ? 0 : errno;
    for (struct dirent *entry; directory && !reason && (entry = readdir(directory)) != NULL;)
        if (goes(entry->d_name) && unlinkat(dirfd(directory), entry->d_name, 0) != 0 && errno != ENOENT && errno != EISDIR && errno != EPERM)
            reason = errno;
    if (directory)
        closedir(directory);
    if (reason)
        local_set_write_error(error, path, reason);
    return reason == 0;
}

/* TRUE as well where something is left that is not ours. */
static bool remove_directory(const char *path, GError **error)
{
    if (rmdir(path) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST)
        return true;
    local_set_write_error(error, path, errno);
    return false;
}

bool local_tree_delete(const char *root, const char *path, GError **error)
{
    if (!is_below(root, path))
        return refuse(error, _("%s is not a mailbox that can be deleted"), path);
    if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        return refuse(error, _("%s is a link to a mailbox elsewhere: it is not deleted"), path);
    if (format_of(path) == LOCAL_MBOX)
        return mbox_tree_delete(path, error);
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(path, folders[i], NULL);
        if (!empty_directory(folder, is_anything, error) || !remove_directory(folder, error))
            return false;
    }
    g_autofree char *above = g_path_get_dirname(path);
    if (!empty_directory(path, is_a_mailboxs, error) || !remove_directory(path, error))
        return false;
    int reason = local_sync_directory(above);
    if (reason)
        local_set_write_error(error, above, reason);
    return reason == 0;
}
