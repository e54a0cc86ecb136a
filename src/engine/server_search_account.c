/* One account's part of a search on servers: what is sent, in how large pieces, and in which mailboxes.
 *
 * A server without an index reads every message that it is asked about, so a large mailbox is asked in slices of UIDs, the newest first, three
 * in flight: results come early, and what the person wants meanwhile, or that nobody wants to know any more, waits for one slice. Mailboxes
 * that are not open are visited in rounds of one write each (excursion.h), or asked by MULTISEARCH.
 */
#include "config.h"

#include "engine/server_search_private.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/excursion.h"
#include "engine/fetches.h"
#include "engine/refusal.h"
#include "engine/remembered.h"
#include "engine/search_command.h"
#include "engine/selected.h"

#define WHOLE 2000           /* messages: not cut into slices */
#define FIRST_SLICE 1000
#define LARGEST_SLICE 20000
#define SLICES_IN_FLIGHT 3
#define ROUND_MAILBOXES 20
#define ROUND_MESSAGES 30000 /* looked at by the server before it is back in the open mailbox */
#define SUMMARIES 500        /* of a mailbox, at most, that are fetched because they were found */
#define EVERYWHERE_OCTETS 2000

typedef struct {
    ServerSearch *search;
    GPtrArray *places; /* of Place*, not owned */
    guint in_flight;
    gboolean away;     /* a round is under way */
    gboolean pumping;
} AccountSearch;

/* A command, and what it was about. */
typedef struct {
    Job *job;
    GPtrArray *places;   /* of Place*: one, but for MULTISEARCH */
    guint32 first, last; /* UIDs, of one place */
    enum { ASKED_SLICE, ASKED_NEWEST, ASKED_EVERYWHERE } how;
    ImapCap stands_on;   /* a server without it answers BAD; IMAP_CAP_COUNT: on nothing */
    GPtrArray *uids;     /* EVERYWHERE: of ImapUidSet*, found so far in each; NEWEST: one */
} Asked;

static void pump(Job *job);

/* --- what is asked ------------------------------------------------------------------------------------------- */

static gboolean is_selected(EngineAccount *account, const Place *place)
{
    return selected_is(account, place->mailbox->id);
}

static gboolean is_waiting(const Place *place)
{
    return !place->ended && !place->failed && place->below > 1 && !place->search->stopped;
}

/* Nothing of it was ever here: of what is found only the newest is fetched, and the server that can is asked for no more. */
static gboolean is_unseen(const Place *place)
{
    return place->mailbox->synced_at == 0 && !place->mailbox->complete;
}

static gboolean can_partial(EngineAccount *account)
{
    return engine_account_can(account, IMAP_CAP_ESEARCH) && engine_account_can(account, IMAP_CAP_PARTIAL);
}

static gboolean can_sort_partial(EngineAccount *account)
{
    return engine_account_can(account, IMAP_CAP_SORT) && engine_account_can(account, IMAP_CAP_ESORT) &&
           (engine_account_can(account, IMAP_CAP_CONTEXT_SEARCH) || engine_account_can(account, IMAP_CAP_PARTIAL));
}

static guint64 messages_of(EngineAccount *account, const Place *place)
{
    return is_selected(account, place) ? account->selected->exists : MAX(place->mailbox->server_messages, place->mailbox->shown_total);
}

/* UIDs for so many messages, as far as gaps lie evenly. */
static guint64 width_of(EngineAccount *account, const Place *place, guint64 messages)
{
    guint64 all = MAX(messages_of(account, place), 1), uidnext = place->mailbox->uidnext;
    return messages * MAX(uidnext / all, 1);
}

/* The next slice; FALSE: the mailbox is asked whole. */
static gboolean next_slice(EngineAccount *account, Place *place, guint32 *first, guint32 *last)
{
    guint32 uidnext = is_selected(account, place) ? account->selected->uidnext : place->mailbox->uidnext;
    *first = 1;
    *last = G_MAXUINT32;
    if (place->below == G_MAXUINT32 && (messages_of(account, place) <= WHOLE || uidnext <= 1))
        return FALSE;
    if (place->width == 0)
        place->width = width_of(account, place, FIRST_SLICE);
    guint32 top = place->below == G_MAXUINT32 ? uidnext - 1 : place->below - 1;
    *first = top > place->width ? (guint32) (top - place->width + 1) : 1;
    /* What came since UIDNEXT was told belongs to the first; GNU imap4d finds nothing in "n:*". */
    *last = place->below == G_MAXUINT32 ? G_MAXUINT32 - 1 : top;
    place->width = MIN(place->width * 4, width_of(account, place, LARGEST_SLICE));
    return TRUE;
}

static void free_asked(Asked *asked)
{
    g_ptr_array_unref(asked->places);
    g_ptr_array_unref(asked->uids);
    g_free(asked);
}

static Asked *asked_new(Job *job, Place *place)
{
    Asked *asked = g_new0(Asked, 1);
    *asked = (Asked){ .job = job, .places = g_ptr_array_new(), .stands_on = IMAP_CAP_COUNT, .first = 1, .last = G_MAXUINT32 };
    asked->uids = g_ptr_array_new_with_free_func((GDestroyNotify) imap_uidset_free);
    g_ptr_array_add(asked->places, place);
    g_ptr_array_add(asked->uids, imap_uidset_new());
    return asked;
}

/* --- answers ------------------------------------------------------------------------------------------------- */

/* Not answered, or not understood: to be asked once more. */
static void ask_again(const Asked *asked, Place *place)
{
    place->below = asked->last == G_MAXUINT32 || asked->last == G_MAXUINT32 - 1 ? G_MAXUINT32 : MAX(place->below, asked->last + 1);
    place->width = 0;
}

/* A server that takes no UTF-8 (BADCHARSET, or a BAD for want of a better word) is asked for the rest of the query. */
static gboolean is_refused_charset(EngineAccount *account, const Place *place, const ImapText *text)
{
    return !account->searches_ascii && !g_str_is_ascii(place->program->text) &&
           (text->code == IMAP_CODE_BADCHARSET || text->status == IMAP_STATUS_BAD || text->status == IMAP_STATUS_NO);
}

static void ask_in_ascii(EngineAccount *account, const Place *refused)
{
    ServerSearch *search = refused->search;
    account->searches_ascii = TRUE;
    for (guint i = 0; i < search->places->len; i++) {
        Place *place = g_ptr_array_index(search->places, i);
        if (place->account_id != account->id || place->ended)
            continue;
        SearchPlace names = { .mailbox = place->mailbox->name, .account = account->config->name,
                              .own_addresses = (const char *const *) search->own_addresses, .by_words = search->by_words, .only_ascii = TRUE };
        g_clear_pointer(&place->program, search_program_free);
        place->program = search_program_new(search->query, &names);
        if (place->program->kind != SEARCH_PROGRAM_ASK)
            place_failed(place, _("the server knows no letters but those of ASCII"));
    }
}

/* TRUE: what it stood on is not there after all, and it is asked in another way. */
static gboolean is_misunderstood(EngineAccount *account, const Asked *asked, ImapResult result)
{
    return result == IMAP_RESULT_BAD && asked->stands_on != IMAP_CAP_COUNT &&
           (remembered_wrong(account, result, asked->stands_on) || !engine_account_can(account, asked->stands_on));
}

static void keep_answer(Place *place, const ImapUidSet *uids)
{
    if (place->renumbered)
        imap_uidset_add_set(place->missing, uids); /* SELECT tells the store first */
    else
        place_found(place, uids);
}

static void settle(EngineAccount *account, const Asked *asked, Place *place, ImapResult result, const ImapText *text, const ImapUidSet *uids)
{
    place->in_flight--;
    if (result == IMAP_RESULT_OK) {
        keep_answer(place, uids);
    } else if (!place->failed && (result == IMAP_RESULT_UNKNOWN || (result == IMAP_RESULT_NOT_SENT && !engine_account_is_ready(account)))) {
        ask_again(asked, place);
    } else if (!place->failed && is_misunderstood(account, asked, result)) {
        ask_again(asked, place);
    } else if (!place->failed && is_refused_charset(account, place, text)) {
        ask_again(asked, place);
        ask_in_ascii(account, place);
    } else if (!place->failed && asked->how == ASKED_EVERYWHERE && result == IMAP_RESULT_NO) {
        place->alone = TRUE; /* one of them may not be searched: each by itself then */
        ask_again(asked, place);
    } else if (!place->failed) {
        g_autofree char *said = refusal_words(text);
        g_autofree char *words = g_strdup_printf(_("the server does not search there: “%s”"), said);
        place_failed(place, words);
    }
    place_end_if_through(place);
}

static void answered(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    Asked *asked = user;
    Job *job = asked->job;
    AccountSearch *mine = job->data;
    ServerSearch *search = server_search_ref(mine->search);
    mine->in_flight--;
    for (guint i = 0; i < asked->places->len; i++)
        settle(account, asked, g_ptr_array_index(asked->places, i), result, text,
               asked->how == ASKED_SLICE ? found : g_ptr_array_index(asked->uids, i));
    free_asked(asked);
    if (engine_account_is_ready(account))
        pump(job);
    server_search_unref(search);
}

static void heard_newest(EngineAccount *account, const ImapSearchResult *result, gpointer user)
{
    Asked *asked = user;
    Place *place = g_ptr_array_index(asked->places, 0);
    ImapUidSet *uids = g_ptr_array_index(asked->uids, 0);
    if (!result->uid || result->mailbox != NULL)
        return;
    if (result->partial != NULL)
        imap_uidset_add_set(uids, result->partial);
    guint64 here = imap_uidset_count(uids);
    if ((result->has & IMAP_SEARCH_HAS_COUNT) != 0 && result->count > here)
        place->more = MIN(result->count - here, messages_of(account, place));
}

static void note_uidvalidity(Place *place, guint32 told)
{
    if (told != 0 && place->mailbox->uidvalidity != 0 && told != place->mailbox->uidvalidity)
        place->renumbered = TRUE;
}

static void heard_everywhere(EngineAccount *account, const ImapSearchResult *result, gpointer user)
{
    (void) account;
    Asked *asked = user;
    for (guint i = 0; result->uid && result->mailbox != NULL && result->all != NULL && i < asked->places->len; i++) {
        Place *place = g_ptr_array_index(asked->places, i);
        if (strcmp(place->mailbox->wire_name, result->mailbox) != 0)
            continue;
        note_uidvalidity(place, result->uidvalidity);
        imap_uidset_add_set(g_ptr_array_index(asked->uids, i), result->all);
    }
}

/* --- asking -------------------------------------------------------------------------------------------------- */

static void send(Job *job, Asked *asked, ImapCommand *command, SearchHeard heard)
{
    AccountSearch *mine = job->data;
    for (guint i = 0; i < asked->places->len; i++) {
        Place *place = g_ptr_array_index(asked->places, i);
        place->in_flight++;
        place->below = asked->first;
    }
    mine->in_flight++;
    search_send_command(job->account, job->action, command, heard, answered, asked);
}

/* The newest by their date, where the server sorts; else by their UIDs. */
static void send_newest(Job *job, Place *place)
{
    Asked *asked = asked_new(job, place);
    const ImapSearch *criteria = place->program->criteria;
    gboolean sorts = can_sort_partial(job->account);
    asked->how = ASKED_NEWEST;
    asked->stands_on = sorts ? IMAP_CAP_ESORT : IMAP_CAP_PARTIAL;
    send(job, asked,
         sorts
             ? imap_command_uid_sort("REVERSE DATE", criteria, IMAP_SEARCH_RETURN_COUNT, 1, SUMMARIES)
             : imap_command_uid_search_partial(criteria, IMAP_SEARCH_RETURN_COUNT, -1, -SUMMARIES),
         heard_newest);
}

/* Returns about how many messages the server looks at for it. */
static guint64 send_slice(Job *job, Place *place)
{
    EngineAccount *account = job->account;
    if (is_unseen(place) && place->below == G_MAXUINT32 && (can_sort_partial(account) || can_partial(account))) {
        send_newest(job, place);
        return messages_of(account, place);
    }
    Asked *asked = asked_new(job, place);
    g_autoptr(ImapSearch) criteria = imap_search_new();
    guint64 looked = messages_of(account, place);
    if (next_slice(account, place, &asked->first, &asked->last)) {
        g_autoptr(ImapUidSet) uids = imap_uidset_new_range(asked->first, asked->last);
        imap_search_uids(criteria, uids);
        looked = MIN(looked, asked->last - asked->first);
    }
    imap_search_add(criteria, place->program->criteria);
    if (engine_account_can(account, IMAP_CAP_ESEARCH))
        asked->stands_on = IMAP_CAP_ESEARCH;
    send(job, asked, imap_command_uid_search(criteria, asked->stands_on == IMAP_CAP_ESEARCH ? IMAP_SEARCH_RETURN_ALL : 0), NULL);
    return looked;
}

static void send_selected(Job *job)
{
    const AccountSearch *mine = job->data;
    for (guint i = 0; i < mine->places->len; i++) {
        Place *place = g_ptr_array_index(mine->places, i);
        while (is_selected(job->account, place) && is_waiting(place) && place->in_flight < SLICES_IN_FLIGHT)
            send_slice(job, place);
    }
}

/* --- rounds -------------------------------------------------------------------------------------------------- */

static void round_over(EngineAccount *account, gboolean good, gpointer user)
{
    Job *job = user;
    AccountSearch *mine = job->data;
    mine->away = FALSE;
    if (good && engine_account_is_ready(account))
        pump(job);
}

static void examined(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    Place *place = user;
    note_uidvalidity(place, account->told_uidvalidity);
    account->told_uidvalidity = 0;
    if (result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD) {
        g_autofree char *said = refusal_words(text);
        g_autofree char *words = g_strdup_printf(_("The server does not open %s: “%s”."), place->mailbox->name, said);
        place_failed(place, words);
    }
    place->in_flight--;
}

static Place *next_elsewhere(Job *job)
{
    const AccountSearch *mine = job->data;
    for (guint i = 0; i < mine->places->len; i++) {
        Place *place = g_ptr_array_index(mine->places, i);
        if (!is_selected(job->account, place) && is_waiting(place) && !place->visited)
            return place;
    }
    return NULL;
}

static void send_round(Job *job)
{
    EngineAccount *account = job->account;
    AccountSearch *mine = job->data;
    Selected *selected = account->selected;
    guint64 messages = 0;
    guint mailboxes = 0;
    if (mine->away || next_elsewhere(job) == NULL)
        return;
    mine->away = TRUE;
    Excursion *excursion = excursion_begin(account, job->action);
    for (Place *place; mailboxes < ROUND_MAILBOXES && messages < ROUND_MESSAGES && (place = next_elsewhere(job)) != NULL; mailboxes++) {
        place->in_flight++;
        place->visited = TRUE;
        link_send(account->link, job->action, imap_command_examine(place->mailbox->wire_name, NULL), examined, place);
        while (is_waiting(place) && messages < ROUND_MESSAGES)
            messages += send_slice(job, place);
    }
    for (guint i = 0; i < mine->places->len; i++)
        ((Place *) g_ptr_array_index(mine->places, i))->visited = FALSE;
    excursion_end(excursion, selected != NULL ? selected->known : NULL, selected != NULL ? selected->uidvalidity : 0, round_over, job);
}

/* --- MULTISEARCH --------------------------------------------------------------------------------------------- */

static gboolean may_be_asked_with(EngineAccount *account, const Place *place, const Place *first)
{
    return is_waiting(place) && !place->alone && place->in_flight == 0 && place->below == G_MAXUINT32 && messages_of(account, place) <= LARGEST_SLICE &&
           (first == NULL || strcmp(place->program->text, first->program->text) == 0);
}

/* One command for mailboxes of the same program, as many as a line takes; FALSE: there are none. */
static gboolean send_everywhere(Job *job)
{
    const AccountSearch *mine = job->data;
    Asked *asked = NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    gsize octets = 0;
    for (guint i = 0; i < mine->places->len && octets < EVERYWHERE_OCTETS; i++) {
        Place *place = g_ptr_array_index(mine->places, i);
        if (!may_be_asked_with(job->account, place, asked != NULL ? g_ptr_array_index(asked->places, 0) : NULL))
            continue;
        if (asked == NULL) {
            asked = asked_new(job, place);
        } else {
            g_ptr_array_add(asked->places, place);
            g_ptr_array_add(asked->uids, imap_uidset_new());
        }
        g_ptr_array_add(names, place->mailbox->wire_name);
        octets += strlen(place->mailbox->wire_name) + 3;
    }
    if (asked == NULL)
        return FALSE;
    asked->how = ASKED_EVERYWHERE;
    asked->stands_on = IMAP_CAP_MULTISEARCH;
    const Place *first = g_ptr_array_index(asked->places, 0);
    send(job, asked, imap_command_esearch((const char *const *) names->pdata, names->len, first->program->criteria, IMAP_SEARCH_RETURN_ALL),
         heard_everywhere);
    return TRUE;
}

/* --- the job ------------------------------------------------------------------------------------------------- */

static void send_more(Job *job)
{
    /* What is more urgent and needs another mailbox waits for what is in flight, and for nothing more. */
    if (jobs_urgent_waiting(job->account, job->urgency))
        return;
    while (engine_account_can(job->account, IMAP_CAP_MULTISEARCH) && send_everywhere(job))
        continue;
    send_selected(job);
    send_round(job);
}

static gboolean anything_waits(const AccountSearch *mine)
{
    for (guint i = 0; i < mine->places->len; i++)
        if (is_waiting(g_ptr_array_index(mine->places, i)))
            return TRUE;
    return FALSE;
}

static void pump(Job *job)
{
    AccountSearch *mine = job->data;
    Link *link = job->account->link;
    if (mine->pumping)
        return;
    mine->pumping = TRUE;
    link_hold(link);
    if (!mine->away)
        send_more(job);
    if (link == job->account->link)
        link_release(link);
    mine->pumping = FALSE;
    if (mine->in_flight > 0 || mine->away || !engine_account_is_ready(job->account))
        return;
    if (anything_waits(mine))
        job_yield(job);
    else
        job_done(job);
}

static void start(Job *job)
{
    pump(job);
}

static void free_search(Job *job)
{
    AccountSearch *mine = job->data;
    g_ptr_array_unref(mine->places);
    server_search_unref(mine->search);
    g_free(mine);
}

static const JobClass search_class = { .action = "search", .settled = TRUE, .start = start, .free = free_search };

void server_search_ask(ServerSearch *search, EngineAccount *account, const Place *only)
{
    g_autoptr(GPtrArray) places = g_ptr_array_new();
    for (guint i = 0; i < search->places->len; i++) {
        Place *place = g_ptr_array_index(search->places, i);
        if (place->account_id != account->id || (only != NULL && place != only))
            continue;
        if (is_selected(account, place)) /* what the person looks at comes first */
            g_ptr_array_insert(places, 0, place);
        else
            g_ptr_array_add(places, place);
    }
    if (places->len == 0)
        return;
    AccountSearch *mine = g_new0(AccountSearch, 1);
    *mine = (AccountSearch){ .search = server_search_ref(search), .places = g_steal_pointer(&places) };
    job_add(account, &search_class, JOB_LIST, 0, mine);
    jobs_run(account);
}

/* --- summaries of what was found and is not here ------------------------------------------------------------- */

typedef struct {
    ServerSearch *search;
    Place *place;
    guint in_flight;
    gboolean over;
} Fetch;

static void fetch_over(Fetch *fetch)
{
    Place *place = fetch->place;
    fetch->over = TRUE;
    place->fetching = FALSE;
    place->fetched = TRUE;
    g_autoptr(ImapUidSet) fetched = imap_uidset_copy(place->missing);
    imap_uidset_clear(place->missing);
    place_found(place, fetched);
    place_end_if_through(place);
}

static void summaries_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Job *job = user;
    Fetch *fetch = job->data;
    fetches_summaries_answered(account);
    if (--fetch->in_flight > 0 || result == IMAP_RESULT_UNKNOWN || (result == IMAP_RESULT_NOT_SENT && !engine_account_is_ready(account)))
        return;
    fetch_over(fetch);
    job_done(job);
}

static void start_fetch(Job *job)
{
    Fetch *fetch = job->data;
    if (fetch->search->stopped || fetch->place->ended) {
        job_done(job);
        return;
    }
    g_autoptr(GPtrArray) pieces = imap_uidset_split(fetch->place->missing, LINK_SET_OCTETS);
    g_ptr_array_set_free_func(pieces, (GDestroyNotify) imap_uidset_free);
    fetch->in_flight = pieces->len;
    link_action_add_rows(job->action, (guint) imap_uidset_count(fetch->place->missing));
    for (guint i = pieces->len; i > 0; i--)
        fetches_ask_summaries(job->account, job->action, g_ptr_array_index(pieces, i - 1), summaries_answered, job);
}

static void cannot_fetch(Job *job, const char *words)
{
    Fetch *fetch = job->data;
    place_failed(fetch->place, words);
}

static void free_fetch(Job *job)
{
    Fetch *fetch = job->data;
    if (!fetch->over) {
        fetch->place->fetching = FALSE;
        place_failed(fetch->place, _("the messages found there could not be fetched"));
        place_end_if_through(fetch->place);
    }
    server_search_unref(fetch->search);
    g_free(fetch);
}

static const JobClass fetch_class = {
    .action = "summaries of what was found", .start = start_fetch, .unselectable = cannot_fetch, .free = free_fetch,
};

void server_search_fetch(Place *place)
{
    EngineAccount *account = engine_account_by_id(place->search->engine, place->account_id);
    if (account == NULL)
        return;
    guint64 all = imap_uidset_count(place->missing);
    if (all > SUMMARIES) {
        ImapUidSet *newest = imap_uidset_take_last(place->missing, SUMMARIES);
        imap_uidset_free(place->missing);
        place->missing = newest;
        place->more += MIN(all - SUMMARIES, messages_of(account, place)); /* a server may say 1:4294967295 */
    }
    Fetch *fetch = g_new0(Fetch, 1);
    *fetch = (Fetch){ .search = server_search_ref(place->search), .place = place };
    place->fetching = TRUE;
    job_add(account, &fetch_class, JOB_OPEN, place->mailbox->id, fetch);
    jobs_run(account);
}
