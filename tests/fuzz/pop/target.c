/* Everything a POP3 server can say. The first octet chooses: the security, the log-in, the cut. Behind the log-in everything is asked at
 * once, letters too. */
#include "config.h"

#include "proto/pop/session.h"

#include "../fuzz.h"

enum { ITEMS_MAX = 16, LOG_IN_PLAIN = 0, LOG_IN_APOP = 1, LOG_IN_SCRAM = 2 };

typedef struct {
    guint log_in;
    SaslMechanism *mechanism;
    guint begun, done;
    guint items;      /* of one answer */
    PopCommandId last; /* whose octets or items came last */
    gsize touched;
} World;

static void on_done(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    World *world = user;
    (void)session;
    (void)id;
    world->done++;
    g_assert(g_utf8_validate(text->text, -1, NULL));
    fuzz_assert_showable(text->text);
    g_assert(text->code == NULL || done == POP_DONE_REFUSED);
}

static void count_item(World *world, PopCommandId id)
{
    g_assert(id >= world->last); /* answers come in order */
    world->items = id == world->last ? world->items + 1 : 1;
    world->last = id;
    g_assert_cmpuint(world->items, <=, ITEMS_MAX);
}

static void on_size(PopSession *session, PopCommandId id, guint32 number, guint64 size, gpointer user)
{
    (void)session;
    count_item(user, id);
    ((World *)user)->touched += number + (gsize)size;
}

static void on_uidl(PopSession *session, PopCommandId id, guint32 number, const char *uidl, gpointer user)
{
    (void)session;
    count_item(user, id);
    g_assert(*uidl != '\0' && strchr(uidl, '\n') == NULL && g_utf8_validate(uidl, -1, NULL));
    ((World *)user)->touched += number + strlen(uidl);
}

static void on_data(PopSession *session, PopCommandId id, const char *octets, gsize len, gpointer user)
{
    World *world = user;
    (void)session;
    g_assert(id >= world->last);
    world->last = id;
    for (gsize i = 0; i < len; i++)
        world->touched += (guchar)octets[i];
}

static void on_refused(PopSession *session, const PopText *text, gpointer user)
{
    (void)session;
    (void)user;
    fuzz_assert_showable(text->text);
}

static void on_logged_in(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    static const struct {
        PopVerb verb;
        guint32 number;
    } ALL[] = { { POP_STAT, 0 }, { POP_UIDL, 0 }, { POP_LIST, 0 }, { POP_LIST, 2 }, { POP_TOP, 1 }, { POP_RETR, 1 }, { POP_RETR, 2 }, { POP_DELE, 1 }, { POP_QUIT, 0 } };
    World *world = user;
    on_done(session, id, done, text, user);
    for (guint i = 0; done == POP_DONE_OK && i < G_N_ELEMENTS(ALL); i++)
        world->begun += pop_session_send(session, ALL[i].verb, ALL[i].number, 5, on_done, world, NULL) != 0;
}

static bool log_in(PopSession *session, World *world)
{
    SaslCredentials credentials = { .authcid = "user", .secret = "pencil" };
    switch (world->log_in) {
    case LOG_IN_SCRAM:
        if (world->mechanism == NULL)
            world->mechanism = sasl_mechanism_new("SCRAM-SHA-1", &credentials, NULL);
        return pop_session_authenticate(session, world->mechanism, on_logged_in, world, NULL);
    case LOG_IN_APOP:
        return pop_session_login_apop(session, "user", "pencil", on_logged_in, world, NULL);
    default:
        return pop_session_login_plain(session, "user", "pencil", on_logged_in, world, NULL);
    }
}

static void on_ready(PopSession *session, const PopCapabilities *capabilities, gpointer user)
{
    World *world = user;
    for (char **name = capabilities->mechanisms; *name != NULL; name++)
        world->touched += strlen(*name);
    if (pop_session_is_logged_in(session))
        return;
    if (!pop_session_is_protected(session) && pop_session_stls(session, on_done, world, NULL))
        world->begun++;
    else
        world->begun += log_in(session, world);
}

static void drain(PopSession *session)
{
    GBytes *bytes;
    for (guint turn = 0; pop_session_auth_busy(session) && turn < 8; turn++)
        pop_session_auth_resume(session);
    while ((bytes = pop_session_take_output(session, NULL)) != NULL)
        g_bytes_unref(bytes);
    if (pop_session_wants_tls(session))
        pop_session_tls_started(session);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const PopSessionEvents EVENTS = { .ready = on_ready, .refused = on_refused, .size = on_size, .uidl = on_uidl, .data = on_data };
    if (size == 0)
        return 0;
    guint8 how = *data++;
    size--;
    PopSessionOptions options = { .security = how & 1 ? POP_SECURITY_STLS : how & 2 ? POP_SECURITY_NONE : POP_SECURITY_TLS, .items_max = ITEMS_MAX };
    World world = { .log_in = (how >> 2 & 3) % 3 };
    gsize step = how >> 4; /* 0: line by line, as a server that waits for its turn */
    PopSession *session = pop_session_new(&options, &EVENTS, &world);

    for (gsize at = 0, len; at < size; at += len) {
        const guint8 *end = memchr(data + at, '\n', size - at);
        len = step != 0 ? MIN(step, size - at) : end != NULL ? (gsize)(end - (data + at)) + 1 : size - at;
        g_autofree char *piece = fuzz_copy(data + at, len);
        if (!pop_session_feed(session, piece, len, NULL))
            break;
        drain(session);
    }
    pop_session_close(session, "end");
    g_assert_cmpuint(world.done, ==, world.begun); /* everything is done exactly once */
    pop_session_free(session);
    sasl_mechanism_free(world.mechanism);
    return 0;
}
