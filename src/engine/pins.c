#include "config.h"

#include "engine/pins.h"

struct Pins {
    char *path;
    GHashTable *by_place; /* "account host port" → SHA-256 */
};

static char *place_key(const char *account, const char *host, guint port)
{
    g_autofree char *lower = g_ascii_strdown(host, -1);
    return g_strdup_printf("%s %s %u", account, lower, port);
}

static void read_line(Pins *pins, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 5);
    if (g_strv_length(words) != 4)
        return;
    g_hash_table_insert(pins->by_place, g_strdup_printf("%s %s %s", words[0], words[1], words[2]), g_strdup(words[3]));
}

Pins *pins_open(const char *path)
{
    Pins *pins = g_new0(Pins, 1);
    pins->path = g_strdup(path);
    pins->by_place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *text = NULL;
    if (path != NULL && g_file_get_contents(path, &text, NULL, NULL)) {
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line != NULL; line++)
            read_line(pins, *line);
    }
    return pins;
}

void pins_close(Pins *pins)
{
    if (pins == NULL)
        return;
    g_hash_table_unref(pins->by_place);
    g_free(pins->path);
    g_free(pins);
}

const char *pins_lookup(const Pins *pins, const char *account, const char *host, guint port)
{
    g_autofree char *key = place_key(account, host, port);
    return g_hash_table_lookup(pins->by_place, key);
}

gboolean pins_set(Pins *pins, const char *account, const char *host, guint port, const char *sha256, GError **error)
{
    g_hash_table_insert(pins->by_place, place_key(account, host, port), g_strdup(sha256));
    if (pins->path == NULL)
        return TRUE;
    GString *text = g_string_new(NULL);
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, pins->by_place);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_string_append_printf(text, "%s %s\n", (char *) key, (char *) value);
    gboolean written = g_file_set_contents_full(pins->path, text->str, text->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
    g_string_free(text, TRUE);
    return written;
}
