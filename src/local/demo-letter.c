/* The demo's letters as real messages (see demo-letter.h).
 *
 * Directives:
 *   !flowed             format=flowed (RFC 3676)
 *   !charset NAME       the body in that charset; headers too
 *   !encode base64|qp|8bit
 *   !html               the body is HTML; behind a line "%%html" when a plain text comes first
 * (multipart/alternative) !attach FILE        of demo/files !header NAME: TEXT  as it stands !escapes C
 * escapes in subject and body are undone (the hostile letter) */
#include "config.h"
#include "local/demo-internal.h"

#include "base/text.h"
#include "local/demo-data.h"

#include <string.h>

#define WIDTH 72

typedef struct {
    const DemoBook *book;
    const Letter *letter;
    const char *charset;  /* "utf-8" by default */
    const char *encoding; /* NULL: what fits */
    bool flowed, html, escapes;
    gint64 date;
    int offset;
} Making;

static const DemoPerson *person(const DemoBook *book, const char *name)
{
    static const DemoPerson nobody = { (char *)"?", (char *)"?@malle.example", 0 };
    static const DemoPerson me = { (char *)DEMO_NAME, (char *)DEMO_ADDRESS, 60 };
    if (strcmp(name, "me") == 0)
        return &me;
    const DemoPerson *found = g_hash_table_lookup(book->people, name);
    return found ? found : &nobody;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* --- headers ---------------------------------------------------------------------------------- */

/* In the charset if it has all the characters, else in UTF-8: *charset then says so, as mailers do. */
static GBytes *in_charset(const char *text, const char **charset)
{
    gsize length;
    char *converted = g_convert(text, -1, *charset, "UTF-8", NULL, &length, NULL);
    if (converted)
        return g_bytes_new_take(converted, length);
    *charset = "utf-8";
    return g_bytes_new(text, strlen(text));
}

/* RFC 2047 words of at most 75 characters, cut between characters. */
static char *encoded(const Making *making, const char *text)
{
    if (is_ascii(text))
        return g_strdup(text);
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p;) {
        const char *end = p;
        while (*end && g_utf8_next_char(end) - p <= 39)
            end = g_utf8_next_char(end);
        g_autofree char *piece = g_strndup(p, (gsize)(end - p));
        const char *charset = making->charset;
        g_autoptr(GBytes) bytes = in_charset(piece, &charset);
        gsize length;
        const guint8 *data = g_bytes_get_data(bytes, &length);
        g_autofree char *base64 = g_base64_encode(data, length);
        g_string_append_printf(out, "%s=?%s?B?%s?=", p > text ? "\r\n " : "", charset, base64);
        p = end;
    }
    return g_string_free(out, FALSE);
}

static void add_address(const Making *making, GString *out, const char *name)
{
    const DemoPerson *who = person(making->book, name);
    if (!*who->name) {
        g_string_append(out, who->address);
        return;
    }
    g_autofree char *shown = encoded(making, who->name);
    bool quote = is_ascii(who->name) && strpbrk(who->name, ",.@()<>:;\"") != NULL;
    g_string_append_printf(out, quote ? "\"%s\" <%s>" : "%s <%s>", shown, who->address);
}

static void add_addresses(const Making *making, GString *out, const char *field, const char *names)
{
    if (!*names)
        return;
    g_string_append_printf(out, "%s: ", field);
    g_auto(GStrv) list = g_strsplit(names, ", ", -1);
    for (char **name = list; *name; name++) {
        if (name > list)
            g_string_append(out, ",\r\n ");
        add_address(making, out, *name);
    }
    g_string_append(out, "\r\n");
}

static void add_id(const Making *making, GString *out, const Letter *letter)
{
    const DemoPerson *who = person(making->book, letter->from);
    const char *at = strchr(who->address, '@');
    g_string_append_printf(out, "<%s.demo%s>", letter->id, at ? at : "@malle.example");
}

static void add_references(const Making *making, GString *out)
{
    const Letter *chain[64];
    guint n = 0;
    const Letter *letter = making->letter;
    while (letter->parent && n < G_N_ELEMENTS(chain) &&
           (letter = g_hash_table_lookup(making->book->by_id, letter->parent)) != NULL)
        chain[n++] = letter;
    if (n == 0)
        return;
    g_string_append(out, "In-Reply-To: ");
    add_id(making, out, chain[0]);
    g_string_append(out, "\r\nReferences: ");
    for (guint i = n; i-- > 0;) {
        add_id(making, out, chain[i]);
        g_string_append(out, i > 0 ? "\r\n " : "\r\n");
    }
}

static char *subject_of(const DemoBook *book, const Letter *letter)
{
    if (strcmp(letter->subject, "=") != 0)
        return g_strdup(letter->subject);
    for (guint i = 0; i < 64 && letter->parent && strcmp(letter->subject, "=") == 0; i++) {
        const Letter *parent = g_hash_table_lookup(book->by_id, letter->parent);
        if (!parent)
            break;
        letter = parent;
    }
    return g_str_has_prefix(letter->subject, "Re: ") ? g_strdup(letter->subject)
                                                     : g_strconcat("Re: ", letter->subject, NULL);
}

static void add_date(const Making *making, GString *out)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_utc(making->date + making->offset * 60);
    if (!local)
        return;
    int size = ABS(making->offset);
    g_string_append_printf(
        out, "Date: %s, %d %s %d %02d:%02d:%02d %c%02d%02d\r\n", days[g_date_time_get_day_of_week(local) % 7],
        g_date_time_get_day_of_month(local), months[g_date_time_get_month(local) - 1],
        g_date_time_get_year(local), g_date_time_get_hour(local), g_date_time_get_minute(local),
        g_date_time_get_second(local), making->offset < 0 ? '-' : '+', size / 60, size % 60);
}

static const char *directive(const Letter *letter, const char *name, guint nth)
{
    gsize length = strlen(name);
    for (char **d = letter->directives; *d; d++)
        if (strncmp(*d, name, length) == 0 && ((*d)[length] == ' ' || !(*d)[length]) && nth-- == 0)
            return *d + length + ((*d)[length] == ' ');
    return NULL;
}

static void add_header(const Making *making, GString *out)
{
    const Letter *letter = making->letter;
    add_addresses(making, out, "From", letter->from);
    add_addresses(making, out, "To", letter->to);
    add_addresses(making, out, "Cc", letter->cc);
    g_autofree char *subject = subject_of(making->book, letter);
    g_autofree char *raw = making->escapes ? g_strcompress(subject) : g_strdup(subject);
    g_autofree char *shown = encoded(making, raw);
    g_string_append_printf(out, "Subject: %s\r\n", shown);
    add_date(making, out);
    g_string_append(out, "Message-ID: ");
    add_id(making, out, letter);
    g_string_append(out, "\r\n");
    add_references(making, out);
    if (g_str_has_prefix(letter->mailbox, "Lists/"))
        g_string_append_printf(out, "List-Id: <%s.lists.malle.example>\r\nPrecedence: list\r\n",
                               letter->mailbox + strlen("Lists/"));
    for (guint i = 0; directive(letter, "header", i); i++) {
        g_autofree char *line = making->escapes ? g_strcompress(directive(letter, "header", i))
                                                : g_strdup(directive(letter, "header", i));
        g_string_append_printf(out, "%s\r\n", line);
    }
    g_string_append(out, "MIME-Version: 1.0\r\n");
}

/* --- bodies ----------------------------------------------------------------------------------- */

/* Paragraphs to lines, as a mailer does when it sends: hard breaks, or soft ones (a blank before the end) in
 * flowed text. */
static char *wrapped(const char *text, bool flowed)
{
    GString *out = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *p = *line, *end = p + strlen(p);
        bool as_it_is = strchr("> \t|", *p) || strcmp(p, "--") == 0 || strstr(p, "://");
        if (strcmp(p, "--") == 0) { /* the source has no blanks at line ends */
            g_string_append(out, "-- \n");
            continue;
        }
        if (as_it_is || p == end) {
            g_string_append(out, p);
            g_string_append_c(out, '\n');
            continue;
        }
        while (p < end) {
            const char *line_end;
            const char *next = text_wrap_next(p, end, WIDTH, &line_end);
            g_string_append_len(out, p, line_end - p);
            g_string_append(out, next < end && flowed ? " \n" : "\n");
            p = next;
        }
    }
    return g_string_free(out, FALSE);
}

static void append_quoted_printable(GString *out, const guint8 *data, gsize length)
{
    guint column = 0;
    for (gsize i = 0; i < length; i++) {
        if (data[i] == '\n') {
            g_string_append(out, "\r\n");
            column = 0;
            continue;
        }
        bool at_end = i + 1 == length || data[i + 1] == '\n';
        bool plain = data[i] >= 0x20 && data[i] < 0x7f && data[i] != '=' && !(data[i] == ' ' && at_end);
        if (column + (plain ? 1 : 3) > 75) {
            g_string_append(out, "=\r\n");
            column = 0;
        }
        if (plain)
            g_string_append_c(out, (char)data[i]);
        else
            g_string_append_printf(out, "=%02X", data[i]);
        column += plain ? 1 : 3;
    }
}

static void append_base64(GString *out, const guint8 *data, gsize length)
{
    g_autofree char *base64 = g_base64_encode(data, length);
    gsize size = strlen(base64);
    for (gsize at = 0; at < size; at += 76) {
        g_string_append_len(out, base64 + at, (gssize)MIN(size - at, (gsize)76));
        g_string_append(out, "\r\n");
    }
}

static void append_lines(GString *out, const guint8 *data, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (data[i] == '\n')
            g_string_append_c(out, '\r');
        g_string_append_c(out, (char)data[i]);
    }
}

static void add_text(const Making *making, GString *out, const char *text, const char *subtype)
{
    bool plain = strcmp(subtype, "plain") == 0;
    g_autofree char *raw = making->escapes ? g_strcompress(text) : g_strdup(text);
    g_autofree char *lines = plain ? wrapped(raw, making->flowed) : g_strconcat(raw, "\n", NULL);
    const char *charset = making->charset;
    g_autoptr(GBytes) bytes = in_charset(lines, &charset);
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    const char *encoding = making->encoding ? making->encoding : is_ascii(lines) ? "7bit" : "8bit";
    g_string_append_printf(out,
                           "Content-Type: text/%s; charset=%s%s\r\nContent-Transfer-Encoding: %s\r\n\r\n",
                           subtype, charset, plain && making->flowed ? "; format=flowed" : "",
                           strcmp(encoding, "qp") == 0 ? "quoted-printable" : encoding);
    if (strcmp(encoding, "base64") == 0)
        append_base64(out, data, length);
    else if (strcmp(encoding, "qp") == 0)
        append_quoted_printable(out, data, length);
    else
        append_lines(out, data, length);
}

static void add_alternative(const Making *making, GString *out, const char *plain, const char *html)
{
    const char *id = making->letter->id;
    g_string_append_printf(
        out, "Content-Type: multipart/alternative; boundary=\"alt-%s\"\r\n\r\n--alt-%s\r\n", id, id);
    add_text(making, out, plain, "plain");
    g_string_append_printf(out, "\r\n--alt-%s\r\n", id);
    add_text(making, out, html, "html");
    g_string_append_printf(out, "\r\n--alt-%s--\r\n", id);
}

static void add_content(const Making *making, GString *out)
{
    const char *body = making->letter->body;
    if (!making->html) {
        add_text(making, out, body, "plain");
        return;
    }
    const char *mark = strstr(body, "%%html\n");
    if (!mark || mark == body) {
        add_text(making, out, mark ? mark + 7 : body, "html");
        return;
    }
    g_autofree char *plain = g_strchomp(g_strndup(body, (gsize)(mark - body)));
    add_alternative(making, out, plain, mark + 7);
}

static const char *type_of(const char *file)
{
    static const char *const types[][2] = { { ".pdf", "application/pdf" }, { ".png", "image/png" },
                                            { ".ics", "text/calendar" },   { ".zip", "application/zip" },
                                            { ".txt", "text/plain" },      { ".patch", "text/x-diff" } };
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(file, types[i][0]))
            return types[i][1];
    return "application/octet-stream";
}

/* "FILE" or "FILE as NAME": under another name than in the tree. */
static void add_attachment(GString *out, const char *given)
{
    g_auto(GStrv) names = g_strsplit(given, " as ", 2);
    const char *shown = names[1] ? names[1] : names[0];
    g_autofree char *path = g_strconcat("/malle/demo/files/", names[0], NULL);
    g_autoptr(GBytes) bytes =
        g_resource_lookup_data(demo_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (!bytes)
        return;
    g_autofree char *escaped = g_uri_escape_string(shown, NULL, FALSE);
    g_string_append_printf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n",
                           type_of(names[0]));
    g_string_append_printf(out,
                           is_ascii(shown) ? "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n"
                                           : "Content-Disposition: attachment; filename*=utf-8''%s\r\n\r\n",
                           is_ascii(shown) ? shown : escaped);
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    append_base64(out, data, length);
}

static void add_body(const Making *making, GString *out)
{
    if (!directive(making->letter, "attach", 0)) {
        add_content(making, out);
        return;
    }
    const char *id = making->letter->id;
    g_string_append_printf(out, "Content-Type: multipart/mixed; boundary=\"mix-%s\"\r\n\r\n--mix-%s\r\n", id,
                           id);
    add_content(making, out);
    for (guint i = 0; directive(making->letter, "attach", i); i++) {
        g_string_append_printf(out, "\r\n--mix-%s\r\n", id);
        add_attachment(out, directive(making->letter, "attach", i));
    }
    g_string_append_printf(out, "\r\n--mix-%s--\r\n", id);
}

/* --- a message -------------------------------------------------------------------------------- */

/* Never ahead of now. Hours of the day are all by one clock, Camille's, so that answers stand behind what
 * they answer. */
static gint64 date_of(const Letter *letter, gint64 now)
{
    if (letter->clock < 0)
        return now - letter->age;
    gint64 offset = person(NULL, "me")->offset * 60;
    gint64 local = now + offset;
    gint64 date = local - local % 86400 - letter->age + letter->clock * 60 - offset;
    while (date > now)
        date -= 86400;
    return date;
}

DemoMessage *demo_book_message(const DemoBook *book, guint index, gint64 now)
{
    const Letter *letter = g_ptr_array_index(book->letters, index);
    const char *charset = directive(letter, "charset", 0);
    Making making = {
        .book = book,
        .letter = letter,
        .charset = charset ? charset : "utf-8",
        .encoding = directive(letter, "encode", 0),
        .flowed = directive(letter, "flowed", 0) != NULL,
        .html = directive(letter, "html", 0) != NULL,
        .escapes = directive(letter, "escapes", 0) != NULL,
        .offset = person(book, letter->from)->offset,
    };
    making.date = date_of(letter, now);
    GString *out = g_string_new(NULL);
    add_header(&making, out);
    add_body(&making, out);

    DemoMessage *message = g_new0(DemoMessage, 1);
    message->raw = g_string_free_to_bytes(out);
    message->flags = letter->flags;
    message->keywords = g_strdup(letter->keywords);
    message->internal_date = making.date + 7; /* some seconds on the way */
    return message;
}
