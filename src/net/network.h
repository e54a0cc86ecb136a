/* Whether this machine is in any network. */
#ifndef MALLE_NET_NETWORK_H
#define MALLE_NET_NETWORK_H

#include <glib.h>

/* FALSE when no interface but the loopback has an address that leads anywhere: a flight mode, a cable that is out. Resolvers then say of every
 * name that it does not exist. Not GNetworkMonitor: that may ask over D-Bus, and waits for the answer. */
gboolean net_has_network(void);

#endif
