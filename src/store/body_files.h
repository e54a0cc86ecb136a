/* Large bodies: files in a directory beside the store, named by the SHA-256 of what they hold, so that the
 * same attachment lies there once. Internal to store/. */
#ifndef MALLE_STORE_BODY_FILES_H
#define MALLE_STORE_BODY_FILES_H

#include <glib.h>

typedef struct BodyFile BodyFile;

BodyFile *body_file_new(const char *directory,
                        GError **error); /* makes the directory (0700) when needed; file 0600 */
gboolean body_file_write(BodyFile *file, const void *bytes, gsize length, GError **error);
/* Its name within the directory. Frees; NULL with error leaves nothing behind. */
char *body_file_finish(BodyFile *file, guint64 *size, GError **error);
void body_file_abort(BodyFile *file); /* NULL is ignored */
void body_file_remove(const char *directory, const char *name);
char *body_file_path(const char *directory,
                     const char *name); /* of our own or, with a leading '/', another file */

#endif
