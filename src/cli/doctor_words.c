#include "config.h"

#include "cli/doctor.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cli/print.h"

enum {
    DAY = 24 * 3600,
    SOON = 14 * DAY,       /* a certificate that ends sooner has not been renewed by what renews it */
    LABEL_CELLS = 19, /* "no COMPRESS=DEFLATE" */
    MAILBOXES_SHOWN = 40,
};

static const char *verdict_word(DoctorVerdict verdict)
{
    switch (verdict) {
    case DOCTOR_OK:
        return _("ok");
    case DOCTOR_NOTE:
        return _("note");
    case DOCTOR_FAILED:
        break;
    }
    return _("FAILED");
}

enum {
    VERDICT_CELLS = 6,
    INDENT = 2 + VERDICT_CELLS + 2 + LABEL_CELLS + 2,
    NARROWEST = 30, /* below it a terminal breaks lines as well as we could */
};

/* Words may come from outside: no line of theirs can look like one of ours. */
static void say_words(const char *words)
{
    g_autofree char *safe = text_make_safe(words, -1, TEXT_SINGLE_LINE);
    int cells = cli_columns() - INDENT;
    g_auto(GStrv) lines = text_wrap(safe, cells >= NARROWEST ? cells : G_MAXINT);
    for (guint i = 0; lines[i] != NULL; i++)
        cli_print("%*s%s\n", i > 0 ? INDENT : 0, "", lines[i]);
}

void doctor_say(DoctorVerdict verdict, const char *what, const char *words)
{
    g_autofree char *verdict_cells = text_fit(verdict_word(verdict), VERDICT_CELLS, TEXT_CUT_PLAIN);
    g_autofree char *what_cells = text_fit(what, LABEL_CELLS, TEXT_CUT_ELLIPSIS);
    cli_print("  %s  %s  ", verdict_cells, what_cells);
    say_words(words);
}

/* A further line below one of doctor_say(). */
static void say_more(const char *words)
{
    cli_print("%*s", INDENT, "");
    say_words(words);
}

/* --- the link --------------------------------------------------------------------------------------- */

static void say_addresses(const ProbeReport *report, const Account *account)
{
    if (report->addresses[0] == NULL) {
        g_autofree char *words = g_strdup_printf(_("%s has none that can be found from here"), account->receive->host);
        doctor_say(DOCTOR_NOTE, _("addresses"), words);
        return;
    }
    g_autofree char *all = g_strjoinv(", ", report->addresses);
    g_autofree char *words = g_strdup_printf(_("%s (%u ms)"), all, report->resolve_ms);
    doctor_say(DOCTOR_OK, _("addresses"), words);
}

static char *format_day(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(seconds);
    return time != NULL ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("?");
}

static void say_certificate(const ProbeReport *report)
{
    const ProbeCertificate *certificate = report->certificate;
    if (certificate == NULL)
        return;
    gint64 left = certificate->not_after - g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *end = format_day(certificate->not_after);
    int days = (int) (ABS(left) / DAY);
    g_autofree char *words = left >= 0 ? g_strdup_printf(ngettext("valid until %s, %d day from now", "valid until %s, %d days from now", (gulong) days), end, days)
                                       : g_strdup_printf(ngettext("valid until %s, %d day ago", "valid until %s, %d days ago", (gulong) days), end, days);
    DoctorVerdict verdict = certificate->problem != NULL && !report->pinned ? DOCTOR_FAILED : left < SOON ? DOCTOR_NOTE : DOCTOR_OK;
    doctor_say(verdict, _("certificate"), certificate->problem != NULL && !report->pinned ? certificate->problem : words);
    if (verdict == DOCTOR_FAILED)
        say_more(words);
    if (report->pinned)
        say_more(_("pinned: you chose to trust exactly this one"));
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < certificate->names->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index(certificate->names, i));
    g_autofree char *for_names = g_strdup_printf(_("for %s"), names->str);
    g_autofree char *issuer = g_strdup_printf(_("issued by %s"), certificate->issuer);
    g_autofree char *digest = g_strdup_printf("SHA-256 %s", certificate->sha256);
    g_string_free(names, TRUE);
    say_more(for_names);
    say_more(issuer);
    say_more(digest);
}

static void say_encryption(const ProbeReport *report)
{
    if (!report->encrypted)
        return;
    g_autofree char *words = g_strdup_printf("%s, %s", report->tls_version, report->tls_cipher);
    doctor_say(DOCTOR_OK, _("encryption"), words);
    say_certificate(report);
}

static void say_connection(const ProbeReport *report)
{
    g_autofree char *words = g_strdup_printf(_("%s answers (%u ms)"), report->peer, report->connect_ms);
    doctor_say(DOCTOR_OK, _("connection"), words);
    say_encryption(report);
}

/* The greeting is in; STARTTLS is done where the account wants it. */
static void say_greeting(const ProbeReport *report, const Account *account)
{
    /* Before STARTTLS the server's words may be anybody's, and the session does not pass them on. */
    gboolean has_words = report->greeting != NULL && *report->greeting != '\0';
    doctor_say(DOCTOR_OK, _("greeting"), has_words ? report->greeting : _("received"));
    if (account->receive->security == ACCOUNT_SECURITY_STARTTLS)
        say_encryption(report);
    if (account->receive->security == ACCOUNT_SECURITY_INSECURE)
        doctor_say(DOCTOR_NOTE, _("encryption"),
                   _("NONE: whoever is on the way can read and change everything (the account says +insecure)"));
    g_autofree char *offered = report->mechanisms != NULL && *report->mechanisms != '\0'
                                   ? g_strdup(report->mechanisms)
                                   : g_strdup(_("only the LOGIN command"));
    doctor_say(DOCTOR_OK, _("ways to log in"), offered);
}

/* --- the server --------------------------------------------------------------------------------------- */

static void say_login(const ProbeReport *report, const Account *account)
{
    g_autofree char *words = g_strdup_printf(_("as %s, by %s"), account->receive->user != NULL ? account->receive->user : "?",
                                             report->mechanism != NULL ? report->mechanism : "?");
    doctor_say(DOCTOR_OK, _("login"), words);
}

static void say_capabilities(const ProbeReport *report)
{
    guint offered = 0;
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < report->extensions->len; i++) {
        const ProbeCapability *extension = &g_array_index(report->extensions, ProbeCapability, i);
        if (!extension->offered)
            continue;
        offered++;
        g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", extension->name);
    }
    if (report->server != NULL)
        doctor_say(DOCTOR_OK, _("server"), report->server);
    g_autofree char *words = g_strdup_printf(_("%u of the %u extensions that Malle uses: %s"), offered, report->extensions->len, names->str);
    doctor_say(DOCTOR_OK, _("extensions"), words);
    g_string_free(names, TRUE);
    for (guint i = 0; i < report->extensions->len; i++) {
        const ProbeCapability *extension = &g_array_index(report->extensions, ProbeCapability, i);
        if (extension->offered)
            continue;
        g_autofree char *label = g_strdup_printf(_("no %s"), extension->name);
        doctor_say(DOCTOR_NOTE, label, extension->cost);
    }
}

static void say_round_trip(const ProbeReport *report)
{
    guint best = G_MAXUINT;
    for (guint i = 0; i < G_N_ELEMENTS(report->round_trip_us); i++)
        best = MIN(best, report->round_trip_us[i]);
    g_autofree char *words = g_strdup_printf(_("%.1f ms, the best of three"), best / 1000.0);
    doctor_say(DOCTOR_OK, _("round trip"), words);
}

static const char *role_word(const char *role)
{
    static const struct {
        const char *role, *word;
    } words[] = {
        { "inbox", N_("inbox") },     { "drafts", N_("drafts") },   { "sent", N_("sent mail") },  { "trash", N_("trash") },
        { "junk", N_("junk") },       { "archive", N_("archive") }, { "flagged", N_("flagged") }, { "all", N_("all mail") },
    };
    for (guint i = 0; role != NULL && i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].role, role) == 0)
            return _(words[i].word);
    return "";
}

static void say_mailbox(const ProbeMailbox *mailbox)
{
    g_autofree char *safe = text_make_safe(mailbox->name, -1, TEXT_SINGLE_LINE);
    g_autofree char *name = text_fit(safe, 30, TEXT_CUT_MIDDLE);
    g_autofree char *role = text_fit(role_word(mailbox->role), 10, TEXT_CUT_PLAIN);
    g_autofree char *count = !mailbox->selectable ? g_strdup(_("holds mailboxes only"))
                             : mailbox->counted
                                 ? g_strdup_printf(ngettext("%u message, %u unread", "%u messages, %u unread", mailbox->messages),
                                                   mailbox->messages, mailbox->unseen)
                                 : g_strdup("");
    const char *from = mailbox->role == NULL || mailbox->role_from == PROBE_ROLE_SERVER ? ""
                       : mailbox->role_from == PROBE_ROLE_FILE                          ? _("(as the accounts file says)")
                                                                                        : _("(by its name)");
    g_autofree char *words = g_strdup_printf("%s  %s  %s  %s", name, role, count, from);
    say_more(g_strchomp(words));
}

static void say_letters(const ProbeReport *report)
{
    g_autofree char *size = g_format_size(report->octets);
    g_autofree char *words = g_strdup_printf(ngettext("%u letter, %s", "%u letters, %s", report->letters), report->letters, size);
    doctor_say(DOCTOR_OK, _("on the server"), words);
}

static void say_mailboxes(const ProbeReport *report)
{
    if (report->is_pop) {
        say_letters(report);
        return;
    }
    guint count = report->mailboxes->len;
    g_autofree char *separator = report->delimiter == NULL || *report->delimiter == '\0'
                                     ? g_strdup(_("without levels"))
                                     : g_strdup_printf(_("levels separated by “%s”"), report->delimiter);
    g_autofree char *prefix = report->prefix != NULL && *report->prefix != '\0' ? g_strdup_printf(_(", below “%s”"), report->prefix)
                                                                               : g_strdup("");
    g_autofree char *words = g_strdup_printf(ngettext("%u, %s%s", "%u, %s%s", count), count, separator, prefix);
    doctor_say(DOCTOR_OK, _("mailboxes"), words);
    for (guint i = 0; i < MIN(count, MAILBOXES_SHOWN); i++)
        say_mailbox(g_ptr_array_index(report->mailboxes, i));
    if (count > MAILBOXES_SHOWN) {
        g_autofree char *more = g_strdup_printf(ngettext("and %u more mailbox", "and %u more mailboxes", count - MAILBOXES_SHOWN), count - MAILBOXES_SHOWN);
        say_more(more);
    }
}

/* What the look came upon that does not fit, behind the stages. */
static void say_findings(const ProbeReport *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const ProbeFinding *finding = g_ptr_array_index(report->findings, i);
        gboolean note = probe_cause_class(finding->cause) == PROBE_CLASS_NOTE;
        doctor_say(note ? DOCTOR_NOTE : DOCTOR_FAILED, finding->cause == PROBE_CAUSE_ALERT || report->is_pop ? _("server says") : _("mailboxes"), finding->words);
        g_autofree char *advice = doctor_advice(report, finding->cause);
        if (advice != NULL)
            say_more(advice);
    }
}

/* --- in order --------------------------------------------------------------------------------------------- */

void doctor_say_stage(const ProbeReport *report, ProbeStage finished, const Account *account)
{
    switch (finished) {
    case PROBE_ADDRESSES:
        say_addresses(report, account);
        break;
    case PROBE_CONNECTION:
        say_connection(report);
        break;
    case PROBE_GREETING:
        say_greeting(report, account);
        break;
    case PROBE_LOGIN:
        say_login(report, account);
        break;
    case PROBE_CAPABILITIES:
        say_capabilities(report);
        break;
    case PROBE_ROUND_TRIP:
        say_round_trip(report);
        break;
    case PROBE_MAILBOXES:
        say_mailboxes(report);
        break;
    case PROBE_DONE:
        break;
    }
}

static const char *stage_word(ProbeStage stage)
{
    switch (stage) {
    case PROBE_ADDRESSES:
    case PROBE_CONNECTION:
        return _("connection");
    case PROBE_GREETING:
        return _("greeting");
    case PROBE_LOGIN:
        return _("login");
    case PROBE_CAPABILITIES:
        return _("extensions");
    case PROBE_ROUND_TRIP:
        return _("round trip");
    case PROBE_MAILBOXES:
    case PROBE_DONE:
        break;
    }
    return _("mailboxes");
}

static const char *stage_of_class(const ProbeReport *report)
{
    switch (probe_cause_class(report->cause)) {
    case PROBE_CLASS_ENCRYPTION:
        return _("encryption");
    case PROBE_CLASS_LOGIN:
        return _("login");
    default:
        return stage_word(report->stage);
    }
}

/* Whether this machine knows the date decides about every certificate. */
static void say_clock(const ProbeReport *report)
{
    if (report->cause != PROBE_CAUSE_CERTIFICATE_EXPIRED && report->cause != PROBE_CAUSE_CERTIFICATE_NOT_YET_VALID)
        return;
    g_autofree char *today = format_day(g_get_real_time() / G_USEC_PER_SEC);
    g_autofree char *words = g_strdup_printf(_("This machine's clock says that today is %s. If that is wrong, set it first."), today);
    say_more(words);
}

void doctor_say_end(const ProbeReport *report)
{
    say_findings(report);
    if (report->error == NULL)
        return;
    /* A refused certificate has not been told by the stage that it ended. */
    if (report->certificate != NULL && probe_cause_class(report->cause) == PROBE_CLASS_ENCRYPTION)
        say_certificate(report);
    doctor_say(DOCTOR_FAILED, stage_of_class(report), report->error->message);
    say_clock(report);
    g_autofree char *advice = doctor_advice(report, report->cause);
    if (advice != NULL)
        say_more(advice);
}
