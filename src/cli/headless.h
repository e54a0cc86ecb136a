/* The engine without a screen, for commands: what the person's files say, the store, the engine on its thread, and its changes, taken one
 * by one by the command. Questions of the engine are asked at the terminal; where there is none the answer is no.
 */
#ifndef MALLE_CLI_HEADLESS_H
#define MALLE_CLI_HEADLESS_H

#include "cli/setup.h"
#include "engine/engine.h"
#include "model/queue.h"
#include "store/reader.h"

typedef struct {
    Options *options;
    GPtrArray *accounts; /* of Account* */
    char *store_path;
    ChangeQueue *queue;
    Engine *engine;
    StoreReader *reader; /* read outside of transactions, or within short ones */
    gint markers;        /* atomic: answers to headless_mark() */
    gboolean answered;   /* the last CHANGE_DECISION that was returned got an answer other than no */
} Headless;

/* Where the store is. Caller frees. */
char *headless_store_path(const CliSettings *settings);
/* The store alone, for reading beside a running Malle. NULL: complained about, *status says what to exit with. */
StoreReader *headless_open_reader(const CliSettings *settings, ExitCode *status);

/* NULL: it was complained about, *status says what to exit with. */
Headless *headless_open(const CliSettings *settings, ExitCode *status);
/* The same for who has read the person's files already (transfer full of both, also when it fails). NULL with error. */
Headless *headless_open_with(const CliSettings *settings, Options *options, GPtrArray *accounts, GError **error);
/* The next change, waiting for it as long as it takes; caller frees. Notices are said on the way
 * and not returned; a question has been put to the person when its CHANGE_DECISION is returned. */
Change *headless_next(Headless *headless);
/* Asks the person at the terminal what the engine wants to know. FALSE: the answer is no; else *secret (transfer full). */
gboolean headless_ask(const Decision *decision, Secret **secret);
/* Everything handed to the engine before has been taken in (committed, not sent) when headless->markers has grown by one. */
void headless_mark(Headless *headless);
/* A decision that is worth waiting for: under way, or its turn comes without more than a connection. Not a letter whose time has not come. */
gboolean headless_worth_waiting(const Intent *intent);
/* Its name in the accounts file, or "?". */
const char *headless_account_name(Headless *headless, gint64 account_id);
/* Says goodbye to servers, stops the engine, frees. */
void headless_close(Headless *headless);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Headless, headless_close)

#endif
