#include "config.h"

#include "world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/core.h"

static void hear(Model *model, ModelRepaint what, gpointer user_data)
{
    World *world = user_data;
    g_assert_true(model == world->model);
    world->told |= what;
}

static void add_account(GPtrArray *list, const char *name)
{
    Account *account = account_new(name);
    account->address = g_strdup("ann@example.org");
    account->receive = account_url_parse("imaps://ann@mail.example.org", NULL);
    account->send = account_url_parse("smtps://ann@mail.example.org", NULL);
    g_ptr_array_add(list, account);
}

static GPtrArray *accounts(gboolean two)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify) account_free);
    add_account(list, "test");
    if (two)
        add_account(list, "work");
    return list;
}

static gint64 mailbox_of(World *world, gint64 account, const char *name, MailboxRole role, MailboxAttributes attributes)
{
    g_autoptr(GError) error = NULL;
    StoreMailbox mailbox = { .account_id = account, .name = (char *) name, .wire_name = (char *) name, .delimiter = '/',
                             .role = role, .attributes = attributes };
    gint64 id = store_writer_put_mailbox(world->writer, account, &mailbox, &error);
    g_assert_no_error(error);
    StoreMailbox selected = { .id = id, .account_id = account, .attributes = attributes, .uidvalidity = 7, .uidnext = 1,
                              .permanent_flags = (char *) "\\Seen \\Flagged \\Deleted \\Answered \\Draft $Forwarded known" };
    gboolean reset;
    store_writer_set_selected(world->writer, &selected, &reset, &error);
    g_assert_no_error(error);
    store_writer_set_progress(world->writer, id, 1, 1, TRUE, WORLD_NOW, &error);
    g_assert_no_error(error);
    return id;
}

gint64 world_mailbox(World *world, const char *name, MailboxRole role, MailboxAttributes attributes)
{
    return mailbox_of(world, world->account, name, role, attributes);
}

static World *make(gboolean two)
{
    g_autoptr(GError) error = NULL;
    World *world = g_new0(World, 1);
    world->directory = g_dir_make_tmp("malle-model-XXXXXX", &error);
    g_assert_no_error(error);
    world->store_path = g_build_filename(world->directory, "store.db", NULL);
    world->queue = change_queue_new();
    world->next_uid = 1;
    EngineOptions options = { .store_path = world->store_path, .offline = TRUE };
    /* Of two the engine knows what each says of deleting. */
    g_autoptr(GPtrArray) configured = accounts(two), none = g_ptr_array_new();
    world->engine = engine_new(&options, two ? configured : none, change_queue_push, world->queue, &error);
    g_assert_no_error(error);
    world->writer = world->engine->writer;
    world->account = store_writer_put_account(world->writer, "test", &error);
    g_assert_no_error(error);
    world->inbox = world_mailbox(world, "INBOX", MAILBOX_ROLE_INBOX, MAILBOX_SUBSCRIBED);
    world->archive = world_mailbox(world, "Archive", MAILBOX_ROLE_ARCHIVE, MAILBOX_SUBSCRIBED);
    world->trash = world_mailbox(world, "Trash", MAILBOX_ROLE_TRASH, MAILBOX_SUBSCRIBED);
    if (two) {
        world->other = store_writer_put_account(world->writer, "work", &error);
        g_assert_no_error(error);
        world->other_inbox = mailbox_of(world, world->other, "INBOX", MAILBOX_ROLE_INBOX, MAILBOX_SUBSCRIBED);
        world->other_archive = mailbox_of(world, world->other, "Archive", MAILBOX_ROLE_ARCHIVE, MAILBOX_SUBSCRIBED);
        world->other_trash = mailbox_of(world, world->other, "Trash", MAILBOX_ROLE_TRASH, MAILBOX_SUBSCRIBED);
    }
    world->model = model_new(world->queue);
    model_set_observer(world->model, hear, world);
    model_attach(world->model, world->engine, world->store_path, configured, &error);
    g_assert_no_error(error);
    return world;
}

World *world_new(void)
{
    return make(FALSE);
}

World *world_new_with_two(void)
{
    return make(TRUE);
}

static void remove_directory(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR) && !g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
            remove_directory(inner);
        else
            g_unlink(inner);
    }
    g_rmdir(path);
}

void world_free(World *world)
{
    model_free(world->model);
    engine_stop(world->engine);
    change_queue_free(world->queue);
    remove_directory(world->directory);
    g_free(world->store_path);
    g_free(world->directory);
    g_free(world);
}

/* --- mail ----------------------------------------------------------------------------------------- */

static MessageSummary *summary_of(const WorldLetter *letter)
{
    MessageSummary *summary = message_summary_new();
    summary->subject = g_strdup(letter->subject);
    summary->date = WORLD_NOW - letter->minutes * 60;
    summary->message_id = g_strdup(letter->message_id);
    g_autofree char *address = g_strdup_printf("%s@example.net", letter->from ? letter->from : "nobody");
    g_ptr_array_add(summary->from, mail_address_new(letter->from, address));
    g_ptr_array_add(summary->to, mail_address_new("Ann", "ann@example.org"));
    if (letter->parent) {
        const char *references[] = { letter->parent, NULL };
        g_strfreev(summary->references);
        summary->references = g_strdupv((char **) references);
    }
    return summary;
}

gint64 world_letter(World *world, gint64 mailbox_id, const WorldLetter *letter)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MessageSummary) summary = summary_of(letter);
    g_autoptr(MessagePart) part = letter->body ? message_part_new("1", "text", "plain") : NULL;
    if (part) {
        message_part_set_parameter(part, "charset", "utf-8");
        g_free(part->encoding);
        part->encoding = g_strdup("8bit");
        part->octets = strlen(letter->body);
    }
    StoreMessageInput input = { .uid = world->next_uid++, .flags = letter->flags, .keywords = letter->keywords, .internal_date = summary->date,
                                .size = letter->size ? letter->size : 1000, .summary = summary, .structure = part };
    store_writer_put_messages(world->writer, mailbox_id, &input, 1, &error);
    g_assert_no_error(error);
    gint64 id = store_writer_message_by_uid(world->writer, mailbox_id, input.uid);
    g_assert_cmpint(id, >, 0);
    if (letter->body) {
        g_autoptr(GBytes) bytes = g_bytes_new(letter->body, strlen(letter->body));
        store_writer_put_body(world->writer, id, "1", bytes, &error);
        g_assert_no_error(error);
    }
    return id;
}

void world_letters(World *world, gint64 mailbox_id, guint count, gint64 minutes)
{
    g_autoptr(GError) error = NULL;
    for (guint done = 0; done < count;) {
        StoreMessageInput inputs[100];
        MessageSummary *summaries[100];
        guint n = MIN(count - done, 100u);
        for (guint i = 0; i < n; i++) {
            guint number = done + i;
            g_autofree char *from = g_strdup_printf("sender%u", number % 7);
            g_autofree char *subject = g_strdup_printf("letter %u", number);
            g_autofree char *id = g_strdup_printf("%u.%u@example.net", world->next_uid, number);
            WorldLetter letter = { .from = from, .subject = subject, .message_id = id, .minutes = minutes + number };
            summaries[i] = summary_of(&letter);
            inputs[i] = (StoreMessageInput){ .uid = world->next_uid++, .flags = number % 5 == 0 ? 0 : MAIL_FLAG_SEEN,
                                             .internal_date = summaries[i]->date, .size = 1000 + number, .summary = summaries[i] };
        }
        store_writer_put_messages(world->writer, mailbox_id, inputs, n, &error);
        g_assert_no_error(error);
        for (guint i = 0; i < n; i++)
            message_summary_free(summaries[i]);
        done += n;
    }
}

void world_expunge(World *world, gint64 mailbox_id, gint64 message_id)
{
    g_autoptr(GError) error = NULL;
    gint64 at;
    guint32 uid;
    g_assert_true(store_writer_locate(world->writer, message_id, &at, &uid));
    g_assert_cmpint(at, ==, mailbox_id);
    store_writer_expunged(world->writer, mailbox_id, &uid, 1, &error);
    g_assert_no_error(error);
}

void world_changed(World *world, gint64 mailbox_id)
{
    engine_tell_mailbox(world->engine, world->account, mailbox_id);
}

void world_run(World *world)
{
    GMainContext *context = engine_context(world->engine);
    ModelRepaint told;
    do {
        g_main_context_push_thread_default(context);
        while (g_main_context_iteration(context, FALSE))
            ;
        g_main_context_pop_thread_default(context);
        told = model_dispatch(world->model);
    } while (told || g_main_context_pending(context));
}

/* --- looking -------------------------------------------------------------------------------------- */

void world_show(ModelList *list)
{
    g_autoptr(GError) error = NULL;
    model_list_refresh(list, &error);
    g_assert_no_error(error);
    guint n = model_list_n_rows(list);
    int cursor = model_list_cursor(list);
    g_assert_true(n == 0 ? cursor == -1 : cursor >= 0 && cursor < (int) n);
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++)
            g_assert_cmpint(model_list_row(list, i)->row->id, !=, model_list_row(list, j)->row->id);
    model_list_report(list);
}

gint64 world_selected(ModelList *list)
{
    const ModelListRow *row = model_list_selected(list);
    return row ? row->row->id : 0;
}

const char *world_subject(ModelList *list, guint index)
{
    const ModelListRow *row = model_list_row(list, index);
    g_assert_nonnull(row);
    return row->subject;
}
