#include "config.h"

#include "engine/filter_forward.h"

#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "engine/engine.h"

static gboolean refuse(GError **error, const char *format, const char *what)
{
    g_autofree char *words = g_strdup_printf(format, what);
    g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_CONFIG, words);
    return FALSE;
}

/* RFC 5322 §3.3: English, whatever the person's language. */
static char *date_now(void)
{
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *rest = g_date_time_format(now, "%Y %H:%M:%S %z");
    return g_strdup_printf("%s, %d %s %s", days[g_date_time_get_day_of_week(now) - 1], g_date_time_get_day_of_month(now),
                           months[g_date_time_get_month(now) - 1], rest);
}

/* Two filters that forward to one another would do it for ever. */
static gboolean was_forwarded(GBytes *letter, const char *address)
{
    gsize length;
    const char *text = g_bytes_get_data(letter, &length);
    g_autofree char *field = g_strdup_printf("Resent-To: %s", address);
    for (const char *line = text, *end = text + length; line < end;) {
        const char *newline = memchr(line, '\n', (gsize) (end - line));
        gsize size = (gsize) ((newline != NULL ? newline : end) - line);
        if (size <= 1 && (size == 0 || *line == '\r'))
            return FALSE;
        if (size >= strlen(field) && g_ascii_strncasecmp(line, field, strlen(field)) == 0)
            return TRUE;
        line = newline != NULL ? newline + 1 : end;
    }
    return FALSE;
}

static char *write_letter(const char *fields, GBytes *letter, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("malle-forward-XXXXXX", &path, error);
    if (fd < 0)
        return NULL;
    close(fd);
    gsize length;
    const char *text = g_bytes_get_data(letter, &length);
    g_autoptr(GString) all = g_string_new(fields);
    g_string_append_len(all, text, (gssize) length);
    if (g_file_set_contents_full(path, all->str, (gssize) all->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
        return g_steal_pointer(&path);
    unlink(path);
    return NULL;
}

Intent *filter_forward(const Account *account, gint64 account_id, GBytes *letter, const char *address, GError **error)
{
    if (account->send == NULL || account->address == NULL) {
        refuse(error, _("The account %s has no “send =” and “address =”, so nothing is forwarded from it."), account->name);
        return NULL;
    }
    if (was_forwarded(letter, address)) {
        refuse(error, _("A letter was not forwarded to %s, because it had been forwarded there before."), address);
        return NULL;
    }
    g_autofree char *date = date_now(), *unique = g_uuid_string_random();
    const char *domain = strrchr(account->address, '@');
    g_autofree char *fields =
        g_strdup_printf("Resent-Date: %s\r\nResent-From: %s\r\nResent-To: %s\r\nResent-Message-ID: <%s%s>\r\n", date, account->address, address,
                        unique, domain != NULL ? domain : "@localhost");
    char *path = write_letter(fields, letter, error);
    if (path == NULL)
        return NULL;
    Intent *intent = intent_new(INTENT_SEND);
    intent->account_id = account_id;
    intent->sender = g_strdup(account->address);
    intent->path = path;
    intent_add_recipient(intent, address);
    return intent;
}
