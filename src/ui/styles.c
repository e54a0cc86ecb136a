#include "config.h"
#include "ui/styles.h"

CellStyle style_from_theme(ThemeStyle style, guint colours)
{
    static const struct {
        ThemeAttributes from;
        CellAttributes to;
    } attributes[] = {
        { THEME_BOLD, CELL_BOLD },           { THEME_FAINT, CELL_FAINT },     { THEME_ITALIC, CELL_ITALIC },
        { THEME_UNDERLINE, CELL_UNDERLINE }, { THEME_REVERSE, CELL_REVERSE }, { THEME_STRIKE, CELL_STRIKE },
    };
    CellStyle cell = { style.foreground, style.background, 0 };
    if (colours == 0)
        cell.foreground = cell.background = -1;
    else {
        cell.foreground = theme_colour_fit(cell.foreground, colours);
        cell.background = theme_colour_fit(cell.background, colours);
    }
    for (guint i = 0; i < G_N_ELEMENTS(attributes); i++)
        if (style.attributes & attributes[i].from)
            cell.attributes |= attributes[i].to;
    return cell;
}

void styles_load(Styles *styles, const Theme *theme, guint colours)
{
    for (guint role = 0; role < THEME_ROLE_COUNT; role++)
        styles->roles[role] = style_from_theme(theme->styles[role], colours);
}

const Glyphs *glyphs_get(gboolean ascii)
{
    static const Glyphs plain = {
        "|", "-", "+", "+", "+", "+", "|-", "`-", "| ", "+", "-", "^", "v", "-", "!", "#", ".", "-", "=", "#"
    };
    static const Glyphs lines = {
        "│", "─", "┌", "┐", "└", "┘", "├─", "└─", "│ ", "▸", "▾", "↑", "↓", "·", "!", "█", "░", "○", "◐", "●"
    };
    return ascii ? &plain : &lines;
}
