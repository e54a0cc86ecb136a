/* The one query language: limits, searches, tagging and virtual mailboxes, on the screen and on the command line.
 *
 * Two spellings of the same things, freely mixed (doc/internals/query.md has the table):
 *   mutt's patterns   ~f alice ~s "weekly report" ( ~F | ~N ) !~D ~d <2w ~z >1M
 *   words             from:alice subject:"weekly report" (is:flagged or is:unread) not is:deleted after:2w larger:1M
 * Plain words look in From and Subject. Side by side means "and"; "|" or "or"; "!" or "not"; parentheses group, and must where
 * "a | b c" could be read in two ways. Case and accents make no difference. Arguments of mutt's patterns are regular
 * expressions as there (=f instead of ~f: plain text), those of words are plain text unless written /so/.
 *
 * A Query is immutable once parsed: any thread. It includes nothing but base/: what a message says is asked through a
 * QueryMessage that the caller fills, lazily where it costs something.
 */
#ifndef MALLE_QUERY_QUERY_H
#define MALLE_QUERY_QUERY_H

#include <glib.h>

#include "base/id_set.h"
#include "base/mailflags.h"

#define QUERY_ERROR query_error_quark()
GQuark query_error_quark(void);

typedef enum {
    QUERY_ERROR_SYNTAX,  /* what is wrong and what was meant, in the person's words */
    QUERY_ERROR_PATTERN, /* a regular expression that does not compile */
    QUERY_ERROR_LIMIT,   /* too long or nested too deeply */
} QueryErrorCode;

#define QUERY_MAX_LENGTH 8192 /* bytes of text */
#define QUERY_MAX_DEPTH 100   /* parentheses and "not" within each other */

typedef struct Query Query;

/* Parses `text`. `now` (Unix seconds) is what "<2w" and "after:3d" count from; days are days of the local time zone.
 * An empty text is "~A". NULL with error, and *offset (may be NULL) at the byte of `text` where the trouble starts. */
Query *query_parse(const char *text, gint64 now, gsize *offset, GError **error);
/* The same language as a search understands it: plain words are looked for in the text, the recipients and the names of attachments
 * as well ("any:" says so in either). */
Query *query_parse_search(const char *text, gint64 now, gsize *offset, GError **error);
Query *query_ref(Query *query);
void query_unref(Query *query);

/* Two lines, the text and under the place a caret ("~d <2x\n   ^"), cut around the place to at most `cells` cells and made
 * safe to print. Caller frees. */
char *query_point_at(const char *text, gsize offset, int cells);

/* The same query in one spelling, words, which query_parse() reads as the same query again; dates have become absolute. Caller frees. */
char *query_format(const Query *query);

/* What must be known of a message to answer, as a mask: a caller that has only flags need not read more when no more is asked. */
typedef enum {
    QUERY_NEEDS_FLAGS = 1 << 0,     /* flags, keywords, dates, size: what a list row has */
    QUERY_NEEDS_ENVELOPE = 1 << 1,  /* addresses, subject, Message-ID, references */
    QUERY_NEEDS_STRUCTURE = 1 << 2, /* has:attachment */
    QUERY_NEEDS_HEADER = 1 << 3,    /* the whole header block, or List-Id */
    QUERY_NEEDS_BODY = 1 << 4,      /* the text */
    QUERY_NEEDS_LIST = 1 << 5,      /* what only the list on the screen knows: tagged, folded, duplicate. Whoever has no list refuses. */
} QueryNeeds;
QueryNeeds query_needs(const Query *query);

typedef enum {
    QUERY_NO,
    QUERY_YES,
    QUERY_UNKNOWN, /* depends on something that is not here (a body not fetched, a structure not known) or on a pattern that was given up */
} QueryAnswer;

typedef enum {
    QUERY_FIELD_FROM,       /* "name address" of each, joined by a comma and a space; so for all address fields */
    QUERY_FIELD_SENDER,
    QUERY_FIELD_REPLY_TO,
    QUERY_FIELD_TO,
    QUERY_FIELD_CC,
    QUERY_FIELD_BCC,
    QUERY_FIELD_SUBJECT,
    QUERY_FIELD_MESSAGE_ID, /* without brackets */
    QUERY_FIELD_REFERENCES, /* Message-IDs separated by spaces */
    QUERY_FIELD_LIST_ID,
    QUERY_FIELD_HEADER,     /* the whole header block */
    QUERY_FIELD_BODY,       /* the text as read */
    QUERY_FIELD_FILE,       /* the names of attachments, a line each */
    QUERY_FIELD_MAILBOX,    /* the name of the mailbox it is in */
    QUERY_FIELD_ACCOUNT,    /* the name of the account */
} QueryField;
#define QUERY_N_FIELDS (QUERY_FIELD_ACCOUNT + 1)

/* --- the texts that a query looks for, numbered from 0: for who has an index ----------------------------- */

guint query_n_texts(const Query *query);
guint query_text_fields(const Query *query, guint place); /* mask of 1 << QueryField: in any of them */
/* What is looked for, as text_words() makes it; NULL for what words cannot tell: a regular expression, or nothing but signs. */
const char *query_text_words(const Query *query, guint place);
/* What may answer the query at all, when of its texts (by place) it is known which ids may hold them; NULL in `texts`: not known.
 * NULL: everything may. Caller frees. */
IdSet *query_candidates(const Query *query, const IdSet *const *texts);

typedef struct QueryMessage QueryMessage;
struct QueryMessage {
    MailFlags flags;
    const char *keywords;   /* space separated; NULL for none */
    gint64 date;            /* Date:, Unix seconds; 0 unknown */
    gint64 received;        /* INTERNALDATE; 0 unknown */
    guint64 size;
    gboolean tagged;
    QueryAnswer has_attachment; /* only read when QUERY_NEEDS_STRUCTURE */
    QueryAnswer is_duplicate;   /* another placement of the same content is in the same list */
    QueryAnswer in_folded_thread;
    /* The folded text of a field: text_sort_key() of it; of the header block and the body, query_fold_lines() of it. "" when the
     * message has none; NULL when it is not known here (the answer is then unknown). Owned by the caller of query_matches() and valid
     * until that returns. May be NULL as a function: everything unknown. */
    const char *(*text)(const QueryMessage *message, QueryField field);
    /* A search: plain text is found by words and the beginnings of words (text_words_hold(): "foo bar" in "a Foo-Barn"), as an index finds it, and not within
     * words. */
    gboolean by_words;
    /* TRUE when it is known otherwise (*answer) whether the message holds the query's text number `place`. May be NULL. */
    gboolean (*settled)(const QueryMessage *message, guint place, QueryAnswer *answer);
    gpointer user_data;
    /* The person's own addresses, folded, NULL-terminated: for ~p and ~P. NULL: none known. */
    const char *const *own_addresses;
};

/* text_sort_key() of each line, joined by '\n', so that ^ and $ find the ends of lines. Caller frees. */
char *query_fold_lines(const char *text, gssize length);

/* Three-valued: unknown and no is no, unknown or yes is yes, not unknown is unknown. */
QueryAnswer query_matches(const Query *query, const QueryMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Query, query_unref)

#endif
