/* What each action cost on the wire, as JSON lines in a file (malle --wire-log FILE) and as changes for ":wire".
 *
 * A line holds account, action, flights, up, down (bytes on the wire), wait_ms and rows: never a byte of mail or of a
 * password, so there is nothing to redact. "action" may hold a mailbox name.
 */
#ifndef MALLE_ENGINE_WIRE_LOG_H
#define MALLE_ENGINE_WIRE_LOG_H

#include "engine/core.h"

/* Appends; the file is made 0600. */
WireLog *wire_log_open(const char *path, GError **error);
void wire_log_close(WireLog *log);
void wire_log_write(WireLog *log, const char *account, const WireCost *cost);

/* Records a finished action everywhere: log, store, total, listener. */
void engine_record_cost(EngineAccount *account, const WireCost *cost);

#endif
