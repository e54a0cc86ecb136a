/* The message in the reader: what is shown of it, at which width, and what can be done with its parts. UI thread.
 *
 * Opening asks the engine for what the structure says should be read, and nothing else; until it is here the header is
 * shown from the store. Text is laid out by mime/ and kept for the width it was laid out for.
 */
#ifndef MALLE_MODEL_MESSAGE_H
#define MALLE_MODEL_MESSAGE_H

#include "base/rendered.h"
#include "model/model.h"
#include "store/rows.h"

typedef struct ModelMessage ModelMessage;

typedef enum {
    MODEL_MESSAGE_LOADING, /* asked for */
    MODEL_MESSAGE_HERE,
    MODEL_MESSAGE_FAILED,  /* model_message_words() */
    MODEL_MESSAGE_OFFLINE, /* not here, and no link: it comes when the link does */
    MODEL_MESSAGE_GONE,    /* expunged meanwhile: what was here is still shown */
} ModelMessageState;

typedef enum {
    MODEL_SHOW_TEXT,    /* the chosen header fields, then the text */
    MODEL_SHOW_HEADERS, /* all header fields, then the text */
    MODEL_SHOW_SOURCE,  /* the message as it is */
} ModelShow;

typedef struct {
    char *section;
    char *type;         /* "image/png"; safe */
    char *name;         /* file name made harmless (no path, no control), or a made-up one; safe */
    char *description;  /* safe, or NULL */
    guint64 octets;     /* about, decoded */
    gboolean is_text;   /* can be shown in the reader */
    gboolean is_inline; /* part of the text as shown now */
    gboolean is_message;
    gboolean here;      /* in the store */
} ModelAttachment;

/* NULL when the message is gone. Marks it as read (an intent) unless `peek`. */
ModelMessage *model_message_open(Model *model, gint64 message_id, gboolean peek, GError **error);
void model_message_free(ModelMessage *message);
/* The same later, for a reader that waits a while; does nothing when it is read already or cannot be marked. Never in the order of undoing. */
void model_message_mark_read(ModelMessage *message);

/* How its list says that one leaves it; the message has to be answerable (model_message_answerable()). All NULL: it does not say. For the
 * person's eyes and word before anything is done. */
typedef struct {
    char *one_click; /* https: URL */
    char *mailto;
    char *page;      /* for a browser */
    char *host;      /* of one_click, safe to show */
} ModelUnsubscribe;
ModelUnsubscribe *model_message_unsubscribe(ModelMessage *message);
void model_unsubscribe_free(ModelUnsubscribe *unsubscribe);
void model_unsubscribe_now(ModelMessage *message, const ModelUnsubscribe *unsubscribe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelUnsubscribe, model_unsubscribe_free)

gint64 model_message_id(const ModelMessage *message);
ModelMessageState model_message_state(const ModelMessage *message);
const char *model_message_words(const ModelMessage *message); /* for LOADING, FAILED, OFFLINE, GONE: one safe line; NULL when HERE */
guint64 model_message_loaded(const ModelMessage *message, guint64 *total); /* bytes so far of what is being fetched, where known */

const StoreListRow *model_message_row(const ModelMessage *message);
const MessageSummary *model_message_summary(const ModelMessage *message);

/* What is shown. */
void model_message_set_show(ModelMessage *message, ModelShow show);
ModelShow model_message_show(const ModelMessage *message);
/* Shows this text part instead of the one chosen by preference; NULL: back to that. FALSE: no such part, or not text. */
gboolean model_message_choose(ModelMessage *message, const char *section);
/* Goes through the alternatives (plain text, HTML …). FALSE when there is only one. */
gboolean model_message_next_alternative(ModelMessage *message);
const char *model_message_section(const ModelMessage *message); /* what is shown now; NULL when not known yet */

/* The text laid out for `width` cells; laid out again only when the width, the part or the text changed. Header lines are in it. Never NULL; owned by the
 * message, valid until the next call on it. */
const RenderedText *model_message_text(ModelMessage *message, int width);

/* --- pictures --- */
#define MODEL_PICTURES_MAX 20 /* in one message */
typedef struct {
    gboolean on;
    int cell_width, cell_height; /* pixels */
    int rows_max;                /* that a picture takes at most */
    guint64 octets_max;          /* of a part as sent: larger ones are not fetched for this */
} ModelPictures;
/* How pictures stand in texts that are laid out from now on: PNG, JPEG, GIF, WebP that came with the message; RenderedPicture.source is their section. */
void model_set_pictures(Model *model, const ModelPictures *pictures);
/* Its decoded bytes, if they are here. Caller unrefs. Within or outside of a frame. */
GBytes *model_message_picture(const ModelMessage *message, const char *section);

const GPtrArray *model_message_attachments(ModelMessage *message); /* of ModelAttachment*, in order; empty while the structure is unknown */

/* --- parts out of the house ------------------------------------------------------------------- */

typedef enum { MODEL_TRANSFER_SAVE, MODEL_TRANSFER_OPEN, MODEL_TRANSFER_PIPE, MODEL_TRANSFER_COMPOSE } ModelTransferPurpose;

typedef struct {
    guint64 id;
    gint64 message_id;
    ModelTransferPurpose purpose;
    char *section, *type, *name; /* safe */
    char *path;          /* the file being written; when finished, the file */
    char *final_path;    /* what it will be renamed to, NULL: it is written in its place */
    char *command;       /* PIPE: what to run; COMPOSE: what for (compose-begin.c) */
    guint64 done, total; /* total 0 when not known */
    gboolean finished;
    char *error;         /* safe words; NULL when it went well */
} ModelTransfer;

/* Into `path` (a directory, made if it ends in a slash and is not there: under the attachment's name; a name that exists is refused unless `overwrite`). Returns the transfer's id, 0 with error. */
guint64 model_message_save(ModelMessage *message, const char *section, const char *path, gboolean overwrite, GError **error);
/* Into a private directory (0700, removed at model_free()); when it has finished, the UI runs model_transfer_opener(). */
guint64 model_message_open_part(ModelMessage *message, const char *section, GError **error);
/* The decoded part (section "": the whole message) into a private file, to be fed to `command` by the UI when finished. */
guint64 model_message_pipe(ModelMessage *message, const char *section, const char *command, GError **error);

const GPtrArray *model_transfers(const Model *model); /* of ModelTransfer*: under way, and finished ones until model_transfer_done() */
const ModelTransfer *model_transfer(const Model *model, guint64 id);
void model_transfer_stop(Model *model, guint64 id);
void model_transfer_done(Model *model, guint64 id);   /* the UI has dealt with it; the private file stays until the end of the program */

/* How to show a finished OPEN transfer: what mailcap says for its type, else the desktop's opener. NULL with error when it cannot be done safely. */
typedef struct {
    char **argv;             /* to be run without a shell of the caller's; the file's name is in it, quoted where a shell is part of it */
    gboolean needs_terminal; /* suspend the screen, run, wait */
    gboolean copious;        /* its output is text to be shown */
    gboolean on_stdin;       /* feed it the file */
    gboolean is_fallback;    /* mailcap knew nothing for the type: this is xdg-open */
    char *words;             /* the command as configured, safe */
} ModelOpener;
ModelOpener *model_transfer_opener(Model *model, guint64 id, GError **error);
/* The same for a file that is here: `part` says type and name. */
ModelOpener *model_opener_for(Model *model, const MessagePart *part, const char *path, GError **error);
void model_opener_free(ModelOpener *opener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelMessage, model_message_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelOpener, model_opener_free)

#endif
