/* Everything a server can say to a session. The first octet chooses how: the cut, the limits, the security,
 * the state it begins in. Commands are in flight, so that tagged answers and continuations find something. */
#include "config.h"

#include "proto/imap/session.h"

#include "../fuzz.h"

typedef struct {
    gsize touched; /* so that every byte an event shows is read */
    guint sections;
} Seen;

typedef struct {
    guint sent, done;
} Count;

static void touch(Seen *seen, ImapString string)
{
    for (gsize i = 0; i < string.len; i++)
        seen->touched += (guchar)string.data[i];
}

static void touch_set(Seen *seen, const ImapUidSet *set)
{
    if (set == NULL)
        return;
    g_autofree char *text = imap_uidset_to_string(set);
    seen->touched += strlen(text);
    g_autoptr(ImapUidSet) known = imap_uidset_new_range(5, 50);
    g_autoptr(ImapUidSet) both = imap_uidset_intersect(set, known);
    seen->touched += (gsize)imap_uidset_count(both);
}

static void touch_addresses(Seen *seen, ImapAddresses addresses)
{
    for (guint i = 0; i < addresses.n; i++) {
        touch(seen, addresses.items[i].name);
        touch(seen, addresses.items[i].mailbox);
        touch(seen, addresses.items[i].host);
    }
}

static void touch_envelope(Seen *seen, const ImapEnvelope *envelope)
{
    if (envelope == NULL)
        return;
    touch(seen, envelope->date);
    touch(seen, envelope->subject);
    touch_addresses(seen, envelope->from);
    touch_addresses(seen, envelope->to);
    touch_addresses(seen, envelope->bcc);
    touch(seen, envelope->message_id);
}

static void touch_parameters(Seen *seen, ImapParameters parameters)
{
    for (guint i = 0; i < parameters.n; i++) {
        touch(seen, parameters.items[i].name);
        touch(seen, parameters.items[i].value);
    }
}

static void on_fetch(ImapSession *session, const ImapFetch *fetch, gpointer user)
{
    Seen *seen = user;
    (void)session;
    touch_envelope(seen, fetch->envelope);
    for (guint i = 0; i < fetch->n_sections; i++) {
        touch(seen, fetch->sections[i].section);
        touch(seen, fetch->sections[i].data);
        imap_section_is(&fetch->sections[i], "HEADER.FIELDS (REFERENCES)");
    }
    for (guint i = 0; fetch->body != NULL && i < fetch->body->n; i++) {
        const ImapPart *part = &fetch->body->parts[i];
        g_assert(part->parent < (int)i);
        seen->touched += strlen(part->section);
        touch(seen, part->type);
        touch(seen, part->subtype);
        touch_parameters(seen, part->parameters);
        touch_parameters(seen, part->disposition_parameters);
        touch_envelope(seen, part->envelope);
    }
    for (guint i = 0; i < fetch->flags.n_others; i++)
        touch(seen, fetch->flags.others[i]);
}

static void on_list(ImapSession *session, const ImapList *list, gpointer user)
{
    (void)session;
    g_assert(g_utf8_validate(list->name, -1, NULL));
    ((Seen *)user)->touched += strlen(list->wire_name);
}

static void on_vanished(ImapSession *session, const ImapUidSet *uids, bool earlier, gpointer user)
{
    (void)session;
    (void)earlier;
    touch_set(user, uids);
}

static void on_search(ImapSession *session, const ImapSearchResult *result, ImapCommandId command,
                      gpointer user)
{
    (void)session;
    (void)command;
    touch_set(user, result->all);
    touch_set(user, result->partial);
    const ImapString texts[] = { result->all_text, result->partial_text };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        guint n;
        g_autofree guint32 *uids = imap_uids_in_order(texts[i], 100, &n);
        g_assert(n <= 100);
        for (guint j = 0; j < n; j++)
            ((Seen *)user)->touched += uids[j];
    }
    if (result->mailbox != NULL)
        ((Seen *)user)->touched += strlen(result->mailbox);
}

static void on_sort(ImapSession *session, const guint32 *uids, guint n, ImapCommandId command, gpointer user)
{
    (void)session;
    (void)command;
    for (guint i = 0; i < n; i++)
        ((Seen *)user)->touched += uids[i];
}

static void on_thread(ImapSession *session, const ImapThreadNode *nodes, guint n, ImapCommandId command,
                      gpointer user)
{
    (void)session;
    (void)command;
    for (guint i = 0; i < n; i++) {
        g_assert(nodes[i].parent < (int)i);
        ((Seen *)user)->touched += nodes[i].uid;
    }
}

static void on_text(ImapSession *session, const ImapText *text, gpointer user)
{
    (void)session;
    touch(user, text->text);
    touch(user, text->argument);
    touch_set(user, text->uids);
    if (text->copyuid != NULL)
        ((Seen *)user)->touched += imap_copyuid_lookup(text->copyuid, 7);
}

static void on_section_begin(ImapSession *session, guint32 seq, guint32 uid, const ImapSection *section,
                             gpointer user)
{
    (void)session;
    (void)seq;
    (void)uid;
    g_assert(((Seen *)user)->sections++ == 0);
    touch(user, section->section);
}

static void on_section_data(ImapSession *session, const char *data, gsize len, gpointer user)
{
    (void)session;
    g_assert(((Seen *)user)->sections == 1);
    touch(user, (ImapString){ data, len });
}

static void on_section_end(ImapSession *session, bool complete, gpointer user)
{
    (void)session;
    (void)complete;
    g_assert(--((Seen *)user)->sections == 0);
}

static void on_done(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text,
                    gpointer user)
{
    Count *count = user;
    (void)id;
    (void)text;
    count->done++;
    if (result == IMAP_RESULT_OK && count->done % 3 == 0 && count->sent < 50)
        count->sent += imap_session_send(session, imap_command_noop(), on_done, user, NULL) != 0;
}

static void drain(ImapSession *session)
{
    GBytes *bytes;
    while ((bytes = imap_session_take_output(session, NULL, NULL)) != NULL)
        g_bytes_unref(bytes);
    if (imap_session_wants(session) == IMAP_WANTS_TLS)
        imap_session_tls_started(session);
    else if (imap_session_wants(session) == IMAP_WANTS_COMPRESSION)
        imap_session_compression_started(session);
}

static void send_all(ImapSession *session, bool preauthenticated, Count *count)
{
    g_autoptr(GBytes) letter = g_bytes_new_static("Subject: x\r\n\r\nx\r\n", 17);
    g_autoptr(ImapUidSet) uids = imap_uidset_new_range(1, 100);
    g_autoptr(ImapSearch) search = imap_search_new();
    ImapFetchWants wants = { .items = IMAP_FETCH_FLAGS };
    imap_search_text(search, IMAP_SEARCH_SUBJECT, "J\xc3\xb6rg");
    ImapCommand *before[] = { imap_command_capability(), imap_command_login("us er", "p\xc3\xa4ss") };
    ImapCommand *commands[] = {
        imap_command_select("INBOX", NULL),
        imap_command_fetch(1, 0, &wants),
        imap_command_uid_search(search, IMAP_SEARCH_RETURN_ALL),
        imap_command_uid_sort("REVERSE DATE", search, IMAP_SEARCH_RETURN_COUNT, 1, 40),
        imap_command_uid_thread("REFERENCES", search),
        imap_command_esearch((const char *const[]){ "INBOX", "Sent" }, 2, search, IMAP_SEARCH_RETURN_ALL),
        imap_command_append("Sent", NULL, 1, imap_source_from_bytes(letter), false, false),
        imap_command_uid_move(uids, "Trash"),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(before); i++) {
        if (preauthenticated)
            imap_command_free(before[i]);
        else
            count->sent += imap_session_send(session, before[i], on_done, count, NULL) != 0;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        count->sent += imap_session_send(session, commands[i], on_done, count, NULL) != 0;
    count->sent += imap_session_idle(session, on_done, count, NULL) != 0;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const ImapSessionEvents EVENTS = {
        .fetch = on_fetch,
        .list = on_list,
        .vanished = on_vanished,
        .search = on_search,
        .sort = on_sort,
        .thread = on_thread,
        .text = on_text,
        .section_begin = on_section_begin,
        .section_data = on_section_data,
        .section_end = on_section_end,
    };
    if (size == 0)
        return 0;
    guint8 how = *data++;
    size--;
    ImapSessionOptions options = {
        .security = how & 1 ? IMAP_SECURITY_STARTTLS : IMAP_SECURITY_TLS,
        .limits = { .line = 64 * 1024, .small_literal = how & 2 ? 8 : 4096, .depth = how & 4 ? 3 : 64 },
    };
    gsize step = how >> 4 == 0 ? size : how >> 4;
    Seen seen = { 0 };
    Count count = { 0 };
    ImapSession *session = imap_session_new(&options, &EVENTS, &seen);
    bool preauthenticated = (how & 8) != 0;

    if (preauthenticated)
        imap_session_feed(session, "* PREAUTH hi\r\n", 14, NULL);
    send_all(session, preauthenticated && !(how & 1), &count);
    for (gsize at = 0; at < size; at += step) {
        gsize len = MIN(step, size - at);
        g_autofree char *piece = fuzz_copy(data + at, len);
        bool ok = imap_session_feed(session, piece, len, NULL);
        if (!ok)
            break;
        drain(session);
    }
    imap_session_close(session, "end");
    g_assert(count.done == count.sent); /* every command is done exactly once */
    g_assert(seen.sections == 0);
    imap_session_free(session);
    return 0;
}
