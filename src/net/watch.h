/* The moment in which this machine gets a network, or loses its last one (net/network.h says what that is). Linux' rtnetlink(7); where
 * the kernel has none there is nothing to hear.
 */
#ifndef MALLE_NET_WATCH_H
#define MALLE_NET_WATCH_H

#include <glib.h>

typedef void (*NetWatcher)(gboolean has_network, gpointer user);

/* A source to be attached to the caller's context, whose thread the watcher runs on; NULL: nothing can be heard. Caller unrefs. */
GSource *net_watch_new(NetWatcher watcher, gpointer user);

#endif
