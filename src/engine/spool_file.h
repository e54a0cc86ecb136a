/* The spool: letters that were handed over and that no journal has yet, as files beside the store (STORE.spool/), two for each:
 * ID.eml, the letter, and ID.envelope, which counts: it is there whole or not at all, and on the disk when spool_put()
 * returns. Plain files, any thread, any process; who takes them out is the one that has the store (engine/spool.h).
 */
#ifndef MALLE_ENGINE_SPOOL_FILE_H
#define MALLE_ENGINE_SPOOL_FILE_H

#include <glib.h>

#include "store/intent.h"

typedef struct {
    char *account;      /* its name in the accounts file */
    char *sender;       /* MAIL FROM; "" for the null reverse-path */
    char **recipients;  /* at least one */
    gint64 release_at;  /* Unix µs: not before; 0: at once */
    guint send_options; /* SendOption bits */
    gboolean no_copy;   /* nothing of it is to be kept in Sent */
} SpoolEnvelope;

void spool_envelope_free(SpoolEnvelope *envelope);

/* Where the letter is to be written that gets this name, a fresh one; the directory is made. The caller writes it there and
 * waits for the disk. Both strings are the caller's. FALSE with error (G_FILE_ERROR). */
gboolean spool_begin(const char *store_path, char **id, char **letter_path, GError **error);
/* The letter is there: from now on it is going to be sent, whatever happens to us. */
gboolean spool_put(const char *store_path, const char *id, const SpoolEnvelope *envelope, GError **error);
/* What was begun comes to nothing. */
void spool_forget(const char *store_path, const char *id);

/* Names of what waits, oldest first. Of char*, free func set. */
GPtrArray *spool_list(const char *store_path);
/* *letter_path: the caller's. NULL with error: damaged, or gone. */
SpoolEnvelope *spool_read(const char *store_path, const char *id, char **letter_path, GError **error);
/* Letters without an envelope that nobody is writing any more (a day old). */
void spool_sweep(const char *store_path);
gboolean spool_id_is_valid(const char *id);

/* The socket on which whoever has the store hears of new ones (net/doorbell.h). Caller frees. */
char *spool_socket_path(const char *store_path);

/* Says that the letter is there, and with `wait` waits for what becomes of it. *words: with it, UTF-8, not terminal-safe (the
 * caller's, never NULL); of SPOOL_TAKEN the journal's number. TAKEN with `wait`: whoever had it has ended meanwhile. */
typedef enum {
    SPOOL_NOBODY,  /* the store is nobody's now: the letter waits for whoever has it next */
    SPOOL_TAKEN,   /* it is in the journal */
    SPOOL_KEPT,    /* it stays in the spool, and why */
    SPOOL_SENT,    /* accepted for all */
    SPOOL_REFUSED, /* not, or not for all, for good */
    SPOOL_UNKNOWN, /* nobody can tell */
    SPOOL_LATER,   /* it waits in the journal, and why */
} SpoolVerdict;
SpoolVerdict spool_ring(const char *store_path, const char *id, gboolean wait, char **words);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpoolEnvelope, spool_envelope_free)

#endif
