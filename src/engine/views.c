#include "config.h"

#include "engine/views.h"

#include "engine/account.h"
#include "engine/finder.h"
#include "engine/match.h"
#include "engine/server_search.h"

/* Rows looked at in one turn of the loop: the person's next intent waits behind no more. */
#define SLICE 100

/* Of one mailbox, looked at row by row as a limit, or a search in all of them, by the index. */
typedef struct {
    Engine *engine;
    guint64 submit_id;
    gint64 view_id;
    StoreListSpec spec;
    Query *query;
    char **own_addresses;
    StoreAnchor anchor;      /* the last row looked at */
    Finder *finder;          /* a search that goes on; else NULL */
    gint64 last_content;     /* the greatest there is */
    gint64 before;           /* a search: contents from here on down are to be looked at */
    gboolean begun;          /* a row was looked at */
    guint elsewhere;         /* parts of the search that go on elsewhere: on servers */
    gboolean asked_all;      /* all rows here were looked at */
    char *trouble;           /* words of the first trouble; NULL */
    guint64 found, unknown;
    gint64 last_id;          /* everything in the store up to here has been looked at, once the fill is through */
    GSource *source;         /* NULL: nothing to do now */
} Fill;

/* --- filling -------------------------------------------------------------------------------------- */

static void tell(Fill *fill, gboolean finished, const char *words)
{
    Change *change = change_new(CHANGE_VIEW);
    change->submit_id = fill->submit_id;
    change->view_id = fill->view_id;
    change->mailbox_id = fill->spec.mailbox_id;
    change->count = fill->found;
    change->unknown = fill->unknown;
    change->finished = finished;
    change->error = g_strdup(words);
    engine_tell(fill->engine, change);
}

static void fill_free(gpointer data)
{
    Fill *fill = data;
    engine_clear_source(&fill->source);
    finder_free(fill->finder);
    if (fill->query != NULL)
        query_unref(fill->query);
    g_free(fill->anchor.key);
    g_free(fill->trouble);
    g_strfreev(fill->own_addresses);
    g_free(fill);
}

static gboolean is_search(const Fill *fill)
{
    return fill->spec.mailbox_id == 0;
}

static void move_anchor(Fill *fill, const StoreListRow *row)
{
    g_free(fill->anchor.key);
    fill->anchor.key = g_strdup(row->order_key);
    fill->anchor.id = row->id;
    fill->begun = TRUE;
}

static void add(Fill *fill, const GArray *found)
{
    if (found->len > 0)
        store_writer_view_add(fill->engine->writer, fill->view_id, (const gint64 *) (gpointer) found->data, found->len, NULL);
    fill->found += found->len;
}

static void look_at(Fill *fill, Finder *finder, const StoreListRow *row, GArray *found)
{
    QueryAnswer answer = finder != NULL                                                                      ? finder_ask(finder, row)
                         : match_row(fill->engine->reader, fill->query, fill->own_addresses, row) ? QUERY_YES
                                                                                                  : QUERY_NO;
    if (answer == QUERY_YES)
        g_array_append_val(found, row->id);
    else if (answer == QUERY_UNKNOWN)
        fill->unknown++;
}

static void work_on(Fill *fill, GSourceFunc slice)
{
    if (fill->source != NULL)
        return;
    fill->source = g_idle_source_new();
    g_source_set_priority(fill->source, ENGINE_PRIORITY_SOCKET + 1); /* somebody looks at it, but sockets go first */
    g_source_set_callback(fill->source, slice, fill, NULL);
    g_source_attach(fill->source, fill->engine->context);
}

static gboolean rest(Fill *fill)
{
    g_clear_pointer(&fill->source, g_source_unref);
    return G_SOURCE_REMOVE;
}

static void tell_progress(Fill *fill)
{
    tell(fill, fill->asked_all && fill->elsewhere == 0, fill->trouble);
}

/* What came into the mailbox behind the back of the fill, or after it. */
static gboolean follow_slice(gpointer data)
{
    Fill *fill = data;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(Finder) finder = NULL;
    if (!store_reader_begin(fill->engine->reader, NULL))
        return rest(fill);
    /* What came is newer than the index that the search began with. */
    if (is_search(fill))
        finder = finder_new(fill->engine->reader, fill->query, fill->own_addresses, NULL);
    g_autoptr(GPtrArray) rows = store_reader_rows_after(fill->engine->reader, fill->spec.mailbox_id, fill->last_id, SLICE, &fill->last_id);
    for (guint i = 0; i < rows->len; i++)
        look_at(fill, finder, g_ptr_array_index(rows, i), found);
    store_reader_end(fill->engine->reader);
    add(fill, found);
    if (found->len > 0)
        tell_progress(fill);
    return rows->len == SLICE ? G_SOURCE_CONTINUE : rest(fill);
}

static gboolean finish(Fill *fill, const char *words)
{
    fill->asked_all = TRUE;
    if (fill->trouble == NULL)
        fill->trouble = g_strdup(words);
    tell_progress(fill);
    rest(fill);
    if (words == NULL)
        work_on(fill, follow_slice);
    return G_SOURCE_REMOVE;
}

static gboolean fill_slice(gpointer data)
{
    Fill *fill = data;
    Engine *engine = fill->engine;
    g_autoptr(GError) error = NULL;
    if (!store_reader_begin(engine->reader, &error))
        return finish(fill, error->message);
    /* From the anchor on its own row comes again, if it is still there. */
    g_autoptr(GPtrArray) rows = store_reader_window(engine->reader, &fill->spec, fill->begun ? &fill->anchor : NULL, 0, SLICE, NULL, &error);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
    guint fresh = 0;
    gint64 seen_before = fill->begun ? fill->anchor.id : 0;
    for (guint i = 0; rows != NULL && i < rows->len; i++) {
        const StoreListRow *row = g_ptr_array_index(rows, i);
        if (row->id == seen_before)
            continue;
        fresh++;
        look_at(fill, NULL, row, found);
    }
    if (fresh > 0)
        move_anchor(fill, g_ptr_array_index(rows, rows->len - 1));
    store_reader_end(engine->reader);
    add(fill, found);
    if (fresh == 0 || error != NULL)
        return finish(fill, error != NULL ? error->message : NULL);
    if (found->len > 0)
        tell(fill, FALSE, NULL);
    return G_SOURCE_CONTINUE;
}

/* A search: candidates of the index, from the newest content down, each in every mailbox that shows it. */
static gboolean search_slice(gpointer data)
{
    Fill *fill = data;
    Engine *engine = fill->engine;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!store_reader_begin(engine->reader, &error))
        return finish(fill, error->message);
    const IdSet *candidates = finder_candidates(fill->finder);
    for (guint looked = 0; looked < SLICE && fill->before > 0; looked++) {
        fill->before = candidates != NULL ? id_set_before(candidates, fill->before) : MIN(fill->before - 1, fill->last_content);
        g_autoptr(GPtrArray) rows = store_reader_rows_of_content(engine->reader, fill->before);
        for (guint i = 0; i < rows->len; i++)
            look_at(fill, fill->finder, g_ptr_array_index(rows, i), found);
    }
    store_reader_end(engine->reader);
    add(fill, found);
    if (fill->before == 0) {
        g_clear_pointer(&fill->finder, finder_free);
        return finish(fill, NULL);
    }
    if (found->len > 0)
        tell(fill, FALSE, NULL);
    return G_SOURCE_CONTINUE;
}

GPtrArray *views_table_new(void)
{
    return g_ptr_array_new_with_free_func(fill_free);
}

void views_fill(Engine *engine, guint64 submit_id, gint64 mailbox_id, const char *query, StoreOrder order, gboolean descending,
                EngineSearchWhere where)
{
    Fill *fill = g_new0(Fill, 1);
    *fill = (Fill){ .engine = engine, .submit_id = submit_id, .spec = { .mailbox_id = mailbox_id, .order = order, .descending = descending } };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) configs = g_ptr_array_new();
    for (guint i = 0; i < engine->accounts->len; i++)
        g_ptr_array_add(configs, ((EngineAccount *) g_ptr_array_index(engine->accounts, i))->config);
    fill->own_addresses = match_own_addresses(configs);
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    fill->query = is_search(fill) ? query_parse_search(query, now, NULL, &error) : query_parse(query, now, NULL, &error);
    if (fill->query != NULL && is_search(fill)) {
        fill->finder = finder_new(engine->reader, fill->query, fill->own_addresses, &error);
        fill->before = G_MAXINT64;
        fill->last_content = store_reader_last_content(engine->reader);
        fill->unknown = fill->finder != NULL ? finder_n_unknown(fill->finder) : 0;
    }
    if (error == NULL)
        fill->view_id = store_writer_view_new(engine->writer, NULL, &error);
    if (fill->view_id == 0) {
        tell(fill, TRUE, error->message);
        fill_free(fill);
        return;
    }
    g_ptr_array_unref(store_reader_rows_after(engine->reader, mailbox_id, -1, 0, &fill->last_id));
    g_ptr_array_add(engine->fills, fill);
    tell(fill, FALSE, NULL);
    server_search_begin(engine, fill->view_id, mailbox_id, fill->query, is_search(fill), where);
    if (where == ENGINE_SEARCH_SERVER)
        finish(fill, NULL);
    else
        work_on(fill, is_search(fill) ? search_slice : fill_slice);
}

void views_mailbox_changed(Engine *engine, gint64 mailbox_id)
{
    for (guint i = 0; engine->fills != NULL && i < engine->fills->len; i++) {
        Fill *fill = g_ptr_array_index(engine->fills, i);
        if (fill->asked_all && (is_search(fill) || fill->spec.mailbox_id == mailbox_id))
            work_on(fill, follow_slice);
    }
}

/* --- what is found elsewhere -------------------------------------------------------------------------- */

static Fill *fill_of(Engine *engine, gint64 view_id)
{
    for (guint i = 0; i < engine->fills->len; i++) {
        Fill *fill = g_ptr_array_index(engine->fills, i);
        if (fill->view_id == view_id)
            return fill;
    }
    return NULL;
}

gboolean views_begin_elsewhere(Engine *engine, gint64 view_id)
{
    Fill *fill = fill_of(engine, view_id);
    if (fill == NULL)
        return FALSE;
    fill->elsewhere++;
    return TRUE;
}

void views_found_elsewhere(Engine *engine, gint64 view_id, const gint64 *message_ids, guint count)
{
    Fill *fill = fill_of(engine, view_id);
    if (fill == NULL || count == 0)
        return;
    store_writer_view_add(engine->writer, view_id, message_ids, count, NULL);
    fill->found = store_reader_list_total(engine->reader, &(StoreListSpec){ .view_id = view_id });
    tell_progress(fill);
}

void views_end_elsewhere(Engine *engine, gint64 view_id, const char *trouble)
{
    Fill *fill = fill_of(engine, view_id);
    if (fill == NULL)
        return;
    fill->elsewhere--;
    if (fill->trouble == NULL)
        fill->trouble = g_strdup(trouble);
    if (fill->elsewhere == 0)
        tell_progress(fill);
}

void views_drop(Engine *engine, gint64 view_id)
{
    server_search_stop(engine, view_id);
    for (guint i = 0; i < engine->fills->len; i++) {
        Fill *fill = g_ptr_array_index(engine->fills, i);
        if (fill->view_id == view_id) {
            g_ptr_array_remove_index(engine->fills, i);
            break;
        }
    }
    store_writer_view_drop(engine->writer, view_id, NULL);
}
