/* Key files (malle-keys(5)): which key does what, where.
 *
 *     bind list  d        delete-message
 *     bind list  gg       first-entry
 *     bind reader <C-d>   half-down
 *     bind any   <F5>     check-mail
 *     unbind list x
 *
 * A sequence is written as its keys one behind another. A key is one printable character, or a name within angle brackets:
 * <Enter> <Space> <Tab> <Esc> <Backspace> <Delete> <Insert> <Up> <Down> <Left> <Right> <Home> <End> <PageUp> <PageDown> <F1>…<F20>
 * <lt> (for the character <), each with C- (Ctrl), M- (Alt), S- (Shift, named keys only) before it in that order: <C-x>, <M-v>, <C-S-Up>.
 * "^X" and "\Ce" of mutt's habit are understood as <C-x>, <C-e>, names in any case; the canonical spelling is the one above, with
 * single characters bare ("d", "gg", "<Esc>v"). term/ delivers keys, and ui/ compares them, in that spelling, one key at a time.
 *
 * Contexts and commands are ui/'s words: this parser keeps them as they are, with file and line so that ui/ can say where one is unknown.
 */
#ifndef MALLE_CONFIG_KEYS_H
#define MALLE_CONFIG_KEYS_H

#include <glib.h>

typedef struct {
    char *context;
    char **keys;       /* canonical spellings, one per key press, NULL-terminated, at least one */
    char *command;     /* command with its arguments, as it would follow ":"; NULL: unbind */
    char *file;
    guint line;
} KeyBinding;

/* Of KeyBinding*, free func set, in file order (a later one replaces an earlier one of the same context and keys: the user of the list
 * sees to that). Bad lines go to `problems`, may be NULL. A file that does not exist gives an empty list and no problem. */
GPtrArray *key_bindings_load(const char *path, GPtrArray *problems);
/* The same from text in memory, `file` for messages. */
GPtrArray *key_bindings_parse(const char *text, const char *file, GPtrArray *problems);
void key_binding_free(KeyBinding *binding);

/* "^Dgg" → { "<C-d>", "g", "g" }. NULL with CONFIG_ERROR_VALUE. Caller: g_strfreev. */
char **key_sequence_parse(const char *text, GError **error);
/* The keys joined; caller frees. */
char *key_sequence_format(const char *const *keys);

#endif
