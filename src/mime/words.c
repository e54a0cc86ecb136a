/* Encoded words (RFC 2047) of header values; declared in summary.h.
 *
 * Ours rather than GMime's, for three reasons: headers and bodies then degrade alike under a wrong charset
 * label; characters cut in two between neighbouring words come out whole; and the common case, plain ASCII,
 * costs one pass and one copy. */
#include "config.h"
#include "mime/summary.h"

#include "mime/charset.h"

#include <stdbool.h>
#include <string.h>

/* The standard says 75; mailers exceed it. The bound keeps "=?x?q?=?x?q?…" linear. */
#define MAX_WORD 8192

typedef struct {
    const char *charset;
    gsize charset_length;
    char encoding; /* 'q' or 'b' */
    const char *text;
    gsize text_length;
} EncodedWord;

/* Parses "=?charset[*language]?Q|B?text?=" at p. Returns its end, or NULL. */
static const char *parse_word(const char *p, const char *end, EncodedWord *word)
{
    if (end - p > MAX_WORD)
        end = p + MAX_WORD;
    if (end - p < 8 || p[0] != '=' || p[1] != '?')
        return NULL;
    p += 2;
    const char *mark = memchr(p, '?', (gsize)MIN(end - p, 80));
    if (!mark || mark == p || end - mark < 4 || mark[2] != '?')
        return NULL;
    const char *language = memchr(p, '*', (gsize)(mark - p));
    word->charset = p;
    word->charset_length = (gsize)((language ? language : mark) - p);
    word->encoding = g_ascii_tolower(mark[1]);
    if (word->encoding != 'q' && word->encoding != 'b')
        return NULL;
    word->text = mark + 3;
    const char *close = memmem(word->text, (gsize)(end - word->text), "?=", 2);
    /* "=?utf-8?Q?=41?=": in Q the text may itself begin with '='. */
    if (!close)
        return NULL;
    word->text_length = (gsize)(close - word->text);
    return close + 2;
}

static void append_q(GByteArray *out, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        guint8 byte = (guint8)text[i];
        if (byte == '_') {
            byte = ' ';
        } else if (byte == '=' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) &&
                   g_ascii_isxdigit(text[i + 2])) {
            byte = (guint8)(g_ascii_xdigit_value(text[i + 1]) << 4 | g_ascii_xdigit_value(text[i + 2]));
            i += 2;
        }
        g_byte_array_append(out, &byte, 1);
    }
}

static void append_b(GByteArray *out, const char *text, gsize length)
{
    gint state = 0;
    guint save = 0;
    gsize had = out->len;
    g_byte_array_set_size(out, (guint)(had + length / 4 * 3 + 3));
    gsize n = g_base64_decode_step(text, length, out->data + had, &state, &save);
    g_byte_array_set_size(out, (guint)(had + n));
}

static bool same_charset(const EncodedWord *a, const EncodedWord *b)
{
    return a->charset_length == b->charset_length &&
           g_ascii_strncasecmp(a->charset, b->charset, a->charset_length) == 0;
}

/* Bytes that are no letters once decoded: a header is one line without NUL, whatever was encoded into it. */
static void append_line(GString *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\r' || (*p == '\n' && (p[1] == ' ' || p[1] == '\t')))
            continue; /* folding keeps the white space that follows (RFC 5322 §2.2.3) */
        g_string_append_c(out, *p == '\n' ? ' ' : *p);
    }
}

static void append_converted(GString *out, GByteArray *bytes, const EncodedWord *word)
{
    g_autofree char *charset = g_strndup(word->charset, word->charset_length);
    g_autofree char *text = mime_to_utf8((const char *)bytes->data, bytes->len, charset, NULL);
    append_line(out, text);
    g_byte_array_set_size(bytes, 0);
}

static const char *skip_white(const char *p, const char *end)
{
    while (p < end && strchr(" \t\r\n", *p) && *p)
        p++;
    return p;
}

/* One or more encoded words with only white space between them. Returns their end. */
static const char *append_words(GString *out, const char *p, const char *end, const EncodedWord *first)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    EncodedWord word = *first;
    for (;;) {
        if (word.encoding == 'q')
            append_q(bytes, word.text, word.text_length);
        else
            append_b(bytes, word.text, word.text_length);
        p = word.text + word.text_length + 2;
        EncodedWord next;
        const char *after = skip_white(p, end);
        if (!parse_word(after, end, &next)) {
            append_converted(out, bytes, &word);
            return p;
        }
        /* A character may be split over two words of one charset (RFC 2047 §5 forbids it, mailers do it), so
         * their bytes are joined before conversion. */
        if (!same_charset(&word, &next))
            append_converted(out, bytes, &word);
        word = next;
    }
}

static void append_raw(GString *out, const char *p, const char *end)
{
    g_autofree char *text = mime_to_utf8(p, (gsize)(end - p), NULL, NULL);
    append_line(out, text);
}

static bool is_plain(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c >= 0x80 || c == '\r' || c == '\n' || c == 0 || c == 033 ||
            (c == '=' && i + 1 < length && bytes[i + 1] == '?'))
            return false;
    }
    return true;
}

char *mime_decode_header_text(const char *bytes, gsize length)
{
    while (length > 0 && strchr(" \t\r\n", bytes[length - 1]) && bytes[length - 1])
        length--;
    if (is_plain(bytes, length))
        return g_strndup(bytes, length);

    GString *out = g_string_sized_new(length + 1);
    const char *p = bytes, *end = bytes + length;
    const char *raw = p;
    while (p < end) {
        p = memmem(p, (gsize)(end - p), "=?", 2);
        if (!p)
            break;
        EncodedWord word;
        if (!parse_word(p, end, &word)) {
            p += 2;
            continue;
        }
        append_raw(out, raw, p);
        p = append_words(out, p, end, &word);
        raw = p;
    }
    append_raw(out, raw, end);
    return g_string_free(out, FALSE);
}
