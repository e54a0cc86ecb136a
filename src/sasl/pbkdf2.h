/* PBKDF2 (RFC 8018 §5.2) for one block, in pieces: a server chooses how many iterations there are, and nobody
 * who waits for a key press may wait for them all.
 */
#ifndef MALLE_SASL_PBKDF2_H
#define MALLE_SASL_PBKDF2_H

#include <glib.h>

#define PBKDF2_MAX_LENGTH 32

typedef struct Pbkdf2 Pbkdf2;

/* TYPE: SHA-1 or SHA-256; the result is one digest long (SCRAM's Hi(), RFC 5802 §2.2). ITERATIONS >= 1. */
Pbkdf2 *pbkdf2_new(GChecksumType type, const char *password, const guint8 *salt, gsize salt_length,
                   guint iterations);
/* At most COUNT iterations more. TRUE when all are done. */
gboolean pbkdf2_run(Pbkdf2 *pbkdf2, guint count);
/* Valid when done; digest-long. */
const guint8 *pbkdf2_result(const Pbkdf2 *pbkdf2);
/* Wipes. NULL is allowed. */
void pbkdf2_free(Pbkdf2 *pbkdf2);

#endif
