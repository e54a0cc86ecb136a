/* Which parts to read and which to list as attachments. Pure; any thread. */
#ifndef MALLE_MIME_CHOOSE_H
#define MALLE_MIME_CHOOSE_H

#include "mime/part.h"

#include <stdbool.h>

/* The parts that make up the text to read, in order: for multipart/alternative the one that `preference`
 * ranks first (a comma separated list of types such as "text/plain,text/html"; NULL is that), for related its
 * root, for mixed, signed, digest, report all that are text or messages shown inline. Types nobody prefers
 * lose to those listed. An empty plain part (as announced) loses to a full HTML one. Of MessagePart*, owned
 * by the tree; the container is the caller's. message/rfc822 parts stand in it themselves, followed by their
 * own text parts. At most 100. */
GPtrArray *mime_choose_text(const MessagePart *root, const char *preference);

/* How a part is told of in a list of attachments. */
typedef struct {
    const MessagePart *part;
    char
        *name; /* safe to show, never empty: the file name, the subject of a message, or words for the type */
    char *type;     /* "application/pdf" */
    guint64 octets; /* decoded size, estimated from the announced one: a hint */
    bool shown;     /* is part of the text that mime_choose_text() takes */
    bool is_inline; /* a picture or the like that the HTML text refers to: not worth a mark in the list of
                       messages */
} MimeAttachment;

/* All leaves that are not an alternative of the text shown, in order. Of MimeAttachment*, free func set. */
GPtrArray *mime_list_attachments(const MessagePart *root, const char *preference);
void mime_attachment_free(MimeAttachment *attachment);

/* Worth the mark in the list of messages: something that a person attached. */
bool mime_has_attachment(const MessagePart *root);

#endif
