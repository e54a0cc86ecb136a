/* Making, renaming and deleting mailboxes on this machine: in a Maildir++ (the root is a Maildir, mailboxes are ".a.b" in
 * it), in a directory of nested Maildirs, and in a directory of mbox files (mailboxes below a file "a" lie in "a.sbd", as
 * Thunderbird has it). One thread.
 *
 * Names are those of LocalFolder: UTF-8, '/' between levels. No name leads out of the root: what could is
 * LOCAL_ERROR_REFUSED, in words. Each call is safe to repeat: what was cut off is done to its end by the next one. */
#ifndef MALLE_LOCAL_TREE_H
#define MALLE_LOCAL_TREE_H

#include "local/mailbox.h"

/* Of what kind are the mailboxes there? `when_none`: there are none. LOCAL_MH: nothing can be made there; LOCAL_DEMO: the root
 * is one file, or holds several kinds, or cannot be read. */
LocalFormat local_tree_format(const char *root, LocalFormat when_none);

/* Makes the root a Maildir (0700, and what leads to it) if there is nothing yet. */
bool local_tree_prepare(const char *root, GError **error);

/* Where a mailbox of that name lies, or would lie. NULL with LOCAL_ERROR_REFUSED. Caller frees. */
char *local_tree_path(const char *root, const char *name, GError **error);

/* A mailbox of that format, which is that of the tree. TRUE as well when it is there already. */
bool local_tree_create(const char *root, const char *name, LocalFormat format, GError **error);

/* `path` is LocalFolder.path; the mailboxes below it go along. TRUE as well when it is gone and the new one is there. */
bool local_tree_rename(const char *root, const char *path, const char *new_name, GError **error);

/* With the messages in it; mailboxes below it stay, and so do files that are not a mailbox's. TRUE as well when it is gone. */
bool local_tree_delete(const char *root, const char *path, GError **error);

#endif
