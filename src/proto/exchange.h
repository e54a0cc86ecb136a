/* Inside proto/: one SASL exchange (RFC 4422) as AUTHENTICATE (RFC 9051 §6.2.2, RFC 4959) and AUTH (RFC 4954, RFC 5034) carry it: base64
 * lines, an initial response with the command where it fits, "=" for an empty one, "*" to cancel. The session gives it the server's
 * challenges and its output, and decides what a line that was written means to it. */
#ifndef MALLE_PROTO_EXCHANGE_H
#define MALLE_PROTO_EXCHANGE_H

#include <glib.h>
#include <stdbool.h>

#include "proto/output.h"
#include "sasl/sasl.h"

/* Empty when zeroed. */
typedef struct {
    SaslMechanism *mechanism; /* borrowed; NULL: no exchange is under way */
    char *command;            /* what stands before the mechanism's name; NULL once the command is out */
    gsize line_max;           /* octets that the command may have with an initial response */
    GBytes *challenge;        /* being worked on */
    GBytes *held;             /* the initial response, where it could not go with the command */
    bool working;
    guint rounds;             /* challenges so far */
    GError *error;            /* why the mechanism failed in this exchange or the last; NULL */
} ProtoExchange;

typedef enum {
    PROTO_EXCHANGE_WROTE,       /* one line stands in the output; the server's turn */
    PROTO_EXCHANGE_BUSY,        /* the mechanism computes: proto_exchange_resume() in a later turn of the loop */
    PROTO_EXCHANGE_GAVE_UP,     /* there is nothing to begin with: nothing was written, it is over, `error` says why */
    PROTO_EXCHANGE_OUT_OF_TURN, /* the server asks while it has not been answered; nothing was written */
    PROTO_EXCHANGE_ENDLESS,     /* more challenges than any mechanism has; nothing was written */
} ProtoExchangeStep;

#define PROTO_EXCHANGE_NO_INITIAL ((gsize)0)
#define PROTO_EXCHANGE_ANY_INITIAL G_MAXSIZE

/* COMMAND: "AUTH", or "a1 AUTHENTICATE". LINE_MAX: the longest command, with its CRLF, that may carry an initial response; a longer one
 * answers the server's first challenge. */
ProtoExchangeStep proto_exchange_begin(ProtoExchange *exchange, SaslMechanism *mechanism, const char *command, gsize line_max,
                                       ProtoOutput *output);
/* TEXT: what stands behind the "+" or 334, in base64. */
ProtoExchangeStep proto_exchange_challenge(ProtoExchange *exchange, const char *text, gsize len, ProtoOutput *output);
/* Of OUT_OF_TURN and ENDLESS, behind which the link has to be closed: what the person is told. */
const char *proto_exchange_words(ProtoExchangeStep step);
ProtoExchangeStep proto_exchange_resume(ProtoExchange *exchange, ProtoOutput *output);
/* The server said yes. FALSE, with an error of DOMAIN and CODE: it did not prove that it may; the link has to be closed. */
bool proto_exchange_proved(const ProtoExchange *exchange, GQuark domain, int code, GError **error);
/* It is over, in whatever way; `error` stays. */
void proto_exchange_end(ProtoExchange *exchange);
void proto_exchange_clear(ProtoExchange *exchange);

#endif
