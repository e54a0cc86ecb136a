/* SASLprep (RFC 4013): the one spelling of a name or password that both ends hash. */
#ifndef MALLE_SASL_SASLPREP_H
#define MALLE_SASL_SASLPREP_H

#include <glib.h>

/* Newly allocated, or NULL when TEXT (valid UTF-8) holds what is prohibited. What is unassigned in
 * Unicode 3.2 passes (a "query" string, RFC 3454 §7). */
char *saslprep(const char *text);

#endif
