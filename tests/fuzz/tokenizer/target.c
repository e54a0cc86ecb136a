/* The octets of a connection cut into responses, and the steps over one of them. The first octet chooses: a
 * reader fed in one piece and in many has to understand the same; or a walk over the text, its steps chosen by
 * the next four octets, in which every step either takes something and moves on, or takes nothing and stays. */
#include "config.h"

#include "proto/imap/parse.h"
#include "proto/imap/reader.h"

#include "../fuzz.h"

static const ImapLimits LIMITS = {
    .line = 512, .small_literal = 8, .literal = 4096, .depth = 8, .parts = 20, .addresses = 20
};

/* --- the reader ----------------------------------------------------------------------------- */

static void write_down(GString *seen, char mark, const char *bytes, gsize len)
{
    g_string_append_c(seen, mark);
    g_string_append_len(seen, bytes, (gssize)len);
}

static bool on_response(ImapCursor *cursor, gpointer user, GError **error)
{
    (void)error;
    write_down(user, 'R', cursor->at, (gsize)(cursor->end - cursor->at));
    for (gsize i = 0; i < cursor->n_streamed; i++)
        g_assert_cmpuint(cursor->streamed[i], <=, (gsize)(cursor->end - cursor->base));
    return true;
}

static bool on_literal(ImapCursor *cursor, guint64 size, gpointer user)
{
    write_down(user, 'L', cursor->at, (gsize)(cursor->end - cursor->at));
    return size % 2 == 0;
}

static void on_data(const char *data, gsize len, gpointer user)
{
    g_string_append_len(user, data, (gssize)len);
}

static void on_end(bool complete, gpointer user)
{
    g_string_append_c(user, complete ? 'E' : 'B');
}

/* What a reader makes of the octets when they arrive `step` at a time. */
static GString *read_all(const guint8 *data, gsize size, gsize step)
{
    static const ImapReaderEvents EVENTS = { on_response, on_literal, on_data, on_end };
    GString *seen = g_string_new(NULL);
    g_autoptr(ImapReader) reader = imap_reader_new(&LIMITS, &EVENTS, seen);
    bool ok = true;
    for (gsize at = 0; ok && at < size; at += step) {
        gsize len = MIN(step, size - at), taken;
        g_autofree char *piece = fuzz_copy(data + at, len);
        ok = imap_reader_feed(reader, piece, len, &taken, NULL);
        g_assert_cmpuint(taken, <=, len);
    }
    imap_reader_close(reader);
    g_string_append_c(seen, ok ? '+' : '-');
    return seen;
}

static void compare_cuts(const guint8 *data, gsize size, gsize step)
{
    GString *whole = read_all(data, size, MAX(size, 1));
    GString *pieces = read_all(data, size, step);
    g_assert_true(g_string_equal(whole, pieces));
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
}

/* --- the walk ------------------------------------------------------------------------------- */

static gsize touched; /* so that every byte a string shows is read */

static bool touch(bool ok, ImapString string)
{
    for (gsize i = 0; ok && i < string.len; i++)
        touched += (guchar)string.data[i];
    return ok;
}

/* One step of those that stay where they were when they take nothing. */
static bool step_over(ImapCursor *cursor, guint kind)
{
    ImapString string = IMAP_STRING_NIL;
    guint64 number;
    guint32 small;
    bool streamed;
    switch (kind) {
    case 0:
        return touch(imap_cursor_atom(cursor, &string), string);
    case 1:
        return touch(imap_cursor_code_atom(cursor, &string), string);
    case 2:
        return imap_cursor_word(cursor, "NIL");
    case 3:
        return imap_cursor_number(cursor, &number);
    case 4:
        return imap_cursor_number32(cursor, &small);
    case 5:
        return touch(imap_cursor_string(cursor, &string, &streamed, &number), string);
    case 6:
        return touch(imap_cursor_nstring(cursor, &string), string);
    case 7:
        return imap_cursor_space(cursor);
    default:
        return imap_cursor_char(cursor, '(');
    }
}

/* Those that may stand anywhere when they have taken nothing. */
static void pass_over(ImapCursor *cursor, guint kind)
{
    ImapFlags flags = { 0 };
    const ImapString *strings = NULL;
    guint n = 0;
    switch (kind % 4) {
    case 0:
        imap_cursor_skip(cursor);
        break;
    case 1:
        imap_cursor_skip_list(cursor);
        break;
    case 2:
        imap_parse_flags(cursor, &flags);
        break;
    default:
        if (imap_parse_strings(cursor, &strings, &n))
            for (guint i = 0; i < n; i++)
                touch(true, strings[i]);
    }
}

static void walk(const guint8 *steps, const guint8 *data, gsize size)
{
    g_autofree char *text = fuzz_copy(data, size);
    g_autoptr(ImapArena) arena = imap_arena_new();
    ImapCursor cursor = { .base = text, .at = text, .end = text + size, .arena = arena, .limits = &LIMITS };
    for (gsize i = 0; !imap_cursor_at_end(&cursor); i++) {
        const char *before = cursor.at;
        guint kind = steps[i % 4] % 13;
        if (kind >= 9)
            pass_over(&cursor, kind);
        else if (step_over(&cursor, kind))
            g_assert_true(cursor.at > before);
        else
            g_assert_true(cursor.at == before);
        g_assert_true(cursor.at >= before && cursor.at <= cursor.end);
        if (cursor.at == before)
            cursor.at++;
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size < 5)
        return 0;
    if (data[0] & 1)
        compare_cuts(data + 1, size - 1, 1 + (data[0] >> 1) % 24);
    else
        walk(data + 1, data + 5, size - 5);
    return 0;
}
