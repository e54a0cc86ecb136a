/* Bytes in any charset to UTF-8 (see charset.h).
 *
 * The labels of real mail are read as browsers read them (WHATWG Encoding): "iso-8859-1" means windows-1252,
 * "gb2312" means GB18030, and so on, because that is what the programs that write them mean. */
#include "config.h"
#include "mime/charset.h"

#include <errno.h>
#include <string.h>

typedef struct {
    const char *label; /* lower case */
    const char *iconv;
} Alias;

static const Alias aliases[] = {
    { "ansi_x3.4-1968", "WINDOWS-1252" },
    { "ascii", "WINDOWS-1252" },
    { "big5", "BIG5-HKSCS" },
    { "chinese", "GB18030" },
    { "cp-850", "CP850" },
    { "cp936", "GB18030" },
    { "euc-kr", "CP949" },
    { "gb2312", "GB18030" },
    { "gb_2312-80", "GB18030" },
    { "gbk", "GB18030" },
    { "iso-2022-jp", "ISO-2022-JP-2" },
    { "iso-8859-1", "WINDOWS-1252" },
    { "iso-8859-11", "CP874" },
    { "iso-8859-8-e", "ISO-8859-8" },
    { "iso-8859-8-i", "ISO-8859-8" },
    { "iso-8859-9", "WINDOWS-1254" },
    { "iso8859-1", "WINDOWS-1252" },
    { "iso_8859-1", "WINDOWS-1252" },
    { "ks_c_5601-1987", "CP949" },
    { "ksc5601", "CP949" },
    { "latin-1", "WINDOWS-1252" },
    { "latin1", "WINDOWS-1252" },
    { "ms_kanji", "CP932" },
    { "shift-jis", "CP932" },
    { "shift_jis", "CP932" },
    { "sjis", "CP932" },
    { "tis-620", "CP874" },
    { "unicode-1-1-utf-7", "UTF-7" },
    { "unicode-1-1-utf-8", "UTF-8" },
    { "us-ascii", "WINDOWS-1252" },
    { "utf8", "UTF-8" },
    { "utf_8", "UTF-8" },
    { "utf-8", "UTF-8" },
    { "windows-31j", "CP932" },
    { "windows-949", "CP949" },
    { "x-euc-jp", "EUC-JP" },
    { "x-gbk", "GB18030" },
    { "x-mac-cyrillic", "MAC-CYRILLIC" },
    { "x-mac-roman", "MACINTOSH" },
    { "x-sjis", "CP932" },
};

/* The iconv name of a label; NULL for labels that mean "I do not know" and for what is not a name at all.
 * Only letters, digits and a few marks pass: a label must not reach iconv_open() with its "//" switches or a
 * path. */
static char *iconv_name(const char *charset)
{
    if (!charset)
        return NULL;
    char label[48];
    gsize n = 0;
    for (const char *p = charset; *p; p++) {
        if (*p == ' ' || *p == '\t' || *p == '"' || *p == '\'')
            continue;
        if (!g_ascii_isalnum(*p) && !strchr("-_.:+", *p))
            return NULL;
        if (n + 1 >= sizeof label)
            return NULL;
        label[n++] = g_ascii_tolower(*p);
    }
    label[n] = '\0';
    static const char *const unknown[] = { "",        "unknown", "unknown-8bit", "x-unknown",
                                           "default", "binary",  "none",         "_iso-2022-jp$esc" };
    for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++)
        if (strcmp(label, unknown[i]) == 0)
            return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
        if (strcmp(label, aliases[i].label) == 0)
            return g_strdup(aliases[i].iconv);
    return g_strdup(label);
}

/* What 0x80 to 0x9f mean in windows-1252; the five holes stay replacement characters. */
static const guint16 windows_1252[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static char *from_windows_1252(const char *bytes, gsize length)
{
    GString *out = g_string_sized_new(length + length / 8 + 1);
    for (gsize i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c >= 0xa0)
            g_string_append_unichar(out, c);
        else if (c >= 0x80)
            g_string_append_unichar(out, windows_1252[c - 0x80]);
        else if (c)
            g_string_append_c(out, (char)c);
    }
    return g_string_free(out, FALSE);
}

typedef struct {
    gsize sequences; /* valid characters beyond ASCII */
    gsize errors; /* bytes that belong to no character; a character cut off at the very end is not counted */
} Utf8Census;

static Utf8Census count_utf8(const char *bytes, gsize length)
{
    Utf8Census census = { 0, 0 };
    const char *p = bytes, *end = bytes + length;
    while (p < end) {
        if ((unsigned char)*p < 0x80) {
            p++;
            continue;
        }
        gunichar c = g_utf8_get_char_validated(p, end - p);
        if (c == (gunichar)-2 && end - p < 4) {
            census.errors += census.sequences == 0; /* the only sign of UTF-8 would be half a character */
            break;
        }
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            census.errors++;
            p++;
        } else {
            census.sequences++;
            p = g_utf8_next_char(p);
        }
    }
    return census;
}

static char *without_nul_and_mark(const char *bytes, gsize length)
{
    if (length >= 3 && memcmp(bytes, "\357\273\277", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    GString *clean = g_string_sized_new(length + 1);
    const char *p = bytes, *end = bytes + length;
    while (p < end) {
        const char *nul = memchr(p, 0, (gsize)(end - p));
        const char *stop = nul ? nul : end;
        const char *bad;
        if (g_utf8_validate_len(p, (gsize)(stop - p), &bad)) {
            g_string_append_len(clean, p, stop - p);
            p = nul ? nul + 1 : end;
            continue;
        }
        g_string_append_len(clean, p, bad - p);
        g_string_append(clean, "\357\277\275");
        p = bad + 1;
    }
    return g_string_free(clean, FALSE);
}

/* Through iconv, one U+FFFD for each byte it refuses. */
static char *convert(GIConv converter, const char *bytes, gsize length, gsize *errors)
{
    GString *out = g_string_sized_new(length + length / 2 + 16);
    char buffer[4096];
    char *in = (char *)bytes;
    gsize left = length;
    *errors = 0;
    while (left > 0) {
        char *to = buffer;
        gsize room = sizeof buffer;
        gsize result = g_iconv(converter, &in, &left, &to, &room);
        int reason = errno;
        g_string_append_len(out, buffer, to - buffer);
        if (result != (gsize)-1 || (reason == E2BIG && to > buffer))
            continue;
        if (reason == EINVAL) /* cut off in the middle of a character: the text was fetched in part */
            break;
        (*errors)++;
        g_string_append(out, "\357\277\275");
        in++;
        left--;
    }
    /* Some (windows-1255, Big5-HKSCS) hold a character back to see whether a mark follows. */
    char *to = buffer;
    gsize room = sizeof buffer;
    g_iconv(converter, NULL, NULL, &to, &room);
    g_string_append_len(out, buffer, to - buffer);
    gsize converted = out->len;
    g_autofree char *raw = g_string_free(out, FALSE);
    return without_nul_and_mark(raw, converted);
}

static char *guess(const char *bytes, gsize length)
{
    /* ISO-2022-JP goes about without a label; its escapes are unmistakable. */
    if (memmem(bytes, length, "\033$B", 3) || memmem(bytes, length, "\033$@", 3)) {
        GIConv converter = g_iconv_open("UTF-8", "ISO-2022-JP-2");
        if (converter != (GIConv)-1) {
            gsize errors;
            char *text = convert(converter, bytes, length, &errors);
            g_iconv_close(converter);
            if (errors == 0)
                return text;
            g_free(text);
        }
    }
    Utf8Census census = count_utf8(bytes, length);
    if (census.errors <= census.sequences / 16)
        return without_nul_and_mark(bytes, length);
    return from_windows_1252(bytes, length);
}

static bool is_ascii(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((unsigned char)bytes[i] - 1u >= 0x7fu) /* 0 and everything from 0x80 */
            return false;
    return memchr(bytes, 033, length) == NULL;
}

/* UTF-16 and UTF-32 text without a single NUL byte is, in a mail, something else under a wrong label. */
static bool claims_wide_units(const char *name)
{
    return g_ascii_strncasecmp(name, "utf-16", 6) == 0 || g_ascii_strncasecmp(name, "utf-32", 6) == 0 ||
           g_ascii_strncasecmp(name, "ucs-", 4) == 0;
}

char *mime_to_utf8(const char *bytes, gsize length, const char *charset, bool *exact)
{
    bool ignored;
    if (!exact)
        exact = &ignored;
    *exact = true;
    if (length == 0)
        return g_strdup("");

    g_autofree char *name = iconv_name(charset);
    bool narrow = !name || strcmp(name, "UTF-8") == 0 || strcmp(name, "WINDOWS-1252") == 0;
    if (narrow && is_ascii(bytes, length))
        return g_strndup(bytes, length);
    if (!name)
        return guess(bytes, length);

    Utf8Census census = count_utf8(bytes, length);
    bool is_utf8 = census.sequences > 0 && census.errors == 0;
    if (strcmp(name, "UTF-8") == 0) {
        *exact = census.errors == 0;
        return census.errors <= census.sequences ? without_nul_and_mark(bytes, length) : guess(bytes, length);
    }
    if (strcmp(name, "WINDOWS-1252") == 0) {
        /* UTF-8 that passes as Latin-1 by chance does not exist in practice. */
        *exact = !is_utf8;
        return is_utf8 ? without_nul_and_mark(bytes, length) : guess(bytes, length);
    }

    GIConv converter = (GIConv)-1;
    if (!claims_wide_units(name) || memchr(bytes, 0, length))
        converter = g_iconv_open("UTF-8", name);
    if (converter == (GIConv)-1) {
        *exact = false;
        return guess(bytes, length);
    }
    gsize errors;
    char *text = convert(converter, bytes, length, &errors);
    g_iconv_close(converter);
    *exact = errors == 0;
    if (errors == 0 || (!is_utf8 && errors <= 1 + length / 50))
        return text;
    g_free(text);
    return guess(bytes, length);
}
