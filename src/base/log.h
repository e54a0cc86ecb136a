/* The log file: $XDG_STATE_HOME/malle/log, one line per event, for the person who asks "what happened?" afterwards.
 *
 * Any room, any thread: g_debug(), g_info(), g_message(), g_warning() of GLib, untranslated, no secrets, no mail text.
 * Nothing of it reaches the terminal. Until log_start() is called, and in tests, GLib's own writer is in place.
 *
 *     2026-11-23T00:41:07.302Z info  engine: work: connected in 41 ms
 */
#ifndef MALLE_BASE_LOG_H
#define MALLE_BASE_LOG_H

#include <glib.h>

/* From now on, and once in the life of a process, everything GLib logs at `level` or above (G_LOG_LEVEL_DEBUG: all) goes
 * to the file at `path`, made with mode 0600. A file larger than 4 MiB is first set aside as PATH.old. FALSE with
 * BASE_ERROR_PATH: nothing has changed. */
gboolean log_start(const char *path, GLogLevelFlags level, GError **error);

/* "debug", "info" (the default when NULL or unknown: connections, decisions, notices), "message", "warning", "error". */
GLogLevelFlags log_level_from_name(const char *name);

/* A copy fit for a log: passwords within URLs, what follows PASS, LOGIN or AUTHENTICATE, and bearer tokens are replaced
 * by "***"; control characters and bytes that are not UTF-8 are shown as \xNN. The second line of defence: the first is
 * not to pass secrets. Caller frees. */
char *log_redact(const char *text);

#endif
