/* The demonstration mail (see demo.h): what mailboxes there are, and their letters in order.
 *
 * The letters stand as plain text in demo/letters/, in the program as a GResource; demo-letter.c turns each
 * into a real message. */
#include "config.h"
#include "local/demo.h"

#include "local/demo-letter.h"

#include "base/text.h"
#include "local/demo-data.h"

#include <string.h>

static const DemoMailbox mailboxes[] = {
    { "INBOX", NULL },        { "Drafts", "drafts" },      { "Sent", "sent" },
    { "Archive", "archive" }, { "Lists/malle-dev", NULL }, { "Lists/cuisine", NULL },
    { "Junk", "junk" },       { "Trash", "trash" },        { NULL, NULL },
};

const DemoMailbox *demo_mailboxes(void)
{
    return mailboxes;
}

void demo_message_free(DemoMessage *message)
{
    if (!message)
        return;
    g_bytes_unref(message->raw);
    g_free(message->keywords);
    g_free(message);
}

static gpointer register_letters(gpointer unused)
{
    (void)unused;
    demo_register_resource();
    return NULL;
}

static char *resource_text(const char *path)
{
    g_autoptr(GBytes) bytes =
        g_resource_lookup_data(demo_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (!bytes)
        return g_strdup("");
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    return g_strndup(data, length);
}

/* All files of letters, one behind the other. */
static char *all_letters(void)
{
    g_auto(GStrv) names = g_resource_enumerate_children(demo_get_resource(), "/malle/demo/letters",
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    GString *all = g_string_new(NULL);
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_strconcat("/malle/demo/letters/", *name, NULL);
        g_autofree char *text = resource_text(path);
        g_string_append(all, text);
    }
    return g_string_free(all, FALSE);
}

static int by_date(gconstpointer a, gconstpointer b)
{
    const DemoMessage *x = *(DemoMessage *const *)a, *y = *(DemoMessage *const *)b;
    return x->internal_date < y->internal_date ? -1 : x->internal_date > y->internal_date;
}

GPtrArray *demo_messages(const char *mailbox, gint64 now)
{
    bool known = false;
    for (const DemoMailbox *m = mailboxes; m->name; m++)
        known = known || strcmp(m->name, mailbox) == 0;
    if (!known)
        return NULL;

    static GOnce registered = G_ONCE_INIT;
    g_once(&registered, register_letters, NULL);
    g_autofree char *people = resource_text("/malle/demo/people");
    g_autofree char *letters = all_letters();
    g_autoptr(DemoBook) book = demo_book_new(people, letters);
    GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify)demo_message_free);
    for (guint i = 0; i < demo_book_count(book); i++)
        if (strcmp(demo_book_mailbox(book, i), mailbox) == 0)
            g_ptr_array_add(messages, demo_book_message(book, i, now));
    g_ptr_array_sort(messages, by_date);
    return messages;
}
