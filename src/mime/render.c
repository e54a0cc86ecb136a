/* A part, a header or a whole message laid out for the reader (see render.h). */
#include "config.h"
#include "mime/render-internal.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/time.h"
#include "mime/address.h"
#include "mime/calendar.h"
#include "mime/charset.h"
#include "mime/choose.h"
#include "mime/date.h"
#include "mime/fields.h"
#include "mime/message.h"

#include <string.h>

#define DEFAULT_BYTES (4 * 1024 * 1024)
#define DEFAULT_LINES 100000
#define SHOWN_OF_A_QUOTE 3

static const RenderOptions default_options = { .width = 80 };

static Layout layout_for(const RenderOptions *options)
{
    return (Layout){
        .out = rendered_text_new(),
        .width = CLAMP(options->width, 20, 1000000),
        .max_lines = options->max_lines ? options->max_lines : DEFAULT_LINES,
    };
}

/* The charset that an HTML text states in itself, used when its part states none. Only the first kilobyte
 * counts, as in browsers. */
static char *charset_in_html(const char *bytes, gsize length)
{
    g_autofree char *head = g_ascii_strdown(bytes, (gssize)MIN(length, (gsize)1024));
    const char *charset = strstr(head, "charset=");
    if (!charset)
        return NULL;
    charset += strlen("charset=");
    charset += strspn(charset, "\"' ");
    return g_strndup(charset, strcspn(charset, "\"' />;"));
}

static bool is_html(const MessagePart *part)
{
    return part &&
           (message_part_is(part, "text", "html") || message_part_is(part, "application", "xhtml+xml"));
}

static bool is_calendar(const MessagePart *part)
{
    return part && g_ascii_strcasecmp(part->type, "text") == 0 && g_ascii_strcasecmp(part->subtype, "calendar") == 0;
}

static char *decode_text(const char *bytes, gsize length, const MessagePart *part)
{
    const char *charset = part ? message_part_parameter(part, "charset") : NULL;
    g_autofree char *own = NULL;
    if (!charset && is_html(part))
        charset = own = charset_in_html(bytes, length);
    return mime_to_utf8(bytes, length, charset, NULL);
}

/* Quotes of more than a few lines, folded to one line that says so. */
static RenderedText *fold_quotes(RenderedText *full)
{
    RenderedText *folded = rendered_text_new();
    guint count = rendered_line_count(full);
    for (guint i = 0; i < count;) {
        guint stop = i;
        while (stop < count && rendered_line(full, stop)->quote > 0)
            stop++;
        if (stop - i > SHOWN_OF_A_QUOTE) {
            g_autofree char *words = g_strdup_printf(
                ngettext("%u line of quotation", "%u lines of quotation", stop - i), stop - i);
            rendered_notice(folded, words);
            i = stop;
            continue;
        }
        stop = MAX(stop, i + 1);
        for (; i < stop; i++) {
            const RenderedLine *line = rendered_line(full, i);
            rendered_line_begin(folded, line->kind, line->quote, line->level, line->continued);
            for (guint r = 0; r < line->runs; r++) {
                const RenderedRun *run = rendered_run(full, line->first_run + r);
                rendered_run_add(folded, full->text->str + run->offset, run->length, run->style, run->link);
            }
        }
    }
    GPtrArray *links = folded->links;
    folded->links = full->links;
    full->links = links;
    folded->in_part = full->in_part;
    folded->pictures_blocked = full->pictures_blocked;
    rendered_text_free(full);
    return folded;
}

static void say_what_is_missing(Layout *layout, gsize left_out)
{
    if (left_out > 0 || layout->full || layout->out->in_part) {
        layout->out->in_part = true;
        g_autofree char *size = left_out > 0 ? text_human_size((gint64)left_out) : NULL;
        g_autofree char *words =
            size ? g_strdup_printf(
                       _("Shown in part: this text is very long (%s more). Save it to read all of it."), size)
                 : g_strdup(_("Shown in part: this text is very long. Save it to read all of it."));
        rendered_notice(layout->out, words);
    }
}

RenderedText *mime_render_text(const char *bytes, gsize length, const MessagePart *part,
                               const RenderOptions *options)
{
    if (!options)
        options = &default_options;
    gsize limit = options->max_bytes ? options->max_bytes : DEFAULT_BYTES;
    gsize left_out = length > limit ? length - limit : 0;
    length -= left_out;

    Layout layout = layout_for(options);
    g_autofree char *text = decode_text(bytes, length, part);
    if (is_html(part)) {
        render_html(&layout, text, strlen(text), options);
    } else {
        g_autofree char *event = is_calendar(part) ? mime_calendar_text(text, strlen(text)) : NULL;
        GString *safe = g_string_sized_new(strlen(text) + 1);
        text_append_safe(safe, event ? event : text, -1, TEXT_MULTI_LINE);
        render_plain(&layout, safe->str, safe->len, part, options);
        g_string_free(safe, TRUE);
    }
    RenderedText *rendered = options->hide_quotes ? fold_quotes(layout.out) : layout.out;
    layout.out = rendered;
    say_what_is_missing(&layout, left_out);
    return rendered;
}

char *mime_text_content(const char *bytes, gsize length, const MessagePart *part)
{
    RenderOptions options = { .width = 1000000, .no_link_numbers = true };
    g_autoptr(RenderedText) rendered = mime_render_text(bytes, length, part, &options);
    return rendered_to_string(rendered);
}

/* --- headers ---------------------------------------------------------------------------------- */

static void add_header_line(Layout *layout, const char *name, const char *value)
{
    g_autoptr(Paragraph) paragraph = paragraph_new();
    g_autofree char *label = g_strconcat(name, ": ", NULL);
    paragraph_add(paragraph, label, strlen(label), RUN_BOLD, 0);
    paragraph_add(paragraph, value, strlen(value), RUN_PLAIN, 0);
    LayoutStyle style = { .kind = RENDERED_HEADER, .rest = "    " };
    layout_paragraph(layout, paragraph, &style);
}

static void add_addresses(Layout *layout, const char *name, const GPtrArray *addresses)
{
    if (addresses->len == 0)
        return;
    GString *value = g_string_new(NULL);
    guint shown = MIN(addresses->len, (guint)MIME_ADDRESSES_SHOWN);
    for (guint i = 0; i < shown; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        g_autofree char *one = mime_address_show(address->name, address->address);
        g_string_append(value, one);
        if (i + 1 < shown)
            g_string_append(value, address->address ? ", " : " ");
    }
    if (shown < addresses->len) {
        guint more = addresses->len - shown;
        g_string_append_c(value, ' ');
        g_string_append_printf(value, ngettext("and %u more", "and %u more", more), more);
    }
    add_header_line(layout, name, value->str);
    g_string_free(value, TRUE);
}

static void add_sender_date(Layout *layout, const char *header, gsize length)
{
    MimeFields fields;
    MimeField field;
    mime_fields_init(&fields, header, length);
    while (mime_fields_next(&fields, &field)) {
        gint64 date;
        int offset;
        if (!mime_field_is(&field, "Date"))
            continue;
        g_autofree char *words = NULL;
        if (mime_date_parse(field.value, field.value_length, &date, &offset))
            words = time_format_sender(date, offset);
        else
            words =
                text_make_safe(field.value, (gssize)MIN(field.value_length, (gsize)200), TEXT_SINGLE_LINE);
        add_header_line(layout, _("Date"), words);
        return;
    }
}

static void render_usual_header(Layout *layout, const char *header, gsize length)
{
    g_autoptr(MessageSummary) summary = message_summary_from_header(header, length);
    add_addresses(layout, _("From"), summary->from);
    add_addresses(layout, _("Reply-To"), summary->reply_to);
    add_addresses(layout, _("To"), summary->to);
    add_addresses(layout, _("Cc"), summary->cc);
    add_addresses(layout, _("Bcc"), summary->bcc);
    add_sender_date(layout, header, length);
    g_autofree char *subject = text_make_safe(summary->subject ? summary->subject : "", -1, TEXT_SINGLE_LINE);
    add_header_line(layout, _("Subject"), *subject ? subject : _("(no subject)"));
}

/* Enough for any honest header; a hostile one says that there was more. */
#define MAX_FIELDS 2000
#define MAX_FIELD_SHOWN 20000

static void render_all_fields(Layout *layout, const char *header, gsize length)
{
    MimeFields fields;
    MimeField field;
    guint count = 0;
    mime_fields_init(&fields, header, length);
    while (mime_fields_next(&fields, &field)) {
        if (++count > MAX_FIELDS) {
            layout->out->in_part = true;
            rendered_notice(layout->out, _("Shown in part: this message has thousands of header fields."));
            return;
        }
        gsize kept = MIN(field.value_length, (gsize)MAX_FIELD_SHOWN);
        g_autofree char *name =
            text_make_safe(field.name, (gssize)MIN(field.name_length, (gsize)200), TEXT_SINGLE_LINE);
        g_autofree char *decoded = mime_decode_header_text(field.value, kept);
        g_autofree char *value = text_make_safe(decoded, -1, TEXT_SINGLE_LINE);
        add_header_line(layout, name, value);
    }
}

RenderedText *mime_render_header(const char *header, gsize length, bool all, int width)
{
    RenderOptions options = { .width = width };
    Layout layout = layout_for(&options);
    if (all)
        render_all_fields(&layout, header, length);
    else
        render_usual_header(&layout, header, length);
    return layout.out;
}

/* --- whole messages --------------------------------------------------------------------------- */

static void append_blank(RenderedText *rendered)
{
    if (rendered_line_count(rendered) > 0)
        rendered_line_begin(rendered, RENDERED_TEXT, 0, 0, false);
}

static void append_header(RenderedText *rendered, GBytes *header, const RenderOptions *options)
{
    gsize length;
    const char *bytes = g_bytes_get_data(header, &length);
    g_autoptr(RenderedText) lines = mime_render_header(bytes ? bytes : "", length, false, options->width);
    append_blank(rendered);
    rendered_append(rendered, lines);
}

static void append_part(RenderedText *rendered, MimeMessage *message, const MessagePart *part,
                        const RenderOptions *options)
{
    if (message_part_is(part, "message", "rfc822")) {
        g_autofree char *section = g_strconcat(part->section, ".HEADER", NULL);
        g_autoptr(GBytes) header = mime_message_section(message, section);
        if (header)
            append_header(rendered, header, options);
        return;
    }
    g_autoptr(GBytes) content = mime_message_decoded(message, part->section);
    if (!content)
        return;
    gsize length;
    const char *bytes = g_bytes_get_data(content, &length);
    g_autoptr(RenderedText) lines = mime_render_text(bytes ? bytes : "", length, part, options);
    append_blank(rendered);
    rendered_append(rendered, lines);
}

static void append_attachments(RenderedText *rendered, const MessagePart *root, const char *preference)
{
    g_autoptr(GPtrArray) attachments = mime_list_attachments(root, preference);
    bool first = true;
    for (guint i = 0; i < attachments->len; i++) {
        const MimeAttachment *attachment = g_ptr_array_index(attachments, i);
        if (attachment->shown || attachment->is_inline)
            continue;
        if (first)
            append_blank(rendered);
        first = false;
        g_autofree char *size = text_human_size((gint64)MIN(attachment->octets, (guint64)G_MAXINT64));
        /* TRANSLATORS: name of an attached file, its type, its size */
        g_autofree char *words =
            g_strdup_printf(_("Attached: %s (%s, %s)"), attachment->name, attachment->type, size);
        rendered_notice(rendered, words);
    }
}

RenderedText *mime_render_message(GBytes *raw, const char *preference, const RenderOptions *options)
{
    if (!options)
        options = &default_options;
    RenderedText *rendered = rendered_text_new();
    g_autoptr(MimeMessage) message = mime_message_new(raw);
    g_autoptr(GBytes) header = mime_message_section(message, "HEADER");
    append_header(rendered, header, options);
    const MessagePart *root = mime_message_structure(message);
    g_autoptr(GPtrArray) texts = mime_choose_text(root, preference);
    for (guint i = 0; i < texts->len; i++)
        append_part(rendered, message, g_ptr_array_index(texts, i), options);
    append_attachments(rendered, root, preference);
    if (mime_message_is_in_part(message)) {
        rendered->in_part = true;
        rendered_notice(rendered,
                        _("Shown in part: this message has too many parts or nests them too deeply."));
    }
    return rendered;
}
