/* A query back as text: one spelling (words), every argument quoted, so that query_parse() reads the same tree again. */
#include "config.h"

#include "query/node.h"

#include <string.h>

#include "base/text.h"

static void format(GString *out, const QueryNode *node, gboolean nested);

static void quote(GString *out, const char *text, char mark)
{
    g_string_append_c(out, mark);
    for (const char *p = text; *p; p++) {
        if (mark == '/' && *p == '\\' && p[1]) { /* a pair in a regular expression stays a pair */
            g_string_append_c(out, *p++);
        } else if (*p == mark || (*p == '\\' && mark != '/')) {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, mark);
}

static void format_text(GString *out, const QueryNode *node)
{
    const QueryTerm *term = query_term_for_node(node, FALSE);
    if (!node->bare)
        g_string_append_printf(out, "%s:", term->word);
    quote(out, node->text->source, node->text->regex ? '/' : '"');
}

static void append_moment(GString *out, gint64 moment)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(moment);
    int year = 1970, month = 1, day = 1;
    if (time)
        g_date_time_get_ymd(time, &year, &month, &day);
    g_string_append_printf(out, "%04d-%02d-%02d", year, month, day); /* %Y would write the year 220 in three digits */
}

static gboolean is_midnight(gint64 moment)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(moment);
    return time && g_date_time_get_hour(time) == 0 && g_date_time_get_minute(time) == 0 &&
           g_date_time_get_second(time) == 0;
}

/* Whole days are written as days; other moments as seconds since 1970 ("@"), which no person types but the parser reads. */
static void format_date(GString *out, const QueryNode *node)
{
    g_string_append(out, node->received ? "received:" : "date:");
    gboolean days = (node->low <= 0 || is_midnight(node->low)) && (node->high == G_MAXINT64 || is_midnight(node->high));
    gboolean open = node->low <= 0 && node->high == G_MAXINT64; /* ".." alone is no range of days */
    if (!days || open) {
        g_string_append_c(out, '@');
        if (node->low > 0)
            g_string_append_printf(out, "%" G_GINT64_FORMAT, node->low);
        g_string_append(out, "..");
        if (node->high < G_MAXINT64)
            g_string_append_printf(out, "%" G_GINT64_FORMAT, node->high);
        return;
    }
    if (node->low > 0)
        append_moment(out, node->low);
    g_string_append(out, "..");
    if (node->high < G_MAXINT64)
        append_moment(out, node->high - 1);
}

static void format_size(GString *out, const QueryNode *node)
{
    g_string_append(out, "size:");
    if (node->high < 0) { /* smaller than nothing */
        g_string_append(out, "<0");
        return;
    }
    g_string_append_printf(out, "%" G_GINT64_FORMAT "-", node->low);
    if (node->high < G_MAXINT64)
        g_string_append_printf(out, "%" G_GINT64_FORMAT, node->high);
}

static void format_property(GString *out, const QueryNode *node, gboolean negated)
{
    const QueryTerm *term = query_term_for_node(node, negated);
    if (term)
        g_string_append_printf(out, "%s:%s", term->argument == ARGUMENT_HAS ? "has" : "is", term->word);
    else /* a registered keyword without a word of its own */
        g_string_append_printf(out, "keyword:\"%s%s\"", mail_flag_name(node->flag)[0] == '\\' ? "\\" : "", mail_flag_name(node->flag));
}

static void format_not(GString *out, const QueryNode *node)
{
    const QueryNode *inner = g_ptr_array_index(node->children, 0);
    if (inner->kind == NODE_FLAG && query_term_for_node(inner, TRUE)) {
        format_property(out, inner, TRUE);
        return;
    }
    g_string_append(out, "not ");
    format(out, inner, TRUE);
}

static void format_group(GString *out, const QueryNode *node, const char *between, gboolean nested)
{
    if (nested)
        g_string_append_c(out, '(');
    for (guint i = 0; i < node->children->len; i++) {
        if (i > 0)
            g_string_append(out, between);
        format(out, g_ptr_array_index(node->children, i), TRUE);
    }
    if (nested)
        g_string_append_c(out, ')');
}

static void format(GString *out, const QueryNode *node, gboolean nested)
{
    switch (node->kind) {
    case NODE_AND:
        format_group(out, node, " ", nested);
        break;
    case NODE_OR:
        format_group(out, node, " or ", nested);
        break;
    case NODE_NOT:
        format_not(out, node);
        break;
    case NODE_TEXT:
        format_text(out, node);
        break;
    case NODE_KEYWORD:
        g_string_append(out, "keyword:");
        quote(out, node->keyword, '"');
        break;
    case NODE_DATE:
        format_date(out, node);
        break;
    case NODE_SIZE:
        format_size(out, node);
        break;
    default:
        format_property(out, node, FALSE);
        break;
    }
}

char *query_format(const Query *query)
{
    GString *out = g_string_new(NULL);
    format(out, query->root, FALSE);
    return g_string_free(out, FALSE);
}

char *query_point_at(const char *text, gsize offset, int cells)
{
    gsize length = strlen(text);
    offset = MIN(offset, length);
    g_autofree char *before = text_make_safe(text, offset, TEXT_SINGLE_LINE);
    g_autofree char *whole = text_make_safe(text, length, TEXT_SINGLE_LINE);
    int place = text_display_width(before, -1);
    /* Trimming may have eaten a space just before the place. */
    if (offset > 0 && g_ascii_isspace(text[offset - 1]) && *before)
        place++;
    const char *start = whole;
    int cut = MAX(0, place - MAX(cells, 8) + 4), dropped = 0;
    if (cut > 0)
        start = text_cut(whole, -1, cut, &dropped);
    const char *end = text_cut(start, -1, MAX(cells, 8), NULL);
    GString *out = g_string_new_len(start, end - start);
    g_string_append_c(out, '\n');
    for (int i = dropped; i < place; i++)
        g_string_append_c(out, ' ');
    g_string_append_c(out, '^');
    return g_string_free(out, FALSE);
}
