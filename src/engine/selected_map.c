/* The map from sequence numbers to UIDs, as EXISTS, EXPUNGE, VANISHED and FETCH move it. */
#include "config.h"

#include <string.h>

#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/fetches.h"
#include "engine/selected.h"

static guint32 *uid_at(const Selected *selected, guint32 seq)
{
    return seq >= 1 && seq <= selected->uids->len ? &g_array_index(selected->uids, guint32, seq - 1) : NULL;
}

/* Something does not fit: ask for the list of UIDs again, in its turn. Until then no number is a UID: an EXPUNGE or a change of flags
 * read with the old map would be about another message. */
static void doubt_map(EngineAccount *account)
{
    GArray *uids = account->selected->uids;
    account->selected->mapped = FALSE;
    if (uids->len > 0)
        memset(uids->data, 0, uids->len * sizeof(guint32));
    catch_up_remap(account);
}

void selected_hear_exists(EngineAccount *account, guint32 exists)
{
    Selected *selected = account->selected;
    if (selected == NULL)
        return;
    guint32 before = selected->exists;
    selected->exists = exists;
    if (selected->opening)
        return;
    if (exists < before)
        doubt_map(account); /* F17: it may only grow */
    g_array_set_size(selected->uids, exists);
    if (exists > before)
        catch_up_new_messages(account);
}

guint32 selected_exists(const EngineAccount *account, gint64 mailbox_id)
{
    return selected_is(account, mailbox_id) ? account->selected->exists : 0;
}

void selected_appended(EngineAccount *account, gint64 mailbox_id, guint32 exists)
{
    if (selected_is(account, mailbox_id) && account->selected->exists <= exists)
        link_send(account->link, NULL, imap_command_noop(), NULL, NULL);
}

static void gone(EngineAccount *account, const guint32 *uids, guint count)
{
    g_autoptr(GError) error = NULL;
    fetch_batch_flush(account);
    if (!store_writer_expunged(account->engine->writer, account->selected->mailbox_id, uids, count, &error))
        engine_tell_notice(account->engine, account->id, error->message);
    engine_tell_mailbox(account->engine, account->id, account->selected->mailbox_id);
}

void selected_hear_expunge(EngineAccount *account, guint32 seq)
{
    Selected *selected = account->selected;
    if (selected == NULL || selected->opening)
        return;
    if (selected->exists > 0)
        selected->exists--;
    guint32 *at = uid_at(selected, seq);
    if (at == NULL) {
        doubt_map(account);
        return;
    }
    guint32 uid = *at;
    g_array_remove_index(selected->uids, seq - 1);
    if (uid != 0)
        gone(account, &uid, 1);
    else if (selected->mapped)
        doubt_map(account);
}

void selected_drop(EngineAccount *account, const ImapUidSet *dropped)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    ImapUidIter iter = { 0 };
    for (guint32 uid; (uid = imap_uidset_next(dropped, &iter)) != 0;)
        g_array_append_val(uids, uid);
    if (uids->len > 0)
        gone(account, (const guint32 *) (gpointer) uids->data, uids->len);
}

/* The rows go whatever the map says: UIDs need none. */
static void drop_stored(EngineAccount *account, const ImapUidSet *vanished)
{
    g_autoptr(GArray) uids = store_writer_uids(account->engine->writer, account->selected->mailbox_id);
    g_autoptr(ImapUidSet) stored = imap_uidset_new_from_uids((const guint32 *) (gpointer) uids->data, uids->len);
    g_autoptr(ImapUidSet) dropped = imap_uidset_intersect(stored, vanished);
    selected_drop(account, dropped);
}

/* One of the newest, whose UIDs have not been heard yet, came and went (F18): which of them does not matter, all are alike. */
static guint strike_unknown(GArray *uids, guint64 count)
{
    guint struck = 0;
    while (struck < count && uids->len > 0 && g_array_index(uids, guint32, uids->len - 1) == 0) {
        g_array_set_size(uids, uids->len - 1);
        struck++;
    }
    return struck;
}

void selected_hear_vanished(EngineAccount *account, const ImapUidSet *vanished, gboolean earlier)
{
    Selected *selected = account->selected;
    if (selected == NULL || (selected->opening && selected->resync == NULL))
        return;
    if (selected->opening) {
        resync_hear_vanished(account, vanished);
        return;
    }
    if (earlier || !selected->mapped) {
        drop_stored(account, vanished);
        if (!earlier && imap_uidset_count(vanished) <= selected->exists)
            selected->exists -= (guint32) imap_uidset_count(vanished);
        return;
    }
    g_autoptr(ImapUidSet) found = imap_uidset_new();
    guint32 last = selected_last_uid(selected);
    guint kept = 0;
    for (guint i = 0; i < selected->uids->len; i++) {
        guint32 uid = g_array_index(selected->uids, guint32, i);
        if (uid != 0 && imap_uidset_contains(vanished, uid))
            imap_uidset_add(found, uid);
        else
            g_array_index(selected->uids, guint32, kept++) = uid;
    }
    g_array_set_size(selected->uids, kept);
    g_autoptr(ImapUidSet) newer = imap_uidset_copy(vanished);
    imap_uidset_remove_range(newer, 1, MAX(last, 1));
    strike_unknown(selected->uids, imap_uidset_count(newer));
    selected->exists = selected->uids->len;
    selected_drop(account, found);
}

gboolean selected_set_map(Selected *selected, const ImapUidSet *all)
{
    if (imap_uidset_count(all) != selected->exists)
        return FALSE;
    g_array_set_size(selected->uids, 0);
    ImapUidIter iter = { 0 };
    for (guint32 uid; (uid = imap_uidset_next(all, &iter)) != 0;)
        g_array_append_val(selected->uids, uid);
    selected->mapped = TRUE;
    return TRUE;
}

guint32 selected_learn(EngineAccount *account, guint32 seq, guint32 uid)
{
    Selected *selected = account->selected;
    if (seq > selected->exists)
        return 0; /* a message that is not there (S22) */
    g_array_set_size(selected->uids, selected->exists);
    guint32 *at = uid_at(selected, seq);
    if (at == NULL)
        return uid;
    if (uid == 0)
        return *at; /* F19: known from the map, or not at all */
    if (*at != 0 && *at != uid && selected->mapped)
        doubt_map(account);
    *at = uid;
    return uid;
}

guint32 selected_last_uid(const Selected *selected)
{
    for (guint i = selected->uids->len; i > 0; i--) {
        guint32 uid = g_array_index(selected->uids, guint32, i - 1);
        if (uid != 0)
            return uid;
    }
    return 0;
}
