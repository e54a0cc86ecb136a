/* Letters of whose file a part lies on a server (base/absent.h): put together there (CATENATE, RFC 4469), or filled in here. Engine thread. */
#ifndef MALLE_ENGINE_ABSENT_H
#define MALLE_ENGINE_ABSENT_H

#include "engine/account.h"

/* The server puts messages together, as far as is known. */
gboolean absent_can_catenate(const EngineAccount *account);
/* An APPEND in which the server takes those parts from where they lie. file: the letter. *saved: octets that did not have to be sent. NULL: one
 * of them is not on this account's server, or nothing is known of where it lies now. */
ImapCommand *absent_append(EngineAccount *account, const char *mailbox, const char *const *flags, GBytes *file, const GPtrArray *parts,
                           guint64 *saved);

/* trouble: why it cannot be, in words for the person; NULL: the file has all now. */
typedef void (*AbsentFilled)(Engine *engine, const char *trouble, gint64 for_id);
/* Fetches what is absent from the letter at `path`, from whatever account has it, into the file. filled() is called once, from the main loop;
 * not when it is under way already, and not when the engine ends before. */
void absent_fill(Engine *engine, const char *path, AbsentFilled filled, gint64 for_id);
void absent_fills_free(GHashTable *fills);

#endif
