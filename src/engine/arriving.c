#include "config.h"

#include "engine/arriving.h"

/* Larger than this goes to a file instead of through memory. */
#define SMALL_BODY (64 * 1024)

struct ArrivingBody {
    Engine *engine;
    gint64 message_id;
    char *section;
    GByteArray *small;    /* gathers here until it is too large for it */
    StoreBodySink *large;
    GError *trouble;      /* the first; nothing more is taken then */
};

ArrivingBody *arriving_body_new(Engine *engine, gint64 message_id, const char *section)
{
    ArrivingBody *arriving = g_new0(ArrivingBody, 1);
    *arriving = (ArrivingBody){ .engine = engine, .message_id = message_id, .section = g_strdup(section), .small = g_byte_array_new() };
    return arriving;
}

const char *arriving_body_section(const ArrivingBody *arriving)
{
    return arriving->section;
}

void arriving_body_take(ArrivingBody *arriving, const char *bytes, gsize length)
{
    if (arriving->large == NULL && arriving->small->len + length <= SMALL_BODY) {
        g_byte_array_append(arriving->small, (const guint8 *) bytes, (guint) length);
        return;
    }
    if (arriving->large == NULL && arriving->trouble == NULL) {
        arriving->large = store_writer_body_begin(arriving->engine->writer, arriving->message_id, arriving->section, &arriving->trouble);
        if (arriving->large != NULL)
            store_body_sink_write(arriving->large, arriving->small->data, arriving->small->len, &arriving->trouble);
    }
    if (arriving->trouble == NULL)
        store_body_sink_write(arriving->large, bytes, length, &arriving->trouble);
}

gboolean arriving_body_keep(ArrivingBody *arriving, GError **error)
{
    if (arriving->trouble != NULL) {
        g_propagate_error(error, g_steal_pointer(&arriving->trouble));
        return FALSE;
    }
    if (arriving->large != NULL)
        return store_body_sink_finish(g_steal_pointer(&arriving->large), error);
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(g_steal_pointer(&arriving->small));
    return store_writer_put_body(arriving->engine->writer, arriving->message_id, arriving->section, bytes, error);
}

void arriving_body_free(ArrivingBody *arriving)
{
    store_body_sink_abort(arriving->large);
    if (arriving->small != NULL)
        g_byte_array_unref(arriving->small);
    g_clear_error(&arriving->trouble);
    g_free(arriving->section);
    g_free(arriving);
}
