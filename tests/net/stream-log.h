/* A reader for stream tests that writes down everything its handlers were told. */
#ifndef MALLE_TESTS_STREAM_LOG_H
#define MALLE_TESTS_STREAM_LOG_H

#include <gio/gio.h>

#include "net/stream.h"

typedef struct {
    Stream *stream;
    GByteArray *got; /* everything taken */
    GString *events; /* "S" secured, "D" drained, "C" closed, in order */
    GError *error;   /* of closed */
    gboolean closed;
    gsize take_at_most;  /* per call of received; G_MAXSIZE at first */
    guint calls;         /* of received */
    gsize largest;       /* that received was offered */
    const char *stop_at; /* take only up to and including this text, then call at_stop once */
    void (*at_stop)(gpointer log);
    gpointer data;
} StreamLog;

void stream_log_init(StreamLog *log, Stream *stream);
void stream_log_clear(StreamLog *log); /* frees the stream too */
/* Iterates CONTEXT until *FLAG. */
void stream_log_until(GMainContext *context, const gboolean *flag);
/* Iterates until at least COUNT bytes were got, or the stream closed. */
void stream_log_until_got(GMainContext *context, StreamLog *log, gsize count);
/* Until a deadline of so many milliseconds, set just now, is due: the loop is late, as under load. */
void stream_log_be_late(guint milliseconds);
const char *stream_log_text(StreamLog *log);

#endif
