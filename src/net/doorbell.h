/* A door between two programs of one person on one machine: a Unix socket, lines in and lines out. Whoever has the store
 * listens; a command rings, says one line, and hears lines until the other side hangs up.
 *
 * Only the same user is let in (SO_PEERCRED), and nothing is read but lines of at most 4,096 octets.
 */
#ifndef MALLE_NET_DOORBELL_H
#define MALLE_NET_DOORBELL_H

#include <glib.h>

typedef struct Doorbell Doorbell;

/* Somebody rang and said this line. It is answered by doorbell_answer(), now or later. */
typedef void (*DoorbellHeard)(Doorbell *doorbell, guint64 call, const char *line, gpointer user);

/* Listens at PATH, in place of a socket that was left there: the caller knows that nobody else listens, by the store's
 * lock. NULL with error (NET_ERROR). The context's thread. */
Doorbell *doorbell_open(const char *path, GMainContext *context, DoorbellHeard heard, gpointer user, GError **error);
/* Hangs up on all and removes the socket. NULL is nothing. */
void doorbell_close(Doorbell *doorbell);
/* One line back; line ends within become spaces. A call that has hung up hears nothing. */
void doorbell_answer(Doorbell *doorbell, guint64 call, const char *line);
void doorbell_hang_up(Doorbell *doorbell, guint64 call);

/* --- the other side, waiting: for commands [any thread] --- */

typedef struct DoorbellCall DoorbellCall;

/* NULL with error: nobody listens there. */
DoorbellCall *doorbell_ring(const char *path, const char *line, GError **error);
/* The next line, without its end; NULL when the other side has hung up or is gone. Caller frees. */
char *doorbell_hear(DoorbellCall *call);
void doorbell_call_free(DoorbellCall *call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DoorbellCall, doorbell_call_free)

#endif
