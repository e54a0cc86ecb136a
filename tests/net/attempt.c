#include "config.h"

#include "attempt.h"

static void on_progress(NetPhase phase, gpointer user_data)
{
    Attempt *self = user_data;

    g_string_append_c(self->phases, "RCPT="[phase]);
}

static void on_connected(Stream *stream, const TlsCertificateInfo *certificate, const GError *error,
                         gpointer user_data)
{
    Attempt *self = user_data;

    g_assert_false(self->done);
    g_assert_true((stream != NULL) == (error == NULL));
    self->done = TRUE;
    self->stream = stream;
    self->certificate = tls_certificate_info_copy(certificate);
    self->error = error ? g_error_copy(error) : NULL;
}

void attempt_start(Attempt *self, GMainContext *context, const NetTarget *target, GCancellable *cancellable)
{
    self->phases = g_string_new(NULL);
    net_connect_async(context, target, cancellable, on_progress, on_connected, self);
    g_assert_false(self->done); /* answered from the loop only */
}

void attempt_run(Attempt *self, GMainContext *context, const NetTarget *target, GCancellable *cancellable)
{
    attempt_start(self, context, target, cancellable);
    while (!self->done)
        g_main_context_iteration(context, TRUE);
}

void attempt_clear(Attempt *self)
{
    stream_free(self->stream);
    tls_certificate_info_free(self->certificate);
    g_clear_error(&self->error);
    if (self->phases)
        g_string_free(self->phases, TRUE);
}
