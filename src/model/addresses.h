/* People to write to, found by the beginning of a name or an address: from the address book (contacts/book.h), and from
 * mail that was sent, ranked by use. UI thread. */
#ifndef MALLE_MODEL_ADDRESSES_H
#define MALLE_MODEL_ADDRESSES_H

#include "model/model.h"

typedef struct {
    char *text; /* "Name <address>"; of a group, all its members */
    char *help; /* where it is from, safe; NULL */
} ModelPerson;

#define MODEL_PEOPLE_MAX 50

/* Nicknames, then those written to, the most often first, then the rest of the book, then groups; each address once, under
 * the book's name for it. Of ModelPerson*, free func set. */
GPtrArray *model_addresses(Model *model, const char *typed);
/* What a command like mutt's query_command printed: a first line that is not read, then address, tab, name. Added to
 * `people` where they are not in it yet. */
void model_addresses_add_output(GPtrArray *people, const char *output, gsize length);

/* "Name <address>" or an address alone, into the address book; says so. FALSE with words. */
gboolean model_contact_add(Model *model, const char *who, GError **error);

#endif
