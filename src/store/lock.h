/* The lock of the one writer: a file beside the store, held with flock() for as long as the writer lives, so
 * that it goes with the process whatever becomes of it. Internal to store/. */
#ifndef MALLE_STORE_LOCK_H
#define MALLE_STORE_LOCK_H

#include <glib.h>

/* Makes the directory (0700) when it is not there. The descriptor, or -1 with STORE_ERROR_BUSY or
 * STORE_ERROR_OPEN. */
int store_lock_take(const char *store_path, GError **error);
void store_lock_release(int fd);

#endif
