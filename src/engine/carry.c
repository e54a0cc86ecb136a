#include "config.h"

#include "engine/carry.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/local_account.h"
#include "engine/replay.h"
#include "engine/transfers.h"

/* So many are fetched, and then appended, in one write; or as many as fit into so many octets. */
#define BATCH_MESSAGES 32
#define BATCH_OCTETS (4u << 20)

typedef struct {
    Carry *carry;
    gint64 position;
} Fetching;

static void carry_free(gpointer data)
{
    Carry *carry = data;
    g_free(carry->unwritten);
    g_free(carry);
}

GHashTable *carries_table_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, carry_free);
}

/* --- files -------------------------------------------------------------------------------------- */

char *carry_path(const Carry *carry, gint64 position)
{
    g_autofree char *directory = store_writer_carry_directory(carry->engine->writer);
    g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, carry->intent_id, position);
    return g_build_filename(directory, name, NULL);
}

static char *part_path(const Carry *carry, gint64 position)
{
    g_autofree char *path = carry_path(carry, position);
    return g_strconcat(path, ".part", NULL);
}

/* --- ends ----------------------------------------------------------------------------------------- */

void carry_drop(Carry *carry)
{
    Engine *engine = carry->engine;
    g_autoptr(Intent) intent = store_writer_intent(engine->writer, carry->intent_id);
    if (intent != NULL && intent->state == INTENT_SENDING)
        store_writer_intent_state(engine->writer, carry->intent_id, INTENT_PENDING, NULL, NULL);
    g_hash_table_remove(engine->carries, &carry->intent_id);
}

static void cannot_write(Carry *carry, const GError *error)
{
    if (carry->unwritten == NULL)
        carry->unwritten = g_strdup(error->message);
}

void carry_set_aside(Carry *carry, gint64 position, IntentState state, const char *words)
{
    Engine *engine = carry->engine;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = carry_path(carry, position);
    gint64 id = store_writer_carry_set_aside(engine->writer, carry->intent_id, position, state, words, &error);
    g_unlink(path);
    if (id != 0)
        engine_tell_intent(engine, id, state, words);
    else
        cannot_write(carry, error);
}

gboolean carry_arrived(Carry *carry, StoreCarried *message, guint32 uidvalidity, guint32 uid, GError **error)
{
    g_autofree char *path = carry_path(carry, message->position);
    if (!store_writer_carry_arrived(carry->engine->writer, carry->intent_id, message->position, uidvalidity, uid, error)) {
        cannot_write(carry, *error);
        return FALSE;
    }
    message->step = STORE_CARRY_ARRIVED;
    g_unlink(path);
    return TRUE;
}

const char *carry_gone_words(void)
{
    return _("The message was deleted elsewhere before it could be carried to the other account.");
}

static void wake(EngineAccount *account)
{
    if (account->local != NULL)
        local_source_replay(account->local);
    replay_ready(account);
}

/* All are there. A move goes on as a job of the source, which marks and expunges the originals. */
static void finish(Carry *carry, const Intent *intent)
{
    Engine *engine = carry->engine;
    EngineAccount *source = carry->source, *target = carry->target;
    g_autoptr(GError) error = NULL;
    carry_drop(carry);
    if (intent->kind == INTENT_MOVE) {
        if (source->local != NULL)
            local_source_replay(source->local);
        else
            replay_carried(source, intent->id);
        return;
    }
    if (!store_writer_intent_done(engine->writer, intent->id, 0, NULL, 0, &error)) {
        replay_put_off(source, intent->id, error->message);
        return;
    }
    engine_tell_intent(engine, intent->id, INTENT_DONE, NULL);
    engine_tell_mailbox(engine, target->id, intent->target_mailbox_id);
    wake(source);
    wake(target);
}

/* --- fetching -------------------------------------------------------------------------------------- */

static void fetched(const char *trouble, gpointer user)
{
    Fetching *fetching = user;
    Carry *carry = fetching->carry;
    g_autofree char *part = part_path(carry, fetching->position), *path = carry_path(carry, fetching->position);
    if (trouble == NULL && g_rename(part, path) != 0)
        trouble = g_strerror(errno);
    if (trouble != NULL)
        carry_set_aside(carry, fetching->position, INTENT_FAILED, trouble);
    g_free(fetching);
    if (--carry->fetching == 0)
        carry_next(carry);
}

static gboolean fetch(Carry *carry, const StoreCarried *message)
{
    g_autofree char *path = carry_path(carry, message->position), *part = part_path(carry, message->position);
    if (g_file_test(path, G_FILE_TEST_EXISTS) || message->message_id == 0) /* gone: perhaps it had arrived */
        return FALSE;
    Fetching *fetching = g_new(Fetching, 1);
    *fetching = (Fetching){ carry, message->position };
    g_unlink(part);
    transfers_fetch(carry->source, message->message_id, part, fetched, fetching);
    return TRUE;
}

/* --- step by step ---------------------------------------------------------------------------------- */

/* The first that are not there yet. */
static GArray *next_batch(GArray *carried)
{
    guint64 octets = 0;
    for (guint i = carried->len; i > 0; i--)
        if (g_array_index(carried, StoreCarried, i - 1).step == STORE_CARRY_ARRIVED)
            g_array_remove_index(carried, i - 1);
    guint count = 0;
    while (count < carried->len && count < BATCH_MESSAGES && (count == 0 || octets < BATCH_OCTETS))
        octets += g_array_index(carried, StoreCarried, count++).size;
    g_array_set_size(carried, count);
    return carried;
}

static void forget(Carry *carry)
{
    g_autoptr(GArray) carried = store_writer_carried(carry->engine->writer, carry->intent_id);
    for (guint i = 0; i < carried->len; i++) {
        g_autofree char *path = carry_path(carry, g_array_index(carried, StoreCarried, i).position);
        g_unlink(path);
    }
    g_hash_table_remove(carry->engine->carries, &carry->intent_id);
}

void carry_next(Carry *carry)
{
    if (carry->unwritten != NULL) { /* read anew, the store would say that it is still to be sent */
        replay_put_off(carry->source, carry->intent_id, carry->unwritten);
        carry_drop(carry);
        return;
    }
    g_autoptr(Intent) intent = store_writer_intent(carry->engine->writer, carry->intent_id);
    if (intent == NULL || (intent->state != INTENT_PENDING && intent->state != INTENT_SENDING)) {
        forget(carry); /* taken back, or set aside whole */
        return;
    }
    GArray *batch = next_batch(store_writer_carried(carry->engine->writer, carry->intent_id));
    if (batch->len == 0) {
        g_array_unref(batch);
        finish(carry, intent);
        return;
    }
    carry->fetching = 1; /* held until all were asked for: what lies in the store comes at once */
    guint asked = 0;
    for (guint i = 0; i < batch->len; i++) {
        carry->fetching++;
        if (fetch(carry, &g_array_index(batch, StoreCarried, i)))
            asked++;
        else
            carry->fetching--;
    }
    if (asked == 0) {
        carry->fetching = 0;
        carry_append(carry, batch);
        return;
    }
    g_array_unref(batch);
    if (--carry->fetching == 0)
        carry_next(carry);
}

static void refuse(Engine *engine, const Intent *intent, const char *words)
{
    store_writer_intent_state(engine->writer, intent->id, INTENT_CONFLICT, words, NULL);
    engine_tell_intent(engine, intent->id, INTENT_CONFLICT, words);
}

void carry_begin(EngineAccount *source, const Intent *intent)
{
    Engine *engine = source->engine;
    if (g_hash_table_contains(engine->carries, &intent->id))
        return;
    EngineAccount *target = engine_account_of_mailbox(engine, intent->target_mailbox_id);
    if (target == NULL) {
        refuse(engine, intent, _("The account that the messages should go to is not set up any more. They stay where they were."));
        return;
    }
    if (target->local != NULL && !local_source_takes(target->local)) {
        refuse(engine, intent, _("Nothing can be put into the demonstration."));
        return;
    }
    if (target->local == NULL && !engine_account_is_ready(target))
        return;
    Carry *carry = g_new0(Carry, 1);
    *carry = (Carry){ .engine = engine, .intent_id = intent->id, .source = source, .target = target };
    g_hash_table_insert(engine->carries, &carry->intent_id, carry);
    carry_next(carry);
}

void carry_wake(Engine *engine)
{
    for (guint i = 0; i < engine->accounts->len; i++)
        wake(g_ptr_array_index(engine->accounts, i));
}
