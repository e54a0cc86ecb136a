/* Mail found on this machine (see discover.h). */
#include "config.h"
#include "local/discover.h"

#include "local/mailbox-internal.h"

#include "base/i18n.h"
#include "base/paths.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void local_place_free(LocalPlace *place)
{
    if (!place)
        return;
    g_free(place->path);
    g_free(place->words);
    g_free(place->trouble);
    g_free(place);
}

/* The same file or directory under another name (a link, $MAIL). */
static bool is_known(GArray *seen, const struct stat *about)
{
    for (guint i = 0; i < seen->len; i++) {
        const struct stat *other = &g_array_index(seen, struct stat, i);
        if (other->st_dev == about->st_dev && other->st_ino == about->st_ino)
            return true;
    }
    g_array_append_val(seen, *about);
    return false;
}

static bool directory_has_files(const char *path, const char *name)
{
    g_autofree char *full = g_build_filename(path, name, NULL);
    GDir *directory = g_dir_open(full, 0, NULL);
    bool any = directory && g_dir_read_name(directory) != NULL;
    if (directory)
        g_dir_close(directory);
    return any;
}

static bool has_mail(const GPtrArray *folders)
{
    for (guint i = 0; i < folders->len; i++) {
        const LocalFolder *folder = g_ptr_array_index(folders, i);
        struct stat about;
        if (mh_is_one(folder->path))
            return true;
        if (maildir_is_one(folder->path)
                ? directory_has_files(folder->path, "cur") || directory_has_files(folder->path, "new")
                : stat(folder->path, &about) == 0 && about.st_size > 0)
            return true;
    }
    return false;
}

static void describe(LocalPlace *place, const GPtrArray *folders)
{
    const LocalFolder *first = g_ptr_array_index(folders, 0);
    place->format = maildir_is_one(first->path) ? LOCAL_MAILDIR : mh_is_one(first->path) ? LOCAL_MH : LOCAL_MBOX;
    place->mailboxes = folders->len;
    place->has_mail = has_mail(folders);
    g_autofree char *home = paths_shorten(place->path);
    g_autofree char *shown = text_make_safe(home, -1, TEXT_SINGLE_LINE);
    place->words =
        g_strdup_printf(ngettext("%s %s, %u mailbox", "%s %s, %u mailboxes", folders->len),
                        place->format == LOCAL_MAILDIR ? _("Maildir") : place->format == LOCAL_MH ? _("MH") : _("mbox"), shown, folders->len);
}

static void look_at(GPtrArray *places, GArray *seen, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return;
    } else if (is_known(seen, &about) || !(S_ISDIR(about.st_mode) || S_ISREG(about.st_mode))) {
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) folders = local_folders(path, &error);
    if (folders && folders->len == 0)
        return;
    if (error && g_error_matches(error, LOCAL_ERROR, LOCAL_ERROR_FORMAT))
        return;
    LocalPlace *place = g_new0(LocalPlace, 1);
    place->path = g_strdup(path);
    if (folders) {
        describe(place, folders);
    } else {
        place->words = text_make_safe(path, -1, TEXT_SINGLE_LINE);
        place->trouble = g_strdup(error->message);
    }
    g_ptr_array_add(places, place);
}

GPtrArray *local_discover(const char *home, const char *user)
{
    GPtrArray *places = g_ptr_array_new_with_free_func((GDestroyNotify)local_place_free);
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(struct stat));
    const char *named[] = { g_getenv("MAIL"), g_getenv("MAILDIR") };
    for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
        if (named[i] && g_path_is_absolute(named[i]))
            look_at(places, seen, named[i]);

    if (!user)
        user = g_get_user_name();
    static const char *const spools[] = { "/var/mail", "/var/spool/mail" };
    for (gsize i = 0; i < G_N_ELEMENTS(spools) && !strchr(user, '/'); i++) {
        g_autofree char *path = g_build_filename(spools[i], user, NULL);
        look_at(places, seen, path);
    }
    if (!home)
        home = g_get_home_dir();
    static const char *const usual[] = { "Maildir", ".maildir", "Mail", "mail", "mbox" };
    for (gsize i = 0; i < G_N_ELEMENTS(usual); i++) {
        g_autofree char *path = g_build_filename(home, usual[i], NULL);
        look_at(places, seen, path);
    }
    return places;
}
