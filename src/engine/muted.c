#include "config.h"

#include "engine/muted.h"

#include "engine/account.h"

#define KEYWORD "$Muted"

/* By a decision like the person's own, so that the journal has it; the keyword tells other programs, where it is kept. */
static void mark(Engine *engine, gint64 mailbox_id, const GArray *message_ids)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(engine->reader, mailbox_id);
    g_autoptr(Intent) intent = intent_new(INTENT_FLAGS);
    g_autoptr(GArray) ids = NULL;
    g_autoptr(GError) error = NULL;
    if (mailbox == NULL || (mailbox->attributes & MAILBOX_READ_ONLY) != 0)
        return;
    g_array_append_vals(intent->message_ids, message_ids->data, message_ids->len);
    intent->add = MAIL_FLAG_SEEN;
    if ((mailbox->attributes & MAILBOX_NEW_KEYWORDS) != 0 ||
        (mailbox->permanent_flags != NULL && keywords_contain(mailbox->permanent_flags, KEYWORD)))
        intent->add_keywords = g_strdup(KEYWORD);
    if (store_writer_commit_intent(engine->writer, intent, &ids, &error))
        engine_decided(engine, ids);
    else
        g_warning("muted thread: %s", error->message);
}

void muted_consider(Engine *engine)
{
    g_autoptr(GArray) arrived = store_writer_muted_arrivals(engine->writer); /* by mailbox */
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < arrived->len; i++) {
        const StoreMutedArrival *one = &g_array_index(arrived, StoreMutedArrival, i);
        g_array_append_val(ids, one->message_id);
        if (i + 1 < arrived->len && g_array_index(arrived, StoreMutedArrival, i + 1).mailbox_id == one->mailbox_id)
            continue;
        mark(engine, one->mailbox_id, ids);
        g_array_set_size(ids, 0);
    }
}

guint muted_among(Engine *engine, gint64 mailbox_id, guint count)
{
    return store_writer_muted_among(engine->writer, mailbox_id, count);
}
