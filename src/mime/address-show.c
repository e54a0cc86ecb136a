/* How addresses are shown so that nobody is deceived (see address.h; S33, S34). */
#include "config.h"
#include "mime/address.h"

#include "base/text.h"

#include <string.h>

bool mime_name_deceives(const char *name, const char *address)
{
    if (!name || (!strchr(name, '@') && !strstr(name, "\357\274\240") && !strstr(name, "\357\271\253")))
        return false;
    /* The key unifies "＠" with "@" and drops what cannot be seen. */
    g_autofree char *safe = text_make_safe(name, -1, TEXT_SINGLE_LINE);
    g_autofree char *claimed = text_sort_key(safe, -1);
    g_autofree char *true_one = text_sort_key(address ? address : "", -1);
    char *rest = claimed;
    if (*true_one) {
        char *own = strstr(claimed, true_one);
        if (own) { /* its own address in the name is honest; anything else beside it is not */
            memset(own, ' ', strlen(true_one));
        }
    }
    return strchr(rest, '@') != NULL;
}

/* Letters of other scripts that pass for Latin ones (from the Unicode confusables table, lower case). */
static bool imitates_latin(gunichar c)
{
    static const gunichar lookalikes[] = {
        0x3b1, 0x3bd, 0x3bf, 0x3c1, 0x3c5, 0x3f2, 0x430, 0x432, 0x433, 0x435, 0x43a,
        0x43c, 0x43d, 0x43e, 0x440, 0x441, 0x442, 0x443, 0x445, 0x44c, 0x455, 0x456,
        0x458, 0x45b, 0x491, 0x4bb, 0x4cf, 0x501, 0x51b, 0x51d, 0x578, 0x57d,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lookalikes); i++)
        if (lookalikes[i] == c)
            return true;
    return false;
}

/* East Asian names mix their scripts by right (UTS #39 §5.1). */
static guint script_class(gunichar c)
{
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_COMMON:
    case G_UNICODE_SCRIPT_INHERITED:
        return 0;
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_HANGUL:
    case G_UNICODE_SCRIPT_BOPOMOFO:
        return 1;
    default:
        return 2 + (guint)g_unichar_get_script(c);
    }
}

static bool label_deceives(const char *label)
{
    guint latin = 2 + (guint)G_UNICODE_SCRIPT_LATIN, seen = 0;
    bool only_lookalikes = true, foreign = false;
    for (const char *p = label; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_unichar_tolower(g_utf8_get_char(p));
        guint class = script_class(c);
        if (class == 0)
            continue;
        if (class != latin) {
            foreign = true;
            only_lookalikes = only_lookalikes && imitates_latin(c);
        }
        if (seen != 0 && seen != class)
            return true;
        seen = class;
    }
    return foreign && only_lookalikes;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

char *mime_domain_show(const char *domain)
{
    /* GLib's IDNA reads past the end of what is not UTF-8. */
    g_autofree char *valid = g_utf8_make_valid(domain, -1);
    g_autofree char *lower = g_utf8_strdown(valid, -1);
    if (is_ascii(lower) && !strstr(lower, "xn--"))
        return text_make_safe(valid, -1, TEXT_SINGLE_LINE);
    if (strlen(lower) > 255)
        return text_make_safe(lower, -1, TEXT_SINGLE_LINE);

    g_autofree char *unicode = is_ascii(lower) ? g_hostname_to_unicode(lower) : g_strdup(lower);
    g_autofree char *wire = g_hostname_to_ascii(lower);
    if (!unicode || !g_utf8_validate(unicode, -1, NULL))
        return text_make_safe(lower, -1, TEXT_SINGLE_LINE);

    g_autofree char *safe = text_make_safe(unicode, -1, TEXT_SINGLE_LINE);
    bool deceives = strcmp(safe, unicode) != 0;
    g_auto(GStrv) labels = g_strsplit(safe, ".", -1);
    for (char **label = labels; *label && !deceives; label++)
        deceives = label_deceives(*label);
    if (!deceives || !wire)
        return g_steal_pointer(&safe);
    g_autofree char *both = g_strdup_printf("%s (%s)", safe, wire);
    return text_make_safe(both, -1, TEXT_SINGLE_LINE);
}

static char *show_bare(const char *address)
{
    const char *at = strrchr(address, '@');
    if (!at)
        return text_make_safe(address, -1, TEXT_SINGLE_LINE);
    g_autofree char *local = text_make_safe(address, at - address, TEXT_SINGLE_LINE);
    g_autofree char *domain = mime_domain_show(at + 1);
    return g_strconcat(local, "@", domain, NULL);
}

char *mime_address_show_short(const char *name, const char *address)
{
    if (!name || !*name)
        return show_bare(address ? address : "");
    g_autofree char *safe = text_make_safe(name, -1, TEXT_SINGLE_LINE);
    if (!*safe)
        return show_bare(address ? address : "");
    if (!address || !mime_name_deceives(name, address))
        return g_steal_pointer(&safe);
    g_autofree char *bare = show_bare(address);
    return g_strdup_printf("%s <%s>", safe, bare);
}

char *mime_address_show(const char *name, const char *address)
{
    g_autofree char *safe = text_make_safe(name ? name : "", -1, TEXT_SINGLE_LINE);
    if (!address)
        return g_strconcat(safe, ":", NULL);
    g_autofree char *bare = show_bare(address);
    if (!*safe)
        return g_steal_pointer(&bare);
    return g_strdup_printf("%s <%s>", safe, bare);
}
