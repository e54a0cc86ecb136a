#include "config.h"

#include "proto/imap/text.h"

#include "proto/imap/error.h"

G_DEFINE_QUARK(imap - error - quark, imap_error)

char *imap_string_dup(ImapString string)
{
    if (string.data == NULL)
        return NULL;
    char *copy = g_malloc(string.len + 1);
    memcpy(copy, string.data, string.len);
    copy[string.len] = '\0';
    return copy;
}

bool imap_string_is(ImapString string, const char *text)
{
    return string.data != NULL && strlen(text) == string.len &&
           g_ascii_strncasecmp(string.data, text, string.len) == 0;
}

bool imap_string_has_prefix(ImapString string, const char *prefix)
{
    gsize len = strlen(prefix);
    return string.data != NULL && len <= string.len && g_ascii_strncasecmp(string.data, prefix, len) == 0;
}

bool imap_string_number(ImapString string, guint64 *value)
{
    guint64 sum = 0;
    if (string.len == 0)
        return false;
    for (gsize i = 0; i < string.len; i++) {
        if (!g_ascii_isdigit(string.data[i]))
            return false;
        guint64 digit = (guint64)(string.data[i] - '0');
        if (sum > (G_MAXUINT64 - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

/* One block serves nearly every response, so that parsing 100,000 envelopes allocates nothing; what is larger
 * gets blocks of its own, which go at the next reset. */
#define ARENA_BLOCK ((gsize)16 * 1024)
#define ARENA_ALIGN                                                                                          \
    (sizeof(union {                                                                                          \
        gint64 i;                                                                                            \
        double d;                                                                                            \
        gpointer p;                                                                                          \
    }))

typedef struct Block Block;
struct Block {
    Block *next;
    gsize used, size;
    char data[] __attribute__((aligned(16)));
};

struct ImapArena {
    Block *top;   /* allocations come from here */
    Block *first; /* kept over resets; the last of the chain */
    gsize used;
};

static Block *block_new(gsize size, Block *next)
{
    Block *block = g_malloc(sizeof(Block) + size);
    block->next = next;
    block->used = 0;
    block->size = size;
    return block;
}

ImapArena *imap_arena_new(void)
{
    ImapArena *arena = g_new0(ImapArena, 1);
    arena->first = arena->top = block_new(ARENA_BLOCK, NULL);
    return arena;
}

void imap_arena_reset(ImapArena *arena)
{
    while (arena->top != arena->first) {
        Block *next = arena->top->next;
        g_free(arena->top);
        arena->top = next;
    }
    arena->first->used = 0;
    arena->used = 0;
}

void imap_arena_free(ImapArena *arena)
{
    if (arena == NULL)
        return;
    imap_arena_reset(arena);
    g_free(arena->first);
    g_free(arena);
}

static gsize aligned(gsize size)
{
    return (size + (ARENA_ALIGN - 1)) & ~(ARENA_ALIGN - 1);
}

gpointer imap_arena_alloc(ImapArena *arena, gsize size)
{
    g_assert(size <= G_MAXSIZE / 2);
    size = aligned(size);
    if (size > arena->top->size - arena->top->used)
        arena->top = block_new(MAX(size, ARENA_BLOCK * 4), arena->top);
    gpointer memory = arena->top->data + arena->top->used;
    arena->top->used += size;
    arena->used += size;
    memset(memory, 0, size);
    return memory;
}

gpointer imap_arena_grow(ImapArena *arena, gpointer old, gsize old_size, gsize new_size)
{
    old_size = aligned(old_size);
    new_size = aligned(new_size);
    Block *top = arena->top;
    if (old != NULL && (char *)old + old_size == top->data + top->used &&
        new_size - old_size <= top->size - top->used) {
        memset((char *)old + old_size, 0, new_size - old_size);
        top->used += new_size - old_size;
        arena->used += new_size - old_size;
        return old;
    }
    gpointer memory = imap_arena_alloc(arena, new_size);
    if (old != NULL)
        memcpy(memory, old, old_size);
    return memory;
}

char *imap_arena_copy(ImapArena *arena, const char *data, gsize len)
{
    char *copy = imap_arena_alloc(arena, len + 1);
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

gsize imap_arena_used(const ImapArena *arena)
{
    return arena->used;
}
