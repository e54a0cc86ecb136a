#include "config.h"

#include "engine/resync.h"

#include "engine/account.h"
#include "engine/fetches.h"
#include "engine/selected.h"

typedef struct {
    guint32 seq, uid;
} Told;

struct Resync {
    ImapUidSet *stored;  /* before the SELECT */
    ImapUidSet *gone;    /* of them */
    gboolean unknown_gone; /* messages vanished that were never here */
    GArray *told;        /* of Told: every FETCH */
    gboolean out_of_turn; /* something came before the UIDVALIDITY: it was not heard */
};

Resync *resync_new(EngineAccount *account, gint64 mailbox_id)
{
    Resync *resync = g_new0(Resync, 1);
    g_autoptr(GArray) uids = store_writer_uids(account->engine->writer, mailbox_id);
    resync->stored = imap_uidset_new_from_uids((const guint32 *) (gpointer) uids->data, uids->len);
    resync->gone = imap_uidset_new();
    resync->told = g_array_new(FALSE, FALSE, sizeof(Told));
    return resync;
}

void resync_free(Resync *resync)
{
    if (resync == NULL)
        return;
    imap_uidset_free(resync->stored);
    imap_uidset_free(resync->gone);
    g_array_unref(resync->told);
    g_free(resync);
}

void resync_forget(Resync *resync)
{
    if (resync == NULL)
        return;
    imap_uidset_clear(resync->gone);
    g_array_set_size(resync->told, 0);
    resync->unknown_gone = resync->out_of_turn = FALSE;
}

static gboolean is_about_it(const Selected *selected)
{
    if (selected->uidvalidity != 0 && selected->uidvalidity == selected->known->uidvalidity)
        return TRUE;
    selected->resync->out_of_turn = TRUE;
    return FALSE;
}

void resync_hear_vanished(EngineAccount *account, const ImapUidSet *uids)
{
    Selected *selected = account->selected;
    if (!is_about_it(selected))
        return;
    g_autoptr(ImapUidSet) known = imap_uidset_intersect(uids, selected->resync->stored);
    if (imap_uidset_count(known) < imap_uidset_count(uids))
        selected->resync->unknown_gone = TRUE;
    imap_uidset_add_set(selected->resync->gone, known);
}

guint32 resync_hear_fetch(EngineAccount *account, const ImapFetch *fetch)
{
    Selected *selected = account->selected;
    if (fetch->uid == 0 || !is_about_it(selected) || selected->resync->told->len > selected->exists)
        return 0;
    Told told = { fetch->seq, fetch->uid };
    g_array_append_val(selected->resync->told, told);
    return imap_uidset_contains(selected->resync->stored, fetch->uid) ? fetch->uid : 0;
}

/* --- the map ------------------------------------------------------------------------------------ */

/* Each number that was told with a UID has to be that UID's in the map. */
static gboolean agrees(const Resync *resync, const GArray *map)
{
    for (guint i = 0; i < resync->told->len; i++) {
        const Told *told = &g_array_index(resync->told, Told, i);
        if (told->seq == 0 || told->seq > map->len || g_array_index(map, guint32, told->seq - 1) != told->uid)
            return FALSE;
    }
    return TRUE;
}

/* What was here, without what is gone, and with what is told and was not here: in order of UID, as sequence numbers are. */
static gboolean make_map(Selected *selected)
{
    Resync *resync = selected->resync;
    g_autoptr(ImapUidSet) present = imap_uidset_copy(resync->stored);
    imap_uidset_remove_set(present, resync->gone);
    guint32 last = imap_uidset_max(resync->stored);
    for (guint i = 0; i < resync->told->len; i++)
        imap_uidset_add(present, g_array_index(resync->told, Told, i).uid);
    guint32 newest = imap_uidset_max(present);
    /* UIDNEXT moved on, and nothing that came accounts for it: somebody did not tell all. */
    gboolean explained = selected->uidnext == 0 || newest + 1 == selected->uidnext || resync->unknown_gone ||
                         selected->uidnext == selected->known->uidnext || selected->uidnext == last + 1;
    if (!explained || imap_uidset_count(present) != selected->exists)
        return FALSE;
    return selected_set_map(selected, present) && agrees(resync, selected->uids);
}

/* HIGHESTMODSEQ rose, and nothing of what came can have raised it: a server that keeps changes to itself (F8). */
static gboolean is_unexplained(const Selected *selected)
{
    const Resync *resync = selected->resync;
    return selected->highestmodseq > selected->known->highestmodseq && resync->told->len == 0 && imap_uidset_is_empty(resync->gone) &&
           !resync->unknown_gone && selected->uidnext == selected->known->uidnext;
}

ResyncResult resync_finish(EngineAccount *account)
{
    Selected *selected = account->selected;
    Resync *resync = selected->resync;
    fetch_batch_flush(account);
    if (selected->no_modseq || selected->highestmodseq < selected->known->highestmodseq || resync->out_of_turn || is_unexplained(selected))
        return RESYNC_NOTHING;
    selected_drop(account, resync->gone);
    if (!selected->known->complete || !make_map(selected)) {
        selected->mapped = FALSE;
        g_array_set_size(selected->uids, 0);
        return RESYNC_FLAGS;
    }
    return RESYNC_ALL;
}
