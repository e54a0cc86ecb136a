/* What a POP3 server offers (CAPA, RFC 2449; RFC 2595, 5034, 6856, 3206). */
#ifndef MALLE_PROTO_POP_CAPABILITY_H
#define MALLE_PROTO_POP_CAPABILITY_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    POP_CAP_TOP = 1 << 0,
    POP_CAP_USER = 1 << 1,
    POP_CAP_SASL = 1 << 2,
    POP_CAP_RESP_CODES = 1 << 3,
    POP_CAP_LOGIN_DELAY = 1 << 4,
    POP_CAP_PIPELINING = 1 << 5,
    POP_CAP_EXPIRE = 1 << 6,
    POP_CAP_UIDL = 1 << 7,
    POP_CAP_STLS = 1 << 8,
    POP_CAP_AUTH_RESP_CODE = 1 << 9,
    POP_CAP_UTF8 = 1 << 10,
    POP_CAP_LANG = 1 << 11,
} PopCap;

#define POP_EXPIRE_NEVER G_MAXUINT

typedef struct {
    guint caps;           /* PopCap bits */
    char **mechanisms;    /* of SASL, NULL-terminated, upper case; never NULL */
    guint login_delay;    /* seconds between log-ins; 0: none said */
    guint expire_days;    /* how long the server keeps what was read: 0 not at all, POP_EXPIRE_NEVER for ever;
                           * with POP_CAP_EXPIRE only */
    bool per_user;        /* login_delay or expire_days may be another after the log-in: ask CAPA again */
    bool asked;           /* false: the server knows no CAPA, and what it can has to be tried */
    char *implementation; /* or NULL */
} PopCapabilities;

PopCapabilities *pop_capabilities_new(void);
void pop_capabilities_free(PopCapabilities *capabilities);
/* One line of the answer. */
void pop_capabilities_add(PopCapabilities *capabilities, const char *line);
bool pop_can(const PopCapabilities *capabilities, PopCap cap); /* NULL can nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopCapabilities, pop_capabilities_free)

#endif
