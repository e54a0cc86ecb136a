/* Keys: bytes from a terminal in, key presses and pastes out. Sans-I/O, so that every sequence can be tested.
 *
 * A key is named as in a key file (malle-keys(5)): one printable character ("d", "é"), or a name in angle
 * brackets: <Enter> <Space> <Tab> <Esc> <Backspace> <Delete> <Insert> <Up> <Down> <Left> <Right> <Home> <End>
 * <PageUp> <PageDown> <F1>…<F20>, <lt> for
 * "<", with C- (Ctrl), M- (Alt), S- (Shift) before it in that order: <C-x>, <M-v>, <S-Tab>.
 *
 * Understood: what xterm, VTE, rxvt, the Linux console, screen and tmux send; CSI u; the mouse as SGR reports it; bracketed paste (one
 * event, so that a paste is never run as commands). Unknown sequences are swallowed whole: they never become
 * letters, which would be commands.
 */
#ifndef MALLE_TERM_KEY_H
#define MALLE_TERM_KEY_H

#include <glib.h>

typedef enum {
    KEY_PRESS,
    KEY_PASTE,
    KEY_MOUSE,
} KeyKind;

typedef enum { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } MouseAction;

#define KEY_NAME_BYTES 28

typedef struct {
    KeyKind kind;
    char name[KEY_NAME_BYTES]; /* KEY_PRESS */
    char *text;                /* KEY_PASTE: valid UTF-8, not safe; owned by the Key */
    MouseAction mouse;         /* KEY_MOUSE: what, with which button (1 left, 2 middle, 3 right; 0 none), and where, from 0 */
    guint button;
    int row, column;
} Key;

void key_clear(Key *key); /* frees the text */
/* A key by its name, for tests and for keys that stand for others. */
Key key_named(const char *name);
gboolean key_is(const Key *key, const char *name);
/* What the key types: one character, or NULL for a key that types none. Lives as long as the key. */
const char *key_text(const Key *key);

typedef struct KeyDecoder KeyDecoder;

#define KEY_PASTE_MAX (1024 * 1024) /* bytes of a paste that are kept */

/* `utf8`: the bytes are UTF-8; else they are in the locale's charset. */
KeyDecoder *key_decoder_new(gboolean utf8);
void key_decoder_free(KeyDecoder *decoder);
/* What terminfo says a key sends, beside what is known anyway. */
void key_decoder_add(KeyDecoder *decoder, const char *bytes, const char *name);
void key_decoder_feed(KeyDecoder *decoder, const char *bytes, gsize length);
/* The next key. FALSE when there is none, or when what is there may be the start of a longer one; `final`
 * (the time-out has passed) then takes it as it is. `key` need not be initialised; the caller clears it. */
gboolean key_decoder_next(KeyDecoder *decoder, gboolean final, Key *key);
/* Has the terminal said that it can show sixel pictures (DA1: a 4 among what it can)? */
gboolean key_decoder_heard_sixel(const KeyDecoder *decoder);
/* Does something wait that only more bytes or the time-out can decide? */
gboolean key_decoder_is_waiting(const KeyDecoder *decoder);

#endif
