#include "config.h"

#include "query/node.h"

G_DEFINE_QUARK(malle-query-error-quark, query_error)

QueryNode *query_node_new(NodeKind kind)
{
    QueryNode *node = g_new0(QueryNode, 1);
    node->kind = kind;
    if (kind == NODE_AND || kind == NODE_OR || kind == NODE_NOT)
        node->children = g_ptr_array_new_with_free_func((GDestroyNotify) query_node_free);
    return node;
}

/* Recursion is as deep as the parser let it be: QUERY_MAX_DEPTH. */
void query_node_free(QueryNode *node)
{
    if (!node)
        return;
    g_clear_pointer(&node->children, g_ptr_array_unref);
    query_text_free(node->text);
    g_free(node->keyword);
    g_free(node);
}

Query *query_ref(Query *query)
{
    g_atomic_ref_count_inc(&query->references);
    return query;
}

void query_unref(Query *query)
{
    if (!query || !g_atomic_ref_count_dec(&query->references))
        return;
    query_node_free(query->root);
    g_ptr_array_unref(query->texts);
    g_free(query);
}
