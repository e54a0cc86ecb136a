#include "config.h"

#include "proto/imap/encode.h"

#include "base/i18n.h"

/* ---- connection ---- */

ImapCommand *imap_command_raw(ImapVerb like, const char *text)
{
    ImapCommand *command = imap_command_new(like, text);
    if (strpbrk(text, "\r\n") != NULL)
        imap_command_fail(command, "A command is one line.");
    return command;
}

ImapCommand *imap_command_capability(void)
{
    return imap_command_new(IMAP_VERB_CAPABILITY, "CAPABILITY");
}

ImapCommand *imap_command_noop(void)
{
    return imap_command_new(IMAP_VERB_NOOP, "NOOP");
}

ImapCommand *imap_command_logout(void)
{
    return imap_command_new(IMAP_VERB_LOGOUT, "LOGOUT");
}

ImapCommand *imap_command_id(const char *const *fields_and_values)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_ID, "ID ");
    if (fields_and_values == NULL || fields_and_values[0] == NULL) {
        imap_command_add(command, "NIL");
        return command;
    }
    imap_command_add(command, "(");
    for (guint i = 0; fields_and_values[i] != NULL && fields_and_values[i + 1] != NULL; i += 2) {
        if (i > 0)
            imap_command_add(command, " ");
        imap_command_add_string(command, IMAP_PART_STRING, fields_and_values[i], -1);
        imap_command_add(command, " ");
        imap_command_add_string(command, IMAP_PART_STRING, fields_and_values[i + 1], -1);
    }
    imap_command_add(command, ")");
    return command;
}

ImapCommand *imap_command_starttls(void)
{
    return imap_command_new(IMAP_VERB_STARTTLS, "STARTTLS");
}

ImapCommand *imap_command_compress(void)
{
    return imap_command_new(IMAP_VERB_COMPRESS, "COMPRESS DEFLATE");
}

ImapCommand *imap_command_login(const char *user, const char *password)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_LOGIN, "LOGIN ");
    imap_command_add_string(command, IMAP_PART_ASTRING, user, -1);
    imap_command_add(command, " ");
    imap_command_add_secret(command, password);
    return command;
}

ImapCommand *imap_command_enable(const char *const *names)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_ENABLE, "ENABLE");
    for (guint i = 0; names[i] != NULL; i++) {
        imap_command_addf(command, " %s", names[i]);
        command->respells |= strcmp(names[i], "UTF8=ACCEPT") == 0 || strcmp(names[i], "IMAP4rev2") == 0;
    }
    if (names[0] == NULL)
        imap_command_fail(command, _("The command has nothing to enable."));
    return command;
}

ImapCommand *imap_command_namespace(void)
{
    return imap_command_new(IMAP_VERB_NAMESPACE, "NAMESPACE");
}

/* ---- listing ---- */

typedef struct {
    guint bit;
    const char *name;
} Name;

/* "A B" for the bits that are set. */
static void add_names(ImapCommand *command, const Name *names, gsize n, guint bits)
{
    const char *separator = "";
    for (gsize i = 0; i < n; i++) {
        if ((bits & names[i].bit) == 0)
            continue;
        imap_command_addf(command, "%s%s", separator, names[i].name);
        separator = " ";
    }
}

static void add_status_items(ImapCommand *command, guint items)
{
    static const Name NAMES[] = {
        { IMAP_STATUS_ITEM_MESSAGES, "MESSAGES" },       { IMAP_STATUS_ITEM_UIDNEXT, "UIDNEXT" },
        { IMAP_STATUS_ITEM_UIDVALIDITY, "UIDVALIDITY" }, { IMAP_STATUS_ITEM_UNSEEN, "UNSEEN" },
        { IMAP_STATUS_ITEM_DELETED, "DELETED" },         { IMAP_STATUS_ITEM_SIZE, "SIZE" },
        { IMAP_STATUS_ITEM_RECENT, "RECENT" },           { IMAP_STATUS_ITEM_HIGHESTMODSEQ, "HIGHESTMODSEQ" },
        { IMAP_STATUS_ITEM_APPENDLIMIT, "APPENDLIMIT" }, { IMAP_STATUS_ITEM_MAILBOXID, "MAILBOXID" },
    };
    imap_command_add(command, "(");
    add_names(command, NAMES, G_N_ELEMENTS(NAMES), items);
    imap_command_add(command, ")");
}

ImapCommand *imap_command_list(const char *reference, const char *pattern, guint options, guint status_items)
{
    static const Name SELECT[] = { { IMAP_LIST_SELECT_SUBSCRIBED, "SUBSCRIBED" },
                                   { IMAP_LIST_SELECT_RECURSIVE, "RECURSIVEMATCH" },
                                   { IMAP_LIST_SELECT_SPECIAL_USE, "SPECIAL-USE" } };
    static const Name RETURN[] = { { IMAP_LIST_RETURN_SUBSCRIBED, "SUBSCRIBED" },
                                   { IMAP_LIST_RETURN_CHILDREN, "CHILDREN" },
                                   { IMAP_LIST_RETURN_SPECIAL_USE, "SPECIAL-USE" } };
    const guint selects =
        IMAP_LIST_SELECT_SUBSCRIBED | IMAP_LIST_SELECT_RECURSIVE | IMAP_LIST_SELECT_SPECIAL_USE;
    const guint returns =
        IMAP_LIST_RETURN_SUBSCRIBED | IMAP_LIST_RETURN_CHILDREN | IMAP_LIST_RETURN_SPECIAL_USE;
    ImapCommand *command = imap_command_new(IMAP_VERB_LIST, "LIST ");

    if (options & selects) {
        imap_command_add(command, "(");
        add_names(command, SELECT, G_N_ELEMENTS(SELECT), options);
        imap_command_add(command, ") ");
    }
    imap_command_add_string(command, IMAP_PART_MAILBOX, reference, -1);
    imap_command_add(command, " ");
    imap_command_add_string(command, IMAP_PART_PATTERN, pattern, -1);
    if ((options & returns) || status_items != 0) {
        imap_command_add(command, " RETURN (");
        add_names(command, RETURN, G_N_ELEMENTS(RETURN), options);
        if (status_items != 0) {
            imap_command_add(command, options & returns ? " STATUS " : "STATUS ");
            add_status_items(command, status_items);
        }
        imap_command_add(command, ")");
    }
    return command;
}

ImapCommand *imap_command_lsub(const char *reference, const char *pattern)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_LSUB, "LSUB ");
    imap_command_add_string(command, IMAP_PART_MAILBOX, reference, -1);
    imap_command_add(command, " ");
    imap_command_add_string(command, IMAP_PART_PATTERN, pattern, -1);
    return command;
}

/* ---- one mailbox ---- */

static ImapCommand *with_mailbox(ImapVerb verb, const char *text, const char *mailbox)
{
    ImapCommand *command = imap_command_new(verb, text);
    if (*mailbox == '\0')
        imap_command_fail(command, _("A mailbox needs a name."));
    imap_command_add_string(command, IMAP_PART_MAILBOX, mailbox, -1);
    return command;
}

ImapCommand *imap_command_status(const char *mailbox, guint items)
{
    ImapCommand *command = with_mailbox(IMAP_VERB_STATUS, "STATUS ", mailbox);
    imap_command_add(command, " ");
    add_status_items(command, items);
    return command;
}

/* (QRESYNC (uidvalidity modseq [uids] [(seqs uids)])), RFC 7162 §3.2.5 */
static void add_qresync(ImapCommand *command, const ImapSelectParameters *parameters)
{
    if (parameters->uidvalidity == 0 || parameters->modseq == 0) {
        imap_command_fail(command, _("There is nothing to resynchronise from."));
        return;
    }
    imap_command_addf(command, " (QRESYNC (%u %" G_GUINT64_FORMAT, parameters->uidvalidity,
                      parameters->modseq);
    if (parameters->known_uids != NULL && !imap_uidset_is_empty(parameters->known_uids)) {
        imap_command_add(command, " ");
        imap_command_add_set(command, parameters->known_uids);
    }
    if (parameters->known_seqs != NULL && parameters->known_seq_uids != NULL &&
        !imap_uidset_is_empty(parameters->known_seqs)) {
        if (imap_uidset_count(parameters->known_seqs) != imap_uidset_count(parameters->known_seq_uids))
            imap_command_fail(command, _("The two lists of message numbers differ in length."));
        imap_command_add(command, " (");
        imap_command_add_set(command, parameters->known_seqs);
        imap_command_add(command, " ");
        imap_command_add_set(command, parameters->known_seq_uids);
        imap_command_add(command, ")");
    }
    imap_command_add(command, "))");
}

static ImapCommand *select_or_examine(ImapVerb verb, const char *text, const char *mailbox,
                                      const ImapSelectParameters *parameters)
{
    ImapCommand *command = with_mailbox(verb, text, mailbox);
    if (parameters != NULL && parameters->qresync)
        add_qresync(command, parameters);
    else if (parameters != NULL && parameters->condstore)
        imap_command_add(command, " (CONDSTORE)");
    return command;
}

ImapCommand *imap_command_select(const char *mailbox, const ImapSelectParameters *parameters)
{
    return select_or_examine(IMAP_VERB_SELECT, "SELECT ", mailbox, parameters);
}

ImapCommand *imap_command_examine(const char *mailbox, const ImapSelectParameters *parameters)
{
    return select_or_examine(IMAP_VERB_EXAMINE, "EXAMINE ", mailbox, parameters);
}

ImapCommand *imap_command_create(const char *mailbox, guint special_use)
{
    static const Name USES[] = {
        { IMAP_MAILBOX_ALL, "\\All" },       { IMAP_MAILBOX_ARCHIVE, "\\Archive" },
        { IMAP_MAILBOX_DRAFTS, "\\Drafts" }, { IMAP_MAILBOX_FLAGGED, "\\Flagged" },
        { IMAP_MAILBOX_JUNK, "\\Junk" },     { IMAP_MAILBOX_SENT, "\\Sent" },
        { IMAP_MAILBOX_TRASH, "\\Trash" },   { IMAP_MAILBOX_IMPORTANT, "\\Important" }
    };
    ImapCommand *command = with_mailbox(IMAP_VERB_CREATE, "CREATE ", mailbox);
    if (special_use != 0) {
        imap_command_add(command, " (USE (");
        add_names(command, USES, G_N_ELEMENTS(USES), special_use);
        imap_command_add(command, "))");
    }
    return command;
}

ImapCommand *imap_command_delete(const char *mailbox)
{
    return with_mailbox(IMAP_VERB_DELETE, "DELETE ", mailbox);
}

ImapCommand *imap_command_rename(const char *from, const char *to)
{
    ImapCommand *command = with_mailbox(IMAP_VERB_RENAME, "RENAME ", from);
    if (*to == '\0')
        imap_command_fail(command, _("A mailbox needs a name."));
    imap_command_add(command, " ");
    imap_command_add_string(command, IMAP_PART_MAILBOX, to, -1);
    return command;
}

ImapCommand *imap_command_subscribe(const char *mailbox)
{
    return with_mailbox(IMAP_VERB_SUBSCRIBE, "SUBSCRIBE ", mailbox);
}

ImapCommand *imap_command_unsubscribe(const char *mailbox)
{
    return with_mailbox(IMAP_VERB_UNSUBSCRIBE, "UNSUBSCRIBE ", mailbox);
}

/* "17-Jul-1996 09:44:25 +0000" */
static void add_internal_date(ImapCommand *command, gint64 unix_seconds)
{
    static const char *const MONTHS[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(unix_seconds);
    if (date == NULL) {
        imap_command_fail(command, _("The date of the message cannot be written."));
        return;
    }
    imap_command_addf(command, "\"%2d-%s-%04d %02d:%02d:%02d +0000\" ", g_date_time_get_day_of_month(date),
                      MONTHS[g_date_time_get_month(date) - 1], g_date_time_get_year(date),
                      g_date_time_get_hour(date), g_date_time_get_minute(date), g_date_time_get_second(date));
}

static ImapCommand *append_to(const char *mailbox, const char *const *flags, gint64 internal_date)
{
    ImapCommand *command = with_mailbox(IMAP_VERB_APPEND, "APPEND ", mailbox);
    imap_command_add(command, " ");
    if (flags != NULL && flags[0] != NULL) {
        imap_command_add_flags(command, flags);
        imap_command_add(command, " ");
    }
    if (internal_date != 0)
        add_internal_date(command, internal_date);
    return command;
}

ImapCommand *imap_command_append(const char *mailbox, const char *const *flags, gint64 internal_date,
                                 ImapSource source, bool utf8, bool binary)
{
    ImapCommand *command = append_to(mailbox, flags, internal_date);
    if (utf8)
        imap_command_add(command, "UTF8 (");
    imap_command_add_literal(command, source, utf8 || binary);
    if (utf8)
        imap_command_add(command, ")");
    return command;
}

ImapCommand *imap_command_append_catenate(const char *mailbox, const char *const *flags, gint64 internal_date, const ImapCatenatePart *parts, guint n)
{
    ImapCommand *command = append_to(mailbox, flags, internal_date);
    for (guint i = 0; i < n; i++) {
        imap_command_add(command, i == 0 ? "CATENATE (" : " ");
        if (parts[i].url != NULL) {
            imap_command_add(command, "URL ");
            imap_command_add_string(command, IMAP_PART_STRING, parts[i].url, -1);
        } else {
            imap_command_add(command, "TEXT ");
            imap_command_add_literal(command, parts[i].text, false);
        }
    }
    imap_command_add(command, ")");
    command->need = IMAP_CAP_CATENATE;
    return command;
}

ImapCommand *imap_command_genurlauth(const char *url)
{
    ImapCommand *command = imap_command_new(IMAP_VERB_GENURLAUTH, "GENURLAUTH ");
    imap_command_add_string(command, IMAP_PART_STRING, url, -1);
    imap_command_add(command, " INTERNAL");
    return command;
}
