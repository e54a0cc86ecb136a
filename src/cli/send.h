/* malle send, and Malle called by the name sendmail: what was asked for, the letter that comes of it, and its way. */
#ifndef MALLE_CLI_SEND_H
#define MALLE_CLI_SEND_H

#include "base/exit_codes.h"
#include "cli/cli.h"
#include "config/account.h"
#include "config/options.h"
#include "engine/spool_file.h"

typedef struct {
    const char *account;       /* --account; NULL: by the sender */
    GPtrArray *to, *cc, *bcc;  /* of const char*: as typed */
    GPtrArray *urls;           /* of const char*: mailto: */
    GPtrArray *attachments;    /* of const char*: paths */
    const char *subject;       /* NULL: none was given */
    const char *draft;         /* -H: a file, "-" standard input; NULL */
    const char *include;       /* -i: a file for the body; NULL */
    const char *from;          /* --from: the field; NULL */
    const char *sender;        /* -f: the envelope's; NULL; "": the null reverse-path */
    const char *full_name;     /* -F: of a message without From; NULL */
    gint64 release_at;         /* --later: Unix µs; 0: at once */
    gboolean whole;            /* standard input is a message with a header of its own (sendmail) */
    gboolean read_recipients;  /* -t */
    gboolean dot_ends;         /* a line that is only a dot ends the message */
    gboolean wait;             /* until the server has accepted it */
    gboolean queue_only;       /* nothing is sent now */
    gboolean no_copy;
    guint options;             /* SendOption bits: --dsn, --requiretls, sendmail's -N and -R */
} SendRequest;

void send_request_clear(SendRequest *request);

/* send_options.c. FALSE: it was complained about; *status says what to exit with. */
gboolean send_read_arguments(SendRequest *request, int argc, char **argv, ExitCode *status);
gboolean send_read_sendmail_arguments(SendRequest *request, int argc, char **argv, ExitCode *status);

/* send_letter.c: writes the letter to PATH, on the disk when it returns, and fills in the envelope. accounts: of Account*; the
 * one that sends is chosen among those that can. FALSE with *status, complained about. */
gboolean send_write_letter(const SendRequest *request, const GPtrArray *accounts, const char *path, SpoolEnvelope *envelope,
                           ExitCode *status);

/* send_now.c: sends what lies in the spool as ID, where nobody else has the store (then SPOOL_NOBODY). Transfer full of options and accounts.
 * *words: as spool_ring()'s. *later: what to exit with where it waits. */
SpoolVerdict send_now(const CliSettings *settings, Options *options, GPtrArray *accounts, const char *id, char **words, ExitCode *later);

#endif
