/* Passwords, tokens and keys in memory: text that is overwritten when it is let go, and a process that others cannot look into.
 *
 * A Secret is counted by reference and never changes, so it may be handed from thread to thread. Nothing here is ever
 * printed or logged: there is no function that formats one.
 */
#ifndef MALLE_BASE_SECRET_H
#define MALLE_BASE_SECRET_H

#include <glib.h>

typedef struct Secret Secret;

Secret *secret_new(const char *text);
/* Copies the bytes (which may hold anything) and adds a NUL behind them. */
Secret *secret_new_length(const char *bytes, gsize length);
/* One that was made for a server (a token), and is shown to no other. */
Secret *secret_new_for(const char *bytes, gsize length, const char *host);
/* As secret_text(), if it was made for that server (case does not matter); NULL for any other, and when it was made for none. */
const char *secret_text_for(const Secret *secret, const char *host);
/* Takes text, overwrites and frees it; *text becomes NULL. NULL gives NULL. */
Secret *secret_take(char **text);
Secret *secret_ref(Secret *secret);
void secret_unref(Secret *secret); /* overwrites at the last one; NULL is nothing */
const char *secret_text(const Secret *secret); /* lives as long as the Secret */
gsize secret_length(const Secret *secret);

/* Overwrites in a way the compiler does not leave out. */
void secret_wipe(void *bytes, gsize length);
/* Overwrites a NUL-terminated string and frees it; NULL is nothing. */
void secret_free_text(char *text);
/* Overwrites everything the GString ever allocated last and frees it. (A GString that grew has left copies behind: give it its size first.) */
void secret_free_string(GString *string);

/* No core file, and no reading of our memory by other processes of the same person (PR_SET_DUMPABLE, RLIMIT_CORE). Called
 * once by main(). MALLE_DUMPABLE=1 in the environment leaves it alone, for debuggers. */
void secret_protect_process(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_unref)

#endif
