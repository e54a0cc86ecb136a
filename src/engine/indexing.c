#include "config.h"

#include "engine/indexing.h"

#include "base/text.h"
#include "engine/match.h"
#include "engine/readable.h"
#include "store/fulltext.h"

/* What comes comes in bursts. */
#define MOMENT_MS 1000
/* Of one turn of the loop: the person's next intent waits behind no more. */
#define SLICE_HEADINGS 100
#define SLICE_TEXTS 10

static char *words_of(char *text /* transfer full, or NULL */)
{
    g_autofree char *owned = text;
    return owned != NULL ? text_words(owned, -1) : NULL;
}

static gboolean index_one(Engine *engine, const StoreToIndex *one, GError **error)
{
    g_autoptr(StoreMessage) message = one->message_id != 0 ? store_reader_message(engine->reader, one->message_id) : NULL;
    g_autofree char *files = message != NULL ? words_of(match_file_names(message)) : NULL;
    g_autofree char *text = message != NULL ? words_of(readable_text(engine->reader, message, engine->text_preference)) : NULL;
    return store_writer_index_content(engine->writer, one->content_id, files, text, error);
}

static gboolean index_texts(Engine *engine, guint *done, GError **error)
{
    g_autoptr(GArray) waiting = store_writer_to_index(engine->writer, SLICE_TEXTS, error);
    *done = waiting->len;
    if (waiting->len == 0)
        return *error == NULL;
    if (!store_writer_begin(engine->writer, error))
        return FALSE;
    for (guint i = 0; i < waiting->len; i++) {
        if (!index_one(engine, &g_array_index(waiting, StoreToIndex, i), error)) {
            store_writer_rollback(engine->writer);
            return FALSE;
        }
    }
    return store_writer_commit(engine->writer, error);
}

/* FALSE: there is nothing more to do. */
static gboolean index_some(Engine *engine)
{
    g_autoptr(GError) error = NULL;
    guint done = 0;
    if (store_writer_index_headings(engine->writer, SLICE_HEADINGS, &done, &error) && done == 0)
        index_texts(engine, &done, &error);
    if (error != NULL)
        g_warning("the search index could not be kept: %s", error->message);
    return error == NULL && done > 0;
}

static gboolean slice(gpointer data)
{
    Engine *engine = data;
    if (index_some(engine))
        return G_SOURCE_CONTINUE;
    g_clear_pointer(&engine->indexing, g_source_unref);
    return G_SOURCE_REMOVE;
}

static gboolean begin(gpointer data)
{
    Engine *engine = data;
    g_clear_pointer(&engine->indexing, g_source_unref);
    engine->indexing = engine_idle(engine, slice, engine);
    return G_SOURCE_REMOVE;
}

void indexing_wake(Engine *engine)
{
    if (engine->indexing == NULL && !engine->stopping)
        engine->indexing = engine_timer(engine, MOMENT_MS, begin, engine);
}

void indexing_finish(Engine *engine)
{
    while (index_some(engine))
        ;
}
