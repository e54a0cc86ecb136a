/* Mail that lies on this machine: one vtable over Maildir, mbox, MH and the demo. One thread.
 *
 * What is declared here only reads: nothing writes or moves a file, new/ stays new/, an mbox keeps its times; but a change
 * of ours to an mbox that was cut off is finished first. New mail comes by deliver.h and change.h. */
#ifndef MALLE_LOCAL_MAILBOX_H
#define MALLE_LOCAL_MAILBOX_H

#include "base/mailflags.h"

#include <glib.h>
#include <stdbool.h>

#define LOCAL_ERROR local_error_quark()
GQuark local_error_quark(void);
typedef enum {
    LOCAL_ERROR_ACCESS,  /* cannot be read: path and reason in the message */
    LOCAL_ERROR_FORMAT,  /* not mail of a kind that is known */
    LOCAL_ERROR_CHANGED, /* the message is no longer where it was: read the mailbox again */
    LOCAL_ERROR_WRITE,   /* cannot be written: path and reason in the message; what was there is as it was */
    LOCAL_ERROR_FULL,    /* the same, for want of room on the disk */
    LOCAL_ERROR_EXISTS,  /* something of that name is there already */
    LOCAL_ERROR_BUSY,    /* another program holds the lock: again later */
    LOCAL_ERROR_REFUSED, /* cannot be done with this name, or in this format: words for the person */
} LocalErrorCode;

typedef enum {
    LOCAL_MAILDIR,
    LOCAL_MBOX,
    LOCAL_MH,
    LOCAL_DEMO,
} LocalFormat;

/* A message as a mailbox tells of it. */
typedef struct {
    char *key; /* stays the same as long as the message is there: Maildir base name; mbox digest; MH inode and time */
    MailFlags flags;
    char *keywords;       /* space separated, "" for none */
    gint64 internal_date; /* Unix seconds */
    guint64 size;         /* bytes as stored */
} LocalMessage;

typedef struct LocalMailbox LocalMailbox;

/* Opens a Maildir (a directory with cur/ and new/), a folder of MH (numbered files) or an mbox file; which, is seen from the thing itself. */
LocalMailbox *local_mailbox_open(const char *path, GError **error);
void local_mailbox_free(LocalMailbox *mailbox);
LocalFormat local_mailbox_format(const LocalMailbox *mailbox);

/* All messages, oldest first by the order of the format (mbox: as in the file; Maildir: by arrival). Of
 * LocalMessage*, free func set. Reads directories, or the mbox once from end to end; no message is kept in
 * memory. NULL with an error. */
GPtrArray *local_mailbox_list(LocalMailbox *mailbox, GError **error);

/* Nobody changed the mailbox while it was last listed: what the list lacks is gone. Else it may only have been renamed
 * under the reader's eyes, and nothing follows from its absence: list again. */
bool local_mailbox_undisturbed(const LocalMailbox *mailbox);

/* The bytes of one message, lines as stored (mbox: ">From " undone, LF kept). NULL with an error. Caller
 * unrefs. */
GBytes *local_mailbox_read(LocalMailbox *mailbox, const char *key, GError **error);

void local_message_free(LocalMessage *message);

/* --- trees of mailboxes ------------------------------------------------------------------- */

typedef struct {
    char *name; /* for people, '/' between levels: "INBOX", "Lists/malle-dev"; safe UTF-8 */
    char *path; /* for local_mailbox_open(); NULL for the demo */
} LocalFolder;

/* The mailboxes under `path`: Maildir++ (".Lists.malle-dev"), nested Maildirs or MH folders, a directory of mbox
 * files, or the one thing itself. Of LocalFolder*, free func set, INBOX first, then by name. Does not follow links out
 * of `path`; at most 10,000, 16 deep. */
GPtrArray *local_folders(const char *path, GError **error);
void local_folder_free(LocalFolder *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalMailbox, local_mailbox_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalMessage, local_message_free)

#endif
