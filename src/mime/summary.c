/* Addresses and summaries as plain data (see summary.h). */
#include "config.h"
#include "mime/summary.h"

#include "mime/address.h"
#include "mime/date.h"
#include "mime/fields.h"

#include <stdbool.h>
#include <string.h>

#define MAX_SUBJECT 10000

MailAddress *mail_address_new(const char *name, const char *address)
{
    MailAddress *entry = g_new0(MailAddress, 1);
    entry->name = g_strdup(name);
    entry->address = g_strdup(address);
    return entry;
}

void mail_address_free(MailAddress *address)
{
    if (!address)
        return;
    g_free(address->name);
    g_free(address->address);
    g_free(address);
}

/* RFC 5322 §3.2.3: a phrase of atoms needs no quotes. */
static bool needs_quotes(const char *name)
{
    return strpbrk(name, "()<>[]:;@\\,.\"") != NULL;
}

char *mail_address_format(const MailAddress *address)
{
    if (!address->address)
        return g_strconcat(address->name ? address->name : "", ":", NULL);
    if (!address->name || !*address->name)
        return g_strdup(address->address);
    GString *out = g_string_new(NULL);
    if (needs_quotes(address->name)) {
        g_string_append_c(out, '"');
        for (const char *p = address->name; *p; p++) {
            if (*p == '"' || *p == '\\')
                g_string_append_c(out, '\\');
            g_string_append_c(out, *p);
        }
        g_string_append_c(out, '"');
    } else {
        g_string_append(out, address->name);
    }
    if (*address->address)
        g_string_append_printf(out, " <%s>", address->address);
    return g_string_free(out, FALSE);
}

char *mail_address_list_format(const GPtrArray *addresses)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        g_autofree char *one = mail_address_format(address);
        g_string_append(out, one);
        if (i + 1 < addresses->len)
            g_string_append(out, address->address ? ", " : " ");
    }
    return g_string_free(out, FALSE);
}

static GPtrArray *new_list(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)mail_address_free);
}

MessageSummary *message_summary_new(void)
{
    MessageSummary *summary = g_new0(MessageSummary, 1);
    summary->from = new_list();
    summary->sender = new_list();
    summary->reply_to = new_list();
    summary->to = new_list();
    summary->cc = new_list();
    summary->bcc = new_list();
    summary->references = g_new0(char *, 1);
    return summary;
}

void message_summary_free(MessageSummary *summary)
{
    if (!summary)
        return;
    g_free(summary->subject);
    g_ptr_array_unref(summary->from);
    g_ptr_array_unref(summary->sender);
    g_ptr_array_unref(summary->reply_to);
    g_ptr_array_unref(summary->to);
    g_ptr_array_unref(summary->cc);
    g_ptr_array_unref(summary->bcc);
    g_free(summary->message_id);
    g_strfreev(summary->references);
    g_free(summary->list_id);
    g_free(summary);
}

/* Several From fields are forbidden, and sent by those who deceive: all of them are shown. */
static void take_addresses(GPtrArray *list, const MimeField *field)
{
    g_autofree char *value = mime_field_unfold(field);
    g_autoptr(GPtrArray) more = mime_addresses_parse(value, strlen(value));
    g_ptr_array_set_free_func(more, NULL);
    for (guint i = 0; i < more->len; i++) {
        if (list->len < 10000)
            g_ptr_array_add(list, g_ptr_array_index(more, i));
        else
            mail_address_free(g_ptr_array_index(more, i));
    }
}

/* RFC 2919: the identifier in brackets behind a phrase; some lists leave the brackets away. */
static char *list_identifier(const char *value)
{
    const char *open = strrchr(value, '<');
    const char *close = open ? strchr(open, '>') : NULL;
    char *id = close ? g_strndup(open + 1, (gsize)(close - open - 1)) : g_strdup(value);
    g_strstrip(id);
    if (*id && strlen(id) < 500 && g_utf8_validate(id, -1, NULL))
        return id;
    g_free(id);
    return NULL;
}

typedef struct {
    MessageSummary *summary;
    char **references, **in_reply_to;
} Filling;

static void take_single(Filling *filling, const MimeField *field)
{
    MessageSummary *summary = filling->summary;
    if (mime_field_is(field, "Subject") && !summary->subject) {
        summary->subject =
            mime_decode_header_text(field->value, MIN(field->value_length, (gsize)MAX_SUBJECT));
    } else if (mime_field_is(field, "Date") && summary->date == 0) {
        mime_date_parse(field->value, field->value_length, &summary->date, NULL);
    } else if (mime_field_is(field, "Message-ID") && !summary->message_id) {
        g_auto(GStrv) ids = message_id_list_parse(field->value, field->value_length);
        summary->message_id = g_strdup(ids[0]);
    } else if (mime_field_is(field, "References") && !filling->references) {
        filling->references = message_id_list_parse(field->value, field->value_length);
    } else if (mime_field_is(field, "In-Reply-To") && !filling->in_reply_to) {
        filling->in_reply_to = message_id_list_parse(field->value, field->value_length);
    } else if (mime_field_is(field, "List-Id") && !summary->list_id) {
        g_autofree char *value = mime_field_unfold(field);
        summary->list_id = list_identifier(value);
    }
}

static void take_field(Filling *filling, const MimeField *field)
{
    MessageSummary *summary = filling->summary;
    const struct {
        const char *name;
        GPtrArray *list;
    } lists[] = { { "From", summary->from }, { "Sender", summary->sender }, { "Reply-To", summary->reply_to },
                  { "To", summary->to },     { "Cc", summary->cc },         { "Bcc", summary->bcc } };
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (mime_field_is(field, lists[i].name)) {
            take_addresses(lists[i].list, field);
            return;
        }
    }
    take_single(filling, field);
}

char **message_references(char **references, char **in_reply_to)
{
    if ((!references || !references[0]) && in_reply_to && in_reply_to[0]) {
        g_strfreev(references);
        references = g_new0(char *, 2);
        references[0] = g_strdup(in_reply_to[0]);
    }
    g_strfreev(in_reply_to);
    return references ? references : g_new0(char *, 1);
}

MessageSummary *message_summary_from_header(const char *bytes, gsize length)
{
    Filling filling = { .summary = message_summary_new() };
    MimeFields fields;
    MimeField field;
    mime_fields_init(&fields, bytes, length);
    while (mime_fields_next(&fields, &field))
        take_field(&filling, &field);
    g_strfreev(filling.summary->references);
    filling.summary->references = message_references(filling.references, filling.in_reply_to);
    return filling.summary;
}
