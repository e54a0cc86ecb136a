/* Disconnected use: what is kept, and preparing to leave. */
#include "config.h"

#include "base/i18n.h"
#include "base/keep.h"
#include "base/text.h"
#include "model/internal.h"

/* Before this long nobody can say how fast it goes. */
#define RATE_AFTER_US (2 * G_USEC_PER_SEC)

gboolean model_prepare(Model *model, GError **error)
{
    if (!model_need_engine(model, error))
        return FALSE;
    if (!model->online) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("you are offline: say online first, so that something can be fetched"));
        return FALSE;
    }
    gint64 now = g_get_monotonic_time();
    for (guint i = 0; i < model->accounts->len; i++) {
        AccountSlot *slot = g_ptr_array_index(model->accounts, i);
        if (slot->public.status.state == ACCOUNT_LOCAL)
            continue;
        slot->public.preparing = TRUE;
        slot->public.prepared = slot->public.prepare_total = 0;
        slot->public.prepare_began = now;
    }
    engine_mirror(model->engine, 0, ENGINE_MIRROR_CHOSEN, 0);
    model_repaint(model, MODEL_REPAINT_STATUS);
    return TRUE;
}

void model_prepare_stop(Model *model)
{
    if (model->engine)
        engine_stop_mirror(model->engine);
}

gboolean model_prepare_progress(const Model *model, guint64 *done, guint64 *total, gint64 *seconds_left)
{
    gboolean any = FALSE;
    gint64 began = G_MAXINT64;
    *done = *total = 0;
    *seconds_left = -1;
    for (guint i = 0; i < model->accounts->len; i++) {
        const ModelAccount *account = &((const AccountSlot *) g_ptr_array_index(model->accounts, i))->public;
        if (!account->preparing)
            continue;
        any = TRUE;
        *done += account->prepared;
        *total += account->prepare_total;
        began = MIN(began, account->prepare_began);
    }
    gint64 took = g_get_monotonic_time() - began;
    if (any && *done > 0 && took >= RATE_AFTER_US)
        *seconds_left = (gint64) ((double) (*total - MIN(*done, *total)) * (double) took / (double) *done / G_USEC_PER_SEC);
    return any;
}

static void say_end(Model *model, const ModelAccount *account, const Change *change)
{
    guint count = (guint) MIN(change->count, G_MAXUINT);
    g_autofree char *fetched = g_strdup_printf(ngettext("%u message was fetched", "%u messages were fetched", count), count);
    g_autofree char *words =
        change->error ? g_strdup_printf(_("%s: %s; %s"), account->account->name, fetched, change->error)
        : count > 0   ? g_strdup_printf(_("%s: ready to leave; %s"), account->account->name, fetched)
                      : g_strdup_printf(_("%s: ready to leave; everything that is to be kept was here"), account->account->name);
    model_add_notice(model, change->error ? MODEL_NOTICE_WARNING : MODEL_NOTICE_INFO, account->id, 0, words);
}

void model_mirror_hear(Model *model, const Change *change)
{
    AccountSlot *slot = model_slot(model, change->account_id);
    if (!slot || !slot->public.preparing)
        return;
    slot->public.prepared = change->done;
    slot->public.prepare_total = change->total;
    slot->public.preparing = !change->finished;
    if (change->finished)
        say_end(model, &slot->public, change);
    model_repaint(model, MODEL_REPAINT_STATUS);
}

gboolean model_set_keep(Model *model, gint64 mailbox_id, const char *rule, GError **error)
{
    KeepRule parsed;
    if (!model_need_engine(model, error))
        return FALSE;
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(model->reader, mailbox_id);
    const AccountSlot *slot = mailbox ? model_slot(model, mailbox->account_id) : NULL;
    if (!slot || slot->public.status.state == ACCOUNT_LOCAL) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                            mailbox ? _("this mail is on this machine anyway") : _("there is no mailbox here"));
        return FALSE;
    }
    if (rule && !keep_rule_parse(rule, &parsed, error))
        return FALSE;
    engine_set_keep(model->engine, mailbox_id, rule);
    return TRUE;
}

void model_body_sizes(const Model *model, guint64 *cached, guint64 *kept)
{
    *cached = *kept = 0;
    if (model->reader)
        store_reader_body_sizes(model->reader, cached, kept);
}

void model_set_body_cache(Model *model, guint64 bytes)
{
    if (model->engine)
        engine_set_body_cache(model->engine, bytes);
}
