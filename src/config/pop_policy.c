#include "config.h"

#include "config/pop_policy.h"

#include <string.h>

#include "base/i18n.h"

static const char *const words[] = { "leave", "delete", NULL };

gboolean pop_policy_parse(const char *text, PopPolicy *policy, GError **error)
{
    gsize length = strcspn(text, " \t");
    g_autofree char *word = g_strndup(text, length);
    KeepRule limits = { 0 };
    g_autoptr(GError) wrong = NULL;
    guint kind = 0;
    while (words[kind] != NULL && g_ascii_strcasecmp(words[kind], word) != 0)
        kind++;
    if (words[kind] == NULL) {
        g_autofree char *meant = config_suggest_words(word, words);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("pop-policy is delete, leave, or leave with days or a size behind it, not “%s”%s"),
                    word, meant);
        return FALSE;
    }
    if (!keep_limits_parse(text + length, &limits, &wrong)) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, wrong->message);
        return FALSE;
    }
    if (kind == POP_POLICY_DELETE && (limits.days > 0 || limits.bytes > 0)) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("“delete” has no limit: days and sizes are for leave"));
        return FALSE;
    }
    policy->kind = (PopPolicyKind) kind;
    policy->limits = limits;
    policy->given = TRUE;
    return TRUE;
}

char *pop_policy_format(const PopPolicy *policy)
{
    g_autofree char *limits = keep_limits_format(&policy->limits);
    return g_strconcat(words[policy->kind], limits, NULL);
}

/* --- deliver-to ------------------------------------------------------------------------------------------- */

const Account *accounts_delivery_target(const GPtrArray *accounts, const Account *account)
{
    if (account->deliver_to == NULL)
        return account;
    gsize length = strcspn(account->deliver_to, "/");
    for (guint i = 0; i < accounts->len; i++) {
        const Account *target = g_ptr_array_index(accounts, i);
        if (strlen(target->name) == length && g_ascii_strncasecmp(target->name, account->deliver_to, length) == 0)
            return target;
    }
    return NULL;
}

static gboolean can_take_letters(const Account *target)
{
    return target->receive->scheme == ACCOUNT_SCHEME_POP3 || target->receive->scheme == ACCOUNT_SCHEME_MAILDIR;
}

void pop_check_deliveries(GPtrArray *accounts, const GArray *lines, const char *file, GPtrArray *problems)
{
    g_autoptr(GPtrArray) wrong = g_ptr_array_new();
    for (guint i = 0; i < accounts->len; i++) {
        Account *account = g_ptr_array_index(accounts, i);
        const Account *target = accounts_delivery_target(accounts, account);
        if (target == account || (target != NULL && can_take_letters(target)))
            continue;
        g_ptr_array_add(wrong, account);
        config_problems_add(problems, file, g_array_index(lines, guint, i), CONFIG_ERROR_VALUE,
                            _("deliver-to names a POP3 or Maildir account of this file, or ACCOUNT/MAILBOX of one; “%s” is none"),
                            account->deliver_to);
    }
    for (guint i = 0; i < wrong->len; i++)
        g_ptr_array_remove(accounts, g_ptr_array_index(wrong, i));
}
