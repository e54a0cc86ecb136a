/* The structure of a message: a tree of parts as plain data, filled from a BODYSTRUCTURE by the engine or
 * from the whole message by message_part_from_message(); kept by the store as a flat list in section order.
 *
 * Strings: UTF-8, decoded (RFC 2231), not terminal-safe, owned by the part. Any thread.
 */
#ifndef MALLE_MIME_PART_H
#define MALLE_MIME_PART_H

#include <glib.h>

typedef struct {
    char *name; /* lower case */
    char *value;
} MimeParameter;

typedef struct MessagePart MessagePart;
struct MessagePart {
    char *section; /* IMAP section number ("1", "2.1"); a multipart's own is its number ("2"), the root
                      multipart's is "" (RFC 9051 §6.4.5) */
    char *type;    /* lower case: "text", "multipart", "message", … */
    char *subtype; /* lower case */
    GPtrArray *parameters; /* of MimeParameter*, never NULL */
    char *encoding;      /* lower case: "7bit", "8bit", "binary", "base64", "quoted-printable", or as sent */
    char *disposition;   /* lower case "inline", "attachment", or NULL */
    char *filename;      /* from Content-Disposition, else the name parameter, or NULL; a hostile string until
                            mime/filename.h has seen it */
    char *content_id;    /* without brackets, or NULL */
    char *description;   /* or NULL */
    guint64 octets;      /* encoded size as announced; a hint, may lie */
    guint64 lines;       /* 0 when not known */
    GPtrArray *children; /* of MessagePart*: the parts of a multipart, the one root of a message/rfc822; never
                            NULL */
};

MessagePart *message_part_new(const char *section, const char *type, const char *subtype);
void message_part_free(MessagePart *part);
void message_part_set_parameter(MessagePart *part, const char *name, const char *value);
/* NULL when there is none. */
const char *message_part_parameter(const MessagePart *part, const char *name);
/* The part with that section, or NULL. */
const MessagePart *message_part_find(const MessagePart *root, const char *section);
gboolean message_part_is(const MessagePart *part, const char *type, const char *subtype /* NULL: any */);

/* All leaves (and message/rfc822 parts, which count as a leaf with children) in order. Container owned by the
 * caller, elements by the tree. */
GPtrArray *message_part_leaves(const MessagePart *root);

/* The structure of a whole raw message; nesting and count are capped (MESSAGE_PART_MAX_*), what lies beyond
 * is one application/octet-stream leaf. Never NULL. */
#define MESSAGE_PART_MAX_DEPTH 64
#define MESSAGE_PART_MAX_COUNT 10000
MessagePart *message_part_from_message(const char *bytes, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MessagePart, message_part_free)

#endif
