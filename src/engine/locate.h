/* Finding messages whose UID the server did not tell: what was moved or copied without UIDPLUS, and is decided about again (an undo,
 * say) before its mailbox was opened.
 *
 * Engine thread. Asks for summaries of what could be them; the store knows them again by Message-ID and size (store/writer.h), and
 * the decision that waits becomes ready.
 */
#ifndef MALLE_ENGINE_LOCATE_H
#define MALLE_ENGINE_LOCATE_H

#include "engine/core.h"

/* A job for each mailbox in which a decision waits for UIDs. */
void locate_unnamed(EngineAccount *account);
/* The link ended: the next one looks in the journal anew. */
void locate_stop(EngineAccount *account);

#endif
