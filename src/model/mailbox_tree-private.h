/* Shared by the two files of the sidebar. Private to model/. */
#ifndef MALLE_MODEL_MAILBOX_TREE_PRIVATE_H
#define MALLE_MODEL_MAILBOX_TREE_PRIVATE_H

#include "model/internal.h"
#include "model/mailbox_tree.h"

typedef struct TreeNode TreeNode;
struct TreeNode {
    char *path;            /* full name; "" for an account; for a heading what no name can be */
    MailboxAttributes heading; /* MAILBOX_OTHER_USERS or MAILBOX_SHARED: stands above what is in such namespaces */
    char *label, *key;     /* safe; folded for sorting */
    gint64 account_id;     /* of accounts only */
    StoreMailbox *mailbox; /* NULL: a level between, or an account */
    GPtrArray *children;   /* of TreeNode* */
    MailboxRow *row;       /* its own, or the folded one that stands for it */
};

struct MailboxTree {
    Model *model;
    GPtrArray *roots;      /* of TreeNode* */
    GPtrArray *searches;    /* names of saved searches, safe */
    GPtrArray *rows;       /* of MailboxRow*: what is shown */
    GPtrArray *all_rows;   /* of MailboxRow*: those hidden by folding */
    GPtrArray *all;        /* of MailboxRow*, not owned: both, in order */
    GHashTable *folded;    /* set of "account id/full name" */
};

#endif
