#include "config.h"

#include "proto/imap/parse.h"

/* RFC 5256 §4: "(2)(3 6 (4 23)(44 7 96))((5)(9))". A number is the child of what stands before it; each group begins again at what
 * stands before the group. Groups are walked with a stack that the server can make long and never deep.
 */

#define NODES_MAX 2000000u
#define OPEN_MAX 100000u

typedef struct {
    GArray *nodes; /* of ImapThreadNode */
    GArray *open;  /* of int: for each open group, the node that stands before it */
    int before;    /* the node that the next one is a child of, -1: none */
    bool begun;    /* the innermost group holds something */
} Walk;

static bool add(Walk *walk, guint32 uid)
{
    ImapThreadNode node = { uid, walk->before };
    if (walk->nodes->len >= NODES_MAX)
        return false;
    walk->before = (int)walk->nodes->len;
    walk->begun = true;
    g_array_append_val(walk->nodes, node);
    return true;
}

static bool begin_group(Walk *walk)
{
    if (walk->open->len >= OPEN_MAX)
        return false;
    /* A group that begins with a group: its messages are children of one that is not there. */
    if (walk->open->len > 0 && !walk->begun && !add(walk, 0))
        return false;
    g_array_append_val(walk->open, walk->before);
    walk->begun = false;
    return true;
}

static bool end_group(Walk *walk)
{
    if (walk->open->len == 0 || !walk->begun)
        return false;
    walk->before = g_array_index(walk->open, int, walk->open->len - 1);
    g_array_set_size(walk->open, walk->open->len - 1);
    return true;
}

static bool step(ImapCursor *cursor, Walk *walk)
{
    guint32 uid;
    imap_cursor_space(cursor);
    if (imap_cursor_char(cursor, '('))
        return begin_group(walk);
    if (imap_cursor_char(cursor, ')'))
        return end_group(walk);
    return walk->open->len > 0 && imap_cursor_number32(cursor, &uid) && uid != 0 && add(walk, uid);
}

GArray *imap_parse_thread(ImapCursor *cursor)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(ImapThreadNode));
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(int));
    Walk walk = { nodes, open, -1, false };

    imap_cursor_space(cursor);
    while (!imap_cursor_at_end(cursor))
        if (!step(cursor, &walk))
            return NULL;
    return open->len == 0 ? g_steal_pointer(&nodes) : NULL;
}
