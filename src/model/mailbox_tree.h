/* The sidebar: accounts, and their mailboxes as a tree of rows. UI thread.
 *
 * Rows are built again by mailbox_tree_refresh() (its cost is the number of mailboxes, done only when the model said
 * MODEL_REPAINT_SIDEBAR); what is selected is kept by id, not by row number.
 */
#ifndef MALLE_MODEL_MAILBOX_TREE_H
#define MALLE_MODEL_MAILBOX_TREE_H

#include "model/model.h"
#include "store/rows.h"

typedef struct MailboxTree MailboxTree;

typedef enum { MAILBOX_ROW_ACCOUNT, MAILBOX_ROW_MAILBOX } MailboxRowKind;

typedef struct {
    MailboxRowKind kind;
    gint64 account_id;
    gint64 mailbox_id;      /* MODEL_INBOXES for the unified inbox, which stands first where there are several accounts; MODEL_SAVED_SEARCH(); 0 for an account, and for a level that the server does not list itself */
    guint depth;            /* 0 for accounts */
    char *label;            /* last component of the name ("INBOX" in the person's words), or the account's name; safe */
    char *full_name;        /* as people write it: "Lists/debian"; safe; "" for accounts */
    MailboxRole role;
    MailboxAttributes attributes;
    guint unread, total;    /* of this mailbox, pending decisions included; for an account the sum */
    guint folded_unread;    /* when folded: unread in what is hidden below */
    gboolean counts_exact;  /* FALSE: what the server last said, not yet counted here */
    gboolean selectable;
    KeepRule keep;          /* what is kept for offline use */
    gboolean keep_chosen;   /* somebody chose it, here or in the accounts file */
    gboolean keep_here;     /* chosen here */
    gboolean has_children, folded;
    const ModelAccount *account; /* for its status; valid until the next dispatch; NULL when not configured any more */
} MailboxRow;

MailboxTree *mailbox_tree_new(Model *model);
void mailbox_tree_free(MailboxTree *tree);
gboolean mailbox_tree_refresh(MailboxTree *tree, GError **error);

/* Their rows stand before the accounts. Of SavedSearch*, copied; seen after the next refresh. */
void mailbox_tree_set_searches(MailboxTree *tree, const GPtrArray *searches);
guint mailbox_tree_n_rows(const MailboxTree *tree);
const MailboxRow *mailbox_tree_row(const MailboxTree *tree, guint index); /* valid until the next refresh or fold */
/* The row of a mailbox, or of the folded row it is hidden under; −1 when it is gone. */
int mailbox_tree_find(const MailboxTree *tree, gint64 mailbox_id);
/* The next (direction 1) or previous (−1) selectable row with unread mail, going round; −1 when there is none. */
int mailbox_tree_next_unread(const MailboxTree *tree, guint from, int direction);
/* What to open first: the mailbox open last time if it is still there, else the first account's INBOX, else the first selectable; 0: none. */
gint64 mailbox_tree_first_choice(const MailboxTree *tree);
void mailbox_tree_opened(MailboxTree *tree, gint64 mailbox_id); /* remember for next time */

void mailbox_tree_fold(MailboxTree *tree, guint index, gboolean folded); /* kept across runs */

/* What the person typed: a full name, case and accents not minded when that is unambiguous, in `account_id` first, or "account:name" ("account/name" as well, where no mailbox is called so); a
 * role in words ("trash", "archive") when nothing has the name. 0 with error that names near ones. */
gint64 mailbox_tree_resolve(const MailboxTree *tree, gint64 account_id, const char *text, GError **error);
/* Completions of `prefix`, NULL-terminated: names in `account_id` first, then "account:name" of the others. Caller: g_strfreev. */
char **mailbox_tree_complete(const MailboxTree *tree, gint64 account_id, const char *prefix);
const MailboxRow *mailbox_tree_mailbox(const MailboxTree *tree, gint64 mailbox_id); /* folded ones too; NULL when gone */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailboxTree, mailbox_tree_free)

#endif
