#include "config.h"

#include "engine/engine.h"
#include "net/error.h"
#include "store/writer.h"

gboolean engine_error_is_transient(const GError *error)
{
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY) || g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_OFFLINE))
        return TRUE;
    return error->domain == NET_ERROR && net_error_is_transient(error);
}
