/* A query asked of a row as it is shown: with the tags, the folded threads and the decisions that are only here. */
#include "config.h"

#include "base/i18n.h"
#include "model/internal.h"
#include "model/list.h"

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

/* --- rules ------------------------------------------------------------------------------------------- */

#define RULE_NEEDS (QUERY_NEEDS_FLAGS | QUERY_NEEDS_ENVELOPE | QUERY_NEEDS_STRUCTURE | QUERY_NEEDS_LIST)

static void rule_free(gpointer data)
{
    row_query_free(data);
}

static RowQuery *rule_new(Model *model, const char *text, GError **error)
{
    g_autoptr(Query) query = query_parse(text, g_get_real_time() / G_USEC_PER_SEC, NULL, error);
    if (query && (query_needs(query) & ~(guint) RULE_NEEDS)) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("colours cannot depend on the text or on all header fields"));
        return NULL;
    }
    return query ? row_query_new(model, query) : NULL;
}

void model_set_rules(Model *model, const char *const *queries, GPtrArray *errors)
{
    g_clear_pointer(&model->rules, g_ptr_array_unref);
    model->rules = g_ptr_array_new_with_free_func(rule_free);
    for (guint i = 0; queries[i]; i++) {
        GError *error = NULL;
        g_ptr_array_add(model->rules, rule_new(model, queries[i], &error));
        if (errors)
            g_ptr_array_add(errors, error);
        else
            g_clear_error(&error);
    }
    model_repaint(model, MODEL_REPAINT_LIST);
}

guint model_rule_of(Model *model, const ModelListRow *row)
{
    for (guint i = 0; model->rules && i < model->rules->len; i++) {
        RowQuery *rule = model->rules->pdata[i];
        if (rule && row_query_ask(rule, row->row, row->flags, row->keywords, row->tagged, row->folded > 0) == QUERY_YES)
            return i + 1;
    }
    return 0;
}
