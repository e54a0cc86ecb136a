/* What is carried from another account, into a mailbox of files. A message gets the same name whenever it is tried, and what is there
 * under it has arrived: so nothing has to be looked for. */
#include "config.h"

#include "engine/local_private.h"

#include "base/i18n.h"
#include "engine/carry.h"
#include "engine/replay.h"
#include "store/local_uids.h"

static gboolean append(Carry *carry, const Intent *intent, LocalMailbox *to, const StoreCarried *message, char **key, GError **error)
{
    g_autofree char *path = carry_path(carry, message->position);
    g_autofree char *what = g_strdup_printf("C%" G_GINT64_FORMAT "P%" G_GINT64_FORMAT, intent->id, message->position);
    g_autofree char *name = local_name_for(intent->created, what);
    LocalPlacing placing = { .flags = message->flags, .keywords = message->keywords, .internal_date = message->internal_date };
    return local_mailbox_append(to, path, name, LOCAL_LINES_UNIX, &placing, key, error);
}

static gboolean can_wait(const GError *error)
{
    return g_error_matches(error, LOCAL_ERROR, LOCAL_ERROR_BUSY) || g_error_matches(error, LOCAL_ERROR, LOCAL_ERROR_FULL);
}

/* FALSE: for want of room or of a lock; the others wait too. */
static gboolean append_all(Carry *carry, const Intent *intent, LocalMailbox *to, GArray *batch, char **keys, GError **error)
{
    for (guint i = 0; i < batch->len; i++) {
        const StoreCarried *message = &g_array_index(batch, StoreCarried, i);
        g_autoptr(GError) trouble = NULL;
        if (append(carry, intent, to, message, &keys[i], &trouble))
            continue;
        if (can_wait(trouble)) {
            g_propagate_error(error, g_steal_pointer(&trouble));
            return FALSE;
        }
        gboolean gone = message->message_id == 0;
        carry_set_aside(carry, message->position, gone ? INTENT_CONFLICT : INTENT_FAILED, gone ? carry_gone_words() : trouble->message);
    }
    return local_mailbox_settle(to, error);
}

static gboolean number_all(Carry *carry, const StoreMailbox *mailbox, GArray *batch, char **keys, GError **error)
{
    for (guint i = 0; i < batch->len; i++) {
        StoreCarried *message = &g_array_index(batch, StoreCarried, i);
        guint32 uid = keys[i] != NULL ? store_writer_local_uid(carry->engine->writer, mailbox->id, keys[i], error) : 0;
        if (keys[i] != NULL && (uid == 0 || !carry_arrived(carry, message, mailbox->uidvalidity, uid, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean carry_batch(Carry *carry, const Intent *intent, const StoreMailbox *mailbox, GArray *batch, GError **error)
{
    LocalSource *source = carry->target->local;
    Folder *folder = local_find_folder(source, mailbox->id);
    LocalMailbox *to = folder != NULL ? local_folder_open(folder, error) : NULL;
    if (folder == NULL)
        g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_OFFLINE, _("The mailbox is no longer there."));
    if (to == NULL)
        return FALSE;
    g_autoptr(GArray) positions = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < batch->len; i++)
        g_array_append_val(positions, g_array_index(batch, StoreCarried, i).position);
    if (!store_writer_carry_sending(carry->engine->writer, intent->id, (const gint64 *) (gpointer) positions->data, positions->len,
                                    mailbox->uidvalidity, MAX(mailbox->uidnext, 1), error))
        return FALSE;
    char **keys = g_new0(char *, batch->len + 1);
    local_scan_interrupt(source);
    gboolean ok = append_all(carry, intent, to, batch, keys, error) && number_all(carry, mailbox, batch, keys, error);
    for (guint i = 0; i < batch->len; i++)
        g_free(keys[i]);
    g_free(keys);
    local_scan_go_on(source);
    return ok;
}

void local_source_take_carried(Carry *carry, const Intent *intent, const StoreMailbox *mailbox, GArray *batch)
{
    Engine *engine = carry->engine;
    gint64 account_id = carry->target->id, mailbox_id = mailbox->id;
    g_autoptr(GError) error = NULL;
    if (carry_batch(carry, intent, mailbox, batch, &error)) {
        engine_tell_mailbox(engine, account_id, mailbox_id);
        carry_next(carry);
        return;
    }
    replay_put_off(carry->source, carry->intent_id, error->message);
    carry_drop(carry); /* what is on the disk is found there the next time */
}
