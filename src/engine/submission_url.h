/* One upload: a letter that lies in a mailbox is submitted by its URL (BURL, RFC 4468; URLAUTH, RFC 4467). Engine thread. */
#ifndef MALLE_ENGINE_SUBMISSION_URL_H
#define MALLE_ENGINE_SUBMISSION_URL_H

#include "engine/account.h"
#include "proto/smtp/capability.h"

/* The IMAP server can make such URLs, as far as is known; it may be another time. */
gboolean submission_url_conceivable(EngineAccount *account);
/* It can now, and the submission server takes them. */
gboolean submission_url_possible(EngineAccount *account, const SmtpCapabilities *capabilities);

/* Where the message is on the server; FALSE: it is not known there (yet). */
gboolean submission_url_is_there(EngineAccount *account, gint64 message_id);

/* url: NULL when the server gives none. Only valid during the call. */
typedef void (*SubmissionUrlFound)(const char *url, gpointer user);
/* Asks for it; found() is called once. user has to live as long as the account. */
void submission_url_ask(EngineAccount *account, gint64 message_id, SubmissionUrlFound found, gpointer user);

#endif
