/* A peer that follows a script: byte-exact tests of everything above a Stream, without sockets, on a
 * single-threaded GMainContext.
 *
 *     ScriptedPeer *peer = scripted_peer_new(context);
 *     scripted_deliver(peer, "* OK ready\r\n");
 *     scripted_expect(peer, "A1 CAPABILITY\r\n");
 *     scripted_deliver(peer, "* CAPABILITY IMAP4rev1\r\nA1 OK done\r\n");
 *     scripted_cut(peer);
 *     session_start(scripted_peer_stream(peer));
 *     g_assert_true(scripted_peer_run(peer, &error));
 *     scripted_peer_free(peer);
 *
 * Steps run in order. A delivery happens when all expectations before it are met; bytes that the program
 * sends before they are expected wait (they are a pipeline). Steps may be added while it runs.
 */
#ifndef MALLE_NET_SCRIPTED_H
#define MALLE_NET_SCRIPTED_H

#include "net/stream.h"

typedef struct ScriptedPeer ScriptedPeer;

ScriptedPeer *scripted_peer_new(GMainContext *context);
/* The peer must be freed after its stream is closed or freed, or before: both orders work. */
void scripted_peer_free(ScriptedPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScriptedPeer, scripted_peer_free)
/* The stream to this peer, for its one taker to free. Call it once. */
Stream *scripted_peer_stream(ScriptedPeer *peer);

/* The program has to send exactly these bytes next. */
void scripted_expect(ScriptedPeer *peer, const char *text);
void scripted_expect_bytes(ScriptedPeer *peer, const void *bytes, gsize length);
/* The program has to send a line (to CRLF) that matches this GRegex pattern, next; the whole line has to
 * match. */
void scripted_expect_line(ScriptedPeer *peer, const char *pattern);
/* The peer sends these bytes: as one segment, or in segments of CHUNK bytes, each delivered in a turn of its
 * own. */
void scripted_deliver(ScriptedPeer *peer, const char *text);
void scripted_deliver_bytes(ScriptedPeer *peer, const void *bytes, gsize length, gsize chunk);
/* From here on deliveries without a chunk size of their own are cut in this size (0: whole). For running one
 * script in many cuts. */
void scripted_set_chunk(ScriptedPeer *peer, gsize chunk);
/* The program has to call stream_start_tls() here: it succeeds without any TLS, or fails with this error
 * (copied). */
void scripted_expect_tls(ScriptedPeer *peer, const GError *failure_or_null);
/* The peer takes no byte any more (a full socket buffer) until scripted_take_again(). */
void scripted_stop_taking(ScriptedPeer *peer);
void scripted_take_again(ScriptedPeer *peer);
/* A call back in the middle of the script, to look or to act. */
void scripted_call(ScriptedPeer *peer, void (*call)(gpointer user_data), gpointer user_data);
/* The peer closes in good order, or the link breaks (NET_ERROR_IO). */
void scripted_cut(ScriptedPeer *peer);
void scripted_break(ScriptedPeer *peer);

/* Iterates the context until the script has run to its end, has failed, or nothing is left that could carry
 * it on. TRUE when it ran to its end and no byte came that was not expected. ERROR's message shows what was
 * expected and what came. */
gboolean scripted_peer_run(ScriptedPeer *peer, GError **error);
/* TRUE when all steps were done and nothing unexpected came. */
gboolean scripted_peer_finished(ScriptedPeer *peer);
/* Everything that the program sent so far. */
const char *scripted_peer_seen(ScriptedPeer *peer, gsize *length);

#endif
