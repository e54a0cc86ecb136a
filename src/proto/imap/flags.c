#include "config.h"

#include "proto/imap/parse.h"

#define STRINGS_MAX 1000u

typedef struct {
    ImapString *items;
    guint n, allocated;
} Strings;

static void add(ImapCursor *cursor, Strings *strings, ImapString string)
{
    if (strings->n == STRINGS_MAX || !imap_cursor_may_keep(cursor))
        return;
    if (strings->n == strings->allocated) {
        guint more = strings->allocated == 0 ? 2 : strings->allocated * 2;
        strings->items =
            imap_arena_grow(cursor->arena, strings->items, strings->n * sizeof string, more * sizeof string);
        strings->allocated = more;
    }
    strings->items[strings->n++] = string;
}

bool imap_parse_strings(ImapCursor *cursor, const ImapString **out, guint *n)
{
    Strings strings = { NULL, 0, 0 };
    ImapString string;

    if (!imap_cursor_char(cursor, '(')) {
        if (!imap_cursor_nstring(cursor, &string))
            return false;
        if (!imap_string_is_nil(string))
            add(cursor, &strings, string);
    } else {
        for (;;) {
            imap_cursor_space(cursor);
            if (imap_cursor_char(cursor, ')'))
                break;
            if (!imap_cursor_nstring(cursor, &string))
                return false;
            if (!imap_string_is_nil(string))
                add(cursor, &strings, string);
        }
    }
    *out = strings.items;
    *n = strings.n;
    return true;
}

static void note_flag(ImapCursor *cursor, ImapFlags *flags, Strings *others, ImapString flag)
{
    MailFlags bit = mail_flag_from_name(flag.data, flag.len);
    if (bit != 0)
        flags->bits |= bit;
    else if (imap_string_is(flag, "\\Recent"))
        flags->recent = true;
    else if (imap_string_is(flag, "\\*"))
        flags->any = true;
    else if (flag.len > 0)
        add(cursor, others, flag);
}

bool imap_parse_flags(ImapCursor *cursor, ImapFlags *flags)
{
    Strings others = { NULL, 0, 0 };
    ImapString flag;

    *flags = (ImapFlags){ 0 };
    if (!imap_cursor_char(cursor, '('))
        return imap_cursor_word(cursor, "NIL");
    for (;;) {
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            break;
        if (!imap_cursor_nstring(cursor, &flag))
            return false;
        if (!imap_string_is_nil(flag))
            note_flag(cursor, flags, &others, flag);
    }
    flags->others = others.items;
    flags->n_others = others.n;
    return true;
}
