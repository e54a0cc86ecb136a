/* What the steps of a visit share (pop_run.h). */
#ifndef MALLE_ENGINE_POP_RUN_PRIVATE_H
#define MALLE_ENGINE_POP_RUN_PRIVATE_H

#include "engine/pop_identity.h"
#include "engine/pop_run.h"
#include "local/copies.h"
#include "local/deliver.h"

/* Why the header of a letter is asked for before anything else is done with it. */
typedef enum {
    POP_DOUBT_IDENTITY = 1 << 0,   /* it has no UIDL, or one that others have as well */
    POP_DOUBT_SIZE = 1 << 1,       /* the ledger knows that UIDL with another size */
    POP_DOUBT_RETURNED = 1 << 2,   /* the ledger has seen that UIDL go */
    POP_DOUBT_RENUMBERED = 1 << 3, /* it may be a letter that the ledger knows under another UIDL */
} PopDoubt;

/* A letter as the server lists it in this session. */
typedef struct {
    guint32 number;
    guint64 size;        /* of LIST */
    const char *uidl;    /* in run->texts; NULL: none was said */
    guint doubt;         /* PopDoubt bits */
    PopLetter *letter;   /* its row, in run->letters; NULL: not known, or new */
    const char *header;  /* digest, in run->texts; NULL: not asked, or not given */
    PopRun *run;
    gboolean fetched;    /* whole, in this session: what that number stands for is certain */
} PopListed;

struct PopRun {
    EngineAccount *account;
    const PopRunOwner *owner;
    PopLink *link;         /* NULL: gone */
    gboolean over;
    char *root, *target_root, *maildir;
    GHashTable *wanted;
    gint64 now;            /* Unix seconds: when it began */
    GSource *turn;         /* work in slices */
    guint next;            /* of listed, where that work goes on */

    /* what is there */
    GArray *listed;        /* of PopListed, as listed; later in the order of numbers */
    GStringChunk *texts;
    guint listing;         /* answers to UIDL and LIST that are awaited */
    gboolean no_uidl, no_top;
    GHashTable *by_number; /* number → index + 1, while listing */

    /* what is known */
    GPtrArray *letters;    /* of PopLetter*, owned: all rows that are there, and new ones */
    GHashTable *by_uidl;   /* UIDL → PopLetter* of those */
    GHashTable *seen;      /* set of PopLetter*: listed */
    GHashTable *made;      /* set of UIDLs made here for letters that are listed, in texts */
    gint64 loaded;         /* the ledger is read up to this row; −1: to its end */
    GPtrArray *changed;    /* of PopLetter*: rows to be written */
    guint unanswered;      /* TOPs of this step */
    gboolean renumbered;   /* letters were known again under other UIDLs: nothing is deleted in this session */
    LocalCopies *copies;   /* where files are, as of the last look; NULL: not looked yet */
    gboolean looked;       /* within this step: what is not among them is not there */

    /* fetching */
    GQueue fetching;       /* of PopFetch*, in the order sent */
    GPtrArray *received;   /* of PopFetch*: whole, waiting for their names */
    gint64 placed_at;      /* monotonic µs */
    gboolean fetching_began, all_sent;
    guint fetched;
    guint64 planned_octets, fetched_octets;

    /* settling */
    GPtrArray *due;        /* of PopListed*: whose copies are to be proved */
    GPtrArray *leaving;    /* of PopListed*: proved, to be deleted there */
    guint unproved;        /* missing, or not what was received: they stay there */
    guint deleted;
};

/* pop_run.c: the visit ends without QUIT, in words; nothing is deleted there. */
void pop_run_fail(PopRun *run, LinkEndKind kind, const char *words);
/* Something here cannot be written or read: the same, and it is said that nothing was lost. */
void pop_run_fail_here(PopRun *run, const GError *error);
/* Goes on in a later turn, until step() returns FALSE. */
void pop_run_slice(PopRun *run, GSourceFunc step);
/* This row is not as it is in the store: written with the next batch, or by pop_run_write(). */
void pop_run_changed(PopRun *run, PopLetter *letter);
/* FALSE: the run has failed. */
gboolean pop_run_write(PopRun *run, gboolean durable);
/* The path of a letter's file; NULL: it is not found. Looks into all directories, once in each step. Caller frees. */
char *pop_run_find_copy(PopRun *run, const PopLetter *letter);
void pop_run_look_for_copies(PopRun *run);
/* Asks for the header of a letter; done is told in every case. */
typedef void (*PopHeaderFunc)(PopRun *run, PopListed *listed, const char *digest /* NULL: not given */);
void pop_run_ask_header(PopRun *run, PopListed *listed, PopHeaderFunc done);

/* The steps, in this order; each calls the next. */
void pop_match_begin(PopRun *run);
void pop_fetch_begin(PopRun *run);
void pop_settle_begin(PopRun *run);

/* All is done and QUIT was answered. */
void pop_run_finish(PopRun *run);

/* pop_fetch.c, for the link's events. */
void pop_fetch_data(PopRun *run, PopCommandId id, const char *octets, gsize length);
void pop_fetch_heard(PopRun *run);
void pop_fetch_clear(PopRun *run);
/* The link is gone: what had come whole is kept all the same, and what had not comes again. */
void pop_fetch_keep_received(PopRun *run);
/* TOPs and RETRs answer in the order sent. */
typedef struct PopFetch PopFetch;
void pop_fetch_top(PopRun *run, PopListed *listed, PopHeaderFunc done);

/* Unix seconds from which on the letter is to be deleted there; 0: it stays. beyond_newest: it is none of the newest that stay. */
gint64 pop_due(const PopPolicy *policy, const PopLetter *letter, gboolean beyond_newest);
/* How long a deletion here can still be thought better of before it counts there. */
#define POP_DECIDED_SECONDS 3600

#endif
