#include "config.h"

#include "engine/trust.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/decisions.h"
#include "engine/pins.h"

typedef struct {
    const AccountUrl *url;
    char *sha256; /* what the person is asked about, whatever the server shows meanwhile */
    TrustAnswered answered;
    gpointer user;
} TrustQuestion;

static void question_free(gpointer data)
{
    TrustQuestion *question = data;
    g_free(question->sha256);
    g_free(question);
}

static char *describe_certificate(const TlsCertificateInfo *shown)
{
    g_autoptr(GDateTime) from = g_date_time_new_from_unix_local(shown->not_before);
    g_autoptr(GDateTime) until = g_date_time_new_from_unix_local(shown->not_after);
    g_autofree char *from_text = from != NULL ? g_date_time_format(from, "%x") : g_strdup("?");
    g_autofree char *until_text = until != NULL ? g_date_time_format(until, "%x") : g_strdup("?");
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < shown->names->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index(shown->names, i));
    return g_strdup_printf(_("Problem: %s\nNames: %s\nIssued to: %s\nIssued by: %s\nValid: %s to %s\nSHA-256: %s"),
                           shown->problem != NULL ? shown->problem : "", names->str, shown->subject, shown->issuer, from_text, until_text, shown->sha256);
}

static void person_answered(EngineAccount *account, const char *answer, const char *secret, gpointer user)
{
    (void) secret;
    TrustQuestion *question = user;
    g_autoptr(GError) error = NULL;
    gboolean trusted = g_strcmp0(answer, "pin") == 0;
    if (trusted && !pins_set(account->engine->pins, account->config->name, question->url->host, question->url->port, question->sha256, &error))
        engine_tell_notice(account->engine, account->id, error->message);
    question->answered(account, trusted, question->user);
}

void trust_ask(EngineAccount *account, const AccountUrl *url, const TlsCertificateInfo *shown, TrustAnswered answered, gpointer user)
{
    TrustQuestion *question = g_new(TrustQuestion, 1);
    *question = (TrustQuestion){ url, g_strdup(shown->sha256), answered, user };
    g_autofree char *details = describe_certificate(shown);
    g_autofree char *words = g_strdup_printf(_("The certificate of %s is not trusted. Trust exactly this one, for this account?"), url->host);
    DecisionQuestion asked = {
        .kind = DECISION_CERTIFICATE,
        .about = url,
        .question = words,
        .details = details,
        .answered = person_answered,
        .user = question,
        .free_user = question_free,
    };
    decision_ask(account, &asked);
}
