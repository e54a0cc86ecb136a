/* Structures and texts: what is on the screen first, then what is likely to be wanted next. */
#ifndef MALLE_ENGINE_BODIES_H
#define MALLE_ENGINE_BODIES_H

#include "engine/core.h"

/* sections NULL: the text to read, by the structure. Answered by CHANGE_BODY for each section. */
void bodies_want(EngineAccount *account, gint64 message_id, const char *const *sections);
/* The rows on the screen, the selected one first. */
void bodies_look_at(EngineAccount *account, const gint64 *message_ids, guint count);
/* How a message is built, learned from the whole of it where that is kept and the server was not asked. FALSE: it is not known. */
gboolean bodies_structure_from_whole(EngineAccount *account, gint64 message_id);
/* The sections that make up the text to read. Of char*, free func set. */
GPtrArray *bodies_text_sections(Engine *engine, const MessagePart *structure);
/* Whether this section is in the store, by itself or within the whole message. */
gboolean bodies_are_here(Engine *engine, gint64 message_id, const char *section);
void bodies_tell(Engine *engine, gint64 message_id, const char *section, const char *error);

#endif
