#include "config.h"

#include "engine/enclosed.h"

#include <string.h>

#include "engine/account.h"
#include "engine/parts.h"
#include "mime/message.h"

typedef struct {
    gint64 message_id;
    char *holder;        /* section of the message/rfc822 */
    char *section;       /* of the part that is wanted */
    StoreBodySink *sink; /* NULL: it could not be kept */
    EnclosedDone done;
    gpointer user;
} Enclosed;

/* The outermost: a server that cannot number what is in it cannot number what is in that either. */
static char *holder_of(const MessagePart *root, const char *section)
{
    for (const char *dot = strchr(section, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        g_autofree char *prefix = g_strndup(section, (gsize) (dot - section));
        const MessagePart *part = message_part_find(root, prefix);
        if (part != NULL && message_part_is(part, "message", "rfc822"))
            return g_steal_pointer(&prefix);
    }
    return NULL;
}

static gboolean cut(Engine *engine, const Enclosed *enclosed)
{
    g_autoptr(GBytes) whole = store_reader_body(engine->reader, enclosed->message_id, enclosed->holder);
    if (whole == NULL)
        return FALSE;
    g_autoptr(MimeMessage) message = mime_message_new(whole);
    g_autoptr(GBytes) part = mime_message_section(message, enclosed->section + strlen(enclosed->holder) + 1);
    return part != NULL && store_writer_put_body(engine->writer, enclosed->message_id, enclosed->section, part, NULL);
}

static void holder_data(gpointer user, const char *bytes, gsize length)
{
    Enclosed *enclosed = user;
    if (enclosed->sink != NULL && !store_body_sink_write(enclosed->sink, bytes, length, NULL))
        store_body_sink_abort(g_steal_pointer(&enclosed->sink));
}

static void holder_done(EngineAccount *account, gpointer user, ImapResult result, gboolean arrived, const ImapText *text)
{
    (void) text;
    Enclosed *enclosed = user;
    gboolean whole = result == IMAP_RESULT_OK && arrived && enclosed->sink != NULL;
    gboolean kept = whole && store_body_sink_finish(g_steal_pointer(&enclosed->sink), NULL) && cut(account->engine, enclosed);
    store_body_sink_abort(enclosed->sink);
    enclosed->done(account, result, kept, enclosed->user);
    g_free(enclosed->holder);
    g_free(enclosed->section);
    g_free(enclosed);
}

gboolean enclosed_ask(EngineAccount *account, LinkAction *action, gint64 message_id, guint32 uid, const char *section, EnclosedDone done,
                      gpointer user)
{
    static const PartSink sink = { holder_data, holder_done };
    g_autoptr(StoreMessage) message = store_reader_message(account->engine->reader, message_id);
    char *holder = message != NULL && message->structure != NULL ? holder_of(message->structure, section) : NULL;
    if (holder == NULL)
        return FALSE;
    Enclosed *enclosed = g_new(Enclosed, 1);
    *enclosed = (Enclosed){
        .message_id = message_id,
        .holder = holder,
        .section = g_strdup(section),
        .sink = store_writer_body_begin(account->engine->writer, message_id, holder, NULL),
        .done = done,
        .user = user,
    };
    parts_ask(account, action, &(PartWanted){ .uid = uid, .section = holder, .first = TRUE }, &sink, enclosed);
    return TRUE;
}

gboolean enclosed_is_whole(EngineAccount *account, gint64 message_id, const char *section, guint64 octets)
{
    g_autoptr(StoreMessage) message = strchr(section, '.') != NULL ? store_reader_message(account->engine->reader, message_id) : NULL;
    g_autofree char *holder = message != NULL && message->structure != NULL ? holder_of(message->structure, section) : NULL;
    if (holder == NULL)
        return FALSE;
    const MessagePart *part = message_part_find(message->structure, section), *around = message_part_find(message->structure, holder);
    return part != NULL && octets != part->octets && octets == around->octets;
}
