/* Parts inside a message/rfc822 that a server does not give by their number (GNU imap4d answers NIL): the message that holds them is
 * fetched whole, and the part cut out of it here.
 *
 * Engine thread; the message's mailbox is selected.
 */
#ifndef MALLE_ENGINE_ENCLOSED_H
#define MALLE_ENGINE_ENCLOSED_H

#include "engine/link.h"

/* result as of the command; kept: the section stands in the store now. */
typedef void (*EnclosedDone)(EngineAccount *account, ImapResult result, gboolean kept, gpointer user);

/* FALSE, and nothing is asked, when the section is not inside a message/rfc822 as far as the structure is known. */
gboolean enclosed_ask(EngineAccount *account, LinkAction *action, gint64 message_id, guint32 uid, const char *section, EnclosedDone done,
                      gpointer user);

/* So many octets came for the section. TRUE when that is what the message around it has and not what the section has: GNU imap4d gives
 * the whole for the first part in it. */
gboolean enclosed_is_whole(EngineAccount *account, gint64 message_id, const char *section, guint64 octets);

#endif
