/* From what a person types to a mailbox, and completing it. */
#include "config.h"

#include "model/mailbox_tree-private.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

typedef gboolean (*NameTest)(const MailboxRow *row, const char *key);

static gboolean same_name(const MailboxRow *row, const char *key)
{
    g_autofree char *name = text_sort_key(row->full_name, -1);
    return strcmp(name, key) == 0;
}

static gboolean same_label(const MailboxRow *row, const char *key)
{
    g_autofree char *label = text_sort_key(row->label, -1);
    return strcmp(label, key) == 0;
}

static const char *const role_words[] = {
    [MAILBOX_ROLE_NONE] = NULL,       [MAILBOX_ROLE_INBOX] = N_("inbox"), [MAILBOX_ROLE_DRAFTS] = N_("drafts"),   [MAILBOX_ROLE_SENT] = N_("sent"),
    [MAILBOX_ROLE_ARCHIVE] = N_("archive"), [MAILBOX_ROLE_JUNK] = N_("junk"),   [MAILBOX_ROLE_TRASH] = N_("trash"), [MAILBOX_ROLE_ALL] = N_("all mail"),
    [MAILBOX_ROLE_FLAGGED] = N_("starred"),
};

static gboolean same_role(const MailboxRow *row, const char *key)
{
    const char *word = role_words[row->role];
    if (!word)
        return FALSE;
    g_autofree char *plain = text_sort_key(word, -1);
    g_autofree char *translated = text_sort_key(_(word), -1);
    return strcmp(plain, key) == 0 || strcmp(translated, key) == 0;
}

/* The only row of the account (0: any) that passes; 0 when none does, −1 when several do. */
static gint64 only_one(const MailboxTree *tree, gint64 account_id, const char *key, NameTest test)
{
    gint64 found = 0;
    for (guint i = 0; i < tree->all->len; i++) {
        const MailboxRow *row = g_ptr_array_index(tree->all, i);
        if (!row->mailbox_id || (account_id && row->account_id != account_id) || !test(row, key))
            continue;
        if (found)
            return -1;
        found = row->mailbox_id;
    }
    return found;
}

/* To the letter, and with or without the prefix that the server's names have. */
static gint64 exact(const MailboxTree *tree, gint64 account_id, const char *name)
{
    g_autofree char *rest = store_reader_short_name(tree->model->reader, account_id, name);
    for (guint i = 0; i < tree->all->len; i++) {
        const MailboxRow *row = g_ptr_array_index(tree->all, i);
        if (row->mailbox_id && row->account_id == account_id && (strcmp(row->full_name, name) == 0 || strcmp(row->full_name, rest) == 0))
            return row->mailbox_id;
    }
    return 0;
}

/* "account:rest" (or with another mark between): the account's id, and *rest. */
static gint64 named_account(const MailboxTree *tree, const char *text, char mark, const char **rest)
{
    const char *colon = strchr(text, mark);
    for (guint i = 0; colon && i < model_n_accounts(tree->model); i++) {
        const ModelAccount *account = model_account(tree->model, i);
        const char *name = account->account->name;
        if (strlen(name) == (gsize) (colon - text) && strncmp(name, text, colon - text) == 0) {
            *rest = colon + 1;
            return account->id;
        }
    }
    return 0;
}

static gint64 look_in(const MailboxTree *tree, gint64 account_id, const char *name, const char *key)
{
    static const NameTest tests[] = { same_name, same_label, same_role };
    gint64 found = account_id ? exact(tree, account_id, name) : 0;
    for (guint i = 0; found <= 0 && i < G_N_ELEMENTS(tests); i++) {
        found = only_one(tree, account_id, key, tests[i]);
        if (found < 0) /* several: the next, weaker test would only find more */
            return found;
    }
    return found;
}

static char *near_names(const MailboxTree *tree, const char *key)
{
    GString *out = g_string_new(NULL);
    guint n = 0;
    for (guint i = 0; n < 4 && i < tree->all->len; i++) {
        const MailboxRow *row = g_ptr_array_index(tree->all, i);
        g_autofree char *name = text_sort_key(row->full_name, -1);
        if (row->mailbox_id && *key && strstr(name, key))
            g_string_append_printf(out, "%s%s", n++ ? ", " : "", row->full_name);
    }
    return g_string_free(out, FALSE);
}

gint64 mailbox_tree_resolve(const MailboxTree *tree, gint64 account_id, const char *text, GError **error)
{
    const char *name = text;
    gint64 named = named_account(tree, text, ':', &name), found;
    g_autofree char *key = text_sort_key(name, -1);
    found = look_in(tree, named ? named : account_id, name, key);
    if (found == 0 && !named)
        found = look_in(tree, 0, name, key);
    if (found == 0 && !named && (named = named_account(tree, text, '/', &name)) != 0) {
        g_free(key);
        key = text_sort_key(name, -1);
        found = look_in(tree, named, name, key);
    }
    if (found > 0)
        return found;
    g_autofree char *safe = model_safe(text);
    g_autofree char *near = near_names(tree, key);
    if (found < 0)
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("“%s” could be several: %s"), safe, near);
    else if (*near)
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("There is no mailbox “%s”; there is %s"), safe, near);
    else
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("There is no mailbox “%s”"), safe);
    return 0;
}

/* --- completion ------------------------------------------------------------------------------------------- */

static gboolean begins(const MailboxRow *row, const char *key)
{
    g_autofree char *name = text_sort_key(row->full_name, -1);
    return g_str_has_prefix(name, key);
}

static gboolean contains(const MailboxRow *row, const char *key)
{
    g_autofree char *name = text_sort_key(row->full_name, -1);
    return !g_str_has_prefix(name, key) && strstr(name, key) != NULL;
}

static void complete_in(const MailboxTree *tree, GPtrArray *out, gint64 account_id, const char *key, NameTest test, gboolean with_account)
{
    for (guint i = 0; i < tree->all->len; i++) {
        const MailboxRow *row = g_ptr_array_index(tree->all, i);
        if (!row->mailbox_id || (row->account_id == account_id) == with_account || !test(row, key))
            continue;
        const char *account = row->account ? row->account->account->name : "";
        g_ptr_array_add(out, with_account ? g_strdup_printf("%s:%s", account, row->full_name) : g_strdup(row->full_name));
    }
}

char **mailbox_tree_complete(const MailboxTree *tree, gint64 account_id, const char *prefix)
{
    GPtrArray *out = g_ptr_array_new();
    const char *name = prefix;
    gint64 named = named_account(tree, prefix, ':', &name);
    g_autofree char *key = text_sort_key(name, -1);
    if (named) {
        for (guint i = 0; i < tree->all->len; i++) {
            const MailboxRow *row = g_ptr_array_index(tree->all, i);
            if (row->mailbox_id && row->account_id == named && begins(row, key))
                g_ptr_array_add(out, g_strdup_printf("%.*s%s", (int) (name - prefix), prefix, row->full_name));
        }
    } else {
        complete_in(tree, out, account_id, key, begins, FALSE);
        complete_in(tree, out, account_id, key, contains, FALSE);
        complete_in(tree, out, account_id, key, begins, TRUE);
    }
    g_ptr_array_add(out, NULL);
    return (char **) g_ptr_array_free(out, FALSE);
}
