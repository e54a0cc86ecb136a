/* What the tests of the store share: a store in a directory of its own, and mail to put into it. */
#ifndef MALLE_TESTS_STORE_FIXTURE_H
#define MALLE_TESTS_STORE_FIXTURE_H

#include "store/reader.h"
#include "store/writer.h"

typedef struct {
    char *directory, *path;
    StoreWriter *writer;
    StoreReader *reader;
    gint64 account, inbox, archive, trash;
} Fixture;

Fixture *fixture_new(void);
void fixture_free(Fixture *fixture);
void fixture_close(Fixture *fixture);  /* writer and reader */
void fixture_reopen(Fixture *fixture); /* as after a restart */

gint64 fixture_mailbox(Fixture *fixture, const char *name, MailboxRole role);
/* A message with Message-ID "<id>" (NULL none) that answers `references` (space separated, may be NULL).
 * Returns its row. */
typedef struct {
    guint32 uid;
    MailFlags flags;
    const char *keywords, *id, *references, *subject, *from, *to;
    gint64 date, arrived; /* arrived 0: 5000 + uid */
    guint64 size;
} Mail;
gint64 fixture_put(Fixture *fixture, gint64 mailbox, Mail mail);
/* `count` of them from UID first on, ids "m<uid>@test", dates 1000 + uid. */
void fixture_put_many(Fixture *fixture, gint64 mailbox, guint32 first, guint count);
MessageSummary *fixture_summary(const Mail *mail);

Intent *fixture_intent(IntentKind kind, gint64 target, const gint64 *ids, guint count);
/* Commits and frees; the (only) row. */
gint64 fixture_decide(Fixture *fixture, Intent *intent);
/* Counts kept in the mailbox equal those of its rows. */
void fixture_assert_counts(Fixture *fixture);
StoreMailbox *fixture_read(Fixture *fixture, gint64 mailbox);
GPtrArray *fixture_list(Fixture *fixture, gint64 mailbox, StoreOrder order); /* ascending, all */
StoreListRow *fixture_row(Fixture *fixture, gint64 message);

guint fixture_count(Fixture *f, gint64 mailbox); /* messages shown there */
IntentState fixture_state(Fixture *f, gint64 id);
/* Decides about the flags of one message; the row. */
gint64 fixture_flag(Fixture *f, gint64 message, MailFlags add, MailFlags remove);

#define assert_ok(call)                                                                                      \
    do {                                                                                                     \
        g_autoptr(GError) assert_error = NULL;                                                               \
        GError **fault = &assert_error;                                                                      \
        gboolean assert_result = (call);                                                                     \
        g_assert_no_error(assert_error);                                                                     \
        g_assert_true(assert_result);                                                                        \
    } while (0)

#endif
