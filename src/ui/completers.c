/* What can stand behind a command's name. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "config/columns.h"
#include "model/addresses.h"
#include "ui/address_query.h"
#include "ui/app.h"
#include "ui/commands.h"

/* Where the last word begins. */
static gsize word_start(const char *text, gsize length)
{
    gsize at = length;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return at;
}

GPtrArray *complete_mailbox(Ui *ui, const char *text, gsize length, gsize *start)
{
    if (!ui->tree)
        return NULL;
    *start = 0;
    g_autofree char *prefix = g_strndup(text, length);
    g_auto(GStrv) names = mailbox_tree_complete(ui->tree, ui_account_id(ui), prefix);
    GPtrArray *found = completions_new();
    for (guint i = 0; names && names[i]; i++) {
        gint64 id = mailbox_tree_resolve(ui->tree, ui_account_id(ui), names[i], NULL);
        const MailboxRow *row = id ? mailbox_tree_mailbox(ui->tree, id) : NULL;
        g_autofree char *help = row && row->unread
                                    ? g_strdup_printf(_("%u unread of %u"), row->unread, row->total)
                                : row ? g_strdup_printf("%u", row->total)
                                      : NULL;
        g_ptr_array_add(found, completion_new(names[i], help));
    }
    return found;
}

/* What can be kept of a mailbox for offline use. */
GPtrArray *complete_keep(Ui *ui, const char *text, gsize length, gsize *start)
{
    static const struct {
        const char *text, *help;
    } words[] = {
        { "nothing", N_("only what you look at, while there is room") },
        { "summaries", N_("the list, complete") },
        { "texts", N_("and the texts; texts 90 days: of the last 90 days") },
        { "everything", N_("and attachments; everything 500 MB: the newest up to this size") },
        { "default", N_("as the accounts file says") },
    };
    (void)ui;
    *start = 0;
    GPtrArray *found = completions_new();
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strncmp(words[i].text, text, length) == 0)
            g_ptr_array_add(found, completion_new(words[i].text, _(words[i].help)));
    return found;
}

GPtrArray *complete_account(Ui *ui, const char *text, gsize length, gsize *start)
{
    *start = 0;
    GPtrArray *found = completions_new();
    for (guint i = 0; i < model_n_accounts(ui->model); i++) {
        const Account *account = model_account(ui->model, i)->account;
        if (strncmp(account->name, text, length) == 0)
            g_ptr_array_add(found, completion_new(account->name, account->address));
    }
    return found;
}

GPtrArray *complete_keyword(Ui *ui, const char *text, gsize length, gsize *start)
{
    *start = word_start(text, length);
    gboolean sign = *start < length && (text[*start] == '-' || text[*start] == '+');
    if (sign)
        (*start)++;
    g_auto(GStrv) words = model_keywords(ui->model, ui_account_id(ui));
    GPtrArray *found = completions_new();
    for (guint i = 0; words && words[i]; i++)
        if (g_ascii_strncasecmp(words[i], text + *start, length - *start) == 0)
            g_ptr_array_add(found, completion_new(words[i], NULL));
    return found;
}

static void add_words(GPtrArray *found, const char *const *words, const char *text, gsize length)
{
    for (guint i = 0; words[i]; i++)
        if (strncmp(words[i], text, length) == 0)
            g_ptr_array_add(found, completion_new(words[i], NULL));
}

/* The built-in themes, and the person's. */
static void add_themes(GPtrArray *found, const char *text, gsize length)
{
    for (guint i = 0; theme_builtin_names[i]; i++)
        if (strncmp(theme_builtin_names[i], text, length) == 0)
            g_ptr_array_add(found, completion_new(theme_builtin_names[i], _("built in")));
    g_autofree char *folder = paths_locate(PATHS_CONFIG, "themes");
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)))
        if (*name != '.' && strncmp(name, text, length) == 0 && g_utf8_validate(name, -1, NULL))
            g_ptr_array_add(found, completion_new(name, _("yours")));
}

static void add_choices(GPtrArray *found, const OptionRow *row, const char *text, gsize length)
{
    static const char *const bools[] = { "yes", "no", NULL };
    const char *const *choices = row->type == OPTION_TYPE_BOOL ? bools : row->choices;
    if (choices)
        add_words(found, choices, text, length);
}

GPtrArray *complete_option(Ui *ui, const char *text, gsize length, gsize *start)
{
    static const char *const date_formats[] = { OPTIONS_DATE_RELATIVE, OPTIONS_DATE_ABSOLUTE, NULL };
    GPtrArray *found = completions_new();
    const char *space = memchr(text, ' ', length);
    if (space) {
        g_autofree char *name = g_strndup(text, (gsize)(space - text));
        const OptionRow *row = option_find(name);
        *start = word_start(text, length);
        if (row && row->id == OPTION_THEME)
            add_themes(found, text + *start, length - *start);
        else if (row && row->id == OPTION_LIST_COLUMNS)
            add_words(found, list_column_names, text + *start, length - *start);
        else if (row && row->id == OPTION_DATE_FORMAT)
            add_words(found, date_formats, text + *start, length - *start);
        else if (row)
            add_choices(found, row, text + *start, length - *start);
        return found;
    }
    *start = 0;
    for (guint i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = option_row((OptionId)i);
        if (strncmp(row->name, text, length) != 0)
            continue;
        g_autofree char *value = options_format(ui->options, row->id);
        g_autofree char *help = g_strdup_printf("%s  %s", value, _(row->help));
        g_ptr_array_add(found, completion_new(row->name, help));
    }
    return found;
}

GPtrArray *complete_command(Ui *ui, const char *text, gsize length, gsize *start)
{
    *start = 0;
    return memchr(text, ' ', length) ? NULL : command_complete_line(text, length, start, ui);
}

GPtrArray *complete_place(Ui *ui, const char *text, gsize length, gsize *start)
{
    (void)ui;
    *start = 0;
    GPtrArray *found = completions_new();
    add_words(found, command_context_names, text, length);
    return found;
}

/* bind CONTEXT KEYS COMMAND */
GPtrArray *complete_binding(Ui *ui, const char *text, gsize length, gsize *start)
{
    guint words = 0;
    for (gsize i = 0; i < length; i++)
        words += text[i] == ' ';
    *start = word_start(text, length);
    if (words == 0)
        return complete_place(ui, text, length, start);
    gsize ignored = 0;
    return words == 2 ? complete_command(ui, text + *start, length - *start, &ignored) : NULL;
}

GPtrArray *complete_file(Ui *ui, const char *text, gsize length, gsize *start)
{
    (void)ui;
    *start = 0;
    g_autofree char *typed = g_strndup(text, length);
    const char *slash = strrchr(typed, '/');
    g_autofree char *folder = slash ? g_strndup(typed, (gsize)(slash - typed) + 1) : g_strdup("");
    g_autofree char *expanded = paths_expand(*folder ? folder : ".");
    const char *beginning = slash ? slash + 1 : typed;
    GPtrArray *found = completions_new();
    g_autoptr(GDir) directory = g_dir_open(expanded, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)) && found->len < 500) {
        if (!g_str_has_prefix(name, beginning) || (*name == '.' && *beginning != '.') ||
            !g_utf8_validate(name, -1, NULL))
            continue;
        g_autofree char *path = g_build_filename(expanded, name, NULL);
        g_autofree char *whole =
            g_strdup_printf("%s%s%s", folder, name, g_file_test(path, G_FILE_TEST_IS_DIR) ? "/" : "");
        g_ptr_array_add(found, completion_new(whole, NULL));
    }
    return found;
}

GPtrArray *complete_template(Ui *ui, const char *text, gsize length, gsize *start)
{
    (void)ui;
    *start = 0;
    GPtrArray *found = completions_new();
    g_autofree char *folder = paths_locate(PATHS_CONFIG, "templates");
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)) && found->len < 500)
        if (*name != '.' && strncmp(name, text, length) == 0 && g_utf8_validate(name, -1, NULL))
            g_ptr_array_add(found, completion_new(name, NULL));
    return found;
}

/* Where the last address of a list begins: behind the last comma that stands in no quotes. */
static gsize address_start(const char *text, gsize length)
{
    gsize start = 0;
    gboolean quoted = FALSE;
    for (gsize i = 0; i < length; i++) {
        quoted ^= text[i] == '"' && (i == 0 || text[i - 1] != '\\');
        if (text[i] == ',' && !quoted)
            start = i + 1;
    }
    while (start < length && text[start] == ' ')
        start++;
    return start;
}

GPtrArray *complete_address(Ui *ui, const char *text, gsize length, gsize *start)
{
    *start = address_start(text, length);
    GPtrArray *found = completions_new();
    g_autofree char *typed = g_strndup(text + *start, length - *start);
    g_autoptr(GPtrArray) people = *typed ? model_addresses(ui->model, typed) : NULL;
    if (people)
        address_query_add(ui, typed, people);
    for (guint i = 0; people && i < people->len; i++) {
        const ModelPerson *person = people->pdata[i];
        g_ptr_array_add(found, completion_new(person->text, person->help));
    }
    return found;
}

/* People known from the mail that was sent, behind from: and its like: the address alone. */
static GPtrArray *complete_people(Ui *ui, const char *text, gsize length)
{
    g_autofree char *typed = g_strndup(text, length);
    g_autoptr(GPtrArray) people = *typed ? model_addresses(ui->model, typed) : NULL;
    GPtrArray *found = completions_new();
    for (guint i = 0; people && i < people->len; i++) {
        const ModelPerson *person = people->pdata[i];
        const char *open = strrchr(person->text, '<');
        g_autofree char *address = open ? g_strndup(open + 1, strcspn(open + 1, ">")) : g_strdup(person->text);
        if (!strchr(address, ' '))
            g_ptr_array_add(found, completion_new(address, person->text));
    }
    return found;
}

/* The beginnings of what a pattern can say, in words; mutt's ~ patterns are known to those who type them. */
GPtrArray *complete_pattern(Ui *ui, const char *text, gsize length, gsize *start)
{
    static const struct {
        const char *text, *help;
    } words[] = {
        { "from:", N_("sender's name or address") },
        { "to:", N_("recipient") },
        { "subject:", N_("words in the subject") },
        { "body:", N_("words in the text that is here") },
        { "any:", N_("words in the people, the subject, the text or the names of attachments") },
        { "cc:", N_("recipient of a copy") },
        { "list:", N_("mailing list") },
        { "file:", N_("words in the names of attachments") },
        { "in:", N_("the name of the mailbox") },
        { "account:", N_("the name of the account") },
        { "is:unread", N_("not read yet") },
        { "is:flagged", N_("flagged") },
        { "is:answered", N_("answered") },
        { "is:deleted", N_("marked as deleted") },
        { "is:tagged", N_("tagged") },
        { "keyword:", N_("with this keyword") },
        { "has:attachment", N_("with attachments") },
        { "after:", N_("newer than, for example 2w or 2026-03-01") },
        { "before:", N_("older than") },
        { "larger:", N_("for example 1M") },
        { "smaller:", N_("for example 10K") },
    };
    static const char *const people[] = { "from:", "to:", "cc:" };
    *start = word_start(text, length);
    for (guint i = 0; i < G_N_ELEMENTS(people); i++)
        if (length - *start >= strlen(people[i]) && strncmp(text + *start, people[i], strlen(people[i])) == 0) {
            *start += strlen(people[i]);
            return complete_people(ui, text + *start, length - *start);
        }
    if (length - *start >= 8 && strncmp(text + *start, "keyword:", 8) == 0) {
        gsize behind = 0;
        *start += 8;
        return complete_keyword(ui, text + *start, length - *start, &behind);
    }
    GPtrArray *found = completions_new();
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strncmp(words[i].text, text + *start, length - *start) == 0)
            g_ptr_array_add(found, completion_new(words[i].text, _(words[i].help)));
    return found;
}
