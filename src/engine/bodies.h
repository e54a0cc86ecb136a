/* Structures and texts: what is on the screen first, then what is likely to be wanted next. */
#ifndef MALLE_ENGINE_BODIES_H
#define MALLE_ENGINE_BODIES_H

#include "engine/core.h"

/* sections NULL: the text to read, by the structure. Answered by CHANGE_BODY for each section. */
void bodies_want(EngineAccount *account, gint64 message_id, const char *const *sections);
/* The rows on the screen, the selected one first. */
void bodies_look_at(EngineAccount *account, const gint64 *message_ids, guint count);
void bodies_tell(Engine *engine, gint64 message_id, const char *section, const char *error);

#endif
