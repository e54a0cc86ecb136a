#include "config.h"
#include "term/direct.h"

#include <curses.h>
#include <string.h>
#include <term.h>

/* Numbers of colours: 0 to 7 the terminal's own, below PALETTE 0xrrggbb, from there on those of the palette. The eight darkest blues of all are in the way of the
 * terminal's own; they are told as black of the palette, which nobody sees a difference from. */
#define PALETTE 0x1000000
#define COLOURS (PALETTE + 256)
#define PALETTE_BLACK 16

/* terminfo's language: below 8 the short form, below PALETTE its three bytes, else a number of the palette. */
#define FORM(short_form, long_form)                                                                                                   \
    "\033[%?%p1%{8}%<%t" short_form "%p1%d%e%?%p1%{16777216}%<%t" long_form ";2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d" \
    "%e" long_form ";5;%p1%{16777216}%-%d%;%;m"

int direct_colour(gint32 colour)
{
    if (colour >= CELL_RGB)
        return colour - CELL_RGB < 8 ? PALETTE + PALETTE_BLACK : colour - CELL_RGB;
    return colour < 8 ? colour : PALETTE + colour;
}

/* --- a compiled description (term(5), numbers of 32 bits) ----------------------------------------- */

static void put16(GByteArray *out, int value)
{
    guint8 bytes[] = { (guint8)(value & 0xff), (guint8)(value >> 8 & 0xff) };
    g_byte_array_append(out, bytes, sizeof bytes);
}

static void put32(GByteArray *out, int value)
{
    put16(out, value & 0xffff);
    put16(out, value >> 16);
}

static void put_even(GByteArray *out)
{
    if (out->len % 2)
        g_byte_array_append(out, (const guint8 *)"", 1);
}

/* Appends a string to a table; returns its offset, −1 for what the terminal cannot. */
static int put_string(GByteArray *table, const char *string)
{
    if (string == NULL || string == (char *)-1)
        return -1;
    int offset = (int)table->len;
    g_byte_array_append(table, (const guint8 *)string, (guint)strlen(string) + 1);
    return offset;
}

/* Flags beyond the standard ones, and RGB, which is what curses takes colours for what they are by. Other things beyond the standard curses does not ask for. */
static void put_extended(GByteArray *out, const TERMTYPE *type)
{
    g_autoptr(GByteArray) names = g_byte_array_new(), offsets = g_byte_array_new(), flags = g_byte_array_new();
    int count = 0;
    for (int i = 0; i < type->ext_Booleans; i++) {
        const char *name = type->ext_Names[i];
        guint8 flag = (guint8)type->Booleans[type->num_Booleans - type->ext_Booleans + i];
        if (strcmp(name, "RGB") == 0 || flag != 1)
            continue;
        g_byte_array_append(flags, &flag, 1);
        put16(offsets, put_string(names, name));
        count++;
    }
    g_byte_array_append(flags, (const guint8 *)"\1", 1);
    put16(offsets, put_string(names, "RGB"));
    count++;
    put_even(out);
    put16(out, count);
    put16(out, 0); /* numbers */
    put16(out, 0); /* strings */
    put16(out, count); /* names */
    put16(out, (int)names->len);
    g_byte_array_append(out, flags->data, flags->len);
    put_even(out);
    g_byte_array_append(out, offsets->data, offsets->len);
    g_byte_array_append(out, names->data, names->len);
}

static GByteArray *compile(const TERMTYPE *type)
{
    GByteArray *out = g_byte_array_new();
    g_autoptr(GByteArray) table = g_byte_array_new(), offsets = g_byte_array_new();
    int flags = type->num_Booleans - type->ext_Booleans, numbers = type->num_Numbers - type->ext_Numbers;
    int strings = type->num_Strings - type->ext_Strings;
    const ptrdiff_t foreground = &set_a_foreground - type->Strings, background = &set_a_background - type->Strings;
    const ptrdiff_t colours = &max_colors - type->Numbers, changeable = &can_change - type->Booleans;
    const ptrdiff_t defined = &initialize_color - type->Strings, put_back = &orig_colors - type->Strings;
    for (int i = 0; i < strings; i++)
        put16(offsets, put_string(table, i == foreground    ? FORM("3", "38")
                                         : i == background  ? FORM("4", "48")
                                         : i == defined || i == put_back ? NULL
                                                                         : type->Strings[i]));
    int names = (int)strlen(type->term_names) + 1;
    put16(out, 01036);
    put16(out, names);
    put16(out, flags);
    put16(out, numbers);
    put16(out, strings);
    put16(out, (int)table->len);
    g_byte_array_append(out, (const guint8 *)type->term_names, (guint)names);
    for (int i = 0; i < flags; i++) {
        guint8 flag = i != changeable && type->Booleans[i] == 1;
        g_byte_array_append(out, &flag, 1);
    }
    put_even(out);
    for (int i = 0; i < numbers; i++)
        put32(out, i == colours ? COLOURS : type->Numbers[i] < 0 ? -1 : type->Numbers[i]);
    g_byte_array_append(out, offsets->data, offsets->len);
    g_byte_array_append(out, table->data, table->len);
    put_extended(out, type);
    return out;
}

static gboolean has_direct_colours(void)
{
    const char *said = g_getenv("COLORTERM");
    if (tigetflag((char *)"RGB") > 0 || tigetflag((char *)"Tc") > 0)
        return TRUE;
    return max_colors >= 256 && said && (strcmp(said, "truecolor") == 0 || strcmp(said, "24bit") == 0);
}

char *direct_terminfo(void)
{
    if (cur_term == NULL || set_a_foreground == NULL || set_a_foreground == (char *)-1 || !has_direct_colours())
        return NULL;
    g_autoptr(GByteArray) compiled = compile((const TERMTYPE *)cur_term);
    GString *value = g_string_new("hex:");
    for (guint i = 0; i < compiled->len; i++)
        g_string_append_printf(value, "%02X", compiled->data[i]);
    return g_string_free(value, FALSE);
}
