/* journal.log, which is read when the store is damaged, so that it may be damaged too. A line that begins with
 * "=" gets the right checksum: what lies behind it would never be reached by guessing. */
#include "config.h"

#include "store/journal_log.h"
#include "store/uidtext.h"

#include <string.h>
#include <zlib.h>

#include "../fuzz.h"

static char *sign_lines(const char *text)
{
    GString *signed_text = g_string_sized_new(strlen(text) + 128);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (line > lines)
            g_string_append_c(signed_text, '\n');
        if (**line == '=') {
            guint32 sum = (guint32)crc32(0, (const Bytef *)*line + 1, (uInt)strlen(*line + 1));
            g_string_append_printf(signed_text, "%08x %s", sum, *line + 1);
        } else {
            g_string_append(signed_text, *line);
        }
    }
    return g_string_free(signed_text, FALSE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *given = fuzz_string(data, size, false);
    g_autofree char *text = sign_lines(given);
    guint damaged = 0, lines = 1;
    g_autoptr(GPtrArray) entries = journal_log_parse(text, &damaged);
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    g_assert_cmpuint(entries->len + damaged, <, MAX(lines, 2)); /* the heading is neither */
    gint64 last = G_MININT64;
    for (guint i = 0; i < entries->len; i++) {
        const JournalLogEntry *entry = g_ptr_array_index(entries, i);
        g_assert_true(i == 0 || entry->id > last); /* each intent once, in order */
        last = entry->id;
        GHashTableIter iter;
        gpointer name, value;
        g_hash_table_iter_init(&iter, entry->fields);
        while (g_hash_table_iter_next(&iter, &name, &value))
            g_assert_true(name != NULL && value != NULL);
        const char *uids = g_hash_table_lookup(entry->fields, "uids");
        g_autoptr(GArray) set = uids != NULL ? uidtext_parse(uids, 1000) : NULL;
        g_assert_true(set == NULL || set->len > 0);
    }
    return 0;
}
