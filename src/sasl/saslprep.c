/* Done with GLib's normalisation and the short tables of RFC 3454, instead of with a library: libidn2 has no
 * stringprep any more, and libidn would be a dependency for this one function. GLib's NFKC is that of a newer
 * Unicode than 3.2, which differs only for characters that were unassigned then. The check of mixed
 * directions (RFC 3454 §6) is left to the server: it cannot make two different strings equal, and a client
 * that refused a password that its server once accepted would only be in the way. */
#include "config.h"

#include "sasl/saslprep.h"

#include <string.h>

#include "base/secret.h"

typedef struct {
    gunichar first, last;
} Range;

/* B.1: commonly mapped to nothing. */
static const Range nothing[] = {
    { 0x00AD, 0x00AD }, { 0x034F, 0x034F }, { 0x1806, 0x1806 }, { 0x180B, 0x180D },
    { 0x200B, 0x200D }, { 0x2060, 0x2060 }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
};

/* C.1.2: spaces that are not the ASCII one. */
static const Range spaces[] = {
    { 0x00A0, 0x00A0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200B },
    { 0x202F, 0x202F }, { 0x205F, 0x205F }, { 0x3000, 0x3000 },
};

/* C.2.1, C.2.2, C.3, C.4, C.5 (not in UTF-8), C.6, C.7, C.8, C.9. */
static const Range prohibited[] = {
    { 0x0000, 0x001F },   { 0x007F, 0x009F },   { 0x0340, 0x0341 },   { 0x06DD, 0x06DD },
    { 0x070F, 0x070F },   { 0x180E, 0x180E },   { 0x200C, 0x200F },   { 0x2028, 0x202E },
    { 0x2060, 0x2063 },   { 0x206A, 0x206F },   { 0x2FF0, 0x2FFB },   { 0xE000, 0xF8FF },
    { 0xFDD0, 0xFDEF },   { 0xFEFF, 0xFEFF },   { 0xFFF9, 0xFFFF },   { 0x1D173, 0x1D17A },
    { 0xE0001, 0xE0001 }, { 0xE0020, 0xE007F }, { 0xF0000, 0xFFFFD }, { 0x100000, 0x10FFFD },
};

static gboolean is_in(gunichar character, const Range *ranges, gsize count)
{
    for (gsize i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return TRUE;
    return FALSE;
}

#define IS_IN(character, ranges) is_in(character, ranges, G_N_ELEMENTS(ranges))

/* The last two of every plane are no characters. */
static gboolean is_prohibited(gunichar character)
{
    return IS_IN(character, prohibited) || (character & 0xFFFE) == 0xFFFE;
}

static gboolean has_prohibited(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (is_prohibited(g_utf8_get_char(text)))
            return TRUE;
    return FALSE;
}

char *saslprep(const char *text)
{
    GString *mapped = g_string_sized_new(strlen(text) + 1); /* never grows: no copies are left behind */
    char *normal;

    for (; *text; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);

        /* U+200B stands in both tables: a space, since RFC 4013 §2.1 names that mapping first. */
        if (IS_IN(character, spaces))
            g_string_append_c(mapped, ' ');
        else if (!IS_IN(character, nothing))
            g_string_append_unichar(mapped, character);
    }
    normal = g_utf8_normalize(mapped->str, (gssize) mapped->len, G_NORMALIZE_ALL_COMPOSE);
    secret_free_string(mapped);
    if (normal && has_prohibited(normal)) {
        secret_free_text(normal);
        return NULL;
    }
    return normal;
}
