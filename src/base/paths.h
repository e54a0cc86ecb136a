/* Where Malle keeps its files: the XDG Base Directory Specification's five places, each with a folder "malle" in it.
 *
 * A folder of Malle's own is made, with mode 0700, by whoever first needs it; looking (paths_locate) makes nothing.
 * Environment variables that do not hold an absolute path are ignored, as the specification asks.
 * Returned strings belong to the caller. Any thread; the environment is not changed behind them once the program runs.
 */
#ifndef MALLE_BASE_PATHS_H
#define MALLE_BASE_PATHS_H

#include <glib.h>

typedef enum {
    PATHS_CONFIG,  /* $XDG_CONFIG_HOME, ~/.config: accounts, config, keys, themes: the person's own writing */
    PATHS_DATA,    /* $XDG_DATA_HOME, ~/.local/share: the store with its journal; what cannot be had again: local mail, drafts */
    PATHS_STATE,   /* $XDG_STATE_HOME, ~/.local/state: pins, log, command history */
    PATHS_CACHE,   /* $XDG_CACHE_HOME, ~/.cache: what may be thrown away at any time */
    PATHS_RUNTIME, /* $XDG_RUNTIME_DIR, else a folder "run" in the state folder: sockets, files handed to viewers */
} PathsKind;

/* The path of `name` (NULL: the folder itself) in that place. Makes nothing and cannot fail. */
char *paths_locate(PathsKind kind, const char *name);

/* The same, and the folder exists when it returns, readable by its owner only if it was made here. NULL with BASE_ERROR_PATH. */
char *paths_directory(PathsKind kind, GError **error);
char *paths_file(PathsKind kind, const char *name, GError **error);

/* The store: store.db among the data. That of the demonstration has a folder of its own in the cache, since a store keeps its journal and its
 * large bodies beside it, and they must not meet. Makes nothing. */
char *paths_store(gboolean demo);
/* A Maildir of our own, for what has no place elsewhere. Makes nothing. */
char *paths_kept_here(void);
/* Below the folder of the store; POP3 accounts have theirs beside it, by their names. */
#define PATHS_KEPT_HERE "mail/this-machine"
/* Throws the demonstration's folder away, so that it begins anew. */
void paths_forget_demo(void);

/* "~" and "~/x" with the home directory in place; everything else as it is. */
char *paths_expand(const char *path);
/* The other way, for showing: "~/x" for what lies in the home directory. */
char *paths_shorten(const char *path);

#endif
