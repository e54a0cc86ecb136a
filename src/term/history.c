#include "config.h"
#include "term/history.h"

#include <string.h>

#include "base/text.h"

struct LineHistory {
    char *path;
    GPtrArray *lines;
    gboolean changed;
};

LineHistory *line_history_new(const char *path)
{
    LineHistory *history = g_new0(LineHistory, 1);
    history->path = g_strdup(path);
    history->lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *content = NULL;
    if (path && g_file_get_contents(path, &content, NULL, NULL)) {
        g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
        for (guint i = 0; lines[i]; i++) {
            /* the file is the person's to edit, or to damage */
            g_autofree char *safe = text_make_safe(lines[i], -1, TEXT_SINGLE_LINE);
            line_history_add(history, safe);
        }
        history->changed = FALSE;
    }
    return history;
}

void line_history_free(LineHistory *history)
{
    if (!history)
        return;
    if (history->changed && history->path) {
        GString *content = g_string_new(NULL);
        for (guint i = 0; i < history->lines->len; i++)
            g_string_append_printf(content, "%s\n", (char *)history->lines->pdata[i]);
        g_autoptr(GError) error = NULL;
        if (!g_file_set_contents_full(history->path, content->str, (gssize)content->len,
                                      G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
            g_info("term: history: %s", error->message);
        g_string_free(content, TRUE);
    }
    g_ptr_array_unref(history->lines);
    g_free(history->path);
    g_free(history);
}

void line_history_add(LineHistory *history, const char *line)
{
    if (!*line)
        return;
    for (guint i = 0; i < history->lines->len; i++)
        if (strcmp(history->lines->pdata[i], line) == 0) {
            if (i + 1 == history->lines->len)
                return;
            g_ptr_array_remove_index(history->lines, i);
            break;
        }
    g_ptr_array_add(history->lines, g_strdup(line));
    if (history->lines->len > LINE_HISTORY_MAX)
        g_ptr_array_remove_index(history->lines, 0);
    history->changed = TRUE;
}

guint line_history_count(const LineHistory *history)
{
    return history->lines->len;
}

const char *line_history_get(const LineHistory *history, guint index)
{
    return index < history->lines->len ? history->lines->pdata[index] : NULL;
}
