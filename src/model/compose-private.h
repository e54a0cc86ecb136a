/* Shared by the files of a letter being written. Private to model/. */
#ifndef MALLE_MODEL_COMPOSE_PRIVATE_H
#define MALLE_MODEL_COMPOSE_PRIVATE_H

#include "model/compose.h"
#include "model/internal.h"

typedef struct {
    gint64 account_id;
    Identity *identity; /* owned by the account's list */
} ComposeIdentity;

struct ModelCompose {
    Model *model;
    char *id; /* of the draft: the name of its files */
    Letter *letter;
    gint64 account_id;
    GPtrArray *lists;     /* of GPtrArray* of Identity*: what `identities` points into */
    GArray *identities;   /* of ComposeIdentity */
    char *signature;      /* what stands below the text now, from "-- \n" on; NULL none */
    gboolean signed_once; /* the signature was added, or there is none: what the person does with it counts */
    gboolean new_text;    /* of this writing: a signature is wanted */
    gint64 answers, forwards; /* messages to be marked when it is sent; 0 none */
    gint64 replaces;          /* the draft on the server that this one takes the place of; 0 none */
    gboolean markdown;
    guint options; /* of ComposeOption */
    char *editor_file; /* while the editor has it; NULL */
    gboolean editor_header;
    gint64 saved_at;
};

/* compose.c */
ModelCompose *compose_new(Model *model, gint64 account_id, Letter *letter, GError **error); /* takes the letter */
const Identity *compose_identity(const ModelCompose *compose); /* that From names; NULL: another address */
void compose_choose(ModelCompose *compose, guint identity);
void compose_sign(ModelCompose *compose); /* adds or changes the signature; may run its command */

/* compose-draft.c */
char *compose_path(const Model *model, const char *id, const char *ending); /* of a draft's file; caller frees */
gboolean compose_save(ModelCompose *compose, GError **error);
/* So that a program that dies loses nothing; whoever stops the machine may. For every key: without waiting for the disk. */
void compose_save_lightly(ModelCompose *compose);
void compose_remove_files(Model *model, const char *id);
char *compose_new_id(void);

/* compose-send.c */
/* A message as it is, to whom `resent` says. */
gboolean compose_send_on(Model *model, gint64 account_id, const Letter *resent, const char *original, gint64 not_before, GError **error);
/* An intent got further: the old copies of drafts whose new ones have arrived are deleted. */
void compose_settle_replaced(Model *model);
/* The letter of a sending that has not begun, as a draft: before it is undone. The draft's id, NULL: none. Caller frees. */
char *compose_take_back(Model *model, gint64 group);

#endif
