/* A session whose every event becomes a line of text, so that what a server said can be compared with what
 * was understood. */
#ifndef MALLE_TESTS_IMAP_RENDER_H
#define MALLE_TESTS_IMAP_RENDER_H

#include "proto/imap/session.h"

typedef struct {
    GQueue lines;     /* of char*, owned */
    GString *section; /* bytes of the section that is being streamed */
    guint outputs;    /* how often the session said that there is output */
} Render;

void render_init(Render *render);
void render_clear(Render *render);
/* user of the session must be a Render. */
extern const ImapSessionEvents render_events;
/* For imap_session_send(); user is the Render. Adds "done ID RESULT …". */
void render_done(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text,
                 gpointer user);
/* C escapes; more than 400 bytes are told by length and checksum. g_free. */
char *render_bytes(const char *data, gsize len);

#endif
