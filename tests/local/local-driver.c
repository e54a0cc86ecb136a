/* Does one thing to mail on this machine, as its arguments say, so that tests can kill it, let its writes fail, and look at the result
 * with other programs. Prints what came of it, one line; errors go to stderr as local-CODE and words, exit status 1.
 *
 *     local-driver deliver [--name NAME] [--unix] [--new] [--flags SF] [--keywords "a b"] [--date N] [--piece N] MAILDIR  < message
 *     local-driver verify PATH OCTETS SHA256
 *     local-driver clean MAILDIR NOW
 */
#include "config.h"

#include "local/deliver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *name, *flags, *keywords;
static gboolean unix_lines, is_new;
static gint64 date;
static int piece = 4096;

static const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "unix", 0, 0, G_OPTION_ARG_NONE, &unix_lines, NULL, NULL },
    { "new", 0, 0, G_OPTION_ARG_NONE, &is_new, NULL, NULL },
    { "flags", 0, 0, G_OPTION_ARG_STRING, &flags, NULL, NULL },
    { "keywords", 0, 0, G_OPTION_ARG_STRING, &keywords, NULL, NULL },
    { "date", 0, 0, G_OPTION_ARG_INT64, &date, NULL, NULL },
    { "piece", 0, 0, G_OPTION_ARG_INT, &piece, NULL, NULL },
    { 0 },
};

static MailFlags parse_flags(const char *letters)
{
    MailFlags parsed = 0;
    for (const char *p = letters; p != NULL && *p != '\0'; p++)
        parsed |= *p == 'S'   ? MAIL_FLAG_SEEN
                  : *p == 'F' ? MAIL_FLAG_FLAGGED
                  : *p == 'R' ? MAIL_FLAG_ANSWERED
                  : *p == 'T' ? MAIL_FLAG_DELETED
                  : *p == 'D' ? MAIL_FLAG_DRAFT
                  : *p == 'P' ? MAIL_FLAG_FORWARDED
                  : *p == 'J' ? MAIL_FLAG_JUNK
                              : 0;
    return parsed;
}

static bool deliver(const char *maildir, GError **error)
{
    g_autoptr(LocalDelivery) delivery =
        local_delivery_begin(maildir, name, unix_lines ? LOCAL_LINES_UNIX : LOCAL_LINES_AS_GIVEN, error);
    if (delivery == NULL)
        return false;
    g_autofree char *bytes = g_malloc((gsize) piece);
    for (gssize n; (n = read(STDIN_FILENO, bytes, (gsize) piece)) > 0;)
        if (!local_delivery_write(delivery, bytes, (gsize) n, error))
            return false;
    LocalPlacing placing = { .is_new = is_new, .flags = parse_flags(flags), .keywords = keywords, .internal_date = date };
    if (!local_delivery_finish(delivery, &placing, error))
        return false;
    printf("%s %" G_GUINT64_FORMAT " %s\n", local_delivery_name(delivery), local_delivery_octets(delivery), local_delivery_sha256(delivery));
    return true;
}

static bool run(char **arguments, GError **error)
{
    const char *verb = arguments[1];
    if (strcmp(verb, "deliver") == 0)
        return deliver(arguments[2], error);
    if (strcmp(verb, "verify") == 0)
        return local_reads_back(arguments[2], g_ascii_strtoull(arguments[3], NULL, 10), arguments[4], error);
    if (strcmp(verb, "clean") == 0)
        return printf("%u\n", local_clean_tmp(arguments[2], g_ascii_strtoll(arguments[3], NULL, 10))) > 0;
    g_assert_not_reached();
}

int main(int count, char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &count, &arguments, &error) || count < 3) {
        fprintf(stderr, "usage: %s\n", error != NULL ? error->message : "VERB …");
        return 2;
    }
    bool done = run(arguments, &error);
    if (!done)
        fprintf(stderr, "%s-%d %s\n", error->domain == LOCAL_ERROR ? "local" : "other", error->code, error->message);
    g_free(name);
    g_free(flags);
    g_free(keywords);
    return done ? 0 : 1;
}
