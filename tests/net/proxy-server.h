/* A small SOCKS5 (RFC 1928) or HTTP CONNECT (RFC 9110 §9.3.6) proxy in a thread of the test. Whatever name it
 * is asked for, it connects to 127.0.0.1: names that exist only here show that the proxy resolved them, and
 * not we.
 */
#ifndef MALLE_TESTS_PROXY_SERVER_H
#define MALLE_TESTS_PROXY_SERVER_H

#include <glib.h>

typedef enum { PROXY_SOCKS5, PROXY_HTTP, PROXY_REFUSING_SOCKS5, PROXY_REFUSING_HTTP, PROXY_SILENT } ProxyKind;

typedef struct ProxyServer ProxyServer;
ProxyServer *proxy_server_start(ProxyKind kind);
guint16 proxy_server_port(ProxyServer *server);
/* "host:port user:password" of the last request (without the second word when it had none); after the
 * connection was made. */
const char *proxy_server_asked(ProxyServer *server);
void proxy_server_stop(ProxyServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProxyServer, proxy_server_stop)

#endif
