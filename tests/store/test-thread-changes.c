/* Threads as messages come, go, are taken apart and put together by hand: always what a plain reading of the messages that are here says. */
#include "config.h"

#include <string.h>

#include "fixture.h"

#define LETTERS 24u
#define MOST_REFS 4u
#define MAILBOXES 3u
#define STEPS 160u

/* A world of letters that may be here, in none, one or several mailboxes. Numbers stand for Message-IDs; those from LETTERS on never come. */
typedef struct {
    guint refs[LETTERS][MOST_REFS], n_refs[LETTERS];
    guint32 uid[LETTERS][MAILBOXES]; /* 0: not there */
    int parent[LETTERS];             /* chosen: −1 nothing, −2 begins a thread */
    guint subject[LETTERS];          /* 0: none */
    gboolean by_subjects;            /* threads are merged by them */
    guint32 next_uid;
} World;

static void invent(World *world)
{
    memset(world, 0, sizeof *world);
    for (guint i = 0; i < LETTERS; i++) {
        world->parent[i] = -1;
        world->subject[i] = (guint) g_test_rand_int_range(0, 8);
        guint wanted = (guint) g_test_rand_int_range(0, MOST_REFS);
        for (guint j = 0; j < wanted; j++) {
            /* mostly what is near, so that threads of every size come about; itself, circles, and what never comes */
            guint to = g_test_rand_bit() ? i / 4 * 4 + (guint) g_test_rand_int_range(0, 4) : (guint) g_test_rand_int_range(0, LETTERS + 6);
            gboolean known = to == i;
            for (guint k = 0; k < world->n_refs[i] && !known; k++)
                known = world->refs[i][k] == to;
            if (!known)
                world->refs[i][world->n_refs[i]++] = to;
        }
    }
    world->next_uid = 1;
}

static gboolean is_here(const World *world, guint letter)
{
    for (guint m = 0; m < MAILBOXES; m++)
        if (world->uid[letter][m] != 0)
            return TRUE;
    return FALSE;
}

/* --- the plain reading ------------------------------------------------------------------------------------ */

/* What the letter is tied to; returns how many. */
static guint ties(const World *world, guint letter, guint *to)
{
    guint n = 0, from = 0;
    int chosen = world->parent[letter];
    if (chosen == -1) {
        for (guint i = world->n_refs[letter]; i-- > 0 && chosen == -1;) {
            guint ref = world->refs[letter][i];
            if (ref < LETTERS && world->parent[ref] != -1) {
                chosen = world->parent[ref];
                from = i;
            }
        }
    } else {
        from = world->n_refs[letter];
    }
    if (chosen >= 0)
        to[n++] = (guint) chosen;
    for (guint i = from; i < world->n_refs[letter]; i++)
        to[n++] = world->refs[letter][i];
    return n;
}

/* Sets whose oldest letters have the same subject are one, but where it was decided that one begins a thread. */
static void read_subjects(const World *world, guint *set)
{
    guint oldest[LETTERS + 6], of_subject[8];
    for (guint i = 0; i < LETTERS + 6; i++)
        oldest[i] = G_MAXUINT;
    for (guint i = 0; i < 8; i++)
        of_subject[i] = G_MAXUINT;
    for (guint i = 0; i < LETTERS; i++)
        if (is_here(world, i) && oldest[set[i]] == G_MAXUINT)
            oldest[set[i]] = i;
    for (guint s = 0; s < LETTERS + 6; s++) {
        guint first = oldest[s];
        if (first == G_MAXUINT || world->subject[first] == 0 || world->parent[first] == -2)
            continue;
        guint *into = &of_subject[world->subject[first]];
        if (*into == G_MAXUINT)
            *into = s;
        for (guint i = 0; i < LETTERS + 6; i++)
            if (set[i] == s)
                set[i] = *into;
    }
}

/* The smallest number of its set, for each letter and each that is only mentioned. */
static void read_plainly(const World *world, guint *set)
{
    for (guint i = 0; i < LETTERS + 6; i++)
        set[i] = i;
    for (gboolean changed = TRUE; changed;) {
        changed = FALSE;
        for (guint i = 0; i < LETTERS; i++) {
            guint to[MOST_REFS + 1], n = is_here(world, i) ? ties(world, i, to) : 0;
            for (guint j = 0; j < n; j++) {
                guint least = MIN(set[i], set[to[j]]);
                changed |= set[i] != least || set[to[j]] != least;
                set[i] = set[to[j]] = least;
            }
        }
    }
    if (world->by_subjects)
        read_subjects(world, set);
}

static gint64 thread_of(Fixture *f, gint64 mailbox, guint32 uid)
{
    g_autoptr(StoreListRow) row = fixture_row(f, store_writer_message_by_uid(f->writer, mailbox, uid));
    g_assert_nonnull(row);
    return row->thread_id;
}

static void assert_same(Fixture *f, const World *world, const gint64 *mailboxes)
{
    guint set[LETTERS + 6];
    gint64 thread[LETTERS] = { 0 };
    read_plainly(world, set);
    for (guint i = 0; i < LETTERS; i++)
        for (guint m = 0; m < MAILBOXES; m++)
            if (world->uid[i][m] != 0) {
                gint64 one = thread_of(f, mailboxes[m], world->uid[i][m]);
                g_assert_true(thread[i] == 0 || thread[i] == one);
                thread[i] = one;
            }
    for (guint i = 0; i < LETTERS; i++)
        for (guint j = 0; j < i; j++)
            if (thread[i] != 0 && thread[j] != 0)
                g_assert_cmpint(thread[i] == thread[j], ==, set[i] == set[j]);
    guint wrong;
    assert_ok(store_writer_check_threads(f->writer, &wrong, fault));
    g_assert_cmpuint(wrong, ==, 0);
}

/* --- what may happen -------------------------------------------------------------------------------------- */

static void arrive(Fixture *f, World *world, const gint64 *mailboxes, guint letter, guint m)
{
    if (world->uid[letter][m] != 0)
        return;
    g_autoptr(GString) references = g_string_new(NULL);
    for (guint i = 0; i < world->n_refs[letter]; i++)
        g_string_append_printf(references, "%s%u@w", i > 0 ? " " : "", world->refs[letter][i]);
    g_autofree char *id = g_strdup_printf("%u@w", letter);
    g_autofree char *subject = g_strdup_printf("%s%s %u", world->n_refs[letter] > 0 ? "Re: " : "", world->subject[letter] > 0 ? "subject" : "",
                                               world->subject[letter]);
    world->uid[letter][m] = world->next_uid++;
    fixture_put(f, mailboxes[m],
                (Mail){ .uid = world->uid[letter][m],
                        .id = id,
                        .references = references->len > 0 ? references->str : NULL,
                        .subject = world->subject[letter] > 0 ? subject : "Re: ",
                        .date = 1000 + letter,
                        .arrived = 5000 + letter + (g_test_rand_bit() ? 0 : m), /* sometimes the same content, sometimes not */
                        .size = 100 + letter });
}

static void leave(Fixture *f, World *world, const gint64 *mailboxes, guint letter, guint m)
{
    if (world->uid[letter][m] == 0)
        return;
    assert_ok(store_writer_expunged(f->writer, mailboxes[m], &world->uid[letter][m], 1, fault));
    world->uid[letter][m] = 0;
}

static gint64 row_of(Fixture *f, const World *world, const gint64 *mailboxes, guint letter)
{
    for (guint m = 0; m < MAILBOXES; m++)
        if (world->uid[letter][m] != 0)
            return store_writer_message_by_uid(f->writer, mailboxes[m], world->uid[letter][m]);
    return 0;
}

static void choose(Fixture *f, World *world, const gint64 *mailboxes, guint letter, int parent)
{
    gint64 row = row_of(f, world, mailboxes, letter), to = parent >= 0 ? row_of(f, world, mailboxes, (guint) parent) : 0;
    if (row == 0 || (parent >= 0 && to == 0) || parent == (int) letter)
        return;
    int before = world->parent[letter];
    Intent *intent = fixture_intent(INTENT_THREAD, 0, &row, 1);
    intent->thread_change = parent >= 0 ? THREAD_JOIN : THREAD_BREAK;
    intent->parent_id = to;
    gint64 id = fixture_decide(f, intent);
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_DONE);
    world->parent[letter] = parent;
    if (g_test_rand_int_range(0, 3) > 0)
        return;
    assert_same(f, world, mailboxes);
    guint undone, opposed;
    assert_ok(store_writer_undo(f->writer, 0, &undone, &opposed, NULL, fault));
    g_assert_cmpuint(opposed, ==, 1);
    world->parent[letter] = before;
}

static void any_step(Fixture *f, World *world, const gint64 *mailboxes)
{
    guint letter = (guint) g_test_rand_int_range(0, LETTERS), m = (guint) g_test_rand_int_range(0, MAILBOXES);
    switch (g_test_rand_int_range(0, 8)) {
    case 0:
    case 1:
        leave(f, world, mailboxes, letter, m);
        break;
    case 2:
        choose(f, world, mailboxes, letter, -2);
        break;
    case 3:
        choose(f, world, mailboxes, letter, g_test_rand_int_range(0, LETTERS));
        break;
    default:
        arrive(f, world, mailboxes, letter, m);
    }
}

static void test_any_history(void)
{
    for (guint round = 0; round < 12; round++) {
        World world;
        Fixture *f = fixture_new();
        const gint64 mailboxes[MAILBOXES] = { f->inbox, f->archive, f->trash };
        invent(&world);
        world.by_subjects = round % 2 == 1;
        assert_ok(store_writer_merge_subjects(f->writer, world.by_subjects, fault));
        for (guint step = 0; step < STEPS; step++) {
            /* several at once, too: what fell apart and came together within one transaction */
            guint together = (guint) g_test_rand_int_range(1, 4);
            if (together > 1)
                assert_ok(store_writer_begin(f->writer, fault));
            for (guint i = 0; i < together; i++) {
                guint letter = (guint) g_test_rand_int_range(0, LETTERS), m = (guint) g_test_rand_int_range(0, MAILBOXES);
                if (together == 1)
                    any_step(f, &world, mailboxes);
                else if (g_test_rand_bit())
                    arrive(f, &world, mailboxes, letter, m);
                else
                    leave(f, &world, mailboxes, letter, m);
            }
            if (together > 1)
                assert_ok(store_writer_commit(f->writer, fault));
            if (g_test_rand_int_range(0, 40) == 0) {
                world.by_subjects = !world.by_subjects;
                assert_ok(store_writer_merge_subjects(f->writer, world.by_subjects, fault));
            }
            assert_same(f, &world, mailboxes);
            fixture_assert_counts(f);
        }
        fixture_free(f);
    }
}

/* --- single things ---------------------------------------------------------------------------------------- */

static gboolean same_thread(Fixture *f, guint32 a, guint32 b)
{
    return thread_of(f, f->inbox, a) == thread_of(f, f->inbox, b);
}

/* What was decided by hand is remembered when the rows are made anew: after the mailbox went and came again, and after a restart. */
static void test_decisions_outlive_rows(void)
{
    Fixture *f = fixture_new();
    const Mail mails[] = { { .uid = 1, .id = "root", .date = 10 },
                           { .uid = 2, .id = "off", .references = "root", .date = 20 },
                           { .uid = 3, .id = "below", .references = "root off", .date = 30 },
                           { .uid = 4, .id = "lone", .date = 40 } };
    for (guint i = 0; i < G_N_ELEMENTS(mails); i++)
        fixture_put(f, f->inbox, mails[i]);
    g_assert_true(same_thread(f, 1, 3));
    gint64 off = store_writer_message_by_uid(f->writer, f->inbox, 2), lone = store_writer_message_by_uid(f->writer, f->inbox, 4);
    Intent *apart = fixture_intent(INTENT_THREAD, 0, &off, 1);
    apart->thread_change = THREAD_BREAK;
    fixture_decide(f, apart);
    Intent *together = fixture_intent(INTENT_THREAD, 0, &lone, 1);
    together->thread_change = THREAD_JOIN;
    together->parent_id = store_writer_message_by_uid(f->writer, f->inbox, 1);
    fixture_decide(f, together);
    for (guint round = 0; round < 3; round++) {
        g_assert_false(same_thread(f, 1, 2));
        g_assert_true(same_thread(f, 2, 3)); /* what answers it goes with it */
        g_assert_true(same_thread(f, 1, 4));
        if (round == 0) {
            fixture_reopen(f);
            continue;
        }
        const guint32 uids[] = { 1, 2, 3, 4 };
        assert_ok(store_writer_expunged(f->writer, f->inbox, uids, 4, fault));
        for (guint i = G_N_ELEMENTS(mails); i-- > 0;)
            fixture_put(f, f->inbox, mails[i]);
    }
    g_autoptr(GPtrArray) rows = fixture_list(f, f->inbox, STORE_ORDER_THREAD);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const StoreListRow *row = rows->pdata[i];
        g_string_append_printf(text, "%u@%u ", row->uid, row->thread_depth);
    }
    g_assert_cmpstr(text->str, ==, "2@0 3@1 1@0 4@1 ");
    fixture_free(f);
}

static void test_refused(void)
{
    Fixture *f = fixture_new();
    gint64 nameless = fixture_put(f, f->inbox, (Mail){ .uid = 1, .date = 10 });
    Intent *intent = fixture_intent(INTENT_THREAD, 0, &nameless, 1);
    intent->thread_change = THREAD_BREAK;
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_commit_intent(f->writer, intent, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    intent_free(intent);
    g_assert_cmpuint(store_reader_unfinished_intents(f->reader, 0), ==, 0);
    fixture_free(f);
}

static void test_muted(void)
{
    Fixture *f = fixture_new();
    gint64 root = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "root", .date = 10 });
    gint64 other = fixture_put(f, f->inbox, (Mail){ .uid = 9, .id = "other", .date = 10 });
    Intent *intent = fixture_intent(INTENT_THREAD, 0, &root, 1);
    intent->thread_change = THREAD_MUTE;
    fixture_decide(f, intent);
    gint64 answer = fixture_put(f, f->archive, (Mail){ .uid = 2, .id = "answer", .references = "root", .date = 20 });
    g_assert_true(store_writer_is_muted(f->writer, answer));
    g_assert_false(store_writer_is_muted(f->writer, other));
    /* It outlives the messages. */
    const guint32 first = 1, second = 2;
    assert_ok(store_writer_expunged(f->writer, f->archive, &second, 1, fault));
    assert_ok(store_writer_expunged(f->writer, f->inbox, &first, 1, fault));
    answer = fixture_put(f, f->archive, (Mail){ .uid = 3, .id = "answer", .references = "root", .date = 20 });
    g_assert_true(store_writer_is_muted(f->writer, answer));
    /* And by another program's keyword, and back. */
    assert_ok(store_writer_set_base_flags(f->writer, f->inbox, 9, 0, "$Muted", 0, fault));
    g_assert_true(store_writer_is_muted(f->writer, other));
    assert_ok(store_writer_set_base_flags(f->writer, f->inbox, 9, 0, "", 0, fault));
    g_assert_false(store_writer_is_muted(f->writer, other));
    /* Taken back as it was decided. */
    intent = fixture_intent(INTENT_THREAD, 0, &other, 1);
    intent->thread_change = THREAD_MUTE;
    fixture_decide(f, intent);
    g_assert_true(store_writer_is_muted(f->writer, other));
    assert_ok(store_writer_undo(f->writer, 0, NULL, NULL, NULL, fault));
    g_assert_false(store_writer_is_muted(f->writer, other));
    g_assert_true(store_writer_is_muted(f->writer, answer));
    fixture_free(f);
}

/* A message that arrives reads what it names, however much is here; a thread of a thousand costs no more to add to. */
static void test_cost(void)
{
    guint64 work[2];
    for (guint round = 0; round < 2; round++) {
        Fixture *f = fixture_new();
        guint count = round == 0 ? 100 : g_getenv("MALLE_TEST_LONG") != NULL ? 100000 : 4000;
        assert_ok(store_writer_begin(f->writer, fault));
        for (guint i = 0; i < count; i++) {
            g_autofree char *id = g_strdup_printf("%u@cost", i);
            fixture_put(f, f->inbox, (Mail){ .uid = i + 1, .id = id, .references = i > 0 ? "0@cost" : NULL, .date = 100 + i });
        }
        assert_ok(store_writer_commit(f->writer, fault));
        guint64 before = store_writer_work(f->writer);
        fixture_put(f, f->inbox, (Mail){ .uid = count + 1, .id = "late@cost", .references = "0@cost 5@cost never@cost", .date = 50 });
        work[round] = store_writer_work(f->writer) - before;
        fixture_free(f);
    }
    g_assert_cmpuint(work[1], <=, work[0] + work[0] / 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/threads/any-history", test_any_history);
    g_test_add_func("/store/threads/decisions-outlive-rows", test_decisions_outlive_rows);
    g_test_add_func("/store/threads/refused", test_refused);
    g_test_add_func("/store/threads/muted", test_muted);
    g_test_add_func("/store/threads/cost", test_cost);
    return g_test_run();
}
