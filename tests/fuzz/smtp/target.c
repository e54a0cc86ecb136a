/* Everything a submission server can say. The first octet chooses: the security, the log-in, the size of the letter, the cut. What begins
 * is begun again and again: STARTTLS, a log-in, letters. */
#include "config.h"

#include "proto/smtp/session.h"

#include "../fuzz.h"

enum { LETTERS = 3 };

typedef struct {
    bool scram;
    SaslMechanism *mechanism;
    SmtpSubmission submission;
    guint begun, done; /* operations */
    guint letters;
    bool released;     /* the last octets of the letter that is under way may have left */
    gsize touched;
} World;

static void touch(World *world, const SmtpReply *reply)
{
    if (reply == NULL)
        return;
    g_assert(reply->code >= 200 && reply->code <= 599);
    g_assert(g_utf8_validate(reply->text, -1, NULL));
    g_autofree char *words = smtp_reply_words(reply);
    fuzz_assert_showable(words);
    world->touched += strlen(words) + smtp_reply_is_transient(reply);
}

static void go_on(SmtpSession *session, World *world);

static void on_done(SmtpSession *session, SmtpDone done, const SmtpReply *reply, gpointer user)
{
    World *world = user;
    world->done++;
    touch(world, reply);
    g_assert((done == SMTP_DONE_REFUSED) <= (reply != NULL));
    if (done != SMTP_DONE_ENDED && !smtp_session_wants_tls(session))
        go_on(session, world);
}

/* What is said of a letter has to be true of what left. */
static void judge(const World *world, const SmtpResult *result)
{
    switch (result->outcome) {
    case SMTP_OUTCOME_ACCEPTED:
        g_assert(world->released && result->accepted == 2 && result->reply->code / 100 == 2);
        break;
    case SMTP_OUTCOME_PARTIAL:
        g_assert(world->released && result->accepted == 1);
        break;
    case SMTP_OUTCOME_UNKNOWN:
        g_assert(world->released && result->words != NULL);
        break;
    case SMTP_OUTCOME_NOT_SENT:
        g_assert(result->words != NULL);
        break;
    case SMTP_OUTCOME_REFUSED:
        break;
    }
}

static void on_submitted(SmtpSession *session, const SmtpResult *result, gpointer user)
{
    World *world = user;
    world->done++;
    judge(world, result);
    touch(world, result->reply);
    for (guint i = 0; i < 2 && result->recipients != NULL; i++)
        touch(world, result->recipients[i]);
    world->released = false;
    go_on(session, world);
}

static void on_last_octets(SmtpSession *session, gpointer user)
{
    World *world = user;
    g_assert(!world->released);
    world->released = true;
    smtp_session_release(session);
}

static void log_in(SmtpSession *session, World *world)
{
    SaslCredentials credentials = { .authcid = "user", .secret = "pencil" };
    world->mechanism = sasl_mechanism_new(world->scram ? "SCRAM-SHA-1" : "PLAIN", &credentials, NULL);
    world->begun += smtp_session_authenticate(session, world->mechanism, on_done, world, NULL);
}

static void go_on(SmtpSession *session, World *world)
{
    if (smtp_session_is_busy(session) || smtp_session_capabilities(session) == NULL)
        return;
    if (!smtp_session_is_protected(session) && smtp_session_starttls(session, on_done, world, NULL))
        world->begun++;
    else if (world->mechanism == NULL)
        log_in(session, world);
    else if (world->letters++ < LETTERS)
        world->begun += smtp_session_submit(session, &world->submission, on_submitted, world, NULL);
    else
        smtp_session_quit(session);
}

static void on_hello(SmtpSession *session, const SmtpCapabilities *capabilities, gpointer user)
{
    World *world = user;
    for (char **name = capabilities->mechanisms; *name != NULL; name++)
        world->touched += strlen(*name);
    go_on(session, world);
}

static void on_refused(SmtpSession *session, const SmtpReply *reply, gpointer user)
{
    (void)session;
    touch(user, reply);
}

static void drain(SmtpSession *session)
{
    GBytes *bytes;
    for (guint turn = 0; smtp_session_auth_busy(session) && turn < 8; turn++)
        smtp_session_auth_resume(session);
    while ((bytes = smtp_session_take_output(session, NULL, NULL)) != NULL)
        g_bytes_unref(bytes);
    if (smtp_session_wants_tls(session))
        smtp_session_tls_started(session);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const SmtpSessionEvents EVENTS = { .hello = on_hello, .refused = on_refused, .last_octets = on_last_octets };
    static const char *const RECIPIENTS[] = { "a@example.org", "b@example.org", NULL };
    if (size == 0)
        return 0;
    guint8 how = *data++;
    size--;
    g_autoptr(GBytes) letter = g_bytes_new_static("Subject: x\r\n\r\n.x\r\n", 18);
    SmtpSessionOptions options = { .security = how & 1 ? SMTP_SECURITY_STARTTLS : how & 2 ? SMTP_SECURITY_NONE : SMTP_SECURITY_TLS,
                                   .inline_max = how & 4 ? 1 : 0 };
    World world = { .scram = (how & 8) != 0, .submission = { .sender = "me@example.org", .recipients = RECIPIENTS, .message = letter } };
    gsize step = how >> 4; /* 0: line by line, as a server that waits for its turn */
    SmtpSession *session = smtp_session_new(&options, &EVENTS, &world);

    for (gsize at = 0, len; at < size; at += len) {
        const guint8 *end = memchr(data + at, '\n', size - at);
        len = step != 0 ? MIN(step, size - at) : end != NULL ? (gsize)(end - (data + at)) + 1 : size - at;
        g_autofree char *piece = fuzz_copy(data + at, len);
        if (!smtp_session_feed(session, piece, len, NULL))
            break;
        drain(session);
    }
    smtp_session_close(session, "end");
    g_assert_cmpuint(world.done, ==, world.begun); /* everything is done exactly once */
    smtp_session_free(session);
    sasl_mechanism_free(world.mechanism);
    return 0;
}
