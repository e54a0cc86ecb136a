/* The two spellings of the query language, in one table. */
#include "config.h"

#include "query/node.h"

#include <string.h>

#define F(name) (1u << QUERY_FIELD_##name)
#define WHO (F(FROM) | F(SENDER))

static const QueryTerm terms[] = {
    /* mutt, word, argument, kind, fields, flag, negated, received, alias */
    { 'f', "from", ARGUMENT_TEXT, NODE_TEXT, F(FROM), 0, FALSE, FALSE, FALSE },
    { 'e', "sender", ARGUMENT_TEXT, NODE_TEXT, F(SENDER), 0, FALSE, FALSE, FALSE },
    { 't', "to", ARGUMENT_TEXT, NODE_TEXT, F(TO), 0, FALSE, FALSE, FALSE },
    { 'c', "cc", ARGUMENT_TEXT, NODE_TEXT, F(CC), 0, FALSE, FALSE, FALSE },
    { 0, "bcc", ARGUMENT_TEXT, NODE_TEXT, F(BCC), 0, FALSE, FALSE, FALSE },
    { 'C', "recipient", ARGUMENT_TEXT, NODE_TEXT, F(TO) | F(CC), 0, FALSE, FALSE, FALSE },
    { 'L', "with", ARGUMENT_TEXT, NODE_TEXT, WHO | F(TO) | F(CC), 0, FALSE, FALSE, FALSE },
    { 's', "subject", ARGUMENT_TEXT, NODE_TEXT, F(SUBJECT), 0, FALSE, FALSE, FALSE },
    { 'b', "body", ARGUMENT_TEXT, NODE_TEXT, F(BODY), 0, FALSE, FALSE, FALSE },
    { 'h', "header", ARGUMENT_TEXT, NODE_TEXT, F(HEADER), 0, FALSE, FALSE, FALSE },
    { 'B', "message", ARGUMENT_TEXT, NODE_TEXT, F(HEADER) | F(BODY), 0, FALSE, FALSE, FALSE },
    { 'i', "id", ARGUMENT_TEXT, NODE_TEXT, F(MESSAGE_ID), 0, FALSE, FALSE, FALSE },
    { 'x', "references", ARGUMENT_TEXT, NODE_TEXT, F(REFERENCES), 0, FALSE, FALSE, FALSE },
    { 0, "list", ARGUMENT_TEXT, NODE_TEXT, F(LIST_ID), 0, FALSE, FALSE, FALSE },
    { 0, "replyto", ARGUMENT_TEXT, NODE_TEXT, F(REPLY_TO), 0, FALSE, FALSE, FALSE },
    { 0, "file", ARGUMENT_TEXT, NODE_TEXT, F(FILE), 0, FALSE, FALSE, FALSE },
    { 0, "in", ARGUMENT_TEXT, NODE_TEXT, F(MAILBOX), 0, FALSE, FALSE, FALSE },
    { 0, "account", ARGUMENT_TEXT, NODE_TEXT, F(ACCOUNT), 0, FALSE, FALSE, FALSE },
    { 0, "any", ARGUMENT_TEXT, NODE_TEXT, QUERY_ANY_FIELDS, 0, FALSE, FALSE, FALSE },
    { 0, "text", ARGUMENT_TEXT, NODE_TEXT, QUERY_PLAIN_FIELDS, 0, FALSE, FALSE, FALSE },
    { 'k', "keyword", ARGUMENT_KEYWORD, NODE_KEYWORD, 0, 0, FALSE, FALSE, FALSE },
    { 'y', "tag", ARGUMENT_KEYWORD, NODE_KEYWORD, 0, 0, FALSE, FALSE, TRUE },
    { 'd', "date", ARGUMENT_DATE, NODE_DATE, 0, 0, FALSE, FALSE, FALSE },
    { 'r', "received", ARGUMENT_DATE, NODE_DATE, 0, 0, FALSE, TRUE, FALSE },
    { 0, "before", ARGUMENT_BEFORE, NODE_DATE, 0, 0, FALSE, FALSE, TRUE },
    { 0, "after", ARGUMENT_AFTER, NODE_DATE, 0, 0, FALSE, FALSE, TRUE },
    { 0, "since", ARGUMENT_AFTER, NODE_DATE, 0, 0, FALSE, FALSE, TRUE },
    { 'z', "size", ARGUMENT_SIZE, NODE_SIZE, 0, 0, FALSE, FALSE, FALSE },
    { 0, "larger", ARGUMENT_LARGER, NODE_SIZE, 0, 0, FALSE, FALSE, TRUE },
    { 0, "smaller", ARGUMENT_SMALLER, NODE_SIZE, 0, 0, FALSE, FALSE, TRUE },
    { 0, "is", ARGUMENT_IS, NODE_FLAG, 0, 0, FALSE, FALSE, TRUE },
    { 0, "has", ARGUMENT_HAS, NODE_ATTACHMENT, 0, 0, FALSE, FALSE, TRUE },
};

/* What stands after "is:" (and, for the attachment, after "has:"). */
static const QueryTerm properties[] = {
    { 'A', "all", ARGUMENT_NONE, NODE_ALL, 0, 0, FALSE, FALSE, FALSE },
    { 'U', "unread", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_SEEN, TRUE, FALSE, FALSE },
    { 'N', "new", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_SEEN, TRUE, FALSE, TRUE },
    { 'R', "read", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_SEEN, FALSE, FALSE, FALSE },
    { 'F', "flagged", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_FLAGGED, FALSE, FALSE, FALSE },
    { 'D', "deleted", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_DELETED, FALSE, FALSE, FALSE },
    { 'Q', "answered", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_ANSWERED, FALSE, FALSE, FALSE },
    { 0, "replied", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_ANSWERED, FALSE, FALSE, TRUE },
    { 0, "draft", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_DRAFT, FALSE, FALSE, FALSE },
    { 0, "forwarded", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_FORWARDED, FALSE, FALSE, FALSE },
    { 0, "junk", ARGUMENT_NONE, NODE_FLAG, 0, MAIL_FLAG_JUNK, FALSE, FALSE, FALSE },
    { 'T', "tagged", ARGUMENT_NONE, NODE_TAGGED, 0, 0, FALSE, FALSE, FALSE },
    { '=', "duplicate", ARGUMENT_NONE, NODE_DUPLICATE, 0, 0, FALSE, FALSE, FALSE },
    { 'v', "folded", ARGUMENT_NONE, NODE_FOLDED, 0, 0, FALSE, FALSE, FALSE },
    { 'p', "tome", ARGUMENT_NONE, NODE_TO_ME, 0, 0, FALSE, FALSE, FALSE },
    { 'P', "fromme", ARGUMENT_NONE, NODE_FROM_ME, 0, 0, FALSE, FALSE, FALSE },
    { 'l', "list", ARGUMENT_NONE, NODE_LIST, 0, 0, FALSE, FALSE, FALSE },
    { 'u', "list", ARGUMENT_NONE, NODE_LIST, 0, 0, FALSE, FALSE, TRUE },
    { 0, "attachment", ARGUMENT_HAS, NODE_ATTACHMENT, 0, 0, FALSE, FALSE, FALSE },
    { 0, "attachments", ARGUMENT_HAS, NODE_ATTACHMENT, 0, 0, FALSE, FALSE, TRUE },
};

const QueryTerm *query_term_by_letter(char letter)
{
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++)
        if (terms[i].letter == letter)
            return &terms[i];
    for (guint i = 0; i < G_N_ELEMENTS(properties); i++)
        if (properties[i].letter == letter)
            return &properties[i];
    return NULL;
}

const QueryTerm *query_term_by_word(const char *word, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++)
        if (strlen(terms[i].word) == length && g_ascii_strncasecmp(terms[i].word, word, length) == 0)
            return &terms[i];
    return NULL;
}

static gboolean belongs_to(const QueryTerm *property, ArgumentKind of)
{
    return (property->argument == ARGUMENT_HAS) == (of == ARGUMENT_HAS);
}

const QueryTerm *query_term_by_property(ArgumentKind of, const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(properties); i++)
        if (belongs_to(&properties[i], of) && g_ascii_strcasecmp(properties[i].word, word) == 0)
            return &properties[i];
    return NULL;
}

const QueryTerm *query_term_for_node(const QueryNode *node, gboolean negated)
{
    for (guint i = 0; i < G_N_ELEMENTS(properties); i++) {
        const QueryTerm *term = &properties[i];
        if (!term->alias && term->kind == node->kind && term->flag == node->flag && term->negated == negated)
            return term;
    }
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++) {
        const QueryTerm *term = &terms[i];
        if (!term->alias && term->kind == node->kind && term->fields == node->fields && !negated &&
            term->received == node->received)
            return term;
    }
    return NULL;
}

/* One letter wrong, missing, too many, or two in the wrong order. */
static gboolean one_slip(const char *known, const char *typed, gsize n)
{
    gsize k = strlen(known), same = 0, tail = 0;
    while (same < k && same < n && known[same] == g_ascii_tolower(typed[same]))
        same++;
    while (tail < k - same && tail < n - same && known[k - 1 - tail] == g_ascii_tolower(typed[n - 1 - tail]))
        tail++;
    gsize left_known = k - same - tail, left_typed = n - same - tail;
    if (left_known <= 1 && left_typed <= 1)
        return left_known + left_typed > 0;
    return left_known == 2 && left_typed == 2 && known[same] == g_ascii_tolower(typed[same + 1]) &&
           known[same + 1] == g_ascii_tolower(typed[same]);
}

const char *query_term_near(const char *word, gsize length)
{
    if (length < 3)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++)
        if (strlen(terms[i].word) > 2 && one_slip(terms[i].word, word, length))
            return terms[i].word;
    return NULL;
}

char *query_property_words(ArgumentKind of)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(properties); i++)
        if (!properties[i].alias && belongs_to(&properties[i], of))
            g_string_append_printf(out, "%s%s", out->len ? ", " : "", properties[i].word);
    return g_string_free(out, FALSE);
}
