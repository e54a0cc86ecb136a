/* The screen: everything a person sees and types. UI thread only; nothing here waits for the network, and
 * nothing writes but through model/.
 *
 * main.c fills a UiContext and calls ui_run(), which returns when the person quits or the terminal goes.
 */
#ifndef MALLE_UI_UI_H
#define MALLE_UI_UI_H

#include <glib.h>

#include "config/account.h"
#include "config/options.h"
#include "model/compose.h"

/* How an attempt to log in went; plain data, freed with ui_login_result_free(). */
typedef struct {
    gboolean ok;
    char *words;       /* for the person: what failed and what to do; NULL when ok */
    char *certificate; /* several lines (names, dates, SHA-256) when only the certificate stood in the way;
                          else NULL */
    char
        *fingerprint; /* SHA-256 of it, to be put into Account.pinned_certificate; NULL when certificate is */
} UiLoginResult;

UiLoginResult *ui_login_result_new(gboolean ok, const char *words);
void ui_login_result_free(UiLoginResult *result);

typedef struct {
    Model *model;
    Options *options;          /* :set changes it */
    const GPtrArray *bindings; /* of KeyBinding*, from the person's key file; NULL: none */
    const GPtrArray *colour_rules; /* of ColourRule*; NULL: none */
    const GPtrArray *problems; /* of ConfigProblem*, told at the start; NULL: none */
    const char *history_path;  /* of the command line; NULL: not kept */
    const char *search_history_path; /* of patterns and searches; NULL: not kept */
    const char *config_path;   /* the file of options, for set-always; NULL: none */
    const char *const
        *local_mail;     /* folders with mail found on this machine, for the welcome screen; NULL: none */
    Letter *letter;      /* to begin with (a mailto: URL); NULL: none */
    const char *letter_note; /* what of it was left out, for the person; NULL: nothing */
    gint64 open_mailbox; /* 0: the one that was open last time */

    /* Account set-up. Called on a helper thread, may take long, must only try: connect, TLS, log in, log out.
     * NULL: cannot try. Returns a result that the UI frees. */
    UiLoginResult *(*try_login)(const Account *account, gpointer user_data);
    /* UI thread: writes the account (and its pinned certificate) down. On success the UI calls
     * model_restart() with all accounts. */
    gboolean (*save_account)(const Account *account, gpointer user_data, GError **error);
    /* UI thread: all accounts as they are on disk now, of Account*; for after save_account(). */
    GPtrArray *(*load_accounts)(gpointer user_data, GError **error);
    gpointer user_data;
} UiContext;

/* Takes the terminal, runs until the person quits (or SIGHUP, SIGTERM), gives the terminal back. FALSE with
 * error when there is no usable terminal. With a model that is not attached the welcome screen is shown. */
gboolean ui_run(const UiContext *context, GError **error);

/* The table of commands and keys in mdoc, for malle-keys(5): one .Ss per group, the keys of both sets. Caller
 * frees. Needs no terminal. */
char *ui_keys_manual(void);
/* A whole key set as a key file (malle-keys(5)), to be installed and copied from: "mutt", "alpine", "vi"; NULL for another. Caller frees. */
char *ui_keys_file(const char *set);

#endif
