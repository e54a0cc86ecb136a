#include "config.h"

#include "engine/server_search_private.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/finder.h"
#include "engine/match.h"
#include "engine/views.h"

/* Found UIDs that are looked at in one turn of the loop. */
#define SLICE 100

/* --- life ---------------------------------------------------------------------------------------------------- */

ServerSearch *server_search_ref(ServerSearch *search)
{
    search->references++;
    return search;
}

static void free_place(gpointer data)
{
    Place *place = data;
    store_mailbox_free(place->mailbox);
    search_program_free(place->program);
    imap_uidset_free(place->found);
    imap_uidset_free(place->missing);
    g_free(place->words);
    g_free(place);
}

void server_search_unref(ServerSearch *search)
{
    if (--search->references > 0)
        return;
    engine_clear_source(&search->looking);
    g_ptr_array_unref(search->places);
    query_unref(search->query);
    g_strfreev(search->own_addresses);
    g_free(search);
}

/* --- telling ------------------------------------------------------------------------------------------------- */

static void tell_where(const ServerSearch *search, const StoreMailbox *mailbox, EngineSearched where, guint64 hits, guint64 more, const char *words)
{
    Change *change = change_new(CHANGE_SEARCHED);
    change->view_id = search->view_id;
    change->account_id = mailbox->account_id;
    change->mailbox_id = mailbox->id;
    change->searched = where;
    change->count = hits;
    change->unknown = more;
    change->finished = where != ENGINE_SEARCHED_NOT_YET;
    change->error = g_strdup(words);
    engine_tell(search->engine, change);
}

/* The search may be gone behind it. */
static void finish_if_through(ServerSearch *search)
{
    Engine *engine = search->engine;
    gint64 view_id = search->view_id;
    if (search->open > 0 || search->stopped)
        return;
    search->stopped = TRUE;
    g_ptr_array_remove(engine->server_searches, search);
    views_end_elsewhere(engine, view_id, NULL);
}

void place_end_if_through(Place *place)
{
    ServerSearch *search = place->search;
    gboolean asked = place->below <= 1 || place->failed;
    if (place->ended || !asked || place->in_flight > 0 || place->fetching || !imap_uidset_is_empty(place->found))
        return;
    if (!imap_uidset_is_empty(place->missing) && !place->failed && !search->stopped) {
        if (!place->fetched) {
            server_search_fetch(place);
            return;
        }
        imap_uidset_clear(place->missing); /* gone by now, or others are called so: GNU imap4d forgets UIDs that it gave behind EXAMINE */
        if (!place->asked_anew) {
            place->asked_anew = TRUE;
            place->fetched = FALSE;
            place->below = G_MAXUINT32;
            place->width = 0;
            server_search_ask(search, engine_account_by_id(search->engine, place->account_id), place);
            return;
        }
    }
    place->ended = TRUE;
    if (!search->stopped)
        tell_where(search, place->mailbox, place->failed ? ENGINE_SEARCHED_NOT_THERE : ENGINE_SEARCHED_SERVER, place->hits, place->more, place->words);
    g_assert(search->open > 0);
    search->open--;
    finish_if_through(search); /* its caller holds it */
}

void place_failed(Place *place, const char *words)
{
    place->failed = TRUE;
    if (place->words == NULL)
        place->words = g_strdup(words);
}

/* --- what was found ------------------------------------------------------------------------------------------ */

/* What the row says against it counts; what it cannot tell, the server has told. */
static gboolean is_hit(const Place *place, const Finder *finder, const StoreListRow *row)
{
    const ServerSearch *search = place->search;
    MatchAsked asked = { .reader = search->engine->reader, .row = row, .flags = row->flags, .keywords = row->keywords,
                         .own_addresses = search->own_addresses, .finder = finder };
    if (!search->filtered && place->program->whole)
        return TRUE;
    QueryAnswer answer = match_ask(search->query, &asked);
    if (answer != QUERY_UNKNOWN || place->program->whole)
        return answer != QUERY_NO;
    asked.told = place->program->told;
    return match_ask(search->query, &asked) == QUERY_YES;
}

static void look_at(Place *place, const Finder *finder, guint32 uid, GArray *hits)
{
    Engine *engine = place->search->engine;
    gint64 id = store_writer_message_by_uid(engine->writer, place->mailbox->id, uid);
    if (id == 0)
        return; /* gone this moment */
    StoreListSpec spec = { .mailbox_id = place->mailbox->id, .order = STORE_ORDER_DATE };
    g_autoptr(StoreListRow) row = store_reader_row(engine->reader, &spec, id);
    if (row != NULL && is_hit(place, finder, row)) {
        g_array_append_val(hits, id);
        place->hits++;
    }
}

static Place *next_found(const ServerSearch *search)
{
    for (guint i = 0; i < search->places->len; i++) {
        Place *place = g_ptr_array_index(search->places, i);
        if (!imap_uidset_is_empty(place->found))
            return place;
    }
    return NULL;
}

static gboolean look_at_found(gpointer data)
{
    ServerSearch *search = data;
    Engine *engine = search->engine;
    Place *place = search->stopped ? NULL : next_found(search);
    if (place == NULL) {
        g_clear_pointer(&search->looking, g_source_unref);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(ImapUidSet) uids = imap_uidset_take_last(place->found, SLICE);
    /* What came meanwhile is newer than any finder before. */
    g_autoptr(Finder) finder = search->by_words && search->filtered ? finder_new(engine->reader, search->query, search->own_addresses, NULL) : NULL;
    ImapUidIter iter = { 0 };
    for (guint32 uid; (uid = imap_uidset_next(uids, &iter)) != 0;)
        look_at(place, finder, uid, hits);
    server_search_ref(search);
    if (hits->len > 0)
        views_found_elsewhere(engine, search->view_id, (const gint64 *) (gpointer) hits->data, hits->len);
    place_end_if_through(place);
    server_search_unref(search);
    return G_SOURCE_CONTINUE;
}

/* Only UIDs that are here are looked at one by one: a server may say 1:4294967295. */
static void sort_out(Place *place, const ImapUidSet *uids)
{
    g_autoptr(GArray) stored = store_writer_uids(place->search->engine->writer, place->mailbox->id);
    g_autoptr(ImapUidSet) here = imap_uidset_new_from_uids((const guint32 *) (gpointer) stored->data, stored->len);
    g_autoptr(ImapUidSet) missing = imap_uidset_copy(uids);
    g_autoptr(ImapUidSet) found = imap_uidset_intersect(uids, here);
    imap_uidset_remove_set(missing, here);
    imap_uidset_add_set(place->missing, missing);
    imap_uidset_add_set(place->found, found);
}

void place_found(Place *place, const ImapUidSet *uids)
{
    ServerSearch *search = place->search;
    if (search->stopped)
        return;
    if (uids != NULL)
        sort_out(place, uids);
    if (imap_uidset_is_empty(place->found) || search->looking != NULL)
        return;
    search->looking = g_idle_source_new();
    g_source_set_priority(search->looking, ENGINE_PRIORITY_SOCKET + 1);
    g_source_set_callback(search->looking, look_at_found, search, NULL);
    g_source_attach(search->looking, search->engine->context);
}

/* --- where --------------------------------------------------------------------------------------------------- */

static Place *place_new(ServerSearch *search, EngineAccount *account, StoreMailbox *mailbox)
{
    SearchPlace names = { .mailbox = mailbox->name, .account = account->config->name,
                          .own_addresses = (const char *const *) search->own_addresses, .by_words = search->by_words,
                          .only_ascii = account->searches_ascii };
    Place *place = g_new0(Place, 1);
    *place = (Place){ .search = search, .account_id = account->id, .mailbox = mailbox, .program = search_program_new(search->query, &names),
                      .below = G_MAXUINT32, .found = imap_uidset_new(), .missing = imap_uidset_new() };
    return place;
}

static gboolean needs_texts(const ServerSearch *search)
{
    return (query_needs(search->query) & (QUERY_NEEDS_BODY | QUERY_NEEDS_HEADER | QUERY_NEEDS_STRUCTURE)) != 0;
}

/* NULL: the server is asked. Else why not, "" for: all of it is here. */
static const char *why_not(const Place *place, const EngineAccount *account, EngineSearchWhere where)
{
    const ServerSearch *search = place->search;
    gboolean complete = place->mailbox->complete && (search->texts_here || !needs_texts(search));
    if (account->local != NULL || account->config->receive->scheme == ACCOUNT_SCHEME_POP3)
        return "";
    if (where == ENGINE_SEARCH_AUTO && complete)
        return "";
    if (where == ENGINE_SEARCH_HERE)
        return complete ? "" : _("as you asked");
    if (place->program->kind == SEARCH_PROGRAM_ANYTHING)
        return _("a server cannot be asked this");
    AccountState state = account->status.state;
    if (!account->engine->online || state == ACCOUNT_OFFLINE || state == ACCOUNT_STOPPED || state == ACCOUNT_WAITING)
        return _("no connection");
    return NULL;
}

static gboolean is_covered(const StoreMailbox *mailbox, const GPtrArray *mailboxes)
{
    if (mailbox->role == MAILBOX_ROLE_ALL || mailbox->role == MAILBOX_ROLE_TRASH || mailbox->role == MAILBOX_ROLE_JUNK)
        return FALSE;
    for (guint i = 0; i < mailboxes->len; i++)
        if (((const StoreMailbox *) g_ptr_array_index(mailboxes, i))->role == MAILBOX_ROLE_ALL)
            return TRUE; /* a label: what it shows is found there */
    return FALSE;
}

static void consider(ServerSearch *search, EngineAccount *account, StoreMailbox *mailbox, EngineSearchWhere where)
{
    Place *place = place_new(search, account, mailbox);
    if (place->program->kind == SEARCH_PROGRAM_NOTHING) {
        free_place(place);
        return;
    }
    const char *words = why_not(place, account, where);
    if (words != NULL) {
        tell_where(search, mailbox, *words == '\0' ? ENGINE_SEARCHED_HERE : ENGINE_SEARCHED_NOT_THERE, 0, 0, *words == '\0' ? NULL : words);
        free_place(place);
        return;
    }
    tell_where(search, mailbox, ENGINE_SEARCHED_NOT_YET, 0, 0, NULL);
    g_ptr_array_add(search->places, place);
    search->open++;
}

static void consider_account(ServerSearch *search, EngineAccount *account, gint64 only, EngineSearchWhere where)
{
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(search->engine->reader, account->id);
    gboolean labels = account->link != NULL && engine_account_can(account, IMAP_CAP_GMAIL);
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        if ((mailbox->attributes & MAILBOX_NO_SELECT) != 0 || (only != 0 && mailbox->id != only) ||
            (only == 0 && labels && is_covered(mailbox, mailboxes)))
            continue;
        consider(search, account, store_reader_mailbox(search->engine->reader, mailbox->id), where);
    }
}

static gboolean has_all_texts(Engine *engine)
{
    g_autoptr(IdSet) missing = store_reader_text_not_indexed(engine->reader);
    return id_set_count(missing) == 0;
}

void server_search_begin(Engine *engine, gint64 view_id, gint64 mailbox_id, Query *query, gboolean by_words, EngineSearchWhere where)
{
    ServerSearch *search = g_new0(ServerSearch, 1);
    g_autoptr(GPtrArray) configs = g_ptr_array_new();
    for (guint i = 0; i < engine->accounts->len; i++)
        g_ptr_array_add(configs, ((EngineAccount *) g_ptr_array_index(engine->accounts, i))->config);
    *search = (ServerSearch){ .references = 1, .engine = engine, .view_id = view_id, .query = query_ref(query), .by_words = by_words,
                              .filtered = where != ENGINE_SEARCH_SERVER, .own_addresses = match_own_addresses(configs) };
    search->places = g_ptr_array_new_with_free_func(free_place);
    search->texts_here = by_words && has_all_texts(engine);
    g_ptr_array_add(engine->server_searches, search);
    if (!views_begin_elsewhere(engine, view_id)) {
        g_ptr_array_remove(engine->server_searches, search);
        return;
    }
    search->open++; /* held until all were considered */
    for (guint i = 0; i < engine->accounts->len; i++)
        consider_account(search, g_ptr_array_index(engine->accounts, i), mailbox_id, where);
    for (guint i = 0; i < engine->accounts->len; i++)
        server_search_ask(search, g_ptr_array_index(engine->accounts, i), NULL);
    search->open--;
    finish_if_through(search);
}

/* --- ending -------------------------------------------------------------------------------------------------- */

void server_search_free(gpointer data)
{
    ServerSearch *search = data;
    search->stopped = TRUE;
    server_search_unref(search);
}

void server_search_stop(Engine *engine, gint64 view_id)
{
    for (guint i = engine->server_searches->len; i > 0; i--) {
        ServerSearch *search = g_ptr_array_index(engine->server_searches, i - 1);
        if (search->view_id == view_id)
            g_ptr_array_remove_index(engine->server_searches, i - 1);
    }
}

void server_search_account_lost(EngineAccount *account, const char *words)
{
    GPtrArray *searches = account->engine->server_searches;
    for (guint i = searches != NULL ? searches->len : 0; i > 0; i--) {
        ServerSearch *search = server_search_ref(g_ptr_array_index(searches, i - 1));
        for (guint k = 0; k < search->places->len; k++) {
            Place *place = g_ptr_array_index(search->places, k);
            if (place->account_id != account->id || place->ended)
                continue;
            place_failed(place, words != NULL ? words : _("no connection"));
            place->fetching = FALSE; /* its job finds out when it begins */
            place_end_if_through(place);
        }
        server_search_unref(search);
    }
}
