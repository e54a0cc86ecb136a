#include "config.h"

#include "engine/views.h"

#include "base/text.h"
#include "mime/choose.h"
#include "mime/decoder.h"
#include "mime/render.h"
#include "query/query.h"

/* Rows looked at in one turn of the loop: the person's next intent waits behind no more. */
#define SLICE 100

typedef struct {
    Engine *engine;
    guint64 submit_id;
    gint64 view_id;
    StoreListSpec spec;
    Query *query;
    StoreAnchor anchor;      /* the last row looked at */
    gboolean begun;
    guint64 found;
    GSource *source;
} Fill;

/* --- a message as the query sees it --------------------------------------------------------------- */

typedef struct {
    Engine *engine;
    const StoreMessage *message;
    char *folded[QUERY_N_FIELDS];
} Seen;

static char *fold(const char *text)
{
    return text_sort_key(text != NULL ? text : "", -1);
}

static char *fold_addresses(const GPtrArray *addresses)
{
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        g_string_append_printf(joined, "%s%s %s", i > 0 ? ", " : "", address->name != NULL ? address->name : "",
                               address->address != NULL ? address->address : "");
    }
    g_autofree char *text = g_string_free(joined, FALSE);
    return fold(text);
}

/* The readable text of a part that is cached here, or NULL when it is not. Caller frees. */
static char *part_text(Engine *engine, gint64 message_id, const MessagePart *part)
{
    g_autofree char *path = store_reader_body_path(engine->reader, message_id, part->section);
    g_autoptr(GMappedFile) mapped = path != NULL ? g_mapped_file_new(path, FALSE, NULL) : NULL;
    g_autoptr(GBytes) bytes = mapped != NULL ? g_mapped_file_get_bytes(mapped) : store_reader_body(engine->reader, message_id, part->section);
    if (bytes == NULL)
        return NULL;
    g_autoptr(GBytes) decoded = mime_decode(part->encoding, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return mime_text_content(g_bytes_get_data(decoded, NULL), g_bytes_get_size(decoded), part);
}

static char *fold_body(const Seen *seen)
{
    const StoreMessage *message = seen->message;
    if (message->structure == NULL)
        return NULL;
    g_autoptr(GPtrArray) parts = mime_choose_text(message->structure, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++) {
        const MessagePart *part = g_ptr_array_index(parts, i);
        g_autofree char *here = part->children->len == 0 ? part_text(seen->engine, message->row->id, part) : g_strdup("");
        if (here == NULL)
            return NULL; /* not cached: not known here */
        g_string_append(text, here);
    }
    return query_fold_lines(text->str, (gssize) text->len);
}

static char *fold_field(const Seen *seen, QueryField field)
{
    const MessageSummary *summary = seen->message->summary;
    switch (field) {
    case QUERY_FIELD_FROM:
        return fold_addresses(summary->from);
    case QUERY_FIELD_SENDER:
        return fold_addresses(summary->sender);
    case QUERY_FIELD_REPLY_TO:
        return fold_addresses(summary->reply_to);
    case QUERY_FIELD_TO:
        return fold_addresses(summary->to);
    case QUERY_FIELD_CC:
        return fold_addresses(summary->cc);
    case QUERY_FIELD_BCC:
        return fold_addresses(summary->bcc);
    case QUERY_FIELD_SUBJECT:
        return fold(summary->subject);
    case QUERY_FIELD_MESSAGE_ID:
        return fold(summary->message_id);
    case QUERY_FIELD_REFERENCES: {
        g_autofree char *joined = g_strjoinv(" ", summary->references);
        return fold(joined);
    }
    case QUERY_FIELD_LIST_ID:
        return summary->list_id != NULL ? fold(summary->list_id) : NULL;
    case QUERY_FIELD_BODY:
        return fold_body(seen);
    case QUERY_FIELD_HEADER:
        break;
    }
    return NULL;
}

static const char *text_of(const QueryMessage *message, QueryField field)
{
    Seen *seen = message->user_data;
    if (seen->folded[field] == NULL)
        seen->folded[field] = fold_field(seen, field);
    return seen->folded[field];
}

static gboolean matches(Engine *engine, const Query *query, gint64 message_id)
{
    g_autoptr(StoreMessage) message = store_reader_message(engine->reader, message_id);
    if (message == NULL)
        return FALSE;
    Seen seen = { .engine = engine, .message = message };
    QueryMessage asked = {
        .flags = message->row->flags,
        .keywords = message->row->keywords,
        .date = message->row->date,
        .received = message->row->internal_date,
        .size = message->row->size,
        .has_attachment = message->structure == NULL ? QUERY_UNKNOWN : mime_has_attachment(message->structure) ? QUERY_YES : QUERY_NO,
        .is_duplicate = QUERY_UNKNOWN,
        .in_folded_thread = QUERY_NO,
        .text = text_of,
        .user_data = &seen,
    };
    gboolean yes = query_matches(query, &asked) == QUERY_YES;
    for (guint i = 0; i < G_N_ELEMENTS(seen.folded); i++)
        g_free(seen.folded[i]);
    return yes;
}

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
        if (matches(engine, fill->query, row->id))
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
