#include "config.h"

#include "engine/wire_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/i18n.h"
#include "engine/account.h"

struct WireLog {
    FILE *file;
};

WireLog *wire_log_open(const char *path, GError **error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "a") : NULL;
    if (file == NULL) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_CONFIG, _("Cannot write the wire log %s: %s"), path, g_strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return NULL;
    }
    WireLog *log = g_new0(WireLog, 1);
    log->file = file;
    return log;
}

void wire_log_close(WireLog *log)
{
    if (log == NULL)
        return;
    fclose(log->file);
    g_free(log);
}

/* A JSON string. Mailbox names may hold anything; control characters and quotes are escaped (RFC 8259 §7). */
static void append_json_string(GString *line, const char *text)
{
    g_string_append_c(line, '"');
    for (const guchar *p = (const guchar *) text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_printf(line, "\\%c", *p);
        else if (*p < 0x20)
            g_string_append_printf(line, "\\u%04x", *p);
        else
            g_string_append_c(line, (char) *p);
    }
    g_string_append_c(line, '"');
}

void wire_log_write(WireLog *log, const char *account, const WireCost *cost)
{
    g_autoptr(GString) line = g_string_new("{\"account\":");
    append_json_string(line, account);
    g_string_append(line, ",\"action\":");
    append_json_string(line, cost->action);
    g_string_append_printf(line,
                           ",\"flights\":%u,\"up\":%" G_GUINT64_FORMAT ",\"down\":%" G_GUINT64_FORMAT
                           ",\"wait_ms\":%" G_GUINT64_FORMAT ",\"rows\":%u",
                           cost->flights, cost->up, cost->down, cost->wait_ms, cost->rows);
    if (cost->saved > 0)
        g_string_append_printf(line, ",\"saved\":%" G_GUINT64_FORMAT, cost->saved);
    g_string_append(line, "}\n");
    fputs(line->str, log->file);
    fflush(log->file);
}

void engine_record_cost(EngineAccount *account, const WireCost *cost)
{
    Engine *engine = account->engine;
    if (engine->wire_log != NULL)
        wire_log_write(engine->wire_log, account->config->name, cost);
    StoreWire row = { account->id, cost->action, cost->flights, cost->up, cost->down, cost->wait_ms, cost->rows };
    store_writer_add_wire(engine->writer, &row, NULL);
    engine->total.flights += cost->flights;
    engine->total.up += cost->up;
    engine->total.down += cost->down;
    engine->total.wait_ms += cost->wait_ms;
    engine->total.rows += cost->rows;

    Change *change = change_new(CHANGE_WIRE);
    change->account_id = account->id;
    change->cost = g_new0(WireCost, 1);
    *change->cost = *cost;
    change->cost->action = g_strdup(cost->action);
    engine_tell(engine, change);
}
