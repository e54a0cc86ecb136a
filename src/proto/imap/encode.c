#include "config.h"

#include "proto/imap/encode.h"

#include "base/i18n.h"
#include "proto/imap/mailbox.h"

/* Longer strings go as literals: servers have line limits, and refuse long lines (RFC 7162 §4). */
#define QUOTED_MAX 1000
/* LITERAL- (RFC 7888 §5). */
#define LITERAL_MINUS_MAX 4096
#define READ_SIZE ((gsize)16 * 1024)

typedef enum { AS_ATOM, AS_QUOTED, AS_LITERAL } Form;

static bool is_atom_char(guchar c, bool pattern)
{
    if (c <= ' ' || c >= 0x7f)
        return false;
    if (c == '%' || c == '*')
        return pattern;
    return strchr("(){\"\\", c) == NULL;
}

static bool is_atom(const GString *text, bool pattern)
{
    if (text->len == 0 || text->len > QUOTED_MAX || g_ascii_strcasecmp(text->str, "NIL") == 0)
        return false;
    for (gsize i = 0; i < text->len; i++)
        if (!is_atom_char((guchar)text->str[i], pattern))
            return false;
    return true;
}

static bool is_quotable(const GString *text, bool utf8)
{
    bool ascii = true;
    if (text->len > QUOTED_MAX)
        return false;
    for (gsize i = 0; i < text->len; i++) {
        if (text->str[i] == '\r' || text->str[i] == '\n' || text->str[i] == '\0')
            return false;
        ascii &= (guchar)text->str[i] < 0x80;
    }
    return ascii || (utf8 && g_utf8_validate(text->str, (gssize)text->len, NULL));
}

static Form choose_form(const ImapCommandPart *part, bool utf8)
{
    if (part->type != IMAP_PART_STRING && is_atom(part->text, part->type == IMAP_PART_PATTERN))
        return AS_ATOM;
    return is_quotable(part->text, utf8) ? AS_QUOTED : AS_LITERAL;
}

/* Wire names are modified UTF-7, whatever the server wants to hear (mailbox.h). One that is not exactly that came so from a server. */
static void respell(GString *text)
{
    bool exact;
    g_autofree char *name = imap_mailbox_decode(text->str, (gssize)text->len, false, &exact);
    if (exact)
        g_string_assign(text, name);
}

static bool is_mailbox(const ImapCommandPart *part)
{
    return part->type == IMAP_PART_MAILBOX || part->type == IMAP_PART_PATTERN;
}

bool imap_command_is_respelled(const ImapCommand *command)
{
    for (guint i = 0; i < command->parts->len; i++) {
        const ImapCommandPart *part = &g_array_index(command->parts, ImapCommandPart, i);
        if (is_mailbox(part) && strchr(part->text->str, '&') != NULL)
            return true;
    }
    return false;
}

static void append_quoted(ProtoOutput *output, const GString *text, ProtoBytesKind kind)
{
    proto_output_text(output, "\"");
    for (gsize i = 0; i < text->len; i++) {
        if (text->str[i] == '"' || text->str[i] == '\\')
            proto_output_append(output, "\\", 1, kind);
        proto_output_append(output, text->str + i, 1, kind);
    }
    proto_output_text(output, "\"");
}

/* The "{n}". True when the octets may follow at once. */
static bool append_literal_header(ProtoOutput *output, guint64 size, bool binary, const ImapEncoding *how)
{
    bool at_once = how->literal_plus || (how->literal_minus && size <= LITERAL_MINUS_MAX);
    proto_output_printf(output, "%s{%" G_GUINT64_FORMAT "%s}\r\n", binary ? "~" : "", size,
                       at_once ? "+" : "");
    return at_once;
}

static ImapEncoded encode_source(ImapCommandPart *part, ImapEncodeState *state, ProtoOutput *output,
                                 gsize high_water, GError **error)
{
    ImapSource *source = &part->source;
    while (state->literal_done < source->size) {
        if (output->len >= high_water)
            return IMAP_ENCODED_FULL;
        gsize want = (gsize)MIN(source->size - state->literal_done, READ_SIZE);
        gssize got = source->read(source->user, proto_output_room(output, want), want, error);
        if (got <= 0 || (gsize)got > want) {
            if (error != NULL && *error == NULL)
                g_set_error(error, IMAP_ERROR, IMAP_ERROR_SOURCE,
                            _("The message ended before its announced size while it was sent."));
            return IMAP_ENCODED_FAILED;
        }
        proto_output_filled(output, (gsize)got, PROTO_BYTES_BODY);
        state->literal_done += (guint64)got;
    }
    imap_source_clear(source);
    return IMAP_ENCODED_ALL;
}

static ImapEncoded encode_octets(ImapCommandPart *part, ImapEncodeState *state, ProtoOutput *output,
                                 gsize high_water, GError **error)
{
    if (part->type == IMAP_PART_LITERAL)
        return encode_source(part, state, output, high_water, error);
    proto_output_append(output, part->text->str, part->text->len,
                       part->secret ? PROTO_BYTES_SECRET : PROTO_BYTES_PLAIN);
    return IMAP_ENCODED_ALL;
}

/* ALL: the part is out, or (in_literal) its header is and the octets may follow. */
static ImapEncoded begin_part(ImapCommandPart *part, ImapEncodeState *state, const ImapEncoding *how,
                              ProtoOutput *output)
{
    ProtoBytesKind kind = part->secret ? PROTO_BYTES_SECRET : PROTO_BYTES_PLAIN;
    guint64 size;

    switch (part->type) {
    case IMAP_PART_RAW:
        proto_output_append(output, part->text->str, part->text->len, kind);
        return IMAP_ENCODED_ALL;
    case IMAP_PART_CHARSET:
        if (!how->utf8) /* once UTF8=ACCEPT is enabled CHARSET is an error (RFC 6855 §3) */
            proto_output_text(output, "CHARSET UTF-8 ");
        return IMAP_ENCODED_ALL;
    case IMAP_PART_LITERAL:
        size = part->source.size;
        break;
    default:
        if (how->utf8 && is_mailbox(part))
            respell(part->text);
        switch (choose_form(part, how->utf8)) {
        case AS_ATOM:
            proto_output_append(output, part->text->str, part->text->len, kind);
            return IMAP_ENCODED_ALL;
        case AS_QUOTED:
            append_quoted(output, part->text, kind);
            return IMAP_ENCODED_ALL;
        case AS_LITERAL:
            break;
        }
        size = part->text->len;
        break;
    }
    state->in_literal = true;
    state->literal_done = 0;
    return append_literal_header(output, size, part->binary, how) ? IMAP_ENCODED_ALL : IMAP_ENCODED_WAIT;
}

ImapEncoded imap_encode(ImapCommand *command, ImapEncodeState *state, const ImapEncoding *how,
                        ProtoOutput *output, gsize high_water, GError **error)
{
    while (state->part < command->parts->len) {
        ImapCommandPart *part = &g_array_index(command->parts, ImapCommandPart, state->part);
        ImapEncoded encoded = IMAP_ENCODED_ALL;
        if (!state->in_literal)
            encoded = begin_part(part, state, how, output);
        if (encoded == IMAP_ENCODED_ALL && state->in_literal)
            encoded = encode_octets(part, state, output, high_water, error);
        if (encoded != IMAP_ENCODED_ALL)
            return encoded;
        state->in_literal = false;
        state->part++;
    }
    proto_output_text(output, "\r\n");
    return IMAP_ENCODED_ALL;
}
