/* The policy, and the proof: a letter is deleted on the server when it is due, when its copy here reads back with the octets and the
 * digest that were received, and when the server still means that letter by its number. Then DELE, and QUIT, which carries it out.
 */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/pop_run_private.h"

#define DAY_S (24 * 3600)
#define PROVE_LETTERS 20 /* in one turn, */
#define PROVE_OCTETS (1 << 20) /* or so much */

/* --- the policy -------------------------------------------------------------------------------------- */

gint64 pop_due(const PopPolicy *policy, const PopLetter *letter, gboolean beyond_newest)
{
    gint64 due = 0;
    if (letter->words != NULL || letter->stored == 0 || (letter->copy != POP_COPY_WHOLE && letter->decided == 0))
        return 0;
    if (policy->kind == POP_POLICY_DELETE || beyond_newest)
        due = letter->stored;
    else if (policy->limits.days > 0)
        due = MAX(letter->first_seen + (gint64) policy->limits.days * DAY_S, letter->stored);
    if (policy->delete_with_local && letter->decided != 0 && (due == 0 || letter->decided + POP_DECIDED_SECONDS < due))
        due = letter->decided + POP_DECIDED_SECONDS;
    return due;
}

/* Decides of all that are there; the newest stand last. */
static void find_due(PopRun *run)
{
    const PopPolicy *policy = &run->account->config->pop;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC; /* fetching may have taken hours */
    guint64 newer = 0;
    for (guint i = run->listed->len; i > 0; i--) {
        PopListed *listed = &g_array_index(run->listed, PopListed, i - 1);
        PopLetter *letter = listed->letter;
        newer += MIN(listed->size, (guint64) G_MAXINT64 / 4);
        newer = MIN(newer, (guint64) G_MAXINT64 / 2);
        if (letter == NULL)
            continue;
        gint64 due = pop_due(policy, letter, policy->kind == POP_POLICY_LEAVE && policy->limits.bytes > 0 && newer > policy->limits.bytes);
        if (due != letter->due) {
            letter->due = due;
            pop_run_changed(run, letter);
        }
        if (due != 0 && due <= now && !run->renumbered)
            g_ptr_array_add(run->due, listed);
    }
}

/* --- the end ------------------------------------------------------------------------------------------ */

static void tell_unproved(PopRun *run)
{
    if (run->unproved == 0)
        return;
    g_autofree char *words = g_strdup_printf(ngettext("%u letter stays on the server of %s: its copy here is missing or was changed. See “malle pop-ledger”.",
                                                      "%u letters stay on the server of %s: their copies here are missing or were changed. See “malle pop-ledger”.",
                                                      run->unproved),
                                             run->unproved, run->account->config->name);
    engine_tell_notice(run->account->engine, run->account->id, words);
}

/* What the server wants from those who come back (LOGIN-DELAY), and how long it keeps letters (EXPIRE). */
static void note_server(PopRun *run)
{
    const PopCapabilities *capabilities = pop_link_capabilities(run->link);
    StoreWriter *writer = run->account->engine->writer;
    PopServerFacts facts = pop_ledger_server(writer, run->account->id), now = facts;
    gboolean expires = pop_can(capabilities, POP_CAP_EXPIRE) && capabilities->expire_days != POP_EXPIRE_NEVER;
    now.login_delay = capabilities->login_delay;
    now.expire_days = expires ? (int) MIN(capabilities->expire_days, 36500u) : -1;
    if (now.login_delay == facts.login_delay && now.expire_days == facts.expire_days)
        return;
    pop_ledger_set_server(writer, run->account->id, &now, NULL);
    if (!expires || now.expire_days == facts.expire_days || run->account->config->pop.kind == POP_POLICY_DELETE)
        return;
    g_autofree char *words =
        now.expire_days == 0
            ? g_strdup_printf(_("The server of %s deletes letters when they have been fetched, whatever pop-policy says."), run->account->config->name)
            : g_strdup_printf(ngettext("The server of %s keeps letters for %d day, whatever pop-policy says.",
                                       "The server of %s keeps letters for %d days, whatever pop-policy says.", (gulong) now.expire_days),
                              run->account->config->name, now.expire_days);
    engine_tell_notice(run->account->engine, run->account->id, words);
}

static void quit_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    PopRun *run = user;
    if (run->over || (done != POP_DONE_OK && done != POP_DONE_REFUSED))
        return; /* nobody knows: the letters stand as being deleted until the next log-in */
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    for (guint i = 0; done == POP_DONE_OK && i < run->leaving->len; i++) {
        PopLetter *letter = ((PopListed *) g_ptr_array_index(run->leaving, i))->letter;
        if (letter->place != POP_PLACE_DELETING)
            continue;
        letter->place = POP_PLACE_DELETED;
        letter->gone = now;
        run->deleted++;
        pop_run_changed(run, letter);
    }
    if (done == POP_DONE_REFUSED && run->leaving->len > 0) {
        g_autofree char *words = g_strdup_printf(_("The server of %s did not delete all letters that it was asked to: “%s”."),
                                                 run->account->config->name, text->text);
        engine_tell_notice(run->account->engine, run->account->id, words);
    }
    if (run->changed->len == 0 || pop_run_write(run, FALSE))
        pop_run_finish(run);
}

static void quit(PopRun *run)
{
    note_server(run);
    tell_unproved(run);
    pop_link_send(run->link, POP_QUIT, 0, 0, quit_answered, run);
}

/* --- deleting there --------------------------------------------------------------------------------------- */

static void dele_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    PopListed *listed = user;
    if (listed->run->over || done != POP_DONE_REFUSED)
        return;
    g_info("account %s: DELE %u was refused: %s", listed->run->account->config->name, listed->number, text->text);
    listed->letter->place = POP_PLACE_THERE;
    pop_run_changed(listed->run, listed->letter);
}

/* In the ledger first: whatever happens then, the next log-in looks whether they are still there. */
static void delete_there(PopRun *run)
{
    for (guint i = 0; i < run->leaving->len; i++) {
        PopLetter *letter = ((PopListed *) g_ptr_array_index(run->leaving, i))->letter;
        letter->place = POP_PLACE_DELETING;
        pop_run_changed(run, letter);
    }
    if (run->changed->len > 0 && !pop_run_write(run, run->leaving->len > 0))
        return;
    for (guint i = 0; i < run->leaving->len && !pop_link_is_doomed(run->link); i++) {
        PopListed *listed = g_ptr_array_index(run->leaving, i);
        pop_link_send(run->link, POP_DELE, listed->number, 0, dele_answered, listed);
    }
    quit(run);
}

/* --- does the number still mean that letter? ------------------------------------------------------------------ */

static void confirmed(PopRun *run, PopListed *listed, const char *digest)
{
    if (digest == NULL || strcmp(digest, listed->letter->header_sha256) == 0) {
        g_ptr_array_add(run->leaving, listed);
    } else { /* the UIDL is another letter's by now: that one is fetched next time */
        listed->letter->place = POP_PLACE_GONE;
        listed->letter->gone = run->now;
        pop_run_changed(run, listed->letter);
    }
    if (--run->unanswered == 0 && !run->over)
        delete_there(run);
}

/* One that was fetched in this session is that letter. Of others the header is asked for: a UIDL may have been given to another letter. */
static void confirm_all(PopRun *run)
{
    g_autoptr(GPtrArray) proved = g_steal_pointer(&run->due);
    run->due = g_ptr_array_new();
    run->unanswered = 1;
    for (guint i = 0; i < proved->len && !pop_link_is_doomed(run->link); i++) {
        PopListed *listed = g_ptr_array_index(proved, i);
        run->unanswered++;
        if (listed->fetched || listed->header != NULL || listed->letter->header_sha256 == NULL)
            confirmed(run, listed, NULL);
        else
            pop_run_ask_header(run, listed, confirmed);
    }
    if (--run->unanswered == 0 && !run->over && !pop_link_is_doomed(run->link))
        delete_there(run);
}

/* --- does the copy read back? ----------------------------------------------------------------------------------- */

static gboolean is_proved(PopRun *run, PopLetter *letter)
{
    g_autofree char *path = pop_run_find_copy(run, letter);
    g_autoptr(GError) error = NULL;
    if (letter->decided != 0 && (path == NULL || letter->copy == POP_COPY_HEADER))
        return path == NULL; /* deleted here, by a decision; in the Trash there is more to be had of it */
    if (path == NULL || letter->copy != POP_COPY_WHOLE || !local_reads_back(path, letter->octets, letter->sha256, &error)) {
        letter->copy = path == NULL ? POP_COPY_MISSING : POP_COPY_DIFFERS;
        letter->due = 0;
        run->unproved++;
        pop_run_changed(run, letter);
        return FALSE;
    }
    letter->verified = g_get_real_time() / G_USEC_PER_SEC;
    return TRUE;
}

static gboolean prove_slice(gpointer data)
{
    PopRun *run = data;
    guint64 octets = 0;
    for (guint n = 0; run->next < run->due->len && n < PROVE_LETTERS && octets < PROVE_OCTETS; n++) {
        PopListed *listed = g_ptr_array_index(run->due, run->next);
        octets += listed->letter->octets;
        if (is_proved(run, listed->letter))
            run->next++;
        else
            g_ptr_array_remove_index(run->due, run->next);
    }
    if (run->next < run->due->len)
        return G_SOURCE_CONTINUE;
    engine_clear_source(&run->turn);
    confirm_all(run);
    return G_SOURCE_REMOVE;
}

void pop_settle_begin(PopRun *run)
{
    run->next = 0;
    run->looked = FALSE;
    find_due(run);
    pop_run_slice(run, prove_slice);
}
