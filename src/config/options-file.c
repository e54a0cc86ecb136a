/* One option written into the person's file, which otherwise stays as it is: comments, order, what Malle does not understand. */
#include "config.h"

#include "config/options.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "config/lines.h"
#include "config/problem.h"

static gboolean is_of(const char *line, const char *name)
{
    g_autofree char *stripped = g_strstrip(g_strdup(line));
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;
    return *stripped != '#' && config_line_split(stripped, &key, &value) && g_ascii_strcasecmp(key, name) == 0;
}

gboolean config_file_set_line(const char *path, const char *name, const char *value, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) trouble = NULL;
    if (g_file_test(path, G_FILE_TEST_EXISTS) && (text = config_file_read(path, NULL, &trouble)) == NULL) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean written = FALSE;
    for (char **line = lines; *line != NULL; line++) {
        if (is_of(*line, name)) { /* the first one is replaced, others of the same name would overrule it */
            if (!written && value != NULL)
                g_string_append_printf(out, "%s = %s\n", name, value);
            written = TRUE;
        } else if (line[1] != NULL || **line != '\0') {
            g_string_append_printf(out, "%s\n", *line);
        }
    }
    if (!written && value != NULL)
        g_string_append_printf(out, "%s = %s\n", name, value);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *real = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? g_file_read_link(path, NULL) : NULL;
    g_autofree char *target = real == NULL || g_path_is_absolute(real) ? g_strdup(real != NULL ? real : path) : g_build_filename(folder, real, NULL);
    if (g_mkdir_with_parents(folder, 0700) == 0 &&
        g_file_set_contents_full(target, out->str, (gssize) out->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &trouble))
        return TRUE;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_READ, _("%s cannot be written: %s"), path, trouble != NULL ? trouble->message : g_strerror(errno));
    return FALSE;
}

gboolean options_remember(const Options *options, OptionId id, const char *path, GError **error)
{
    g_autofree char *value = options_format(options, id);
    return config_file_set_line(path, option_row(id)->name, value, error);
}
