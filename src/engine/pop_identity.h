/* What a letter on a POP3 server is known by: its UIDL, the name that its file has here, and its header. */
#ifndef MALLE_ENGINE_POP_IDENTITY_H
#define MALLE_ENGINE_POP_IDENTITY_H

#include <glib.h>

/* A unique base name for the file of that letter, ending in a mark that is made of account and UIDL: a file whose row was lost is
 * known by it. Nothing of the UIDL itself gets into the name (S21). Caller frees. */
char *pop_file_name(const char *account, const char *uidl);
/* ",L=" and 16 hexadecimal digits. Caller frees. */
char *pop_mark(const char *account, const char *uidl);
/* The mark within a base name; NULL: the file is none of a POP3 letter's. */
const char *pop_mark_of(const char *name);

/* The SHA-256 of a header as RETR and TOP give it, piece by piece: the same letter has the same. Left out are the fields in which servers
 * keep their own books (Status, X-UID …) and change them from one log-in to the next. */
typedef struct PopHeader PopHeader;
PopHeader *pop_header_new(void);
void pop_header_feed(PopHeader *header, const char *octets, gsize length);
/* Of what came up to the empty line. Lower case hexadecimal; caller frees. */
char *pop_header_digest(PopHeader *header);
void pop_header_free(PopHeader *header);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopHeader, pop_header_free)

/* What stands in for the UIDL of a letter that has none, or one that others have as well. nth: of those that are all the same, from 0.
 * Caller frees. */
char *pop_uidl_from_header(const char *header_sha256, guint64 size, guint nth);

#endif
