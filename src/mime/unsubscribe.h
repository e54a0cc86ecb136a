/* How a list says that one leaves it: List-Unsubscribe (RFC 2369 §3.2) and List-Unsubscribe-Post (RFC 8058). Pure; any thread. What it names is
 * the sender's choice: shown before anything is done with it.
 */
#ifndef MALLE_MIME_UNSUBSCRIBE_H
#define MALLE_MIME_UNSUBSCRIBE_H

#include <glib.h>

typedef struct {
    char *one_click; /* an https: URL that a POST of "List-Unsubscribe=One-Click" goes to; NULL */
    char *mailto;    /* or NULL */
    char *page;      /* an http(s): URL for a browser, where one_click is NULL; or NULL */
} MimeUnsubscribe;

/* header: the header block. All NULL when it says nothing that can be used. */
void mime_unsubscribe_read(MimeUnsubscribe *unsubscribe, const char *header, gsize length);
void mime_unsubscribe_clear(MimeUnsubscribe *unsubscribe);

/* An https: URL in its pieces. FALSE: it is none, or one that no request is made of (a user, a control character, a fragment only). Strings
 * are the caller's. */
gboolean mime_https_split(const char *url, char **host, guint16 *port, char **target);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MimeUnsubscribe, mime_unsubscribe_clear)

#endif
