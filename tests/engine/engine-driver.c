/* The engine without a screen, driven line by line from standard input, for tests against real servers.
 *
 *   engine-driver ACCOUNTS-FILE STORE [online|offline [ANSWER-MS]]
 *
 * Each line is a command; each is answered by lines of facts and then "ok" or "error WORDS". The engine runs on this one
 * thread, and only while a command waits for something, so what passes on the wire belongs to that command.
 */
#include "config.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/account.h"
#include "engine/engine.h"
#include "store/reader.h"

/* A test that waits longer is broken; nothing is measured by it. */
#define GIVE_UP_US (600 * G_USEC_PER_SEC)

typedef struct {
    Engine *engine;
    StoreReader *reader;
    gint64 account_id;
    gint64 looked_at;
    AccountState state;
    gboolean listed;
    guint64 awaited_submit;
    gboolean committed;
    gboolean body_here, transfer_over;
    gint64 awaited_message;
    guint64 awaited_transfer;
    char *words;         /* of the last refusal or trouble */
    guint64 view_found;
    gboolean view_over;
    guint view_enough;   /* so many are waited for, not all; 0: all */
    gint64 view_id, search_view;
    guint bodies_awaited;
    gboolean mirror_over;
} Driver;

static void set_string(char **at, const char *text)
{
    char *copy = g_strdup(text);
    g_free(*at);
    *at = copy;
}

static void hear(Change *change, gpointer user_data)
{
    Driver *driver = user_data;
    switch (change->kind) {
    case CHANGE_ACCOUNT:
        driver->state = change->status->state;
        if (change->status->words != NULL)
            printf("state %d %s\n", change->status->state, change->status->words);
        if (change->status->retry_at != 0)
            printf("retry %d\n", (int) (change->status->retry_at - g_get_real_time() / G_USEC_PER_SEC));
        break;
    case CHANGE_MAILBOX_LIST:
        driver->listed = TRUE;
        break;
    case CHANGE_COMMITTED:
        if (change->submit_id == driver->awaited_submit) {
            driver->committed = TRUE;
            set_string(&driver->words, change->error);
        }
        break;
    case CHANGE_BODY:
        if (change->message_id == driver->awaited_message) {
            driver->body_here = TRUE;
            set_string(&driver->words, change->error);
        }
        break;
    case CHANGE_SEARCHED: {
        static const char *const names[] = { "asking", "here", "server", "not" };
        g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(driver->reader, change->mailbox_id);
        printf("searched %s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n", names[change->searched], mailbox != NULL ? mailbox->name : "?",
               change->count, change->unknown, change->error != NULL ? change->error : "");
        break;
    }
    case CHANGE_TRANSFER:
        if (change->transfer_id == driver->awaited_transfer && change->finished) {
            driver->transfer_over = TRUE;
            set_string(&driver->words, change->error);
        }
        break;
    case CHANGE_VIEW:
        driver->view_id = change->view_id;
        driver->view_found = change->count;
        driver->view_over = change->finished;
        break;
    case CHANGE_MIRROR:
        driver->mirror_over = change->finished;
        if (change->finished)
            printf("mirror count=%" G_GUINT64_FORMAT " done=%" G_GUINT64_FORMAT " total=%" G_GUINT64_FORMAT " %s\n", change->count,
                   change->done, change->total, change->error != NULL ? change->error : "");
        break;
    case CHANGE_NOTICE:
        printf("notice %s\n", change->text);
        break;
    case CHANGE_DECISION:
        printf("decision %" G_GUINT64_FORMAT " %s\n", change->decision->id, change->decision->question);
        break;
    case CHANGE_INTENT:
        if (change->error != NULL)
            printf("intent %s %s\n", intent_state_name(change->intent_state), change->error);
        break;
    case CHANGE_WIRE:
        printf("wire %s flights=%u up=%" G_GUINT64_FORMAT " down=%" G_GUINT64_FORMAT " rows=%u\n", change->cost->action,
               change->cost->flights, change->cost->up, change->cost->down, change->cost->rows);
        break;
    default:
        break;
    }
    fflush(stdout);
    change_free(change);
}

typedef gboolean (*Condition)(Driver *driver, const char *argument);

static gboolean tick(gpointer data)
{
    (void) data;
    return G_SOURCE_CONTINUE;
}

static gboolean wait_for(Driver *driver, Condition condition, const char *argument)
{
    gint64 give_up = g_get_monotonic_time() + GIVE_UP_US;
    GMainContext *context = engine_context(driver->engine);
    GSource *wake = g_timeout_source_new(50); /* so that giving up is noticed */
    g_source_set_callback(wake, tick, NULL, NULL);
    g_source_attach(wake, context);
    g_main_context_push_thread_default(context);
    gboolean met;
    while (!(met = condition(driver, argument)) && g_get_monotonic_time() < give_up)
        g_main_context_iteration(context, TRUE);
    g_main_context_pop_thread_default(context);
    g_source_destroy(wake);
    g_source_unref(wake);
    if (!met)
        printf("gave up\n");
    return met;
}

/* --- conditions ------------------------------------------------------------------------------------ */

static gboolean is_online(Driver *driver, const char *argument)
{
    (void) argument;
    return driver->state == ACCOUNT_ONLINE || driver->state == ACCOUNT_LOCAL;
}

static gboolean is_state(Driver *driver, const char *argument)
{
    return (int) driver->state == atoi(argument);
}

static gboolean is_listed(Driver *driver, const char *argument)
{
    (void) argument;
    return driver->listed;
}

static StoreMailbox *find_mailbox(Driver *driver, const char *name)
{
    return store_reader_mailbox_by_name(driver->reader, driver->account_id, name);
}

static gboolean has_rows(Driver *driver, const char *argument)
{
    (void) argument;
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(driver->reader, driver->looked_at);
    return mailbox != NULL && (mailbox->shown_total > 0 || mailbox->complete);
}

static gboolean is_synced(Driver *driver, const char *argument)
{
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, argument);
    return mailbox != NULL && mailbox->complete && mailbox->synced_at > 0;
}

static gboolean has_total(Driver *driver, const char *argument)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(driver->reader, driver->looked_at);
    return mailbox != NULL && mailbox->shown_total == (guint32) atoi(argument);
}

static gboolean is_settled(Driver *driver, const char *argument)
{
    (void) argument;
    return store_reader_unfinished_intents(driver->reader, 0) == 0;
}

static gboolean is_committed(Driver *driver, const char *argument)
{
    (void) argument;
    return driver->committed;
}

static gboolean is_body_here(Driver *driver, const char *argument)
{
    (void) argument;
    return driver->body_here;
}

static gboolean is_transfer_over(Driver *driver, const char *argument)
{
    (void) argument;
    return driver->transfer_over;
}

static gboolean is_view_over(Driver *driver, const char *argument)
{
    (void) argument;
    return driver->view_over || (driver->view_enough > 0 && driver->view_found >= driver->view_enough);
}

static gboolean is_mirror_over(Driver *driver, const char *argument)
{
    (void) argument;
    return driver->mirror_over;
}

static gboolean is_lacking_nothing(Driver *driver, const char *argument)
{
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, argument);
    guint64 messages = 1, bytes = 0;
    if (mailbox != NULL && mailbox->complete)
        store_reader_lacking_sizes(driver->reader, mailbox->id, &messages, &bytes);
    return messages == 0;
}

static gboolean quiet_since(Driver *driver, const char *argument)
{
    (void) argument;
    static gint64 began;
    (void) driver;
    if (began == 0)
        began = g_get_monotonic_time();
    if (g_get_monotonic_time() - began < 600000)
        return FALSE;
    began = 0;
    return TRUE;
}

/* --- commands ---------------------------------------------------------------------------------------- */

static GPtrArray *newest(Driver *driver, guint count)
{
    StoreListSpec spec = { .mailbox_id = driver->looked_at, .order = STORE_ORDER_ARRIVED, .descending = TRUE };
    return store_reader_window(driver->reader, &spec, NULL, 0, count, NULL, NULL);
}

static gint64 nth_newest(Driver *driver, guint n)
{
    g_autoptr(GPtrArray) rows = newest(driver, n + 1);
    return rows != NULL && rows->len > n ? ((StoreListRow *) g_ptr_array_index(rows, n))->id : 0;
}

static void look(Driver *driver, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, name);
    driver->looked_at = mailbox != NULL ? mailbox->id : 0;
    engine_look_at_mailbox(driver->engine, driver->looked_at);
}

static gboolean submit(Driver *driver, Intent *intent)
{
    GPtrArray *intents = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_ptr_array_add(intents, intent);
    driver->committed = FALSE;
    driver->awaited_submit = engine_submit(driver->engine, intents);
    return wait_for(driver, is_committed, NULL) && driver->words == NULL;
}

/* "3" or "0-999" or "0-999/2" (every second one): numbers in the list, newest first. */
static void take_numbers(Driver *driver, Intent *intent, const char *numbers)
{
    guint first = 0, last = 0, step = 1;
    if (sscanf(numbers, "%u-%u/%u", &first, &last, &step) < 2)
        last = first;
    g_autoptr(GPtrArray) rows = newest(driver, last + 1);
    for (guint i = first; rows != NULL && i <= last && i < rows->len; i += step)
        g_array_append_val(intent->message_ids, ((StoreListRow *) g_ptr_array_index(rows, i))->id);
}

static gboolean do_flags(Driver *driver, const char *numbers, const char *flags)
{
    Intent *intent = intent_new(INTENT_FLAGS);
    take_numbers(driver, intent, numbers);
    g_auto(GStrv) names = g_strsplit(flags, ",", -1);
    for (char **name = names; *name != NULL; name++) {
        gboolean add = **name == '+';
        MailFlags bit = mail_flag_from_name(*name + 1, strlen(*name + 1));
        if (add && bit != 0)
            intent->add |= bit;
        else if (bit != 0)
            intent->remove |= bit;
        else
            set_string(add ? &intent->add_keywords : &intent->remove_keywords, *name + 1);
    }
    return submit(driver, intent);
}

static gboolean do_messages(Driver *driver, IntentKind kind, const char *numbers, const char *target)
{
    Intent *intent = intent_new(kind);
    take_numbers(driver, intent, numbers);
    g_autoptr(StoreMailbox) mailbox = target != NULL ? find_mailbox(driver, target) : NULL;
    if (mailbox != NULL)
        intent->target_mailbox_id = mailbox->id;
    return submit(driver, intent);
}

static gboolean do_mailbox(Driver *driver, IntentKind kind, const char *name, const char *new_name)
{
    Intent *intent = intent_new(kind);
    g_autoptr(StoreMailbox) mailbox = kind != INTENT_CREATE_MAILBOX ? find_mailbox(driver, name) : NULL;
    intent->account_id = driver->account_id;
    intent->mailbox_id = mailbox != NULL ? mailbox->id : 0;
    intent->name = g_strdup(kind == INTENT_CREATE_MAILBOX ? name : new_name);
    return submit(driver, intent);
}

static gboolean do_read(Driver *driver, guint n)
{
    driver->awaited_message = nth_newest(driver, n);
    driver->body_here = FALSE;
    engine_want_body(driver->engine, driver->awaited_message, NULL);
    return driver->awaited_message != 0 && wait_for(driver, is_body_here, NULL) && driver->words == NULL;
}

static gboolean do_want(Driver *driver, guint n, const char *section)
{
    const char *const sections[] = { section, NULL };
    driver->awaited_message = nth_newest(driver, n);
    driver->body_here = FALSE;
    engine_want_body(driver->engine, driver->awaited_message, sections);
    return driver->awaited_message != 0 && wait_for(driver, is_body_here, NULL) && driver->words == NULL;
}

static gboolean do_save(Driver *driver, guint n, const char *section, const char *path)
{
    driver->transfer_over = FALSE;
    driver->awaited_transfer = engine_save_part(driver->engine, nth_newest(driver, n), section, path);
    return wait_for(driver, is_transfer_over, NULL) && driver->words == NULL;
}

static gboolean do_dump(Driver *driver, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, name);
    if (mailbox == NULL)
        return FALSE;
    printf("mailbox total=%u unread=%u flagged=%u complete=%d\n", mailbox->shown_total, mailbox->shown_unread, mailbox->shown_flagged, mailbox->complete);
    StoreListSpec spec = { .mailbox_id = mailbox->id, .order = STORE_ORDER_ARRIVED, .descending = TRUE };
    g_autoptr(GPtrArray) rows = store_reader_window(driver->reader, &spec, NULL, 0, 1000, NULL, NULL);
    for (guint i = 0; rows != NULL && i < rows->len; i++) {
        const StoreListRow *row = g_ptr_array_index(rows, i);
        printf("row %u uid=%u flags=%u keywords=[%s] from=[%s] subject=[%s]\n", i, row->uid, row->flags, row->keywords,
               row->from_address != NULL ? row->from_address : "", row->subject);
    }
    return TRUE;
}

static gboolean do_mailboxes(Driver *driver)
{
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(driver->reader, driver->account_id);
    for (guint i = 0; i < mailboxes->len; i++) {
        const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        printf("mailbox [%s] role=%d attributes=%u total=%u unread=%u server=%u/%u\n", mailbox->name, mailbox->role, mailbox->attributes,
               mailbox->shown_total, mailbox->shown_unread, mailbox->server_messages, mailbox->server_unseen);
    }
    return TRUE;
}

static gboolean do_look_rows(Driver *driver, guint count)
{
    g_autoptr(GPtrArray) rows = newest(driver, count);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; rows != NULL && i < rows->len; i++)
        g_array_append_val(ids, ((StoreListRow *) g_ptr_array_index(rows, i))->id);
    engine_look_at_messages(driver->engine, (const gint64 *) (gpointer) ids->data, ids->len);
    return wait_for(driver, quiet_since, NULL);
}

static gboolean do_append(Driver *driver, const char *path, const char *target)
{
    Intent *intent = intent_new(INTENT_APPEND);
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, target);
    intent->target_mailbox_id = mailbox != NULL ? mailbox->id : 0;
    intent->path = g_strdup(path);
    intent->add = MAIL_FLAG_SEEN;
    return submit(driver, intent);
}

/* send PATH SENDER RECIPIENT,… HOLD-MS MAILBOX-OF-THE-COPY OPTIONS RELEASE-S: from the fourth on they may be left out, or empty. */
static gboolean do_send(Driver *driver, char **words)
{
    guint count = g_strv_length(words);
    Intent *intent = intent_new(INTENT_SEND);
    gint64 now = g_get_real_time(), release_s = count > 7 ? atoll(words[7]) : 0;
    g_autoptr(StoreMailbox) copy = count > 5 ? find_mailbox(driver, words[5]) : NULL;
    intent->account_id = driver->account_id;
    intent->path = g_strdup(words[1]);
    intent->sender = g_strdup(words[2]);
    intent->not_before = count > 4 ? now + atoll(words[4]) * 1000 : 0;
    intent->target_mailbox_id = copy != NULL ? copy->id : 0;
    intent->send_options = count > 6 ? (guint) atoi(words[6]) : 0;
    intent->release_at = release_s != 0 ? now + release_s * G_USEC_PER_SEC : 0;
    g_auto(GStrv) recipients = g_strsplit(words[3], ",", -1);
    for (char **recipient = recipients; *recipient != NULL; recipient++)
        intent_add_recipient(intent, *recipient);
    return submit(driver, intent);
}

static gboolean no_letter_is(Driver *driver, guint states)
{
    g_autoptr(GPtrArray) intents = store_reader_intents(driver->reader, states, 100);
    for (guint i = 0; intents != NULL && i < intents->len; i++)
        if (((const Intent *) g_ptr_array_index(intents, i))->kind == INTENT_SEND)
            return FALSE;
    return TRUE;
}

/* No letter waits or is on its way. */
static gboolean is_outbox_settled(Driver *driver, const char *argument)
{
    (void) argument;
    return no_letter_is(driver, 1u << INTENT_PENDING | 1u << INTENT_SENDING);
}

/* The newest letter waits, with these words (or any). */
static gboolean is_put_off(Driver *driver, const char *argument)
{
    g_autoptr(GPtrArray) intents = store_reader_intents(driver->reader, 1u << INTENT_PENDING, 100);
    for (guint i = 0; intents != NULL && i < intents->len; i++) {
        const Intent *intent = g_ptr_array_index(intents, i);
        if (intent->kind == INTENT_SEND && intent->error != NULL && (argument == NULL || strstr(intent->error, argument) != NULL))
            return TRUE;
    }
    return FALSE;
}

static gint64 nth_letter(Driver *driver, guint n)
{
    g_autoptr(GPtrArray) intents = store_reader_intents(driver->reader, G_MAXUINT, 100);
    for (guint i = 0; intents != NULL && i < intents->len; i++) {
        const Intent *intent = g_ptr_array_index(intents, i);
        if (intent->kind == INTENT_SEND && n-- == 0)
            return intent->id;
    }
    return 0;
}

/* Letters in the order of the reader, each with its recipients. */
static gboolean do_outbox(Driver *driver)
{
    g_autoptr(GPtrArray) intents = store_reader_intents(driver->reader, G_MAXUINT, 100);
    for (guint i = 0; intents != NULL && i < intents->len; i++) {
        const Intent *intent = g_ptr_array_index(intents, i);
        if (intent->kind != INTENT_SEND)
            continue;
        printf("letter %s tries=%u %s\n", intent_state_name(intent->state), intent->tries, intent->error != NULL ? intent->error : "");
        for (guint k = 0; k < intent->recipients->len; k++) {
            const IntentRecipient *recipient = g_ptr_array_index(intent->recipients, k);
            printf("recipient %s %s %s\n", recipient->address, recipient_state_name(recipient->state),
                   recipient->words != NULL ? recipient->words : "");
        }
    }
    return TRUE;
}

static gboolean do_undo(Driver *driver)
{
    driver->committed = FALSE;
    driver->awaited_submit = engine_undo(driver->engine, 0);
    return wait_for(driver, is_committed, NULL) && driver->words == NULL;
}

static gboolean do_limit(Driver *driver, const char *query)
{
    driver->view_over = FALSE;
    driver->view_enough = 0;
    engine_fill_view(driver->engine, driver->looked_at, query, STORE_ORDER_ARRIVED, TRUE, ENGINE_SEARCH_HERE);
    gboolean met = wait_for(driver, is_view_over, NULL);
    printf("found %" G_GUINT64_FORMAT "\n", driver->view_found);
    return met;
}

/* A search of all mailboxes (WHAT "all") or a limit of the one that is looked at; what was found, and where each mailbox was searched. */
/* enough: so many are waited for, 0: all. */
static gboolean do_search(Driver *driver, const char *query, const char *where, const char *what, guint enough)
{
    EngineSearchWhere wanted = g_str_equal(where, "here")     ? ENGINE_SEARCH_HERE
                               : g_str_equal(where, "server") ? ENGINE_SEARCH_SERVER
                                                              : ENGINE_SEARCH_AUTO;
    driver->view_over = FALSE;
    if (driver->search_view != 0)
        engine_drop_view(driver->engine, driver->search_view);
    driver->search_view = driver->view_id = 0;
    driver->view_found = 0;
    engine_fill_view(driver->engine, g_strcmp0(what, "all") == 0 ? 0 : driver->looked_at, query, STORE_ORDER_ARRIVED, TRUE, wanted);
    driver->view_enough = enough;
    if (!wait_for(driver, is_view_over, NULL))
        return FALSE;
    driver->search_view = driver->view_id;
    StoreListSpec spec = { .view_id = driver->view_id, .order = STORE_ORDER_ARRIVED };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = store_reader_window(driver->reader, &spec, NULL, 0, G_MAXINT / 2, NULL, &error);
    for (guint i = 0; rows != NULL && i < rows->len; i++) {
        const StoreListRow *row = g_ptr_array_index(rows, i);
        g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(driver->reader, row->mailbox_id);
        printf("hit %s %u %s\n", mailbox != NULL ? mailbox->name : "?", row->uid, row->subject);
    }
    return rows != NULL;
}

static gboolean do_mirror(Driver *driver, const char *what)
{
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, what);
    driver->mirror_over = FALSE;
    engine_mirror(driver->engine, 0, g_str_equal(what, "all") ? ENGINE_MIRROR_ALL : ENGINE_MIRROR_CHOSEN, mailbox != NULL ? mailbox->id : 0);
    return TRUE;
}

static gboolean do_lacking(Driver *driver, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, name);
    guint64 messages = 0, bytes = 0, cached, kept;
    if (mailbox == NULL)
        return FALSE;
    g_autofree char *rule = keep_rule_format(&mailbox->keep);
    store_reader_lacking_sizes(driver->reader, mailbox->id, &messages, &bytes);
    store_reader_body_sizes(driver->reader, &cached, &kept);
    printf("lacking messages=%" G_GUINT64_FORMAT " bytes=%" G_GUINT64_FORMAT " cached=%" G_GUINT64_FORMAT " kept=%" G_GUINT64_FORMAT
           " rule=%s\n", messages, bytes, cached, kept, rule);
    return TRUE;
}

static gboolean do_keep(Driver *driver, const char *name, const char *rule)
{
    g_autoptr(StoreMailbox) mailbox = find_mailbox(driver, name);
    if (mailbox != NULL)
        engine_set_keep(driver->engine, mailbox->id, rule);
    return mailbox != NULL;
}

/* A section as it is kept here, its line ends as blanks. */
static gboolean do_kept(Driver *driver, guint n, const char *section)
{
    gint64 message_id = nth_newest(driver, n);
    g_autoptr(GBytes) bytes = store_reader_body(driver->reader, message_id, section);
    g_autofree char *path = bytes == NULL ? store_reader_body_path(driver->reader, message_id, section) : NULL;
    if (bytes == NULL && path == NULL) {
        printf("nothing\n");
    } else if (path != NULL) {
        printf("file\n");
    } else {
        gsize length;
        const char *data = g_bytes_get_data(bytes, &length);
        g_autofree char *text = g_strndup(data, length);
        printf("text %s\n", g_strdelimit(text, "\r\n", ' '));
    }
    return TRUE;
}

/* What is left of the decisions, finished ones too: state, kind, and the words of what went wrong. */
static gboolean do_intents(Driver *driver)
{
    g_autoptr(GPtrArray) intents = store_reader_intents(driver->reader, G_MAXUINT, 100);
    for (guint i = 0; intents != NULL && i < intents->len; i++) {
        const Intent *intent = g_ptr_array_index(intents, i);
        printf("intent %s %s %s\n", intent_state_name(intent->state), intent_kind_name(intent->kind),
               intent->error != NULL ? intent->error : "");
    }
    return TRUE;
}

/* Does what is due now and waits for nothing: for conditions that only the caller can see. */
static gboolean do_turn(Driver *driver)
{
    while (g_main_context_iteration(engine_context(driver->engine), FALSE))
        ;
    return TRUE;
}

/* What AddressSanitizer has given out; absent in a plain build. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static gboolean do_memory(void)
{
    size_t heap = __sanitizer_get_current_allocated_bytes != NULL ? __sanitizer_get_current_allocated_bytes() : mallinfo2().uordblks;
    printf("heap_kb %zu\n", heap / 1024);
    g_autofree char *status = NULL;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *line = status != NULL ? strstr(status, "VmRSS:") : NULL;
    printf("resident_kb %d\n", line != NULL ? atoi(line + 6) : 0);
    return TRUE;
}

/* What housekeeping.c does when the machine has slept. */
static void doubt_links(Engine *engine)
{
    for (guint i = 0; i < engine->accounts->len; i++)
        engine_account_doubt_link(g_ptr_array_index(engine->accounts, i));
}

static gboolean run(Driver *driver, char **words)
{
    const char *command = words[0], *one = words[0] != NULL ? words[1] : NULL, *two = one != NULL ? words[2] : NULL;
    set_string(&driver->words, NULL);
    if (g_str_equal(command, "look"))
        return look(driver, one), TRUE;
    if (g_str_equal(command, "online"))
        return wait_for(driver, is_online, NULL);
    if (g_str_equal(command, "state"))
        return wait_for(driver, is_state, one);
    if (g_str_equal(command, "listed"))
        return wait_for(driver, is_listed, NULL);
    if (g_str_equal(command, "rows"))
        return wait_for(driver, has_rows, NULL);
    if (g_str_equal(command, "total"))
        return wait_for(driver, has_total, one);
    if (g_str_equal(command, "synced"))
        return wait_for(driver, is_synced, one);
    if (g_str_equal(command, "settle"))
        return wait_for(driver, is_settled, NULL);
    if (g_str_equal(command, "quiet"))
        return wait_for(driver, quiet_since, NULL);
    if (g_str_equal(command, "screen"))
        return do_look_rows(driver, (guint) atoi(one));
    if (g_str_equal(command, "read"))
        return do_read(driver, (guint) atoi(one));
    if (g_str_equal(command, "want"))
        return do_want(driver, (guint) atoi(one), two);
    if (g_str_equal(command, "save"))
        return do_save(driver, (guint) atoi(one), two, words[3]);
    if (g_str_equal(command, "flags"))
        return do_flags(driver, one, two);
    if (g_str_equal(command, "move"))
        return do_messages(driver, INTENT_MOVE, one, two);
    if (g_str_equal(command, "copy"))
        return do_messages(driver, INTENT_COPY, one, two);
    if (g_str_equal(command, "delete"))
        return do_messages(driver, INTENT_DELETE, one, NULL);
    if (g_str_equal(command, "expunge"))
        return do_messages(driver, INTENT_EXPUNGE, one, NULL);
    if (g_str_equal(command, "append"))
        return do_append(driver, one, two);
    if (g_str_equal(command, "send"))
        return do_send(driver, words);
    if (g_str_equal(command, "sent"))
        return wait_for(driver, is_outbox_settled, NULL);
    if (g_str_equal(command, "putoff"))
        return wait_for(driver, is_put_off, one);
    if (g_str_equal(command, "outbox"))
        return do_outbox(driver);
    if (g_str_equal(command, "retry"))
        return engine_retry(driver->engine, nth_letter(driver, (guint) atoi(one))), do_turn(driver);
    if (g_str_equal(command, "went"))
        return engine_letter_went(driver->engine, nth_letter(driver, (guint) atoi(one))), do_turn(driver);
    if (g_str_equal(command, "todrafts"))
        return engine_letter_to_drafts(driver->engine, nth_letter(driver, (guint) atoi(one))), do_turn(driver);
    if (g_str_equal(command, "cancel"))
        return engine_cancel_intent(driver->engine, nth_letter(driver, (guint) atoi(one))), do_turn(driver);
    if (g_str_equal(command, "undo"))
        return do_undo(driver);
    if (g_str_equal(command, "create"))
        return do_mailbox(driver, INTENT_CREATE_MAILBOX, one, NULL);
    if (g_str_equal(command, "rename"))
        return do_mailbox(driver, INTENT_RENAME_MAILBOX, one, two);
    if (g_str_equal(command, "remove"))
        return do_mailbox(driver, INTENT_DELETE_MAILBOX, one, NULL);
    if (g_str_equal(command, "subscribe"))
        return do_mailbox(driver, INTENT_SUBSCRIBE, one, NULL);
    if (g_str_equal(command, "unsubscribe"))
        return do_mailbox(driver, INTENT_UNSUBSCRIBE, one, NULL);
    if (g_str_equal(command, "check"))
        return engine_check(driver->engine, 0), TRUE;
    if (g_str_equal(command, "slept"))
        return doubt_links(driver->engine), TRUE;
    if (g_str_equal(command, "go"))
        return engine_set_online(driver->engine, g_str_equal(one, "online")), TRUE;
    if (g_str_equal(command, "answer"))
        return engine_answer(driver->engine, (guint64) atoll(one), two, words[3] != NULL ? words[3] : two), TRUE;
    if (g_str_equal(command, "limit"))
        return do_limit(driver, one);
    if (g_str_equal(command, "search"))
        return do_search(driver, one, two, words[3], words[3] != NULL && words[4] != NULL ? (guint) atoi(words[4]) : 0);
    if (g_str_equal(command, "dump"))
        return do_dump(driver, one);
    if (g_str_equal(command, "mailboxes"))
        return do_mailboxes(driver);
    if (g_str_equal(command, "kept"))
        return do_kept(driver, (guint) atoi(one), two);
    if (g_str_equal(command, "mirror"))
        return do_mirror(driver, one);
    if (g_str_equal(command, "mirrored"))
        return wait_for(driver, is_mirror_over, NULL);
    if (g_str_equal(command, "whole"))
        return wait_for(driver, is_lacking_nothing, one);
    if (g_str_equal(command, "lacking"))
        return do_lacking(driver, one);
    if (g_str_equal(command, "keep"))
        return do_keep(driver, one, two);
    if (g_str_equal(command, "cache"))
        return engine_set_body_cache(driver->engine, (guint64) atoll(one)), TRUE;
    if (g_str_equal(command, "intents"))
        return do_intents(driver);
    if (g_str_equal(command, "turn"))
        return do_turn(driver);
    if (g_str_equal(command, "memory"))
        return do_memory();
    printf("what is \"%s\"?\n", command);
    return FALSE;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) accounts = argc >= 3 ? accounts_load(argv[1], &error) : NULL;
    if (accounts == NULL) {
        fprintf(stderr, "engine-driver: %s\n", error != NULL ? error->message : "usage");
        return 78;
    }
    Driver driver = { .state = ACCOUNT_OFFLINE };
    EngineOptions options = { .store_path = argv[2], .offline = argc > 3 && g_str_equal(argv[3], "offline"), .answer_ms = argc > 4 ? (guint) atoi(argv[4]) : 0 };
    g_autofree char *pins = g_strconcat(argv[2], ".pins", NULL);
    options.pins_path = pins;
    driver.engine = engine_new(&options, accounts, hear, &driver, &error);
    if (driver.engine == NULL) {
        printf("error %s\n", error->message);
        return 75;
    }
    driver.reader = store_reader_open(argv[2], &error);
    g_autoptr(StoreAccount) account = store_reader_account_by_name(driver.reader, ((Account *) g_ptr_array_index(accounts, 0))->name);
    driver.account_id = account->id;
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        g_auto(GStrv) words = g_strsplit(g_strstrip(line), "\t", -1);
        if (words[0] == NULL || g_str_equal(words[0], "quit"))
            break;
        if (run(&driver, words))
            printf("ok\n");
        else
            printf("error %s\n", driver.words != NULL ? driver.words : "");
        fflush(stdout);
    }
    store_reader_close(driver.reader);
    engine_stop(driver.engine);
    g_free(driver.words);
    return 0;
}
