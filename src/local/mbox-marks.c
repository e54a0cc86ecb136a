/* Flags and keywords as fields of a header in an mbox, and what a letter is known by in spite of them (see mbox-internal.h).
 *
 * Status and X-Status are mail(1)'s and mutt's, X-Keywords is c-client's and Dovecot's, X-Mozilla-… Thunderbird's: all are read, and of the
 * last what was there is kept true, for that program believes nothing else. */
#include "config.h"
#include "local/mbox-internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
    char letter;
    MailFlags flag;
} letters[] = {
    { 'R', MAIL_FLAG_SEEN }, { 'A', MAIL_FLAG_ANSWERED }, { 'F', MAIL_FLAG_FLAGGED }, { 'D', MAIL_FLAG_DELETED }, { 'T', MAIL_FLAG_DRAFT },
};

static const struct {
    guint bit;
    MailFlags flag;
} mozilla[] = {
    { 0x0001, MAIL_FLAG_SEEN }, { 0x0002, MAIL_FLAG_ANSWERED }, { 0x0004, MAIL_FLAG_FLAGGED }, { 0x0008, MAIL_FLAG_DELETED }, { 0x1000, MAIL_FLAG_FORWARDED },
};

const char *mbox_field_value(const char *line, const char *name)
{
    gsize length = strlen(name);
    if (g_ascii_strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    return line + length + 1 + strspn(line + length + 1, " \t");
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static void take_status(LocalMessage *message, const char *value)
{
    gsize length = strcspn(value, "\r\n");
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
        if (memchr(value, letters[i].letter, length))
            message->flags |= letters[i].flag;
}

static void take_mozilla_status(LocalMessage *message, const char *hex)
{
    guint64 bits = g_ascii_strtoull(hex, NULL, 16);
    for (gsize i = 0; i < G_N_ELEMENTS(mozilla); i++)
        if (bits & mozilla[i].bit)
            message->flags |= mozilla[i].flag;
}

static void take_keywords(LocalMessage *message, const char *names)
{
    g_auto(GStrv) words = g_strsplit_set(names, " ,\t\r\n", 100);
    for (char **word = words; *word; word++) {
        if (!**word || !g_utf8_validate(*word, -1, NULL))
            continue;
        MailFlags known = mail_flag_from_name(*word, strlen(*word));
        message->flags |= known;
        if (!known) {
            char *more = keywords_add(message->keywords, *word);
            g_free(message->keywords);
            message->keywords = more;
        }
    }
}

void mbox_take_marks(LocalMessage *message, const char *line)
{
    const char *value;
    if ((value = mbox_field_value(line, "Status")) || (value = mbox_field_value(line, "X-Status")))
        take_status(message, value);
    else if ((value = mbox_field_value(line, "X-Mozilla-Status")))
        take_mozilla_status(message, value);
    else if ((value = mbox_field_value(line, "X-Keywords")) || (value = mbox_field_value(line, "X-Mozilla-Keys")))
        take_keywords(message, value);
}

/* --- writing -------------------------------------------------------------------------------------------------- */

/* Those that are written anew when a mark changes. */
static bool is_ours(const char *line)
{
    static const char *const names[] = { "Status", "X-Status", "X-Keywords" };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (mbox_field_value(line, names[i]))
            return true;
    return false;
}

bool mbox_is_mark(const char *line)
{
    static const char *const names[] = { "Content-Length",  "Lines",  "X-UID", "X-IMAP", "X-IMAPbase", "X-Mozilla-Status",
                                         "X-Mozilla-Status2", "X-Mozilla-Keys" };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (mbox_field_value(line, names[i]))
            return true;
    return is_ours(line);
}

/* Keywords, and the flags that have no letter. */
static char *keyword_words(MailFlags flags, const char *keywords)
{
    char *words = keywords_add(keywords, NULL);
    for (guint bit = MAIL_FLAG_FORWARDED; bit < MAIL_FLAG_ALL; bit <<= 1) {
        if (!(flags & bit))
            continue;
        char *more = keywords_add(words, mail_flag_name((MailFlags)bit));
        g_free(words);
        words = more;
    }
    return words;
}

static void put_marks(GString *out, MailFlags flags, const char *keywords, const char *line_end)
{
    g_autofree char *words = keyword_words(flags, keywords);
    /* "O": it is not new, for somebody has marked it. */
    if (flags || *words)
        g_string_append_printf(out, "Status: %sO%s", flags & MAIL_FLAG_SEEN ? "R" : "", line_end);
    if (flags & (MAIL_FLAG_ANSWERED | MAIL_FLAG_FLAGGED | MAIL_FLAG_DELETED | MAIL_FLAG_DRAFT)) {
        g_string_append(out, "X-Status: ");
        for (gsize i = 1; i < G_N_ELEMENTS(letters); i++)
            if (flags & letters[i].flag)
                g_string_append_c(out, letters[i].letter);
        g_string_append(out, line_end);
    }
    if (*words)
        g_string_append_printf(out, "X-Keywords: %s%s", words, line_end);
}

static void put_mozilla_status(GString *out, const char *hex, MailFlags flags, const char *line_end)
{
    guint bits = (guint)g_ascii_strtoull(hex, NULL, 16) & 0xffff;
    for (gsize i = 0; i < G_N_ELEMENTS(mozilla); i++)
        bits = flags & mozilla[i].flag ? bits | mozilla[i].bit : bits & ~mozilla[i].bit;
    g_string_append_printf(out, "X-Mozilla-Status: %04x%s", bits, line_end);
}

/* TRUE: the field was written, or is not to be. */
static bool replace_field(GString *out, const char *line, MailFlags flags, const char *keywords, bool foreign, const char *line_end)
{
    const char *value;
    if (is_ours(line) || (foreign && mbox_is_mark(line)))
        return true;
    if ((value = mbox_field_value(line, "X-Mozilla-Status"))) {
        put_mozilla_status(out, value, flags, line_end);
        return true;
    }
    if (mbox_field_value(line, "X-Mozilla-Keys")) {
        g_string_append_printf(out, "X-Mozilla-Keys: %s%s", keywords ? keywords : "", line_end);
        return true;
    }
    return false;
}

GString *mbox_header_with(const char *header, gsize length, MailFlags flags, const char *keywords, bool foreign)
{
    const char *end = header + length, *newline = memchr(header, '\n', length);
    const char *line_end = newline && newline > header && newline[-1] == '\r' ? "\r\n" : "\n";
    GString *out = g_string_sized_new(length + 128);
    bool dropping = false, ended = false;
    for (const char *line = header; line < end && !ended;) {
        newline = memchr(line, '\n', (gsize)(end - line));
        const char *next = newline ? newline + 1 : end;
        g_autofree char *text = g_strndup(line, (gsize)(next - line));
        if (*text == '\n' || strcmp(text, "\r\n") == 0) {
            ended = true;
            break;
        }
        if (*text != ' ' && *text != '\t')
            dropping = replace_field(out, text, flags, keywords, foreign, line_end);
        if (!dropping)
            g_string_append(out, text);
        line = next;
    }
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append(out, line_end);
    put_marks(out, flags, keywords, line_end);
    g_string_append(out, line_end);
    return out;
}

/* --- keys ------------------------------------------------------------------------------------------------------- */

void mbox_key_header(MboxKey *key, const char *line)
{
    if (!key->fields)
        key->fields = g_checksum_new(G_CHECKSUM_SHA256);
    if (*line != ' ' && *line != '\t')
        key->skipping = mbox_is_mark(line);
    if (key->skipping)
        return;
    g_checksum_update(key->fields, (const guchar *)line, (gssize)strcspn(line, "\r\n"));
    g_checksum_update(key->fields, (const guchar *)"\n", 1);
}

void mbox_key_body(MboxKey *key, const char *line, gsize length)
{
    if (line[strspn(line, "\r\n")] != '\0')
        key->octets += length;
}

char *mbox_key_end(MboxKey *key)
{
    char *text = g_strdup_printf("%.16s-%" G_GUINT64_FORMAT, key->fields ? g_checksum_get_string(key->fields) : "0", key->octets);
    g_clear_pointer(&key->fields, g_checksum_free);
    *key = (MboxKey){ 0 };
    return text;
}

/* --- the From_ line ----------------------------------------------------------------------------------------------- */

void mbox_name_digits(const char *name, char digits[MBOX_NAME_DIGITS + 1])
{
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    memcpy(digits, sum, MBOX_NAME_DIGITS);
    digits[MBOX_NAME_DIGITS] = '\0';
}

/* In English, whatever the language is. */
char *mbox_from_line(const char *digits, gint64 date)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t moment = (time_t)date;
    struct tm parts;
    if (!gmtime_r(&moment, &parts) || parts.tm_year + 1900 > 9999 || parts.tm_year < 0) {
        moment = 0;
        gmtime_r(&moment, &parts);
    }
    return g_strdup_printf("From malle-%s@localhost %.3s %.3s %2d %02d:%02d:%02d %d\n", digits, days + 3 * parts.tm_wday, months + 3 * parts.tm_mon,
                           parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_year + 1900);
}
