#include "config.h"

#include "config/identity.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "config/lines.h"

/* signature [ADDRESS] = FILE, signature-command [ADDRESS] = COMMAND */
typedef struct {
    char *address; /* NULL: of all that have none of their own */
    char *value;
    gboolean is_command;
} Signature;

static void identity_free(gpointer data)
{
    Identity *identity = data;
    g_free(identity->name);
    g_free(identity->address);
    g_free(identity->signature);
    g_free(identity->signature_command);
    g_free(identity);
}

static void signature_free(gpointer data)
{
    Signature *signature = data;
    g_free(signature->address);
    g_free(signature->value);
    g_free(signature);
}

static void add_identity(GPtrArray *list, const char *name, const char *address)
{
    for (guint i = 0; i < list->len; i++)
        if (g_ascii_strcasecmp(((Identity *) g_ptr_array_index(list, i))->address, address) == 0)
            return;
    Identity *identity = g_new0(Identity, 1);
    identity->name = name != NULL && *name != '\0' ? g_strdup(name) : NULL;
    identity->address = g_strdup(address);
    g_ptr_array_add(list, identity);
}

static void set_signature(const Account *account, Identity *identity)
{
    const Signature *found = NULL;
    for (guint i = 0; account->signatures != NULL && i < account->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(account->signatures, i);
        if (signature->address == NULL ? found == NULL : g_ascii_strcasecmp(signature->address, identity->address) == 0)
            found = signature;
    }
    if (found != NULL)
        *(found->is_command ? &identity->signature_command : &identity->signature) = g_strdup(found->value);
}

GPtrArray *account_identities(const Account *account)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(identity_free);
    if (account->address != NULL)
        add_identity(list, account->person, account->address);
    for (guint i = 0; account->identities != NULL && i < account->identities->len; i++) {
        const Identity *more = g_ptr_array_index(account->identities, i);
        add_identity(list, more->name, more->address);
    }
    for (guint i = 0; i < list->len; i++)
        set_signature(account, g_ptr_array_index(list, i));
    return list;
}

/* --- reading ------------------------------------------------------------------------------------- */

static gboolean is_address(const char *text)
{
    const char *at = strrchr(text, '@');
    for (const char *p = text; *p != '\0'; p++)
        if ((guchar) *p <= ' ' || strchr("<>,;\"", *p) != NULL)
            return FALSE;
    return at != NULL && at != text && at[1] != '\0';
}

/* "Name <address>", the name in quotes or not, or the address alone. */
static gboolean take_identity(Account *account, const char *value, GError **error)
{
    const char *open = strrchr(value, '<'), *close = strrchr(value, '>');
    g_autofree char *name = NULL, *address = NULL;
    if (open != NULL && close != NULL && close > open && close[1] == '\0') {
        name = g_strstrip(g_strndup(value, (gsize) (open - value)));
        gsize length = strlen(name);
        if (length >= 2 && name[0] == '"' && name[length - 1] == '"') {
            memmove(name, name + 1, length - 2);
            name[length - 2] = '\0';
        }
        address = g_strstrip(g_strndup(open + 1, (gsize) (close - open - 1)));
    } else {
        address = g_strdup(value);
    }
    if (!is_address(address)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("“%s” is no address to write from; write NAME <YOU@HOST>"), value);
        return FALSE;
    }
    if (account->identities == NULL)
        account->identities = g_ptr_array_new_with_free_func(identity_free);
    add_identity(account->identities, name, address);
    return TRUE;
}

static gboolean take_signature(Account *account, const char *address, const char *value, gboolean is_command, GError **error)
{
    if (address != NULL && !is_address(address)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("“%s” is no address; write signature ADDRESS = FILE"), address);
        return FALSE;
    }
    if (account->signatures == NULL)
        account->signatures = g_ptr_array_new_with_free_func(signature_free);
    for (guint i = 0; i < account->signatures->len; i++) {
        const Signature *given = g_ptr_array_index(account->signatures, i);
        if (address == NULL ? given->address != NULL : given->address == NULL || g_ascii_strcasecmp(given->address, address) != 0)
            continue;
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("there is a signature for this already, further up"));
        return FALSE;
    }
    Signature *signature = g_new0(Signature, 1);
    signature->address = g_strdup(address);
    signature->value = is_command ? g_strdup(value) : paths_expand(value);
    signature->is_command = is_command;
    g_ptr_array_add(account->signatures, signature);
    return TRUE;
}

IdentityLine account_take_identity_line(Account *account, const char *line, GError **error)
{
    g_autofree char *left = NULL;
    char *value = NULL;
    if (!config_line_split(line, &left, &value))
        return IDENTITY_LINE_OTHER;
    g_autofree char *right = value;
    gsize word = strcspn(left, " \t");
    g_autofree char *key = g_ascii_strdown(left, (gssize) word);
    const char *address = left[word] != '\0' ? g_strchug(left + word) : NULL;
    gboolean identity = g_str_equal(key, "identity") && address == NULL, command = g_str_equal(key, "signature-command");
    if ((!identity && !command && !g_str_equal(key, "signature")) || *right == '\0')
        return IDENTITY_LINE_OTHER;
    gboolean ok = identity ? take_identity(account, right, error) : take_signature(account, address, right, command, error);
    return ok ? IDENTITY_LINE_TAKEN : IDENTITY_LINE_WRONG;
}

/* --- life ------------------------------------------------------------------------------------------ */

void account_copy_identities(Account *to, const Account *from)
{
    to->identities = to->signatures = NULL;
    for (guint i = 0; from->identities != NULL && i < from->identities->len; i++) {
        const Identity *identity = g_ptr_array_index(from->identities, i);
        if (to->identities == NULL)
            to->identities = g_ptr_array_new_with_free_func(identity_free);
        add_identity(to->identities, identity->name, identity->address);
    }
    for (guint i = 0; from->signatures != NULL && i < from->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(from->signatures, i);
        if (to->signatures == NULL)
            to->signatures = g_ptr_array_new_with_free_func(signature_free);
        Signature *copy = g_memdup2(signature, sizeof *signature);
        copy->address = g_strdup(signature->address);
        copy->value = g_strdup(signature->value);
        g_ptr_array_add(to->signatures, copy);
    }
}

void account_free_identities(Account *account)
{
    g_clear_pointer(&account->identities, g_ptr_array_unref);
    g_clear_pointer(&account->signatures, g_ptr_array_unref);
}
