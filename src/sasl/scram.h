/* Inside sasl, and for its tests: SCRAM with a nonce that is known. */
#ifndef MALLE_SASL_SCRAM_H
#define MALLE_SASL_SCRAM_H

#include "sasl/sasl.h"

/* Replaces the random nonce, before the first step. MECHANISM has to be a SCRAM one. */
void scram_use_nonce(SaslMechanism *mechanism, const char *nonce);

#endif
