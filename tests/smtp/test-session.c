/* Sessions to the byte: what the server says, what must leave, what becomes of the letter. Each is played with the
 * server's bytes in one piece and octet by octet. */
#include "config.h"

#include <string.h>

#include "proto/smtp/session.h"

#define NAME "[127.0.0.1]"

typedef struct {
    SmtpSession *session;
    gsize step;            /* octets fed at a time */
    GString *heard;        /* events, one a line */
    bool hold;             /* do not release the last octets by itself */
    SaslMechanism *mechanism;
    GError *error;         /* of feed or take_output */
} Play;

/* ---- events ---- */

static void on_hello(SmtpSession *session, const SmtpCapabilities *capabilities, gpointer user)
{
    Play *play = user;
    (void)session;
    g_autofree char *mechanisms = g_strjoinv(",", capabilities->mechanisms);
    g_string_append_printf(play->heard, "hello %x %s\n", capabilities->caps, mechanisms);
}

static void on_refused(SmtpSession *session, const SmtpReply *reply, gpointer user)
{
    Play *play = user;
    (void)session;
    g_autofree char *words = smtp_reply_words(reply);
    g_string_append_printf(play->heard, "refused %s\n", words);
}

static void on_last_octets(SmtpSession *session, gpointer user)
{
    Play *play = user;
    g_string_append(play->heard, "last\n");
    if (!play->hold)
        smtp_session_release(session);
}

static void on_done(SmtpSession *session, SmtpDone done, const SmtpReply *reply, gpointer user)
{
    static const char *const WORDS[] = { "ok", "refused", "ended" };
    Play *play = user;
    (void)session;
    g_autofree char *words = reply != NULL ? smtp_reply_words(reply) : g_strdup("-");
    g_string_append_printf(play->heard, "done %s %s\n", WORDS[done], words);
}

static void on_submitted(SmtpSession *session, const SmtpResult *result, gpointer user)
{
    static const char *const WORDS[] = { "accepted", "partial", "refused", "not-sent", "unknown" };
    Play *play = user;
    (void)session;
    g_autofree char *words = result->reply != NULL ? smtp_reply_words(result->reply) : g_strdup("-");
    g_string_append_printf(play->heard, "letter %s %u %s\n", WORDS[result->outcome], result->accepted, words);
}

static void play_begin(Play *play, gsize step, SmtpSecurity security)
{
    SmtpSessionOptions options = { .security = security, .inline_max = 100 };
    SmtpSessionEvents events = { .hello = on_hello, .refused = on_refused, .last_octets = on_last_octets };
    *play = (Play){ .step = step, .heard = g_string_new(NULL) };
    play->session = smtp_session_new(&options, &events, play);
}

static void play_end(Play *play)
{
    smtp_session_free(play->session);
    sasl_mechanism_free(play->mechanism);
    g_string_free(play->heard, TRUE);
    g_clear_error(&play->error);
}

/* ---- lines of a play ---- */

static void server(Play *play, const char *bytes)
{
    gsize len = strlen(bytes);
    for (gsize at = 0; at < len && play->error == NULL; at += play->step)
        smtp_session_feed(play->session, bytes + at, MIN(play->step, len - at), &play->error);
}

static char *taken(Play *play)
{
    GString *all = g_string_new(NULL);
    GBytes *bytes;
    while ((bytes = smtp_session_take_output(play->session, NULL, &play->error)) != NULL) {
        g_string_append_len(all, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
    return g_string_free(all, FALSE);
}

static void client(Play *play, const char *expected)
{
    g_autofree char *all = taken(play);
    g_assert_cmpstr(all, ==, expected);
}

static void heard(Play *play, const char *expected)
{
    g_assert_cmpstr(play->heard->str, ==, expected);
    g_string_truncate(play->heard, 0);
}

static const char *const TWO[] = { "bob@example.net", "carol@example.net", NULL };

static SmtpSubmission letter_of(GBytes *message)
{
    return (SmtpSubmission){ .sender = "alice@example.org", .recipients = TWO, .message = message };
}

static void submit(Play *play, const SmtpSubmission *letter)
{
    g_autoptr(GError) error = NULL;
    smtp_session_submit(play->session, letter, on_submitted, play, &error);
    g_assert_no_error(error);
}

/* Greeting and EHLO behind them; KEYWORDS: "250-PIPELINING\r\n". */
static void greeted(Play *play, const char *keywords)
{
    server(play, "220 mx ESMTP\r\n");
    client(play, "EHLO " NAME "\r\n");
    g_autofree char *reply = g_strdup_printf("250-mx\r\n%s250 HELP\r\n", keywords);
    server(play, reply);
    g_string_truncate(play->heard, 0);
}

#define MAIL "MAIL FROM:<alice@example.org>\r\n"
#define BOB "RCPT TO:<bob@example.net>\r\n"
#define CAROL "RCPT TO:<carol@example.net>\r\n"

/* ---- plays ---- */

static void play_pipelined(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static("Subject: x\r\n\r\n.dot\r\n", 20);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n");
    submit(&play, &letter);
    client(&play, MAIL BOB CAROL "DATA\r\n");
    server(&play, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    client(&play, "Subject: x\r\n\r\n..dot\r\n.\r\n");
    server(&play, "250 2.0.0 queued as 7\r\n");
    heard(&play, "last\nletter accepted 2 250 2.0.0 queued as 7\n");
    smtp_session_quit(play.session);
    client(&play, "QUIT\r\n");
    server(&play, "221 bye\r\n");
    g_assert_no_error(play.error);
    play_end(&play);
}

static void play_one_by_one(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static("x\r\n", 3);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "");
    submit(&play, &letter);
    client(&play, MAIL);
    server(&play, "250 ok\r\n");
    client(&play, BOB);
    server(&play, "550 5.1.1 unknown\r\n");
    client(&play, CAROL);
    server(&play, "250 ok\r\n");
    client(&play, "DATA\r\n");
    server(&play, "354 go\r\n");
    client(&play, "x\r\n.\r\n");
    server(&play, "250 ok\r\n");
    heard(&play, "last\nletter partial 1 250 ok\n");
    play_end(&play);
}

/* A small letter leaves with its envelope: one flight. That it was all is a command of its own. */
static void play_chunk_inline(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static(".x\r\ny", 5);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n250-CHUNKING\r\n250-SIZE 1000\r\n");
    submit(&play, &letter);
    client(&play, "MAIL FROM:<alice@example.org> SIZE=5\r\n" BOB CAROL "BDAT 7\r\n.x\r\ny\r\nBDAT 0 LAST\r\n");
    server(&play, "250 ok\r\n250 ok\r\n250 ok\r\n250 7 octets\r\n250 queued\r\n");
    heard(&play, "last\nletter accepted 2 250 queued\n");
    /* The next on the same connection needs no RSET. */
    submit(&play, &letter);
    client(&play, "MAIL FROM:<alice@example.org> SIZE=5\r\n" BOB CAROL "BDAT 7\r\n.x\r\ny\r\nBDAT 0 LAST\r\n");
    server(&play, "250 ok\r\n550 no\r\n550 no\r\n503 no recipients\r\n503 no\r\n");
    heard(&play, "last\nletter refused 0 550 no\n");
    /* After a refusal it does. */
    submit(&play, &letter);
    client(&play, "RSET\r\nMAIL FROM:<alice@example.org> SIZE=5\r\n" BOB CAROL "BDAT 7\r\n.x\r\ny\r\nBDAT 0 LAST\r\n");
    server(&play, "250 ok\r\n452 4.2.2 later\r\n503 no\r\n503 no\r\n503 no\r\n503 no\r\n");
    heard(&play, "last\nletter refused 0 452 4.2.2 later\n");
    play_end(&play);
}

static void play_chunk_large(gsize step)
{
    g_autofree char *text = g_strnfill(200, 'x');
    g_autoptr(GBytes) message = g_bytes_new(text, 200);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n250-CHUNKING\r\n");
    submit(&play, &letter);
    client(&play, MAIL BOB CAROL);
    server(&play, "250 ok\r\n250 ok\r\n");
    client(&play, "");
    play.hold = true;
    server(&play, "550 no\r\n");
    g_autofree char *expected = g_strdup_printf("BDAT 202\r\n%s\r\n", text);
    client(&play, expected);
    heard(&play, "last\n");
    smtp_session_release(play.session);
    client(&play, "BDAT 0 LAST\r\n");
    server(&play, "250 ok\r\n250 queued\r\n");
    heard(&play, "letter partial 1 250 queued\n");

    /* Refused for its size when it has all been sent, and before that it was all was said. */
    submit(&play, &letter);
    client(&play, MAIL BOB CAROL);
    server(&play, "250 ok\r\n250 ok\r\n250 ok\r\n");
    client(&play, expected);
    server(&play, "552 5.3.4 too large\r\n");
    heard(&play, "last\nletter refused 0 552 5.3.4 too large\n");
    smtp_session_release(play.session);
    client(&play, "");
    play_end(&play);
}

static void play_burl(gsize step)
{
    SmtpSubmission letter = letter_of(NULL);
    letter.burl = "imap://alice@mail/Drafts/;uid=7/;urlauth=submit+alice:internal:91354a473744909de610943775f92038";
    letter.size = 5000000;
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n250-CHUNKING\r\n250-BURL imap\r\n");
    submit(&play, &letter);
    g_autofree char *expected = g_strdup_printf(MAIL BOB CAROL "BURL %s LAST\r\n", letter.burl);
    client(&play, expected);
    server(&play, "250 ok\r\n250 ok\r\n250 ok\r\n554 5.7.0 cannot resolve\r\n");
    heard(&play, "last\nletter refused 0 554 5.7.0 cannot resolve\n");
    play_end(&play);
}

/* RFC 2920 §3.1: all recipients refused and 354 all the same. */
static void play_unwanted_354(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static("secret\r\n", 8);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n");
    submit(&play, &letter);
    client(&play, MAIL BOB CAROL "DATA\r\n");
    server(&play, "250 ok\r\n550 a\r\n550 b\r\n354 go\r\n");
    client(&play, ".\r\n");
    server(&play, "250 thanks\r\n");
    heard(&play, "letter refused 0 550 a\n");
    play_end(&play);
}

/* The link breaks: what is known of the letter then. */
static void play_cut(gsize step)
{
    static const struct {
        const char *said; /* until the link breaks, without octets being taken in between when held */
        bool take_last;
        const char *expected;
    } CASES[] = {
        { "250 ok\r\n250 ok\r\n", false, "letter not-sent 0 -\n" },
        { "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", false, "letter not-sent 0 -\n" },
        { "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", true, "last\nletter unknown 0 -\n" },
        { "250 ok\r\n550 a\r\n550 b\r\n", true, "letter refused 0 550 a\n" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GBytes) message = g_bytes_new_static("x\r\n", 3);
        SmtpSubmission letter = letter_of(message);
        Play play;
        play_begin(&play, step, SMTP_SECURITY_TLS);
        greeted(&play, "250-PIPELINING\r\n");
        submit(&play, &letter);
        client(&play, MAIL BOB CAROL "DATA\r\n");
        server(&play, CASES[i].said);
        if (CASES[i].take_last)
            g_free(taken(&play));
        smtp_session_close(play.session, "cut");
        heard(&play, CASES[i].expected);
        play_end(&play);
    }
}

/* Everything but the last octets left, and those were not released: certainly not sent. */
static void play_cut_held(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static("x\r\n", 3);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n250-CHUNKING\r\n");
    play.hold = true;
    submit(&play, &letter);
    client(&play, MAIL BOB CAROL "BDAT 3\r\nx\r\n");
    smtp_session_close(play.session, "cut");
    heard(&play, "last\nletter not-sent 0 -\n");
    play_end(&play);
}

static void play_refused_midway(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static("x\r\n", 3);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n");
    submit(&play, &letter);
    client(&play, MAIL BOB CAROL "DATA\r\n");
    server(&play, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n421 4.3.2 going down\r\n");
    heard(&play, "letter refused 0 421 4.3.2 going down\nrefused 421 4.3.2 going down\n");
    play_end(&play);
}

static void play_bad_letter(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static("x\r\n.\nMAIL", 9);
    SmtpSubmission letter = letter_of(message);
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-PIPELINING\r\n");
    submit(&play, &letter);
    client(&play, MAIL BOB CAROL "DATA\r\n");
    server(&play, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    client(&play, "");
    g_assert_error(play.error, SMTP_ERROR, SMTP_ERROR_MESSAGE);
    smtp_session_close(play.session, NULL);
    heard(&play, "letter not-sent 0 -\n");
    play_end(&play);
}

/* ---- protection and log-in ---- */

static void authenticate(Play *play, const char *name)
{
    SaslCredentials credentials = { .authcid = "alice", .secret = "secret" };
    g_autoptr(GError) error = NULL;
    play->mechanism = sasl_mechanism_new(name, &credentials, &error);
    g_assert_no_error(error);
    smtp_session_authenticate(play->session, play->mechanism, on_done, play, &error);
    g_assert_no_error(error);
}

static void play_starttls(gsize step)
{
    g_autoptr(GBytes) message = g_bytes_new_static("x\r\n", 3);
    SmtpSubmission letter = letter_of(message);
    g_autoptr(GError) error = NULL;
    Play play;
    play_begin(&play, step, SMTP_SECURITY_STARTTLS);
    greeted(&play, "250-STARTTLS\r\n250-AUTH PLAIN\r\n");
    g_assert_false(smtp_session_submit(play.session, &letter, on_submitted, &play, &error));
    g_assert_error(error, SMTP_ERROR, SMTP_ERROR_INSECURE);
    g_clear_error(&error);
    client(&play, "");
    g_assert_true(smtp_session_starttls(play.session, on_done, &play, &error));
    client(&play, "STARTTLS\r\n");
    server(&play, "220 go\r\n");
    heard(&play, "done ok -\n");
    g_assert_true(smtp_session_wants_tls(play.session));
    g_assert_null(smtp_session_capabilities(play.session));
    smtp_session_tls_started(play.session);
    client(&play, "EHLO " NAME "\r\n");
    server(&play, "250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN SCRAM-SHA-256\r\n");
    heard(&play, "hello 2 PLAIN,SCRAM-SHA-256\n");
    authenticate(&play, "PLAIN");
    client(&play, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
    server(&play, "535 5.7.8 wrong\r\n");
    heard(&play, "done refused 535 5.7.8 wrong\n");
    play_end(&play);
}

/* S1, S2: not offered, refused; nothing else leaves. The words of a link in clear are nobody's. */
static void play_starttls_missing(gsize step)
{
    g_autoptr(GError) error = NULL;
    Play play;
    play_begin(&play, step, SMTP_SECURITY_STARTTLS);
    greeted(&play, "250-AUTH PLAIN\r\n");
    g_assert_false(smtp_session_starttls(play.session, on_done, &play, &error));
    g_assert_error(error, SMTP_ERROR, SMTP_ERROR_INSECURE);
    play_end(&play);

    g_clear_error(&error);
    play_begin(&play, step, SMTP_SECURITY_STARTTLS);
    greeted(&play, "250-STARTTLS\r\n");
    g_assert_true(smtp_session_starttls(play.session, on_done, &play, &error));
    client(&play, "STARTTLS\r\n");
    server(&play, "454 4.7.0 call this number\r\n");
    heard(&play, "done refused 454\n");
    g_assert_false(smtp_session_wants_tls(play.session));
    play_end(&play);
}

/* S4: a reply injected behind the answer to STARTTLS, in one segment. */
static void play_starttls_injection(gsize step)
{
    Play play;
    g_autoptr(GError) error = NULL;
    play_begin(&play, step, SMTP_SECURITY_STARTTLS);
    greeted(&play, "250-STARTTLS\r\n");
    g_assert_true(smtp_session_starttls(play.session, on_done, &play, &error));
    client(&play, "STARTTLS\r\n");
    server(&play, "220 go\r\n250-mx\r\n250 AUTH PLAIN\r\n");
    g_assert_error(play.error, SMTP_ERROR, SMTP_ERROR_INSECURE);
    client(&play, "");
    play_end(&play);
}

static void play_login(gsize step)
{
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-AUTH LOGIN\r\n");
    authenticate(&play, "LOGIN");
    client(&play, "AUTH LOGIN\r\n");
    server(&play, "334 VXNlcm5hbWU6\r\n");
    client(&play, "YWxpY2U=\r\n");
    server(&play, "334 UGFzc3dvcmQ6\r\n");
    client(&play, "c2VjcmV0\r\n");
    server(&play, "235 2.7.0 in\r\n");
    heard(&play, "done ok 235 2.7.0 in\n");
    play_end(&play);
}

/* S24: a challenge that is no base64 is answered by giving up. */
static void play_bad_challenge(gsize step)
{
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-AUTH CRAM-MD5\r\n");
    authenticate(&play, "CRAM-MD5");
    client(&play, "AUTH CRAM-MD5\r\n");
    server(&play, "334 ***\r\n");
    client(&play, "*\r\n");
    server(&play, "501 5.7.0 given up\r\n");
    heard(&play, "done refused 501 5.7.0 given up\n");
    g_assert_error(smtp_session_auth_error(play.session), SASL_ERROR, SASL_ERROR_CHALLENGE);
    play_end(&play);
}

/* A server that says yes without having proved that it knows the password. */
static void play_impostor(gsize step)
{
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "250-AUTH SCRAM-SHA-256\r\n");
    authenticate(&play, "SCRAM-SHA-256");
    g_free(taken(&play));
    server(&play, "235 welcome\r\n");
    g_assert_error(play.error, SMTP_ERROR, SMTP_ERROR_INSECURE);
    smtp_session_close(play.session, NULL);
    heard(&play, "done ended -\n");
    play_end(&play);
}

static void play_turned_away(gsize step)
{
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    server(&play, "554 5.7.1 not you\r\n");
    heard(&play, "refused 554 5.7.1 not you\n");
    client(&play, "");
    play_end(&play);

    /* HELO where EHLO is not known. */
    play_begin(&play, step, SMTP_SECURITY_TLS);
    server(&play, "220 old\r\n");
    client(&play, "EHLO " NAME "\r\n");
    server(&play, "502 what\r\n");
    client(&play, "HELO " NAME "\r\n");
    server(&play, "250 old\r\n");
    heard(&play, "hello 0 \n");
    play_end(&play);
}

/* S29: answers to nothing, an answer that makes no sense. */
static void play_out_of_turn(gsize step)
{
    Play play;
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "");
    server(&play, "250 hello?\r\n");
    g_assert_error(play.error, SMTP_ERROR, SMTP_ERROR_PROTOCOL);
    play_end(&play);

    g_autoptr(GBytes) message = g_bytes_new_static("x\r\n", 3);
    SmtpSubmission letter = letter_of(message);
    play_begin(&play, step, SMTP_SECURITY_TLS);
    greeted(&play, "");
    submit(&play, &letter);
    client(&play, MAIL);
    server(&play, "354 go\r\n");
    g_assert_error(play.error, SMTP_ERROR, SMTP_ERROR_PROTOCOL);
    smtp_session_close(play.session, NULL);
    heard(&play, "letter not-sent 0 -\n");
    play_end(&play);
}

/* ---- all of them, in pieces ---- */

static const struct {
    const char *name;
    void (*play)(gsize step);
} PLAYS[] = {
    { "pipelined", play_pipelined },
    { "one-by-one", play_one_by_one },
    { "chunk-inline", play_chunk_inline },
    { "chunk-large", play_chunk_large },
    { "burl", play_burl },
    { "unwanted-354", play_unwanted_354 },
    { "cut", play_cut },
    { "cut-held", play_cut_held },
    { "refused-midway", play_refused_midway },
    { "bad-letter", play_bad_letter },
    { "starttls", play_starttls },
    { "starttls-missing", play_starttls_missing },
    { "starttls-injection", play_starttls_injection },
    { "login", play_login },
    { "bad-challenge", play_bad_challenge },
    { "impostor", play_impostor },
    { "turned-away", play_turned_away },
    { "out-of-turn", play_out_of_turn },
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
        g_autofree char *path = g_strdup_printf("/smtp/session/%s", PLAYS[i].name);
        g_test_add_data_func(path, GUINT_TO_POINTER(i), run_play);
    }
    return g_test_run();
}
