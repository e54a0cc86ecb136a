/* Which key sequence runs which command where. Sequences of several keys, and the rule for keys that are both
 * a whole sequence and the start of a longer one: the longer one is waited for (option key-timeout), then the
 * whole one runs. Pure.
 */
#ifndef MALLE_UI_KEYMAP_H
#define MALLE_UI_KEYMAP_H

#include <glib.h>

#include "ui/command.h"

typedef struct Keymap Keymap;

Keymap *keymap_new(void);
void keymap_free(Keymap *keymap);
/* `keys`: canonical key names. `line`: what runs, a command with its arguments; NULL takes the binding away.
 * `contexts` may be several. <M-x> is the same as <Esc> x, for that is what a terminal sends for both. */
void keymap_bind(Keymap *keymap, CommandContexts contexts, const char *const *keys, const char *line);
/* Where the keys that are bound from now on were written, as it is told to people ("keys:12"); NULL: the key set. Copied. */
void keymap_set_source(Keymap *keymap, const char *source);
/* What exactly these keys run in the context (one bit), NULL nothing; *source (may be NULL) as above. Live until the keymap changes. */
const char *keymap_line(const Keymap *keymap, CommandContexts context, const char *const *keys, const char **source);
typedef void (*KeymapVisit)(const char *words, const char *line, const char *source, gpointer user_data);
/* Every binding of a context (one bit), in order of their keys as people write them. */
void keymap_each(const Keymap *keymap, CommandContexts context, KeymapVisit visit, gpointer user_data);
/* The same with the keys as they were bound, in the order in which they were. */
typedef void (*KeymapVisitKeys)(const char *const *keys, const char *line, gpointer user_data);
void keymap_each_keys(const Keymap *keymap, CommandContexts context, KeymapVisitKeys visit, gpointer user_data);
/* The table's keys of one key set (see command.h). */
void keymap_add_defaults(Keymap *keymap, CommandKeySet set);

typedef enum {
    KEYMAP_NONE,  /* no sequence goes on with this key: all keys so far are dropped */
    KEYMAP_MORE,  /* the start of one or more */
    KEYMAP_FOUND, /* *line runs */
    KEYMAP_MAYBE, /* *line runs if nothing follows in time */
} KeymapResult;

/* One more key of the sequence being typed in `context` (one bit). *line lives until the keymap changes. On
 * NONE and FOUND the sequence starts over. On NONE behind other keys, *again (may be NULL) tells that the
 * keys before it were a whole sequence: *line is that, and this key is to be given again. */
KeymapResult keymap_key(Keymap *keymap, CommandContexts context, const char *key, const char **line,
                        gboolean *again);
/* The time-out: what the keys so far mean by themselves, NULL nothing. The sequence starts over. */
const char *keymap_expire(Keymap *keymap);
void keymap_reset(Keymap *keymap);
/* The keys typed so far of a sequence that goes on, "" for none. Caller frees. */
char *keymap_pending(const Keymap *keymap);

/* The shortest sequence bound to exactly this line in the context, as people write it ("d", "Esc v",
 * "Ctrl-D"); NULL none. Caller frees. */
char *keymap_find(const Keymap *keymap, CommandContexts context, const char *line);
/* All of them, separated by ", ". NULL none. */
char *keymap_find_all(const Keymap *keymap, CommandContexts context, const char *line);
/* "<C-d>" → "Ctrl-D", "<Esc>v" → "Esc v". Caller frees. */
char *key_words(const char *const *keys);

#endif
