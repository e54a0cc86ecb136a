#include "config.h"

#include "config/keys.h"

#include <string.h>

#include "base/i18n.h"
#include "config/lines.h"
#include "config/problem.h"

enum { SEQUENCE_LIMIT = 8 }; /* key presses; nobody remembers longer ones */

static const char *const key_names[] = { "Enter", "Space", "Tab",   "Esc",  "Backspace", "Delete", "Insert", "Up",
                                         "Down",  "Left",  "Right", "Home", "End",       "PageUp", "PageDown", "lt", NULL };

/* What other programs call them. */
static const struct {
    const char *alias, *name;
} aliases[] = {
    { "Return", "Enter" }, { "Ret", "Enter" },    { "CR", "Enter" },       { "Escape", "Esc" },  { "BS", "Backspace" },
    { "Del", "Delete" },   { "Ins", "Insert" },   { "PgUp", "PageUp" },    { "PgDn", "PageDown" }, { "PgDown", "PageDown" },
    { "Page_Up", "PageUp" }, { "Page_Down", "PageDown" }, { "BackTab", "S-Tab" },
};

static const char *const verbs[] = { "bind", "unbind", NULL };

void key_binding_free(KeyBinding *binding)
{
    if (binding == NULL)
        return;
    g_free(binding->context);
    g_strfreev(binding->keys);
    g_free(binding->command);
    g_free(binding->file);
    g_free(binding);
}

/* --- one key -------------------------------------------------------------------------------------- */

typedef struct {
    gboolean control, alt, shift;
} Modifiers;

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL)
        *error = g_error_new_valist(CONFIG_ERROR, CONFIG_ERROR_VALUE, format, arguments);
    va_end(arguments);
    return FALSE;
}

/* The canonical name of a named key, static, or NULL. "F12" is written into `function`. */
static const char *named_key(const char *name, char function[4])
{
    guint64 number;
    if (g_ascii_toupper(name[0]) == 'F' && g_ascii_string_to_unsigned(name + 1, 10, 1, 20, &number, NULL)) {
        g_snprintf(function, 4, "F%u", (guint) number);
        return function;
    }
    for (guint i = 0; key_names[i] != NULL; i++)
        if (g_ascii_strcasecmp(key_names[i], name) == 0)
            return key_names[i];
    for (guint i = 0; i < G_N_ELEMENTS(aliases); i++)
        if (g_ascii_strcasecmp(aliases[i].alias, name) == 0)
            return aliases[i].name;
    return NULL;
}

/* A terminal sends the same byte for these pairs, so they are one key here. */
static const char *same_key(char control_character)
{
    switch (control_character) {
    case 'i':
        return "<Tab>";
    case 'm':
        return "<Enter>";
    case '[':
        return "<Esc>";
    default:
        return NULL;
    }
}

static char *control_key(char character, gboolean alt)
{
    char lower = g_ascii_tolower(character);
    const char *same = same_key(lower);
    if (same != NULL && !alt)
        return g_strdup(same);
    return g_strdup_printf("<C-%s%c>", alt ? "M-" : "", lower);
}

/* C-, M- (or A-) and S- in any order; what is left is returned. */
static const char *read_modifiers(const char *text, Modifiers *modifiers)
{
    while (text[0] != '\0' && text[1] == '-' && text[2] != '\0') {
        switch (g_ascii_toupper(text[0])) {
        case 'C':
            modifiers->control = TRUE;
            break;
        case 'M':
        case 'A':
            modifiers->alt = TRUE;
            break;
        case 'S':
            modifiers->shift = TRUE;
            break;
        default:
            return text;
        }
        text += 2;
    }
    return text;
}

static char *character_key(const char *inside, const char *character, const Modifiers *modifiers, GError **error)
{
    gboolean ascii = (guchar) character[0] < 0x80;
    if (modifiers->shift) {
        fail(error, _("<%s>: Shift with a character is that character, such as D or %%"), inside);
        return NULL;
    }
    if (character[0] == '<' && !modifiers->control && !modifiers->alt)
        return g_strdup("<lt>");
    if (!modifiers->control)
        return modifiers->alt ? g_strdup_printf("<M-%s>", character) : g_strdup(character);
    if (!ascii || (!g_ascii_isalpha(character[0]) && strchr("@[\\]^_", character[0]) == NULL)) {
        fail(error, _("<%s>: terminals know Ctrl with letters and @ [ \\ ] ^ _ only"), inside);
        return NULL;
    }
    return control_key(character[0], modifiers->alt);
}

/* What stands between the angle brackets. */
static char *bracket_key(const char *inside, GError **error)
{
    Modifiers modifiers = { FALSE, FALSE, FALSE };
    char function[4];
    const char *rest = read_modifiers(inside, &modifiers);
    if (*rest != '\0' && *g_utf8_next_char(rest) == '\0' && g_unichar_isgraph(g_utf8_get_char(rest)))
        return character_key(inside, rest, &modifiers, error);
    const char *name = named_key(rest, function);
    if (name == NULL) {
        g_autofree char *meant = config_suggest_words(rest, key_names);
        fail(error, _("there is no key <%s>%s"), inside, meant);
        return NULL;
    }
    if (strcmp(name, "S-Tab") == 0) {
        modifiers.shift = TRUE;
        name = "Tab";
    }
    return g_strdup_printf("<%s%s%s%s>", modifiers.control ? "C-" : "", modifiers.alt ? "M-" : "",
                           modifiers.shift ? "S-" : "", name);
}

/* --- sequences -------------------------------------------------------------------------------------- */

/* The key that starts at *text, which is moved behind it. NULL with error. */
static char *next_key(const char **text, GError **error)
{
    const char *start = *text;
    if (*start == '<') {
        const char *end = strchr(start, '>');
        if (end == NULL || end == start + 1) {
            fail(error, _("in “%s” a “<” starts no key's name; the character itself is written <lt>"), start);
            return NULL;
        }
        if (end[1] == '>') /* <M->>, <C->> : the character > with modifiers */
            end += end[-1] == '-' ? 1 : 0;
        g_autofree char *inside = g_strndup(start + 1, (gsize) (end - start - 1));
        *text = end + 1;
        return bracket_key(inside, error);
    }
    if (*start == '^' && g_ascii_isalpha(start[1])) {
        *text = start + 2;
        return control_key(start[1], FALSE);
    }
    if (*start == '\\' && start[1] == 'C' && g_ascii_isalpha(start[2])) {
        *text = start + 3;
        return control_key(start[2], FALSE);
    }
    if (*start == '\\' && start[1] == 'e') {
        *text = start + 2;
        return g_strdup("<Esc>");
    }
    gunichar character = g_utf8_get_char(start);
    *text = g_utf8_next_char(start);
    if (!g_unichar_isgraph(character)) {
        fail(error, _("“%s” holds a character that no key makes; a space is written <Space>"), start);
        return NULL;
    }
    return g_strndup(start, (gsize) (*text - start));
}

char **key_sequence_parse(const char *text, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    const char *whole = text;
    while (*text != '\0') {
        char *key = next_key(&text, error);
        if (key == NULL)
            return NULL;
        g_ptr_array_add(keys, key);
    }
    if (keys->len == 0 || keys->len > SEQUENCE_LIMIT) {
        fail(error, keys->len == 0 ? _("there is no key") : _("“%s” is more than eight keys"), whole);
        return NULL;
    }
    g_ptr_array_add(keys, NULL);
    return (char **) g_ptr_array_steal(keys, NULL);
}

char *key_sequence_format(const char *const *keys)
{
    GString *text = g_string_new(NULL);
    for (; *keys != NULL; keys++) {
        /* Bare, these two and the next key could be read as one key with Ctrl. */
        gboolean starts = keys[1] != NULL && (strcmp(*keys, "^") == 0 || strcmp(*keys, "\\") == 0);
        g_string_append_printf(text, starts ? "<%s>" : "%s", *keys);
    }
    return g_string_free(text, FALSE);
}

/* --- files ------------------------------------------------------------------------------------------- */

/* Cuts the next word off; "" at the end. */
static char *take_word(const char **text)
{
    const char *start = *text;
    gsize length = strcspn(start, " \t");
    *text = start + length + strspn(start + length, " \t");
    return g_strndup(start, length);
}

static KeyBinding *parse_line(const char *text, GError **error)
{
    g_autofree char *verb = take_word(&text);
    gboolean bind = g_ascii_strcasecmp(verb, "bind") == 0;
    if (!bind && g_ascii_strcasecmp(verb, "unbind") != 0) {
        g_autofree char *meant = config_suggest_words(verb, verbs);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_NAME, _("a line starts with bind or unbind, not with “%s”%s"), verb, meant);
        return NULL;
    }
    g_autofree char *context = take_word(&text);
    g_autofree char *sequence = take_word(&text);
    if (*sequence == '\0' || (*text == '\0') == bind) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX,
                            bind ? _("this is not: bind CONTEXT KEY COMMAND") : _("this is not: unbind CONTEXT KEY"));
        return NULL;
    }
    char **keys = key_sequence_parse(sequence, error);
    if (keys == NULL)
        return NULL;
    KeyBinding *binding = g_new0(KeyBinding, 1);
    binding->context = g_ascii_strdown(context, -1);
    binding->keys = keys;
    binding->command = bind ? g_strdup(text) : NULL;
    return binding;
}

static void free_binding(gpointer data)
{
    key_binding_free(data);
}

GPtrArray *key_bindings_parse(const char *text, const char *file, GPtrArray *problems)
{
    GPtrArray *bindings = g_ptr_array_new_with_free_func(free_binding);
    ConfigLines lines;
    config_lines_start(&lines, text);
    for (char *line; (line = config_lines_next(&lines)) != NULL; g_free(line)) {
        g_autoptr(GError) error = NULL;
        KeyBinding *binding = parse_line(line, &error);
        if (binding == NULL) {
            config_problems_take(problems, file, lines.number, &error);
            continue;
        }
        binding->file = g_strdup(file);
        binding->line = lines.number;
        g_ptr_array_add(bindings, binding);
    }
    return bindings;
}

GPtrArray *key_bindings_load(const char *path, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = config_file_read(path, NULL, &error);
    if (text != NULL)
        return key_bindings_parse(text, path, problems);
    if (!g_error_matches(error, CONFIG_ERROR, CONFIG_ERROR_NO_FILE))
        config_problems_take(problems, path, 0, &error);
    return g_ptr_array_new_with_free_func(free_binding);
}
