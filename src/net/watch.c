#include "config.h"

#include "net/watch.h"

#include <glib-unix.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/network.h"

typedef struct {
    NetWatcher watcher;
    gpointer user;
    int fd;
    gboolean had_network;
} Watch;

static void watch_free(gpointer data)
{
    Watch *watch = data;
    close(watch->fd);
    g_free(watch);
}

/* What exactly changed is not read: the answer is looked up anew, which also holds when messages were lost. */
static gboolean heard(gint fd, GIOCondition condition, gpointer data)
{
    (void) condition;
    Watch *watch = data;
    char message[8192];
    while (recv(fd, message, sizeof message, MSG_DONTWAIT) > 0)
        ;
    gboolean has_network = net_has_network();
    if (has_network != watch->had_network) {
        watch->had_network = has_network;
        watch->watcher(has_network, watch->user);
    }
    return G_SOURCE_CONTINUE;
}

GSource *net_watch_new(NetWatcher watcher, gpointer user)
{
    struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd < 0)
        return NULL;
    if (bind(fd, (const struct sockaddr *) &address, sizeof address) != 0) {
        close(fd);
        return NULL;
    }
    Watch *watch = g_new0(Watch, 1);
    *watch = (Watch){ .watcher = watcher, .user = user, .fd = fd, .had_network = net_has_network() };
    GSource *source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(source, (GSourceFunc) (void (*)(void)) heard, watch, watch_free);
    return source;
}
