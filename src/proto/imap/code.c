#include "config.h"

#include "proto/imap/parse.h"

/* clang-format off */
static const char *const NAMES[IMAP_CODE_COUNT] = {
    [IMAP_CODE_NONE] = "",
    [IMAP_CODE_UNKNOWN] = "",
#define X(id, name) [IMAP_CODE_##id] = name,
    IMAP_CODE_TABLE(X)
#undef X
};
/* clang-format on */

const char *imap_code_name(ImapCode code)
{
    return NAMES[code];
}

static ImapCode code_from_name(ImapString name)
{
    for (int i = IMAP_CODE_UNKNOWN + 1; i < IMAP_CODE_COUNT; i++)
        if (imap_string_is(name, NAMES[i]))
            return (ImapCode)i;
    return IMAP_CODE_UNKNOWN;
}

/* ---- COPYUID: two sets in the order of copying ---- */

static bool parse_ranges(ImapCursor *cursor, GArray *ranges)
{
    do {
        ImapUidRange range;
        if (!imap_cursor_number32(cursor, &range.first) || range.first == 0)
            return false;
        range.last = range.first;
        if (imap_cursor_char(cursor, ':') && (!imap_cursor_number32(cursor, &range.last) || range.last == 0))
            return false;
        if (range.first > range.last) /* RFC 9051 §9: 4:2 is 2:4, and copying goes upward */
            range = (ImapUidRange){ range.last, range.first };
        g_array_append_val(ranges, range);
    } while (imap_cursor_char(cursor, ','));
    return true;
}

/* Cuts both lists where either is cut, so that range i goes to range i. False when they do not hold equally
 * many. */
static bool pair_up(ImapCursor *cursor, const GArray *source, const GArray *target, ImapCopyUid *copyuid)
{
    const ImapUidRange *from = (const ImapUidRange *)(gpointer)source->data;
    const ImapUidRange *to = (const ImapUidRange *)(gpointer)target->data;
    guint i = 0, j = 0, n = 0, most = source->len + target->len;
    ImapUidRange *a = imap_arena_alloc(cursor->arena, most * sizeof *a);
    ImapUidRange *b = imap_arena_alloc(cursor->arena, most * sizeof *b);
    guint32 from_done = 0, to_done = 0; /* of the current ranges */

    while (i < source->len && j < target->len) {
        guint32 left = from[i].last - from[i].first - from_done, right = to[j].last - to[j].first - to_done;
        guint32 more = MIN(left, right); /* one less than the numbers taken: a range may hold all 2^32-1 */
        a[n] = (ImapUidRange){ from[i].first + from_done, from[i].first + from_done + more };
        b[n] = (ImapUidRange){ to[j].first + to_done, to[j].first + to_done + more };
        n++;
        from_done = left == more ? (i++, 0) : from_done + more + 1;
        to_done = right == more ? (j++, 0) : to_done + more + 1;
    }
    copyuid->pairs_source = a;
    copyuid->pairs_target = b;
    copyuid->n = n;
    return i == source->len && j == target->len;
}

static bool parse_copyuid(ImapCursor *cursor, ImapText *text)
{
    g_autoptr(GArray) source = g_array_new(FALSE, FALSE, sizeof(ImapUidRange));
    g_autoptr(GArray) target = g_array_new(FALSE, FALSE, sizeof(ImapUidRange));
    ImapCopyUid *copyuid = imap_arena_alloc(cursor->arena, sizeof *copyuid);

    if (!imap_cursor_number32(cursor, &copyuid->uidvalidity) || copyuid->uidvalidity == 0 ||
        !imap_cursor_space(cursor) || !parse_ranges(cursor, source) || !imap_cursor_space(cursor) ||
        !parse_ranges(cursor, target) || !pair_up(cursor, source, target, copyuid))
        return false;
    text->copyuid = copyuid;
    return true;
}

/* ---- the others ---- */

static bool parse_set(ImapCursor *cursor, ImapText *text)
{
    ImapString set;
    if (!imap_cursor_code_atom(cursor, &set))
        return false;
    text->uids = imap_uidset_parse(set.data, (gssize)set.len, NULL);
    return text->uids != NULL;
}

static bool parse_argument(ImapCursor *cursor, ImapText *text)
{
    switch (text->code) {
    case IMAP_CODE_UIDVALIDITY:
    case IMAP_CODE_UIDNEXT:
    case IMAP_CODE_UNSEEN:
        return imap_cursor_number(cursor, &text->number) && text->number != 0 && text->number <= G_MAXUINT32;
    case IMAP_CODE_HIGHESTMODSEQ:
        return imap_cursor_number(cursor, &text->number);
    case IMAP_CODE_APPENDUID:
        return imap_cursor_number(cursor, &text->number) && text->number != 0 &&
               text->number <= G_MAXUINT32 && imap_cursor_space(cursor) && parse_set(cursor, text);
    case IMAP_CODE_MODIFIED:
        return parse_set(cursor, text);
    case IMAP_CODE_COPYUID:
        return parse_copyuid(cursor, text);
    case IMAP_CODE_PERMANENTFLAGS:
        return imap_parse_flags(cursor, &text->flags);
    default:
        return true;
    }
}

/* Where the code ends. Quoted strings may hold "]" (a REFERRAL, an unknown code), and so may a keyword in
 * PERMANENTFLAGS; hence: outside quotes, and outside parentheses if those close. */
static const char *find_end(const char *at, const char *end)
{
    const char *fallback = NULL;
    gsize depth = 0;
    bool quoted = false;
    for (const char *p = at; p < end; p++) {
        if (quoted) {
            if (*p == '\\' && p + 1 < end)
                p++;
            else if (*p == '"')
                quoted = false;
        } else if (*p == ']' && depth == 0) {
            return p;
        } else if (*p == ']' && fallback == NULL) {
            fallback = p;
        } else if (*p == '"') {
            quoted = true;
        } else if (*p == '(') {
            depth++;
        } else if (*p == ')' && depth > 0) {
            depth--;
        }
    }
    return fallback != NULL ? fallback : memchr(at, ']', (gsize)(end - at));
}

static void parse_code(ImapCursor *cursor, ImapText *text)
{
    const char *start = cursor->at;
    ImapCursor inside = *cursor;

    inside.at++;
    inside.end = find_end(inside.at, cursor->end);
    if (inside.end == NULL || !imap_cursor_code_atom(&inside, &text->code_name)) {
        text->code_name = IMAP_STRING_NIL;
        cursor->at = start;
        return;
    }
    cursor->at = inside.end + 1;
    text->code = code_from_name(text->code_name);
    imap_cursor_space(&inside);
    if (!imap_cursor_at_end(&inside))
        text->argument = (ImapString){ inside.at, (gsize)(inside.end - inside.at) };
    if (!parse_argument(&inside, text)) {
        imap_text_clear(text);
        text->code = IMAP_CODE_UNKNOWN;
    }
    imap_cursor_space(cursor);
}

void imap_parse_text(ImapCursor *cursor, ImapStatus status, ImapText *text)
{
    *text = (ImapText){ .status = status };
    imap_cursor_space(cursor);
    if (imap_cursor_peek(cursor) == '[')
        parse_code(cursor, text);
    text->text = imap_cursor_rest(cursor);
    if (text->text.data == NULL)
        text->text = IMAP_STRING("");
    /* GNU mailutils 3.15: "NO UID COPY [TRYCREATE] failed". */
    if (status == IMAP_STATUS_NO && text->code == IMAP_CODE_NONE &&
        memmem(text->text.data, text->text.len, "[TRYCREATE]", 11) != NULL)
        text->code = IMAP_CODE_TRYCREATE;
}

void imap_text_clear(ImapText *text)
{
    imap_uidset_free((ImapUidSet *)text->uids);
    text->uids = NULL;
    text->copyuid = NULL;
    text->number = 0;
    text->flags = (ImapFlags){ 0 };
}
