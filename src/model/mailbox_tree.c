/* The sidebar. Names come flat from the store; the levels between them are made here, also those that the server does not
 * list itself ("Lists/debian" without "Lists"). */
#include "config.h"

#include "model/mailbox_tree.h"

#include "model/mailbox_tree-private.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "config/searches.h"

#define MAX_LEVELS 32 /* a hostile server's "a/a/a/…" becomes one long name from here on */
#define FOLDED_SETTING "sidebar.folded"
/* Of headings: no mailbox has a control character in its name here (RFC 9051 §5.1). */
#define OTHER_USERS_PATH "\001others"
#define SHARED_PATH "\001shared"
#define OPEN_SETTING "sidebar.open"

/* --- nodes: one per level, kept between refreshes only as rows --- */

static void node_free(gpointer data)
{
    TreeNode *node = data;
    g_free(node->path);
    g_free(node->label);
    g_free(node->key);
    store_mailbox_free(node->mailbox);
    g_ptr_array_unref(node->children);
    g_free(node);
}

static TreeNode *node_new(const char *path, const char *label)
{
    TreeNode *node = g_new0(TreeNode, 1);
    node->path = g_strdup(path);
    node->label = text_make_safe(label, -1, TEXT_SINGLE_LINE);
    node->key = text_sort_key(label, -1);
    node->children = g_ptr_array_new_with_free_func(node_free);
    return node;
}

static void row_free(gpointer data)
{
    MailboxRow *row = data;
    g_free(row->label);
    g_free(row->full_name);
    g_free(row);
}

MailboxTree *mailbox_tree_new(Model *model)
{
    MailboxTree *tree = g_new0(MailboxTree, 1);
    tree->model = model;
    tree->searches = g_ptr_array_new_with_free_func(g_free);
    tree->rows = g_ptr_array_new_with_free_func(row_free);
    tree->roots = g_ptr_array_new_with_free_func(node_free);
    tree->all = g_ptr_array_new();
    tree->all_rows = g_ptr_array_new_with_free_func(row_free);
    tree->folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *kept = model_setting(model, FOLDED_SETTING);
    g_auto(GStrv) names = g_strsplit(kept ? kept : "", "\n", -1);
    for (char **name = names; *name; name++)
        if (**name)
            g_hash_table_add(tree->folded, g_strdup(*name));
    return tree;
}

void mailbox_tree_free(MailboxTree *tree)
{
    if (!tree)
        return;
    g_ptr_array_unref(tree->searches);
    g_ptr_array_unref(tree->rows);
    g_ptr_array_unref(tree->all);
    g_ptr_array_unref(tree->all_rows);
    g_ptr_array_unref(tree->roots);
    g_hash_table_unref(tree->folded);
    g_free(tree);
}

/* --- building --------------------------------------------------------------------------------------- */

static TreeNode *child_named(TreeNode *parent, GHashTable *by_path, const char *path, const char *label)
{
    TreeNode *node = g_hash_table_lookup(by_path, path);
    if (node)
        return node;
    node = node_new(path, label);
    g_ptr_array_add(parent->children, node);
    g_hash_table_insert(by_path, node->path, node);
    return node;
}

/* What is not the person's own stands apart, under a heading. */
static TreeNode *heading_of(TreeNode *root, GHashTable *by_path, const StoreMailbox *mailbox)
{
    MailboxAttributes heading = mailbox->attributes & (MAILBOX_OTHER_USERS | MAILBOX_SHARED);
    if (!heading)
        return root;
    gboolean others = (heading & MAILBOX_OTHER_USERS) != 0;
    TreeNode *node = child_named(root, by_path, others ? OTHER_USERS_PATH : SHARED_PATH, others ? _("Other users") : _("Shared"));
    node->heading = heading;
    return node;
}

static TreeNode *place_of(TreeNode *root, GHashTable *by_path, const StoreMailbox *mailbox)
{
    TreeNode *parent = heading_of(root, by_path, mailbox);
    const char *start = mailbox->name, *end;
    for (guint level = 1; mailbox->delimiter && level < MAX_LEVELS; level++) {
        end = strchr(start, mailbox->delimiter);
        if (!end || end == start || !end[1])
            break;
        g_autofree char *path = g_strndup(mailbox->name, end - mailbox->name);
        g_autofree char *label = g_strndup(start, end - start);
        parent = child_named(parent, by_path, path, label);
        start = end + 1;
    }
    return child_named(parent, by_path, mailbox->name, start);
}

static int role_rank(const TreeNode *node)
{
    static const int ranks[] = {
        [MAILBOX_ROLE_NONE] = 9, [MAILBOX_ROLE_INBOX] = 0, [MAILBOX_ROLE_DRAFTS] = 1, [MAILBOX_ROLE_SENT] = 2, [MAILBOX_ROLE_ARCHIVE] = 3,
        [MAILBOX_ROLE_FLAGGED] = 4, [MAILBOX_ROLE_ALL] = 5, [MAILBOX_ROLE_JUNK] = 6, [MAILBOX_ROLE_TRASH] = 7,
    };
    if (node->heading)
        return node->heading & MAILBOX_OTHER_USERS ? 10 : 11;
    return node->mailbox ? ranks[node->mailbox->role] : 9;
}

static gint compare_nodes(gconstpointer a, gconstpointer b)
{
    const TreeNode *left = *(TreeNode *const *) a, *right = *(TreeNode *const *) b;
    int by_role = role_rank(left) - role_rank(right);
    return by_role ? by_role : strcmp(left->key, right->key);
}

static void sort_nodes(TreeNode *node)
{
    g_ptr_array_sort(node->children, compare_nodes);
    for (guint i = 0; i < node->children->len; i++)
        sort_nodes(g_ptr_array_index(node->children, i));
}

static TreeNode *build_account(MailboxTree *tree, const ModelAccount *account)
{
    g_autoptr(GHashTable) by_path = g_hash_table_new(g_str_hash, g_str_equal);
    TreeNode *root = node_new("", account->account->name);
    root->account_id = account->id;
    g_autoptr(GPtrArray) mailboxes = account->id ? store_reader_mailboxes(tree->model->reader, account->id) : g_ptr_array_new();
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        TreeNode *node = place_of(root, by_path, mailbox);
        if (node->mailbox)
            continue; /* the same name twice: a broken server */
        node->mailbox = mailbox;
        g_ptr_array_index(mailboxes, i) = NULL;
        if (mailbox->role == MAILBOX_ROLE_INBOX) {
            g_free(node->label);
            node->label = g_strdup(_("Inbox"));
        }
    }
    g_ptr_array_set_free_func(mailboxes, NULL);
    for (guint i = 0; i < mailboxes->len; i++)
        store_mailbox_free(g_ptr_array_index(mailboxes, i));
    sort_nodes(root);
    return root;
}

/* --- rows ---------------------------------------------------------------------------------------------- */

static char *fold_key(gint64 account_id, const char *path)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "/%s", account_id, path);
}

static gboolean is_folded(const MailboxTree *tree, gint64 account_id, const char *path)
{
    g_autofree char *key = fold_key(account_id, path);
    return g_hash_table_contains(tree->folded, key);
}

/* What is not in the store yet is told as the server last said; never less than what is here. */
static void fill_counts(MailboxRow *row, const StoreMailbox *mailbox)
{
    row->counts_exact = mailbox->complete;
    row->total = mailbox->complete ? mailbox->shown_total : MAX(mailbox->server_messages, mailbox->shown_total);
    row->unread = mailbox->complete ? mailbox->shown_unread : MAX(mailbox->server_unseen, mailbox->shown_unread);
}

static MailboxRow *make_row(const MailboxTree *tree, const TreeNode *node, gint64 account_id, guint depth)
{
    MailboxRow *row = g_new0(MailboxRow, 1);
    row->kind = depth == 0 ? MAILBOX_ROW_ACCOUNT : MAILBOX_ROW_MAILBOX;
    row->account_id = account_id;
    row->depth = depth;
    row->label = g_strdup(node->label);
    row->full_name = node->heading ? g_strdup("") : text_make_safe(node->path, -1, TEXT_SINGLE_LINE);
    row->has_children = node->children->len > 0;
    row->folded = row->has_children && is_folded(tree, account_id, node->path);
    row->account = model_account_by_id(tree->model, account_id);
    row->counts_exact = TRUE;
    const StoreMailbox *mailbox = node->mailbox;
    if (mailbox) {
        row->mailbox_id = mailbox->id;
        row->role = mailbox->role;
        row->attributes = mailbox->attributes;
        row->selectable = !(mailbox->attributes & MAILBOX_NO_SELECT);
        row->keep = mailbox->keep;
        row->keep_chosen = mailbox->keep_chosen;
        row->keep_here = mailbox->keep_here != NULL;
        fill_counts(row, mailbox);
    }
    return row;
}

/* Unread mail that is worth telling at the account: what is in Junk or Trash is not, and All and Flagged hold the others' again. */
static gboolean counts_for_account(const MailboxRow *row)
{
    return row->role != MAILBOX_ROLE_JUNK && row->role != MAILBOX_ROLE_TRASH && row->role != MAILBOX_ROLE_ALL &&
           row->role != MAILBOX_ROLE_FLAGGED && row->role != MAILBOX_ROLE_SENT && row->role != MAILBOX_ROLE_DRAFTS;
}

/* Depth-first, at most MAX_LEVELS + 1 deep. Returns the unread mail of the node and below. `above`: the row that hides this one, or NULL. */
static guint add_rows(MailboxTree *tree, TreeNode *node, gint64 account_id, guint depth, MailboxRow *above, MailboxRow *account_row)
{
    MailboxRow *row = make_row(tree, node, account_id, depth);
    if (!above) {
        g_ptr_array_add(tree->rows, row);
    } else {
        g_ptr_array_add(tree->all_rows, row);
        row->depth = depth;
    }
    g_ptr_array_add(tree->all, row);
    if (depth == 0)
        account_row = row;
    else if (counts_for_account(row)) {
        account_row->unread += row->unread;
        account_row->total += row->total;
        account_row->counts_exact &= row->counts_exact;
    }
    node->row = above ? above : row;
    guint unread = depth == 0 ? 0 : row->unread, below = 0;
    for (guint i = 0; i < node->children->len; i++)
        below += add_rows(tree, g_ptr_array_index(node->children, i), account_id, depth + 1,
                          above ? above : row->folded ? row : NULL, account_row);
    if (row->folded)
        row->folded_unread = below;
    return unread + below;
}

void mailbox_tree_set_searches(MailboxTree *tree, const GPtrArray *searches)
{
    g_ptr_array_set_size(tree->searches, 0);
    for (guint i = 0; i < searches->len; i++)
        g_ptr_array_add(tree->searches, text_make_safe(((const SavedSearch *) g_ptr_array_index(searches, i))->name, -1, TEXT_SINGLE_LINE));
}

/* It is among the rows and no mailbox: no name finds it. */
static MailboxRow *add_virtual(MailboxTree *tree, gint64 id, const char *label)
{
    MailboxRow *row = g_new0(MailboxRow, 1);
    row->kind = MAILBOX_ROW_MAILBOX;
    row->mailbox_id = id;
    row->depth = 1;
    row->label = g_strdup(label);
    row->full_name = g_strdup("");
    row->counts_exact = TRUE;
    row->selectable = TRUE;
    g_ptr_array_add(tree->rows, row);
    return row;
}

static guint64 count_inboxes(const MailboxTree *tree, gboolean unread_only)
{
    return store_reader_list_total(tree->model->reader, &(StoreListSpec){ .inboxes = TRUE, .unread_only = unread_only });
}

static void add_inboxes(MailboxTree *tree)
{
    MailboxRow *row = add_virtual(tree, MODEL_INBOXES, _("All inboxes"));
    row->total = (guint) count_inboxes(tree, FALSE);
    row->unread = (guint) count_inboxes(tree, TRUE);
}

static void flatten(MailboxTree *tree)
{
    g_ptr_array_set_size(tree->all, 0);
    g_ptr_array_set_size(tree->rows, 0);
    g_ptr_array_set_size(tree->all_rows, 0);
    if (tree->roots->len > 1)
        add_inboxes(tree);
    for (guint i = 0; i < tree->searches->len; i++)
        add_virtual(tree, MODEL_SAVED_SEARCH(i), g_ptr_array_index(tree->searches, i));
    for (guint i = 0; i < tree->roots->len; i++) {
        TreeNode *root = g_ptr_array_index(tree->roots, i);
        add_rows(tree, root, root->account_id, 0, NULL, NULL);
    }
}

gboolean mailbox_tree_refresh(MailboxTree *tree, GError **error)
{
    if (!model_frame_begin(tree->model, error))
        return FALSE;
    g_ptr_array_set_size(tree->roots, 0);
    for (guint i = 0; i < model_n_accounts(tree->model); i++)
        g_ptr_array_add(tree->roots, build_account(tree, model_account(tree->model, i)));
    model_frame_end(tree->model);
    flatten(tree);
    return TRUE;
}

guint mailbox_tree_n_rows(const MailboxTree *tree)
{
    return tree->rows->len;
}

const MailboxRow *mailbox_tree_row(const MailboxTree *tree, guint index)
{
    return index < tree->rows->len ? g_ptr_array_index(tree->rows, index) : NULL;
}

/* --- folding --------------------------------------------------------------------------------------------- */

static TreeNode *node_of_row(TreeNode *node, const MailboxRow *row)
{
    if (node->row == row)
        return node;
    for (guint i = 0; i < node->children->len; i++) {
        TreeNode *found = node_of_row(g_ptr_array_index(node->children, i), row);
        if (found)
            return found;
    }
    return NULL;
}

static void keep_folded(MailboxTree *tree)
{
    GString *kept = g_string_new(NULL);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, tree->folded);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        if (!strchr(key, '\n'))
            g_string_append_printf(kept, "%s\n", (char *) key);
    model_set_setting(tree->model, FOLDED_SETTING, kept->str);
    g_string_free(kept, TRUE);
}

void mailbox_tree_fold(MailboxTree *tree, guint index, gboolean folded)
{
    const MailboxRow *row = mailbox_tree_row(tree, index);
    TreeNode *node = NULL;
    for (guint i = 0; row && !node && i < tree->roots->len; i++)
        node = node_of_row(g_ptr_array_index(tree->roots, i), row);
    if (!node || node->children->len == 0 || row->folded == folded)
        return;
    char *key = fold_key(row->account_id, node->path);
    if (folded) {
        g_hash_table_add(tree->folded, key);
    } else {
        g_hash_table_remove(tree->folded, key);
        g_free(key);
    }
    keep_folded(tree);
    flatten(tree);
}

/* --- finding ---------------------------------------------------------------------------------------------- */

static const TreeNode *node_of_mailbox(const TreeNode *node, gint64 mailbox_id)
{
    if (node->mailbox && node->mailbox->id == mailbox_id)
        return node;
    for (guint i = 0; i < node->children->len; i++) {
        const TreeNode *found = node_of_mailbox(g_ptr_array_index(node->children, i), mailbox_id);
        if (found)
            return found;
    }
    return NULL;
}

int mailbox_tree_find(const MailboxTree *tree, gint64 mailbox_id)
{
    guint index;
    for (guint i = 0; mailbox_id < 0 && i < tree->rows->len; i++)
        if (((const MailboxRow *) g_ptr_array_index(tree->rows, i))->mailbox_id == mailbox_id)
            return (int) i;
    for (guint i = 0; mailbox_id && i < tree->roots->len; i++) {
        const TreeNode *node = node_of_mailbox(g_ptr_array_index(tree->roots, i), mailbox_id);
        if (node && g_ptr_array_find(tree->rows, node->row, &index))
            return index;
    }
    return -1;
}

const MailboxRow *mailbox_tree_mailbox(const MailboxTree *tree, gint64 mailbox_id)
{
    for (guint i = 0; mailbox_id && i < tree->all->len; i++) {
        const MailboxRow *row = g_ptr_array_index(tree->all, i);
        if (row->mailbox_id == mailbox_id)
            return row;
    }
    return NULL;
}

int mailbox_tree_next_unread(const MailboxTree *tree, guint from, int direction)
{
    guint n = tree->rows->len;
    for (guint step = 1; step <= n; step++) {
        guint index = direction > 0 ? (from + step) % n : (from + n - step % n) % n;
        const MailboxRow *row = g_ptr_array_index(tree->rows, index);
        if (index != from && row->mailbox_id > 0 && row->kind == MAILBOX_ROW_MAILBOX && row->selectable && row->unread > 0)
            return index;
    }
    return -1;
}

void mailbox_tree_opened(MailboxTree *tree, gint64 mailbox_id)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, mailbox_id);
    model_set_setting(tree->model, OPEN_SETTING, id);
}

gint64 mailbox_tree_first_choice(const MailboxTree *tree)
{
    g_autofree char *kept = model_setting(tree->model, OPEN_SETTING);
    gint64 last = kept ? g_ascii_strtoll(kept, NULL, 10) : 0, first = 0;
    if (last == MODEL_INBOXES && mailbox_tree_find(tree, last) >= 0)
        return last;
    const MailboxRow *row = mailbox_tree_mailbox(tree, last);
    if (row && row->selectable)
        return last;
    for (guint i = 0; i < tree->all->len; i++) {
        row = g_ptr_array_index(tree->all, i);
        if (row->selectable && row->role == MAILBOX_ROLE_INBOX)
            return row->mailbox_id;
        if (row->selectable && !first)
            first = row->mailbox_id;
    }
    return first;
}
