/* The model's life, its accounts, its frames and the settings kept across runs. What changes arrive is in dispatch.c. */
#include "config.h"

#include "model/model.h"

#include "model/internal.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "contacts/book.h"

static void slot_free(gpointer data)
{
    AccountSlot *slot = data;
    g_free(slot->public.status.words);
    account_free(slot->account);
    g_free(slot);
}

Model *model_new(ChangeQueue *queue)
{
    Model *model = g_new0(Model, 1);
    model->queue = queue;
    model->online = TRUE;
    model->unfinished = model->outbox_count = G_MAXUINT;
    model->default_order = STORE_ORDER_DATE;
    model->default_descending = TRUE;
    model->accounts = g_ptr_array_new_with_free_func(slot_free);
    model->notices = g_ptr_array_new_with_free_func((GDestroyNotify) model_notice_free);
    model->decisions = g_ptr_array_new_with_free_func((GDestroyNotify) model_decision_free);
    model->wire = g_ptr_array_new_with_free_func((GDestroyNotify) model_wire_free);
    model->settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    model->submissions = g_ptr_array_new_with_free_func((GDestroyNotify) submission_free);
    model->undo_groups = g_array_new(FALSE, FALSE, sizeof(UndoGroup));
    model->lists = g_ptr_array_new();
    model->messages = g_ptr_array_new();
    model->transfers = g_ptr_array_new_with_free_func((GDestroyNotify) model_transfer_free);
    return model;
}

/* The private directory holds only files that this model put there. */
static void remove_private_files(Model *model)
{
    if (!model->private_directory)
        return;
    GDir *directory = g_dir_open(model->private_directory, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *path = g_build_filename(model->private_directory, name, NULL);
        g_unlink(path);
    }
    g_clear_pointer(&directory, g_dir_close);
    g_rmdir(model->private_directory);
    g_clear_pointer(&model->private_directory, g_free);
}

void model_free(Model *model)
{
    if (!model)
        return;
    model_detach(model);
    remove_private_files(model);
    g_ptr_array_unref(model->accounts);
    g_ptr_array_unref(model->notices);
    g_ptr_array_unref(model->decisions);
    g_ptr_array_unref(model->wire);
    g_hash_table_unref(model->settings);
    g_ptr_array_unref(model->submissions);
    g_array_unref(model->undo_groups);
    g_ptr_array_unref(model->lists);
    g_ptr_array_unref(model->messages);
    g_ptr_array_unref(model->transfers);
    g_strfreev(model->own_addresses);
    g_clear_pointer(&model->mailcap, mailcap_free);
    g_free(model->text_preference);
    g_clear_pointer(&model->rules, g_ptr_array_unref);
    g_free(model);
}

void model_set_observer(Model *model, ModelObserver observer, gpointer user_data)
{
    model->observer = observer;
    model->observer_data = user_data;
}

static void take_accounts(Model *model, const GPtrArray *accounts)
{
    GPtrArray *own = g_ptr_array_new();
    for (guint i = 0; accounts && i < accounts->len; i++) {
        AccountSlot *slot = g_new0(AccountSlot, 1);
        slot->account = account_copy(g_ptr_array_index(accounts, i));
        slot->public.account = slot->account;
        slot->public.status.state = slot->account->receive && account_url_has_server(slot->account->receive)
                                        ? ACCOUNT_CONNECTING
                                        : ACCOUNT_LOCAL;
        g_ptr_array_add(model->accounts, slot);
        if (slot->account->address)
            g_ptr_array_add(own, text_sort_key(slot->account->address, -1));
    }
    g_ptr_array_add(own, NULL);
    g_strfreev(model->own_addresses);
    model->own_addresses = (char **) g_ptr_array_free(own, FALSE);
}

gboolean model_attach(Model *model, Engine *engine, const char *store_path, const GPtrArray *accounts, GError **error)
{
    g_return_val_if_fail(!model->engine, FALSE);
    StoreReader *reader = store_reader_open(store_path, error);
    if (!reader)
        return FALSE;
    model->engine = engine;
    model->reader = reader;
    model->store_path = g_strdup(store_path);
    model->unfinished = model->outbox_count = G_MAXUINT;
    engine_set_text_preference(engine, model->text_preference);
    take_accounts(model, accounts);
    model_learn_account_ids(model);
    model_repaint(model, MODEL_REPAINT_ALL);
    return TRUE;
}

/* What waits in the queue is of the engine that goes. */
static void drop_changes(Model *model)
{
    Change *change;
    while ((change = change_queue_pop(model->queue)) != NULL)
        change_free(change);
}

void model_detach(Model *model)
{
    if (!model->engine)
        return;
    g_return_if_fail(model->lists->len == 0 && model->messages->len == 0);
    drop_changes(model);
    model->engine = NULL;
    model->frame_depth = 0;
    g_clear_pointer(&model->reader, store_reader_close);
    g_clear_pointer(&model->store_path, g_free);
    g_clear_pointer(&model->taken_back, g_free);
    g_clear_pointer(&model->book, contact_book_free);
    g_ptr_array_set_size(model->accounts, 0);
    g_ptr_array_set_size(model->decisions, 0);
    g_ptr_array_set_size(model->submissions, 0);
    g_ptr_array_set_size(model->transfers, 0);
    g_array_set_size(model->undo_groups, 0);
    g_hash_table_remove_all(model->settings);
    model_repaint(model, MODEL_REPAINT_ALL);
}

gboolean model_is_attached(const Model *model)
{
    return model->engine != NULL;
}

gboolean model_need_engine(const Model *model, GError **error)
{
    if (model->engine)
        return TRUE;
    g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_DETACHED, _("There is no account yet"));
    return FALSE;
}

void model_set_restart(Model *model, ModelRestart restart, gpointer user_data)
{
    model->restart = restart;
    model->restart_data = user_data;
}

gboolean model_restart(Model *model, const GPtrArray *accounts, gboolean demo, GError **error)
{
    g_return_val_if_fail(model->restart, FALSE);
    return model->restart(model, accounts, demo, model->restart_data, error);
}

/* --- frames --------------------------------------------------------------------------------- */

gboolean model_frame_begin(Model *model, GError **error)
{
    if (!model_need_engine(model, error))
        return FALSE;
    if (model->frame_depth == 0 && !store_reader_begin(model->reader, error))
        return FALSE;
    model->frame_depth++;
    return TRUE;
}

void model_frame_end(Model *model)
{
    if (model->frame_depth > 0 && --model->frame_depth == 0)
        store_reader_end(model->reader);
}

guint64 model_rows_read(const Model *model)
{
    return model->reader ? store_reader_rows_read(model->reader) : 0;
}

/* --- accounts ------------------------------------------------------------------------------- */

guint model_n_accounts(const Model *model)
{
    return model->accounts->len;
}

const ModelAccount *model_account(const Model *model, guint index)
{
    AccountSlot *slot = g_ptr_array_index(model->accounts, index);
    return &slot->public;
}

AccountSlot *model_slot(const Model *model, gint64 account_id)
{
    for (guint i = 0; account_id && i < model->accounts->len; i++) {
        AccountSlot *slot = g_ptr_array_index(model->accounts, i);
        if (slot->public.id == account_id)
            return slot;
    }
    return NULL;
}

const ModelAccount *model_account_by_id(const Model *model, gint64 account_id)
{
    AccountSlot *slot = model_slot(model, account_id);
    return slot ? &slot->public : NULL;
}

void model_learn_account_ids(Model *model)
{
    gboolean missing = FALSE;
    for (guint i = 0; i < model->accounts->len; i++)
        missing |= model_account(model, i)->id == 0;
    if (!missing || !model_frame_begin(model, NULL))
        return;
    for (guint i = 0; i < model->accounts->len; i++) {
        AccountSlot *slot = g_ptr_array_index(model->accounts, i);
        g_autoptr(StoreAccount) stored = store_reader_account_by_name(model->reader, slot->account->name);
        if (stored)
            slot->public.id = stored->id;
    }
    model_frame_end(model);
}

guint model_unfinished_intents(const Model *model, gint64 account_id)
{
    Model *self = (Model *) model; /* the count is a cache */
    if (!model->reader)
        return 0;
    if (account_id)
        return store_reader_unfinished_intents(model->reader, account_id);
    if (model->unfinished == G_MAXUINT)
        self->unfinished = store_reader_unfinished_intents(model->reader, 0);
    return model->unfinished + model->submissions->len;
}

gboolean model_is_online(const Model *model)
{
    return model->online;
}

void model_set_online(Model *model, gboolean online)
{
    model->online = online;
    if (model->engine)
        engine_set_online(model->engine, online);
    model_repaint(model, MODEL_REPAINT_STATUS | MODEL_REPAINT_SIDEBAR);
}

void model_check_mail(Model *model, gint64 account_id)
{
    if (model->engine)
        engine_check(model->engine, account_id);
}

/* --- settings ------------------------------------------------------------------------------- */

char *model_setting(Model *model, const char *name)
{
    const char *here = g_hash_table_lookup(model->settings, name);
    if (here)
        return g_strdup(here);
    return model->reader ? store_reader_setting(model->reader, name) : NULL;
}

void model_set_setting(Model *model, const char *name, const char *value)
{
    g_hash_table_insert(model->settings, g_strdup(name), g_strdup(value));
    if (model->engine)
        engine_set_setting(model->engine, name, value);
}

void model_use_options(Model *model, const Options *options)
{
    static const StoreOrder orders[] = {
        [SORT_DATE] = STORE_ORDER_DATE,       [SORT_ARRIVED] = STORE_ORDER_ARRIVED, [SORT_FROM] = STORE_ORDER_FROM,
        [SORT_SUBJECT] = STORE_ORDER_SUBJECT, [SORT_SIZE] = STORE_ORDER_SIZE,
    };
    guint sort = options_choice(options, OPTION_SORT);
    gboolean threads = options_bool(options, OPTION_THREADS) && sort == SORT_DATE;
    model->default_order = threads ? STORE_ORDER_THREAD : orders[sort];
    model->default_descending = options_bool(options, OPTION_SORT_DESCENDING);
    g_free(model->text_preference);
    model->text_preference = g_strjoinv(",", (char **) options_list(options, OPTION_TEXT_PREFERENCE));
    if (!*model->text_preference)
        g_clear_pointer(&model->text_preference, g_free);
    if (model->engine)
        engine_set_text_preference(model->engine, model->text_preference);
    if (model->engine)
        engine_merge_subjects(model->engine, options_bool(options, OPTION_THREAD_SUBJECTS));
    for (guint i = 0; i < model->lists->len; i++)
        model_list_order_again(g_ptr_array_index(model->lists, i));
    model_repaint(model, MODEL_REPAINT_LIST);
}
