/* What the engine tells, taken in and turned into "paint this again": once per round, however many changes came. */
#include "config.h"

#include "model/compose-private.h"
#include "model/internal.h"

#include <libintl.h>

#include "base/i18n.h"

void model_repaint(Model *model, ModelRepaint what)
{
    if (model->repaint == 0)
        change_queue_wake(model->queue);
    model->repaint |= what;
}

int model_fd(const Model *model)
{
    return change_queue_fd(model->queue);
}

/* --- accounts and mailboxes -------------------------------------------------------------------- */

static void hear_account(Model *model, const Change *change)
{
    model_learn_account_ids(model);
    AccountSlot *slot = model_slot(model, change->account_id);
    if (!slot || !change->status)
        return;
    g_free(slot->public.status.words);
    slot->public.status = *change->status;
    slot->public.status.words = model_safe(change->status->words);
    model_repaint(model, MODEL_REPAINT_STATUS | MODEL_REPAINT_SIDEBAR);
}

static void hear_progress(Model *model, const Change *change)
{
    AccountSlot *slot = model_slot(model, change->account_id);
    if (!slot)
        return;
    gboolean over = change->finished || change->done >= change->total;
    slot->public.progress_mailbox = over ? 0 : change->mailbox_id;
    slot->public.progress_done = change->done;
    slot->public.progress_total = change->total;
    model_repaint(model, MODEL_REPAINT_STATUS);
}

/* --- intents ------------------------------------------------------------------------------------ */

/* Success was told when it was committed; trouble is told when it comes. */
static void hear_intent(Model *model, const Change *change)
{
    model->unfinished = model->outbox_count = G_MAXUINT;
    compose_settle_replaced(model);
    model_repaint(model, MODEL_REPAINT_STATUS | MODEL_REPAINT_LIST | MODEL_REPAINT_SIDEBAR | MODEL_REPAINT_MESSAGE);
    if (change->intent_state != INTENT_FAILED && change->intent_state != INTENT_CONFLICT && change->intent_state != INTENT_UNKNOWN)
        return;
    g_autoptr(Intent) intent = store_reader_intent(model->reader, change->intent_id);
    g_autofree char *what = intent ? model_intent_words(model, intent) : g_strdup("?");
    const char *why = change->error ? change->error : intent && intent->error ? intent->error : "";
    const char *format = change->intent_state == INTENT_FAILED    ? _("%s: refused: %s")
                         : change->intent_state == INTENT_CONFLICT ? _("%s: no longer possible: %s")
                                                                   : _("%s: it is not known whether that was done: %s");
    g_autofree char *words = g_strdup_printf(format, what, why);
    model_add_notice(model, MODEL_NOTICE_ERROR, intent ? intent->account_id : 0, 0, words);
}

/* --- decisions ------------------------------------------------------------------------------------ */

void model_decision_free(ModelDecision *entry)
{
    g_free(entry->decision->question);
    g_free(entry->decision->details);
    g_free(entry->decision->command);
    g_free(entry->decision);
    g_free(entry);
}

static void hear_decision(Model *model, Change *change)
{
    if (!change->decision)
        return;
    ModelDecision *entry = g_new0(ModelDecision, 1);
    entry->account_id = change->account_id;
    entry->decision = g_steal_pointer(&change->decision);
    Decision *decision = entry->decision;
    char *question = model_safe(decision->question);
    g_free(decision->question);
    decision->question = question;
    if (decision->details) {
        char *details = text_make_safe(decision->details, -1, TEXT_MULTI_LINE);
        g_free(decision->details);
        decision->details = details;
    }
    /* The same account asking the same again replaces its question: the engine lost the first one with its link. */
    for (guint i = 0; i < model->decisions->len; i++) {
        ModelDecision *other = g_ptr_array_index(model->decisions, i);
        if (other->account_id == entry->account_id && other->decision->kind == decision->kind) {
            g_ptr_array_remove_index(model->decisions, i);
            break;
        }
    }
    g_ptr_array_add(model->decisions, entry);
    model_repaint(model, MODEL_REPAINT_DECISION);
}

const ModelDecision *model_decision(const Model *model)
{
    return model->decisions->len ? g_ptr_array_index(model->decisions, 0) : NULL;
}

guint model_n_decisions(const Model *model)
{
    return model->decisions->len;
}

void model_answer(Model *model, guint64 decision_id, const char *answer, const char *secret)
{
    for (guint i = 0; i < model->decisions->len; i++) {
        ModelDecision *entry = g_ptr_array_index(model->decisions, i);
        if (entry->decision->id != decision_id)
            continue;
        engine_answer(model->engine, decision_id, answer, secret);
        g_ptr_array_remove_index(model->decisions, i);
        model_repaint(model, MODEL_REPAINT_DECISION);
        return;
    }
}

/* --- the round ------------------------------------------------------------------------------------- */

static void tell_lists(Model *model, const Change *change)
{
    for (guint i = 0; i < model->lists->len; i++)
        model_list_hear(g_ptr_array_index(model->lists, i), change);
}

static void tell_messages(Model *model, const Change *change)
{
    for (guint i = 0; i < model->messages->len; i++)
        if (model_message_hear(g_ptr_array_index(model->messages, i), change))
            model_repaint(model, MODEL_REPAINT_MESSAGE);
}

static void hear(Model *model, Change *change)
{
    tell_lists(model, change);
    tell_messages(model, change);
    switch (change->kind) {
    case CHANGE_ACCOUNT:
        hear_account(model, change);
        break;
    case CHANGE_MAILBOX_LIST:
        model_learn_account_ids(model);
        model_repaint(model, MODEL_REPAINT_SIDEBAR | MODEL_REPAINT_LIST);
        break;
    case CHANGE_NEW_MAIL:
        model_hear_new_mail(model, change);
        model_repaint(model, MODEL_REPAINT_SIDEBAR);
        break;
    case CHANGE_MAILBOX:
        model_repaint(model, MODEL_REPAINT_SIDEBAR);
        break;
    case CHANGE_TRANSFER:
        model_transfer_hear(model, change);
        break;
    case CHANGE_PROGRESS:
        hear_progress(model, change);
        break;
    case CHANGE_INTENT:
        hear_intent(model, change);
        break;
    case CHANGE_COMMITTED:
        model_submit_answered(model, change);
        break;
    case CHANGE_DECISION:
        hear_decision(model, change);
        break;
    case CHANGE_WIRE:
        model_wire_add(model, change);
        model_repaint(model, MODEL_REPAINT_WIRE);
        break;
    case CHANGE_NOTICE:
        if (change->text)
            model_add_notice(model, MODEL_NOTICE_WARNING, change->account_id, 0, change->text);
        break;
    case CHANGE_MIRROR:
        model_mirror_hear(model, change);
        break;
    case CHANGE_KEPT:
    case CHANGE_MESSAGE:
    case CHANGE_BODY:
    case CHANGE_VIEW:
    case CHANGE_SEARCHED:
        break; /* lists and messages */
    }
}

static void run_slices(Model *model)
{
    gboolean more = FALSE;
    for (guint i = 0; i < model->lists->len; i++)
        more |= model_list_slice(g_ptr_array_index(model->lists, i));
    if (more)
        change_queue_wake(model->queue);
}

ModelRepaint model_dispatch(Model *model)
{
    Change *change;
    change_queue_settle(model->queue);
    while ((change = change_queue_pop(model->queue)) != NULL) {
        if (model->engine)
            hear(model, change);
        change_free(change);
    }
    run_slices(model);
    ModelRepaint told = model->repaint;
    model->repaint = 0;
    if (told && model->observer)
        model->observer(model, told, model->observer_data);
    return told;
}
