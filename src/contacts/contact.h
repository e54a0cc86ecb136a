/* People and groups, as vCard files say them (RFC 6350; 2.1 and 3.0 as they come): reading and writing, no folder. Pure;
 * any thread. Strings are UTF-8 as they stand in the file, not terminal-safe. */
#ifndef MALLE_CONTACTS_CONTACT_H
#define MALLE_CONTACTS_CONTACT_H

#include <glib.h>

typedef struct {
    char *uid;         /* or NULL; without "urn:uuid:" */
    char *name;        /* FN, else of N or ORG, else the first address; never NULL */
    GPtrArray *nicknames; /* of char*, never NULL */
    GPtrArray *addresses; /* of char*, the preferred one first, never NULL; of a group: its members by address */
    GPtrArray *members;   /* of char*: UIDs of a group's members, never NULL */
    GPtrArray *categories; /* of char*, never NULL */
    gboolean is_group;
} Contact;

Contact *contact_new(const char *name);
void contact_free(Contact *contact);

#define CONTACTS_MAX 100000
/* All cards of a file that say a name or an address. Never fails: what is not understood is left out. Of Contact*, free func set. */
GPtrArray *contacts_parse(const char *bytes, gsize length);
/* One card, version 4.0, CRLF, folded. A UID is made when there is none. Caller frees. */
char *contact_format(Contact *contact);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Contact, contact_free)

#endif
