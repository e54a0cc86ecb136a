/* The tree of a parsed query. Private to query/, and to engine/search_program.c, which writes it for a server. */
#ifndef MALLE_QUERY_NODE_H
#define MALLE_QUERY_NODE_H

#include "query/query.h"

typedef enum {
    NODE_ALL,
    NODE_AND,       /* children */
    NODE_OR,        /* children */
    NODE_NOT,       /* one child */
    NODE_TEXT,      /* any of `fields` matches `text` */
    NODE_FLAG,      /* `flag` is set */
    NODE_KEYWORD,   /* `keyword` is set */
    NODE_DATE,      /* low <= date < high; 0 / G_MAXINT64 for open ends; `received` chooses which date */
    NODE_SIZE,      /* low <= size <= high */
    NODE_TAGGED,
    NODE_ATTACHMENT,
    NODE_LIST,      /* has a List-Id */
    NODE_DUPLICATE,
    NODE_FOLDED,
    NODE_TO_ME,
    NODE_FROM_ME,
} NodeKind;

/* Text to look for: plain (folded, to be found anywhere) or a regular expression. */
typedef struct {
    char *source;   /* as written, without quotes: for query_format() */
    char *folded;   /* plain: what is looked for */
    char *words;    /* plain: the same as text_words(); "" when there is none in it */
    GRegex *regex;  /* NULL: plain */
} QueryText;

typedef struct QueryNode QueryNode;
struct QueryNode {
    NodeKind kind;
    GPtrArray *children; /* of QueryNode*; NULL for leaves */
    guint fields;        /* mask of 1 << QueryField */
    gboolean bare;       /* TEXT: written without a field */
    guint place;         /* TEXT: its number among the query's texts */
    QueryText *text;
    MailFlags flag;
    char *keyword;
    gint64 low, high;
    gboolean received;
};

QueryNode *query_node_new(NodeKind kind);
void query_node_free(QueryNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryNode, query_node_free)

/* --- text.c --- */
QueryText *query_text_plain(const char *source);
QueryText *query_text_regex(const char *source, GError **error);
/* As mutt reads an argument: a regular expression if it looks like one. */
QueryText *query_text_guess(const char *source, GError **error);
void query_text_free(QueryText *text);
QueryAnswer query_text_find(const QueryText *text, const char *folded);
/* By words, if there are any: see QueryMessage.words. */
QueryAnswer query_text_find_words(const QueryText *text, const char *folded);

/* --- fields.c: the two spellings in one table --- */
typedef enum {
    ARGUMENT_NONE,
    ARGUMENT_TEXT,
    ARGUMENT_KEYWORD,
    ARGUMENT_DATE,    /* a range */
    ARGUMENT_BEFORE,  /* a date: what came before it */
    ARGUMENT_AFTER,   /* a date: it, and what came after it */
    ARGUMENT_SIZE,    /* a range */
    ARGUMENT_LARGER,
    ARGUMENT_SMALLER,
    ARGUMENT_IS,      /* one of the words of `is:` */
    ARGUMENT_HAS,     /* one of the words of `has:` */
} ArgumentKind;

typedef struct {
    char letter;        /* mutt's, 0 for none */
    const char *word;   /* before the colon, NULL for none; of ARGUMENT_NONE the word after "is:" or "has:" */
    ArgumentKind argument;
    NodeKind kind;
    guint fields;       /* TEXT */
    MailFlags flag;     /* FLAG */
    gboolean negated, received;
    gboolean alias;     /* understood, but not what query_format() writes */
} QueryTerm;

const QueryTerm *query_term_by_letter(char letter);
const QueryTerm *query_term_by_word(const char *word, gsize length);
/* `is:` or `has:` words. */
const QueryTerm *query_term_by_property(ArgumentKind of, const char *word);
const QueryTerm *query_term_for_node(const QueryNode *node, gboolean negated); /* the word that writes it, NULL when only its parts have one */
const char *query_term_near(const char *word, gsize length); /* a known word one slip away, or NULL */
char *query_property_words(ArgumentKind of); /* "unread, read, …" */
#define QUERY_PLAIN_FIELDS ((1u << QUERY_FIELD_FROM) | (1u << QUERY_FIELD_SUBJECT))
/* Where the plain words of a search are looked for. */
#define QUERY_ANY_FIELDS                                                                                                                   \
    (QUERY_PLAIN_FIELDS | (1u << QUERY_FIELD_TO) | (1u << QUERY_FIELD_CC) | (1u << QUERY_FIELD_BCC) | (1u << QUERY_FIELD_FILE) |           \
     (1u << QUERY_FIELD_BODY))

/* --- range.c --- */
/* `*at` gets the byte of `text` where it stops making sense. */
gboolean query_parse_dates(const char *text, gint64 now, gint64 *low, gint64 *high, gsize *at, GError **error);
gboolean query_parse_date(const char *text, gint64 now, gint64 *low, gint64 *high, gsize *at, GError **error);
gboolean query_parse_sizes(const char *text, gint64 *low, gint64 *high, gsize *at, GError **error);
gboolean query_parse_size(const char *text, gint64 *size, gsize *at, GError **error);

struct Query {
    gatomicrefcount references;
    QueryNode *root;
    GPtrArray *texts; /* of QueryNode*, not owned: its TEXT nodes, each at its place */
};

void query_number_texts(Query *query, QueryNode *node); /* texts.c */

#endif
