/* A query asked of a row of the store. What a list row has costs nothing; the envelope is read when a field of it is asked for;
 * header and body only from what is in the store: what is not is unknown. */
#include "config.h"

#include "model/internal.h"

#include "base/text.h"
#include "mime/choose.h"
#include "mime/render.h"

#define MAX_BODY (1024 * 1024) /* of text looked at per message */

struct RowQuery {
    Model *model;
    Query *query;
    QueryMessage asked;
    gint64 message_id;
    StoreMessage *message; /* read when first needed */
    gboolean tried;
    char *texts[QUERY_N_FIELDS];
    gboolean known[QUERY_N_FIELDS];
};

static const char *row_text(const QueryMessage *asked, QueryField field);

RowQuery *row_query_new(Model *model, Query *query)
{
    RowQuery *asker = g_new0(RowQuery, 1);
    asker->model = model;
    asker->query = query_ref(query);
    return asker;
}

static void forget_message(RowQuery *asker)
{
    g_clear_pointer(&asker->message, store_message_free);
    asker->tried = FALSE;
    for (guint i = 0; i < QUERY_N_FIELDS; i++) {
        g_clear_pointer(&asker->texts[i], g_free);
        asker->known[i] = FALSE;
    }
}

void row_query_free(RowQuery *asker)
{
    if (!asker)
        return;
    forget_message(asker);
    query_unref(asker->query);
    g_free(asker);
}

static const StoreMessage *message_of(RowQuery *asker)
{
    if (!asker->tried)
        asker->message = store_reader_message(asker->model->reader, asker->message_id);
    asker->tried = TRUE;
    return asker->message;
}

static char *fold_addresses(const GPtrArray *addresses)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; addresses && i < addresses->len; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        g_string_append_printf(out, "%s%s%s%s", out->len ? ", " : "", address->name ? address->name : "",
                               address->name && address->address ? " " : "", address->address ? address->address : "");
    }
    char *folded = text_sort_key(out->str, out->len);
    g_string_free(out, TRUE);
    return folded;
}

static char *fold(const char *text)
{
    return text_sort_key(text ? text : "", -1);
}

static char *header_text(RowQuery *asker)
{
    g_autoptr(GBytes) header = model_header_block(asker->model, asker->message_id);
    if (!header)
        return NULL;
    gsize length;
    const char *bytes = g_bytes_get_data(header, &length);
    g_autofree char *text = text_make_safe(bytes, MIN(length, (gsize) MAX_BODY), TEXT_MULTI_LINE);
    return query_fold_lines(text, -1);
}

/* All text parts that would be read must be here, or the answer would be about half a message. */
static char *body_text(RowQuery *asker)
{
    const StoreMessage *message = message_of(asker);
    if (!message || !message->structure)
        return NULL;
    g_autoptr(GPtrArray) parts = mime_choose_text(message->structure, asker->model->text_preference);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++) {
        const MessagePart *part = g_ptr_array_index(parts, i);
        if (message_part_is(part, "message", "rfc822"))
            continue;
        g_autoptr(GBytes) content = model_part_content(asker->model, asker->message_id, part);
        if (!content) {
            g_string_free(out, TRUE);
            return NULL;
        }
        gsize length;
        const char *bytes = g_bytes_get_data(content, &length);
        g_autofree char *text = mime_text_content(bytes, MIN(length, (gsize) MAX_BODY), part);
        g_string_append_printf(out, "%s\n", text);
    }
    char *folded = query_fold_lines(out->str, out->len);
    g_string_free(out, TRUE);
    return folded;
}

static char *make_text(RowQuery *asker, QueryField field)
{
    if (field == QUERY_FIELD_HEADER)
        return header_text(asker);
    if (field == QUERY_FIELD_BODY)
        return body_text(asker);
    const StoreMessage *message = message_of(asker);
    const MessageSummary *summary = message ? message->summary : NULL;
    if (!summary)
        return NULL;
    g_autofree char *references = NULL;
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
    case QUERY_FIELD_REFERENCES:
        references = g_strjoinv(" ", summary->references);
        return fold(references);
    case QUERY_FIELD_LIST_ID:
        return summary->list_id ? fold(summary->list_id) : NULL;
    default:
        return NULL;
    }
}

static const char *row_text(const QueryMessage *asked, QueryField field)
{
    RowQuery *asker = asked->user_data;
    if (!asker->known[field]) {
        asker->known[field] = TRUE;
        asker->texts[field] = make_text(asker, field);
    }
    return asker->texts[field];
}

QueryAnswer row_query_ask(RowQuery *asker, const StoreListRow *row, MailFlags flags, const char *keywords, gboolean tagged, gboolean folded)
{
    forget_message(asker);
    asker->message_id = row->id;
    asker->asked = (QueryMessage){
        .flags = flags,
        .keywords = keywords,
        .date = row->date,
        .received = row->internal_date,
        .size = row->size,
        .tagged = tagged,
        .has_attachment = !row->has_structure ? QUERY_UNKNOWN : row->has_attachment ? QUERY_YES : QUERY_NO,
        .is_duplicate = QUERY_UNKNOWN,
        .in_folded_thread = folded ? QUERY_YES : QUERY_NO,
        .text = row_text,
        .user_data = asker,
        .own_addresses = (const char *const *) asker->model->own_addresses,
    };
    return query_matches(asker->query, &asker->asked);
}
