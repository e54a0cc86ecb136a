/* The terminal: taken at screen_open(), always given back as it was. The only files that know ncurses are
 * this one's .c and nothing else. UI thread. One frame is one screen_show().
 */
#ifndef MALLE_TERM_SCREEN_H
#define MALLE_TERM_SCREEN_H

#include "term/cells.h"
#include "term/key.h"
#include "term/picture.h"
#include "term/signals.h"

#define SCREEN_ERROR screen_error_quark()
GQuark screen_error_quark(void);

typedef enum {
    SCREEN_ERROR_NO_TERMINAL, /* no tty, or a TERM that nobody knows */
    SCREEN_ERROR_COMMAND,     /* a program could not be run */
} ScreenErrorCode;

typedef struct Screen Screen;

/* Takes the terminal on standard input and output. NULL with error, the terminal untouched. */
Screen *screen_open(GError **error);
void screen_close(Screen *screen);

/* What views paint; has the terminal's size. Its cells are kept from frame to frame. */
Surface *screen_surface(Screen *screen);
/* Sends what differs from the last frame, in one write. */
void screen_show(Screen *screen);
/* Everything is sent anew with the next frame (Ctrl-L: another program wrote over the screen). */
void screen_forget(Screen *screen);
/* Reads the terminal's size again. TRUE when it changed: the surface is then blank and of the new size. */
gboolean screen_resize(Screen *screen);
#define SCREEN_COLOURS_DIRECT 0x1000000
guint screen_colours(const Screen *screen); /* 0 (NO_COLOR, or none), 8, 16, 256 or SCREEN_COLOURS_DIRECT */
gboolean screen_is_utf8(const Screen *screen);
void screen_bell(Screen *screen);
/* The window's title, where the terminal has one; made safe. */
void screen_set_title(Screen *screen, const char *title);

/* Does the terminal report the mouse? Off at first; taken back when the terminal is given away. */
void screen_set_mouse(Screen *screen, gboolean on);
/* Cells with a link lead to it (OSC 8). Off at first. screen_knows_links(): does this terminal seem to know how? By its own word in the environment. */
void screen_set_links(Screen *screen, gboolean on);
gboolean screen_knows_links(void);
/* Pictures that frames have (area_picture()) are shown in this way. Nobody's at first. */
void screen_set_pictures(Screen *screen, PictureProtocol protocol);
/* Asks the terminal what it can (DA1); its answer, if there is one, comes with the keys. */
void screen_ask(Screen *screen);
gboolean screen_says_sixel(const Screen *screen);
void screen_cell_size(const Screen *screen, int *width, int *height); /* in pixels; 10 × 20 where it does not say */
/* Into the clipboard of the machine where the person sits, through the terminal (OSC 52). FALSE: too much for that. */
gboolean screen_copy(Screen *screen, const char *text);
/* A notice of the terminal's own (OSC 9 and OSC 777, each of which some know); made safe. */
void screen_notify(Screen *screen, const char *title, const char *text);

int screen_fd(const Screen *screen); /* to be polled; then: */
/* Reads what is there. FALSE when the terminal is gone. */
gboolean screen_read(Screen *screen);
/* See key_decoder_next(). */
gboolean screen_next_key(Screen *screen, gboolean final, Key *key);
gboolean screen_has_partial_key(const Screen *screen);
/* How long to wait for the rest of an escape sequence before it is an Esc. */
#define SCREEN_ESCAPE_MS 50

/* Gives the terminal to others for a while. */
void screen_suspend(Screen *screen);
void screen_resume(Screen *screen);
/* Runs a program (argv[0] looked up in $PATH) with the terminal, waiting for it; returns its exit status as a
 * shell counts (128 + signal), −1 with error. The file at `input_path` (nullable) is its standard input.
 * `output` (nullable) gets up to 64 KiB of its standard output instead of the terminal. `pause`: the person
 * presses Enter before the screen comes back. */
int screen_run(Screen *screen, const char *const *argv, const char *input_path, gboolean pause, char **output,
               GError **error);
/* The same with a line for /bin/sh. */
int screen_run_shell(Screen *screen, const char *command, const char *input_path, gboolean pause,
                     char **output, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Screen, screen_close)

#endif
