#include "config.h"

#include "base/error.h"

G_DEFINE_QUARK(malle-base-error, base_error)

gboolean error_set_errno(GError **error, int number, const char *what)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_PATH, "%s: %s", what, g_strerror(number));
    return FALSE;
}
