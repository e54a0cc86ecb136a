/* What actions cost on the wire, for :wire. UI thread. */
#ifndef MALLE_MODEL_WIRE_H
#define MALLE_MODEL_WIRE_H

#include "model/model.h"

typedef struct {
    gint64 when;       /* Unix seconds */
    gint64 account_id;
    char *action;      /* safe */
    guint flights;
    guint64 up, down, wait_ms;
    guint rows;
    guint64 saved;     /* octets that did not have to be uploaded */
} ModelWire;

#define MODEL_WIRE_KEPT 500
const GPtrArray *model_wire(const Model *model);     /* of ModelWire*, oldest first; valid until the next dispatch */
ModelWire model_wire_total(const Model *model);      /* since the start; action is NULL */

#endif
