#include "config.h"
#include "ui/keymap.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "config/keys.h"

#define SEQUENCE_MAX 8

typedef struct {
    CommandContexts context; /* one bit */
    char **keys;
    char *line;
    const char *source; /* interned; NULL: the key set */
} Binding;

struct Keymap {
    GPtrArray *bindings; /* of Binding* */
    GPtrArray *typed;    /* of char* */
    CommandContexts typed_in;
    const char *source; /* interned */
};

static void binding_free(Binding *binding)
{
    g_strfreev(binding->keys);
    g_free(binding->line);
    g_free(binding);
}

Keymap *keymap_new(void)
{
    Keymap *keymap = g_new0(Keymap, 1);
    keymap->bindings = g_ptr_array_new_with_free_func((GDestroyNotify)binding_free);
    keymap->typed = g_ptr_array_new_with_free_func(g_free);
    return keymap;
}

void keymap_free(Keymap *keymap)
{
    if (!keymap)
        return;
    g_ptr_array_unref(keymap->bindings);
    g_ptr_array_unref(keymap->typed);
    g_free(keymap);
}

/* <M-v> is what a terminal sends for Alt-v and for Esc, v typed fast: one spelling inside. */
static void append_key(GPtrArray *keys, const char *key)
{
    if (!g_str_has_prefix(key, "<M-") || strlen(key) < 5) {
        g_ptr_array_add(keys, g_strdup(key));
        return;
    }
    g_ptr_array_add(keys, g_strdup("<Esc>"));
    g_autofree char *inner = g_strndup(key + 3, strlen(key) - 4);
    gboolean is_named = g_utf8_strlen(inner, -1) > 1;
    g_ptr_array_add(keys, is_named ? g_strdup_printf("<%s>", inner) : g_steal_pointer(&inner));
}

static char **normalise(const char *const *keys)
{
    GPtrArray *out = g_ptr_array_new();
    for (guint i = 0; keys[i]; i++)
        append_key(out, keys[i]);
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}

static gboolean find_binding(const Keymap *keymap, CommandContexts context, char **keys, guint *index)
{
    for (guint i = 0; i < keymap->bindings->len; i++) {
        Binding *binding = keymap->bindings->pdata[i];
        if (binding->context == context &&
            g_strv_equal((const char *const *)binding->keys, (const char *const *)keys)) {
            *index = i;
            return TRUE;
        }
    }
    return FALSE;
}

static void unbind(Keymap *keymap, CommandContexts context, char **keys)
{
    guint index;
    if (find_binding(keymap, context, keys, &index))
        g_ptr_array_remove_index(keymap->bindings, index);
}

void keymap_set_source(Keymap *keymap, const char *source)
{
    keymap->source = g_intern_string(source);
}

const char *keymap_line(const Keymap *keymap, CommandContexts context, const char *const *keys, const char **source)
{
    g_auto(GStrv) normal = normalise(keys);
    guint index;
    if (!find_binding(keymap, context, normal, &index))
        return NULL;
    const Binding *binding = keymap->bindings->pdata[index];
    if (source)
        *source = binding->source;
    return binding->line;
}

void keymap_bind(Keymap *keymap, CommandContexts contexts, const char *const *keys, const char *line)
{
    keymap_reset(keymap);
    g_auto(GStrv) normal = normalise(keys);
    if (!normal[0] || g_strv_length(normal) > SEQUENCE_MAX)
        return;
    for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
        if (!(contexts & bit))
            continue;
        unbind(keymap, bit, normal);
        if (!line)
            continue;
        Binding *binding = g_new0(Binding, 1);
        binding->context = bit;
        binding->keys = g_strdupv(normal);
        binding->line = g_strdup(line);
        binding->source = keymap->source;
        g_ptr_array_add(keymap->bindings, binding);
    }
}

/* "list,reader:<C-d>": where, and the keys. */
static void bind_default(Keymap *keymap, const Command *command, const char *spec)
{
    CommandContexts contexts = command->contexts;
    const char *colon = strchr(spec, ':');
    if (colon && colon > spec && colon[1]) {
        g_autofree char *names = g_strndup(spec, (gsize)(colon - spec));
        g_auto(GStrv) words = g_strsplit(names, ",", -1);
        contexts = 0;
        for (guint i = 0; words[i]; i++)
            contexts |= command_context_parse(words[i]);
        spec = colon + 1;
    }
    g_auto(GStrv) keys = key_sequence_parse(spec, NULL);
    if (keys)
        keymap_bind(keymap, contexts, (const char *const *)keys, command->name);
}

void keymap_add_defaults(Keymap *keymap, CommandKeySet set)
{
    guint count;
    const Command *table = command_table(&count);
    for (guint i = 0; i < count; i++) {
        const char *keys = table[i].keys[set] ? table[i].keys[set] : table[i].keys[KEYS_MUTT];
        if (!keys)
            continue;
        g_auto(GStrv) specs = g_strsplit(keys, " ", -1);
        for (guint j = 0; specs[j]; j++)
            if (*specs[j])
                bind_default(keymap, &table[i], specs[j]);
    }
}

/* --- typing ------------------------------------------------------------------------------------ */

void keymap_reset(Keymap *keymap)
{
    g_ptr_array_set_size(keymap->typed, 0);
}

/* How the keys typed so far stand to the bindings of a context. */
static KeymapResult look(const Keymap *keymap, CommandContexts context, const char **line)
{
    gboolean longer = FALSE;
    *line = NULL;
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const Binding *binding = keymap->bindings->pdata[i];
        if (binding->context != context)
            continue;
        guint at = 0;
        while (at < keymap->typed->len && binding->keys[at] &&
               strcmp(binding->keys[at], keymap->typed->pdata[at]) == 0)
            at++;
        if (at < keymap->typed->len)
            continue;
        if (binding->keys[at])
            longer = TRUE;
        else
            *line = binding->line;
    }
    if (*line)
        return longer ? KEYMAP_MAYBE : KEYMAP_FOUND;
    return longer ? KEYMAP_MORE : KEYMAP_NONE;
}

static KeymapResult one_key(Keymap *keymap, CommandContexts context, const char *key, const char **line,
                            gboolean *again)
{
    const char *before = NULL;
    if (keymap->typed->len > 0)
        look(keymap, context, &before);
    g_ptr_array_add(keymap->typed, g_strdup(key));
    KeymapResult result = look(keymap, context, line);
    if (result == KEYMAP_NONE && before) {
        *line = before;
        *again = TRUE;
    }
    if (result == KEYMAP_NONE || result == KEYMAP_FOUND)
        keymap_reset(keymap);
    return result;
}

KeymapResult keymap_key(Keymap *keymap, CommandContexts context, const char *key, const char **line,
                        gboolean *again)
{
    gboolean ignored;
    if (!again)
        again = &ignored;
    *again = FALSE;
    *line = NULL;
    if (keymap->typed_in != context)
        keymap_reset(keymap);
    keymap->typed_in = context;
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    append_key(keys, key);
    KeymapResult result = KEYMAP_NONE;
    for (guint i = 0; i < keys->len; i++) {
        result = one_key(keymap, context, keys->pdata[i], line, again);
        if (result != KEYMAP_NONE)
            continue;
        if (i > 0) { /* Alt with a key that is not bound: neither Esc nor the key by itself was meant */
            *line = NULL;
            *again = FALSE;
        }
        break;
    }
    return result;
}

const char *keymap_expire(Keymap *keymap)
{
    const char *line = NULL;
    if (keymap->typed->len > 0)
        look(keymap, keymap->typed_in, &line);
    keymap_reset(keymap);
    return line;
}

/* --- words ------------------------------------------------------------------------------------- */

/* As it stands on the keyboards of those who read it. */
static const char *key_label(const char *name)
{
    static const char *const labels[] = {
        NC_("key", "Enter"),  NC_("key", "Space"),  NC_("key", "Tab"),  NC_("key", "Esc"), NC_("key", "Backspace"), NC_("key", "Delete"),
        NC_("key", "Insert"), NC_("key", "Home"),   NC_("key", "End"),  NC_("key", "Up"),  NC_("key", "PageUp"),    NC_("key", "PageDown"),
        NC_("key", "Down"),   NC_("key", "Left"),   NC_("key", "Right"),
    };
    for (guint i = 0; i < G_N_ELEMENTS(labels); i++)
        if (strcmp(labels[i], name) == 0)
            return g_dpgettext2(NULL, "key", labels[i]);
    return name;
}

char *key_words(const char *const *keys)
{
    GString *words = g_string_new(NULL);
    for (guint i = 0; keys[i]; i++) {
        gsize length = strlen(keys[i]);
        gboolean named = length > 2 && keys[i][0] == '<';
        if (words->len > 0 && (named || strchr(words->str, ' ') || words->len > 1))
            g_string_append_c(words, ' ');
        if (!named) {
            g_string_append(words, keys[i]);
            continue;
        }
        g_autofree char *inner = g_strndup(keys[i] + 1, length - 2);
        const char *p = inner;
        gboolean control = FALSE;
        for (; p[0] && p[1] == '-' && p[2]; p += 2) {
            g_string_append(words, p[0] == 'C' ? _("Ctrl-") : p[0] == 'M' ? _("Alt-") : _("Shift-"));
            control |= p[0] == 'C';
        }
        if (strcmp(p, "lt") == 0)
            g_string_append_c(words, '<');
        else if (control && !p[1])
            g_string_append_c(words, g_ascii_toupper(*p)); /* Ctrl-D: as it stands on the key */
        else
            g_string_append(words, key_label(p));
    }
    return g_string_free(words, FALSE);
}

char *keymap_pending(const Keymap *keymap)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (guint i = 0; i < keymap->typed->len; i++)
        g_ptr_array_add(keys, keymap->typed->pdata[i]);
    g_ptr_array_add(keys, NULL);
    return key_words((const char *const *)keys->pdata);
}

char *keymap_find(const Keymap *keymap, CommandContexts context, const char *line)
{
    /* Fewest key presses, then the shortest to read. */
    char *best = NULL;
    guint best_presses = 0;
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const Binding *binding = keymap->bindings->pdata[i];
        if (binding->context != context || strcmp(binding->line, line) != 0)
            continue;
        guint presses = g_strv_length(binding->keys);
        g_autofree char *words = key_words((const char *const *)binding->keys);
        if (best && (presses > best_presses || (presses == best_presses && text_display_width(words, -1) >= text_display_width(best, -1))))
            continue;
        g_free(best);
        best = g_steal_pointer(&words);
        best_presses = presses;
    }
    return best;
}

char *keymap_find_all(const Keymap *keymap, CommandContexts context, const char *line)
{
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const Binding *binding = keymap->bindings->pdata[i];
        if (binding->context != context || strcmp(binding->line, line) != 0)
            continue;
        g_autofree char *words = key_words((const char *const *)binding->keys);
        g_string_append_printf(all, "%s%s", all->len ? ", " : "", words);
    }
    if (all->len == 0) {
        g_string_free(all, TRUE);
        return NULL;
    }
    return g_string_free(all, FALSE);
}

typedef struct {
    char *words;
    const Binding *binding;
} Told;

static void told_clear(gpointer data)
{
    g_free(((Told *)data)->words);
}

static gint by_words(gconstpointer a, gconstpointer b)
{
    return g_utf8_collate(((const Told *)a)->words, ((const Told *)b)->words);
}

void keymap_each(const Keymap *keymap, CommandContexts context, KeymapVisit visit, gpointer user_data)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Told));
    g_array_set_clear_func(all, told_clear);
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const Binding *binding = keymap->bindings->pdata[i];
        if (binding->context != context)
            continue;
        Told told = { key_words((const char *const *)binding->keys), binding };
        g_array_append_val(all, told);
    }
    g_array_sort(all, by_words);
    for (guint i = 0; i < all->len; i++) {
        const Told *told = &g_array_index(all, Told, i);
        visit(told->words, told->binding->line, told->binding->source, user_data);
    }
}

void keymap_each_keys(const Keymap *keymap, CommandContexts context, KeymapVisitKeys visit, gpointer user_data)
{
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const Binding *binding = keymap->bindings->pdata[i];
        if (binding->context == context)
            visit((const char *const *)binding->keys, binding->line, user_data);
    }
}
