/* Which of the letters that the server lists does the ledger know? Nothing is fetched twice and nothing deleted on a guess: where a UIDL is
 * missing, shared, reused or new for an old letter, the header decides (RFC 1939 §7 says that none of it happens; F61).
 */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/pop_run_private.h"

#define SLICE 1000
#define FORGET_AFTER_S (365 * 24 * 3600)

static PopListed *listed_at(PopRun *run, guint index)
{
    return &g_array_index(run->listed, PopListed, index);
}

static void attach(PopRun *run, PopListed *listed, PopLetter *letter)
{
    listed->letter = letter;
    g_hash_table_add(run->seen, letter);
    gboolean changed = letter->place != POP_PLACE_THERE || (listed->size != 0 && letter->size != listed->size);
    letter->place = POP_PLACE_THERE; /* DELE that QUIT did not carry out */
    letter->gone = 0;
    if (listed->size != 0)
        letter->size = listed->size;
    if (changed)
        pop_run_changed(run, letter);
}

/* A letter that was thought gone. */
static void revive(PopRun *run, PopListed *listed, PopLetter *letter)
{
    g_ptr_array_add(run->letters, letter);
    g_hash_table_replace(run->by_uidl, letter->uidl, letter);
    attach(run, listed, letter);
}

static void rename_uidl(PopRun *run, PopLetter *letter, const char *uidl)
{
    if (g_hash_table_lookup(run->by_uidl, letter->uidl) == letter)
        g_hash_table_remove(run->by_uidl, letter->uidl);
    g_free(letter->uidl);
    letter->uidl = g_strdup(uidl);
    g_hash_table_replace(run->by_uidl, letter->uidl, letter);
    pop_run_changed(run, letter);
}

/* --- the end: what is not there any more ------------------------------------------------------------ */

static void mark_gone(PopRun *run, PopLetter *letter)
{
    letter->gone = run->now;
    letter->place = letter->place == POP_PLACE_DELETING ? POP_PLACE_DELETED : POP_PLACE_GONE;
    if (letter->place == POP_PLACE_DELETED)
        run->deleted++;
    else if (letter->copy == POP_COPY_NONE || letter->copy == POP_COPY_HEADER)
        pop_letter_set_words(letter, _("It went from the server before it was here whole."));
    if (g_hash_table_lookup(run->by_uidl, letter->uidl) == letter)
        g_hash_table_remove(run->by_uidl, letter->uidl);
    pop_run_changed(run, letter);
}

/* UIDLs may have been exchanged among letters, and each stands for one row at any moment: all that change step aside first. */
static gboolean write_renamed(PopRun *run)
{
    StoreWriter *writer = run->account->engine->writer;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < run->changed->len; i++) {
        PopLetter *letter = g_ptr_array_index(run->changed, i);
        g_ptr_array_add(names, letter->uidl);
        letter->uidl = g_strdup_printf("moving %" G_GINT64_FORMAT, letter->id);
    }
    gboolean begun = store_writer_begin(writer, &error);
    gboolean ok = begun && pop_ledger_write(writer, (PopLetter *const *) run->changed->pdata, run->changed->len, FALSE, &error);
    for (guint i = 0; i < run->changed->len; i++) {
        PopLetter *letter = g_ptr_array_index(run->changed, i);
        g_free(letter->uidl);
        letter->uidl = g_ptr_array_index(names, i);
    }
    ok = ok && pop_ledger_write(writer, (PopLetter *const *) run->changed->pdata, run->changed->len, TRUE, &error);
    if (begun && ok)
        ok = store_writer_commit(writer, &error);
    else if (begun)
        store_writer_rollback(writer);
    g_ptr_array_set_size(run->changed, 0);
    if (!ok)
        pop_run_fail_here(run, error);
    return ok;
}

static void drop_duplicates(GPtrArray *letters)
{
    g_autoptr(GHashTable) once = g_hash_table_new(NULL, NULL);
    for (guint i = letters->len; i > 0; i--)
        if (!g_hash_table_add(once, g_ptr_array_index(letters, i - 1)))
            g_ptr_array_remove_index(letters, i - 1);
}

static void matched(PopRun *run)
{
    for (guint i = 0; i < run->letters->len; i++) {
        PopLetter *letter = g_ptr_array_index(run->letters, i);
        if (!g_hash_table_contains(run->seen, letter))
            mark_gone(run, letter);
    }
    drop_duplicates(run->changed);
    if (run->changed->len > 0 && !write_renamed(run))
        return;
    pop_ledger_forget(run->account->engine->writer, run->account->id, run->now - FORGET_AFTER_S, NULL);
    if (run->renumbered)
        engine_tell_notice(run->account->engine, run->account->id,
                           _("The server gave letters that are here other UIDLs. They were known again by their headers: nothing is fetched twice, and "
                             "nothing is deleted there this time."));
    pop_fetch_begin(run);
}

/* --- by their headers --------------------------------------------------------------------------------- */

static PopLetter *departed(PopRun *run, const char *uidl)
{
    return pop_ledger_departed(run->account->engine->writer, run->account->id, uidl);
}

/* Known under a UIDL that was made here. */
static void settle_identity(PopRun *run, PopListed *listed)
{
    if (listed->header == NULL) { /* neither UIDL nor TOP: it shows when it is here (pop_fetch.c) */
        g_autofree char *provisional = g_strdup_printf("number %u of %" G_GINT64_FORMAT, listed->number, run->now);
        listed->uidl = g_string_chunk_insert(run->texts, provisional);
        return;
    }
    PopLetter *letter = NULL;
    for (guint nth = 0;; nth++) {
        g_autofree char *made = pop_uidl_from_header(listed->header, listed->size, nth);
        letter = g_hash_table_lookup(run->by_uidl, made);
        listed->uidl = g_string_chunk_insert(run->texts, made);
        if (g_hash_table_add(run->made, (gpointer) listed->uidl))
            break; /* else another of those listed is it */
    }
    if (letter != NULL)
        attach(run, listed, letter);
    else if ((letter = departed(run, listed->uidl)) != NULL)
        revive(run, listed, letter);
    else
        listed->doubt |= POP_DOUBT_RENUMBERED; /* it may have had a UIDL of its own before */
}

static void settle_size(PopRun *run, PopListed *listed)
{
    PopLetter *letter = g_hash_table_lookup(run->by_uidl, listed->uidl);
    if (listed->header == NULL || letter->header_sha256 == NULL || strcmp(listed->header, letter->header_sha256) == 0)
        attach(run, listed, letter);
    else
        listed->doubt |= POP_DOUBT_RENUMBERED; /* another letter has that UIDL now */
}

static void settle_returned(PopRun *run, PopListed *listed)
{
    g_autoptr(PopLetter) letter = departed(run, listed->uidl);
    if (letter == NULL || (listed->header != NULL && letter->header_sha256 != NULL && strcmp(listed->header, letter->header_sha256) != 0))
        return; /* a new letter under an old UIDL */
    revive(run, listed, g_steal_pointer(&letter));
}

/* Letters that are not listed under the UIDL that the ledger has, by the digest of their header. */
static GHashTable *vanished_by_header(PopRun *run)
{
    GHashTable *vanished = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < run->letters->len; i++) {
        PopLetter *letter = g_ptr_array_index(run->letters, i);
        if (letter->header_sha256 != NULL && !g_hash_table_contains(run->seen, letter))
            g_hash_table_insert(vanished, letter->header_sha256, letter);
    }
    return vanished;
}

static void settle_renumbered(PopRun *run, PopListed *listed, GHashTable *vanished)
{
    PopLetter *letter = listed->header != NULL ? g_hash_table_lookup(vanished, listed->header) : NULL;
    if (letter == NULL)
        return;
    g_hash_table_remove(vanished, listed->header);
    rename_uidl(run, letter, listed->uidl);
    attach(run, listed, letter);
    run->renumbered = TRUE;
}

static void headers_are_here(PopRun *run)
{
    for (guint i = 0; i < run->listed->len; i++) {
        PopListed *listed = listed_at(run, i);
        if ((listed->doubt & POP_DOUBT_IDENTITY) != 0)
            settle_identity(run, listed);
        else if ((listed->doubt & POP_DOUBT_SIZE) != 0)
            settle_size(run, listed);
        else if ((listed->doubt & POP_DOUBT_RETURNED) != 0)
            settle_returned(run, listed);
    }
    g_autoptr(GHashTable) vanished = vanished_by_header(run);
    for (guint i = 0; i < run->listed->len; i++) {
        PopListed *listed = listed_at(run, i);
        if (listed->letter == NULL && (listed->doubt & POP_DOUBT_RENUMBERED) != 0)
            settle_renumbered(run, listed, vanished);
    }
    matched(run);
}

static void header_answered(PopRun *run, PopListed *listed, const char *digest)
{
    listed->header = digest != NULL ? g_string_chunk_insert(run->texts, digest) : NULL;
    if (--run->unanswered == 0 && !run->over)
        headers_are_here(run);
}

static void ask_headers(PopRun *run)
{
    run->unanswered = 1; /* ours, so that answers at once do not end it */
    for (guint i = 0; i < run->listed->len && !run->over; i++) {
        PopListed *listed = listed_at(run, i);
        if (listed->doubt == 0)
            continue;
        run->unanswered++;
        pop_run_ask_header(run, listed, header_answered);
    }
    if (--run->unanswered == 0 && !run->over)
        headers_are_here(run);
}

/* --- by their UIDLs ------------------------------------------------------------------------------------- */

/* What vanished may be among what is new: of the same size, or of any when nothing at all is known again. */
static void suspect_renumbering(PopRun *run)
{
    g_autoptr(GHashTable) sizes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    guint vanished = 0;
    for (guint i = 0; i < run->letters->len; i++) {
        const PopLetter *letter = g_ptr_array_index(run->letters, i);
        if (letter->place != POP_PLACE_THERE || letter->header_sha256 == NULL || g_hash_table_contains(run->seen, letter))
            continue;
        vanished++;
        g_hash_table_add(sizes, g_memdup2(&letter->size, sizeof letter->size));
    }
    gboolean all = g_hash_table_size(run->seen) == 0;
    for (guint i = 0; i < run->listed->len && vanished > 0; i++) {
        PopListed *listed = listed_at(run, i);
        if (listed->letter == NULL && listed->doubt == 0 && (all || g_hash_table_contains(sizes, &listed->size)))
            listed->doubt |= POP_DOUBT_RENUMBERED;
    }
}

static void doubt_if_departed(PopRun *run, PopListed *listed)
{
    g_autoptr(PopLetter) gone = departed(run, listed->uidl);
    if (gone != NULL)
        listed->doubt |= POP_DOUBT_RETURNED;
}

static void look_at(PopRun *run, PopListed *listed)
{
    if (run->no_uidl || listed->uidl == NULL || (listed->doubt & POP_DOUBT_IDENTITY) != 0) {
        listed->doubt = POP_DOUBT_IDENTITY;
        return;
    }
    PopLetter *letter = g_hash_table_lookup(run->by_uidl, listed->uidl);
    if (letter != NULL && letter->size != listed->size && letter->size != 0 && listed->size != 0)
        listed->doubt |= POP_DOUBT_SIZE;
    else if (letter != NULL)
        attach(run, listed, letter);
    else
        doubt_if_departed(run, listed);
}

static gboolean match_slice(gpointer data)
{
    PopRun *run = data;
    for (guint end = MIN(run->next + SLICE, run->listed->len); run->next < end; run->next++)
        look_at(run, listed_at(run, run->next));
    if (run->next < run->listed->len)
        return G_SOURCE_CONTINUE;
    engine_clear_source(&run->turn);
    suspect_renumbering(run);
    ask_headers(run);
    return G_SOURCE_REMOVE;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    guint32 x = ((const PopListed *) a)->number, y = ((const PopListed *) b)->number;
    return x < y ? -1 : x > y;
}

/* UIDLs that stand for more than one letter stand for none. */
static void doubt_duplicates(PopRun *run)
{
    g_autoptr(GHashTable) first = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < run->listed->len; i++) {
        PopListed *listed = listed_at(run, i), *other = listed->uidl != NULL ? g_hash_table_lookup(first, listed->uidl) : NULL;
        if (other != NULL)
            listed->doubt = other->doubt = POP_DOUBT_IDENTITY;
        else if (listed->uidl != NULL)
            g_hash_table_insert(first, (gpointer) listed->uidl, listed);
    }
}

void pop_match_begin(PopRun *run)
{
    g_hash_table_remove_all(run->by_number); /* indexes are others' from here on */
    g_array_sort(run->listed, by_number);
    doubt_duplicates(run);
    run->next = 0;
    pop_run_slice(run, match_slice);
}
