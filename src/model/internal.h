/* What the files of model/ know of each other. Private to model/. */
#ifndef MALLE_MODEL_INTERNAL_H
#define MALLE_MODEL_INTERNAL_H

#include "base/text.h"
#include "mime/mailcap.h"
#include "model/actions.h"
#include "model/list.h"
#include "model/message.h"
#include "model/model.h"
#include "model/wire.h"
#include "query/query.h"
#include "store/reader.h"

/* Something handed to the engine and not yet answered by CHANGE_COMMITTED: laid over what is read. */
typedef struct Submission {
    guint64 submit_id;
    IntentKind kind;
    gboolean is_undo;
    gboolean automatic;     /* not the person's: no notice, no place in the undo order */
    gboolean undo_wanted;   /* undo was asked before the commit was known */
    gboolean hides;         /* the messages leave their mailbox */
    guint waiting;          /* intents not yet answered: each is, by itself */
    gint64 group;           /* known from the first that was committed */
    gint64 first;           /* a message that it is about; 0: none */
    GHashTable *ids;        /* set of gint64* */
    MailFlags add, remove;
    char *add_keywords, *remove_keywords;
    char *words;            /* the notice on success, safe */
    char *draft;            /* undo of a sending: the letter that comes back, NULL otherwise */
    void (*done)(Model *model, const struct Submission *submission, const Change *change); /* for each answer; NULL: none */
    gpointer done_data;
    GDestroyNotify done_free;
} Submission;

typedef struct {
    gint64 group, first;    /* first: a message of it, to come back to */
} UndoGroup;

typedef struct {
    ModelAccount public;
    Account *account;
} AccountSlot;

struct Model {
    ChangeQueue *queue;
    ModelObserver observer;
    gpointer observer_data;
    ModelNewMailHeard new_mail;
    gpointer new_mail_data;
    ModelRestart restart;
    gpointer restart_data;

    Engine *engine;         /* NULL: detached */
    StoreReader *reader;
    char *store_path;       /* drafts lie beside it; NULL: detached */
    guint frame_depth;
    gboolean online;
    ModelRepaint repaint;   /* to be told at the next dispatch */
    GPtrArray *accounts;    /* of AccountSlot* */
    char **own_addresses;   /* folded */
    guint unfinished;       /* in the store, of all accounts; G_MAXUINT: to be read */
    guint outbox_count;     /* letters that have not left; G_MAXUINT: to be read */
    gint64 outbox_next;     /* Unix µs */
    struct ContactBook *book; /* NULL: not asked yet */
    char *taken_back;       /* id of a draft: a letter that has come back from the outbox, NULL none */
    gint64 told_new_mail;   /* mailbox of the last new-mail notice … */
    guint64 told_new_count, told_new_serial; /* … which is counted on instead of repeated */

    GPtrArray *notices;     /* of ModelNotice* */
    guint64 notice_serial;
    GPtrArray *decisions;   /* of ModelDecision* */
    GPtrArray *wire;        /* of ModelWire* */
    ModelWire wire_total;
    GHashTable *settings;   /* name -> value set in this run */
    StoreOrder default_order;
    gboolean default_descending;
    char *text_preference;
    ModelPictures pictures;
    GPtrArray *rules;       /* of RowQuery*, NULL where a query was wrong; NULL: none */

    GPtrArray *submissions; /* of Submission* */
    GArray *undo_groups;    /* of UndoGroup, newest last */
    GPtrArray *lists;       /* of ModelList*, not owned */
    GPtrArray *messages;    /* of ModelMessage*, not owned */
    GPtrArray *transfers;   /* of ModelTransfer* */
    char *private_directory;
    guint private_files;
    Mailcap *mailcap;
};

/* --- model.c, notices.c --- */
gboolean model_need_engine(const Model *model, GError **error);
void model_repaint(Model *model, ModelRepaint what); /* at the next dispatch, which it causes */
void model_learn_account_ids(Model *model);
AccountSlot *model_slot(const Model *model, gint64 account_id);
char *model_safe(const char *text); /* one safe line; NULL gives NULL */
void model_add_notice(Model *model, ModelNoticeKind kind, gint64 account_id, gint64 undo_group, const char *text);
void model_notice_free(ModelNotice *notice);
void model_decision_free(ModelDecision *decision);

/* --- submit.c --- */
Submission *submission_new(IntentKind kind, const GArray *message_ids);
void submission_free(Submission *submission);
/* Takes both. `intents` of Intent*, may be one with many messages. */
void model_submit(Model *model, GPtrArray *intents, Submission *submission);
void model_submit_answered(Model *model, const Change *change);
/* What is shown of a message: its stored flags with what is not yet committed laid over. *keywords is replaced (owned) when changed. */
MailFlags model_overlay_flags(const Model *model, gint64 message_id, MailFlags flags, char **keywords, gboolean *pending);
gboolean model_overlay_hides(const Model *model, gint64 message_id);

/* --- actions.c --- */
void model_submit_flags(Model *model, const GArray *message_ids, MailFlags add, MailFlags remove, gboolean automatic);

void model_hear_new_mail(Model *model, const Change *change); /* new-mail.c */

gboolean model_is_own_address(const Model *model, const char *address); /* NULL is nobody's */

/* --- lists and messages hear of changes --- */
void model_list_hear(ModelList *list, const Change *change);
gboolean model_list_slice(ModelList *list); /* does a slice of longer work; TRUE: there is more */
void model_list_order_again(ModelList *list); /* the default order may be another */
void model_list_touch(Model *model, gint64 message_id); /* it is being read: lists that have it selected stay on it */
void model_list_forget_tags(ModelList *list, GHashTable *ids);
gboolean model_message_hear(ModelMessage *message, const Change *change); /* TRUE: repaint */
void model_mirror_hear(Model *model, const Change *change);
void model_transfer_hear(Model *model, const Change *change);
void model_transfer_free(ModelTransfer *transfer);
void model_wire_add(Model *model, const Change *change);
void model_wire_free(ModelWire *wire);

/* --- row-query.c: a query asked of a row of the store --- */
typedef struct RowQuery RowQuery;
RowQuery *row_query_new(Model *model, Query *query); /* takes a reference */
void row_query_free(RowQuery *asker);
/* `flags`, `keywords`: as shown. Within a frame. */
QueryAnswer row_query_ask(RowQuery *asker, const StoreListRow *row, MailFlags flags, const char *keywords, gboolean tagged, gboolean folded);

guint model_rule_of(Model *model, const ModelListRow *row); /* of model_set_rules(); within a frame */

/* --- message-text.c: bodies out of the store --- */
/* The decoded content of a part, or NULL when it is not here. Caller unrefs. */
GBytes *model_part_content(Model *model, gint64 message_id, const MessagePart *part);
/* The header block, from the store's "HEADER" or whole message; NULL when neither is here. */
GBytes *model_header_block(Model *model, gint64 message_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RowQuery, row_query_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Submission, submission_free)

#endif
