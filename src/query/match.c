/* Evaluation, three-valued. What costs least is asked first by the caller's choice of order; an answer that is settled is
 * not asked further. */
#include "config.h"

#include "query/node.h"

#include <string.h>

static QueryAnswer match(const QueryNode *node, const QueryMessage *message);

static QueryAnswer answer(gboolean yes)
{
    return yes ? QUERY_YES : QUERY_NO;
}

static const char *field(const QueryMessage *message, guint which)
{
    return message->text ? message->text(message, which) : NULL;
}

static QueryAnswer match_text(const QueryNode *node, const QueryMessage *message)
{
    QueryAnswer result = QUERY_NO;
    if (message->settled && message->settled(message, node->place, &result))
        return result;
    result = QUERY_NO;
    for (guint i = 0; i < QUERY_N_FIELDS; i++) {
        if (!(node->fields & (1u << i)))
            continue;
        const char *text = field(message, i);
        QueryAnswer found = !text ? QUERY_UNKNOWN
                            : message->by_words ? query_text_find_words(node->text, text)
                                                : query_text_find(node->text, text);
        if (found == QUERY_YES)
            return QUERY_YES;
        if (found == QUERY_UNKNOWN)
            result = QUERY_UNKNOWN;
    }
    return result;
}

/* An address is found whole: "ann@example.org" is not "joann@example.org". */
static gboolean holds_address(const char *list, const char *address)
{
    gsize length = strlen(address);
    if (length == 0)
        return FALSE;
    for (const char *p = list; (p = strstr(p, address)) != NULL; p++) {
        char before = p > list ? p[-1] : ' ', after = p[length];
        if (strchr(" ,<", before) && (!after || strchr(" ,>", after)))
            return TRUE;
    }
    return FALSE;
}

static QueryAnswer match_own(const QueryMessage *message, const QueryField *fields, guint count)
{
    gboolean unknown = FALSE;
    for (guint i = 0; i < count; i++) {
        const char *list = field(message, fields[i]);
        unknown |= !list;
        for (const char *const *own = message->own_addresses; list && own && *own; own++)
            if (holds_address(list, *own))
                return QUERY_YES;
    }
    return unknown ? QUERY_UNKNOWN : QUERY_NO;
}

static QueryAnswer match_not(const QueryNode *node, const QueryMessage *message)
{
    QueryAnswer inner = match(g_ptr_array_index(node->children, 0), message);
    return inner == QUERY_UNKNOWN ? QUERY_UNKNOWN : answer(inner == QUERY_NO);
}

/* NODE_AND is settled by a no, NODE_OR by a yes. */
static QueryAnswer match_children(const QueryNode *node, const QueryMessage *message, QueryAnswer settles)
{
    QueryAnswer result = settles == QUERY_NO ? QUERY_YES : QUERY_NO;
    for (guint i = 0; i < node->children->len; i++) {
        QueryAnswer one = match(g_ptr_array_index(node->children, i), message);
        if (one == settles)
            return settles;
        if (one == QUERY_UNKNOWN)
            result = QUERY_UNKNOWN;
    }
    return result;
}

static QueryAnswer match_date(const QueryNode *node, const QueryMessage *message)
{
    gint64 date = node->received ? message->received : message->date ? message->date : message->received;
    return answer(date >= node->low && date < node->high);
}

static QueryAnswer match_list_id(const QueryMessage *message)
{
    const char *id = field(message, QUERY_FIELD_LIST_ID);
    return id ? answer(*id != '\0') : QUERY_UNKNOWN;
}

static QueryAnswer match(const QueryNode *node, const QueryMessage *message)
{
    static const QueryField to_me[] = { QUERY_FIELD_TO, QUERY_FIELD_CC, QUERY_FIELD_BCC };
    static const QueryField from_me[] = { QUERY_FIELD_FROM };
    switch (node->kind) {
    case NODE_ALL:
        return QUERY_YES;
    case NODE_AND:
        return match_children(node, message, QUERY_NO);
    case NODE_OR:
        return match_children(node, message, QUERY_YES);
    case NODE_NOT:
        return match_not(node, message);
    case NODE_TEXT:
        return match_text(node, message);
    case NODE_FLAG:
        return answer((message->flags & node->flag) != 0);
    case NODE_KEYWORD:
        return answer(keywords_contain(message->keywords, node->keyword));
    case NODE_DATE:
        return match_date(node, message);
    case NODE_SIZE:
        return answer(message->size >= (guint64) node->low && (node->high >= 0 && message->size <= (guint64) node->high));
    case NODE_TAGGED:
        return answer(message->tagged);
    case NODE_ATTACHMENT:
        return message->has_attachment;
    case NODE_LIST:
        return match_list_id(message);
    case NODE_DUPLICATE:
        return message->is_duplicate;
    case NODE_FOLDED:
        return message->in_folded_thread;
    case NODE_TO_ME:
        return match_own(message, to_me, G_N_ELEMENTS(to_me));
    case NODE_FROM_ME:
        return match_own(message, from_me, G_N_ELEMENTS(from_me));
    }
    g_assert_not_reached();
}

QueryAnswer query_matches(const Query *query, const QueryMessage *message)
{
    return match(query->root, message);
}

static QueryNeeds field_needs(guint fields)
{
    QueryNeeds needs = 0;
    const guint header = (1u << QUERY_FIELD_HEADER) | (1u << QUERY_FIELD_LIST_ID), body = 1u << QUERY_FIELD_BODY;
    const guint file = 1u << QUERY_FIELD_FILE, place = (1u << QUERY_FIELD_MAILBOX) | (1u << QUERY_FIELD_ACCOUNT);
    if (fields & header)
        needs |= QUERY_NEEDS_HEADER;
    if (fields & body)
        needs |= QUERY_NEEDS_BODY;
    if (fields & file)
        needs |= QUERY_NEEDS_STRUCTURE;
    if (fields & place)
        needs |= QUERY_NEEDS_FLAGS;
    if (fields & ~(header | body | file | place))
        needs |= QUERY_NEEDS_ENVELOPE;
    return needs;
}

static QueryNeeds node_needs(const QueryNode *node)
{
    QueryNeeds needs = 0;
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        for (guint i = 0; i < node->children->len; i++)
            needs |= node_needs(g_ptr_array_index(node->children, i));
        return needs;
    case NODE_TEXT:
        return field_needs(node->fields);
    case NODE_LIST:
        return QUERY_NEEDS_HEADER;
    case NODE_TO_ME:
    case NODE_FROM_ME:
        return QUERY_NEEDS_ENVELOPE;
    case NODE_ATTACHMENT:
        return QUERY_NEEDS_STRUCTURE;
    case NODE_TAGGED:
    case NODE_DUPLICATE:
    case NODE_FOLDED:
        return QUERY_NEEDS_LIST;
    case NODE_ALL:
        return 0;
    default:
        return QUERY_NEEDS_FLAGS;
    }
}

QueryNeeds query_needs(const Query *query)
{
    return node_needs(query->root);
}
