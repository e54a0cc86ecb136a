#include "config.h"

#include "config/muttrc.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "config/lines.h"
#include "config/muttrc-private.h"
#include "config/theme.h"

enum { SOURCE_DEPTH = 8 };

static void rest_free(gpointer data)
{
    MuttrcRest *rest = data;
    g_free(rest->file);
    g_free(rest->text);
    g_free(rest->why);
    g_free(rest);
}

static Muttrc *muttrc_new(void)
{
    Muttrc *muttrc = g_new0(Muttrc, 1);
    GString **const texts[] = { &muttrc->keys, &muttrc->theme, &muttrc->colours, &muttrc->options, &muttrc->contacts };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = g_string_new(NULL);
    muttrc->rest = g_ptr_array_new_with_free_func(rest_free);
    return muttrc;
}

void muttrc_free(Muttrc *muttrc)
{
    if (muttrc == NULL)
        return;
    GString *const texts[] = { muttrc->keys, muttrc->theme, muttrc->colours, muttrc->options, muttrc->contacts };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_string_free(texts[i], TRUE);
    g_ptr_array_unref(muttrc->rest);
    g_free(muttrc);
}

void muttrc_leave(const MuttrcCommand *command, const char *why)
{
    MuttrcRest *rest = g_new0(MuttrcRest, 1);
    rest->file = g_strdup(command->file);
    rest->line = command->line;
    rest->text = g_strstrip(g_strdup(command->text));
    rest->why = g_strdup(why);
    g_ptr_array_add(command->muttrc->rest, rest);
}

/* --- colours -------------------------------------------------------------------------------------- */

static const struct {
    const char *object, *roles; /* separated by spaces */
} objects[] = {
    { "normal", "normal list body sidebar" }, { "error", "error" },         { "message", "dim" },           { "indicator", "list-cursor sidebar-cursor" },
    { "status", "status title" },             { "tree", "thread-lines" },   { "attachment", "attachment" }, { "search", "match" },
    { "signature", "signature" },             { "hdrdefault", "header-value" }, { "quoted", "quote-1" },    { "quoted1", "quote-2" },
    { "quoted2", "quote-3" },                 { "quoted3", "quote-4" },     { "quoted4", "quote-5" },       { "bold", "emphasis" },
    { "sidebar_new", "sidebar-unread" },      { "sidebar_unread", "sidebar-unread" }, { "sidebar_highlight", "sidebar-cursor" },
    { "sidebar_indicator", "list-cursor-away" }, { "sidebar_divider", "border" }, { "prompt", "emphasis" }, { "markers", "dim" },
};

/* "brightred", "color208", "lightblue", "#rrggbb" → Malle's name; NULL: none such. */
static char *colour_word(const char *mutt)
{
    g_autofree char *low = g_ascii_strdown(mutt, -1);
    g_autofree char *word = NULL;
    gint32 colour;
    if (g_str_has_prefix(low, "color") || g_str_has_prefix(low, "colour"))
        word = g_strdup(low + strcspn(low, "0123456789"));
    else if (g_str_has_prefix(low, "bright") && low[6] != '\0' && low[6] != '-')
        word = strcmp(low, "brightblack") == 0 ? g_strdup("grey") : g_strdup_printf("bright-%s", low + 6);
    else if (g_str_has_prefix(low, "light"))
        word = g_strdup_printf("bright-%s", low + 5);
    else
        word = g_strdup(low);
    if (strcmp(word, "bright-default") == 0) {
        g_free(word);
        word = g_strdup("default");
    }
    return theme_colour_parse(word, &colour, NULL) ? g_steal_pointer(&word) : NULL;
}

static gboolean is_attribute(const char *word)
{
    static const char *const known[] = { "bold", "underline", "reverse", "italic", "standout", "none", "normal", NULL };
    return g_strv_contains(known, word);
}

/* [ATTRIBUTE…] FOREGROUND BACKGROUND, from words[*at] on, which is moved behind them. NULL: not understood. */
static char *style_words(char **words, guint *at, gboolean with_colours)
{
    g_autoptr(GString) style = g_string_new(NULL);
    for (; words[*at] != NULL && is_attribute(words[*at]); ++*at)
        if (strcmp(words[*at], "none") != 0 && strcmp(words[*at], "normal") != 0)
            g_string_append_printf(style, "%s ", strcmp(words[*at], "standout") == 0 ? "reverse" : words[*at]);
    if (with_colours) {
        if (words[*at] == NULL || words[*at + 1] == NULL)
            return NULL;
        g_autofree char *foreground = colour_word(words[*at]);
        g_autofree char *background = colour_word(words[*at + 1]);
        if (foreground == NULL || background == NULL)
            return NULL;
        if (g_str_has_prefix(words[*at], "bright"))
            g_string_append(style, "bold ");
        g_string_append_printf(style, strcmp(background, "default") == 0 ? "%s" : "%s on %s", foreground, background);
        *at += 2;
    }
    return g_strstrip(g_strndup(style->str, style->len));
}

static void put_roles(Muttrc *muttrc, const char *roles, const char *style)
{
    g_auto(GStrv) list = g_strsplit(roles, " ", -1);
    for (char **role = list; *role != NULL; role++)
        g_string_append_printf(muttrc->theme, "%s = %s\n", *role, style);
    muttrc->n_colours++;
}

/* color OBJECT STYLE [PATTERN], mono OBJECT ATTRIBUTE [PATTERN] */
static void read_colour(const MuttrcCommand *command, gboolean with_colours)
{
    guint at = 2, n = g_strv_length(command->words);
    g_autofree char *style = n >= 3 ? style_words(command->words, &at, with_colours) : NULL;
    const char *object = n >= 2 ? command->words[1] : "", *pattern = style != NULL ? command->words[at] : NULL;
    if (style == NULL || *style == '\0') {
        muttrc_leave(command, _("these colours are not known here"));
        return;
    }
    if (!with_colours) {
        muttrc_leave(command, _("without colours Malle takes its own theme mono"));
        return;
    }
    if (g_str_has_prefix(object, "index")) {
        g_string_append_printf(command->muttrc->colours, "%s if %s\n", style, pattern != NULL ? pattern : "~A");
        command->muttrc->n_colours++;
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(objects) && pattern == NULL; i++)
        if (strcmp(objects[i].object, object) == 0) {
            put_roles(command->muttrc, objects[i].roles, style);
            return;
        }
    muttrc_leave(command, pattern != NULL ? _("colours for words within a message are not known here") : _("Malle draws nothing of this kind"));
}

/* --- aliases -------------------------------------------------------------------------------------- */

static void put_escaped(GString *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == ',' || *text == ';' || *text == '\\')
            g_string_append_printf(out, "\\%c", *text);
        else
            g_string_append_c(out, *text);
}

/* Cuts "Name <address>" or "address (Name)" or a bare address. FALSE: no address in it. */
static gboolean split_address(const char *text, char **name, char **address)
{
    const char *open = strrchr(text, '<'), *close = open != NULL ? strchr(open, '>') : NULL;
    const char *comment = strchr(text, '('), *comment_end = comment != NULL ? strrchr(comment, ')') : NULL;
    if (open != NULL && close != NULL) {
        *name = g_strstrip(g_strndup(text, (gsize) (open - text)));
        *address = g_strstrip(g_strndup(open + 1, (gsize) (close - open - 1)));
    } else if (comment != NULL && comment_end != NULL) {
        *address = g_strstrip(g_strndup(text, (gsize) (comment - text)));
        *name = g_strstrip(g_strndup(comment + 1, (gsize) (comment_end - comment - 1)));
    } else {
        *address = g_strstrip(g_strdup(text));
        *name = g_strdup("");
    }
    return strchr(*address, '@') != NULL && strpbrk(*address, " \t") == NULL;
}

static void put_card(GString *out, const char *nick, const char *name, char **addresses)
{
    gboolean group = g_strv_length(addresses) > 1;
    g_string_append(out, "BEGIN:VCARD\r\nVERSION:4.0\r\n");
    if (group)
        g_string_append(out, "KIND:group\r\n");
    g_string_append(out, "FN:");
    put_escaped(out, *name != '\0' ? name : nick);
    g_string_append(out, "\r\nNICKNAME:");
    put_escaped(out, nick);
    g_string_append(out, "\r\n");
    for (char **address = addresses; *address != NULL; address++)
        g_string_append_printf(out, group ? "MEMBER:mailto:%s\r\n" : "EMAIL:%s\r\n", *address);
    g_string_append(out, "END:VCARD\r\n");
}

/* alias [-group NAME]… NICK ADDRESS[, ADDRESS…]: the addresses are told by the line as written, where quotes still are. */
static void read_alias(const MuttrcCommand *command)
{
    guint at = 1, n = g_strv_length(command->words);
    while (at + 1 < n && strcmp(command->words[at], "-group") == 0)
        at += 2;
    if (at + 1 >= n) {
        muttrc_leave(command, _("this is not: alias NICK ADDRESS"));
        return;
    }
    g_autofree char *joined = g_strjoinv(" ", command->words + at + 1);
    g_auto(GStrv) parts = g_strsplit(joined, ",", -1);
    g_autoptr(GStrvBuilder) addresses = g_strv_builder_new();
    g_autofree char *first_name = NULL;
    guint found = 0;
    for (char **part = parts; *part != NULL; part++) {
        g_autofree char *name = NULL;
        g_autofree char *address = NULL;
        if (!split_address(*part, &name, &address)) {
            if (*g_strstrip(*part) == '\0')
                continue;
            muttrc_leave(command, _("an alias within an alias, or a name with a comma, is not taken over"));
            return;
        }
        g_strv_builder_add(addresses, address);
        if (found++ == 0)
            first_name = g_steal_pointer(&name);
    }
    g_auto(GStrv) list = g_strv_builder_end(addresses);
    if (found == 0) {
        muttrc_leave(command, _("there is no address in it"));
        return;
    }
    put_card(command->muttrc->contacts, command->words[at], found == 1 ? first_name : "", list);
    command->muttrc->n_aliases++;
}

/* --- set -------------------------------------------------------------------------------------------- */

/* The last one counts, as in mutt. */
static void put_option(Muttrc *muttrc, const char *name, const char *value)
{
    g_autofree char *start = g_strdup_printf("%s = ", name);
    for (char *line = muttrc->options->str; *line != '\0';) {
        char *end = strchr(line, '\n') + 1;
        if (g_str_has_prefix(line, start)) {
            g_string_erase(muttrc->options, line - muttrc->options->str, end - line);
            muttrc->n_options--;
            break;
        }
        line = end;
    }
    g_string_append_printf(muttrc->options, "%s = %s\n", name, value);
    muttrc->n_options++;
}

/* "%4C %Z %{%b %d} %-15.15L (%4c) %s" in Malle's words. */
static void put_index_format(Muttrc *muttrc, const char *format)
{
    g_autoptr(GString) columns = g_string_new(NULL);
    gboolean signs = FALSE, who = FALSE;
    for (const char *p = format; *p != '\0'; p++) {
        if (*p != '%')
            continue;
        for (p++; *p != '\0' && strchr("-+0123456789.=:_", *p) != NULL;)
            p++;
        const char *word = NULL;
        if (strchr("ZSMt", *p) && !signs)
            word = "signs", signs = TRUE;
        else if (strchr("dD{[(<", *p) && *p != '\0')
            word = *p == '(' || *p == '<' ? "received" : "date";
        else if (strchr("LFnau", *p) && !who)
            word = *p == 'a' ? "address" : "who", who = TRUE;
        else if (*p == 'c' || *p == 'l')
            word = strstr(columns->str, "size") ? NULL : "size";
        else if (*p == 's')
            word = "subject";
        else if (*p == 'g' || *p == 'y')
            word = "keywords";
        if (*p == '{' || *p == '[' || *p == '(' || *p == '<') {
            char close = *p == '{' ? '}' : *p == '[' ? ']' : *p == '(' ? ')' : '>';
            const char *end = strchr(p, close);
            g_autofree char *date = end != NULL ? g_strndup(p + 1, (gsize) (end - p - 1)) : g_strdup("");
            if (*date != '\0')
                put_option(muttrc, "date-format", *date == '!' ? date + 1 : date);
            p = end != NULL ? end : p + strlen(p) - 1;
        }
        if (word != NULL)
            g_string_append_printf(columns, "%s%s", columns->len ? ", " : "", word);
        if (*p == '\0')
            break;
    }
    if (columns->len > 0)
        put_option(muttrc, "list-columns", columns->str);
}

static gboolean put_sort(Muttrc *muttrc, const char *value)
{
    gboolean reverse = g_str_has_prefix(value, "reverse-");
    const char *order = reverse ? value + strlen("reverse-") : value;
    if (g_str_has_prefix(order, "last-"))
        order += strlen("last-");
    static const struct {
        const char *mutt, *sort;
    } orders[] = {
        { "threads", NULL }, { "date", "date" }, { "date-sent", "date" }, { "date-received", "arrived" }, { "from", "from" }, { "subject", "subject" }, { "size", "size" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
        if (strcmp(orders[i].mutt, order) == 0) {
            put_option(muttrc, "threads", orders[i].sort == NULL ? "yes" : "no");
            if (orders[i].sort != NULL)
                put_option(muttrc, "sort", orders[i].sort);
            put_option(muttrc, "sort-descending", reverse ? "yes" : "no");
            return TRUE;
        }
    return FALSE;
}

/* Variables that say what an account says here. */
static gboolean is_of_account(const char *name)
{
    static const char *const known[] = { "imap_user", "imap_pass", "imap_login", "folder", "spoolfile", "spool_file", "from", "realname", "real_name",
                                         "smtp_url", "smtp_pass", "pop_host", "pop_user", "pop_pass", "record", "postponed", "trash", "mbox", "ssl_starttls",
                                         "ssl_force_tls", "hostname", "use_from", "envelope_from", NULL };
    return g_strv_contains(known, name);
}

/* −1: not a number. */
static gint64 number_of(const char *text)
{
    gint64 number;
    return g_ascii_string_to_signed(text, 10, 0, 1000000, &number, NULL) ? number : -1;
}

static gboolean set_known(Muttrc *muttrc, const char *name, const char *value, gboolean yes)
{
    if (strcmp(name, "index_format") == 0)
        put_index_format(muttrc, value);
    else if (strcmp(name, "date_format") == 0)
        put_option(muttrc, "date-format", *value == '!' ? value + 1 : value);
    else if (strcmp(name, "sort") == 0)
        return put_sort(muttrc, value);
    else if (strcmp(name, "sidebar_visible") == 0)
        put_option(muttrc, "sidebar", yes ? "yes" : "no");
    else if (strcmp(name, "sidebar_width") == 0 && number_of(value) >= 10)
        put_option(muttrc, "sidebar-width", value);
    else if (strcmp(name, "help") == 0)
        put_option(muttrc, "key-bar", yes ? "yes" : "no");
    else if (strcmp(name, "quit") == 0)
        put_option(muttrc, "confirm-quit", yes && !g_str_has_prefix(value, "no") ? "yes" : "no");
    else if (strcmp(name, "resolve") == 0)
        put_option(muttrc, "advance", yes ? "yes" : "no");
    else if (strcmp(name, "ascii_chars") == 0)
        put_option(muttrc, "ascii", yes ? "yes" : "auto");
    else if (strcmp(name, "wrap") == 0 && number_of(value) >= 0)
        put_option(muttrc, "wrap", value);
    else if (strcmp(name, "mail_check") == 0 && number_of(value) >= 0)
        put_option(muttrc, "poll", value);
    else
        return FALSE;
    return TRUE;
}

/* set NAME=VALUE, set NAME, set noNAME; several on a line. "yes" words stand for a variable without a value. */
static void read_set(const MuttrcCommand *command, gboolean unset)
{
    for (guint i = 1; command->words[i] != NULL; i++) {
        g_autofree char *name = g_strdup(command->words[i]);
        char *equals = strchr(name, '=');
        g_autofree char *value = g_strdup(equals != NULL ? equals + 1 : "");
        if (equals != NULL)
            *equals = '\0';
        if (equals != NULL && *value == '\0' && command->words[i + 1] != NULL) { /* "set name= value" */
            g_free(value);
            value = g_strdup(command->words[++i]);
        } else if (equals == NULL && g_strcmp0(command->words[i + 1], "=") == 0 && command->words[i + 2] != NULL) { /* "set name = value" */
            g_free(value);
            value = g_strdup(command->words[i + 2]);
            i += 2;
        }
        g_strstrip(name);
        gboolean no = unset || (equals == NULL && g_str_has_prefix(name, "no") && strcmp(name, "note") != 0) || strcmp(value, "no") == 0;
        const char *plain = !unset && equals == NULL && g_str_has_prefix(name, "no") ? name + 2 : name;
        if (is_of_account(plain))
            muttrc_leave(command, _("it is said of an account: add-account, or malle-accounts(5)"));
        else if (strchr(value, '`') != NULL || strchr(value, '$') != NULL)
            muttrc_leave(command, _("commands and variables are not run"));
        else if (!set_known(command->muttrc, plain, value, !no))
            muttrc_leave(command, _("Malle has no option for it, or does so by itself"));
    }
}

/* --- the file ----------------------------------------------------------------------------------------- */

static void read_text(Muttrc *muttrc, const char *text, const char *file, guint depth);

static void read_source(const MuttrcCommand *command, guint depth)
{
    const char *name = command->words[1];
    if (name == NULL || strchr(name, '`') != NULL || strchr(name, '|') != NULL || depth == 0) {
        muttrc_leave(command, _("commands and variables are not run"));
        return;
    }
    g_autofree char *expanded = paths_expand(name);
    g_autofree char *folder = g_path_get_dirname(command->file);
    g_autofree char *path = g_path_is_absolute(expanded) ? g_strdup(expanded) : g_build_filename(folder, expanded, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = config_file_read(path, NULL, &error);
    if (text == NULL)
        muttrc_leave(command, error->message);
    else
        read_text(command->muttrc, text, path, depth - 1);
}

static void read_command(const MuttrcCommand *command, guint depth)
{
    const char *verb = command->words[0];
    if (strcmp(verb, "bind") == 0)
        muttrc_bind(command);
    else if (strcmp(verb, "macro") == 0)
        muttrc_macro(command);
    else if (strcmp(verb, "color") == 0 || strcmp(verb, "colour") == 0)
        read_colour(command, TRUE);
    else if (strcmp(verb, "mono") == 0)
        read_colour(command, FALSE);
    else if (strcmp(verb, "alias") == 0)
        read_alias(command);
    else if (strcmp(verb, "set") == 0)
        read_set(command, FALSE);
    else if (strcmp(verb, "unset") == 0)
        read_set(command, TRUE);
    else if (strcmp(verb, "source") == 0)
        read_source(command, depth);
    else
        muttrc_leave(command, _("Malle has nothing that is the same"));
}

/* A line that ends with a backslash goes on with the next; the number told is that of its first. */
static char *take_line(const char **text, guint *number, guint *first)
{
    GString *line = g_string_new(NULL);
    *first = *number + 1;
    while (**text != '\0') {
        gsize length = strcspn(*text, "\n");
        const char *start = *text;
        *text += length + (start[length] == '\n' ? 1 : 0);
        ++*number;
        gsize kept = length > 0 && start[length - 1] == '\r' ? length - 1 : length;
        gboolean goes_on = kept > 0 && start[kept - 1] == '\\';
        g_string_append_len(line, start, (gssize) (kept - (goes_on ? 1 : 0)));
        if (!goes_on)
            break;
    }
    return g_string_free(line, FALSE);
}

static void read_text(Muttrc *muttrc, const char *text, const char *file, guint depth)
{
    guint number = 0, first = 0;
    while (*text != '\0') {
        g_autofree char *line = take_line(&text, &number, &first);
        for (const char *rest = line; rest != NULL;) {
            const char *start = rest;
            g_auto(GStrv) words = muttrc_words(start, &rest);
            if (words == NULL)
                continue;
            g_autofree char *one = g_strndup(start, rest != NULL ? (gsize) (rest - start - 1) : strlen(start));
            MuttrcCommand command = { muttrc, file, first, one, words };
            read_command(&command, depth);
        }
    }
}

Muttrc *muttrc_parse(const char *text, const char *file)
{
    Muttrc *muttrc = muttrc_new();
    read_text(muttrc, text, file, 0);
    return muttrc;
}

Muttrc *muttrc_read(const char *path, GError **error)
{
    g_autofree char *text = config_file_read(path, NULL, error);
    if (text == NULL)
        return NULL;
    Muttrc *muttrc = muttrc_new();
    read_text(muttrc, text, path, SOURCE_DEPTH);
    return muttrc;
}
