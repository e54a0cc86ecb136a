#include "config.h"

#include "proto/pop/capability.h"

static const struct {
    const char *name;
    PopCap cap;
} NAMES[] = {
    { "TOP", POP_CAP_TOP },
    { "USER", POP_CAP_USER },
    { "SASL", POP_CAP_SASL },
    { "RESP-CODES", POP_CAP_RESP_CODES },
    { "LOGIN-DELAY", POP_CAP_LOGIN_DELAY },
    { "PIPELINING", POP_CAP_PIPELINING },
    { "EXPIRE", POP_CAP_EXPIRE },
    { "UIDL", POP_CAP_UIDL },
    { "STLS", POP_CAP_STLS },
    { "AUTH-RESP-CODE", POP_CAP_AUTH_RESP_CODE },
    { "UTF8", POP_CAP_UTF8 },
    { "LANG", POP_CAP_LANG },
};

PopCapabilities *pop_capabilities_new(void)
{
    PopCapabilities *capabilities = g_new0(PopCapabilities, 1);
    capabilities->mechanisms = g_new0(char *, 1);
    return capabilities;
}

void pop_capabilities_free(PopCapabilities *capabilities)
{
    if (capabilities == NULL)
        return;
    g_strfreev(capabilities->mechanisms);
    g_free(capabilities->implementation);
    g_free(capabilities);
}

bool pop_can(const PopCapabilities *capabilities, PopCap cap)
{
    return capabilities != NULL && (capabilities->caps & cap) != 0;
}

static guint number(const char *word)
{
    guint64 value = 0;
    return word != NULL && g_ascii_string_to_unsigned(word, 10, 0, G_MAXINT, &value, NULL) ? (guint)value : 0;
}

static void take_mechanisms(PopCapabilities *capabilities, char *const *words)
{
    GPtrArray *list = g_ptr_array_new();
    for (; *words != NULL; words++)
        if (**words != '\0')
            g_ptr_array_add(list, g_ascii_strup(*words, -1));
    g_ptr_array_add(list, NULL);
    g_strfreev(capabilities->mechanisms);
    capabilities->mechanisms = (char **)g_ptr_array_free(list, FALSE);
}

static bool says_user(char *const *words)
{
    return words[1] != NULL && words[2] != NULL && g_ascii_strcasecmp(words[2], "USER") == 0;
}

void pop_capabilities_add(PopCapabilities *capabilities, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 256);
    if (words[0] == NULL)
        return;
    if (g_ascii_strcasecmp(words[0], "IMPLEMENTATION") == 0) {
        g_free(capabilities->implementation);
        capabilities->implementation = g_strjoinv(" ", words + 1);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        if (g_ascii_strcasecmp(words[0], NAMES[i].name) != 0)
            continue;
        capabilities->caps |= NAMES[i].cap;
        if (NAMES[i].cap == POP_CAP_SASL)
            take_mechanisms(capabilities, words + 1);
        if (NAMES[i].cap == POP_CAP_LOGIN_DELAY)
            capabilities->login_delay = number(words[1]);
        if (NAMES[i].cap == POP_CAP_EXPIRE)
            capabilities->expire_days = g_ascii_strcasecmp(words[1] != NULL ? words[1] : "NEVER", "NEVER") == 0
                                            ? POP_EXPIRE_NEVER
                                            : number(words[1]);
        if (NAMES[i].cap == POP_CAP_LOGIN_DELAY || NAMES[i].cap == POP_CAP_EXPIRE)
            capabilities->per_user |= says_user(words);
    }
}
