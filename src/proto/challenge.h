/* Inside proto/: what a server asks in a SASL exchange, as it stands on the wire (RFC 4648 §4). */
#ifndef MALLE_PROTO_CHALLENGE_H
#define MALLE_PROTO_CHALLENGE_H

#include <glib.h>

#include "proto/output.h"

/* The decoded bytes; NULL when not all of it is base64, or it is longer than SASL_CHALLENGE_MAX. "" gives empty bytes. */
GBytes *proto_challenge_decode(const char *text, gsize len);
/* RESPONSE in base64, marked as a secret. Nothing of it stays elsewhere. */
void proto_response_encode(ProtoOutput *output, GBytes *response);

#endif
