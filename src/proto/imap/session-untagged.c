#include "config.h"

#include "proto/imap/session-private.h"

/* One function per untagged response; false: it could not be read. */

#define NAMES_MAX 200u
#define URLS_MAX 20u

static bool take_list(ImapSession *session, ImapCursor *cursor, bool lsub)
{
    ImapList list;
    if (!imap_parse_list(cursor, lsub, session->utf8, &list))
        return false;
    IMAP_CALL(session, list, &list);
    return true;
}

static bool take_status(ImapSession *session, ImapCursor *cursor)
{
    ImapMailboxStatus status;
    if (!imap_parse_status(cursor, session->utf8, &status))
        return false;
    IMAP_CALL(session, status, &status);
    return true;
}

static bool take_flags(ImapSession *session, ImapCursor *cursor)
{
    ImapFlags flags;
    if (!imap_parse_flags(cursor, &flags))
        return false;
    IMAP_CALL(session, flags, &flags);
    return true;
}

static bool take_namespaces(ImapSession *session, ImapCursor *cursor)
{
    ImapNamespaces namespaces;
    if (!imap_parse_namespaces(cursor, session->utf8, &namespaces))
        return false;
    IMAP_CALL(session, namespaces, &namespaces);
    return true;
}

static bool take_id(ImapSession *session, ImapCursor *cursor)
{
    const ImapIdField *fields;
    guint n;
    if (!imap_parse_id(cursor, &fields, &n))
        return false;
    IMAP_CALL(session, id, fields, n);
    return true;
}

static bool take_enabled(ImapSession *session, ImapCursor *cursor)
{
    ImapString names[NAMES_MAX];
    guint n = 0;

    while (imap_cursor_space(cursor) && n < NAMES_MAX && imap_cursor_atom(cursor, &names[n])) {
        g_autofree char *name = g_ascii_strup(names[n].data, (gssize)names[n].len);
        bool rev2 = strcmp(name, "IMAP4REV2") == 0;
        if (rev2 && session->caps != NULL)
            imap_capabilities_add_rev2(session->caps);
        if (rev2 || strcmp(name, "UTF8=ACCEPT") == 0)
            session->utf8 = true;
        g_hash_table_add(session->enabled, g_steal_pointer(&name));
        n++;
    }
    IMAP_CALL(session, enabled, names, n);
    return true;
}

static bool take_urls(ImapSession *session, ImapCursor *cursor)
{
    ImapString urls[URLS_MAX];
    guint n = 0;
    do {
        if (n == URLS_MAX || !imap_cursor_nstring(cursor, &urls[n]) || imap_string_is_nil(urls[n]))
            return false;
        n++;
    } while (imap_cursor_space(cursor));
    IMAP_CALL(session, urls, urls, n);
    return true;
}

static bool take_search(ImapSession *session, ImapCursor *cursor)
{
    ImapSearchResult result;

    if (!imap_parse_search(cursor, &result))
        return false;
    const ImapEntry *searcher = imap_session_searcher(session);
    result.uid = searcher != NULL && searcher->verb == IMAP_VERB_UID_SEARCH;
    IMAP_CALL(session, search, &result, searcher != NULL ? searcher->id : 0);
    imap_search_result_clear(&result);
    return true;
}

static bool take_esearch(ImapSession *session, ImapCursor *cursor)
{
    ImapSearchResult result;
    ImapString tag;

    if (!imap_parse_esearch(cursor, session->utf8, &result, &tag))
        return false;
    const ImapEntry *entry = imap_string_is_nil(tag) ? NULL : imap_session_find_tag(session, tag);
    IMAP_CALL(session, search, &result, entry == NULL ? 0 : entry->id);
    imap_search_result_clear(&result);
    return true;
}

static bool take_sort(ImapSession *session, ImapCursor *cursor)
{
    g_autofree guint32 *uids = NULL;
    guint n;
    if (!imap_parse_sort(cursor, &uids, &n))
        return false;
    IMAP_CALL(session, sort, uids, n, imap_session_oldest(session, IMAP_VERB_UID_SORT));
    return true;
}

static bool take_thread(ImapSession *session, ImapCursor *cursor)
{
    g_autoptr(GArray) nodes = imap_parse_thread(cursor);
    if (nodes == NULL)
        return false;
    IMAP_CALL(session, thread, (const ImapThreadNode *)(gpointer)nodes->data, nodes->len,
              imap_session_oldest(session, IMAP_VERB_UID_THREAD));
    return true;
}

/* "(EARLIER) 41,43:116" */
static bool take_vanished(ImapSession *session, ImapCursor *cursor)
{
    bool earlier = false;
    ImapString text;

    if (imap_cursor_char(cursor, '(')) {
        earlier = imap_cursor_word(cursor, "EARLIER");
        if (!imap_cursor_skip_list(cursor) || !imap_cursor_space(cursor))
            return false;
    }
    if (!imap_cursor_atom(cursor, &text))
        return false;
    g_autoptr(ImapUidSet) uids = imap_uidset_parse(text.data, (gssize)text.len, NULL);
    if (uids == NULL)
        return false;
    IMAP_CALL(session, vanished, uids, earlier);
    return true;
}

/* What could be read of a damaged FETCH is reported too, if it says whose it is. */
static bool take_fetch(ImapSession *session, ImapCursor *cursor, guint32 seq, guint32 uid)
{
    ImapFetch fetch;
    bool ok = imap_parse_fetch(cursor, seq, &fetch);
    if (uid != 0 && fetch.uid == 0) {
        fetch.uid = uid;
        fetch.items |= IMAP_FETCH_UID;
    }
    if (ok || fetch.items != 0 || fetch.n_sections > 0)
        IMAP_CALL(session, fetch, &fetch);
    return ok;
}

static bool take_numbered(ImapSession *session, ImapCursor *cursor, guint32 n)
{
    if (imap_cursor_word(cursor, "FETCH"))
        return n != 0 && imap_cursor_space(cursor) && take_fetch(session, cursor, n, 0);
    if (imap_cursor_word(cursor, "EXISTS")) {
        session->largest = MAX(session->largest, n);
        if (n <= session->options.limits.messages)
            IMAP_CALL(session, exists, n);
        return true;
    }
    /* GNU mailutils 3.15 says EXPUNGED. */
    if (imap_cursor_word(cursor, "EXPUNGE") || imap_cursor_word(cursor, "EXPUNGED")) {
        if (n == 0)
            return false;
        IMAP_CALL(session, expunge, n);
        return true;
    }
    if (imap_cursor_word(cursor, "RECENT")) {
        IMAP_CALL(session, recent, n);
        return true;
    }
    return false;
}

static bool take_named(ImapSession *session, ImapCursor *cursor, ImapString name)
{
    /* SEARCH, SORT and THREAD alone may stand without anything behind them. */
    if (imap_string_is(name, "SEARCH"))
        return take_search(session, cursor);
    if (imap_string_is(name, "ESEARCH"))
        return take_esearch(session, cursor);
    if (imap_string_is(name, "SORT"))
        return take_sort(session, cursor);
    if (imap_string_is(name, "THREAD"))
        return take_thread(session, cursor);
    if (imap_string_is(name, "ENABLED"))
        return take_enabled(session, cursor);
    if (!imap_cursor_space(cursor))
        return false;
    if (imap_string_is(name, "LIST") || imap_string_is(name, "XLIST"))
        return take_list(session, cursor, false);
    if (imap_string_is(name, "LSUB"))
        return take_list(session, cursor, true);
    if (imap_string_is(name, "STATUS"))
        return take_status(session, cursor);
    if (imap_string_is(name, "FLAGS"))
        return take_flags(session, cursor);
    if (imap_string_is(name, "VANISHED"))
        return take_vanished(session, cursor);
    if (imap_string_is(name, "NAMESPACE"))
        return take_namespaces(session, cursor);
    if (imap_string_is(name, "ID"))
        return take_id(session, cursor);
    if (imap_string_is(name, "GENURLAUTH"))
        return take_urls(session, cursor);
    if (imap_string_is(name, "UIDFETCH")) {
        guint32 uid;
        return imap_cursor_number32(cursor, &uid) && uid != 0 && imap_cursor_space(cursor) &&
               take_fetch(session, cursor, 0, uid);
    }
    return false;
}

bool imap_session_untagged(ImapSession *session, ImapCursor *cursor)
{
    ImapString name;
    guint32 n;

    if (!imap_session_believes(session) && !imap_cursor_word(cursor, "CAPABILITY"))
        return true; /* RFC 9051 §6.2.1: nothing heard before TLS may be kept, and so it is not heard */
    if (!imap_session_believes(session) || imap_cursor_word(cursor, "CAPABILITY")) {
        imap_cursor_space(cursor);
        imap_session_take_capabilities(session, imap_cursor_rest(cursor));
        return true;
    }
    if (g_ascii_isdigit(imap_cursor_peek(cursor)))
        return imap_cursor_number32(cursor, &n) && imap_cursor_space(cursor) &&
               take_numbered(session, cursor, n);
    return imap_cursor_atom(cursor, &name) && take_named(session, cursor, name);
}
