/* Inside proto/imap: walks over one complete response. Every function either takes what it names and moves
 * on, or returns false and leaves the cursor where it was, unless it says otherwise. Nothing here recurses or
 * allocates, but for quoted strings with escapes, which are unescaped into the arena.
 */
#ifndef MALLE_PROTO_IMAP_TOKENIZER_H
#define MALLE_PROTO_IMAP_TOKENIZER_H

#include "proto/imap/limits.h"
#include "proto/imap/text.h"

typedef struct {
    const char *base, *at, *end; /* end: before the last CRLF */
    ImapArena *arena;
    const ImapLimits *limits;
    /* Offsets from base, ascending, right behind the "{n}\r\n" of literals whose bytes were streamed and are
     * not here. */
    const gsize *streamed;
    gsize n_streamed;
} ImapCursor;

static inline bool imap_cursor_at_end(const ImapCursor *cursor)
{
    return cursor->at >= cursor->end;
}

/* False once one response has made us keep more than a sane one could: the rest of a list is passed over
 * then. */
static inline bool imap_cursor_may_keep(const ImapCursor *cursor)
{
    return imap_arena_used(cursor->arena) < (gsize)32 * 1024 * 1024;
}

/* The next character, or '\0' at the end. */
static inline char imap_cursor_peek(const ImapCursor *cursor)
{
    return cursor->at < cursor->end ? *cursor->at : '\0';
}

static inline bool imap_cursor_char(ImapCursor *cursor, char c)
{
    if (cursor->at >= cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

/* One or more spaces: servers double them. */
static inline bool imap_cursor_space(ImapCursor *cursor)
{
    if (!imap_cursor_char(cursor, ' '))
        return false;
    while (imap_cursor_char(cursor, ' '))
        continue;
    return true;
}

/* Up to a space, parenthesis, quote or control character: more than RFC 9051's atom, because servers put
 * brackets, stars and 8-bit bytes into theirs. */
bool imap_cursor_atom(ImapCursor *cursor, ImapString *atom);
/* As an atom, but "]" ends it too: inside a response code. */
bool imap_cursor_code_atom(ImapCursor *cursor, ImapString *atom);
/* Any word without regard to ASCII case, followed by something that cannot belong to it. */
bool imap_cursor_word(ImapCursor *cursor, const char *word);
bool imap_cursor_number(ImapCursor *cursor, guint64 *value);
bool imap_cursor_number32(ImapCursor *cursor, guint32 *value);
/* Quoted or literal. *streamed (nullable) tells that the literal's bytes are not here (then the string is
 * NIL). */
bool imap_cursor_string(ImapCursor *cursor, ImapString *string, bool *streamed, guint64 *size);
/* String, NIL, or an atom taken as a string: what servers send where a (n)string belongs. */
bool imap_cursor_nstring(ImapCursor *cursor, ImapString *string);
/* Passes over one value of any kind, nested as deep as it likes. */
bool imap_cursor_skip(ImapCursor *cursor);
/* Behind "(": passes over the rest of the list and its ")". */
bool imap_cursor_skip_list(ImapCursor *cursor);
/* Everything that is left. */
ImapString imap_cursor_rest(ImapCursor *cursor);

#endif
