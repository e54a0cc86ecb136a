/* Adding an account to the accounts file. */
#include "config.h"

#include "config/accounts-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "base/secret.h"
#include "config/lines.h"

static char *format_size(guint64 bytes)
{
    const KeepRule limit = { .bytes = bytes };
    g_autofree char *text = keep_limits_format(&limit);
    return bytes > 0 ? g_strdup(text + 1) : NULL; /* without the space in front */
}

static char *format_path(const char *path)
{
    return path != NULL ? paths_shorten(path) : NULL;
}

static char *format_url(const AccountUrl *url)
{
    return url != NULL ? account_url_format(url) : NULL;
}

/* The value of a key as the file spells it; NULL when there is nothing to write. */
static char *format_value(const Account *account, guint key)
{
    gconstpointer field = G_STRUCT_MEMBER_P(account, account_keys[key].offset);
    switch (account_keys[key].type) {
    case KEY_TEXT:
    case KEY_SECRET:
    case KEY_DELETE:
        return g_strdup(*(const char *const *) field);
    case KEY_PATH:
        return format_path(*(const char *const *) field);
    case KEY_URL:
        return format_url(*(const AccountUrl *const *) field);
    case KEY_POLL:
        return account->poll_given ? g_strdup_printf("%u", account->poll_seconds) : NULL;
    case KEY_KEEP:
        return account->keep_given ? keep_rule_format(&account->keep) : NULL;
    case KEY_POP_POLICY:
        return account->pop.given ? pop_policy_format(&account->pop) : NULL;
    case KEY_SIZE:
        return format_size(*(const guint64 *) field);
    case KEY_SWITCH:
        return *(const gboolean *) field ? g_strdup("yes") : NULL;
    case KEY_COPY:
        return account->sent_copy != ACCOUNT_COPY_AUTO ? g_strdup(account_copies[account->sent_copy]) : NULL;
    case KEY_IDENTITY:
        break; /* set-up asks for none */
    }
    return NULL;
}

/* What would read back as something else than was meant is not written. */
static gboolean can_be_written(const char *value)
{
    return *value != '\0' && strpbrk(value, "\r\n") == NULL && !g_ascii_isspace(*value) &&
           !g_ascii_isspace(value[strlen(value) - 1]) && g_utf8_validate(value, -1, NULL);
}

static GString *format_section(const Account *account, GError **error)
{
    GString *text = g_string_sized_new(4096); /* room for everything: a copy of a password is not left behind by growing */
    g_string_append_printf(text, "[account %s]\n", account->name);
    for (guint key = 0; account_keys[key].name != NULL; key++) {
        char *value = format_value(account, key);
        if (value == NULL)
            continue;
        gboolean good = can_be_written(value);
        if (good)
            g_string_append_printf(text, "%s = %s\n", account_keys[key].name, value);
        secret_free_text(value);
        if (!good) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                        _("“%s” cannot be written to the accounts file: it is empty, starts or ends with a space, or has "
                          "more than one line"),
                        account_keys[key].name);
            secret_free_string(text);
            return NULL;
        }
    }
    return text;
}

/* The file may be there: then the new account must not hide one of it, and what is in it stays as it is to the byte. */
static gboolean check_existing(const char *path, const Account *account, gboolean *is_new, GError **error)
{
    guint mode = 0;
    g_autoptr(GError) local = NULL;
    char *text = config_file_read(path, &mode, &local);
    *is_new = text == NULL;
    if (text == NULL && g_error_matches(local, CONFIG_ERROR, CONFIG_ERROR_NO_FILE))
        return TRUE;
    secret_free_text(text);
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) accounts = accounts_read(path, problems);
    if (account_name_is_taken(accounts, account->name)) {
        config_problems_add(problems, path, 0, CONFIG_ERROR_VALUE, _("there is an account “%s” already"), account->name);
    } else if (account->password != NULL && (mode & 077) != 0) {
        g_autofree char *file = paths_shorten(path);
        config_problems_add(problems, path, 0, CONFIG_ERROR_READABLE_BY_OTHERS,
                            _("others can read this file, so no password is put into it; run: chmod 600 %s"), file);
    }
    return config_problems_to_error(problems, error);
}

static gboolean write_all(int descriptor, const char *text, gsize length)
{
    while (length > 0) {
        ssize_t count = write(descriptor, text, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return FALSE;
        text += count;
        length -= (gsize) count;
    }
    return TRUE;
}

gboolean accounts_append(const char *path, const Account *account, GError **error)
{
    gboolean is_new = FALSE;
    if (!account_name_is_valid(account->name)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                    _("“%s” cannot be an account's name: it is one word, without slashes, quotes and brackets"),
                    account->name);
        return FALSE;
    }
    GString *text = check_existing(path, account, &is_new, error) ? format_section(account, error) : NULL;
    if (text == NULL)
        return FALSE;
    /* A blank line before it; should the file not end with a newline, this also ends that line. */
    if (!is_new)
        g_string_prepend(text, "\n\n");

    /* Appended, not replaced: the file may be a link into somebody's dotfiles. */
    int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    gboolean written = descriptor >= 0 && write_all(descriptor, text->str, text->len) && fsync(descriptor) == 0;
    int number = errno;
    if (descriptor >= 0)
        close(descriptor);
    secret_free_string(text);
    if (!written)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_READ, _("%s cannot be written: %s"), path, g_strerror(number));
    return written;
}
