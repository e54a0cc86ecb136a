/* Looking for messages in a mailbox, by Message-ID, before something is sent again or taken away: the mailbox is opened anew, for
 * some servers show what came only then, and the one that the job needs is opened again behind.
 *
 * Engine thread; from a job whose mailbox is selected.
 */
#ifndef MALLE_ENGINE_LOOK_H
#define MALLE_ENGINE_LOOK_H

#include "engine/jobs.h"

typedef struct {
    char *message_id; /* without <> */
    guint64 size;     /* about so many octets; 0: any */
} LookFor;

typedef struct {
    gboolean refused; /* the server did not search */
    guint count;
    guint32 uid; /* when there is exactly one */
} LookFound;

/* found: of LookFound, in the order asked for; NULL when the link broke, or the mailbox that the job needs was renumbered: then
 * nothing more is to be sent. */
typedef void (*LookDone)(Job *job, const GArray *found, gpointer user);

/* wanted: of LookFor (taken; clear func set). Of the UIDs from `since` on. back: the job's mailbox, back_uidvalidity what its UIDs
 * stand for (0: any). Many are looked for in several turns. */
void look_into(Job *job, const StoreMailbox *mailbox, guint32 since, const StoreMailbox *back, guint32 back_uidvalidity, GArray *wanted,
               LookDone done, gpointer user);
GArray *look_list_new(void);
void look_list_add(GArray *wanted, const char *message_id, guint64 size);

#endif
