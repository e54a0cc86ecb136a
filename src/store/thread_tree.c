#include "config.h"

#include "store/thread_tree.h"

/* A chain of replies deeper than this is nobody's conversation: what would hang lower is shown at the margin.
 * It bounds the search for loops. */
#define MOST_DEPTH 500

#define NONE G_MAXUINT

/* A place in the tree: a Message-ID, with its message when that is here. */
typedef struct {
    guint node; /* index into nodes, NONE: not here */
    guint parent;
} Container;

typedef struct {
    GArray *nodes;
    GArray *containers;  /* of Container */
    GHashTable *by_hash; /* of hash -> container index + 1 */
} Tree;

void thread_node_clear(ThreadNode *node)
{
    g_clear_pointer(&node->refs, g_free);
}

static Container *container_at(Tree *tree, guint index)
{
    return &g_array_index(tree->containers, Container, index);
}

static guint new_container(Tree *tree, guint node)
{
    Container container = { node, NONE };
    g_array_append_val(tree->containers, container);
    return tree->containers->len - 1;
}

static guint container_for(Tree *tree, const gint64 *hash)
{
    gpointer found = g_hash_table_lookup(tree->by_hash, hash);
    if (found != NULL)
        return GPOINTER_TO_UINT(found) - 1;
    guint index = new_container(tree, NONE);
    g_hash_table_insert(tree->by_hash, (gpointer) hash, GUINT_TO_POINTER(index + 1));
    return index;
}

/* Could `child` hang below `parent` without closing a loop? */
static gboolean may_link(Tree *tree, guint child, guint parent)
{
    guint depth = 0;
    for (guint at = parent; at != NONE; at = container_at(tree, at)->parent)
        if (at == child || ++depth > MOST_DEPTH)
            return FALSE;
    return TRUE;
}

static void link_node(Tree *tree, guint index)
{
    const ThreadNode *node = &g_array_index(tree->nodes, ThreadNode, index);
    guint own = node->hash != 0 ? container_for(tree, &node->hash) : NONE;
    if (node->elsewhere && own != NONE && container_at(tree, own)->node != NONE)
        return; /* a copy of what is in this list */
    if (own == NONE || container_at(tree, own)->node != NONE)
        own = new_container(tree, index); /* no Message-ID, or a second message with the same one */
    else
        container_at(tree, own)->node = index;
    guint previous = NONE;
    for (guint i = 0; i < node->n_refs; i++) {
        guint at = container_for(tree, &node->refs[i]);
        if (previous != NONE && container_at(tree, at)->parent == NONE && may_link(tree, at, previous))
            container_at(tree, at)->parent = previous;
        previous = at;
    }
    /* What the message says of itself overrides what others said in passing. */
    container_at(tree, own)->parent = NONE;
    if (previous != NONE && may_link(tree, own, previous))
        container_at(tree, own)->parent = previous;
}

static int compare_dates(gconstpointer a, gconstpointer b)
{
    const ThreadNode *left = a, *right = b;
    if (left->elsewhere != right->elsewhere) /* those come last, and are cut off */
        return left->elsewhere ? 1 : -1;
    if (left->date != right->date)
        return left->date < right->date ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

static gboolean is_shown(Tree *tree, guint container)
{
    guint node = container_at(tree, container)->node;
    return node != NONE && !g_array_index(tree->nodes, ThreadNode, node).elsewhere;
}

/* The nearest ancestor whose message is in this list, or NONE. */
static guint nearest(Tree *tree, guint container)
{
    guint at = container_at(tree, container)->parent;
    while (at != NONE && !is_shown(tree, at))
        at = container_at(tree, at)->parent;
    return at != NONE ? container_at(tree, at)->node : NONE;
}

/* Depth first over first-child and next-sibling lists, without recursion. */
static void flatten(Tree *tree, const guint *parents)
{
    guint n = tree->nodes->len;
    g_autofree guint *next = g_new(guint, n + 1), *first = g_new(guint, n + 1);
    g_autoptr(GArray) sorted = g_array_sized_new(FALSE, FALSE, sizeof(ThreadNode), n);
    for (guint i = 0; i <= n; i++)
        next[i] = first[i] = NONE;
    for (guint i = n; i-- > 0;) {
        guint parent = parents[i] != NONE ? parents[i] : n;
        next[i] = first[parent];
        first[parent] = i;
    }
    guint depth = 0;
    for (guint at = first[n]; at != NONE;) {
        ThreadNode node = g_array_index(tree->nodes, ThreadNode, at);
        node.depth = depth;
        g_array_append_val(sorted, node);
        if (first[at] != NONE) {
            at = first[at];
            depth++;
            continue;
        }
        while (at != NONE && next[at] == NONE) {
            at = parents[at];
            depth -= at != NONE;
        }
        if (at != NONE)
            at = next[at];
    }
    for (guint i = 0; i < n && sorted->len == n; i++)
        g_array_index(tree->nodes, ThreadNode, i) = g_array_index(sorted, ThreadNode, i);
}

/* Are there several messages whose nearest missing ancestor is the same? Then what stands for that one in step 5 is no message. */
static gint64 missing_root(Tree *tree, guint container)
{
    guint root = NONE;
    for (guint at = container_at(tree, container)->parent; at != NONE; at = container_at(tree, at)->parent)
        root = at;
    return root == NONE ? -1 : (gint64) root;
}

typedef struct {
    guint node;      /* the message that the subject stands for; NONE: none, all stand beside one another */
    gboolean answer; /* it is one */
} Subject;

/* `tops`: of guint, nodes without a parent, by date. `missing`: by node, its missing root or −1. */
static void merge_subjects(Tree *tree, const GArray *tops, const gint64 *missing, guint *parents)
{
    g_autoptr(GHashTable) subjects = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal); /* missing roots that several hang on */
    for (guint pass = 0; pass < 2; pass++) {
        g_hash_table_remove_all(seen);
        for (guint i = 0; i < tops->len; i++) {
            guint top = g_array_index(tops, guint, i);
            const ThreadNode *node = &g_array_index(tree->nodes, ThreadNode, top);
            gint64 key = node->subject & ~(gint64) 1;
            gboolean answer = (node->subject & 1) != 0;
            gpointer root = GINT_TO_POINTER((int) missing[top] + 1);
            gboolean brothers = missing[top] >= 0 && g_hash_table_contains(seen, root);
            g_hash_table_add(seen, root);
            if (key == 0)
                continue;
            Subject *subject = g_hash_table_lookup(subjects, &key);
            if (pass == 0 && subject == NULL) {
                subject = g_new(Subject, 1);
                *subject = (Subject){ top, answer };
                g_hash_table_insert(subjects, g_memdup2(&key, sizeof key), subject);
            } else if (pass == 0 && brothers) {
                subject->node = NONE;
            } else if (pass == 0 && subject->node != NONE && subject->answer && !answer) {
                *subject = (Subject){ top, FALSE };
            } else if (pass == 1 && subject->node != NONE && subject->node != top) {
                if (answer && !subject->answer)
                    parents[top] = subject->node;
                else
                    subject->node = NONE;
            }
        }
    }
}

static void sort_tree(GArray *nodes, gboolean by_subjects)
{
    guint shown = 0;
    g_array_sort(nodes, compare_dates);
    while (shown < nodes->len && !g_array_index(nodes, ThreadNode, shown).elsewhere)
        shown++;
    if (shown < 2) {
        g_array_set_size(nodes, shown);
        return;
    }
    g_autoptr(GHashTable) by_hash = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) containers = g_array_new(FALSE, FALSE, sizeof(Container));
    g_autofree guint *parents = g_new(guint, nodes->len);
    Tree tree = { nodes, containers, by_hash };
    for (guint i = 0; i < nodes->len; i++)
        link_node(&tree, i);
    for (guint i = 0; i < containers->len; i++)
        if (container_at(&tree, i)->node != NONE)
            parents[container_at(&tree, i)->node] = nearest(&tree, i);
    if (by_subjects) {
        g_autoptr(GArray) tops = g_array_new(FALSE, FALSE, sizeof(guint));
        g_autofree gint64 *missing = g_new0(gint64, nodes->len);
        for (guint i = 0; i < containers->len; i++)
            if (container_at(&tree, i)->node != NONE)
                missing[container_at(&tree, i)->node] = missing_root(&tree, i);
        for (guint i = 0; i < shown; i++)
            if (parents[i] == NONE)
                g_array_append_val(tops, i);
        merge_subjects(&tree, tops, missing, parents);
    }
    g_array_set_size(nodes, shown);
    flatten(&tree, parents);
}

void thread_tree_sort(GArray *nodes)
{
    sort_tree(nodes, FALSE);
}

void thread_tree_sort_by_subjects(GArray *nodes)
{
    sort_tree(nodes, TRUE);
}
