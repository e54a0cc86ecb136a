#include "config.h"

#include "engine/match.h"

#include "base/text.h"
#include "mime/choose.h"
#include "mime/decoder.h"
#include "mime/message.h"
#include "mime/render.h"

#define BODY_MAX (1024 * 1024) /* of text looked at per part */

typedef struct {
    const MatchAsked *asked;
    StoreMessage *message; /* NULL: not read yet, or gone */
    gboolean looked;
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

/* As it came, or cut out of the whole message where that is here. */
static GBytes *section_bytes(const Seen *seen, const char *section)
{
    StoreReader *reader = seen->asked->reader;
    gint64 id = seen->asked->row->id;
    GBytes *bytes = store_reader_body(reader, id, section);
    if (bytes != NULL)
        return bytes;
    g_autoptr(GBytes) whole = store_reader_body(reader, id, "");
    g_autoptr(MimeMessage) message = whole != NULL ? mime_message_new(whole) : NULL;
    return message != NULL ? mime_message_section(message, section) : NULL;
}

/* The readable text of a part that is here, or NULL when it is not. Caller frees. */
static char *part_text(const Seen *seen, const MessagePart *part)
{
    g_autoptr(GBytes) bytes = section_bytes(seen, part->section);
    if (bytes == NULL)
        return NULL;
    g_autoptr(GBytes) decoded = mime_decode(part->encoding, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return mime_text_content(g_bytes_get_data(decoded, NULL), MIN(g_bytes_get_size(decoded), (gsize) BODY_MAX), part);
}

/* Only where a header was looked at (or the whole message is here): it is never fetched for a search. */
static char *fold_header(const Seen *seen)
{
    g_autoptr(GBytes) header = section_bytes(seen, "HEADER");
    if (header == NULL)
        return NULL;
    gsize length = MIN(g_bytes_get_size(header), (gsize) BODY_MAX);
    g_autofree char *text = text_make_safe(g_bytes_get_data(header, NULL), (gssize) length, TEXT_MULTI_LINE);
    return query_fold_lines(text, -1);
}

/* All parts that would be read must be here, or the answer would be about half a message. */
static char *fold_body(const Seen *seen)
{
    const StoreMessage *message = seen->message;
    if (message->structure == NULL)
        return NULL;
    g_autoptr(GPtrArray) parts = mime_choose_text(message->structure, seen->asked->text_preference);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++) {
        const MessagePart *part = g_ptr_array_index(parts, i);
        g_autofree char *here = part->children->len == 0 ? part_text(seen, part) : g_strdup("");
        if (here == NULL)
            return NULL; /* not cached: not known here */
        g_string_append_printf(text, "%s\n", here);
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
        return fold_header(seen);
    }
    return NULL;
}

static const char *text_of(const QueryMessage *message, QueryField field)
{
    Seen *seen = message->user_data;
    if (!seen->looked) {
        /* Flags, dates and sizes are in the row: a limit like "~U ~d <2w" reads no message at all. */
        seen->looked = TRUE;
        seen->message = store_reader_message(seen->asked->reader, seen->asked->row->id);
    }
    if (seen->folded[field] == NULL && seen->message != NULL)
        seen->folded[field] = fold_field(seen, field);
    return seen->folded[field];
}

char **match_own_addresses(const GPtrArray *accounts)
{
    GPtrArray *own = g_ptr_array_new();
    for (guint i = 0; i < accounts->len; i++) {
        const Account *account = g_ptr_array_index(accounts, i);
        if (account->address != NULL)
            g_ptr_array_add(own, text_sort_key(account->address, -1));
    }
    g_ptr_array_add(own, NULL);
    return (char **) g_ptr_array_free(own, FALSE);
}

QueryAnswer match_ask(const Query *query, const MatchAsked *asked)
{
    const StoreListRow *row = asked->row;
    Seen seen = { .asked = asked };
    QueryMessage message = {
        .flags = asked->flags,
        .keywords = asked->keywords,
        .date = row->date,
        .received = row->internal_date,
        .size = row->size,
        .tagged = asked->tagged,
        .has_attachment = !row->has_structure ? QUERY_UNKNOWN : row->has_attachment ? QUERY_YES : QUERY_NO,
        .is_duplicate = QUERY_UNKNOWN,
        .in_folded_thread = asked->in_folded_thread ? QUERY_YES : QUERY_NO,
        .text = text_of,
        .user_data = &seen,
        .own_addresses = (const char *const *) asked->own_addresses,
    };
    QueryAnswer answer = query_matches(query, &message);
    for (guint i = 0; i < G_N_ELEMENTS(seen.folded); i++)
        g_free(seen.folded[i]);
    g_clear_pointer(&seen.message, store_message_free);
    return answer;
}

gboolean match_row(StoreReader *reader, const Query *query, char *const *own_addresses, const StoreListRow *row)
{
    MatchAsked asked = { .reader = reader, .row = row, .flags = row->flags, .keywords = row->keywords, .own_addresses = own_addresses };
    return match_ask(query, &asked) == QUERY_YES;
}
