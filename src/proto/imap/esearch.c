#include "config.h"

#include "proto/imap/parse.h"

/* " 5 9 12 (MODSEQ 917)". A million numbers make a set of ranges, not a million allocations. */
bool imap_parse_search(ImapCursor *cursor, ImapSearchResult *result)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 number;

    *result = (ImapSearchResult){ .has = IMAP_SEARCH_HAS_ALL | IMAP_SEARCH_HAS_COUNT };
    while (imap_cursor_space(cursor) && imap_cursor_number32(cursor, &number))
        g_array_append_val(numbers, number);
    if (imap_cursor_char(cursor, '(')) {
        if (imap_cursor_word(cursor, "MODSEQ") && imap_cursor_space(cursor) &&
            imap_cursor_number(cursor, &result->modseq))
            result->has |= IMAP_SEARCH_HAS_MODSEQ;
        imap_cursor_skip_list(cursor);
    }
    if (!imap_cursor_at_end(cursor))
        return false;
    result->all = imap_uidset_new_from_uids((const guint32 *)(gpointer)numbers->data, numbers->len);
    result->count = imap_uidset_count(result->all);
    return true;
}

static bool parse_set(ImapCursor *cursor, const ImapUidSet **set, ImapString *text)
{
    if (*set != NULL || !imap_cursor_nstring(cursor, text))
        return false;
    if (!imap_string_is_nil(*text))
        *set = imap_uidset_parse(text->data, (gssize)text->len, NULL);
    return imap_string_is_nil(*text) || *set != NULL;
}

static bool take_number(const char **at, const char *end, guint32 *number)
{
    guint64 value = 0;
    const char *begin = *at;
    for (; *at < end && g_ascii_isdigit(**at) && value <= G_MAXUINT32; (*at)++)
        value = value * 10 + (guint64)(**at - '0');
    *number = (guint32)value;
    return *at > begin && value > 0 && value <= G_MAXUINT32;
}

guint32 *imap_uids_in_order(ImapString text, guint max, guint *n)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    const char *at = text.len > 0 ? text.data : "", *end = at + text.len; /* an answer without ALL has no text */
    guint32 first, last;

    while (at < end && uids->len < max && take_number(&at, end, &first)) {
        last = first;
        if (at < end && *at == ':') {
            at++;
            if (!take_number(&at, end, &last))
                break;
        }
        g_array_append_val(uids, first);
        while (first != last && uids->len < max) {
            first = first < last ? first + 1 : first - 1;
            g_array_append_val(uids, first);
        }
        if (at == end || *at != ',')
            break;
        at++;
    }
    *n = uids->len;
    return (guint32 *)(gpointer)g_array_free(g_steal_pointer(&uids), FALSE);
}

/* (1:40 4:9,12) or (1:40 NIL); RFC 9394 counts from the newest with "-1:-40". */
static bool parse_partial(ImapCursor *cursor, ImapSearchResult *result)
{
    if (!imap_cursor_char(cursor, '('))
        return false;
    imap_cursor_char(cursor, '-');
    if (!imap_cursor_number(cursor, &result->partial_first) || !imap_cursor_char(cursor, ':'))
        return false;
    imap_cursor_char(cursor, '-');
    return imap_cursor_number(cursor, &result->partial_last) && imap_cursor_space(cursor) &&
           parse_set(cursor, &result->partial, &result->partial_text) && imap_cursor_char(cursor, ')');
}

static bool parse_return(ImapCursor *cursor, ImapSearchResult *result)
{
    ImapString name;
    guint has = 0;
    bool ok;

    if (!imap_cursor_atom(cursor, &name) || !imap_cursor_space(cursor))
        return false;
    if (imap_string_is(name, "MIN")) {
        has = IMAP_SEARCH_HAS_MIN;
        ok = imap_cursor_number32(cursor, &result->min);
    } else if (imap_string_is(name, "MAX")) {
        has = IMAP_SEARCH_HAS_MAX;
        ok = imap_cursor_number32(cursor, &result->max);
    } else if (imap_string_is(name, "COUNT")) {
        has = IMAP_SEARCH_HAS_COUNT;
        ok = imap_cursor_number(cursor, &result->count);
    } else if (imap_string_is(name, "MODSEQ")) {
        has = IMAP_SEARCH_HAS_MODSEQ;
        ok = imap_cursor_number(cursor, &result->modseq);
    } else if (imap_string_is(name, "ALL")) {
        has = IMAP_SEARCH_HAS_ALL;
        ok = parse_set(cursor, &result->all, &result->all_text);
    } else if (imap_string_is(name, "PARTIAL")) {
        has = IMAP_SEARCH_HAS_PARTIAL;
        ok = parse_partial(cursor, result);
    } else {
        ok = imap_cursor_skip(cursor);
    }
    result->has |= has;
    return ok;
}

/* (TAG "a3") or, of MULTISEARCH, (TAG "a3" MAILBOX "Sent" UIDVALIDITY 7), in any order. */
static bool parse_correlator(ImapCursor *cursor, bool utf8, ImapSearchResult *result, ImapString *tag)
{
    while (!imap_cursor_char(cursor, ')')) {
        ImapString name;
        bool ok;
        if (!imap_cursor_atom(cursor, &name) || !imap_cursor_space(cursor))
            return false;
        if (imap_string_is(name, "TAG"))
            ok = imap_cursor_nstring(cursor, tag);
        else if (imap_string_is(name, "MAILBOX"))
            ok = imap_parse_mailbox(cursor, utf8, &result->mailbox);
        else if (imap_string_is(name, "UIDVALIDITY"))
            ok = imap_cursor_number32(cursor, &result->uidvalidity);
        else
            ok = imap_cursor_skip(cursor);
        if (!ok)
            return false;
        imap_cursor_space(cursor);
    }
    return true;
}

bool imap_parse_esearch(ImapCursor *cursor, bool utf8, ImapSearchResult *result, ImapString *tag)
{
    *result = (ImapSearchResult){ .extended = true };
    *tag = IMAP_STRING_NIL;
    imap_cursor_space(cursor);
    if (imap_cursor_char(cursor, '(')) {
        if (!parse_correlator(cursor, utf8, result, tag))
            return false;
        imap_cursor_space(cursor);
    }
    if (imap_cursor_word(cursor, "UID")) {
        result->uid = true;
        imap_cursor_space(cursor);
    }
    while (!imap_cursor_at_end(cursor)) {
        if (!parse_return(cursor, result)) {
            imap_search_result_clear(result);
            return false;
        }
        imap_cursor_space(cursor);
    }
    return true;
}

bool imap_parse_sort(ImapCursor *cursor, guint32 **uids, guint *n)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 number;

    while (imap_cursor_space(cursor) && imap_cursor_number32(cursor, &number))
        g_array_append_val(numbers, number);
    imap_cursor_char(cursor, '(');
    *n = numbers->len;
    *uids = (guint32 *)(gpointer)g_array_free(g_steal_pointer(&numbers), FALSE);
    return true;
}

void imap_search_result_clear(ImapSearchResult *result)
{
    imap_uidset_free((ImapUidSet *)result->all);
    imap_uidset_free((ImapUidSet *)result->partial);
    result->all = result->partial = NULL;
}
