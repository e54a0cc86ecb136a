/* The address book: a folder of vCard files, one or more cards in each, as other programs keep them too. It is read when
 * it is first asked, and again when a file in it came, went or changed. One thread. */
#ifndef MALLE_CONTACTS_BOOK_H
#define MALLE_CONTACTS_BOOK_H

#include "contacts/contact.h"

#define CONTACTS_ERROR contacts_error_quark()
GQuark contacts_error_quark(void);
typedef enum {
    CONTACTS_ERROR_WRITE, /* the folder or file cannot be written: path and reason in the message */
    CONTACTS_ERROR_THERE, /* somebody with this address is in it already */
} ContactsErrorCode;

typedef struct ContactBook ContactBook;

/* The folder need not exist. */
ContactBook *contact_book_new(const char *directory);
void contact_book_free(ContactBook *book);

/* What somebody typed stands for. */
typedef struct {
    char *name;           /* of the person or the group */
    char **addresses;     /* one; of a group all, each once; NULL-terminated */
    gboolean is_group, is_nickname; /* is_nickname: what was typed is one, whole */
} ContactMatch;

/* Those whose name, a word of it, nickname or address begins with `typed` (without regard to case and accents): nicknames
 * first, then people by name, then groups and categories. Each address of a person by itself. Of ContactMatch*, free func
 * set. */
GPtrArray *contact_book_find(ContactBook *book, const char *typed, guint most);
/* The name under which an address is known; NULL: it is not. Valid until the book is asked again. */
const char *contact_book_name(ContactBook *book, const char *address);
/* A new card in a file of its own (0600), on the disk when it returns. */
gboolean contact_book_add(ContactBook *book, const char *name, const char *address, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ContactBook, contact_book_free)

#endif
