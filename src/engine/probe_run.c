/* A probe that is waited for, in a context of its own: for commands. */
#include "config.h"

#include "engine/pins.h"
#include "engine/probe.h"

typedef struct {
    ProbeReport *report;
    ProbeProgress progress;
    gpointer user_data;
} Run;

static void run_progress(const ProbeReport *report, ProbeStage finished, gpointer user_data)
{
    Run *run = user_data;
    if (run->progress != NULL)
        run->progress(report, finished, run->user_data);
}

static void run_done(ProbeReport *report, gpointer user_data)
{
    ((Run *) user_data)->report = report;
}

ProbeReport *probe_run(const Account *account, const ProbeOptions *options)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    Run run = { NULL, options->progress, options->user_data };
    ProbeOptions mine = *options;
    mine.progress = run_progress;
    mine.done = run_done;
    mine.user_data = &run;
    g_main_context_push_thread_default(context);
    probe_start(context, account, &mine);
    while (run.report == NULL)
        g_main_context_iteration(context, TRUE);
    g_main_context_pop_thread_default(context);
    return run.report;
}

char *probe_pin(const char *pins_path, const Account *account)
{
    Pins *pins = pins_open(pins_path);
    char *pin = g_strdup(pins_lookup(pins, account->name, account->receive->host, account->receive->port));
    pins_close(pins);
    return pin;
}
