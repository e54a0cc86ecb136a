#include "config.h"

#include "engine/search_program.h"

#include "base/text.h"
#include "query/node.h"

/* Servers take lines of some thousand octets; what is longer is not asked. */
#define TEXT_MAX 500
#define DAY (24 * 60 * 60)
/* Dates of mail are days of the sender's, whose clock may be 14 hours ahead of UTC or 12 behind. */
#define ZONES (14 * 60 * 60)

/* What a part of a query is to a server. */
typedef enum {
    PART_FALSE,   /* never true in this mailbox */
    PART_TRUE,    /* always */
    PART_UNASKED, /* no server can tell */
    PART_KEYS,    /* keys were written */
} Part;

typedef struct {
    const SearchPlace *place;
    const QueryNode *root;
    gboolean left_out;
    guint64 told;
} Writer;

/* Writes the keys of `node` into `search`. `more`: where something cannot be asked, the keys may find more than they should, else less. */
static Part write_node(Writer *writer, ImapSearch *search, const QueryNode *node, gboolean more);

/* --- texts ------------------------------------------------------------------------------------------------ */

static gboolean is_askable(const Writer *writer, const QueryText *text)
{
    gsize length = text->regex == NULL ? strlen(text->source) : 0;
    if (length == 0 || length > TEXT_MAX || (writer->place->only_ascii && !g_str_is_ascii(text->source)))
        return FALSE;
    for (const char *p = text->source; *p != '\0'; p++)
        if ((guchar) *p < ' ' || *p == 0x7f)
            return FALSE;
    return TRUE;
}

typedef enum { HOW_NOT, HOW_KEY, HOW_HEADER } How;

static const struct {
    QueryField field;
    How how;
    ImapSearchText key;
    const char *header;
} FIELDS[] = {
    { QUERY_FIELD_FROM, HOW_KEY, IMAP_SEARCH_FROM, NULL },
    { QUERY_FIELD_SENDER, HOW_HEADER, 0, "Sender" },
    { QUERY_FIELD_REPLY_TO, HOW_HEADER, 0, "Reply-To" },
    { QUERY_FIELD_TO, HOW_KEY, IMAP_SEARCH_TO, NULL },
    { QUERY_FIELD_CC, HOW_KEY, IMAP_SEARCH_CC, NULL },
    { QUERY_FIELD_BCC, HOW_KEY, IMAP_SEARCH_BCC, NULL },
    { QUERY_FIELD_SUBJECT, HOW_KEY, IMAP_SEARCH_SUBJECT, NULL },
    { QUERY_FIELD_MESSAGE_ID, HOW_HEADER, 0, "Message-ID" },
    { QUERY_FIELD_REFERENCES, HOW_HEADER, 0, "References" },
    { QUERY_FIELD_LIST_ID, HOW_HEADER, 0, "List-Id" },
    { QUERY_FIELD_BODY, HOW_KEY, IMAP_SEARCH_BODY, NULL },
};

static guint askable_fields(guint fields)
{
    guint askable = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++)
        askable |= fields & (1u << FIELDS[i].field);
    return askable;
}

/* "OR a OR b c" for any of the fields. */
static void write_fields(ImapSearch *search, guint fields, const char *text)
{
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
        if ((fields & (1u << FIELDS[i].field)) == 0)
            continue;
        fields &= ~(1u << FIELDS[i].field);
        if (fields != 0)
            imap_search_or(search);
        if (FIELDS[i].how == HOW_KEY)
            imap_search_text(search, FIELDS[i].key, text);
        else
            imap_search_header(search, FIELDS[i].header, text);
    }
}

static const char *place_name(const Writer *writer, guint fields)
{
    return fields == 1u << QUERY_FIELD_MAILBOX   ? writer->place->mailbox
           : fields == 1u << QUERY_FIELD_ACCOUNT ? writer->place->account
                                                 : NULL;
}

/* The names of attachments are not asked where other fields are: no server tells them apart from the text around them. */
static Part write_text(Writer *writer, ImapSearch *search, const QueryNode *node)
{
    const char *name = place_name(writer, node->fields);
    if (name != NULL) {
        g_autofree char *folded = text_sort_key(name, -1);
        QueryAnswer found = writer->place->by_words ? query_text_find_words(node->text, folded) : query_text_find(node->text, folded);
        return found == QUERY_UNKNOWN ? PART_UNASKED : found == QUERY_YES ? PART_TRUE : PART_FALSE;
    }
    guint fields = askable_fields(node->fields);
    gboolean whole_header = (node->fields & (1u << QUERY_FIELD_HEADER)) != 0;
    if (whole_header || fields == 0 || !is_askable(writer, node->text))
        return PART_UNASKED;
    write_fields(search, fields, node->text->source);
    return PART_KEYS;
}

static Part write_own(const Writer *writer, ImapSearch *search, guint fields)
{
    guint n = writer->place->own_addresses != NULL ? g_strv_length((char **) writer->place->own_addresses) : 0;
    if (n == 0)
        return PART_FALSE;
    for (guint i = 0; i < n; i++) {
        if (!g_str_is_ascii(writer->place->own_addresses[i]))
            return PART_UNASKED;
        if (i + 1 < n)
            imap_search_or(search);
        write_fields(search, fields, writer->place->own_addresses[i]);
    }
    return PART_KEYS;
}

/* --- numbers ---------------------------------------------------------------------------------------------- */

static void write_day(ImapSearch *search, ImapSearchDate which, gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    if (time != NULL)
        imap_search_date(search, which, g_date_time_get_year(time), g_date_time_get_month(time), g_date_time_get_day_of_month(time));
    else
        imap_search_all(search);
}

/* Days are all that a server tells, and whose days they are it leaves open: as many more as may be meant, or as many fewer. */
static Part write_date(ImapSearch *search, const QueryNode *node, gboolean more)
{
    ImapSearchDate since = node->received ? IMAP_SEARCH_SINCE : IMAP_SEARCH_SENTSINCE;
    ImapSearchDate before = node->received ? IMAP_SEARCH_BEFORE : IMAP_SEARCH_SENTBEFORE;
    gboolean has_low = node->low > DAY * 2, has_high = node->high < (gint64) 253370764800; /* the year 9999 */
    gint64 low = !has_low ? 0 : more ? node->low - ZONES : node->low + ZONES + DAY;
    gint64 high = !has_high ? 0 : more ? node->high + ZONES + DAY : node->high - ZONES;
    if (!has_low && !has_high)
        return PART_TRUE;
    if (has_low && has_high && low >= high)
        return PART_FALSE;
    imap_search_open(search);
    if (has_low)
        write_day(search, since, low);
    if (has_high)
        write_day(search, before, high);
    imap_search_close(search);
    return PART_KEYS;
}

static Part write_size(ImapSearch *search, const QueryNode *node)
{
    gboolean has_low = node->low > 0, has_high = node->high < G_MAXINT64;
    if (!has_low && !has_high)
        return PART_TRUE;
    if (node->high < node->low)
        return PART_FALSE;
    imap_search_open(search);
    if (has_low)
        imap_search_larger(search, (guint64) node->low - 1);
    if (has_high)
        imap_search_smaller(search, (guint64) node->high + 1);
    imap_search_close(search);
    return PART_KEYS;
}

static Part write_keyword(ImapSearch *search, const char *keyword)
{
    for (const char *p = keyword; *p != '\0'; p++)
        if ((guchar) *p <= ' ' || (guchar) *p >= 0x7f || strchr("(){%*\"\\]", *p) != NULL)
            return PART_UNASKED;
    imap_search_keyword(search, keyword, true);
    return PART_KEYS;
}

/* --- the tree --------------------------------------------------------------------------------------------- */

static Part write_leaf(Writer *writer, ImapSearch *search, const QueryNode *node, gboolean more)
{
    const guint to_me = (1u << QUERY_FIELD_TO) | (1u << QUERY_FIELD_CC) | (1u << QUERY_FIELD_BCC);
    switch (node->kind) {
    case NODE_ALL:
        return PART_TRUE;
    case NODE_TEXT:
        return write_text(writer, search, node);
    case NODE_FLAG:
        imap_search_flag(search, node->flag, true);
        return PART_KEYS;
    case NODE_KEYWORD:
        return write_keyword(search, node->keyword);
    case NODE_DATE:
        return write_date(search, node, more);
    case NODE_SIZE:
        return write_size(search, node);
    case NODE_LIST:
        imap_search_header(search, "List-Id", "");
        return PART_KEYS;
    case NODE_TO_ME:
        return write_own(writer, search, to_me);
    case NODE_FROM_ME:
        return write_own(writer, search, 1u << QUERY_FIELD_FROM);
    default: /* what only lists and structures know */
        return PART_UNASKED;
    }
}

/* Each child into a builder of its own, so that the ones that come to nothing leave nothing behind; then together. */
static Part write_children(Writer *writer, ImapSearch *search, const QueryNode *node, gboolean more)
{
    gboolean all = node->kind == NODE_AND;
    Part absorbs = all ? PART_FALSE : PART_TRUE;
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func((GDestroyNotify) imap_search_free);
    gboolean unasked = FALSE;
    for (guint i = 0; i < node->children->len; i++) {
        g_autoptr(ImapSearch) one = imap_search_new();
        Part part = write_node(writer, one, g_ptr_array_index(node->children, i), more);
        if (part == absorbs)
            return absorbs;
        unasked |= part == PART_UNASKED;
        if (part == PART_KEYS)
            g_ptr_array_add(written, g_steal_pointer(&one));
    }
    writer->left_out |= unasked;
    /* "a and what nobody can ask" finds more as "a"; "a or what nobody can ask" could be anything. Where less is to be found, the other
     * way round. */
    if (unasked && all != more)
        return PART_UNASKED;
    if (written->len == 0)
        return unasked ? PART_UNASKED : all ? PART_TRUE : PART_FALSE;
    gboolean group = all && node != writer->root;
    if (group)
        imap_search_open(search);
    for (guint i = 0; i < written->len; i++) {
        if (!all && i + 1 < written->len)
            imap_search_or(search);
        imap_search_add(search, g_ptr_array_index(written, i));
    }
    if (group)
        imap_search_close(search);
    return PART_KEYS;
}

static Part write_not(Writer *writer, ImapSearch *search, const QueryNode *node, gboolean more)
{
    const QueryNode *child = g_ptr_array_index(node->children, 0);
    if (child->kind == NODE_FLAG) {
        imap_search_flag(search, child->flag, false);
        return PART_KEYS;
    }
    g_autoptr(ImapSearch) inner = imap_search_new();
    Part part = write_node(writer, inner, child, !more);
    if (part == PART_TRUE || part == PART_FALSE)
        return part == PART_TRUE ? PART_FALSE : PART_TRUE;
    if (part == PART_UNASKED)
        return PART_UNASKED;
    imap_search_not(search);
    imap_search_add(search, inner);
    return PART_KEYS;
}

static Part write_node(Writer *writer, ImapSearch *search, const QueryNode *node, gboolean more)
{
    Part part = node->kind == NODE_AND || node->kind == NODE_OR ? write_children(writer, search, node, more)
                : node->kind == NODE_NOT                        ? write_not(writer, search, node, more)
                                                                : write_leaf(writer, search, node, more);
    writer->left_out |= part == PART_UNASKED;
    return part;
}

/* Texts that stand in an "and" from the top down: a message found holds them. */
static void note_told(Writer *writer, const QueryNode *node)
{
    for (guint i = 0; node->kind == NODE_AND && i < node->children->len; i++)
        note_told(writer, g_ptr_array_index(node->children, i));
    if (node->kind == NODE_TEXT && node->place < 64 && place_name(writer, node->fields) == NULL &&
        (node->fields & (1u << QUERY_FIELD_HEADER)) == 0 && askable_fields(node->fields) != 0 && is_askable(writer, node->text))
        writer->told |= G_GUINT64_CONSTANT(1) << node->place;
}

SearchProgram *search_program_new(const Query *query, const SearchPlace *place)
{
    SearchProgram *program = g_new0(SearchProgram, 1);
    Writer writer = { .place = place, .root = query->root };
    g_autoptr(ImapSearch) search = imap_search_new();
    switch (write_node(&writer, search, query->root, TRUE)) {
    case PART_FALSE:
        program->kind = SEARCH_PROGRAM_NOTHING;
        return program;
    case PART_UNASKED:
        program->kind = SEARCH_PROGRAM_ANYTHING;
        return program;
    case PART_TRUE:
        imap_search_all(search);
        break;
    case PART_KEYS:
        break;
    }
    note_told(&writer, query->root);
    program->kind = SEARCH_PROGRAM_ASK;
    program->whole = !writer.left_out;
    program->told = writer.told;
    program->text = imap_search_to_string(search);
    program->criteria = g_steal_pointer(&search);
    return program;
}

void search_program_free(SearchProgram *program)
{
    if (program == NULL)
        return;
    imap_search_free(program->criteria);
    g_free(program->text);
    g_free(program);
}
