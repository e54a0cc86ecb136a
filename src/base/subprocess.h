/* Running other programs (password commands, viewers, filters) away from the terminal.
 *
 * The child has its own session (no controlling terminal, so that no prompt can draw over the screen), /dev/null or the
 * given bytes as input, no GPG_TTY, and none of our descriptors. What it writes is kept up to a limit. It has ended when
 * the process itself has: daemons that it left behind and that hold its output open are not waited for.
 * Editors and pagers, which need the terminal, are ui/'s business.
 */
#ifndef MALLE_BASE_SUBPROCESS_H
#define MALLE_BASE_SUBPROCESS_H

#include <glib.h>

typedef struct {
    const char *command;            /* a command line for /bin/sh -c, exactly as the person wrote it; or NULL and: */
    const char *const *argv;        /* argv[0] looked up in $PATH, no shell */
    const char *const *environment; /* "NAME=value", added to ours; NULL: nothing. This, never a command line, is how text of a mail reaches a program */
    const char *directory;          /* NULL: where we are */
    GBytes *input;                  /* NULL: /dev/null */
    gsize output_limit;             /* bytes; 0: 1 MiB. More is BASE_ERROR_TOO_MUCH, and the child is ended */
    guint deadline_ms;              /* 0: none. Beyond it BASE_ERROR_DEADLINE, and the child is ended */
} SubprocessSpec;

typedef struct {
    int status;      /* 0…255 as the shell counts: 128 + N when signal N ended it */
    GBytes *output;  /* what it wrote to standard output */
    char *errors;    /* the first 4 KiB of its standard error, UTF-8, not terminal-safe; "" for none */
} SubprocessResult;

typedef struct Subprocess Subprocess;

/* Called once, in the context given to subprocess_start(). result is NULL exactly when error is set; both belong to the caller of
 * this function. A child that ran and failed is a result with its status, not an error. */
typedef void (*SubprocessDone)(const SubprocessResult *result, const GError *error, gpointer user_data);

/* Starts it and returns at once; `done` comes later, never from within this call. The spec is not needed afterwards (input is
 * referenced). context NULL: the default one; the calling thread must be the one that iterates it. NULL with BASE_ERROR_COMMAND. */
Subprocess *subprocess_start(const SubprocessSpec *spec, GMainContext *context, SubprocessDone done, gpointer user_data, GError **error);
/* Ends the child and all it started in its session; `done` is not called any more. */
void subprocess_cancel(Subprocess *process);

/* The same, waiting: for headless commands and tests, never on the UI or engine thread. NULL with error. */
SubprocessResult *subprocess_run(const SubprocessSpec *spec, GError **error);

/* "ended with status 2: gpg: decryption failed" and the like: how it went, for an error message. Caller frees. */
char *subprocess_result_words(const SubprocessResult *result);
void subprocess_result_free(SubprocessResult *result); /* the output is overwritten when the last holder of its bytes lets go: it may be a password */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SubprocessResult, subprocess_result_free)

#endif
