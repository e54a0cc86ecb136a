/* The tree of one thread, out of what its messages refer to (RFC 5256 REFERENCES, steps 1 to 4). Pure.
 * Internal to store/. */
#ifndef MALLE_STORE_THREAD_TREE_H
#define MALLE_STORE_THREAD_TREE_H

#include <glib.h>

typedef struct {
    gint64 id, date;
    gboolean unread;
    gboolean elsewhere; /* not of this list: it tells where others stand, and is taken out */
    gint64 hash;  /* of its Message-ID, 0 none */
    gint64 *refs; /* hashes of what it refers to, oldest first; owned */
    guint n_refs;
    gint64 subject; /* as content.subject_hash, of interest when merging by it */
    guint depth; /* out: 0 for a root */
} ThreadNode;

void thread_node_clear(ThreadNode *node);
/* Takes out what is elsewhere, and sorts `nodes` (of ThreadNode) into the order of the tree, siblings oldest first, and fills in the depths.
 * The result does not depend on the order in which they come. Messages that are not there are skipped over: a
 * reply hangs on its nearest ancestor that is. */
void thread_tree_sort(GArray *nodes);
/* The same, and the trees that come of it merged by subject (step 5): an answer hangs on the message that bears its subject and is none, where
 * there is one; else they stand beside one another. */
void thread_tree_sort_by_subjects(GArray *nodes);

#endif
