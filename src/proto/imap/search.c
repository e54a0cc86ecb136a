#include "config.h"

#include "proto/imap/search.h"

#include "base/i18n.h"
#include "proto/imap/encode.h"

typedef struct {
    bool string;
    char *text;
} Piece;

struct ImapSearch {
    GArray *pieces; /* of Piece */
    bool not_ascii;
    bool glue;      /* the next key follows without a space: begin, or behind "(" */
    guint open;     /* groups */
    guint expected; /* keys that NOT and OR still wait for, in the innermost group only */
    bool empty_group;
    bool broken;
};

static void clear_piece(gpointer data)
{
    g_free(((Piece *)data)->text);
}

ImapSearch *imap_search_new(void)
{
    ImapSearch *search = g_new0(ImapSearch, 1);
    search->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    g_array_set_clear_func(search->pieces, clear_piece);
    search->glue = true;
    return search;
}

void imap_search_free(ImapSearch *search)
{
    if (search == NULL)
        return;
    g_array_unref(search->pieces);
    g_free(search);
}

static void add_piece(ImapSearch *search, bool string, char *text)
{
    Piece piece = { string, text };
    g_array_append_val(search->pieces, piece);
}

/* A key's first word, with the space before it where one belongs. Takes the text. */
static void add_word(ImapSearch *search, char *text)
{
    if (!search->glue)
        add_piece(search, false, g_strdup(" "));
    add_piece(search, false, text);
    search->glue = false;
    search->empty_group = false;
}

static void add_key(ImapSearch *search, char *text)
{
    add_word(search, text);
    if (search->expected > 0)
        search->expected--;
}

static void add_string(ImapSearch *search, const char *text)
{
    add_piece(search, false, g_strdup(" "));
    add_piece(search, true, g_strdup(text));
    search->not_ascii |= !g_str_is_ascii(text);
    search->broken |= !g_utf8_validate(text, -1, NULL);
}

void imap_search_not(ImapSearch *search)
{
    add_word(search, g_strdup("NOT"));
    search->expected = MAX(search->expected, 1);
}

void imap_search_or(ImapSearch *search)
{
    add_word(search, g_strdup("OR"));
    search->expected = search->expected == 0 ? 2 : search->expected + 1;
}

/* A group is one key for what stands before it; what NOT and OR expect is counted anew inside. Only the
 * innermost count is kept: a group inside a waiting OR is common, and the server is the judge of the rest. */
void imap_search_open(ImapSearch *search)
{
    add_key(search, g_strdup("("));
    search->open++;
    search->glue = true;
    search->empty_group = true;
}

void imap_search_close(ImapSearch *search)
{
    if (search->open == 0 || search->empty_group) {
        search->broken = true;
        return;
    }
    search->open--;
    add_piece(search, false, g_strdup(")"));
    search->glue = false;
}

void imap_search_add(ImapSearch *search, const ImapSearch *other)
{
    if (other->pieces->len == 0) {
        imap_search_all(search);
        return;
    }
    const Piece *first = &g_array_index(other->pieces, Piece, 0);
    add_key(search, g_strdup(first->text));
    for (guint i = 1; i < other->pieces->len; i++) {
        const Piece *piece = &g_array_index(other->pieces, Piece, i);
        add_piece(search, piece->string, g_strdup(piece->text));
    }
    search->not_ascii |= other->not_ascii;
    search->broken |= !imap_search_is_written(other);
}

bool imap_search_is_written(const ImapSearch *search)
{
    return !search->broken && search->open == 0 && search->expected == 0;
}

char *imap_search_to_string(const ImapSearch *search)
{
    GString *text = g_string_new(search->pieces->len == 0 ? "ALL" : NULL);
    for (guint i = 0; i < search->pieces->len; i++) {
        const Piece *piece = &g_array_index(search->pieces, Piece, i);
        if (piece->string)
            g_string_append_c(text, '"');
        for (const char *p = piece->text; *p != '\0'; p++) {
            if (piece->string && (*p == '"' || *p == '\\'))
                g_string_append_c(text, '\\');
            g_string_append_c(text, *p);
        }
        if (piece->string)
            g_string_append_c(text, '"');
    }
    return g_string_free(text, FALSE);
}

void imap_search_all(ImapSearch *search)
{
    add_key(search, g_strdup("ALL"));
}

void imap_search_flag(ImapSearch *search, MailFlags bit, bool set)
{
    switch (bit) {
    case MAIL_FLAG_SEEN:
        add_key(search, g_strdup(set ? "SEEN" : "UNSEEN"));
        break;
    case MAIL_FLAG_ANSWERED:
        add_key(search, g_strdup(set ? "ANSWERED" : "UNANSWERED"));
        break;
    case MAIL_FLAG_FLAGGED:
        add_key(search, g_strdup(set ? "FLAGGED" : "UNFLAGGED"));
        break;
    case MAIL_FLAG_DELETED:
        add_key(search, g_strdup(set ? "DELETED" : "UNDELETED"));
        break;
    case MAIL_FLAG_DRAFT:
        add_key(search, g_strdup(set ? "DRAFT" : "UNDRAFT"));
        break;
    default: {
        const char *name = mail_flag_name(bit);
        if (name == NULL)
            search->broken = true;
        else
            imap_search_keyword(search, name, set);
        break;
    }
    }
}

void imap_search_keyword(ImapSearch *search, const char *keyword, bool set)
{
    if (*keyword == '\0')
        search->broken = true;
    for (const char *p = keyword; *p != '\0'; p++)
        if ((guchar)*p <= ' ' || (guchar)*p >= 0x7f || strchr("(){%*\"\\]", *p) != NULL)
            search->broken = true; /* flag-keyword is an atom */
    add_key(search, g_strdup_printf("%s %s", set ? "KEYWORD" : "UNKEYWORD", search->broken ? "x" : keyword));
}

void imap_search_text(ImapSearch *search, ImapSearchText where, const char *text)
{
    static const char *const NAMES[] = { "FROM", "TO", "CC", "BCC", "SUBJECT", "BODY", "TEXT" };
    add_key(search, g_strdup(NAMES[where]));
    add_string(search, text);
}

void imap_search_header(ImapSearch *search, const char *field, const char *value)
{
    add_key(search, g_strdup("HEADER"));
    add_string(search, field);
    add_string(search, value);
}

void imap_search_date(ImapSearch *search, ImapSearchDate which, int year, int month, int day)
{
    static const char *const NAMES[] = { "BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE" };
    static const char *const MONTHS[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) {
        search->broken = true;
        return;
    }
    add_key(search, g_strdup_printf("%s %d-%s-%04d", NAMES[which], day, MONTHS[month - 1], year));
}

void imap_search_larger(ImapSearch *search, guint64 octets)
{
    add_key(search, g_strdup_printf("LARGER %" G_GUINT64_FORMAT, octets));
}

void imap_search_smaller(ImapSearch *search, guint64 octets)
{
    add_key(search, g_strdup_printf("SMALLER %" G_GUINT64_FORMAT, octets));
}

void imap_search_uids(ImapSearch *search, const ImapUidSet *uids)
{
    g_autofree char *text = imap_uidset_to_string(uids);
    if (imap_uidset_is_empty(uids)) /* no message is one that is seen and unseen */
        add_key(search, g_strdup("(SEEN UNSEEN)"));
    else
        add_key(search, g_strdup_printf("UID %s", text));
}

void imap_search_modseq(ImapSearch *search, guint64 modseq)
{
    add_key(search, g_strdup_printf("MODSEQ %" G_GUINT64_FORMAT, modseq));
}

void imap_command_add_search(ImapCommand *command, const ImapSearch *search)
{
    if (search == NULL || search->pieces->len == 0) {
        imap_command_add(command, "ALL");
        return;
    }
    if (!imap_search_is_written(search))
        imap_command_fail(command, _("The search cannot be written for the server."));
    if (search->not_ascii) {
        ImapCommandPart charset = { .type = IMAP_PART_CHARSET, .text = g_string_new(NULL) };
        g_array_append_val(command->parts, charset);
    }
    for (guint i = 0; i < search->pieces->len; i++) {
        const Piece *piece = &g_array_index(search->pieces, Piece, i);
        if (piece->string)
            imap_command_add_string(command, IMAP_PART_STRING, piece->text, -1);
        else
            imap_command_add(command, piece->text);
    }
}
