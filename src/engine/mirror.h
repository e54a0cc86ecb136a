/* Keeping mailboxes here as their rules say (doc/internals/offline.md): one mailbox after another is brought level with the
 * server, and then what its messages lack is fetched, newest first. What the person wants meanwhile goes first.
 *
 * mirror.c decides which mailbox comes next and tells how far it is; mirror_bodies.c fetches for one mailbox.
 */
#ifndef MALLE_ENGINE_MIRROR_H
#define MALLE_ENGINE_MIRROR_H

#include "engine/core.h"

typedef struct Mirror Mirror;

/* Begins, or adds to what is under way. mailbox_id 0: as the scope says. Waits for the link when there is none. */
void mirror_begin(EngineAccount *account, EngineMirrorScope scope, gint64 mailbox_id);
/* What is in flight still comes, and is kept. */
void mirror_stop(EngineAccount *account);
void mirror_free(Mirror *mirror); /* NULL is ignored */

/* The list of mailboxes is here, or rules are not as they were: what lacks something is planned. */
void mirror_look_over(EngineAccount *account);
/* Something of this mailbox is not as it was: it is looked at when nothing else is to be done, if a rule wants it. */
void mirror_mailbox_changed(EngineAccount *account, gint64 mailbox_id);
/* It is not kept out of what is fetched when the person asks for everything. */
gboolean mirror_may_open(const StoreMailbox *mailbox);
/* This mailbox is to be kept level though it is not on the screen. */
gboolean mirror_follows(const EngineAccount *account, gint64 mailbox_id);
/* What a new link may open before anything is known: the mailbox that comes first, or an INBOX with a rule; 0: none. */
gint64 mirror_first_mailbox(EngineAccount *account);
/* Nothing is in flight and no job waits. TRUE: something was begun. */
gboolean mirror_step(EngineAccount *account);
/* The link ended: what was under way begins anew on the next. */
void mirror_link_ended(EngineAccount *account);

/* --- between the two files --- */

void mirror_bodies_begin(EngineAccount *account, gint64 mailbox_id);
void mirror_bodies_stop(EngineAccount *account);
/* A message is here as its rule asks (size: RFC822.SIZE), or cannot be had (words). */
void mirror_kept(EngineAccount *account, guint64 size);
void mirror_not_had(EngineAccount *account, guint64 size, const char *words);
/* Nothing more can be kept: the disk is full. */
void mirror_abandon(EngineAccount *account, const char *words);

#endif
