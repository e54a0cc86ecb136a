/* The texts that a query looks for, one by one: for callers that can find some of them by an index. */
#include "config.h"

#include "query/node.h"

void query_number_texts(Query *query, QueryNode *node)
{
    if (node->kind == NODE_TEXT) {
        node->place = query->texts->len;
        g_ptr_array_add(query->texts, node);
    }
    for (guint i = 0; node->children && i < node->children->len; i++)
        query_number_texts(query, g_ptr_array_index(node->children, i));
}

guint query_n_texts(const Query *query)
{
    return query->texts->len;
}

guint query_text_fields(const Query *query, guint place)
{
    const QueryNode *node = g_ptr_array_index(query->texts, place);
    return node->fields;
}

const char *query_text_words(const Query *query, guint place)
{
    const QueryNode *node = g_ptr_array_index(query->texts, place);
    return node->text->words && *node->text->words ? node->text->words : NULL;
}

/* Of "and" what all the known ones have; of "or" what any has, if all are known. */
static IdSet *candidates(const QueryNode *node, const IdSet *const *texts)
{
    if (node->kind == NODE_TEXT)
        return texts[node->place] != NULL ? id_set_copy(texts[node->place]) : NULL;
    if (node->kind != NODE_AND && node->kind != NODE_OR)
        return NULL;
    IdSet *all = NULL;
    for (guint i = 0; i < node->children->len; i++) {
        g_autoptr(IdSet) one = candidates(g_ptr_array_index(node->children, i), texts);
        if (one == NULL && node->kind == NODE_OR) {
            id_set_free(all);
            return NULL;
        }
        if (one == NULL)
            continue;
        if (all == NULL)
            all = g_steal_pointer(&one);
        else if (node->kind == NODE_OR)
            id_set_unite(all, one);
        else
            id_set_intersect(all, one);
    }
    return all;
}

IdSet *query_candidates(const Query *query, const IdSet *const *texts)
{
    return candidates(query->root, texts);
}
