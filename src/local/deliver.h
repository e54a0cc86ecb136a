/* Delivery into a Maildir: a message comes in pieces, and is there whole and on the disk, or not at all
 * (cr.yp.to/proto/maildir.html). One thread.
 *
 * It is written in tmp/, synchronised, given its name in new/ or cur/ without ever replacing a file, and the
 * directory is synchronised. What is cut off before stays in tmp/, where nobody reads, until local_clean_tmp().
 * Octets and digest of what came are counted on the way, so that a later look can prove the copy. */
#ifndef MALLE_LOCAL_DELIVER_H
#define MALLE_LOCAL_DELIVER_H

#include "local/mailbox.h"

typedef enum {
    LOCAL_LINES_AS_GIVEN, /* octets are stored as they come */
    LOCAL_LINES_UNIX,     /* they come from a network, with CRLF, and are stored with LF, as the other programs
                           * do. Nothing is lost by it: a message that has an LF without CR as well is stored as
                           * it came */
} LocalLines;

/* Where it goes, and how it is marked. */
typedef struct {
    bool is_new;          /* into new/: nobody has seen it. With flags or keywords it goes to cur/ anyway */
    MailFlags flags;
    const char *keywords; /* as in LocalMessage; NULL for none */
    gint64 internal_date; /* Unix seconds, becomes the file's time; 0: now */
    bool unsettled;       /* one of many: the names are on the disk when local_delivery_settle() has returned TRUE */
} LocalPlacing;

typedef struct LocalDelivery LocalDelivery;

/* A base name that nobody else makes, by the rules of Maildir: what a message is known by here
 * (LocalMessage.key). Caller frees. */
char *local_unique_name(void);

/* The same for what may be done twice and has to get the same name each time: `what` tells it from all else that was
 * done at that moment (Unix µs); letters, digits and '_' only. Caller frees. */
char *local_name_for(gint64 moment, const char *what);

/* Begins a message in the Maildir (the directory that holds tmp/, new/ and cur/). `name` NULL: a unique one.
 * With a name from local_unique_name() that was written down before, who was killed can see whether the message
 * arrived (local_maildir_find(), or the keys of local_mailbox_list() for many), and has to look: here it is not looked
 * for, since that costs a directory each time. */
LocalDelivery *local_delivery_begin(const char *maildir, const char *name, LocalLines lines, GError **error);
/* Any number of pieces, cut anywhere. After FALSE only local_delivery_free() is left. */
bool local_delivery_write(LocalDelivery *delivery, const void *bytes, gsize length, GError **error);
/* Nothing more will be written, and the disk may begin: of many that are finished one behind another only the first then waits for long. May be
 * left out. */
bool local_delivery_written(LocalDelivery *delivery, GError **error);
/* Waits for the disk for all of these at once, in threads of their own, which is far quicker than one behind another; those that fail say so in their
 * finish. */
void local_deliveries_sync(LocalDelivery *const *deliveries, guint count);
/* It is in the mailbox and on the disk when this returns TRUE, and this delivery is not in the mailbox when FALSE.
 * LOCAL_ERROR_EXISTS: a file of that very name, flags included, is there. */
bool local_delivery_finish(LocalDelivery *delivery, const LocalPlacing *placing, GError **error);
/* Behind deliveries that were finished unsettled. */
bool local_delivery_settle(const char *maildir, GError **error);
/* Instead of a finish: it takes the place of the file at `path`, in this Maildir, whose name and flags stay. For a file of
 * ours that held a part of the same message. When it returns FALSE, one of the two is there. */
bool local_delivery_replace(LocalDelivery *delivery, const char *path, GError **error);
/* Without a finish that succeeded: no trace stays. */
void local_delivery_free(LocalDelivery *delivery);

const char *local_delivery_name(const LocalDelivery *delivery);
/* Where the message is (until somebody renames it); NULL before it is there. */
const char *local_delivery_path(const LocalDelivery *delivery);
/* What was given to write(), as it was given (not what lies in the file). */
guint64 local_delivery_octets(const LocalDelivery *delivery);
/* SHA-256 of the same, lower case hexadecimal; no more may be written after. */
const char *local_delivery_sha256(LocalDelivery *delivery);

/* Does the file read back, from the disk, with the octets and the digest that were given to write()? FALSE with
 * LOCAL_ERROR_CHANGED when it does not, other codes when it cannot be read. Constant memory. */
bool local_reads_back(const char *path, guint64 octets, const char *sha256, GError **error);

/* The path of the message with this base name, whatever its flags are now; NULL: none (error unset), or the
 * Maildir cannot be read (error set). Caller frees. */
char *local_maildir_find(const char *maildir, const char *name, GError **error);

/* Removes from tmp/ what nothing has touched for 36 hours, as Maildir asks of its readers. `now`: Unix
 * seconds. The number of files that went. */
guint local_clean_tmp(const char *maildir, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalDelivery, local_delivery_free)

#endif
