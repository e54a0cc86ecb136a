/* From what was asked for, and what standard input holds, to a letter and its envelope. */
#include "config.h"

#include "cli/send.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "cli/print.h"
#include "config/identity.h"
#include "mime/handed_in.h"
#include "mime/letter_reply.h"
#include "mime/mailto.h"

#define INPUT_MOST (256u << 20)

static gboolean fail(ExitCode *status, ExitCode code, const char *words)
{
    cli_complain("%s", words);
    *status = code;
    return FALSE;
}

static gboolean fail_by(ExitCode *status, const GError *error)
{
    return fail(status, error->domain == LETTER_ERROR && error->code != LETTER_ERROR_WRITE ? EXIT_CODE_DATA
                        : error->domain == LETTER_ERROR                                    ? EXIT_CODE_CANT_CREATE
                                                                                           : EXIT_CODE_DATA,
                error->message);
}

/* --- input -------------------------------------------------------------------------------------------- */

static GString *read_descriptor(int fd, const char *name, ExitCode *status)
{
    g_autoptr(GString) all = g_string_sized_new(65536);
    char octets[65536];
    ssize_t count;
    while ((count = read(fd, octets, sizeof octets)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 || all->len + (gsize) count > INPUT_MOST) {
            g_autofree char *words =
                g_strdup_printf(_("Cannot read %s: %s"), name, g_strerror(count < 0 ? errno : EFBIG));
            fail(status, EXIT_CODE_DATA, words);
            return NULL;
        }
        g_string_append_len(all, octets, count);
    }
    return g_steal_pointer(&all);
}

/* "-": standard input. NULL: complained about. */
static GString *read_input(const char *path, ExitCode *status)
{
    if (strcmp(path, "-") == 0)
        return read_descriptor(STDIN_FILENO, _("standard input"), status);
    g_autofree char *expanded = paths_expand(path);
    int fd = open(expanded, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        g_autofree char *words = g_strdup_printf(_("Cannot read %s: %s"), expanded, g_strerror(errno));
        fail(status, EXIT_CODE_DATA, words);
        return NULL;
    }
    GString *all = read_descriptor(fd, expanded, status);
    close(fd);
    return all;
}

/* What is no UTF-8 is taken for Latin-1, in which everything is text. NULL: complained about. */
static char *read_text(const char *path, ExitCode *status)
{
    g_autoptr(GString) octets = read_input(path, status);
    if (octets == NULL)
        return NULL;
    if (memchr(octets->str, '\0', octets->len) != NULL) {
        fail(status, EXIT_CODE_DATA, _("The text holds a NUL: send it as an attachment (-a FILE)."));
        return NULL;
    }
    if (g_utf8_validate(octets->str, (gssize) octets->len, NULL))
        return g_string_free(g_steal_pointer(&octets), FALSE);
    return g_convert(octets->str, (gssize) octets->len, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

/* --- who sends ------------------------------------------------------------------------------------------ */

static gboolean writes_as(const Account *account, const char *address)
{
    g_autoptr(GPtrArray) identities = account_identities(account);
    for (guint i = 0; i < identities->len; i++)
        if (g_ascii_strcasecmp(((const Identity *) identities->pdata[i])->address, address) == 0)
            return TRUE;
    return FALSE;
}

/* The first that can send, and of those rather one that writes from the address (NULL: no matter). */
static const Account *choose_account(const SendRequest *request, const GPtrArray *accounts, const char *address, ExitCode *status)
{
    const Account *first = NULL;
    for (guint i = 0; i < accounts->len; i++) {
        const Account *account = g_ptr_array_index(accounts, i);
        if (!account_can_send(account) || (request->account != NULL && g_ascii_strcasecmp(account->name, request->account) != 0))
            continue;
        if (address == NULL || writes_as(account, address))
            return account;
        first = first != NULL ? first : account;
    }
    if (first == NULL)
        fail(status, EXIT_CODE_CONFIG,
             request->account != NULL ? _("that account is not there, or does not say by whom it sends (send = … in the accounts file)")
                                      : _("no account says by whom it sends: write send = smtps://USER@HOST into the accounts file"));
    return first;
}

static char *from_of(const Account *account, const SendRequest *request)
{
    const char *name = request->full_name != NULL ? request->full_name : account->person;
    const MailAddress address = { .name = (char *) name, .address = account->address };
    return mail_address_format(&address);
}

static gboolean set_envelope(SpoolEnvelope *envelope, const SendRequest *request, const Account *account, char *sender, char **recipients,
                             ExitCode *status)
{
    envelope->account = g_strdup(account->name);
    envelope->sender = sender;
    envelope->recipients = recipients;
    envelope->release_at = request->release_at;
    envelope->no_copy = request->no_copy;
    envelope->send_options = request->options;
    return recipients[0] != NULL || fail(status, EXIT_CODE_USAGE, _("the letter has no recipients"));
}

/* --- a letter that is written here ------------------------------------------------------------------------- */

static void add_addresses(char **list, const GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);
        char *both = *list != NULL && **list != '\0' ? g_strdup_printf("%s, %s", *list, word) : g_strdup(word);
        g_free(*list);
        *list = both;
    }
}

static gboolean take_urls(Letter *letter, const SendRequest *request, ExitCode *status)
{
    for (guint i = 0; i < request->urls->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) ignored = NULL;
        if (!mailto_read(g_ptr_array_index(request->urls, i), letter, &ignored, &error))
            return fail(status, EXIT_CODE_DATA, error->message);
        for (guint k = 0; k < ignored->len; k++) {
            g_autofree char *words = g_strdup_printf(_("what the mailto address says of “%s” is left out"), (char *) ignored->pdata[k]);
            cli_complain("%s", words);
        }
    }
    return TRUE;
}

static gboolean is_mime(const GString *draft)
{
    g_autofree char *head = g_strndup(draft->str, MIN(draft->len, 65536));
    g_autofree char *small = g_ascii_strdown(head, -1);
    return g_str_has_prefix(small, "mime-version:") || strstr(small, "\nmime-version:") != NULL;
}

/* Its attachments lie in `directory` until the letter is written. */
static Letter *read_draft(const char *path, const char *directory, ExitCode *status)
{
    g_autoptr(GString) draft = read_input(path, status);
    if (draft == NULL)
        return NULL;
    if (!is_mime(draft))
        return letter_draft_parse(draft->str, draft->len, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) octets = g_bytes_new(draft->str, draft->len);
    Letter *letter = letter_read(octets, NULL, directory, &error);
    if (letter == NULL) {
        fail_by(status, error);
        return NULL;
    }
    g_clear_pointer(&letter->message_id, g_free);
    letter->date = 0;
    return letter;
}

/* The body comes from -i, from the URL, or from standard input. */
static gboolean take_text(Letter *letter, const SendRequest *request, ExitCode *status)
{
    gboolean has_text = request->draft != NULL || (request->urls->len > 0 && request->include == NULL && letter->text != NULL);
    if (has_text)
        return TRUE;
    g_free(letter->text);
    letter->text = read_text(request->include != NULL ? request->include : "-", status);
    return letter->text != NULL;
}

static gboolean take_attachments(Letter *letter, const SendRequest *request, ExitCode *status)
{
    for (guint i = 0; i < request->attachments->len; i++) {
        g_autofree char *path = paths_expand(g_ptr_array_index(request->attachments, i));
        g_autoptr(GError) error = NULL;
        if (letter_add_attachment(letter, path, &error) == NULL)
            return fail_by(status, error);
    }
    return TRUE;
}

static gboolean fill(Letter *letter, const SendRequest *request, ExitCode *status)
{
    add_addresses(&letter->to, request->to);
    add_addresses(&letter->cc, request->cc);
    add_addresses(&letter->bcc, request->bcc);
    if (!take_urls(letter, request, status))
        return FALSE;
    if (request->subject != NULL) {
        g_free(letter->subject);
        letter->subject = g_strdup(request->subject);
    }
    if (request->from != NULL) {
        g_free(letter->from);
        letter->from = g_strdup(request->from);
    }
    return take_text(letter, request, status) && take_attachments(letter, request, status);
}

static gboolean finish(Letter *letter, const SendRequest *request, const GPtrArray *accounts, const char *path, SpoolEnvelope *envelope,
                       ExitCode *status)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *author = letter->from != NULL ? letter_sender(letter, &error) : NULL;
    if (error != NULL)
        return fail_by(status, error);
    const Account *account = choose_account(request, accounts, author != NULL ? author : request->sender, status);
    if (account == NULL)
        return FALSE;
    if (letter->from == NULL)
        letter->from = from_of(account, request);
    char **recipients = letter_recipients(letter, &error);
    if (recipients == NULL)
        return fail_by(status, error);
    char *sender = request->sender != NULL ? g_strdup(request->sender) : letter_sender(letter, &error);
    if (!set_envelope(envelope, request, account, sender, recipients, status))
        return FALSE;
    letter_prepare(letter, g_get_real_time() / G_USEC_PER_SEC);
    return letter_write(letter, LETTER_WITH_BCC, path, NULL, &error) || fail_by(status, error);
}

static void remove_directory(const char *directory)
{
    g_autoptr(GDir) files = g_dir_open(directory, 0, NULL);
    for (const char *name; files != NULL && (name = g_dir_read_name(files)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        unlink(path);
    }
    rmdir(directory);
}

static gboolean write_composed(const SendRequest *request, const GPtrArray *accounts, const char *path, SpoolEnvelope *envelope,
                               ExitCode *status)
{
    g_autofree char *directory = g_strconcat(path, ".parts", NULL);
    g_autoptr(Letter) letter = request->draft != NULL ? read_draft(request->draft, directory, status) : letter_new();
    gboolean ok = letter != NULL && fill(letter, request, status) && finish(letter, request, accounts, path, envelope, status);
    remove_directory(directory);
    return ok;
}

/* --- a message that is handed in whole ------------------------------------------------------------------------ */

static gboolean write_octets(const char *path, const GString *octets, ExitCode *status)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    gsize done = 0;
    gboolean ok = fd >= 0;
    while (ok && done < octets->len) {
        ssize_t count = write(fd, octets->str + done, octets->len - done);
        ok = count >= 0 || errno == EINTR;
        done += (gsize) MAX(count, 0);
    }
    ok = ok && fsync(fd) == 0;
    int failure = errno;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    if (ok)
        return TRUE;
    g_autofree char *words = g_strdup_printf(_("The letter cannot be kept in %s: %s"), path, g_strerror(failure));
    return fail(status, failure == ENOSPC || failure == EDQUOT ? EXIT_CODE_TEMPORARY : EXIT_CODE_CANT_CREATE, words);
}

/* To whom it goes: -t takes those of the header, and words of the command line are added; without it they are all there is. */
static char **recipients_of(const SendRequest *request, HandedIn *message, GError **error)
{
    g_autoptr(Letter) list = letter_new();
    if (request->read_recipients && message->recipients[0] != NULL)
        list->to = g_strjoinv(", ", message->recipients);
    add_addresses(&list->to, request->to);
    add_addresses(&list->cc, request->cc);
    add_addresses(&list->bcc, request->bcc);
    return letter_recipients(list, error);
}

static gboolean write_handed_in(const SendRequest *request, const GPtrArray *accounts, const char *path, SpoolEnvelope *envelope,
                                ExitCode *status)
{
    g_autoptr(GString) input = read_input("-", status);
    const Account *fallback = input != NULL ? choose_account(request, accounts, request->sender, status) : NULL;
    if (fallback == NULL)
        return FALSE;
    gsize length = request->dot_ends ? handed_in_up_to_dot(input->str, input->len) : input->len;
    g_autofree char *from = from_of(fallback, request);
    g_autoptr(GError) error = NULL;
    g_autoptr(HandedIn) message = handed_in_read(input->str, length, from, g_get_real_time() / G_USEC_PER_SEC, &error);
    char **recipients = message != NULL ? recipients_of(request, message, &error) : NULL;
    if (recipients == NULL)
        return fail(status, EXIT_CODE_DATA, error->message);
    const char *sender = request->sender != NULL ? request->sender : message->sender;
    const Account *account = choose_account(request, accounts, sender != NULL && *sender != '\0' ? sender : message->from, status);
    return set_envelope(envelope, request, account, g_strdup(sender != NULL ? sender : account->address), recipients, status) &&
           write_octets(path, message->octets, status);
}

gboolean send_write_letter(const SendRequest *request, const GPtrArray *accounts, const char *path, SpoolEnvelope *envelope,
                           ExitCode *status)
{
    return request->whole ? write_handed_in(request, accounts, path, envelope, status)
                          : write_composed(request, accounts, path, envelope, status);
}
