/* The question whether a certificate that nobody vouches for is trusted, for one account and one of its servers (pins.h). */
#ifndef MALLE_ENGINE_TRUST_H
#define MALLE_ENGINE_TRUST_H

#include "config/account.h"
#include "engine/core.h"
#include "net/tls.h"

/* trusted: it is pinned now, and connecting again makes sense. */
typedef void (*TrustAnswered)(EngineAccount *account, gboolean trusted, gpointer user);

/* user has to live as long as the account. */
void trust_ask(EngineAccount *account, const AccountUrl *url, const TlsCertificateInfo *shown, TrustAnswered answered, gpointer user);

#endif
