#include "config.h"

#include "engine/probe_private.h"

#include <string.h>

#include "base/i18n.h"
#include "proto/imap/mailbox.h"

/* What Malle does with an extension and without it; in the order in which they matter to a person. */
static const struct {
    ImapCap capability, contained_in; /* a server that has the second needs not list the first; the same: none */
    const char *use, *cost;
} extensions[] = {
    { IMAP_CAP_IDLE, IMAP_CAP_IDLE, N_("new mail shows at once"), N_("new mail shows only when the mailbox is looked at again") },
    { IMAP_CAP_MOVE, IMAP_CAP_IMAP4REV2, N_("moving is one step"),
      N_("moving is copying and deleting: more bytes, and a cut in between is repaired later") },
    { IMAP_CAP_UIDPLUS, IMAP_CAP_IMAP4REV2, N_("exactly the right messages are removed, and copies are found again"),
      N_("removing waits while others have deleted messages too, and copies are found by searching") },
    { IMAP_CAP_QRESYNC, IMAP_CAP_QRESYNC, N_("a mailbox seen before opens in one round trip"),
      N_("what was removed elsewhere is found by comparing lists of numbers") },
    { IMAP_CAP_CONDSTORE, IMAP_CAP_QRESYNC, N_("only flags that changed are fetched"),
      N_("the flags of all messages are fetched when a mailbox is opened") },
    { IMAP_CAP_COMPRESS_DEFLATE, IMAP_CAP_COMPRESS_DEFLATE, N_("long transfers take a fifth of the bytes"),
      N_("everything is sent uncompressed") },
    { IMAP_CAP_LIST_STATUS, IMAP_CAP_IMAP4REV2, N_("all unread counts come in one answer"), N_("each mailbox is asked for its counts by itself") },
    { IMAP_CAP_SPECIAL_USE, IMAP_CAP_IMAP4REV2, N_("trash, sent and drafts are known"),
      N_("trash, sent and drafts are guessed by their names; the accounts file can name them") },
    { IMAP_CAP_ESEARCH, IMAP_CAP_IMAP4REV2, N_("search results are short"), N_("search results list every message") },
    { IMAP_CAP_BINARY, IMAP_CAP_IMAP4REV2, N_("attachments come undecoded, a quarter smaller"), N_("attachments come in base64, a third larger") },
    { IMAP_CAP_LITERAL_PLUS, IMAP_CAP_LITERAL_MINUS, N_("text is sent without asking first"), N_("each text that is sent costs a round trip") },
    { IMAP_CAP_SASL_IR, IMAP_CAP_IMAP4REV2, N_("logging in takes a round trip less"), N_("logging in takes one more round trip") },
    { IMAP_CAP_NAMESPACE, IMAP_CAP_IMAP4REV2, N_("it is known where new mailboxes go"), N_("new mailboxes go to the top level") },
    { IMAP_CAP_ENABLE, IMAP_CAP_IMAP4REV2, N_("newer parts of the protocol can be switched on"), N_("newer parts of the protocol stay off") },
    { IMAP_CAP_UTF8_ACCEPT, IMAP_CAP_IMAP4REV2, N_("mailbox names go as they are read"), N_("mailbox names are encoded; nothing is lost") },
    { IMAP_CAP_UNSELECT, IMAP_CAP_IMAP4REV2, N_("a mailbox is left without side effects"), N_("a mailbox is left by opening another") },
    { IMAP_CAP_ID, IMAP_CAP_ID, N_("the server says what it is"), N_("the server does not say what it is") },
};

char *probe_string(ImapString string)
{
    g_autofree char *bytes = imap_string_dup(string);
    return bytes != NULL ? g_utf8_make_valid(bytes, -1) : NULL;
}

/* --- life ----------------------------------------------------------------------------------------- */

static void free_mailbox(gpointer data)
{
    ProbeMailbox *mailbox = data;
    g_free(mailbox->name);
    g_free(mailbox);
}

static void free_finding(gpointer data)
{
    ProbeFinding *finding = data;
    g_free(finding->words);
    g_free(finding);
}

static void free_certificate(ProbeCertificate *certificate)
{
    g_free(certificate->subject);
    g_free(certificate->issuer);
    g_ptr_array_unref(certificate->names);
    g_free(certificate->sha256);
    g_free(certificate->problem);
    g_free(certificate);
}

ProbeReport *probe_report_new(void)
{
    ProbeReport *report = g_new0(ProbeReport, 1);
    report->mailboxes = g_ptr_array_new_with_free_func(free_mailbox);
    report->findings = g_ptr_array_new_with_free_func(free_finding);
    return report;
}

void probe_report_free(ProbeReport *report)
{
    if (report == NULL)
        return;
    g_strfreev(report->addresses);
    g_free(report->peer);
    g_free(report->tls_version);
    g_free(report->tls_cipher);
    g_clear_pointer(&report->certificate, free_certificate);
    g_free(report->greeting);
    g_free(report->mechanisms);
    g_free(report->mechanism);
    g_free(report->capabilities);
    g_clear_pointer(&report->extensions, g_array_unref);
    g_free(report->server);
    g_free(report->prefix);
    g_free(report->delimiter);
    g_free(report->listed_delimiter);
    g_ptr_array_unref(report->mailboxes);
    g_ptr_array_unref(report->findings);
    g_clear_error(&report->error);
    g_free(report);
}

/* A server may repeat itself without end; a person reads a few. */
enum { FINDINGS_LIMIT = 50 };

void probe_report_finding(ProbeReport *report, ProbeCause cause, char *words)
{
    if (report->findings->len >= FINDINGS_LIMIT) {
        g_free(words);
        return;
    }
    ProbeFinding *finding = g_new0(ProbeFinding, 1);
    *finding = (ProbeFinding){ cause, words != NULL ? words : g_strdup("") };
    g_ptr_array_add(report->findings, finding);
}

ProbeClass probe_report_class(const ProbeReport *report)
{
    if (report->error != NULL)
        return probe_cause_class(report->cause);
    for (guint i = 0; i < report->findings->len; i++) {
        ProbeClass class = probe_cause_class(((const ProbeFinding *) g_ptr_array_index(report->findings, i))->cause);
        if (class != PROBE_CLASS_NOTE)
            return class;
    }
    return PROBE_CLASS_NONE;
}

/* --- the link --------------------------------------------------------------------------------------- */

static char *with_colons(const char *hex)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; hex[i] != '\0'; i++) {
        if (i > 0 && i % 2 == 0)
            g_string_append_c(text, ':');
        g_string_append_c(text, g_ascii_toupper(hex[i]));
    }
    return g_string_free(text, FALSE);
}

void probe_report_certificate(ProbeReport *report, const TlsCertificateInfo *certificate)
{
    if (certificate == NULL)
        return;
    g_clear_pointer(&report->certificate, free_certificate);
    ProbeCertificate *copy = g_new0(ProbeCertificate, 1);
    copy->subject = g_strdup(certificate->subject);
    copy->issuer = g_strdup(certificate->issuer);
    copy->names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < certificate->names->len; i++)
        g_ptr_array_add(copy->names, g_strdup(g_ptr_array_index(certificate->names, i)));
    copy->not_before = certificate->not_before;
    copy->not_after = certificate->not_after;
    copy->sha256 = with_colons(certificate->sha256);
    copy->trouble = certificate->trouble;
    copy->problem = g_strdup(certificate->problem);
    report->certificate = copy;
}

void probe_report_stream(ProbeReport *report, Stream *stream)
{
    const TlsInfo *tls = stream_tls_info(stream);
    g_free(report->peer);
    report->peer = g_strdup(stream_peer(stream));
    report->encrypted = stream_is_encrypted(stream);
    probe_report_certificate(report, stream_certificate(stream));
    if (tls == NULL)
        return;
    g_free(report->tls_version);
    g_free(report->tls_cipher);
    report->tls_version = g_strdup(tls->version);
    report->tls_cipher = g_strdup(tls->cipher);
    report->pinned = tls->pinned;
}

/* --- the server ---------------------------------------------------------------------------------------- */

void probe_report_capabilities(ProbeReport *report, const ImapCapabilities *capabilities)
{
    g_clear_pointer(&report->extensions, g_array_unref);
    g_free(report->capabilities);
    report->capabilities = g_utf8_make_valid(imap_capabilities_text(capabilities), -1);
    report->extensions = g_array_new(FALSE, FALSE, sizeof(ProbeCapability));
    for (guint i = 0; i < G_N_ELEMENTS(extensions); i++) {
        ProbeCapability extension = {
            .name = imap_cap_name(extensions[i].capability),
            .offered = imap_capabilities_have(capabilities, extensions[i].capability) ||
                       imap_capabilities_have(capabilities, extensions[i].contained_in) ||
                       (report->initial_response && extensions[i].capability == IMAP_CAP_SASL_IR),
            .use = _(extensions[i].use),
            .cost = _(extensions[i].cost),
        };
        g_array_append_val(report->extensions, extension);
    }
}

void probe_report_id(ProbeReport *report, const ImapIdField *fields, guint count)
{
    g_autofree char *name = NULL;
    g_autofree char *version = NULL;
    for (guint i = 0; i < count; i++) {
        char **target = imap_string_is(fields[i].field, "name") ? &name : imap_string_is(fields[i].field, "version") ? &version : NULL;
        if (target != NULL && *target == NULL)
            *target = probe_string(fields[i].value);
    }
    g_free(report->server);
    report->server = name == NULL ? NULL : version == NULL ? g_strdup(name) : g_strdup_printf("%s %s", name, version);
}

void probe_report_namespaces(ProbeReport *report, const ImapNamespaces *namespaces)
{
    if (namespaces->n_personal == 0)
        return;
    const ImapNamespace *personal = &namespaces->personal[0];
    g_free(report->prefix);
    g_free(report->delimiter);
    report->prefix = personal->prefix.data != NULL
                         ? imap_mailbox_decode(personal->prefix.data, (gssize) personal->prefix.len, FALSE, NULL)
                         : g_strdup("");
    report->delimiter = g_strndup(&personal->delimiter, personal->delimiter != '\0' ? 1 : 0);
}

static const struct {
    ImapMailboxAttributes attribute;
    const char *role;
} roles[] = {
    { IMAP_MAILBOX_DRAFTS, "drafts" }, { IMAP_MAILBOX_SENT, "sent" },       { IMAP_MAILBOX_TRASH, "trash" }, { IMAP_MAILBOX_JUNK, "junk" },
    { IMAP_MAILBOX_ARCHIVE, "archive" }, { IMAP_MAILBOX_FLAGGED, "flagged" }, { IMAP_MAILBOX_ALL, "all" },
};

/* The server's list may be as long as it likes; what is told is not. */
enum { MAILBOXES_LIMIT = 10000 };

void probe_report_list(ProbeReport *report, const ImapList *list)
{
    if (report->mailboxes->len >= MAILBOXES_LIMIT || list->lsub)
        return;
    ProbeMailbox *mailbox = g_new0(ProbeMailbox, 1);
    mailbox->name = g_strdup(list->name);
    mailbox->selectable = (list->attributes & IMAP_MAILBOX_NOSELECT) == 0;
    if (imap_mailbox_is_inbox(list->wire_name))
        mailbox->role = "inbox";
    for (guint i = 0; i < G_N_ELEMENTS(roles) && mailbox->role == NULL; i++)
        if ((list->attributes & roles[i].attribute) != 0)
            mailbox->role = roles[i].role;
    g_ptr_array_add(report->mailboxes, mailbox);
    if (report->listed_delimiter == NULL && g_strcmp0(mailbox->role, "inbox") != 0) /* INBOX may well be flat where the others are not */
        report->listed_delimiter = g_strndup(&list->delimiter, list->delimiter != '\0' ? 1 : 0);
    if (report->delimiter == NULL)
        report->delimiter = g_strndup(&list->delimiter, list->delimiter != '\0' ? 1 : 0);
}

void probe_report_status(ProbeReport *report, const ImapMailboxStatus *status)
{
    g_autofree char *name = imap_mailbox_decode(status->wire_name, -1, FALSE, NULL);
    /* LIST-STATUS answers each STATUS behind its LIST, so the newest is the one nearly always. */
    for (guint i = report->mailboxes->len; i > 0; i--) {
        ProbeMailbox *mailbox = g_ptr_array_index(report->mailboxes, i - 1);
        if (strcmp(mailbox->name, name) != 0)
            continue;
        mailbox->counted = (status->items & IMAP_STATUS_ITEM_MESSAGES) != 0;
        mailbox->messages = status->messages;
        mailbox->unseen = status->unseen;
        return;
    }
}
