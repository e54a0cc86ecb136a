/* Certificates that the person chose to trust: one line for each, "ACCOUNT HOST PORT SHA256-HEX", in a private file.
 * A pin holds for that account, host and port and nothing else (S12).
 */
#ifndef MALLE_ENGINE_PINS_H
#define MALLE_ENGINE_PINS_H

#include <glib.h>

typedef struct Pins Pins;

/* path NULL: nothing is read or kept. A file that cannot be read is as if empty: the certificate is then asked about again. */
Pins *pins_open(const char *path);
void pins_close(Pins *pins);
/* The pinned SHA-256, or NULL; owned by pins. */
const char *pins_lookup(const Pins *pins, const char *account, const char *host, guint port);
/* Replaces the pin and writes the file (0600, by rename). */
gboolean pins_set(Pins *pins, const char *account, const char *host, guint port, const char *sha256, GError **error);

#endif
