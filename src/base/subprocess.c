#include "config.h"

#include "base/subprocess.h"

#include <errno.h>
#include <glib-unix.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/i18n.h"
#include "base/secret.h"

enum {
    DEFAULT_OUTPUT_LIMIT = 1024 * 1024,
    ERRORS_LIMIT = 4096,
    CHUNK = 8192,
    CHUNKS_PER_TURN = 8,   /* so that a child that writes for ever does not starve the context */
    GRACE_MS = 1000,       /* between asking a child to end and ending it */
};

/* Owned by its child-watch source: it goes when the child has been waited for, or when the context itself goes. */
struct Subprocess {
    GMainContext *context;
    GPid pid;
    int input_pipe, output_pipe, errors_pipe; /* −1 when closed */
    GSource *input_source, *output_source, *errors_source, *timer, *child;
    GBytes *input;
    gsize input_written;
    GString *output, *errors;
    gsize output_limit;
    GError *error; /* why it was ended by us */
    SubprocessDone done;
    gpointer user_data;
};

void subprocess_result_free(SubprocessResult *result)
{
    if (result == NULL)
        return;
    g_bytes_unref(result->output); /* its own free function overwrites them */
    g_free(result->errors);
    g_free(result);
}

/* --- letting go -------------------------------------------------------------------------------- */

static void drop_source(GSource **source)
{
    if (*source == NULL)
        return;
    g_source_destroy(*source);
    g_source_unref(*source);
    *source = NULL;
}

static void close_pipe(int *pipe, GSource **source)
{
    drop_source(source);
    if (*pipe >= 0)
        close(*pipe);
    *pipe = -1;
}

static void close_all(Subprocess *process)
{
    close_pipe(&process->input_pipe, &process->input_source);
    close_pipe(&process->output_pipe, &process->output_source);
    close_pipe(&process->errors_pipe, &process->errors_source);
    drop_source(&process->timer);
}

static void subprocess_free(gpointer data)
{
    Subprocess *process = data;
    close_all(process);
    g_clear_pointer(&process->child, g_source_unref);
    g_clear_pointer(&process->input, g_bytes_unref);
    secret_free_string(process->output);
    if (process->errors != NULL)
        g_string_free(process->errors, TRUE);
    g_clear_error(&process->error);
    g_clear_pointer(&process->context, g_main_context_unref);
    g_free(process);
}

static gboolean kill_hard(gpointer data)
{
    Subprocess *process = data;
    kill(-process->pid, SIGKILL);
    drop_source(&process->timer);
    return G_SOURCE_REMOVE;
}

static void set_timer(Subprocess *process, guint milliseconds, GSourceFunc function)
{
    drop_source(&process->timer);
    process->timer = g_timeout_source_new(milliseconds);
    g_source_set_callback(process->timer, function, process, NULL);
    g_source_attach(process->timer, process->context);
}

/* Asks the whole session of the child to end, then ends it; what it was about comes in the error. */
static void end_it(Subprocess *process, BaseErrorCode code, const char *words)
{
    if (process->error != NULL)
        return;
    process->error = g_error_new_literal(BASE_ERROR, code, words);
    close_pipe(&process->output_pipe, &process->output_source);
    if (process->pid == 0)
        return; /* it has ended by itself meanwhile, and its number may be another's */
    kill(-process->pid, SIGTERM);
    set_timer(process, GRACE_MS, kill_hard);
}

static gboolean deadline_passed(gpointer data)
{
    end_it(data, BASE_ERROR_DEADLINE, _("it took too long and was ended"));
    return G_SOURCE_REMOVE;
}

/* --- reading ------------------------------------------------------------------------------------- */

/* Reads what there is. FALSE at the end of the pipe or when there was too much. */
static gboolean read_output(Subprocess *process, guint chunks)
{
    char buffer[CHUNK];
    gboolean open = TRUE;
    while (chunks-- > 0) {
        ssize_t count = read(process->output_pipe, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            break;
        if (count <= 0) {
            open = FALSE;
            break;
        }
        if ((gsize) count > process->output_limit - process->output->len) {
            end_it(process, BASE_ERROR_TOO_MUCH, _("it wrote more than can be right and was ended"));
            open = FALSE;
            break;
        }
        g_string_append_len(process->output, buffer, count);
    }
    secret_wipe(buffer, sizeof buffer);
    return open;
}

/* The same for standard error: beyond the limit it is read and dropped, so that the child is not held up. */
static gboolean read_errors(Subprocess *process, guint chunks)
{
    char buffer[CHUNK];
    while (chunks-- > 0) {
        ssize_t count = read(process->errors_pipe, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            break;
        if (count <= 0)
            return FALSE;
        gsize room = ERRORS_LIMIT - process->errors->len;
        g_string_append_len(process->errors, buffer, MIN((gssize) room, count));
    }
    return TRUE;
}

static gboolean output_ready(gint descriptor, GIOCondition condition, gpointer data)
{
    (void) descriptor;
    (void) condition;
    Subprocess *process = data;
    if (read_output(process, CHUNKS_PER_TURN))
        return G_SOURCE_CONTINUE;
    close_pipe(&process->output_pipe, &process->output_source);
    return G_SOURCE_REMOVE;
}

static gboolean errors_ready(gint descriptor, GIOCondition condition, gpointer data)
{
    (void) descriptor;
    (void) condition;
    Subprocess *process = data;
    if (read_errors(process, CHUNKS_PER_TURN))
        return G_SOURCE_CONTINUE;
    close_pipe(&process->errors_pipe, &process->errors_source);
    return G_SOURCE_REMOVE;
}

/* --- writing ------------------------------------------------------------------------------------- */

/* write() to a pipe whose reader may have gone, without SIGPIPE and without changing how the process treats that signal. */
static ssize_t write_quietly(int descriptor, const void *bytes, gsize length)
{
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t count = write(descriptor, bytes, length);
    int number = errno;
    if (count < 0 && number == EPIPE && !sigismember(&pending, SIGPIPE)) {
        const struct timespec at_once = { 0, 0 };
        sigtimedwait(&pipe_signal, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return count;
}

static gboolean input_ready(gint descriptor, GIOCondition condition, gpointer data)
{
    (void) condition;
    Subprocess *process = data;
    gsize length;
    const char *bytes = g_bytes_get_data(process->input, &length);
    gsize left = length - process->input_written;
    ssize_t count = left > 0 ? write_quietly(descriptor, bytes + process->input_written, left) : 0;
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (count > 0)
        process->input_written += (gsize) count;
    if (count > 0 && process->input_written < length)
        return G_SOURCE_CONTINUE;
    /* All written, or the child does not want the rest, which is its right. */
    close_pipe(&process->input_pipe, &process->input_source);
    return G_SOURCE_REMOVE;
}

/* --- the end ------------------------------------------------------------------------------------- */

static int shell_status(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

static void free_secret_bytes(gpointer data)
{
    secret_free_string(data);
}

static SubprocessResult *make_result(Subprocess *process, int wait_status)
{
    SubprocessResult *result = g_new0(SubprocessResult, 1);
    GString *output = g_steal_pointer(&process->output);
    result->status = shell_status(wait_status);
    result->output = g_bytes_new_with_free_func(output->str, output->len, free_secret_bytes, output);
    result->errors = g_utf8_make_valid(process->errors->str, (gssize) process->errors->len);
    g_strchomp(result->errors);
    return result;
}

static void child_ended(GPid pid, gint wait_status, gpointer data)
{
    (void) pid;
    Subprocess *process = data;
    process->pid = 0;
    /* What it wrote is in the pipes by now. The pipes may stay open for ever (a daemon that a password command started
     * holds them), so their end is not waited for. */
    if (process->output_pipe >= 0)
        read_output(process, G_MAXUINT);
    if (process->errors_pipe >= 0)
        read_errors(process, ERRORS_LIMIT / CHUNK + 1);
    close_all(process);
    SubprocessDone done = process->done;
    if (done == NULL)
        return; /* cancelled */
    process->done = NULL;
    if (process->error != NULL) {
        done(NULL, process->error, process->user_data);
        return;
    }
    g_autoptr(SubprocessResult) result = make_result(process, wait_status);
    done(result, NULL, process->user_data);
}

/* --- starting ------------------------------------------------------------------------------------ */

/* Runs in the child between fork and exec: only what is safe there. */
static void leave_terminal(gpointer data)
{
    (void) data;
    setsid();
}

static char **child_environment(const SubprocessSpec *spec)
{
    char **environment = g_get_environ();
    /* gpg-agent would otherwise draw its curses prompt on the terminal that this names, over our screen. */
    environment = g_environ_unsetenv(environment, "GPG_TTY");
    for (const char *const *pair = spec->environment; pair != NULL && *pair != NULL; pair++) {
        const char *equals = strchr(*pair, '=');
        if (equals == NULL)
            continue;
        g_autofree char *name = g_strndup(*pair, (gsize) (equals - *pair));
        environment = g_environ_setenv(environment, name, equals + 1, TRUE);
    }
    return environment;
}

static gboolean spawn(const SubprocessSpec *spec, Subprocess *process, GError **error)
{
    const char *shell[] = { "/bin/sh", "-c", spec->command, NULL };
    const char *const *argv = spec->command != NULL ? shell : spec->argv;
    g_auto(GStrv) environment = child_environment(spec);
    g_autoptr(GError) local = NULL;
    gboolean started = g_spawn_async_with_pipes_and_fds(
        spec->directory, argv, (const char *const *) environment,
        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_CLOEXEC_PIPES, leave_terminal, NULL, -1, -1, -1, NULL,
        NULL, 0, &process->pid, spec->input != NULL ? &process->input_pipe : NULL, &process->output_pipe,
        &process->errors_pipe, &local);
    if (!started)
        g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND, _("“%s” cannot be started: %s"),
                    spec->command != NULL ? spec->command : argv[0], local->message);
    return started;
}

static GSource *watch(Subprocess *process, int descriptor, GIOCondition condition, GUnixFDSourceFunc function)
{
    g_unix_set_fd_nonblocking(descriptor, TRUE, NULL);
    GSource *source = g_unix_fd_source_new(descriptor, condition);
    g_source_set_callback(source, G_SOURCE_FUNC(function), process, NULL);
    g_source_attach(source, process->context);
    return source;
}

Subprocess *subprocess_start(const SubprocessSpec *spec, GMainContext *context, SubprocessDone done, gpointer user_data,
                             GError **error)
{
    Subprocess *process = g_new0(Subprocess, 1);
    process->input_pipe = process->output_pipe = process->errors_pipe = -1;
    process->context = g_main_context_ref(context != NULL ? context : g_main_context_default());
    if (!spawn(spec, process, error)) {
        subprocess_free(process);
        return NULL;
    }
    process->done = done;
    process->user_data = user_data;
    process->output_limit = spec->output_limit > 0 ? spec->output_limit : DEFAULT_OUTPUT_LIMIT;
    process->output = g_string_sized_new(CHUNK); /* a password fits: it is not copied about by growing */
    process->errors = g_string_new(NULL);
    process->output_source = watch(process, process->output_pipe, G_IO_IN | G_IO_HUP | G_IO_ERR, output_ready);
    process->errors_source = watch(process, process->errors_pipe, G_IO_IN | G_IO_HUP | G_IO_ERR, errors_ready);
    if (spec->input != NULL) {
        process->input = g_bytes_ref(spec->input);
        process->input_source = watch(process, process->input_pipe, G_IO_OUT | G_IO_HUP | G_IO_ERR, input_ready);
    }
    if (spec->deadline_ms > 0)
        set_timer(process, spec->deadline_ms, deadline_passed);

    process->child = g_child_watch_source_new(process->pid);
    g_source_set_callback(process->child, G_SOURCE_FUNC(child_ended), process, subprocess_free);
    g_source_attach(process->child, process->context);
    return process;
}

void subprocess_cancel(Subprocess *process)
{
    process->done = NULL;
    close_all(process);
    /* Waited for by the child watch, whenever that is: nobody waits here. */
    kill(-process->pid, SIGKILL);
}

/* --- waiting ------------------------------------------------------------------------------------- */

typedef struct {
    gboolean ended;
    SubprocessResult *result;
    GError *error;
} Wait;

static void wait_ended(const SubprocessResult *result, const GError *error, gpointer data)
{
    Wait *wait = data;
    wait->ended = TRUE;
    if (error != NULL) {
        wait->error = g_error_copy(error);
        return;
    }
    wait->result = g_new0(SubprocessResult, 1);
    *wait->result = (SubprocessResult){ result->status, g_bytes_ref(result->output), g_strdup(result->errors) };
}

SubprocessResult *subprocess_run(const SubprocessSpec *spec, GError **error)
{
    Wait wait = { 0 };
    g_autoptr(GMainContext) context = g_main_context_new();
    if (subprocess_start(spec, context, wait_ended, &wait, error) == NULL)
        return NULL;
    while (!wait.ended)
        g_main_context_iteration(context, TRUE);
    if (wait.error != NULL)
        g_propagate_error(error, wait.error);
    return wait.result;
}

char *subprocess_result_words(const SubprocessResult *result)
{
    if (result->status == 0)
        return g_strdup(_("it ended well"));
    g_autofree char *how = result->status > 128
                               ? g_strdup_printf(_("it was ended by signal %d"), result->status - 128)
                               : g_strdup_printf(_("it ended with status %d"), result->status);
    if (result->errors[0] == '\0')
        return g_steal_pointer(&how);
    return g_strdup_printf("%s: %s", how, result->errors);
}
