#include "config.h"

#include "render.h"

void render_init(Render *render)
{
    *render = (Render){ .section = g_string_new(NULL) };
    g_queue_init(&render->lines);
}

void render_clear(Render *render)
{
    g_queue_clear_full(&render->lines, g_free);
    g_string_free(render->section, TRUE);
}

char *render_bytes(const char *data, gsize len)
{
    if (data == NULL)
        return g_strdup("NIL");
    if (len > 400) {
        g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, (const guchar *)data, len);
        return g_strdup_printf("<%" G_GSIZE_FORMAT " octets %s>", len, sum);
    }
    GString *out = g_string_new("\"");
    for (gsize i = 0; i < len; i++) {
        guchar c = (guchar)data[i];
        if (c == '\r')
            g_string_append(out, "\\r");
        else if (c == '\n')
            g_string_append(out, "\\n");
        else if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", c);
        else if (c < ' ' || c >= 0x7f)
            g_string_append_printf(out, "\\x%02x", c);
        else
            g_string_append_c(out, (char)c);
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

static void add_string(GString *out, const char *label, ImapString string)
{
    g_autofree char *text = render_bytes(string.data, string.len);
    g_string_append_printf(out, "%s%s", label, text);
}

static void add_optional(GString *out, const char *label, ImapString string)
{
    if (!imap_string_is_nil(string))
        add_string(out, label, string);
}

static void add_set(GString *out, const char *label, const ImapUidSet *set)
{
    if (set == NULL)
        return;
    g_autofree char *text = imap_uidset_to_string(set);
    g_string_append_printf(out, "%s%s", label, text);
}

static void push(gpointer user, GString *line)
{
    Render *render = user;
    g_queue_push_tail(&render->lines, g_string_free(line, FALSE));
}

static void add_flags(GString *out, const ImapFlags *flags)
{
    g_string_append(out, "(");
    for (guint bit = 1; bit <= MAIL_FLAG_ALL; bit <<= 1)
        if (flags->bits & bit)
            g_string_append_printf(out, "%s ", mail_flag_name((MailFlags)bit));
    if (flags->recent)
        g_string_append(out, "\\Recent ");
    if (flags->any)
        g_string_append(out, "\\* ");
    for (guint i = 0; i < flags->n_others; i++) {
        add_string(out, "", flags->others[i]);
        g_string_append_c(out, ' ');
    }
    if (out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append(out, ")");
}

static void add_copyuid(GString *out, const ImapCopyUid *copyuid)
{
    if (copyuid == NULL)
        return;
    g_string_append_printf(out, " copyuid=%u", copyuid->uidvalidity);
    for (gsize i = 0; i < copyuid->n; i++)
        g_string_append_printf(out, " %u-%u>%u-%u", copyuid->pairs_source[i].first,
                               copyuid->pairs_source[i].last, copyuid->pairs_target[i].first,
                               copyuid->pairs_target[i].last);
}

static void add_text(GString *out, const ImapText *text)
{
    static const char *const STATUS[] = { "OK", "NO", "BAD", "PREAUTH", "BYE" };
    g_string_append(out, STATUS[text->status]);
    if (text->code != IMAP_CODE_NONE) {
        g_string_append_printf(out, " [%s",
                               text->code == IMAP_CODE_UNKNOWN ? "?" : imap_code_name(text->code));
        if (text->code == IMAP_CODE_UNKNOWN)
            add_string(out, " ", text->code_name);
        if (text->number != 0)
            g_string_append_printf(out, " %" G_GUINT64_FORMAT, text->number);
        if (text->code == IMAP_CODE_PERMANENTFLAGS) {
            g_string_append_c(out, ' ');
            add_flags(out, &text->flags);
        }
        add_set(out, " ", text->uids);
        add_copyuid(out, text->copyuid);
        if (text->code == IMAP_CODE_UNKNOWN || text->code == IMAP_CODE_BADCHARSET ||
            text->code == IMAP_CODE_MAILBOXID || text->code == IMAP_CODE_REFERRAL)
            add_optional(out, " ", text->argument);
        g_string_append(out, "]");
    }
    add_string(out, " ", text->text);
}

/* ---- events ---- */

static void on_output(ImapSession *session, gpointer user)
{
    (void)session;
    ((Render *)user)->outputs++;
}

static void on_greeting(ImapSession *session, const ImapText *text, gpointer user)
{
    GString *out = g_string_new("greeting ");
    (void)session;
    add_text(out, text);
    push(user, out);
}

static void on_state(ImapSession *session, ImapState state, gpointer user)
{
    static const char *const NAMES[] = { "greeting", "not-authenticated", "authenticated", "selected",
                                         "logout" };
    (void)session;
    push(user, g_string_append(g_string_new("state "), NAMES[state]));
}

static void on_capability(ImapSession *session, const ImapCapabilities *caps, gpointer user)
{
    (void)session;
    push(user, g_string_append(g_string_new("capability "), imap_capabilities_text(caps)));
}

static void on_enabled(ImapSession *session, const ImapString *names, guint n, gpointer user)
{
    GString *out = g_string_new("enabled");
    (void)session;
    for (guint i = 0; i < n; i++)
        add_string(out, " ", names[i]);
    push(user, out);
}

static void on_id(ImapSession *session, const ImapIdField *fields, guint n, gpointer user)
{
    GString *out = g_string_new("id");
    (void)session;
    for (guint i = 0; i < n; i++) {
        add_string(out, " ", fields[i].field);
        add_string(out, "=", fields[i].value);
    }
    push(user, out);
}

static void add_delimiter(GString *out, char delimiter)
{
    g_string_append(out, " ");
    if (delimiter == '\0')
        g_string_append(out, "flat");
    else
        g_string_append_printf(out, "'%c'", delimiter);
}

static void add_namespaces(GString *out, const char *label, const ImapNamespace *items, guint n)
{
    g_string_append(out, label);
    for (guint i = 0; i < n; i++) {
        add_string(out, " ", items[i].prefix);
        add_delimiter(out, items[i].delimiter);
    }
}

static void on_namespaces(ImapSession *session, const ImapNamespaces *namespaces, gpointer user)
{
    GString *out = g_string_new("namespace");
    (void)session;
    add_namespaces(out, " personal", namespaces->personal, namespaces->n_personal);
    add_namespaces(out, " others", namespaces->others, namespaces->n_others);
    add_namespaces(out, " shared", namespaces->shared, namespaces->n_shared);
    push(user, out);
}

static void on_list(ImapSession *session, const ImapList *list, gpointer user)
{
    static const char *const NAMES[] = { "noinferiors",   "noselect", "nonexistent", "haschildren",
                                         "hasnochildren", "marked",   "unmarked",    "subscribed",
                                         "remote",        "all",      "archive",     "drafts",
                                         "flagged",       "junk",     "sent",        "trash",
                                         "important" };
    GString *out = g_string_new(list->lsub ? "lsub" : "list");
    (void)session;
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (list->attributes & (1u << i))
            g_string_append_printf(out, " %s", NAMES[i]);
    add_delimiter(out, list->delimiter);
    add_string(out, " ", (ImapString){ list->wire_name, strlen(list->wire_name) });
    if (strcmp(list->name, list->wire_name) != 0)
        g_string_append_printf(out, " = %s", list->name);
    if (list->old_name != NULL)
        g_string_append_printf(out, " was %s", list->old_name);
    if (list->child_subscribed)
        g_string_append(out, " child-subscribed");
    push(user, out);
}

static void on_status(ImapSession *session, const ImapMailboxStatus *status, gpointer user)
{
    GString *out = g_string_new("status ");
    (void)session;
    g_string_append(out, status->wire_name);
#define ITEM(bit, format, field)                                                                             \
    if (status->items & IMAP_STATUS_ITEM_##bit)                                                              \
    g_string_append_printf(out, " " #field "=" format, status->field)
    ITEM(MESSAGES, "%u", messages);
    ITEM(UNSEEN, "%u", unseen);
    ITEM(DELETED, "%u", deleted);
    ITEM(RECENT, "%u", recent);
    ITEM(UIDNEXT, "%u", uidnext);
    ITEM(UIDVALIDITY, "%u", uidvalidity);
    ITEM(SIZE, "%" G_GUINT64_FORMAT, size);
    ITEM(HIGHESTMODSEQ, "%" G_GUINT64_FORMAT, highestmodseq);
    ITEM(APPENDLIMIT, "%" G_GUINT64_FORMAT, appendlimit);
#undef ITEM
    if (status->items & IMAP_STATUS_ITEM_MAILBOXID)
        add_string(out, " mailboxid=", status->mailboxid);
    push(user, out);
}

static void on_flags(ImapSession *session, const ImapFlags *flags, gpointer user)
{
    GString *out = g_string_new("flags ");
    (void)session;
    add_flags(out, flags);
    push(user, out);
}

static void push_number(gpointer user, const char *name, guint32 n)
{
    GString *out = g_string_new(NULL);
    g_string_printf(out, "%s %u", name, n);
    push(user, out);
}

static void on_exists(ImapSession *session, guint32 n, gpointer user)
{
    (void)session;
    push_number(user, "exists", n);
}

static void on_recent(ImapSession *session, guint32 n, gpointer user)
{
    (void)session;
    push_number(user, "recent", n);
}

static void on_expunge(ImapSession *session, guint32 n, gpointer user)
{
    (void)session;
    push_number(user, "expunge", n);
}

static void on_vanished(ImapSession *session, const ImapUidSet *uids, bool earlier, gpointer user)
{
    GString *out = g_string_new(earlier ? "vanished-earlier" : "vanished");
    (void)session;
    add_set(out, " ", uids);
    push(user, out);
}

static void add_section(GString *out, const ImapSection *section)
{
    g_string_append_printf(out, "%s[", section->binary ? "BINARY" : "BODY");
    g_autofree char *name = render_bytes(section->section.data, section->section.len);
    name[strlen(name) - 1] = '\0';
    g_string_append_printf(out, "%s]", name + 1);
    if (section->origin >= 0)
        g_string_append_printf(out, "<%" G_GINT64_FORMAT ">", section->origin);
}

static void on_section_begin(ImapSession *session, guint32 seq, guint32 uid, const ImapSection *section,
                             gpointer user)
{
    GString *out = g_string_new(NULL);
    (void)session;
    g_string_printf(out, "section-begin %u uid=%u ", seq, uid);
    add_section(out, section);
    g_string_append_printf(out, " %" G_GUINT64_FORMAT, section->size);
    push(user, out);
    g_string_truncate(((Render *)user)->section, 0);
}

static void on_section_data(ImapSession *session, const char *data, gsize len, gpointer user)
{
    (void)session;
    g_assert_cmpuint(len, >, 0);
    g_string_append_len(((Render *)user)->section, data, (gssize)len);
}

static void on_section_end(ImapSession *session, bool complete, gpointer user)
{
    GString *section = ((Render *)user)->section, *out = g_string_new("section-end");
    (void)session;
    if (complete)
        add_string(out, " ", (ImapString){ section->str, section->len });
    else
        g_string_append(out, " incomplete");
    push(user, out);
}

static void add_addresses(GString *out, const char *label, ImapAddresses addresses)
{
    if (addresses.n == 0)
        return;
    g_string_append(out, label);
    for (guint i = 0; i < addresses.n; i++) {
        const ImapAddress *address = &addresses.items[i];
        g_string_append(out, i > 0 ? ", " : "");
        add_string(out, "", address->name);
        add_optional(out, "|", address->route);
        add_string(out, " ", address->mailbox);
        add_string(out, "@", address->host);
    }
}

static void add_envelope(GString *out, const ImapEnvelope *envelope)
{
    g_string_append(out, "{");
    add_string(out, "date=", envelope->date);
    add_string(out, " subject=", envelope->subject);
    add_addresses(out, " from=", envelope->from);
    add_addresses(out, " sender=", envelope->sender);
    add_addresses(out, " reply-to=", envelope->reply_to);
    add_addresses(out, " to=", envelope->to);
    add_addresses(out, " cc=", envelope->cc);
    add_addresses(out, " bcc=", envelope->bcc);
    add_optional(out, " in-reply-to=", envelope->in_reply_to);
    add_optional(out, " message-id=", envelope->message_id);
    g_string_append(out, envelope->truncated ? " truncated}" : "}");
}

static void add_parameters(GString *out, const char *label, ImapParameters parameters)
{
    for (guint i = 0; i < parameters.n; i++) {
        add_string(out, label, parameters.items[i].name);
        add_string(out, "=", parameters.items[i].value);
    }
}

static void add_part(GString *out, const ImapPart *part, int index)
{
    static const char *const KINDS[] = { "basic", "text", "message", "multipart" };
    g_string_append_printf(out, " <%d^%d %s '%s' %.*s/%.*s", index, part->parent, KINDS[part->kind],
                           part->section, (int)part->type.len, part->type.data, (int)part->subtype.len,
                           part->subtype.data);
    add_parameters(out, " ", part->parameters);
    add_optional(out, " id=", part->id);
    add_optional(out, " description=", part->description);
    add_optional(out, " encoding=", part->encoding);
    g_string_append_printf(out, " %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, part->octets, part->lines);
    if (part->envelope != NULL)
        add_envelope(out, part->envelope);
    add_optional(out, " md5=", part->md5);
    add_optional(out, " disposition=", part->disposition);
    add_parameters(out, " d:", part->disposition_parameters);
    for (guint i = 0; i < part->n_languages; i++)
        add_string(out, " lang=", part->languages[i]);
    add_optional(out, " location=", part->location);
    g_string_append(out, ">");
}

static void add_fetch_data(GString *out, const ImapFetch *fetch)
{
    for (guint i = 0; i < fetch->n_sections; i++) {
        g_string_append(out, " ");
        add_section(out, &fetch->sections[i]);
        if (fetch->sections[i].streamed)
            g_string_append_printf(out, "=streamed %" G_GUINT64_FORMAT, fetch->sections[i].size);
        else
            add_string(out, "=", fetch->sections[i].data);
    }
    for (guint i = 0; i < fetch->n_binary_sizes; i++)
        g_string_append_printf(out, " size[%.*s]=%" G_GUINT64_FORMAT, (int)fetch->binary_sizes[i].section.len,
                               fetch->binary_sizes[i].section.data, fetch->binary_sizes[i].size);
    if (fetch->body != NULL) {
        g_string_append(out, fetch->body->truncated ? " body-truncated" : " body");
        for (guint i = 0; i < fetch->body->n; i++)
            add_part(out, &fetch->body->parts[i], (int)i);
    }
}

static void on_fetch(ImapSession *session, const ImapFetch *fetch, gpointer user)
{
    GString *out = g_string_new(NULL);
    (void)session;
    g_string_printf(out, "fetch %u", fetch->seq);
#define ITEM(bit, format, field)                                                                             \
    if (fetch->items & IMAP_FETCH_##bit)                                                                     \
    g_string_append_printf(out, " " #field "=" format, fetch->field)
    ITEM(UID, "%u", uid);
    if (fetch->items & IMAP_FETCH_FLAGS) {
        g_string_append(out, " flags=");
        add_flags(out, &fetch->flags);
    }
    ITEM(INTERNALDATE, "%" G_GINT64_FORMAT, internal_date);
    ITEM(SAVEDATE, "%" G_GINT64_FORMAT, save_date);
    ITEM(SIZE, "%" G_GUINT64_FORMAT, size);
    ITEM(MODSEQ, "%" G_GUINT64_FORMAT, modseq);
    ITEM(GM_MSGID, "%" G_GUINT64_FORMAT, gm_msgid);
    ITEM(GM_THRID, "%" G_GUINT64_FORMAT, gm_thrid);
#undef ITEM
    if (fetch->items & IMAP_FETCH_PREVIEW)
        add_string(out, " preview=", fetch->preview);
    if (fetch->items & IMAP_FETCH_EMAILID)
        add_string(out, " emailid=", fetch->emailid);
    if (fetch->items & IMAP_FETCH_THREADID)
        add_string(out, " threadid=", fetch->threadid);
    for (guint i = 0; i < fetch->n_gm_labels; i++)
        add_string(out, " label=", fetch->gm_labels[i]);
    if (fetch->items & IMAP_FETCH_ENVELOPE)
        add_envelope(g_string_append(out, " "), fetch->envelope);
    add_fetch_data(out, fetch);
    if (fetch->damaged != 0)
        g_string_append_printf(out, " damaged=0x%x", fetch->damaged);
    push(user, out);
}

/* Told where it is not the set's own. */
static void add_order(GString *out, const ImapSearchResult *result)
{
    ImapString text = result->partial != NULL ? result->partial_text : result->all_text;
    guint n, ascending = 1;
    g_autofree guint32 *uids = imap_uids_in_order(text, 20, &n);
    while (ascending < n && uids[ascending - 1] < uids[ascending])
        ascending++;
    for (guint i = 0; i < n && ascending < n; i++)
        g_string_append_printf(out, "%s%u", i == 0 ? " order=" : " ", uids[i]);
}

static void on_search(ImapSession *session, const ImapSearchResult *result, ImapCommandId command,
                      gpointer user)
{
    GString *out = g_string_new(result->extended ? "esearch" : "search");
    (void)session;
    g_string_append_printf(out, " for=%" G_GUINT64_FORMAT "%s", command, result->uid ? " uid" : "");
    if (result->has & IMAP_SEARCH_HAS_MIN)
        g_string_append_printf(out, " min=%u", result->min);
    if (result->has & IMAP_SEARCH_HAS_MAX)
        g_string_append_printf(out, " max=%u", result->max);
    if (result->has & IMAP_SEARCH_HAS_COUNT)
        g_string_append_printf(out, " count=%" G_GUINT64_FORMAT, result->count);
    if (result->has & IMAP_SEARCH_HAS_MODSEQ)
        g_string_append_printf(out, " modseq=%" G_GUINT64_FORMAT, result->modseq);
    add_set(out, " all=", result->all);
    if (result->has & IMAP_SEARCH_HAS_PARTIAL)
        g_string_append_printf(out, " partial %" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                               result->partial_first, result->partial_last);
    add_set(out, "=", result->partial);
    add_order(out, result);
    if (result->mailbox != NULL)
        g_string_append_printf(out, " in %s/%u", result->mailbox, result->uidvalidity);
    push(user, out);
}

static void on_sort(ImapSession *session, const guint32 *uids, guint n, ImapCommandId command, gpointer user)
{
    GString *out = g_string_new("sort");
    (void)session;
    g_string_append_printf(out, " for=%" G_GUINT64_FORMAT, command);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(out, " %u", uids[i]);
    push(user, out);
}

/* Each message with its parent: "3 6<3 0 5<0". */
static void on_thread(ImapSession *session, const ImapThreadNode *nodes, guint n, ImapCommandId command,
                      gpointer user)
{
    GString *out = g_string_new("thread");
    (void)session;
    g_string_append_printf(out, " for=%" G_GUINT64_FORMAT, command);
    for (guint i = 0; i < n; i++) {
        g_assert_cmpint(nodes[i].parent, <, (int)i);
        g_string_append_printf(out, " %u", nodes[i].uid);
        if (nodes[i].parent >= 0)
            g_string_append_printf(out, "<%u", nodes[nodes[i].parent].uid);
    }
    push(user, out);
}

static void on_text(ImapSession *session, const ImapText *text, gpointer user)
{
    GString *out = g_string_new("text ");
    (void)session;
    add_text(out, text);
    push(user, out);
}

static void on_alert(ImapSession *session, ImapString text, gpointer user)
{
    GString *out = g_string_new("alert");
    (void)session;
    add_string(out, " ", text);
    push(user, out);
}

static void on_bye(ImapSession *session, const ImapText *text, gpointer user)
{
    GString *out = g_string_new("bye ");
    (void)session;
    add_text(out, text);
    push(user, out);
}

static void on_idling(ImapSession *session, gpointer user)
{
    (void)session;
    push(user, g_string_new("idling"));
}

static void on_malformed(ImapSession *session, const char *line, gsize len, gpointer user)
{
    GString *out = g_string_new("malformed");
    (void)session;
    add_string(out, " ", (ImapString){ line, len });
    push(user, out);
}

void render_done(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text,
                 gpointer user)
{
    static const char *const RESULTS[] = { "ok", "no", "bad", "not-sent", "unknown" };
    GString *out = g_string_new(NULL);
    (void)session;
    g_string_printf(out, "done %" G_GUINT64_FORMAT " %s: ", id, RESULTS[result]);
    add_text(out, text);
    push(user, out);
}

const ImapSessionEvents render_events = {
    .output = on_output,
    .greeting = on_greeting,
    .state = on_state,
    .capability = on_capability,
    .enabled = on_enabled,
    .id = on_id,
    .namespaces = on_namespaces,
    .list = on_list,
    .status = on_status,
    .flags = on_flags,
    .exists = on_exists,
    .recent = on_recent,
    .expunge = on_expunge,
    .vanished = on_vanished,
    .section_begin = on_section_begin,
    .section_data = on_section_data,
    .section_end = on_section_end,
    .fetch = on_fetch,
    .search = on_search,
    .sort = on_sort,
    .thread = on_thread,
    .text = on_text,
    .alert = on_alert,
    .bye = on_bye,
    .idling = on_idling,
    .malformed = on_malformed,
};
