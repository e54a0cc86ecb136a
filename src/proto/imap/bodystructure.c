#include "config.h"

#include "proto/imap/parse.h"

/* A BODYSTRUCTURE is a tree that the sender of a message draws: it is walked with a stack of our own, of
 * limited depth, and never by recursion. Parts beyond the limits are passed over and the body is marked as
 * truncated.
 */

#define PARAMETERS_MAX 256u

typedef struct {
    guint part;         /* index of the multipart or message that is open */
    const char *prefix; /* what the numbers of its children begin with: "", "2", "2.1" */
    guint children;
} Frame;

typedef struct {
    ImapCursor *cursor;
    ImapPart *parts;
    guint n, allocated;
    Frame *stack;
    guint depth;
    bool truncated;
} Walk;

/* To the next field of a list; false at its end. */
static bool next_field(ImapCursor *cursor)
{
    imap_cursor_space(cursor);
    return !imap_cursor_at_end(cursor) && imap_cursor_peek(cursor) != ')';
}

static bool parse_parameters(ImapCursor *cursor, ImapParameters *parameters)
{
    ImapParameter *items = NULL;
    guint n = 0, allocated = 0;

    if (!imap_cursor_char(cursor, '(')) {
        ImapString ignored;
        return imap_cursor_nstring(cursor, &ignored);
    }
    while (next_field(cursor)) {
        ImapParameter parameter = { IMAP_STRING_NIL, IMAP_STRING_NIL };
        if (!imap_cursor_nstring(cursor, &parameter.name) ||
            (next_field(cursor) && !imap_cursor_nstring(cursor, &parameter.value)))
            return false;
        if (imap_string_is_nil(parameter.name) || n == PARAMETERS_MAX || !imap_cursor_may_keep(cursor))
            continue;
        if (n == allocated) {
            allocated = allocated == 0 ? 2 : allocated * 2;
            items = imap_arena_grow(cursor->arena, items, n * sizeof *items, allocated * sizeof *items);
        }
        items[n++] = parameter;
    }
    parameters->items = items;
    parameters->n = n;
    return imap_cursor_char(cursor, ')');
}

static bool parse_disposition(ImapCursor *cursor, ImapPart *part)
{
    if (!imap_cursor_char(cursor, '('))
        return imap_cursor_nstring(cursor, &part->disposition);
    if (next_field(cursor) && !imap_cursor_nstring(cursor, &part->disposition))
        return false;
    if (next_field(cursor) && !parse_parameters(cursor, &part->disposition_parameters))
        return false;
    return imap_cursor_skip_list(cursor);
}

/* Disposition, language, location, whatever else, and the ")" of the part. */
static bool parse_extension(ImapCursor *cursor, ImapPart *part)
{
    if (next_field(cursor) && !parse_disposition(cursor, part))
        return false;
    if (next_field(cursor) && !imap_parse_strings(cursor, &part->languages, &part->n_languages))
        return false;
    if (next_field(cursor) && imap_cursor_peek(cursor) != '(' &&
        !imap_cursor_nstring(cursor, &part->location))
        return false;
    return imap_cursor_skip_list(cursor);
}

static bool parse_single_extension(ImapCursor *cursor, ImapPart *part)
{
    if (next_field(cursor) && imap_cursor_peek(cursor) != '(' && !imap_cursor_nstring(cursor, &part->md5))
        return false;
    return parse_extension(cursor, part);
}

/* A number, or what stands in its place (NIL, "12"). */
static bool parse_count(ImapCursor *cursor, guint64 *count)
{
    ImapString text;
    if (imap_cursor_number(cursor, count))
        return true;
    if (!imap_cursor_nstring(cursor, &text))
        return false;
    imap_string_number(text, count);
    return true;
}

static bool looks_like_count(const ImapCursor *cursor)
{
    char c = imap_cursor_peek(cursor);
    return g_ascii_isdigit(c) || c == '-'; /* some count to -1 */
}

static ImapPart *new_part(Walk *walk, ImapPartKind kind)
{
    const Frame *above = walk->depth > 0 ? &walk->stack[walk->depth - 1] : NULL;
    ImapArena *arena = walk->cursor->arena;
    char number[16];

    if (walk->n == walk->allocated) {
        guint more = walk->allocated == 0 ? 4 : walk->allocated * 2;
        walk->parts =
            imap_arena_grow(arena, walk->parts, walk->n * sizeof *walk->parts, more * sizeof *walk->parts);
        walk->allocated = more;
    }
    ImapPart *part = &walk->parts[walk->n++];
    *part = (ImapPart){ .kind = kind, .parent = above == NULL ? -1 : (int)above->part, .depth = walk->depth };
    if (above == NULL) {
        part->section = kind == IMAP_PART_MULTIPART ? "" : "1";
        return part;
    }
    bool in_message = walk->parts[above->part].kind == IMAP_PART_MESSAGE;
    if (in_message && kind == IMAP_PART_MULTIPART)
        g_strlcpy(number, "TEXT", sizeof number);
    else
        g_snprintf(number, sizeof number, "%u", above->children);
    gsize prefix = strlen(above->prefix), digits = strlen(number);
    char *section = imap_arena_alloc(arena, prefix + digits + 2);
    if (prefix > 0) {
        memcpy(section, above->prefix, prefix);
        section[prefix++] = '.';
    }
    memcpy(section + prefix, number, digits);
    part->section = section;
    return part;
}

static bool open_frame(Walk *walk, const char *prefix)
{
    if (walk->depth >= walk->cursor->limits->depth)
        return false;
    walk->stack[walk->depth++] = (Frame){ .part = walk->n - 1, .prefix = prefix };
    return true;
}

static void default_type(ImapPart *part)
{
    if (imap_string_is_nil(part->type))
        part->type = IMAP_STRING("text");
    if (imap_string_is_nil(part->subtype))
        part->subtype =
            imap_string_is(part->type, "text") ? IMAP_STRING("plain") : IMAP_STRING("octet-stream");
}

/* The fields that every single part has. Behind its "(". */
static bool parse_basic(ImapCursor *cursor, ImapPart *part)
{
    /* Some leave the subtype out: ("X-ZIP" ("BOUNDARY" "")). */
    if (!imap_cursor_nstring(cursor, &part->type) ||
        (next_field(cursor) && imap_cursor_peek(cursor) != '(' &&
         !imap_cursor_nstring(cursor, &part->subtype)) ||
        (next_field(cursor) && !parse_parameters(cursor, &part->parameters)) ||
        (next_field(cursor) && !imap_cursor_nstring(cursor, &part->id)) ||
        (next_field(cursor) && !imap_cursor_nstring(cursor, &part->description)) ||
        (next_field(cursor) && !imap_cursor_nstring(cursor, &part->encoding)) ||
        (next_field(cursor) && !parse_count(cursor, &part->octets)))
        return false;
    if (imap_string_is_nil(part->type) && !imap_string_is_nil(part->subtype)) {
        part->type = IMAP_STRING("multipart"); /* (NIL "alternative" ("boundary" "x")): one without parts */
        part->kind = IMAP_PART_MULTIPART;
        return true;
    }
    default_type(part);
    if (imap_string_is(part->type, "text"))
        part->kind = IMAP_PART_TEXT;
    else if (imap_string_is(part->type, "message") &&
             (imap_string_is(part->subtype, "rfc822") || imap_string_is(part->subtype, "global")))
        part->kind = IMAP_PART_MESSAGE;
    return true;
}

typedef enum { STEP_FAILED, STEP_BODY_FOLLOWS, STEP_BODY_ENDED } Step;

/* Behind octets of message/rfc822: envelope, body, lines. Some servers describe it as any other type: then
 * nothing follows but extension data. */
static Step begin_message(Walk *walk, ImapPart *part)
{
    ImapCursor *cursor = walk->cursor;
    bool more = next_field(cursor);

    if (more && imap_cursor_peek(cursor) == '(') {
        if (!imap_parse_envelope(cursor, &part->envelope))
            return STEP_FAILED;
        if (!next_field(cursor) || imap_cursor_peek(cursor) != '(') {
            ImapString nil;
            if (next_field(cursor) && !imap_cursor_nstring(cursor, &nil))
                return STEP_FAILED;
        } else if (open_frame(walk, part->section)) {
            return STEP_BODY_FOLLOWS;
        } else {
            walk->truncated = true;
            if (!imap_cursor_skip(cursor))
                return STEP_FAILED;
        }
    } else if (more) {
        ImapCursor ahead = *cursor; /* NIL NIL lines: neither envelope nor body is known */
        if (imap_cursor_word(&ahead, "NIL") && imap_cursor_space(&ahead) && imap_cursor_word(&ahead, "NIL") &&
            imap_cursor_space(&ahead) && looks_like_count(&ahead))
            *cursor = ahead;
    }
    if (next_field(cursor) && looks_like_count(cursor) && !parse_count(cursor, &part->lines))
        return STEP_FAILED;
    return parse_single_extension(cursor, part) ? STEP_BODY_ENDED : STEP_FAILED;
}

static Step begin_multipart(Walk *walk)
{
    const ImapPart *part = new_part(walk, IMAP_PART_MULTIPART);
    const Frame *above = walk->depth > 0 ? &walk->stack[walk->depth - 1] : NULL;
    const char *prefix = part->section;

    /* The parts of a multipart that is a message's whole content count from it: 2.1, not 2.TEXT.1. */
    if (above != NULL && walk->parts[above->part].kind == IMAP_PART_MESSAGE)
        prefix = above->prefix;
    if (open_frame(walk, prefix))
        return STEP_BODY_FOLLOWS;
    walk->n--;
    walk->truncated = true;
    return imap_cursor_skip_list(walk->cursor) ? STEP_BODY_ENDED : STEP_FAILED;
}

static Step begin_body(Walk *walk)
{
    ImapCursor *cursor = walk->cursor;

    if (walk->depth > 0)
        walk->stack[walk->depth - 1].children++;
    if (!imap_cursor_char(cursor, '('))
        return STEP_FAILED;
    if (walk->n >= walk->cursor->limits->parts || !imap_cursor_may_keep(cursor)) {
        walk->truncated = true;
        return imap_cursor_skip_list(cursor) ? STEP_BODY_ENDED : STEP_FAILED;
    }
    if (imap_cursor_peek(cursor) == '(')
        return begin_multipart(walk);
    ImapPart *part = new_part(walk, IMAP_PART_BASIC);
    if (walk->depth > 0 && imap_cursor_char(cursor, ')')) {
        default_type(part);
        part->kind = IMAP_PART_TEXT;
        return STEP_BODY_ENDED; /* "()" for a part that is empty */
    }
    if (!parse_basic(cursor, part))
        return STEP_FAILED;
    if (part->kind == IMAP_PART_MESSAGE)
        return begin_message(walk, part);
    if (part->kind == IMAP_PART_TEXT && next_field(cursor) && looks_like_count(cursor) &&
        !parse_count(cursor, &part->lines))
        return STEP_FAILED;
    return parse_single_extension(cursor, part) ? STEP_BODY_ENDED : STEP_FAILED;
}

/* A child of the open frame has ended: another one, or the end of the frame. */
static Step resume_frame(Walk *walk)
{
    ImapCursor *cursor = walk->cursor;
    ImapPart *part = &walk->parts[walk->stack[walk->depth - 1].part];

    if (part->kind == IMAP_PART_MULTIPART) {
        imap_cursor_space(cursor);
        if (imap_cursor_peek(cursor) == '(')
            return STEP_BODY_FOLLOWS;
        part->type = IMAP_STRING("multipart");
        if (next_field(cursor) && !imap_cursor_nstring(cursor, &part->subtype))
            return STEP_FAILED;
        if (imap_string_is_nil(part->subtype))
            part->subtype = IMAP_STRING("mixed");
        if (next_field(cursor) && !parse_parameters(cursor, &part->parameters))
            return STEP_FAILED;
        if (!parse_extension(cursor, part))
            return STEP_FAILED;
    } else {
        if (next_field(cursor) && looks_like_count(cursor) && !parse_count(cursor, &part->lines))
            return STEP_FAILED;
        if (!parse_single_extension(cursor, part))
            return STEP_FAILED;
    }
    walk->depth--;
    return STEP_BODY_ENDED;
}

bool imap_parse_body(ImapCursor *cursor, const ImapBody **out)
{
    Walk walk = { .cursor = cursor };
    walk.stack = imap_arena_alloc(cursor->arena, cursor->limits->depth * sizeof *walk.stack);
    Step step = begin_body(&walk);

    while (step != STEP_FAILED && walk.depth > 0)
        step = step == STEP_BODY_FOLLOWS ? begin_body(&walk) : resume_frame(&walk);
    if (step == STEP_FAILED || walk.n == 0)
        return false;
    ImapBody *body = imap_arena_alloc(cursor->arena, sizeof *body);
    *body = (ImapBody){ .parts = walk.parts, .n = walk.n, .truncated = walk.truncated };
    *out = body;
    return true;
}
