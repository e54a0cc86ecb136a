/* Bytes from the server, and the arena that holds what is made of them.
 *
 * An ImapString points into the response or into the session's arena. It is NOT NUL-terminated, may hold any
 * byte, and lives until the callback that got it returns: copy what must stay.
 */
#ifndef MALLE_PROTO_IMAP_TEXT_H
#define MALLE_PROTO_IMAP_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
    const char *data; /* NULL: NIL */
    gsize len;
} ImapString;

#define IMAP_STRING_NIL ((ImapString){ NULL, 0 })
#define IMAP_STRING(literal) ((ImapString){ (literal), sizeof(literal) - 1 })

static inline bool imap_string_is_nil(ImapString string)
{
    return string.data == NULL;
}

/* A NUL-terminated copy (bytes as they are, NULs inside kept), or NULL for NIL. g_free. */
char *imap_string_dup(ImapString string);
/* Without regard to ASCII case. */
bool imap_string_is(ImapString string, const char *text);
bool imap_string_has_prefix(ImapString string, const char *prefix);
/* Decimal digits only, no overflow; false leaves *value alone. */
bool imap_string_number(ImapString string, guint64 *value);

/* A bump allocator: everything goes at once. The first block is kept for the next response. */
typedef struct ImapArena ImapArena;

ImapArena *imap_arena_new(void);
void imap_arena_free(ImapArena *arena);
void imap_arena_reset(ImapArena *arena);
/* Zeroed, aligned for any type; never NULL (aborts when memory is gone, as g_malloc does). */
gpointer imap_arena_alloc(ImapArena *arena, gsize size);
/* Grows an array that may have been the last allocation (then in place); old contents kept, the rest zeroed.
 */
gpointer imap_arena_grow(ImapArena *arena, gpointer old, gsize old_size, gsize new_size);
char *imap_arena_copy(ImapArena *arena, const char *data, gsize len); /* NUL-terminated */
gsize imap_arena_used(const ImapArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapArena, imap_arena_free)

#endif
