/* Windows in thread order: threads by the date of their newest message in the list, the tree inside. A window
 * costs the rows of the threads that it shows: of each the few columns that make the tree, and the whole row
 * only of what is delivered. */
#include "config.h"

#include <stdio.h>

#include "store/reader-private.h"
#include "store/store-private.h"
#include "store/thread_choices.h"
#include "store/thread_subjects.h"
#include "store/thread_tree.h"

typedef struct {
    gint64 newest, thread_id;
    guint index; /* within the thread */
} Place;

typedef struct {
    StoreReader *reader;
    const StoreListSpec *spec;
    gint64 list;
    gboolean by_subjects; /* threads are merged by them */
} List;

/* All messages of the thread, and whether they are in this list: those that are not tell where the others stand. */
static sqlite3_stmt *query_members(const List *list, gint64 thread_id, GError **error)
{
#define NODE_COLUMNS "SELECT m.id, m.date, m.unread, c.msgid_hash, c.refs, c.subject_hash, "
#define NODE_TABLES " FROM message m INDEXED BY message_by_thread CROSS JOIN content c ON c.id = m.content_id WHERE m.thread_id = ?1"
    gint64 unread = list->spec->unread_only != FALSE;
    if (list->spec->view_id != 0)
        return database_query(list->reader->db, error,
                              NODE_COLUMNS "m.unread >= ?3 AND EXISTS (SELECT 1 FROM view_message v WHERE v.view_id = ?2 AND v.message_id = m.id)" NODE_TABLES,
                              "iii", thread_id, list->spec->view_id, unread);
    if (list->spec->mailbox_id != 0)
        return database_query(list->reader->db, error, NODE_COLUMNS "m.unread >= ?3 AND m.shown_mailbox IS ?2" NODE_TABLES, "iii", thread_id,
                              list->spec->mailbox_id, unread);
    return database_query(list->reader->db, error, NODE_COLUMNS "m.shown_mailbox IS NOT NULL" NODE_TABLES, "i", thread_id);
#undef NODE_COLUMNS
#undef NODE_TABLES
}

/* The members in the order of the tree, of ThreadNode. NULL with error. */
static GArray *load_thread(const List *list, gint64 thread_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(ThreadNode));
    g_array_set_clear_func(nodes, (GDestroyNotify) thread_node_clear);
    g_autoptr(GHashTable) choices = thread_choices_of(list->reader->db, thread_id, &failed);
    sqlite3_stmt *s = failed == NULL ? query_members(list, thread_id, &failed) : NULL;
    while (s != NULL && database_step(list->reader->db, s, &failed)) {
        gint64 hash = column_int(s, 3);
        gsize bytes = (gsize) sqlite3_column_bytes(s, 4);
        g_autofree gint64 *refs = g_memdup2(sqlite3_column_blob(s, 4), bytes);
        GArray *followed = thread_choices_apply(choices, hash, refs, (guint) (bytes / sizeof(gint64)));
        ThreadNode node = { .id = column_int(s, 0), .date = column_int(s, 1), .unread = column_int(s, 2) != 0, .hash = hash, .subject = column_int(s, 5), .elsewhere = !column_int(s, 6) };
        node.n_refs = followed->len;
        node.refs = (gint64 *) (void *) g_array_free(followed, FALSE);
        g_array_append_val(nodes, node);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    if (list->by_subjects)
        thread_tree_sort_by_subjects(nodes);
    else
        thread_tree_sort(nodes);
    return g_steal_pointer(&nodes);
}

static gboolean add_row(const List *list, GArray *nodes, const Place *place, GPtrArray *rows, GError **error)
{
    const ThreadNode *node = &g_array_index(nodes, ThreadNode, place->index);
    GError *failed = NULL;
    StoreListRow *row = list_row_by_id(list->reader->db, node->id, STORE_ORDER_DATE, &failed);
    if (row == NULL) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        return failed == NULL;
    }
    row->thread_depth = node->depth;
    if (place->index == 0) {
        row->thread_count = nodes->len;
        for (guint i = 0; i < nodes->len; i++)
            row->thread_unread += g_array_index(nodes, ThreadNode, i).unread;
    }
    g_free(row->order_key);
    row->order_key = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u", place->newest,
                                     place->thread_id, place->index);
    g_ptr_array_add(rows, row);
    return TRUE;
}

/* --- walking along the threads ------------------------------------------------------------------ */

/* The thread next to `place` in that direction, or the first one when place is NULL. FALSE: none, or *failed.
 */
static gboolean next_thread(const List *list, const Place *place, gboolean backward, Place *next,
                            GError **failed)
{
    gboolean down = backward != (list->spec->descending != FALSE);
    g_autofree char *sql = g_strdup_printf(
        "SELECT newest, thread_id FROM thread_list INDEXED BY %s WHERE list = ?1%s%s%s ORDER BY newest %s, "
        "thread_id %s LIMIT 1",
        list->spec->unread_only ? "thread_list_unread" : "thread_list_by_newest",
        list->spec->unread_only ? " AND unread > 0" : "", place == NULL ? "" : " AND (newest, thread_id) ",
        place == NULL ? ""
        : down        ? "< (?2, ?3)"
                      : "> (?2, ?3)",
        down ? "DESC" : "ASC", down ? "DESC" : "ASC");
    sqlite3_stmt *s = database_prepare(list->reader->db, sql, failed);
    if (s == NULL)
        return FALSE;
    sqlite3_bind_int64(s, 1, list->list);
    if (place != NULL) {
        sqlite3_bind_int64(s, 2, place->newest);
        sqlite3_bind_int64(s, 3, place->thread_id);
    }
    if (!database_step(list->reader->db, s, failed))
        return FALSE;
    *next = (Place){ column_int(s, 0), column_int(s, 1), 0 };
    database_done(s);
    return TRUE;
}

/* Rows of one thread from place->index on (or, backward, those before it, nearest first) until `most` are in
 * `rows`. */
static gboolean add_thread(const List *list, GArray *nodes, Place place, gboolean backward, guint most,
                           GPtrArray *rows, GError **error)
{
    if (backward) {
        while (place.index > 0 && rows->len < most) {
            place.index--;
            if (!add_row(list, nodes, &place, rows, error))
                return FALSE;
        }
        return TRUE;
    }
    for (; place.index < nodes->len && rows->len < most; place.index++)
        if (!add_row(list, nodes, &place, rows, error))
            return FALSE;
    return TRUE;
}

/* `nodes` of the thread at *place, NULL when the place lies between threads; place NULL: from the end of the
 * list. */
static gboolean collect(const List *list, const Place *place, GArray *nodes, gboolean backward, guint most,
                        GPtrArray *rows, GError **error)
{
    GError *failed = NULL;
    Place at;
    if (place != NULL && nodes != NULL && !add_thread(list, nodes, *place, backward, most, rows, error))
        return FALSE;
    while (rows->len < most && next_thread(list, place, backward, &at, &failed)) {
        g_autoptr(GArray) members = load_thread(list, at.thread_id, &failed);
        if (members == NULL)
            break;
        Place start = at;
        start.index = backward ? members->len : 0;
        if (!add_thread(list, members, start, backward, most, rows, &failed))
            break;
        place = &at;
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* --- the anchor ------------------------------------------------------------------------------ */

static gint64 newest_of(const List *list, gint64 thread_id, gboolean *there, GError **failed)
{
    sqlite3_stmt *s = database_query(
        list->reader->db, failed, "SELECT newest, unread FROM thread_list WHERE thread_id = ?1 AND list = ?2",
        "ii", thread_id, list->list);
    *there = s != NULL && database_step(list->reader->db, s, failed);
    if (!*there)
        return 0;
    gint64 newest = column_int(s, 0);
    *there = !list->spec->unread_only || column_int(s, 1) > 0;
    database_done(s);
    return newest;
}

/* Where the anchor's message stands now, or where it stood. *nodes: its thread's members, NULL when the
 * thread is not in the list any more. FALSE: error, or nothing is known of such a place. */
static gboolean resolve_anchor(const List *list, const StoreAnchor *anchor, Place *place, GArray **nodes,
                               GError **failed)
{
    Place old = { 0, 0, 0 };
    gboolean known =
        anchor->key != NULL && sscanf(anchor->key, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u",
                                      &old.newest, &old.thread_id, &old.index) == 3;
    gint64 thread_id = database_int(list->reader->db, failed, 0, "SELECT thread_id FROM message WHERE id = ?",
                                    "i", anchor->id);
    if (thread_id == 0)
        thread_id = old.thread_id;
    *place = old;
    gboolean there = FALSE;
    gint64 newest = *failed == NULL ? newest_of(list, thread_id, &there, failed) : 0;
    if (*failed != NULL || !there)
        return *failed == NULL && known;
    *nodes = load_thread(list, thread_id, failed);
    if (*nodes == NULL)
        return FALSE;
    *place = (Place){ newest, thread_id, MIN(old.index, (*nodes)->len) };
    for (guint i = 0; i < (*nodes)->len; i++) {
        if (g_array_index(*nodes, ThreadNode, i).id == anchor->id) {
            place->index = i;
            return TRUE;
        }
    }
    return known;
}

static void reverse_into(GPtrArray *rows, GPtrArray *backward)
{
    while (backward->len > 0)
        g_ptr_array_add(rows, g_ptr_array_steal_index(backward, backward->len - 1));
}

GPtrArray *thread_window(StoreReader *reader, const StoreListSpec *spec, const StoreAnchor *anchor,
                         guint before, guint after, guint *anchor_index, GError **error)
{
    List list = { reader, spec, spec->view_id != 0 ? -spec->view_id : spec->mailbox_id, thread_subjects_wanted(reader->db) };
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    g_autoptr(GPtrArray) backward = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    g_autoptr(GArray) nodes = NULL;
    Place place;
    GError *failed = NULL;
    gboolean from_end = anchor != NULL && anchor->key == NULL && anchor->id < 0;
    const Place *at =
        anchor != NULL && !from_end && resolve_anchor(&list, anchor, &place, &nodes, &failed) ? &place : NULL;
    if (failed == NULL && (at != NULL || from_end))
        collect(&list, at, nodes, TRUE, before, backward, &failed);
    reverse_into(rows, backward);
    guint index = rows->len;
    if (failed == NULL && !from_end)
        collect(&list, at, nodes, FALSE, index + after, rows, &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    if (anchor_index != NULL)
        *anchor_index = from_end && index > 0 ? index - 1 : index;
    return g_steal_pointer(&rows);
}

gboolean store_reader_is_muted(StoreReader *reader, gint64 thread_id)
{
    return database_int(reader->db, NULL, 0, "SELECT 1 FROM msgid INDEXED BY msgid_muted WHERE muted = 1 AND thread_id = ? LIMIT 1", "i",
                        thread_id) != 0;
}

GPtrArray *store_reader_thread(StoreReader *reader, gint64 thread_id, gint64 mailbox_id)
{
    StoreListSpec spec = { .mailbox_id = mailbox_id, .order = STORE_ORDER_THREAD };
    List list = { reader, &spec, mailbox_id, thread_subjects_wanted(reader->db) };
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    g_autoptr(GArray) nodes = load_thread(&list, thread_id, NULL);
    if (nodes != NULL)
        add_thread(&list, nodes, (Place){ 0, thread_id, 0 }, FALSE, nodes->len, rows, NULL);
    return rows;
}
