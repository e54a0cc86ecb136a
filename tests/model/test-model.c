/* Decisions, the sidebar, the reader, notices: what a person sees at once, and what after the engine. */
#include "config.h"

#include "world.h"

#include <string.h>

#include "base/rendered.h"

static GArray *one_id(gint64 id)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(ids, id);
    return ids;
}

static gboolean holds(ModelList *list, gint64 id)
{
    for (guint i = 0; i < model_list_n_rows(list); i++)
        if (model_list_row(list, i)->row->id == id)
            return TRUE;
    return FALSE;
}

static const ModelListRow *row_of(ModelList *list, gint64 id)
{
    for (guint i = 0; i < model_list_n_rows(list); i++)
        if (model_list_row(list, i)->row->id == id)
            return model_list_row(list, i);
    g_assert_not_reached();
}

static ModelList *open_list(World *world, gint64 mailbox_id)
{
    ModelList *list = model_list_new(world->model, mailbox_id);
    model_list_set_height(list, 20);
    world_show(list);
    return list;
}

static gboolean notice_says(World *world, const char *words)
{
    const ModelNotice *notice = model_notice(world->model);
    return notice && strstr(notice->text, words);
}

/* --- decisions -------------------------------------------------------------------------------------- */

static void test_shown_at_once(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 30, 0);
    ModelList *list = open_list(world, world->inbox), *archive;
    gint64 first = model_list_row(list, 0)->row->id, second = model_list_row(list, 1)->row->id;
    g_autoptr(GArray) ids = one_id(first);
    g_autoptr(GError) error = NULL;
    g_assert_false(row_of(list, first)->flags & MAIL_FLAG_FLAGGED);
    g_assert_true(model_toggle_flag(world->model, ids, MAIL_FLAG_FLAGGED, &error));
    world_show(list); /* the engine has not run: this is the overlay */
    g_assert_true(row_of(list, first)->flags & MAIL_FLAG_FLAGGED);
    g_assert_true(row_of(list, first)->pending);
    g_assert_false(row_of(list, first)->row->flags & MAIL_FLAG_FLAGGED);
    world_run(world);
    world_show(list); /* and this is the store */
    g_assert_true(row_of(list, first)->row->flags & MAIL_FLAG_FLAGGED);
    g_assert_true(model_toggle_flag(world->model, ids, MAIL_FLAG_FLAGGED, &error));
    world_show(list);
    g_assert_false(row_of(list, first)->flags & MAIL_FLAG_FLAGGED);

    g_assert_true(model_set_keywords(world->model, ids, "known $Forwarded", NULL, &error));
    world_show(list);
    g_assert_cmpstr(row_of(list, first)->keywords, ==, "known");
    g_assert_true(row_of(list, first)->flags & MAIL_FLAG_FORWARDED);
    world_run(world);
    world_show(list);
    g_assert_cmpstr(row_of(list, first)->row->keywords, ==, "known");

    model_list_tag(list, first, TRUE);
    g_assert_true(model_move(world->model, ids, world->archive, &error));
    world_show(list);
    g_assert_false(holds(list, first));
    g_assert_cmpint(world_selected(list), ==, second);
    g_assert_cmpuint(model_list_n_tagged(list), ==, 0); /* what left is not acted on by accident */
    world_run(world);
    world_show(list);
    g_assert_false(holds(list, first));
    g_assert_true(notice_says(world, "1 message moved to Archive"));
    g_assert_cmpint(model_notice(world->model)->undo_group, !=, 0);
    g_assert_cmpuint(model_unfinished_intents(world->model, 0), >, 0);
    archive = open_list(world, world->archive);
    g_assert_true(holds(archive, first));
    model_list_free(archive);
    model_list_free(list);
    world_free(world);
}

static void test_undo(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 10, 0);
    ModelList *list = open_list(world, world->inbox);
    gint64 first = model_list_row(list, 0)->row->id, second = model_list_row(list, 1)->row->id;
    g_autoptr(GArray) ids = one_id(first), others = one_id(second);
    g_autoptr(GError) error = NULL;
    g_assert_false(model_undo(world->model, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_NOTHING);
    g_clear_error(&error);

    g_assert_true(model_move(world->model, ids, world->archive, &error));
    world_run(world);
    g_assert_true(model_set_flags(world->model, others, MAIL_FLAG_FLAGGED, 0, &error));
    world_run(world);
    ModelMessage *message = model_message_open(world->model, second, FALSE, &error); /* marks as read: not the person's decision */
    world_run(world);
    world_show(list);
    model_message_free(message);
    g_assert_true(row_of(list, second)->flags & MAIL_FLAG_FLAGGED);
    g_assert_true(model_undo(world->model, &error));
    world_run(world);
    world_show(list);
    g_assert_false(row_of(list, second)->flags & MAIL_FLAG_FLAGGED);
    g_assert_true(row_of(list, second)->flags & MAIL_FLAG_SEEN); /* and is not undone */
    g_assert_false(holds(list, first));
    g_assert_true(model_undo(world->model, &error));
    world_run(world);
    world_show(list);
    g_assert_true(holds(list, first));
    g_assert_cmpint(world_selected(list), ==, first); /* what came back is selected */
    g_assert_true(notice_says(world, "Taken back"));
    g_assert_false(model_can_undo(world->model));

    /* Undo before the engine has even seen the decision. */
    g_assert_true(model_delete(world->model, ids, &error));
    world_show(list);
    g_assert_false(holds(list, first));
    g_assert_true(model_undo(world->model, &error));
    world_show(list);
    g_assert_true(holds(list, first));
    world_run(world);
    world_show(list);
    g_assert_true(holds(list, first));
    g_assert_false(model_can_undo(world->model));
    model_list_free(list);
    world_free(world);
}

static void assert_goes_to(World *world, gint64 message_id, gint64 mailbox_id)
{
    ModelList *list = open_list(world, mailbox_id);
    g_assert_true(holds(list, message_id));
    model_list_free(list);
}

/* What is decided about messages of two accounts at once goes to the archive, or the Trash, of each one's own account, and is taken
 * back by one undo. */
static void test_two_accounts(void)
{
    World *world = world_new_with_two();
    gint64 ours = world_letter(world, world->inbox, &(WorldLetter){ .from = "a", .subject = "ours", .message_id = "ours", .minutes = 1 });
    gint64 theirs = world_letter(world, world->other_inbox, &(WorldLetter){ .from = "b", .subject = "theirs", .message_id = "theirs", .minutes = 2 });
    world_run(world);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) both = one_id(ours);
    g_array_append_val(both, theirs);
    for (guint deleting = 0; deleting < 2; deleting++) {
        g_assert_true(deleting ? model_delete(world->model, both, &error) : model_archive(world->model, both, &error));
        world_run(world);
        assert_goes_to(world, ours, deleting ? world->trash : world->archive);
        assert_goes_to(world, theirs, deleting ? world->other_trash : world->other_archive);
        g_assert_true(model_undo(world->model, &error));
        world_run(world);
        assert_goes_to(world, ours, world->inbox);
        assert_goes_to(world, theirs, world->other_inbox);
        g_assert_false(model_can_undo(world->model));
    }
    world_free(world);
}

static void test_refusals(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 3, 0);
    gint64 closed = world_mailbox(world, "Closed", MAILBOX_ROLE_NONE, MAILBOX_READ_ONLY);
    gint64 fixed = world_letter(world, closed, &(WorldLetter){ .from = "a", .subject = "fixed", .message_id = "fixed", .minutes = 1 });
    gint64 level = world_mailbox(world, "Level", MAILBOX_ROLE_NONE, MAILBOX_NO_SELECT);
    ModelList *list = open_list(world, world->inbox);
    g_autoptr(GArray) ids = one_id(model_list_row(list, 0)->row->id), read_only = one_id(fixed);
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(gint64));
#define REFUSED(call, wanted, words)                                                                                   \
    do {                                                                                                               \
        g_autoptr(GError) error = NULL;                                                                                \
        g_assert_false(call);                                                                                          \
        g_assert_error(error, MODEL_ERROR, wanted);                                                                    \
        if (!strstr(error->message, words))                                                                            \
            g_error("“%s” does not say “%s”", error->message, words);                                                  \
    } while (0)
    Model *model = world->model;
    REFUSED(model_set_flags(model, none, MAIL_FLAG_SEEN, 0, &error), MODEL_ERROR_NOTHING, "No message");
    REFUSED(model_set_keywords(model, ids, "unknown", NULL, &error), MODEL_ERROR_REFUSED, "unknown");
    REFUSED(model_set_keywords(model, ids, "with(paren", NULL, &error), MODEL_ERROR_REFUSED, "keyword");
    REFUSED(model_set_flags(model, read_only, MAIL_FLAG_SEEN, 0, &error), MODEL_ERROR_REFUSED, "Closed");
    REFUSED(model_delete(model, read_only, &error), MODEL_ERROR_REFUSED, "Closed");
    REFUSED(model_move(model, ids, closed, &error), MODEL_ERROR_REFUSED, "Closed");
    REFUSED(model_move(model, ids, level, &error), MODEL_ERROR_REFUSED, "Level");
    REFUSED(model_move(model, ids, world->inbox, &error), MODEL_ERROR_REFUSED, "already");
    REFUSED(model_move(model, ids, 999999, &error), MODEL_ERROR_REFUSED, "no longer");
    REFUSED(model_mailbox_create(model, world->account, "Archive", &error), MODEL_ERROR_REFUSED, "already");
    REFUSED(model_mailbox_create(model, world->account, "bad\x1bname", &error), MODEL_ERROR_REFUSED, "cannot be");
    REFUSED(model_mailbox_delete(model, world->inbox, &error), MODEL_ERROR_REFUSED, "INBOX");
    REFUSED(model_mailbox_rename(model, world->inbox, "Outbox", &error), MODEL_ERROR_REFUSED, "INBOX");
    world_run(world);
    g_assert_cmpuint(model_unfinished_intents(model, 0), ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_true(model_copy(model, read_only, world->archive, &error)); /* reading is allowed */
    model_list_free(list);
    world_free(world);
}

static void test_mailboxes(void)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    MailboxTree *tree = mailbox_tree_new(world->model);
    g_assert_true(model_mailbox_create(world->model, world->account, "New/Inner", &error));
    world_run(world);
    g_assert_true(notice_says(world, "New/Inner"));
    mailbox_tree_refresh(tree, &error);
    g_assert_no_error(error);
    gint64 made = mailbox_tree_resolve(tree, world->account, "New/Inner", &error);
    g_assert_no_error(error);
    g_assert_true(model_mailbox_rename(world->model, made, "Renamed", &error));
    world_run(world);
    mailbox_tree_refresh(tree, &error);
    g_assert_cmpint(mailbox_tree_resolve(tree, world->account, "renamed", &error), ==, made);
    g_assert_true(model_mailbox_delete(world->model, made, &error));
    world_run(world);
    mailbox_tree_refresh(tree, &error);
    g_assert_null(mailbox_tree_mailbox(tree, made));
    mailbox_tree_free(tree);
    world_free(world);
}

/* --- the sidebar ---------------------------------------------------------------------------------------- */

static void test_sidebar(void)
{
    World *world = world_new();
    world_letters(world, world->inbox, 10, 0);
    gint64 debian = world_mailbox(world, "Lists/debian", MAILBOX_ROLE_NONE, 0);
    gint64 inner = world_mailbox(world, "Lists/debian/devel", MAILBOX_ROLE_NONE, 0);
    world_letters(world, inner, 5, 0);
    gint64 evil = world_mailbox(world, "e\x1b[31mvil\xe2\x80\xae", MAILBOX_ROLE_NONE, 0);
    MailboxTree *tree = mailbox_tree_new(world->model);
    g_autoptr(GError) error = NULL;
    mailbox_tree_refresh(tree, &error);
    g_assert_no_error(error);
    static const char *const labels[] = { "test", "Inbox", "Archive", "Trash", NULL /* evil */, "Lists", "debian", "devel" };
    static const guint depths[] = { 0, 1, 1, 1, 1, 1, 2, 3 };
    g_assert_cmpuint(mailbox_tree_n_rows(tree), ==, G_N_ELEMENTS(labels));
    for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
        const MailboxRow *row = mailbox_tree_row(tree, i);
        if (labels[i])
            g_assert_cmpstr(row->label, ==, labels[i]);
        g_assert_cmpuint(row->depth, ==, depths[i]);
        g_assert_null(strchr(row->label, '\x1b'));
        g_assert_null(strstr(row->label, "\xe2\x80\xae"));
    }
    const MailboxRow *lists = mailbox_tree_row(tree, 5);
    g_assert_cmpint(lists->mailbox_id, ==, 0); /* a level that the server does not list */
    g_assert_false(lists->selectable);
    g_assert_cmpuint(mailbox_tree_row(tree, 1)->unread, ==, 2);
    g_assert_cmpuint(mailbox_tree_row(tree, 1)->total, ==, 10);
    g_assert_cmpuint(mailbox_tree_row(tree, 0)->unread, ==, 3);
    g_assert_cmpint(mailbox_tree_next_unread(tree, 0, 1), ==, 1);
    g_assert_cmpint(mailbox_tree_next_unread(tree, 1, 1), ==, 7);
    g_assert_cmpint(mailbox_tree_next_unread(tree, 1, -1), ==, 7);
    g_assert_cmpint(mailbox_tree_first_choice(tree), ==, world->inbox);

    mailbox_tree_fold(tree, 5, TRUE);
    g_assert_cmpuint(mailbox_tree_n_rows(tree), ==, 6);
    g_assert_cmpuint(mailbox_tree_row(tree, 5)->folded_unread, ==, 1);
    g_assert_cmpint(mailbox_tree_find(tree, inner), ==, 5);
    g_assert_cmpuint(mailbox_tree_mailbox(tree, inner)->unread, ==, 1);
    mailbox_tree_opened(tree, inner);
    mailbox_tree_free(tree);
    world_run(world);
    tree = mailbox_tree_new(world->model); /* folding and the open mailbox are kept */
    mailbox_tree_refresh(tree, &error);
    g_assert_cmpuint(mailbox_tree_n_rows(tree), ==, 6);
    g_assert_cmpint(mailbox_tree_first_choice(tree), ==, inner);
    mailbox_tree_fold(tree, 5, FALSE);
    g_assert_cmpuint(mailbox_tree_n_rows(tree), ==, 8);

    g_assert_cmpint(mailbox_tree_resolve(tree, 0, "INBOX", NULL), ==, world->inbox);
    g_assert_cmpint(mailbox_tree_resolve(tree, world->account, "lists/DÉBIAN", NULL), ==, debian);
    g_assert_cmpint(mailbox_tree_resolve(tree, world->account, "devel", NULL), ==, inner);
    g_assert_cmpint(mailbox_tree_resolve(tree, world->account, "test:Trash", NULL), ==, world->trash);
    g_assert_cmpint(mailbox_tree_resolve(tree, world->account, "deb", &error), ==, 0);
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "Lists/debian"));
    g_auto(GStrv) names = mailbox_tree_complete(tree, world->account, "li");
    g_assert_cmpstr(names[0], ==, "Lists/debian");
    g_assert_cmpstr(names[1], ==, "Lists/debian/devel");
    g_assert_null(names[2]);
    g_assert_cmpint(mailbox_tree_find(tree, evil), ==, 4);
    mailbox_tree_free(tree);
    world_free(world);
}

/* --- the reader ---------------------------------------------------------------------------------------- */

static gboolean shows(ModelMessage *message, const char *words)
{
    g_autofree char *text = rendered_to_string(model_message_text(message, 60));
    return strstr(text, words) != NULL;
}

static void test_reader(void)
{
    World *world = world_new();
    gint64 here = world_letter(world, world->inbox, &(WorldLetter){ .from = "Bob", .subject = "h\xc3\xa9llo \x1b[2J", .message_id = "h", .minutes = 5, .body = "Dear Ann,\n\nyours\n" });
    gint64 away = world_letter(world, world->inbox, &(WorldLetter){ .from = "Bob", .subject = "away", .message_id = "a", .minutes = 6 });
    g_autoptr(GError) error = NULL;
    ModelMessage *message = model_message_open(world->model, here, FALSE, &error);
    g_assert_no_error(error);
    g_assert_cmpint(model_message_state(message), ==, MODEL_MESSAGE_HERE);
    g_assert_null(model_message_words(message));
    g_assert_true(shows(message, "From: Bob <Bob@example.net>"));
    g_assert_true(shows(message, "Dear Ann,"));
    g_assert_false(shows(message, "\x1b"));
    g_assert_cmpstr(model_message_section(message), ==, "1");
    const RenderedText *text = model_message_text(message, 60);
    g_assert_true(model_message_text(message, 60) == text); /* laid out once for a width */
    world_run(world);
    g_assert_true(model_message_row(message)->flags & MAIL_FLAG_SEEN);
    g_assert_false(model_message_next_alternative(message));
    world_expunge(world, world->inbox, here);
    world_changed(world, world->inbox);
    world_run(world);
    g_assert_true(world->told & MODEL_REPAINT_MESSAGE);
    g_assert_cmpint(model_message_state(message), ==, MODEL_MESSAGE_GONE);
    g_assert_nonnull(model_message_words(message)); /* and what was here is still there to be read */
    g_assert_true(shows(message, "Bob"));
    model_message_free(message);

    message = model_message_open(world->model, away, TRUE, &error);
    g_assert_no_error(error);
    g_assert_cmpint(model_message_state(message), !=, MODEL_MESSAGE_HERE);
    g_assert_nonnull(model_message_words(message));
    g_assert_true(shows(message, "away"));
    g_assert_cmpuint(model_message_attachments(message)->len, ==, 0);
    world_run(world);
    g_assert_false(model_message_row(message)->flags & MAIL_FLAG_SEEN); /* only looked at */
    g_autoptr(MessagePart) part = message_part_new("1", "text", "plain");
    gint64 at;
    guint32 uid;
    store_writer_locate(world->writer, away, &at, &uid);
    store_writer_put_structure(world->writer, at, uid, part, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) bytes = g_bytes_new_static("it came\n", 8);
    store_writer_put_body(world->writer, away, "1", bytes, &error);
    g_assert_no_error(error);
    Change *change = change_new(CHANGE_BODY);
    change->message_id = away;
    change->section = g_strdup("1");
    change_queue_push(change, world->queue);
    model_dispatch(world->model);
    model_message_set_show(message, MODEL_SHOW_HEADERS);
    model_message_set_show(message, MODEL_SHOW_TEXT);
    g_assert_true(shows(message, "it came"));
    model_message_free(message);
    g_assert_null(model_message_open(world->model, 424242, FALSE, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_NOTHING);
    world_free(world);
}

/* --- what the engine tells ---------------------------------------------------------------------------------- */

static guint observed;

static void count_observation(Model *model, ModelRepaint what, gpointer user_data)
{
    (void) model;
    (void) what;
    (void) user_data;
    observed++;
}

static void test_changes_are_told_once(void)
{
    World *world = world_new();
    model_dispatch(world->model);
    model_set_observer(world->model, count_observation, NULL);
    observed = 0;
    for (int i = 0; i < 5000; i++)
        world_changed(world, world->inbox);
    g_assert_true(model_dispatch(world->model) & MODEL_REPAINT_SIDEBAR);
    g_assert_cmpuint(observed, ==, 1);
    g_assert_cmpint(model_dispatch(world->model), ==, 0);
    g_assert_cmpuint(observed, ==, 1);
    model_set_observer(world->model, NULL, NULL);
    world_free(world);
}

static void test_status_notices_decisions(void)
{
    World *world = world_new();
    Model *model = world->model;
    Change *change = change_new(CHANGE_ACCOUNT);
    change->account_id = world->account;
    change->status = g_new0(AccountStatus, 1);
    change->status->state = ACCOUNT_WAITING;
    change->status->words = g_strdup("link \x1b lost");
    change_queue_push(change, world->queue);
    change = change_new(CHANGE_NOTICE);
    change->text = g_strdup("[ALERT] \x9b evil\nsecond line");
    change_queue_push(change, world->queue);
    for (guint64 id = 1; id <= 3; id++) { /* the last two are the same question again */
        change = change_new(CHANGE_DECISION);
        change->account_id = world->account;
        change->decision = g_new0(Decision, 1);
        change->decision->id = id;
        change->decision->kind = id == 1 ? DECISION_CERTIFICATE : DECISION_PASSWORD;
        change->decision->question = g_strdup("Password?");
        change_queue_push(change, world->queue);
    }
    for (int i = 0; i < 600; i++) {
        change = change_new(CHANGE_WIRE);
        change->cost = g_new0(WireCost, 1);
        change->cost->action = g_strdup("read");
        change->cost->flights = 1;
        change->cost->up = 10;
        change_queue_push(change, world->queue);
    }
    ModelRepaint told = model_dispatch(model);
    g_assert_true(told & MODEL_REPAINT_STATUS);
    g_assert_true(told & MODEL_REPAINT_DECISION);
    const ModelAccount *account = model_account_by_id(model, world->account);
    g_assert_cmpint(account->status.state, ==, ACCOUNT_WAITING);
    g_assert_null(strchr(account->status.words, '\x1b'));
    g_assert_null(strchr(model_notice(model)->text, '\n'));
    g_assert_cmpuint(model_n_decisions(model), ==, 2);
    g_assert_cmpuint(model_decision(model)->decision->id, ==, 1);
    model_answer(model, 1, NULL, NULL);
    g_assert_cmpuint(model_decision(model)->decision->id, ==, 3);
    g_assert_cmpuint(model_wire(model)->len, ==, MODEL_WIRE_KEPT);
    g_assert_cmpuint(model_wire_total(model).flights, ==, 600);
    g_assert_cmpuint(model_wire_total(model).up, ==, 6000);
    for (int i = 0; i < 3; i++) {
        change = change_new(CHANGE_NEW_MAIL);
        change->account_id = world->account;
        change->mailbox_id = world->archive;
        change->count = 2;
        change_queue_push(change, world->queue);
    }
    model_dispatch(model);
    g_assert_true(notice_says(world, "6 new messages in Archive")); /* counted on, not repeated */
    guint notices = model_notices(model)->len;
    model_say(model, MODEL_NOTICE_INFO, "again");
    model_say(model, MODEL_NOTICE_INFO, "again");
    g_assert_cmpuint(model_notices(model)->len, ==, notices + 1);
    for (int i = 0; i < 500; i++)
        model_say(model, MODEL_NOTICE_INFO, "number %d", i);
    g_assert_cmpuint(model_notices(model)->len, ==, MODEL_NOTICES_KEPT);
    world_free(world);
}

/* Without an engine: the welcome screen. Nothing crashes, everything says so. */
static void test_detached(void)
{
    ChangeQueue *queue = change_queue_new();
    Model *model = model_new(queue);
    g_autoptr(GError) error = NULL;
    g_assert_false(model_is_attached(model));
    g_assert_cmpuint(model_n_accounts(model), ==, 0);
    g_assert_cmpuint(model_unfinished_intents(model, 0), ==, 0);
    g_assert_false(model_frame_begin(model, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DETACHED);
    g_clear_error(&error);
    g_assert_false(model_undo(model, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DETACHED);
    model_check_mail(model, 0);
    model_set_setting(model, "x", "y");
    g_autofree char *setting = model_setting(model, "x");
    g_assert_cmpstr(setting, ==, "y");
    g_autoptr(GPtrArray) intents = model_intents(model, 0xff, 10);
    g_assert_cmpuint(intents->len, ==, 0);
    MailboxTree *tree = mailbox_tree_new(model);
    g_assert_false(mailbox_tree_refresh(tree, NULL));
    g_assert_cmpuint(mailbox_tree_n_rows(tree), ==, 0);
    mailbox_tree_free(tree);
    model_dispatch(model);
    model_free(model);
    change_queue_free(queue);
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/shown-at-once", test_shown_at_once);
    g_test_add_func("/model/undo", test_undo);
    g_test_add_func("/model/two-accounts", test_two_accounts);
    g_test_add_func("/model/refusals", test_refusals);
    g_test_add_func("/model/mailboxes", test_mailboxes);
    g_test_add_func("/model/sidebar", test_sidebar);
    g_test_add_func("/model/reader", test_reader);
    g_test_add_func("/model/changes-are-told-once", test_changes_are_told_once);
    g_test_add_func("/model/status-notices-decisions", test_status_notices_decisions);
    g_test_add_func("/model/detached", test_detached);
    return g_test_run();
}
