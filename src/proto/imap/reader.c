#include "config.h"

#include "proto/imap/reader.h"

#include "base/i18n.h"
#include "proto/imap/error.h"

/* Kept for the next response; what a large one needed goes back. */
#define BUFFER_KEPT ((gsize)64 * 1024)
/* Literals over small_literal that are no message section (an 80 kB subject). Each one costs a look over the
 * response so far, so that their number is what keeps a hostile response linear. */
#define LARGE_LITERALS_MAX 64

typedef enum { IN_LINE, IN_LITERAL, IN_STREAM } Phase;

struct ImapReader {
    const ImapLimits *limits;
    const ImapReaderEvents *events;
    gpointer user;
    ImapArena *arena;
    Phase phase;
    GByteArray *held; /* of the response that has begun; empty between responses */
    gsize line_start; /* in held: where the current line begins */
    bool text;        /* the response ends at the first CRLF: a status or continuation, which may say "{5}" */
    guint64 remaining; /* of the literal */
    GArray *streamed;  /* of gsize, see ImapCursor */
    guint large_literals;
    bool stopped, broken;
};

ImapReader *imap_reader_new(const ImapLimits *limits, const ImapReaderEvents *events, gpointer user)
{
    ImapReader *reader = g_new0(ImapReader, 1);
    reader->limits = limits;
    reader->events = events;
    reader->user = user;
    reader->arena = imap_arena_new();
    reader->held = g_byte_array_new();
    reader->streamed = g_array_new(FALSE, FALSE, sizeof(gsize));
    return reader;
}

void imap_reader_free(ImapReader *reader)
{
    if (reader == NULL)
        return;
    imap_arena_free(reader->arena);
    g_byte_array_unref(reader->held);
    g_array_unref(reader->streamed);
    g_free(reader);
}

void imap_reader_stop(ImapReader *reader)
{
    reader->stopped = true;
}

static bool fail(ImapReader *reader, GError **error, int code, const char *message)
{
    reader->broken = true;
    g_set_error_literal(error, IMAP_ERROR, code, message);
    return false;
}

static ImapCursor cursor_over(ImapReader *reader, const char *base, gsize len)
{
    return (ImapCursor){
        .base = base,
        .at = base,
        .end = base + len,
        .arena = reader->arena,
        .limits = reader->limits,
        .streamed = (const gsize *)(gpointer)reader->streamed->data,
        .n_streamed = reader->streamed->len,
    };
}

static bool is_text(const char *line, gsize len)
{
    static const char *const STATUS[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };
    if (len < 2 || line[0] != '*' || line[1] != ' ')
        return true; /* tagged, a continuation, or nonsense */
    for (gsize i = 0; i < G_N_ELEMENTS(STATUS); i++) {
        gsize word = strlen(STATUS[i]);
        if (len >= 2 + word && g_ascii_strncasecmp(line + 2, STATUS[i], word) == 0 &&
            (len == 2 + word || line[2 + word] == ' ' || line[2 + word] == '\r'))
            return true;
    }
    return false;
}

typedef enum { NO_LITERAL, LITERAL, BAD_LITERAL } LiteralKind;

/* Whether a line, its CRLF taken off, ends in "{n}". What looks like a literal and is none ("{5+}", "{-1}",
 * too large a number) must end the connection: the octets behind it would be read as responses. */
static LiteralKind line_literal(const char *line, gsize len, guint64 *size)
{
    if (len == 0 || line[len - 1] != '}')
        return NO_LITERAL;
    const char *close = line + len - 1, *p = close;
    while (p > line && (g_ascii_isdigit(p[-1]) || p[-1] == '+' || p[-1] == '-'))
        p--;
    if (p == line || p[-1] != '{')
        return NO_LITERAL;
    return imap_string_number((ImapString){ p, (gsize)(close - p) }, size) ? LITERAL : BAD_LITERAL;
}

static void forget_response(ImapReader *reader)
{
    if (reader->held->len > BUFFER_KEPT) {
        g_byte_array_unref(reader->held);
        reader->held = g_byte_array_new();
    }
    g_byte_array_set_size(reader->held, 0);
    g_array_set_size(reader->streamed, 0);
    reader->line_start = 0;
    reader->large_literals = 0;
    reader->phase = IN_LINE;
    imap_arena_reset(reader->arena);
}

static bool deliver(ImapReader *reader, const char *response, gsize len, GError **error)
{
    ImapCursor cursor = cursor_over(reader, response, len);
    bool ok = reader->events->response(&cursor, reader->user, error);
    forget_response(reader);
    if (!ok)
        reader->broken = true;
    return ok;
}

static bool begin_literal(ImapReader *reader, guint64 size, GError **error)
{
    reader->remaining = size;
    reader->phase = IN_LITERAL;
    if (size > reader->limits->small_literal) {
        ImapCursor cursor = cursor_over(reader, (const char *)reader->held->data, reader->held->len);
        if (size > reader->limits->literal)
            return fail(reader, error, IMAP_ERROR_LIMIT,
                        _("The server announced a larger piece than is accepted."));
        if (reader->events->literal(&cursor, size, reader->user)) {
            gsize offset = reader->held->len;
            g_array_append_val(reader->streamed, offset);
            reader->phase = IN_STREAM;
            return true;
        }
        if (++reader->large_literals > LARGE_LITERALS_MAX)
            return fail(reader, error, IMAP_ERROR_LIMIT,
                        _("The server sent too many large strings in one response."));
    }
    if (size > reader->limits->line - reader->held->len)
        return fail(reader, error, IMAP_ERROR_LIMIT,
                    _("The server sent a longer response than is accepted."));
    return true;
}

/* A CRLF has come; it and its line stand at the end of held. */
static bool end_line(ImapReader *reader, GError **error)
{
    const char *held = (const char *)reader->held->data;
    gsize len = reader->held->len - 2;
    guint64 size;

    if (reader->line_start == 0)
        reader->text = is_text(held, len);
    if (!reader->text) {
        switch (line_literal(held + reader->line_start, len - reader->line_start, &size)) {
        case LITERAL:
            return begin_literal(reader, size, error);
        case BAD_LITERAL:
            return fail(reader, error, IMAP_ERROR_PROTOCOL,
                        _("The server announced a string of impossible length."));
        case NO_LITERAL:
            break;
        }
    }
    return deliver(reader, held, len, error);
}

/* The CRLF at or behind `bytes`; only CRLF ends a line: a bare LF in a quoted file name must not let the
 * sender of a message write responses. */
static const char *find_crlf(const char *bytes, gsize len)
{
    const char *p = bytes, *end = bytes + len;
    while (p < end && (p = memchr(p, '\n', (gsize)(end - p))) != NULL) {
        if (p > bytes && p[-1] == '\r')
            return p - 1;
        p++;
    }
    return NULL;
}

static bool feed_line(ImapReader *reader, const char **at, const char *end, GError **error)
{
    const char *bytes = *at;
    gsize len = (gsize)(end - bytes), take = len, held = reader->held->len;
    guint64 size;
    bool ended = false;

    if (held > reader->line_start && reader->held->data[held - 1] == '\r' && *bytes == '\n') {
        take = 1; /* the CRLF was cut in two */
        ended = true;
    } else {
        const char *crlf = find_crlf(bytes, len);
        ended = crlf != NULL;
        if (ended)
            take = (gsize)(crlf + 2 - bytes);
    }
    if (take > reader->limits->line - held)
        return fail(reader, error, IMAP_ERROR_LIMIT,
                    _("The server sent a longer response than is accepted."));
    *at += take;
    /* The usual case, a whole response in one line, is parsed where it stands. */
    if (held == 0 && ended &&
        (is_text(bytes, take - 2) || line_literal(bytes, take - 2, &size) == NO_LITERAL))
        return deliver(reader, bytes, take - 2, error);
    g_byte_array_append(reader->held, (const guint8 *)bytes, (guint)take);
    return !ended || end_line(reader, error);
}

static void feed_literal(ImapReader *reader, const char **at, const char *end)
{
    gsize take = (gsize)MIN((guint64)(end - *at), reader->remaining);
    if (reader->phase == IN_STREAM) {
        if (take > 0)
            reader->events->data(*at, take, reader->user);
    } else {
        g_byte_array_append(reader->held, (const guint8 *)*at, (guint)take);
    }
    *at += take;
    reader->remaining -= take;
    if (reader->remaining > 0)
        return;
    if (reader->phase == IN_STREAM)
        reader->events->end(true, reader->user);
    reader->line_start = reader->held->len;
    reader->phase = IN_LINE;
}

bool imap_reader_feed(ImapReader *reader, const char *bytes, gsize len, gsize *taken, GError **error)
{
    const char *at = bytes, *end = bytes + len;
    bool ok = true;

    if (reader->broken)
        return fail(reader, error, IMAP_ERROR_PROTOCOL, _("The connection is not usable any more."));
    reader->stopped = false;
    while (ok && !reader->stopped && (at < end || (reader->phase != IN_LINE && reader->remaining == 0))) {
        if (reader->phase == IN_LINE)
            ok = feed_line(reader, &at, end, error);
        else
            feed_literal(reader, &at, end);
    }
    *taken = (gsize)(at - bytes);
    return ok;
}

void imap_reader_close(ImapReader *reader)
{
    if (reader->phase == IN_STREAM)
        reader->events->end(false, reader->user);
    reader->phase = IN_LINE;
    reader->broken = true;
}
