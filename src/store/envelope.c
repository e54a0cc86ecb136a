#include "config.h"

#include "store/envelope.h"

#include <string.h>

#define ENVELOPE_VERSION 1
#define SAME_AS_FROM 1
#define COUNT_OFFSET 2

static void append_number(GString *out, guint64 number)
{
    while (number >= 0x80) {
        g_string_append_c(out, (char) (number | 0x80));
        number >>= 7;
    }
    g_string_append_c(out, (char) number);
}

static void append_string(GString *out, const char *string)
{
    if (string == NULL) {
        append_number(out, 0);
        return;
    }
    gsize length = strlen(string);
    append_number(out, length + 1);
    g_string_append_len(out, string, (gssize) length);
}

static gboolean same_list(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const MailAddress *left = g_ptr_array_index(a, i), *right = g_ptr_array_index(b, i);
        if (g_strcmp0(left->name, right->name) != 0 || g_strcmp0(left->address, right->address) != 0)
            return FALSE;
    }
    return TRUE;
}

static void append_addresses(GString *out, const GPtrArray *list, const GPtrArray *from)
{
    if (from != NULL && same_list(list, from)) {
        append_number(out, SAME_AS_FROM);
        return;
    }
    append_number(out, list->len + COUNT_OFFSET);
    for (guint i = 0; i < list->len; i++) {
        const MailAddress *address = g_ptr_array_index(list, i);
        append_string(out, address->name);
        append_string(out, address->address);
    }
}

void envelope_append(GString *out, const MessageSummary *summary)
{
    append_number(out, ENVELOPE_VERSION);
    append_string(out, summary->message_id);
    append_string(out, summary->subject);
    append_string(out, summary->list_id);
    append_addresses(out, summary->from, NULL);
    append_addresses(out, summary->sender, summary->from);
    append_addresses(out, summary->reply_to, summary->from);
    append_addresses(out, summary->to, NULL);
    append_addresses(out, summary->cc, NULL);
    append_addresses(out, summary->bcc, NULL);
    guint count = g_strv_length(summary->references);
    append_number(out, count);
    for (guint i = 0; i < count; i++)
        append_string(out, summary->references[i]);
}

typedef struct {
    const guchar *p, *end;
} Cursor;

static guint64 read_number(Cursor *cursor)
{
    guint64 number = 0;
    for (guint shift = 0; cursor->p < cursor->end && shift < 63; shift += 7) {
        guchar byte = *cursor->p++;
        number |= (guint64) (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return number;
    }
    cursor->p = cursor->end;
    return 0;
}

static char *read_string(Cursor *cursor)
{
    guint64 length = read_number(cursor);
    if (length == 0 || length - 1 > (guint64) (cursor->end - cursor->p))
        return NULL;
    char *string = g_strndup((const char *) cursor->p, length - 1);
    cursor->p += length - 1;
    return string;
}

static void copy_addresses(GPtrArray *list, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++) {
        const MailAddress *address = g_ptr_array_index(from, i);
        g_ptr_array_add(list, mail_address_new(address->name, address->address));
    }
}

static void read_addresses(Cursor *cursor, GPtrArray *list, const GPtrArray *from)
{
    guint64 count = read_number(cursor);
    if (count == SAME_AS_FROM && from != NULL) {
        copy_addresses(list, from);
        return;
    }
    for (; count > COUNT_OFFSET && cursor->p < cursor->end; count--) {
        g_autofree char *name = read_string(cursor);
        g_autofree char *address = read_string(cursor);
        g_ptr_array_add(list, mail_address_new(name, address));
    }
}

static void read_references(Cursor *cursor, MessageSummary *summary)
{
    g_autoptr(GPtrArray) references = g_ptr_array_new();
    for (guint64 count = read_number(cursor); count > 0 && cursor->p < cursor->end; count--) {
        char *one = read_string(cursor);
        if (one != NULL)
            g_ptr_array_add(references, one);
    }
    g_ptr_array_add(references, NULL);
    g_strfreev(summary->references);
    summary->references = (char **) g_ptr_array_steal(references, NULL);
}

MessageSummary *envelope_read(const void *bytes, gsize length, gint64 date)
{
    MessageSummary *summary = message_summary_new();
    summary->date = date;
    Cursor cursor = { bytes, (const guchar *) bytes + length };
    if (bytes == NULL || read_number(&cursor) != ENVELOPE_VERSION)
        return summary;
    summary->message_id = read_string(&cursor);
    summary->subject = read_string(&cursor);
    summary->list_id = read_string(&cursor);
    read_addresses(&cursor, summary->from, NULL);
    read_addresses(&cursor, summary->sender, summary->from);
    read_addresses(&cursor, summary->reply_to, summary->from);
    read_addresses(&cursor, summary->to, NULL);
    read_addresses(&cursor, summary->cc, NULL);
    read_addresses(&cursor, summary->bcc, NULL);
    read_references(&cursor, summary);
    return summary;
}
