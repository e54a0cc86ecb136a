/* HTML on standard input, the reader's text on standard output: html-dump WIDTH. For test_html_beside.py. */
#include "config.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "mime/render.h"

int main(int argc, char **argv)
{
    g_autoptr(GString) html = g_string_new(NULL);
    char buffer[4096];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, stdin)) > 0)
        g_string_append_len(html, buffer, (gssize)n);
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    message_part_set_parameter(part, "charset", "utf-8");
    RenderOptions options = { .width = argc > 1 ? atoi(argv[1]) : 80 };
    g_autoptr(RenderedText) rendered = mime_render_text(html->str, html->len, part, &options);
    g_autofree char *text = rendered_to_string(rendered);
    fputs(text, stdout);
    return 0;
}
