#include "config.h"

#include "proto/imap/mailbox.h"
#include "proto/imap/parse.h"

#define NAMESPACES_MAX 100u
#define ID_FIELDS_MAX 100u

static const struct {
    const char *name;
    guint attribute;
} ATTRIBUTES[] = {
    { "\\Noinferiors", IMAP_MAILBOX_NOINFERIORS },
    { "\\Noselect", IMAP_MAILBOX_NOSELECT },
    { "\\NonExistent", IMAP_MAILBOX_NONEXISTENT | IMAP_MAILBOX_NOSELECT },
    { "\\HasChildren", IMAP_MAILBOX_HASCHILDREN },
    { "\\HasNoChildren", IMAP_MAILBOX_HASNOCHILDREN },
    { "\\Marked", IMAP_MAILBOX_MARKED },
    { "\\Unmarked", IMAP_MAILBOX_UNMARKED },
    { "\\Subscribed", IMAP_MAILBOX_SUBSCRIBED },
    { "\\Remote", IMAP_MAILBOX_REMOTE },
    { "\\All", IMAP_MAILBOX_ALL },
    { "\\AllMail", IMAP_MAILBOX_ALL }, /* from here to \Spam: XLIST's names */
    { "\\Archive", IMAP_MAILBOX_ARCHIVE },
    { "\\Drafts", IMAP_MAILBOX_DRAFTS },
    { "\\Flagged", IMAP_MAILBOX_FLAGGED },
    { "\\Starred", IMAP_MAILBOX_FLAGGED },
    { "\\Junk", IMAP_MAILBOX_JUNK },
    { "\\Spam", IMAP_MAILBOX_JUNK },
    { "\\Sent", IMAP_MAILBOX_SENT },
    { "\\Trash", IMAP_MAILBOX_TRASH },
    { "\\Important", IMAP_MAILBOX_IMPORTANT },
};

static guint attributes_from(const ImapString *names, guint n)
{
    guint attributes = 0;
    for (guint i = 0; i < n; i++)
        for (gsize j = 0; j < G_N_ELEMENTS(ATTRIBUTES); j++)
            if (imap_string_is(names[i], ATTRIBUTES[j].name))
                attributes |= ATTRIBUTES[j].attribute;
    return attributes;
}

/* The wire name of one that came as UTF-8: what it would be without UTF8=ACCEPT. One that is no UTF-8 stays as it is. */
static const char *keep(ImapCursor *cursor, const char *name)
{
    g_autofree char *wire = imap_mailbox_encode(name, false);
    return wire == NULL ? name : imap_arena_copy(cursor->arena, wire, strlen(wire));
}

/* A mailbox name can be a literal with anything in it; one with a NUL, CR or LF cannot be named again and is
 * not a mailbox to us. */
bool imap_parse_mailbox(ImapCursor *cursor, bool utf8, const char **wire_name)
{
    ImapString name;
    const char *start = cursor->at;
    if (!imap_cursor_nstring(cursor, &name))
        return false;
    if (imap_string_is_nil(name)) /* a mailbox may be called NIL: RFC 9051 §5.1 lets an atom spell it */
        name = (ImapString){ start, 3 };
    if (memchr(name.data, '\0', name.len) != NULL || memchr(name.data, '\r', name.len) != NULL ||
        memchr(name.data, '\n', name.len) != NULL)
        return false;
    *wire_name =
        imap_string_is(name, "INBOX") ? "INBOX" : imap_arena_copy(cursor->arena, name.data, name.len);
    if (utf8)
        *wire_name = keep(cursor, *wire_name);
    return true;
}

static bool parse_delimiter(ImapCursor *cursor, char *delimiter)
{
    ImapString text;
    if (!imap_cursor_nstring(cursor, &text) || text.len > 1)
        return false;
    *delimiter = text.len == 1 ? text.data[0] : '\0';
    return true;
}

static char *readable(ImapCursor *cursor, const char *wire)
{
    g_autofree char *name = imap_mailbox_decode(wire, -1, false, NULL);
    return imap_arena_copy(cursor->arena, name, strlen(name));
}

/* ("CHILDINFO" ("SUBSCRIBED") "OLDNAME" ("x")), RFC 5258 and RFC 9051 §7.3.1. */
static bool parse_list_extensions(ImapCursor *cursor, bool utf8, ImapList *list)
{
    if (!imap_cursor_char(cursor, '('))
        return false;
    for (;;) {
        ImapString tag;
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            return true;
        if (!imap_cursor_nstring(cursor, &tag) || !imap_cursor_space(cursor))
            return false;
        if (imap_string_is(tag, "OLDNAME") && imap_cursor_char(cursor, '(')) {
            if (!imap_parse_mailbox(cursor, utf8, &list->old_name) || !imap_cursor_skip_list(cursor))
                return false;
        } else if (imap_string_is(tag, "CHILDINFO")) {
            const ImapString *what;
            guint n;
            if (!imap_parse_strings(cursor, &what, &n))
                return false;
            for (guint i = 0; i < n; i++)
                list->child_subscribed |= imap_string_is(what[i], "SUBSCRIBED");
        } else if (!imap_cursor_skip(cursor)) {
            return false;
        }
    }
}

bool imap_parse_list(ImapCursor *cursor, bool lsub, bool utf8, ImapList *list)
{
    const ImapString *names;
    guint n;

    *list = (ImapList){ .lsub = lsub };
    if (imap_cursor_peek(cursor) != '(' || !imap_parse_strings(cursor, &names, &n) ||
        !imap_cursor_space(cursor) || !parse_delimiter(cursor, &list->delimiter) ||
        !imap_cursor_space(cursor) || !imap_parse_mailbox(cursor, utf8, &list->wire_name))
        return false;
    list->attributes = attributes_from(names, n);
    for (guint i = 0; i < n; i++)
        if (imap_string_is(names[i], "\\Inbox"))
            list->wire_name = "INBOX"; /* XLIST gives it a translated name */
    list->name = readable(cursor, list->wire_name);
    if (imap_cursor_space(cursor) && !imap_cursor_at_end(cursor))
        return parse_list_extensions(cursor, utf8, list);
    return true;
}

/* ---- STATUS ---- */

static bool parse_status_item(ImapCursor *cursor, ImapMailboxStatus *status)
{
    static const struct {
        const char *name;
        guint item;
        gsize offset;
        bool wide;
    } ITEMS[] = {
#define ITEM(name, field, wide) { #name, IMAP_STATUS_ITEM_##name, offsetof(ImapMailboxStatus, field), wide }
        ITEM(MESSAGES, messages, false),
        ITEM(UIDNEXT, uidnext, false),
        ITEM(UIDVALIDITY, uidvalidity, false),
        ITEM(UNSEEN, unseen, false),
        ITEM(DELETED, deleted, false),
        ITEM(RECENT, recent, false),
        ITEM(SIZE, size, true),
        ITEM(HIGHESTMODSEQ, highestmodseq, true),
        ITEM(APPENDLIMIT, appendlimit, true),
#undef ITEM
    };
    ImapString name;

    if (!imap_cursor_atom(cursor, &name) || !imap_cursor_space(cursor))
        return false;
    if (imap_string_is(name, "MAILBOXID")) {
        const ImapString *strings;
        guint n;
        if (!imap_parse_strings(cursor, &strings, &n))
            return false;
        status->mailboxid = n > 0 ? strings[0] : IMAP_STRING_NIL;
        status->items |= IMAP_STATUS_ITEM_MAILBOXID;
        return true;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ITEMS); i++) {
        const char *start = cursor->at;
        guint64 number;
        if (!imap_string_is(name, ITEMS[i].name))
            continue;
        if (ITEMS[i].item == IMAP_STATUS_ITEM_APPENDLIMIT && imap_cursor_word(cursor, "NIL"))
            number = G_MAXUINT64;
        else if (!imap_cursor_number(cursor, &number) || (!ITEMS[i].wide && number > G_MAXUINT32)) {
            cursor->at = start;
            return imap_cursor_skip(cursor);
        }
        if (ITEMS[i].wide)
            *(guint64 *)(gpointer)((char *)status + ITEMS[i].offset) = number;
        else
            *(guint32 *)(gpointer)((char *)status + ITEMS[i].offset) = (guint32)number;
        status->items |= ITEMS[i].item;
        return true;
    }
    return imap_cursor_skip(cursor);
}

bool imap_parse_status(ImapCursor *cursor, bool utf8, ImapMailboxStatus *status)
{
    *status = (ImapMailboxStatus){ 0 };
    if (!imap_parse_mailbox(cursor, utf8, &status->wire_name) || !imap_cursor_space(cursor) ||
        !imap_cursor_char(cursor, '('))
        return false;
    for (;;) {
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            return true;
        if (!parse_status_item(cursor, status))
            return false;
    }
}

/* ---- NAMESPACE and ID ---- */

static bool parse_namespace_group(ImapCursor *cursor, bool utf8, const ImapNamespace **out, guint *n_out)
{
    ImapNamespace *items = NULL;
    guint n = 0;

    if (!imap_cursor_char(cursor, '(')) {
        ImapString nil;
        return imap_cursor_nstring(cursor, &nil);
    }
    for (;;) {
        ImapNamespace namespace;
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            break;
        if (!imap_cursor_char(cursor, '(') || !imap_cursor_nstring(cursor, &namespace.prefix) ||
            !imap_cursor_space(cursor) || !parse_delimiter(cursor, &namespace.delimiter) ||
            !imap_cursor_skip_list(cursor))
            return false;
        if (n == NAMESPACES_MAX)
            continue;
        if (utf8 && !imap_string_is_nil(namespace.prefix) && memchr(namespace.prefix.data, '\0', namespace.prefix.len) == NULL) {
            const char *prefix = keep(cursor, imap_arena_copy(cursor->arena, namespace.prefix.data, namespace.prefix.len));
            namespace.prefix = (ImapString){ prefix, strlen(prefix) };
        }
        items = imap_arena_grow(cursor->arena, items, n * sizeof *items, (n + 1) * sizeof *items);
        items[n++] = namespace;
    }
    *out = items;
    *n_out = n;
    return true;
}

bool imap_parse_namespaces(ImapCursor *cursor, bool utf8, ImapNamespaces *namespaces)
{
    *namespaces = (ImapNamespaces){ 0 };
    return parse_namespace_group(cursor, utf8, &namespaces->personal, &namespaces->n_personal) &&
           imap_cursor_space(cursor) &&
           parse_namespace_group(cursor, utf8, &namespaces->others, &namespaces->n_others) &&
           imap_cursor_space(cursor) &&
           parse_namespace_group(cursor, utf8, &namespaces->shared, &namespaces->n_shared);
}

bool imap_parse_id(ImapCursor *cursor, const ImapIdField **fields, guint *n)
{
    ImapIdField *items = NULL;

    *fields = NULL;
    *n = 0;
    if (!imap_cursor_char(cursor, '('))
        return imap_cursor_word(cursor, "NIL");
    for (;;) {
        ImapIdField field;
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            break;
        if (!imap_cursor_nstring(cursor, &field.field) || !imap_cursor_space(cursor) ||
            !imap_cursor_nstring(cursor, &field.value))
            return false;
        if (*n == ID_FIELDS_MAX)
            continue;
        items = imap_arena_grow(cursor->arena, items, *n * sizeof *items, (*n + 1) * sizeof *items);
        items[(*n)++] = field;
    }
    *fields = items;
    return true;
}
