/* Inside net: the parts of a stream, shared by stream.c (life and doors), stream_read.c and stream_write.c.
 */
#ifndef MALLE_NET_STREAM_PRIVATE_H
#define MALLE_NET_STREAM_PRIVATE_H

#include "net/layer.h"
#include "net/stream.h"
#include "net/tls_filter.h"

struct Stream {
    GMainContext *context;
    Transport *transport;
    TlsFilter *tls;  /* nearest the wire; NULL until started */
    Filter *deflate; /* above it; NULL until started */
    StreamHandlers handlers;
    gpointer user_data;

    /* Towards us: what was offered and not taken lies in held from held_from on. */
    GByteArray *held;
    gsize held_from;
    guint8 *raw;      /* one read from the wire, on its way through a filter */
    gboolean stalled; /* held is full and the reader took nothing */
    gboolean reoffer; /* held is to be offered though nothing new came */
    gboolean paused;

    /* Towards the peer: payload as written, then as it goes over the wire. */
    GByteArray *plain;
    gsize plain_from;
    GByteArray *wire;
    gsize wire_from;
    GByteArray *squeezed; /* between deflate and tls */
    gboolean unflushed;   /* the queue got something since the last call of drained */

    /* States. */
    gboolean offering;      /* inside handlers.received: changes of the read side wait for its answer */
    gboolean pretended_tls; /* a script said it is encrypted */
    gboolean handshaking;
    gboolean secured_due; /* handlers.secured has to be called */
    TlsOptions *tls_due;  /* stream_start_tls() was called while offering */
    gboolean deflate_due;
    gboolean ended;
    gboolean end_told;
    GError *end_error;
    GError *write_error; /* writing failed; the peer's last words are read first */
    int busy;            /* depth of dispatching: freeing waits for 0 */
    gboolean doomed;

    GSource *work; /* ready time 0: something is to be done in the next turn */
    GSource *timer;
    guint expect_ms;
    char *expect_doing;
    gint64 expect_from;        /* monotonic: nothing before this counts as waiting */
    guint progress_ms;         /* 0: the default */
    gint64 progress_from;      /* monotonic: the last time that more than drops had passed */
    guint64 progress_bytes;    /* that had passed over the wire, both ways, by then */
    gsize expect_unsent;       /* what the kernel still held when the deadline was last looked at */
    gint64 handshake_deadline; /* monotonic */
    guint handshake_ms;

    StreamStatistics statistics;
    StreamTap tap;
    gpointer tap_data;
    GDestroyNotify tap_free;
};

Stream *stream_new(GMainContext *context, Transport *transport); /* takes the transport */
/* STARTTLS: ends the stream if anything came in clear that was not taken. */
void stream_upgrade(Stream *stream, const TlsOptions *options);
/* TLS from the first byte: what the server may have said in clear is left for OpenSSL to complain about. */
void stream_begin_tls(Stream *stream, const TlsOptions *options);
void stream_add_setup_flights(Stream *stream, guint flights);

/* One bounded pass each; they note the end of the stream and never call closed. */
void stream_read_pass(Stream *stream);
void stream_write_pass(Stream *stream);
/* What is encoded, as far as it goes without waiting; for good-byes. */
void stream_write_last(Stream *stream);
/* Everything queued so far goes through the filters that there are now. */
gboolean stream_encode_all(Stream *stream);
/* Filters' own words into the queue for the wire. */
void stream_collect(Stream *stream);
/* What was held is compressed from here on. */
void stream_take_held_into_deflate(Stream *stream);
gsize stream_held_length(const Stream *stream);

/* Notes the end (takes ERROR, may be NULL), told from the loop. Only the first counts. */
void stream_end(Stream *stream, GError *error);
/* Another turn is wanted. */
void stream_schedule(Stream *stream);

#endif
