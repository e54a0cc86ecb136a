#include "config.h"

#include "engine/submission_command.h"

#include <string.h>

#include "base/error.h"
#include "base/exit_codes.h"
#include "base/i18n.h"
#include "base/subprocess.h"
#include "mime/departure.h"

#define DEADLINE_MS (15 * 60 * 1000)
enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, KILLED = 128 }; /* as the shell counts */

struct SubmissionCommand {
    Subprocess *process;
    SubmissionCommandDone done;
    gpointer user;
};

/* --- what it is given ---------------------------------------------------------------------------- */

static void append_lines(GString *out, const char *octets, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (octets[i] != '\r' || i + 1 == length || octets[i + 1] != '\n')
            g_string_append_c(out, octets[i]);
}

static GBytes *read_letter(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    if (file == NULL)
        return NULL;
    const char *octets = g_mapped_file_get_contents(file);
    gsize length = g_mapped_file_get_length(file), header_length;
    g_auto(Departure) departure = { 0 };
    departure_read(&departure, octets != NULL ? octets : "", length);
    g_autoptr(GBytes) header = departure_header(&departure, octets != NULL ? octets : "");
    GString *text = g_string_sized_new(length);
    const char *fields = g_bytes_get_data(header, &header_length);
    append_lines(text, fields, header_length);
    append_lines(text, octets + departure.header, length - departure.header);
    return g_string_free_to_bytes(text);
}

/* The person's command line as it stands; what a letter says reaches it as arguments of their own, never as text of the line. */
static GPtrArray *arguments_for(const char *command, const Intent *intent)
{
    GPtrArray *arguments = g_ptr_array_new_with_free_func(g_free);
    const char *sender = *intent->sender != '\0' ? intent->sender : "<>";
    g_ptr_array_add(arguments, g_strdup("/bin/sh"));
    g_ptr_array_add(arguments, g_strdup("-c"));
    g_ptr_array_add(arguments, g_strdup_printf("%s \"$@\"", command));
    for (guint i = 0; i < 5; i++)
        g_ptr_array_add(arguments, g_strdup(((const char *[]){ "send-command", "-oi", "-f", sender, "--" })[i]));
    for (guint i = 0; i < intent->recipients->len; i++) {
        const IntentRecipient *recipient = g_ptr_array_index(intent->recipients, i);
        if (recipient->state == RECIPIENT_WAITING)
            g_ptr_array_add(arguments, g_strdup(recipient->address));
    }
    g_ptr_array_add(arguments, NULL);
    return arguments;
}

/* --- what became of it ----------------------------------------------------------------------------- */

static CommandOutcome outcome_of(const SubprocessResult *result)
{
    if (result == NULL || result->status >= KILLED)
        return COMMAND_IN_DOUBT;
    switch (result->status) {
    case 0:
        return COMMAND_TOOK_IT;
    case EXIT_CODE_TEMPORARY:
    case NOT_EXECUTABLE:
    case NOT_FOUND:
        return COMMAND_NOT_NOW;
    default:
        return COMMAND_REFUSED;
    }
}

static void ended(const SubprocessResult *result, const GError *error, gpointer user)
{
    SubmissionCommand *command = user;
    SubmissionCommandDone done = command->done;
    gpointer owner = command->user;
    CommandOutcome outcome = outcome_of(result);
    g_autofree char *how = result != NULL ? subprocess_result_words(result) : g_strdup(error->message);
    g_autofree char *words = outcome != COMMAND_TOOK_IT ? g_strdup_printf(_("The send-command %s"), how) : NULL;
    g_free(command);
    done(outcome, words, owner);
}

SubmissionCommand *submission_command_start(const char *line, const Intent *intent, GMainContext *context, SubmissionCommandDone done,
                                            gpointer user, GError **error)
{
    g_autoptr(GBytes) letter = read_letter(intent->path, error);
    if (letter == NULL)
        return NULL;
    g_autoptr(GPtrArray) arguments = arguments_for(line, intent);
    SubprocessSpec spec = { .argv = (const char *const *) arguments->pdata, .input = letter, .deadline_ms = DEADLINE_MS };
    SubmissionCommand *command = g_new0(SubmissionCommand, 1);
    command->done = done;
    command->user = user;
    command->process = subprocess_start(&spec, context, ended, command, error);
    if (command->process == NULL)
        g_clear_pointer(&command, g_free);
    return command;
}

void submission_command_cancel(SubmissionCommand *command)
{
    if (command == NULL)
        return;
    subprocess_cancel(command->process);
    g_free(command);
}
