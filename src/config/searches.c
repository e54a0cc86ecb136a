#include "config.h"

#include "config/searches.h"

#include <string.h>

#include "base/i18n.h"
#include "config/lines.h"
#include "config/problem.h"

static void saved_search_free(gpointer data)
{
    SavedSearch *search = data;
    g_free(search->name);
    g_free(search->query);
    g_free(search);
}

GPtrArray *saved_searches_read(const char *path, GError **error)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(saved_search_free);
    g_autoptr(GError) trouble = NULL;
    g_autofree char *text = config_file_read(path, NULL, &trouble);
    if (text == NULL) {
        if (!g_error_matches(trouble, CONFIG_ERROR, CONFIG_ERROR_NO_FILE))
            g_propagate_error(error, g_steal_pointer(&trouble));
        return found;
    }
    ConfigLines lines;
    config_lines_start(&lines, text);
    for (char *line; (line = config_lines_next(&lines)) != NULL; g_free(line)) {
        SavedSearch search;
        if (config_line_split(line, &search.name, &search.query))
            g_ptr_array_add(found, g_memdup2(&search, sizeof search));
    }
    return found;
}

gboolean saved_searches_write(const char *path, const char *name, const char *query, GError **error)
{
    g_autofree char *line = g_strdup_printf("%s = x", name);
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;
    if (*name == '#' || strchr(name, '\n') != NULL || !config_line_split(line, &key, &value) || strcmp(key, name) != 0) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("“%s” cannot be the name of a search: a name is not empty, begins with no # and holds no ="), name);
        return FALSE;
    }
    return config_file_set_line(path, name, query, error);
}
