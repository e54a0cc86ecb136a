#include "config.h"

#include "engine/match.h"

#include "base/text.h"
#include "engine/finder.h"
#include "engine/readable.h"

#define HEADER_MAX (1024 * 1024) /* of octets looked at */

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

/* Only where a header was looked at (or the whole message is here): it is never fetched for a search. */
static char *fold_header(const Seen *seen)
{
    g_autoptr(GBytes) header = readable_section(seen->asked->reader, seen->asked->row->id, "HEADER");
    if (header == NULL)
        return NULL;
    gsize length = MIN(g_bytes_get_size(header), (gsize) HEADER_MAX);
    g_autofree char *text = text_make_safe(g_bytes_get_data(header, NULL), (gssize) length, TEXT_MULTI_LINE);
    return query_fold_lines(text, -1);
}

static char *fold_body(const Seen *seen)
{
    g_autofree char *text = readable_text(seen->asked->reader, seen->message, seen->asked->text_preference);
    return text != NULL ? query_fold_lines(text, -1) : NULL;
}

static void append_file_names(const MessagePart *part, GString *names)
{
    if (part->filename != NULL)
        g_string_append_printf(names, "%s\n", part->filename);
    for (guint i = 0; i < part->children->len; i++)
        append_file_names(g_ptr_array_index(part->children, i), names);
}

char *match_file_names(const StoreMessage *message)
{
    if (message->structure == NULL)
        return NULL;
    GString *names = g_string_new(NULL);
    append_file_names(message->structure, names);
    return g_string_free(names, FALSE);
}

static char *fold_files(const Seen *seen)
{
    g_autofree char *names = match_file_names(seen->message);
    return names != NULL ? query_fold_lines(names, -1) : NULL;
}

/* Where the row is, which no message tells. */
static char *fold_place(const Seen *seen, QueryField field)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(seen->asked->reader, seen->asked->row->mailbox_id);
    if (mailbox == NULL || field == QUERY_FIELD_MAILBOX)
        return mailbox != NULL ? fold(mailbox->name) : NULL;
    g_autoptr(GPtrArray) accounts = store_reader_accounts(seen->asked->reader);
    for (guint i = 0; i < accounts->len; i++) {
        const StoreAccount *account = g_ptr_array_index(accounts, i);
        if (account->id == mailbox->account_id)
            return fold(account->name);
    }
    return NULL;
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
    case QUERY_FIELD_FILE:
        return fold_files(seen);
    case QUERY_FIELD_MAILBOX:
    case QUERY_FIELD_ACCOUNT:
        break; /* fold_place() */
    }
    return NULL;
}

static const char *text_of(const QueryMessage *message, QueryField field)
{
    Seen *seen = message->user_data;
    if (seen->folded[field] == NULL && (field == QUERY_FIELD_MAILBOX || field == QUERY_FIELD_ACCOUNT))
        return seen->folded[field] = fold_place(seen, field);
    if (!seen->looked) {
        /* Flags, dates and sizes are in the row: a limit like "~U ~d <2w" reads no message at all. */
        seen->looked = TRUE;
        seen->message = store_reader_message(seen->asked->reader, seen->asked->row->id);
    }
    if (seen->folded[field] == NULL && seen->message != NULL)
        seen->folded[field] = fold_field(seen, field);
    return seen->folded[field];
}

static gboolean settled(const QueryMessage *message, guint place, QueryAnswer *answer)
{
    const Seen *seen = message->user_data;
    if (place < 64 && (seen->asked->told >> place & 1) != 0) {
        *answer = QUERY_YES;
        return TRUE;
    }
    return seen->asked->finder != NULL && finder_settles(seen->asked->finder, seen->asked->row->content_id, place, answer);
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
        .by_words = asked->finder != NULL,
        .settled = asked->finder != NULL || asked->told != 0 ? settled : NULL,
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
