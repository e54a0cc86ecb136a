#include "config.h"

#include "net/network.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

static gboolean leads_out(const struct ifaddrs *one)
{
    if (one->ifa_addr == NULL || (one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0)
        return FALSE;
    if (one->ifa_addr->sa_family == AF_INET)
        return TRUE;
    return one->ifa_addr->sa_family == AF_INET6 &&
           !IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)one->ifa_addr)->sin6_addr);
}

gboolean net_has_network(void)
{
    struct ifaddrs *all = NULL;
    gboolean found = FALSE;

    if (getifaddrs(&all) != 0)
        return TRUE; /* not known: nothing is claimed */
    for (const struct ifaddrs *one = all; one != NULL && !found; one = one->ifa_next)
        found = leads_out(one);
    freeifaddrs(all);
    return found;
}
