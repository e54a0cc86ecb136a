#include "config.h"

#include "engine/filter_arrivals.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/bodies.h"
#include "engine/filter_actions.h"
#include "engine/local_account.h"
#include "store/filter_marks.h"

#define SLICE 20
/* A text may come in several parts; after so many the filters decide by what is here. */
#define TEXTS_AT_MOST 4

struct FilterArrivals {
    Engine *engine;
    Filters *filters;
    FilterActions *actions;
    GHashTable *dirty;   /* of gint64*: mailboxes to be looked at */
    GHashTable *waiting; /* gint64* → guint: messages whose text was asked for, and how much of it has come */
    GSource *source;
};

/* Told when it ends, so that who waits for it hears. */
static void update_busy(gpointer user)
{
    FilterArrivals *arrivals = user;
    Engine *engine = arrivals->engine;
    gboolean busy = g_hash_table_size(arrivals->dirty) > 0 || g_hash_table_size(arrivals->waiting) > 0 ||
                    filter_actions_are_running(arrivals->actions);
    gboolean was = g_atomic_int_get(&engine->filters_busy) != 0;
    g_atomic_int_set(&engine->filters_busy, busy);
    for (guint i = 0; was && !busy && i < engine->accounts->len; i++)
        engine_account_tell(g_ptr_array_index(engine->accounts, i));
}

FilterArrivals *filter_arrivals_new(Engine *engine, Filters *filters)
{
    FilterArrivals *arrivals = g_new0(FilterArrivals, 1);
    arrivals->engine = engine;
    arrivals->filters = filters;
    arrivals->actions = filter_actions_new(engine, update_busy, arrivals);
    arrivals->dirty = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    arrivals->waiting = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return arrivals;
}

void filter_arrivals_free(FilterArrivals *arrivals)
{
    if (arrivals == NULL)
        return;
    engine_clear_source(&arrivals->source);
    filter_actions_free(arrivals->actions);
    filters_free(arrivals->filters);
    g_hash_table_unref(arrivals->dirty);
    g_hash_table_unref(arrivals->waiting);
    g_free(arrivals);
}

/* --- one message --------------------------------------------------------------------------------- */

static void want_text(FilterArrivals *arrivals, EngineAccount *account, gint64 message_id, QueryNeeds needs, gboolean whole)
{
    static const char *const header[] = { "HEADER", NULL };
    static const char *const all[] = { "", NULL };
    const char *const *sections = whole ? all : (needs & (QUERY_NEEDS_BODY | QUERY_NEEDS_STRUCTURE)) == 0 ? header : NULL;
    if (!g_hash_table_contains(arrivals->waiting, &message_id))
        g_hash_table_insert(arrivals->waiting, g_memdup2(&message_id, sizeof message_id), GUINT_TO_POINTER(0));
    if (account->local != NULL)
        local_source_want(account->local, message_id, whole || sections != NULL ? sections : all);
    else
        bodies_want(account, message_id, sections);
}

typedef struct {
    EngineAccount *account;
    StoreMailbox *mailbox;
    StoreMessage *message;
    GArray *opinions; /* of FilterOpinion */
} Looked;

static void looked_clear(Looked *looked)
{
    g_clear_pointer(&looked->mailbox, store_mailbox_free);
    g_clear_pointer(&looked->message, store_message_free);
    g_clear_pointer(&looked->opinions, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Looked, looked_clear)

/* FALSE: the text has to be here first. */
static gboolean ask(FilterArrivals *arrivals, Looked *looked)
{
    gint64 id = looked->message->row->id;
    gboolean enough = GPOINTER_TO_UINT(g_hash_table_lookup(arrivals->waiting, &id)) >= TEXTS_AT_MOST;
    for (guint attempt = 0; attempt < 2; attempt++) {
        QueryNeeds needs = 0;
        g_clear_pointer(&looked->opinions, g_array_unref);
        looked->opinions = filters_ask(arrivals->filters, arrivals->engine->reader, looked->account->config->name, looked->mailbox,
                                       looked->message->row, &needs);
        gboolean unknown = (needs & (QUERY_NEEDS_HEADER | QUERY_NEEDS_BODY | QUERY_NEEDS_STRUCTURE)) != 0;
        gboolean lacks_whole = filters_need_whole(looked->opinions) && !store_reader_has_body(arrivals->engine->reader, id, "");
        if (enough || (!unknown && !lacks_whole))
            return TRUE;
        /* From a file it comes at once, and is asked about again. */
        want_text(arrivals, looked->account, id, needs, lacks_whole);
        if (looked->account->local == NULL)
            return FALSE;
    }
    return TRUE;
}

static gboolean look_up(FilterArrivals *arrivals, gint64 message_id, Looked *looked)
{
    looked->message = store_reader_message(arrivals->engine->reader, message_id);
    if (looked->message == NULL)
        return FALSE;
    looked->mailbox = store_reader_mailbox(arrivals->engine->reader, looked->message->row->mailbox_id);
    looked->account = looked->mailbox != NULL ? engine_account_by_id(arrivals->engine, looked->mailbox->account_id) : NULL;
    return looked->account != NULL;
}

/* FALSE: it waits, and with it those behind it. */
static gboolean pass(FilterArrivals *arrivals, gint64 mailbox_id, gint64 message_id)
{
    g_auto(Looked) looked = { 0 };
    g_autoptr(GError) error = NULL;
    gboolean is_there = look_up(arrivals, message_id, &looked);
    gboolean was_filtered = is_there && keywords_contain(looked.message->row->keywords, FILTER_MARK_KEYWORD);
    if (is_there && !was_filtered && !ask(arrivals, &looked))
        return FALSE;
    g_hash_table_remove(arrivals->waiting, &message_id);
    if (is_there && !was_filtered)
        return filter_actions_do(arrivals->actions, looked.account, looked.mailbox, looked.message, looked.opinions, mailbox_id, &error);
    return store_writer_filters_passed(arrivals->engine->writer, mailbox_id, message_id, &error);
}

/* --- turns ---------------------------------------------------------------------------------------- */

static void look_at(FilterArrivals *arrivals, gint64 mailbox_id)
{
    Engine *engine = arrivals->engine;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(engine->reader, mailbox_id);
    EngineAccount *account = mailbox != NULL ? engine_account_by_id(engine, mailbox->account_id) : NULL;
    /* Only when all of it is known do UIDs say what is new. */
    gboolean whole = account != NULL && mailbox->complete && (account->local == NULL || !local_source_is_reading(account->local, mailbox_id));
    gboolean looks = whole && filters_concern(arrivals->filters, account->config->name, mailbox) &&
                     store_writer_filters_begin(engine->writer, mailbox_id, &error);
    g_autoptr(GArray) arrived = looks ? store_writer_filters_arrived(engine->writer, mailbox_id, SLICE, &error) : NULL;
    gboolean more = arrived != NULL && arrived->len > 0;
    for (guint i = 0; more && i < arrived->len; i++)
        more = pass(arrivals, mailbox_id, g_array_index(arrived, gint64, i));
    if (!more)
        g_hash_table_remove(arrivals->dirty, &mailbox_id);
}

static gboolean turn(gpointer data)
{
    FilterArrivals *arrivals = data;
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, arrivals->dirty);
    if (!g_hash_table_iter_next(&iter, &key, NULL)) {
        engine_clear_source(&arrivals->source);
        update_busy(arrivals);
        return G_SOURCE_REMOVE;
    }
    look_at(arrivals, *(gint64 *) key);
    return G_SOURCE_CONTINUE;
}

void filter_arrivals_begin(Engine *engine, gint64 mailbox_id)
{
    g_autoptr(StoreMailbox) mailbox = engine->filtering != NULL ? store_reader_mailbox(engine->reader, mailbox_id) : NULL;
    EngineAccount *account = mailbox != NULL ? engine_account_by_id(engine, mailbox->account_id) : NULL;
    if (account != NULL && filters_concern(engine->filtering->filters, account->config->name, mailbox))
        store_writer_filters_begin(engine->writer, mailbox_id, NULL);
}

void filter_arrivals_consider(Engine *engine, gint64 mailbox_id)
{
    FilterArrivals *arrivals = engine->filtering;
    if (arrivals == NULL || mailbox_id == 0)
        return;
    g_hash_table_add(arrivals->dirty, g_memdup2(&mailbox_id, sizeof mailbox_id));
    update_busy(arrivals);
    if (arrivals->source == NULL)
        arrivals->source = engine_idle(engine, turn, arrivals);
}

void filter_arrivals_text_came(Engine *engine, gint64 message_id, gboolean is_here)
{
    FilterArrivals *arrivals = engine->filtering;
    if (arrivals == NULL || !g_hash_table_contains(arrivals->waiting, &message_id))
        return;
    guint came = is_here ? GPOINTER_TO_UINT(g_hash_table_lookup(arrivals->waiting, &message_id)) + 1 : TEXTS_AT_MOST;
    g_hash_table_insert(arrivals->waiting, g_memdup2(&message_id, sizeof message_id), GUINT_TO_POINTER(came));
    gint64 mailbox_id = 0;
    guint32 uid;
    if (store_writer_locate(engine->writer, message_id, &mailbox_id, &uid))
        filter_arrivals_consider(engine, mailbox_id);
}

void filter_arrivals_apply(Engine *engine, const gint64 *message_ids, guint count)
{
    FilterArrivals *arrivals = engine->filtering;
    for (guint i = 0; arrivals != NULL && i < count; i++) {
        g_auto(Looked) looked = { 0 };
        g_autoptr(GError) error = NULL;
        if (!look_up(arrivals, message_ids[i], &looked))
            continue;
        ask(arrivals, &looked);
        g_hash_table_remove(arrivals->waiting, &message_ids[i]);
        if (!filter_actions_do(arrivals->actions, looked.account, looked.mailbox, looked.message, looked.opinions, 0, &error) && error != NULL)
            engine_tell_notice(engine, looked.account->id, error->message);
    }
    if (arrivals != NULL)
        update_busy(arrivals);
}
