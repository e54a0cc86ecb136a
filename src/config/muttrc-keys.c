/* bind and macro of a muttrc. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "config/keys.h"
#include "config/muttrc-private.h"

const MuttrcFunction muttrc_functions[] = {
    { "attach-file", "attach-file" },
    { "bottom-page", "page-down" },
    { "bottom", "bottom" },
    { "bounce-message", "bounce-message" },
    { "change-folder", "change-mailbox" },
    { "change-folder-readonly", "change-mailbox" },
    { "check-new", "check-mail" },
    { "clear-flag", "clear-flag" },
    { "collapse-all", "fold-all" },
    { "collapse-thread", "fold-thread" },
    { "copy-message", "copy-message" },
    { "create-alias", "add-contact" },
    { "delete-message", "delete-message" },
    { "delete-pattern", "delete-pattern" },
    { "delete-thread", "delete-thread" },
    { "display-address", "show-address" },
    { "display-message", "open-message" },
    { "display-toggle-weed", "toggle-headers" },
    { "edit-label", "label" },
    { "enter-command", "command-line" },
    { "exit", "back" },
    { "fetch-mail", "check-mail" },
    { "first-entry", "first-entry" },
    { "flag-message", "flag-message" },
    { "forward-message", "forward-message" },
    { "group-chat-reply", "reply-all" },
    { "group-reply", "reply-all" },
    { "half-down", "half-down" },
    { "half-up", "half-up" },
    { "help", "help" },
    { "imap-fetch-mail", "check-mail" },
    { "last-entry", "last-entry" },
    { "limit", "limit" },
    { "list-reply", "reply-list" },
    { "mail", "compose-message" },
    { "modify-labels", "label" },
    { "next-entry", "next-entry" },
    { "next-line", "next-line" },
    { "next-new", "next-unread" },
    { "next-new-then-unread", "next-unread" },
    { "next-page", "page-down" },
    { "next-thread", "next-thread" },
    { "next-undeleted", "next-message" },
    { "next-unread", "next-unread" },
    { "next-unread-mailbox", "next-unread-mailbox" },
    { "noop", "nothing" },
    { "pipe-entry", "pipe-attachment" },
    { "pipe-message", "pipe-message" },
    { "previous-entry", "previous-entry" },
    { "previous-line", "previous-line" },
    { "previous-new", "previous-unread" },
    { "previous-new-then-unread", "previous-unread" },
    { "previous-page", "page-up" },
    { "previous-thread", "previous-thread" },
    { "previous-undeleted", "previous-message" },
    { "previous-unread", "previous-unread" },
    { "print-message", "print-message" },
    { "quit", "quit" },
    { "read-thread", "read-thread" },
    { "recall-message", "recall-message" },
    { "redraw-screen", "redraw" },
    { "refresh", "redraw" },
    { "reply", "reply" },
    { "resend-message", "edit-as-new" },
    { "save-entry", "save-attachment" },
    { "save-message", "move-message" },
    { "search", "search" },
    { "search-next", "search-next" },
    { "search-opposite", "search-opposite" },
    { "search-reverse", "search-back" },
    { "select-entry", "open-mailbox" },
    { "set-flag", "set-flag" },
    { "shell-escape", "shell" },
    { "show-limit", "show-limit" },
    { "show-version", "version" },
    { "sidebar-next", "next-mailbox" },
    { "sidebar-next-new", "next-unread-mailbox" },
    { "sidebar-prev", "previous-mailbox" },
    { "sidebar-toggle-visible", "toggle-sidebar" },
    { "skip-quoted", "skip-quoted" },
    { "sort-mailbox", "sort" },
    { "sort-reverse", "sort-reverse" },
    { "suspend", "suspend" },
    { "sync-mailbox", "expunge" },
    { "tag-entry", "tag-message" },
    { "tag-message", "tag-message" },
    { "tag-pattern", "tag-pattern" },
    { "tag-prefix", "tag-prefix" },
    { "tag-prefix-cond", "tag-prefix" },
    { "tag-thread", "tag-thread" },
    { "toggle-new", "toggle-read" },
    { "toggle-quoted", "toggle-quoted" },
    { "top", "top" },
    { "top-page", "first-entry" },
    { "undelete-message", "undelete-message" },
    { "undelete-pattern", "undelete-pattern" },
    { "undelete-thread", "undelete-thread" },
    { "untag-pattern", "untag-pattern" },
    { "view-attach", "open-attachment" },
    { "view-attachments", "view-attachments" },
    { "view-mailcap", "open-attachment" },
    { "view-text", "show-attachment" },
    { NULL, NULL },
};

const char *muttrc_function_line(const char *function)
{
    for (guint i = 0; muttrc_functions[i].function != NULL; i++)
        if (strcmp(muttrc_functions[i].function, function) == 0)
            return muttrc_functions[i].line;
    return NULL;
}

static const struct {
    const char *menu, *context;
} menus[] = {
    { "index", "list" }, { "pager", "reader" }, { "generic", "any" }, { "attach", "attachments" }, { "browser", "sidebar" }, { "compose", "compose" },
};

static const char *context_of(const char *menu)
{
    for (guint i = 0; i < G_N_ELEMENTS(menus); i++)
        if (strcmp(menus[i].menu, menu) == 0)
            return menus[i].context;
    return NULL;
}

/* --- key names ------------------------------------------------------------------------------------ */

/* "\t", "\n", "\r", "\e" and octal numbers, which key files have no word for; the rest key_sequence_parse() understands. */
static char *key_words(const char *text)
{
    GString *keys = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\\' && p[1] != '\0' && strchr("tnrfe", p[1])) {
            g_string_append(keys, p[1] == 't' ? "<Tab>" : p[1] == 'f' ? "<C-l>" : p[1] == 'e' ? "<Esc>" : "<Enter>");
            p++;
        } else if (*p == '\\' && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2]) && g_ascii_isdigit(p[3])) {
            int code = (p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0');
            if (code == 27)
                g_string_append(keys, "<Esc>");
            else if (code > 0 && code < 27)
                g_string_append_printf(keys, "<C-%c>", 'a' + code - 1);
            else
                g_string_append_c(keys, (char) code);
            p += 3;
        } else if (*p == '\\' && (p[1] == 'C' || p[1] == 'c') && p[2] != '\0') {
            g_string_append_printf(keys, "<C-%c>", g_ascii_tolower(p[2]));
            p += 2;
        } else if (*p == '<' && strchr(p, '>') == NULL) {
            g_string_append(keys, "<lt>");
        } else if (*p == ' ') {
            g_string_append(keys, "<Space>");
        } else {
            g_string_append_c(keys, *p);
        }
    }
    return g_string_free(keys, FALSE);
}

/* "<pagedown>", "\Cn", "gg" in the spelling of a key file; NULL with why. */
static char *convert_keys(const char *text, const char **why)
{
    g_autofree char *words = key_words(text);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) keys = key_sequence_parse(words, &error);
    if (keys == NULL) {
        *why = _("this key has no name here");
        return NULL;
    }
    return key_sequence_format((const char *const *) keys);
}

/* One line of a key file for each menu. `line` NULL: the key is taken away. */
static void add_bindings(const MuttrcCommand *command, const char *menu_list, const char *keys, const char *line)
{
    g_auto(GStrv) list = g_strsplit(menu_list, ",", -1);
    gboolean any = FALSE;
    for (char **menu = list; *menu != NULL; menu++) {
        const char *context = context_of(*menu);
        if (context == NULL)
            continue;
        const char *here = line;
        if (line != NULL && strcmp(line, "back") == 0 && strcmp(context, "list") == 0)
            here = "quit"; /* mutt's exit leaves the index, which is the program */
        if (line != NULL && strcmp(context, "sidebar") != 0 && strcmp(line, "open-mailbox") == 0)
            here = strcmp(context, "list") == 0 ? "open-message" : "open-attachment";
        if (here != NULL)
            g_string_append_printf(command->muttrc->keys, "bind %s %s %s\n", context, keys, here);
        else
            g_string_append_printf(command->muttrc->keys, "unbind %s %s\n", context, keys);
        any = TRUE;
    }
    if (any)
        command->muttrc->n_keys++;
    else
        muttrc_leave(command, _("there is no such place here"));
}

void muttrc_bind(const MuttrcCommand *command)
{
    if (g_strv_length(command->words) != 4) {
        muttrc_leave(command, _("this is not: bind MENU KEY FUNCTION"));
        return;
    }
    const char *why = NULL, *function = command->words[3], *line = muttrc_function_line(function);
    g_autofree char *keys = convert_keys(command->words[2], &why);
    if (keys == NULL)
        muttrc_leave(command, why);
    else if (strcmp(function, "noop") == 0)
        add_bindings(command, command->words[1], keys, NULL);
    else if (line == NULL)
        muttrc_leave(command, _("Malle has no command for this function"));
    else
        add_bindings(command, command->words[1], keys, line);
}

/* --- macros ----------------------------------------------------------------------------------------- */

/* What a key of mutt's index does, for macros that type keys instead of naming functions. */
static const char *function_of_key(char key)
{
    static const struct {
        char key;
        const char *function;
    } keys[] = {
        { 'c', "change-folder" }, { 's', "save-message" },   { 'C', "copy-message" },  { 'l', "limit" },          { 'T', "tag-pattern" },
        { 'D', "delete-pattern" }, { 'U', "undelete-pattern" }, { '/', "search" },     { '!', "shell-escape" },   { '|', "pipe-message" },
        { 'd', "delete-message" }, { 'u', "undelete-message" }, { 'N', "toggle-new" }, { 'F', "flag-message" },   { 't', "tag-message" },
        { ';', "tag-prefix" },    { 'j', "next-undeleted" }, { 'k', "previous-undeleted" }, { 'v', "view-attachments" }, { '$', "sync-mailbox" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].key == key)
            return keys[i].function;
    return NULL;
}

static gboolean takes_argument(const char *line)
{
    static const char *const takers[] = { "change-mailbox", "move-message", "copy-message", "limit", "tag-pattern", "untag-pattern", "delete-pattern",
                                          "undelete-pattern", "search", "search-back", "shell", "pipe-message", "label", "save-attachment", NULL };
    return g_strv_contains(takers, line);
}

/* "=Archive" and "+Archive" are mutt's for a mailbox of the account; "!" is the inbox. */
static char *mailbox_words(const char *text)
{
    if (strcmp(text, "!") == 0)
        return g_strdup("INBOX");
    if (*text == '=' || *text == '+')
        text++;
    return g_strdup(text);
}

static gboolean is_enter(const char *name)
{
    return g_ascii_strcasecmp(name, "enter") == 0 || g_ascii_strcasecmp(name, "return") == 0;
}

typedef struct {
    GString *line;   /* commands with " ; " between them */
    const char *asks; /* the command whose argument is being typed; NULL none */
    GString *typed;
    gboolean failed;
} Macro;

static void macro_add(Macro *macro, const char *line)
{
    g_string_append_printf(macro->line, "%s%s", macro->line->len ? " ; " : "", line);
    macro->asks = takes_argument(line) ? line : NULL;
}

static void macro_enter(Macro *macro)
{
    if (macro->asks == NULL || strpbrk(macro->typed->str, "<>$`") != NULL) {
        macro->failed = macro->typed->len > 0;
        return;
    }
    gboolean mailbox = strstr(macro->asks, "message") != NULL || strcmp(macro->asks, "change-mailbox") == 0;
    gboolean is_mailbox = mailbox && strcmp(macro->asks, "pipe-message") != 0;
    g_autofree char *argument = is_mailbox ? mailbox_words(macro->typed->str) : g_strdup(macro->typed->str);
    if (strstr(argument, "://") != NULL)
        macro->failed = TRUE;
    g_string_append_printf(macro->line, " %s", argument);
    macro->asks = NULL;
    g_string_truncate(macro->typed, 0);
}

/* <function>, <enter>, or a key by name. */
static const char *macro_named(Macro *macro, const char *p)
{
    const char *end = strchr(p, '>');
    if (end == NULL) {
        macro->failed = TRUE;
        return p + strlen(p);
    }
    g_autofree char *name = g_strndup(p + 1, (gsize) (end - p - 1));
    const char *line = muttrc_function_line(name);
    if (is_enter(name))
        macro_enter(macro);
    else if (g_ascii_strcasecmp(name, "space") == 0 && macro->asks != NULL)
        g_string_append_c(macro->typed, ' ');
    else if (line != NULL && strcmp(line, "command-line") != 0) /* what would be typed there are mutt's commands */
        macro_add(macro, line);
    else
        macro->failed = TRUE;
    return end + 1;
}

static void macro_read(Macro *macro, const char *text)
{
    for (const char *p = text; *p != '\0' && !macro->failed;) {
        if (*p == '<') {
            p = macro_named(macro, p);
        } else if (*p == '\\' && (p[1] == 'n' || p[1] == 'r')) {
            macro_enter(macro);
            p += 2;
        } else if (macro->asks != NULL) {
            g_string_append_c(macro->typed, *p++);
        } else {
            const char *function = function_of_key(*p++), *line = function ? muttrc_function_line(function) : NULL;
            if (line != NULL)
                macro_add(macro, line);
            else
                macro->failed = TRUE;
        }
    }
}

void muttrc_macro(const MuttrcCommand *command)
{
    guint n = g_strv_length(command->words);
    if (n < 4 || n > 5) {
        muttrc_leave(command, _("this is not: macro MENU KEY SEQUENCE"));
        return;
    }
    const char *why = NULL;
    g_autofree char *keys = convert_keys(command->words[2], &why);
    Macro macro = { g_string_new(NULL), NULL, g_string_new(NULL), FALSE };
    macro_read(&macro, command->words[3]);
    if (keys == NULL)
        muttrc_leave(command, why);
    else if (macro.failed || macro.line->len == 0 || macro.typed->len > 0)
        muttrc_leave(command, _("this macro types keys that have no command; it can be written with commands, see malle-keys(5)"));
    else
        add_bindings(command, command->words[1], keys, macro.line->str);
    g_string_free(macro.line, TRUE);
    g_string_free(macro.typed, TRUE);
}
