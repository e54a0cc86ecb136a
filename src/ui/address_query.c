#include "config.h"
#include "ui/address_query.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "base/subprocess.h"
#include "model/addresses.h"

#define DEADLINE 10000 /* ms */

/* Shared by the two threads until the helper has written its byte: after that it is the UI's alone. */
struct AddressQuery {
    gatomicrefcount references;
    char *typed, *command;
    int ends[2];
    SubprocessResult *result; /* NULL: it could not be run */
    gboolean answered;        /* UI thread */
};

static void release(AddressQuery *query)
{
    if (!g_atomic_ref_count_dec(&query->references))
        return;
    g_free(query->typed);
    g_free(query->command);
    subprocess_result_free(query->result);
    close(query->ends[0]);
    close(query->ends[1]);
    g_free(query);
}

static gpointer helper(gpointer data)
{
    AddressQuery *query = data;
    SubprocessSpec spec = { .command = query->command, .deadline_ms = DEADLINE };
    query->result = subprocess_run(&spec, NULL);
    ssize_t written = write(query->ends[1], "!", 1);
    (void)written;
    release(query);
    return NULL;
}

void address_query_free(Ui *ui)
{
    AddressQuery *query = g_steal_pointer(&ui->address_query);
    if (!query)
        return;
    if (!query->answered)
        ui_unwatch(ui, query->ends[0]);
    release(query);
}

/* The key that asked is pressed once more, if nothing was typed since. */
static void on_answer(Ui *ui, int fd, gpointer user_data)
{
    AddressQuery *query = user_data;
    ui_unwatch(ui, fd);
    query->answered = TRUE;
    ui_complete_again(ui, query->typed);
}

/* What was typed takes the place of %s as one word for the shell, whatever is in it. */
static char *command_for(const char *template, const char *typed)
{
    g_autofree char *word = g_shell_quote(typed);
    g_auto(GStrv) pieces = g_strsplit(template, "%s", -1);
    return pieces[1] ? g_strjoinv(word, pieces) : g_strdup_printf("%s %s", template, word);
}

static void ask(Ui *ui, const char *template, const char *typed)
{
    address_query_free(ui);
    AddressQuery *query = g_new0(AddressQuery, 1);
    if (!g_unix_open_pipe(query->ends, FD_CLOEXEC, NULL)) {
        g_free(query);
        return;
    }
    g_atomic_ref_count_init(&query->references);
    g_atomic_ref_count_inc(&query->references);
    query->typed = g_strdup(typed);
    query->command = command_for(template, typed);
    ui->address_query = query;
    ui_watch(ui, query->ends[0], on_answer, query);
    g_thread_unref(g_thread_new("addresses", helper, query));
}

void address_query_add(Ui *ui, const char *typed, GPtrArray *people)
{
    const char *template = options_text(ui->options, OPTION_ADDRESS_COMMAND);
    AddressQuery *query = ui->address_query;
    if (!template || !*template)
        return;
    if (!query || strcmp(query->typed, typed) != 0) {
        ask(ui, template, typed);
    } else if (query->answered && query->result) {
        gsize length;
        const char *output = g_bytes_get_data(query->result->output, &length);
        model_addresses_add_output(people, output, length);
    }
}
