/* What the files session*.c share. */
#ifndef MALLE_PROTO_SMTP_SESSION_PRIVATE_H
#define MALLE_PROTO_SMTP_SESSION_PRIVATE_H

#include "proto/exchange.h"
#include "proto/smtp/data.h"
#include "proto/smtp/session.h"

/* Each reply that is owed, in the order in which its command left. */
typedef enum {
    SMTP_OWED_GREETING,
    SMTP_OWED_EHLO,
    SMTP_OWED_HELO,
    SMTP_OWED_STARTTLS,
    SMTP_OWED_AUTH,
    SMTP_OWED_RSET,
    SMTP_OWED_MAIL,
    SMTP_OWED_RCPT,
    SMTP_OWED_DATA,   /* 354 */
    SMTP_OWED_CHUNK,  /* the octets by BDAT, all but the word that they are the last */
    SMTP_OWED_LETTER, /* after the final dot, BDAT 0 LAST or BURL LAST */
    SMTP_OWED_QUIT,
} SmtpOwed;

typedef enum {
    LETTER_NONE,
    LETTER_ENVELOPE, /* its commands leave, or are answered */
    LETTER_CONTENT,  /* octets leave as the stream takes them */
    LETTER_LAST,     /* everything but the last octets left; waiting for release */
    LETTER_ANSWER,   /* the last octets were given out */
} SmtpLetterStage;

typedef struct {
    const SmtpSubmission *submission;
    SmtpSubmittedFunc done;
    gpointer user;
    SmtpLetterStage stage;
    bool chunked;       /* BDAT, not DATA */
    guint next;         /* recipient whose RCPT leaves next (without PIPELINING) */
    guint answered;     /* recipients */
    guint accepted;
    SmtpReply *mail;    /* MAIL's reply */
    SmtpReply **replies; /* the recipients' */
    SmtpReply *chunk;   /* a refusal of the octets */
    gsize offset;       /* of the message, in octets given out */
    SmtpData data;
    guint64 committed_at; /* octets of output at which the fate becomes the server's; 0: not yet */
} SmtpLetter;

struct SmtpSession {
    SmtpSessionOptions options;
    char *name;
    SmtpSessionEvents events;
    gpointer user;
    SmtpReader *reader;
    ProtoOutput output;
    GArray *owed;       /* of SmtpOwed, oldest first */
    guint64 heard;      /* replies */
    SmtpCapabilities *capabilities;
    bool tls, wants_tls, closed, quitting;
    bool feeding, told; /* `output` was called and nothing taken since */
    bool used;          /* an envelope was begun and refused: RSET before the next */
    bool authenticated;

    SmtpDoneFunc done;  /* of STARTTLS or AUTH */
    gpointer done_user;
    ProtoExchange auth;

    SmtpLetter letter;
};

/* session.c */
void smtp_session_owe(SmtpSession *session, SmtpOwed owed);
void smtp_session_notify(SmtpSession *session);
bool smtp_session_protocol_error(GError **error, const char *words);
bool smtp_session_may_begin(SmtpSession *session, GError **error);
void smtp_session_say_hello(SmtpSession *session);
void smtp_session_turn_away(SmtpSession *session, SmtpReply *reply);
void smtp_session_finish(SmtpSession *session, SmtpDone done, const SmtpReply *reply);

/* session-auth.c */
bool smtp_session_auth_reply(SmtpSession *session, const SmtpReply *reply, GError **error);

/* session-submit.c: replies to MAIL, RCPT, DATA, BDAT and the letter */
bool smtp_session_letter_reply(SmtpSession *session, SmtpOwed owed, SmtpReply *reply, GError **error);
/* Adds the next octets of the letter to the output, if it is at that. */
bool smtp_session_letter_pump(SmtpSession *session, GError **error);
/* A reply that nothing asked for while octets leave: a refusal. False when none leave. */
bool smtp_session_letter_interrupted(SmtpSession *session, SmtpReply *reply);
void smtp_session_letter_close(SmtpSession *session, const char *reason);

#endif
