/* One net_connect_async(), driven to its end. */
#ifndef MALLE_TESTS_ATTEMPT_H
#define MALLE_TESTS_ATTEMPT_H

#include "net/connect.h"

typedef struct {
    gboolean done;
    Stream *stream;
    TlsCertificateInfo *certificate;
    GError *error;
    GString *phases; /* "RCPT" … one letter each: resolving, connecting, proxy, tls, connected = "=" */
} Attempt;

/* Zeroed ATTEMPT; iterates CONTEXT until it is done. */
void attempt_run(Attempt *attempt, GMainContext *context, const NetTarget *target, GCancellable *cancellable);
/* The same without iterating. */
void attempt_start(Attempt *attempt, GMainContext *context, const NetTarget *target,
                   GCancellable *cancellable);
void attempt_clear(Attempt *attempt);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attempt, attempt_clear)

#endif
