/* The table of commands: what every row owes its reader, and that no key means two things in one place. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "config/keys.h"
#include "config/muttrc.h"
#include "ui/keymap.h"
#include "ui/app.h"
#include "ui/ui.h"

static void test_rows(void)
{
    guint count;
    const Command *table = command_table(&count);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_assert_cmpuint(count, >, 80);
    for (guint i = 0; i < count; i++) {
        const Command *command = &table[i];
        g_test_message("%s", command->name);
        g_assert_true(g_hash_table_add(names, (gpointer)command->name));
        for (const char *p = command->name; *p; p++)
            g_assert_true(g_ascii_islower(*p) || *p == '-');
        g_assert_nonnull(command->run);
        g_assert_nonnull(command->help);
        g_assert_cmpuint(strlen(command->help), >=, 8);
        g_assert_true(g_ascii_islower(command->help[0]));
        g_assert_false(g_str_has_suffix(command->help, "."));
        g_assert_true(command->contexts != 0 && (command->contexts & ~CONTEXT_ANY) == 0);
        g_assert_cmpuint(command->group, <, GROUP_COUNT);
        /* an argument that is needed can be asked for; one that is not there has no name */
        g_assert_true((command->argument == ARGUMENT_NONE) == (command->argument_name == NULL));
        g_assert_true(command->argument != ARGUMENT_NEEDED || command->prompt);
        /* a key bar entry has a key to show */
        g_assert_true(!command->bar || command->keys[KEYS_MUTT]);
    }
}

/* Every key set as written: each sequence parses, and in one place stands for one command only. */
static void check_set(CommandKeySet set)
{
    guint count;
    const Command *table = command_table(&count);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < count; i++) {
        const char *keys = table[i].keys[set] ? table[i].keys[set] : table[i].keys[KEYS_MUTT];
        g_auto(GStrv) specs = g_strsplit(keys ? keys : "", " ", -1);
        for (guint j = 0; specs[j]; j++) {
            const char *spec = specs[j], *colon = strchr(spec, ':');
            if (!*spec)
                continue;
            CommandContexts contexts = table[i].contexts;
            if (colon && colon > spec && colon[1]) {
                g_autofree char *places = g_strndup(spec, (gsize)(colon - spec));
                g_auto(GStrv) words = g_strsplit(places, ",", -1);
                contexts = 0;
                for (guint k = 0; words[k]; k++) {
                    CommandContexts one = command_context_parse(words[k]);
                    g_assert_cmpuint(one, !=, 0);
                    g_assert_true((one & ~table[i].contexts) == 0); /* help would not list it there */
                    contexts |= one;
                }
                spec = colon + 1;
            }
            g_autoptr(GError) error = NULL;
            g_auto(GStrv) sequence = key_sequence_parse(spec, &error);
            g_assert_no_error(error);
            g_autofree char *canonical = g_strjoinv("", sequence);
            for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
                if (!(contexts & bit))
                    continue;
                char *place = g_strdup_printf("%s %s", command_context_name(bit), canonical);
                const char *other = g_hash_table_lookup(seen, place);
                if (other)
                    g_error("key set %d: %s is both %s and %s", set, place, other, table[i].name);
                g_hash_table_insert(seen, place, (gpointer)table[i].name);
            }
        }
    }
}

static void test_keys(void)
{
    for (guint set = 0; set < KEYS_COUNT; set++)
        check_set((CommandKeySet)set);
}

/* What the issue asks of the default set. */
static void test_mutt_keys(void)
{
    static const struct {
        CommandContexts context;
        const char *key, *command;
    } expected[] = {
        { CONTEXT_LIST, "j", "next-message" },
        { CONTEXT_LIST, "k", "previous-message" },
        { CONTEXT_LIST, "J", "next-entry" },
        { CONTEXT_LIST, "<Enter>", "open-message" },
        { CONTEXT_LIST, "<Space>", "open-message" },
        { CONTEXT_READER, "i", "back" },
        { CONTEXT_LIST, "q", "quit" },
        { CONTEXT_READER, "q", "back" },
        { CONTEXT_LIST, "=", "first-entry" },
        { CONTEXT_LIST, "*", "last-entry" },
        { CONTEXT_LIST, "<Tab>", "next-unread" },
        { CONTEXT_LIST, "d", "delete-message" },
        { CONTEXT_LIST, "u", "undelete-message" },
        { CONTEXT_LIST, "D", "delete-pattern" },
        { CONTEXT_LIST, "<C-d>", "delete-thread" },
        { CONTEXT_LIST, "s", "move-message" },
        { CONTEXT_LIST, "C", "copy-message" },
        { CONTEXT_LIST, "c", "change-mailbox" },
        { CONTEXT_LIST, "y", "mailboxes" },
        { CONTEXT_LIST, "F", "flag-message" },
        { CONTEXT_LIST, "N", "toggle-read" },
        { CONTEXT_LIST, "w", "set-flag" },
        { CONTEXT_LIST, "W", "clear-flag" },
        { CONTEXT_LIST, "Y", "label" },
        { CONTEXT_LIST, "t", "tag-message" },
        { CONTEXT_LIST, "T", "tag-pattern" },
        { CONTEXT_LIST, ";", "tag-prefix" },
        { CONTEXT_LIST, "/", "search" },
        { CONTEXT_LIST, "n", "search-next" },
        { CONTEXT_LIST, "l", "limit" },
        { CONTEXT_LIST, "o", "sort" },
        { CONTEXT_LIST, "O", "sort-reverse" },
        { CONTEXT_LIST, "v", "view-attachments" },
        { CONTEXT_READER, "h", "toggle-headers" },
        { CONTEXT_READER, "|", "pipe-message" },
        { CONTEXT_LIST, "!", "shell" },
        { CONTEXT_LIST, "p", "print-message" },
        { CONTEXT_LIST, "$", "expunge" },
        { CONTEXT_LIST, ":", "command-line" },
        { CONTEXT_LIST, "?", "help" },
        { CONTEXT_LIST, "G", "check-mail" },
        { CONTEXT_LIST, "<C-_>", "undo" },
    };
    Keymap *keymap = keymap_new();
    keymap_add_defaults(keymap, KEYS_MUTT);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const char *line = NULL;
        KeymapResult result = keymap_key(keymap, expected[i].context, expected[i].key, &line, NULL);
        g_assert_cmpint(result, ==, KEYMAP_FOUND);
        g_assert_cmpstr(line, ==, expected[i].command);
    }
    keymap_free(keymap);
}

static void test_parse(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *argument = NULL;
    g_assert_cmpstr(command_parse("  move-message   Lists/debian ", &argument, &error)->name, ==,
                    "move-message");
    g_assert_cmpstr(argument, ==, "Lists/debian");
    g_assert_cmpstr(command_parse("qui", NULL, &error)->name, ==, "quit"); /* a unique beginning will do */
    g_assert_cmpstr(command_parse("undo", NULL, &error)->name, ==,
                    "undo"); /* an exact name wins over longer ones */
    g_assert_null(command_parse("delete-", NULL, &error));
    g_assert_error(error, UI_ERROR, UI_ERROR_COMMAND);
    g_assert_nonnull(strstr(error->message, "delete-message"));
    g_clear_error(&error);
    g_assert_null(command_parse("mvoe-message", NULL, &error));
    g_assert_nonnull(strstr(error->message, "move-message"));
    g_clear_error(&error);
    g_assert_null(command_parse("", NULL, &error));
    g_assert_error(error, UI_ERROR, UI_ERROR_COMMAND);
}

static void test_sequences(void)
{
    Keymap *keymap = keymap_new();
    const char *line = NULL;
    gboolean again;
    keymap_bind(keymap, CONTEXT_LIST, (const char *const[]){ "g", "g", NULL }, "first-entry");
    keymap_bind(keymap, CONTEXT_LIST, (const char *const[]){ "g", NULL }, "check-mail");
    keymap_bind(keymap, CONTEXT_LIST, (const char *const[]){ "<Esc>", "v", NULL }, "fold-thread");
    keymap_bind(keymap, CONTEXT_LIST, (const char *const[]){ "<Esc>", NULL }, "cancel");
    g_assert_cmpint(keymap_key(keymap, CONTEXT_LIST, "g", &line, &again), ==, KEYMAP_MAYBE);
    g_assert_cmpint(keymap_key(keymap, CONTEXT_LIST, "g", &line, &again), ==, KEYMAP_FOUND);
    g_assert_cmpstr(line, ==, "first-entry");
    /* time passes */
    keymap_key(keymap, CONTEXT_LIST, "g", &line, &again);
    g_assert_cmpstr(keymap_expire(keymap), ==, "check-mail");
    g_assert_null(keymap_expire(keymap));
    /* another key comes: the whole one runs, and the key is given again */
    keymap_key(keymap, CONTEXT_LIST, "g", &line, &again);
    g_assert_cmpint(keymap_key(keymap, CONTEXT_LIST, "x", &line, &again), ==, KEYMAP_NONE);
    g_assert_true(again);
    g_assert_cmpstr(line, ==, "check-mail");
    /* Alt-v is Esc, v */
    g_assert_cmpint(keymap_key(keymap, CONTEXT_LIST, "<M-v>", &line, &again), ==, KEYMAP_FOUND);
    g_assert_cmpstr(line, ==, "fold-thread");
    /* Alt with anything else is neither Esc nor that key */
    g_assert_cmpint(keymap_key(keymap, CONTEXT_LIST, "<M-g>", &line, &again), ==, KEYMAP_NONE);
    g_assert_null(line);
    g_assert_false(again);
    /* another place: other keys, and what was begun is forgotten */
    keymap_key(keymap, CONTEXT_LIST, "<Esc>", &line, &again);
    g_assert_cmpint(keymap_key(keymap, CONTEXT_READER, "v", &line, &again), ==, KEYMAP_NONE);
    g_assert_null(line);
    /* a later binding takes the place of an earlier one; NULL takes it away */
    keymap_bind(keymap, CONTEXT_LIST, (const char *const[]){ "g", NULL }, "quit");
    keymap_bind(keymap, CONTEXT_LIST, (const char *const[]){ "g", "g", NULL }, NULL);
    g_assert_cmpint(keymap_key(keymap, CONTEXT_LIST, "g", &line, &again), ==, KEYMAP_FOUND);
    g_assert_cmpstr(line, ==, "quit");
    keymap_free(keymap);
}

static void test_key_words(void)
{
    static const struct {
        const char *keys, *words;
    } cases[] = {
        { "d", "d" },           { "gg", "gg" },        { "<C-d>", "Ctrl-D" },
        { "<Esc>v", "Esc v" },  { "<lt>", "<" },       { "<S-Tab>", "Shift-Tab" },
        { "<Space>", "Space" }, { "<C-_>", "Ctrl-_" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) keys = key_sequence_parse(cases[i].keys, NULL);
        g_autofree char *words = key_words((const char *const *)keys);
        g_assert_cmpstr(words, ==, cases[i].words);
    }
}

/* The manual names every command once, and no text of it begins a line that mdoc takes for its own. */
static void test_manual(void)
{
    guint count;
    const Command *table = command_table(&count);
    g_autofree char *manual = ui_keys_manual();
    for (guint i = 0; i < count; i++) {
        g_autofree char *head =
            g_strdup_printf("\n.It Ic %s%s", table[i].name, table[i].argument_name ? " " : "\n");
        g_assert_nonnull(strstr(manual, head));
    }
    g_auto(GStrv) lines = g_strsplit(manual, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        if (lines[i][0] == '.')
            g_assert_true(g_str_has_prefix(lines[i], ".Ss ") || g_str_has_prefix(lines[i], ".It Ic ") ||
                          g_str_has_prefix(lines[i], ".Bl ") || strcmp(lines[i], ".El") == 0 ||
                          strcmp(lines[i], ".br") == 0);
}

/* --- key files ------------------------------------------------------------------------------------ */

typedef struct {
    Keymap *other;
    CommandContexts context;
    guint n;
} Compared;

static void compare_one(const char *const *keys, const char *line, gpointer user_data)
{
    Compared *compared = user_data;
    g_assert_cmpstr(keymap_line(compared->other, compared->context, keys, NULL), ==, line);
    compared->n++;
}

/* The file that is shipped of a set binds what the set binds, and nothing else. */
static void test_key_files(void)
{
    static const char *const sets[KEYS_COUNT] = { "mutt", "alpine", "vi" };
    for (guint set = 0; set < KEYS_COUNT; set++) {
        g_autofree char *file = ui_keys_file(sets[set]);
        g_autoptr(GPtrArray) problems = g_ptr_array_new();
        g_autoptr(GPtrArray) bindings = key_bindings_parse(file, "keys", problems);
        g_assert_cmpuint(problems->len, ==, 0);
        g_assert_cmpuint(bindings->len, >, 150);
        Keymap *built_in = keymap_new(), *from_file = keymap_new();
        keymap_add_defaults(built_in, (CommandKeySet)set);
        for (guint i = 0; i < bindings->len; i++) {
            const KeyBinding *binding = bindings->pdata[i];
            g_assert_true(macro_check(binding->command, NULL));
            keymap_bind(from_file, command_context_parse(binding->context), (const char *const *)binding->keys, binding->command);
        }
        for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
            Compared there = { from_file, bit, 0 }, back = { built_in, bit, 0 };
            keymap_each_keys(built_in, bit, compare_one, &there);
            keymap_each_keys(from_file, bit, compare_one, &back);
            g_assert_cmpuint(there.n, ==, back.n);
        }
        keymap_free(built_in);
        keymap_free(from_file);
    }
    g_assert_null(ui_keys_file("emacs"));
}

static void check_macro(const char *line, const char *const *expected)
{
    for (; line; expected++) {
        g_autofree char *one = NULL;
        line = macro_next(line, &one);
        g_assert_cmpstr(g_strstrip(one), ==, *expected);
    }
    g_assert_null(*expected);
}

/* Several commands on a line; what a shell gets keeps its semicolons. */
static void test_macros(void)
{
    check_macro("flag-message", (const char *const[]){ "flag-message", NULL });
    check_macro("flag-message ; move-message Archive ; next-entry", (const char *const[]){ "flag-message", "move-message Archive", "next-entry", NULL });
    check_macro("search a\\; b ; next-entry", (const char *const[]){ "search a; b", "next-entry", NULL });
    check_macro("next-entry ; shell ls ; date", (const char *const[]){ "next-entry", "shell ls ; date", NULL });
    check_macro("search a;b ;", (const char *const[]){ "search a;b", NULL });
    g_assert_true(macro_check("flag-message ; mv Archive", NULL));
    g_autoptr(GError) error = NULL;
    g_assert_false(macro_check("flag-message ; fly-away", &error));
    g_assert_nonnull(strstr(error->message, "fly-away"));
}

/* Quiet hours, also over midnight. */
static void test_quiet_hours(void)
{
    g_assert_true(ui_is_quiet("22:00-07:00", 23 * 60));
    g_assert_true(ui_is_quiet("22:00-07:00", 0));
    g_assert_true(ui_is_quiet("22:00-07:00", 22 * 60));
    g_assert_false(ui_is_quiet("22:00-07:00", 7 * 60));
    g_assert_false(ui_is_quiet("22:00-07:00", 12 * 60));
    g_assert_true(ui_is_quiet("12:00-14:00", 13 * 60));
    g_assert_false(ui_is_quiet("12:00-14:00", 14 * 60));
    g_assert_false(ui_is_quiet("", 0));
    g_assert_false(ui_is_quiet("8-9", 8 * 60));
}

/* What a muttrc's functions are taken over as exists. */
static void test_muttrc_functions(void)
{
    for (guint i = 0; muttrc_functions[i].function; i++) {
        const Command *command = command_find(muttrc_functions[i].line);
        g_test_message("%s", muttrc_functions[i].function);
        g_assert_nonnull(command);
    }
}

/* What hands used to other clients type. */
static void test_other_names(void)
{
    g_assert_cmpstr(command_parse("mv Archive", NULL, NULL)->name, ==, "move-message");
    g_assert_cmpstr(command_parse("read", NULL, NULL)->name, ==, "read-message");
    g_assert_cmpstr(command_parse("q", NULL, NULL)->name, ==, "quit");
    g_assert_cmpstr(command_parse("filter x", NULL, NULL)->name, ==, "limit");
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/commands/rows", test_rows);
    g_test_add_func("/ui/commands/keys", test_keys);
    g_test_add_func("/ui/commands/mutt-keys", test_mutt_keys);
    g_test_add_func("/ui/commands/parse", test_parse);
    g_test_add_func("/ui/keymap/sequences", test_sequences);
    g_test_add_func("/ui/keymap/words", test_key_words);
    g_test_add_func("/ui/commands/manual", test_manual);
    g_test_add_func("/ui/commands/key-files", test_key_files);
    g_test_add_func("/ui/commands/muttrc-functions", test_muttrc_functions);
    g_test_add_func("/ui/quiet-hours", test_quiet_hours);
    g_test_add_func("/ui/commands/macros", test_macros);
    g_test_add_func("/ui/commands/other-names", test_other_names);
    return g_test_run();
}
