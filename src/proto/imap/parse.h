/* Inside proto/imap: one function per thing that a server says. Each fills a structure whose memory is the
 * cursor's arena, moves the cursor behind what it read, and returns false (cursor anywhere) when that was
 * nonsense.
 */
#ifndef MALLE_PROTO_IMAP_PARSE_H
#define MALLE_PROTO_IMAP_PARSE_H

#include "proto/imap/response.h"
#include "proto/imap/tokenizer.h"

bool imap_parse_flags(ImapCursor *cursor, ImapFlags *flags);
/* A list of strings, or one string alone; at most a thousand are kept. */
bool imap_parse_strings(ImapCursor *cursor, const ImapString **strings, guint *n);
bool imap_parse_envelope(ImapCursor *cursor, const ImapEnvelope **envelope);
bool imap_parse_body(ImapCursor *cursor, const ImapBody **body);
/* "17-Jul-1996 02:44:25 -0700" without the quotes. */
bool imap_parse_date(ImapString text, gint64 *unix_seconds);

/* Behind "* 12 FETCH ". What could be read is in *fetch even when the result is false. */
bool imap_parse_fetch(ImapCursor *cursor, guint32 seq, ImapFetch *fetch);
/* The cursor holds a FETCH up to a literal that follows: whether this is a section's value, and which. *done
 * is where the last call stopped (0 at the beginning of a response). */
typedef struct {
    gsize done; /* offset of the first item not looked at */
    guint32 seq, uid;
} ImapFetchScan;
bool imap_scan_fetch(ImapCursor *cursor, ImapFetchScan *scan, ImapSection *section);

/* Behind "* LIST ", "* LSUB ", "* STATUS ", "* NAMESPACE ", "* ID ". utf8: names are UTF-8 (RFC 6855). */
bool imap_parse_list(ImapCursor *cursor, bool lsub, bool utf8, ImapList *list);
bool imap_parse_status(ImapCursor *cursor, bool utf8, ImapMailboxStatus *status);
bool imap_parse_namespaces(ImapCursor *cursor, bool utf8, ImapNamespaces *namespaces);
bool imap_parse_id(ImapCursor *cursor, const ImapIdField **fields, guint *n);

bool imap_parse_mailbox(ImapCursor *cursor, bool utf8, const char **wire_name);

/* Behind "* SEARCH", "* ESEARCH" and "* SORT"; *tag is NIL when the server did not say. Free with
 * imap_search_result_clear(). */
bool imap_parse_search(ImapCursor *cursor, ImapSearchResult *result);
bool imap_parse_esearch(ImapCursor *cursor, bool utf8, ImapSearchResult *result, ImapString *tag);
bool imap_parse_sort(ImapCursor *cursor, guint32 **uids, guint *n); /* g_free(*uids) */
void imap_search_result_clear(ImapSearchResult *result);
/* Behind "* THREAD". Of ImapThreadNode, in the order of the answer; NULL when it could not be read. */
GArray *imap_parse_thread(ImapCursor *cursor);

/* Behind "OK", "NO" …: [SP "[" code "]"] [SP text]. Never fails: what is no code is text. Free with
 * imap_text_clear(). */
void imap_parse_text(ImapCursor *cursor, ImapStatus status, ImapText *text);
void imap_text_clear(ImapText *text);

#endif
