/* New mail told outside of the screen: bell, the terminal's own notice, the desktop's, a command of the person's. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <libintl.h>

#include "base/desktop.h"
#include "base/i18n.h"
#include "ui/app.h"

/* "work: Lists/m*" or "INBOX": the account's name and a colon may stand before the mailbox's. */
static gboolean fits(const char *pattern, const ModelNewMail *mail)
{
    g_autofree char *whole = g_strdup_printf("%s: %s", mail->account, mail->mailbox);
    const char *name = strstr(pattern, ": ") ? whole : mail->mailbox;
    return g_pattern_match_simple(pattern, name) || g_ascii_strcasecmp(pattern, name) == 0;
}

static gboolean is_wanted(const Ui *ui, const ModelNewMail *mail)
{
    const char *const *patterns = options_list(ui->options, OPTION_NOTIFY_MAILBOXES);
    for (guint i = 0; patterns[i]; i++)
        if (fits(patterns[i], mail))
            return TRUE;
    return FALSE;
}

gboolean ui_is_quiet(const char *hours, guint minute_of_day)
{
    guint from, to;
    if (!options_parse_hours(hours, &from, &to) || from == to)
        return FALSE;
    return from < to ? minute_of_day >= from && minute_of_day < to : minute_of_day >= from || minute_of_day < to;
}

static guint minute_now(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    return now ? (guint)(g_date_time_get_hour(now) * 60 + g_date_time_get_minute(now)) : 0;
}

/* In a session of its own, with its words thrown away. */
static void in_new_session(gpointer data)
{
    (void)data;
    if (setsid() < 0)
        return;
}

static void run(char **argv, char **environment)
{
    g_spawn_async(NULL, argv, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, in_new_session, NULL, NULL, NULL);
}

/* What stood in the letter goes into the environment and never into the line: the shell sees no word of it. */
static void run_command(const char *command, const ModelNewMail *mail)
{
    g_autofree char *count = g_strdup_printf("%u", mail->count);
    char **environment = g_get_environ();
    const char *const values[][2] = {
        { "MALLE_ACCOUNT", mail->account },   { "MALLE_MAILBOX", mail->mailbox }, { "MALLE_COUNT", count },
        { "MALLE_FROM", mail->from },         { "MALLE_ADDRESS", mail->address }, { "MALLE_SUBJECT", mail->subject },
    };
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        environment = values[i][1] ? g_environ_setenv(environment, values[i][0], values[i][1], TRUE)
                                   : g_environ_unsetenv(environment, values[i][0]);
    char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)command, NULL };
    run(argv, environment);
    g_strfreev(environment);
}

static guint resolve(guint wish)
{
    if (wish != NOTIFY_AUTO)
        return wish;
    if (desktop_has_bus() && (g_getenv("DISPLAY") || g_getenv("WAYLAND_DISPLAY")))
        return NOTIFY_DESKTOP;
    return g_getenv("SSH_CONNECTION") ? NOTIFY_TERMINAL : NOTIFY_NO;
}

static void tell(Ui *ui, const ModelNewMail *mail)
{
    g_autofree char *title = g_strdup_printf(ngettext("%u new message in %s", "%u new messages in %s", mail->count), mail->count, mail->mailbox);
    g_autofree char *text = mail->from ? g_strdup_printf("%s: %s", mail->from, mail->subject) : g_strdup("");
    switch (resolve(options_choice(ui->options, OPTION_NOTIFY))) {
    case NOTIFY_BELL:
        screen_bell(ui->screen);
        break;
    case NOTIFY_TERMINAL:
        screen_notify(ui->screen, title, text);
        break;
    case NOTIFY_DESKTOP:
        desktop_notify(title, text);
        break;
    default:
        break;
    }
}

void ui_hear_new_mail(Model *model, const ModelNewMail *mail, gpointer user_data)
{
    (void)model;
    Ui *ui = user_data;
    if (!is_wanted(ui, mail) || ui_is_quiet(options_text(ui->options, OPTION_QUIET_HOURS), minute_now()))
        return;
    const char *command = options_text(ui->options, OPTION_NEW_MAIL_COMMAND);
    if (*command)
        run_command(command, mail);
    if (ui->screen)
        tell(ui, mail);
}
