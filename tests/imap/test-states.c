/* The state table in doc/internals/imap-session.md is the one in src/proto/imap/verbs.c. On a difference the
 * whole table is printed as it should stand there. */
#include "config.h"

#include "proto/imap/session-private.h"

static const char *mark(bool set)
{
    return set ? "yes" : "";
}

static const char *state_after(ImapVerb verb, bool succeeded)
{
    static const char *const NAMES[] = { "greeting", "not authenticated", "authenticated", "selected",
                                         "logout" };
    ImapState in_auth = imap_verb_state_after(verb, IMAP_STATE_AUTHENTICATED, succeeded);
    ImapState in_selected = imap_verb_state_after(verb, IMAP_STATE_SELECTED, succeeded);
    ImapState in_not = imap_verb_state_after(verb, IMAP_STATE_NOT_AUTHENTICATED, succeeded);
    if (in_auth == IMAP_STATE_AUTHENTICATED && in_selected == IMAP_STATE_SELECTED &&
        in_not == IMAP_STATE_NOT_AUTHENTICATED)
        return "";
    return NAMES[imap_verb_is_legal(verb, IMAP_STATE_SELECTED) ? in_selected : in_not];
}

static char *row(ImapVerb verb)
{
    guint does = imap_verb_does(verb);
    return g_strdup_printf("| %s | %s | %s | %s | %s | %s | %s | %s | %s |", imap_verb_name(verb),
                           mark(imap_verb_is_legal(verb, IMAP_STATE_NOT_AUTHENTICATED)),
                           mark(imap_verb_is_legal(verb, IMAP_STATE_AUTHENTICATED)),
                           mark(imap_verb_is_legal(verb, IMAP_STATE_SELECTED)),
                           mark(does & IMAP_DOES_BARRIER), mark((does & IMAP_DOES_NO_EXPUNGE) == 0),
                           mark(does & IMAP_DOES_USE_SEQ), state_after(verb, true), state_after(verb, false));
}

static void test_table(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "doc", "internals", "imap-session.md", NULL);
    g_autofree char *page = NULL;
    g_autoptr(GError) error = NULL;
    guint missing = 0;

    g_file_get_contents(path, &page, NULL, &error);
    g_assert_no_error(error);
    for (int verb = 0; verb < IMAP_VERB_COUNT; verb++) {
        g_autofree char *expected = row((ImapVerb)verb);
        if (strstr(page, expected) == NULL)
            missing++;
    }
    for (int verb = 0; missing > 0 && verb < IMAP_VERB_COUNT; verb++) {
        g_autofree char *expected = row((ImapVerb)verb);
        g_printerr("%s\n", expected);
    }
    g_assert_cmpuint(missing, ==, 0);
}

static void test_no_state_for_nothing(void)
{
    for (int verb = 0; verb < IMAP_VERB_COUNT; verb++) {
        g_assert_false(imap_verb_is_legal((ImapVerb)verb, IMAP_STATE_LOGOUT));
        g_assert_nonnull(imap_verb_name((ImapVerb)verb));
        g_assert_cmpint(imap_verb_state_after((ImapVerb)verb, IMAP_STATE_LOGOUT, true), ==,
                        IMAP_STATE_LOGOUT);
    }
    /* What nothing may overtake is exactly what changes the state, or the stream. */
    g_assert_true(imap_verb_does(IMAP_VERB_SELECT) & IMAP_DOES_STATE);
    g_assert_false(imap_verb_does(IMAP_VERB_UID_STORE) & IMAP_DOES_STATE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/states/table", test_table);
    g_test_add_func("/imap/states/rules", test_no_state_for_nothing);
    return g_test_run();
}
