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

/* The address in a field's value: "Ada <ada@x>" or "ada@x". */
static gboolean names(const char *value, gsize length, const char *address)
{
    g_autofree char *text = g_strndup(value, length);
    char *open = strrchr(text, '<');
    char *start = g_strstrip(open != NULL ? open + 1 : text);
    start[strcspn(start, ">")] = '\0';
    return g_ascii_strcasecmp(start, address) == 0;
}

/* Two filters that forward to one another would do it for ever. So what was forwarded from here before, or has been delivered to that address, is
 * not forwarded again. */
static gboolean tells_of_a_loop(const char *line, gsize length, const char *from, const char *to)
{
    const struct {
        const char *field, *address;
    } signs[] = { { "Resent-To:", to }, { "Delivered-To:", to }, { "Resent-From:", from }, { "X-Loop:", from } };
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        gsize field = strlen(signs[i].field);
        if (length > field && g_ascii_strncasecmp(line, signs[i].field, field) == 0 && names(line + field, length - field, signs[i].address))
            return TRUE;
    }
    return FALSE;
}

static gboolean was_forwarded(GBytes *letter, const char *from, const char *to)
{
    gsize length;
    const char *text = g_bytes_get_data(letter, &length);
    for (const char *line = text, *end = text + length; line < end;) {
        const char *newline = memchr(line, '\n', (gsize) (end - line));
        gsize size = (gsize) ((newline != NULL ? newline : end) - line);
        if (size == 0 || (size == 1 && *line == '\r'))
            return FALSE;
        if (tells_of_a_loop(line, size, from, to))
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
    if (was_forwarded(letter, account->address, address)) {
        refuse(error, _("A letter was not forwarded to %s, because it had been forwarded or delivered there before."), address);
        return NULL;
    }
    g_autofree char *date = date_now(), *unique = g_uuid_string_random();
    const char *domain = strrchr(account->address, '@');
    g_autofree char *fields =
        g_strdup_printf("Resent-Date: %s\r\nResent-From: %s\r\nResent-To: %s\r\nResent-Message-ID: <%s%s>\r\nX-Loop: %s\r\n", date, account->address,
                        address, unique, domain != NULL ? domain : "@localhost", account->address);
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
