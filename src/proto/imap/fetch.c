#include "config.h"

#include "proto/imap/parse.h"

#define SECTIONS_MAX 4096u

/* ---- dates ---- */

static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static int month_number(const char *name)
{
    for (int i = 0; i < 12; i++)
        if (g_ascii_strncasecmp(name, MONTHS + 3 * i, 3) == 0)
            return i + 1;
    return 0;
}

/* Days from 1970-01-01, Gregorian; the year begins in March, so that leap days come last. */
static gint64 days_from_civil(gint64 year, int month, int day)
{
    year -= month <= 2;
    gint64 era = year / 400, of_era = year - era * 400;
    gint64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int two_digits(const char *p)
{
    if (!g_ascii_isdigit(p[1]) || !(g_ascii_isdigit(p[0]) || p[0] == ' '))
        return -1;
    return (p[0] == ' ' ? 0 : p[0] - '0') * 10 + (p[1] - '0');
}

bool imap_parse_date(ImapString text, gint64 *unix_seconds)
{
    char s[27]; /* "17-Jul-1996 02:44:25 -0700" */
    if (text.data == NULL || text.len < 25 || text.len > 26)
        return false;
    s[0] = ' ';
    memcpy(s + 26 - text.len, text.data, text.len); /* one digit for the day, and no space before it */
    s[26] = '\0';
    int day = two_digits(s), month = month_number(s + 3), century = two_digits(s + 7),
        year = two_digits(s + 9);
    int hour = two_digits(s + 12), minute = two_digits(s + 15), second = two_digits(s + 18);
    int zone_hours = two_digits(s + 22), zone_minutes = two_digits(s + 24);

    if (s[2] != '-' || s[6] != '-' || s[11] != ' ' || s[14] != ':' || s[17] != ':' || s[20] != ' ' ||
        day < 1 || day > 31 || month == 0 || century < 0 || year < 0 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 60 || zone_hours < 0 || zone_minutes < 0 ||
        (s[21] != '+' && s[21] != '-'))
        return false;
    gint64 zone = (zone_hours * 60 + zone_minutes) * 60;
    *unix_seconds = days_from_civil(century * 100 + year, month, day) * 86400 + hour * 3600 + minute * 60 +
                    second - (s[21] == '-' ? -zone : zone);
    return true;
}

/* ---- sections ---- */

/* "HEADER.FIELDS (REFERENCES)]": behind the "[" to behind the "]". */
static bool parse_section_name(ImapCursor *cursor, ImapString *name)
{
    const char *start = cursor->at;
    while (!imap_cursor_at_end(cursor) && *cursor->at != ']') {
        ImapString ignored;
        if (*cursor->at == '"' || *cursor->at == '{') {
            if (!imap_cursor_string(cursor, &ignored, NULL, NULL))
                return false;
        } else {
            cursor->at++;
        }
    }
    *name = (ImapString){ start, (gsize)(cursor->at - start) };
    return imap_cursor_char(cursor, ']');
}

typedef enum {
    ITEM_NONE,
    ITEM_SECTION,     /* BODY[…], BINARY[…], RFC822… */
    ITEM_BINARY_SIZE, /* BINARY.SIZE[…] */
    ITEM_PLAIN,
} ItemKind;

/* The name of an item with its section and origin, and the space behind it. */
static ItemKind parse_item_name(ImapCursor *cursor, ImapString *name, ImapSection *section)
{
    const char *p = cursor->at;
    while (p < cursor->end && *p != ' ' && *p != '[' && *p != '(' && *p != ')' && *p != '"' && *p != '<')
        p++;
    *name = (ImapString){ cursor->at, (gsize)(p - cursor->at) };
    cursor->at = p;
    *section = (ImapSection){ .section = IMAP_STRING(""), .origin = -1 };
    if (name->len == 0)
        return ITEM_NONE;

    ItemKind kind = ITEM_PLAIN;
    if (imap_cursor_char(cursor, '[')) {
        guint64 origin;
        if (!parse_section_name(cursor, &section->section))
            return ITEM_NONE;
        if (imap_cursor_char(cursor, '<')) {
            if (!imap_cursor_number(cursor, &origin) || origin > G_MAXINT64 || !imap_cursor_char(cursor, '>'))
                return ITEM_NONE;
            section->origin = (gint64)origin;
        }
        section->binary = name->len >= 6 && g_ascii_strncasecmp(name->data, "BINARY", 6) == 0;
        kind = imap_string_is(*name, "BINARY.SIZE") ? ITEM_BINARY_SIZE : ITEM_SECTION;
    } else if (name->len >= 6 && g_ascii_strncasecmp(name->data, "RFC822", 6) == 0) {
        if (imap_string_is(*name, "RFC822"))
            kind = ITEM_SECTION;
        else if (imap_string_is(*name, "RFC822.HEADER") || imap_string_is(*name, "RFC822.TEXT")) {
            section->section = (ImapString){ name->data + 7, name->len - 7 };
            kind = ITEM_SECTION;
        }
    }
    return imap_cursor_space(cursor) ? kind : ITEM_NONE;
}

bool imap_section_is(const ImapSection *section, const char *text)
{
    const char *p = section->section.data, *end = p + section->section.len;
    for (;;) {
        while (p < end && *p == '"')
            p++;
        while (*text == '"')
            text++;
        if (p == end || *text == '\0')
            return p == end && *text == '\0';
        if (g_ascii_toupper(*p) != g_ascii_toupper(*text))
            return false;
        p++;
        text++;
        if (p[-1] == ' ')
            while (p < end && *p == ' ')
                p++;
    }
}

const ImapSection *imap_fetch_section(const ImapFetch *fetch, const char *section)
{
    for (guint i = 0; i < fetch->n_sections; i++)
        if (imap_section_is(&fetch->sections[i], section))
            return &fetch->sections[i];
    return NULL;
}

/* ---- items ---- */

typedef struct {
    ImapCursor *cursor;
    ImapFetch *fetch;
    ImapSection *sections;
    struct ImapBinarySize *sizes;
    guint sections_allocated, sizes_allocated;
} Fetching;

/* A list of one string, "(M6d99)", or the string alone. */
static bool parse_object_id(ImapCursor *cursor, ImapString *id)
{
    const ImapString *strings;
    guint n;
    if (!imap_parse_strings(cursor, &strings, &n))
        return false;
    *id = n > 0 ? strings[0] : IMAP_STRING_NIL;
    return true;
}

static bool parse_number_string(ImapCursor *cursor, guint64 *number)
{
    ImapString text;
    return imap_cursor_nstring(cursor, &text) && imap_string_number(text, number);
}

static bool parse_modseq(ImapCursor *cursor, guint64 *modseq)
{
    bool list = imap_cursor_char(cursor, '(');
    return parse_number_string(cursor, modseq) && (!list || imap_cursor_char(cursor, ')'));
}

static bool parse_date_item(ImapCursor *cursor, gint64 *date, bool nil_is_zero)
{
    ImapString text;
    if (!imap_cursor_nstring(cursor, &text))
        return false;
    if (nil_is_zero && imap_string_is_nil(text)) {
        *date = 0;
        return true;
    }
    return imap_parse_date(text, date);
}

static bool parse_uid(ImapCursor *cursor, guint32 *uid)
{
    return imap_cursor_number32(cursor, uid) && *uid != 0;
}

static bool parse_value(ImapCursor *cursor, ImapFetch *fetch, guint item)
{
    switch (item) {
    case IMAP_FETCH_UID:
        return parse_uid(cursor, &fetch->uid);
    case IMAP_FETCH_FLAGS:
        return imap_parse_flags(cursor, &fetch->flags);
    case IMAP_FETCH_INTERNALDATE:
        return parse_date_item(cursor, &fetch->internal_date, false);
    case IMAP_FETCH_SIZE:
        return parse_number_string(cursor, &fetch->size);
    case IMAP_FETCH_MODSEQ:
        return parse_modseq(cursor, &fetch->modseq);
    case IMAP_FETCH_ENVELOPE:
        return imap_parse_envelope(cursor, &fetch->envelope);
    case IMAP_FETCH_BODY:
    case IMAP_FETCH_BODYSTRUCTURE:
        return imap_parse_body(cursor, &fetch->body);
    case IMAP_FETCH_PREVIEW:
        return imap_cursor_nstring(cursor, &fetch->preview);
    case IMAP_FETCH_EMAILID:
        return parse_object_id(cursor, &fetch->emailid);
    case IMAP_FETCH_THREADID:
        return parse_object_id(cursor, &fetch->threadid);
    case IMAP_FETCH_SAVEDATE:
        return parse_date_item(cursor, &fetch->save_date, true);
    case IMAP_FETCH_GM_MSGID:
        return parse_number_string(cursor, &fetch->gm_msgid);
    case IMAP_FETCH_GM_THRID:
        return parse_number_string(cursor, &fetch->gm_thrid);
    case IMAP_FETCH_GM_LABELS:
        return imap_parse_strings(cursor, &fetch->gm_labels, &fetch->n_gm_labels);
    default:
        return false;
    }
}

static const struct {
    const char *name;
    guint item;
} ITEMS[] = {
    { "UID", IMAP_FETCH_UID },
    { "FLAGS", IMAP_FETCH_FLAGS },
    { "INTERNALDATE", IMAP_FETCH_INTERNALDATE },
    { "RFC822.SIZE", IMAP_FETCH_SIZE },
    { "MODSEQ", IMAP_FETCH_MODSEQ },
    { "ENVELOPE", IMAP_FETCH_ENVELOPE },
    { "BODYSTRUCTURE", IMAP_FETCH_BODYSTRUCTURE },
    { "BODY", IMAP_FETCH_BODY },
    { "PREVIEW", IMAP_FETCH_PREVIEW },
    { "EMAILID", IMAP_FETCH_EMAILID },
    { "THREADID", IMAP_FETCH_THREADID },
    { "SAVEDATE", IMAP_FETCH_SAVEDATE },
    { "X-GM-MSGID", IMAP_FETCH_GM_MSGID },
    { "X-GM-THRID", IMAP_FETCH_GM_THRID },
    { "X-GM-LABELS", IMAP_FETCH_GM_LABELS },
};

static guint item_from_name(ImapString name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ITEMS); i++)
        if (imap_string_is(name, ITEMS[i].name))
            return ITEMS[i].item;
    return 0;
}

/* One value. What cannot be read is passed over and marked, and those behind it are read all the same. A
 * second value of the same item is passed over, or one response could be made to cost any amount of memory.
 */
static bool parse_plain_item(ImapCursor *cursor, ImapFetch *fetch, guint item)
{
    const char *start = cursor->at;
    if (item != 0 && (fetch->items & item) == 0 && parse_value(cursor, fetch, item)) {
        char next = imap_cursor_peek(cursor);
        if (next == ' ' || next == ')' || next == '\0') {
            fetch->items |= item;
            return true;
        }
    }
    fetch->damaged |= item & ~fetch->items;
    cursor->at = start;
    return imap_cursor_skip(cursor);
}

static bool parse_section_value(Fetching *fetching, ImapSection *section)
{
    ImapCursor *cursor = fetching->cursor;
    ImapFetch *fetch = fetching->fetch;

    if (!imap_cursor_string(cursor, &section->data, &section->streamed, &section->size)) {
        if (!imap_cursor_nstring(cursor, &section->data))
            return false;
        section->size = section->data.len;
    }
    if (fetch->n_sections == SECTIONS_MAX)
        return true;
    if (fetch->n_sections == fetching->sections_allocated) {
        guint more = MAX(2, fetching->sections_allocated * 2);
        fetching->sections = imap_arena_grow(cursor->arena, fetching->sections,
                                             fetch->n_sections * sizeof *section, more * sizeof *section);
        fetching->sections_allocated = more;
    }
    fetching->sections[fetch->n_sections++] = *section;
    fetch->sections = fetching->sections;
    return true;
}

static bool parse_binary_size(Fetching *fetching, const ImapSection *section)
{
    ImapCursor *cursor = fetching->cursor;
    ImapFetch *fetch = fetching->fetch;
    struct ImapBinarySize size = { section->section, 0 };

    if (!parse_number_string(cursor, &size.size))
        return false;
    if (fetch->n_binary_sizes == SECTIONS_MAX)
        return true;
    if (fetch->n_binary_sizes == fetching->sizes_allocated) {
        guint more = MAX(2, fetching->sizes_allocated * 2);
        fetching->sizes = imap_arena_grow(cursor->arena, fetching->sizes, fetch->n_binary_sizes * sizeof size,
                                          more * sizeof size);
        fetching->sizes_allocated = more;
    }
    fetching->sizes[fetch->n_binary_sizes++] = size;
    fetch->binary_sizes = fetching->sizes;
    return true;
}

/* Parentheses that do not close may have been miscounted inside what looked well formed. */
static void forget_structures(ImapFetch *fetch)
{
    const guint structures = IMAP_FETCH_ENVELOPE | IMAP_FETCH_BODY | IMAP_FETCH_BODYSTRUCTURE;
    fetch->damaged |= fetch->items & structures;
    fetch->items &= ~structures;
    fetch->envelope = NULL;
    fetch->body = NULL;
}

bool imap_parse_fetch(ImapCursor *cursor, guint32 seq, ImapFetch *fetch)
{
    Fetching fetching = { .cursor = cursor, .fetch = fetch };

    *fetch = (ImapFetch){ .seq = seq };
    if (!imap_cursor_char(cursor, '('))
        return false;
    for (;;) {
        ImapString name;
        ImapSection section;
        bool ok = false;
        imap_cursor_space(cursor);
        if (imap_cursor_char(cursor, ')'))
            return true;
        switch (parse_item_name(cursor, &name, &section)) {
        case ITEM_NONE:
            break;
        case ITEM_SECTION:
            ok = parse_section_value(&fetching, &section);
            break;
        case ITEM_BINARY_SIZE:
            ok = parse_binary_size(&fetching, &section);
            break;
        case ITEM_PLAIN:
            ok = parse_plain_item(cursor, fetch, item_from_name(name));
            break;
        }
        if (!ok) {
            forget_structures(fetch);
            return false;
        }
    }
}

/* "* 12 FETCH (" or "* UIDFETCH 12 (". */
static bool scan_start(ImapCursor *cursor, ImapFetchScan *scan)
{
    if (!imap_cursor_word(cursor, "*") || !imap_cursor_space(cursor))
        return false;
    if (imap_cursor_word(cursor, "UIDFETCH"))
        return imap_cursor_space(cursor) && imap_cursor_number32(cursor, &scan->uid) &&
               imap_cursor_space(cursor) && imap_cursor_char(cursor, '(');
    return imap_cursor_number32(cursor, &scan->seq) && imap_cursor_space(cursor) &&
           imap_cursor_word(cursor, "FETCH") && imap_cursor_space(cursor) && imap_cursor_char(cursor, '(');
}

bool imap_scan_fetch(ImapCursor *cursor, ImapFetchScan *scan, ImapSection *section)
{
    cursor->at = cursor->base + scan->done;
    if (scan->done == 0 && !scan_start(cursor, scan))
        return false;
    for (;;) {
        ImapString name;
        imap_cursor_space(cursor);
        scan->done = (gsize)(cursor->at - cursor->base);
        ItemKind kind = parse_item_name(cursor, &name, section);
        if (kind == ITEM_NONE)
            return false;
        if (kind == ITEM_SECTION && imap_cursor_peek(cursor) != '"') {
            /* The literal at the very end is the one in question: its bytes are not here, nor marked as
             * streamed yet. */
            ImapCursor value = *cursor;
            guint64 size;
            imap_cursor_char(&value, '~');
            if (imap_cursor_char(&value, '{') && imap_cursor_number(&value, &size) &&
                value.at + 3 == value.end) {
                section->size = size;
                section->streamed = true;
                return true;
            }
        }
        if (kind == ITEM_PLAIN && imap_string_is(name, "UID")) {
            if (!imap_cursor_number32(cursor, &scan->uid))
                return false;
        } else if (!imap_cursor_skip(cursor)) {
            return false;
        }
    }
}
