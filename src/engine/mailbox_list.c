#include "config.h"

#include "engine/mailbox_list.h"

#include "engine/account.h"
#include "engine/keep_rules.h"
#include "engine/namespaces.h"
#include "engine/remembered.h"
#include "engine/mirror.h"
#include "engine/replay.h"
#include "engine/submission.h"
#include "engine/selected.h"
#include "store/mailbox_names.h"

#define COUNTS (IMAP_STATUS_ITEM_MESSAGES | IMAP_STATUS_ITEM_UNSEEN | IMAP_STATUS_ITEM_UIDNEXT | IMAP_STATUS_ITEM_UIDVALIDITY)
/* More mailboxes than this are not believed (S20). */
#define MAILBOXES_MAX 100000
#define SUCCESSORS_MAX 100

typedef struct {
    GPtrArray *mailboxes;  /* of StoreMailbox*, as they are heard */
    GArray *foreign;       /* of Foreign: NULL until the list is there */
    GHashTable *by_name;   /* wire name → StoreMailbox*, not owned */
    gboolean counted;      /* LIST-STATUS brought the counts along */
    guint answers;
    gboolean failed;
    gboolean successors;   /* new ones are asked for their UIDVALIDITY, since others are missing */
    gboolean again;        /* something was answered with BAD: once more, with less */
    LinkAction *action;    /* the job's */
} Listing;

static void add_counts_jobs(EngineAccount *account);

/* --- hearing ------------------------------------------------------------------------------------ */

static MailboxRole role_of(const ImapList *list)
{
    static const struct {
        guint attribute;
        MailboxRole role;
    } roles[] = {
        { IMAP_MAILBOX_DRAFTS, MAILBOX_ROLE_DRAFTS }, { IMAP_MAILBOX_SENT, MAILBOX_ROLE_SENT },
        { IMAP_MAILBOX_ARCHIVE, MAILBOX_ROLE_ARCHIVE }, { IMAP_MAILBOX_JUNK, MAILBOX_ROLE_JUNK },
        { IMAP_MAILBOX_TRASH, MAILBOX_ROLE_TRASH }, { IMAP_MAILBOX_ALL, MAILBOX_ROLE_ALL },
        { IMAP_MAILBOX_FLAGGED, MAILBOX_ROLE_FLAGGED },
    };
    if (g_str_equal(list->wire_name, "INBOX"))
        return MAILBOX_ROLE_INBOX;
    for (guint i = 0; i < G_N_ELEMENTS(roles); i++)
        if ((list->attributes & roles[i].attribute) != 0)
            return roles[i].role;
    return MAILBOX_ROLE_NONE;
}

static MailboxAttributes attributes_of(const ImapList *list)
{
    return ((list->attributes & IMAP_MAILBOX_NOSELECT) != 0 ? MAILBOX_NO_SELECT : 0) |
           ((list->attributes & IMAP_MAILBOX_NOINFERIORS) != 0 ? MAILBOX_NO_INFERIORS : 0) |
           ((list->attributes & IMAP_MAILBOX_SUBSCRIBED) != 0 ? MAILBOX_SUBSCRIBED : 0) |
           ((list->attributes & IMAP_MAILBOX_HASCHILDREN) != 0 ? MAILBOX_HAS_CHILDREN : 0);
}

void mailbox_list_hear(EngineAccount *account, const ImapList *list)
{
    Listing *listing = account->listing;
    if (listing == NULL || listing->mailboxes->len >= MAILBOXES_MAX)
        return;
    link_action_claim_line(listing->action);
    StoreMailbox *known = g_hash_table_lookup(listing->by_name, list->wire_name);
    if (known != NULL) {
        /* In LSUB \Noselect says that only what is below is subscribed (RFC 3501 §6.3.9), and nothing of the mailbox. */
        if (!list->lsub)
            known->attributes |= attributes_of(list);
        else if ((list->attributes & IMAP_MAILBOX_NOSELECT) == 0)
            known->attributes |= MAILBOX_SUBSCRIBED;
        return;
    }
    if (list->lsub)
        return; /* subscribed, but not there */
    StoreMailbox *mailbox = g_new0(StoreMailbox, 1);
    mailbox->account_id = account->id;
    mailbox->name = g_strdup(list->name);
    mailbox->wire_name = g_strdup(list->wire_name);
    mailbox->delimiter = list->delimiter;
    mailbox->role = role_of(list);
    mailbox->attributes = attributes_of(list);
    g_ptr_array_add(listing->mailboxes, mailbox);
    g_hash_table_insert(listing->by_name, mailbox->wire_name, mailbox);
}

/* Not as the store was level with. */
static gboolean is_news(const StoreMailbox *mailbox, const ImapMailboxStatus *status)
{
    return !mailbox->complete || status->messages != mailbox->server_messages || status->unseen != mailbox->server_unseen ||
           ((status->items & IMAP_STATUS_ITEM_UIDNEXT) != 0 && status->uidnext != mailbox->uidnext);
}

static void keep_status(EngineAccount *account, const ImapMailboxStatus *status)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox_by_wire_name(account->engine->reader, account->id, status->wire_name);
    if (mailbox == NULL || selected_is(account, mailbox->id))
        return;
    if (is_news(mailbox, status))
        mirror_mailbox_changed(account, mailbox->id);
    gboolean grew = (status->items & IMAP_STATUS_ITEM_UIDNEXT) != 0 && mailbox->uidnext != 0 && status->uidnext > mailbox->uidnext &&
                    status->unseen > mailbox->server_unseen;
    store_writer_set_status(account->engine->writer, mailbox->id, status->messages, status->unseen,
                            (status->items & IMAP_STATUS_ITEM_UIDNEXT) != 0 ? status->uidnext : 0,
                            (status->items & IMAP_STATUS_ITEM_UIDVALIDITY) != 0 ? status->uidvalidity : 0, NULL);
    Change *change = change_new(grew ? CHANGE_NEW_MAIL : CHANGE_MAILBOX);
    change->account_id = account->id;
    change->mailbox_id = mailbox->id;
    change->count = grew ? status->uidnext - mailbox->uidnext : 0;
    engine_tell(account->engine, change);
}

void mailbox_list_hear_status(EngineAccount *account, const ImapMailboxStatus *status)
{
    if (account->listing == NULL) {
        keep_status(account, status);
        return;
    }
    /* LIST-STATUS: the counts come before the list is in the store. */
    Listing *listing = account->listing;
    link_action_claim_line(listing->action);
    StoreMailbox *mailbox = g_hash_table_lookup(listing->by_name, status->wire_name);
    if (mailbox != NULL) {
        listing->counted = !listing->successors;
        mailbox->server_messages = status->messages;
        mailbox->server_unseen = status->unseen;
        mailbox->uidnext = status->uidnext;
        mailbox->uidvalidity = status->uidvalidity;
    }
}

void mailbox_list_hear_namespaces(EngineAccount *account, const ImapNamespaces *namespaces)
{
    remember_namespace(account, namespaces);
}

/* --- roles -------------------------------------------------------------------------------------- */

/* Where the server tells no role: the configured name, else the names that most servers and clients use. */
static void give_role(const GPtrArray *mailboxes, MailboxRole role, const char *configured)
{
    const char *const *common = mailbox_list_usual_names(role);
    StoreMailbox *found = NULL;
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        if (configured != NULL && g_str_equal(mailbox->name, configured))
            found = mailbox;
        if (configured == NULL && mailbox->role == role)
            return;
    }
    for (; configured == NULL && found == NULL && *common != NULL; common++)
        for (guint i = 0; i < mailboxes->len && found == NULL; i++) {
            StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
            const char *leaf = mailbox->delimiter != 0 ? strrchr(mailbox->name, mailbox->delimiter) : NULL;
            gboolean own = (mailbox->attributes & (MAILBOX_OTHER_USERS | MAILBOX_SHARED)) == 0;
            if (own && mailbox->role == MAILBOX_ROLE_NONE && g_ascii_strcasecmp(leaf != NULL ? leaf + 1 : mailbox->name, *common) == 0)
                found = mailbox;
        }
    if (found == NULL)
        return;
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        if (mailbox->role == role)
            mailbox->role = MAILBOX_ROLE_NONE;
    }
    found->role = role;
}

const char *const *mailbox_list_usual_names(MailboxRole role)
{
    static const char *const trash[] = { "Trash", "Deleted Messages", "Deleted Items", "Corbeille", NULL };
    static const char *const sent[] = { "Sent", "Sent Messages", "Sent Items", "Envoyés", NULL };
    static const char *const drafts[] = { "Drafts", "Brouillons", NULL };
    static const char *const archive[] = { "Archive", "Archives", NULL };
    static const char *const junk[] = { "Junk", "Spam", "Junk E-mail", NULL };
    static const char *const none[] = { NULL };
    switch (role) {
    case MAILBOX_ROLE_TRASH:
        return trash;
    case MAILBOX_ROLE_SENT:
        return sent;
    case MAILBOX_ROLE_DRAFTS:
        return drafts;
    case MAILBOX_ROLE_ARCHIVE:
        return archive;
    case MAILBOX_ROLE_JUNK:
        return junk;
    default:
        return none;
    }
}

void mailbox_list_give_roles(EngineAccount *account, const GPtrArray *mailboxes)
{
    const Account *config = account->config;
    g_autofree char *prefix = remembered_prefix(account);
    const struct {
        MailboxRole role;
        const char *configured;
    } roles[] = {
        { MAILBOX_ROLE_TRASH, config->trash },     { MAILBOX_ROLE_SENT, config->sent }, { MAILBOX_ROLE_DRAFTS, config->drafts },
        { MAILBOX_ROLE_ARCHIVE, config->archive }, { MAILBOX_ROLE_JUNK, NULL },
    };
    for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
        g_autofree char *name = roles[i].configured != NULL ? mailbox_name_short(prefix, roles[i].configured) : NULL;
        give_role(mailboxes, roles[i].role, name);
    }
}

/* --- the list ----------------------------------------------------------------------------------- */

static void free_listing(gpointer data)
{
    Listing *listing = data;
    g_ptr_array_unref(listing->mailboxes);
    g_hash_table_unref(listing->by_name);
    g_clear_pointer(&listing->foreign, g_array_unref);
    g_free(listing);
}

static void keep_counts(EngineAccount *account, const Listing *listing)
{
    for (guint i = 0; i < listing->mailboxes->len; i++) {
        const StoreMailbox *heard = g_ptr_array_index(listing->mailboxes, i);
        if ((heard->attributes & MAILBOX_NO_SELECT) != 0)
            continue;
        ImapMailboxStatus status = { .wire_name = heard->wire_name, .items = COUNTS, .messages = heard->server_messages,
                                     .unseen = heard->server_unseen, .uidnext = heard->uidnext, .uidvalidity = heard->uidvalidity };
        keep_status(account, &status);
    }
}

static void keep_list(Job *job)
{
    EngineAccount *account = job->account;
    Listing *listing = job->data;
    g_autoptr(GError) error = NULL;
    foreign_mark(listing->foreign, listing->mailboxes);
    own_shorten(account, listing->foreign, listing->mailboxes);
    mailbox_list_give_roles(account, listing->mailboxes);
    if (!store_writer_sync_mailboxes(account->engine->writer, account->id, listing->mailboxes, TRUE, &error)) {
        engine_tell_notice(account->engine, account->id, error->message);
        return;
    }
    account->listing = NULL; /* what comes from now on is no part of it */
    account->listed = TRUE;
    if (listing->counted)
        keep_counts(account, listing);
    else
        add_counts_jobs(account);
    keep_rules_resolve(account);
    mirror_look_over(account);
    Change *change = change_new(CHANGE_MAILBOX_LIST);
    change->account_id = account->id;
    engine_tell(account->engine, change);
}

static void start_list(Job *job);
static gboolean ask_unlisted(Job *job);
static void ask(Job *job, ImapCommand *command);

/* Where some are missing and others are new, the new ones may be the missing ones under other names: their UIDVALIDITY tells. */
static gboolean ask_successors(Job *job)
{
    Listing *listing = job->data;
    if (listing->counted || listing->successors)
        return FALSE;
    listing->successors = TRUE;
    g_autoptr(GPtrArray) known = store_reader_mailboxes(job->account->engine->reader, job->account->id);
    g_autoptr(GHashTable) fresh = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < listing->mailboxes->len; i++)
        g_hash_table_add(fresh, ((StoreMailbox *) g_ptr_array_index(listing->mailboxes, i))->wire_name);
    guint missing = 0;
    for (guint i = 0; i < known->len; i++)
        if (!g_hash_table_remove(fresh, ((const StoreMailbox *) g_ptr_array_index(known, i))->wire_name))
            missing++;
    guint asked = missing > 0 ? MIN(g_hash_table_size(fresh), SUCCESSORS_MAX) : 0;
    if (asked == 0)
        return FALSE;
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, fresh);
    link_hold(job->account->link);
    for (guint i = 0; i < asked && g_hash_table_iter_next(&iter, &name, NULL); i++)
        ask(job, imap_command_status(name, IMAP_STATUS_ITEM_UIDVALIDITY | IMAP_STATUS_ITEM_UIDNEXT));
    link_release(job->account->link);
    return TRUE;
}

static void list_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Job *job = user;
    Listing *listing = job->data;
    listing->answers--;
    /* A server that does not know what it announces is asked for less. Whichever command it was: the next try finds out. */
    if (remembered_wrong(account, result, IMAP_CAP_LIST_STATUS) || remembered_wrong(account, result, IMAP_CAP_LIST_EXTENDED) ||
        remembered_wrong(account, result, IMAP_CAP_NAMESPACE))
        listing->again = TRUE;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        listing->failed = TRUE;
    if (listing->answers > 0)
        return;
    if (listing->again && !listing->failed) {
        start_list(job);
        return;
    }
    if (!listing->failed && (ask_unlisted(job) || (listing->mailboxes->len > 0 && ask_successors(job))))
        return;
    if (!listing->failed && listing->mailboxes->len > 0)
        keep_list(job);
    account->listing = NULL;
    if (listing->failed)
        return;
    account->listed = TRUE;
    replay_ready(account); /* by the names that mailboxes have now, and before an IDLE is thought of */
    job_done(job);
    submission_queue_ready(account->submission);
}

static void ask(Job *job, ImapCommand *command)
{
    Listing *listing = job->data;
    listing->answers++;
    link_send(job->account->link, job->action, command, list_answered, job);
}

static void ask_list(Job *job, const char *pattern)
{
    EngineAccount *account = job->account;
    gboolean extended = engine_account_can(account, IMAP_CAP_LIST_EXTENDED);
    gboolean counts = extended && engine_account_can(account, IMAP_CAP_LIST_STATUS);
    guint options = extended ? IMAP_LIST_RETURN_SUBSCRIBED | IMAP_LIST_RETURN_CHILDREN : 0;
    if (extended && engine_account_can(account, IMAP_CAP_SPECIAL_USE))
        options |= IMAP_LIST_RETURN_SPECIAL_USE;
    ask(job, imap_command_list("", pattern, options, counts ? COUNTS : 0));
    if (!extended)
        ask(job, imap_command_lsub("", pattern));
}

/* Namespaces that LIST "" "*" left out are asked for by their names, once. TRUE when there are any. */
static gboolean ask_unlisted(Job *job)
{
    Listing *listing = job->data;
    if (listing->foreign != NULL)
        return FALSE;
    listing->foreign = foreign_read(job->account);
    link_hold(job->account->link);
    for (guint i = 0; i < listing->foreign->len; i++) {
        const Foreign *foreign = &g_array_index(listing->foreign, Foreign, i);
        g_autofree char *pattern = g_strconcat(foreign->prefix, "*", NULL);
        if (foreign_is_unlisted(foreign, listing->mailboxes))
            ask_list(job, pattern);
    }
    link_release(job->account->link);
    return listing->answers > 0;
}

static void start_list(Job *job)
{
    EngineAccount *account = job->account;
    Listing *listing = job->data;
    g_clear_pointer(&listing->foreign, g_array_unref);
    account->listing = listing;
    listing->failed = listing->again = listing->counted = listing->successors = FALSE;
    g_hash_table_remove_all(listing->by_name);
    g_ptr_array_set_size(listing->mailboxes, 0);
    listing->action = job->action;
    listing->answers = 1;
    if (engine_account_can(account, IMAP_CAP_NAMESPACE) && !remembered_namespace(account))
        ask(job, imap_command_namespace());
    ask_list(job, "*");
    engine_account_introduce(account);
    listing->answers--;
}

static gboolean list_interrupted(Job *job)
{
    job->account->listing = NULL;
    return FALSE;
}

static void free_list_job(Job *job)
{
    if (job->account->listing == job->data)
        job->account->listing = NULL;
    free_listing(job->data);
}

static const JobClass list_class = { .action = "mailboxes", .start = start_list, .interrupted = list_interrupted, .free = free_list_job };

static void add_list(EngineAccount *account, JobUrgency urgency)
{
    Listing *listing = g_new0(Listing, 1);
    listing->mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify) store_mailbox_free);
    listing->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    job_add(account, &list_class, urgency, 0, listing);
}

void mailbox_list_refresh(EngineAccount *account)
{
    if (job_find(account, &list_class, 0) == NULL)
        add_list(account, JOB_LIST);
}

void mailbox_list_refresh_first(EngineAccount *account)
{
    jobs_drop_waiting(account, &list_class, 0);
    if (job_find(account, &list_class, 0) == NULL)
        add_list(account, JOB_PERSON);
}

/* --- counts ------------------------------------------------------------------------------------- */

static void counts_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) account;
    (void) text;
    (void) result;
    Job *job = user;
    guint answers = GPOINTER_TO_UINT(job->data) - 1;
    job->data = GUINT_TO_POINTER(answers);
    if (answers == 0 && result != IMAP_RESULT_UNKNOWN && result != IMAP_RESULT_NOT_SENT)
        job_done(job);
}

static void ask_count(Job *job, ImapCommand *command)
{
    job->data = GUINT_TO_POINTER(GPOINTER_TO_UINT(job->data) + 1);
    link_send(job->account->link, job->action, command, counts_answered, job);
}

static void start_counts(Job *job)
{
    EngineAccount *account = job->account;
    job->data = GUINT_TO_POINTER(1);
    if (engine_account_can(account, IMAP_CAP_LIST_STATUS)) {
        ask_count(job, imap_command_list("", "*", 0, COUNTS));
    } else {
        g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(account->engine->reader, account->id);
        for (guint i = 0; i < mailboxes->len; i++) {
            const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
            /* Without a screen those that are wanted are opened, and tell their own. */
            gboolean tells = selected_is(account, mailbox->id) || (account->engine->only_when_asked && mirror_may_open(mailbox));
            if ((mailbox->attributes & MAILBOX_NO_SELECT) == 0 && !tells)
                ask_count(job, imap_command_status(mailbox->wire_name, COUNTS));
        }
    }
    /* Of a mailbox that was known whole little more will be asked. */
    engine_account_foresee_idle(account, account->selected != NULL && account->selected->known->complete);
    counts_answered(account, IMAP_RESULT_OK, NULL, job);
}

gboolean mailbox_list_has_counts(const EngineAccount *account)
{
    return account->listed || engine_account_can(account, IMAP_CAP_LIST_STATUS);
}

static gboolean counts_interrupted(Job *job)
{
    (void) job;
    return FALSE;
}

static const JobClass counts_class = { .action = "counts", .start = start_counts, .interrupted = counts_interrupted };

static void add_counts_jobs(EngineAccount *account)
{
    if (job_find(account, &counts_class, 0) == NULL)
        job_add(account, &counts_class, JOB_LIST, 0, NULL);
}

void mailbox_list_poll(EngineAccount *account)
{
    add_counts_jobs(account);
    jobs_run(account);
}
