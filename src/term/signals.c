/* The only file-scope state of the program: a signal handler is given nothing but its number. */
#include "config.h"
#include "term/signals.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

static const int caught[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGHUP, SIGTERM, SIGINT };

static int pipe_ends[2] = { -1, -1 };
static struct sigaction before[G_N_ELEMENTS(caught)];

static void on_signal(int number)
{
    int saved = errno;
    guint8 byte = (guint8)number;
    /* The pipe does not block; when it is full, what matters is in it already. */
    ssize_t written = write(pipe_ends[1], &byte, 1);
    (void)written;
    errno = saved;
}

gboolean signals_open(GError **error)
{
    if (!g_unix_open_pipe(pipe_ends, FD_CLOEXEC, error))
        return FALSE;
    g_unix_set_fd_nonblocking(pipe_ends[0], TRUE, NULL);
    g_unix_set_fd_nonblocking(pipe_ends[1], TRUE, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(caught); i++) {
        struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
        sigemptyset(&action.sa_mask);
        sigaction(caught[i], &action, &before[i]);
    }
    return TRUE;
}

void signals_close(void)
{
    if (pipe_ends[0] < 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(caught); i++)
        sigaction(caught[i], &before[i], NULL);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    pipe_ends[0] = pipe_ends[1] = -1;
}

int signals_fd(void)
{
    return pipe_ends[0];
}

Signals signals_take(void)
{
    Signals taken = 0;
    guint8 bytes[64];
    ssize_t n;
    while ((n = read(pipe_ends[0], bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < n; i++) {
            if (bytes[i] == SIGWINCH)
                taken |= SIGNALS_RESIZE;
            else if (bytes[i] == SIGTSTP)
                taken |= SIGNALS_SUSPEND;
            else if (bytes[i] == SIGCONT)
                taken |= SIGNALS_CONTINUE;
            else
                taken |= SIGNALS_END;
        }
    return taken;
}

void signals_stop_process(void)
{
    /* The default action by the signal itself, so that the shell sees "stopped (SIGTSTP)" and orphaned groups
     * are left alone. */
    struct sigaction ours, theirs = { .sa_handler = SIG_DFL };
    sigemptyset(&theirs.sa_mask);
    sigaction(SIGTSTP, &theirs, &ours);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}
