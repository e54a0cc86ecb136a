/* A store with mail in it, a real engine on this thread and a model, for the tests of model/.
 *
 * The engine has no accounts (nothing is sent anywhere) and is driven by world_run(): between deciding something and that call the
 * test sees what a person sees before the decision is committed. "The server says" is done by the engine's own store writer.
 */
#ifndef MALLE_TESTS_MODEL_WORLD_H
#define MALLE_TESTS_MODEL_WORLD_H

#include "model/actions.h"
#include "model/list.h"
#include "model/mailbox_tree.h"
#include "model/message.h"
#include "model/model.h"
#include "model/wire.h"
#include "store/writer.h"

#define WORLD_NOW G_GINT64_CONSTANT(1769860800) /* 31 January 2026 12:00 UTC */

typedef struct {
    char *directory, *store_path;
    ChangeQueue *queue;
    Engine *engine;
    StoreWriter *writer;    /* the engine's */
    Model *model;
    gint64 account, inbox, archive, trash;
    gint64 other, other_inbox, other_archive, other_trash; /* of world_new_with_two() */
    guint32 next_uid;
    ModelRepaint told;      /* by all dispatches since it was last cleared */
} World;

World *world_new(void);
World *world_new_with_two(void); /* accounts "test" and "work", which the engine knows and has no link to */
void world_free(World *world);
gint64 world_mailbox(World *world, const char *name, MailboxRole role, MailboxAttributes attributes);

/* A message `minutes` before WORLD_NOW; returns its id. `parent`: Message-ID it answers, or NULL. */
typedef struct {
    const char *from, *subject, *message_id, *parent, *keywords;
    MailFlags flags;
    gint64 minutes;
    guint64 size;
    const char *body;       /* text/plain, kept in the store; NULL: structure and body unknown */
} WorldLetter;
gint64 world_letter(World *world, gint64 mailbox_id, const WorldLetter *letter);
/* `count` messages, the first one the newest: one a minute before `minutes`, from and subject by number, every fifth unread. */
void world_letters(World *world, gint64 mailbox_id, guint count, gint64 minutes);
void world_expunge(World *world, gint64 mailbox_id, gint64 message_id);
/* The engine says that the mailbox changed. */
void world_changed(World *world, gint64 mailbox_id);

/* Lets the engine do all that it can now, then the model take it in; repeats until nothing moves. */
void world_run(World *world);

void world_show(ModelList *list); /* refresh as a repaint does, and check what must always hold */
gint64 world_selected(ModelList *list);
const char *world_subject(ModelList *list, guint index);

#endif
