/* A letter of a POP3 account in the ledger: what the server was seen to have, what of it is here, and what became of it there
 * (doc/internals/pop.md). Plain data; times are Unix seconds, 0: not (yet).
 */
#ifndef MALLE_STORE_POP_LETTER_H
#define MALLE_STORE_POP_LETTER_H

#include <glib.h>

/* What is here. The numbers are those in the store. */
typedef enum {
    POP_COPY_NONE,
    POP_COPY_HEADER,  /* the header, as a message that says so; the rest on demand */
    POP_COPY_WHOLE,   /* octets and sha256 are those of what was received; its file has its name, or gets it now */
    POP_COPY_MISSING, /* was whole, and its file is not found: nobody decided that here */
    POP_COPY_DIFFERS, /* was whole, and its file does not read back as it was received */
    POP_COPY_ADOPTED, /* its file was found without a row (a ledger that was lost): what was received is not known */
} PopCopy;

/* What is there. Up to POP_PLACE_DELETING a UIDL stands for one row of the account. */
typedef enum {
    POP_PLACE_THERE,
    POP_PLACE_DELETING, /* DELE may have gone, and QUIT was not answered: the next log-in shows */
    POP_PLACE_DELETED,  /* by us */
    POP_PLACE_GONE,     /* not by us */
} PopPlace;

typedef struct {
    gint64 id, account_id;
    char *uidl;          /* as the server says it, or made here where it says none (pop_identity.h). Data, never a path */
    PopCopy copy;
    PopPlace place;
    guint64 size;        /* of LIST: a hint */
    gint64 first_seen;
    char *maildir;       /* the directory it was delivered to; NULL: not yet */
    char *name;          /* base name of its file, chosen before the first octet: by it a crash is understood */
    guint64 octets;      /* received; with POP_COPY_WHOLE */
    char *sha256;        /* of the same; NULL */
    char *header_sha256; /* of the octets of the header up to the empty line, without it; NULL: not known */
    gint64 stored;       /* its file had its name */
    gint64 verified;     /* it read back as it was received */
    gint64 due;          /* from when on the policy deletes it there; 0: it does not */
    gint64 decided;      /* it was deleted here */
    gint64 gone;         /* it was deleted there, or found gone */
    char *words;         /* what is wrong with it; NULL */
} PopLetter;

PopLetter *pop_letter_new(gint64 account_id, const char *uidl, const char *name);
void pop_letter_free(PopLetter *letter);
void pop_letter_set_words(PopLetter *letter, const char *words); /* NULL: none */
/* Words of JSON, never translated: "none", "header" …; "there", "deleting" … */
const char *pop_copy_name(PopCopy copy);
const char *pop_place_name(PopPlace place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopLetter, pop_letter_free)

#endif
