/* Does one thing to mail on this machine, as its arguments say, so that tests can kill it, let its writes fail, and look at the result
 * with other programs. Prints what came of it, one line; errors go to stderr as local-CODE and words, exit status 1.
 *
 *     local-driver deliver [--name NAME] [--unix] [--new] [--flags SF] [--keywords "a b"] [--date N] [--piece N] MAILDIR  < message
 *     local-driver verify PATH OCTETS SHA256
 *     local-driver find MAILDIR NAME
 *     local-driver flag [--flags SF] [--unflags R] [--keywords "a b"] [--unkeywords c] MAILBOX KEY…
 *     local-driver remove|remove-deleted MAILBOX KEY…
 *     local-driver move|copy FROM TO KEY…         each under KEY.2 there, if not under KEY
 *     local-driver list MAILBOX                   keys
 *     local-driver summary MAILBOX                SUBJECT|FLAGS, "-" for none
 *     local-driver folders ROOT                   names
 *     local-driver create ROOT NAME; rename ROOT PATH NAME; delete ROOT PATH
 *     local-driver clean MAILDIR NOW
 */
#include "config.h"

#include "local/change.h"
#include "local/deliver.h"
#include "local/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *name, *flags, *keywords, *unflags, *unkeywords;
static gboolean unix_lines, is_new;
static gint64 date;
static int piece = 4096;

static const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "unix", 0, 0, G_OPTION_ARG_NONE, &unix_lines, NULL, NULL },
    { "new", 0, 0, G_OPTION_ARG_NONE, &is_new, NULL, NULL },
    { "flags", 0, 0, G_OPTION_ARG_STRING, &flags, NULL, NULL },
    { "keywords", 0, 0, G_OPTION_ARG_STRING, &keywords, NULL, NULL },
    { "unflags", 0, 0, G_OPTION_ARG_STRING, &unflags, NULL, NULL },
    { "unkeywords", 0, 0, G_OPTION_ARG_STRING, &unkeywords, NULL, NULL },
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

static bool find(const char *maildir, const char *wanted, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    g_autofree char *path = local_maildir_find(maildir, wanted, &trouble);
    if (trouble != NULL) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return false;
    }
    printf("%s\n", path != NULL ? path : "none");
    return true;
}

static bool change_one(const char *verb, LocalMailbox *mailbox, LocalMailbox *to, const char *key, GError **error)
{
    g_autofree char *other = g_strconcat(key, ".2", NULL), *new_key = NULL;
    LocalFlagChange change = { parse_flags(flags), parse_flags(unflags), keywords, unkeywords };
    bool done = strcmp(verb, "flag") == 0     ? local_mailbox_flag(mailbox, key, &change, NULL, NULL, error)
                : strcmp(verb, "remove") == 0 ? local_mailbox_remove(mailbox, key, false, NULL, error)
                : strcmp(verb, "move") == 0   ? local_mailbox_move(mailbox, key, to, other, &new_key, error)
                : strcmp(verb, "copy") == 0   ? local_mailbox_copy(mailbox, key, to, other, &new_key, error)
                                              : local_mailbox_remove(mailbox, key, true, NULL, error);
    if (done && new_key != NULL)
        printf("%s\n", new_key);
    return done;
}

static bool change(char **arguments, GError **error)
{
    g_autoptr(LocalMailbox) mailbox = local_mailbox_open(arguments[2], error);
    bool two = strcmp(arguments[1], "move") == 0 || strcmp(arguments[1], "copy") == 0;
    g_autoptr(LocalMailbox) to = two && mailbox != NULL ? local_mailbox_open(arguments[3], error) : NULL;
    bool done = mailbox != NULL && (to != NULL || !two);
    for (char **key = arguments + (two ? 4 : 3); done && *key != NULL; key++)
        done = change_one(arguments[1], mailbox, to, *key, error);
    return done && (to == NULL || local_mailbox_settle(to, error)) && local_mailbox_settle(mailbox, error);
}

static bool list(const char *path, GError **error)
{
    g_autoptr(LocalMailbox) mailbox = local_mailbox_open(path, error);
    g_autoptr(GPtrArray) messages = mailbox != NULL ? local_mailbox_list(mailbox, error) : NULL;
    for (guint i = 0; messages != NULL && i < messages->len; i++)
        printf("%s\n", ((const LocalMessage *) g_ptr_array_index(messages, i))->key);
    return messages != NULL;
}

/* The value of its Subject, one line. */
static char *subject_of(GBytes *bytes)
{
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    const char *subject = strstr(text, "Subject: ");
    return subject != NULL ? g_strndup(subject + 9, strcspn(subject + 9, "\r\n")) : g_strdup("");
}

static bool summary(const char *path, GError **error)
{
    g_autoptr(LocalMailbox) mailbox = local_mailbox_open(path, error);
    g_autoptr(GPtrArray) messages = mailbox != NULL ? local_mailbox_list(mailbox, error) : NULL;
    for (guint i = 0; messages != NULL && i < messages->len; i++) {
        const LocalMessage *message = g_ptr_array_index(messages, i);
        g_autoptr(GBytes) bytes = local_mailbox_read(mailbox, message->key, error);
        if (bytes == NULL)
            return false;
        g_autofree char *subject = subject_of(bytes);
        printf("%s|%s%s%s%s\n", subject, message->flags & MAIL_FLAG_SEEN ? "S" : "", message->flags & MAIL_FLAG_FLAGGED ? "F" : "",
               message->flags & MAIL_FLAG_ANSWERED ? "R" : "", message->flags == 0 ? "-" : "");
    }
    return messages != NULL;
}

static bool folders(const char *root, GError **error)
{
    g_autoptr(GPtrArray) found = local_folders(root, error);
    for (guint i = 0; found != NULL && i < found->len; i++)
        printf("%s\n", ((const LocalFolder *) g_ptr_array_index(found, i))->name);
    return found != NULL;
}

static bool run(char **arguments, GError **error)
{
    const char *verb = arguments[1];
    if (strcmp(verb, "deliver") == 0)
        return deliver(arguments[2], error);
    if (strcmp(verb, "verify") == 0)
        return local_reads_back(arguments[2], g_ascii_strtoull(arguments[3], NULL, 10), arguments[4], error);
    if (strcmp(verb, "find") == 0)
        return find(arguments[2], arguments[3], error);
    if (strcmp(verb, "clean") == 0)
        return printf("%u\n", local_clean_tmp(arguments[2], g_ascii_strtoll(arguments[3], NULL, 10))) > 0;
    if (strcmp(verb, "list") == 0)
        return list(arguments[2], error);
    if (strcmp(verb, "summary") == 0)
        return summary(arguments[2], error);
    if (strcmp(verb, "folders") == 0)
        return folders(arguments[2], error);
    if (strcmp(verb, "create") == 0)
        return local_tree_create(arguments[2], arguments[3], local_tree_format(arguments[2], LOCAL_MBOX), error);
    if (strcmp(verb, "rename") == 0)
        return local_tree_rename(arguments[2], arguments[3], arguments[4], error);
    if (strcmp(verb, "delete") == 0)
        return local_tree_delete(arguments[2], arguments[3], error);
    return change(arguments, error);
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
    g_free(unflags);
    g_free(unkeywords);
    return done ? 0 : 1;
}
