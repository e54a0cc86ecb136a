#include "config.h"

#include "base/mailflags.h"

#include <string.h>

static const struct {
    MailFlags bit;
    const char *name;
} flag_names[] = {
    { MAIL_FLAG_SEEN, "\\Seen" },
    { MAIL_FLAG_ANSWERED, "\\Answered" },
    { MAIL_FLAG_FLAGGED, "\\Flagged" },
    { MAIL_FLAG_DELETED, "\\Deleted" },
    { MAIL_FLAG_DRAFT, "\\Draft" },
    { MAIL_FLAG_FORWARDED, "$Forwarded" },
    { MAIL_FLAG_MDN_SENT, "$MDNSent" },
    { MAIL_FLAG_JUNK, "$Junk" },
    { MAIL_FLAG_NOT_JUNK, "$NotJunk" },
    { MAIL_FLAG_PHISHING, "$Phishing" },
};

MailFlags mail_flag_from_name(const char *name, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(flag_names); i++)
        if (strlen(flag_names[i].name) == length && g_ascii_strncasecmp(flag_names[i].name, name, length) == 0)
            return flag_names[i].bit;
    return 0;
}

const char *mail_flag_name(MailFlags one_bit)
{
    for (guint i = 0; i < G_N_ELEMENTS(flag_names); i++)
        if (flag_names[i].bit == one_bit)
            return flag_names[i].name;
    return NULL;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return g_ascii_strcasecmp(*(const char *const *) a, *(const char *const *) b);
}

static char **split(const char *keywords)
{
    return g_strsplit_set(keywords != NULL ? keywords : "", " ", -1);
}

static char *join_sorted(GPtrArray *names)
{
    GString *joined = g_string_new(NULL);
    const char *last = NULL;
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (*name == '\0' || (last != NULL && g_ascii_strcasecmp(last, name) == 0))
            continue;
        if (joined->len > 0)
            g_string_append_c(joined, ' ');
        g_string_append(joined, name);
        last = name;
    }
    return g_string_free(joined, FALSE);
}

char *keywords_add(const char *keywords, const char *more)
{
    g_auto(GStrv) have = split(keywords);
    g_auto(GStrv) added = split(more);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (char **name = have; *name != NULL; name++)
        g_ptr_array_add(names, *name);
    for (char **name = added; *name != NULL; name++)
        g_ptr_array_add(names, *name);
    return join_sorted(names);
}

char *keywords_remove(const char *keywords, const char *less)
{
    g_auto(GStrv) have = split(keywords);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (char **name = have; *name != NULL; name++)
        if (!keywords_contain(less, *name))
            g_ptr_array_add(names, *name);
    return join_sorted(names);
}

gboolean keywords_contain(const char *keywords, const char *name)
{
    g_auto(GStrv) have = split(keywords);
    for (char **one = have; *one != NULL; one++)
        if (**one != '\0' && g_ascii_strcasecmp(*one, name) == 0)
            return TRUE;
    return FALSE;
}
