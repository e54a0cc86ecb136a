/* Decisions into the files. A slice of messages in one turn of the loop; the store hears of it when all is on the disk, so that what
 * is cut off before is done again, which local/change.h is made for. */
#include "config.h"

#include "engine/kept_here.h"
#include "engine/local_private.h"

#include "base/i18n.h"
#include "engine/carry.h"
#include "engine/pop_account.h"
#include "proto/imap/uidset.h"
#include "store/local_uids.h"

#define SLICE 100
#define READY_AT_ONCE 64
#define RETRY_LOCK_MS 1000
#define RETRY_ROOM_MS 30000

struct LocalReplay {
    Intent *intent;
    GArray *uids;     /* of guint32, ascending: the decision's messages */
    guint next;       /* of uids */
    GArray *gone;     /* of guint32: no longer there */
    GPtrArray *keys;  /* of char*, one for each UID that was done: its key in the target; NULL: gone */
    LocalMailbox *from, *to; /* owned by their folders; NULL: none */
};

/* What was carried to another account is there by now: what is left to do is to remove it here. */
static gint64 target_of(const Intent *intent)
{
    return intent->carried ? 0 : intent->target_mailbox_id;
}

static void replay_free(LocalReplay *replay)
{
    if (replay == NULL)
        return;
    intent_free(replay->intent);
    g_array_unref(replay->uids);
    g_array_unref(replay->gone);
    g_ptr_array_unref(replay->keys);
    g_free(replay);
}

void local_replay_stop(LocalSource *source)
{
    engine_clear_source(&source->replaying);
    engine_clear_source(&source->retry);
    g_clear_pointer(&source->replay, replay_free);
}

static gboolean start_next(gpointer data);

static void go_on(LocalSource *source)
{
    g_clear_pointer(&source->replay, replay_free);
    if (source->replaying == NULL)
        source->replaying = engine_idle(source->account->engine, start_next, source);
}

/* --- ends -------------------------------------------------------------------------------------------- */

static void tell_places(LocalSource *source, const Intent *intent)
{
    Engine *engine = source->account->engine;
    if (intent->mailbox_id != 0)
        engine_tell_mailbox(engine, source->account->id, intent->mailbox_id);
    if (intent->target_mailbox_id != 0)
        engine_tell_mailbox(engine, source->account->id, intent->target_mailbox_id);
}

static void look_at_places(LocalSource *source, const Intent *intent)
{
    gint64 places[] = { intent->mailbox_id, intent->target_mailbox_id };
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        Folder *folder = local_find_folder(source, places[i]);
        if (folder != NULL)
            local_scan(source, folder);
    }
}

static gboolean try_again(gpointer data)
{
    LocalSource *source = data;
    engine_clear_source(&source->retry);
    local_source_replay(source);
    return G_SOURCE_REMOVE;
}

/* It waits in the journal. */
static void postpone(LocalSource *source, const Intent *intent, const GError *why)
{
    gboolean lock = g_error_matches(why, LOCAL_ERROR, LOCAL_ERROR_BUSY);
    store_writer_intent_state(source->account->engine->writer, intent->id, INTENT_PENDING, why->message, NULL);
    /* Of a lock nothing is said: it is waited for. */
    engine_tell_intent(source->account->engine, intent->id, INTENT_PENDING, lock ? NULL : why->message);
    if (!lock && !source->retrying)
        local_tell_trouble(source, why);
    source->retrying = TRUE;
    if (source->retry == NULL)
        source->retry = engine_timer(source->account->engine, lock ? RETRY_LOCK_MS : RETRY_ROOM_MS, try_again, source);
    g_clear_pointer(&source->replay, replay_free);
    local_scan_go_on(source);
}

static void fail(LocalSource *source, const Intent *intent, const char *words)
{
    store_writer_intent_state(source->account->engine->writer, intent->id, INTENT_FAILED, words, NULL);
    engine_tell_intent(source->account->engine, intent->id, INTENT_FAILED, words);
    kept_here_take(source->account);
    look_at_places(source, intent); /* a part of it may have been done */
    tell_places(source, intent);
    go_on(source);
}

static void stopped_by(LocalSource *source, const Intent *intent, const GError *why)
{
    if (g_error_matches(why, LOCAL_ERROR, LOCAL_ERROR_BUSY) || g_error_matches(why, LOCAL_ERROR, LOCAL_ERROR_FULL))
        postpone(source, intent, why);
    else
        fail(source, intent, why->message);
}

/* --- what was done, into the store ------------------------------------------------------------------- */

static gboolean leaves_source(const Intent *intent)
{
    return intent->kind == INTENT_MOVE || intent->kind == INTENT_DELETE || intent->kind == INTENT_EXPUNGE;
}

static gboolean forget_keys(StoreWriter *writer, const Intent *intent, const GArray *uids, GError **error)
{
    for (guint i = 0; i < uids->len; i++)
        if (!store_writer_local_forget(writer, intent->mailbox_id, g_array_index(uids, guint32, i), error))
            return FALSE;
    return TRUE;
}

static gboolean number_arrived(StoreWriter *writer, LocalReplay *replay, GArray *new_uids, GError **error)
{
    for (guint i = 0; i < replay->keys->len; i++) {
        const char *key = g_ptr_array_index(replay->keys, i);
        guint32 uid = key != NULL ? store_writer_local_uid(writer, replay->intent->target_mailbox_id, key, error) : 0;
        if (key != NULL && uid == 0)
            return FALSE;
        g_array_append_val(new_uids, uid);
    }
    return TRUE;
}

/* Those that were kept because somebody had taken the mark away are no part of what was expunged. */
static GArray *without_gone(const LocalReplay *replay)
{
    GArray *left = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0, g = 0; i < replay->uids->len; i++) {
        guint32 uid = g_array_index(replay->uids, guint32, i);
        while (g < replay->gone->len && g_array_index(replay->gone, guint32, g) < uid)
            g++;
        if (g >= replay->gone->len || g_array_index(replay->gone, guint32, g) != uid)
            g_array_append_val(left, uid);
    }
    return left;
}

static gboolean record(StoreWriter *writer, LocalReplay *replay, guint32 uidvalidity, GError **error)
{
    const Intent *intent = replay->intent;
    g_autoptr(GArray) new_uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) left = without_gone(replay);
    gboolean to_target = target_of(intent) != 0;
    if (to_target && !number_arrived(writer, replay, new_uids, error))
        return FALSE;
    if (!to_target && intent->kind == INTENT_FLAGS && replay->gone->len > 0 &&
        !store_writer_intent_gone(writer, intent->id, (const guint32 *) (gpointer) replay->gone->data, replay->gone->len, error))
        return FALSE;
    if (!store_writer_intent_done(writer, intent->id, uidvalidity, new_uids->len > 0 ? (const guint32 *) (gpointer) new_uids->data : NULL,
                                  new_uids->len, error))
        return FALSE;
    if (!to_target && leaves_source(intent) && left->len > 0 &&
        !store_writer_expunged(writer, intent->mailbox_id, (const guint32 *) (gpointer) left->data, left->len, error))
        return FALSE;
    return (!leaves_source(intent) && replay->gone->len == 0) ||
           forget_keys(writer, intent, leaves_source(intent) ? left : replay->gone, error);
}

static void finish(LocalSource *source)
{
    Engine *engine = source->account->engine;
    LocalReplay *replay = source->replay;
    g_autoptr(GError) error = NULL;
    if ((replay->to != NULL && !local_mailbox_settle(replay->to, &error)) ||
        (replay->from != NULL && !local_mailbox_settle(replay->from, &error))) {
        stopped_by(source, replay->intent, error);
        return;
    }
    g_autoptr(StoreMailbox) target = store_reader_mailbox(engine->reader, replay->intent->target_mailbox_id);
    gboolean ok = store_writer_begin(engine->writer, &error);
    if (ok && !record(engine->writer, replay, target != NULL ? target->uidvalidity : 0, &error)) {
        store_writer_rollback(engine->writer);
        ok = FALSE;
    }
    if (ok)
        ok = store_writer_commit(engine->writer, &error);
    if (!ok) {
        postpone(source, replay->intent, error);
        return;
    }
    source->retrying = FALSE;
    engine_tell_intent(engine, replay->intent->id, INTENT_DONE, NULL);
    tell_places(source, replay->intent);
    if (replay->intent->carried)
        carry_wake(engine); /* what was decided about the copies */
    go_on(source);
}

/* --- one message ------------------------------------------------------------------------------------- */

/* The same whenever it is done. */
static char *name_there(const LocalReplay *replay, guint32 uid)
{
    const Intent *intent = replay->intent;
    g_autofree char *what = g_strdup_printf("I%" G_GINT64_FORMAT "U%uV%u", intent->id, uid, intent->uidvalidity);
    return local_name_for(intent->created, what);
}

static gboolean append(LocalReplay *replay, char **new_key, GError **error)
{
    const Intent *intent = replay->intent;
    g_autofree char *name = name_there(replay, 0);
    LocalPlacing placing = { .flags = intent->add, .keywords = intent->add_keywords, .internal_date = intent->created / G_USEC_PER_SEC };
    return local_mailbox_append(replay->to, intent->path, name, LOCAL_LINES_UNIX, &placing, new_key, error);
}

/* *kept: it is still there, and not to be counted among what went. */
static gboolean do_one(LocalReplay *replay, guint32 uid, const char *key, char **new_key, gboolean *kept, GError **error)
{
    const Intent *intent = replay->intent;
    g_autofree char *name = name_there(replay, uid);
    LocalFlagChange change = { intent->add, intent->remove, intent->add_keywords, intent->remove_keywords };
    bool removed = true, done;
    switch (intent->kind) {
    case INTENT_FLAGS:
        return local_mailbox_flag(replay->from, key, &change, NULL, NULL, error);
    case INTENT_COPY:
        return local_mailbox_copy(replay->from, key, replay->to, name, new_key, error);
    case INTENT_MOVE:
    case INTENT_DELETE:
        if (replay->to != NULL)
            return local_mailbox_move(replay->from, key, replay->to, name, new_key, error);
        return local_mailbox_remove(replay->from, key, false, NULL, error);
    default:
        done = local_mailbox_remove(replay->from, key, true, &removed, error);
        *kept = done && !removed;
        return done;
    }
}

/* A letter that a POP3 server had is deleted there as well, where the account says so: what counts is this decision, and not that a
 * file is gone. It is noted before that, for the other order could lose it. */
static void note_deletion(LocalSource *source, const LocalReplay *replay, const char *key)
{
    Engine *engine = source->account->engine;
    g_autoptr(StoreMailbox) to = replay->to != NULL ? store_reader_mailbox(engine->reader, replay->intent->target_mailbox_id) : NULL;
    if (leaves_source(replay->intent))
        pop_account_decided(engine, key, to == NULL || to->role == MAILBOX_ROLE_TRASH);
}

static gboolean do_next(LocalSource *source, GError **error)
{
    LocalReplay *replay = source->replay;
    guint32 uid = g_array_index(replay->uids, guint32, replay->next);
    g_autofree char *key = store_writer_local_key(source->account->engine->writer, replay->intent->mailbox_id, uid);
    g_autofree char *new_key = NULL;
    g_autoptr(GError) trouble = NULL;
    if (key != NULL)
        note_deletion(source, replay, key);
    gboolean kept = FALSE, done = key != NULL && do_one(replay, uid, key, &new_key, &kept, &trouble);
    if (trouble != NULL && !g_error_matches(trouble, LOCAL_ERROR, LOCAL_ERROR_CHANGED)) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    if (kept)
        pop_account_decided(source->account->engine, key, FALSE);
    if (kept || (!done && (replay->to != NULL || replay->intent->kind == INTENT_FLAGS)))
        g_array_append_val(replay->gone, uid);
    if (replay->to != NULL)
        g_ptr_array_add(replay->keys, g_steal_pointer(&new_key));
    replay->next++;
    return TRUE;
}

static gboolean do_some(gpointer data)
{
    LocalSource *source = data;
    LocalReplay *replay = source->replay;
    g_autoptr(GError) error = NULL;
    for (guint n = 0; n < SLICE && replay->next < replay->uids->len; n++)
        if (!do_next(source, &error)) {
            engine_clear_source(&source->replaying);
            stopped_by(source, replay->intent, error);
            return G_SOURCE_REMOVE;
        }
    if (replay->next < replay->uids->len)
        return G_SOURCE_CONTINUE;
    engine_clear_source(&source->replaying);
    finish(source);
    return G_SOURCE_REMOVE;
}

/* --- one decision ------------------------------------------------------------------------------------ */

static GArray *uids_of(const Intent *intent)
{
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(ImapUidSet) set = intent->uids != NULL ? imap_uidset_parse(intent->uids, -1, NULL) : NULL;
    ImapUidIter iter = { 0 };
    for (guint32 uid; set != NULL && (uid = imap_uidset_next(set, &iter)) != 0;)
        g_array_append_val(uids, uid);
    return uids;
}

static gboolean open_places(LocalSource *source, LocalReplay *replay, GError **error)
{
    gint64 ids[] = { replay->intent->kind == INTENT_APPEND ? 0 : replay->intent->mailbox_id, target_of(replay->intent) };
    LocalMailbox **places[] = { &replay->from, &replay->to };
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        Folder *folder = ids[i] != 0 ? local_find_folder(source, ids[i]) : NULL;
        if (ids[i] != 0 && folder == NULL) {
            g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_OFFLINE, _("The mailbox is no longer there."));
            return FALSE;
        }
        if (folder != NULL && (*places[i] = local_folder_open(folder, error)) == NULL)
            return FALSE;
    }
    return TRUE;
}

static void begin_messages(LocalSource *source, const Intent *intent)
{
    g_autoptr(GError) error = NULL;
    LocalReplay *replay = g_new0(LocalReplay, 1);
    replay->intent = intent_copy(intent);
    replay->uids = uids_of(intent);
    replay->gone = g_array_new(FALSE, FALSE, sizeof(guint32));
    replay->keys = g_ptr_array_new_with_free_func(g_free);
    source->replay = replay;
    local_scan_interrupt(source);
    char *new_key = NULL;
    if (!open_places(source, replay, &error) || (intent->kind == INTENT_APPEND && !append(replay, &new_key, &error))) {
        stopped_by(source, replay->intent, error);
        return;
    }
    if (new_key != NULL)
        g_ptr_array_add(replay->keys, new_key);
    source->replaying = engine_idle(source->account->engine, do_some, source);
}

/* A mailbox's spelling here is its name; both change at once, for the files are found by it. */
static gboolean record_mailbox(StoreWriter *writer, const Intent *intent, GError **error)
{
    gint64 named = intent->kind == INTENT_RENAME_MAILBOX   ? intent->mailbox_id
                   : intent->kind == INTENT_CREATE_MAILBOX ? intent->target_mailbox_id
                                                           : 0;
    if (!store_writer_begin(writer, error))
        return FALSE;
    if ((named == 0 || store_writer_spell_mailbox(writer, named, intent->name, error)) &&
        store_writer_intent_done(writer, intent->id, 0, NULL, 0, error))
        return store_writer_commit(writer, error);
    store_writer_rollback(writer);
    return FALSE;
}

static void do_mailbox(LocalSource *source, const Intent *intent)
{
    Engine *engine = source->account->engine;
    g_autoptr(GError) error = NULL;
    if (!local_change_mailbox(source, intent, &error)) {
        stopped_by(source, intent, error);
        return;
    }
    if (!record_mailbox(engine->writer, intent, &error) || !local_refresh_folders(source, &error))
        local_tell_trouble(source, error);
    engine_tell_intent(engine, intent->id, INTENT_DONE, NULL);
    go_on(source);
}

static void begin(LocalSource *source, const Intent *intent)
{
    Engine *engine = source->account->engine;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) target = store_reader_mailbox(engine->reader, intent->target_mailbox_id);
    if (!store_writer_intent_sending(engine->writer, intent->id, target != NULL ? target->uidvalidity : 0,
                                     target != NULL ? MAX(target->uidnext, 1u) : 0, &error)) {
        local_tell_trouble(source, error);
        return;
    }
    engine_tell_intent(engine, intent->id, INTENT_SENDING, NULL);
    if (INTENT_KIND_IS_ABOUT_MAILBOX(intent->kind))
        do_mailbox(source, intent);
    else
        begin_messages(source, intent);
}

/* What is carried to another account has its turn here when all of it has arrived there. */
static gboolean is_for_us(LocalSource *source, const Intent *intent)
{
    if (!intent->carried)
        return TRUE;
    g_autoptr(GArray) carried = store_writer_carried(source->account->engine->writer, intent->id);
    for (guint i = 0; i < carried->len; i++)
        if (g_array_index(carried, StoreCarried, i).step != STORE_CARRY_ARRIVED)
            return FALSE;
    return intent->kind == INTENT_MOVE;
}

static const Intent *first_of(LocalSource *source, const GPtrArray *ready)
{
    for (guint i = 0; i < ready->len; i++)
        if (is_for_us(source, g_ptr_array_index(ready, i)))
            return g_ptr_array_index(ready, i);
    return NULL;
}

static gboolean start_next(gpointer data)
{
    LocalSource *source = data;
    engine_clear_source(&source->replaying);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(source->account->engine->writer, source->account->id, READY_AT_ONCE);
    const Intent *first = first_of(source, ready);
    if (first != NULL && source->folders->len == 0 && !INTENT_KIND_IS_ABOUT_MAILBOX(first->kind))
        return G_SOURCE_REMOVE; /* the mailboxes are not known yet */
    if (first != NULL) {
        begin(source, first);
    } else {
        source->retrying = FALSE;
        local_scan_go_on(source);
    }
    return G_SOURCE_REMOVE;
}

void local_source_replay(LocalSource *source)
{
    if (source->demo) {
        local_demo_replay(source);
        return;
    }
    if (source->replay == NULL && source->replaying == NULL && source->retry == NULL)
        start_next(source);
}
