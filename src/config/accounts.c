/* Reading the accounts file. */
#include "config.h"

#include "config/accounts-private.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "base/secret.h"
#include "config/identity.h"
#include "config/lines.h"
#include "config/pop_policy.h"

#define KEPT_HERE "this-machine"

const AccountKey account_keys[] = {
    { "name", KEY_TEXT, G_STRUCT_OFFSET(Account, person) },
    { "address", KEY_TEXT, G_STRUCT_OFFSET(Account, address) },
    { "receive", KEY_URL, G_STRUCT_OFFSET(Account, receive) },
    { "send", KEY_URL, G_STRUCT_OFFSET(Account, send) },
    { "send-command", KEY_TEXT, G_STRUCT_OFFSET(Account, send_command) },
    { "password", KEY_SECRET, G_STRUCT_OFFSET(Account, password) },
    { "password-command", KEY_TEXT, G_STRUCT_OFFSET(Account, password_command) },
    { "token-command", KEY_TEXT, G_STRUCT_OFFSET(Account, token_command) },
    { "client-certificate", KEY_PATH, G_STRUCT_OFFSET(Account, client_certificate) },
    { "kerberos", KEY_SWITCH, G_STRUCT_OFFSET(Account, kerberos) },
    { "ca-file", KEY_PATH, G_STRUCT_OFFSET(Account, ca_file) },
    { "proxy", KEY_TEXT, G_STRUCT_OFFSET(Account, proxy) },
    { "trash", KEY_TEXT, G_STRUCT_OFFSET(Account, trash) },
    { "sent", KEY_TEXT, G_STRUCT_OFFSET(Account, sent) },
    { "drafts", KEY_TEXT, G_STRUCT_OFFSET(Account, drafts) },
    { "archive", KEY_TEXT, G_STRUCT_OFFSET(Account, archive) },
    { "sent-copy", KEY_COPY, G_STRUCT_OFFSET(Account, sent_copy) },
    { "delete", KEY_DELETE, G_STRUCT_OFFSET(Account, delete_mode) },
    { "poll", KEY_POLL, 0 },
    { "offline", KEY_KEEP, 0 },
    { "pop-policy", KEY_POP_POLICY, 0 },
    { "pop-headers-above", KEY_SIZE, G_STRUCT_OFFSET(Account, pop.headers_above) },
    { "pop-delete-with-local", KEY_SWITCH, G_STRUCT_OFFSET(Account, pop.delete_with_local) },
    { "deliver-to", KEY_TEXT, G_STRUCT_OFFSET(Account, deliver_to) },
    { "identity", KEY_IDENTITY, 0 },
    { "signature", KEY_IDENTITY, 0 },
    { "signature-command", KEY_IDENTITY, 0 },
    { NULL, KEY_TEXT, 0 },
};

static const char *const section_names[] = { "account", NULL };
static const char *const delete_modes[] = { "trash", "expunge", NULL };
const char *const account_copies[] = { [ACCOUNT_COPY_AUTO] = "auto", [ACCOUNT_COPY_YES] = "yes", [ACCOUNT_COPY_NO] = "no" };

enum { POLL_LIMIT = 7 * 24 * 3600 };

/* One section being read. */
typedef struct {
    const char *file;
    guint mode; /* permissions of the file */
    GPtrArray *problems;
    GPtrArray *accounts;
    Account *account;  /* NULL before the first section, and in one that cannot be used */
    gboolean skipping; /* within a section whose head is wrong: its keys are not complained about as well */
    guint head_line;
    guint seen[G_N_ELEMENTS(account_keys) - 1]; /* line of each key, 0 not yet */
    guint problems_before;          /* how many there were when the section began */
    GArray *delivery_lines;         /* of guint, one for each of the accounts: where deliver-to stands, 0 nowhere */
} Reading;

#define PROBLEM(reading, line, code, ...) config_problems_add((reading)->problems, (reading)->file, line, code, __VA_ARGS__)

gpointer *account_field(Account *account, guint key)
{
    return (gpointer *) G_STRUCT_MEMBER_P(account, account_keys[key].offset);
}

/* "; did you mean …?", or "". Caller frees. */
static char *suggest_key(const char *name)
{
    const char *names[G_N_ELEMENTS(account_keys)];
    for (guint i = 0; i < G_N_ELEMENTS(account_keys); i++)
        names[i] = account_keys[i].name;
    return config_suggest_words(name, names);
}

static int key_index(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(account_keys) - 1; i++)
        if (g_ascii_strcasecmp(account_keys[i].name, name) == 0)
            return (int) i;
    return -1;
}

/* --- the end of a section: what a single line cannot show ------------------------------------------ */

static void check_receive(Reading *reading)
{
    const Account *account = reading->account;
    guint line = reading->seen[key_index("receive")];
    if (line == 0)
        PROBLEM(reading, reading->head_line, CONFIG_ERROR_VALUE,
                _("account “%s” does not say where its mail comes from; add a line like receive = imaps://USER@HOST"),
                account->name);
    else if (account->receive != NULL && account->receive->scheme == ACCOUNT_SCHEME_SMTP)
        PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("mail is not received by SMTP; did you mean “send”?"));
}

static void check_send(Reading *reading)
{
    const Account *account = reading->account;
    if (account->send == NULL && account->send_command == NULL)
        return;
    guint line = reading->seen[key_index(account->send_command != NULL ? "send-command" : "send")];
    if (account->send != NULL && account->send_command != NULL)
        PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("of send and send-command only one can be meant"));
    if (account->send != NULL && account->send->scheme != ACCOUNT_SCHEME_SMTP)
        PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("mail is sent by smtps:// or smtp://; did you mean “receive”?"));
    if (account->address == NULL)
        PROBLEM(reading, line, CONFIG_ERROR_VALUE,
                _("account “%s” can send but has no address to send from; add a line like address = YOU@HOST"),
                account->name);
}

/* Keys that only a POP3 account has a use for: in another they are a mistake, which would be noticed late. */
static void check_pop(Reading *reading)
{
    static const char *const only[] = { "pop-policy", "pop-headers-above", "pop-delete-with-local", "deliver-to" };
    const Account *account = reading->account;
    for (guint i = 0; i < G_N_ELEMENTS(only); i++) {
        guint line = reading->seen[key_index(only[i])];
        if (line > 0 && account->receive != NULL && account->receive->scheme != ACCOUNT_SCHEME_POP3)
            PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("“%s” is for accounts that receive by POP3"), only[i]);
    }
}

static void check_secrets(Reading *reading)
{
    guint password = reading->seen[key_index("password")];
    guint command = reading->seen[key_index("password-command")];
    guint token = reading->seen[key_index("token-command")];
    guint kerberos = reading->account->kerberos ? reading->seen[key_index("kerberos")] : 0;
    if ((password > 0) + (command > 0) + (token > 0) + (kerberos > 0) > 1)
        PROBLEM(reading, MAX(MAX(password, command), MAX(token, kerberos)), CONFIG_ERROR_VALUE,
                _("of password, password-command, token-command and kerberos only one can be meant"));
    if (password > 0 && (reading->mode & 077) != 0) {
        g_autofree char *file = paths_shorten(reading->file);
        PROBLEM(reading, password, CONFIG_ERROR_READABLE_BY_OTHERS,
                _("others can read this file and it holds a password, so the password is not used; run: chmod 600 %s"),
                file);
    }
}

static void end_section(Reading *reading)
{
    Account *account = g_steal_pointer(&reading->account);
    if (account == NULL)
        return;
    reading->account = account;
    check_receive(reading);
    check_send(reading);
    check_pop(reading);
    check_secrets(reading);
    reading->account = NULL;
    if (reading->problems->len == reading->problems_before) {
        g_ptr_array_add(reading->accounts, account);
        g_array_append_val(reading->delivery_lines, reading->seen[key_index("deliver-to")]);
    } else {
        account_free(account);
    }
}

/* --- the head of a section ---------------------------------------------------------------------------- */

gboolean account_name_is_valid(const char *name)
{
    for (const char *p = name; *p != '\0'; p++)
        if (g_ascii_iscntrl(*p) || g_ascii_isspace(*p) || strchr("[]/\"", *p) != NULL)
            return FALSE;
    return *name != '\0';
}

gboolean account_name_is_taken(const GPtrArray *accounts, const char *name)
{
    for (guint i = 0; i < accounts->len; i++) {
        const Account *account = g_ptr_array_index(accounts, i);
        if (g_ascii_strcasecmp(account->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* "[account NAME]": the name, or NULL and a problem told. */
static char *section_name(Reading *reading, guint line, const char *text)
{
    gsize length = strlen(text);
    if (text[length - 1] != ']') {
        PROBLEM(reading, line, CONFIG_ERROR_SYNTAX, _("the “[” has no “]” at the end of the line"));
        return NULL;
    }
    g_autofree char *inside = g_strstrip(g_strndup(text + 1, length - 2));
    gsize word = strcspn(inside, " \t");
    g_autofree char *kind = g_strndup(inside, word);
    char *name = g_strstrip(inside + word);
    if (g_ascii_strcasecmp(kind, "account") != 0) {
        g_autofree char *meant = config_suggest_words(kind, section_names);
        if (*meant == '\0' && *name == '\0')
            PROBLEM(reading, line, CONFIG_ERROR_NAME, _("there is no section [%s]; did you mean [account %s]?"), kind, kind);
        else
            PROBLEM(reading, line, CONFIG_ERROR_NAME, _("there is no section “%s”%s"), kind, meant);
        return NULL;
    }
    if (account_name_is_valid(name))
        return g_strdup(name);
    PROBLEM(reading, line, CONFIG_ERROR_SYNTAX,
            *name == '\0' ? _("the account has no name: [account NAME]")
                          : _("an account's name is one word, without slashes, quotes and brackets: [account NAME]"));
    return NULL;
}

static void start_section(Reading *reading, guint line, const char *text)
{
    end_section(reading);
    reading->problems_before = reading->problems->len;
    reading->head_line = line;
    memset(reading->seen, 0, sizeof reading->seen);
    g_autofree char *name = section_name(reading, line, text);
    if (name != NULL && account_name_is_taken(reading->accounts, name)) {
        PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("there is an account “%s” already, further up"), name);
        g_clear_pointer(&name, g_free);
    }
    reading->skipping = name == NULL;
    reading->account = name != NULL ? account_new(name) : NULL;
}

/* --- a key ---------------------------------------------------------------------------------------------- */

static gboolean set_poll(Account *account, const char *value, GError **error)
{
    guint64 seconds = 0;
    if (!g_ascii_string_to_unsigned(value, 10, 0, POLL_LIMIT, &seconds, NULL)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                    _("“%s” is not a number of seconds between 0 (never) and %d"), value, POLL_LIMIT);
        return FALSE;
    }
    account->poll_seconds = (guint) seconds;
    account->poll_given = TRUE;
    return TRUE;
}

static gboolean set_delete(gpointer *target, const char *value, GError **error)
{
    if (g_strv_contains(delete_modes, value)) {
        *target = g_strdup(value);
        return TRUE;
    }
    g_autofree char *meant = config_suggest_words(value, delete_modes);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("delete is trash or expunge, not “%s”%s"), value, meant);
    return FALSE;
}

/* The words are of base/; the file's problems have codes of their own. */
static gboolean parse_keep(const char *value, KeepRule *rule, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (keep_rule_parse(value, rule, &local))
        return TRUE;
    g_autofree char *word = g_strndup(value, strcspn(value, " \t"));
    g_autofree char *meant = config_suggest_words(word, keep_level_words());
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s%s", local->message, g_strv_contains(keep_level_words(), word) ? "" : meant);
    return FALSE;
}

static gboolean set_keep(Account *account, const char *value, GError **error)
{
    account->keep_given = parse_keep(value, &account->keep, error);
    return account->keep_given;
}

static gboolean set_switch(gboolean *target, const char *value, GError **error)
{
    *target = g_str_equal(value, "yes");
    if (*target || g_str_equal(value, "no"))
        return TRUE;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("it is yes or no, not “%s”"), value);
    return FALSE;
}

static gboolean set_size(guint64 *target, const char *value, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (keep_size_parse(value, target, &local))
        return TRUE;
    g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, local->message);
    return FALSE;
}

static gboolean set_copy(AccountCopy *target, const char *value, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(account_copies); i++)
        if (g_str_equal(account_copies[i], value)) {
            *target = (AccountCopy) i;
            return TRUE;
        }
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("it is auto, yes or no, not “%s”"), value);
    return FALSE;
}

static gboolean set_key(Account *account, guint key, const char *value, GError **error)
{
    switch (account_keys[key].type) {
    case KEY_TEXT:
    case KEY_SECRET:
        *account_field(account, key) = g_strdup(value);
        return TRUE;
    case KEY_PATH:
        *account_field(account, key) = paths_expand(value);
        return TRUE;
    case KEY_URL:
        *account_field(account, key) = account_url_parse(value, error);
        return *account_field(account, key) != NULL;
    case KEY_SWITCH:
        return set_switch((gboolean *) G_STRUCT_MEMBER_P(account, account_keys[key].offset), value, error);
    case KEY_COPY:
        return set_copy((AccountCopy *) G_STRUCT_MEMBER_P(account, account_keys[key].offset), value, error);
    case KEY_DELETE:
        return set_delete(account_field(account, key), value, error);
    case KEY_POLL:
        return set_poll(account, value, error);
    case KEY_KEEP:
        return set_keep(account, value, error);
    case KEY_POP_POLICY:
        return pop_policy_parse(value, &account->pop, error);
    case KEY_SIZE:
        return set_size((guint64 *) G_STRUCT_MEMBER_P(account, account_keys[key].offset), value, error);
    case KEY_IDENTITY:
        break; /* taken before, for it may be given more than once */
    }
    return FALSE;
}

/* --- offline MAILBOX = RULE --------------------------------------------------------------------------- */

/* The line after the word, when it is such a line: a mailbox's name may hold spaces and “=”, the rule holds no “=”. */
static const char *keep_line(const char *text)
{
    gsize word = strcspn(text, " \t=");
    g_autofree char *key = g_strndup(text, word);
    const char *name = text + word + strspn(text + word, " \t");
    return g_ascii_strcasecmp(key, "offline") == 0 && word != 0 && *name != '=' && strchr(name, '=') != NULL ? name : NULL;
}

static gboolean keep_is_given(const Account *account, const char *mailbox)
{
    for (guint i = 0; account->keep_mailboxes != NULL && i < account->keep_mailboxes->len; i++)
        if (strcmp(((const AccountKeep *) g_ptr_array_index(account->keep_mailboxes, i))->mailbox, mailbox) == 0)
            return TRUE;
    return FALSE;
}

static void read_keep(Reading *reading, guint line, const char *text)
{
    const char *equals = strrchr(text, '=');
    g_autofree char *mailbox = g_strstrip(g_strndup(text, (gsize) (equals - text)));
    g_autofree char *value = g_strstrip(g_strdup(equals + 1));
    g_autoptr(GError) error = NULL;
    KeepRule rule = { 0 };
    if (reading->account == NULL)
        PROBLEM(reading, line, CONFIG_ERROR_SYNTAX, _("“%s” belongs to no account; write [account NAME] above it"), "offline");
    else if (keep_is_given(reading->account, mailbox))
        PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("what is kept of “%s” is given already, further up"), mailbox);
    else if (!parse_keep(value, &rule, &error))
        config_problems_take(reading->problems, reading->file, line, &error);
    else
        account_add_keep(reading->account, mailbox, &rule);
}

static void read_key(Reading *reading, guint line, const char *text)
{
    g_autofree char *name = NULL;
    char *value = NULL;
    if (reading->skipping)
        return;
    const char *keep = keep_line(text);
    if (keep != NULL) {
        read_keep(reading, line, keep);
        return;
    }
    g_autoptr(GError) wrong = NULL;
    IdentityLine identity = reading->account != NULL ? account_take_identity_line(reading->account, text, &wrong) : IDENTITY_LINE_OTHER;
    if (identity == IDENTITY_LINE_WRONG)
        config_problems_take(reading->problems, reading->file, line, &wrong);
    if (identity != IDENTITY_LINE_OTHER)
        return;
    if (!config_line_split(text, &name, &value)) {
        PROBLEM(reading, line, CONFIG_ERROR_SYNTAX, _("this is neither [account NAME] nor KEY = VALUE"));
        return;
    }
    int key = key_index(name);
    if (reading->account == NULL) {
        PROBLEM(reading, line, CONFIG_ERROR_SYNTAX, _("“%s” belongs to no account; write [account NAME] above it"), name);
    } else if (key < 0) {
        g_autofree char *meant = suggest_key(name);
        PROBLEM(reading, line, CONFIG_ERROR_NAME, _("an account has no “%s”%s"), name, meant);
    } else if (reading->seen[key] > 0) {
        PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("“%s” is given already, in line %u"), name, reading->seen[key]);
    } else if (*value == '\0') {
        reading->seen[key] = line;
        PROBLEM(reading, line, CONFIG_ERROR_VALUE, _("“%s” has no value; remove the line if none is meant"), name);
    } else {
        g_autoptr(GError) error = NULL;
        reading->seen[key] = line;
        if (!set_key(reading->account, (guint) key, value, &error))
            config_problems_take(reading->problems, reading->file, line, &error);
    }
    secret_free_text(value);
}

/* --- the file --------------------------------------------------------------------------------------------- */

static void free_account(gpointer data)
{
    account_free(data);
}

GPtrArray *accounts_parse(const char *text, const char *file, guint mode, GPtrArray *problems)
{
    GPtrArray *accounts = g_ptr_array_new_with_free_func(free_account);
    g_autoptr(GArray) lines_of_deliveries = g_array_new(FALSE, FALSE, sizeof(guint));
    Reading reading = { .file = file, .mode = mode, .problems = problems, .accounts = accounts, .delivery_lines = lines_of_deliveries };
    ConfigLines lines;
    config_lines_start(&lines, text);
    for (char *line; (line = config_lines_next(&lines)) != NULL; secret_free_text(line))
        if (*line == '[')
            start_section(&reading, lines.number, line);
        else
            read_key(&reading, lines.number, line);
    end_section(&reading);
    pop_check_deliveries(accounts, lines_of_deliveries, file, problems);
    return accounts;
}

GPtrArray *accounts_read(const char *path, GPtrArray *problems)
{
    guint mode = 0;
    g_autoptr(GError) error = NULL;
    char *text = config_file_read(path, &mode, &error);
    if (text == NULL) {
        config_problems_take(problems, path, 0, &error);
        return g_ptr_array_new_with_free_func(free_account);
    }
    GPtrArray *accounts = accounts_parse(text, path, mode, problems);
    secret_free_text(text);
    return accounts;
}

GPtrArray *accounts_load(const char *path, GError **error)
{
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) accounts = accounts_read(path, problems);
    if (problems->len == 0 && accounts->len == 0)
        config_problems_add(problems, path, 0, CONFIG_ERROR_NO_FILE, _("there is no [account NAME] in it"));
    return config_problems_to_error(problems, error) ? g_steal_pointer(&accounts) : NULL;
}

static gboolean is_named(const GPtrArray *accounts, const char *name, const char *path)
{
    for (guint i = 0; i < accounts->len; i++) {
        const Account *account = g_ptr_array_index(accounts, i);
        if (g_strcmp0(account->name, name) == 0 || (account->receive != NULL && g_strcmp0(account->receive->path, path) == 0))
            return TRUE;
    }
    return FALSE;
}

void accounts_add_kept_here(GPtrArray *accounts)
{
    g_autofree char *root = paths_kept_here();
    if (accounts->len == 0 || !g_file_test(root, G_FILE_TEST_IS_DIR) || is_named(accounts, KEPT_HERE, root))
        return;
    Account *account = account_new(KEPT_HERE);
    account->receive = g_new0(AccountUrl, 1);
    account->receive->scheme = ACCOUNT_SCHEME_MAILDIR;
    account->receive->path = g_steal_pointer(&root);
    g_ptr_array_add(accounts, account);
}

void accounts_fill_from_options(GPtrArray *accounts, const Options *options)
{
    for (guint i = 0; i < accounts->len; i++) {
        Account *account = g_ptr_array_index(accounts, i);
        if (account->delete_mode == NULL)
            account->delete_mode = options_format(options, OPTION_DELETE);
        if (!account->poll_given)
            account->poll_seconds = (guint) options_number(options, OPTION_POLL);
    }
}
