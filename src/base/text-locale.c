/* For terminals and files that do not speak UTF-8.
 *
 * glibc's //TRANSLIT depends on the locale that is set and gives '?' for most of what a C locale shows, so
 * the common characters have a table here and the rest falls back on dropping accents. */
#include "config.h"
#include "base/text.h"

#include <langinfo.h>
#include <string.h>

typedef struct {
    gunichar c;
    const char *ascii;
} Substitute;

/* Sorted by code point. Frame and arrow characters keep their width of one cell. */
static const Substitute substitutes[] = {
    { 0xa0, " " },    { 0xa1, "!" },   { 0xa2, "c" },     { 0xa3, "GBP" },    { 0xa5, "JPY" },
    { 0xa6, "|" },    { 0xa7, "S" },   { 0xa9, "(c)" },   { 0xab, "<<" },     { 0xae, "(R)" },
    { 0xb0, "o" },    { 0xb1, "+-" },  { 0xb7, "." },     { 0xbb, ">>" },     { 0xbf, "?" },
    { 0xc6, "AE" },   { 0xd7, "x" },   { 0xd8, "O" },     { 0xdf, "ss" },     { 0xe6, "ae" },
    { 0xf7, "/" },    { 0xf8, "o" },   { 0x110, "D" },    { 0x111, "d" },     { 0x131, "i" },
    { 0x141, "L" },   { 0x142, "l" },  { 0x152, "OE" },   { 0x153, "oe" },    { 0x2010, "-" },
    { 0x2011, "-" },  { 0x2012, "-" }, { 0x2013, "-" },   { 0x2014, "-" },    { 0x2015, "-" },
    { 0x2018, "'" },  { 0x2019, "'" }, { 0x201a, "," },   { 0x201c, "\"" },   { 0x201d, "\"" },
    { 0x201e, "\"" }, { 0x2020, "+" }, { 0x2022, "*" },   { 0x2026, "." },    { 0x202f, " " },
    { 0x2039, "<" },  { 0x203a, ">" }, { 0x20ac, "EUR" }, { 0x2122, "(TM)" }, { 0x2190, "<" },
    { 0x2191, "^" },  { 0x2192, ">" }, { 0x2193, "v" },   { 0x21b3, ">" },    { 0x2212, "-" },
    { 0x241b, "?" },  { 0x2500, "-" }, { 0x2502, "|" },   { 0x250c, "+" },    { 0x2510, "+" },
    { 0x2514, "+" },  { 0x2518, "+" }, { 0x251c, "+" },   { 0x2524, "+" },    { 0x252c, "+" },
    { 0x2534, "+" },  { 0x253c, "+" }, { 0x256d, "+" },   { 0x256e, "+" },    { 0x256f, "+" },
    { 0x2570, "+" },  { 0x2588, "#" }, { 0x2591, "." },   { 0x2605, "*" },    { 0x2606, "*" },
    { 0x2713, "v" },  { 0x2717, "x" }, { 0xfffd, "?" },
};

static const char *substitute(gunichar c)
{
    gsize low = 0, high = G_N_ELEMENTS(substitutes);
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (substitutes[middle].c == c)
            return substitutes[middle].ascii;
        if (substitutes[middle].c < c)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void append_ascii(GString *out, gunichar c)
{
    if (c < 0x80) {
        g_string_append_c(out, (char)c);
        return;
    }
    const char *ascii = substitute(c);
    if (ascii) {
        g_string_append(out, ascii);
        return;
    }
    if (g_unichar_iszerowidth(c))
        return;
    gunichar decomposed[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = g_unichar_fully_decompose(c, TRUE, decomposed, G_N_ELEMENTS(decomposed));
    if (n > 0 && decomposed[0] < 0x80) {
        for (gsize i = 0; i < n && i < G_N_ELEMENTS(decomposed); i++)
            if (decomposed[i] < 0x80)
                g_string_append_c(out, (char)decomposed[i]);
        return;
    }
    g_string_append(out, text_char_width(c) == 2 ? "??" : "?");
}

char *text_to_ascii(const char *text, gssize len)
{
    g_autofree char *valid = g_utf8_make_valid(text, len);
    GString *out = g_string_sized_new(strlen(valid) + 1);
    for (const char *p = valid; *p; p = g_utf8_next_char(p))
        append_ascii(out, g_utf8_get_char(p));
    return g_string_free(out, FALSE);
}

bool text_locale_is_utf8(void)
{
    return g_ascii_strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* One character in the locale's charset, or false if it has none. */
static bool append_in_charset(GString *out, GIConv converter, const char *p, gsize length)
{
    char buffer[16];
    char *in = (char *)p, *to = buffer;
    gsize in_left = length, to_left = sizeof buffer;
    if (g_iconv(converter, &in, &in_left, &to, &to_left) != 0 || in_left > 0)
        return false;
    g_string_append_len(out, buffer, (gssize)(sizeof buffer - to_left));
    return true;
}

char *text_to_locale(const char *text, gssize len)
{
    if (text_locale_is_utf8())
        return len < 0 ? g_strdup(text) : g_strndup(text, (gsize)len);
    GIConv converter = g_iconv_open(nl_langinfo(CODESET), "UTF-8");
    if (converter == (GIConv)-1)
        return text_to_ascii(text, len);

    g_autofree char *valid = g_utf8_make_valid(text, len);
    GString *out = g_string_sized_new(strlen(valid) + 1);
    for (const char *p = valid; *p;) {
        const char *next = g_utf8_next_char(p);
        if ((unsigned char)*p < 0x80)
            g_string_append_c(out, *p);
        else if (!append_in_charset(out, converter, p, (gsize)(next - p)))
            append_ascii(out, g_utf8_get_char(p));
        p = next;
    }
    g_iconv_close(converter);
    return g_string_free(out, FALSE);
}
