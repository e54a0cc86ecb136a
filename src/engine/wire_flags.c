#include "config.h"

#include "engine/wire_flags.h"

static gboolean is_kept(const StoreMailbox *mailbox, const char *keyword)
{
    return mailbox == NULL || mailbox->permanent_flags == NULL || (mailbox->attributes & MAILBOX_NEW_KEYWORDS) != 0 ||
           keywords_contain(mailbox->permanent_flags, keyword);
}

char **wire_flags(MailFlags flags, const char *keywords, const StoreMailbox *mailbox)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint bit = 0; bit < 32; bit++)
        if ((flags & (1u << bit)) != 0)
            g_ptr_array_add(names, g_strdup(mail_flag_name(1u << bit)));
    g_auto(GStrv) words = g_strsplit(keywords != NULL ? keywords : "", " ", -1);
    for (char **word = words; *word != NULL; word++)
        if (**word != '\0' && is_kept(mailbox, *word))
            g_ptr_array_add(names, g_strdup(*word));
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(names, FALSE);
}

char *wire_flags_left_out(const char *keywords, const StoreMailbox *mailbox)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit(keywords != NULL ? keywords : "", " ", -1);
    for (char **word = words; *word != NULL; word++)
        if (**word != '\0' && !is_kept(mailbox, *word))
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", *word);
    return names->len > 0 ? g_strdup(names->str) : NULL;
}
