#include "config.h"

#include "proto/imap/encode.h"

#include "base/i18n.h"

#include <stdarg.h>

/* ---- parts ---- */

void imap_source_clear(ImapSource *source)
{
    if (source->destroy != NULL)
        source->destroy(source->user);
    *source = (ImapSource){ 0 };
}

static void clear_part(gpointer data)
{
    ImapCommandPart *part = data;
    if (part->text != NULL) {
        if (part->secret)
            explicit_bzero(part->text->str, part->text->allocated_len);
        g_string_free(part->text, TRUE);
    }
    imap_source_clear(&part->source);
}

ImapCommand *imap_command_new(ImapVerb verb, const char *text)
{
    ImapCommand *command = g_new0(ImapCommand, 1);
    command->verb = verb;
    command->need = IMAP_CAP_COUNT;
    command->parts = g_array_new(FALSE, TRUE, sizeof(ImapCommandPart));
    g_array_set_clear_func(command->parts, clear_part);
    imap_command_add(command, text);
    return command;
}

void imap_command_free(ImapCommand *command)
{
    if (command == NULL)
        return;
    g_array_unref(command->parts);
    g_clear_error(&command->error);
    g_free(command);
}

ImapVerb imap_command_verb(const ImapCommand *command)
{
    return command->verb;
}

bool imap_command_needs(const ImapCommand *command, ImapCap *cap)
{
    *cap = command->need;
    return command->need != IMAP_CAP_COUNT;
}

void imap_command_fail(ImapCommand *command, const char *message)
{
    if (command->error == NULL)
        command->error = g_error_new_literal(IMAP_ERROR, IMAP_ERROR_ARGUMENT, message);
}

void imap_command_add(ImapCommand *command, const char *text)
{
    GArray *parts = command->parts;
    ImapCommandPart *last = parts->len == 0 ? NULL : &g_array_index(parts, ImapCommandPart, parts->len - 1);

    if (last != NULL && last->type == IMAP_PART_RAW) {
        g_string_append(last->text, text);
    } else {
        ImapCommandPart part = { .type = IMAP_PART_RAW, .text = g_string_new(text) };
        g_array_append_val(parts, part);
    }
}

void imap_command_addf(ImapCommand *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    imap_command_add(command, text);
}

void imap_command_add_string(ImapCommand *command, ImapPartType type, const char *text, gssize len)
{
    gsize size = len < 0 ? strlen(text) : (gsize)len;
    ImapCommandPart part = { .type = type, .text = g_string_new_len(text, (gssize)size) };

    for (gsize i = 0; i < size; i++)
        if (text[i] == '\r' || text[i] == '\n' || text[i] == '\0')
            imap_command_fail(command,
                              _("A line end or a NUL character cannot be sent in a name or a search text."));
    g_array_append_val(command->parts, part);
}

void imap_command_add_secret(ImapCommand *command, const char *text)
{
    imap_command_add_string(command, IMAP_PART_ASTRING, text, -1);
    g_array_index(command->parts, ImapCommandPart, command->parts->len - 1).secret = true;
}

void imap_command_add_set(ImapCommand *command, const ImapUidSet *set)
{
    if (imap_uidset_is_empty(set)) {
        imap_command_fail(command, _("The command names no message."));
        return;
    }
    g_autofree char *text = imap_uidset_to_string(set);
    imap_command_add(command, text);
}

/* flag = "\" atom / atom (RFC 9051 §9) */
static bool is_flag(const char *flag)
{
    const char *p = flag + (*flag == '\\');
    if (*p == '\0')
        return false;
    for (; *p != '\0'; p++)
        if ((guchar)*p <= ' ' || (guchar)*p >= 0x7f || strchr("(){%*\"\\]", *p) != NULL)
            return false;
    return true;
}

void imap_command_add_flags(ImapCommand *command, const char *const *flags)
{
    imap_command_add(command, "(");
    for (guint i = 0; flags != NULL && flags[i] != NULL; i++) {
        if (!is_flag(flags[i])) {
            g_autofree char *safe = g_strescape(flags[i], NULL);
            g_autofree char *message = g_strdup_printf(_("\"%s\" cannot be the name of a flag."), safe);
            imap_command_fail(command, message);
            continue;
        }
        imap_command_addf(command, "%s%s", i > 0 ? " " : "", flags[i]);
    }
    imap_command_add(command, ")");
}

void imap_command_add_literal(ImapCommand *command, ImapSource source, bool binary)
{
    ImapCommandPart part = { .type = IMAP_PART_LITERAL, .binary = binary, .source = source };
    g_array_append_val(command->parts, part);
}

typedef struct {
    GBytes *bytes;
    gsize at;
} BytesSource;

static gssize read_bytes(gpointer user, guint8 *buffer, gsize max, GError **error)
{
    BytesSource *source = user;
    gsize size;
    const guint8 *data = g_bytes_get_data(source->bytes, &size);
    gsize take = MIN(max, size - source->at);
    (void)error;
    if (take > 0)
        memcpy(buffer, data + source->at, take);
    source->at += take;
    return (gssize)take;
}

static void free_bytes_source(gpointer data)
{
    BytesSource *source = data;
    g_bytes_unref(source->bytes);
    g_free(source);
}

ImapSource imap_source_from_bytes(GBytes *bytes)
{
    BytesSource *source = g_new0(BytesSource, 1);
    source->bytes = g_bytes_ref(bytes);
    return (ImapSource){ g_bytes_get_size(bytes), read_bytes, source, free_bytes_source };
}
