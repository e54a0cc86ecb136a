/* The sizes of the panes: changed by keys and by the mouse, remembered from one start to the next. */
#include "config.h"

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/commands.h"

#define SIDEBAR_MIN 12
#define SIDEBAR_MAX 80
#define READER_MIN 20
#define READER_MAX 90
#define SIDEBAR_STEP 2
#define READER_STEP 5

static int remembered(Ui *ui, const char *name, OptionId option)
{
    g_autofree char *text = model_is_attached(ui->model) ? model_setting(ui->model, name) : NULL;
    gint64 number;
    return text && g_ascii_string_to_signed(text, 10, 0, 1000, &number, NULL) ? (int)number : (int)options_number(ui->options, option);
}

void ui_load_sizes(Ui *ui)
{
    ui->sidebar_width = CLAMP(remembered(ui, "sidebar-width", OPTION_SIDEBAR_WIDTH), SIDEBAR_MIN, SIDEBAR_MAX);
    ui->reader_percent = CLAMP(remembered(ui, "reader-size", OPTION_READER_SIZE), READER_MIN, READER_MAX);
}

static void remember(Ui *ui, const char *name, int value)
{
    g_autofree char *text = g_strdup_printf("%d", value);
    if (model_is_attached(ui->model))
        model_set_setting(ui->model, name, text);
}

void ui_set_sizes(Ui *ui, int sidebar_width, int reader_percent)
{
    sidebar_width = CLAMP(sidebar_width, SIDEBAR_MIN, SIDEBAR_MAX);
    reader_percent = CLAMP(reader_percent, READER_MIN, READER_MAX);
    if (sidebar_width != ui->sidebar_width)
        remember(ui, "sidebar-width", sidebar_width);
    if (reader_percent != ui->reader_percent)
        remember(ui, "reader-size", reader_percent);
    ui->sidebar_width = sidebar_width;
    ui->reader_percent = reader_percent;
    ui_redraw(ui);
}

/* What has the keys grows; its neighbour gives the room. */
static gboolean resize(Ui *ui, int direction, GError **error)
{
    if (ui->focus == ui->sidebar && ui->overlays->len == 0) {
        ui_set_sizes(ui, ui->sidebar_width + direction * SIDEBAR_STEP, ui->reader_percent);
        return TRUE;
    }
    gboolean beside = ui->layout.list.rows > 0 && ui->layout.reader.rows > 0 && ui->overlays->len == 0;
    if (!beside) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("Nothing stands beside it that could give room, or take it."));
        return FALSE;
    }
    int sign = ui->focus == ui->reader ? direction : -direction;
    ui_set_sizes(ui, ui->sidebar_width, ui->reader_percent + sign * READER_STEP);
    return TRUE;
}

gboolean cmd_grow_pane(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return resize(ui, 1, error);
}

gboolean cmd_shrink_pane(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return resize(ui, -1, error);
}
