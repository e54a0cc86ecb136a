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
    gboolean begun;
    guint64 found;
    GSource *source;
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

static gboolean fill_slice(gpointer data)
{
    Fill *fill = data;
    Engine *engine = fill->engine;
    g_autoptr(GError) error = NULL;
    if (!store_reader_begin(engine->reader, &error)) {
        tell(fill, TRUE, error->message);
        return G_SOURCE_REMOVE;
    }
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
        if (match_row(engine->reader, fill->query, fill->own_addresses, row))
            g_array_append_val(found, row->id);
    }
    if (fresh > 0)
        move_anchor(fill, g_ptr_array_index(rows, rows->len - 1));
    store_reader_end(engine->reader);
    if (found->len > 0)
        store_writer_view_add(engine->writer, fill->view_id, (const gint64 *) (gpointer) found->data, found->len, NULL);
    fill->found += found->len;
    gboolean finished = fresh == 0 || error != NULL;
    if (found->len > 0 || finished)
        tell(fill, finished, error != NULL ? error->message : NULL);
    return finished ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
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
    tell(fill, FALSE, NULL);
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, ENGINE_PRIORITY_SOCKET + 1); /* somebody looks at it, but sockets go first */
    g_source_set_callback(source, fill_slice, fill, fill_free);
    g_source_attach(source, engine->context);
    g_source_unref(source);
}

void views_drop(Engine *engine, gint64 view_id)
{
    store_writer_view_drop(engine->writer, view_id, NULL);
}
