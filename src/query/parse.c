/* The parser: recursive descent over the text, its depth bounded, every complaint with its place.
 *
 * "a | b c" is refused: mutt reads ( a | b ) c, most others a | ( b c ). Queries choose what is deleted or moved, so the
 * person says which.
 */
#include "config.h"

#include "query/node.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

typedef struct {
    const char *text, *p;
    gint64 now;
    guint plain_fields; /* where plain words are looked for */
    guint depth;
    const char *trouble; /* where */
} Parser;

static QueryNode *parse_or(Parser *parser, GError **error);

static gpointer G_GNUC_PRINTF(3, 5) fail_at(Parser *parser, const char *place, const char *format, GError **error, ...)
{
    va_list arguments;
    va_start(arguments, error);
    g_autofree char *words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *safe = text_make_safe(words, -1, TEXT_SINGLE_LINE);
    parser->trouble = place;
    g_set_error_literal(error, QUERY_ERROR, QUERY_ERROR_SYNTAX, safe);
    return NULL;
}

static gpointer too_deep(Parser *parser, GError **error)
{
    parser->trouble = parser->p;
    g_set_error(error, QUERY_ERROR, QUERY_ERROR_LIMIT, _("nested more than %d deep"), QUERY_MAX_DEPTH);
    return NULL;
}

static void skip_space(Parser *parser)
{
    while (*parser->p && g_unichar_isspace(g_utf8_get_char(parser->p)))
        parser->p = g_utf8_next_char(parser->p);
}

static gboolean at_word_end(const char *p)
{
    return !*p || strchr("()|!~", *p) || g_unichar_isspace(g_utf8_get_char(p));
}

/* Takes a word such as "or" if it stands here as a word of its own. */
static gboolean take_word(Parser *parser, const char *word)
{
    gsize length = strlen(word);
    if (g_ascii_strncasecmp(parser->p, word, length) != 0 || !at_word_end(parser->p + length))
        return FALSE;
    parser->p += length;
    return TRUE;
}

static gboolean take_or(Parser *parser)
{
    skip_space(parser);
    if (*parser->p != '|')
        return take_word(parser, "or");
    parser->p += parser->p[1] == '|' ? 2 : 1;
    return TRUE;
}

/* Up to the closing mark, which a backslash takes the meaning of. In a regular expression only the mark itself is
 * unescaped; elsewhere the backslash too. */
static char *take_quoted(Parser *parser, char mark, GError **error)
{
    const char *start = parser->p++;
    GString *out = g_string_new(NULL);
    for (; *parser->p && *parser->p != mark; parser->p++) {
        if (*parser->p == '\\' && (parser->p[1] == mark || (mark != '/' && parser->p[1] == '\\')))
            parser->p++;
        else if (*parser->p == '\\' && mark == '/' && parser->p[1])
            g_string_append_c(out, *parser->p++);
        g_string_append_c(out, *parser->p);
    }
    if (!*parser->p) {
        g_string_free(out, TRUE);
        return fail_at(parser, start, _("the closing %c is missing"), error, mark);
    }
    parser->p++;
    return g_string_free(out, FALSE);
}

/* A bare argument ends at a space, a bar or a closing parenthesis that it did not open itself; a backslash takes their meaning. */
static char *take_bare(Parser *parser)
{
    GString *out = g_string_new(NULL);
    guint open = 0;
    for (; *parser->p; parser->p = g_utf8_next_char(parser->p)) {
        char c = *parser->p;
        if (g_unichar_isspace(g_utf8_get_char(parser->p)) || (!open && (c == ')' || c == '|')))
            break;
        if (c == '\\' && parser->p[1] && strchr(" |()\"'!~", parser->p[1])) {
            if (parser->p[1] != ' ')
                g_string_append_c(out, c);
            c = *++parser->p;
        } else if (c == '(') {
            open++;
        } else if (c == ')') {
            open--;
        }
        g_string_append_len(out, parser->p, g_utf8_next_char(parser->p) - parser->p);
    }
    return g_string_free(out, FALSE);
}

/* The argument of a pattern or word; *form is its quotation mark, or 0. */
static char *take_argument(Parser *parser, const char **start, char *form, GError **error)
{
    const char *before = parser->p;
    skip_space(parser);
    *start = parser->p;
    *form = *parser->p && strchr("\"'", *parser->p) ? *parser->p : 0;
    char *argument = *form ? take_quoted(parser, *form, error) : take_bare(parser);
    if (argument && !*argument && !*form) {
        g_free(argument);
        return fail_at(parser, before, _("what to look for is missing here"), error);
    }
    return argument;
}

static QueryNode *negate(QueryNode *node)
{
    QueryNode *not = query_node_new(NODE_NOT);
    g_ptr_array_add(not->children, node);
    return not;
}

static QueryNode *term_node(const QueryTerm *term)
{
    QueryNode *node = query_node_new(term->kind);
    node->fields = term->fields;
    node->flag = term->flag;
    node->received = term->received;
    return term->negated ? negate(node) : node;
}

static QueryNode *keyword_node(const char *keyword)
{
    QueryNode *node = query_node_new(NODE_KEYWORD);
    node->flag = mail_flag_from_name(keyword, strlen(keyword));
    if (node->flag)
        node->kind = NODE_FLAG;
    else
        node->keyword = g_strdup(keyword);
    return node;
}

/* Dates and sizes. */
static gboolean fill_range(const QueryTerm *term, QueryNode *node, const char *argument, gint64 now, gsize *at, GError **error)
{
    gint64 low = 0, high = G_MAXINT64;
    node->low = 0;
    node->high = G_MAXINT64;
    switch (term->argument) {
    case ARGUMENT_DATE:
        return query_parse_dates(argument, now, &node->low, &node->high, at, error);
    case ARGUMENT_BEFORE:
        return query_parse_date(argument, now, &node->high, &high, at, error);
    case ARGUMENT_AFTER:
        return query_parse_date(argument, now, &node->low, &high, at, error);
    case ARGUMENT_SIZE:
        return query_parse_sizes(argument, &node->low, &node->high, at, error);
    case ARGUMENT_LARGER:
        if (!query_parse_size(argument, &low, at, error))
            return FALSE;
        node->low = low == G_MAXINT64 ? low : low + 1;
        return TRUE;
    default:
        if (!query_parse_size(argument, &high, at, error))
            return FALSE;
        node->high = high - 1;
        return TRUE;
    }
}

static QueryNode *property(Parser *parser, ArgumentKind of, const char *word, const char *start, GError **error)
{
    const QueryTerm *term = query_term_by_property(of, word);
    if (term)
        return term_node(term);
    g_autofree char *known = query_property_words(of);
    return fail_at(parser, start, _("“%s” is none of: %s"), error, word, known);
}

static QueryNode *with_argument(Parser *parser, const QueryTerm *term, QueryText *(*read_text)(const char *, GError **),
                                GError **error)
{
    const char *start;
    char form;
    g_autofree char *argument = take_argument(parser, &start, &form, error);
    if (!argument)
        return NULL;
    if (term->argument == ARGUMENT_IS || term->argument == ARGUMENT_HAS)
        return property(parser, term->argument, argument, start, error);
    if (term->argument == ARGUMENT_KEYWORD)
        return keyword_node(argument);
    g_autoptr(QueryNode) node = term_node(term);
    gsize at = 0;
    gboolean good;
    if (term->argument == ARGUMENT_TEXT)
        good = (node->text = read_text(argument, error)) != NULL;
    else
        good = fill_range(term, node, argument, parser->now, &at, error);
    if (!good) {
        parser->trouble = start + (form ? 0 : at);
        return NULL;
    }
    return g_steal_pointer(&node);
}

static QueryText *read_plain(const char *source, GError **error)
{
    (void) error;
    return query_text_plain(source);
}

/* ~x and =x. */
static QueryNode *mutt_pattern(Parser *parser, GError **error)
{
    const char *start = parser->p;
    gboolean literal = *parser->p++ == '=';
    char letter = *parser->p;
    const QueryTerm *term = letter ? query_term_by_letter(letter) : NULL;
    if (letter == 'O' && !literal)
        return fail_at(parser, start, _("~O is not told apart here: ~U is all that is unread"), error);
    if (!term)
        return fail_at(parser, start, _("~%.*s is not known; patterns are ~A ~b ~B ~C ~c ~D ~d ~e ~F ~f ~h ~i ~k ~L ~l ~N ~P ~p ~Q ~R ~r ~s ~T ~t ~U ~v ~x ~y ~z ~="),
                       error, letter ? (int) (g_utf8_next_char(parser->p) - parser->p) : 0, parser->p);
    parser->p++;
    if (term->argument == ARGUMENT_NONE)
        return term_node(term);
    return with_argument(parser, term, literal ? read_plain : query_text_guess, error);
}

/* subject:/regular expression/ */
static QueryNode *regex_argument(Parser *parser, const QueryTerm *term, GError **error)
{
    const char *start = parser->p;
    g_autofree char *pattern = take_quoted(parser, '/', error);
    if (!pattern)
        return NULL;
    g_autoptr(QueryNode) node = term_node(term);
    node->text = query_text_regex(pattern, error);
    if (node->text)
        return g_steal_pointer(&node);
    parser->trouble = start;
    return NULL;
}

static QueryNode *plain_node(const Parser *parser, const char *words)
{
    QueryNode *node = query_node_new(NODE_TEXT);
    node->fields = parser->plain_fields;
    node->bare = TRUE;
    node->text = query_text_plain(words);
    return node;
}

static QueryNode *word_or_plain(Parser *parser, GError **error)
{
    const char *start = parser->p, *colon = start;
    if (*start == '"' || *start == '\'') {
        g_autofree char *quoted = take_quoted(parser, *start, error);
        return quoted ? plain_node(parser, quoted) : NULL;
    }
    while (g_ascii_isalpha(*colon))
        colon++;
    if (*colon == ':' && colon > start) {
        const QueryTerm *term = query_term_by_word(start, colon - start);
        if (term) {
            parser->p = colon + 1;
            if (*parser->p == '/' && term->argument == ARGUMENT_TEXT)
                return regex_argument(parser, term, error);
            return with_argument(parser, term, read_plain, error);
        }
        const char *near = query_term_near(start, colon - start);
        if (near)
            return fail_at(parser, start, _("is “%s:” meant? (To look for these very characters put them in quotes.)"), error, near);
    }
    g_autofree char *bare = take_bare(parser);
    return plain_node(parser, bare);
}

static QueryNode *parse_group(Parser *parser, GError **error)
{
    const char *open = parser->p++;
    g_autoptr(QueryNode) inner = parse_or(parser, error);
    if (!inner)
        return NULL;
    skip_space(parser);
    if (*parser->p != ')')
        return fail_at(parser, open, _("the closing ) is missing"), error);
    parser->p++;
    return g_steal_pointer(&inner);
}

static QueryNode *parse_primary(Parser *parser, GError **error)
{
    switch (*parser->p) {
    case '(':
        return parse_group(parser, error);
    case ')':
        return fail_at(parser, parser->p, _("this ) closes nothing"), error);
    case '|':
    case '\0':
        return fail_at(parser, parser->p, _("something to look for is missing here"), error);
    case '%':
        return fail_at(parser, parser->p, _("groups of addresses (%%) are not known here"), error);
    case '~':
        return mutt_pattern(parser, error);
    case '=':
        if (g_ascii_isalpha(parser->p[1]))
            return mutt_pattern(parser, error);
        break;
    }
    return word_or_plain(parser, error);
}

static QueryNode *parse_not(Parser *parser, GError **error)
{
    skip_space(parser);
    if (parser->depth >= QUERY_MAX_DEPTH)
        return too_deep(parser, error);
    parser->depth++;
    QueryNode *node;
    if (*parser->p == '!' || take_word(parser, "not")) {
        if (*parser->p == '!')
            parser->p++;
        QueryNode *inner = parse_not(parser, error);
        node = inner ? negate(inner) : NULL;
    } else {
        node = parse_primary(parser, error);
    }
    parser->depth--;
    return node;
}

static gboolean more_of_and(Parser *parser)
{
    skip_space(parser);
    Parser ahead = *parser;
    return *parser->p && *parser->p != ')' && !take_or(&ahead);
}

/* *second gets the place of the second of several, NULL when there is one. */
static QueryNode *parse_and(Parser *parser, const char **second, GError **error)
{
    *second = NULL;
    g_autoptr(QueryNode) first = parse_not(parser, error);
    if (!first || !more_of_and(parser))
        return g_steal_pointer(&first);
    g_autoptr(QueryNode) all = query_node_new(NODE_AND);
    g_ptr_array_add(all->children, g_steal_pointer(&first));
    while (more_of_and(parser)) {
        const char *place = parser->p;
        if (*parser->p == '&')
            parser->p += parser->p[1] == '&' ? 2 : 1;
        else
            take_word(parser, "and");
        if (!*second)
            *second = place;
        QueryNode *next = parse_not(parser, error);
        if (!next)
            return NULL;
        g_ptr_array_add(all->children, next);
    }
    return g_steal_pointer(&all);
}

static QueryNode *parse_or(Parser *parser, GError **error)
{
    const char *second;
    g_autoptr(QueryNode) first = parse_and(parser, &second, error);
    if (!first || !take_or(parser))
        return g_steal_pointer(&first);
    g_autoptr(QueryNode) any = query_node_new(NODE_OR);
    g_ptr_array_add(any->children, g_steal_pointer(&first));
    do {
        QueryNode *next = parse_and(parser, &second, error);
        if (!next)
            return NULL;
        g_ptr_array_add(any->children, next);
        if (second)
            return fail_at(parser, second, _("put parentheses: ( a | b ) c or a | ( b c )"), error);
    } while (take_or(parser));
    return g_steal_pointer(&any);
}

static QueryNode *parse_all(Parser *parser, GError **error)
{
    skip_space(parser);
    if (!*parser->p)
        return query_node_new(NODE_ALL);
    g_autoptr(QueryNode) root = parse_or(parser, error);
    if (!root)
        return NULL;
    skip_space(parser);
    if (*parser->p)
        return fail_at(parser, parser->p, _("this ) closes nothing"), error);
    return g_steal_pointer(&root);
}

static Query *parse(const char *text, gint64 now, guint plain_fields, gsize *offset, GError **error)
{
    Parser parser = { .text = text, .p = text, .now = now, .trouble = text, .plain_fields = plain_fields };
    const char *end;
    QueryNode *root = NULL;
    if (strlen(text) > QUERY_MAX_LENGTH)
        g_set_error(error, QUERY_ERROR, QUERY_ERROR_LIMIT, _("a query longer than %d bytes"), QUERY_MAX_LENGTH);
    else if (!g_utf8_validate(text, -1, &end)) {
        parser.trouble = end;
        g_set_error(error, QUERY_ERROR, QUERY_ERROR_SYNTAX, _("this is no UTF-8 text"));
    } else {
        root = parse_all(&parser, error);
    }
    if (offset)
        *offset = root ? 0 : (gsize) (parser.trouble - text);
    if (!root)
        return NULL;
    Query *query = g_new0(Query, 1);
    g_atomic_ref_count_init(&query->references);
    query->root = root;
    query->texts = g_ptr_array_new();
    query_number_texts(query, root);
    return query;
}

Query *query_parse(const char *text, gint64 now, gsize *offset, GError **error)
{
    return parse(text, now, QUERY_PLAIN_FIELDS, offset, error);
}

Query *query_parse_search(const char *text, gint64 now, gsize *offset, GError **error)
{
    return parse(text, now, QUERY_ANY_FIELDS, offset, error);
}
