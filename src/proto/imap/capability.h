/* What a server says it can do (RFC 9051 §7.2.2). Unknown names are kept; those that we act on are bits. */
#ifndef MALLE_PROTO_IMAP_CAPABILITY_H
#define MALLE_PROTO_IMAP_CAPABILITY_H

#include "proto/imap/text.h"

/* clang-format off */
/* One line per capability, so that enum and names cannot drift apart. */
#define IMAP_CAPABILITY_TABLE(X) \
    X(IMAP4REV1, "IMAP4rev1") \
    X(IMAP4REV2, "IMAP4rev2") \
    X(STARTTLS, "STARTTLS") \
    X(LOGINDISABLED, "LOGINDISABLED") \
    X(SASL_IR, "SASL-IR") \
    X(LITERAL_PLUS, "LITERAL+") \
    X(LITERAL_MINUS, "LITERAL-") \
    X(ID, "ID") \
    X(ENABLE, "ENABLE") \
    X(NAMESPACE, "NAMESPACE") \
    X(IDLE, "IDLE") \
    X(UIDPLUS, "UIDPLUS") \
    X(MOVE, "MOVE") \
    X(UNSELECT, "UNSELECT") \
    X(CONDSTORE, "CONDSTORE") \
    X(QRESYNC, "QRESYNC") \
    X(ESEARCH, "ESEARCH") \
    X(SEARCHRES, "SEARCHRES") \
    X(CONTEXT_SEARCH, "CONTEXT=SEARCH") \
    X(PARTIAL, "PARTIAL") \
    X(SORT, "SORT") \
    X(ESORT, "ESORT") \
    X(THREAD_REFERENCES, "THREAD=REFERENCES") \
    X(THREAD_REFS, "THREAD=REFS") \
    X(MULTISEARCH, "MULTISEARCH") \
    X(LIST_EXTENDED, "LIST-EXTENDED") \
    X(LIST_STATUS, "LIST-STATUS") \
    X(SPECIAL_USE, "SPECIAL-USE") \
    X(CREATE_SPECIAL_USE, "CREATE-SPECIAL-USE") \
    X(CHILDREN, "CHILDREN") \
    X(STATUS_SIZE, "STATUS=SIZE") \
    X(BINARY, "BINARY") \
    X(COMPRESS_DEFLATE, "COMPRESS=DEFLATE") \
    X(UTF8_ACCEPT, "UTF8=ACCEPT") \
    X(UTF8_ONLY, "UTF8=ONLY") \
    X(NOTIFY, "NOTIFY") \
    X(METADATA, "METADATA") \
    X(QUOTA, "QUOTA") \
    X(MULTIAPPEND, "MULTIAPPEND") \
    X(CATENATE, "CATENATE") \
    X(URLAUTH, "URLAUTH") \
    X(WITHIN, "WITHIN") \
    X(OBJECTID, "OBJECTID") \
    X(SAVEDATE, "SAVEDATE") \
    X(PREVIEW, "PREVIEW") \
    X(REPLACE, "REPLACE") \
    X(UNAUTHENTICATE, "UNAUTHENTICATE") \
    X(APPENDLIMIT, "APPENDLIMIT") \
    X(UIDONLY, "UIDONLY") \
    X(GMAIL, "X-GM-EXT-1") \
    X(ACL, "ACL") \
    X(INPROGRESS, "INPROGRESS") \
    X(LOGIN_REFERRALS, "LOGIN-REFERRALS")

typedef enum {
#define X(id, name) IMAP_CAP_##id,
    IMAP_CAPABILITY_TABLE(X)
#undef X
        IMAP_CAP_COUNT
} ImapCap;
/* clang-format on */

typedef struct ImapCapabilities ImapCapabilities;

/* From a list separated by single spaces ("IMAP4rev1 IDLE AUTH=PLAIN"): also how they are remembered between
 * sessions. len < 0: NUL-terminated. A server of IMAP4rev2 alone has what rev2 contains (RFC 9051 appendix
 * E). */
ImapCapabilities *imap_capabilities_parse(const char *list, gssize len);
ImapCapabilities *imap_capabilities_copy(const ImapCapabilities *caps);
void imap_capabilities_free(ImapCapabilities *caps);

bool imap_capabilities_have(const ImapCapabilities *caps, ImapCap cap);           /* NULL caps: false */
bool imap_capabilities_have_name(const ImapCapabilities *caps, const char *name); /* any name, any case */
/* Takes a capability away for this session: the server announced it and then answered BAD. */
void imap_capabilities_disable(ImapCapabilities *caps, ImapCap cap);
/* IMAP4rev2 was enabled: what it contains is there even where it is not listed. */
void imap_capabilities_add_rev2(ImapCapabilities *caps);
/* The mechanism names of AUTH=, as sent, NULL-terminated, owned by caps; never NULL. */
const char *const *imap_capabilities_mechanisms(const ImapCapabilities *caps);
bool imap_capabilities_have_mechanism(const ImapCapabilities *caps, const char *mechanism);
/* APPENDLIMIT=n (RFC 7889) in octets; G_MAXUINT64 when there is no limit for all mailboxes. */
guint64 imap_capabilities_append_limit(const ImapCapabilities *caps);
/* All names as sent, separated by spaces, owned by caps. */
const char *imap_capabilities_text(const ImapCapabilities *caps);
const char *imap_cap_name(ImapCap cap); /* static */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapCapabilities, imap_capabilities_free)

#endif
