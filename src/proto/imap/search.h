/* Search criteria (RFC 9051 §6.4.4), built key by key in the order IMAP writes them: keys stand side by side
 * for "and", imap_search_not() applies to the next key, imap_search_or() to the next two, a group counts as
 * one key. An empty builder searches ALL. Strings are UTF-8; CR, LF and NUL in them make the command fail at
 * imap_session_send() (IMAP_ERROR_ARGUMENT), as does a group left open.
 */
#ifndef MALLE_PROTO_IMAP_SEARCH_H
#define MALLE_PROTO_IMAP_SEARCH_H

#include "proto/imap/uidset.h"
#include "base/mailflags.h"

typedef struct ImapSearch ImapSearch;

ImapSearch *imap_search_new(void);
void imap_search_free(ImapSearch *search);

void imap_search_not(ImapSearch *search);
void imap_search_or(ImapSearch *search);
void imap_search_open(ImapSearch *search);
void imap_search_close(ImapSearch *search);

/* The keys of another, copied; where one key is expected it has to be one (NOT and OR with what belongs to them are). Empty: ALL. */
void imap_search_add(ImapSearch *search, const ImapSearch *other);
/* FALSE: it cannot be sent (see above). */
bool imap_search_is_written(const ImapSearch *search);
/* As it will be written, all strings quoted. g_free. */
char *imap_search_to_string(const ImapSearch *search);

void imap_search_all(ImapSearch *search);
/* A predefined flag (SEEN, UNSEEN …) or a registered keyword, set or not. One bit. */
void imap_search_flag(ImapSearch *search, MailFlags bit, bool set);
void imap_search_keyword(ImapSearch *search, const char *keyword, bool set);

typedef enum {
    IMAP_SEARCH_FROM,
    IMAP_SEARCH_TO,
    IMAP_SEARCH_CC,
    IMAP_SEARCH_BCC,
    IMAP_SEARCH_SUBJECT,
    IMAP_SEARCH_BODY,
    IMAP_SEARCH_TEXT
} ImapSearchText;
void imap_search_text(ImapSearch *search, ImapSearchText where, const char *text);
/* value "": the field is there. */
void imap_search_header(ImapSearch *search, const char *field, const char *value);

typedef enum {
    IMAP_SEARCH_BEFORE,
    IMAP_SEARCH_ON,
    IMAP_SEARCH_SINCE,
    IMAP_SEARCH_SENTBEFORE,
    IMAP_SEARCH_SENTON,
    IMAP_SEARCH_SENTSINCE
} ImapSearchDate;
/* A day of the calendar, no time zone: year 1–9999, month 1–12, day 1–31. */
void imap_search_date(ImapSearch *search, ImapSearchDate which, int year, int month, int day);
void imap_search_larger(ImapSearch *search, guint64 octets);
void imap_search_smaller(ImapSearch *search, guint64 octets);
void imap_search_uids(ImapSearch *search, const ImapUidSet *uids);
void imap_search_modseq(ImapSearch *search, guint64 modseq); /* CONDSTORE: changed at or after it */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSearch, imap_search_free)

#endif
