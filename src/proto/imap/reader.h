/* Inside proto/imap: cuts the stream of bytes into responses. A response is lines joined by literals, up to
 * the first CRLF that no literal follows. Small literals stay in it; a large one that the owner wants is
 * streamed past it.
 */
#ifndef MALLE_PROTO_IMAP_READER_H
#define MALLE_PROTO_IMAP_READER_H

#include "proto/imap/limits.h"
#include "proto/imap/tokenizer.h"

typedef struct ImapReader ImapReader;

typedef struct {
    /* One whole response; cursor->end stands before its last CRLF. False: stop, with error set or
     * reader_stop() called. */
    bool (*response)(ImapCursor *cursor, gpointer user, GError **error);
    /* A literal of more than limits->small_literal octets begins behind what the cursor holds (its end is
     * behind the
     * "{n}\r\n"). True: stream it to data() and end(); false: keep it in the response. */
    bool (*literal)(ImapCursor *cursor, guint64 size, gpointer user);
    void (*data)(const char *data, gsize len, gpointer user);
    void (*end)(bool complete, gpointer user);
} ImapReaderEvents;

/* limits: all fields set; both structures are borrowed and must outlive the reader. */
ImapReader *imap_reader_new(const ImapLimits *limits, const ImapReaderEvents *events, gpointer user);
void imap_reader_free(ImapReader *reader);
/* Takes bytes until all are taken, a callback fails, or imap_reader_stop() was called from one. *taken tells
 * how far. */
bool imap_reader_feed(ImapReader *reader, const char *bytes, gsize len, gsize *taken, GError **error);
/* From inside response(): nothing behind this response belongs to us. */
void imap_reader_stop(ImapReader *reader);
/* Nothing more comes: a streamed literal ends incomplete. */
void imap_reader_close(ImapReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapReader, imap_reader_free)

#endif
