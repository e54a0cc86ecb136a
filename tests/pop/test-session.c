/* Sessions to the byte: what the server says, what must leave, what is understood. Each is played with the server's
 * bytes in pieces of 1, 2, 3, 7 and all octets. */
#include "config.h"

#include <string.h>

#include "proto/pop/session.h"

typedef struct {
    PopSession *session;
    gsize step;     /* octets fed at a time */
    GString *heard; /* events, one a line */
    GString *letter; /* of the RETR under way */
    SaslMechanism *mechanism;
    GError *error;  /* of feed */
} Play;

/* ---- events ---- */

static void on_ready(PopSession *session, const PopCapabilities *capabilities, gpointer user)
{
    Play *play = user;
    (void)session;
    g_autofree char *mechanisms = g_strjoinv(",", capabilities->mechanisms);
    g_string_append_printf(play->heard, "ready %x %s\n", capabilities->caps, mechanisms);
}

static void on_refused(PopSession *session, const PopText *text, gpointer user)
{
    (void)session;
    g_string_append_printf(((Play *)user)->heard, "refused %s\n", text->text);
}

static void on_size(PopSession *session, PopCommandId id, guint32 number, guint64 size, gpointer user)
{
    (void)session;
    (void)id;
    g_string_append_printf(((Play *)user)->heard, "size %u %" G_GUINT64_FORMAT "\n", number, size);
}

static void on_uidl(PopSession *session, PopCommandId id, guint32 number, const char *uidl, gpointer user)
{
    (void)session;
    (void)id;
    g_string_append_printf(((Play *)user)->heard, "uidl %u %s\n", number, uidl);
}

static void on_data(PopSession *session, PopCommandId id, const char *octets, gsize len, gpointer user)
{
    (void)session;
    (void)id;
    g_string_append_len(((Play *)user)->letter, octets, (gssize)len);
}

static void on_done(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    static const char *const WORDS[] = { "ok", "refused", "not-sent", "unknown" };
    Play *play = user;
    (void)session;
    (void)id;
    if (play->letter->len > 0) {
        g_autofree char *escaped = g_strescape(play->letter->str, NULL);
        g_string_append_printf(play->heard, "letter %s\n", escaped);
        g_string_truncate(play->letter, 0);
    }
    g_string_append_printf(play->heard, "%s%s%s%s%s\n", WORDS[done], text->code != NULL ? " [" : "", text->code != NULL ? text->code : "",
                           text->code != NULL ? "] " : " ", text->text);
}

static void play_begin(Play *play, gsize step, PopSecurity security)
{
    PopSessionOptions options = { .security = security, .items_max = 5 };
    PopSessionEvents events = { .ready = on_ready, .refused = on_refused, .size = on_size, .uidl = on_uidl, .data = on_data };
    *play = (Play){ .step = step, .heard = g_string_new(NULL), .letter = g_string_new(NULL) };
    play->session = pop_session_new(&options, &events, play);
}

static void play_end(Play *play)
{
    pop_session_free(play->session);
    sasl_mechanism_free(play->mechanism);
    g_string_free(play->heard, TRUE);
    g_string_free(play->letter, TRUE);
    g_clear_error(&play->error);
}

/* ---- lines of a play ---- */

static void server(Play *play, const char *bytes)
{
    gsize len = strlen(bytes);
    for (gsize at = 0; at < len && play->error == NULL; at += play->step)
        pop_session_feed(play->session, bytes + at, MIN(play->step, len - at), &play->error);
}

static void client(Play *play, const char *expected)
{
    g_autoptr(GString) all = g_string_new(NULL);
    GBytes *bytes;
    while ((bytes = pop_session_take_output(play->session, NULL)) != NULL) {
        g_string_append_len(all, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
    g_assert_cmpstr(all->str, ==, expected);
}

static void heard(Play *play, const char *expected)
{
    g_assert_cmpstr(play->heard->str, ==, expected);
    g_string_truncate(play->heard, 0);
}

static void ask(Play *play, PopVerb verb, guint32 number)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpuint(pop_session_send(play->session, verb, number, 10, on_done, play, &error), !=, 0);
    g_assert_no_error(error);
}

static void greeted(Play *play, const char *capabilities)
{
    server(play, "+OK hello\r\n");
    client(play, "CAPA\r\n");
    g_autofree char *answer = g_strdup_printf("+OK\r\n%s.\r\n", capabilities);
    server(play, answer);
    g_string_truncate(play->heard, 0);
}

static void logged_in(Play *play, const char *capabilities)
{
    g_autoptr(GError) error = NULL;
    greeted(play, capabilities);
    g_assert_true(pop_session_login_plain(play->session, "alice", "secret word", on_done, play, &error));
    if (strstr(capabilities, "PIPELINING") != NULL) {
        client(play, "USER alice\r\nPASS secret word\r\n");
        server(play, "+OK\r\n+OK in\r\n");
    } else {
        client(play, "USER alice\r\n");
        server(play, "+OK\r\n");
        client(play, "PASS secret word\r\n");
        server(play, "+OK in\r\n");
    }
    heard(play, "ok in\n");
    g_assert_true(pop_session_is_logged_in(play->session));
}

/* ---- plays ---- */

static void play_lists(gsize step)
{
    Play play;
    play_begin(&play, step, POP_SECURITY_TLS);
    logged_in(&play, "PIPELINING\r\nUIDL\r\nTOP\r\n");
    ask(&play, POP_STAT, 0);
    ask(&play, POP_UIDL, 0);
    ask(&play, POP_LIST, 0);
    ask(&play, POP_LIST, 2);
    client(&play, "STAT\r\nUIDL\r\nLIST\r\nLIST 2\r\n");
    server(&play, "+OK 2 320\r\n+OK\r\n1 ../../x\r\n2 b c\r\nx y\r\n0 zero\r\n3\r\n.\r\n+OK\r\n1 100\r\n2 99999999999999999999\r\n.\r\n+OK 2 7\r\n");
    heard(&play, "size 2 320\nok 2 320\nuidl 1 ../../x\nuidl 2 b\nok \nsize 1 100\nsize 2 0\nok \nsize 2 7\nok 2 7\n");
    g_assert_no_error(play.error);
    play_end(&play);
}

/* S28: where a letter ends, and what the dots of it are. */
static void play_letters(gsize step)
{
    Play play;
    play_begin(&play, step, POP_SECURITY_TLS);
    logged_in(&play, "PIPELINING\r\n");
    for (guint32 number = 1; number <= 5; number++)
        ask(&play, POP_RETR, number);
    ask(&play, POP_TOP, 6);
    client(&play, "RETR 1\r\nRETR 2\r\nRETR 3\r\nRETR 4\r\nRETR 5\r\nTOP 6 10\r\n");
    server(&play, "+OK 120 octets\r\nSubject: x\r\n\r\n..dot\r\n...\r\nend.\r\n.\r\n");
    heard(&play, "letter Subject: x\\r\\n\\r\\n.dot\\r\\n..\\r\\nend.\\r\\n\nok 120 octets\n");
    server(&play, "+OK\r\na\n.\nb\r\n.\rc\r\n.x\r\n\r\n.\r\n"); /* bare line ends end nothing; a lone dot goes */
    heard(&play, "letter a\\n.\\nb\\r\\n\\rc\\r\\nx\\r\\n\\r\\n\nok \n");
    server(&play, "+OK\r\n.\r\n");
    heard(&play, "ok \n");
    server(&play, "-ERR [SYS/TEMP] later\r\n");
    heard(&play, "refused [SYS/TEMP] later\n");
    server(&play, "+OK\r\na\r\r\n.\r\n+OK\r\nb\r\n.");
    heard(&play, "letter a\\r\\r\\n\nok \n");
    pop_session_close(play.session, "cut");
    heard(&play, "letter b\\r\\n\nunknown cut\n"); /* the final dot had not come whole */
    play_end(&play);
}

static void play_one_by_one(gsize step)
{
    Play play;
    play_begin(&play, step, POP_SECURITY_TLS);
    logged_in(&play, "TOP\r\n");
    ask(&play, POP_DELE, 1);
    ask(&play, POP_DELE, 2);
    ask(&play, POP_QUIT, 0);
    client(&play, "DELE 1\r\n");
    server(&play, "+OK\r\n");
    client(&play, "DELE 2\r\n");
    server(&play, "-ERR no such\r\n");
    client(&play, "QUIT\r\n");
    heard(&play, "ok \nrefused no such\n");
    pop_session_close(play.session, "cut");
    heard(&play, "unknown cut\n");
    play_end(&play);
}

/* A server without CAPA: what every one of them knows, one by one. */
static void play_old(gsize step)
{
    Play play;
    g_autoptr(GError) error = NULL;
    play_begin(&play, step, POP_SECURITY_NONE);
    server(&play, "+OK POP3 <1896.697170952@dbc.mtview.ca.us>\r\n");
    client(&play, "CAPA\r\n");
    server(&play, "-ERR what\r\n");
    heard(&play, "ready 2 \n");
    g_assert_false(pop_session_capabilities(play.session)->asked);
    /* RFC 1939 §7's own example. */
    g_assert_true(pop_session_offers_apop(play.session));
    g_assert_true(pop_session_login_apop(play.session, "mrose", "tanstaaf", on_done, &play, &error));
    client(&play, "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n");
    server(&play, "-ERR [AUTH] no\r\n");
    heard(&play, "refused [AUTH] no\n");
    g_assert_true(pop_session_login_plain(play.session, "mrose", "x", on_done, &play, &error));
    client(&play, "USER mrose\r\n");
    server(&play, "-ERR never heard of\r\n"); /* the password need not leave */
    client(&play, "");
    heard(&play, "refused never heard of\n");
    g_assert_cmpuint(pop_session_outstanding(play.session), ==, 0);
    play_end(&play);
}

static void play_stls(gsize step)
{
    Play play;
    g_autoptr(GError) error = NULL;
    play_begin(&play, step, POP_SECURITY_STLS);
    server(&play, "+OK hello <1@x>\r\n");
    client(&play, "CAPA\r\n");
    server(&play, "+OK\r\nSTLS\r\nUSER\r\nPIPELINING\r\n.\r\n");
    heard(&play, "ready 122 \n");
    g_assert_false(pop_session_login_plain(play.session, "a", "b", on_done, &play, &error));
    g_assert_error(error, POP_ERROR, POP_ERROR_INSECURE);
    g_clear_error(&error);
    g_assert_true(pop_session_stls(play.session, on_done, &play, &error));
    client(&play, "STLS\r\n");
    server(&play, "+OK call this number\r\n");
    heard(&play, "ok \n");
    g_assert_true(pop_session_wants_tls(play.session));
    pop_session_tls_started(play.session);
    g_assert_false(pop_session_offers_apop(play.session));
    client(&play, "CAPA\r\n");
    server(&play, "+OK\r\nSTLS\r\nSASL plain SCRAM-SHA-256\r\n.\r\n");
    heard(&play, "ready 4 PLAIN,SCRAM-SHA-256\n");
    play_end(&play);
}

/* S1, S2, S4. */
static void play_stls_broken(gsize step)
{
    Play play;
    g_autoptr(GError) error = NULL;
    play_begin(&play, step, POP_SECURITY_STLS);
    greeted(&play, "USER\r\n");
    g_assert_false(pop_session_stls(play.session, on_done, &play, &error));
    g_assert_error(error, POP_ERROR, POP_ERROR_INSECURE);
    g_clear_error(&error);
    client(&play, "");
    play_end(&play);

    play_begin(&play, step, POP_SECURITY_STLS);
    greeted(&play, "STLS\r\n");
    g_assert_true(pop_session_stls(play.session, on_done, &play, &error));
    client(&play, "STLS\r\n");
    server(&play, "-ERR call this number\r\n");
    heard(&play, "refused \n");
    g_assert_false(pop_session_wants_tls(play.session));
    play_end(&play);

    play_begin(&play, step, POP_SECURITY_STLS);
    greeted(&play, "STLS\r\n");
    g_assert_true(pop_session_stls(play.session, on_done, &play, &error));
    client(&play, "STLS\r\n");
    server(&play, "+OK\r\n+OK injected\r\n");
    g_assert_error(play.error, POP_ERROR, POP_ERROR_INSECURE);
    play_end(&play);
}

static void authenticate(Play *play, const char *name, const char *secret)
{
    SaslCredentials credentials = { .authcid = "alice", .secret = secret };
    g_autoptr(GError) error = NULL;
    play->mechanism = sasl_mechanism_new(name, &credentials, &error);
    g_assert_no_error(error);
    g_assert_true(pop_session_authenticate(play->session, play->mechanism, on_done, play, &error));
    g_assert_no_error(error);
}

static void play_auth(gsize step)
{
    Play play;
    play_begin(&play, step, POP_SECURITY_TLS);
    greeted(&play, "SASL PLAIN LOGIN\r\nPIPELINING\r\n");
    authenticate(&play, "PLAIN", "secret");
    client(&play, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
    server(&play, "-ERR [AUTH] wrong\r\n");
    heard(&play, "refused [AUTH] wrong\n");
    sasl_mechanism_free(g_steal_pointer(&play.mechanism));
    authenticate(&play, "LOGIN", "secret");
    client(&play, "AUTH LOGIN\r\n");
    server(&play, "+ VXNlcm5hbWU6\r\n");
    client(&play, "YWxpY2U=\r\n");
    server(&play, "+ UGFzc3dvcmQ6\r\n");
    client(&play, "c2VjcmV0\r\n");
    server(&play, "+OK in\r\n");
    heard(&play, "ok in\n");
    play_end(&play);

    /* RFC 5034 §4: too long for the command's line. */
    g_autofree char *long_secret = g_strnfill(200, 'x');
    play_begin(&play, step, POP_SECURITY_TLS);
    greeted(&play, "SASL PLAIN\r\n");
    authenticate(&play, "PLAIN", long_secret);
    client(&play, "AUTH PLAIN\r\n");
    server(&play, "+ \r\n");
    g_autofree char *plain = g_strdup_printf("%calice%c%s", 1, 1, long_secret);
    gsize len = strlen(plain);
    plain[0] = plain[6] = '\0';
    g_autofree char *encoded = g_base64_encode((const guchar *)plain, len);
    g_autofree char *expected = g_strdup_printf("%s\r\n", encoded);
    client(&play, expected);
    play_end(&play);
}

static void play_impostor(gsize step)
{
    Play play;
    play_begin(&play, step, POP_SECURITY_TLS);
    greeted(&play, "SASL SCRAM-SHA-256\r\n");
    authenticate(&play, "SCRAM-SHA-256", "secret");
    GBytes *sent = pop_session_take_output(play.session, NULL);
    g_bytes_unref(sent);
    server(&play, "+OK welcome\r\n");
    g_assert_error(play.error, POP_ERROR, POP_ERROR_INSECURE);
    play_end(&play);
}

static void play_hostile(gsize step)
{
    static const struct {
        const char *said;
        PopError code;
    } CASES[] = {
        { "HTTP/1.1 200 OK\r\n", POP_ERROR_PROTOCOL },
        { "+OKAY\r\n", POP_ERROR_PROTOCOL },
        { "+OK\r\n1 1\r\n2 2\r\n3 3\r\n4 4\r\n5 5\r\n6 6\r\n", POP_ERROR_LIMIT }, /* more than items_max */
        { "+OK\r\n.\r\n+OK what\r\n", POP_ERROR_PROTOCOL },
        { "+ go on\r\n", POP_ERROR_PROTOCOL },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Play play;
        play_begin(&play, step, POP_SECURITY_TLS);
        logged_in(&play, "");
        ask(&play, POP_LIST, 0);
        client(&play, "LIST\r\n");
        server(&play, CASES[i].said);
        g_assert_error(play.error, POP_ERROR, (gint)CASES[i].code);
        play_end(&play);
    }
    Play play;
    g_autoptr(GError) error = NULL;
    play_begin(&play, step, POP_SECURITY_TLS);
    server(&play, "-ERR [IN-USE] not now\r\n");
    heard(&play, "refused [IN-USE] not now\n");
    client(&play, "");
    play_end(&play);

    play_begin(&play, step, POP_SECURITY_TLS);
    greeted(&play, "USER\r\n");
    g_assert_false(pop_session_login_plain(play.session, "a\r\nDELE 1", "b", on_done, &play, &error));
    g_assert_error(error, POP_ERROR, POP_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(pop_session_login_plain(play.session, "a", "b\nQUIT", on_done, &play, &error));
    g_assert_error(error, POP_ERROR, POP_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_cmpuint(pop_session_send(play.session, POP_RETR, 1, 0, on_done, &play, &error), ==, 0);
    g_assert_error(error, POP_ERROR, POP_ERROR_STATE);
    play_end(&play);
}

static void play_capabilities(gsize step)
{
    Play play;
    play_begin(&play, step, POP_SECURITY_TLS);
    greeted(&play, "EXPIRE 60 USER\r\nLOGIN-DELAY 900\r\nIMPLEMENTATION A b c\r\n..X\r\n");
    const PopCapabilities *caps = pop_session_capabilities(play.session);
    g_assert_cmpuint(caps->expire_days, ==, 60);
    g_assert_cmpuint(caps->login_delay, ==, 900);
    g_assert_true(caps->per_user);
    g_assert_cmpstr(caps->implementation, ==, "A b c");
    pop_session_capa(play.session);
    client(&play, "CAPA\r\n");
    server(&play, "+OK\r\nEXPIRE NEVER\r\n.\r\n");
    heard(&play, "ready 40 \n");
    g_assert_cmpuint(pop_session_capabilities(play.session)->expire_days, ==, POP_EXPIRE_NEVER);
    play_end(&play);
}

/* ---- all of them, in pieces ---- */

static const struct {
    const char *name;
    void (*play)(gsize step);
} PLAYS[] = {
    { "lists", play_lists },
    { "letters", play_letters },
    { "one-by-one", play_one_by_one },
    { "old", play_old },
    { "stls", play_stls },
    { "stls-broken", play_stls_broken },
    { "auth", play_auth },
    { "impostor", play_impostor },
    { "hostile", play_hostile },
    { "capabilities", play_capabilities },
};

static void run_play(gconstpointer data)
{
    static const gsize STEPS[] = { 1, 2, 3, 7, 100000 };
    for (gsize i = 0; i < G_N_ELEMENTS(STEPS); i++)
        PLAYS[GPOINTER_TO_UINT(data)].play(STEPS[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(PLAYS); i++) {
        g_autofree char *path = g_strdup_printf("/pop/session/%s", PLAYS[i].name);
        g_test_add_data_func(path, GUINT_TO_POINTER(i), run_play);
    }
    return g_test_run();
}
