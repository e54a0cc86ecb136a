/* Lists: windows, moving, keeping the place, and what all that costs. */
#include "config.h"

#include "store/reader.h"
#include "world.h"

static ModelList *open_inbox(World *world, guint height)
{
    ModelList *list = model_list_new(world->model, world->inbox);
    model_list_set_height(list, height);
    world_show(list);
    return list;
}

static void assert_window(ModelList *list, guint first, guint count, int cursor)
{
    g_assert_cmpuint(model_list_n_rows(list), ==, count);
    for (guint i = 0; i < count; i++) {
        g_autofree char *subject = g_strdup_printf("letter %u", first + i);
        g_assert_cmpstr(world_subject(list, i), ==, subject);
    }
    g_assert_cmpint(model_list_cursor(list), ==, cursor);
}

static void test_moving(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 100, 0);
    ModelList *list = open_inbox(world, 10);
    assert_window(list, 0, 10, 0);
    g_assert_true(model_list_at_start(list));
    g_assert_false(model_list_at_end(list));
    g_assert_cmpuint(model_list_total(list), ==, 100);
    g_assert_false(model_list_move(list, -1));
    g_assert_true(model_list_move(list, 3));
    assert_window(list, 0, 10, 3);
    g_assert_true(model_list_move(list, 10)); /* beyond the window: it moves as little as it must */
    assert_window(list, 4, 10, 9);
    g_assert_true(model_list_move(list, -9));
    assert_window(list, 4, 10, 0);
    g_assert_true(model_list_page(list, 2));
    assert_window(list, 14, 10, 0);
    g_assert_true(model_list_page(list, -1));
    assert_window(list, 9, 10, 0);
    g_assert_true(model_list_scroll(list, 4)); /* the selection is pushed along */
    assert_window(list, 13, 10, 0);
    g_assert_false(model_list_scroll(list, -4)); /* the window moves, the selected message does not change */
    assert_window(list, 9, 10, 4);
    g_assert_true(model_list_last(list));
    assert_window(list, 90, 10, 9);
    g_assert_true(model_list_at_end(list));
    g_assert_false(model_list_move(list, 5));
    g_assert_true(model_list_page(list, -2));
    assert_window(list, 80, 10, 9);
    g_assert_true(model_list_first(list));
    assert_window(list, 0, 10, 0);
    g_assert_true(model_list_move(list, 1000000)); /* a bounded number of rows, which this list is shorter than */
    assert_window(list, 90, 10, 9);
    g_assert_true(model_list_select_line(list, 2));
    gint64 chosen = world_selected(list);
    model_list_first(list);
    g_assert_true(model_list_go(list, chosen));
    g_assert_cmpint(world_selected(list), ==, chosen);
    g_assert_false(model_list_go(list, 999999));
    g_assert_cmpint(world_selected(list), ==, chosen);
    model_list_free(list);
    world_free(world);
}

static void test_keeps_its_place(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 60, 0);
    ModelList *list = open_inbox(world, 10);
    world_letter(world, world->inbox, &(WorldLetter){ .from = "x", .subject = "new one", .message_id = "n1", .minutes = -1 });
    world_changed(world, world->inbox);
    world_run(world);
    g_assert_true(world->told & MODEL_REPAINT_LIST);
    world_show(list);
    g_assert_cmpstr(world_subject(list, 0), ==, "new one"); /* the start was in view: it stays in view … */
    g_assert_cmpint(model_list_cursor(list), ==, 1);        /* … and the same message is selected */
    g_assert_cmpstr(model_list_selected(list)->subject, ==, "letter 0");

    model_list_move(list, 25);
    model_list_move(list, -3);
    gint64 selected = world_selected(list);
    int cursor = model_list_cursor(list);
    g_assert_false(model_list_at_start(list));
    for (int i = 0; i < 7; i++)
        world_letter(world, world->inbox, &(WorldLetter){ .from = "y", .subject = "more", .message_id = "m", .minutes = -2 - i });
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, selected);
    g_assert_cmpint(model_list_cursor(list), ==, cursor); /* in the middle nothing moves under the eye */

    gint64 next = model_list_row(list, cursor + 1)->row->id;
    gint64 above = model_list_row(list, cursor - 1)->row->id;
    world_expunge(world, world->inbox, above);
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, selected);
    g_assert_cmpint(model_list_cursor(list), ==, cursor);
    world_expunge(world, world->inbox, selected);
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, next); /* what stood after it takes its place */
    g_assert_cmpint(model_list_cursor(list), ==, cursor);

    model_list_last(list);
    next = model_list_row(list, model_list_cursor(list) - 1)->row->id;
    world_expunge(world, world->inbox, world_selected(list));
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, next); /* at the end what stood before it */

    for (guint height = 30; height > 0; height--) { /* resizing */
        selected = world_selected(list);
        model_list_set_height(list, height);
        world_show(list);
        g_assert_cmpint(world_selected(list), ==, selected);
        g_assert_cmpuint(model_list_n_rows(list), ==, height);
    }
    model_list_free(list);
    world_free(world);
}

static void test_empty_and_filling(void)
{
    World *world = world_new();
    ModelList *list = open_inbox(world, 5);
    g_assert_cmpuint(model_list_n_rows(list), ==, 0);
    g_assert_null(model_list_selected(list));
    g_assert_false(model_list_move(list, 1));
    g_assert_false(model_list_page(list, 2));
    g_assert_false(model_list_first(list));
    g_assert_false(model_list_seek(list, MODEL_SEEK_UNREAD, 1, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_null(model_list_targets(list, MODEL_TARGET_SELECTED, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_NOTHING);
    gint64 first = world_letter(world, world->inbox, &(WorldLetter){ .from = "a", .subject = "one", .message_id = "1", .minutes = 5 });
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, first);
    world_expunge(world, world->inbox, first);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 0);
    model_list_free(list);
    world_free(world);
}

/* While a mailbox is filled for the first time the newest message is where the person begins; once they have moved or acted, nothing moves
 * them; and in a mailbox that is complete new mail never does. */
static void test_first_filling(void)
{
    World *world = world_new();
    ModelList *list = open_inbox(world, 5);
    store_writer_set_progress(world->writer, world->inbox, 1, 500, FALSE, WORLD_NOW, NULL);
    for (int i = 0; i < 30; i++) { /* oldest first, as local mail is read */
        gint64 id = world_letter(world, world->inbox, &(WorldLetter){ .from = "a", .subject = "filling", .message_id = "f", .minutes = 100 - i });
        world_show(list);
        g_assert_cmpint(world_selected(list), ==, id);
    }
    gint64 selected = world_selected(list);
    g_autoptr(GArray) targets = model_list_targets(list, MODEL_TARGET_SELECTED, NULL); /* about to act on it */
    world_letter(world, world->inbox, &(WorldLetter){ .from = "a", .subject = "newer", .message_id = "n", .minutes = 1 });
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, selected);
    model_list_free(list);
    list = open_inbox(world, 5);
    store_writer_set_progress(world->writer, world->inbox, 1, 1, TRUE, WORLD_NOW, NULL);
    world_show(list);
    selected = world_selected(list);
    world_letter(world, world->inbox, &(WorldLetter){ .from = "a", .subject = "newest", .message_id = "z", .minutes = 0 });
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, selected);
    model_list_free(list);
    world_free(world);
}

/* The rows that the store steps over for opening, moving and repainting do not depend on how many messages there are. */
static guint64 cost_of_use(guint messages)
{
    World *world = world_new();
    world_letters(world, world->inbox, messages, 0);
    guint64 before = model_rows_read(world->model);
    ModelList *list = open_inbox(world, 40);
    for (int i = 0; i < 30; i++)
        model_list_move(list, 7);
    model_list_page(list, 2);
    world_show(list);
    for (int i = 0; i < 10; i++)
        model_list_seek(list, MODEL_SEEK_UNREAD, 1, NULL);
    model_list_last(list);
    model_list_page(list, -2);
    world_show(list);
    model_list_first(list);
    guint64 cost = model_rows_read(world->model) - before;
    model_list_free(list);
    world_free(world);
    return cost;
}

static void test_cost(void)
{
    guint64 small = cost_of_use(1000), large = cost_of_use(20000);
    g_assert_cmpuint(small, >, 0);
    g_assert_cmpuint(large, ==, small);
}

static void test_within_the_window_nothing_is_read(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 100, 0);
    ModelList *list = open_inbox(world, 20);
    guint64 before = model_rows_read(world->model);
    for (int i = 0; i < 19; i++)
        g_assert_true(model_list_move(list, 1));
    g_assert_cmpuint(model_rows_read(world->model), ==, before);
    model_list_free(list);
    world_free(world);
}

static void test_seeking(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 8000, 0);
    gint64 flagged = world_letter(world, world->inbox, &(WorldLetter){ .from = "f", .subject = "flagged", .message_id = "f", .minutes = 5000,
                                                                   .flags = MAIL_FLAG_FLAGGED | MAIL_FLAG_SEEN });
    ModelList *list = open_inbox(world, 10);
    for (guint i = 1; i < 6; i++) {
        g_autofree char *subject = g_strdup_printf("letter %u", i * 5);
        g_assert_true(model_list_seek(list, MODEL_SEEK_UNREAD, 1, NULL));
        g_assert_cmpstr(model_list_selected(list)->subject, ==, subject);
    }
    g_assert_true(model_list_seek(list, MODEL_SEEK_UNREAD, -1, NULL));
    g_assert_cmpstr(model_list_selected(list)->subject, ==, "letter 20");

    guint calls = 1;
    gboolean more;
    while (!model_list_seek(list, MODEL_SEEK_FLAGGED, 1, &more)) {
        g_assert_true(more); /* not yet found, and not yet given up */
        g_assert_cmpstr(model_list_selected(list)->subject, ==, "letter 20");
        calls++;
    }
    g_assert_cmpint(world_selected(list), ==, flagged);
    g_assert_cmpuint(calls, ==, 2);
    while (!model_list_seek(list, MODEL_SEEK_FLAGGED, 1, &more) && more)
        ;
    g_assert_false(more);
    g_assert_cmpint(world_selected(list), ==, flagged);

    g_assert_true(model_list_set_search(list, "~s 'letter 12'", NULL, NULL));
    model_list_first(list);
    g_assert_true(model_list_seek(list, MODEL_SEEK_MATCH, 1, NULL));
    g_assert_cmpstr(model_list_selected(list)->subject, ==, "letter 12");
    g_assert_true(model_list_seek(list, MODEL_SEEK_MATCH, 1, NULL));
    g_assert_cmpstr(model_list_selected(list)->subject, ==, "letter 120");
    model_list_free(list);
    world_free(world);
}

static void test_orders(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 50, 0);
    ModelList *list = open_inbox(world, 10);
    model_list_move(list, 13);
    gint64 selected = world_selected(list);
    static const StoreOrder orders[] = { STORE_ORDER_SIZE, STORE_ORDER_FROM, STORE_ORDER_SUBJECT, STORE_ORDER_ARRIVED, STORE_ORDER_THREAD, STORE_ORDER_DATE };
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        for (int descending = 0; descending < 2; descending++) {
            model_list_set_order(list, orders[i], descending);
            world_show(list);
            g_assert_cmpint(world_selected(list), ==, selected); /* the order changes, the message stays selected */
            g_assert_cmpuint(model_list_n_rows(list), ==, 10);
        }
    }
    model_list_set_order(list, STORE_ORDER_SIZE, FALSE);
    world_show(list);
    model_list_free(list);
    world_run(world);
    list = open_inbox(world, 10); /* kept for this mailbox */
    gboolean descending;
    g_assert_cmpint(model_list_order(list, &descending), ==, STORE_ORDER_SIZE);
    g_assert_false(descending);
    g_autoptr(Options) options = options_new();
    g_assert_true(options_set(options, "sort", "from", NULL));
    model_use_options(world->model, options); /* a default does not touch what was chosen for this mailbox */
    g_assert_cmpint(model_list_order(list, NULL), ==, STORE_ORDER_SIZE);
    g_assert_cmpstr(world_subject(list, model_list_cursor(list)), ==, "letter 49"); /* ascending: begins where the newest (largest) is */
    model_list_free(list);
    world_letters(world, world->archive, 30, 0);
    list = model_list_new(world->model, world->archive); /* but it is what others open with, and what they change to */
    g_assert_cmpint(model_list_order(list, NULL), ==, STORE_ORDER_FROM);
    model_list_set_height(list, 10);
    world_show(list);
    model_list_move(list, 4);
    gint64 kept = world_selected(list);
    g_assert_true(options_set(options, "sort", "subject", NULL));
    model_use_options(world->model, options);
    g_assert_cmpint(model_list_order(list, NULL), ==, STORE_ORDER_SUBJECT);
    world_show(list);
    g_assert_cmpint(world_selected(list), ==, kept);
    model_list_free(list);
    world_free(world);
}

/* --- any sequence of changes and moves, against a list that is kept whole ------------------------------- */

static void check_against_whole(World *world, ModelList *list)
{
    g_autoptr(GError) error = NULL;
    StoreReader *reader = store_reader_open(world->store_path, &error);
    g_assert_no_error(error);
    StoreListSpec spec = { .mailbox_id = world->inbox, .order = STORE_ORDER_DATE, .descending = TRUE };
    g_autoptr(GPtrArray) all = store_reader_window(reader, &spec, NULL, 0, 10000, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 1; i < all->len; i++)
        g_assert_cmpint(((StoreListRow *) g_ptr_array_index(all, i - 1))->date, >=, ((StoreListRow *) g_ptr_array_index(all, i))->date);
    guint n = model_list_n_rows(list), start = 0;
    if (n > 0)
        while (((StoreListRow *) g_ptr_array_index(all, start))->id != model_list_row(list, 0)->row->id)
            g_assert_cmpuint(++start, <, all->len);
    for (guint i = 0; i < n; i++) /* a stretch of the whole, without holes */
        g_assert_cmpint(((StoreListRow *) g_ptr_array_index(all, start + i))->id, ==, model_list_row(list, i)->row->id);
    g_assert_cmpint(model_list_at_start(list), ==, start == 0);
    g_assert_cmpint(model_list_at_end(list), ==, start + n == all->len);
    store_reader_close(reader);
}

static void random_step(World *world, ModelList *list, GRand *rand, guint *height)
{
    switch (g_rand_int_range(rand, 0, 10)) {
    case 0:
        world_letter(world, world->inbox, &(WorldLetter){ .from = "r", .subject = "random", .message_id = "r", .minutes = g_rand_int_range(rand, 0, 200) });
        break;
    case 1:
        if (world_selected(list))
            world_expunge(world, world->inbox, world_selected(list));
        break;
    case 2:
        if (model_list_n_rows(list) > 0)
            world_expunge(world, world->inbox, model_list_row(list, g_rand_int_range(rand, 0, model_list_n_rows(list)))->row->id);
        break;
    case 3:
        *height = g_rand_int_range(rand, 1, 30);
        model_list_set_height(list, *height);
        break;
    case 4:
        model_list_page(list, g_rand_int_range(rand, -2, 3));
        break;
    case 5:
        model_list_scroll(list, g_rand_int_range(rand, -20, 21));
        break;
    case 6:
        g_rand_boolean(rand) ? model_list_first(list) : model_list_last(list);
        break;
    default:
        model_list_move(list, g_rand_int_range(rand, -25, 26));
        break;
    }
}

static void test_any_sequence(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    World *world = world_new();
    world_letters(world, world->inbox, 60, 0);
    guint height = 10;
    ModelList *list = open_inbox(world, height);
    for (int step = 0; step < 400; step++) {
        random_step(world, list, rand, &height);
        gint64 selected = world_selected(list);
        world_show(list);
        check_against_whole(world, list);
        gint64 at;
        guint32 uid;
        if (selected && store_writer_locate(world->writer, selected, &at, &uid))
            g_assert_cmpint(world_selected(list), ==, selected); /* what is still there stays selected */
        g_assert_cmpuint(model_list_n_rows(list), ==, MIN(height, (guint) model_list_total(list)));
    }
    model_list_free(list);
    world_free(world);
}

/* --- threads --------------------------------------------------------------------------------------------- */

/* root 0 … root 9, each with two answers; newest thread first. */
static void make_threads(World *world)
{
    for (int i = 0; i < 10; i++) {
        g_autofree char *root = g_strdup_printf("root%d@x", i);
        g_autofree char *child = g_strdup_printf("child%d@x", i);
        g_autofree char *leaf = g_strdup_printf("leaf%d@x", i);
        g_autofree char *subject = g_strdup_printf("topic %d", i);
        g_autofree char *re = g_strdup_printf("Re: topic %d", i);
        world_letter(world, world->inbox, &(WorldLetter){ .from = "a", .subject = subject, .message_id = root, .minutes = i * 10 + 5, .flags = MAIL_FLAG_SEEN });
        world_letter(world, world->inbox, &(WorldLetter){ .from = "b", .subject = re, .message_id = child, .parent = root, .minutes = i * 10 + 4 });
        world_letter(world, world->inbox, &(WorldLetter){ .from = "c", .subject = re, .message_id = leaf, .parent = child, .minutes = i * 10 + 3 });
    }
}

static void test_threads_fold(void)
{
    World *world = world_new();
    make_threads(world);
    ModelList *list = open_inbox(world, 12);
    model_list_set_order(list, STORE_ORDER_THREAD, TRUE);
    world_show(list);
    model_list_first(list);
    g_assert_cmpstr(world_subject(list, 0), ==, "topic 0");
    g_assert_cmpuint(model_list_row(list, 0)->depth, ==, 0);
    g_assert_cmpuint(model_list_row(list, 1)->depth, ==, 1);
    g_assert_cmpuint(model_list_row(list, 2)->depth, ==, 2);
    g_assert_cmpstr(world_subject(list, 3), ==, "topic 1");
    model_list_move(list, 2);
    model_list_fold_thread(list, TRUE); /* from inside: the thread's first message is selected */
    world_show(list);
    g_assert_cmpint(model_list_cursor(list), ==, 0);
    g_assert_cmpuint(model_list_row(list, 0)->folded, ==, 3);
    g_assert_cmpuint(model_list_row(list, 0)->folded_unread, ==, 2);
    g_assert_cmpstr(world_subject(list, 1), ==, "topic 1");
    g_autoptr(GArray) thread = model_list_targets(list, MODEL_TARGET_SELECTED, NULL);
    g_assert_cmpuint(thread->len, ==, 3); /* a folded thread is acted on as a whole */

    model_list_fold_all(list, TRUE);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 10);
    for (guint i = 0; i < 10; i++)
        g_assert_cmpuint(model_list_row(list, i)->folded, ==, 3);
    g_assert_true(model_list_at_start(list) && model_list_at_end(list));
    model_list_move(list, 4);
    model_list_toggle_thread(list);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 12);
    g_assert_cmpstr(model_list_selected(list)->subject, ==, "topic 4");
    model_list_first(list);
    g_assert_true(model_list_seek(list, MODEL_SEEK_UNREAD, 1, NULL)); /* inside a folded thread: it opens */
    g_assert_cmpuint(model_list_selected(list)->row->thread_depth, >, 0);
    g_assert_true(model_list_seek(list, MODEL_SEEK_THREAD, 1, NULL));
    g_assert_cmpuint(model_list_selected(list)->row->thread_depth, ==, 0);
    model_list_free(list);
    world_free(world);
}

/* --- tags and limits ---------------------------------------------------------------------------------------- */

typedef struct {
    guint calls, tagged, unknown;
} Tagged;

static void on_tagged(ModelList *list, guint tagged, guint unknown, gpointer user_data)
{
    (void) list;
    Tagged *result = user_data;
    result->calls++;
    result->tagged = tagged;
    result->unknown = unknown;
}

static void test_tags(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 1000, 0);
    world_letter(world, world->inbox, &(WorldLetter){ .from = "b", .subject = "has body", .message_id = "b", .minutes = 2000, .body = "the needle is here\n" });
    ModelList *list = open_inbox(world, 10);
    model_list_toggle_tag(list);
    g_assert_true(model_list_selected(list)->tagged);
    g_assert_cmpuint(model_list_n_tagged(list), ==, 1);
    Tagged result = { 0 };
    g_assert_true(model_list_tag_query(list, "~f sender3 ~s 'letter'", TRUE, on_tagged, &result, NULL, NULL));
    g_assert_true(model_list_is_tagging(list));
    world_run(world);
    g_assert_cmpuint(result.calls, ==, 1);
    g_assert_cmpuint(result.tagged, ==, 143); /* of 0 … 999 those that are 3 modulo 7 */
    g_assert_cmpuint(result.unknown, ==, 0);
    g_assert_cmpuint(model_list_n_tagged(list), ==, 144);
    g_autoptr(GArray) targets = model_list_targets(list, MODEL_TARGET_TAGGED, NULL);
    g_assert_cmpuint(targets->len, ==, 144);
    g_assert_true(model_list_tag_query(list, "~T", FALSE, on_tagged, &result, NULL, NULL));
    world_run(world);
    g_assert_cmpuint(result.tagged, ==, 144);
    g_assert_cmpuint(model_list_n_tagged(list), ==, 0);
    g_assert_true(model_list_tag_query(list, "~b needle", TRUE, on_tagged, &result, NULL, NULL));
    world_run(world);
    g_assert_cmpuint(result.tagged, ==, 1);
    g_assert_cmpuint(result.unknown, ==, 1000); /* nobody has looked into the others, and that is said */
    gsize offset = 99;
    g_autoptr(GError) error = NULL;
    g_assert_false(model_list_tag_query(list, "~d never", TRUE, NULL, NULL, &offset, &error));
    g_assert_cmpuint(offset, ==, 3);
    model_list_free(list);
    world_free(world);
}

static void test_limit(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 300, 0);
    ModelList *list = open_inbox(world, 10);
    g_autoptr(GError) error = NULL;
    g_assert_true(model_list_set_limit(list, "~U", NULL, &error));
    g_assert_cmpint(model_list_limit_state(list), ==, MODEL_LIMIT_SEARCHING);
    world_show(list);
    assert_window(list, 0, 10, 0); /* nothing blanks while it is looked for */
    g_assert_cmpuint(model_list_total(list), ==, 0); /* but what is shown was not found */
    world_run(world);
    world_show(list);
    g_assert_cmpint(model_list_limit_state(list), ==, MODEL_LIMIT_DONE);
    g_assert_cmpuint(model_list_total(list), ==, 60);
    for (guint i = 0; i < 10; i++)
        g_assert_false(model_list_row(list, i)->flags & MAIL_FLAG_SEEN);

    gint64 second = model_list_row(list, 1)->row->id, third = model_list_row(list, 2)->row->id;
    model_list_move(list, 1);
    ModelMessage *message = model_message_open(world->model, second, FALSE, &error); /* reading in "unread" … */
    g_assert_no_error(error);
    world_run(world);
    world_show(list);
    g_assert_true(model_list_selected(list)->flags & MAIL_FLAG_SEEN);
    g_assert_cmpint(model_list_row(list, 1)->row->id, ==, second); /* … does not move the list */
    g_assert_cmpint(model_list_row(list, 2)->row->id, ==, third);
    model_message_free(message);

    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(one, third);
    g_assert_true(model_move(world->model, one, world->archive, &error)); /* what goes to another mailbox goes */
    world_show(list);
    g_assert_cmpint(model_list_row(list, 2)->row->id, !=, third);
    world_run(world);
    world_show(list);
    g_assert_cmpint(model_list_row(list, 2)->row->id, !=, third);

    model_list_refresh_limit(list);
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_total(list), ==, 58);
    gint64 fresh = world_letter(world, world->inbox, &(WorldLetter){ .from = "n", .subject = "fresh", .message_id = "fresh", .minutes = -5 });
    world_letter(world, world->inbox, &(WorldLetter){ .from = "n", .subject = "read elsewhere", .message_id = "re", .minutes = -6, .flags = MAIL_FLAG_SEEN });
    world_letter(world, world->archive, &(WorldLetter){ .from = "n", .subject = "elsewhere", .message_id = "else", .minutes = -7 });
    world_changed(world, world->inbox);
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_total(list), ==, 59); /* what comes in and matches is added */
    g_assert_true(model_list_go(list, fresh));
    g_assert_true(model_list_set_limit(list, "~s nowhere", NULL, &error));
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 0);
    g_assert_cmpint(model_list_limit_state(list), ==, MODEL_LIMIT_DONE);
    g_assert_false(model_list_set_limit(list, "~T", NULL, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED);
    g_assert_true(model_list_set_limit(list, NULL, NULL, NULL));
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 10);
    g_assert_null(model_list_limit(list));
    model_list_free(list);
    world_free(world);
}

/* A list over all mailboxes: what is found is acted upon where it lies, and what comes is there. */
static void test_search(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 300, 10);
    gint64 filed = world_letter(world, world->archive, &(WorldLetter){ .from = "carol", .subject = "the needle", .message_id = "n1@x", .minutes = 5000 });
    gint64 written = world_letter(world, world->inbox, &(WorldLetter){ .from = "dave", .subject = "hay", .message_id = "n2@x", .minutes = 5, .body = "a needle in it" });
    g_autoptr(GError) error = NULL;
    gsize offset = 0;
    g_assert_null(model_list_new_search(world->model, "from:a ~", &offset, &error));
    g_assert_cmpuint(offset, ==, 7);
    g_clear_error(&error);
    g_assert_null(model_list_new_search(world->model, "~T", &offset, &error));
    g_clear_error(&error);
    ModelList *list = model_list_new_search(world->model, "needle", NULL, &error);
    g_assert_no_error(error);
    model_list_set_height(list, 10);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 0);
    world_run(world);
    world_show(list);
    g_assert_cmpint(model_list_limit_state(list), ==, MODEL_LIMIT_DONE);
    g_assert_cmpuint(model_list_total(list), ==, 2);
    g_assert_cmpint(model_list_row(list, 0)->row->id, ==, written); /* the newest first */
    g_assert_cmpint(model_list_row(list, 1)->row->id, ==, filed);
    g_assert_cmpint(model_list_row(list, 1)->row->mailbox_id, ==, world->archive);
    g_assert_cmpuint(model_list_unknown(list), ==, 300); /* nobody has looked into the others, and that is said */

    gint64 came = world_letter(world, world->trash, &(WorldLetter){ .from = "eve", .subject = "Needles", .message_id = "n3@x", .minutes = 1 });
    world_changed(world, world->trash);
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_total(list), ==, 3);
    g_assert_cmpint(model_list_row(list, 0)->row->id, ==, came);

    g_assert_true(model_list_set_limit(list, "from:carol", NULL, &error)); /* narrows it */
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_total(list), ==, 1);
    g_assert_true(model_list_set_limit(list, NULL, NULL, &error));
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_total(list), ==, 3);

    model_list_first(list);
    model_list_toggle_tag(list);
    model_list_move(list, 1);
    model_list_toggle_tag(list);
    g_autoptr(GArray) two = model_list_targets(list, MODEL_TARGET_TAGGED, &error);
    g_assert_true(model_set_flags(world->model, two, MAIL_FLAG_FLAGGED, 0, &error));
    world_run(world);
    world_show(list);
    g_assert_true(model_list_row(list, 0)->flags & MAIL_FLAG_FLAGGED);
    g_assert_true(model_list_row(list, 1)->flags & MAIL_FLAG_FLAGGED);
    g_assert_false(model_list_row(list, 2)->flags & MAIL_FLAG_FLAGGED);
    g_assert_true(model_move(world->model, two, world->archive, &error));
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 1); /* what is moved goes, as from a mailbox, */
    g_assert_true(model_undo(world->model, &error));
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 3); /* and comes back */
    world_expunge(world, world->archive, filed);
    world_changed(world, world->archive);
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 2);
    model_list_set_order(list, STORE_ORDER_THREAD, TRUE);
    world_run(world);
    world_show(list);
    g_assert_cmpuint(model_list_n_rows(list), ==, 2);
    model_list_free(list);
    world_free(world);
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/list/moving", test_moving);
    g_test_add_func("/model/list/keeps-its-place", test_keeps_its_place);
    g_test_add_func("/model/list/empty-and-filling", test_empty_and_filling);
    g_test_add_func("/model/list/first-filling", test_first_filling);
    g_test_add_func("/model/list/cost", test_cost);
    g_test_add_func("/model/list/within-the-window", test_within_the_window_nothing_is_read);
    g_test_add_func("/model/list/seeking", test_seeking);
    g_test_add_func("/model/list/orders", test_orders);
    g_test_add_func("/model/list/any-sequence", test_any_sequence);
    g_test_add_func("/model/list/threads-fold", test_threads_fold);
    g_test_add_func("/model/list/tags", test_tags);
    g_test_add_func("/model/list/limit", test_limit);
    g_test_add_func("/model/list/search", test_search);
    return g_test_run();
}
