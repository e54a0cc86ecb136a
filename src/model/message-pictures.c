/* Pictures within the text: those that the HTML refers to (cid:), and attached ones below. Only what came with the message, never from anywhere else. */
#include "config.h"

#include "model/message-private.h"

#include <string.h>

#include "base/i18n.h"
#include "mime/choose.h"
#include "mime/filename.h"
#include "mime/picture.h"

#define PIXELS_MAX (40 * 1000 * 1000) /* decoded, four bytes each */

void model_set_pictures(Model *model, const ModelPictures *pictures)
{
    model->pictures = *pictures;
    for (guint i = 0; i < model->messages->len; i++)
        message_forget_text(model->messages->pdata[i]);
}

GBytes *model_message_picture(const ModelMessage *message, const char *section)
{
    const MessagePart *part = message->stored->structure ? message_part_find(message->stored->structure, section) : NULL;
    return part ? model_part_content(message->model, message->id, part) : NULL;
}

/* What comes by itself: small enough, and no drawing language that could ask for other files. */
static gboolean is_wanted(const ModelMessage *message, const MessagePart *part)
{
    static const char *const types[] = { "png", "jpeg", "jpg", "gif", "webp" };
    const ModelPictures *pictures = &message->model->pictures;
    if (!message_part_is(part, "image", NULL) || part->octets > pictures->octets_max)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(part->subtype, types[i]) == 0)
            return TRUE;
    return FALSE;
}

/* Asks for a part that is not here, once; it is drawn when it has come. */
static void want(ModelMessage *message, const MessagePart *part)
{
    const char *sections[] = { part->section, NULL };
    if (g_hash_table_add(message->asked, g_strdup(part->section)))
        engine_want_body(message->model->engine, message->id, sections);
}

/* Cells for a picture of so many pixels: its own size, or less where there is less room. */
static void fit(const ModelPictures *pictures, int width, int height, int columns_max, guint *rows, guint *columns)
{
    double most_wide = (double)columns_max * pictures->cell_width, most_high = (double)pictures->rows_max * pictures->cell_height;
    double scale = MIN(1.0, MIN(most_wide / width, most_high / height));
    *columns = (guint)CLAMP((width * scale + pictures->cell_width - 1) / pictures->cell_width, 1, columns_max);
    *rows = (guint)CLAMP((height * scale + pictures->cell_height - 1) / pictures->cell_height, 1, pictures->rows_max);
}

/* Lines for it, if it is here and is a picture; FALSE leaves the text as it is. */
static gboolean place(ModelMessage *message, RenderedText *text, const MessagePart *part, int width)
{
    if (!is_wanted(message, part))
        return FALSE;
    g_autoptr(GBytes) content = model_part_content(message->model, message->id, part);
    if (!content) {
        want(message, part);
        return FALSE;
    }
    gsize length;
    const guint8 *bytes = g_bytes_get_data(content, &length);
    int wide, high;
    if (!mime_picture_size(bytes, length, &wide, &high) || (gint64)wide * high > PIXELS_MAX)
        return FALSE;
    guint rows, columns;
    fit(&message->model->pictures, wide, high, MAX(width, 8), &rows, &columns);
    rendered_line_begin(text, RENDERED_PICTURE, 0, 0, false);
    rendered_picture_add(text, part->section, rows, columns);
    for (guint i = 1; i < rows; i++)
        rendered_line_begin(text, RENDERED_PICTURE, 0, 0, false);
    return TRUE;
}

static const MessagePart *find_by_id(const MessagePart *root, const char *source)
{
    g_autofree char *id = g_uri_unescape_string(source + strlen("cid:"), NULL);
    g_autoptr(GPtrArray) leaves = message_part_leaves(root);
    for (guint i = 0; id && i < leaves->len; i++) {
        const MessagePart *leaf = leaves->pdata[i];
        if (leaf->content_id && strcmp(leaf->content_id, id) == 0)
            return leaf;
    }
    return NULL;
}

static void copy_line(RenderedText *into, const RenderedText *from, guint index)
{
    const RenderedLine *line = rendered_line(from, index);
    rendered_line_begin(into, line->kind, line->quote, line->level, line->continued);
    for (guint r = 0; r < line->runs; r++) {
        const RenderedRun *run = rendered_run(from, line->first_run + r);
        rendered_run_add(into, from->text->str + run->offset, run->length, run->style, run->link);
    }
}

RenderedText *message_place_pictures(ModelMessage *message, RenderedText *text, int width)
{
    if (text->pictures->len == 0)
        return text;
    RenderedText *out = rendered_text_new();
    guint next = 0;
    for (guint i = 0; i < rendered_line_count(text); i++) {
        const RenderedPicture *picture = next < text->pictures->len ? text->pictures->pdata[next] : NULL;
        if (!picture || picture->line != i) {
            copy_line(out, text, i);
            continue;
        }
        next++;
        const MessagePart *part = find_by_id(message->stored->structure, picture->source);
        if (part)
            place(message, out, part, width);
    }
    GPtrArray *links = out->links;
    out->links = text->links;
    text->links = links;
    out->in_part = text->in_part;
    out->pictures_blocked = text->pictures_blocked;
    rendered_text_free(text);
    return out;
}

/* Has the text a picture of that section already? */
static gboolean is_shown(const RenderedText *text, const char *section)
{
    for (guint i = 0; i < text->pictures->len; i++)
        if (strcmp(((const RenderedPicture *)text->pictures->pdata[i])->source, section) == 0)
            return TRUE;
    return FALSE;
}

void message_add_attached_pictures(ModelMessage *message, RenderedText *text, int width)
{
    if (!message->model->pictures.on || !message->stored->structure)
        return;
    g_autoptr(GPtrArray) attachments = mime_list_attachments(message->stored->structure, message->model->text_preference);
    for (guint i = 0; i < attachments->len && text->pictures->len < MODEL_PICTURES_MAX; i++) {
        const MimeAttachment *attachment = attachments->pdata[i];
        if (attachment->is_inline || is_shown(text, attachment->part->section))
            continue;
        g_autoptr(RenderedText) one = rendered_text_new();
        rendered_line_begin(one, RENDERED_TEXT, 0, 0, false);
        rendered_line_begin(one, RENDERED_TEXT, 0, 0, false);
        g_autofree char *caption = g_strdup_printf("[%s]", attachment->name);
        rendered_run_add(one, caption, strlen(caption), RUN_IMAGE, 0);
        if (place(message, one, attachment->part, width))
            rendered_append(text, one);
    }
}
