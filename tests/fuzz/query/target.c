/* Queries, as a person types them. What parses is written in one spelling, which parses to the same query; a
 * complaint points into the text. The first octet says what the message is that is asked about. */
#include "config.h"

#include "query/query.h"

#include <string.h>

#include "../fuzz.h"

enum { NOW = 1700000000 };

static const char *text_of(const QueryMessage *message, QueryField field)
{
    static const char *const TEXTS[QUERY_N_FIELDS] = {
        [QUERY_FIELD_FROM] = "alice example alice@example.org", [QUERY_FIELD_SUBJECT] = "weekly report",
        [QUERY_FIELD_TO] = "bob@example.org",                   [QUERY_FIELD_HEADER] = "from: alice\nx: y",
        [QUERY_FIELD_BODY] = "hello\nworld",                    [QUERY_FIELD_LIST_ID] = "",
    };
    return GPOINTER_TO_UINT(message->user_data) >> (field % 6) & 4 ? TEXTS[field] : NULL;
}

static QueryAnswer ask(const Query *query, guint how)
{
    static const char *const OWN[] = { "bob@example.org", NULL };
    QueryMessage message = {
        .flags = how & 0x1f,
        .keywords = how & 32 ? "$forwarded work" : NULL,
        .date = how & 1 ? NOW - 86400 : 0,
        .received = how & 2 ? NOW - 7 * 86400 : 0,
        .size = (guint64)how * 1000,
        .tagged = how & 64,
        .has_attachment = how % 3,
        .is_duplicate = how % 2,
        .in_folded_thread = QUERY_UNKNOWN,
        .text = how & 128 ? NULL : text_of,
        .user_data = GUINT_TO_POINTER(how),
        .own_addresses = OWN,
    };
    return query_matches(query, &message);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    g_autofree char *text = fuzz_string(data + 1, size - 1, true);
    gsize offset = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Query) query = query_parse(text, NOW, &offset, &error);
    if (query == NULL) {
        g_assert_nonnull(error);
        fuzz_assert_safe(error->message, -1, TEXT_MULTI_LINE);
        g_assert_cmpuint(offset, <=, strlen(text));
        g_autofree char *pointed = query_point_at(text, offset, 40);
        fuzz_assert_safe(pointed, -1, TEXT_MULTI_LINE);
        return 0;
    }
    g_assert_no_error(error);
    g_autofree char *written = query_format(query);
    if (strlen(written) > QUERY_MAX_LENGTH) /* longer words than were typed */
        return 0;
    g_autoptr(Query) again = query_parse(written, NOW, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *rewritten = query_format(again);
    g_assert_cmpstr(written, ==, rewritten);
    g_assert_cmpint(query_needs(query), ==, query_needs(again));
    g_assert_cmpint(ask(query, data[0]), ==, ask(again, data[0]));
    return 0;
}
