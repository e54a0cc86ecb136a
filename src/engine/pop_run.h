/* One visit to a POP3 server: log in, see what is there, fetch what is not here, delete what the policy says and what is proved, QUIT
 * (doc/internals/pop.md).
 *
 * One file a step: pop_run.c (the order of the steps, and the end), pop_match.c (which of the ledger's letters are there), pop_fetch.c
 * (letters into files), pop_settle.c (the policy, proof, DELE, QUIT). Engine thread.
 */
#ifndef MALLE_ENGINE_POP_RUN_H
#define MALLE_ENGINE_POP_RUN_H

#include "engine/pop_link.h"
#include "store/pop_ledger.h"

typedef struct PopRun PopRun;

typedef struct {
    /* That many letters got their files. */
    void (*stored)(EngineAccount *account, guint count);
    /* A letter of which the header was here is here whole now: its file has another content. */
    void (*completed)(EngineAccount *account, const PopLetter *letter);
    /* Once. end: why the link ended; NULL: all was done, and QUIT was answered. The run is to be freed in a later turn. */
    void (*over)(EngineAccount *account, const LinkEnd *end);
} PopRunOwner;

typedef struct {
    const char *root, *target_root; /* of the trees of Maildirs where copies may be: this account's, and that of deliver-to (NULL: the same) */
    const char *maildir; /* letters are delivered to; it exists, in one of them */
    GHashTable *wanted;  /* set of gint64*: rows of letters whose rest is wanted. Read during the run, which takes out what it fetched */
    Secret *secret;
} PopRunPlan;

PopRun *pop_run_new(EngineAccount *account, const PopRunOwner *owner, const PopRunPlan *plan);
/* Not from inside one of its calls. What is on its way is dropped, nothing is deleted on the server. */
void pop_run_free(PopRun *run);
/* Logged in, and not over. */
gboolean pop_run_is_working(const PopRun *run);
guint pop_run_fetched(const PopRun *run); /* letters, so far */
/* Of those to be fetched, by the sizes that the server says. */
void pop_run_octets(const PopRun *run, guint64 *done, guint64 *total);
/* A letter was deleted here (when, Unix seconds) or that was taken back (0): the run's own picture of it is told. */
void pop_run_decided(PopRun *run, gint64 letter_id, gint64 decided);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopRun, pop_run_free)

#endif
