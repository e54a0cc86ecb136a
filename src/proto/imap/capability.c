#include "config.h"

#include "proto/imap/capability.h"

static const char *const NAMES[IMAP_CAP_COUNT] = {
#define X(id, name) [IMAP_CAP_##id] = name,
    IMAP_CAPABILITY_TABLE(X)
#undef X
};

/* No server says a tenth of this; a hostile one does not make us keep 32 MiB of names. */
#define TEXT_MAX ((gsize)64 * 1024)

struct ImapCapabilities {
    bool has[IMAP_CAP_COUNT];
    bool disabled[IMAP_CAP_COUNT];
    char *text;
    char **names;
    GPtrArray *mechanisms; /* NULL-terminated, pointing into names */
    guint64 append_limit;
};

/* RFC 9051 appendix E: what a server of IMAP4rev2 does without saying so. LITERAL- and not +. */
static const ImapCap REV2[] = {
    IMAP_CAP_NAMESPACE,     IMAP_CAP_UNSELECT,    IMAP_CAP_UIDPLUS,     IMAP_CAP_ESEARCH,
    IMAP_CAP_SEARCHRES,     IMAP_CAP_ENABLE,      IMAP_CAP_IDLE,        IMAP_CAP_SASL_IR,
    IMAP_CAP_LIST_EXTENDED, IMAP_CAP_LIST_STATUS, IMAP_CAP_MOVE,        IMAP_CAP_BINARY,
    IMAP_CAP_CHILDREN,      IMAP_CAP_STATUS_SIZE, IMAP_CAP_SPECIAL_USE, IMAP_CAP_LITERAL_MINUS,
};

void imap_capabilities_add_rev2(ImapCapabilities *caps)
{
    for (gsize i = 0; i < G_N_ELEMENTS(REV2); i++)
        caps->has[REV2[i]] = true;
}

static void note(ImapCapabilities *caps, const char *name)
{
    for (guint i = 0; i < IMAP_CAP_COUNT; i++)
        if (g_ascii_strcasecmp(name, NAMES[i]) == 0)
            caps->has[i] = true;
    /* SORT=DISPLAY and THREAD=REFS are not what SORT and THREAD=REFERENCES say, but APPENDLIMIT=n is
     * APPENDLIMIT. */
    if (g_ascii_strncasecmp(name, "APPENDLIMIT=", 12) == 0) {
        caps->has[IMAP_CAP_APPENDLIMIT] = true;
        imap_string_number((ImapString){ name + 12, strlen(name + 12) }, &caps->append_limit);
    }
    if (g_ascii_strncasecmp(name, "AUTH=", 5) == 0 && name[5] != '\0')
        g_ptr_array_add(caps->mechanisms, (gpointer)(name + 5));
    if (g_ascii_strcasecmp(name, "UTF8=ONLY") == 0)
        caps->has[IMAP_CAP_UTF8_ACCEPT] = true; /* RFC 6855 §6 */
    if (g_ascii_strcasecmp(name, "QRESYNC") == 0)
        caps->has[IMAP_CAP_CONDSTORE] = true; /* RFC 7162 §3.2.3 */
}

ImapCapabilities *imap_capabilities_parse(const char *list, gssize len)
{
    ImapCapabilities *caps = g_new0(ImapCapabilities, 1);
    gsize size = len < 0 ? strlen(list) : (gsize)len;
    caps->text = g_strstrip(g_strndup(list, MIN(size, TEXT_MAX)));
    caps->names = g_strsplit(caps->text, " ", -1);
    caps->mechanisms = g_ptr_array_new();
    caps->append_limit = G_MAXUINT64;
    for (char **name = caps->names; *name != NULL; name++)
        note(caps, *name);
    g_ptr_array_add(caps->mechanisms, NULL);
    /* A server of both versions speaks rev1 until rev2 is enabled, and then lists what it adds to rev1. */
    if (caps->has[IMAP_CAP_IMAP4REV2] && !caps->has[IMAP_CAP_IMAP4REV1])
        imap_capabilities_add_rev2(caps);
    return caps;
}

ImapCapabilities *imap_capabilities_copy(const ImapCapabilities *caps)
{
    ImapCapabilities *copy = imap_capabilities_parse(caps->text, -1);
    memcpy(copy->has, caps->has, sizeof caps->has);
    memcpy(copy->disabled, caps->disabled, sizeof caps->disabled);
    return copy;
}

void imap_capabilities_free(ImapCapabilities *caps)
{
    if (caps == NULL)
        return;
    g_free(caps->text);
    g_strfreev(caps->names);
    g_ptr_array_unref(caps->mechanisms);
    g_free(caps);
}

bool imap_capabilities_have(const ImapCapabilities *caps, ImapCap cap)
{
    return caps != NULL && caps->has[cap] && !caps->disabled[cap];
}

bool imap_capabilities_have_name(const ImapCapabilities *caps, const char *name)
{
    for (char **known = caps->names; *known != NULL; known++)
        if (g_ascii_strcasecmp(*known, name) == 0)
            return true;
    return false;
}

void imap_capabilities_disable(ImapCapabilities *caps, ImapCap cap)
{
    caps->disabled[cap] = true;
}

const char *const *imap_capabilities_mechanisms(const ImapCapabilities *caps)
{
    return (const char *const *)caps->mechanisms->pdata;
}

bool imap_capabilities_have_mechanism(const ImapCapabilities *caps, const char *mechanism)
{
    for (guint i = 0; i + 1 < caps->mechanisms->len; i++)
        if (g_ascii_strcasecmp(caps->mechanisms->pdata[i], mechanism) == 0)
            return true;
    return false;
}

guint64 imap_capabilities_append_limit(const ImapCapabilities *caps)
{
    return caps->append_limit;
}

const char *imap_capabilities_text(const ImapCapabilities *caps)
{
    return caps->text;
}

const char *imap_cap_name(ImapCap cap)
{
    return NAMES[cap];
}
