/* Stream: bytes to and from a peer, without ever waiting.
 *
 * A stream is a chain: a transport (a socket, or a script in tests) under the filters that were started on
 * it: tls, then deflate. Only the owner of its GMainContext touches it, and its handlers are called only by
 * dispatching that context, never from inside a call into this header. It may be freed from inside its own
 * handlers.
 *
 * Writing only queues; what is queued in one turn of the loop leaves as one write (one TLS record, one flush
 * of the compressor). Reading goes on while writing. Nothing here waits and nothing recurses.
 */
#ifndef MALLE_NET_STREAM_H
#define MALLE_NET_STREAM_H

#include <glib.h>

#include "net/error.h"
#include "net/tls.h"

typedef struct Stream Stream;

/* `drained` is called when no more than this is queued. Keep on writing until stream_queued() is several
 * times as much. */
#define STREAM_LOW_WATER (32 * 1024)
/* Most bytes that `received` is offered anew in one call, after decryption and inflation; what a peer can
 * make us hold. */
#define STREAM_READ_MAX (64 * 1024)
/* Most bytes that a handler may leave untaken; when that many are held and it takes none, the stream stops
 * reading until stream_resume() or a stream_start_…(). */
#define STREAM_HELD_MAX (256 * 1024)

typedef struct {
    /* Bytes came. Return how many were taken, 0…length; the others are kept and offered again, in front of
     * what comes next. After an answer that changes the stream (STARTTLS, COMPRESS) take exactly up to its
     * CRLF, and call stream_start_…() from inside the handler or later: what was not taken is what that call
     * looks at. */
    gsize (*received)(Stream *stream, const guint8 *bytes, gsize length, gpointer user_data);
    /* The handshake of stream_start_tls() is done and the certificate accepted. May be NULL. */
    void (*secured)(Stream *stream, gpointer user_data);
    /* A write left no more than STREAM_LOW_WATER in the queue (called at least once after each
     * stream_write()). May be NULL. */
    void (*drained)(Stream *stream, gpointer user_data);
    /* The end, once, and nothing after it; ERROR is NULL when the peer closed in good order, and otherwise in
     * NET_ERROR. All bytes that arrived were offered before, except to a reader that is paused. */
    void (*closed)(Stream *stream, const GError *error, gpointer user_data);
} StreamHandlers;

/* HANDLERS is copied. Until they are set, nothing is read. */
void stream_set_handlers(Stream *stream, const StreamHandlers *handlers, gpointer user_data);

/* Queues a copy. After the end (closed) it does nothing. During a handshake the bytes wait for its end. */
void stream_write(Stream *stream, const void *bytes, gsize length);
void stream_write_string(Stream *stream, const char *text);
/* Bytes that were queued and have not been handed to the kernel. */
gsize stream_queued(const Stream *stream);

/* Flow control: between pause and resume `received` is not called and at most STREAM_READ_MAX more are taken
 * from the kernel, so that the peer is held up by TCP itself. A broken link is still noticed by writes and by
 * deadlines. */
void stream_pause(Stream *stream);
void stream_resume(Stream *stream);

/* Sends what fits without waiting (with close_notify under TLS) and closes. No handler is called any more.
 * NULL is allowed for free. */
void stream_close(Stream *stream);
void stream_free(Stream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stream, stream_free)

/* Something has to happen within MILLISECONDS from now, and within as much after each thing that happens, or
 * the stream ends with NET_ERROR_TIMED_OUT: a byte arrives, or the far end takes bytes that we sent. DOING
 * says in the user's language what was waited for ("waiting for the greeting"). 0: no deadline. Time that the
 * stream is paused for does not count. A handshake has its own deadline (TlsOptions), during which this one
 * rests. */
void stream_expect_within(Stream *stream, guint milliseconds, const char *doing);

/* While such a deadline runs a far end that drips is not taken for one that works: within MILLISECONDS at least
 * STREAM_PROGRESS_BYTES have to pass, or stream_progressed() be called, because something whole came. 0, as from the
 * start: STREAM_DRIP_FACTOR times the deadline of silence. */
#define STREAM_PROGRESS_BYTES 512
#define STREAM_DRIP_FACTOR 4
void stream_expect_progress_within(Stream *stream, guint milliseconds);
void stream_progressed(Stream *stream);

/* Begins TLS, as the client, over what is there. Bytes that came and were not taken, or UNPARSED > 0 (bytes
 * that the caller took and holds undigested) end the stream with NET_ERROR_INJECTED: they came in clear and
 * may be anybody's (RFC 2595 §2.4, CVE-2020-14954). So does anything already waiting in the kernel. Success
 * is `secured`, failure is `closed`. */
void stream_start_tls(Stream *stream, const TlsOptions *options, gsize unparsed);
/* Begins raw deflate (RFC 4978) in both directions: bytes not taken yet and everything after them are
 * inflated, at most STREAM_READ_MAX per call of `received`; everything queued so far leaves uncompressed,
 * everything after is compressed. */
void stream_start_deflate(Stream *stream);

gboolean stream_is_encrypted(const Stream *stream);
gboolean stream_is_compressed(const Stream *stream);
/* NULL while there is no TLS. */
const TlsInfo *stream_tls_info(const Stream *stream);
/* The certificate that the server showed, whether or not it was accepted; NULL when none was seen. Owned by
 * the stream. */
const TlsCertificateInfo *stream_certificate(const Stream *stream);
/* Channel binding data for SCRAM-…-PLUS: KIND is "tls-exporter" (RFC 9266, TLS 1.3), "tls-unique" (RFC 5929,
 * TLS 1.2 with extended master secret) or "tls-server-end-point" (RFC 5929). New reference, or NULL when this
 * link has no such data. */
GBytes *stream_channel_binding(Stream *stream, const char *kind);
/* The numeric address of the peer ("192.0.2.1:993", "[2001:db8::1]:993"), or of the proxy; NULL for a script.
 * Owned by the stream. */
const char *stream_peer(const Stream *stream);

typedef struct {
    guint64 wire_up;      /* bytes handed to the kernel: TLS, handshake and all */
    guint64 wire_down;    /* bytes read from the kernel */
    guint64 payload_up;   /* bytes that stream_write() took */
    guint64 payload_down; /* bytes for `received`, inflated and decrypted */
    gint64 last_received; /* g_get_monotonic_time() of the last byte from the wire; of the creation while
                             there is none */
    guint setup_flights;  /* round trips before the first byte of the protocol: TCP, proxy, TLS */
} StreamStatistics;
StreamStatistics stream_statistics(const Stream *stream);

/* Watching what passes, above compression and encryption, in the order in which it was queued or received;
 * for ":wire". The watcher sees passwords: it redacts. NULL stops watching. FREE_DATA (may be NULL) is called
 * with USER_DATA when it is replaced or the stream is freed. */
typedef enum { STREAM_UP, STREAM_DOWN } StreamDirection;
typedef void (*StreamTap)(StreamDirection direction, const guint8 *bytes, gsize length, gpointer user_data);
void stream_set_tap(Stream *stream, StreamTap tap, gpointer user_data, GDestroyNotify free_data);

#endif
