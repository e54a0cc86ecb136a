/* A section on its way into the store: small ones gather in memory, large ones go to a file piece by piece. */
#ifndef MALLE_ENGINE_ARRIVING_H
#define MALLE_ENGINE_ARRIVING_H

#include "engine/core.h"

typedef struct ArrivingBody ArrivingBody;

ArrivingBody *arriving_body_new(Engine *engine, gint64 message_id, const char *section);
const char *arriving_body_section(const ArrivingBody *arriving);
void arriving_body_take(ArrivingBody *arriving, const char *bytes, gsize length);
/* All of it came: puts it into the store. FALSE: it could not be kept, with words for the person. */
gboolean arriving_body_keep(ArrivingBody *arriving, GError **error);
/* Leaves no trace of what was not kept. */
void arriving_body_free(ArrivingBody *arriving);

#endif
