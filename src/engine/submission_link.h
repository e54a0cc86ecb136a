/* One connection to a submission server (RFC 6409): STARTTLS where the account says so, log-in, letter after letter, QUIT.
 *
 * It never tries again and never asks the person. Engine thread.
 */
#ifndef MALLE_ENGINE_SUBMISSION_LINK_H
#define MALLE_ENGINE_SUBMISSION_LINK_H

#include "base/secret.h"
#include "engine/connection.h"
#include "proto/smtp/session.h"

typedef struct SubmissionLink SubmissionLink;

/* None may be NULL. */
typedef struct {
    void (*ready)(gpointer user);
    /* The last octets of the letter are next. FALSE: they must not go; the link ends. */
    gboolean (*last_octets)(gpointer user);
    /* unfit: the letter cannot be sent as it is, which no other try changes; else NULL. */
    void (*submitted)(const SmtpResult *result, const GError *unfit, gpointer user);
    /* Once, after the letter under way was told; not after submission_link_close(). */
    void (*ended)(const LinkEnd *end, gpointer user);
} SubmissionLinkOwner;

/* secret: NULL where there is none. owner: static. ask_again: EHLO once more behind the log-in, because only then some say that they take URLs
 * (BURL). */
SubmissionLink *submission_link_open(EngineAccount *account, const AccountUrl *url, Secret *secret, gboolean ask_again,
                                     const SubmissionLinkOwner *owner, gpointer user);
/* EHLO once more, once, since a letter needs what was not offered: Dovecot says all that it has only behind the log-in. TRUE: it is asked, and
 * ready() comes again. */
gboolean submission_link_ask_again(SubmissionLink *link);
gboolean submission_link_is_ready(const SubmissionLink *link);
/* As it was told to this log-in; NULL before. */
const SmtpCapabilities *submission_link_capabilities(const SubmissionLink *link);
/* FALSE with error: nothing left, and submitted() is not called. submission stays as it is until then. saved: octets that others would have
 * uploaded, for the account of what it cost. */
gboolean submission_link_submit(SubmissionLink *link, const SmtpSubmission *submission, guint64 saved, GError **error);
/* Says QUIT where it can, and closes; a letter under way is told before. */
void submission_link_close(SubmissionLink *link);

#endif
