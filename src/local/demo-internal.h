/* A letter of the demo as it is written down. For use within local/. */
#ifndef MALLE_LOCAL_DEMO_INTERNAL_H
#define MALLE_LOCAL_DEMO_INTERNAL_H

#include "local/demo-letter.h"

typedef struct {
    char *name, *address;
    int offset; /* minutes from UTC */
} DemoPerson;

typedef struct {
    char *id, *parent, *mailbox, *keywords, *from, *to, *cc, *subject, *body;
    char **directives;
    MailFlags flags;
    gint64 age; /* seconds; whole days when clock is set */
    int clock;  /* minutes of the sender's day, −1: counted from now */
} Letter;

struct DemoBook {
    GHashTable *people; /* name -> DemoPerson* */
    GPtrArray *letters; /* of Letter* */
    GHashTable *by_id;  /* id -> Letter* (of the array) */
};

#endif
