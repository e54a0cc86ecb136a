/* Accounts whose mail lies in files here, inside: shared by local_*.c only. Engine thread.
 *
 * local_account.c: life, the list of mailboxes; local_scan.c: files into the store;
 * local_watch.c: when to look; local_replay.c: decisions into the files;
 * local_mailboxes.c: decisions about mailboxes; local_bodies.c: texts; local_demo.c: the embedded demonstration.
 */
#ifndef MALLE_ENGINE_LOCAL_PRIVATE_H
#define MALLE_ENGINE_LOCAL_PRIVATE_H

#include "engine/account.h"
#include "engine/local_account.h"
#include "local/change.h"
#include "local/watch.h"
#include "mime/message.h"

#define LOCAL_DEMO_UIDVALIDITY 1

typedef struct {
    gint64 id;
    char *name;
    char *path;         /* NULL in the demo */
    LocalMailbox *open; /* NULL until it was needed */
    GPtrArray *demo;    /* of DemoMessage*, while they are brought in */
    guint next;         /* of demo */

    /* What a look at the files has found, while it is taken over (local_scan.c). NULL: nothing. */
    gboolean tidied;     /* its tmp/ was looked into since the program began */
    gboolean stale;      /* is to be looked at again */
    GPtrArray *arriving; /* of LocalMessage*, oldest first; the first `numbered` of them have a UID */
    guint numbered;
    GPtrArray *changed;  /* of StoreLocalMessage*: as they are now */
    GArray *gone;        /* of guint32: UIDs */
    guint fresh;         /* of those arriving, how many are unseen mail: told when they are here */
    gboolean looked;     /* once, to the end: what arrives from then on is new mail, even where nothing was before */
} Folder;

typedef struct LocalReplay LocalReplay;

struct LocalSource {
    EngineAccount *account;
    gboolean demo;
    char *root;          /* of the tree of mailboxes; NULL in the demo */
    GPtrArray *folders;  /* of Folder* */
    LocalWatch *watch;   /* NULL: nothing is heard */
    GSource *heard;      /* a timer: what was heard is looked at when it has come to rest */
    int filling;         /* visits to POP3 servers that put letters here */
    gboolean tree_heard; /* mailboxes came or went */
    GSource *scanning;
    GSource *look_again; /* a timer: what was seen while others wrote is looked at once more */
    LocalReplay *replay; /* the decision that is being carried out; NULL: none */
    GSource *replaying;
    GSource *retry;      /* a timer: the decision waits for room, or for a lock */
    gboolean retrying;   /* what it has done by half is not to be taken for somebody else's work */
};

void local_tell_trouble(LocalSource *source, const GError *error);
Folder *local_find_folder(LocalSource *source, gint64 mailbox_id);
/* Opens the mailbox if it is not yet. NULL with an error. */
LocalMailbox *local_folder_open(Folder *folder, GError **error);
/* The tree is read again, and the store gets its mailboxes. */
gboolean local_refresh_folders(LocalSource *source, GError **error);
/* A mailbox of the list in the store. 0: trouble was told. */
gint64 local_put_folder(LocalSource *source, const char *name, const char *path);

/* local_scan.c */
void local_scan(LocalSource *source, Folder *folder);
void local_scan_go_on(LocalSource *source);
/* A look is at its end; not complete: it could not be taken over whole. */
void local_scanned(LocalSource *source, Folder *folder, gboolean complete);
/* A decision is going to change the files: what was found and not yet taken over is looked at again afterwards. */
void local_scan_interrupt(LocalSource *source);
void local_folder_forget_scan(Folder *folder);
/* One message, as the demo and the scan have it, into the store. message NULL: raw is only its header, and size what it is in all. */
gboolean local_keep_message(LocalSource *source, const Folder *folder, guint32 uid, MimeMessage *message, GBytes *raw, guint64 size,
                            MailFlags flags, const char *keywords, gint64 internal_date);

/* local_watch.c: other programs are heard from now on; said again whenever the mailboxes changed. */
void local_watch_all(LocalSource *source);

/* local_replay.c */
void local_replay_stop(LocalSource *source);

/* local_mailboxes.c: the whole decision; FALSE with an error that says why not. */
gboolean local_change_mailbox(LocalSource *source, const Intent *intent, GError **error);

/* local_demo.c */
void local_demo_start(LocalSource *source);
gboolean local_demo_fill(LocalSource *source, Folder *folder);
void local_demo_replay(LocalSource *source);

#endif
