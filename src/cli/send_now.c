/* A letter on its way where no Malle runs: the engine without a screen takes it from the spool, and is watched until it is known
 * what became of the letter and of the copy that is kept of it. */
#include "config.h"

#include "cli/send.h"

#include "base/i18n.h"
#include "cli/headless.h"

typedef struct {
    Headless *headless;
    gint64 intent_id;
    gboolean cut_off;        /* the account's mailboxes cannot be reached: its copy waits */
    DecisionKind unanswered; /* the last question that got no answer */
    gboolean asked;
    gboolean answered;       /* a question was answered, and what waited for that has not gone on yet */
} Watch;

/* SPOOL_TAKEN: it is under way. */
static SpoolVerdict verdict_of(const Intent *intent)
{
    switch (intent->state) {
    case INTENT_DONE:
        return SPOOL_SENT;
    case INTENT_UNKNOWN:
        return SPOOL_UNKNOWN;
    case INTENT_FAILED:
    case INTENT_CONFLICT:
    case INTENT_UNDONE:
        return SPOOL_REFUSED;
    case INTENT_PENDING:
        return intent->error != NULL || MAX(intent->release_at, intent->not_before) > g_get_real_time() ? SPOOL_LATER : SPOOL_TAKEN;
    case INTENT_SENDING:
        break;
    }
    return SPOOL_TAKEN;
}

static SpoolVerdict look(const Watch *watch, char **words)
{
    g_autoptr(Intent) intent = store_reader_intent(watch->headless->reader, watch->intent_id);
    if (intent == NULL) /* done, and cleared away */
        return SPOOL_SENT;
    g_free(*words);
    *words = g_strdup(intent->error != NULL ? intent->error : "");
    return verdict_of(intent);
}

/* An APPEND that was decided behind the letter. */
static gboolean copy_waits(const Watch *watch)
{
    g_autoptr(GPtrArray) waiting = store_reader_intents(watch->headless->reader, 1u << INTENT_PENDING | 1u << INTENT_SENDING, 1000);
    for (guint i = 0; i < waiting->len; i++) {
        const Intent *intent = g_ptr_array_index(waiting, i);
        if (intent->kind == INTENT_APPEND && intent->id > watch->intent_id)
            return TRUE;
    }
    return FALSE;
}

static void hear(Watch *watch, const Change *change)
{
    if (change->kind == CHANGE_ACCOUNT && change->status != NULL)
        watch->cut_off = change->status->state == ACCOUNT_WAITING || change->status->state == ACCOUNT_STOPPED;
    if (change->kind == CHANGE_INTENT && change->intent_id == watch->intent_id)
        watch->answered = FALSE;
    if (change->kind != CHANGE_DECISION || change->decision == NULL)
        return;
    watch->answered = watch->headless->answered;
    watch->asked = !watch->headless->answered;
    watch->unanswered = change->decision->kind;
}

/* TRUE: it was the answer to headless_mark(). */
static gboolean hear_next(Watch *watch)
{
    g_autoptr(Change) change = headless_next(watch->headless);
    hear(watch, change);
    return change->kind == CHANGE_WIRE && change->cost != NULL && g_strcmp0(change->cost->action, "total") == 0;
}

/* The reason why the letter waits is told before the question to the person that may end it: that is put before giving up. */
static gboolean goes_on(Watch *watch)
{
    headless_mark(watch->headless);
    while (!hear_next(watch))
        ;
    while (watch->answered)
        hear_next(watch);
    return !watch->asked;
}

static SpoolVerdict watch_letter(Watch *watch, char **words)
{
    SpoolVerdict verdict;
    gboolean settled = FALSE;
    for (;;) {
        verdict = look(watch, words);
        if (verdict == SPOOL_LATER && !settled) {
            settled = !goes_on(watch) || look(watch, words) == SPOOL_LATER;
            continue;
        }
        if (verdict != SPOOL_TAKEN && (verdict != SPOOL_SENT || watch->cut_off || !copy_waits(watch)))
            return verdict;
        hear_next(watch);
    }
}

/* What keeps it here needs the person: said by the exit status. */
static ExitCode status_of(const Watch *watch, SpoolVerdict verdict)
{
    if (verdict != SPOOL_LATER || !watch->asked)
        return EXIT_CODE_TEMPORARY;
    return watch->unanswered == DECISION_CERTIFICATE ? EXIT_CODE_PROTOCOL : EXIT_CODE_NO_PERMISSION;
}

SpoolVerdict send_now(const CliSettings *settings, Options *options, GPtrArray *accounts, const char *id, char **words, ExitCode *later)
{
    g_autoptr(GError) error = NULL;
    Watch watch = { .headless = headless_open_with(settings, options, accounts, &error) };
    if (watch.headless == NULL) {
        *words = g_strdup(error->message);
        return engine_error_is_transient(error) ? SPOOL_NOBODY : SPOOL_KEPT;
    }
    /* Our own bell: the engine's thread says which decision it became. */
    SpoolVerdict verdict = spool_ring(watch.headless->store_path, id, FALSE, words);
    watch.intent_id = verdict == SPOOL_TAKEN ? g_ascii_strtoll(*words, NULL, 10) : 0;
    if (verdict == SPOOL_TAKEN)
        verdict = watch_letter(&watch, words);
    *later = status_of(&watch, verdict);
    headless_close(watch.headless);
    return verdict;
}
