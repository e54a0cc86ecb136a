/* Mailbox names in modified UTF-7 and UTF-8, and capability lists. */
#include "config.h"

#include "proto/imap/capability.h"
#include "proto/imap/mailbox.h"

static void expect(const char *wire, const char *name, bool utf8, bool exact)
{
    bool is_exact;
    g_autofree char *decoded = imap_mailbox_decode(wire, -1, utf8, &is_exact);
    g_assert_cmpstr(decoded, ==, name);
    g_assert_cmpint(is_exact, ==, exact);
    if (!exact)
        return;
    g_autofree char *encoded = imap_mailbox_encode(name, utf8);
    g_assert_cmpstr(encoded, ==, wire);
}

static void test_utf7(void)
{
    expect("INBOX", "INBOX", false, true);
    expect("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語", false, true); /* RFC 3501 §5.1.3 */
    expect("Entw&APw-rfe", "Entwürfe", false, true);
    expect("Q&-A", "Q&A", false, true);
    expect("&-", "&", false, true);
    expect("&2D3eAA-", "😀", false, true); /* a surrogate pair */
    expect("", "", false, true);
    /* What decodes but is not how it is written: shown decoded, kept as it is. */
    expect("&AGE-", "a", false, false);
    expect("&AOk-&AOk-", "éé", false, false);
    /* What does not decode is shown raw. */
    expect("&", "&", false, false);
    expect("&AOk", "&AOk", false, false);
    expect("&AO-k", "&AO-k", false, false);
    expect("a&b", "a&b", false, false);
    expect("&2D0-", "&2D0-", false, false);   /* half a surrogate pair */
    expect("&3gA-", "&3gA-", false, false);   /* its other half */
    expect("&AAA-", "&AAA-", false, false);   /* NUL */
    expect("&AOl-", "&AOl-", false, false);   /* bits left over */
    expect("&A/k-", "&A/k-", false, false);   /* "/" is not of this base64 */
    expect("&AOkA-", "&AOkA-", false, false); /* six bits too many */
    expect("Entw\xc3\xbcrfe", "Entwürfe", false, false);
    expect("Entw\xfcrfe", "Entw\xef\xbf\xbdrfe", false, false);
    expect("a\tb", "a\tb", false, false);
}

static void test_utf8(void)
{
    expect("Entwürfe&-", "Entwürfe&-", true, true);
    expect("\xff", "\xef\xbf\xbd", true, false);
    g_assert_null(imap_mailbox_encode("line\nend", false));
    g_assert_null(imap_mailbox_encode("\xff", true));
    g_assert_true(imap_mailbox_is_inbox("inBox"));
    g_assert_false(imap_mailbox_is_inbox("INBOX/x"));
}

/* Every name comes back from the wire, and every wire name that claims to be exact does. */
static void test_round_trip(void)
{
    GRand *random = g_rand_new_with_seed(7);
    for (guint round = 0; round < 5000; round++) {
        GString *name = g_string_new(NULL);
        guint length = (guint)g_rand_int_range(random, 0, 12);
        while (name->len < length) {
            static const gunichar RANGES[][2] = {
                { ' ', '~' }, { 0xa0, 0x7ff }, { 0x4e00, 0x9fff }, { 0x1f300, 0x1f6ff }
            };
            guint range = (guint)g_rand_int_range(random, 0, 4);
            g_string_append_unichar(name, (gunichar)g_rand_int_range(random, (gint32)RANGES[range][0],
                                                                     (gint32)RANGES[range][1] + 1));
        }
        bool exact;
        g_autofree char *wire = imap_mailbox_encode(name->str, false);
        g_assert_true(g_str_is_ascii(wire));
        g_autofree char *back = imap_mailbox_decode(wire, -1, false, &exact);
        g_assert_cmpstr(back, ==, name->str);
        g_assert_true(exact);
        g_string_free(name, TRUE);

        char noise[12];
        for (guint i = 0; i < sizeof noise; i++)
            noise[i] = "&-,AOk3gD/a"[g_rand_int_range(random, 0, 11)];
        g_autofree char *shown = imap_mailbox_decode(noise, sizeof noise, false, &exact);
        g_assert_true(g_utf8_validate(shown, -1, NULL));
        if (exact) {
            g_autofree char *again = imap_mailbox_encode(shown, false);
            g_assert_cmpmem(again, strlen(again), noise, sizeof noise);
        }
    }
    g_rand_free(random);
}

static void test_capabilities(void)
{
    g_autoptr(ImapCapabilities) caps = imap_capabilities_parse(
        "IMAP4rev1 idle AUTH=PLAIN AUTH=SCRAM-SHA-256 QRESYNC UTF8=ONLY APPENDLIMIT=35651584 X-Y", -1);
    g_assert_true(imap_capabilities_have(caps, IMAP_CAP_IDLE));
    g_assert_true(imap_capabilities_have(caps, IMAP_CAP_CONDSTORE));
    g_assert_true(imap_capabilities_have(caps, IMAP_CAP_UTF8_ACCEPT));
    g_assert_false(imap_capabilities_have(caps, IMAP_CAP_MOVE));
    g_assert_false(imap_capabilities_have(NULL, IMAP_CAP_MOVE));
    g_assert_true(imap_capabilities_have_name(caps, "x-y"));
    g_assert_true(imap_capabilities_have_mechanism(caps, "scram-sha-256"));
    g_assert_false(imap_capabilities_have_mechanism(caps, "LOGIN"));
    g_assert_cmpuint(g_strv_length((char **)imap_capabilities_mechanisms(caps)), ==, 2);
    g_assert_cmpuint(imap_capabilities_append_limit(caps), ==, 35651584);
    imap_capabilities_disable(caps, IMAP_CAP_IDLE);
    g_assert_false(imap_capabilities_have(caps, IMAP_CAP_IDLE));

    g_autoptr(ImapCapabilities) copy = imap_capabilities_copy(caps);
    g_assert_false(imap_capabilities_have(copy, IMAP_CAP_IDLE));
    g_assert_cmpstr(imap_capabilities_text(copy), ==, imap_capabilities_text(caps));

    /* A server of both versions speaks rev1 until rev2 is enabled. */
    g_autoptr(ImapCapabilities) both = imap_capabilities_parse("IMAP4rev1 IMAP4rev2", -1);
    g_assert_false(imap_capabilities_have(both, IMAP_CAP_UIDPLUS));
    g_autoptr(ImapCapabilities) rev2 = imap_capabilities_parse("IMAP4rev2", -1);
    g_assert_true(imap_capabilities_have(rev2, IMAP_CAP_UIDPLUS));
    g_assert_false(imap_capabilities_have(rev2, IMAP_CAP_CONDSTORE));
    g_autoptr(ImapCapabilities) none = imap_capabilities_parse("", -1);
    g_assert_null(imap_capabilities_mechanisms(none)[0]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/names/utf7", test_utf7);
    g_test_add_func("/imap/names/utf8", test_utf8);
    g_test_add_func("/imap/names/round-trip", test_round_trip);
    g_test_add_func("/imap/names/capabilities", test_capabilities);
    return g_test_run();
}
