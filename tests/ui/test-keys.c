/* Bytes in, keys out: what terminals send, cut anywhere. */
#include "config.h"

#include <string.h>

#include "term/key.h"

typedef struct {
    const char *bytes, *keys; /* names joined by spaces */
} Case;

static const Case cases[] = {
    { "a", "a" },
    { "dG", "d G" },
    { "<", "<lt>" },
    { " ", "<Space>" },
    { "\r", "<Enter>" },
    { "\n", "<C-j>" },
    { "\t", "<Tab>" },
    { "\x7f", "<Backspace>" },
    { "\x07", "<C-g>" },
    { "\x1f", "<C-_>" },
    { "\xc3\xa9", "é" },
    { "\xe6\x97\xa5", "日" },
    { "\033[A\033[B\033OC\033OD", "<Up> <Down> <Right> <Left>" },
    { "\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "<Home> <End> <Home> <End> <Home> <End>" },
    { "\033[5~\033[6~\033[2~\033[3~", "<PageUp> <PageDown> <Insert> <Delete>" },
    { "\033OP\033[15~\033[24~\033[[A", "<F1> <F5> <F12> <F1>" },
    { "\033[Z", "<S-Tab>" },
    { "\033[1;5A\033[1;2B\033[1;3C\033[5;6~", "<C-Up> <S-Down> <M-Right> <C-S-PageUp>" },
    { "\033v", "<M-v>" },
    { "\033\t", "<M-Tab>" },
    { "\033\x01", "<C-M-a>" },
    { "\033[27;5;105~", "<C-i>" },
    { "\033[105;5u", "<C-i>" },
    { "\033[97u", "a" },
    /* swallowed whole: never letters */
    { "\033[?1;2cd", "d" },
    { "\033[99~d", "d" },
    { "\033[<0;10;20Md", "d" },
    { "\033[Id\033[Od", "d d" },
    { "\033[1;2;3;4;5;6;7;8;9Zx", "<S-Tab> x" },
    { "\033[999999999999999999~d", "d" },
    { "\x80\xff\xc3(", "(" },
    { "\xc2\x9b"
      "5d",
      "5 d" }, /* a C1 control is no key */
};

static char *decode(const char *bytes, gsize length, gsize step)
{
    KeyDecoder *decoder = key_decoder_new(TRUE);
    GString *keys = g_string_new(NULL);
    Key key;
    for (gsize at = 0; at < length || at == 0; at += step) {
        key_decoder_feed(decoder, bytes + at, MIN(step, length - at));
        gboolean final = at + step >= length;
        while (key_decoder_next(decoder, final, &key)) {
            g_string_append_printf(keys, "%s%s", keys->len ? " " : "",
                                   key.kind == KEY_PASTE ? "PASTE" : key.name);
            if (key.kind == KEY_PASTE)
                g_string_append_printf(keys, "(%s)", key.text);
            key_clear(&key);
        }
    }
    key_decoder_free(decoder);
    return g_string_free(keys, FALSE);
}

static void test_sequences(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        for (gsize step = 1; step <= 3; step++) { /* however the bytes are cut */
            g_autofree char *keys = decode(cases[i].bytes, strlen(cases[i].bytes), step);
            g_assert_cmpstr(keys, ==, cases[i].keys);
        }
}

static void test_escape_waits(void)
{
    KeyDecoder *decoder = key_decoder_new(TRUE);
    Key key;
    key_decoder_feed(decoder, "\033", 1);
    g_assert_false(key_decoder_next(decoder, FALSE, &key));
    g_assert_true(key_decoder_is_waiting(decoder));
    g_assert_true(key_decoder_next(decoder, TRUE, &key));
    g_assert_true(key_is(&key, "<Esc>"));
    g_assert_false(key_decoder_is_waiting(decoder));
    key_decoder_free(decoder);
    g_autofree char *twice = decode("\033\033", 2, 2);
    g_assert_cmpstr(twice, ==, "<Esc> <Esc>");
    g_autofree char *alone = decode("\033[", 2, 2);
    g_assert_cmpstr(alone, ==, "<M-[>");
}

static void test_paste(void)
{
    static const char bytes[] = "x\033[200~d\r\nq\033[Ay\033[201~z";
    for (gsize step = 1; step < sizeof bytes; step++) {
        g_autofree char *keys = decode(bytes, sizeof bytes - 1, step);
        g_assert_cmpstr(keys, ==, "x PASTE(d\r\nq\033[Ay) z");
    }
}

static void test_paste_is_bounded(void)
{
    KeyDecoder *decoder = key_decoder_new(TRUE);
    g_autofree char *block = g_strnfill(64 * 1024, 'a');
    Key key;
    key_decoder_feed(decoder, "\033[200~", 6);
    for (guint i = 0; i < 40; i++) {
        key_decoder_feed(decoder, block, 64 * 1024);
        g_assert_false(key_decoder_next(decoder, FALSE, &key));
    }
    key_decoder_feed(decoder, "\033[201~", 6);
    g_assert_true(key_decoder_next(decoder, FALSE, &key));
    g_assert_cmpint(key.kind, ==, KEY_PASTE);
    g_assert_cmpuint(strlen(key.text), ==, KEY_PASTE_MAX);
    key_clear(&key);
    key_decoder_free(decoder);
}

static void test_terminfo_key(void)
{
    KeyDecoder *decoder = key_decoder_new(TRUE);
    Key key;
    key_decoder_add(decoder, "\033[?~", "<F1>");
    key_decoder_add(decoder, "x", "<F2>"); /* one byte: left alone */
    key_decoder_feed(decoder, "\033[?~x", 5);
    g_assert_true(key_decoder_next(decoder, FALSE, &key));
    g_assert_true(key_is(&key, "<F1>"));
    g_assert_true(key_decoder_next(decoder, FALSE, &key));
    g_assert_true(key_is(&key, "x"));
    key_decoder_free(decoder);
}

/* Whatever bytes come, the decoder ends, and no name is longer than its room or holds a control. */
static void test_rubbish(void)
{
    GRand *random = g_rand_new_with_seed(20261123);
    for (guint round = 0; round < 3000; round++) {
        char bytes[48];
        gsize length = (gsize)g_rand_int_range(random, 1, sizeof bytes);
        static const char likely[] = "\033\033[[O;0123456789~u<?$ \x9b\xc3\xe2\xf0";
        for (gsize i = 0; i < length; i++)
            bytes[i] = g_rand_boolean(random) ? likely[g_rand_int_range(random, 0, sizeof likely - 1)]
                                              : (char)g_rand_int_range(random, 0, 256);
        KeyDecoder *decoder = key_decoder_new(TRUE);
        Key key;
        key_decoder_feed(decoder, bytes, length);
        guint keys = 0;
        while (key_decoder_next(decoder, TRUE, &key)) {
            if (key.kind == KEY_PRESS) {
                g_assert_cmpuint(strlen(key.name), >, 0);
                g_assert_cmpuint(strlen(key.name), <, KEY_NAME_BYTES);
                g_assert_true(g_utf8_validate(key.name, -1, NULL));
                for (const char *p = key.name; *p; p++)
                    g_assert_false(g_ascii_iscntrl(*p));
            }
            key_clear(&key);
            g_assert_cmpuint(++keys, <=, length);
        }
        key_decoder_free(decoder);
    }
    g_rand_free(random);
}

static void test_text_of_key(void)
{
    static const char *const typing[][2] = {
        { "a", "a" }, { "<lt>", "<" }, { "<Space>", " " }, { "é", "é" }
    };
    for (guint i = 0; i < G_N_ELEMENTS(typing); i++) {
        Key key = key_named(typing[i][0]);
        g_assert_cmpstr(key_text(&key), ==, typing[i][1]);
    }
    Key enter = key_named("<Enter>");
    g_assert_null(key_text(&enter));
}

/* The mouse as SGR reports it; rubbish of that form is swallowed whole. */
static void test_mouse(void)
{
    static const struct {
        const char *bytes;
        MouseAction action;
        guint button;
        int row, column;
    } expected[] = {
        { "\033[<0;10;5M", MOUSE_PRESS, 1, 4, 9 },     { "\033[<0;10;5m", MOUSE_RELEASE, 1, 4, 9 }, { "\033[<2;1;1M", MOUSE_PRESS, 3, 0, 0 },
        { "\033[<32;3;4M", MOUSE_DRAG, 1, 3, 2 },      { "\033[<64;3;4M", MOUSE_WHEEL_UP, 0, 3, 2 }, { "\033[<65;3;4M", MOUSE_WHEEL_DOWN, 0, 3, 2 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        KeyDecoder *decoder = key_decoder_new(TRUE);
        Key key;
        key_decoder_feed(decoder, expected[i].bytes, strlen(expected[i].bytes));
        g_assert_true(key_decoder_next(decoder, FALSE, &key));
        g_assert_cmpint(key.kind, ==, KEY_MOUSE);
        g_assert_cmpint(key.mouse, ==, expected[i].action);
        g_assert_cmpuint(key.button, ==, expected[i].button);
        g_assert_cmpint(key.row, ==, expected[i].row);
        g_assert_cmpint(key.column, ==, expected[i].column);
        key_decoder_free(decoder);
    }
    static const char *const rubbish[] = { "\033[<0;0;0M", "\033[<0;99999;1M", "\033[<1M", "\033[<0;1;1q", "\033[<66;1;1M" };
    for (guint i = 0; i < G_N_ELEMENTS(rubbish); i++) {
        KeyDecoder *decoder = key_decoder_new(TRUE);
        Key key;
        key_decoder_feed(decoder, rubbish[i], strlen(rubbish[i]));
        g_assert_false(key_decoder_next(decoder, TRUE, &key));
        key_decoder_free(decoder);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/term/key/sequences", test_sequences);
    g_test_add_func("/term/key/escape-waits", test_escape_waits);
    g_test_add_func("/term/key/paste", test_paste);
    g_test_add_func("/term/key/paste-is-bounded", test_paste_is_bounded);
    g_test_add_func("/term/key/terminfo", test_terminfo_key);
    g_test_add_func("/term/key/rubbish", test_rubbish);
    g_test_add_func("/term/key/text", test_text_of_key);
    g_test_add_func("/term/key/mouse", test_mouse);
    return g_test_run();
}
