/* Keys for comparing and finding, and sizes in words. */
#include "config.h"
#include "base/text.h"
#include "base/i18n.h"

#include <string.h>

/* Letters that Unicode does not decompose but that people type without their stroke. */
static const char *folded_letter(gunichar c)
{
    switch (c) {
    case 0xe6:
        return "ae";
    case 0x153:
        return "oe";
    case 0xdf:
        return "ss";
    case 0xf8:
        return "o";
    case 0x111:
    case 0xf0:
        return "d";
    case 0x142:
        return "l";
    case 0xfe:
        return "th";
    case 0x131:
        return "i";
    case 0x127:
        return "h";
    default:
        return NULL;
    }
}

static void append_folded(GString *key, gunichar c)
{
    const char *letters = c >= 0x80 ? folded_letter(c) : NULL;
    if (letters) {
        g_string_append(key, letters);
    } else if (g_unichar_isspace(c)) {
        if (key->len > 0 && key->str[key->len - 1] != ' ')
            g_string_append_c(key, ' ');
    } else if (!(c >= 0x300 && g_unichar_ismark(c) && g_unichar_iszerowidth(c))) {
        g_string_append_unichar(key, c);
    }
}

static bool fold_ascii(GString *key, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80)
            return false;
        append_folded(key, (gunichar)g_ascii_tolower((char)c));
    }
    return true;
}

char *text_sort_key(const char *text, gssize len)
{
    gsize length = len < 0 ? strlen(text) : (gsize)len;
    GString *key = g_string_sized_new(length + 1);
    if (!fold_ascii(key, text, length)) {
        g_string_truncate(key, 0);
        g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
        g_autofree char *folded = g_utf8_casefold(valid, -1);
        g_autofree char *decomposed = g_utf8_normalize(folded, -1, G_NORMALIZE_ALL);
        for (const char *p = decomposed; *p; p = g_utf8_next_char(p))
            append_folded(key, g_utf8_get_char(p));
    }
    if (key->len > 0 && key->str[key->len - 1] == ' ')
        g_string_truncate(key, key->len - 1);
    return g_string_free(key, FALSE);
}

char *text_human_size(gint64 bytes)
{
    static const char *const units[] = { N_("kB"), N_("MB"), N_("GB"), N_("TB"), N_("PB"), N_("EB") };
    if (bytes < 0)
        return g_strdup("?");
    if (bytes < 1000)
        return g_strdup_printf(_("%d B"), (int)bytes);
    double value = (double)bytes / 1000;
    gsize unit = 0;
    while (value >= 999.5 && unit + 1 < G_N_ELEMENTS(units)) {
        value /= 1000;
        unit++;
    }
    /* One decimal only where it says something. */
    return g_strdup_printf(value < 9.95 ? "%.1f %s" : "%.0f %s", value, _(units[unit]));
}
