/* From what is in the store to laid-out text: header lines, the parts that are read, the source. */
#include "config.h"

#include "model/message-private.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "mime/address.h"
#include "mime/choose.h"
#include "mime/decoder.h"
#include "mime/message.h"
#include "mime/render.h"

#define MAX_SOURCE (4 * 1024 * 1024) /* bytes of a source laid out */

/* --- bodies out of the store ----------------------------------------------------------------------------- */

/* A section as it came, from its own row or cut out of the whole message (local mail, the demo, a message whose source was looked at). */
static GBytes *section_bytes(Model *model, gint64 message_id, const char *section)
{
    GBytes *bytes = store_reader_body(model->reader, message_id, section);
    if (bytes || !*section)
        return bytes;
    g_autoptr(GBytes) whole = store_reader_body(model->reader, message_id, "");
    if (!whole)
        return NULL;
    g_autoptr(MimeMessage) message = mime_message_new(whole);
    return mime_message_section(message, section);
}

GBytes *model_part_content(Model *model, gint64 message_id, const MessagePart *part)
{
    g_autoptr(GBytes) bytes = section_bytes(model, message_id, part->section);
    if (!bytes)
        return NULL;
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    return mime_decode(part->encoding, data, length);
}

GBytes *model_header_block(Model *model, gint64 message_id)
{
    return section_bytes(model, message_id, "HEADER");
}

/* --- what is needed ------------------------------------------------------------------------------------------ */

GPtrArray *message_text_parts(const ModelMessage *message)
{
    const MessagePart *root = message->stored->structure;
    if (!root)
        return NULL;
    const MessagePart *chosen = message->choice ? message_part_find(root, message->choice) : NULL;
    if (!chosen)
        return mime_choose_text(root, message->model->text_preference);
    GPtrArray *parts = g_ptr_array_new();
    g_ptr_array_add(parts, (gpointer) chosen);
    return parts;
}

/* An attached message that is shown inline has its own header section. */
static char *part_section(const MessagePart *part)
{
    if (message_part_is(part, "message", "rfc822"))
        return g_strdup_printf("%s.HEADER", part->section);
    return g_strdup(part->section);
}

static void add_missing(const ModelMessage *message, GPtrArray *missing, const char *section)
{
    g_autoptr(GBytes) here = section_bytes(message->model, message->id, section);
    if (!here)
        g_ptr_array_add(missing, g_strdup(section));
}

char **message_missing(const ModelMessage *message)
{
    GPtrArray *missing = g_ptr_array_new();
    if (message->show == MODEL_SHOW_SOURCE) {
        add_missing(message, missing, "");
    } else {
        g_autoptr(GPtrArray) parts = message_text_parts(message);
        for (guint i = 0; parts && i < parts->len; i++) {
            g_autofree char *section = part_section(g_ptr_array_index(parts, i));
            add_missing(message, missing, section);
        }
        if (message->show == MODEL_SHOW_HEADERS || message->want_header)
            add_missing(message, missing, "HEADER");
    }
    g_ptr_array_add(missing, NULL);
    return (char **) g_ptr_array_free(missing, FALSE);
}

/* --- header lines ------------------------------------------------------------------------------------------------ */

static void field(RenderedText *text, const char *name, const char *value, int width)
{
    /* Translators: the name of a header field and its colon. */
    g_autofree char *head = g_strdup_printf(_("%s:"), name);
    g_autofree char *line = g_strdup_printf("%s %s", head, value);
    gsize label = strlen(head);
    const char *end = line + strlen(line), *p = line, *line_end;
    for (gboolean first = TRUE; p < end; first = FALSE) {
        const char *next = text_wrap_next(p, end, MAX(width, 20), &line_end);
        rendered_line_begin(text, RENDERED_HEADER, 0, 0, !first);
        if (first && (gsize) (line_end - p) > label) {
            rendered_run_add(text, p, label, RUN_BOLD, 0);
            rendered_run_add(text, p + label, line_end - p - label, RUN_PLAIN, 0);
        } else {
            rendered_run_add(text, p, line_end - p, first ? RUN_BOLD : RUN_PLAIN, 0);
        }
        p = next;
    }
}

static void address_field(RenderedText *text, const char *name, const GPtrArray *addresses, int width)
{
    GString *out = g_string_new(NULL);
    guint count = addresses ? addresses->len : 0, told = MIN(count, (guint) MIME_ADDRESSES_SHOWN);
    for (guint i = 0; i < told; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        g_autofree char *shown = mime_address_show(address->name, address->address);
        g_string_append_printf(out, "%s%s", out->len ? ", " : "", shown);
    }
    if (told < count) {
        g_string_append_c(out, ' ');
        g_string_append_printf(out, ngettext("and %u more", "and %u more", count - told), count - told);
    }
    if (out->len > 0)
        field(text, name, out->str, width);
    g_string_free(out, TRUE);
}

/* Reply-To is told when it leads elsewhere than From: that is when it matters. */
static gboolean same_addresses(const GPtrArray *a, const GPtrArray *b)
{
    g_autofree char *left = mail_address_list_format(a);
    g_autofree char *right = mail_address_list_format(b);
    return strcmp(left, right) == 0;
}

static void label_line(RenderedText *text, const char *labels, int width)
{
    if (labels == NULL)
        return;
    g_auto(GStrv) names = g_strsplit(labels, "\n", -1);
    g_autofree char *joined = g_strjoinv(", ", names);
    g_autofree char *safe = model_safe(joined);
    field(text, _("Labels"), safe, width);
}

static void summary_lines(RenderedText *text, const StoreMessage *stored, int width)
{
    const MessageSummary *summary = stored->summary;
    if (!summary)
        return;
    address_field(text, _("From"), summary->from, width);
    if (summary->reply_to->len > 0 && !same_addresses(summary->reply_to, summary->from))
        address_field(text, _("Reply-To"), summary->reply_to, width);
    address_field(text, _("To"), summary->to, width);
    address_field(text, _("Cc"), summary->cc, width);
    address_field(text, _("Bcc"), summary->bcc, width);
    g_autofree char *date = time_format_full(stored->row->date);
    if (*date)
        field(text, _("Date"), date, width);
    g_autofree char *subject = model_safe(summary->subject ? summary->subject : "");
    field(text, _("Subject"), subject, width);
    label_line(text, stored->labels, width);
}

static void header_lines(ModelMessage *message, RenderedText *text, int width)
{
    g_autoptr(GBytes) header = message->show == MODEL_SHOW_HEADERS ? model_header_block(message->model, message->id) : NULL;
    if (header) {
        gsize length;
        const char *bytes = g_bytes_get_data(header, &length);
        g_autoptr(RenderedText) all = mime_render_header(bytes, length, true, width);
        rendered_append(text, all);
    } else {
        summary_lines(text, message->stored, width);
    }
    rendered_line_begin(text, RENDERED_TEXT, 0, 0, false);
}

/* --- the text ------------------------------------------------------------------------------------------------------ */

static void forwarded_lines(ModelMessage *message, RenderedText *text, const MessagePart *part, int width)
{
    g_autofree char *section = part_section(part);
    g_autoptr(GBytes) header = section_bytes(message->model, message->id, section);
    rendered_notice(text, _("Attached message:"));
    if (!header)
        return;
    gsize length;
    const char *bytes = g_bytes_get_data(header, &length);
    g_autoptr(RenderedText) lines = mime_render_header(bytes, length, false, width);
    rendered_append(text, lines);
    rendered_line_begin(text, RENDERED_TEXT, 0, 0, false);
}

static void part_lines(ModelMessage *message, RenderedText *text, const MessagePart *part, int width)
{
    if (message_part_is(part, "message", "rfc822")) {
        forwarded_lines(message, text, part, width);
        return;
    }
    g_autoptr(GBytes) content = model_part_content(message->model, message->id, part);
    if (!content) {
        if (message->state == MODEL_MESSAGE_HERE)
            rendered_notice(text, _("This part could not be had"));
        return;
    }
    gsize length;
    const char *bytes = g_bytes_get_data(content, &length);
    RenderOptions options = { .width = width, .pictures = message->model->pictures.on };
    g_autoptr(RenderedText) lines = message_place_pictures(message, mime_render_text(bytes, length, part, &options), width);
    rendered_append(text, lines);
}

static void text_lines(ModelMessage *message, RenderedText *text, int width)
{
    header_lines(message, text, width);
    g_autoptr(GPtrArray) parts = message_text_parts(message);
    const char *words = model_message_words(message);
    if (words)
        rendered_notice(text, words);
    for (guint i = 0; parts && i < parts->len; i++) {
        if (i > 0)
            rendered_line_begin(text, RENDERED_TEXT, 0, 0, false);
        part_lines(message, text, g_ptr_array_index(parts, i), width);
    }
    message_add_attached_pictures(message, text, width);
    if (parts && parts->len == 0 && !words && text->pictures->len == 0)
        rendered_notice(text, _("There is no text in this message, only attachments"));
}

static void source_lines(ModelMessage *message, RenderedText *text, int width)
{
    g_autoptr(GBytes) whole = section_bytes(message->model, message->id, "");
    if (!whole) {
        const char *words = model_message_words(message);
        rendered_notice(text, words ? words : _("The source could not be had"));
        return;
    }
    gsize length;
    const char *bytes = g_bytes_get_data(whole, &length);
    g_autofree char *safe = text_make_safe(bytes, MIN(length, (gsize) MAX_SOURCE), TEXT_MULTI_LINE);
    const char *p = safe, *end = safe + strlen(safe), *line_end;
    gboolean continued = FALSE;
    while (p < end) {
        const char *next = text_wrap_next(p, end, MAX(width, 20), &line_end);
        rendered_line_begin(text, RENDERED_PRE, 0, 0, continued);
        rendered_run_add(text, p, line_end - p, RUN_PLAIN, 0);
        continued = next > p && next[-1] != '\n';
        p = next;
    }
    if (length > MAX_SOURCE)
        rendered_notice(text, _("The rest of the source is not shown; saving the message has all of it"));
}

void message_forget_text(ModelMessage *message)
{
    g_clear_pointer(&message->text, rendered_text_free);
    g_clear_pointer(&message->shown_section, g_free);
}

const RenderedText *model_message_text(ModelMessage *message, int width)
{
    if (message->text && message->width == width)
        return message->text;
    message_forget_text(message);
    message->text = rendered_text_new();
    message->width = width;
    if (!model_frame_begin(message->model, NULL))
        return message->text;
    if (message->show == MODEL_SHOW_SOURCE)
        source_lines(message, message->text, width);
    else
        text_lines(message, message->text, width);
    model_frame_end(message->model);
    return message->text;
}
