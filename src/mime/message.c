/* The structure of a whole message, and where its sections lie (see message.h).
 *
 * One pass over the lines that begin with "--", with a stack of open multiparts instead of recursion: nesting
 * is capped, every line is compared with at most MESSAGE_PART_MAX_DEPTH boundaries, nothing is copied, and a
 * section is afterwards a slice of the message. GMime's parser builds an object for every header field of
 * every part; a hostile message makes that a million. */
#include "config.h"
#include "mime/message.h"

#include "mime/decoder.h"
#include "mime/fields.h"
#include "mime/parameters.h"

#include <string.h>

#define MAX_BOUNDARY 1000

typedef struct {
    const MessagePart *part;
    gsize header, header_end, body, end; /* offsets in the raw message */
} Extent;

struct MimeMessage {
    GBytes *raw;
    MessagePart *root;
    GHashTable *extents; /* section -> Extent* */
    gsize header_end, body;
    bool in_part;
};

/* --- parsing ---------------------------------------------------------------------------------- */

typedef struct {
    MessagePart *part;
    Extent *extent;
    char *boundary; /* of a multipart; NULL for a leaf or a message */
    gsize boundary_length;
    bool closed; /* its last boundary was seen: the epilogue */
} Frame;

typedef struct {
    MimeMessage *message;
    const char *start, *end;
    GArray *stack; /* of Frame, outermost first */
    guint count;
    bool full;
} Parser;

static void frame_clear(gpointer data)
{
    g_free(((Frame *)data)->boundary);
}

static Frame *top(Parser *parser)
{
    return parser->stack->len > 0 ? &g_array_index(parser->stack, Frame, parser->stack->len - 1) : NULL;
}

static void take_field(MessagePart *part, const MimeField *field, GPtrArray **type, GPtrArray **disposition,
                       char **media)
{
    if (mime_field_is(field, "Content-Type") && !*type) { /* the first one counts */
        *type = mime_parameters_new();
        *media = mime_parse_structured(field->value, field->value_length, *type);
    } else if (mime_field_is(field, "Content-Disposition") && !*disposition) {
        *disposition = mime_parameters_new();
        g_free(part->disposition);
        part->disposition = mime_parse_structured(field->value, field->value_length, *disposition);
    } else if (mime_field_is(field, "Content-Transfer-Encoding")) {
        g_autoptr(GPtrArray) none = mime_parameters_new();
        g_free(part->encoding);
        part->encoding = mime_parse_structured(field->value, field->value_length, none);
    } else if (mime_field_is(field, "Content-ID") && !part->content_id) {
        g_auto(GStrv) ids = message_id_list_parse(field->value, field->value_length);
        part->content_id = g_strdup(ids[0]);
    } else if (mime_field_is(field, "Content-Description") && !part->description) {
        part->description = mime_decode_header_text(field->value, MIN(field->value_length, (gsize)2000));
    }
}

static void set_media(MessagePart *part, const char *media)
{
    const char *slash = strchr(media, '/');
    if (!slash || slash == media || !slash[1] || strpbrk(media, " \t\001")) {
        if (strcmp(media, "text") != 0) /* "Content-Type: text" is RFC 1049's, still met */
            return;
        media = "text/plain";
        slash = media + 4;
    }
    g_free(part->type);
    g_free(part->subtype);
    part->type = g_strndup(media, (gsize)(slash - media));
    part->subtype = g_strdup(slash + 1);
}

/* The part that a header block describes; `digest`: what is not said is a message (RFC 2046 §5.1.5). */
static MessagePart *part_from_header(const char *header, gsize length, bool digest)
{
    MessagePart *part = message_part_new("", digest ? "message" : "text", digest ? "rfc822" : "plain");
    g_autoptr(GPtrArray) type = NULL;
    g_autoptr(GPtrArray) disposition = NULL;
    g_autofree char *media = NULL;
    MimeFields fields;
    MimeField field;
    mime_fields_init(&fields, header, length);
    while (mime_fields_next(&fields, &field))
        take_field(part, &field, &type, &disposition, &media);
    if (media)
        set_media(part, media);
    message_part_take_parameters(part, type, disposition);
    return part;
}

/* RFC 9051 §6.4.5; a multipart directly inside message part "2" is "2.TEXT", as in proto/imap. */
static char *section_of(const Frame *parent, const MessagePart *part)
{
    bool multipart = strcmp(part->type, "multipart") == 0;
    if (!parent)
        return g_strdup(multipart ? "" : "1");
    const char *base = parent->part->section;
    if (strcmp(parent->part->type, "message") == 0)
        return multipart ? g_strconcat(base, ".TEXT", NULL) : g_strconcat(base, ".1", NULL);
    gsize length = strlen(base);
    if (g_str_has_suffix(base, ".TEXT"))
        length -= 5;
    return g_strdup_printf("%.*s%s%u", (int)length, base, length > 0 ? "." : "",
                           parent->part->children->len + 1);
}

static bool is_identity(const char *encoding)
{
    return strcmp(encoding, "base64") != 0 && strcmp(encoding, "quoted-printable") != 0;
}

/* A line that is one of the open boundaries, from the innermost outward. Returns the frame's index or −1. */
static int match_boundary(const Parser *parser, const char *line, const char *line_end, bool *last)
{
    if (line_end - line < 3 || line[0] != '-' || line[1] != '-')
        return -1;
    while (line_end > line &&
           (line_end[-1] == '\n' || line_end[-1] == '\r' || line_end[-1] == ' ' || line_end[-1] == '\t'))
        line_end--;
    gsize length = (gsize)(line_end - line) - 2;
    for (guint i = parser->stack->len; i-- > 0;) {
        const Frame *frame = &g_array_index(parser->stack, Frame, i);
        if (!frame->boundary || frame->closed || length < frame->boundary_length ||
            memcmp(line + 2, frame->boundary, frame->boundary_length) != 0)
            continue;
        gsize rest = length - frame->boundary_length;
        if (rest == 0 || (rest == 2 && memcmp(line_end - 2, "--", 2) == 0)) {
            *last = rest == 2;
            return (int)i;
        }
    }
    return -1;
}

/* Where the next line starting with "--" begins, at or after p (p is at the start of a line). */
static const char *next_dashes(const Parser *parser, const char *p)
{
    if (parser->end - p >= 2 && p[0] == '-' && p[1] == '-')
        return p;
    const char *found = p < parser->end ? memmem(p, (gsize)(parser->end - p), "\n--", 3) : NULL;
    return found ? found + 1 : parser->end;
}

static const char *line_end(const Parser *parser, const char *p)
{
    const char *newline = memchr(p, '\n', (gsize)(parser->end - p));
    return newline ? newline + 1 : parser->end;
}

/* The end of a header block: an empty line, the end, or a boundary that cuts it short. Line by line, so that
 * a message of nothing but boundaries is read once. */
static const char *header_end(const Parser *parser, const char *p, const char **body)
{
    while (p < parser->end) {
        const char *after = line_end(parser, p);
        bool last;
        if (*p == '\n' || (*p == '\r' && p + 1 < parser->end && p[1] == '\n')) {
            *body = after;
            return p;
        }
        if (match_boundary(parser, p, after, &last) >= 0)
            break;
        p = after;
    }
    *body = p;
    return p;
}

static guint64 count_lines(const char *p, const char *end)
{
    guint64 lines = 0;
    for (; p < end && (p = memchr(p, '\n', (gsize)(end - p))); p++)
        lines++;
    return lines;
}

/* A multipart in which no boundary was found is read as the text that it is. */
static void settle_empty_multipart(Parser *parser, Frame *frame)
{
    MessagePart *part = frame->part;
    g_free(part->type);
    g_free(part->subtype);
    part->type = g_strdup("text");
    part->subtype = g_strdup("plain");
    bool in_message = g_str_has_suffix(part->section, ".TEXT");
    if (*part->section && !in_message)
        return;
    g_hash_table_steal(parser->message->extents, part->section);
    g_autofree char *old = part->section;
    part->section = in_message ? g_strdup_printf("%.*s.1", (int)strlen(old) - 5, old) : g_strdup("1");
    g_hash_table_insert(parser->message->extents, part->section, frame->extent);
}

static void close_frame(Parser *parser, const char *at)
{
    Frame *frame = top(parser);
    Extent *extent = frame->extent;
    /* The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1). */
    if (at < parser->end && at > parser->start + extent->body && at[-1] == '\n') {
        at--;
        if (at > parser->start + extent->body && at[-1] == '\r')
            at--;
    }
    extent->end = MAX((gsize)(at - parser->start), extent->body);
    frame->part->octets = extent->end - extent->body;
    if (strcmp(frame->part->type, "multipart") == 0 && frame->part->children->len == 0)
        settle_empty_multipart(parser, frame);
    if (strcmp(frame->part->type, "text") == 0)
        frame->part->lines = count_lines(parser->start + extent->body, parser->start + extent->end);
    g_array_set_size(parser->stack, parser->stack->len - 1);
}

/* Opens the part whose header starts at p and, inside a message part, the parts that start at the same place.
 * Returns its body. */
static const char *open_part(Parser *parser, const char *p)
{
    for (;;) {
        const char *body;
        const char *stop = header_end(parser, p, &body);
        Frame *parent = top(parser);
        MessagePart *part = part_from_header(p, (gsize)(stop - p),
                                             parent && message_part_is(parent->part, "multipart", "digest"));
        g_free(part->section);
        part->section = section_of(parent, part);
        if (parent)
            g_ptr_array_add(parent->part->children, part);
        else
            parser->message->root = part;

        Extent *extent = g_new0(Extent, 1);
        *extent = (Extent){ part, (gsize)(p - parser->start), (gsize)(stop - parser->start),
                            (gsize)(body - parser->start), 0 };
        g_hash_table_insert(parser->message->extents, part->section, extent);
        Frame frame = { .part = part, .extent = extent };
        parser->count++;

        bool may_nest =
            parser->stack->len + 1 < MESSAGE_PART_MAX_DEPTH && parser->count < MESSAGE_PART_MAX_COUNT;
        bool nests = strcmp(part->type, "multipart") == 0 || message_part_is(part, "message", "rfc822");
        if (nests && !may_nest) {
            parser->message->in_part = true;
            g_free(part->type);
            g_free(part->subtype);
            part->type = g_strdup("application");
            part->subtype = g_strdup("octet-stream");
        } else if (strcmp(part->type, "multipart") == 0) {
            const char *boundary = message_part_parameter(part, "boundary");
            if (boundary && *boundary && strlen(boundary) <= MAX_BOUNDARY) {
                frame.boundary = g_strdup(boundary);
                frame.boundary_length = strlen(boundary);
            }
        } else if (message_part_is(part, "message", "rfc822") && is_identity(part->encoding)) {
            g_array_append_val(parser->stack, frame);
            p = body;
            continue;
        }
        g_array_append_val(parser->stack, frame);
        return body;
    }
}

static void parse(Parser *parser)
{
    const char *p = open_part(parser, parser->start);
    while ((p = next_dashes(parser, p)) < parser->end) {
        bool last;
        const char *after = line_end(parser, p);
        int index = match_boundary(parser, p, after, &last);
        if (index < 0) {
            p = after;
            continue;
        }
        while ((int)parser->stack->len > index + 1)
            close_frame(parser, p);
        if (last) {
            top(parser)->closed = true;
            p = after;
        } else if (parser->count >= MESSAGE_PART_MAX_COUNT) {
            parser->message->in_part = true;
            break;
        } else {
            p = open_part(parser, after);
        }
    }
    while (parser->stack->len > 0)
        close_frame(parser, parser->end);
}

MimeMessage *mime_message_new(GBytes *raw)
{
    MimeMessage *message = g_new0(MimeMessage, 1);
    message->raw = g_bytes_ref(raw);
    message->extents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    gsize length;
    const char *bytes = g_bytes_get_data(raw, &length);
    if (!bytes)
        bytes = "";
    const char *body;
    message->header_end = (gsize)(mime_header_end(bytes, bytes + length, &body) - bytes);
    message->body = (gsize)(body - bytes);

    Parser parser = { .message = message, .start = bytes, .end = bytes + length };
    parser.stack = g_array_new(FALSE, FALSE, sizeof(Frame));
    g_array_set_clear_func(parser.stack, frame_clear);
    parse(&parser);
    g_array_free(parser.stack, TRUE);
    return message;
}

void mime_message_free(MimeMessage *message)
{
    if (!message)
        return;
    g_hash_table_destroy(message->extents);
    message_part_free(message->root);
    g_bytes_unref(message->raw);
    g_free(message);
}

/* --- asking ----------------------------------------------------------------------------------- */

const MessagePart *mime_message_structure(MimeMessage *message)
{
    return message->root;
}

bool mime_message_is_in_part(MimeMessage *message)
{
    return message->in_part;
}

static GBytes *slice(MimeMessage *message, gsize from, gsize to)
{
    return g_bytes_new_from_bytes(message->raw, from, to > from ? to - from : 0);
}

/* Inside the message part `number`: its header block or its text. */
static GBytes *inner_section(MimeMessage *message, const char *number, bool header)
{
    const Extent *outer = g_hash_table_lookup(message->extents, number);
    if (!outer || outer->part->children->len == 0 || strcmp(outer->part->type, "message") != 0)
        return NULL;
    const MessagePart *root = g_ptr_array_index(outer->part->children, 0);
    const Extent *inner = g_hash_table_lookup(message->extents, root->section);
    if (!inner)
        return NULL;
    return header ? slice(message, inner->header, inner->body) : slice(message, inner->body, outer->end);
}

GBytes *mime_message_section(MimeMessage *message, const char *section)
{
    if (!*section)
        return g_bytes_ref(message->raw);
    if (strcmp(section, "HEADER") == 0)
        return slice(message, 0, message->body);
    if (strcmp(section, "TEXT") == 0)
        return slice(message, message->body, g_bytes_get_size(message->raw));

    const char *dot = strrchr(section, '.');
    if (dot && g_ascii_isalpha(dot[1])) {
        g_autofree char *number = g_strndup(section, (gsize)(dot - section));
        const Extent *extent = g_hash_table_lookup(message->extents, number);
        if (strcmp(dot, ".MIME") == 0)
            return extent ? slice(message, extent->header, extent->body) : NULL;
        if (strcmp(dot, ".HEADER") == 0 || strcmp(dot, ".TEXT") == 0)
            return inner_section(message, number, dot[1] == 'H');
        return NULL;
    }
    const Extent *extent = g_hash_table_lookup(message->extents, section);
    return extent ? slice(message, extent->body, extent->end) : NULL;
}

GBytes *mime_message_decoded(MimeMessage *message, const char *section)
{
    const Extent *extent = g_hash_table_lookup(message->extents, section);
    if (!extent)
        return NULL;
    g_autoptr(GBytes) bytes = slice(message, extent->body, extent->end);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    return mime_decode(extent->part->encoding, data ? data : "", length);
}

MessagePart *message_part_from_message(const char *bytes, gsize length)
{
    g_autoptr(GBytes) raw = g_bytes_new_static(bytes, length);
    g_autoptr(MimeMessage) message = mime_message_new(raw);
    return g_steal_pointer(&message->root);
}
