#include "config.h"

#include "store/mailbox_names.h"

#include <string.h>

static gboolean is_inbox(const char *name)
{
    return g_ascii_strcasecmp(name, "INBOX") == 0;
}

/* The case of INBOX does not matter (RFC 9051 §5.1), the case of all else does. */
static gboolean is_below(const char *prefix, const char *name)
{
    gsize length = strlen(prefix);
    gboolean below_inbox = g_ascii_strncasecmp(prefix, "INBOX", strlen("INBOX")) == 0;
    return below_inbox ? g_ascii_strncasecmp(name, prefix, length) == 0 : strncmp(name, prefix, length) == 0;
}

char *mailbox_name_short(const char *prefix, const char *name)
{
    if (prefix == NULL || *prefix == '\0' || !is_below(prefix, name))
        return g_strdup(name);
    const char *rest = name + strlen(prefix);
    gboolean another = *rest == '\0' || is_inbox(rest) || is_below(prefix, rest);
    return g_strdup(another ? name : rest);
}

char *mailbox_name_full(const char *prefix, const char *name)
{
    if (prefix == NULL || is_inbox(name) || is_below(prefix, name))
        return g_strdup(name);
    return g_strconcat(prefix, name, NULL);
}
