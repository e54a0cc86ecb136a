#include "config.h"
#include "term/key.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define SEQUENCE_MAX 64 /* bytes of a control sequence that are worth waiting for */

typedef struct {
    char *bytes;
    gsize length;
    char *name;
} Extra;

struct KeyDecoder {
    GByteArray *input;
    GArray *extras; /* of Extra */
    GString *paste; /* not NULL within a bracketed paste */
    gboolean paste_cut;
    gboolean utf8;
    gboolean sixel; /* heard */
};

void key_clear(Key *key)
{
    g_clear_pointer(&key->text, g_free);
}

Key key_named(const char *name)
{
    Key key = { .kind = KEY_PRESS };
    g_strlcpy(key.name, name, sizeof key.name);
    return key;
}

gboolean key_is(const Key *key, const char *name)
{
    return key->kind == KEY_PRESS && strcmp(key->name, name) == 0;
}

const char *key_text(const Key *key)
{
    if (key->kind != KEY_PRESS)
        return NULL;
    if (key->name[0] != '<')
        return key->name;
    if (strcmp(key->name, "<Space>") == 0)
        return " ";
    return strcmp(key->name, "<lt>") == 0 ? "<" : NULL;
}

KeyDecoder *key_decoder_new(gboolean utf8)
{
    KeyDecoder *decoder = g_new0(KeyDecoder, 1);
    decoder->input = g_byte_array_new();
    decoder->extras = g_array_new(FALSE, TRUE, sizeof(Extra));
    decoder->utf8 = utf8;
    return decoder;
}

void key_decoder_free(KeyDecoder *decoder)
{
    if (!decoder)
        return;
    for (guint i = 0; i < decoder->extras->len; i++) {
        Extra *extra = &g_array_index(decoder->extras, Extra, i);
        g_free(extra->bytes);
        g_free(extra->name);
    }
    g_array_unref(decoder->extras);
    g_byte_array_unref(decoder->input);
    if (decoder->paste)
        g_string_free(decoder->paste, TRUE);
    g_free(decoder);
}

void key_decoder_add(KeyDecoder *decoder, const char *bytes, const char *name)
{
    /* A single byte would take a letter's or a control's place, and those are known. */
    if (strlen(bytes) < 2)
        return;
    Extra extra = { g_strdup(bytes), strlen(bytes), g_strdup(name) };
    g_array_append_val(decoder->extras, extra);
}

void key_decoder_feed(KeyDecoder *decoder, const char *bytes, gsize length)
{
    g_byte_array_append(decoder->input, (const guint8 *)bytes, (guint)length);
}

gboolean key_decoder_is_waiting(const KeyDecoder *decoder)
{
    return decoder->input->len > 0 && !decoder->paste;
}

/* --- names ------------------------------------------------------------------------------------- */

enum { SHIFT = 1, ALT = 2, CTRL = 4 }; /* as xterm counts: parameter minus one */

static void name_special(Key *key, const char *base, guint modifiers)
{
    g_snprintf(key->name, sizeof key->name, "<%s%s%s%s>", modifiers & CTRL ? "C-" : "",
               modifiers & ALT ? "M-" : "", modifiers & SHIFT ? "S-" : "", base);
}

static const char *special_of_char(gunichar c)
{
    switch (c) {
    case '\r':
        return "Enter";
    case '\t':
        return "Tab";
    case ' ':
        return "Space";
    case 0x1b:
        return "Esc";
    case 0x7f:
        return "Backspace";
    default:
        return NULL;
    }
}

/* A character with modifiers; c may be a control character. */
static void name_char(Key *key, gunichar c, guint modifiers)
{
    const char *special = special_of_char(c);
    if (special) {
        if (c == ' ' && !modifiers)
            g_strlcpy(key->name, "<Space>", sizeof key->name);
        else
            name_special(key, special, modifiers);
        return;
    }
    if (c == 0) {
        name_special(key, "Space", modifiers | CTRL);
        return;
    }
    if (c < 0x20) {
        c = c <= 26 ? c + 'a' - 1 : c + '@';
        modifiers |= CTRL;
    }
    char base[8] = "";
    if (c == '<')
        g_strlcpy(base, "lt", sizeof base);
    else
        base[g_unichar_to_utf8(c, base)] = '\0';
    /* Shift is in the character already. */
    if (modifiers & (CTRL | ALT))
        name_special(key, base, modifiers & (CTRL | ALT));
    else if (c == '<')
        g_strlcpy(key->name, "<lt>", sizeof key->name);
    else
        g_strlcpy(key->name, base, sizeof key->name);
}

static const char *name_of_final(char final)
{
    switch (final) {
    case 'A':
        return "Up";
    case 'B':
        return "Down";
    case 'C':
        return "Right";
    case 'D':
        return "Left";
    case 'H':
        return "Home";
    case 'F':
        return "End";
    case 'P':
        return "F1";
    case 'Q':
        return "F2";
    case 'R':
        return "F3";
    case 'S':
        return "F4";
    default:
        return NULL;
    }
}

static const char *name_of_number(guint number)
{
    static const char *const names[] = {
        [1] = "Home", [2] = "Insert", [3] = "Delete", [4] = "End",  [5] = "PageUp", [6] = "PageDown",
        [7] = "Home", [8] = "End",    [11] = "F1",    [12] = "F2",  [13] = "F3",    [14] = "F4",
        [15] = "F5",  [17] = "F6",    [18] = "F7",    [19] = "F8",  [20] = "F9",    [21] = "F10",
        [23] = "F11", [24] = "F12",   [25] = "F13",   [26] = "F14", [28] = "F15",   [29] = "F16",
        [31] = "F17", [32] = "F18",   [33] = "F19",   [34] = "F20",
    };
    return number < G_N_ELEMENTS(names) ? names[number] : NULL;
}

/* --- sequences --------------------------------------------------------------------------------- */

typedef enum {
    NOTHING,   /* wait for more */
    TAKEN,     /* a key was made */
    SWALLOWED, /* bytes went, no key came of them */
} Outcome;

static void consume(KeyDecoder *decoder, gsize length)
{
    g_byte_array_remove_range(decoder->input, 0, (guint)MIN(length, decoder->input->len));
}

/* One key in rxvt's or the console's own way: CSI with a final of theirs. */
static gboolean name_odd_final(Key *key, char final, guint number)
{
    if (final == 'Z')
        name_special(key, "Tab", SHIFT);
    else if (final == '^' && name_of_number(number))
        name_special(key, name_of_number(number), CTRL);
    else if (final == '$' && name_of_number(number))
        name_special(key, name_of_number(number), SHIFT);
    else if (final == '@' && name_of_number(number))
        name_special(key, name_of_number(number), CTRL | SHIFT);
    else if (final >= 'a' && final <= 'd')
        name_special(key, name_of_final((char)(final - 'a' + 'A')), SHIFT);
    else
        return FALSE;
    return TRUE;
}

static gboolean name_csi(Key *key, const guint *numbers, guint n, char final)
{
    guint modifiers = n >= 2 && numbers[1] > 0 ? (numbers[1] - 1) & 7 : 0;
    const char *name = NULL;
    if (final == '~' && n >= 3 && numbers[0] == 27) { /* xterm's modifyOtherKeys */
        if (!g_unichar_validate(numbers[2]))
            return FALSE;
        name_char(key, numbers[2], modifiers);
        return TRUE;
    }
    if (final == 'u') {
        if (n < 1 || !g_unichar_validate(numbers[0]))
            return FALSE;
        name_char(key, numbers[0], modifiers);
        return TRUE;
    }
    if (final == '~')
        name = n >= 1 ? name_of_number(numbers[0]) : NULL;
    else
        name = name_of_final(final);
    if (name) {
        name_special(key, name, modifiers);
        return TRUE;
    }
    return name_odd_final(key, final, n >= 1 ? numbers[0] : 0);
}

/* ESC [ < button ; column ; row M or m: xterm's SGR report (1006). Bits of the button: 0–1 which, 5 moving, 6 the wheel. */
static gboolean name_mouse(Key *key, const guint *numbers, guint n, char final)
{
    if (n != 3 || (final != 'M' && final != 'm') || numbers[1] == 0 || numbers[2] == 0 || numbers[1] > 10000 || numbers[2] > 10000)
        return FALSE;
    guint code = numbers[0];
    if ((code & 64) && (code & 3) > 1)
        return FALSE; /* wheels to the sides */
    key->kind = KEY_MOUSE;
    key->column = (int)numbers[1] - 1;
    key->row = (int)numbers[2] - 1;
    key->button = code & 64 ? 0 : (code & 3) == 3 ? 0 : (code & 3) + 1;
    key->mouse = code & 64       ? (code & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP)
                 : final == 'm'  ? MOUSE_RELEASE
                 : code & 32     ? MOUSE_DRAG
                                 : MOUSE_PRESS;
    return TRUE;
}

/* "62;4;22": what a terminal says of itself; the first is its family. */
static gboolean can_sixel(const char *parameters, gsize length)
{
    g_autofree char *text = g_strndup(parameters, length);
    g_auto(GStrv) words = g_strsplit(text, ";", -1);
    return words[0] && g_strv_contains((const char *const *)words + 1, "4");
}

gboolean key_decoder_heard_sixel(const KeyDecoder *decoder)
{
    return decoder->sixel;
}

/* ESC [ … (ECMA-48 §5.4): parameters 0x30–0x3f, intermediates 0x20–0x2f, one final. */
static Outcome take_csi(KeyDecoder *decoder, gboolean final, Key *key)
{
    const guint8 *p = decoder->input->data;
    gsize length = decoder->input->len, at = 2;
    if (length > 2 && p[2] == '[') { /* the Linux console's F1 … F5: ESC [ [ A … E */
        if (length < 4 && !final)
            return NOTHING;
        gboolean known = length >= 4 && p[3] >= 'A' && p[3] <= 'E';
        if (known)
            g_snprintf(key->name, sizeof key->name, "<F%d>", p[3] - 'A' + 1);
        consume(decoder, 4);
        return known ? TAKEN : SWALLOWED;
    }
    guint numbers[4] = { 0 }, n = 0;
    gboolean private = FALSE, is_mouse = length > 2 && p[2] == '<';
    if (is_mouse)
        at++;
    while (at < length && p[at] >= 0x20 && p[at] <= 0x3f && at < SEQUENCE_MAX) {
        if (g_ascii_isdigit(p[at])) {
            n = MAX(n, 1);
            guint *number = &numbers[n - 1];
            *number = MIN(*number * 10 + (guint)(p[at] - '0'), 0x200000);
        } else if (p[at] == ';') {
            n = MIN(MAX(n, 1) + 1, G_N_ELEMENTS(numbers));
        } else if (p[at] != '$') {
            private = TRUE;
        }
        at++;
    }
    if (at >= length) {
        if (!final)
            return NOTHING;
        /* Alt-[ by hand: nothing follows it */
        if (length == 2)
            g_strlcpy(key->name, "<M-[>", sizeof key->name);
        consume(decoder, length);
        return length == 2 ? TAKEN : SWALLOWED;
    }
    if (at >= SEQUENCE_MAX || p[at] < 0x20 || p[at] > 0x7e) { /* broken off, or no sequence at all */
        consume(decoder, at);
        return SWALLOWED;
    }
    char last = (char)p[at];
    if (last == 'c' && p[2] == '?')
        decoder->sixel |= can_sixel((const char *)p + 3, at - 3);
    gboolean dollar = at > 2 && p[at - 1] == '$';
    consume(decoder, at + 1);
    if (last == '~' && n == 1 && numbers[0] == 200) {
        decoder->paste = g_string_new(NULL);
        decoder->paste_cut = FALSE;
        return SWALLOWED;
    }
    if (is_mouse)
        return name_mouse(key, numbers, n, last) ? TAKEN : SWALLOWED;
    if (private || dollar)
        return SWALLOWED;
    return name_csi(key, numbers, n, last) ? TAKEN : SWALLOWED;
}

/* ESC O x: cursor and keypad keys in application mode. */
static Outcome take_ss3(KeyDecoder *decoder, gboolean final, Key *key)
{
    if (decoder->input->len < 3) {
        if (!final)
            return NOTHING;
        g_strlcpy(key->name, "<M-O>", sizeof key->name);
        consume(decoder, 2);
        return TAKEN;
    }
    char c = (char)decoder->input->data[2];
    const char *name = name_of_final(c);
    consume(decoder, 3);
    if (name)
        name_special(key, name, 0);
    else if (c == 'M')
        g_strlcpy(key->name, "<Enter>", sizeof key->name);
    else if (c >= 'a' && c <= 'd')
        name_special(key, name_of_final((char)(c - 'a' + 'A')), CTRL);
    else if (c >= 'j' && c <= 'y')
        name_char(key, (gunichar)(c - 'j' + '*'), 0);
    else
        return SWALLOWED;
    return TAKEN;
}

/* One character at `offset` of the input. 0: incomplete; else bytes used, *c is 0xFFFFFFFF for rubbish. */
static gsize take_char(KeyDecoder *decoder, gsize offset, gboolean final, gunichar *c)
{
    const char *p = (const char *)decoder->input->data + offset;
    gsize length = decoder->input->len - offset;
    *c = (gunichar)-1;
    if ((guchar)*p < 0x80) {
        *c = (guchar)*p;
        return 1;
    }
    if (decoder->utf8) {
        gunichar got = g_utf8_get_char_validated(p, (gssize)length);
        if (got == (gunichar)-2)
            return final ? length : 0;
        if (got == (gunichar)-1)
            return 1;
        *c = got;
        return (gsize)(g_utf8_next_char(p) - p);
    }
    mbstate_t state = { 0 };
    wchar_t wide = 0;
    size_t used = mbrtowc(&wide, p, length, &state);
    if (used == (size_t)-2)
        return final ? length : 0;
    if (used == (size_t)-1 || used == 0)
        return 1;
    *c = (gunichar)wide;
    return used;
}

static Outcome take_plain(KeyDecoder *decoder, gsize offset, guint modifiers, gboolean final, Key *key)
{
    gunichar c;
    gsize used = take_char(decoder, offset, final, &c);
    if (used == 0)
        return NOTHING;
    consume(decoder, offset + used);
    /* C1 controls are no keys of anybody's. */
    if (c == (gunichar)-1 || (c >= 0x80 && c < 0xa0))
        return SWALLOWED;
    name_char(key, c, modifiers);
    return TAKEN;
}

static Outcome take_extra(KeyDecoder *decoder, gboolean final, Key *key)
{
    gboolean may_grow = FALSE;
    for (guint i = 0; i < decoder->extras->len; i++) {
        const Extra *extra = &g_array_index(decoder->extras, Extra, i);
        gsize common = MIN(extra->length, decoder->input->len);
        if (memcmp(extra->bytes, decoder->input->data, common) != 0)
            continue;
        if (common == extra->length) {
            g_strlcpy(key->name, extra->name, sizeof key->name);
            consume(decoder, extra->length);
            return TAKEN;
        }
        may_grow = TRUE;
    }
    return may_grow && !final ? NOTHING : SWALLOWED; /* SWALLOWED: not one of these */
}

static Outcome take_escape(KeyDecoder *decoder, gboolean final, Key *key)
{
    gsize before = decoder->input->len;
    Outcome extra = take_extra(decoder, final, key);
    if (extra == TAKEN)
        return TAKEN;
    if (before == 1) {
        if (!final)
            return NOTHING;
        g_strlcpy(key->name, "<Esc>", sizeof key->name);
        consume(decoder, 1);
        return TAKEN;
    }
    guint8 second = decoder->input->data[1];
    if (second == '[')
        return take_csi(decoder, final, key);
    if (second == 'O')
        return take_ss3(decoder, final, key);
    if (second == 0x1b) { /* the first one was a key by itself */
        g_strlcpy(key->name, "<Esc>", sizeof key->name);
        consume(decoder, 1);
        return TAKEN;
    }
    return take_plain(decoder, 1, ALT, final, key);
}

/* --- paste ------------------------------------------------------------------------------------- */

static const char paste_end[] = "\033[201~";

static char *paste_text(KeyDecoder *decoder)
{
    g_autofree char *raw = g_string_free(decoder->paste, FALSE);
    decoder->paste = NULL;
    if (decoder->utf8)
        return g_utf8_make_valid(raw, -1);
    char *converted = g_locale_to_utf8(raw, -1, NULL, NULL, NULL);
    return converted ? converted : g_utf8_make_valid(raw, -1);
}

static Outcome take_paste(KeyDecoder *decoder, Key *key)
{
    GByteArray *input = decoder->input;
    const guint8 *end = memmem(input->data, input->len, paste_end, sizeof paste_end - 1);
    /* Without an end in sight the last bytes may be the start of it. */
    gsize take = end ? (gsize)(end - input->data) : input->len - MIN(input->len, sizeof paste_end - 2);
    gsize room = KEY_PASTE_MAX - MIN(decoder->paste->len, KEY_PASTE_MAX);
    for (gsize i = 0; i < MIN(take, room); i++) /* a NUL would end the string */
        g_string_append_c(decoder->paste, input->data[i] ? (char)input->data[i] : ' ');
    consume(decoder, end ? take + sizeof paste_end - 1 : take);
    if (!end)
        return NOTHING;
    key->kind = KEY_PASTE;
    key->text = paste_text(decoder);
    return TAKEN;
}

gboolean key_decoder_next(KeyDecoder *decoder, gboolean final, Key *key)
{
    for (;;) {
        *key = (Key){ .kind = KEY_PRESS };
        Outcome outcome = NOTHING;
        if (decoder->paste)
            outcome = take_paste(decoder, key);
        else if (decoder->input->len == 0)
            return FALSE;
        else if (decoder->input->data[0] == 0x1b)
            outcome = take_escape(decoder, final, key);
        else
            outcome = take_plain(decoder, 0, 0, final, key);
        if (outcome != SWALLOWED)
            return outcome == TAKEN;
    }
}
