#include "config.h"

#include "proto/imap/parse.h"

/* Behind the "(" of one address; servers leave fields out and add some. */
static bool parse_address(ImapCursor *cursor, ImapAddress *address)
{
    ImapString *const fields[] = { &address->name, &address->route, &address->mailbox, &address->host };
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        imap_cursor_space(cursor);
        if (imap_cursor_peek(cursor) == ')')
            break;
        if (!imap_cursor_nstring(cursor, fields[i]))
            return false;
    }
    return imap_cursor_skip_list(cursor);
}

/* Courier ends a group with an empty name in place of NIL. */
static void mark_group(ImapAddress *address, bool *in_group)
{
    if (!imap_string_is_nil(address->host))
        return;
    if (*in_group && address->mailbox.len == 0)
        address->mailbox = IMAP_STRING_NIL;
    *in_group = !imap_string_is_nil(address->mailbox);
}

/* Behind the "(" of a list: one address whose own parentheses were forgotten, up to the list's ")". */
static bool parse_bare_address(ImapCursor *cursor, ImapAddress *address)
{
    ImapCursor in = *cursor;
    ImapString fields[4];
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        imap_cursor_space(&in);
        if (!imap_cursor_nstring(&in, &fields[i]))
            return false;
    }
    imap_cursor_space(&in);
    if (!imap_cursor_char(&in, ')'))
        return false;
    *address = (ImapAddress){ fields[0], fields[1], fields[2], fields[3] };
    *cursor = in;
    return true;
}

static bool parse_addresses(ImapCursor *cursor, ImapAddresses *addresses, guint *budget, bool *truncated)
{
    ImapAddress *items = NULL;
    guint n = 0, allocated = 0;
    bool in_group = false;

    if (!imap_cursor_char(cursor, '(')) {
        ImapString nil; /* NIL, or "" from those who know no better */
        return imap_cursor_nstring(cursor, &nil) && (imap_string_is_nil(nil) || nil.len == 0);
    }
    if (imap_cursor_peek(cursor) != '(') {
        ImapAddress *bare = imap_arena_alloc(cursor->arena, sizeof *bare);
        if (parse_bare_address(cursor, bare)) {
            *truncated = *truncated || *budget == 0;
            if (*budget > 0) {
                *addresses = (ImapAddresses){ bare, 1 };
                (*budget)--;
            }
            return true;
        }
    }
    for (;;) {
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            break;
        if (imap_cursor_word(cursor, "NIL"))
            continue;
        if (!imap_cursor_char(cursor, '('))
            return false;
        if (*budget == 0 || !imap_cursor_may_keep(cursor)) {
            *truncated = true;
            if (!imap_cursor_skip_list(cursor))
                return false;
            continue;
        }
        (*budget)--;
        if (n == allocated) {
            allocated = allocated == 0 ? 1 : allocated * 2;
            items = imap_arena_grow(cursor->arena, items, n * sizeof *items, allocated * sizeof *items);
        }
        if (!parse_address(cursor, &items[n]))
            return false;
        mark_group(&items[n++], &in_group);
    }
    addresses->items = items;
    addresses->n = n;
    return true;
}

bool imap_parse_envelope(ImapCursor *cursor, const ImapEnvelope **out)
{
    ImapEnvelope *envelope = imap_arena_alloc(cursor->arena, sizeof *envelope);
    ImapAddresses *const lists[] = { &envelope->from, &envelope->sender, &envelope->reply_to,
                                     &envelope->to,   &envelope->cc,     &envelope->bcc };
    ImapString *const before[] = { &envelope->date, &envelope->subject };
    ImapString *const behind[] = { &envelope->in_reply_to, &envelope->message_id };
    guint budget = cursor->limits->addresses;
    gsize n = 0;

    if (!imap_cursor_char(cursor, '('))
        return false;
    for (; n < 10; n++) {
        imap_cursor_space(cursor);
        if (imap_cursor_peek(cursor) == ')')
            break; /* short: what is missing is NIL */
        bool ok = n < 2   ? imap_cursor_nstring(cursor, before[n])
                  : n < 8 ? parse_addresses(cursor, lists[n - 2], &budget, &envelope->truncated)
                          : imap_cursor_nstring(cursor, behind[n - 8]);
        if (!ok)
            return false;
    }
    if (!imap_cursor_skip_list(cursor))
        return false;
    /* Nine fields, as QQ sends: one of the NILs before was forgotten, for hardly a message has no Message-ID.
     */
    if (n == 9) {
        envelope->message_id = envelope->in_reply_to;
        envelope->in_reply_to = IMAP_STRING_NIL;
    }
    *out = envelope;
    return true;
}
