#include "config.h"

#include "base/paths.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/i18n.h"

static const struct {
    const char *variable;
    const char *below_home; /* NULL: none, see paths_locate() */
} places[] = {
    [PATHS_CONFIG] = { "XDG_CONFIG_HOME", ".config" },
    [PATHS_DATA] = { "XDG_DATA_HOME", ".local/share" },
    [PATHS_STATE] = { "XDG_STATE_HOME", ".local/state" },
    [PATHS_CACHE] = { "XDG_CACHE_HOME", ".cache" },
    [PATHS_RUNTIME] = { "XDG_RUNTIME_DIR", NULL },
};

char *paths_locate(PathsKind kind, const char *name)
{
    /* Not g_get_user_config_dir() and its kin: they remember the first answer, so that a test, or a person who starts
     * Malle with another XDG_CONFIG_HOME from within, would get the old place. */
    const char *given = g_getenv(places[kind].variable);
    if (given != NULL && g_path_is_absolute(given))
        return g_build_filename(given, "malle", name, NULL);
    if (kind == PATHS_RUNTIME) {
        g_autofree char *run = paths_locate(PATHS_STATE, "run");
        return g_build_filename(run, name, NULL);
    }
    return g_build_filename(g_get_home_dir(), places[kind].below_home, "malle", name, NULL);
}

char *paths_directory(PathsKind kind, GError **error)
{
    g_autofree char *path = paths_locate(kind, NULL);
    if (g_mkdir_with_parents(path, 0700) == 0)
        return g_steal_pointer(&path);

    int number = errno;
    g_autofree char *what = g_strdup_printf(_("The directory %s cannot be made"), path);
    error_set_errno(error, number, what);
    return NULL;
}

char *paths_file(PathsKind kind, const char *name, GError **error)
{
    g_autofree char *directory = paths_directory(kind, error);
    return directory != NULL ? g_build_filename(directory, name, NULL) : NULL;
}

char *paths_expand(const char *path)
{
    if (path[0] == '~' && (path[1] == '\0' || path[1] == '/'))
        return g_build_filename(g_get_home_dir(), path + 1, NULL);
    return g_strdup(path);
}

char *paths_shorten(const char *path)
{
    const char *home = g_get_home_dir();
    gsize length = strlen(home);
    if (length > 1 && strncmp(path, home, length) == 0 && (path[length] == '/' || path[length] == '\0'))
        return g_strconcat("~", path + length, NULL);
    return g_strdup(path);
}

/* --- the store --------------------------------------------------------------------------------- */

#define DEMO_FOLDER "demo"

char *paths_store(gboolean demo)
{
    if (!demo)
        return paths_locate(PATHS_DATA, "store.db");
    g_autofree char *cache = paths_locate(PATHS_CACHE, NULL);
    return g_build_filename(cache, DEMO_FOLDER, "store.db", NULL);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void) about;
    (void) kind;
    (void) place;
    remove(path);
    return 0;
}

char *paths_kept_here(void)
{
    return paths_locate(PATHS_DATA, PATHS_KEPT_HERE);
}

void paths_forget_demo(void)
{
    g_autofree char *cache = paths_locate(PATHS_CACHE, NULL);
    g_autofree char *folder = g_build_filename(cache, DEMO_FOLDER, NULL);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
