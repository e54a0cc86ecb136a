/* People written to: collected from mail that was sent, for completing an address. Those who merely write to
 * us are not collected: most of them are machines. */
#include "config.h"

#include <string.h>

#include "store/reader-private.h"
#include "store/store-private.h"

/* A message to a whole company says nothing about whom one writes to. */
#define MOST_RECIPIENTS 50

static gboolean collect_list(StoreWriter *writer, const GPtrArray *list, gint64 date, GError **error)
{
    for (guint i = 0; i < MIN(list->len, MOST_RECIPIENTS); i++) {
        const MailAddress *one = g_ptr_array_index(list, i);
        if (one->address == NULL || *one->address == '\0')
            continue;
        /* The name of the newest message counts, unless it has none. */
        if (!database_run(writer->db, error,
                          "INSERT INTO address (address, name, times, last) VALUES (?1, ?2, 1, ?3)"
                          " ON CONFLICT (address) DO UPDATE SET times = times + 1, last = max(last, ?3),"
                          " name = iif(?2 IS NOT NULL AND (name IS NULL OR ?3 >= last), ?2, name)",
                          "ssi", one->address, one->name, date))
            return FALSE;
    }
    return TRUE;
}

gboolean addresses_collect(StoreWriter *writer, const MessageSummary *summary, gint64 date, GError **error)
{
    return collect_list(writer, summary->to, date, error) && collect_list(writer, summary->cc, date, error);
}

/* "%" and "_" of what was typed stand for themselves. */
static char *like_pattern(const char *text, const char *before)
{
    GString *pattern = g_string_new(before);
    for (; *text != '\0'; text++) {
        if (strchr("%_\\", *text) != NULL)
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *text);
    }
    g_string_append_c(pattern, '%');
    return g_string_free(pattern, FALSE);
}

GPtrArray *store_reader_addresses(StoreReader *reader, const char *text, guint limit)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify) mail_address_free);
    g_autofree char *start = like_pattern(text, "");
    g_autofree char *word = like_pattern(text, "% ");
    sqlite3_stmt *s = database_query(reader->db, NULL,
                                     "SELECT name, address FROM address WHERE address LIKE ?1 ESCAPE '\\'"
                                     " OR name LIKE ?1 ESCAPE '\\' OR name LIKE ?2 ESCAPE '\\'"
                                     " ORDER BY times DESC, last DESC, address LIMIT ?3",
                                     "ssi", start, word, (gint64) limit);
    while (s != NULL && database_step(reader->db, s, NULL))
        g_ptr_array_add(found, mail_address_new((const char *) sqlite3_column_text(s, 0),
                                                (const char *) sqlite3_column_text(s, 1)));
    return found;
}
