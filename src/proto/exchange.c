#include "config.h"

#include "proto/exchange.h"

#include <string.h>

#include "base/i18n.h"

/* SCRAM has two, GSSAPI a handful. A refused one may be asked for again, for ever. */
#define ROUNDS_MAX 32

/* ---- base64 (RFC 4648 §4) ---- */

/* NULL when not all of it is base64 (g_base64_decode() passes over the rest), or it is too long. "" gives empty bytes. */
static GBytes *decode(const char *text, gsize len)
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

static gsize encoded_length(GBytes *response)
{
    return (g_bytes_get_size(response) + 2) / 3 * 4;
}

/* Marked as a secret; nothing of it stays elsewhere. */
static void append_encoded(ProtoOutput *output, GBytes *response)
{
    gsize size;
    const guchar *data = g_bytes_get_data(response, &size);
    char *text = g_base64_encode(data, size);
    gsize len = strlen(text);
    proto_output_append(output, text, len, PROTO_BYTES_SECRET);
    explicit_bzero(text, len);
    g_free(text);
}

/* ---- lines ---- */

/* RESPONSE NULL: "*", which cancels. */
static void write_line(ProtoOutput *output, GBytes *response)
{
    if (response == NULL)
        proto_output_text(output, "*");
    else
        append_encoded(output, response);
    proto_output_text(output, "\r\n");
}

static bool fits(const ProtoExchange *exchange, GBytes *response)
{
    gsize rest = strlen(exchange->command) + strlen(sasl_mechanism_name(exchange->mechanism)) + strlen("  \r\n");
    return rest <= exchange->line_max && encoded_length(response) <= exchange->line_max - rest;
}

/* RESPONSE: the initial one, or NULL for a mechanism in which the server speaks first. */
static void write_command(ProtoExchange *exchange, GBytes *response, ProtoOutput *output)
{
    proto_output_printf(output, "%s %s", exchange->command, sasl_mechanism_name(exchange->mechanism));
    if (response != NULL && fits(exchange, response)) {
        proto_output_text(output, g_bytes_get_size(response) == 0 ? " =" : " ");
        append_encoded(output, response);
    } else if (response != NULL) {
        exchange->held = g_bytes_ref(response);
    }
    proto_output_text(output, "\r\n");
    g_clear_pointer(&exchange->command, g_free);
}

/* ---- the exchange ---- */

static void fail(ProtoExchange *exchange, GError *error /* taken */)
{
    g_clear_error(&exchange->error);
    exchange->error = error;
}

static ProtoExchangeStep step(ProtoExchange *exchange, ProtoOutput *output)
{
    GBytes *response = NULL;
    GError *error = NULL;
    ProtoExchangeStep did = PROTO_EXCHANGE_WROTE;
    SaslStep result = sasl_step(exchange->mechanism, exchange->challenge, &response, &error);

    exchange->working = result == SASL_STEP_BUSY;
    if (exchange->working)
        return PROTO_EXCHANGE_BUSY;
    g_clear_pointer(&exchange->challenge, g_bytes_unref);
    if (result == SASL_STEP_FAILED)
        fail(exchange, error);
    if (exchange->command == NULL) {
        write_line(output, response); /* a failed step may still have an answer (OAuth) */
    } else if (result == SASL_STEP_FAILED) {
        proto_exchange_end(exchange);
        did = PROTO_EXCHANGE_GAVE_UP;
    } else {
        write_command(exchange, response, output);
    }
    if (response != NULL)
        sasl_response_free(response);
    return did;
}

ProtoExchangeStep proto_exchange_begin(ProtoExchange *exchange, SaslMechanism *mechanism, const char *command, gsize line_max,
                                       ProtoOutput *output)
{
    proto_exchange_clear(exchange);
    exchange->mechanism = mechanism;
    exchange->command = g_strdup(command);
    exchange->line_max = line_max;
    exchange->rounds = 0;
    if (sasl_has_initial_response(mechanism))
        return step(exchange, output);
    write_command(exchange, NULL, output);
    return PROTO_EXCHANGE_WROTE;
}

ProtoExchangeStep proto_exchange_challenge(ProtoExchange *exchange, const char *text, gsize len, ProtoOutput *output)
{
    if (exchange->mechanism == NULL || exchange->working)
        return PROTO_EXCHANGE_OUT_OF_TURN;
    if (++exchange->rounds > ROUNDS_MAX)
        return PROTO_EXCHANGE_ENDLESS;
    if (exchange->held != NULL) { /* whatever stands behind the first "+": no challenge */
        write_line(output, exchange->held);
        sasl_response_free(g_steal_pointer(&exchange->held));
        return PROTO_EXCHANGE_WROTE;
    }
    exchange->challenge = decode(text, len);
    if (exchange->challenge != NULL)
        return step(exchange, output);
    fail(exchange, g_error_new(SASL_ERROR, SASL_ERROR_CHALLENGE, _("The server's challenge cannot be read.")));
    write_line(output, NULL);
    return PROTO_EXCHANGE_WROTE;
}

const char *proto_exchange_words(ProtoExchangeStep step)
{
    return step == PROTO_EXCHANGE_ENDLESS ? _("The server asks on and on instead of ending the log-in.")
                                          : _("The server asked for something while it had not been answered.");
}

ProtoExchangeStep proto_exchange_resume(ProtoExchange *exchange, ProtoOutput *output)
{
    return exchange->working ? step(exchange, output) : PROTO_EXCHANGE_OUT_OF_TURN;
}

bool proto_exchange_proved(const ProtoExchange *exchange, GQuark domain, int code, GError **error)
{
    g_autoptr(GError) impostor = NULL;
    if (exchange->mechanism == NULL || sasl_succeeded(exchange->mechanism, NULL, &impostor))
        return true;
    g_set_error_literal(error, domain, code,
                        impostor != NULL ? impostor->message : _("The server could not prove that it knows the password."));
    return false;
}

void proto_exchange_end(ProtoExchange *exchange)
{
    exchange->mechanism = NULL;
    exchange->working = false;
    g_clear_pointer(&exchange->command, g_free);
    g_clear_pointer(&exchange->challenge, g_bytes_unref);
    if (exchange->held != NULL)
        sasl_response_free(g_steal_pointer(&exchange->held));
}

void proto_exchange_clear(ProtoExchange *exchange)
{
    proto_exchange_end(exchange);
    g_clear_error(&exchange->error);
}
