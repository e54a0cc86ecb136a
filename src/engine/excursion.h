/* A way into other mailboxes and back, in one write: what must be asked there is sent between excursion_begin() and excursion_end(), each
 * mailbox behind an EXAMINE of its own, and then the mailbox that was open is opened again. What the server says meanwhile is about the
 * others, and is not heard as being about the open one. Where none was open, none is opened behind.
 *
 * Engine thread; with the link held, from a job while nothing else is being opened.
 */
#ifndef MALLE_ENGINE_EXCURSION_H
#define MALLE_ENGINE_EXCURSION_H

#include "engine/link.h"

typedef struct Excursion Excursion;

/* good: the mailbox is open again, and the same (uidvalidity 0: whichever). Else nothing more may be sent for it; a link that ends calls
 * too. */
typedef void (*ExcursionDone)(EngineAccount *account, gboolean good, gpointer user);

Excursion *excursion_begin(EngineAccount *account, LinkAction *action);
/* back: the one that was open; NULL where none was. Frees it, behind `done`, which is called when the last of its commands is answered. */
void excursion_end(Excursion *excursion, const StoreMailbox *back, guint32 uidvalidity, ExcursionDone done, gpointer user);

#endif
