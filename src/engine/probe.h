/* A look at an account's server, step by step, that changes nothing there: what `malle doctor` tells, and what account set-up tries
 * before it saves.
 *
 * IMAP and POP3, and SMTP as far as the log-in. On the GMainContext given, without the engine or a store: addresses, connection, TLS, login, capabilities, round-trip time, mailboxes.
 * Strings that come from outside (certificates, the server's words, mailbox names) are UTF-8 and not terminal-safe.
 */
#ifndef MALLE_ENGINE_PROBE_H
#define MALLE_ENGINE_PROBE_H

#include <glib.h>

#include "base/secret.h"
#include "config/account.h"
#include "engine/probe_cause.h"
#include "net/tls.h"

typedef enum {
    PROBE_ADDRESSES,
    PROBE_CONNECTION,   /* TCP, and TLS where it comes first */
    PROBE_GREETING,     /* and STARTTLS */
    PROBE_LOGIN,
    PROBE_CAPABILITIES,
    PROBE_ROUND_TRIP,
    PROBE_MAILBOXES,    /* their list, and INBOX itself */
    PROBE_DONE,
} ProbeStage;

/* An extension that Malle uses, and what its lack costs. */
typedef struct {
    const char *name;   /* "IDLE"; static */
    gboolean offered;
    const char *use;    /* what it does for the person, translated; static */
    const char *cost;   /* what happens without it, translated; static */
} ProbeCapability;

/* Who says that a mailbox has its role. */
typedef enum { PROBE_ROLE_SERVER, PROBE_ROLE_FILE /* the accounts file */, PROBE_ROLE_NAME /* nobody: it is called so */ } ProbeRoleFrom;

typedef struct {
    char *name;         /* as people write it: without the prefix */
    const char *role;   /* "trash", "sent" …; NULL: none; static */
    ProbeRoleFrom role_from;
    gboolean selectable;
    gboolean counted;   /* the two numbers are known (LIST-STATUS) */
    guint messages, unseen;
} ProbeMailbox;

typedef struct {
    char *subject, *issuer;
    GPtrArray *names;   /* of char*: "DNS:…", "IP:…" */
    gint64 not_before, not_after; /* Unix seconds */
    char *sha256;       /* hex with colons */
    TlsTrouble trouble; /* why it is not trusted */
    char *problem;      /* the same in words, translated; NULL when it is trusted */
} ProbeCertificate;

/* What is wrong, or only worth knowing, though the look went on to its end. */
typedef struct {
    ProbeCause cause;
    char *words;        /* translated */
} ProbeFinding;

/* Filled as the probe goes on: what a stage has not reached is NULL or 0. */
typedef struct {
    ProbeStage stage;         /* the one that is being tried, or where it ended */
    char **addresses;         /* numeric */
    guint resolve_ms;
    char *peer;               /* the address (or proxy) that answered, with port */
    guint connect_ms;         /* TCP, proxy and TLS together */
    gboolean encrypted;
    char *tls_version, *tls_cipher;
    gboolean pinned;
    ProbeCertificate *certificate; /* also when it was refused */
    char *greeting;           /* the server's words */
    char *mechanisms;         /* offered, separated by spaces */
    char *mechanism;          /* used: "SCRAM-SHA-256", "LOGIN command" … */
    char *capabilities;       /* all of them, after login */
    GArray *extensions;       /* of ProbeCapability; NULL before */
    char *server;             /* what it says of itself (ID): "Dovecot 2.3.19"; NULL */
    guint round_trip_us[3];   /* of NOOP */
    char *prefix;             /* personal namespace */
    gboolean initial_response; /* SASL-IR before the log-in, where alone Cyrus says it */
    char *delimiter;          /* "/" or "."; "" for a flat one */
    char *listed_delimiter;   /* the same as LIST says it; NULL: nothing was listed */
    GPtrArray *mailboxes;     /* of ProbeMailbox* */
    gboolean is_pop;          /* a POP3 account: one box of letters, and no mailboxes */
    guint letters;            /* in it */
    guint64 octets;
    GPtrArray *findings;      /* of ProbeFinding*, in the order in which they were met */
    ProbeCause cause;         /* of the error */
    GError *error;            /* ENGINE_ERROR: why it ended before PROBE_DONE; NULL */
    gboolean transient;       /* the error may pass by itself */
} ProbeReport;

typedef struct Probe Probe;

typedef void (*ProbeProgress)(const ProbeReport *report, ProbeStage finished, gpointer user_data);
/* Once; the report belongs to the callee. */
typedef void (*ProbeDone)(ProbeReport *report, gpointer user_data);

typedef struct {
    const char *pin_sha256;   /* the pinned certificate; NULL: none */
    Secret *secret;           /* password or token (engine/login.h); NULL: only a client certificate can log in, else it ends before PROBE_LOGIN */
    gboolean stop_after_login;
    guint phase_ms;           /* how long each phase may take: names, connecting, TLS, each answer; 0: as the engine does */
    ProbeProgress progress;   /* may be NULL */
    ProbeDone done;
    gpointer user_data;
} ProbeOptions;

/* account is copied, secret referenced. Accounts with a server only: the caller has looked at the scheme. context must be iterated by the calling thread. */
Probe *probe_start(GMainContext *context, const Account *account, const ProbeOptions *options);
/* `done` is not called any more. Not after it was. */
void probe_cancel(Probe *probe);

/* The same, waiting, on a context of its own: for commands and helper threads. `done` of the options is not called. Never NULL. */
ProbeReport *probe_run(const Account *account, const ProbeOptions *options);

/* The same of the server that the account's `send` names: as far as the log-in. The pin of the options is that server's. */
ProbeReport *probe_run_submission(const Account *account, const ProbeOptions *options);

/* The certificate pinned for the account's receiving server in the pins file, or NULL. Caller frees. */
char *probe_pin(const char *pins_path, const Account *account);

void probe_report_free(ProbeReport *report);
/* The worst of it: the error's, else that of the first finding that is more than a note, else PROBE_CLASS_NONE. */
ProbeClass probe_report_class(const ProbeReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProbeReport, probe_report_free)

#endif
