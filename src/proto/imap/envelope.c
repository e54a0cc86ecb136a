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

static bool parse_addresses(ImapCursor *cursor, ImapAddresses *addresses, guint *budget, bool *truncated)
{
    ImapAddress *items = NULL;
    guint n = 0, allocated = 0;

    if (!imap_cursor_char(cursor, '(')) {
        ImapString nil; /* NIL, or "" from those who know no better */
        return imap_cursor_nstring(cursor, &nil) && (imap_string_is_nil(nil) || nil.len == 0);
    }
    for (;;) {
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            break;
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
        if (!parse_address(cursor, &items[n++]))
            return false;
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

    if (!imap_cursor_char(cursor, '('))
        return false;
    for (gsize i = 0; i < 10; i++) {
        imap_cursor_space(cursor);
        if (imap_cursor_peek(cursor) == ')')
            break; /* short: what is missing is NIL */
        bool ok = i < 2   ? imap_cursor_nstring(cursor, before[i])
                  : i < 8 ? parse_addresses(cursor, lists[i - 2], &budget, &envelope->truncated)
                          : imap_cursor_nstring(cursor, behind[i - 8]);
        if (!ok)
            return false;
    }
    if (!imap_cursor_skip_list(cursor))
        return false;
    *out = envelope;
    return true;
}
