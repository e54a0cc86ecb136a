/* A muttrc read into Malle's own words: keys, colours, options, aliases. Pure: nothing is written, no command is run (backticks are told, not executed);
 * files that it sources are read. What cannot be said in Malle's words is listed with file and line, never dropped without a word.
 */
#ifndef MALLE_CONFIG_MUTTRC_H
#define MALLE_CONFIG_MUTTRC_H

#include <glib.h>

typedef struct {
    char *file;
    guint line;
    char *text; /* the command as written */
    char *why;  /* for the person, translated */
} MuttrcRest;

typedef struct {
    GString *keys;     /* lines of a key file */
    GString *theme;    /* lines of a theme file; empty: no colours */
    GString *colours;  /* lines of a file of colour rules */
    GString *options;  /* lines of a config file */
    GString *contacts; /* vCards (RFC 6350), one for each alias */
    guint n_keys, n_colours, n_options, n_aliases;
    GPtrArray *rest;   /* of MuttrcRest* */
} Muttrc;

/* NULL with CONFIG_ERROR_NO_FILE or CONFIG_ERROR_READ. Files that are named in it with "source" and cannot be read are part of the rest. */
Muttrc *muttrc_read(const char *path, GError **error);
/* The same from text in memory, `file` for messages; nothing is sourced. */
Muttrc *muttrc_parse(const char *text, const char *file);
void muttrc_free(Muttrc *muttrc);

/* The functions of mutt that Malle has a command for, for the test that these commands exist: mutt's name, Malle's line; ends with NULL names. */
typedef struct {
    const char *function, *line;
} MuttrcFunction;
extern const MuttrcFunction muttrc_functions[];

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Muttrc, muttrc_free)

#endif
