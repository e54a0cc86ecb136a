/* The places of pictures that came with the message. Which of them can be shown is for the reader to know. */
#include "config.h"
#include "mime/html-walk.h"

#define PICTURES_MAX 100 /* in one text */

void html_picture_met(HtmlWalk *walk, const char *source)
{
    if (source && walk->options->pictures && g_ascii_strncasecmp(source, "cid:", 4) == 0 &&
        walk->pictures->len + walk->layout->out->pictures->len < PICTURES_MAX)
        g_ptr_array_add(walk->pictures, g_strdup(source));
}

/* Behind their paragraph, since a picture among words would tear their line apart. */
void html_pictures_write(HtmlWalk *walk)
{
    LayoutStyle style = { .kind = RENDERED_PICTURE, .quote = html_top(walk)->quote };
    for (guint i = 0; i < walk->pictures->len; i++) {
        if (walk->blank_due && rendered_line_count(walk->layout->out) > walk->first_line)
            layout_blank(walk->layout, MIN(walk->last_quote, style.quote));
        walk->blank_due = false;
        walk->last_quote = style.quote;
        if (layout_line_begin(walk->layout, &style, false))
            rendered_picture_add(walk->layout->out, walk->pictures->pdata[i], 0, 0);
    }
    g_ptr_array_set_size(walk->pictures, 0);
}
