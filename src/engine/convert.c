#include "config.h"

#include "engine/convert.h"

#include "mime/address.h"
#include "mime/date.h"
#include "mime/parameters.h"
#include "proto/imap/mailbox.h"

static void take_addresses(GPtrArray *into, const ImapAddresses *from)
{
    for (guint i = 0; i < from->n; i++) {
        const ImapAddress *raw = &from->items[i];
        MailAddress *address = mime_address_from_envelope(raw->name.data, raw->name.len, raw->mailbox.data, raw->mailbox.len,
                                                          raw->host.data, raw->host.len);
        if (address != NULL)
            g_ptr_array_add(into, address);
    }
}

static char **ids_of(ImapString value)
{
    return value.data != NULL ? message_id_list_parse(value.data, value.len) : NULL;
}

MessageSummary *summary_from_envelope(const ImapEnvelope *envelope, ImapString references)
{
    MessageSummary *summary = message_summary_new();
    if (envelope->subject.data != NULL)
        summary->subject = mime_decode_header_text(envelope->subject.data, envelope->subject.len);
    take_addresses(summary->from, &envelope->from);
    take_addresses(summary->sender, &envelope->sender);
    take_addresses(summary->reply_to, &envelope->reply_to);
    take_addresses(summary->to, &envelope->to);
    take_addresses(summary->cc, &envelope->cc);
    take_addresses(summary->bcc, &envelope->bcc);
    if (envelope->date.data != NULL)
        mime_date_parse(envelope->date.data, envelope->date.len, &summary->date, NULL);
    if (envelope->message_id.data != NULL) {
        g_auto(GStrv) ids = message_id_list_parse(envelope->message_id.data, envelope->message_id.len);
        summary->message_id = g_strdup(ids[0]);
    }
    g_strfreev(summary->references);
    summary->references = message_references(ids_of(references), ids_of(envelope->in_reply_to));
    return summary;
}

/* --- structure -------------------------------------------------------------------------------- */

static char *lower(ImapString string, const char *otherwise)
{
    if (string.data == NULL)
        return g_strdup(otherwise);
    g_autofree char *copy = imap_string_dup(string);
    g_autofree char *valid = g_utf8_make_valid(copy, -1);
    return g_ascii_strdown(valid, -1);
}

static GPtrArray *raw_parameters(const ImapParameters *parameters)
{
    GPtrArray *raw = mime_parameters_new();
    for (guint i = 0; i < parameters->n; i++) {
        const ImapParameter *parameter = &parameters->items[i];
        if (parameter->name.data != NULL && parameter->value.data != NULL)
            mime_parameters_add_raw(raw, parameter->name.data, parameter->name.len, parameter->value.data, parameter->value.len);
    }
    return raw;
}

static MessagePart *convert_part(const ImapPart *from)
{
    g_autofree char *type = lower(from->type, "text");
    g_autofree char *subtype = lower(from->subtype, "plain");
    MessagePart *part = message_part_new(from->section, type, subtype);
    g_autoptr(GPtrArray) parameters = raw_parameters(&from->parameters);
    g_autoptr(GPtrArray) disposition = raw_parameters(&from->disposition_parameters);
    message_part_take_parameters(part, parameters, disposition);
    g_free(part->encoding);
    part->encoding = lower(from->encoding, "7bit");
    if (from->disposition.data != NULL)
        part->disposition = lower(from->disposition, NULL);
    if (from->id.data != NULL) {
        g_auto(GStrv) ids = message_id_list_parse(from->id.data, from->id.len);
        part->content_id = g_strdup(ids[0]);
    }
    if (from->description.data != NULL)
        part->description = mime_decode_header_text(from->description.data, from->description.len);
    part->octets = from->octets;
    part->lines = from->lines;
    return part;
}

MessagePart *structure_from_body(const ImapBody *body)
{
    g_autofree MessagePart **parts = g_new0(MessagePart *, body->n);
    for (guint i = 0; i < body->n; i++) {
        const ImapPart *from = &body->parts[i];
        parts[i] = convert_part(from);
        /* A parent stands before its children; anything else would be a tree of its own. */
        if (i > 0 && from->parent >= 0 && (guint) from->parent < i)
            g_ptr_array_add(parts[from->parent]->children, parts[i]);
        else if (i > 0)
            g_ptr_array_add(parts[0]->children, parts[i]);
    }
    return parts[0];
}

char *keywords_from_flags(const ImapFlags *flags)
{
    if (flags->n_others == 0)
        return g_strdup("");
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < flags->n_others; i++) {
        if (flags->others[i].len > 0 && flags->others[i].data[0] == '\\')
            continue; /* a system flag nobody knows */
        g_string_append(names, names->len > 0 ? " " : "");
        g_string_append_len(names, flags->others[i].data, (gssize) flags->others[i].len);
    }
    g_autofree char *valid = g_utf8_make_valid(names->str, (gssize) names->len);
    return keywords_add(valid, NULL);
}

char *labels_from_fetch(const ImapFetch *fetch, gboolean utf8)
{
    if ((fetch->items & IMAP_FETCH_GM_LABELS) == 0)
        return NULL;
    GString *lines = g_string_new(NULL);
    for (guint i = 0; i < fetch->n_gm_labels; i++) {
        ImapString label = fetch->gm_labels[i];
        if (imap_string_is_nil(label))
            continue;
        gboolean system = label.len > 0 && label.data[0] == '\\';
        g_autofree char *name = imap_mailbox_decode(label.data + (system ? 1 : 0), (gssize) (label.len - (system ? 1 : 0)), utf8, NULL);
        g_strdelimit(name, "\r\n", ' ');
        g_string_append_printf(lines, "%s%s", lines->len > 0 ? "\n" : "", name);
    }
    return g_string_free(lines, FALSE);
}
