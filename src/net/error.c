#include "config.h"

#include "net/error.h"

G_DEFINE_QUARK(malle_net_error, net_error)

gboolean net_error_is_transient(const GError *error)
{
    if (!error || error->domain != NET_ERROR)
        return FALSE;
    switch ((NetError)error->code) {
    case NET_ERROR_NO_SUCH_HOST:
    case NET_ERROR_RESOLVE:
    case NET_ERROR_REFUSED:
    case NET_ERROR_UNREACHABLE:
    case NET_ERROR_CONNECT:
    case NET_ERROR_PROXY:
    case NET_ERROR_TIMED_OUT:
    case NET_ERROR_IO:
    case NET_ERROR_TRUNCATED:
    case NET_ERROR_WEB_SERVER:
        return TRUE;
    default:
        return FALSE;
    }
}
