/* Looking up many files by base name (see copies.h). */
#include "config.h"
#include "local/copies.h"
#include "local/maildir-internal.h"

#include <dirent.h>
#include <errno.h>

struct LocalCopies {
    GHashTable *paths; /* base name -> path */
};

void local_copies_free(LocalCopies *copies)
{
    if (!copies)
        return;
    g_hash_table_unref(copies->paths);
    g_free(copies);
}

static bool look(LocalCopies *copies, const char *maildir, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(maildir, folder, NULL);
    DIR *directory = opendir(path);
    if (!directory) {
        local_set_access_error(error, path, errno);
        return false;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        const char *info = maildir_info_of(entry->d_name);
        char *name = info ? g_strndup(entry->d_name, (gsize)(info - entry->d_name)) : g_strdup(entry->d_name);
        g_hash_table_insert(copies->paths, name, g_build_filename(path, entry->d_name, NULL));
    }
    closedir(directory);
    return true;
}

LocalCopies *local_copies_new(void)
{
    LocalCopies *copies = g_new0(LocalCopies, 1);
    copies->paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return copies;
}

gboolean local_copies_add(LocalCopies *copies, const char *root, GError **error)
{
    g_autoptr(GPtrArray) folders = local_folders(root, error);
    for (guint i = 0; folders && i < folders->len; i++) {
        const char *maildir = ((LocalFolder *)g_ptr_array_index(folders, i))->path;
        /* In this order: what moves from new/ to cur/ meanwhile is met again there. */
        if (maildir && maildir_is_one(maildir) &&
            !(look(copies, maildir, "new", error) && look(copies, maildir, "cur", error)))
            return FALSE;
    }
    return folders != NULL;
}

const char *local_copies_find(const LocalCopies *copies, const char *name)
{
    return g_hash_table_lookup(copies->paths, name);
}

void local_copies_foreach(const LocalCopies *copies, void (*each)(const char *name, const char *path, gpointer user),
                          gpointer user)
{
    GHashTableIter iter;
    gpointer name, path;
    g_hash_table_iter_init(&iter, copies->paths);
    while (g_hash_table_iter_next(&iter, &name, &path))
        each(name, path, user);
}
