/* Shared by probe.c (connecting, the order of things), probe_login.c (logging in and behind) and probe_report.c (what is told). */
#ifndef MALLE_ENGINE_PROBE_PRIVATE_H
#define MALLE_ENGINE_PROBE_PRIVATE_H

#include <gio/gio.h>

#include "engine/engine.h"
#include "engine/login_imap.h"
#include "engine/probe.h"
#include "net/stream.h"
#include "proto/imap/session.h"
#include "proto/pop/session.h"
#include "proto/smtp/session.h"

/* What SELECT says of INBOX, taken down while it is answered (probe_mailboxes.c). */
typedef struct {
    gboolean uidvalidity, not_sticky;
    gboolean flags_said, new_keywords; /* PERMANENTFLAGS */
} ProbeInbox;

struct Probe {
    GMainContext *context;
    Account *account;
    LoginMeans means;
    char *pin;
    gboolean stop_after_login;
    guint phase_ms;            /* 0: the defaults */
    ProbeProgress progress;
    ProbeDone done;
    gpointer user_data;

    ProbeReport *report;
    GSource *deadline;         /* of looking up the addresses */
    GCancellable *cancellable; /* resolving and connecting; NULL when neither is under way */
    GSource *turn;             /* what is to be done outside of all callbacks: a step of the mechanism, or the end */
    TlsContext *tls;
    Stream *stream;
    ImapSession *session;      /* NULL with smtp */
    SmtpSession *smtp;         /* of a submission server (probe_smtp.c); else NULL */
    PopSession *pop;           /* of a POP3 server (probe_pop.c); else NULL */
    SaslMechanism *mechanism;
    gboolean securing;
    gboolean heard;            /* a byte came */
    gboolean greeted_as_web;   /* the first ones were HTTP's */
    char *silence;             /* the words for a port that does not greet, while a second connection asks it for TLS */
    ProbeInbox inbox;
    gboolean ended;
    gint64 since;              /* monotonic µs: of what is being measured */
    guint round_trips;
};

#define PROBE_ANSWER_MS 30000
#define PROBE_RESOLVE_MS 15000

/* probe.c */
void probe_in_next_turn(Probe *probe, GSourceFunc function);
void probe_next_stage(Probe *probe, ProbeStage next);
void probe_send(Probe *probe, ImapCommand *command, ImapDoneFunc done);
void probe_flush(Probe *probe);
/* Ends it; once ended, later calls do nothing. */
void probe_finish(Probe *probe);
void probe_fail(Probe *probe, ProbeCause cause, const char *words);
void probe_fail_with(Probe *probe, const GError *error);
/* The server's NO or BAD ends it: format has one %s for the server's words. FALSE when the answer was another. */
gboolean probe_refused(Probe *probe, ProbeCause cause, ImapResult result, const ImapText *text, const char *format);

/* probe_cause.c */
EngineErrorCode probe_cause_code(ProbeCause cause);
/* Of an error of net, sasl or proto. */
ProbeCause probe_cause_of(const Probe *probe, const GError *error);
/* Of a refused login. */
ProbeCause probe_cause_of_login(ImapCode code);

/* probe_mailboxes.c */
void probe_mailboxes(Probe *probe);
void probe_inbox_text(Probe *probe, const ImapText *text);

/* probe_login.c */
void probe_log_in(Probe *probe);
void probe_logged_in(Probe *probe);

/* probe_smtp.c */
void probe_smtp_begin(Probe *probe);
/* TRUE: the stream is to begin TLS now. */
gboolean probe_smtp_received(Probe *probe, const guint8 *bytes, gsize length);
void probe_smtp_flush(Probe *probe);

/* probe_pop.c */
void probe_pop_begin(Probe *probe);
/* How many octets were the session's. *begin_tls: the stream is to begin TLS now. */
gsize probe_pop_received(Probe *probe, const guint8 *bytes, gsize length, gboolean *begin_tls);
void probe_pop_flush(Probe *probe);

/* probe_report.c */
ProbeReport *probe_report_new(void);
void probe_report_stream(ProbeReport *report, Stream *stream);
void probe_report_certificate(ProbeReport *report, const TlsCertificateInfo *certificate);
void probe_report_capabilities(ProbeReport *report, const ImapCapabilities *capabilities);
void probe_report_id(ProbeReport *report, const ImapIdField *fields, guint count);
void probe_report_namespaces(ProbeReport *report, const ImapNamespaces *namespaces);
void probe_report_list(ProbeReport *report, const ImapList *list);
/* Takes the words. */
void probe_report_finding(ProbeReport *report, ProbeCause cause, char *words);
void probe_report_status(ProbeReport *report, const ImapMailboxStatus *status);
/* A copy that is valid UTF-8. */
char *probe_string(ImapString string);

#endif
