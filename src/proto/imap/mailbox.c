#include "config.h"

#include "proto/imap/mailbox.h"

#include <string.h>

/* Modified base64 of RFC 3501 §5.1.3: "," in place of "/", no padding. */
static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static int digit_value(char c)
{
    const char *found = c == '\0' ? NULL : strchr(ALPHABET, c);
    return found == NULL ? -1 : (int)(found - ALPHABET);
}

/* One UTF-16 unit more. False for a surrogate that has no partner. */
static bool add_unit(GString *out, guint unit, guint *high)
{
    if (*high != 0) {
        if (unit < 0xdc00 || unit > 0xdfff)
            return false;
        g_string_append_unichar(out, 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00));
        *high = 0;
        return true;
    }
    if (unit >= 0xdc00 && unit <= 0xdfff)
        return false;
    if (unit >= 0xd800 && unit <= 0xdbff)
        *high = unit;
    else if (unit == 0)
        return false;
    else
        g_string_append_unichar(out, unit);
    return true;
}

/* From behind "&" to behind "-". */
static bool decode_shifted(GString *out, const char **at, const char *end)
{
    guint32 bits = 0;
    guint n_bits = 0, high = 0;
    const char *p = *at;

    if (p < end && *p == '-') {
        g_string_append_c(out, '&');
        *at = p + 1;
        return true;
    }
    for (; p < end && *p != '-'; p++) {
        int value = digit_value(*p);
        if (value < 0)
            return false;
        bits = bits << 6 | (guint32)value;
        n_bits += 6;
        if (n_bits >= 16) {
            n_bits -= 16;
            if (!add_unit(out, bits >> n_bits & 0xffff, &high))
                return false;
            bits &= (1u << n_bits) - 1;
        }
    }
    if (p == end || high != 0 || n_bits >= 6 || bits != 0)
        return false;
    *at = p + 1;
    return true;
}

static bool decode_utf7(GString *out, const char *p, const char *end)
{
    while (p < end) {
        char c = *p++;
        if (c == '&') {
            if (!decode_shifted(out, &p, end))
                return false;
        } else if ((guchar)c >= 0x80 || c == '\0') {
            return false;
        } else {
            g_string_append_c(out, c);
        }
    }
    return true;
}

char *imap_mailbox_decode(const char *wire, gssize len, bool utf8, bool *exact)
{
    gsize size = len < 0 ? strlen(wire) : (gsize)len;
    g_autofree char *name = NULL;
    GString *out = g_string_sized_new(size);

    if (!utf8 && decode_utf7(out, wire, wire + size))
        name = g_string_free(out, FALSE);
    else
        g_string_free(out, TRUE);
    /* What is in no valid encoding is shown as it came; many old servers send raw UTF-8. */
    if (name == NULL)
        name = g_utf8_make_valid(wire, (gssize)size);
    if (exact != NULL) {
        g_autofree char *back = imap_mailbox_encode(name, utf8);
        *exact = back != NULL && strlen(back) == size && memcmp(back, wire, size) == 0;
    }
    return g_steal_pointer(&name);
}

static void encode_shifted(GString *out, const char *from, const char *to)
{
    guint32 bits = 0;
    guint n_bits = 0;

    g_string_append_c(out, '&');
    for (const char *p = from; p < to; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        guint units[2], n = 0;
        if (c >= 0x10000) {
            units[n++] = 0xd800 + ((c - 0x10000) >> 10);
            units[n++] = 0xdc00 + ((c - 0x10000) & 0x3ff);
        } else {
            units[n++] = c;
        }
        for (guint i = 0; i < n; i++) {
            bits = bits << 16 | units[i];
            n_bits += 16;
            while (n_bits >= 6) {
                n_bits -= 6;
                g_string_append_c(out, ALPHABET[bits >> n_bits & 0x3f]);
            }
            bits &= (1u << n_bits) - 1;
        }
    }
    if (n_bits > 0)
        g_string_append_c(out, ALPHABET[bits << (6 - n_bits) & 0x3f]);
    g_string_append_c(out, '-');
}

char *imap_mailbox_encode(const char *name, bool utf8)
{
    if (!g_utf8_validate(name, -1, NULL))
        return NULL;
    for (const char *p = name; *p != '\0'; p++)
        if (g_ascii_iscntrl(*p))
            return NULL;
    if (utf8)
        return g_strdup(name);

    GString *out = g_string_sized_new(strlen(name));
    for (const char *p = name; *p != '\0';) {
        const char *start = p;
        while ((guchar)*p >= 0x80)
            p = g_utf8_next_char(p);
        if (p > start) {
            encode_shifted(out, start, p);
            continue;
        }
        g_string_append_c(out, *p);
        if (*p++ == '&')
            g_string_append_c(out, '-');
    }
    return g_string_free(out, FALSE);
}

bool imap_mailbox_is_inbox(const char *wire)
{
    return g_ascii_strcasecmp(wire, "INBOX") == 0;
}
