/* What the files about threads share. Nothing outside store/ includes this. Engine thread only. */
#ifndef MALLE_STORE_THREADS_PRIVATE_H
#define MALLE_STORE_THREADS_PRIVATE_H

#include "store/store-private.h"

/* Unites two threads (either may be 0) and returns the one that is left; 0 with *failed on error. */
gint64 threads_unite(StoreWriter *writer, gint64 thread_id, gint64 other, GError **failed);
/* That Message-ID belongs to that thread; content_id: the content that bears it, 0 none. */
gboolean threads_know(StoreWriter *writer, gint64 hash, gint64 thread_id, gint64 content_id, GError **error);
/* thread_gather.c: which of the thread's messages still belong together, and with which other threads. */
gboolean threads_gather(StoreWriter *writer, gint64 thread_id, GError **error);
/* The same for all; *wrong as store_writer_check_threads() has it. anew: written even where nothing was wrong. */
gboolean threads_gather_all(StoreWriter *writer, gboolean anew, guint *wrong, GError **error);

#endif
