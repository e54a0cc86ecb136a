/* Decisions about flags and keywords, and the journal as the person sees it. Moving and mailboxes are in actions-move.c. */
#include "config.h"

#include "model/actions.h"

#include "model/actions-private.h"

#include <libintl.h>
#include <string.h>

#include "base/i18n.h"

#define LOOKED_AT 64u /* messages read before a decision, so that deciding about 100,000 costs no more than about these */

Intent *action_intent(IntentKind kind, const GArray *message_ids)
{
    Intent *intent = intent_new(kind);
    if (message_ids)
        g_array_append_vals(intent->message_ids, message_ids->data, message_ids->len);
    return intent;
}

void action_submit(Model *model, Intent *intent, Submission *submission)
{
    GPtrArray *intents = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_ptr_array_add(intents, intent);
    model_submit(model, intents, submission);
}

gboolean action_check(const Model *model, const GArray *message_ids, GError **error)
{
    if (!model_need_engine(model, error))
        return FALSE;
    if (message_ids && message_ids->len > 0)
        return TRUE;
    g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOTHING, _("No message is chosen"));
    return FALSE;
}

/* The mailboxes that the messages are in, each once. Looks at no more than the first few dozen: the store checks all when it
 * commits, this only gives the words early. */
GPtrArray *action_mailboxes(Model *model, const GArray *message_ids)
{
    GPtrArray *mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify) store_mailbox_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (!model_frame_begin(model, NULL))
        return mailboxes;
    for (guint i = 0; i < MIN(message_ids->len, LOOKED_AT); i++) {
        g_autoptr(StoreMessage) message = store_reader_message(model->reader, g_array_index(message_ids, gint64, i));
        if (!message || g_hash_table_contains(seen, &message->row->mailbox_id))
            continue;
        g_hash_table_add(seen, g_memdup2(&message->row->mailbox_id, sizeof(gint64)));
        StoreMailbox *mailbox = store_reader_mailbox(model->reader, message->row->mailbox_id);
        if (mailbox)
            g_ptr_array_add(mailboxes, mailbox);
    }
    model_frame_end(model);
    return mailboxes;
}

gboolean action_writable(const StoreMailbox *mailbox, GError **error)
{
    if (!(mailbox->attributes & MAILBOX_READ_ONLY))
        return TRUE;
    g_autofree char *name = model_safe(mailbox->name);
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("%s can only be read"), name);
    return FALSE;
}

static gboolean all_writable(const GPtrArray *mailboxes, GError **error)
{
    for (guint i = 0; i < mailboxes->len; i++)
        if (!action_writable(g_ptr_array_index(mailboxes, i), error))
            return FALSE;
    return TRUE;
}

/* --- flags ------------------------------------------------------------------------------------- */

static char *flag_words(MailFlags add, MailFlags remove, guint count)
{
    const char *format;
    if (add == MAIL_FLAG_FLAGGED && !remove)
        format = ngettext("%u message flagged", "%u messages flagged", count);
    else if (remove == MAIL_FLAG_FLAGGED && !add)
        format = ngettext("%u message no longer flagged", "%u messages no longer flagged", count);
    else if (add == MAIL_FLAG_SEEN && !remove)
        format = ngettext("%u message marked as read", "%u messages marked as read", count);
    else if (remove == MAIL_FLAG_SEEN && !add)
        format = ngettext("%u message marked as unread", "%u messages marked as unread", count);
    else if (remove == MAIL_FLAG_DELETED && !add)
        format = ngettext("%u message undeleted", "%u messages undeleted", count);
    else
        format = ngettext("Flags of %u message changed", "Flags of %u messages changed", count);
    return g_strdup_printf(format, count);
}

void model_submit_flags(Model *model, const GArray *message_ids, MailFlags add, MailFlags remove, gboolean automatic)
{
    Intent *intent = action_intent(INTENT_FLAGS, message_ids);
    Submission *submission = submission_new(INTENT_FLAGS, message_ids);
    intent->add = submission->add = add;
    intent->remove = submission->remove = remove & ~add;
    submission->automatic = automatic;
    /* One message: the row itself shows it. */
    submission->words = message_ids->len > 1 ? flag_words(add, remove & ~add, message_ids->len) : NULL;
    action_submit(model, intent, submission);
}

gboolean model_set_flags(Model *model, const GArray *message_ids, MailFlags add, MailFlags remove, GError **error)
{
    if (!action_check(model, message_ids, error))
        return FALSE;
    g_autoptr(GPtrArray) mailboxes = action_mailboxes(model, message_ids);
    if (!all_writable(mailboxes, error))
        return FALSE;
    model_submit_flags(model, message_ids, add, remove, FALSE);
    return TRUE;
}

static MailFlags shown_flags(Model *model, gint64 message_id)
{
    gboolean pending = FALSE;
    g_autoptr(StoreMessage) message = store_reader_message(model->reader, message_id);
    g_autofree char *keywords = NULL;
    return model_overlay_flags(model, message_id, message ? message->row->flags : 0, &keywords, &pending);
}

gboolean model_toggle_flag(Model *model, const GArray *message_ids, MailFlags flag, GError **error)
{
    gboolean all_have = TRUE;
    if (!action_check(model, message_ids, error) || !model_frame_begin(model, error))
        return FALSE;
    for (guint i = 0; all_have && i < MIN(message_ids->len, LOOKED_AT); i++)
        all_have = (shown_flags(model, g_array_index(message_ids, gint64, i)) & flag) != 0;
    model_frame_end(model);
    return model_set_flags(model, message_ids, all_have ? 0 : flag, all_have ? flag : 0, error);
}

gboolean model_undelete(Model *model, const GArray *message_ids, GError **error)
{
    return model_set_flags(model, message_ids, 0, MAIL_FLAG_DELETED, error);
}

/* --- keywords ----------------------------------------------------------------------------------- */

/* RFC 9051 §9, flag-keyword: an atom. */
static gboolean is_keyword(const char *word)
{
    if (!*word)
        return FALSE;
    for (const char *p = word; *p; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("(){%*\"\\]", *p))
            return FALSE;
    return TRUE;
}

static gboolean check_words(const char *keywords, GError **error)
{
    g_auto(GStrv) words = g_strsplit(keywords ? keywords : "", " ", -1);
    for (char **word = words; *word; word++) {
        if (!**word || is_keyword(*word))
            continue;
        g_autofree char *safe = model_safe(*word);
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                    _("“%s” cannot be a keyword: letters, digits and signs of ASCII without ( ) { %% * \" \\ ]"), safe);
        return FALSE;
    }
    return TRUE;
}

static gboolean permits(const StoreMailbox *mailbox, const char *keyword)
{
    if ((mailbox->attributes & MAILBOX_NEW_KEYWORDS) || !mailbox->permanent_flags)
        return TRUE;
    return keywords_contain(mailbox->permanent_flags, keyword);
}

static gboolean check_permitted(const StoreMailbox *mailbox, const char *add, GError **error)
{
    g_auto(GStrv) words = g_strsplit(add ? add : "", " ", -1);
    for (char **word = words; *word; word++) {
        if (!**word || permits(mailbox, *word))
            continue;
        g_autofree char *name = model_safe(mailbox->name);
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                    _("The server does not keep the keyword %s in %s: it permits no new ones there"), *word, name);
        return FALSE;
    }
    return TRUE;
}

/* Keywords that are bits (base/mailflags.h) go with the flags. */
static MailFlags split_bits(const char *keywords, char **rest)
{
    MailFlags flags = 0;
    GString *out = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit(keywords ? keywords : "", " ", -1);
    for (char **word = words; *word; word++) {
        MailFlags bit = mail_flag_from_name(*word, strlen(*word));
        flags |= bit;
        if (!bit && **word)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", *word);
    }
    *rest = out->len ? g_string_free(out, FALSE) : (g_string_free(out, TRUE), NULL);
    return flags;
}

gboolean model_set_keywords(Model *model, const GArray *message_ids, const char *add, const char *remove, GError **error)
{
    if (!action_check(model, message_ids, error) || !check_words(add, error) || !check_words(remove, error))
        return FALSE;
    g_autoptr(GPtrArray) mailboxes = action_mailboxes(model, message_ids);
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        if (!action_writable(mailbox, error) || !check_permitted(mailbox, add, error))
            return FALSE;
    }
    Intent *intent = action_intent(INTENT_FLAGS, message_ids);
    intent->add = split_bits(add, &intent->add_keywords);
    intent->remove = split_bits(remove, &intent->remove_keywords);
    Submission *submission = submission_new(INTENT_FLAGS, message_ids);
    submission->add = intent->add;
    submission->remove = intent->remove;
    submission->add_keywords = g_strdup(intent->add_keywords);
    submission->remove_keywords = g_strdup(intent->remove_keywords);
    if (message_ids->len > 1)
        submission->words = g_strdup_printf(ngettext("Keywords of %u message changed", "Keywords of %u messages changed", message_ids->len),
                                            message_ids->len);
    action_submit(model, intent, submission);
    return TRUE;
}

char **model_keywords(Model *model, gint64 account_id)
{
    return model->reader ? store_reader_keywords(model->reader, account_id) : g_new0(char *, 1);
}

/* --- the journal ---------------------------------------------------------------------------------- */

GPtrArray *model_intents(Model *model, guint state_mask, guint limit)
{
    if (!model->reader)
        return g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    return store_reader_intents(model->reader, state_mask, limit);
}

char *model_intent_words(Model *model, const Intent *intent)
{
    g_autofree char *words = model->reader ? store_reader_intent_words(model->reader, intent) : g_strdup(intent_kind_name(intent->kind));
    return model_safe(words);
}

void model_intent_retry(Model *model, gint64 intent_id)
{
    if (model->engine)
        engine_retry(model->engine, intent_id);
}

void model_letter_went(Model *model, gint64 intent_id)
{
    if (model->engine)
        engine_letter_went(model->engine, intent_id);
}

void model_letter_to_drafts(Model *model, gint64 intent_id)
{
    if (model->engine)
        engine_letter_to_drafts(model->engine, intent_id);
}

void model_intent_cancel(Model *model, gint64 intent_id)
{
    if (model->engine)
        engine_cancel_intent(model->engine, intent_id);
}
