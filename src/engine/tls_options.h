/* What TLS is asked for on behalf of an account. */
#ifndef MALLE_ENGINE_TLS_OPTIONS_H
#define MALLE_ENGINE_TLS_OPTIONS_H

#include "config/account.h"
#include "engine/core.h"
#include "net/tls.h"

/* For URL, one of the account's servers. Fills options with pointers into the account and the engine: valid until either changes, so to be
 * used at once. */
void engine_tls_options(EngineAccount *account, const AccountUrl *url, TlsOptions *options);

#endif
