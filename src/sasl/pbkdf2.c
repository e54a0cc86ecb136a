#include "config.h"

#include "sasl/pbkdf2.h"

#include <string.h>

#include "base/secret.h"

#define BLOCK 64 /* of SHA-1 and of SHA-256 */

/* HMAC is written out because its key never changes here: both halves are hashed up to the key's block once,
 * and each iteration starts from copies of them, which halves the work that GHmac would do. */
struct Pbkdf2 {
    GChecksum *inner, *outer; /* having read the padded key */
    gsize length;             /* of a digest */
    guint left;
    guint8 last[PBKDF2_MAX_LENGTH];
    guint8 result[PBKDF2_MAX_LENGTH];
};

static void mac(Pbkdf2 *self, const guint8 *data, gsize length, const guint8 *more, gsize more_length,
                guint8 *digest)
{
    g_autoptr(GChecksum) inner = g_checksum_copy(self->inner);
    g_autoptr(GChecksum) outer = g_checksum_copy(self->outer);
    gsize size = self->length;

    g_checksum_update(inner, data, (gssize)length);
    if (more_length > 0)
        g_checksum_update(inner, more, (gssize)more_length);
    g_checksum_get_digest(inner, digest, &size);
    g_checksum_update(outer, digest, (gssize)size);
    size = self->length;
    g_checksum_get_digest(outer, digest, &size);
}

static GChecksum *keyed(GChecksumType type, const guint8 *key, guint8 pad)
{
    GChecksum *checksum = g_checksum_new(type);
    guint8 block[BLOCK];

    for (gsize i = 0; i < BLOCK; i++)
        block[i] = key[i] ^ pad;
    g_checksum_update(checksum, block, BLOCK);
    secret_wipe(block, sizeof block);
    return checksum;
}

Pbkdf2 *pbkdf2_new(GChecksumType type, const char *password, const guint8 *salt, gsize salt_length,
                   guint iterations)
{
    static const guint8 first_block[4] = { 0, 0, 0, 1 };
    Pbkdf2 *self = g_new0(Pbkdf2, 1);
    gsize password_length = strlen(password);
    guint8 key[BLOCK] = { 0 };

    self->length = (gsize)g_checksum_type_get_length(type);
    if (password_length > BLOCK) {
        g_autoptr(GChecksum) checksum = g_checksum_new(type);
        gsize size = sizeof key;

        g_checksum_update(checksum, (const guchar *)password, (gssize)password_length);
        g_checksum_get_digest(checksum, key, &size);
    } else
        memcpy(key, password, password_length);
    self->inner = keyed(type, key, 0x36);
    self->outer = keyed(type, key, 0x5c);
    secret_wipe(key, sizeof key);
    mac(self, salt, salt_length, first_block, sizeof first_block, self->last);
    memcpy(self->result, self->last, self->length);
    self->left = iterations - 1;
    return self;
}

gboolean pbkdf2_run(Pbkdf2 *self, guint count)
{
    for (; count > 0 && self->left > 0; count--, self->left--) {
        mac(self, self->last, self->length, NULL, 0, self->last);
        for (gsize i = 0; i < self->length; i++)
            self->result[i] ^= self->last[i];
    }
    return self->left == 0;
}

const guint8 *pbkdf2_result(const Pbkdf2 *self)
{
    return self->result;
}

void pbkdf2_free(Pbkdf2 *self)
{
    if (!self)
        return;
    g_checksum_free(self->inner);
    g_checksum_free(self->outer);
    secret_wipe(self, sizeof *self);
    g_free(self);
}
