/* SCRAM (RFC 5802) with SHA-1 and SHA-256 (RFC 7677), with and without channel binding. */
#include "config.h"

#include "sasl/scram.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "sasl/mechanism.h"
#include "sasl/pbkdf2.h"
#include "sasl/saslprep.h"

/* Some ten milliseconds of computing, and what most servers ask for. */
#define ITERATIONS_AT_ONCE 4096
#define NONCE_BYTES 24

typedef enum { SCRAM_FIRST, SCRAM_COMPUTE, SCRAM_VERIFY, SCRAM_DONE } ScramState;

typedef struct {
    SaslMechanism base;
    GChecksumType hash;
    gsize length; /* of a digest */
    ScramState state;
    GByteArray *binding; /* GS2 header and channel binding data: what "c=" encodes */
    gsize header_length; /* of the GS2 header in it */
    char *nonce;
    char *user;         /* prepared and escaped */
    char *password;     /* prepared */
    char *server_first; /* while it is computed upon */
    char *full_nonce;
    Pbkdf2 *salting;
    guint8 signature[PBKDF2_MAX_LENGTH]; /* what the server has to show */
} Scram;

static SaslStep bad(const Scram *self, GError **error, const char *what)
{
    g_set_error(error, SASL_ERROR, SASL_ERROR_CHALLENGE,
                _("The server did not follow the login method %s: %s."), self->base.class->name, what);
    return SASL_STEP_FAILED;
}

/* --- life ---------------------------------------------------------------------------------- */

static char *escape(const char *name)
{
    GString *text = g_string_new(NULL);

    for (; *name; name++) {
        if (*name == ',')
            g_string_append(text, "=2C");
        else if (*name == '=')
            g_string_append(text, "=3D");
        else
            g_string_append_c(text, *name);
    }
    return g_string_free(text, FALSE);
}

static char *random_nonce(void)
{
    guint8 bytes[NONCE_BYTES];

    /* Up to 256 bytes come whole or not at all. */
    while (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        if (errno != EINTR)
            g_error("getrandom: %s", g_strerror(errno));
    return g_base64_encode(bytes, sizeof bytes); /* has no comma */
}

/* RFC 5802 §6: "p" binds; "y" tells a server that offered no -PLUS that we could have, so that it notices
 * when somebody took its offer out; "n" cannot. */
static void set_binding(Scram *self, const SaslCredentials *credentials, gboolean plus)
{
    g_autofree char *name = *self->base.authzid ? escape(self->base.authzid) : NULL;
    GString *header = g_string_new(NULL);

    if (plus)
        g_string_append_printf(header, "p=%s,", credentials->binding_name);
    else
        g_string_append(header, credentials->binding_data && !credentials->plus_offered ? "y," : "n,");
    if (name)
        g_string_append_printf(header, "a=%s", name);
    g_string_append_c(header, ',');
    self->header_length = header->len;
    self->binding = g_byte_array_new();
    g_byte_array_append(self->binding, (const guint8 *)header->str, (guint)header->len);
    if (plus)
        g_byte_array_append(self->binding, g_bytes_get_data(credentials->binding_data, NULL),
                            (guint)g_bytes_get_size(credentials->binding_data));
    g_string_free(header, TRUE);
}

static SaslMechanism *scram_new(const SaslCredentials *credentials, GChecksumType hash, gboolean plus,
                                GError **error)
{
    g_autofree char *user = saslprep(credentials->authcid);
    char *password = saslprep(credentials->secret);
    Scram *self;

    if (!user || !password || !*user || !*password) {
        secret_free_text(password);
        g_set_error_literal(
            error, SASL_ERROR, SASL_ERROR_CREDENTIALS,
            _("The account's name or password is empty or holds characters that a login may not have "
              "(RFC 4013)."));
        return NULL;
    }
    self = (Scram *)sasl_mechanism_allocate(sizeof(Scram), credentials);
    self->hash = hash;
    self->length = (gsize)g_checksum_type_get_length(hash);
    self->user = escape(user);
    self->password = password;
    self->nonce = random_nonce();
    set_binding(self, credentials, plus);
    return &self->base;
}

void scram_use_nonce(SaslMechanism *mechanism, const char *nonce)
{
    Scram *self = (Scram *)mechanism;

    g_free(self->nonce);
    self->nonce = g_strdup(nonce);
}

static void scram_free(SaslMechanism *mechanism)
{
    Scram *self = (Scram *)mechanism;

    g_byte_array_unref(self->binding);
    g_free(self->nonce);
    g_free(self->user);
    secret_free_text(self->password);
    g_free(self->server_first);
    g_free(self->full_nonce);
    pbkdf2_free(self->salting);
    secret_wipe(self->signature, sizeof self->signature);
}

/* --- hashing ------------------------------------------------------------------------------- */

static void mac(const Scram *self, const guint8 *key, const char *text, gsize length, guint8 *digest)
{
    g_autoptr(GHmac) hmac = g_hmac_new(self->hash, key, self->length);
    gsize size = self->length;

    g_hmac_update(hmac, (const guchar *)text, (gssize)length);
    g_hmac_get_digest(hmac, digest, &size);
}

static char *client_first_bare(const Scram *self)
{
    return g_strdup_printf("n=%s,r=%s", self->user, self->nonce);
}

/* RFC 5802 §3: proof and signature from the salted password and the three messages. */
static char *client_final(Scram *self)
{
    const guint8 *salted = pbkdf2_result(self->salting);
    guint8 client_key[PBKDF2_MAX_LENGTH], stored_key[PBKDF2_MAX_LENGTH], client_signature[PBKDF2_MAX_LENGTH];
    guint8 server_key[PBKDF2_MAX_LENGTH];
    g_autofree char *first = client_first_bare(self);
    g_autofree char *binding = g_base64_encode(self->binding->data, self->binding->len);
    g_autofree char *final = g_strdup_printf("c=%s,r=%s", binding, self->full_nonce);
    g_autofree char *message = g_strdup_printf("%s,%s,%s", first, self->server_first, final);
    g_autofree char *proof = NULL;
    g_autoptr(GChecksum) stored = g_checksum_new(self->hash);
    gsize size = self->length;

    mac(self, salted, "Client Key", strlen("Client Key"), client_key);
    g_checksum_update(stored, client_key, (gssize)self->length);
    g_checksum_get_digest(stored, stored_key, &size);
    mac(self, stored_key, message, strlen(message), client_signature);
    mac(self, salted, "Server Key", strlen("Server Key"), server_key);
    mac(self, server_key, message, strlen(message), self->signature);
    for (gsize i = 0; i < self->length; i++)
        client_key[i] ^= client_signature[i]; /* now the proof */
    proof = g_base64_encode(client_key, self->length);
    secret_wipe(client_key, sizeof client_key);
    secret_wipe(stored_key, sizeof stored_key);
    secret_wipe(server_key, sizeof server_key);
    return g_strdup_printf("%s,p=%s", final, proof);
}

/* --- messages ------------------------------------------------------------------------------ */

/* The value of the attribute NAME at *AT, which moves behind it and its comma; NULL when another stands
 * there. */
static char *take_attribute(const char **at, char name)
{
    const char *start = *at;
    const char *end;

    if (start[0] != name || start[1] != '=')
        return NULL;
    end = strchrnul(start, ',');
    *at = *end ? end + 1 : end;
    return g_strndup(start + 2, (gsize)(end - start) - 2);
}

/* Strict base64: GLib's decoder skips over what it does not know. */
static guint8 *decode(const char *text, gsize *length)
{
    gsize count = strlen(text);

    if (count == 0 || count % 4 != 0 ||
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != count)
        return NULL;
    return g_base64_decode(text, length);
}

static gboolean is_printable(const char *text)
{
    for (; *text; text++)
        if (*text < 0x21 || *text > 0x7e)
            return FALSE;
    return TRUE;
}

/* A challenge as text; NULL if it has a NUL, which no message of SCRAM may have. */
static char *challenge_text(GBytes *challenge)
{
    gsize length = 0;
    const char *data = challenge ? g_bytes_get_data(challenge, &length) : NULL;

    if (length == 0 || memchr(data, '\0', length))
        return NULL;
    return g_strndup(data, length);
}

/* server-first-message: r=,s=,i= in this order; extensions may follow, a mandatory one (m=) may not. */
static SaslStep read_server_first(Scram *self, GBytes *challenge, GError **error)
{
    g_autofree char *text = challenge_text(challenge);
    const char *at = text ? text : "";
    g_autofree char *nonce = take_attribute(&at, 'r');
    g_autofree char *salt_text = nonce ? take_attribute(&at, 's') : NULL;
    g_autofree char *count_text = salt_text ? take_attribute(&at, 'i') : NULL;
    g_autofree guint8 *salt = NULL;
    gsize salt_length = 0;
    guint64 count = 0;

    if (!nonce || !salt_text || !count_text)
        return bad(self, error, _("its first message is malformed"));
    if (!g_str_has_prefix(nonce, self->nonce) || strlen(nonce) == strlen(self->nonce) || !is_printable(nonce))
        return bad(self, error, _("it answered to somebody else's question"));
    salt = decode(salt_text, &salt_length);
    if (!salt || salt_length == 0)
        return bad(self, error, _("its first message is malformed"));
    if (!g_ascii_string_to_unsigned(count_text, 10, 1, G_MAXUINT, &count, NULL) ||
        count > SASL_ITERATIONS_MAX)
        return bad(self, error, _("the number of iterations that it asks for is out of reason"));
    self->server_first = g_steal_pointer(&text);
    self->full_nonce = g_steal_pointer(&nonce);
    self->salting = pbkdf2_new(self->hash, self->password, salt, salt_length, (guint)count);
    self->state = SCRAM_COMPUTE;
    return SASL_STEP_BUSY;
}

static SaslStep compute(Scram *self, GBytes **response)
{
    char *final;

    if (!pbkdf2_run(self->salting, ITERATIONS_AT_ONCE))
        return SASL_STEP_BUSY;
    final = client_final(self);
    g_clear_pointer(&self->salting, pbkdf2_free);
    g_clear_pointer(&self->password, secret_free_text);
    *response = sasl_response_take(final, strlen(final));
    self->state = SCRAM_VERIFY;
    return SASL_STEP_SEND;
}

/* server-final-message: e= or v=. */
static gboolean verify(Scram *self, GBytes *challenge, GError **error)
{
    g_autofree char *text = challenge_text(challenge);
    const char *at = text ? text : "";
    g_autofree char *words = take_attribute(&at, 'e');
    g_autofree char *signature_text = words ? NULL : take_attribute(&at, 'v');
    g_autofree guint8 *signature = NULL;
    gsize length = 0;
    guint8 difference = 0;

    if (words) {
        self->base.refusal = g_utf8_make_valid(words, -1);
        g_set_error(error, SASL_ERROR, SASL_ERROR_REFUSED, _("The server refused the login: %s"),
                    self->base.refusal);
        return FALSE;
    }
    signature = signature_text ? decode(signature_text, &length) : NULL;
    for (gsize i = 0; signature && length == self->length && i < length; i++)
        difference |= signature[i] ^ self->signature[i];
    if (!signature || length != self->length || difference != 0) {
        g_set_error_literal(
            error, SASL_ERROR, SASL_ERROR_IMPOSTOR,
            _("The server could not prove that it knows the password: it is not the one it says it is, or "
              "somebody is in between."));
        return FALSE;
    }
    self->state = SCRAM_DONE;
    return TRUE;
}

static SaslStep scram_step(SaslMechanism *mechanism, GBytes *challenge, GBytes **response, GError **error)
{
    Scram *self = (Scram *)mechanism;
    g_autofree char *bare = NULL;
    char *first;
    SaslStep result;

    if (mechanism->step == 0) {
        bare = client_first_bare(self);
        first = g_strdup_printf("%.*s%s", (int)self->header_length, (const char *)self->binding->data, bare);
        *response = sasl_response_take(first, strlen(first));
        return SASL_STEP_SEND;
    }
    switch (self->state) {
    case SCRAM_FIRST:
        result = read_server_first(self, challenge, error);
        return result == SASL_STEP_BUSY ? compute(self, response) : result;
    case SCRAM_COMPUTE:
        return compute(self, response);
    case SCRAM_VERIFY:
        if (!verify(self, challenge, error))
            return SASL_STEP_FAILED;
        *response = g_bytes_new_static("", 0);
        return SASL_STEP_SEND;
    default:
        return sasl_out_of_turn(mechanism, error);
    }
}

static gboolean scram_succeeded(SaslMechanism *mechanism, GBytes *additional, GError **error)
{
    Scram *self = (Scram *)mechanism;

    if (self->state == SCRAM_DONE)
        return TRUE;
    if (self->state == SCRAM_VERIFY)
        return verify(self, additional, error);
    g_set_error_literal(
        error, SASL_ERROR, SASL_ERROR_IMPOSTOR,
        _("The server said yes before the login was done: it is not the one it says it is, or somebody is "
          "in between."));
    return FALSE;
}

/* --- the four of them ---------------------------------------------------------------------- */

static gboolean usable_with_binding(const SaslCredentials *credentials)
{
    return sasl_has_password(credentials) && credentials->binding_name && credentials->binding_data;
}

static SaslMechanism *new_sha_1(const SaslCredentials *credentials, GError **error)
{
    return scram_new(credentials, G_CHECKSUM_SHA1, FALSE, error);
}

static SaslMechanism *new_sha_1_plus(const SaslCredentials *credentials, GError **error)
{
    return scram_new(credentials, G_CHECKSUM_SHA1, TRUE, error);
}

static SaslMechanism *new_sha_256(const SaslCredentials *credentials, GError **error)
{
    return scram_new(credentials, G_CHECKSUM_SHA256, FALSE, error);
}

static SaslMechanism *new_sha_256_plus(const SaslCredentials *credentials, GError **error)
{
    return scram_new(credentials, G_CHECKSUM_SHA256, TRUE, error);
}

#define SCRAM_CLASS(wire_name, usable_function, new_function)                                                \
    {                                                                                                        \
        .name = wire_name, .client_first = TRUE, .usable = usable_function, .new = new_function,             \
        .step = scram_step, .succeeded = scram_succeeded, .free = scram_free                                 \
    }

const MechanismClass sasl_scram_sha_1 = SCRAM_CLASS("SCRAM-SHA-1", sasl_has_password, new_sha_1);
const MechanismClass sasl_scram_sha_1_plus =
    SCRAM_CLASS("SCRAM-SHA-1-PLUS", usable_with_binding, new_sha_1_plus);
const MechanismClass sasl_scram_sha_256 = SCRAM_CLASS("SCRAM-SHA-256", sasl_has_password, new_sha_256);
const MechanismClass sasl_scram_sha_256_plus =
    SCRAM_CLASS("SCRAM-SHA-256-PLUS", usable_with_binding, new_sha_256_plus);
