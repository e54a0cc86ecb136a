#include "config.h"

#include "stream-log.h"

#include <string.h>

static gsize on_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user_data)
{
    StreamLog *log = user_data;
    gsize take = MIN(length, log->take_at_most);
    const char *stop;

    (void)stream;
    log->calls++;
    log->largest = MAX(log->largest, length);
    if (log->stop_at && (stop = g_strstr_len((const char *)bytes, (gssize)length, log->stop_at))) {
        take = (gsize)(stop - (const char *)bytes) + strlen(log->stop_at);
        g_byte_array_append(log->got, bytes, (guint)take);
        log->stop_at = NULL;
        log->at_stop(log);
        return take;
    }
    g_byte_array_append(log->got, bytes, (guint)take);
    return take;
}

static void on_secured(Stream *stream, gpointer user_data)
{
    (void)stream;
    g_string_append_c(((StreamLog *)user_data)->events, 'S');
}

static void on_drained(Stream *stream, gpointer user_data)
{
    (void)stream;
    g_string_append_c(((StreamLog *)user_data)->events, 'D');
}

static void on_closed(Stream *stream, const GError *error, gpointer user_data)
{
    StreamLog *log = user_data;

    (void)stream;
    g_string_append_c(log->events, 'C');
    log->error = error ? g_error_copy(error) : NULL;
    log->closed = TRUE;
}

void stream_log_init(StreamLog *log, Stream *stream)
{
    static const StreamHandlers handlers = { on_received, on_secured, on_drained, on_closed };

    memset(log, 0, sizeof *log);
    log->stream = stream;
    log->got = g_byte_array_new();
    log->events = g_string_new(NULL);
    log->take_at_most = G_MAXSIZE;
    stream_set_handlers(stream, &handlers, log);
}

void stream_log_clear(StreamLog *log)
{
    g_clear_pointer(&log->stream, stream_free);
    g_clear_pointer(&log->got, g_byte_array_unref);
    g_string_free(log->events, TRUE);
    g_clear_error(&log->error);
}

void stream_log_until(GMainContext *context, const gboolean *flag)
{
    while (!*flag)
        g_main_context_iteration(context, TRUE);
}

void stream_log_until_got(GMainContext *context, StreamLog *log, gsize count)
{
    while (log->got->len < count && !log->closed)
        g_main_context_iteration(context, TRUE);
}

void stream_log_be_late(guint milliseconds)
{
    gint64 due = g_get_monotonic_time() + (milliseconds + 1) * 1000;

    while (g_get_monotonic_time() < due)
        g_thread_yield();
}

const char *stream_log_text(StreamLog *log)
{
    g_byte_array_append(log->got, (const guint8 *)"", 1);
    g_byte_array_set_size(log->got, log->got->len - 1);
    return (const char *)log->got->data;
}
