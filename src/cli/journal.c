/* malle journal [--json] [--all] [retry ID | cancel ID | undo ID | change ID MAILBOX | sent ID | draft ID] */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "cli/headless.h"
#include "cli/json.h"
#include "cli/print.h"

enum {
    SHOWN_LIMIT = 10000,
    UNFINISHED = 1 << INTENT_PENDING | 1 << INTENT_SENDING | 1 << INTENT_FAILED | 1 << INTENT_CONFLICT | 1 << INTENT_UNKNOWN,
    NEEDS_PERSON = 1 << INTENT_FAILED | 1 << INTENT_CONFLICT | 1 << INTENT_UNKNOWN,
};

static int usage(void)
{
    cli_complain(_("this is not: malle journal [--json] [--all] [retry ID | cancel ID | undo ID | change ID MAILBOX | sent ID | draft ID]"));
    return EXIT_CODE_USAGE;
}

/* --- showing -------------------------------------------------------------------------------------------- */

static char *mailbox_name(StoreReader *reader, gint64 mailbox_id)
{
    g_autoptr(StoreMailbox) mailbox = mailbox_id != 0 ? store_reader_mailbox(reader, mailbox_id) : NULL;
    return mailbox != NULL ? g_strdup(mailbox->name) : NULL;
}

static const char *state_words(const Intent *intent, IntentState state)
{
    switch (state) {
    case INTENT_PENDING:
        return _("waits for the connection");
    case INTENT_SENDING:
        return _("is being sent");
    case INTENT_DONE:
        return _("is done");
    case INTENT_FAILED:
        return _("was refused by the server");
    case INTENT_CONFLICT:
        return _("is about something that is gone");
    case INTENT_UNKNOWN:
        return intent->kind == INTENT_SEND ? _("may have been sent or not: look, then say sent, retry or draft")
                                           : _("may have reached the server or not: look, then retry or cancel it");
    case INTENT_UNDONE:
        break;
    }
    return _("was taken back");
}

static void say_recipients(const Intent *intent)
{
    for (guint i = 0; intent->recipients != NULL && i < intent->recipients->len; i++) {
        const IntentRecipient *recipient = g_ptr_array_index(intent->recipients, i);
        const char *state = recipient->state == RECIPIENT_ACCEPTED  ? _("accepted by the server")
                            : recipient->state == RECIPIENT_REFUSED ? _("refused")
                                                                    : _("waits");
        if (recipient->words != NULL)
            cli_print("     %s: %s: %s\n", recipient->address, state, recipient->words);
        else
            cli_print("     %s: %s\n", recipient->address, state);
    }
}

static void write_recipients(GString *json, const Intent *intent)
{
    if (intent->recipients == NULL)
        return;
    json_string(json, "sender", intent->sender);
    json_number(json, "not_before", intent->not_before / G_USEC_PER_SEC);
    json_open(json, "recipients", '[');
    for (guint i = 0; i < intent->recipients->len; i++) {
        const IntentRecipient *recipient = g_ptr_array_index(intent->recipients, i);
        json_open(json, NULL, '{');
        json_string(json, "address", recipient->address);
        json_string(json, "state", recipient_state_name(recipient->state));
        json_string(json, "words", recipient->words);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void say_intent(StoreReader *reader, const Intent *intent)
{
    g_autofree char *words = store_reader_intent_words(reader, intent);
    g_autofree char *when = time_format_full(intent->created / G_USEC_PER_SEC);
    cli_print("%" G_GINT64_FORMAT "  %s\n     %s; %s\n", intent->id, words, when, state_words(intent, intent->state));
    if (intent->error != NULL)
        cli_print("     %s\n", intent->error);
    say_recipients(intent);
}

static void write_intent(GString *json, StoreReader *reader, const Intent *intent)
{
    g_autofree char *from = mailbox_name(reader, intent->mailbox_id);
    g_autofree char *to = mailbox_name(reader, intent->target_mailbox_id);
    json_open(json, NULL, '{');
    json_number(json, "id", intent->id);
    json_string(json, "kind", intent_kind_name(intent->kind));
    json_string(json, "state", intent_state_name(intent->state));
    json_string(json, "mailbox", from);
    json_string(json, "target", to);
    json_string(json, "uids", intent->uids);
    json_number(json, "created", intent->created / G_USEC_PER_SEC);
    json_number(json, "tries", intent->tries);
    json_string(json, "error", intent->error);
    write_recipients(json, intent);
    json_close(json, '}');
}

static int show(const CliSettings *settings, gboolean as_json, gboolean all)
{
    ExitCode status = EXIT_CODE_OK;
    g_autoptr(StoreReader) reader = headless_open_reader(settings, &status);
    if (reader == NULL)
        return (int) status;
    g_autoptr(GPtrArray) intents = store_reader_intents(reader, all ? ~0u : UNFINISHED, SHOWN_LIMIT);
    g_autoptr(GString) json = g_string_new(NULL);
    if (as_json)
        json_open(json, NULL, '[');
    else if (intents->len == 0)
        cli_print("%s\n", all ? _("Nothing was decided yet.") : _("Everything that was decided has reached the servers."));
    for (guint i = 0; i < intents->len; i++) {
        const Intent *intent = g_ptr_array_index(intents, i);
        if ((NEEDS_PERSON & 1 << intent->state) != 0)
            status = EXIT_CODE_DATA;
        if (as_json)
            write_intent(json, reader, intent);
        else
            say_intent(reader, intent);
    }
    if (as_json) {
        json_close(json, ']');
        g_string_append_c(json, '\n');
        cli_write(json);
    }
    return (int) status;
}

/* --- changing --------------------------------------------------------------------------------------------- */

/* Waits until the decision is in another state than before, or the engine has answered what was asked behind it. */
static IntentState wait_for_state(Headless *headless, gint64 id, IntentState before)
{
    headless_mark(headless);
    for (;;) {
        g_autoptr(Change) change = headless_next(headless);
        gboolean behind = change->kind == CHANGE_WIRE && change->cost != NULL && g_strcmp0(change->cost->action, "total") == 0;
        if (!behind && (change->kind != CHANGE_INTENT || change->intent_id != id))
            continue;
        g_autoptr(Intent) intent = store_reader_intent(headless->reader, id);
        if (intent == NULL)
            return INTENT_UNDONE;
        if (behind || intent->state != before)
            return intent->state;
    }
}

/* What can be said of one. */
typedef struct {
    const char *word;
    void (*say)(Engine *engine, gint64 intent_id);
    IntentState then; /* when it was taken */
} Verdict;

static const Verdict changes[] = {
    { "retry", engine_retry, INTENT_PENDING },
    { "cancel", engine_cancel_intent, INTENT_UNDONE },
    { "sent", engine_letter_went, INTENT_DONE },
    { "draft", engine_letter_to_drafts, INTENT_UNDONE },
};

/* Offline: what is decided here is sent by the next `malle sync` or by the screen, which show how it goes. */
static Headless *open_offline(const CliSettings *settings, ExitCode *status)
{
    CliSettings offline = *settings;
    offline.offline = TRUE;
    return headless_open(&offline, status);
}

/* NULL, with words, when there is no such decision, or it is over and `states` does not have it. */
static Intent *find_intent(Headless *headless, gint64 id, guint states)
{
    g_autoptr(Intent) intent = store_reader_intent(headless->reader, id);
    if (intent != NULL && (states & 1u << intent->state) != 0)
        return g_steal_pointer(&intent);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, id);
    cli_complain(states == UNFINISHED ? _("there is no unfinished decision %s; “malle journal” lists them")
                                      : _("there is no decision %s; “malle journal --all” lists them"),
                 number);
    return NULL;
}

static int change_state(const CliSettings *settings, gint64 id, const Verdict *wanted)
{
    ExitCode status = EXIT_CODE_OK;
    g_autoptr(Headless) headless = open_offline(settings, &status);
    if (headless == NULL)
        return (int) status;
    g_autoptr(Intent) intent = find_intent(headless, id, UNFINISHED);
    if (intent == NULL)
        return EXIT_CODE_DATA;
    wanted->say(headless->engine, id);
    IntentState now = wait_for_state(headless, id, intent->state);
    gboolean good = now == wanted->then;
    cli_print("%" G_GINT64_FORMAT "  %s\n", id, state_words(intent, now));
    return good ? EXIT_CODE_OK : EXIT_CODE_DATA;
}

/* What was asked under this number is committed, or refused in words. */
static int wait_for_commit(Headless *headless, guint64 submit_id)
{
    for (;;) {
        g_autoptr(Change) change = headless_next(headless);
        if (change->kind != CHANGE_COMMITTED || change->submit_id != submit_id)
            continue;
        if (change->error == NULL)
            return EXIT_CODE_OK;
        cli_complain("%s", change->error);
        return EXIT_CODE_DATA;
    }
}

static int undo(const CliSettings *settings, gint64 id)
{
    ExitCode status = EXIT_CODE_OK;
    g_autoptr(Headless) headless = open_offline(settings, &status);
    if (headless == NULL)
        return (int) status;
    g_autoptr(Intent) intent = find_intent(headless, id, ~0u);
    if (intent == NULL)
        return EXIT_CODE_DATA;
    int code = wait_for_commit(headless, engine_undo(headless->engine, intent->group));
    if (code == EXIT_CODE_OK)
        cli_print("%" G_GINT64_FORMAT "  %s\n", id, state_words(intent, INTENT_UNDONE));
    return code;
}

/* "Plans" in the decision's own account, or "account:Plans". NULL with words. */
static StoreMailbox *find_mailbox(Headless *headless, const Intent *intent, const char *text)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox_by_name(headless->reader, intent->account_id, text);
    const char *colon = strchr(text, ':');
    if (mailbox == NULL && colon != NULL) {
        g_autofree char *name = g_strndup(text, (gsize) (colon - text));
        g_autoptr(StoreAccount) account = store_reader_account_by_name(headless->reader, name);
        mailbox = account != NULL ? store_reader_mailbox_by_name(headless->reader, account->id, colon + 1) : NULL;
    }
    if (mailbox == NULL)
        cli_complain(_("there is no mailbox “%s”"), text);
    return g_steal_pointer(&mailbox);
}

static int change_target(const CliSettings *settings, gint64 id, const char *text)
{
    ExitCode status = EXIT_CODE_OK;
    g_autoptr(Headless) headless = open_offline(settings, &status);
    if (headless == NULL)
        return (int) status;
    g_autoptr(Intent) intent = find_intent(headless, id, UNFINISHED);
    g_autoptr(StoreMailbox) mailbox = intent != NULL ? find_mailbox(headless, intent, text) : NULL;
    if (mailbox == NULL)
        return EXIT_CODE_DATA;
    int code = wait_for_commit(headless, engine_retarget(headless->engine, id, mailbox->id));
    g_autoptr(GPtrArray) newest = code == EXIT_CODE_OK ? store_reader_intents(headless->reader, UNFINISHED, 1) : NULL;
    if (newest != NULL && newest->len > 0)
        say_intent(headless->reader, g_ptr_array_index(newest, 0));
    return code;
}

static int show_or_usage(const CliSettings *settings, int argc, char **argv)
{
    gboolean as_json = FALSE, all = FALSE;
    for (int i = 1; i < argc; i++) {
        gboolean json = strcmp(argv[i], "--json") == 0;
        if (!json && strcmp(argv[i], "--all") != 0)
            return usage();
        as_json |= json;
        all |= !json;
    }
    return show(settings, as_json, all);
}

int cli_journal(const CliSettings *settings, int argc, char **argv)
{
    gint64 id = 0;
    if (argc < 3 || !g_ascii_string_to_signed(argv[2], 10, 1, G_MAXINT64, &id, NULL))
        return show_or_usage(settings, argc, argv);
    if (argc == 4 && strcmp(argv[1], "change") == 0)
        return change_target(settings, id, argv[3]);
    if (argc != 3)
        return usage();
    if (strcmp(argv[1], "undo") == 0)
        return undo(settings, id);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        if (strcmp(argv[1], changes[i].word) == 0)
            return change_state(settings, id, &changes[i]);
    return usage();
}
