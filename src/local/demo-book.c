/* Reading the demo's letters: the file of people and the files of letters (see demo-letter.h). */
#include "config.h"
#include "local/demo-internal.h"

#include <string.h>

static void letter_free(gpointer data)
{
    Letter *letter = data;
    g_free(letter->id);
    g_free(letter->parent);
    g_free(letter->mailbox);
    g_free(letter->keywords);
    g_free(letter->from);
    g_free(letter->to);
    g_free(letter->cc);
    g_free(letter->subject);
    g_free(letter->body);
    g_strfreev(letter->directives);
    g_free(letter);
}

static void person_free(gpointer data)
{
    DemoPerson *person = data;
    g_free(person->name);
    g_free(person->address);
    g_free(person);
}

/* "anna = Anna Lindqvist <anna@fjord.example> +0100" */
static void read_people(DemoBook *book, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *equals = strstr(*line, " = ");
        char *open = equals ? strchr(equals, '<') : NULL;
        char *close = open ? strchr(open, '>') : NULL;
        if (!close || **line == '#')
            continue;
        DemoPerson *person = g_new0(DemoPerson, 1);
        person->name = g_strstrip(g_strndup(equals + 3, (gsize)(open - equals - 3)));
        person->address = g_strndup(open + 1, (gsize)(close - open - 1));
        int zone = (int)g_ascii_strtoll(close + 1, NULL, 10);
        person->offset = zone / 100 * 60 + zone % 100;
        g_hash_table_insert(book->people, g_strndup(*line, (gsize)(equals - *line)), person);
    }
}

/* "12m", "5h", "3d14:32" */
static void read_age(Letter *letter, const char *age)
{
    char *unit;
    gint64 number = g_ascii_strtoll(age, &unit, 10);
    letter->clock = -1;
    if (*unit == 'm') {
        letter->age = number * 60;
    } else if (*unit == 'h') {
        letter->age = number * 3600;
    } else {
        char *minutes = strchr(unit, ':');
        letter->age = number * 86400;
        gint64 hour = g_ascii_strtoll(unit + 1, NULL, 10);
        letter->clock = (int)(hour * 60 + (minutes ? g_ascii_strtoll(minutes + 1, NULL, 10) : 0));
    }
}

static MailFlags flags_of(const char *letters)
{
    static const struct {
        char letter;
        MailFlags flag;
    } flags[] = { { 'S', MAIL_FLAG_SEEN },  { 'A', MAIL_FLAG_ANSWERED }, { 'F', MAIL_FLAG_FLAGGED },
                  { 'D', MAIL_FLAG_DRAFT }, { 'X', MAIL_FLAG_DELETED },  { 'W', MAIL_FLAG_FORWARDED } };
    MailFlags result = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
        if (strchr(letters, flags[i].letter))
            result |= flags[i].flag;
    return result;
}

static void read_head(Letter *letter, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    guint count = g_strv_length(words);
    char *parent = strchr(words[0], '<');
    letter->id = parent ? g_strndup(words[0], (gsize)(parent - words[0])) : g_strdup(words[0]);
    letter->parent = parent ? g_strdup(parent + 1) : NULL;
    letter->mailbox = g_strdup(count > 1 ? words[1] : "INBOX");
    read_age(letter, count > 2 ? words[2] : "1h");
    letter->keywords = g_strdup("");
    for (guint i = 3; i < count; i++) {
        if (words[i][0] != '+') {
            letter->flags |= flags_of(words[i]);
            continue;
        }
        char *more = keywords_add(letter->keywords, words[i] + 1);
        g_free(letter->keywords);
        letter->keywords = more;
    }
}

/* "anna > me, tomas | jonas" */
static void read_route(Letter *letter, const char *line)
{
    g_auto(GStrv) ends = g_strsplit(line, " > ", 2);
    letter->from = g_strdup(ends[0]);
    g_auto(GStrv) copies = g_strsplit(ends[0] && ends[1] ? ends[1] : "", " | ", 2);
    letter->to = g_strdup(copies[0] ? copies[0] : "");
    letter->cc = g_strdup(copies[0] && copies[1] ? copies[1] : "");
}

static Letter *read_letter(const char *text)
{
    Letter *letter = g_new0(Letter, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    read_head(letter, lines[0]);
    read_route(letter, lines[1]);
    const char *rest = lines[2];
    letter->subject = g_strndup(rest, strcspn(rest, "\n"));
    rest += strlen(letter->subject) + 1;
    GPtrArray *directives = g_ptr_array_new();
    while (*rest == '!') {
        gsize length = strcspn(rest, "\n");
        g_ptr_array_add(directives, g_strndup(rest + 1, length - 1));
        rest += length + 1;
    }
    g_ptr_array_add(directives, NULL);
    letter->directives = (char **)g_ptr_array_free(directives, FALSE);
    letter->body = g_strchomp(g_strdup(rest + strspn(rest, "\n")));
    return letter;
}

static void read_letters(DemoBook *book, const char *text)
{
    const char *p = g_str_has_prefix(text, "@ ") ? text : strstr(text, "\n@ ");
    while (p) {
        p += *p == '\n' ? 3 : 2;
        const char *next = strstr(p, "\n@ ");
        g_autofree char *one = next ? g_strndup(p, (gsize)(next - p)) : g_strdup(p);
        Letter *letter = read_letter(one);
        g_ptr_array_add(book->letters, letter);
        g_hash_table_insert(book->by_id, letter->id, letter);
        p = next;
    }
}

DemoBook *demo_book_new(const char *people, const char *letters)
{
    DemoBook *book = g_new0(DemoBook, 1);
    book->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, person_free);
    book->letters = g_ptr_array_new_with_free_func(letter_free);
    book->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    read_people(book, people);
    read_letters(book, letters);
    return book;
}

void demo_book_free(DemoBook *book)
{
    if (!book)
        return;
    g_hash_table_unref(book->by_id);
    g_hash_table_unref(book->people);
    g_ptr_array_unref(book->letters);
    g_free(book);
}

guint demo_book_count(const DemoBook *book)
{
    return book->letters->len;
}

const char *demo_book_mailbox(const DemoBook *book, guint index)
{
    return ((const Letter *)g_ptr_array_index(book->letters, index))->mailbox;
}
