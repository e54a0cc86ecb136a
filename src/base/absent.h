/* What of a letter's file lies on the mail server instead: attachments that are passed on without being fetched. In the file a line stands
 * for each; beside it, in FILE.absent, a text file says what belongs there. Pure but for those files. Any thread.
 *
 * A file of another length than was noted has been filled in meanwhile, and nothing of it is absent.
 */
#ifndef MALLE_BASE_ABSENT_H
#define MALLE_BASE_ABSENT_H

#include <glib.h>

#define ABSENT_SUFFIX ".absent"

typedef struct {
    guint64 offset, length; /* of the line that stands in the file for it */
    guint64 octets;         /* of the section as it lies there, still encoded; as announced */
    gint64 message_id;      /* of the store: it stays the same wherever the message is moved */
    char *section;          /* as in BODY[…]; "" the whole message */
    char *name;             /* of the attachment, for words to the person; "" none */
} AbsentPart;

AbsentPart *absent_part_new(guint64 offset, guint64 length, guint64 octets, gint64 message_id, const char *section, const char *name);
GPtrArray *absent_parts_new(void); /* of AbsentPart*, free func set */
/* Of AbsentPart*, in the order of the file, free func set; empty when the file has all. Never NULL. */
GPtrArray *absent_parts_read(const char *path);
/* On the disk when it returns. */
gboolean absent_parts_write(const GPtrArray *parts, const char *path, GError **error);
/* FILE.absent. Caller frees. */
char *absent_parts_path(const char *path);
/* The file at FROM goes with the one at PATH: what is noted of that is noted of this too. */
gboolean absent_parts_copy(const char *from, const char *path, GError **error);
/* How many octets more than its file the letter has. */
guint64 absent_parts_octets(const GPtrArray *parts);
/* The letter at PATH is replaced, in one step, by one that has all: files[i] is the content of part i. Its other names stay as they are. */
gboolean absent_parts_fill(const char *path, const GPtrArray *parts, char *const *files, GError **error);

#endif
