/* Trees of mailboxes on disk (see mailbox.h). */
#include "config.h"
#include "local/mailbox-internal.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FOLDERS 10000
#define MAX_DEPTH 16

void local_folder_free(LocalFolder *folder)
{
    if (!folder)
        return;
    g_free(folder->name);
    g_free(folder->path);
    g_free(folder);
}

static void add_folder(GPtrArray *folders, const char *name, const char *path)
{
    if (folders->len >= MAX_FOLDERS)
        return;
    LocalFolder *folder = g_new0(LocalFolder, 1);
    folder->name = text_make_safe(name, -1, TEXT_SINGLE_LINE);
    folder->path = g_strdup(path);
    g_ptr_array_add(folders, folder);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    const char *x = (*(LocalFolder *const *)a)->name, *y = (*(LocalFolder *const *)b)->name;
    bool x_inbox = g_ascii_strcasecmp(x, "INBOX") == 0, y_inbox = g_ascii_strcasecmp(y, "INBOX") == 0;
    if (x_inbox != y_inbox)
        return x_inbox ? -1 : 1;
    return g_utf8_collate(x, y);
}

bool local_is_beside(const char *name)
{
    static const char *const endings[] = { ".msf", ".lock",   ".db",   ".index", ".log", ".cache",
                                           ".dat", ".sqlite", ".json", ".gz",    ".zst", "~" };
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(name, endings[i]))
            return true;
    return g_str_has_prefix(name, "dovecot") || g_str_has_prefix(name, "courierimap") ||
           strcmp(name, "maildirfolder") == 0 || strcmp(name, "cur") == 0 || strcmp(name, "new") == 0 ||
           strcmp(name, "tmp") == 0;
}

/* Maildir++: ".Lists.malle-dev" -> "Lists/malle-dev". Servers keep IMAP's spelling on disk (modified UTF-7,
 * RFC 3501 §5.1.3): ".Envoy&AOk-s". What is not that is shown as it is. */
static char *maildir_plus_name(const char *name)
{
    char *result =
        strchr(name, '&') ? g_convert(name + 1, -1, "UTF-8", "UTF-7-IMAP", NULL, NULL, NULL) : NULL;
    if (!result)
        result = g_strdup(name + 1);
    for (char *p = result; *p; p++)
        if (*p == '.')
            *p = '/';
    return result;
}

static void scan(GPtrArray *folders, const char *path, const char *prefix, guint depth);

static void look_at(GPtrArray *folders, const char *directory, const char *prefix, const char *name,
                    guint depth, bool in_mailbox)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || local_is_beside(name))
        return;
    g_autofree char *path = g_build_filename(directory, name, NULL);
    struct stat about;
    if (lstat(path, &about) != 0)
        return;
    if (S_ISDIR(about.st_mode)) {
        if (name[0] == '.' && !(in_mailbox && maildir_is_one(path)))
            return;
        g_autofree char *own = name[0] == '.' ? maildir_plus_name(name) : g_strdup(name);
        /* Thunderbird keeps the children of "Name" in "Name.sbd". */
        if (g_str_has_suffix(own, ".sbd"))
            own[strlen(own) - 4] = '\0';
        g_autofree char *full = *prefix ? g_strconcat(prefix, "/", own, NULL) : g_strdup(own);
        if (maildir_is_one(path) || mh_is_one(path))
            add_folder(folders, full, path);
        if (name[0] != '.' && depth < MAX_DEPTH)
            scan(folders, path, full, depth + 1);
    } else if (S_ISREG(about.st_mode) && name[0] != '.' && !in_mailbox && mbox_is_one(path, NULL)) {
        g_autofree char *full = *prefix ? g_strconcat(prefix, "/", name, NULL) : g_strdup(name);
        add_folder(folders, full, path);
    }
}

static void scan(GPtrArray *folders, const char *path, const char *prefix, guint depth)
{
    DIR *directory = opendir(path);
    if (!directory)
        return;
    bool in_mailbox = maildir_is_one(path) || mh_is_one(path);
    for (struct dirent *entry; folders->len < MAX_FOLDERS && (entry = readdir(directory)) != NULL;)
        look_at(folders, path, prefix, entry->d_name, depth, in_mailbox);
    closedir(directory);
}

GPtrArray *local_folders(const char *path, GError **error)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        local_set_access_error(error, path, errno);
        return NULL;
    }
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func((GDestroyNotify)local_folder_free);
    if (S_ISREG(about.st_mode)) {
        g_autoptr(LocalMailbox) mailbox = local_mailbox_open(path, error);
        if (!mailbox)
            return NULL;
        add_folder(folders, "INBOX", path);
        return g_steal_pointer(&folders);
    }
    DIR *directory = opendir(path);
    if (!directory) {
        local_set_access_error(error, path, errno);
        return NULL;
    }
    closedir(directory);
    if (maildir_is_one(path) || mh_is_one(path))
        add_folder(folders, "INBOX", path);
    scan(folders, path, "", 0);
    g_ptr_array_sort(folders, by_name);
    return g_steal_pointer(&folders);
}
