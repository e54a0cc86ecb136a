/* Pictures: how large they are by their first bytes, and what of a converter's output may reach the terminal. */
#include "config.h"

#include <string.h>

#include "mime/picture.h"
#include "term/key.h"
#include "term/picture.h"

static void assert_size(const char *bytes, gsize length, int width, int height)
{
    int wide = -1, high = -1;
    bool known = mime_picture_size((const guint8 *)bytes, length, &wide, &high);
    g_assert_cmpint(known, ==, width > 0);
    if (known) {
        g_assert_cmpint(wide, ==, width);
        g_assert_cmpint(high, ==, height);
    }
}

#define SIZE(bytes, width, height) assert_size(bytes, sizeof bytes - 1, width, height)

static void test_sizes(void)
{
    SIZE("\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\1\0\0\0\0\200\10\2\0\0\0", 256, 128);
    SIZE("\211PNG\r\n\032\n\0\0\0\rIHDR\0\1\0\0\0\0\0\200\10\2\0\0\0", 0, 0); /* 65,536 wide */
    SIZE("\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\0\0\0\0\200\10\2\0\0\0", 0, 0); /* nothing wide */
    SIZE("GIF89a\12\0\5\0\0\0\0", 10, 5);
    SIZE("\377\330\377\340\0\4XX\377\377\377\302\0\21\10\0\100\0\60\3", 48, 64);
    SIZE("\377\330\377\304\0\4XX\377\332\0\4XX", 0, 0); /* no frame */
    SIZE("\377\330\377\340\0\0", 0, 0);                  /* a segment without room for its own length */
    SIZE("RIFF\0\0\0\0WEBPVP8X\12\0\0\0\0\0\0\0\11\0\0\4\0\0", 10, 5);
    SIZE("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\235\1\52\12\0\5\0", 10, 5);
    SIZE("<svg xmlns='http://www.w3.org/2000/svg'/>", 0, 0);
    SIZE("", 0, 0);
}

/* Cut anywhere and with any byte changed nothing beyond the end is read, and no size is out of bounds. */
static void test_size_damage(void)
{
    static const char *const heads[] = { "\211PNG\r\n\032\n", "GIF87a", "\377\330\377\340", "RIFF\1\1\1\1WEBPVP8X", "RIFF\1\1\1\1WEBPVP8L", "\377\330\377\300" };
    GRand *random = g_rand_new_with_seed(7);
    for (guint round = 0; round < 20000; round++) {
        const char *head = heads[round % G_N_ELEMENTS(heads)];
        gsize length = (gsize)g_rand_int_range(random, 0, 64);
        g_autofree guint8 *bytes = g_malloc(MAX(length, 1)); /* exactly: the sanitizer sees one byte too many */
        for (gsize i = 0; i < length; i++)
            bytes[i] = i < strlen(head) ? (guint8)head[i] : (guint8)g_rand_int_range(random, 0, 256);
        int width, height;
        if (mime_picture_size(bytes, length, &width, &height))
            g_assert_true(width >= 1 && width <= 65535 && height >= 1 && height <= 65535);
    }
    g_rand_free(random);
}

static void test_sixel(void)
{
    static const char good[] = "\033[?25l\033P0;1;0q\"1;1;2;6#0;2;0;0;0#0!2~-\n\033\\\033[?25h\n";
    g_autoptr(GBytes) found = picture_sixel(good, strlen(good));
    static const char picture[] = "\033P0;1;0q\"1;1;2;6#0;2;0;0;0#0!2~-\n\033\\";
    g_assert_cmpmem(g_bytes_get_data(found, NULL), g_bytes_get_size(found), picture, strlen(picture));
    static const char *const bad[] = {
        "", "\033P", "\033Pq~~", "\033P$q\"p\033\\", "\033Pq~\033]0;title\007~\033\\", "\033Pq~\a~\033\\", "\033Pq~\033[2J\033\\", "\033P0;1;0+q544e\033\\", "\033Pq\303\251\033\\",
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_null(picture_sixel(bad[i], strlen(bad[i])));
}

static void test_kitty(void)
{
    /* one pixel, in two pieces as chafa writes them */
    static const char good[] = "\033_Ga=T,f=32,s=1,v=1,c=1,r=1,m=1\033\\\033_Gm=1;AQI\033\\\033_Gm=1;DBA==\033\\\033_Gm=0\033\\";
    g_autoptr(GBytes) found = picture_kitty(good, strlen(good), 77);
    g_autofree char *text = g_strndup(g_bytes_get_data(found, NULL), g_bytes_get_size(found));
    g_assert_true(g_str_has_prefix(text, "\033_Ga=t,f=32,o=z,s=1,v=1,i=77,q=2,m=0;"));
    g_assert_true(g_str_has_suffix(text, "\033\\"));
    static const char *const bad[] = {
        "", "\033_G", "\033_Ga=T,f=32,s=1,v=1;AQID\033\\",             /* too few */
        "\033_Ga=T,f=32,s=2,v=2;AQIDBA==\033\\",                          /* too few for its size */
        "\033_Ga=T,f=100,s=1,v=1;AQIDBA==\033\\",                         /* no pixels */
        "\033_Ga=T,f=32,s=99999,v=99999;AQIDBA==\033\\",                  /* too many */
        "\033_Ga=T,t=f,f=32,v=1;L2V0Yy9wYXNzd2Q=\033\\",                  /* a file's name */
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_null(picture_kitty(bad[i], strlen(bad[i]), 1));
    g_assert_cmpstr(picture_kitty_place(5, 20, 4), ==, "\033_Ga=p,i=5,p=1,c=20,r=4,C=1,q=2\033\\");
    g_assert_cmpstr(picture_kitty_remove(5), ==, "\033_Ga=d,d=i,i=5,q=2\033\\");
}

/* What terminals answer to "what can you?": only a 4 behind the family counts, and no letter comes of it. */
static void test_answer(void)
{
    static const struct {
        const char *answer;
        gboolean sixel;
    } cases[] = { { "\033[?62;4;22c", TRUE }, { "\033[?62;4c", TRUE }, { "\033[?4;6c", FALSE }, { "\033[?64;1;44c", FALSE }, { "\033[?6c", FALSE }, { "\033[62;4c", FALSE } };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        KeyDecoder *decoder = key_decoder_new(TRUE);
        Key key;
        key_decoder_feed(decoder, cases[i].answer, strlen(cases[i].answer));
        while (key_decoder_next(decoder, TRUE, &key)) {
            g_assert_null(key_text(&key));
            key_clear(&key);
        }
        g_assert_cmpint(key_decoder_heard_sixel(decoder), ==, cases[i].sixel);
        key_decoder_free(decoder);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pictures/sizes", test_sizes);
    g_test_add_func("/pictures/size-damage", test_size_damage);
    g_test_add_func("/pictures/sixel", test_sixel);
    g_test_add_func("/pictures/kitty", test_kitty);
    g_test_add_func("/pictures/answer", test_answer);
    return g_test_run();
}
