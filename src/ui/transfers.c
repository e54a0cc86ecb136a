/* What finished transfers are for: a saved file is told, an opened part goes to its program, a piped one to
 * its command. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "ui/compose.h"

typedef struct {
    const char *input; /* NULL: nothing */
} Detached;

/* Between fork and exec: only calls that are safe there. */
static void in_own_session(gpointer user_data)
{
    const Detached *detached = user_data;
    setsid();
    signal(SIGPIPE, SIG_DFL);
    int fd = detached->input ? open(detached->input, O_RDONLY) : -1;
    if (fd >= 0)
        dup2(fd, STDIN_FILENO);
}

/* A viewer with a window of its own: it lives without us, and its words do not reach our screen. */
static gboolean start_detached(const ModelOpener *opener, const char *input, GError **error)
{
    Detached detached = { input };
    return g_spawn_async(NULL, opener->argv, NULL,
                         G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                         in_own_session, &detached, NULL, error);
}

static gboolean show_output(Ui *ui, const ModelOpener *opener, const char *name, const char *input, GError **error)
{
    g_autofree char *output = NULL;
    if (screen_run(ui->screen, (const char *const *)opener->argv, input, FALSE, &output, error) < 0)
        return FALSE;
    ui_push(ui, view_text_new(ui, name,
                              output && *output ? output : _("The program printed nothing.")));
    return TRUE;
}

gboolean ui_run_opener(Ui *ui, const ModelOpener *opener, const char *name, const char *path, GError **error)
{
    const char *input = opener->on_stdin ? path : NULL;
    if (opener->copious)
        return show_output(ui, opener, name, input, error);
    if (opener->needs_terminal)
        return screen_run(ui->screen, (const char *const *)opener->argv, input, FALSE, NULL, error) >= 0;
    if (!start_detached(opener, input, error))
        return FALSE;
    ui_say(ui, _("Opened: %s"), name);
    return TRUE;
}

static void open_part(Ui *ui, const ModelTransfer *transfer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelOpener) opener = model_transfer_opener(ui->model, transfer->id, &error);
    if (!opener || !ui_run_opener(ui, opener, transfer->name, transfer->path, &error))
        ui_complain(ui, error);
}

static void pipe_part(Ui *ui, const ModelTransfer *transfer)
{
    g_autoptr(GError) error = NULL;
    int status = screen_run_shell(ui->screen, transfer->command, transfer->path, TRUE, NULL, &error);
    if (status < 0)
        ui_complain(ui, error);
    else if (status > 0)
        model_say(ui->model, MODEL_NOTICE_WARNING, _("The command ended with status %d: %s"), status,
                  transfer->command);
}

static void finish(Ui *ui, const ModelTransfer *transfer)
{
    if (transfer->error) {
        model_say(ui->model, MODEL_NOTICE_ERROR, "%s: %s", transfer->name, transfer->error);
        return;
    }
    switch (transfer->purpose) {
    case MODEL_TRANSFER_SAVE: {
        g_autofree char *path = paths_shorten(transfer->path);
        ui_say(ui, _("Saved: %s"), path);
        break;
    }
    case MODEL_TRANSFER_OPEN:
        open_part(ui, transfer);
        break;
    case MODEL_TRANSFER_PIPE:
        pipe_part(ui, transfer);
        break;
    case MODEL_TRANSFER_COMPOSE:
        ui_letter_taken_up(ui, transfer);
        break;
    }
}

void ui_check_transfers(Ui *ui)
{
    const GPtrArray *transfers = ui->screen ? model_transfers(ui->model) : NULL;
    for (guint i = 0; transfers && i < transfers->len;) {
        const ModelTransfer *transfer = transfers->pdata[i];
        if (!transfer->finished) {
            i++;
            continue;
        }
        guint64 id = transfer->id;
        finish(ui, transfer);
        model_transfer_done(ui->model, id);
        transfers = model_transfers(ui->model);
        i = 0;
    }
    ui_redraw(ui);
}
