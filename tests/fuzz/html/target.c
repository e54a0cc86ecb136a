/* HTML as text. The first octet chooses the charset, the width, whether quotes are hidden. */
#include "config.h"

#include "mime/render.h"

#include "../fuzz.h"

enum { MOST_LINES = 2000, MOST_BYTES = 4096 };

/* What a letter of a few kilobytes may grow to. The marks of quotes and lists are in front of every line; a
 * line holds at most `width` cells, and a cell at most a character of four bytes with its marks of three. */
static void assert_bounded(const RenderedText *rendered, const RenderOptions *options)
{
    gsize line = (gsize)(options->width + 64) * (4 + 3 * TEXT_MAX_MARKS);
    g_assert_cmpuint(rendered_line_count(rendered), <=, MOST_LINES + 8);
    g_assert_cmpuint(rendered->text->len, <=, (MOST_LINES + 8) * line);
    for (guint i = 0; i < rendered_line_count(rendered); i++) {
        gsize length;
        rendered_line_text(rendered, i, &length);
        if (rendered_line(rendered, i)->kind != RENDERED_NOTICE)
            g_assert_cmpuint(length, <=, line);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char *const CHARSETS[] = { NULL, "iso-2022-jp", "utf-7", "utf-8" };
    if (size == 0)
        return 0;
    guint how = data[0];
    g_autofree char *bytes = fuzz_copy(data + 1, size - 1);
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    if (how & 12)
        message_part_set_parameter(part, "charset", CHARSETS[how >> 2 & 3]);
    RenderOptions options = {
        .width = 20 + (int)(how >> 4 & 3) * 30,
        .hide_quotes = how & 64,
        .pictures = !(how & 64),
        .no_link_numbers = how & 128,
        .max_bytes = how & 1 ? MOST_BYTES : 128,
        .max_lines = how & 2 ? 10 : MOST_LINES,
    };
    g_autoptr(RenderedText) rendered = mime_render_text(bytes, size - 1, part, &options);
    fuzz_assert_rendered(rendered);
    assert_bounded(rendered, &options);
    g_autofree char *content = mime_text_content(bytes, size - 1, part);
    fuzz_assert_safe(content, -1, TEXT_MULTI_LINE);
    return 0;
}
