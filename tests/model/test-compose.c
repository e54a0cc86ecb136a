/* Letters being written: their drafts on the disk, how they leave, and what becomes of the copies they came from. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "model/compose.h"
#include "world.h"

static char *drafts_folder(const World *world)
{
    return g_build_filename(world->directory, "drafts", NULL);
}

/* Names in the drafts folder that end so. */
static guint count_files(const World *world, const char *ending)
{
    g_autofree char *folder = drafts_folder(world);
    g_autoptr(GDir) listing = g_dir_open(folder, 0, NULL);
    const char *name;
    guint count = 0;
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL)
        count += g_str_has_suffix(name, ending);
    return count;
}

static void set(ModelCompose *letter, ComposeField field, const char *value)
{
    g_autoptr(GError) error = NULL;
    model_compose_set_field(letter, field, value, &error);
    g_assert_no_error(error);
}

static ModelCompose *begin(World *world)
{
    g_autoptr(GError) error = NULL;
    ModelCompose *letter = model_compose_from_letter(world->model, world->account, letter_new(), &error);
    g_assert_no_error(error);
    set(letter, COMPOSE_TO, "bob@example.net");
    set(letter, COMPOSE_SUBJECT, "Été");
    return letter;
}

static Intent *newest(World *world, IntentKind kind)
{
    g_autoptr(GPtrArray) intents = model_intents(world->model, ~0u, 50);
    for (guint i = 0; i < intents->len; i++)
        if (((Intent *) intents->pdata[i])->kind == kind)
            return intent_copy(intents->pdata[i]);
    return NULL;
}

static void test_saved(void)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    ModelCompose *letter = begin(world);
    g_assert_cmpuint(count_files(world, ".letter"), ==, 1);
    g_assert_true(model_compose_saved_at(letter) > 0);
    g_autofree char *file = g_strdup(model_compose_editor_file(letter, FALSE, &error));
    g_assert_no_error(error);
    struct stat facts;
    g_assert_cmpint(g_stat(file, &facts), ==, 0);
    g_assert_cmpint(facts.st_mode & 0777, ==, 0600);
    model_compose_free(letter); /* the program dies; the editor lives on and writes */
    g_assert_true(g_file_set_contents(file, "later\r\nwords \xff", -1, NULL));
    g_autoptr(GPtrArray) left = model_drafts(world->model);
    g_assert_cmpuint(left->len, ==, 1);
    const ModelDraft *draft = left->pdata[0];
    g_assert_cmpstr(draft->subject, ==, "Été");
    ModelCompose *again = model_compose_open(world->model, draft->id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(model_compose_text(again), ==, "later\nwords \xef\xbf\xbd");
    g_assert_cmpstr(model_compose_field(again, COMPOSE_TO), ==, "bob@example.net");
    g_assert_cmpuint(count_files(world, ".txt"), ==, 0);
    model_compose_discard(again);
    model_compose_free(again);
    g_assert_cmpuint(count_files(world, ""), ==, 0);
    world_free(world);
}

static void test_unsaved_is_told(void)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = drafts_folder(world);
    ModelCompose *letter = model_compose_from_letter(world->model, 0, letter_new(), &error);
    g_assert_true(g_file_set_contents(folder, "", -1, NULL)); /* in the way */
    g_assert_false(model_compose_set_field(letter, COMPOSE_TO, "bob@example.net", &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_FILE);
    g_assert_cmpstr(model_compose_field(letter, COMPOSE_TO), ==, "bob@example.net"); /* and not lost */
    g_clear_error(&error);
    g_assert_null(model_compose_editor_file(letter, FALSE, &error)); /* no editor before the letter is safe */
    g_clear_error(&error);
    g_assert_false(model_compose_send(letter, 0, 0, NULL, &error));
    model_compose_free(letter);
    world_free(world);
}

static void test_checks(void)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    ModelCompose *letter = begin(world);
    set(letter, COMPOSE_TO, "");
    g_assert_false(model_compose_check(letter, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED);
    g_clear_error(&error);
    set(letter, COMPOSE_CC, "not an address");
    g_assert_false(model_compose_check_field(letter, COMPOSE_CC, &error));
    g_clear_error(&error);
    g_assert_false(model_compose_send(letter, 0, 0, NULL, &error));
    g_clear_error(&error);
    set(letter, COMPOSE_CC, "a@x.org");
    g_autofree char *path = g_build_filename(world->directory, "a.txt", NULL);
    g_assert_true(g_file_set_contents(path, "x", 1, NULL));
    g_assert_true(model_compose_attach(letter, path, &error));
    g_assert_true(model_compose_check(letter, &error));
    g_unlink(path);
    g_assert_false(model_compose_check(letter, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_FILE);
    model_compose_discard(letter);
    model_compose_free(letter);
    world_free(world);
}

static const LetterAttachment *attached(ModelCompose *letter, guint index)
{
    return g_ptr_array_index(model_compose_attachments(letter), index);
}

static void test_attachments(void)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    ModelCompose *letter = begin(world);
    const char *const names[] = { "a.txt", "b.pdf", "c.png" }, *const contents[] = { "words", "%PDF-1.4", "\x89PNG\r\n\x1a\n" };
    for (guint i = 0; i < 3; i++) {
        g_autofree char *path = g_build_filename(world->directory, names[i], NULL);
        g_assert_true(g_file_set_contents(path, contents[i], -1, NULL));
        g_assert_true(model_compose_attach(letter, path, &error));
    }
    g_assert_cmpstr(attached(letter, 0)->type, ==, "text/plain"); /* what it is, not what it is called */
    g_assert_cmpstr(attached(letter, 1)->type, ==, "application/pdf");
    g_assert_true(model_compose_move_attachment(letter, 2, -1, &error));
    g_assert_true(model_compose_move_attachment(letter, 0, -1, &error)); /* it is the first already */
    g_assert_true(model_compose_describe(letter, 1, COMPOSE_ATTACHMENT_NAME, " photo.png ", &error));
    g_assert_true(model_compose_describe(letter, 1, COMPOSE_ATTACHMENT_DESCRIPTION, "the way", &error));
    g_assert_true(model_compose_toggle_inline(letter, 1, &error));
    g_assert_false(model_compose_describe(letter, 1, COMPOSE_ATTACHMENT_TYPE, "picture", &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED);
    g_clear_error(&error);
    g_assert_true(model_compose_detach(letter, 0, &error));
    g_assert_false(model_compose_attach(letter, world->directory, &error)); /* a folder */
    g_clear_error(&error);
    model_compose_free(letter);
    g_autoptr(GPtrArray) left = model_drafts(world->model);
    letter = model_compose_open(world->model, ((ModelDraft *) left->pdata[0])->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(model_compose_attachments(letter)->len, ==, 2);
    g_assert_cmpstr(attached(letter, 0)->name, ==, "photo.png");
    g_assert_cmpstr(attached(letter, 0)->description, ==, "the way");
    g_assert_true(attached(letter, 0)->is_inline);
    g_assert_cmpstr(attached(letter, 1)->name, ==, "b.pdf");
    model_compose_free(letter);
    world_free(world);
}

static void test_sent(void)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    world_mailbox(world, "Sent", MAILBOX_ROLE_SENT, 0);
    ModelCompose *letter = begin(world);
    set(letter, COMPOSE_BCC, "hidden@example.org");
    gint64 then = g_get_real_time() + G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
    g_assert_true(model_compose_send(letter, then, 0, NULL, &error));
    model_compose_free(letter);
    g_assert_cmpuint(count_files(world, ".letter"), ==, 1); /* until it is committed */
    world_run(world);
    g_assert_cmpuint(count_files(world, ""), ==, 0);
    g_autoptr(Intent) intent = newest(world, INTENT_SEND);
    g_assert_cmpstr(intent->sender, ==, "ann@example.org");
    g_assert_cmpint(intent->target_mailbox_id, ==, 0); /* where the copy goes is the engine's to say */
    g_assert_cmpint(intent->not_before, ==, then);
    g_assert_cmpuint(intent->recipients->len, ==, 2);
    g_autofree char *octets = NULL;
    g_assert_true(g_file_get_contents(intent->path, &octets, NULL, &error));
    g_assert_nonnull(strstr(octets, "Bcc: hidden@example.org\r\n"));
    gint64 next;
    g_assert_cmpuint(model_outbox(world->model, &next), ==, 1);
    g_assert_cmpint(next, ==, then);

    /* Taken back: a draft again, and nothing in the outbox. */
    g_assert_true(model_undo(world->model, &error));
    world_run(world);
    g_autofree char *draft = model_draft_taken_back(world->model);
    g_assert_nonnull(draft);
    g_assert_null(model_draft_taken_back(world->model));
    g_assert_cmpuint(model_outbox(world->model, &next), ==, 0);
    ModelCompose *again = model_compose_open(world->model, draft, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(model_compose_field(again, COMPOSE_BCC), ==, "hidden@example.org");
    g_assert_cmpstr(model_compose_field(again, COMPOSE_SUBJECT), ==, "Été");
    model_compose_free(again);
    world_free(world);
}

static void test_not_committed(void)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    ModelCompose *letter = begin(world);
    set(letter, COMPOSE_TO, "\"a\\\\ b c\"@x.org"); /* whatever the store makes of it, the letter is in one place */
    gboolean handed = model_compose_send(letter, 0, 0, NULL, &error);
    model_compose_free(letter);
    world_run(world);
    g_autoptr(Intent) intent = newest(world, INTENT_SEND);
    g_assert_true(handed || error != NULL);
    g_assert_cmpuint(count_files(world, ".letter") + (intent != NULL), ==, 1);
    g_assert_cmpuint(count_files(world, ".eml"), ==, 0);
    world_free(world);
}

/* A draft taken up and kept again: the old copy goes when the new one has arrived, and not before; never when it failed. */
static void check_replaced(IntentState state)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;
    gint64 drafts = world_mailbox(world, "Drafts", MAILBOX_ROLE_DRAFTS, 0);
    gint64 old = world_letter(world, drafts, &(WorldLetter){ .from = "ann", .subject = "old", .flags = MAIL_FLAG_DRAFT, .body = "x\r\n" });
    ModelCompose *letter = begin(world);
    g_autoptr(GPtrArray) left = model_drafts(world->model);
    g_autofree char *id = g_strdup(((ModelDraft *) left->pdata[0])->id);
    model_compose_free(letter);
    /* As recalling notes it. */
    g_autofree char *folder = drafts_folder(world);
    g_autofree char *name = g_strconcat(id, ".letter", NULL), *path = g_build_filename(folder, name, NULL), *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, &error));
    g_autofree char *noted = g_strdup_printf("Note-replaces: %" G_GINT64_FORMAT "\n%s", old, text);
    g_assert_true(g_file_set_contents(path, noted, -1, &error));
    letter = model_compose_open(world->model, id, &error);
    g_assert_no_error(error);
    gboolean here;
    g_assert_true(model_compose_postpone(letter, &here, &error));
    g_assert_false(here);
    model_compose_free(letter);
    world_run(world);
    g_autoptr(Intent) append = newest(world, INTENT_APPEND);
    g_assert_cmpint(append->target_mailbox_id, ==, drafts);
    g_assert_cmpuint(append->add, ==, MAIL_FLAG_DRAFT | MAIL_FLAG_SEEN);
    g_assert_null(newest(world, INTENT_DELETE));
    g_assert_cmpstr(model_notice(world->model)->text, ==, "Draft kept in Drafts");
    g_assert_false(model_can_undo(world->model)); /* it would take the only copy */
    g_assert_true(store_writer_intent_sending(world->writer, append->id, 7, 5, &error));
    if (state == INTENT_DONE)
        g_assert_true(store_writer_intent_done(world->writer, append->id, 7, NULL, 0, &error));
    else
        g_assert_true(store_writer_intent_state(world->writer, append->id, state, "over quota", &error));
    Change *change = g_new0(Change, 1);
    *change = (Change){ .kind = CHANGE_INTENT, .account_id = world->account, .intent_id = append->id, .intent_state = state };
    change_queue_push(change, world->queue);
    world_run(world);
    g_autoptr(Intent) gone = newest(world, INTENT_DELETE);
    g_assert_true((gone != NULL) == (state == INTENT_DONE));
    world_free(world);
}

static void test_replaced(void)
{
    check_replaced(INTENT_DONE);
    check_replaced(INTENT_FAILED);
    check_replaced(INTENT_UNKNOWN);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/compose/saved", test_saved);
    g_test_add_func("/model/compose/unsaved-is-told", test_unsaved_is_told);
    g_test_add_func("/model/compose/checks", test_checks);
    g_test_add_func("/model/compose/attachments", test_attachments);
    g_test_add_func("/model/compose/sent", test_sent);
    g_test_add_func("/model/compose/not-committed", test_not_committed);
    g_test_add_func("/model/compose/replaced", test_replaced);
    return g_test_run();
}
