/* Themes as text: the files that are shipped, to be copied and changed. */
#include "config.h"

#include "config/theme.h"

#include <string.h>

static const char *const colour_names[] = { "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "grey", "bright-red",
                                            "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white" };

static void put_colour(GString *out, gint32 colour)
{
    if (colour >= THEME_RGB)
        g_string_append_printf(out, "#%06x", (guint) colour & 0xffffff);
    else if (colour < 0)
        g_string_append(out, "default");
    else if (colour < (gint32) G_N_ELEMENTS(colour_names))
        g_string_append(out, colour_names[colour]);
    else
        g_string_append_printf(out, "%d", colour);
}

char *theme_style_format(const ThemeStyle *style)
{
    static const char *const words[] = { "bold", "faint", "italic", "underline", "reverse", "strike" };
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (style->attributes & (1u << i))
            g_string_append_printf(out, "%s ", words[i]);
    put_colour(out, style->foreground);
    if (style->background >= 0) {
        g_string_append(out, " on ");
        put_colour(out, style->background);
    }
    return g_string_free(out, FALSE);
}

char *theme_file(const char *name)
{
    const Theme *theme = theme_builtin(name);
    if (theme == NULL)
        return NULL;
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "# Malle's theme \"%s\", as it is built in. Copied into the folder themes beside your file config under another name,\n"
                                "# it can be changed, and chosen with: theme = NAME. See malle-config(5).\n", name);
    for (guint role = 0; role < THEME_ROLE_COUNT; role++) {
        g_autofree char *style = theme_style_format(&theme->styles[role]);
        g_string_append_printf(out, "%s = %s\n", theme_role_name(role), style);
    }
    return g_string_free(out, FALSE);
}
