/* The copy of a letter that was sent, in Sent: whether one is wanted, and where (doc/internals/outbox.md). Engine thread. */
#ifndef MALLE_ENGINE_SENT_COPY_H
#define MALLE_ENGINE_SENT_COPY_H

#include "engine/core.h"

/* Gives an intent to send that says nothing of its copy the account's mailbox for sent mail; one that is to have none (INTENT_NO_COPY) is left
 * alone. Where the account has no such mailbox one is created by an intent of its own: once its mailboxes are known, or when this is the
 * last_chance to say where. */
void sent_copy_resolve(Engine *engine, Intent *intent, gboolean last_chance);

#endif
