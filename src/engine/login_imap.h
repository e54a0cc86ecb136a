/* login.h, as IMAP says it: for the link and the probe. */
#ifndef MALLE_ENGINE_LOGIN_IMAP_H
#define MALLE_ENGINE_LOGIN_IMAP_H

#include "engine/login.h"
#include "proto/imap/session.h"

/* Borrowed from the session, until its capabilities are others. */
LoginOffer login_imap_offer(const ImapSession *session);
/* AUTHENTICATE was answered NO or BAD, as TEXT says. */
LoginNext login_imap_after_refusal(LoginMeans *means, const SaslMechanism *mechanism, Stream *stream, const ImapSession *session, const ImapText *text);

#endif
