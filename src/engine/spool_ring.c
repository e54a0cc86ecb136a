/* Telling whoever has the store that a letter lies in the spool (the words are in spool.h). */
#include "config.h"

#include "engine/spool_file.h"

#include <string.h>

#include "net/doorbell.h"

static SpoolVerdict understand(const char *line, char **words)
{
    static const struct {
        const char *word;
        SpoolVerdict verdict;
    } verdicts[] = { { "taken", SPOOL_TAKEN }, { "kept", SPOOL_KEPT },       { "sent", SPOOL_SENT },
                     { "refused", SPOOL_REFUSED }, { "unknown", SPOOL_UNKNOWN }, { "later", SPOOL_LATER } };
    gsize length = strcspn(line, " ");
    g_free(*words);
    *words = g_strdup(line[length] != '\0' ? line + length + 1 : "");
    for (guint i = 0; i < G_N_ELEMENTS(verdicts); i++)
        if (strlen(verdicts[i].word) == length && strncmp(line, verdicts[i].word, length) == 0)
            return verdicts[i].verdict;
    return SPOOL_NOBODY;
}

SpoolVerdict spool_ring(const char *store_path, const char *id, gboolean wait, char **words)
{
    g_autofree char *path = spool_socket_path(store_path);
    g_autofree char *line = g_strdup_printf("%s %s", wait ? "wait" : "take", id);
    g_autoptr(DoorbellCall) call = doorbell_ring(path, line, NULL);
    SpoolVerdict last = SPOOL_NOBODY;
    *words = g_strdup("");
    for (char *said; call != NULL && (said = doorbell_hear(call)) != NULL;) {
        SpoolVerdict verdict = understand(said, words);
        last = verdict != SPOOL_NOBODY ? verdict : last;
        g_free(said);
    }
    return last;
}
