/* Shared by the files of the reader's message. Private to model/. */
#ifndef MALLE_MODEL_MESSAGE_PRIVATE_H
#define MALLE_MODEL_MESSAGE_PRIVATE_H

#include "model/internal.h"

struct ModelMessage {
    Model *model;
    gint64 id, account_id;
    StoreMessage *stored;       /* kept when the message is gone */
    ModelMessageState state;
    char *words;                /* why it failed */
    ModelShow show;
    char *choice;               /* section that the person chose, NULL: by preference */
    gboolean want_header;       /* it is being answered: what the header says of lists counts */
    GHashTable *asked;          /* set of sections (and "?" for the structure) asked of the engine */
    GPtrArray *attachments;     /* of ModelAttachment*, NULL: to be made */

    RenderedText *text;         /* NULL: to be laid out */
    int width;                  /* it was laid out for */
    char *shown_section;        /* first part in it */
};

/* message-text.c */
void message_forget_text(ModelMessage *message);
/* message-pictures.c: `text` with lines for the pictures that it refers to and that are here (takes it); and lines for those attached. */
RenderedText *message_place_pictures(ModelMessage *message, RenderedText *text, int width);
void message_add_attached_pictures(ModelMessage *message, RenderedText *text, int width);
/* The parts whose text is shown now, of MessagePart*; NULL while the structure is unknown. */
GPtrArray *message_text_parts(const ModelMessage *message);
/* Sections needed for what is to be shown and not in the store, NULL-terminated. */
char **message_missing(const ModelMessage *message);
/* message.c: asks for the header, if it is not here. */
void message_want_header(ModelMessage *message);
/* transfer.c */
void message_attachment_free(ModelAttachment *attachment);
guint64 message_fetch_whole(ModelMessage *message, const char *purpose, GError **error); /* purpose: in the transfer's command */

#endif
