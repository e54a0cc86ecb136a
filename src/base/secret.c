#include "config.h"

#include "base/secret.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct Secret {
    gint references;
    char *host; /* NULL: for whomever it is meant */
    gsize length;
    char bytes[]; /* one allocation, never moved: realloc would leave a copy behind */
};

Secret *secret_new_length(const char *bytes, gsize length)
{
    Secret *secret = g_malloc(sizeof *secret + length + 1);
    secret->references = 1;
    secret->host = NULL;
    secret->length = length;
    memcpy(secret->bytes, bytes, length);
    secret->bytes[length] = '\0';
    return secret;
}

Secret *secret_new_for(const char *bytes, gsize length, const char *host)
{
    Secret *secret = secret_new_length(bytes, length);
    secret->host = g_strdup(host);
    return secret;
}

const char *secret_text_for(const Secret *secret, const char *host)
{
    return secret->host != NULL && g_ascii_strcasecmp(secret->host, host) == 0 ? secret->bytes : NULL;
}

Secret *secret_new(const char *text)
{
    return secret_new_length(text, strlen(text));
}

Secret *secret_take(char **text)
{
    if (*text == NULL)
        return NULL;
    Secret *secret = secret_new(*text);
    secret_free_text(g_steal_pointer(text));
    return secret;
}

Secret *secret_ref(Secret *secret)
{
    g_atomic_int_inc(&secret->references);
    return secret;
}

void secret_unref(Secret *secret)
{
    if (secret == NULL || !g_atomic_int_dec_and_test(&secret->references))
        return;
    secret_wipe(secret->bytes, secret->length);
    g_free(secret->host);
    g_free(secret);
}

const char *secret_text(const Secret *secret)
{
    return secret->bytes;
}

gsize secret_length(const Secret *secret)
{
    return secret->length;
}

void secret_wipe(void *bytes, gsize length)
{
    explicit_bzero(bytes, length);
}

void secret_free_text(char *text)
{
    if (text == NULL)
        return;
    secret_wipe(text, strlen(text));
    g_free(text);
}

void secret_free_string(GString *string)
{
    if (string == NULL)
        return;
    secret_wipe(string->str, string->allocated_len);
    g_string_free(string, TRUE);
}

void secret_protect_process(void)
{
    if (g_strcmp0(g_getenv("MALLE_DUMPABLE"), "1") == 0)
        return;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    struct rlimit none = { 0, 0 };
    setrlimit(RLIMIT_CORE, &none);
}
