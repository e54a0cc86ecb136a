#include "config.h"

#include "cli/doctor.h"

#include "cli/json.h"

static const char *const stage_names[] = {
    [PROBE_ADDRESSES] = "addresses",     [PROBE_CONNECTION] = "connection", [PROBE_GREETING] = "greeting",   [PROBE_LOGIN] = "login",
    [PROBE_CAPABILITIES] = "extensions", [PROBE_ROUND_TRIP] = "round-trip", [PROBE_MAILBOXES] = "mailboxes", [PROBE_DONE] = "done",
};

static void write_strings(GString *json, const char *name, char *const *strings, guint count)
{
    json_open(json, name, '[');
    for (guint i = 0; i < count; i++)
        json_string(json, NULL, strings[i]);
    json_close(json, ']');
}

static void write_certificate(GString *json, const ProbeCertificate *certificate)
{
    if (certificate == NULL) {
        json_string(json, "certificate", NULL);
        return;
    }
    json_open(json, "certificate", '{');
    json_string(json, "subject", certificate->subject);
    json_string(json, "issuer", certificate->issuer);
    write_strings(json, "names", (char *const *) certificate->names->pdata, certificate->names->len);
    json_number(json, "not_before", certificate->not_before);
    json_number(json, "not_after", certificate->not_after);
    json_string(json, "sha256", certificate->sha256);
    json_string(json, "problem", certificate->problem);
    json_close(json, '}');
}

static void write_extensions(GString *json, const ProbeReport *report)
{
    json_open(json, "extensions", '{');
    for (guint i = 0; report->extensions != NULL && i < report->extensions->len; i++) {
        const ProbeCapability *extension = &g_array_index(report->extensions, ProbeCapability, i);
        json_bool(json, extension->name, extension->offered);
    }
    json_close(json, '}');
}

static const char *const role_words[] = { [PROBE_ROLE_SERVER] = "server", [PROBE_ROLE_FILE] = "accounts file", [PROBE_ROLE_NAME] = "name" };

static void write_mailboxes(GString *json, const ProbeReport *report)
{
    json_open(json, "mailboxes", '[');
    for (guint i = 0; i < report->mailboxes->len; i++) {
        const ProbeMailbox *mailbox = g_ptr_array_index(report->mailboxes, i);
        json_open(json, NULL, '{');
        json_string(json, "name", mailbox->name);
        json_string(json, "role", mailbox->role);
        json_string(json, "role_from", mailbox->role == NULL ? NULL : role_words[mailbox->role_from]);
        json_bool(json, "selectable", mailbox->selectable);
        if (mailbox->counted) {
            json_number(json, "messages", mailbox->messages);
            json_number(json, "unseen", mailbox->unseen);
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_findings(GString *json, const ProbeReport *report)
{
    json_open(json, "findings", '[');
    for (guint i = 0; i < report->findings->len; i++) {
        const ProbeFinding *finding = g_ptr_array_index(report->findings, i);
        json_open(json, NULL, '{');
        json_string(json, "class", probe_class_name(probe_cause_class(finding->cause)));
        json_string(json, "cause", probe_cause_name(finding->cause));
        json_string(json, "words", finding->words);
        g_autofree char *advice = doctor_advice(report, finding->cause);
        json_string(json, "advice", advice);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void doctor_write_json(GString *json, const ProbeReport *report, const Account *account)
{
    g_autofree char *url = account_url_format(account->receive);
    json_open(json, NULL, '{');
    json_string(json, "account", account->name);
    json_string(json, "server", url);
    json_bool(json, "ok", probe_report_class(report) == PROBE_CLASS_NONE);
    json_string(json, "stage", stage_names[report->stage]);
    json_string(json, "class", probe_class_name(probe_report_class(report)));
    json_string(json, "cause", probe_cause_name(report->cause));
    json_string(json, "error", report->error != NULL ? report->error->message : NULL);
    g_autofree char *advice = report->error != NULL ? doctor_advice(report, report->cause) : NULL;
    json_string(json, "advice", advice);
    json_bool(json, "may_pass", report->transient);
    write_strings(json, "addresses", report->addresses, report->addresses != NULL ? g_strv_length(report->addresses) : 0);
    json_string(json, "peer", report->peer);
    json_number(json, "connect_ms", report->connect_ms);
    json_bool(json, "encrypted", report->encrypted);
    json_string(json, "tls_version", report->tls_version);
    json_string(json, "tls_cipher", report->tls_cipher);
    json_bool(json, "pinned", report->pinned);
    write_certificate(json, report->certificate);
    json_string(json, "greeting", report->greeting);
    json_string(json, "mechanisms", report->mechanisms);
    json_string(json, "mechanism", report->mechanism);
    json_string(json, "software", report->server);
    json_string(json, "capabilities", report->capabilities);
    write_extensions(json, report);
    json_open(json, "round_trip_us", '[');
    for (guint i = 0; i < G_N_ELEMENTS(report->round_trip_us) && report->round_trip_us[i] > 0; i++)
        json_number(json, NULL, report->round_trip_us[i]);
    json_close(json, ']');
    json_string(json, "prefix", report->prefix);
    json_string(json, "delimiter", report->delimiter);
    write_mailboxes(json, report);
    if (report->is_pop && report->stage == PROBE_DONE) {
        json_number(json, "letters", report->letters);
        json_number(json, "octets", (gint64) report->octets);
    }
    write_findings(json, report);
    json_close(json, '}');
}
