/* Inside sasl: what a mechanism is made of. */
#ifndef MALLE_SASL_MECHANISM_H
#define MALLE_SASL_MECHANISM_H

#include "sasl/sasl.h"

typedef struct {
    const char *name;
    gboolean client_first;
    gboolean plain_text; /* shows the secret to whoever reads the link */
    /* These credentials have what it takes. */
    gboolean (*usable)(const SaslCredentials *credentials);
    /* NULL with ERROR; sasl_mechanism_new() fills in what is common. */
    SaslMechanism *(*new)(const SaslCredentials *credentials, GError **error);
    SaslStep (*step)(SaslMechanism *mechanism, GBytes *challenge, GBytes **response, GError **error);
    /* NULL: the server's word is enough. */
    gboolean (*succeeded)(SaslMechanism *mechanism, GBytes *additional, GError **error);
    void (*free)(SaslMechanism *mechanism);
} MechanismClass;

struct SaslMechanism {
    const MechanismClass *class;
    guint step; /* how many challenges were answered */
    /* Copies; "" for authzid when there is none. */
    char *authcid, *authzid, *secret, *token;
    char *refusal;
};

extern const MechanismClass sasl_external, sasl_plain, sasl_login, sasl_cram_md5;
#ifdef HAVE_GSASL
extern const MechanismClass sasl_gssapi;
#endif
extern const MechanismClass sasl_oauthbearer, sasl_xoauth2;
extern const MechanismClass sasl_scram_sha_1, sasl_scram_sha_1_plus, sasl_scram_sha_256,
    sasl_scram_sha_256_plus;

/* A mechanism of SIZE bytes that begins with a SaslMechanism. */
SaslMechanism *sasl_mechanism_allocate(gsize size, const SaslCredentials *credentials);
/* A response that takes a newly allocated buffer, wiped when it goes. */
GBytes *sasl_response_take(char *text, gsize length);
gboolean sasl_has_password(const SaslCredentials *credentials);
/* SASL_STEP_FAILED, with words for a server that speaks out of turn. */
SaslStep sasl_out_of_turn(const SaslMechanism *mechanism, GError **error);

#endif
