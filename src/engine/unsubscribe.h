/* Leaving a list by one click (RFC 8058): one HTTPS request to where its message says, by the person's word only. Engine thread.
 *
 * The request tells nothing but itself: no cookie, no certificate of the person, no name of this program. An answer that sends elsewhere is
 * not followed. The account's proxy and authorities count; what it has pinned does not, nor can it be overruled.
 */
#ifndef MALLE_ENGINE_UNSUBSCRIBE_H
#define MALLE_ENGINE_UNSUBSCRIBE_H

#include "engine/core.h"

/* What came of it is told as a notice. */
void unsubscribe_begin(EngineAccount *account, const char *url);
/* Those under way come to nothing; before the engine's context has its last turns. NULL is allowed. */
void unsubscribe_stop_all(GPtrArray *running);

#endif
