/* Parts on their way out of the house: saved where the person says, or into a private directory for a program to show.
 *
 * The engine writes only into files that do not exist. Saving over one writes beside it and renames at the end, so a download that
 * breaks leaves the old file whole. */
#include "config.h"

#include "model/message-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "mime/choose.h"
#include "mime/filename.h"
#include "mime/magic.h"

/* --- attachments -------------------------------------------------------------------------------------------- */

void message_attachment_free(ModelAttachment *attachment)
{
    g_free(attachment->section);
    g_free(attachment->type);
    g_free(attachment->name);
    g_free(attachment->description);
    g_free(attachment);
}

static ModelAttachment *attachment_from(ModelMessage *message, const MimeAttachment *listed)
{
    ModelAttachment *attachment = g_new0(ModelAttachment, 1);
    attachment->section = g_strdup(listed->part->section);
    attachment->type = model_safe(listed->type);
    attachment->name = g_strdup(listed->name);
    attachment->description = model_safe(listed->part->description);
    attachment->octets = listed->octets;
    attachment->is_text = message_part_is(listed->part, "text", NULL);
    attachment->is_inline = listed->shown || listed->is_inline;
    attachment->is_message = message_part_is(listed->part, "message", "rfc822");
    g_autoptr(GBytes) here = store_reader_body(message->model->reader, message->id, listed->part->section);
    g_autofree char *path = here ? NULL : store_reader_body_path(message->model->reader, message->id, listed->part->section);
    attachment->here = here || path;
    return attachment;
}

const GPtrArray *model_message_attachments(ModelMessage *message)
{
    if (message->attachments)
        return message->attachments;
    message->attachments = g_ptr_array_new_with_free_func((GDestroyNotify) message_attachment_free);
    const MessagePart *root = message->stored->structure;
    g_autoptr(GPtrArray) listed = root ? mime_list_attachments(root, message->model->text_preference) : NULL;
    for (guint i = 0; listed && i < listed->len; i++)
        g_ptr_array_add(message->attachments, attachment_from(message, g_ptr_array_index(listed, i)));
    return message->attachments;
}

/* --- beginning ------------------------------------------------------------------------------------------------ */

void model_transfer_free(ModelTransfer *transfer)
{
    g_free(transfer->section);
    g_free(transfer->type);
    g_free(transfer->name);
    g_free(transfer->path);
    g_free(transfer->final_path);
    g_free(transfer->command);
    g_free(transfer->error);
    g_free(transfer);
}

static const MessagePart *find_part(const ModelMessage *message, const char *section)
{
    const MessagePart *root = message->stored->structure;
    return root && *section ? message_part_find(root, section) : NULL;
}

static char *file_name(const ModelMessage *message, const MessagePart *part)
{
    if (part)
        return mime_part_filename(part);
    g_autofree char *subject = g_strdup_printf("%s.eml", message->stored->summary && message->stored->summary->subject
                                                             ? message->stored->summary->subject
                                                             : "message");
    return mime_safe_filename(subject);
}

static ModelTransfer *transfer_new(ModelMessage *message, const char *section, ModelTransferPurpose purpose, GError **error)
{
    const MessagePart *part = find_part(message, section);
    if (!part && *section) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOT_HERE, _("The parts of this message are not known yet"));
        return NULL;
    }
    ModelTransfer *transfer = g_new0(ModelTransfer, 1);
    transfer->message_id = message->id;
    transfer->purpose = purpose;
    transfer->section = g_strdup(section);
    g_autofree char *type = part ? g_strdup_printf("%s/%s", part->type, part->subtype) : g_strdup("message/rfc822");
    transfer->type = model_safe(type);
    transfer->name = file_name(message, part);
    transfer->total = part ? part->octets : message->stored->row->size;
    return transfer;
}

static guint64 begin(ModelMessage *message, ModelTransfer *transfer)
{
    Model *model = message->model;
    transfer->id = engine_save_part(model->engine, message->id, transfer->section, transfer->path);
    g_ptr_array_add(model->transfers, transfer);
    model_repaint(model, MODEL_REPAINT_STATUS);
    return transfer->id;
}

guint64 model_message_save(ModelMessage *message, const char *section, const char *path, gboolean overwrite, GError **error)
{
    ModelTransfer *transfer = transfer_new(message, section, MODEL_TRANSFER_SAVE, error);
    if (!transfer)
        return 0;
    g_autofree char *expanded = paths_expand(path);
    if (g_str_has_suffix(expanded, "/") && g_mkdir_with_parents(expanded, 0777) != 0) {
        g_autofree char *safe = model_safe(expanded);
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_FILE, _("The directory %s cannot be made: %s"), safe, g_strerror(errno));
        model_transfer_free(transfer);
        return 0;
    }
    if (g_file_test(expanded, G_FILE_TEST_IS_DIR))
        transfer->path = g_build_filename(expanded, transfer->name, NULL);
    else
        transfer->path = g_strdup(expanded);
    if (g_file_test(transfer->path, G_FILE_TEST_EXISTS)) {
        if (!overwrite) {
            g_autofree char *safe = model_safe(transfer->path);
            g_set_error(error, MODEL_ERROR, MODEL_ERROR_FILE, _("There is a file %s already"), safe);
            model_transfer_free(transfer);
            return 0;
        }
        transfer->final_path = transfer->path;
        transfer->path = g_strdup_printf("%s.malle-%08x", transfer->final_path, g_random_int());
    }
    return begin(message, transfer);
}

static gboolean need_private_directory(Model *model, GError **error)
{
    if (model->private_directory)
        return TRUE;
    g_autofree char *runtime = paths_directory(PATHS_RUNTIME, error);
    if (!runtime)
        return FALSE;
    char *directory = g_build_filename(runtime, "open-XXXXXX", NULL);
    if (!g_mkdtemp_full(directory, 0700)) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_FILE, _("A private directory cannot be made in %s: %s"), runtime, g_strerror(errno));
        g_free(directory);
        return FALSE;
    }
    model->private_directory = directory;
    return TRUE;
}

/* The name helps the program that opens it, and its number keeps two of the same name apart. */
static gboolean private_path(ModelMessage *message, ModelTransfer *transfer, GError **error)
{
    Model *model = message->model;
    if (!need_private_directory(model, error))
        return FALSE;
    if (!model->mailcap)
        model->mailcap = mailcap_new(NULL);
    const MessagePart *part = find_part(message, transfer->section);
    g_autofree char *suffix = part ? mailcap_suffix(model->mailcap, part, MAILCAP_VIEW) : g_strdup("");
    gboolean has_suffix = !*suffix || g_str_has_suffix(transfer->name, suffix);
    g_autofree char *inert = mime_inert_filename(transfer->name);
    g_autofree char *name = g_strdup_printf("%u-%s%s", ++model->private_files, inert, has_suffix ? "" : suffix);
    transfer->path = g_build_filename(model->private_directory, name, NULL);
    return TRUE;
}

static guint64 begin_private(ModelMessage *message, const char *section, ModelTransferPurpose purpose, const char *command, GError **error)
{
    ModelTransfer *transfer = transfer_new(message, section, purpose, error);
    if (!transfer)
        return 0;
    transfer->command = g_strdup(command);
    if (private_path(message, transfer, error))
        return begin(message, transfer);
    model_transfer_free(transfer);
    return 0;
}

guint64 model_message_open_part(ModelMessage *message, const char *section, GError **error)
{
    return begin_private(message, section, MODEL_TRANSFER_OPEN, NULL, error);
}

guint64 message_fetch_whole(ModelMessage *message, const char *purpose, GError **error)
{
    return begin_private(message, "", MODEL_TRANSFER_COMPOSE, purpose, error);
}

guint64 model_message_pipe(ModelMessage *message, const char *section, const char *command, GError **error)
{
    return begin_private(message, section, MODEL_TRANSFER_PIPE, command, error);
}

/* --- under way -------------------------------------------------------------------------------------------------- */

const GPtrArray *model_transfers(const Model *model)
{
    return model->transfers;
}

static ModelTransfer *find_transfer(const Model *model, guint64 id)
{
    for (guint i = 0; i < model->transfers->len; i++) {
        ModelTransfer *transfer = g_ptr_array_index(model->transfers, i);
        if (transfer->id == id)
            return transfer;
    }
    return NULL;
}

const ModelTransfer *model_transfer(const Model *model, guint64 id)
{
    return find_transfer(model, id);
}

static void finish(ModelTransfer *transfer)
{
    if (transfer->error || !transfer->final_path)
        return;
    if (g_rename(transfer->path, transfer->final_path) != 0) {
        g_autofree char *words = g_strdup_printf(_("%s cannot be replaced: %s; what was fetched is in %s"), transfer->final_path,
                                                 g_strerror(errno), transfer->path);
        transfer->error = model_safe(words);
        return;
    }
    g_free(transfer->path);
    transfer->path = g_steal_pointer(&transfer->final_path);
}

static void tell_saved(Model *model, const ModelTransfer *transfer)
{
    g_autofree char *shown = paths_shorten(transfer->path);
    g_autofree char *words = transfer->error ? g_strdup_printf(_("%s was not fetched: %s"), transfer->name, transfer->error)
                                             : g_strdup_printf(_("Saved as %s"), shown);
    if (transfer->error || transfer->purpose == MODEL_TRANSFER_SAVE)
        model_add_notice(model, transfer->error ? MODEL_NOTICE_ERROR : MODEL_NOTICE_INFO, 0, 0, words);
}

void model_transfer_hear(Model *model, const Change *change)
{
    ModelTransfer *transfer = find_transfer(model, change->transfer_id);
    if (!transfer || transfer->finished)
        return;
    transfer->done = change->done;
    if (change->total > 0)
        transfer->total = change->total;
    if (change->finished) {
        transfer->finished = TRUE;
        transfer->error = model_safe(change->error);
        finish(transfer);
        tell_saved(model, transfer);
    }
    model_repaint(model, MODEL_REPAINT_STATUS | MODEL_REPAINT_MESSAGE);
}

void model_transfer_stop(Model *model, guint64 id)
{
    if (find_transfer(model, id))
        engine_stop_transfer(model->engine, id);
}

void model_transfer_done(Model *model, guint64 id)
{
    ModelTransfer *transfer = find_transfer(model, id);
    if (transfer && transfer->finished)
        g_ptr_array_remove(model->transfers, transfer);
}

/* --- which program ------------------------------------------------------------------------------------------------ */

void model_opener_free(ModelOpener *opener)
{
    if (!opener)
        return;
    g_strfreev(opener->argv);
    g_free(opener->words);
    g_free(opener);
}

static ModelOpener *desktop_opener(const char *path)
{
    ModelOpener *opener = g_new0(ModelOpener, 1);
    const char *argv[] = { "xdg-open", path, NULL };
    opener->argv = g_strdupv((char **) argv);
    opener->is_fallback = TRUE;
    opener->words = g_strdup("xdg-open");
    return opener;
}

/* The part as it may be opened: under another type when it was sent without one. NULL when its content is not what it is said to be. */
static MessagePart *part_to_open(const MessagePart *part, const char *path, GError **error)
{
    g_autofree char *declared = g_strconcat(part->type, "/", part->subtype, NULL);
    g_autofree char *why = NULL;
    g_autofree char *type = mime_type_to_open(declared, part->filename, path, &why);
    if (!type) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, why);
        return NULL;
    }
    g_auto(GStrv) names = g_strsplit(type, "/", 2);
    MessagePart *opened = message_part_new(part->section, names[0], names[1] ? names[1] : "");
    opened->filename = g_strdup(part->filename);
    for (guint i = 0; i < part->parameters->len; i++) {
        const MimeParameter *parameter = g_ptr_array_index(part->parameters, i);
        message_part_set_parameter(opened, parameter->name, parameter->value);
    }
    return opened;
}

ModelOpener *model_opener_for(Model *model, const MessagePart *part, const char *path, GError **error)
{
    if (!model->mailcap)
        model->mailcap = mailcap_new(NULL);
    g_autoptr(MessagePart) opened = part_to_open(part, path, error);
    if (!opened)
        return NULL;
    GError *trouble = NULL;
    g_autoptr(MailcapCommand) command = mailcap_find(model->mailcap, opened, MAILCAP_VIEW, path, &trouble);
    if (!command && g_error_matches(trouble, MAILCAP_ERROR, MAILCAP_ERROR_NONE_FOUND)) {
        g_error_free(trouble);
        return desktop_opener(path);
    }
    if (!command) {
        g_propagate_error(error, trouble);
        return NULL;
    }
    ModelOpener *opener = g_new0(ModelOpener, 1);
    opener->argv = g_steal_pointer(&command->argv);
    opener->needs_terminal = command->needs_terminal;
    opener->copious = command->copious_output;
    opener->on_stdin = command->on_stdin;
    opener->words = model_safe(command->command);
    return opener;
}

ModelOpener *model_transfer_opener(Model *model, guint64 id, GError **error)
{
    const ModelTransfer *transfer = find_transfer(model, id);
    if (!transfer || !transfer->finished || transfer->error) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOT_HERE, _("It is not here yet"));
        return NULL;
    }
    g_autoptr(StoreMessage) stored = store_reader_message(model->reader, transfer->message_id);
    const MessagePart *part = stored && stored->structure && *transfer->section ? message_part_find(stored->structure, transfer->section) : NULL;
    g_autoptr(MessagePart) whole = part ? NULL : message_part_new("", "message", "rfc822");
    return model_opener_for(model, part ? part : whole, transfer->path, error);
}
