/* Where the files of a tree of Maildirs lie, by base name, as of one look at its directories: for looking up many at once. One thread. */
#ifndef MALLE_LOCAL_COPIES_H
#define MALLE_LOCAL_COPIES_H

#include <glib.h>

typedef struct LocalCopies LocalCopies;

LocalCopies *local_copies_new(void);
/* Reads the directories of all mailboxes under `root`, and no file. FALSE with LOCAL_ERROR: not all could be read. */
gboolean local_copies_add(LocalCopies *copies, const char *root, GError **error);
void local_copies_free(LocalCopies *copies);

/* The path of the file with that base name, whatever its flags; NULL: it was not there. Valid as long as the copies. */
const char *local_copies_find(const LocalCopies *copies, const char *name);
/* Each base name, in no order. */
void local_copies_foreach(const LocalCopies *copies, void (*each)(const char *name, const char *path, gpointer user), gpointer user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalCopies, local_copies_free)

#endif
