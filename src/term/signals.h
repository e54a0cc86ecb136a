/* Signals that concern a terminal program, made into something that poll() sees. One object per process, UI
 * thread.
 */
#ifndef MALLE_TERM_SIGNALS_H
#define MALLE_TERM_SIGNALS_H

#include <glib.h>

typedef enum {
    SIGNALS_RESIZE = 1 << 0,   /* SIGWINCH */
    SIGNALS_SUSPEND = 1 << 1,  /* SIGTSTP: leave the terminal, then signals_stop_process() */
    SIGNALS_CONTINUE = 1 << 2, /* SIGCONT: the screen may be anything now */
    SIGNALS_END = 1 << 3,      /* SIGHUP, SIGTERM, SIGINT: end in good order */
} Signals;

/* Takes the handlers over; FALSE with error when there is no descriptor left. */
gboolean signals_open(GError **error);
void signals_close(void); /* gives the old handlers back */
int signals_fd(void);     /* readable when a signal came */
Signals signals_take(void);
/* Stops the process as the default SIGTSTP does; returns when it goes on. */
void signals_stop_process(void);

#endif
