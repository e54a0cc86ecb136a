/* A client of few words over net/ and sasl/, for tests against real servers:
 *
 *     probe HOST PORT tls|starttls|clear CA-FILE USER PASSWORD MECHANISM [compress] [times N]
 *
 * Connects N times (1), one after the other, with one memory of TLS sessions; logs in; with "compress" starts
 * compression and asks the server for much; logs out. One line of NAME=VALUE words for each connection;
 * "failed=" with the reason when it did not work.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/connect.h"
#include "sasl/sasl.h"

typedef enum { AT_GREETING, AT_STARTTLS, AT_CAPABILITY, AT_LOGIN, AT_COMPRESS, AT_WORK, AT_LOGOUT } Stage;

typedef struct {
    GMainContext *context;
    NetTarget target;
    const char *user, *password, *mechanism_name;
    gboolean compress;

    Stage stage;
    Stream *stream;
    SaslMechanism *mechanism;
    char *words; /* of the failure */
    gboolean logged_in, over;
} Probe;

/* WORDS: why it failed, or NULL. The first reason counts. */
static void end(Probe *self, const char *words)
{
    if (words && !self->words)
        self->words = g_strdup(words);
    self->over = TRUE;
}

static void send_line(Probe *self, const char *line)
{
    stream_write_string(self->stream, line);
    stream_write_string(self->stream, "\r\n");
}

static void authenticate(Probe *self)
{
    g_autoptr(GBytes) binding = stream_channel_binding(self->stream, "tls-exporter");
    SaslCredentials credentials = { .authcid = self->user,
                                    .secret = self->password,
                                    .binding_data = binding,
                                    .binding_name = "tls-exporter" };
    g_autoptr(GError) error = NULL;
    g_autofree char *line = NULL;

    self->mechanism = sasl_mechanism_new(self->mechanism_name, &credentials, &error);
    if (!self->mechanism) {
        end(self, error->message);
        return;
    }
    self->stage = AT_LOGIN;
    line = g_strdup_printf("a AUTHENTICATE %s", self->mechanism_name);
    send_line(self, line);
}

/* A "+" with a challenge. The initial response answers the empty one. */
static void answer(Probe *self, const char *text)
{
    gsize length = 0;
    g_autofree guchar *data = *text ? g_base64_decode(text, &length) : NULL;
    g_autoptr(GBytes) challenge = g_bytes_new(data, length);
    g_autoptr(GError) error = NULL;
    g_autofree char *encoded = NULL;
    GBytes *response = NULL;
    SaslStep step;

    do
        step = sasl_step(self->mechanism, challenge, &response, &error);
    while (step == SASL_STEP_BUSY);
    if (step == SASL_STEP_FAILED) {
        end(self, error->message);
        return;
    }
    encoded = g_base64_encode(g_bytes_get_data(response, NULL), g_bytes_get_size(response));
    sasl_response_free(response);
    send_line(self, encoded);
}

static void logged_in(Probe *self)
{
    g_autoptr(GError) error = NULL;

    if (!sasl_succeeded(self->mechanism, NULL, &error)) {
        end(self, error->message);
        return;
    }
    self->logged_in = TRUE;
    self->stage = self->compress ? AT_COMPRESS : AT_LOGOUT;
    send_line(self, self->compress ? "b COMPRESS DEFLATE" : "d LOGOUT");
}

/* Much both ways in one go: far more than the buffers between here and there hold. */
static void work(Probe *self)
{
    stream_start_deflate(self->stream);
    self->stage = AT_WORK;
    for (int i = 0; i < 20000; i++)
        send_line(self, "x STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)");
    send_line(self, "c NOOP");
}

static void begin_tls(Probe *self)
{
    stream_start_tls(self->stream, &self->target.tls, 0);
}

static void on_line(Probe *self, const char *line)
{
    if (self->stage == AT_GREETING && g_str_has_prefix(line, "* OK")) {
        gboolean upgrade = self->target.security == NET_SECURITY_STARTTLS;

        self->stage = upgrade ? AT_STARTTLS : AT_CAPABILITY;
        send_line(self, upgrade ? "s STARTTLS" : "k CAPABILITY");
    } else if (self->stage == AT_STARTTLS && g_str_has_prefix(line, "s OK"))
        begin_tls(self);
    else if (self->stage == AT_CAPABILITY && g_str_has_prefix(line, "k OK"))
        authenticate(self);
    else if (self->stage == AT_LOGIN && line[0] == '+')
        answer(self, line[1] == ' ' ? line + 2 : "");
    else if (self->stage == AT_LOGIN && g_str_has_prefix(line, "a OK"))
        logged_in(self);
    else if (self->stage == AT_COMPRESS && g_str_has_prefix(line, "b OK"))
        work(self);
    else if (self->stage == AT_WORK && g_str_has_prefix(line, "c OK")) {
        self->stage = AT_LOGOUT;
        send_line(self, "d LOGOUT");
    } else if (line[0] != '*' && line[0] != 'x' && line[0] != 'd')
        end(self, line);
}

static gsize on_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user_data)
{
    Probe *self = user_data;
    gsize taken = 0;
    const guint8 *newline;

    (void)stream;
    /* A line that changes the stream ends what is ours of these bytes. */
    while (!self->over && (newline = memchr(bytes + taken, '\n', length - taken))) {
        gsize count = (gsize)(newline - (bytes + taken)) + 1;
        g_autofree char *line = g_strndup((const char *)bytes + taken, count);
        Stage before = self->stage;
        gboolean was_clear = !stream_is_encrypted(self->stream);

        taken += count;
        on_line(self, g_strchomp(line));
        if ((before == AT_COMPRESS && self->stage == AT_WORK) || (before == AT_STARTTLS && was_clear))
            break;
    }
    return taken;
}

static void on_secured(Stream *stream, gpointer user_data)
{
    Probe *self = user_data;

    (void)stream;
    self->stage = AT_CAPABILITY;
    send_line(self, "k CAPABILITY");
}

static void on_closed(Stream *stream, const GError *error, gpointer user_data)
{
    Probe *self = user_data;

    (void)stream;
    if (error && self->stage != AT_LOGOUT) /* after the good-bye a server may just hang up */
        end(self, error->message);
    else
        end(self, self->logged_in ? NULL : "closed");
}

static void on_connected(Stream *stream, const TlsCertificateInfo *certificate, const GError *error,
                         gpointer user_data)
{
    static const StreamHandlers handlers = { .received = on_received,
                                             .secured = on_secured,
                                             .closed = on_closed };
    Probe *self = user_data;

    (void)certificate;
    if (!stream) {
        end(self, error->message);
        return;
    }
    self->stream = stream;
    stream_set_handlers(stream, &handlers, self);
}

static void run_once(Probe *self)
{
    self->stage = AT_GREETING;
    self->logged_in = self->over = FALSE;
    net_connect_async(self->context, &self->target, NULL, NULL, on_connected, self);
    while (!self->over)
        g_main_context_iteration(self->context, TRUE);
    printf("login=%s", self->logged_in ? "yes" : "no");
    if (self->stream) {
        StreamStatistics cost = stream_statistics(self->stream);
        const TlsInfo *tls = stream_tls_info(self->stream);

        printf(" setup=%u wire_up=%" G_GUINT64_FORMAT " payload_up=%" G_GUINT64_FORMAT
               " wire_down=%" G_GUINT64_FORMAT " payload_down=%" G_GUINT64_FORMAT,
               cost.setup_flights, cost.wire_up, cost.payload_up, cost.wire_down, cost.payload_down);
        if (tls)
            printf(" version=%s resumed=%s", tls->version, tls->resumed ? "yes" : "no");
    }
    if (self->words)
        printf(" failed=%s", self->words);
    printf("\n");
    g_clear_pointer(&self->stream, stream_free);
    g_clear_pointer(&self->mechanism, sasl_mechanism_free);
    g_clear_pointer(&self->words, g_free);
}

int main(int argc, char **argv)
{
    Probe self = { 0 };
    int times = 1;

    if (argc < 8)
        return 64;
    self.context = g_main_context_new();
    self.target.host = argv[1];
    self.target.port = (guint16)atoi(argv[2]);
    self.target.security = strcmp(argv[3], "tls") == 0        ? NET_SECURITY_TLS
                           : strcmp(argv[3], "starttls") == 0 ? NET_SECURITY_STARTTLS
                                                              : NET_SECURITY_NONE;
    self.target.proxy = "direct://";
    self.target.tls.context = tls_context_new();
    self.target.tls.host = argv[1];
    self.target.tls.port = self.target.port;
    self.target.tls.ca_file = *argv[4] ? argv[4] : NULL;
    self.user = argv[5];
    self.password = argv[6];
    self.mechanism_name = argv[7];
    for (int i = 8; i < argc; i++) {
        if (strcmp(argv[i], "compress") == 0)
            self.compress = TRUE;
        else if (strcmp(argv[i], "times") == 0 && i + 1 < argc)
            times = atoi(argv[++i]);
    }
    while (times-- > 0)
        run_once(&self);
    tls_context_unref(self.target.tls.context);
    g_main_context_unref(self.context);
    return 0;
}
