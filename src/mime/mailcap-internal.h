/* From the text of a mailcap file to entries, and from an entry to a command that is safe to run. For use
 * within mime/. */
#ifndef MALLE_MIME_MAILCAP_INTERNAL_H
#define MALLE_MIME_MAILCAP_INTERNAL_H

#include "mime/mailcap.h"

struct Mailcap {
    GPtrArray *entries; /* of MailcapEntry* */
};

typedef struct {
    char *type; /* "text/html", or "image/" and a star */
    char *view; /* never NULL */
    char *print, *test, *name_template; /* NULL: not given */
    bool needs_terminal, copious;
    char *source; /* "FILE:LINE" */
} MailcapEntry;

Mailcap *mailcap_new_empty(void);
/* Appends the entries of one file. */
void mailcap_read_text(Mailcap *mailcap, const char *text, gsize length, const char *source);

/* Is the type made of nothing but letters, digits and ".+-_"? */
bool mailcap_is_plain_type(const MessagePart *part);

/* A command line with %s, %t and %{parameter} replaced, each quoted as the place it stands in demands. NULL
 * when one stands where nothing can be quoted (backquotes, "$(") . */
char *mailcap_expand_for_shell(const char *template, const MessagePart *part, const char *path,
                               bool *uses_path);

/* argv: without a shell where the template needs none. NULL as above. */
MailcapCommand *mailcap_command_build(const char *template, const MessagePart *part, const char *path);

#endif
