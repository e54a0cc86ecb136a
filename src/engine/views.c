#include "config.h"

#include "engine/views.h"

#include "engine/account.h"
#include "engine/match.h"

/* Rows looked at in one turn of the loop: the person's next intent waits behind no more. */
#define SLICE 100

typedef struct {
    Engine *engine;
    guint64 submit_id;
    gint64 view_id;
    StoreListSpec spec;
    Query *query;
    char **own_addresses;
    StoreAnchor anchor;      /* the last row looked at */
    gboolean begun, done;    /* a row was looked at; all were */
    guint64 found;
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
    change->finished = finished;
    change->error = g_strdup(words);
    engine_tell(fill->engine, change);
}

static void fill_free(gpointer data)
{
    Fill *fill = data;
    engine_clear_source(&fill->source);
    if (fill->query != NULL)
        query_unref(fill->query);
    g_free(fill->anchor.key);
    g_strfreev(fill->own_addresses);
    g_free(fill);
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

static void look_at(Fill *fill, const StoreListRow *row, GArray *found)
{
    if (match_row(fill->engine->reader, fill->query, fill->own_addresses, row))
        g_array_append_val(found, row->id);
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

/* What came into the mailbox behind the back of the fill, or after it. */
static gboolean follow_slice(gpointer data)
{
    Fill *fill = data;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!store_reader_begin(fill->engine->reader, NULL))
        return rest(fill);
    g_autoptr(GPtrArray) rows = store_reader_rows_after(fill->engine->reader, fill->spec.mailbox_id, fill->last_id, SLICE, &fill->last_id);
    for (guint i = 0; i < rows->len; i++)
        look_at(fill, g_ptr_array_index(rows, i), found);
    store_reader_end(fill->engine->reader);
    add(fill, found);
    if (found->len > 0)
        tell(fill, TRUE, NULL);
    return rows->len == SLICE ? G_SOURCE_CONTINUE : rest(fill);
}

static gboolean finish(Fill *fill, const char *words)
{
    fill->done = TRUE;
    tell(fill, TRUE, words);
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
        look_at(fill, row, found);
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

GPtrArray *views_table_new(void)
{
    return g_ptr_array_new_with_free_func(fill_free);
}

void views_fill(Engine *engine, guint64 submit_id, gint64 mailbox_id, const char *query, StoreOrder order, gboolean descending)
{
    Fill *fill = g_new0(Fill, 1);
    *fill = (Fill){ .engine = engine, .submit_id = submit_id, .spec = { .mailbox_id = mailbox_id, .order = order, .descending = descending } };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) configs = g_ptr_array_new();
    for (guint i = 0; i < engine->accounts->len; i++)
        g_ptr_array_add(configs, ((EngineAccount *) g_ptr_array_index(engine->accounts, i))->config);
    fill->own_addresses = match_own_addresses(configs);
    fill->query = query_parse(query, g_get_real_time() / G_USEC_PER_SEC, NULL, &error);
    if (fill->query != NULL)
        fill->view_id = store_writer_view_new(engine->writer, NULL, &error);
    if (fill->view_id == 0) {
        tell(fill, TRUE, error->message);
        fill_free(fill);
        return;
    }
    g_ptr_array_unref(store_reader_rows_after(engine->reader, mailbox_id, -1, 0, &fill->last_id));
    g_ptr_array_add(engine->fills, fill);
    tell(fill, FALSE, NULL);
    work_on(fill, fill_slice);
}

void views_mailbox_changed(Engine *engine, gint64 mailbox_id)
{
    for (guint i = 0; engine->fills != NULL && i < engine->fills->len; i++) {
        Fill *fill = g_ptr_array_index(engine->fills, i);
        if (fill->done && fill->spec.mailbox_id == mailbox_id)
            work_on(fill, follow_slice);
    }
}

void views_drop(Engine *engine, gint64 view_id)
{
    for (guint i = 0; i < engine->fills->len; i++) {
        Fill *fill = g_ptr_array_index(engine->fills, i);
        if (fill->view_id == view_id) {
            g_ptr_array_remove_index(engine->fills, i);
            break;
        }
    }
    store_writer_view_drop(engine->writer, view_id, NULL);
}
