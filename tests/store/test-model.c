/* Any interleaving of decisions and of what the server says: what is shown is always base plus unfinished
 * decisions, as a simple model in memory has it, and the kept counts and threads agree with the rows. */
#include "config.h"

#include <string.h>

#include "fixture.h"

#define MESSAGES 12
#define MAILBOXES 3
#define STEPS 120
#define NOWHERE MAILBOXES

/* One message as the model has it. */
typedef struct {
    gint64 id;
    gboolean gone;
    guint mailbox;   /* base; NOWHERE: on its way */
    guint32 uid;     /* 0: not known */
    MailFlags flags; /* base */
} Message;

typedef struct {
    gint64 id;
    IntentKind kind; /* FLAGS or MOVE */
    IntentState state;
    guint source, target;
    MailFlags add, remove;
    gboolean tried; /* sent once: its messages may be under way */
    gboolean members[MESSAGES];
} Decision;

typedef struct {
    Fixture *f;
    gint64 mailboxes[MAILBOXES];
    guint32 next_uid[MAILBOXES];
    Message messages[MESSAGES];
    GArray *decisions; /* of Decision, in order */
} World;

static gboolean unfinished(const Decision *d)
{
    return d->state == INTENT_PENDING || d->state == INTENT_SENDING;
}

static void shown_of(const World *w, guint n, guint *mailbox, MailFlags *flags)
{
    *mailbox = w->messages[n].mailbox;
    *flags = w->messages[n].flags;
    for (guint i = 0; i < w->decisions->len; i++) {
        const Decision *d = &g_array_index(w->decisions, Decision, i);
        if (!unfinished(d) || !d->members[n])
            continue;
        if (d->kind == INTENT_FLAGS)
            *flags = (*flags & ~d->remove) | d->add;
        else
            *mailbox = d->target;
    }
}

static void check(World *w)
{
    for (guint n = 0; n < MESSAGES; n++) {
        g_autoptr(StoreListRow) row = fixture_row(w->f, w->messages[n].id);
        if (w->messages[n].gone) {
            g_assert_null(row);
            continue;
        }
        guint mailbox;
        MailFlags flags;
        shown_of(w, n, &mailbox, &flags);
        g_assert_nonnull(row);
        g_assert_cmpint(row->mailbox_id, ==, w->mailboxes[mailbox]);
        g_assert_cmpint(row->flags, ==, flags);
    }
}

/* --- what the person does ----------------------------------------------------------------------- */

static void decide(World *w)
{
    g_autoptr(Intent) intent = intent_new(g_test_rand_bit() ? INTENT_FLAGS : INTENT_MOVE);
    Decision d = { .kind = intent->kind, .state = INTENT_PENDING };
    guint source = (guint) g_test_rand_int_range(0, MAILBOXES), count = 0;
    d.source = source;
    d.target = (source + 1 + (guint) g_test_rand_int_range(0, MAILBOXES - 1)) % MAILBOXES;
    d.add = g_test_rand_bit() ? MAIL_FLAG_FLAGGED : 0;
    d.remove = d.add != 0 ? MAIL_FLAG_SEEN : MAIL_FLAG_FLAGGED;
    for (guint n = 0; n < MESSAGES; n++) {
        guint mailbox;
        MailFlags flags;
        shown_of(w, n, &mailbox, &flags);
        d.members[n] = !w->messages[n].gone && mailbox == source && g_test_rand_bit();
        if (d.members[n]) {
            g_array_append_val(intent->message_ids, w->messages[n].id);
            count++;
        }
    }
    if (count == 0)
        return;
    intent->add = d.kind == INTENT_FLAGS ? d.add : 0;
    intent->remove = d.kind == INTENT_FLAGS ? d.remove : 0;
    intent->target_mailbox_id = d.kind == INTENT_MOVE ? w->mailboxes[d.target] : 0;
    d.id = fixture_decide(w->f, intent_copy(intent));
    g_array_append_val(w->decisions, d);
}

/* --- what the server says ------------------------------------------------------------------------- */

static void notice(World *w)
{
    guint n = (guint) g_test_rand_int_range(0, MESSAGES);
    Message *m = &w->messages[n];
    if (m->gone || m->uid == 0)
        return;
    m->flags =
        (MailFlags) g_test_rand_int_range(0, 16) & (MAIL_FLAG_SEEN | MAIL_FLAG_FLAGGED | MAIL_FLAG_ANSWERED);
    assert_ok(store_writer_set_base_flags(w->f->writer, w->mailboxes[m->mailbox], m->uid, m->flags, NULL, 0,
                                          fault));
}

/* Somebody else deletes a message that nothing here is under way with. */
static void expunge(World *w)
{
    guint n = (guint) g_test_rand_int_range(0, MESSAGES);
    Message *m = &w->messages[n];
    for (guint i = 0; i < w->decisions->len; i++)
        if (unfinished(&g_array_index(w->decisions, Decision, i)) &&
            g_array_index(w->decisions, Decision, i).tried &&
            g_array_index(w->decisions, Decision, i).members[n])
            return;
    if (m->gone || m->uid == 0)
        return;
    assert_ok(store_writer_expunged(w->f->writer, w->mailboxes[m->mailbox], &m->uid, 1, fault));
    m->gone = TRUE;
    for (guint i = 0; i < w->decisions->len; i++)
        g_array_index(w->decisions, Decision, i).members[n] = FALSE;
}

/* --- replay ------------------------------------------------------------------------------------------ */

static Decision *decision_by_id(World *w, gint64 id)
{
    for (guint i = 0; i < w->decisions->len; i++)
        if (g_array_index(w->decisions, Decision, i).id == id)
            return &g_array_index(w->decisions, Decision, i);
    /* Split from another when what stood before it failed: the model follows the store, and checks what is
     * shown. */
    return NULL;
}

static void carry_out(World *w, const Intent *intent, gboolean known_uids)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(guint));
    Decision *d = decision_by_id(w, intent->id);
    guint target = 0;
    for (guint i = 0; i < MAILBOXES; i++)
        if (w->mailboxes[i] == intent->target_mailbox_id)
            target = i;
    for (guint i = 0; i < intent->message_ids->len; i++)
        for (guint n = 0; n < MESSAGES; n++)
            if (w->messages[n].id == g_array_index(intent->message_ids, gint64, i))
                g_array_append_val(pairs, n);
    /* In the order of the source UIDs. */
    for (guint i = 0; i < pairs->len; i++)
        for (guint j = i + 1; j < pairs->len; j++)
            if (w->messages[g_array_index(pairs, guint, j)].uid <
                w->messages[g_array_index(pairs, guint, i)].uid) {
                guint kept = g_array_index(pairs, guint, i);
                g_array_index(pairs, guint, i) = g_array_index(pairs, guint, j);
                g_array_index(pairs, guint, j) = kept;
            }
    guint32 uids[MESSAGES], sources[MESSAGES];
    gint64 from = 0;
    for (guint i = 0; i < pairs->len; i++) {
        Message *m = &w->messages[g_array_index(pairs, guint, i)];
        from = w->mailboxes[m->mailbox];
        sources[i] = m->uid;
        if (intent->kind == INTENT_FLAGS) {
            m->flags = (m->flags & ~intent->remove) | intent->add;
        } else {
            m->mailbox = target;
            m->uid = uids[i] = w->next_uid[target]++;
        }
    }
    if (intent->kind == INTENT_MOVE && g_test_rand_bit()) /* EXPUNGE comes before the tagged reply */
        assert_ok(store_writer_expunged(w->f->writer, from, sources, pairs->len, fault));
    if (intent->kind == INTENT_MOVE && g_test_rand_bit()) { /* and so may the target's news */
        guint n = g_array_index(pairs, guint, 0);
        g_autofree char *id = g_strdup_printf("%u@model", n);
        fixture_put(w->f, intent->target_mailbox_id,
                    (Mail){ .uid = w->messages[n].uid,
                            .id = id,
                            .date = 1000 + n,
                            .size = 500 + n,
                            .flags = w->messages[n].flags });
    }
    assert_ok(store_writer_intent_done(w->f->writer, intent->id, 7,
                                       intent->kind == INTENT_MOVE && known_uids ? uids : NULL, pairs->len,
                                       fault));
    if (d != NULL)
        d->state = INTENT_DONE;
    for (guint i = 0; i < pairs->len && intent->kind == INTENT_MOVE && !known_uids;
         i++) { /* the target is synchronised */
        guint n = g_array_index(pairs, guint, i);
        g_autofree char *id = g_strdup_printf("%u@model", n);
        gint64 row = fixture_put(w->f, intent->target_mailbox_id,
                                 (Mail){ .uid = w->messages[n].uid,
                                         .id = id,
                                         .date = 1000 + n,
                                         .size = 500 + n,
                                         .flags = w->messages[n].flags });
        g_assert_cmpint(row, ==, w->messages[n].id);
    }
}

static void replay(World *w)
{
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(w->f->writer, w->f->account, 3);
    if (ready->len == 0)
        return;
    const Intent *intent = ready->pdata[g_test_rand_int_range(0, (gint) ready->len)];
    Decision *d = decision_by_id(w, intent->id);
    guint32 uidnext = 0;
    for (guint i = 0; i < MAILBOXES; i++)
        if (w->mailboxes[i] == intent->target_mailbox_id)
            uidnext = w->next_uid[i];
    assert_ok(store_writer_intent_sending(w->f->writer, intent->id, 7, uidnext, fault));
    if (d != NULL)
        d->state = INTENT_SENDING, d->tried = TRUE;
    check(w);
    switch (g_test_rand_int_range(0, 4)) {
    case 0: /* the link broke before anything was done */
        assert_ok(store_writer_intent_state(w->f->writer, intent->id, INTENT_PENDING, "link lost", fault));
        if (d != NULL)
            d->state = INTENT_PENDING;
        break;
    case 1:
        if (d != NULL && intent->kind == INTENT_FLAGS) {
            assert_ok(store_writer_intent_state(w->f->writer, intent->id, INTENT_FAILED, "NO", fault));
            d->state = INTENT_FAILED;
            break;
        }
        G_GNUC_FALLTHROUGH;
    default:
        carry_out(w, intent, g_test_rand_bit());
    }
}

static World *world_new(void)
{
    World *w = g_new0(World, 1);
    w->f = fixture_new();
    w->mailboxes[0] = w->f->inbox;
    w->mailboxes[1] = w->f->archive;
    w->mailboxes[2] = w->f->trash;
    w->decisions = g_array_new(FALSE, TRUE, sizeof(Decision));
    for (guint i = 0; i < MAILBOXES; i++)
        w->next_uid[i] = 1;
    for (guint n = 0; n < MESSAGES; n++) {
        g_autofree char *id = g_strdup_printf("%u@model", n);
        guint mailbox = n % 2;
        w->messages[n] = (Message){ .mailbox = mailbox, .uid = w->next_uid[mailbox]++ };
        w->messages[n].id =
            fixture_put(w->f, w->mailboxes[mailbox],
                        (Mail){ .uid = w->messages[n].uid, .id = id, .date = 1000 + n, .size = 500 + n });
    }
    return w;
}

static void world_free(World *w)
{
    fixture_free(w->f);
    g_array_unref(w->decisions);
    g_free(w);
}

static void test_interleavings(void)
{
    for (guint round = 0; round < 6; round++) {
        World *w = world_new();
        for (guint step = 0; step < STEPS; step++) {
            guint dice = (guint) g_test_rand_int_range(0, 20);
            if (dice < 8)
                decide(w);
            else if (dice < 15)
                replay(w);
            else if (dice < 19)
                notice(w);
            else if (dice == 19 && step % 3 == 0)
                expunge(w);
            check(w);
            if (step % 40 == 39) {
                fixture_assert_counts(w->f);
                fixture_reopen(w->f); /* nothing is in flight here, so nothing changes */
                check(w);
            }
        }
        /* Replayed to the end, nothing is left over. */
        for (guint i = 0; i < 1000 && store_reader_unfinished_intents(w->f->reader, 0) > 0; i++)
            replay(w);
        g_assert_cmpuint(store_reader_unfinished_intents(w->f->reader, 0), ==, 0);
        check(w);
        fixture_assert_counts(w->f);
        world_free(w);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/model/interleavings", test_interleavings);
    return g_test_run();
}
