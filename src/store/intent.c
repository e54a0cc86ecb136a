#include "config.h"

#include "store/intent.h"

#include "base/i18n.h"

static const char *const kind_names[] = {
    [INTENT_FLAGS] = "flags",
    [INTENT_MOVE] = "move",
    [INTENT_COPY] = "copy",
    [INTENT_DELETE] = "delete",
    [INTENT_EXPUNGE] = "expunge",
    [INTENT_APPEND] = "append",
    [INTENT_CREATE_MAILBOX] = "create-mailbox",
    [INTENT_RENAME_MAILBOX] = "rename-mailbox",
    [INTENT_DELETE_MAILBOX] = "delete-mailbox",
    [INTENT_SUBSCRIBE] = "subscribe",
    [INTENT_UNSUBSCRIBE] = "unsubscribe",
    [INTENT_SEND] = "send",
    [INTENT_THREAD] = "thread",
};

static const char *const state_names[] = {
    [INTENT_PENDING] = "pending", [INTENT_SENDING] = "sending",   [INTENT_DONE] = "done",
    [INTENT_FAILED] = "failed",   [INTENT_CONFLICT] = "conflict", [INTENT_UNKNOWN] = "unknown",
    [INTENT_UNDONE] = "undone",
};

static const char *const recipient_states[] = {
    [RECIPIENT_WAITING] = "waiting",
    [RECIPIENT_ACCEPTED] = "accepted",
    [RECIPIENT_REFUSED] = "refused",
};

static const char *const thread_changes[] = {
    [THREAD_BREAK] = "break", [THREAD_JOIN] = "join", [THREAD_MUTE] = "mute", [THREAD_UNMUTE] = "unmute", [THREAD_RESTORE] = "restore",
};

static void recipient_free(gpointer data)
{
    IntentRecipient *recipient = data;
    g_free(recipient->address);
    g_free(recipient->words);
    g_free(recipient);
}

static gpointer recipient_copy(gconstpointer data, gpointer unused)
{
    (void) unused;
    IntentRecipient *copy = g_memdup2(data, sizeof *copy);
    copy->address = g_strdup(copy->address);
    copy->words = g_strdup(copy->words);
    return copy;
}

void intent_add_recipient(Intent *intent, const char *address)
{
    IntentRecipient *recipient = g_new0(IntentRecipient, 1);
    recipient->address = g_strdup(address);
    if (intent->recipients == NULL)
        intent->recipients = g_ptr_array_new_with_free_func(recipient_free);
    g_ptr_array_add(intent->recipients, recipient);
}

const char *recipient_state_name(RecipientState state)
{
    return (guint) state < G_N_ELEMENTS(recipient_states) ? recipient_states[state] : "unknown";
}

Intent *intent_new(IntentKind kind)
{
    Intent *intent = g_new0(Intent, 1);
    intent->kind = kind;
    intent->message_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    return intent;
}

Intent *intent_copy(const Intent *intent)
{
    Intent *copy = g_memdup2(intent, sizeof *intent);
    copy->message_ids = g_array_copy(intent->message_ids);
    copy->uids = g_strdup(intent->uids);
    copy->add_keywords = g_strdup(intent->add_keywords);
    copy->remove_keywords = g_strdup(intent->remove_keywords);
    copy->name = g_strdup(intent->name);
    copy->path = g_strdup(intent->path);
    copy->sender = g_strdup(intent->sender);
    if (intent->recipients != NULL) {
        copy->recipients = g_ptr_array_copy(intent->recipients, (GCopyFunc) recipient_copy, NULL);
        g_ptr_array_set_free_func(copy->recipients, recipient_free);
    }
    copy->error = g_strdup(intent->error);
    return copy;
}

void intent_free(Intent *intent)
{
    if (intent == NULL)
        return;
    g_array_unref(intent->message_ids);
    g_free(intent->uids);
    g_free(intent->add_keywords);
    g_free(intent->remove_keywords);
    g_free(intent->name);
    g_free(intent->path);
    g_free(intent->sender);
    if (intent->recipients != NULL)
        g_ptr_array_unref(intent->recipients);
    g_free(intent->error);
    g_free(intent);
}

const char *intent_kind_name(IntentKind kind)
{
    return (guint) kind < G_N_ELEMENTS(kind_names) ? kind_names[kind] : "unknown";
}

const char *intent_state_name(IntentState state)
{
    return (guint) state < G_N_ELEMENTS(state_names) ? state_names[state] : "unknown";
}

/* "+\Flagged -\Seen +work": how mail people write what is set and cleared. */
static char *describe_changes(const Intent *intent)
{
    GString *changes = g_string_new(NULL);
    for (guint bit = 1; bit < MAIL_FLAG_ALL; bit <<= 1) {
        if (intent->add & bit)
            g_string_append_printf(changes, " +%s", mail_flag_name((MailFlags) bit));
        if (intent->remove & bit)
            g_string_append_printf(changes, " -%s", mail_flag_name((MailFlags) bit));
    }
    const char *lists[] = { intent->add_keywords, intent->remove_keywords };
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_auto(GStrv) names = g_strsplit(lists[i] != NULL ? lists[i] : "", " ", -1);
        for (char **name = names; *name != NULL; name++)
            if (**name != '\0')
                g_string_append_printf(changes, " %c%s", i == 0 ? '+' : '-', *name);
    }
    return g_string_free(changes, FALSE);
}

static char *describe_flags(const Intent *intent)
{
    guint n = MAX(intent->message_ids->len, intent->count);
    gboolean plain = intent->add_keywords == NULL && intent->remove_keywords == NULL;
    if (plain && intent->add == MAIL_FLAG_SEEN && intent->remove == 0)
        return g_strdup_printf(ngettext("Mark %u message as read", "Mark %u messages as read", n), n);
    if (plain && intent->remove == MAIL_FLAG_SEEN && intent->add == 0)
        return g_strdup_printf(ngettext("Mark %u message as unread", "Mark %u messages as unread", n), n);
    if (plain && intent->add == MAIL_FLAG_FLAGGED && intent->remove == 0)
        return g_strdup_printf(ngettext("Flag %u message", "Flag %u messages", n), n);
    if (plain && intent->remove == MAIL_FLAG_FLAGGED && intent->add == 0)
        return g_strdup_printf(ngettext("Unflag %u message", "Unflag %u messages", n), n);
    g_autofree char *changes = describe_changes(intent);
    return g_strdup_printf(ngettext("Change flags of %u message:%s", "Change flags of %u messages:%s", n), n,
                           changes);
}

const char *thread_change_name(ThreadChange change)
{
    return (guint) change < G_N_ELEMENTS(thread_changes) ? thread_changes[change] : "unknown";
}

static char *describe_thread(const Intent *intent)
{
    guint n = MAX(intent->message_ids->len, intent->count);
    const char *change = intent->name != NULL ? intent->name : thread_change_name(intent->thread_change);
    if (g_str_equal(change, "break"))
        return g_strdup_printf(ngettext("Begin a thread with %u message", "Begin threads with %u messages", n), n);
    if (g_str_equal(change, "join"))
        return g_strdup_printf(ngettext("Join %u message to a thread", "Join %u messages to a thread", n), n);
    if (g_str_equal(change, "mute"))
        return g_strdup_printf(ngettext("Mute a thread (%u message)", "Mute a thread (%u messages)", n), n);
    if (g_str_equal(change, "unmute"))
        return g_strdup_printf(ngettext("Unmute a thread (%u message)", "Unmute a thread (%u messages)", n), n);
    return g_strdup_printf(ngettext("Thread of %u message as it was", "Threads of %u messages as they were", n), n);
}

static char *describe_sending(const Intent *intent)
{
    guint n = intent->recipients != NULL ? intent->recipients->len : 0;
    const char *first = n > 0 ? ((const IntentRecipient *) intent->recipients->pdata[0])->address : "?";
    if (n <= 1)
        return g_strdup_printf(_("Send a letter to %s"), first);
    return g_strdup_printf(ngettext("Send a letter to %s and %u other", "Send a letter to %s and %u others", n - 1), first, n - 1);
}

char *intent_describe(const Intent *intent, const char *mailbox_name, const char *target_name)
{
    guint n = MAX(intent->message_ids->len, intent->count);
    const char *mailbox = mailbox_name != NULL ? mailbox_name : "?";
    const char *target = target_name != NULL ? target_name : "?";
    const char *name = intent->name != NULL ? intent->name : "?";
    switch (intent->kind) {
    case INTENT_FLAGS:
        return describe_flags(intent);
    case INTENT_MOVE:
        return g_strdup_printf(ngettext("Move %u message to %s", "Move %u messages to %s", n), n, target);
    case INTENT_COPY:
        return g_strdup_printf(ngettext("Copy %u message to %s", "Copy %u messages to %s", n), n, target);
    case INTENT_DELETE:
        if (intent->target_mailbox_id > 0)
            return g_strdup_printf(ngettext("Delete %u message (to %s)", "Delete %u messages (to %s)", n), n,
                                   target);
        return g_strdup_printf(ngettext("Delete %u message", "Delete %u messages", n), n);
    case INTENT_EXPUNGE:
        return g_strdup_printf(
            ngettext("Expunge %u deleted message from %s", "Expunge %u deleted messages from %s", n), n,
            mailbox);
    case INTENT_APPEND:
        return g_strdup_printf(_("Keep a message in %s"), target);
    case INTENT_CREATE_MAILBOX:
        return g_strdup_printf(_("Create mailbox %s"), name);
    case INTENT_RENAME_MAILBOX:
        return g_strdup_printf(_("Rename mailbox %s to %s"), mailbox, name);
    case INTENT_DELETE_MAILBOX:
        return g_strdup_printf(_("Delete mailbox %s"), mailbox);
    case INTENT_SUBSCRIBE:
        return g_strdup_printf(_("Subscribe to %s"), mailbox);
    case INTENT_UNSUBSCRIBE:
        return g_strdup_printf(_("Unsubscribe from %s"), mailbox);
    case INTENT_SEND:
        return describe_sending(intent);
    case INTENT_THREAD:
        return describe_thread(intent);
    }
    return g_strdup(intent_kind_name(intent->kind));
}
