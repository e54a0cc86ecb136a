/* Inside net: a connected socket as a transport. */
#ifndef MALLE_NET_SOCKET_H
#define MALLE_NET_SOCKET_H

#include <gio/gio.h>

#include "net/layer.h"

/* SOCKET is connected; it is made non-blocking. OWNER (may be NULL) is kept until the transport is closed: a
 * GSocketConnection closes its socket when it goes. Both are referenced. */
Transport *socket_transport_new(GMainContext *context, GSocket *socket, GObject *owner);

#endif
