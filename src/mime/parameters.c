/* Parameters with continuations and charsets (see parameters.h).
 *
 * One decoder serves the header of a whole message and the pairs of a BODYSTRUCTURE, so that a file has the
 * same name wherever its message lives. */
#include "config.h"
#include "mime/parameters.h"

#include "mime/charset.h"
#include "mime/summary.h"

#include <stdbool.h>
#include <string.h>

#define MAX_PARAMETERS 1000
#define MAX_VALUE 10000

static void parameter_free(gpointer data)
{
    MimeParameter *parameter = data;
    g_free(parameter->name);
    g_free(parameter->value);
    g_free(parameter);
}

GPtrArray *mime_parameters_new(void)
{
    return g_ptr_array_new_with_free_func(parameter_free);
}

/* NUL cannot be in a string: it becomes a character that text_make_safe() will show. */
static char *without_nul(const char *bytes, gsize length)
{
    char *copy = g_malloc(length + 1);
    for (gsize i = 0; i < length; i++)
        copy[i] = bytes[i] ? bytes[i] : '\001';
    copy[length] = '\0';
    return copy;
}

void mime_parameters_add_raw(GPtrArray *raw, const char *name, gsize name_length, const char *value,
                             gsize value_length)
{
    if (raw->len >= MAX_PARAMETERS || name_length == 0)
        return;
    MimeParameter *parameter = g_new0(MimeParameter, 1);
    g_autofree char *given = without_nul(name, MIN(name_length, (gsize)200));
    parameter->name = g_ascii_strdown(given, -1);
    parameter->value = without_nul(value, MIN(value_length, (gsize)MAX_VALUE));
    g_ptr_array_add(raw, parameter);
}

typedef struct {
    char *base;  /* name without its stars */
    int segment; /* −1: no continuation */
    bool extended;
    const char *value;
} Piece;

static void piece_clear(gpointer data)
{
    g_free(((Piece *)data)->base);
}

static Piece piece_of(const MimeParameter *parameter)
{
    Piece piece = { .segment = -1, .value = parameter->value };
    const char *star = strchr(parameter->name, '*');
    if (!star) {
        piece.base = g_strdup(parameter->name);
        return piece;
    }
    piece.base = g_strndup(parameter->name, (gsize)(star - parameter->name));
    piece.extended = star[1] == '\0';
    if (g_ascii_isdigit(star[1])) {
        char *after;
        piece.segment = (int)MIN(g_ascii_strtoull(star + 1, &after, 10), (guint64)MAX_PARAMETERS);
        piece.extended = *after == '*';
    }
    return piece;
}

/* By name; the extended forms of a name before the plain one, continuations in order. */
static int compare_pieces(gconstpointer a, gconstpointer b)
{
    const Piece *x = a, *y = b;
    int order = strcmp(x->base, y->base);
    if (order != 0)
        return order;
    int x_rank = x->segment >= 0 ? 1 : x->extended ? 0 : 2;
    int y_rank = y->segment >= 0 ? 1 : y->extended ? 0 : 2;
    return x_rank != y_rank ? x_rank - y_rank : x->segment - y->segment;
}

static void append_percent_decoded(GString *out, const char *p)
{
    for (; *p; p++) {
        if (*p == '%' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
            char byte = (char)(g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2]));
            g_string_append_c(out, byte ? byte : '\001');
            p += 2;
        } else {
            g_string_append_c(out, *p);
        }
    }
}

/* The pieces [first, next) of one name and one form, joined and decoded. */
static char *join_pieces(const GArray *pieces, guint first, guint next)
{
    GString *bytes = g_string_new(NULL);
    g_autofree char *charset = NULL;
    for (guint i = first; i < next && bytes->len < MAX_VALUE; i++) {
        const Piece *piece = &g_array_index(pieces, Piece, i);
        const char *value = piece->value;
        if (!piece->extended) {
            g_string_append(bytes, value);
            continue;
        }
        const char *quote = i == first ? strchr(value, '\'') : NULL;
        const char *second = quote ? strchr(quote + 1, '\'') : NULL;
        if (second) {
            charset = g_strndup(value, (gsize)(quote - value));
            value = second + 1;
        }
        append_percent_decoded(bytes, value);
    }
    g_autofree char *raw = g_string_free(bytes, FALSE);
    if (charset)
        return mime_to_utf8(raw, strlen(raw), *charset ? charset : NULL, NULL);
    return mime_decode_header_text(raw, strlen(raw));
}

GPtrArray *mime_parameters_decode(const GPtrArray *raw)
{
    GPtrArray *decoded = mime_parameters_new();
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_array_set_clear_func(pieces, piece_clear);
    for (guint i = 0; i < raw->len; i++) {
        Piece piece = piece_of(g_ptr_array_index(raw, i));
        g_array_append_val(pieces, piece);
    }
    g_array_sort(pieces, compare_pieces);

    for (guint i = 0; i < pieces->len;) {
        const Piece *first = &g_array_index(pieces, Piece, i);
        guint next = i + 1;
        if (first->segment >= 0) /* a gap ends a continuation; what lies beyond it is dropped */
            while (next < pieces->len && strcmp(g_array_index(pieces, Piece, next).base, first->base) == 0 &&
                   g_array_index(pieces, Piece, next).segment ==
                       g_array_index(pieces, Piece, next - 1).segment + 1)
                next++;
        MimeParameter *parameter = g_new0(MimeParameter, 1);
        parameter->name = g_utf8_make_valid(first->base, -1);
        parameter->value = join_pieces(pieces, i, next);
        g_ptr_array_add(decoded, parameter);
        while (next < pieces->len && strcmp(g_array_index(pieces, Piece, next).base, first->base) == 0)
            next++;
        i = next;
    }
    return decoded;
}

static const char *find_value(const GPtrArray *parameters, const char *name)
{
    for (guint i = 0; i < parameters->len; i++) {
        const MimeParameter *parameter = g_ptr_array_index(parameters, i);
        if (strcmp(parameter->name, name) == 0)
            return parameter->value;
    }
    return NULL;
}

void message_part_take_parameters(MessagePart *part, const GPtrArray *type_raw,
                                  const GPtrArray *disposition_raw)
{
    g_autofree char *filename = NULL;
    if (disposition_raw) {
        g_autoptr(GPtrArray) decoded = mime_parameters_decode(disposition_raw);
        filename = g_strdup(find_value(decoded, "filename"));
    }
    if (type_raw) {
        g_autoptr(GPtrArray) decoded = mime_parameters_decode(type_raw);
        if (!filename)
            filename = g_strdup(find_value(decoded, "name"));
        for (guint i = 0; i < decoded->len; i++) {
            const MimeParameter *parameter = g_ptr_array_index(decoded, i);
            message_part_set_parameter(part, parameter->name, parameter->value);
        }
    }
    if (filename && *filename) {
        g_free(part->filename);
        part->filename = g_steal_pointer(&filename);
    }
}

typedef struct {
    const char *p, *end;
} Scan;

static void skip_blank(Scan *s)
{
    guint depth = 0;
    while (s->p < s->end) {
        char c = *s->p;
        if (c == '(')
            depth++;
        else if (c == ')' && depth > 0)
            depth--;
        else if (depth == 0 && !(c == ' ' || c == '\t' || c == '\r' || c == '\n'))
            return;
        else if (c == '\\' && depth > 0 && s->p + 1 < s->end)
            s->p++;
        s->p++;
    }
}

static const char *scan_until(Scan *s, const char *stops, gsize *length)
{
    const char *start = s->p;
    while (s->p < s->end && !(*s->p && strchr(stops, *s->p)))
        s->p++;
    const char *stop = s->p;
    while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r' || stop[-1] == '\n'))
        stop--;
    *length = (gsize)(stop - start);
    return start;
}

/* A quoted string or what stands up to the next ';': mailers forget the quotes around blanks. */
static char *scan_value(Scan *s)
{
    skip_blank(s);
    gsize length;
    if (s->p >= s->end || *s->p != '"') {
        const char *start = scan_until(s, ";", &length);
        const char *comment = memchr(start, '(', length);
        if (comment) {
            length = (gsize)(comment - start);
            while (length > 0 && start[length - 1] == ' ')
                length--;
        }
        return without_nul(start, length);
    }
    GString *value = g_string_new(NULL);
    for (s->p++; s->p < s->end && *s->p != '"'; s->p++) {
        if (*s->p == '\\' && s->p + 1 < s->end)
            s->p++;
        if (*s->p != '\r' && *s->p != '\n')
            g_string_append_c(value, *s->p ? *s->p : '\001');
    }
    scan_until(s, ";", &length);
    return g_string_free(value, FALSE);
}

char *mime_parse_structured(const char *field, gsize length, GPtrArray *raw)
{
    Scan s = { field, field + MIN(length, (gsize)65536) };
    gsize n;
    skip_blank(&s);
    const char *start = scan_until(&s, ";(", &n);
    g_autofree char *value = without_nul(start, n);
    while (s.p < s.end) {
        if (*s.p == '(')
            skip_blank(&s);
        if (s.p < s.end && *s.p != ';') {
            scan_until(&s, ";", &n);
            continue;
        }
        if (s.p >= s.end)
            break;
        s.p++;
        skip_blank(&s);
        const char *name = scan_until(&s, "=;", &n);
        if (s.p >= s.end || *s.p != '=')
            continue;
        s.p++;
        g_autofree char *text = scan_value(&s);
        mime_parameters_add_raw(raw, name, n, text, strlen(text));
    }
    return g_ascii_strdown(value, -1);
}
