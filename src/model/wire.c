#include "config.h"

#include "model/wire.h"

#include "model/internal.h"

void model_wire_free(ModelWire *wire)
{
    g_free(wire->action);
    g_free(wire);
}

void model_wire_add(Model *model, const Change *change)
{
    const WireCost *cost = change->cost;
    if (!cost || g_strcmp0(cost->action, "total") == 0)
        return;
    if (model->wire->len >= MODEL_WIRE_KEPT)
        g_ptr_array_remove_index(model->wire, 0);
    ModelWire *wire = g_new0(ModelWire, 1);
    wire->when = g_get_real_time() / G_USEC_PER_SEC;
    wire->account_id = change->account_id;
    wire->action = model_safe(cost->action ? cost->action : "");
    wire->flights = cost->flights;
    wire->up = cost->up;
    wire->down = cost->down;
    wire->wait_ms = cost->wait_ms;
    wire->rows = cost->rows;
    wire->saved = cost->saved;
    g_ptr_array_add(model->wire, wire);
    ModelWire *total = &model->wire_total;
    total->when = wire->when;
    total->flights += wire->flights;
    total->up += wire->up;
    total->down += wire->down;
    total->wait_ms += wire->wait_ms;
    total->rows += wire->rows;
    total->saved += wire->saved;
}

const GPtrArray *model_wire(const Model *model)
{
    return model->wire;
}

ModelWire model_wire_total(const Model *model)
{
    return model->wire_total;
}
