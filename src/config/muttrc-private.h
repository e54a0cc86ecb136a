/* Between the files of the muttrc reader. */
#ifndef MALLE_CONFIG_MUTTRC_PRIVATE_H
#define MALLE_CONFIG_MUTTRC_PRIVATE_H

#include "config/muttrc.h"

/* One command of a muttrc, cut into words as mutt does: quotes and backslashes are gone. */
typedef struct {
    Muttrc *muttrc;
    const char *file;
    guint line;
    const char *text; /* as written */
    char **words;     /* words[0] is the command */
} MuttrcCommand;

void muttrc_leave(const MuttrcCommand *command, const char *why); /* into the rest */

/* muttrc-words.c: the words of one line, up to an unquoted ";" or "#"; *rest is what follows, NULL at the end. NULL when there are none. Backticks and $
 * stay as they are. Caller: g_strfreev. */
char **muttrc_words(const char *line, const char **rest);

/* muttrc-keys.c: bind and macro. */
void muttrc_bind(const MuttrcCommand *command);
void muttrc_macro(const MuttrcCommand *command);
/* The line for one of mutt's functions, NULL when there is none. */
const char *muttrc_function_line(const char *function);

#endif
