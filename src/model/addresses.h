/* People to write to, found by the beginning of a name or an address: from the address book, from mail that was sent,
 * and from the person's own command. UI thread. */
#ifndef MALLE_MODEL_ADDRESSES_H
#define MALLE_MODEL_ADDRESSES_H

#include "model/model.h"

typedef struct {
    char *text; /* "Name <address>"; of a group, all its members */
    char *help; /* where it is from, safe; NULL */
} ModelPerson;

#define MODEL_PEOPLE_MAX 50

/* The best first, each address once. Of ModelPerson*, free func set. */
GPtrArray *model_addresses(Model *model, const char *typed);

#endif
