/* The one sanitiser (see text.h).
 *
 * It works on code points after decoding, because that is where an attack shows: an escape sequence that
 * was base64, UTF-7 or a numeric entity a moment ago. What is removed and what is made visible follows
 * one thought: a person should see that something strange was there, unless the thing is invisible by
 * nature and common in honest mail (a soft hyphen, a zero-width space, a variation selector). */
#include "config.h"
#include "base/text.h"

#include <string.h>

#define REPLACEMENT 0xfffd

typedef struct {
    GString *out;
    TextMode mode;
    gsize start;       /* where this text begins in out */
    int marks;         /* combining marks on the current base character */
    bool has_base;     /* there is a character on this line that a mark can stand on */
    bool space;        /* single line: a space is owed */
    int column;        /* multi line: for TAB */
    gunichar previous; /* last character written, 0 at a line's start */
    bool joiner;       /* a ZWJ/ZWNJ waits to see whether a letter follows */
    gunichar joiner_char;
} Safe;

/* Invisible, or changes how its neighbours are drawn: BiDi controls, default ignorables, fillers. */
static bool is_dropped(gunichar c)
{
    if (c < 0xad)
        return false;
    if (c == 0xad || c == 0x34f || c == 0x61c || c == 0x180e || c == 0xfeff)
        return true;
    if (c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || c == 0x3164 || c == 0xffa0)
        return true;
    if ((c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
        (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xfff0 && c <= 0xfffb))
        return true;
    if (c >= 0x1f3fb && c <= 0x1f3ff) /* skin tones: terminals disagree on their width */
        return true;
    if ((c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a))
        return true;
    return c >= 0xe0000 && c <= 0xe0fff; /* tags and variation selectors */
}

static bool is_replaced(gunichar c)
{
    if (c >= 0x7f && c < 0xa0)
        return true;
    if ((c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
        return true;
    return c >= 0x300 && !g_unichar_isdefined(c);
}

/* Scripts whose spelling needs the joiners: Arabic to Myanmar, and Mongolian, Khmer. */
static bool is_joining_letter(gunichar c)
{
    return (c >= 0x600 && c < 0x1100) || (c >= 0x1780 && c < 0x18b0);
}

static void write_char(Safe *s, gunichar c, int width)
{
    if (s->space) {
        s->space = false;
        if (s->out->len > s->start)
            g_string_append_c(s->out, ' ');
    }
    if (s->joiner) {
        if (is_joining_letter(c))
            g_string_append_unichar(s->out, s->joiner_char);
        s->joiner = false;
    }
    if (c < 0x80)
        g_string_append_c(s->out, (char)c);
    else
        g_string_append_unichar(s->out, c);
    s->column += width;
    s->previous = c;
}

static void write_base(Safe *s, gunichar c)
{
    write_char(s, c, text_char_width(c));
    s->marks = 0;
    s->has_base = true;
}

static void write_line_break(Safe *s)
{
    s->marks = 0;
    s->has_base = false;
    s->joiner = false;
    s->previous = 0;
    if (s->mode == TEXT_SINGLE_LINE) {
        s->space = true;
        return;
    }
    g_string_append_c(s->out, '\n');
    s->column = 0;
}

static void write_tab(Safe *s)
{
    if (s->mode == TEXT_SINGLE_LINE) {
        s->space = true;
        s->has_base = false;
        return;
    }
    for (int n = 8 - s->column % 8; n > 0; n--)
        write_base(s, ' ');
}

static void write_mark(Safe *s, gunichar c)
{
    if (!s->has_base || s->space) /* a mark with nothing to stand on would fall on the frame around it */
        write_base(s, 0x25cc);
    if (s->marks++ < TEXT_MAX_MARKS)
        write_char(s, c, 0);
}

/* A character that is neither ASCII nor invalid. */
static void feed_wide_char(Safe *s, gunichar c)
{
    if (c == 0x2028 || c == 0x2029) {
        write_line_break(s);
    } else if (c == 0x200c || c == 0x200d) {
        /* After a repeated joiner the first one stands. */
        if (s->mode == TEXT_MULTI_LINE && !s->joiner && is_joining_letter(s->previous)) {
            s->joiner = true;
            s->joiner_char = c;
        }
    } else if (is_dropped(c)) {
        return;
    } else if (is_replaced(c)) {
        write_base(s, REPLACEMENT);
    } else if (g_unichar_ismark(c) && g_unichar_iszerowidth(c)) {
        write_mark(s, c);
    } else if (g_unichar_iszerowidth(c) && c >= 0x300 && !(c >= 0x1160 && c <= 0x11ff)) {
        return; /* any other format character */
    } else {
        write_base(s, c);
    }
}

static void feed_ascii(Safe *s, unsigned char c)
{
    if (c == ' ' && s->mode == TEXT_SINGLE_LINE) {
        /* Trailing space must go; inner runs stay as they are, so that the function is idempotent. */
        write_base(s, ' ');
    } else if (c >= 0x20 && c < 0x7f) {
        write_base(s, c);
    } else if (c == '\n') {
        write_line_break(s);
    } else if (c == '\t') {
        write_tab(s);
    } else if (c == 0) {
        write_base(s, REPLACEMENT);
    } else {
        write_base(s, c == 0x7f ? 0x2421 : 0x2400 + (gunichar)c);
    }
}

static void trim_end(GString *out, gsize start)
{
    while (out->len > start && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
}

/* The end of the run of printable ASCII at the start of the text. */
static const char *skip_plain(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f)
        p++;
    return p;
}

void text_append_safe(GString *out, const char *bytes, gssize len, TextMode mode)
{
    const char *end = bytes + (len < 0 ? (gssize)strlen(bytes) : len);
    Safe s = { .out = out, .mode = mode, .start = out->len };

    for (const char *p = bytes; p < end;) {
        /* Spaces at the start are never written, so that no mark stands on one that would be taken away. */
        if (*p == ' ' && mode == TEXT_SINGLE_LINE && out->len == s.start) {
            p++;
            continue;
        }
        const char *plain = skip_plain(p, end);
        if (plain - p > 1) {
            /* Runs go over in one piece; the last character is fed below as the base for marks. */
            write_base(&s, (unsigned char)*p);
            g_string_append_len(out, p + 1, plain - p - 2);
            s.column += (int)(plain - p - 2);
            p = plain - 1;
        }
        unsigned char c = (unsigned char)*p;
        if (c == '\r') {
            write_line_break(&s);
            p += p + 1 < end && p[1] == '\n' ? 2 : 1;
            continue;
        }
        if (c < 0x80) {
            feed_ascii(&s, c);
            p++;
            continue;
        }
        gunichar wide = g_utf8_get_char_validated(p, end - p);
        if (wide == (gunichar)-1 || wide == (gunichar)-2) {
            write_base(&s, REPLACEMENT);
            p++;
            continue;
        }
        feed_wide_char(&s, wide);
        p = g_utf8_next_char(p);
    }
    if (mode == TEXT_SINGLE_LINE)
        trim_end(out, s.start);
}

char *text_make_safe(const char *bytes, gssize len, TextMode mode)
{
    gsize length = len < 0 ? strlen(bytes) : (gsize)len;
    GString *out = g_string_sized_new(length + 1);
    text_append_safe(out, bytes, (gssize)length, mode);
    return g_string_free(out, FALSE);
}

bool text_is_safe(const char *bytes, gssize len, TextMode mode)
{
    gsize length = len < 0 ? strlen(bytes) : (gsize)len;
    if (length == 0)
        return true;
    if (skip_plain(bytes, bytes + length) == bytes + length)
        return mode == TEXT_MULTI_LINE || (bytes[0] != ' ' && bytes[length - 1] != ' ');
    g_autofree char *safe = text_make_safe(bytes, (gssize)length, mode);
    return strlen(safe) == length && memcmp(safe, bytes, length) == 0;
}
