/* Help, made from the table: what can be done here, grouped; then everything else. */
#include "config.h"

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/view_lines.h"

typedef struct {
    Ui *ui;
    CommandContexts about;
} Help;

static void add_wrapped(LinesView *view, const char *text, int width, ThemeRole role)
{
    g_auto(GStrv) lines = text_wrap(text, width);
    for (guint i = 0; lines[i]; i++)
        lines_add(view, lines[i], role);
}

/* A line may be long and the screen narrow: the help text is wrapped beside the keys. */
static void add_command(LinesView *view, const Help *help, const Command *command, int width)
{
    g_autofree char *keys = keymap_find_all(help->ui->keymap, help->about, command->name);
    g_autofree char *name = command->argument_name
                                ? g_strdup_printf(":%s %s", command->name, _(command->argument_name))
                                : g_strdup_printf(":%s", command->name);
    const char *first = keys ? keys : name;
    int cells = CLAMP(width / 4, 12, 22), rest = MAX(width - cells - 1, 10);
    g_autofree char *text = keys && width >= 100 ? g_strdup_printf("%s  (%s)", _(command->help), name)
                                                 : g_strdup(_(command->help));
    g_auto(GStrv) lines = text_wrap(text, rest);
    if (text_display_width(first, -1) > cells) { /* names are never cut: they are what one types */
        lines_add(view, first, keys ? THEME_KEY_BAR_KEY : THEME_CODE);
        first = "";
    }
    for (guint i = 0; lines[i]; i++)
        lines_add_pair(view, i == 0 ? first : "", keys ? THEME_KEY_BAR_KEY : THEME_CODE, cells, lines[i],
                       THEME_NORMAL);
}

static gboolean is_here(const Help *help, const Command *command)
{
    g_autofree char *key = keymap_find(help->ui->keymap, help->about, command->name);
    return key != NULL;
}

static void add_groups(LinesView *view, const Help *help, int width, gboolean here)
{
    guint count;
    const Command *table = command_table(&count);
    for (guint group = 0; group < GROUP_COUNT; group++) {
        gboolean titled = FALSE;
        for (guint i = 0; i < count; i++) {
            if (table[i].group != group || is_here(help, &table[i]) != here)
                continue;
            if (!titled) {
                lines_add(view, "", THEME_NORMAL);
                lines_add(view, command_group_title(group), THEME_HEADING);
                titled = TRUE;
            }
            add_command(view, help, &table[i], width);
        }
    }
}

static void add_legend(LinesView *view)
{
    static const struct {
        const char *sign, *meaning;
    } signs[] = {
        { "*", N_("tagged: chosen for the next command behind ;") },
        { "N", N_("not read yet") },
        { "D", N_("marked as deleted, goes for good with $") },
        { "r", N_("answered") },
        { "f", N_("forwarded") },
        { "d", N_("a draft") },
        { "!", N_("flagged") },
        { "@", N_("has an attachment") },
        { "~", N_("what you did to it has not reached the server yet") },
    };
    lines_add(view, "", THEME_NORMAL);
    lines_add(view, _("Signs before a message"), THEME_HEADING);
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
        lines_add_pair(view, signs[i].sign, THEME_KEY_BAR_KEY, 3, _(signs[i].meaning), THEME_NORMAL);
}

static void fill_help(LinesView *view, int width, gpointer user_data)
{
    const Help *help = user_data;
    add_wrapped(
        view,
        _("Keys that do something here. q goes back; / finds a word. Esc and Ctrl-G cancel everywhere."),
        width, THEME_DIM);
    add_groups(view, help, width, TRUE);
    if (help->about & CONTEXT_LIST)
        add_legend(view);
    lines_add(view, "", THEME_NORMAL);
    add_wrapped(
        view,
        _("Everything else, by name behind : (Tab completes), or with keys of their own in other places."),
        width, THEME_DIM);
    add_groups(view, help, width, FALSE);
}

View *view_help_new(Ui *ui, CommandContexts about)
{
    static const char *const titles[] = {
        N_("Help: the list of messages"), N_("Help: reading a message"), N_("Help: accounts and mailboxes"),
        N_("Help: attachments"),          N_("Help: what you decided"),  N_("Help: texts"),
        N_("Help: the first screen"),     N_("Help: writing a letter"),
    };
    Help *help = g_new0(Help, 1);
    *help = (Help){ ui, about };
    guint index = (guint)g_bit_nth_lsf(about, -1);
    return view_lines_new(ui, index < G_N_ELEMENTS(titles) ? _(titles[index]) : _("Help"), fill_help, help,
                          g_free);
}
