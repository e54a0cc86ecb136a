/* Other programs on our terminal: editors, pagers, viewers, commands that ask for a passphrase. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "term/screen.h"

#define OUTPUT_MAX (64 * 1024)

static void child(const char *const *argv, const char *input_path, int output)
{
    for (int number = 1; number < NSIG; number++)
        if (number == SIGINT || number == SIGQUIT || number == SIGPIPE || number == SIGTSTP ||
            number == SIGHUP || number == SIGTERM || number == SIGCONT || number == SIGWINCH)
            signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (input_path) {
        int input = open(input_path, O_RDONLY | O_CLOEXEC);
        if (input < 0 || dup2(input, STDIN_FILENO) < 0)
            _exit(126);
    }
    if (output >= 0 && dup2(output, STDOUT_FILENO) < 0)
        _exit(126);
    execvp(argv[0], (char *const *)argv);
    _exit(127);
}

static char *collect(int fd)
{
    GString *kept = g_string_sized_new(4096);
    char bytes[4096];
    for (;;) {
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        g_string_append_len(kept, bytes, MIN(n, (gssize)(OUTPUT_MAX - kept->len)));
    }
    explicit_bzero(bytes, sizeof bytes); /* it may be a password */
    return g_string_free(kept, FALSE);
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void wait_for_enter(void)
{
    printf("%s", _("Press Enter to go back to Malle."));
    fflush(stdout);
    char byte;
    ssize_t n;
    while ((n = read(STDIN_FILENO, &byte, 1)) == 1 || (n < 0 && errno == EINTR))
        if (n == 1 && (byte == '\n' || byte == '\r'))
            break;
}

int screen_run(Screen *screen, const char *const *argv, const char *input_path, gboolean pause, char **output,
               GError **error)
{
    int ends[2] = { -1, -1 };
    if (output && !g_unix_open_pipe(ends, FD_CLOEXEC, error))
        return -1;
    screen_suspend(screen);
    /* Ctrl-C and Ctrl-\ are meant for the program while it has the terminal. */
    struct sigaction ignore = { .sa_handler = SIG_IGN }, old_int, old_quit;
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &ignore, &old_int);
    sigaction(SIGQUIT, &ignore, &old_quit);
    pid_t pid = fork();
    if (pid == 0)
        child(argv, input_path, ends[1]);
    int number = errno, status = -1;
    if (ends[1] >= 0)
        close(ends[1]);
    if (pid > 0) {
        if (output)
            *output = collect(ends[0]);
        status = wait_for(pid);
        if (pause)
            wait_for_enter();
    } else {
        g_set_error(error, SCREEN_ERROR, SCREEN_ERROR_COMMAND, _("The command could not be started: %s."),
                    g_strerror(number));
    }
    if (ends[0] >= 0)
        close(ends[0]);
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGQUIT, &old_quit, NULL);
    screen_resume(screen);
    return status;
}

int screen_run_shell(Screen *screen, const char *command, const char *input_path, gboolean pause,
                     char **output, GError **error)
{
    const char *const argv[] = { "/bin/sh", "-c", command, NULL };
    return screen_run(screen, argv, input_path, pause, output, error);
}
