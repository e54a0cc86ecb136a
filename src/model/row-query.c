/* A query asked of a row as it is shown: with the tags, the folded threads and the decisions that are only here. */
#include "config.h"

#include "model/internal.h"

#include "engine/match.h"

struct RowQuery {
    Model *model;
    Query *query;
};

RowQuery *row_query_new(Model *model, Query *query)
{
    RowQuery *asker = g_new0(RowQuery, 1);
    asker->model = model;
    asker->query = query_ref(query);
    return asker;
}

void row_query_free(RowQuery *asker)
{
    if (!asker)
        return;
    query_unref(asker->query);
    g_free(asker);
}

QueryAnswer row_query_ask(RowQuery *asker, const StoreListRow *row, MailFlags flags, const char *keywords, gboolean tagged, gboolean folded)
{
    MatchAsked asked = {
        .reader = asker->model->reader,
        .row = row,
        .flags = flags,
        .keywords = keywords,
        .tagged = tagged,
        .in_folded_thread = folded,
        .own_addresses = asker->model->own_addresses,
        .text_preference = asker->model->text_preference,
    };
    return match_ask(asker->query, &asked);
}
