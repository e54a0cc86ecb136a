#include "config.h"

#include "flights.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* One direction, cut into lines and literals. */
typedef struct {
    GString *line;          /* what is there of the current line */
    guint64 literal_left;   /* octets of a literal still to pass over */
    gboolean continues;     /* the current line goes on behind a literal */
    gboolean inflating;
    z_stream zip;
} Half;

struct Flights {
    FlightCounts *counts;
    FILE *transcript;
    Half up, down;
    GHashTable *outstanding;    /* tags (a set) */
    char *idle_tag;             /* of an IDLE sent, accepted or not */
    gboolean idling;            /* ... and accepted */
    char *compress_tag, *starttls_tag, *authenticate_tag, *login_tag;
    gboolean waits_for_plus;    /* the client's next data had to wait for a "+" */
    GQueue *pop;                /* POP3: verbs of the commands not answered, oldest first; NULL: it is IMAP */
    gboolean pop_lines;         /* ... and the oldest one's lines are coming, up to a dot */
    gboolean opaque;            /* TLS: only directions can be seen */
    gboolean client_spoke_last;
};

static void half_init(Half *half)
{
    half->line = g_string_new(NULL);
}

static void half_clear(Half *half)
{
    g_string_free(half->line, TRUE);
    if (half->inflating)
        inflateEnd(&half->zip);
}

static void half_start_inflating(Half *half)
{
    half->inflating = inflateInit2(&half->zip, -15) == Z_OK;
}

Flights *flights_new(FlightCounts *counts, FILE *transcript)
{
    Flights *self = g_new0(Flights, 1);
    self->counts = counts;
    self->transcript = transcript;
    half_init(&self->up);
    half_init(&self->down);
    self->outstanding = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void flights_free(Flights *self)
{
    half_clear(&self->up);
    half_clear(&self->down);
    g_hash_table_unref(self->outstanding);
    if (self->pop != NULL)
        g_queue_free_full(self->pop, g_free);
    g_free(self->idle_tag);
    g_free(self->compress_tag);
    g_free(self->starttls_tag);
    g_free(self->authenticate_tag);
    g_free(self->login_tag);
    g_free(self);
}

guint flights_outstanding(const Flights *self)
{
    if (self->pop != NULL)
        return g_queue_get_length(self->pop);
    return g_hash_table_size(self->outstanding) - (self->idling ? 1 : 0);
}

gboolean flights_idling(const Flights *self)
{
    return self->idling;
}

/* The octets of a literal that a line announces at its end, or -1. */
static gint64 announced_literal(const GString *line, gboolean *waits)
{
    if (line->len < 3 || line->str[line->len - 1] != '}')
        return -1;
    const char *brace = strrchr(line->str, '{');
    if (brace == NULL || !g_ascii_isdigit(brace[1]))
        return -1;
    char *end;
    guint64 size = g_ascii_strtoull(brace + 1, &end, 10);
    *waits = *end == '}';
    return size <= G_MAXINT64 ? (gint64)size : -1;
}

static void client_unit_begins(Flights *self)
{
    if (flights_outstanding(self) == 0 || self->waits_for_plus)
        self->counts->flights++;
    self->waits_for_plus = FALSE;
}

static void client_command(Flights *self, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    if (words[0] == NULL || words[1] == NULL || words[0][0] == '\0')
        return;
    self->counts->commands++;
    g_hash_table_add(self->outstanding, g_strdup(words[0]));
    char **remembered = g_ascii_strcasecmp(words[1], "IDLE") == 0           ? &self->idle_tag
                        : g_ascii_strcasecmp(words[1], "COMPRESS") == 0     ? &self->compress_tag
                        : g_ascii_strcasecmp(words[1], "STARTTLS") == 0     ? &self->starttls_tag
                        : g_ascii_strcasecmp(words[1], "AUTHENTICATE") == 0 ? &self->authenticate_tag
                        : g_ascii_strcasecmp(words[1], "LOGIN") == 0        ? &self->login_tag
                                                                            : NULL;
    if (remembered != NULL) {
        g_free(*remembered);
        *remembered = g_strdup(words[0]);
    }
}

/* --- POP3: answers come in the order of the commands ------------------------------------------------ */

static gboolean pop_has_lines(const char *command)
{
    static const char *const verbs[] = { "CAPA", "RETR", "TOP", "LIST", "UIDL" };
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (g_ascii_strncasecmp(command, verbs[i], strlen(verbs[i])) == 0)
            return i < 3 || strchr(command, ' ') == NULL;
    return FALSE;
}

static gboolean pop_logs_in(const char *command)
{
    return g_ascii_strncasecmp(command, "PASS", 4) == 0 || g_ascii_strncasecmp(command, "APOP", 4) == 0 ||
           g_ascii_strncasecmp(command, "AUTH", 4) == 0;
}

static void pop_client_line(Flights *self, const char *line)
{
    const char *oldest = g_queue_peek_head(self->pop);
    client_unit_begins(self);
    if (oldest != NULL && g_ascii_strncasecmp(oldest, "AUTH", 4) == 0)
        return; /* within its exchange */
    self->counts->commands++;
    g_queue_push_tail(self->pop, g_strdup(line));
}

static void pop_server_line(Flights *self, const char *line)
{
    const char *oldest = g_queue_peek_head(self->pop);
    gboolean ok = g_str_has_prefix(line, "+OK");
    if (oldest == NULL || (self->pop_lines && strcmp(line, ".") != 0))
        return;
    if (!self->pop_lines && !ok && line[0] == '+') {
        self->waits_for_plus = TRUE;
    } else if (!self->pop_lines && ok && pop_has_lines(oldest)) {
        self->pop_lines = TRUE;
    } else {
        self->counts->logins += ok && pop_logs_in(oldest) ? 1 : 0;
        self->opaque = self->opaque || (ok && g_ascii_strncasecmp(oldest, "STLS", 4) == 0);
        self->pop_lines = FALSE;
        g_free(g_queue_pop_head(self->pop));
    }
}

/* --- lines ----------------------------------------------------------------------------------------------- */

static void client_line(Flights *self, const char *line)
{
    if (self->pop != NULL) {
        pop_client_line(self, line);
        return;
    }
    if (self->idling) {
        /* DONE. From here on the IDLE's own tagged reply is outstanding. */
        client_unit_begins(self);
        self->idling = FALSE;
        g_clear_pointer(&self->idle_tag, g_free);
    } else if (self->authenticate_tag != NULL) {
        client_unit_begins(self);
    } else if (!self->up.continues) {
        client_unit_begins(self);
        client_command(self, line);
    }
}

static void server_tagged(Flights *self, const char *line)
{
    const char *space = strchr(line, ' ');
    g_autofree char *tag = space != NULL ? g_strndup(line, space - line) : g_strdup(line);
    if (!g_hash_table_remove(self->outstanding, tag))
        return;
    gboolean ok = space != NULL && g_ascii_strncasecmp(space + 1, "OK", 2) == 0;
    if (g_strcmp0(tag, self->compress_tag) == 0) {
        g_clear_pointer(&self->compress_tag, g_free);
        if (ok) {
            half_start_inflating(&self->up);
            half_start_inflating(&self->down);
        }
    } else if (g_strcmp0(tag, self->starttls_tag) == 0) {
        g_clear_pointer(&self->starttls_tag, g_free);
        self->opaque = ok;
    } else if (g_strcmp0(tag, self->authenticate_tag) == 0) {
        g_clear_pointer(&self->authenticate_tag, g_free);
        self->counts->logins += ok ? 1 : 0;
    } else if (g_strcmp0(tag, self->login_tag) == 0) {
        g_clear_pointer(&self->login_tag, g_free);
        self->counts->logins += ok ? 1 : 0;
    } else if (g_strcmp0(tag, self->idle_tag) == 0) {
        g_clear_pointer(&self->idle_tag, g_free);
        self->idling = FALSE;
    }
}

static void server_line(Flights *self, const char *line)
{
    if (self->pop == NULL && self->counts->commands == 0 && g_str_has_prefix(line, "+OK"))
        self->pop = g_queue_new(); /* a greeting of POP3 */
    if (self->pop != NULL) {
        pop_server_line(self, line);
        return;
    }
    if (self->down.continues || line[0] == '*')
        return;
    if (line[0] == '+') {
        if (self->idle_tag != NULL && !self->idling)
            self->idling = TRUE;
        else
            self->waits_for_plus = TRUE;
        return;
    }
    server_tagged(self, line);
}

/* Takes what is complete out of the data, and returns after the line that began to compress, so that
 * the rest can be inflated first. */
static gsize half_take(Flights *self, Half *half, gboolean up, const guint8 *data, gsize size)
{
    gsize at = 0;
    gboolean was_inflating = half->inflating;
    while (at < size && !self->opaque && half->inflating == was_inflating) {
        if (half->literal_left > 0) {
            gsize pass = MIN(half->literal_left, size - at);
            if (up && self->waits_for_plus)
                client_unit_begins(self);
            half->literal_left -= pass;
            at += pass;
            continue;
        }
        const guint8 *newline = memchr(data + at, '\n', size - at);
        gsize end = newline != NULL ? (gsize)(newline - data) + 1 : size;
        g_string_append_len(half->line, (const char *)data + at, end - at);
        at = end;
        if (newline == NULL)
            break;
        while (half->line->len > 0 && strchr("\r\n", half->line->str[half->line->len - 1]) != NULL)
            g_string_truncate(half->line, half->line->len - 1);
        gboolean waits = FALSE;
        gint64 literal = self->pop == NULL ? announced_literal(half->line, &waits) : -1;
        if (up)
            client_line(self, half->line->str);
        else
            server_line(self, half->line->str);
        half->literal_left = literal > 0 ? (guint64)literal : 0;
        half->continues = literal >= 0;
        g_string_truncate(half->line, 0);
    }
    return at;
}

static void half_feed(Flights *self, Half *half, gboolean up, const guint8 *data, gsize size)
{
    while (size > 0 && !self->opaque) {
        if (!half->inflating) {
            gsize taken = half_take(self, half, up, data, size);
            if (self->transcript != NULL)
                fwrite(data, 1, taken, self->transcript);
            data += taken;
            size -= taken;
            continue;
        }
        guint8 out[16384];
        half->zip.next_in = (guint8 *)data;
        half->zip.avail_in = (uInt)size;
        do {
            half->zip.next_out = out;
            half->zip.avail_out = sizeof out;
            int rc = inflate(&half->zip, Z_SYNC_FLUSH);
            gsize made = sizeof out - half->zip.avail_out;
            half_take(self, half, up, out, made);
            if (self->transcript != NULL)
                fwrite(out, 1, made, self->transcript);
            if (rc != Z_OK)
                break;
        } while (half->zip.avail_in > 0 || half->zip.avail_out == 0);
        return;
    }
}

static void transcript_turn(Flights *self, const char *who)
{
    if (self->transcript != NULL)
        fprintf(self->transcript, "\n=== %s, flight %" G_GUINT64_FORMAT "\n", who, self->counts->flights);
}

void flights_sent(Flights *self, const guint8 *data, gsize size)
{
    if (size > 0 && data[0] == 0x16 && self->up.line->len == 0 && g_hash_table_size(self->outstanding) == 0 &&
        !self->up.inflating && self->up.literal_left == 0)
        self->opaque = TRUE;    /* a TLS handshake record */
    gboolean turn = !self->client_spoke_last;
    if (turn) {
        self->counts->turns++;
        if (self->opaque)
            self->counts->flights++;
        transcript_turn(self, "client");
    }
    self->client_spoke_last = TRUE;
    half_feed(self, &self->up, TRUE, data, size);
}

void flights_delivered(Flights *self, const guint8 *data, gsize size)
{
    if (self->client_spoke_last)
        transcript_turn(self, "server");
    self->client_spoke_last = FALSE;
    half_feed(self, &self->down, FALSE, data, size);
}
