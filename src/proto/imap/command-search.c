/* SEARCH, SORT, THREAD and their extended forms. */
#include "config.h"

#include "proto/imap/encode.h"

#include "base/i18n.h"

static void add_return(ImapCommand *command, guint returns, const char *partial)
{
    static const struct {
        guint bit;
        const char *name;
    } RETURNS[] = {
        { IMAP_SEARCH_RETURN_MIN, "MIN" },     { IMAP_SEARCH_RETURN_MAX, "MAX" },
        { IMAP_SEARCH_RETURN_COUNT, "COUNT" }, { IMAP_SEARCH_RETURN_ALL, "ALL" },
        { IMAP_SEARCH_RETURN_SAVE, "SAVE" },
    };
    const char *separator = "";

    if (returns == 0 && partial == NULL)
        return;
    imap_command_add(command, "RETURN (");
    for (gsize i = 0; i < G_N_ELEMENTS(RETURNS); i++) {
        if ((returns & RETURNS[i].bit) == 0)
            continue;
        imap_command_addf(command, "%s%s", separator, RETURNS[i].name);
        separator = " ";
    }
    if (partial != NULL)
        imap_command_addf(command, "%sPARTIAL %s", separator, partial);
    imap_command_add(command, ") ");
}

static ImapCommand *search(ImapVerb verb, const char *text, const ImapSearch *criteria, guint returns,
                           const char *partial)
{
    ImapCommand *command = imap_command_new(verb, text);
    add_return(command, returns, partial);
    imap_command_add_search(command, criteria);
    return command;
}

ImapCommand *imap_command_uid_search(const ImapSearch *criteria, guint returns)
{
    return search(IMAP_VERB_UID_SEARCH, "UID SEARCH ", criteria, returns, NULL);
}

static char *partial_range(gint64 first, gint64 last)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, first, last);
}

static void check_partial(ImapCommand *command, gint64 first, gint64 last)
{
    if (first == 0 || last == 0 || (first < 0) != (last < 0))
        imap_command_fail(command, _("The part of the result that is asked for is no range."));
}

ImapCommand *imap_command_uid_search_partial(const ImapSearch *criteria, guint returns, gint64 first,
                                             gint64 last)
{
    g_autofree char *range = partial_range(first, last);
    ImapCommand *command = search(IMAP_VERB_UID_SEARCH, "UID SEARCH ", criteria, returns, range);
    check_partial(command, first, last);
    return command;
}

ImapCommand *imap_command_search(const ImapSearch *criteria, guint returns)
{
    return search(IMAP_VERB_SEARCH, "SEARCH ", criteria, returns, NULL);
}

/* SORT and THREAD always name a charset (RFC 5256 §3), in a place of their own. */
static void add_criteria_behind_charset(ImapCommand *command, const ImapSearch *criteria)
{
    imap_command_add(command, "UTF-8 ");
    imap_command_add_search(command, criteria);
    for (guint i = 0; i < command->parts->len; i++) {
        ImapCommandPart *part = &g_array_index(command->parts, ImapCommandPart, i);
        if (part->type == IMAP_PART_CHARSET)
            part->type = IMAP_PART_RAW; /* and its text is empty */
    }
}

ImapCommand *imap_command_uid_sort(const char *keys, const ImapSearch *criteria, guint returns, gint64 first,
                                   gint64 last)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_UID_SORT, "UID SORT ");
    g_autofree char *range = first == 0 && last == 0 ? NULL : partial_range(first, last);
    add_return(command, returns, range);
    if (range != NULL)
        check_partial(command, first, last);
    for (const char *p = keys; *p != '\0'; p++)
        if (!g_ascii_isupper(*p) && *p != ' ')
            imap_command_fail(command, _("These are not keys to sort by."));
    imap_command_addf(command, "(%s) ", keys);
    add_criteria_behind_charset(command, criteria);
    return command;
}

ImapCommand *imap_command_uid_thread(const char *algorithm, const ImapSearch *criteria)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_UID_THREAD, "UID THREAD ");
    for (const char *p = algorithm; *p != '\0'; p++)
        if (!g_ascii_isupper(*p))
            imap_command_fail(command, _("This is not a way to make threads."));
    imap_command_addf(command, "%s ", algorithm);
    add_criteria_behind_charset(command, criteria);
    return command;
}

ImapCommand *imap_command_esearch(const char *const *mailboxes, guint n, const ImapSearch *criteria, guint returns)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_ESEARCH, "ESEARCH IN (mailboxes (");
    if (n == 0)
        imap_command_fail(command, _("A mailbox needs a name."));
    for (guint i = 0; i < n; i++) {
        if (i > 0)
            imap_command_add(command, " ");
        imap_command_add_string(command, IMAP_PART_MAILBOX, mailboxes[i], -1);
    }
    imap_command_add(command, ")) ");
    add_return(command, returns, NULL);
    imap_command_add_search(command, criteria);
    return command;
}
