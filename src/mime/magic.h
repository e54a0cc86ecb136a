/* What a file really is (libmagic). One MimeMagic per thread. */
#ifndef MALLE_MIME_MAGIC_H
#define MALLE_MIME_MAGIC_H

#include <glib.h>
#include <stdbool.h>

typedef struct MimeMagic MimeMagic;

/* NULL when the database of libmagic cannot be loaded (then nothing is sniffed, and callers say so). */
MimeMagic *mime_magic_new(void);
void mime_magic_free(MimeMagic *magic);

/* "application/pdf"; "application/octet-stream" when nothing is known. Caller frees. Looks at no more than
 * the first 64 kB. */
char *mime_magic_of_bytes(MimeMagic *magic, const void *bytes, gsize length);
char *mime_magic_of_file(MimeMagic *magic, const char *path);

/* May a thing declared as `declared` that sniffs as `sniffed` be opened as `declared`? False when what it is
 * could run or is of another kind: the reason in words (safe, translated) is in *why. (S43) */
bool mime_magic_agrees(const char *declared, const char *sniffed, char **why);

/* The type under which the file at `path` may be given to a program, when it was sent as `declared` under the
 * name `filename` (may be NULL): what was declared, if the content agrees; for "application/octet-stream"
 * what the name says, if the content agrees, else what the content is. NULL when it must not be opened: *why,
 * in words (safe, translated). Looks into the file; loads libmagic's database, so it is for a person's act.
 * Caller frees both. */
char *mime_type_to_open(const char *declared, const char *filename, const char *path, char **why);

/* The type that a file name's ending says, or NULL; static. */
const char *mime_type_of_name(const char *filename);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeMagic, mime_magic_free)

#endif
