/* Inside net: what a stream is made of. A transport moves bytes to and from the outside; a filter changes
 * them on the way and knows no descriptor. Both are driven by the stream and never call it, except through
 * TransportReady.
 */
#ifndef MALLE_NET_LAYER_H
#define MALLE_NET_LAYER_H

#include <glib.h>

#include "net/error.h"

/* What reading from a layer gives when it is no count of bytes (those are > 0). */
enum {
    LAYER_END = 0,    /* the peer ended here, in good order as far as this layer can tell */
    LAYER_ERROR = -1, /* the GError is set */
    LAYER_AGAIN = -2, /* nothing now; more has to come from below */
};

typedef struct Transport Transport;
/* Something can be read or written. Called only by dispatching the context. */
typedef void (*TransportReady)(gpointer user_data);

typedef struct {
    gssize (*read)(Transport *transport, guint8 *bytes, gsize size, GError **error);
    /* How many were taken, LAYER_AGAIN or LAYER_ERROR. */
    gssize (*write)(Transport *transport, const guint8 *bytes, gsize length, GError **error);
    /* Which readiness is of interest from now on. */
    void (*wants)(Transport *transport, gboolean reading, gboolean writing);
    /* Bytes written that the far end has not acknowledged; or NULL. */
    gsize (*unsent)(Transport *transport);
    /* Plays TLS itself (scripts), or NULL. */
    gboolean (*pretend_tls)(Transport *transport, GError **error);
    const char *(*peer)(Transport *transport);
    /* Lets go of the outside at once; only peer and free are called afterwards. */
    void (*close)(Transport *transport);
    void (*free)(Transport *transport);
} TransportClass;

struct Transport {
    const TransportClass *class;
    TransportReady ready; /* set by the stream */
    gpointer ready_data;
};

typedef struct Filter Filter;

typedef struct {
    /* Bytes from below, kept until they are pulled. */
    void (*feed)(Filter *filter, const guint8 *bytes, gsize length);
    /* At most SIZE bytes for above. */
    gssize (*pull)(Filter *filter, guint8 *bytes, gsize size, GError **error);
    /* Bytes from above; what results is appended to DOWN. LAST: nothing follows for now, hold nothing back.
     */
    gboolean (*push)(Filter *filter, const guint8 *bytes, gsize length, gboolean last, GByteArray *down,
                     GError **error);
    /* What the filter itself has to say (handshake, alerts). May be NULL. */
    void (*emit)(Filter *filter, GByteArray *down);
    /* It ended below. TRUE if that is in order here. */
    gboolean (*ended_below)(Filter *filter, GError **error);
    /* A good-bye for the peer. May be NULL. */
    void (*finish)(Filter *filter, GByteArray *down);
    void (*free)(Filter *filter);
} FilterClass;

struct Filter {
    const FilterClass *class;
};

Filter *deflate_filter_new(void);

#endif
