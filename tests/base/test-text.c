/* base/text.h: the sanitiser, cells, cutting, wrapping, keys. */
#include "config.h"
#include "base/text.h"

#include <locale.h>
#include <string.h>

static void assert_safe(const char *in, TextMode mode, const char *expected)
{
    g_autofree char *out = text_make_safe(in, -1, mode);
    g_assert_cmpstr(out, ==, expected);
    g_autofree char *again = text_make_safe(out, -1, mode);
    g_assert_cmpstr(again, ==, out);
    g_assert_true(text_is_safe(out, -1, mode));
}

static void test_safe_controls(void)
{
    assert_safe("plain", TEXT_SINGLE_LINE, "plain");
    assert_safe("\033[2Jx", TEXT_SINGLE_LINE, "\342\220\233[2Jx");
    assert_safe("bell\007 del\177", TEXT_SINGLE_LINE, "bell\342\220\207 del\342\220\241");
    assert_safe("c1 \302\233 31m", TEXT_SINGLE_LINE, "c1 \357\277\275 31m");
    assert_safe("raw c1 \233", TEXT_SINGLE_LINE, "raw c1 \357\277\275");
    assert_safe("a\r\nb\tc", TEXT_SINGLE_LINE, "a b c");
    assert_safe("a\r\nb\rc\nd", TEXT_MULTI_LINE, "a\nb\nc\nd");
    assert_safe("a\tb", TEXT_MULTI_LINE, "a       b");
    assert_safe("\344\275\240\tb", TEXT_MULTI_LINE, "\344\275\240      b");
    assert_safe("  trimmed  ", TEXT_SINGLE_LINE, "trimmed");
    assert_safe("  kept  ", TEXT_MULTI_LINE, "  kept  ");
    assert_safe("line\342\200\250sep", TEXT_SINGLE_LINE, "line sep");
    g_autofree char *nul = text_make_safe("a\0b", 3, TEXT_SINGLE_LINE);
    g_assert_cmpstr(nul, ==, "a\357\277\275b");
}

static void test_safe_invisible(void)
{
    assert_safe("gpj\342\200\256exe", TEXT_SINGLE_LINE, "gpjexe");
    assert_safe("a\342\201\246b\342\201\251c\342\200\217", TEXT_MULTI_LINE, "abc");
    assert_safe("zero\342\200\213width\357\273\277", TEXT_SINGLE_LINE, "zerowidth");
    assert_safe("soft\302\255hyphen", TEXT_SINGLE_LINE, "softhyphen");
    assert_safe("tag\363\240\201\201", TEXT_SINGLE_LINE, "tag");
    /* Persian needs its joiner in running text; in a single line it is one more thing to hide behind. */
    assert_safe("\331\205\333\214\342\200\214\330\256\331\210\330\247\331\207\331\205", TEXT_MULTI_LINE,
                "\331\205\333\214\342\200\214\330\256\331\210\330\247\331\207\331\205");
    assert_safe("\331\205\333\214\342\200\214\330\256", TEXT_SINGLE_LINE, "\331\205\333\214\330\256");
    assert_safe("a\342\200\215b", TEXT_MULTI_LINE, "ab");
}

static void test_safe_invalid(void)
{
    assert_safe("\377\376x", TEXT_SINGLE_LINE, "\357\277\275\357\277\275x");
    assert_safe("cut \303", TEXT_SINGLE_LINE, "cut \357\277\275");
    assert_safe("\355\240\200", TEXT_SINGLE_LINE, "\357\277\275\357\277\275\357\277\275"); /* a surrogate */
    assert_safe("non\357\277\277char", TEXT_SINGLE_LINE, "non\357\277\275char");
    assert_safe("unassigned \363\260\200\200", TEXT_SINGLE_LINE,
                "unassigned \363\260\200\200"); /* private use is assigned to us all */
}

static void test_safe_marks(void)
{
    GString *zalgo = g_string_new("Z");
    for (int i = 0; i < 100; i++)
        g_string_append(zalgo, "\314\200");
    g_autofree char *safe = text_make_safe(zalgo->str, -1, TEXT_SINGLE_LINE);
    g_assert_cmpint(g_utf8_strlen(safe, -1), ==, 1 + TEXT_MAX_MARKS);
    g_string_free(zalgo, TRUE);
    assert_safe("\314\200x", TEXT_SINGLE_LINE,
                "\342\227\214\314\200x"); /* nothing to stand on: a dotted circle */
    assert_safe("e\314\201", TEXT_SINGLE_LINE, "e\314\201");
}

static void test_safe_emoji(void)
{
    assert_safe("\342\235\244\357\270\217", TEXT_SINGLE_LINE, "\342\235\244");             /* VS16 */
    assert_safe("\360\237\221\215\360\237\217\275", TEXT_SINGLE_LINE, "\360\237\221\215"); /* skin tone */
    assert_safe("\360\237\221\250\342\200\215\360\237\221\251", TEXT_MULTI_LINE,
                "\360\237\221\250\360\237\221\251");
}

/* Whatever bytes come in, no control byte and no invalid UTF-8 comes out. */
static void test_safe_property(void)
{
    GRand *random = g_rand_new_with_seed(20260303);
    for (int round = 0; round < 4000; round++) {
        char bytes[200];
        gsize length = (gsize)g_rand_int_range(random, 0, sizeof bytes);
        for (gsize i = 0; i < length; i++) {
            guint32 kind = g_rand_int(random) % 4;
            bytes[i] = (char)(kind == 0   ? g_rand_int(random) % 32
                              : kind == 1 ? 0x80 + g_rand_int(random) % 128
                                          : g_rand_int(random));
        }
        for (int mode = 0; mode < 2; mode++) {
            g_autofree char *safe = text_make_safe(bytes, (gssize)length, (TextMode)mode);
            g_assert_true(g_utf8_validate(safe, -1, NULL));
            for (const unsigned char *p = (const unsigned char *)safe; *p; p++) {
                g_assert_true(*p >= 0x20 || (*p == '\n' && mode == TEXT_MULTI_LINE));
                g_assert_cmpint(*p, !=, 0x7f);
                g_assert_false(*p == 0xc2 && p[1] < 0xa0);
            }
            g_autofree char *again = text_make_safe(safe, -1, (TextMode)mode);
            g_assert_cmpstr(again, ==, safe);
            g_autofree char *fitted = text_fit(safe, 17, TEXT_CUT_MIDDLE);
            if (mode == TEXT_SINGLE_LINE)
                g_assert_cmpint(text_display_width(fitted, -1), ==, 17);
        }
    }
    g_rand_free(random);
}

static void test_width(void)
{
    g_assert_cmpint(text_display_width("abc", -1), ==, 3);
    g_assert_cmpint(text_display_width("\344\275\240\345\245\275", -1), ==, 4);
    g_assert_cmpint(text_display_width("e\314\201te\314\201", -1), ==, 3);
    g_assert_cmpint(
        text_display_width("\360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247", -1),
        ==, 2);
    g_assert_cmpint(text_display_width("\360\237\207\253\360\237\207\267", -1), ==, 2);     /* a flag */
    g_assert_cmpint(text_display_width("\341\204\222\341\205\241\341\206\253", -1), ==, 2); /* jamo */
    const char *text = "ae\314\201\344\275\240";
    const char *end = text + strlen(text);
    g_assert_true(text_previous_cluster(text, end) == text + 4);
    g_assert_true(text_previous_cluster(text, text + 4) == text + 1);
    g_assert_true(text_previous_cluster(text, text + 1) == text);
}

static void assert_fit(const char *text, int cells, TextCut cut, const char *expected)
{
    g_autofree char *fitted = text_fit(text, cells, cut);
    g_assert_cmpstr(fitted, ==, expected);
    g_assert_cmpint(text_display_width(fitted, -1), ==, MAX(cells, 0));
}

static void test_fit(void)
{
    assert_fit("abc", 5, TEXT_CUT_PLAIN, "abc  ");
    assert_fit("abcdef", 4, TEXT_CUT_PLAIN, "abcd");
    assert_fit("abcdef", 4, TEXT_CUT_ELLIPSIS, "abc\342\200\246");
    assert_fit("document-final.pdf", 11, TEXT_CUT_MIDDLE, "docum\342\200\246l.pdf");
    assert_fit("\344\275\240\345\245\275\344\275\240", 4, TEXT_CUT_ELLIPSIS, "\344\275\240\342\200\246 ");
    assert_fit("\344\275\240\345\245\275", 3, TEXT_CUT_PLAIN, "\344\275\240 ");
    assert_fit("x", 0, TEXT_CUT_PLAIN, "");
    g_autoptr(GString) right = g_string_new(NULL);
    text_append_fit(right, "42", -1, 5, TEXT_CUT_PLAIN, true);
    g_assert_cmpstr(right->str, ==, "   42");
}

static void assert_wrap(const char *text, int cells, const char *expected)
{
    g_auto(GStrv) lines = text_wrap(text, cells);
    g_autofree char *joined = g_strjoinv("|", lines);
    g_assert_cmpstr(joined, ==, expected);
}

static void test_wrap(void)
{
    assert_wrap("", 10, "");
    assert_wrap("one two three", 8, "one two|three");
    assert_wrap("one  two   ", 8, "one  two");
    assert_wrap("exactly8 x", 8, "exactly8|x");
    assert_wrap("abcdefghijkl", 5, "abcde|fghij|kl");
    assert_wrap("a\n\nb", 5, "a||b");
    assert_wrap("well-known fact", 6, "well-|known|fact");
    assert_wrap("\344\275\240\345\245\275\344\275\240\345\245\275", 5,
                "\344\275\240\345\245\275|\344\275\240\345\245\275");
    /* A full stop does not begin a line. */
    assert_wrap("\344\275\240\345\245\275\343\200\202", 4, "\344\275\240|\345\245\275\343\200\202");
    assert_wrap("\344\275\240", 1, "\344\275\240");
}

/* Every line is within the width, nothing but blanks is lost, and each call goes forward: so the number of
 * calls is bounded. */
static void test_wrap_property(void)
{
    GRand *random = g_rand_new_with_seed(7);
    static const char *const pieces[] = {
        "a", "word", " ", "  ", "-", "\n", "\344\275\240", "\343\200\202", "e\314\201", "longlonglonglongword"
    };
    for (int round = 0; round < 1000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int i = g_rand_int_range(random, 0, 60); i > 0; i--)
            g_string_append(text, pieces[g_rand_int(random) % G_N_ELEMENTS(pieces)]);
        int cells = g_rand_int_range(random, 2, 30);
        gsize calls = 0, kept = 0, letters = 0;
        const char *p = text->str, *end = p + text->len;
        for (const char *q = p; q < end; q++)
            letters += *q != ' ' && *q != '\n';
        while (p < end) {
            const char *line_end;
            const char *next = text_wrap_next(p, end, cells, &line_end);
            g_assert_true(next > p && line_end >= p && line_end <= next);
            g_assert_cmpint(text_display_width(p, line_end - p), <=, cells);
            for (const char *q = p; q < line_end; q++)
                kept += *q != ' ';
            p = next;
            calls++;
        }
        g_assert_cmpuint(kept, ==, letters);
        g_assert_cmpuint(calls, <=, text->len);
    }
    g_rand_free(random);
}

static void test_keys(void)
{
    g_autofree char *accents = text_sort_key("  \303\207a  \305\222uvre \303\237 \303\230re", -1);
    g_assert_cmpstr(accents, ==, "ca oeuvre ss ore");
    g_autofree char *ascii = text_sort_key("Hello\tWorld ", -1);
    g_assert_cmpstr(ascii, ==, "hello world");
    g_autofree char *wide = text_sort_key("\357\274\241\357\274\240", -1); /* full width A@ */
    g_assert_cmpstr(wide, ==, "a@");
    g_autofree char *broken = text_sort_key("a\377b", -1);
    g_assert_true(g_utf8_validate(broken, -1, NULL));
}

static void assert_words(const char *text, const char *expected)
{
    g_autofree char *words = text_words(text, -1);
    g_assert_cmpstr(words, ==, expected);
    g_autofree char *again = text_words(words, -1);
    g_assert_cmpstr(again, ==, words);
}

static void test_words(void)
{
    assert_words("", "");
    assert_words(" -- ", "");
    assert_words("The  Caf\303\251's\nkeys, (e-mail: a_b@example.org)", "the cafe s keys e mail a b example org");
    assert_words("\346\235\261\344\272\254 2026\345\271\264", "\346\235\261 \344\272\254 2026 \345\271\264");
    assert_words("a\377b", "a b");
    g_assert_true(text_words_hold("the cafe s keys", "cafe s"));
    g_assert_true(text_words_hold("the cafe s keys", "key"));
    g_assert_false(text_words_hold("the cafe s keys", "ke"));
    g_assert_true(text_words_hold("the cafe s keys", "s"));
    g_assert_false(text_words_hold("s", "s k"));
    g_assert_true(text_words_hold("the cafe s keys", "the caf"));
    g_assert_false(text_words_hold("the cafe s keys", "afe"));
    g_assert_false(text_words_hold("the cafe s keys", "caf s"));
    g_assert_true(text_words_hold("ab abc", "abc")); /* behind one that only begins alike */
    g_assert_false(text_words_hold("the", ""));
}

static void test_sizes(void)
{
    static const struct {
        gint64 bytes;
        const char *words;
    } cases[] = { { -1, "?" },           { 0, "0 B" },
                  { 999, "999 B" },      { 1000, "1.0 kB" },
                  { 9949, "9.9 kB" },    { 14200, "14 kB" },
                  { 999499, "999 kB" },  { 999500, "1.0 MB" },
                  { 5000000, "5.0 MB" }, { G_MAXINT64, "9.2 EB" } };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = text_human_size(cases[i].bytes);
        g_assert_cmpstr(words, ==, cases[i].words);
        g_assert_cmpint(text_display_width(words, -1), <=, 7);
    }
}

static void test_ascii(void)
{
    g_autofree char *out = text_to_ascii(
        "\303\211t\303\251 \342\200\224 \342\202\254 \342\224\200\342\226\221 \344\275\240", -1);
    g_assert_cmpstr(out, ==, "Ete - EUR -. ??");
    for (const char *p = out; *p; p++)
        g_assert_cmpint((unsigned char)*p, <, 0x80);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/safe/controls", test_safe_controls);
    g_test_add_func("/text/safe/invisible", test_safe_invisible);
    g_test_add_func("/text/safe/invalid", test_safe_invalid);
    g_test_add_func("/text/safe/marks", test_safe_marks);
    g_test_add_func("/text/safe/emoji", test_safe_emoji);
    g_test_add_func("/text/safe/property", test_safe_property);
    g_test_add_func("/text/width", test_width);
    g_test_add_func("/text/fit", test_fit);
    g_test_add_func("/text/wrap", test_wrap);
    g_test_add_func("/text/wrap/property", test_wrap_property);
    g_test_add_func("/text/keys", test_keys);
    g_test_add_func("/text/words", test_words);
    g_test_add_func("/text/sizes", test_sizes);
    g_test_add_func("/text/ascii", test_ascii);
    return g_test_run();
}
