/* Messages that exist only here until a server has them: what is to be appended lies in a directory of its own beside the
 * store, as files that any mail program can read, so that neither a damaged database nor a change of the person's own file
 * takes it away. Internal to store/. */
#ifndef MALLE_STORE_LETTERS_H
#define MALLE_STORE_LETTERS_H

#include <glib.h>

/* Copies the file, with CRLF at its line ends as APPEND wants them (RFC 9051 §4.3); on the disk when it returns. The path of
 * the copy, absolute; caller frees. A file that lies there already is taken as it is. What is noted beside a file of parts
 * that lie on a server (base/absent.h) goes with it, here and below. */
char *letters_take(const char *store_path, const char *source, GError **error);
/* A second name for one of ours, which lives and goes by itself; on the disk when it returns. Caller frees. */
char *letters_share(const char *store_path, const char *path, GError **error);
/* Of char*: the paths of those that were taken before then (Unix seconds). */
GPtrArray *letters_older_than(const char *store_path, gint64 then);
/* Removes it if it is one of ours. */
void letters_remove(const char *store_path, const char *path);

#endif
