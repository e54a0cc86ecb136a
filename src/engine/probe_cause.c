#include "config.h"

#include "engine/probe_cause.h"

#include "engine/probe_private.h"

/* clang-format off */
static const struct {
    const char *name;
    ProbeClass class;
} causes[PROBE_CAUSE_COUNT] = {
#define X(id, name, class) [PROBE_CAUSE_##id] = { name, PROBE_CLASS_##class },
    PROBE_CAUSES(X)
#undef X
};
/* clang-format on */

const char *probe_cause_name(ProbeCause cause)
{
    return causes[cause].name;
}

ProbeClass probe_cause_class(ProbeCause cause)
{
    return causes[cause].class;
}

const char *probe_class_name(ProbeClass class)
{
    static const char *const names[] = {
        [PROBE_CLASS_NONE] = NULL,          [PROBE_CLASS_NOTE] = "note",       [PROBE_CLASS_NAME] = "name",
        [PROBE_CLASS_CONNECTION] = "connection", [PROBE_CLASS_SERVICE] = "service", [PROBE_CLASS_ENCRYPTION] = "encryption",
        [PROBE_CLASS_LOGIN] = "login",      [PROBE_CLASS_MAILBOX] = "mailbox", [PROBE_CLASS_CONFIG] = "config",
    };
    return names[class];
}

EngineErrorCode probe_cause_code(ProbeCause cause)
{
    switch (probe_cause_class(cause)) {
    case PROBE_CLASS_ENCRYPTION:
        return ENGINE_ERROR_CERTIFICATE;
    case PROBE_CLASS_LOGIN:
        return ENGINE_ERROR_LOGIN;
    case PROBE_CLASS_SERVICE:
        return ENGINE_ERROR_PROTOCOL;
    case PROBE_CLASS_MAILBOX:
        return ENGINE_ERROR_REFUSED;
    case PROBE_CLASS_CONFIG:
        return ENGINE_ERROR_CONFIG;
    case PROBE_CLASS_NAME:
    case PROBE_CLASS_CONNECTION:
    case PROBE_CLASS_NOTE:
    case PROBE_CLASS_NONE:
        break;
    }
    return ENGINE_ERROR_CONNECT;
}

static ProbeCause certificate_cause(TlsTrouble trouble)
{
    switch (trouble) {
    case TLS_TROUBLE_WRONG_NAME:
        return PROBE_CAUSE_CERTIFICATE_WRONG_NAME;
    case TLS_TROUBLE_EXPIRED:
        return PROBE_CAUSE_CERTIFICATE_EXPIRED;
    case TLS_TROUBLE_NOT_YET_VALID:
        return PROBE_CAUSE_CERTIFICATE_NOT_YET_VALID;
    case TLS_TROUBLE_SELF_SIGNED:
        return PROBE_CAUSE_CERTIFICATE_SELF_SIGNED;
    case TLS_TROUBLE_UNKNOWN_ISSUER:
        return PROBE_CAUSE_CERTIFICATE_UNKNOWN_ISSUER;
    case TLS_TROUBLE_REVOKED:
        return PROBE_CAUSE_CERTIFICATE_REVOKED;
    case TLS_TROUBLE_NONE:
    case TLS_TROUBLE_OTHER:
        break;
    }
    return PROBE_CAUSE_CERTIFICATE;
}

static ProbeCause net_cause(NetError code, TlsTrouble trouble)
{
    switch (code) {
    case NET_ERROR_NO_SUCH_HOST:
        return PROBE_CAUSE_NO_SUCH_HOST;
    case NET_ERROR_RESOLVE:
        return PROBE_CAUSE_NO_NAME_SERVER;
    case NET_ERROR_REFUSED:
        return PROBE_CAUSE_REFUSED;
    case NET_ERROR_UNREACHABLE:
        return PROBE_CAUSE_UNREACHABLE;
    case NET_ERROR_CONNECT:
    case NET_ERROR_MISUSE:
        return PROBE_CAUSE_NOT_CONNECTED;
    case NET_ERROR_PROXY:
        return PROBE_CAUSE_PROXY;
    case NET_ERROR_PROXY_ADDRESS:
        return PROBE_CAUSE_PROXY_ADDRESS;
    case NET_ERROR_TIMED_OUT:
        return PROBE_CAUSE_TIMED_OUT;
    case NET_ERROR_IO:
    case NET_ERROR_TRUNCATED:
        return PROBE_CAUSE_CUT;
    case NET_ERROR_INJECTED:
        return PROBE_CAUSE_STARTTLS_INJECTED;
    case NET_ERROR_TLS:
        return PROBE_CAUSE_TLS;
    case NET_ERROR_NO_TLS:
        return PROBE_CAUSE_NO_TLS;
    case NET_ERROR_WEB_SERVER:
        return PROBE_CAUSE_WEB_SERVER;
    case NET_ERROR_OLD_TLS:
        return PROBE_CAUSE_OLD_TLS;
    case NET_ERROR_CERTIFICATE:
        return certificate_cause(trouble);
    case NET_ERROR_PIN_CHANGED:
        return PROBE_CAUSE_PIN_CHANGED;
    case NET_ERROR_CA_FILE:
        return PROBE_CAUSE_CA_FILE;
    case NET_ERROR_CLIENT_CERTIFICATE:
        return PROBE_CAUSE_CLIENT_CERTIFICATE;
    case NET_ERROR_COMPRESSION:
        return PROBE_CAUSE_NOT_IMAP;
    }
    return PROBE_CAUSE_NOT_CONNECTED;
}

ProbeCause probe_cause_of(const Probe *probe, const GError *error)
{
    const ProbeCertificate *certificate = probe->report->certificate;
    if (error->domain == NET_ERROR)
        return net_cause((NetError) error->code, certificate != NULL ? certificate->trouble : TLS_TROUBLE_NONE);
    if (error->domain == SASL_ERROR)
        return PROBE_CAUSE_MECHANISM;
    if (error->domain != IMAP_ERROR)
        return PROBE_CAUSE_NOT_CONNECTED;
    switch ((ImapError) error->code) {
    case IMAP_ERROR_FOREIGN:
        return probe->greeted_as_web ? PROBE_CAUSE_WEB_SERVER : PROBE_CAUSE_OTHER_SERVER;
    case IMAP_ERROR_LIMIT:
        return PROBE_CAUSE_TOO_MUCH;
    case IMAP_ERROR_INSECURE: /* behind TLS it is a server that did not prove that it knows the password */
        return probe->report->stage >= PROBE_LOGIN ? PROBE_CAUSE_MECHANISM : PROBE_CAUSE_PREAUTH;
    case IMAP_ERROR_ARGUMENT:
    case IMAP_ERROR_STATE:
    case IMAP_ERROR_SOURCE:
    case IMAP_ERROR_PROTOCOL:
        break;
    }
    return PROBE_CAUSE_NOT_IMAP;
}

ProbeCause probe_cause_of_login(ImapCode code)
{
    switch (code) {
    case IMAP_CODE_AUTHENTICATIONFAILED:
        return PROBE_CAUSE_WRONG_CREDENTIALS;
    case IMAP_CODE_AUTHORIZATIONFAILED:
    case IMAP_CODE_NOPERM:
        return PROBE_CAUSE_NOT_AUTHORIZED;
    case IMAP_CODE_EXPIRED:
        return PROBE_CAUSE_CREDENTIALS_EXPIRED;
    case IMAP_CODE_PRIVACYREQUIRED:
        return PROBE_CAUSE_PRIVACY_REQUIRED;
    case IMAP_CODE_CONTACTADMIN:
        return PROBE_CAUSE_CONTACT_ADMIN;
    default:
        return PROBE_CAUSE_LOGIN_REFUSED;
    }
}
