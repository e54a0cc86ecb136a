/* The probe's last stage: the list of mailboxes, INBOX opened as Malle opens it, and what of all that does not fit the account. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "config/problem.h"
#include "engine/mailbox_list.h"
#include "engine/probe_private.h"
#include "store/mailbox_names.h"

#define MANY_MAILBOXES 2000

/* With or without the prefix. */
static ProbeMailbox *find(const ProbeReport *report, const char *name)
{
    g_autofree char *rest = mailbox_name_short(report->prefix, name);
    for (guint i = 0; i < report->mailboxes->len; i++) {
        ProbeMailbox *mailbox = g_ptr_array_index(report->mailboxes, i);
        if (strcmp(mailbox->name, name) == 0 || strcmp(mailbox->name, rest) == 0)
            return mailbox;
    }
    return NULL;
}

static void shorten_names(ProbeReport *report)
{
    for (guint i = 0; i < report->mailboxes->len; i++) {
        ProbeMailbox *mailbox = g_ptr_array_index(report->mailboxes, i);
        char *name = mailbox_name_short(report->prefix, mailbox->name);
        g_free(mailbox->name);
        mailbox->name = name;
    }
}

/* --- what the accounts file names ----------------------------------------------------------------------- */

static char *meant(const ProbeReport *report, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < report->mailboxes->len; i++)
        g_ptr_array_add(names, ((ProbeMailbox *) g_ptr_array_index(report->mailboxes, i))->name);
    g_ptr_array_add(names, NULL);
    return config_suggest_words(name, (const char *const *) names->pdata);
}

static void judge_configured(ProbeReport *report, const char *key, const char *name)
{
    const ProbeMailbox *mailbox = find(report, name);
    if (mailbox == NULL) {
        g_autofree char *suggestion = meant(report, name);
        probe_report_finding(report, PROBE_CAUSE_MAILBOX_MISSING,
                             g_strdup_printf(_("the accounts file says “%s = %s”, and the server has no such mailbox%s"), key, name, suggestion));
    } else if (!mailbox->selectable) {
        probe_report_finding(report, PROBE_CAUSE_MAILBOX_HOLDS_NONE,
                             g_strdup_printf(_("the accounts file says “%s = %s”, and that mailbox can hold mailboxes only, no messages"), key, name));
    }
}

static gboolean is_called(const ProbeReport *report, const ProbeMailbox *mailbox, const char *name)
{
    const char *leaf = report->delimiter != NULL && *report->delimiter != '\0' ? strrchr(mailbox->name, *report->delimiter) : NULL;
    return mailbox->selectable && mailbox->role == NULL && g_ascii_strcasecmp(leaf != NULL ? leaf + 1 : mailbox->name, name) == 0;
}

static ProbeMailbox *with_role(const ProbeReport *report, const char *role)
{
    for (guint i = 0; i < report->mailboxes->len; i++) {
        ProbeMailbox *mailbox = g_ptr_array_index(report->mailboxes, i);
        if (g_strcmp0(mailbox->role, role) == 0)
            return mailbox;
    }
    return NULL;
}

static ProbeMailbox *with_usual_name(const ProbeReport *report, MailboxRole role)
{
    for (const char *const *usual = mailbox_list_usual_names(role); *usual != NULL; usual++)
        for (guint i = 0; i < report->mailboxes->len; i++) {
            ProbeMailbox *mailbox = g_ptr_array_index(report->mailboxes, i);
            if (is_called(report, mailbox, *usual))
                return mailbox;
        }
    return NULL;
}

/* As the engine gives the roles out (mailbox_list.c). */
static gboolean give_role(const ProbeReport *report, const char *word, MailboxRole role, const char *configured)
{
    ProbeMailbox *told = with_role(report, word);
    ProbeMailbox *mailbox = configured != NULL ? find(report, configured) : told != NULL ? told : with_usual_name(report, role);
    if (mailbox == NULL || mailbox == told)
        return mailbox != NULL;
    if (told != NULL)
        told->role = NULL;
    mailbox->role = word;
    mailbox->role_from = configured != NULL ? PROBE_ROLE_FILE : PROBE_ROLE_NAME;
    return TRUE;
}

static void judge_roles(Probe *probe)
{
    const Account *account = probe->account;
    const struct {
        const char *word; /* of the role, and the key of the accounts file */
        MailboxRole role;
        const char *configured, *cost;
    } roles[] = {
        { "trash", MAILBOX_ROLE_TRASH, account->trash, _("no mailbox is known as the trash, so what is deleted is gone at once; “trash = NAME” in the accounts file names one") },
        { "sent", MAILBOX_ROLE_SENT, account->sent, _("no mailbox is known for sent mail; “sent = NAME” in the accounts file names one") },
        { "drafts", MAILBOX_ROLE_DRAFTS, account->drafts, _("no mailbox is known for drafts; “drafts = NAME” in the accounts file names one") },
        { "archive", MAILBOX_ROLE_ARCHIVE, account->archive, _("no mailbox is known as the archive; “archive = NAME” in the accounts file names one") },
        { "junk", MAILBOX_ROLE_JUNK, NULL, NULL },
    };
    for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
        gboolean given = give_role(probe->report, roles[i].word, roles[i].role, roles[i].configured);
        if (roles[i].configured != NULL)
            judge_configured(probe->report, roles[i].word, roles[i].configured);
        else if (!given && roles[i].cost != NULL)
            probe_report_finding(probe->report, PROBE_CAUSE_ROLE_MISSING, g_strdup(roles[i].cost));
    }
}

/* --- the shape of the tree --------------------------------------------------------------------------------- */

static void judge_levels(ProbeReport *report)
{
    if (report->delimiter == NULL || *report->delimiter == '\0')
        probe_report_finding(report, PROBE_CAUSE_NO_LEVELS, g_strdup(_("mailboxes cannot be put into one another here")));
    if (report->prefix != NULL && g_ascii_strncasecmp(report->prefix, "INBOX", 5) == 0)
        probe_report_finding(report, PROBE_CAUSE_BELOW_INBOX,
                             g_strdup_printf(_("all mailboxes of this server lie below INBOX: their names begin with “%s”, which Malle neither shows nor needs typed"), report->prefix));
    if (report->listed_delimiter != NULL && report->delimiter != NULL && strcmp(report->listed_delimiter, report->delimiter) != 0)
        probe_report_finding(report, PROBE_CAUSE_DELIMITERS_DIFFER,
                             g_strdup_printf(_("the server contradicts itself: it parts names by “%s” (NAMESPACE) and by “%s” (LIST)"), report->delimiter,
                                             report->listed_delimiter));
    if (report->mailboxes->len >= MANY_MAILBOXES)
        probe_report_finding(report, PROBE_CAUSE_MANY_MAILBOXES,
                             g_strdup_printf(_("%u mailboxes: their counts take long where LIST-STATUS is missing"), report->mailboxes->len));
}

/* --- INBOX ---------------------------------------------------------------------------------------------------- */

void probe_inbox_text(Probe *probe, const ImapText *text)
{
    if (probe->report->stage != PROBE_MAILBOXES)
        return;
    ProbeInbox *inbox = &probe->inbox;
    inbox->uidvalidity |= text->code == IMAP_CODE_UIDVALIDITY && text->number != 0;
    inbox->not_sticky |= text->code == IMAP_CODE_UIDNOTSTICKY;
    if (text->code == IMAP_CODE_PERMANENTFLAGS) {
        inbox->flags_said = TRUE;
        inbox->new_keywords = text->flags.any;
    }
}

static void judge_inbox(Probe *probe, ImapCode code)
{
    ProbeReport *report = probe->report;
    if (code == IMAP_CODE_READ_ONLY)
        probe_report_finding(report, PROBE_CAUSE_INBOX_READ_ONLY,
                             g_strdup(_("INBOX can only be read: nothing can be marked, moved or deleted there")));
    else if (probe->inbox.flags_said && !probe->inbox.new_keywords)
        probe_report_finding(report, PROBE_CAUSE_NO_NEW_KEYWORDS, g_strdup(_("the server keeps no keywords of your own, only its flags")));
    if (!probe->inbox.uidvalidity || probe->inbox.not_sticky)
        probe_report_finding(report, PROBE_CAUSE_UIDS_NOT_KEPT,
                             g_strdup(_("the server gives messages other numbers each time: everything is fetched anew whenever INBOX is opened")));
}

static void end(Probe *probe)
{
    probe_next_stage(probe, PROBE_DONE);
    probe_send(probe, imap_command_logout(), NULL);
    probe_flush(probe);
    probe_finish(probe);
}

static void inbox_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    Probe *probe = user;
    ProbeCause cause = text->code == IMAP_CODE_NONEXISTENT ? PROBE_CAUSE_NO_INBOX : PROBE_CAUSE_INBOX_REFUSED;
    if (result != IMAP_RESULT_OK) {
        probe_refused(probe, cause, result, text, _("the server does not open INBOX, where mail arrives: “%s”"));
        return;
    }
    judge_inbox(probe, text->code);
    judge_roles(probe);
    judge_levels(probe->report);
    end(probe);
}

static void list_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    Probe *probe = user;
    if (result != IMAP_RESULT_OK) {
        probe_refused(probe, PROBE_CAUSE_LIST_REFUSED, result, text, _("the server refuses to list the mailboxes: “%s”"));
        return;
    }
    shorten_names(probe->report);
    const ProbeMailbox *inbox = find(probe->report, "INBOX");
    if (inbox != NULL && !inbox->selectable)
        probe_fail(probe, PROBE_CAUSE_INBOX_REFUSED, _("the server says that INBOX, where mail arrives, can hold no messages"));
    else
        probe_send(probe, imap_command_select("INBOX", NULL), inbox_answered);
}

void probe_mailboxes(Probe *probe)
{
    gboolean roles = imap_session_can(probe->session, IMAP_CAP_SPECIAL_USE) && imap_session_can(probe->session, IMAP_CAP_LIST_EXTENDED);
    gboolean counts = imap_session_can(probe->session, IMAP_CAP_LIST_STATUS);
    if (imap_session_can(probe->session, IMAP_CAP_NAMESPACE))
        probe_send(probe, imap_command_namespace(), NULL);
    probe_send(probe,
               imap_command_list("", "*", roles ? IMAP_LIST_RETURN_SPECIAL_USE : 0, counts ? IMAP_STATUS_ITEM_MESSAGES | IMAP_STATUS_ITEM_UNSEEN : 0),
               list_answered);
}
