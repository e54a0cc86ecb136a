/* Names with and without the prefix of the person's own namespace. */
#include "config.h"

#include "store/mailbox_names.h"

static void test_there_and_back(void)
{
    static const struct {
        const char *prefix, *server, *person;
    } names[] = {
        { "INBOX.", "INBOX", "INBOX" },
        { "INBOX.", "INBOX.Plans", "Plans" },
        { "INBOX.", "INBOX.Lists.debian", "Lists.debian" },
        { "INBOX.", "INBOX.INBOX", "INBOX.INBOX" },
        { "INBOX.", "INBOX.inbox", "INBOX.inbox" },
        { "INBOX.", "INBOX.INBOX.Plans", "INBOX.INBOX.Plans" },
        { "INBOX.", "INBOX.", "INBOX." },
        { "INBOX/", "INBOX/Été", "Été" },
        { "Mail/", "Mail/Plans", "Plans" },
        { "Mail/", "Mail/mail/Plans", "mail/Plans" },
        { "", "Plans", "Plans" },
        { "", "INBOX.Plans", "INBOX.Plans" },
        { NULL, "INBOX.Plans", "INBOX.Plans" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *person = mailbox_name_short(names[i].prefix, names[i].server);
        g_assert_cmpstr(person, ==, names[i].person);
        g_autofree char *server = mailbox_name_full(names[i].prefix, person);
        g_assert_cmpstr(server, ==, names[i].server);
    }
}

static void test_as_typed(void)
{
    static const struct {
        const char *prefix, *typed, *person, *server;
    } names[] = {
        { "INBOX.", "INBOX.Plans", "Plans", "INBOX.Plans" },
        { "INBOX.", "Inbox.Plans", "Plans", "Inbox.Plans" }, /* the case of INBOX does not matter to servers */
        { "INBOX.", "inbox", "inbox", "inbox" },
        { "INBOX.", "inboxes", "inboxes", "INBOX.inboxes" },
        { "Mail/", "mail/Plans", "mail/Plans", "Mail/mail/Plans" },
        { "Mail/", "Mail/Plans", "Plans", "Mail/Plans" },
        { "Mail/", "Other/Plans", "Other/Plans", "Mail/Other/Plans" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *person = mailbox_name_short(names[i].prefix, names[i].typed);
        g_assert_cmpstr(person, ==, names[i].person);
        g_autofree char *server = mailbox_name_full(names[i].prefix, names[i].typed);
        g_assert_cmpstr(server, ==, names[i].server);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/names/there-and-back", test_there_and_back);
    g_test_add_func("/store/names/as-typed", test_as_typed);
    return g_test_run();
}
