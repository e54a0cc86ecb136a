/* Hears when other programs change mail on this machine (inotify(7)). One thread: that of the context.
 *
 * What is heard is a hint to look, not what happened: events may be lost, and a filesystem that other machines write to
 * tells nothing. Where the kernel has no watch left to give, nothing is heard, and mail is looked at as if there were none. */
#ifndef MALLE_LOCAL_WATCH_H
#define MALLE_LOCAL_WATCH_H

#include "local/mailbox.h"

typedef struct LocalWatch LocalWatch;

/* name: of a file that came or went, below the Maildir ("cur/…"); NULL: something else happened, look. */
typedef void (*LocalWatchFunc)(gint64 token, const char *name, bool came, gpointer user);

/* NULL: the kernel cannot. */
LocalWatch *local_watch_new(GMainContext *context, LocalWatchFunc heard, gpointer user);
void local_watch_free(LocalWatch *watch);

/* Mailboxes may come and go in this directory: told with the token, without a name. */
void local_watch_tree(LocalWatch *watch, const char *path, gint64 token);
/* The Maildir or mbox at this path. May be said again: what was replaced since is then heard as well. */
void local_watch_mailbox(LocalWatch *watch, const char *path, gint64 token);

/* Is that how the mailbox was left by our own doing, or seen already? */
bool local_mailbox_expects(const LocalMailbox *mailbox, const char *name, bool came);

#endif
