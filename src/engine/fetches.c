#include "config.h"

#include "engine/fetches.h"

#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/convert.h"
#include "engine/headers.h"
#include "engine/parts.h"
#include "engine/selected.h"

/* As many rows as a commit takes in one frame, so that the person's next intent does not wait behind it. */
#define ROWS_PER_COMMIT 100
#define REFERENCES_SECTION "HEADER.FIELDS (REFERENCES)"

struct FetchBatch {
    StoreMessageInput rows[ROWS_PER_COMMIT];
    guint count;
};

FetchBatch *fetch_batch_new(void)
{
    return g_new0(FetchBatch, 1);
}

static void clear(FetchBatch *batch)
{
    for (guint i = 0; i < batch->count; i++) {
        g_free((char *) batch->rows[i].keywords);
        g_free((char *) batch->rows[i].labels);
        message_summary_free((MessageSummary *) batch->rows[i].summary);
        message_part_free((MessagePart *) batch->rows[i].structure);
    }
    batch->count = 0;
}

void fetch_batch_free(FetchBatch *batch)
{
    if (batch == NULL)
        return;
    clear(batch);
    g_free(batch);
}

void fetch_batch_flush(EngineAccount *account)
{
    Selected *selected = account->selected;
    if (selected == NULL || selected->batch->count == 0)
        return;
    FetchBatch *batch = selected->batch;
    g_autoptr(GError) error = NULL;
    if (!store_writer_put_messages(account->engine->writer, selected->mailbox_id, batch->rows, batch->count, &error))
        engine_tell_notice(account->engine, account->id, error->message);
    clear(batch);
    if (store_writer_take_misplaced(account->engine->writer)) {
        selected->misplaced = TRUE;
        catch_up_remap(account);
    }
    engine_tell_mailbox(account->engine, account->id, selected->mailbox_id);
}

/* Summaries and structures are taken only when they were asked for: what comes unasked is at most a change of flags (S22). */
static void gather(EngineAccount *account, guint32 uid, const ImapFetch *fetch)
{
    Selected *selected = account->selected;
    FetchBatch *batch = selected->batch;
    StoreMessageInput row = { .uid = uid };
    gboolean asked = selected->summaries_awaited > 0;
    gboolean has_summary = asked && ((fetch->items | fetch->damaged) & IMAP_FETCH_ENVELOPE) != 0;
    if (!has_summary && (fetch->items & IMAP_FETCH_FLAGS) == 0)
        return;
    row.flags = fetch->flags.bits;
    row.keywords = keywords_from_flags(&fetch->flags);
    row.labels = labels_from_fetch(fetch, imap_session_utf8(link_session(account->link)));
    row.modseq = (fetch->items & IMAP_FETCH_MODSEQ) != 0 ? fetch->modseq : 0;
    if (has_summary) {
        row.internal_date = fetch->internal_date;
        row.size = fetch->size;
        if (fetch->envelope == NULL) {
            headers_want(account, &row);
            return;
        }
        const ImapSection *references = imap_fetch_section(fetch, REFERENCES_SECTION);
        row.summary = summary_from_envelope(fetch->envelope, references != NULL ? references->data : IMAP_STRING_NIL);
    }
    batch->rows[batch->count++] = row;
    if (batch->count == ROWS_PER_COMMIT)
        fetch_batch_flush(account);
}

static void keep_structure(EngineAccount *account, guint32 uid, const ImapBody *body)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MessagePart) structure = structure_from_body(body);
    fetch_batch_flush(account);
    if (!store_writer_put_structure(account->engine->writer, account->selected->mailbox_id, uid, structure, &error) &&
        !g_error_matches(error, STORE_ERROR, STORE_ERROR_NO_SUCH)) {
        engine_tell_notice(account->engine, account->id, error->message);
        return;
    }
    Change *change = change_new(CHANGE_MESSAGE);
    change->account_id = account->id;
    change->mailbox_id = account->selected->mailbox_id;
    change->message_id = store_writer_message_by_uid(account->engine->writer, account->selected->mailbox_id, uid);
    engine_tell(account->engine, change);
}

void fetches_hear(EngineAccount *account, const ImapFetch *fetch)
{
    Selected *selected = account->selected;
    if (selected == NULL || (selected->opening && selected->resync == NULL) || (fetch->damaged & IMAP_FETCH_UID) != 0)
        return; /* "UID 0": it says whose it is, and it is nobody's */
    selected->fetches++;
    guint32 uid = selected->opening ? resync_hear_fetch(account, fetch) : selected_learn(account, fetch->seq, fetch->uid);
    if (uid == 0)
        return;
    gather(account, uid, fetch);
    if (selected->opening)
        return;
    if ((fetch->items & IMAP_FETCH_BODYSTRUCTURE) != 0 && fetch->body != NULL)
        keep_structure(account, uid, fetch->body);
    for (guint i = 0; i < fetch->n_sections; i++)
        parts_hear(account, uid, &fetch->sections[i]);
}

/* --- asking ----------------------------------------------------------------------------------- */

static const ImapFetchSection references_section = { .section = REFERENCES_SECTION };
guint fetches_flag_items(const EngineAccount *account)
{
    return IMAP_FETCH_UID | IMAP_FETCH_FLAGS | (engine_account_can(account, IMAP_CAP_GMAIL) ? IMAP_FETCH_GM_LABELS : 0);
}

static ImapFetchWants summary_wants(const EngineAccount *account)
{
    return (ImapFetchWants){
        .items = fetches_flag_items(account) | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE | IMAP_FETCH_ENVELOPE,
        .sections = &references_section,
        .n_sections = 1,
    };
}

void fetches_ask_summaries(EngineAccount *account, LinkAction *action, const ImapUidSet *uids, LinkDone done, gpointer user)
{
    ImapFetchWants wants = summary_wants(account);
    account->selected->summaries_awaited++;
    link_send(account->link, action, imap_command_uid_fetch(uids, &wants), done, user);
}

void fetches_ask_summaries_by_number(EngineAccount *account, LinkAction *action, guint32 first, guint32 last, LinkDone done, gpointer user)
{
    ImapFetchWants wants = summary_wants(account);
    account->selected->summaries_awaited++;
    link_send(account->link, action, imap_command_fetch(first, last, &wants), done, user);
}

void fetches_summaries_answered(EngineAccount *account)
{
    if (account->selected == NULL)
        return;
    if (account->selected->summaries_awaited > 0)
        account->selected->summaries_awaited--;
    fetch_batch_flush(account);
}
