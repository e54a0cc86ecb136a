#include "config.h"

#include "engine/selected.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/fetches.h"
#include "engine/mailbox_list.h"
#include "engine/replay.h"
#include "engine/refusal.h"
#include "engine/mirror.h"

gboolean selected_is(const EngineAccount *account, gint64 mailbox_id)
{
    return account->selected != NULL && !account->selected->opening && account->selected->mailbox_id == mailbox_id;
}

gboolean selected_is_followed(const EngineAccount *account, gint64 mailbox_id)
{
    return account->looked_at == mailbox_id || mirror_follows(account, mailbox_id);
}

gboolean selected_is_opening(const EngineAccount *account)
{
    return account->selected != NULL && account->selected->opening;
}

gboolean selected_is_first_sight(const EngineAccount *account)
{
    const Selected *selected = account->selected;
    return selected != NULL && account->looked_at == selected->mailbox_id && selected->known->synced_at == 0;
}

void selected_clear(EngineAccount *account)
{
    Selected *selected = g_steal_pointer(&account->selected);
    if (selected == NULL)
        return;
    fetch_batch_free(selected->batch);
    resync_free(selected->resync);
    store_mailbox_free(selected->known);
    g_array_unref(selected->uids);
    g_free(selected->permanent_flags);
    g_free(selected);
}

/* --- SELECT ----------------------------------------------------------------------------------- */

/* It may have another name by now, or be gone: the list tells, and it is tried once more. */
static gboolean ask_list_first(EngineAccount *account)
{
    gint64 mailbox_id = account->selected->mailbox_id;
    if (account->refused_mailbox == mailbox_id)
        return FALSE;
    account->refused_mailbox = mailbox_id;
    selected_clear(account);
    mailbox_list_refresh_first(account);
    jobs_run(account);
    return TRUE;
}

static void cannot_select(EngineAccount *account, const ImapText *text)
{
    if (ask_list_first(account))
        return;
    g_autofree char *valid = refusal_words(text);
    g_autofree char *words = g_strdup_printf(_("The server does not open %s: “%s”."), account->selected->known->name, valid);
    gint64 mailbox_id = account->selected->mailbox_id;
    selected_clear(account);
    engine_tell_trouble(account->engine, account->id, mailbox_id, words);
    if (account->looked_at == mailbox_id)
        account->looked_at = 0; /* asking again at every quiet moment would be a loop */
    jobs_unselectable(account, mailbox_id, words);
    jobs_run(account);
}

static void keep_selected(EngineAccount *account)
{
    Selected *selected = account->selected;
    g_autoptr(GError) error = NULL;
    StoreMailbox now = *selected->known;
    now.attributes &= ~(MAILBOX_READ_ONLY | MAILBOX_NO_MODSEQ | MAILBOX_NEW_KEYWORDS);
    now.attributes |= (selected->read_only ? MAILBOX_READ_ONLY : 0) | (selected->no_modseq ? MAILBOX_NO_MODSEQ : 0) |
                      (selected->new_keywords ? MAILBOX_NEW_KEYWORDS : 0);
    now.uidvalidity = selected->uidvalidity;
    now.uidnext = selected->uidnext;
    now.permanent_flags = selected->permanent_flags;
    now.server_messages = selected->exists;
    if (!store_writer_set_selected(account->engine->writer, &now, &selected->was_reset, &error))
        engine_tell_notice(account->engine, account->id, error->message);
    if (selected->was_reset)
        replay_forget(account, selected->mailbox_id);
}

/* A server that does not know what it announces, or no longer what it once did (F29): asked for less. */
static gboolean ask_for_less(EngineAccount *account)
{
    const Selected *selected = account->selected;
    gint64 mailbox_id = selected->mailbox_id;
    if (selected->resync == NULL && !selected->with_condstore)
        return FALSE;
    imap_session_disable(link_session(account->link), selected->resync != NULL ? IMAP_CAP_QRESYNC : IMAP_CAP_CONDSTORE);
    selected_open(account, mailbox_id);
    return TRUE;
}

static void select_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) user;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return; /* the end of the link clears it */
    if (result == IMAP_RESULT_BAD && ask_for_less(account))
        return;
    if (result != IMAP_RESULT_OK) {
        cannot_select(account, text);
        return;
    }
    Selected *selected = account->selected;
    account->refused_mailbox = 0;
    selected->read_only = text->code == IMAP_CODE_READ_ONLY;
    selected->opening = FALSE;
    keep_selected(account);
    if (selected->resync != NULL && !selected->was_reset)
        selected->level = resync_finish(account);
    g_clear_pointer(&selected->resync, resync_free);
    engine_tell_mailbox(account->engine, account->id, selected->mailbox_id);
    /* What was numbered anew holds decisions up until it is known again, whether somebody looks at it or not. */
    if (selected_is_followed(account, selected->mailbox_id) || selected->was_reset)
        catch_up_begin(account);
    jobs_run(account);
}

/* From what was level with the server up to known->highestmodseq only what happened since is asked for. */
static void ask_select(EngineAccount *account)
{
    Selected *selected = account->selected;
    const StoreMailbox *known = selected->known;
    ImapSelectParameters parameters = { .condstore = engine_account_can(account, IMAP_CAP_CONDSTORE) };
    if (engine_account_can(account, IMAP_CAP_QRESYNC) && engine_account_can(account, IMAP_CAP_ENABLE) && known->uidvalidity != 0 &&
        known->highestmodseq != 0 && (known->attributes & MAILBOX_NO_MODSEQ) == 0) {
        parameters.qresync = true;
        parameters.uidvalidity = known->uidvalidity;
        parameters.modseq = known->highestmodseq;
        selected->resync = resync_new(account, selected->mailbox_id);
    }
    selected->with_condstore = parameters.condstore;
    g_autofree char *name = g_strdup_printf("open %s", known->name);
    LinkAction *action = link_action_begin(account->link, name);
    link_send(account->link, action, imap_command_select(known->wire_name, parameters.condstore || parameters.qresync ? &parameters : NULL),
              select_answered, NULL);
    link_action_end(action);
}

void selected_open(EngineAccount *account, gint64 mailbox_id)
{
    StoreMailbox *known = store_reader_mailbox(account->engine->reader, mailbox_id);
    if (known == NULL || (known->attributes & MAILBOX_NO_SELECT) != 0) {
        if (account->looked_at == mailbox_id)
            account->looked_at = 0;
        store_mailbox_free(known);
        jobs_unselectable(account, mailbox_id, _("This mailbox holds no messages of its own, or is gone."));
        return;
    }
    catch_up_stop(account);
    selected_clear(account);
    Selected *selected = g_new0(Selected, 1);
    selected->mailbox_id = mailbox_id;
    selected->opening = TRUE;
    selected->known = known;
    selected->uids = g_array_new(FALSE, TRUE, sizeof(guint32));
    selected->batch = fetch_batch_new();
    account->selected = selected;
    ask_select(account);
}

/* Opening is itself a job, so that it waits its turn behind what is more urgent and nothing less urgent goes before it. */
static void start_looking(Job *job)
{
    EngineAccount *account = job->account;
    if (account->looked_at == job->mailbox_id && (!account->selected->mapped || !account->selected->caught_up))
        catch_up_begin(account); /* it was selected for another purpose */
    job_done(job);
}

static gboolean looking_interrupted(Job *job)
{
    (void) job;
    return FALSE; /* a link that is ready opens the mailbox by itself */
}

static const JobClass look_class = { .start = start_looking, .interrupted = looking_interrupted };

void selected_look_at(EngineAccount *account)
{
    jobs_drop_waiting(account, &look_class, 0);
    if (account->looked_at == 0)
        return;
    job_add(account, &look_class, JOB_OPEN, account->looked_at, NULL);
    jobs_run(account);
}

static char *permanent_flags_text(const ImapFlags *flags)
{
    GString *text = g_string_new(NULL);
    for (guint bit = 0; bit < 32; bit++)
        if ((flags->bits & (1u << bit)) != 0 && mail_flag_name(1u << bit) != NULL)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", mail_flag_name(1u << bit));
    for (guint i = 0; i < flags->n_others; i++) {
        g_string_append(text, text->len > 0 ? " " : "");
        g_string_append_len(text, flags->others[i].data, (gssize) flags->others[i].len);
    }
    return g_string_free(text, FALSE);
}

void selected_hear_text(EngineAccount *account, const ImapText *text)
{
    Selected *selected = account->selected;
    if (selected == NULL)
        return;
    switch (text->code) {
    case IMAP_CODE_UIDVALIDITY:
        if (!selected->opening && selected->uidvalidity != 0 && selected->uidvalidity != (guint32) text->number) {
            /* F2: renumbered under our feet. Commands in flight name other messages now, or nobody knows which: only a new link
             * makes all of them say so. */
            link_abandon(account->link, _("The server renumbered the open mailbox (UIDVALIDITY changed): it is opened anew."));
            return;
        }
        selected->uidvalidity = (guint32) text->number;
        break;
    case IMAP_CODE_UIDNEXT:
        selected->uidnext = (guint32) text->number;
        break;
    case IMAP_CODE_HIGHESTMODSEQ:
        if (selected->opening)
            selected->highestmodseq = text->number;
        break;
    case IMAP_CODE_CLOSED:
        if (!selected->opening)
            break;
        /* What was heard until here was about the mailbox before. */
        selected->exists = selected->uidvalidity = selected->uidnext = 0;
        selected->highestmodseq = 0;
        resync_forget(selected->resync);
        break;
    case IMAP_CODE_NOMODSEQ:
        selected->no_modseq = TRUE;
        break;
    case IMAP_CODE_PERMANENTFLAGS:
        g_free(selected->permanent_flags);
        selected->permanent_flags = permanent_flags_text(&text->flags);
        selected->new_keywords = text->flags.any;
        break;
    default:
        break;
    }
}
