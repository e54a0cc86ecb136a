/* File names that come from mail, and saving under them (S41). Any thread. */
#ifndef MALLE_MIME_FILENAME_H
#define MALLE_MIME_FILENAME_H

#include "mime/part.h"

/* A name to offer for a part: the last component of what was sent, without controls, BiDi marks, shell
 * surprises at the start ('.', '-'), or reserved names; at most 200 bytes with its ending kept; never empty
 * ("part-2.pdf"). Caller frees. */
char *mime_safe_filename(const char *sent);
char *mime_part_filename(const MessagePart *part);
/* `name` as one word that no shell reads anything into, quoted or not: for a private file that is handed to a program, whose
 * mailcap entry may put the path into a script of its own. Letters of all alphabets, digits, '.', '_' and '-' stay. Caller frees. */
char *mime_inert_filename(const char *name);

/* Creates `name` in `directory` (or an absolute `name` with directory NULL) for writing, mode 0600 before the
 * umask, never through a symbolic link and never over a file that is there (G_IO_ERROR_EXISTS). −1 with an
 * error in words. */
int mime_create_file(const char *directory, const char *name, GError **error);
/* "name.pdf", or "name-2.pdf" … when that is taken: creates it and gives the path used. */
int mime_create_file_beside(const char *directory, const char *name, char **path, GError **error);

#endif
