/* The command line of malle send, which is mutt's, and that of sendmail. */
#include "config.h"

#include "cli/send.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "cli/print.h"
#include "config/problem.h"
#include "mime/mailto.h"

void send_request_clear(SendRequest *request)
{
    GPtrArray **lists[] = { &request->to, &request->cc, &request->bcc, &request->urls, &request->attachments };
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
        g_clear_pointer(lists[i], g_ptr_array_unref);
}

static void begin(SendRequest *request)
{
    *request = (SendRequest){ .to = g_ptr_array_new(),
                              .cc = g_ptr_array_new(),
                              .bcc = g_ptr_array_new(),
                              .urls = g_ptr_array_new(),
                              .attachments = g_ptr_array_new() };
}

static gboolean wrong(ExitCode *status, const char *format, const char *what)
{
    g_autofree char *words = g_strdup_printf(format, what);
    cli_complain("%s", words);
    *status = EXIT_CODE_USAGE;
    return FALSE;
}

static gboolean add_recipient(SendRequest *request, char *word)
{
    g_ptr_array_add(mailto_is_one(word) ? request->urls : request->to, word);
    return TRUE;
}

static gboolean take_moment(SendRequest *request, const char *text, ExitCode *status)
{
    gint64 moment = time_parse_future(text, g_get_real_time() / G_USEC_PER_SEC);
    if (moment == 0)
        return wrong(status, _("“%s” is no time to come; write 18:30, 2h, 3d, or 2026-12-24 08:00"), text);
    request->release_at = moment * G_USEC_PER_SEC;
    return TRUE;
}

/* "success,failure,delay" or "never": when a report is wanted (RFC 3461 §4.1). */
static gboolean take_report(SendRequest *request, const char *text, ExitCode *status)
{
    static const struct {
        const char *name;
        guint option;
    } wishes[] = { { "never", SEND_NOTIFY_NEVER }, { "success", SEND_NOTIFY_SUCCESS }, { "failure", SEND_NOTIFY_FAILURE }, { "delay", SEND_NOTIFY_DELAY } };
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    guint options = 0;
    for (char **word = words; *word != NULL; word++) {
        guint i = 0;
        while (i < G_N_ELEMENTS(wishes) && g_ascii_strcasecmp(*word, wishes[i].name) != 0)
            i++;
        if (i == G_N_ELEMENTS(wishes))
            return wrong(status, _("“%s” does not say when a report is wanted; write never, or some of success,failure,delay"), text);
        options |= wishes[i].option;
    }
    if (options == 0 || ((options & SEND_NOTIFY_NEVER) != 0 && options != SEND_NOTIFY_NEVER))
        return wrong(status, _("“%s” does not say when a report is wanted; write never, or some of success,failure,delay"), text);
    request->options |= options;
    return TRUE;
}

/* --- malle send --------------------------------------------------------------------------------------- */

/* Options that need something behind them, in the next word or, with "=" or in the same word, their own. */
enum { WANTS_SUBJECT, WANTS_CC, WANTS_BCC, WANTS_INCLUDE, WANTS_DRAFT, WANTS_ACCOUNT, WANTS_LATER, WANTS_FROM, WANTS_SENDER, WANTS_REPORT };
static const struct {
    const char *name;
    int what;
} with_argument[] = {
    { "-s", WANTS_SUBJECT }, { "-c", WANTS_CC },           { "-b", WANTS_BCC },       { "-i", WANTS_INCLUDE },  { "-H", WANTS_DRAFT },
    { "-f", WANTS_SENDER },  { "--account", WANTS_ACCOUNT }, { "--later", WANTS_LATER }, { "--from", WANTS_FROM },
    { "--dsn", WANTS_REPORT },
};

static const char *const known_options[] = { "-s", "-a", "-b", "-c", "-f", "-i", "-H", "-t", "-oi", "--account", "--from", "--later", "--wait",
                                            "--queue", "--no-copy", "--dsn", "--requiretls", NULL };

static gboolean take_value(SendRequest *request, int what, const char *value, ExitCode *status)
{
    switch (what) {
    case WANTS_SUBJECT:
        request->subject = value;
        return TRUE;
    case WANTS_CC:
        g_ptr_array_add(request->cc, (char *) value);
        return TRUE;
    case WANTS_BCC:
        g_ptr_array_add(request->bcc, (char *) value);
        return TRUE;
    case WANTS_INCLUDE:
        request->include = value;
        return TRUE;
    case WANTS_DRAFT:
        request->draft = value;
        return TRUE;
    case WANTS_ACCOUNT:
        request->account = value;
        return TRUE;
    case WANTS_FROM:
        request->from = value;
        return TRUE;
    case WANTS_SENDER:
        request->sender = strcmp(value, "<>") == 0 ? "" : value;
        return TRUE;
    case WANTS_REPORT:
        return take_report(request, value, status);
    case WANTS_LATER:
        return take_moment(request, value, status);
    }
    return FALSE;
}

/* As mutt: all words up to "--" or the next option. Moves *index to the last of them. */
static gboolean take_attachments(SendRequest *request, int argc, char **argv, int *index, ExitCode *status)
{
    int at = *index + 1;
    for (; at < argc && (argv[at][0] != '-' || argv[at][1] == '\0'); at++)
        g_ptr_array_add(request->attachments, argv[at]);
    if (at == *index + 1)
        return wrong(status, _("“%s” needs something behind it"), "-a");
    *index = at - 1;
    return TRUE;
}

/* -1: not one of them; else its argument's place in *value (NULL: lacking), *index moved on. */
static int find_with_argument(int argc, char **argv, int *index, const char **value)
{
    const char *word = argv[*index];
    for (guint i = 0; i < G_N_ELEMENTS(with_argument); i++) {
        gsize length = strlen(with_argument[i].name);
        gboolean is_long = word[1] == '-';
        if (strncmp(word, with_argument[i].name, length) != 0 || (is_long && word[length] != '\0' && word[length] != '='))
            continue;
        if (word[length] != '\0')
            *value = word + length + (is_long ? 1 : 0);
        else
            *value = *index + 1 < argc ? argv[++*index] : NULL;
        return with_argument[i].what;
    }
    return -1;
}

/* -oi and its like, which say what holds anyway. */
static gboolean is_idle(const char *word)
{
    return g_str_has_prefix(word, "-o") || strcmp(word, "-n") == 0 || strcmp(word, "-x") == 0;
}

static gboolean take_option(SendRequest *request, int argc, char **argv, int *index, ExitCode *status)
{
    const char *word = argv[*index], *value = NULL;
    gboolean *flag = strcmp(word, "--wait") == 0      ? &request->wait
                     : strcmp(word, "--queue") == 0   ? &request->queue_only
                     : strcmp(word, "--no-copy") == 0 ? &request->no_copy
                     : strcmp(word, "-t") == 0        ? &request->read_recipients
                                                      : NULL;
    if (flag != NULL)
        return *flag = TRUE;
    if (strcmp(word, "--requiretls") == 0) {
        request->options |= SEND_REQUIRE_TLS;
        return TRUE;
    }
    if (is_idle(word))
        return TRUE;
    if (strcmp(word, "-a") == 0)
        return take_attachments(request, argc, argv, index, status);
    int what = find_with_argument(argc, argv, index, &value);
    if (what >= 0 && value != NULL)
        return take_value(request, what, value, status);
    if (what >= 0)
        return wrong(status, _("“%s” needs something behind it"), word);
    g_autofree char *meant = config_suggest_words(word, known_options);
    g_autofree char *words = g_strdup_printf(_("“malle send” has no option “%s”"), word);
    cli_complain("%s%s", words, meant);
    *status = EXIT_CODE_USAGE;
    return FALSE;
}

static gboolean check(const SendRequest *request, ExitCode *status)
{
    gboolean composes = request->subject != NULL || request->attachments->len > 0 || request->include != NULL || request->draft != NULL ||
                        request->urls->len > 0;
    if (request->read_recipients && composes)
        return wrong(status, _("“%s” sends the message that standard input holds: -s, -a, -i, -H and mailto: do not go with it"), "-t");
    if (request->draft != NULL && request->include != NULL)
        return wrong(status, _("of %s only one can be meant"), "-H, -i");
    if (request->release_at != 0 && request->wait)
        return wrong(status, _("of %s only one can be meant"), "--later, --wait");
    return TRUE;
}

gboolean send_read_arguments(SendRequest *request, int argc, char **argv, ExitCode *status)
{
    gboolean options = TRUE;
    begin(request);
    for (int i = 1; i < argc; i++) {
        gboolean is_option = options && argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_option && strcmp(argv[i], "--") == 0)
            options = FALSE;
        else if (!(is_option ? take_option(request, argc, argv, &i, status) : add_recipient(request, argv[i])))
            return FALSE;
    }
    request->whole = request->read_recipients;
    return check(request, status);
}

/* --- sendmail ------------------------------------------------------------------------------------------- */

/* One letter, what follows it in the word or the next word. */
static const char *argument_of(int argc, char **argv, int *index)
{
    const char *word = argv[*index];
    return word[2] != '\0' ? word + 2 : *index + 1 < argc ? argv[++*index] : NULL;
}

static gboolean take_o(SendRequest *request, const char *word)
{
    if (strcmp(word, "-oi") == 0)
        request->dot_ends = FALSE;
    else if (strcmp(word, "-odq") == 0)
        request->queue_only = TRUE;
    return TRUE; /* how errors are told and how fast is ours to choose */
}

static gboolean take_sendmail_option(SendRequest *request, int argc, char **argv, int *index, ExitCode *status)
{
    const char *word = argv[*index], *value = NULL;
    switch (word[1]) {
    case 't':
        return request->read_recipients = TRUE;
    case 'i':
        request->dot_ends = FALSE;
        return TRUE;
    case 'o':
        return take_o(request, word);
    case 'b':
        if (word[2] == 'm' || word[2] == '\0')
            return TRUE;
        return wrong(status, _("“sendmail %s” is not something that Malle does; it sends the message on standard input"), word);
    case 'f':
    case 'r':
        value = argument_of(argc, argv, index);
        return value != NULL ? take_value(request, WANTS_SENDER, value, status) : wrong(status, _("“%s” needs something behind it"), word);
    case 'F':
        request->full_name = argument_of(argc, argv, index);
        return TRUE;
    case 'N':
        value = argument_of(argc, argv, index);
        return value != NULL ? take_report(request, value, status) : wrong(status, _("“%s” needs something behind it"), word);
    case 'R':
        value = argument_of(argc, argv, index);
        request->options |= g_strcmp0(value, "full") == 0 ? SEND_RETURN_FULL : 0;
        return TRUE;
    case 'B': /* what the body is made of is seen; queue names and the like are left to the server */
    case 'h':
    case 'L':
    case 'O':
    case 'V':
    case 'X':
        argument_of(argc, argv, index);
        return TRUE;
    case 'A':
    case 'e':
    case 'G':
    case 'm':
    case 'n':
    case 'U':
    case 'v':
        return TRUE;
    }
    return wrong(status, _("sendmail has no option “%s”"), word);
}

gboolean send_read_sendmail_arguments(SendRequest *request, int argc, char **argv, ExitCode *status)
{
    gboolean options = TRUE;
    begin(request);
    request->whole = TRUE;
    request->dot_ends = TRUE;
    for (int i = 1; i < argc; i++) {
        gboolean is_option = options && argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_option && strcmp(argv[i], "--") == 0)
            options = FALSE;
        else if (is_option && !take_sendmail_option(request, argc, argv, &i, status))
            return FALSE;
        else if (!is_option)
            g_ptr_array_add(request->to, argv[i]);
    }
    return TRUE;
}
