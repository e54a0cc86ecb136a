#include "config.h"

#include "proto/imap/tokenizer.h"

#include <stdlib.h>

/* What ends an atom: space, parentheses, quote, controls. */
enum { ENDS_ATOM = 1, ENDS_CODE = 2 };
static const guint8 CLASS[256] = {
    [0 ... 31] = ENDS_ATOM, [' '] = ENDS_ATOM, ['('] = ENDS_ATOM, [')'] = ENDS_ATOM,
    ['"'] = ENDS_ATOM,      [127] = ENDS_ATOM, [']'] = ENDS_CODE,
};

static bool take(ImapCursor *cursor, ImapString *atom, guint stop)
{
    const char *p = cursor->at;
    while (p < cursor->end && (CLASS[(guchar)*p] & stop) == 0)
        p++;
    if (p == cursor->at)
        return false;
    *atom = (ImapString){ cursor->at, (gsize)(p - cursor->at) };
    cursor->at = p;
    return true;
}

bool imap_cursor_atom(ImapCursor *cursor, ImapString *atom)
{
    return take(cursor, atom, ENDS_ATOM);
}

bool imap_cursor_code_atom(ImapCursor *cursor, ImapString *atom)
{
    return take(cursor, atom, ENDS_ATOM | ENDS_CODE);
}

bool imap_cursor_word(ImapCursor *cursor, const char *word)
{
    gsize len = strlen(word);
    if ((gsize)(cursor->end - cursor->at) < len || g_ascii_strncasecmp(cursor->at, word, len) != 0)
        return false;
    const char *behind = cursor->at + len;
    if (behind < cursor->end && CLASS[(guchar)*behind] == 0)
        return false;
    cursor->at = behind;
    return true;
}

bool imap_cursor_number(ImapCursor *cursor, guint64 *value)
{
    guint64 sum = 0;
    const char *p = cursor->at;
    for (; p < cursor->end && g_ascii_isdigit(*p); p++) {
        guint64 digit = (guint64)(*p - '0');
        if (sum > (G_MAXUINT64 - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (p == cursor->at)
        return false;
    cursor->at = p;
    *value = sum;
    return true;
}

bool imap_cursor_number32(ImapCursor *cursor, guint32 *value)
{
    const char *start = cursor->at;
    guint64 number;
    if (!imap_cursor_number(cursor, &number))
        return false;
    if (number > G_MAXUINT32) {
        cursor->at = start;
        return false;
    }
    *value = (guint32)number;
    return true;
}

static bool take_escaped(ImapCursor *cursor, const char *start, ImapString *string)
{
    const char *p = start;
    gsize escapes = 0;
    while (p < cursor->end && *p != '"') {
        if (*p == '\\' && p + 1 < cursor->end) {
            escapes++;
            p++;
        }
        p++;
    }
    if (p >= cursor->end)
        return false;
    gsize len = (gsize)(p - start) - escapes;
    char *copy = imap_arena_alloc(cursor->arena, len + 1), *out = copy;
    for (const char *q = start; q < p; q++) {
        if (*q == '\\')
            q++;
        *out++ = *q;
    }
    *string = (ImapString){ copy, len };
    cursor->at = p + 1;
    return true;
}

/* The bytes are kept whatever they are: servers put raw 8-bit text, and bare CR and LF, between quotes. */
static bool take_quoted(ImapCursor *cursor, ImapString *string)
{
    const char *start = cursor->at + 1, *p = start;
    while (p < cursor->end && *p != '"' && *p != '\\')
        p++;
    if (p >= cursor->end)
        return false;
    if (*p == '\\')
        return take_escaped(cursor, start, string);
    *string = (ImapString){ start, (gsize)(p - start) };
    cursor->at = p + 1;
    return true;
}

static int compare_offsets(const void *a, const void *b)
{
    gsize left = *(const gsize *)a, right = *(const gsize *)b;
    return left < right ? -1 : left > right;
}

static bool take_literal(ImapCursor *cursor, ImapString *string, bool *streamed, guint64 *size)
{
    ImapCursor in = *cursor;
    guint64 len;
    imap_cursor_char(&in, '~');
    if (!imap_cursor_char(&in, '{') || !imap_cursor_number(&in, &len) || !imap_cursor_char(&in, '}') ||
        !imap_cursor_char(&in, '\r') || !imap_cursor_char(&in, '\n'))
        return false;
    gsize offset = (gsize)(in.at - in.base);
    if (in.n_streamed > 0 &&
        bsearch(&offset, in.streamed, in.n_streamed, sizeof *in.streamed, compare_offsets) != NULL) {
        *string = IMAP_STRING_NIL;
        if (streamed != NULL)
            *streamed = true;
    } else {
        if (len > (guint64)(in.end - in.at))
            return false;
        *string = (ImapString){ in.at, (gsize)len };
        in.at += len;
    }
    if (size != NULL)
        *size = len;
    cursor->at = in.at;
    return true;
}

bool imap_cursor_string(ImapCursor *cursor, ImapString *string, bool *streamed, guint64 *size)
{
    if (streamed != NULL)
        *streamed = false;
    switch (imap_cursor_peek(cursor)) {
    case '"':
        if (!take_quoted(cursor, string))
            return false;
        if (size != NULL)
            *size = string->len;
        return true;
    case '{':
    case '~':
        return take_literal(cursor, string, streamed, size);
    default:
        return false;
    }
}

bool imap_cursor_nstring(ImapCursor *cursor, ImapString *string)
{
    if (imap_cursor_peek(cursor) == '"')
        return take_quoted(cursor, string);
    if (imap_cursor_string(cursor, string, NULL, NULL))
        return true;
    if (!imap_cursor_atom(cursor, string))
        return false;
    if (string->len == 3 && imap_string_is(*string, "NIL"))
        *string = IMAP_STRING_NIL;
    return true;
}

/* Values until `depth` parentheses are closed. Iterative, as the server chooses the depth. */
static bool skip_to_depth(ImapCursor *cursor, gsize depth)
{
    const char *start = cursor->at;
    do {
        ImapString ignored;
        switch (imap_cursor_peek(cursor)) {
        case '(':
            depth++;
            cursor->at++;
            break;
        case ')':
            if (depth == 0)
                goto failed;
            depth--;
            cursor->at++;
            break;
        case ' ':
            if (depth == 0)
                goto failed;
            cursor->at++;
            break;
        default:
            if (!imap_cursor_nstring(cursor, &ignored))
                goto failed;
            break;
        }
    } while (depth > 0);
    return true;
failed:
    cursor->at = start;
    return false;
}

bool imap_cursor_skip(ImapCursor *cursor)
{
    return skip_to_depth(cursor, 0);
}

bool imap_cursor_skip_list(ImapCursor *cursor)
{
    return skip_to_depth(cursor, 1);
}

ImapString imap_cursor_rest(ImapCursor *cursor)
{
    ImapString rest = { cursor->at, (gsize)(cursor->end - cursor->at) };
    cursor->at = cursor->end;
    return rest;
}
