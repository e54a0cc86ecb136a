#include "config.h"

#include "proto/challenge.h"

#include "sasl/sasl.h"

#include <string.h>

/* g_base64_decode() passes over what is not base64; a challenge has to be all of it. */
GBytes *proto_challenge_decode(const char *text, gsize len)
{
    gsize padding = 0;
    if (len > SASL_CHALLENGE_MAX / 3 * 4 || len % 4 != 0)
        return NULL;
    for (gsize i = 0; i < len; i++) {
        char c = text[i];
        if (c == '=' && i + 2 >= len)
            padding++;
        else if (padding > 0 || !(g_ascii_isalnum(c) || c == '+' || c == '/'))
            return NULL;
    }
    g_autofree char *copy = g_strndup(len == 0 ? "" : text, len);
    gsize size;
    guchar *data = g_base64_decode(copy, &size);
    return g_bytes_new_take(data, size);
}

void proto_response_encode(ProtoOutput *output, GBytes *response)
{
    gsize size;
    const guchar *data = g_bytes_get_data(response, &size);
    char *text = g_base64_encode(data, size);
    gsize len = strlen(text);
    proto_output_append(output, text, len, PROTO_BYTES_SECRET);
    explicit_bzero(text, len);
    g_free(text);
}
