/* What a hostile or broken server can send: nothing crashes, memory stays bounded, and how the bytes were cut
 * into pieces never changes what is understood. Mutations are pseudo-random with a fixed seed: a failure
 * comes again. */
#include "config.h"

#include "proto/imap/text.h"
#include "render.h"

#include <stdlib.h>

static ImapSession *new_session(Render *render)
{
    ImapSessionOptions options = { .security = IMAP_SECURITY_TLS,
                                   .limits = { .small_literal = 20, .line = 4 * 1024 * 1024 } };
    render_init(render);
    ImapSession *session = imap_session_new(&options, &render_events, render);
    g_assert_true(imap_session_feed(session, "* PREAUTH hi\r\n", 14, NULL));
    return session;
}

static char *pop(Render *render)
{
    return g_queue_pop_tail(&render->lines);
}

static void repeat(GString *out, const char *text, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append(out, text);
}

/* Feeds one response; the last event is the caller's. */
static char *last_event(GString *response)
{
    Render render;
    ImapSession *session = new_session(&render);
    bool ok = imap_session_feed(session, response->str, response->len, NULL);
    char *event = pop(&render);
    if (!ok) {
        g_free(event);
        event = g_strdup("refused");
    }
    imap_session_free(session);
    render_clear(&render);
    g_string_free(response, TRUE);
    return event;
}

static void test_nesting(void)
{
    GString *deep = g_string_new("* 1 FETCH (UID 5 BODYSTRUCTURE ");
    repeat(deep, "(", 1000000);
    repeat(deep, ")", 1000000);
    g_string_append(deep, " FLAGS (\\Seen))\r\n");
    g_autofree char *event = last_event(deep);
    g_assert_true(g_str_has_prefix(event, "fetch 1 uid=5 flags=(\\Seen) body-truncated <0^-1 multipart ''"));
    g_assert_nonnull(strstr(event, " <63^62 multipart '1.1."));
    g_assert_null(strstr(event, " <64^"));

    GString *real = g_string_new("* 1 FETCH (BODYSTRUCTURE ");
    repeat(real, "(", 1000);
    g_string_append(real, "\"a\" \"b\" NIL NIL NIL \"7bit\" 1)");
    repeat(real, " \"mixed\")", 999);
    g_string_append(real, " UID 6)\r\n");
    g_autofree char *truncated = last_event(real);
    g_assert_true(
        g_str_has_prefix(truncated, "fetch 1 uid=6 body-truncated <0^-1 multipart '' multipart/mixed 0/0>"));

    GString *unknown = g_string_new("* 1 FETCH (UNKNOWN ");
    repeat(unknown, "(", 500000);
    repeat(unknown, ")", 500000);
    g_string_append(unknown, " UID 7)\r\n");
    g_autofree char *passed = last_event(unknown);
    g_assert_cmpstr(passed, ==, "fetch 1 uid=7");
}

static guint parts_seen, addresses_seen;
static bool was_truncated;

static void count_parts(ImapSession *session, const ImapFetch *fetch, gpointer user)
{
    (void)session;
    (void)user;
    if (fetch->body != NULL) {
        parts_seen = fetch->body->n;
        was_truncated = fetch->body->truncated;
    }
    if (fetch->envelope != NULL) {
        addresses_seen = fetch->envelope->to.n;
        was_truncated = fetch->envelope->truncated;
    }
}

static void feed_counting(GString *response)
{
    ImapSessionOptions options = { .security = IMAP_SECURITY_TLS };
    ImapSessionEvents events = { .fetch = count_parts };
    ImapSession *session = imap_session_new(&options, &events, NULL);
    g_assert_true(imap_session_feed(session, "* PREAUTH hi\r\n", 14, NULL));
    g_assert_true(imap_session_feed(session, response->str, response->len, NULL));
    imap_session_free(session);
    g_string_free(response, TRUE);
}

static void test_many_parts(void)
{
    GString *parts = g_string_new("* 1 FETCH (BODYSTRUCTURE (");
    repeat(parts, "(\"a\" \"b\" NIL NIL NIL \"7bit\" 1)", 1000000);
    g_string_append(parts, " \"mixed\"))\r\n");
    feed_counting(parts);
    g_assert_cmpuint(parts_seen, ==, 10000);
    g_assert_true(was_truncated);

    GString *addresses = g_string_new("* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL (");
    repeat(addresses, "(NIL NIL \"a\" \"b\")", 1000000);
    g_string_append(addresses, ") NIL NIL NIL NIL))\r\n");
    feed_counting(addresses);
    g_assert_cmpuint(addresses_seen, ==, 10000);
    g_assert_true(was_truncated);
}

/* Items that come again, and lists without end, do not make us keep more. */
static void test_repeated_items(void)
{
    GString *again = g_string_new("* 1 FETCH (");
    repeat(again, "BODYSTRUCTURE ((\"a\" \"b\" NIL NIL NIL \"7bit\" 1) \"mixed\") FLAGS (a b c) BODY[] \"\" ",
           20000);
    g_string_append(again, "UID 9)\r\n");
    feed_counting(again);
    g_assert_cmpuint(parts_seen, ==, 2);

    GString *flags = g_string_new("* FLAGS (");
    repeat(flags, "a ", 1000000);
    g_string_append(flags, ")\r\n");
    feed_counting(flags);
    GString *fields = g_string_new("* ID (");
    repeat(fields, "a b ", 500000);
    g_string_append(fields, ")\r\n");
    feed_counting(fields);
    GString *namespaces = g_string_new("* NAMESPACE (");
    repeat(namespaces, "(\"\" \"/\")", 300000);
    g_string_append(namespaces, ") NIL NIL\r\n");
    feed_counting(namespaces);
    GString *enabled = g_string_new("* ENABLED");
    repeat(enabled, " x", 300000);
    g_string_append(enabled, "\r\n");
    feed_counting(enabled);
}

/* What one answer to THREAD becomes, with `many` of `piece` in it. */
static char *thread_of(const char *piece, guint many, const char *behind)
{
    GString *line = g_string_new("* THREAD ");
    repeat(line, piece, many);
    g_string_append_printf(line, "%s\r\n", behind);
    return last_event(line);
}

static void test_threads_without_end(void)
{
    g_autofree char *wide = thread_of("(7)", 300000, "");
    g_assert_true(g_str_has_prefix(wide, "thread for=0 7 7 7 "));
    g_autofree char *open = thread_of("(7 ", 300000, "");
    g_assert_true(g_str_has_prefix(open, "malformed "));
    g_autofree char *nameless = thread_of("(", 300000, "");
    g_assert_true(g_str_has_prefix(nameless, "malformed "));
    GString *close = g_string_new("8");
    repeat(close, ")", 50000);
    g_autofree char *deep = thread_of("(7 ", 50000, close->str);
    g_assert_true(g_str_has_prefix(deep, "thread for=0 7 7<7 7<7"));
    g_assert_true(g_str_has_suffix(deep, " 8<7"));
    g_string_free(close, TRUE);
}

static void test_search_without_end(void)
{
    GString *numbers = g_string_new("* SEARCH");
    for (guint i = 300000; i > 0; i--) /* downward, the worst order */
        g_string_append_printf(numbers, " %u", i * 2);
    g_string_append(numbers, "\r\n");
    g_autofree char *event = last_event(numbers);
    g_assert_true(g_str_has_prefix(event, "search for=0 count=300000 all=2,4,6,"));
}

static void test_large_strings(void)
{
    /* Strings that are no sections, each over small_literal: some are fine, thousands are an attack. */
    GString *few = g_string_new("* 1 FETCH (UID 3 X-LIST (");
    repeat(few, "{30}\r\n012345678901234567890123456789 ", 60);
    g_string_append(few, "))\r\n");
    g_autofree char *event = last_event(few);
    g_assert_cmpstr(event, ==, "fetch 1 uid=3");
    GString *many = g_string_new("* 1 FETCH (UID 3 X-LIST (");
    repeat(many, "{30}\r\n012345678901234567890123456789 ", 1000);
    g_autofree char *refused = last_event(many);
    g_assert_cmpstr(refused, ==, "refused");

    /* Sections are streamed however many there are. */
    GString *sections = g_string_new("* 1 FETCH (");
    for (guint i = 0; i < 3000; i++)
        g_string_append(sections, "BODY[1] {30}\r\n012345678901234567890123456789 ");
    g_string_append(sections, "UID 4)\r\n");
    g_autofree char *streamed = last_event(sections);
    g_assert_true(g_str_has_prefix(streamed, "fetch 1 uid=4 BODY[1]=streamed 30"));
}

static void test_arena(void)
{
    ImapArena *arena = imap_arena_new();
    for (guint round = 0; round < 3; round++) {
        guint32 *grown = NULL;
        for (guint n = 0; n < 5000; n++) {
            grown = imap_arena_grow(arena, grown, n * sizeof *grown, (n + 1) * sizeof *grown);
            g_assert_cmpuint(grown[n], ==, 0);
            grown[n] = n + 1;
            if (n % 97 == 0)
                memset(imap_arena_alloc(arena, n), 0xee, n);
        }
        for (guint n = 0; n < 5000; n++)
            g_assert_cmpuint(grown[n], ==, n + 1);
        g_assert_cmpuint(imap_arena_used(arena), >, 20000);
        imap_arena_reset(arena);
        g_assert_cmpuint(imap_arena_used(arena), ==, 0);
    }
    imap_arena_free(arena);
}

/* ---- mutations ---- */

static const char *const SEEDS[] = {
    "* 12 FETCH (FLAGS (\\Seen x) UID 5 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 "
    "ENVELOPE (\"d\" \"s\\\"\" "
    "((\"T\" NIL \"g\" \"h\")) NIL NIL ((NIL NIL \"i\" \"j\")(NIL NIL \"k\" NIL)(NIL NIL NIL NIL)) NIL NIL "
    "NIL \"<B@c>\"))\r\n",
    "* 3 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 5 1)(\"message\" "
    "\"rfc822\" NIL NIL NIL "
    "\"7bit\" 900 (\"d\" \"i\" NIL NIL NIL NIL NIL NIL NIL \"<in@x>\") ((\"a\" \"b\" NIL NIL NIL \"7bit\" 1) "
    "\"mixed\") 40 NIL "
    "(\"inline\" NIL) NIL) \"mixed\" (\"boundary\" \"x\")) UID 7)\r\n",
    "* 4 FETCH (BODY[1] {26}\r\nabcdefghijklmnopqrstuvwxyz BODY[2.MIME]<4> {4}\r\ntiny UID 8 BINARY[3] "
    "~{22}\r\n"
    "ab\0d\r\n5 * 1 EXISTS\r\nxy BINARY.SIZE[3] 9)\r\n",
    "* LIST (\\Noselect) \"/\" {5}\r\na&-b/ (\"OLDNAME\" (\"x\"))\r\n* STATUS \"Entw&APw-rfe\" (MESSAGES 3 "
    "UIDNEXT 4)\r\n",
    "* OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* NO [ALERT] "
    "{5}\r\n",
    "* ESEARCH (TAG \"a1\") UID COUNT 17 ALL 4:18,21,28 PARTIAL (1:40 NIL)\r\n* SEARCH 1 5 3 (MODSEQ 9)\r\n* "
    "SORT 3 1\r\n* ESEARCH (TAG \"a1\" MAILBOX \"x\" UIDVALIDITY 3) UID PARTIAL (-1:-9 9:7,3)\r\n* THREAD (2)(3 6 (4 23)(44 7 96))((5)(9))\r\n",
    "* NAMESPACE ((\"\" \"/\")) NIL ((\"#s.\" \".\"))\r\n* ID (\"name\" \"x\" \"y\" NIL)\r\n* ENABLED A "
    "B\r\n* VANISHED (EARLIER) 1:5,7\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n* 5 EXISTS\r\n* 3 EXPUNGE\r\n* FLAGS (a {1}\r\nb)\r\n* BYE x\r\n+ "
    "go\r\na1 OK\r\n",
};

/* One holds a NUL: its length is that of the literal. */
static const bool HAS_NUL[] = { false, false, true, false, false, false, false, false };

static GString *mutated(GRand *random)
{
    static const char ODD[] = "(){}\"\\[]<>~*%+ \r\n\0"
                              "019NIL\x80\xff";
    GString *bytes = g_string_new(NULL);
    guint pieces = (guint)g_rand_int_range(random, 1, 4);
    for (guint i = 0; i < pieces; i++) {
        guint seed = (guint)g_rand_int_range(random, 0, G_N_ELEMENTS(SEEDS));
        gsize len = strlen(SEEDS[seed]);
        if (HAS_NUL[seed])
            len += 1 + strlen(SEEDS[seed] + len + 1);
        g_string_append_len(bytes, SEEDS[seed], (gssize)len);
    }
    for (guint changes = (guint)g_rand_int_range(random, 0, 6); changes > 0 && bytes->len > 0; changes--) {
        gsize at = (gsize)g_rand_int_range(random, 0, (gint32)bytes->len);
        gsize few = (gsize)g_rand_int_range(random, 1, 5);
        char odd = ODD[g_rand_int_range(random, 0, sizeof ODD - 1)];
        switch (g_rand_int_range(random, 0, 3)) {
        case 0:
            bytes->str[at] = odd;
            break;
        case 1:
            g_string_insert_c(bytes, (gssize)at, odd);
            break;
        default:
            g_string_erase(bytes, (gssize)at, (gssize)MIN(bytes->len - at, few));
            break;
        }
    }
    return bytes;
}

/* All events, and whether it ended in an error, as one text. */
static char *understood(const GString *bytes, GRand *random)
{
    Render render;
    ImapSession *session = new_session(&render);
    GString *all = g_string_new(NULL);
    bool ok = true;
    char *line;

    imap_session_send(session, imap_command_noop(), render_done, &render, NULL);
    for (gsize at = 0; at < bytes->len && ok;) {
        gsize len = random == NULL ? bytes->len : (gsize)g_rand_int_range(random, 1, 12);
        len = MIN(len, bytes->len - at);
        char *piece = g_memdup2(bytes->str + at, len);
        ok = imap_session_feed(session, piece, len, NULL);
        g_free(piece);
        at += len;
    }
    while ((line = g_queue_pop_head(&render.lines)) != NULL) {
        g_string_append_printf(all, "%s\n", line);
        g_free(line);
    }
    g_string_append(all, ok ? "ok" : "error");
    imap_session_free(session);
    render_clear(&render);
    return g_string_free(all, FALSE);
}

static void test_mutations(void)
{
    const char *wanted = g_getenv("MALLE_MUTATIONS");
    guint rounds = wanted == NULL ? 4000 : (guint)strtoul(wanted, NULL, 10);
    for (guint seed = 0; seed < rounds; seed++) {
        GRand *random = g_rand_new_with_seed(seed);
        GString *bytes = mutated(random);
        g_autofree char *whole = understood(bytes, NULL);
        g_autofree char *pieces = understood(bytes, random);
        if (strcmp(whole, pieces) != 0)
            g_test_message("seed %u", seed);
        g_assert_cmpstr(whole, ==, pieces);
        g_string_free(bytes, TRUE);
        g_rand_free(random);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/hostile/nesting", test_nesting);
    g_test_add_func("/imap/hostile/many-parts", test_many_parts);
    g_test_add_func("/imap/hostile/repeated-items", test_repeated_items);
    g_test_add_func("/imap/hostile/search-without-end", test_search_without_end);
    g_test_add_func("/imap/hostile/threads-without-end", test_threads_without_end);
    g_test_add_func("/imap/hostile/large-strings", test_large_strings);
    g_test_add_func("/imap/hostile/arena", test_arena);
    g_test_add_func("/imap/hostile/mutations", test_mutations);
    return g_test_run();
}
