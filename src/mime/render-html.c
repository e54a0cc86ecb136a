/* HTML for the reader (see render.h): a walk over the cleaned tree with a stack of its own, one frame for
 * each element that is open. */
#include "config.h"
#include "mime/render-internal.h"

#include "base/i18n.h"
#include "base/text.h"
#include "mime/html-walk.h"
#include "mime/links.h"

#include <string.h>

/* --- what an element says --------------------------------------------------------------------- */

static const char *attribute(const GumboNode *node, const char *name)
{
    const GumboAttribute *found = gumbo_get_attribute(&node->v.element.attributes, name);
    return found ? found->value : NULL;
}

/* The value of a property in a style attribute that was brought to lower case without blanks; NULL if it is
 * not there. */
static const char *style_value(const char *style, const char *property)
{
    gsize length = strlen(property);
    for (const char *p = style; (p = strstr(p, property)) != NULL; p++)
        if ((p == style || p[-1] == ';') && p[length] == ':')
            return p + length + 1;
    return NULL;
}

static bool is_zero(const char *value)
{
    return value && *value == '0' && value[1] != '.' && !g_ascii_isdigit(value[1]);
}

/* The style attribute without white space, in lower case; NULL for none. Caller frees. */
static char *bare_style(const GumboNode *node)
{
    const char *given = attribute(node, "style");
    if (!given)
        return NULL;
    GString *bare = g_string_new(NULL);
    for (const char *p = given; *p; p++)
        if (!g_ascii_isspace(*p))
            g_string_append_c(bare, g_ascii_tolower(*p));
    return g_string_free(bare, FALSE);
}

static void read_style(const GumboNode *node, HtmlFrame *frame)
{
    if (attribute(node, "hidden"))
        frame->hidden = true;
    g_autofree char *style = bare_style(node);
    if (!style)
        return;
    const char *display = style_value(style, "display");
    const char *visibility = style_value(style, "visibility");
    const char *size = style_value(style, "font-size");
    const char *height = style_value(style, "max-height");
    const char *opacity = style_value(style, "opacity");
    const char *weight = style_value(style, "font-weight");
    if ((display && g_str_has_prefix(display, "none")) ||
        (visibility && g_str_has_prefix(visibility, "hidden")) || is_zero(height) || is_zero(opacity))
        frame->hidden = true;
    /* Newsletters put size 0 around their columns and give the columns a size again: not hidden, only without
     * letters of its own. */
    if (size)
        frame->no_size = is_zero(size);
    if (weight && (g_str_has_prefix(weight, "bold") || g_ascii_strtoull(weight, NULL, 10) >= 600))
        frame->style |= RUN_BOLD;
}

/* A length that an attribute or else the style gives in pixels; −1 for none. */
static int pixels(const GumboNode *node, const char *name)
{
    const char *value = attribute(node, name);
    g_autofree char *style = value ? NULL : bare_style(node);
    if (style) {
        const char *styled = style_value(style, name);
        gsize digits = styled ? strspn(styled, "0123456789") : 0;
        value = digits > 0 && g_str_has_prefix(styled + digits, "px") ? styled : NULL;
    }
    return value && g_ascii_isdigit(*value) && !strchr(value, '%')
               ? (int)MIN(g_ascii_strtoull(value, NULL, 10), (guint64)100000)
               : -1;
}

/* --- text ------------------------------------------------------------------------------------- */

static bool is_html_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

/* There is something to read in the link. */
static void use_link(HtmlWalk *walk, guint link)
{
    if (link == 0)
        return;
    walk->used_link = link;
    walk->highest_used = MAX(walk->highest_used, link);
}

/* Sanitised where it enters the paragraph, after all decoding (entities are the parser's). */
static void add_safe(HtmlWalk *walk, const char *text, gsize length)
{
    g_string_truncate(walk->scratch, 0);
    text_append_safe(walk->scratch, text, (gssize)length, TEXT_MULTI_LINE);
    HtmlFrame *frame = html_top(walk);
    guint link = frame->link;
    if (strspn(walk->scratch->str, " \n") < walk->scratch->len)
        use_link(walk, link);
    else if (walk->used_link != link) /* blanks alone do not make a link worth its number */
        link = 0;
    paragraph_add(walk->paragraph, walk->scratch->str, walk->scratch->len, frame->style, link);
}

static bool ends_with_space(const GString *text)
{
    return text->len == 0 || text->str[text->len - 1] == ' ' || text->str[text->len - 1] == '\n';
}

static bool ends_with_hard_spaces(const GString *text)
{
    return text->len >= 4 && memcmp(text->str + text->len - 4, "\302\240\302\240", 4) == 0;
}

/* White space collapses to one blank, also across elements; rows of hard blanks, which hide the text behind a
 * preview, to two. */
static void add_collapsed(HtmlWalk *walk, const char *text)
{
    g_autoptr(GString) collapsed = g_string_new(NULL);
    bool after_space = ends_with_space(walk->paragraph->text);
    bool hard = ends_with_hard_spaces(walk->paragraph->text);
    for (const char *p = text; *p; p++) {
        if (is_html_space(*p)) {
            if (!after_space)
                g_string_append_c(collapsed, ' ');
            after_space = true;
            continue;
        }
        if ((unsigned char)*p == 0xc2 && (unsigned char)p[1] == 0xa0) {
            if (!hard && !ends_with_hard_spaces(collapsed))
                g_string_append(collapsed, "\302\240");
            p++;
            after_space = false;
            continue;
        }
        hard = false;
        after_space = false;
        g_string_append_c(collapsed, *p);
    }
    add_safe(walk, collapsed->str, collapsed->len);
}

static void add_text(HtmlWalk *walk, const char *text)
{
    HtmlFrame *frame = html_top(walk);
    if (frame->hidden || frame->no_size)
        return;
    if (!frame->pre) {
        add_collapsed(walk, text);
        return;
    }
    /* The first line end behind <pre> is not part of it; the parser has seen to that. */
    add_safe(walk, text, strlen(text));
}

/* --- links and pictures ----------------------------------------------------------------------- */

static void open_link(HtmlWalk *walk, const GumboNode *node, HtmlFrame *frame)
{
    if (frame->hidden)
        return;
    g_autofree char *target = link_clean_target(attribute(node, "href"));
    if (!target)
        return;
    frame->target = g_steal_pointer(&target);
    frame->link_start = walk->paragraph->text->len;
    frame->link_paragraph = walk->paragraph_serial;
    frame->style |= RUN_LINK;
    guint known = walk->layout->out->links->len;
    frame->link = rendered_link(walk->layout->out, "", frame->target, link_deceives("", frame->target));
    frame->new_link = walk->layout->out->links->len > known;
    /* A link within a link is forbidden, and the parser makes it of broken tables: the outer one waits. */
    frame->outer_used = walk->used_link;
    frame->outer_numbered = walk->numbered;
    walk->numbered = 0;
    walk->used_link = 0;
}

/* Behind the text of a link: what it is called goes into the table, its number (and its target, when that is
 * not what the text says) into the text. Done once, at the link's end or at the end of the first block in it.
 */
static void number_link(HtmlWalk *walk, const HtmlFrame *frame)
{
    walk->numbered = frame->link;
    Paragraph *paragraph = walk->paragraph;
    gsize start =
        frame->link_paragraph == walk->paragraph_serial ? MIN(frame->link_start, paragraph->text->len) : 0;
    g_autofree char *text = g_strstrip(g_strdup(paragraph->text->str + start));
    RenderedLink *link = g_ptr_array_index(walk->layout->out->links, frame->link - 1);
    if (!*link->text) {
        g_free(link->text);
        link->text = g_strdup(text);
    }
    bool deceives = link_deceives(text, link->target);
    link->mismatch = link->mismatch || deceives;
    paragraph_trim(paragraph);
    if (deceives) {
        g_autofree char *shown = g_strdup_printf(" <%s>", link->target);
        paragraph_add(paragraph, shown, strlen(shown), RUN_LINK_TARGET | RUN_WARNING, frame->link);
    }
    if (!walk->options->no_link_numbers)
        paragraph_add_link_number(paragraph, frame->style & (guint)~RUN_LINK, frame->link);
}

static void close_link(HtmlWalk *walk, const HtmlFrame *frame)
{
    if (!frame->link || !frame->target)
        return;
    GPtrArray *links = walk->layout->out->links;
    bool used = walk->used_link == frame->link;
    if (used && walk->numbered != frame->link)
        number_link(walk, frame);
    /* Around nothing: no number is spent on it, unless a link within led to the same target. */
    if (!used && frame->new_link && frame->link == links->len && frame->link > walk->highest_used)
        g_ptr_array_remove_index(links, links->len - 1);
    bool same = used && frame->link == g_array_index(walk->stack, HtmlFrame, walk->stack->len - 2).link;
    walk->used_link = same ? frame->link : frame->outer_used;
    walk->numbered = same ? frame->link : frame->outer_numbered;
}

static void add_picture(HtmlWalk *walk, const GumboNode *node)
{
    HtmlFrame *frame = html_top(walk);
    HtmlFrame own = { 0 };
    read_style(node, &own);
    int width = pixels(node, "width"), height = pixels(node, "height");
    if (frame->hidden || own.hidden || (width >= 0 && width <= 2) || (height >= 0 && height <= 2))
        return; /* a tracking pixel or a spacer: nothing to tell */
    const char *source = attribute(node, "src");
    if (source && (g_ascii_strncasecmp(source, "http", 4) == 0 || g_str_has_prefix(source, "//")))
        walk->layout->out->pictures_blocked++;
    html_picture_met(walk, source);
    const char *words = attribute(node, "alt");
    if (!words || !*words)
        words = attribute(node, "title");
    if ((!words || !*words) && frame->link)
        words = _("picture");
    if (!words || !*words)
        return;
    g_autofree char *safe = text_make_safe(words, (gssize)MIN(strlen(words), (gsize)500), TEXT_SINGLE_LINE);
    if (!*safe)
        return;
    g_autofree char *shown = g_strdup_printf("[%s]", safe);
    paragraph_add(walk->paragraph, shown, strlen(shown), html_style(walk) | RUN_IMAGE, frame->link);
    use_link(walk, frame->link);
}

/* --- blocks ----------------------------------------------------------------------------------- */

HtmlFrame *html_top(HtmlWalk *walk)
{
    return &g_array_index(walk->stack, HtmlFrame, walk->stack->len - 1);
}

guint html_style(HtmlWalk *walk)
{
    return html_top(walk)->style;
}

static void write_paragraph(HtmlWalk *walk)
{
    Paragraph *paragraph = walk->paragraph;
    HtmlFrame *frame = html_top(walk);
    if (frame->link && walk->used_link == frame->link && walk->numbered != frame->link)
        number_link(walk, frame);
    walk->paragraph_serial++;
    paragraph_trim(paragraph);
    if (paragraph->text->len == 0) {
        paragraph_clear(paragraph);
        return;
    }
    if (walk->blank_due && rendered_line_count(walk->layout->out) > walk->first_line)
        layout_blank(walk->layout, MIN(walk->last_quote, frame->quote));
    walk->blank_due = false;
    walk->last_quote = frame->quote;

    g_autofree char *rest = g_strnfill((gsize)frame->indent, ' ');
    g_autofree char *first = walk->marker ? g_strdup(walk->marker) : g_strdup(rest);
    g_clear_pointer(&walk->marker, g_free);
    LayoutStyle style = {
        .kind = frame->heading ? RENDERED_HEADING
                : frame->pre   ? RENDERED_PRE
                               : RENDERED_TEXT,
        .quote = frame->quote,
        .level = frame->heading,
        .first = first,
        .rest = rest,
        .keep_lines = frame->pre,
    };
    layout_paragraph(walk->layout, paragraph, &style);
    paragraph_clear(paragraph);
}

/* Writes what has been gathered. */
void html_flush(HtmlWalk *walk)
{
    if (walk->table) /* cells gather theirs until the table is laid out */
        return;
    write_paragraph(walk);
    html_pictures_write(walk);
}

static void add_break(HtmlWalk *walk)
{
    GString *text = walk->paragraph->text;
    /* On a line without text it is the empty line that <div><br></div> means; more than one in a row is
     * layout. */
    if (text->len == 0)
        walk->blank_due = walk->blank_due || !walk->table;
    if (text->len == 0 || g_str_has_suffix(text->str, "\n\n"))
        return;
    paragraph_add(walk->paragraph, "\n", 1, html_style(walk), 0);
}

static void block_begin(HtmlWalk *walk, bool margin)
{
    if (walk->table)
        add_break(walk);
    else
        html_flush(walk);
    walk->blank_due = walk->blank_due || (margin && !walk->table);
}

static void add_rule(HtmlWalk *walk)
{
    block_begin(walk, false);
    if (walk->table)
        return;
    LayoutStyle style = { .kind = RENDERED_RULE, .quote = html_top(walk)->quote };
    int room = MIN(layout_room(walk->layout, style.quote, NULL), 200);
    if (!layout_line_begin(walk->layout, &style, false))
        return;
    for (int i = 0; i < room; i++)
        rendered_run_add(walk->layout->out, "\342\224\200", 3, RUN_PLAIN, 0);
}

static void open_list(HtmlFrame *frame, const GumboNode *node, bool ordered)
{
    const char *start = attribute(node, "start");
    frame->ordered = ordered;
    frame->counter = start && ordered ? (int)CLAMP(g_ascii_strtoll(start, NULL, 10), -9999, 9999) - 1 : 0;
}

/* The nearest list around: its counter, its depth. */
static void open_item(HtmlWalk *walk, HtmlFrame *frame)
{
    static const char *const bullets[] = { "\342\200\242 ", "\342\227\246 ", "\342\226\252 " };
    guint depth = 0;
    HtmlFrame *list = NULL;
    for (guint i = walk->stack->len; i-- > 0;) {
        HtmlFrame *outer = &g_array_index(walk->stack, HtmlFrame, i);
        if (!outer->is_list)
            continue;
        if (!list)
            list = outer;
        depth++;
    }
    char number[24];
    const char *marker = bullets[depth > 0 ? (depth - 1) % G_N_ELEMENTS(bullets) : 0];
    if (list && list->ordered) {
        g_snprintf(number, sizeof number, "%d. ", ++list->counter);
        marker = number;
    }
    /* An item in an item, both without text yet: the outer marker has been waiting. */
    g_autofree char *waiting = g_steal_pointer(&walk->marker);
    g_autofree char *indent = waiting ? g_strdup(waiting) : g_strnfill((gsize)frame->indent, ' ');
    walk->marker = g_strconcat(indent, marker, NULL);
    frame->indent += text_display_width(marker, -1);
}

static void limit_indent(HtmlWalk *walk, HtmlFrame *frame)
{
    frame->indent = MIN(frame->indent, walk->layout->width / 2);
}

/* --- entering and leaving elements ------------------------------------------------------------ */

static bool has_margin(const HtmlWalk *walk, GumboTag tag)
{
    if (html_block_kind(tag) != BLOCK_MARGIN)
        return false;
    if (tag != GUMBO_TAG_UL && tag != GUMBO_TAG_OL && tag != GUMBO_TAG_P)
        return true;
    /* A list in a list, and a paragraph that begins an item, stand close. */
    for (guint i = 0; i < walk->stack->len; i++)
        if (g_array_index(walk->stack, HtmlFrame, i).is_list)
            return false;
    return true;
}

static void enter_special(HtmlWalk *walk, const GumboNode *node, HtmlFrame *frame)
{
    GumboTag tag = node->v.element.tag;
    switch (tag) {
    case GUMBO_TAG_A:
        open_link(walk, node, frame);
        break;
    case GUMBO_TAG_BLOCKQUOTE:
        frame->quote = MIN(frame->quote + 1, 200u);
        break;
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_LISTING:
        frame->pre = !walk->table;
        break;
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
        frame->is_list = true;
        frame->indent += walk->list_indent;
        open_list(frame, node, tag == GUMBO_TAG_OL);
        break;
    case GUMBO_TAG_LI:
        open_item(walk, frame);
        break;
    case GUMBO_TAG_DD:
        frame->indent += 4;
        break;
    case GUMBO_TAG_DT:
        frame->style |= RUN_BOLD;
        break;
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
        html_table_enter(walk, node, frame);
        break;
    default:
        break;
    }
    limit_indent(walk, frame);
}

static void enter(HtmlWalk *walk, const GumboNode *node)
{
    GumboTag tag = node->v.element.tag;
    HtmlFrame frame = *html_top(walk);
    frame.node = node;
    frame.target = NULL;
    frame.is_list = false;
    frame.owns_table = false;
    read_style(node, &frame);
    frame.style |= html_inline_style(tag);
    if (!frame.hidden) {
        /* What came before is written as the elements around it say, so before this one is on the stack. */
        if (html_block_kind(tag) != BLOCK_NONE && !html_table_is_cell(walk, tag))
            block_begin(walk, has_margin(walk, tag));
        if (html_heading_level(tag) && !walk->table) {
            frame.style |= RUN_BOLD;
            frame.heading = html_heading_level(tag);
        }
        enter_special(walk, node, &frame);
    }
    g_array_append_val(walk->stack, frame);
}

static void leave(HtmlWalk *walk)
{
    HtmlFrame frame = *html_top(walk);
    GumboTag tag = frame.node ? frame.node->v.element.tag : GUMBO_TAG_UNKNOWN;
    if (!frame.hidden) {
        if (tag == GUMBO_TAG_A)
            close_link(walk, &frame);
        if (html_block_kind(tag) != BLOCK_NONE && !html_table_is_cell(walk, tag))
            block_begin(walk, has_margin(walk, tag) && !frame.is_list);
        if (tag == GUMBO_TAG_LI)
            g_clear_pointer(&walk->marker, g_free);
        html_table_leave(walk, frame.node, &frame);
    }
    g_free(frame.target);
    g_array_set_size(walk->stack, walk->stack->len - 1);
    if (frame.is_list && !frame.hidden)
        walk->blank_due = walk->blank_due || has_margin(walk, tag);
}

static void visit_void(HtmlWalk *walk, const GumboNode *node)
{
    if (html_top(walk)->hidden)
        return;
    switch (node->v.element.tag) {
    case GUMBO_TAG_BR:
        add_break(walk);
        break;
    case GUMBO_TAG_HR:
        add_rule(walk);
        break;
    case GUMBO_TAG_IMG:
        add_picture(walk, node);
        break;
    default:
        break;
    }
}

/* The node behind `node` in document order, leaving elements on the way up; NULL at the end. */
static const GumboNode *next_after(HtmlWalk *walk, const GumboNode *node, const GumboNode *root)
{
    for (;;) {
        const GumboNode *parent = node->parent;
        const GumboVector *siblings = &parent->v.element.children;
        if (node->index_within_parent + 1 < siblings->length)
            return siblings->data[node->index_within_parent + 1];
        if (parent == root)
            return NULL;
        leave(walk);
        node = parent;
    }
}

static void walk_tree(HtmlWalk *walk, const GumboNode *root)
{
    const GumboNode *node = root->v.element.children.length > 0 ? root->v.element.children.data[0] : NULL;
    while (node && !walk->layout->full) {
        if (node->type == GUMBO_NODE_ELEMENT && html_is_void(node->v.element.tag)) {
            visit_void(walk, node);
        } else if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) {
            enter(walk, node);
            if (node->v.element.children.length > 0) {
                node = node->v.element.children.data[0];
                continue;
            }
            leave(walk);
        } else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
                   node->type == GUMBO_NODE_CDATA) {
            add_text(walk, node->v.text.text);
        }
        node = next_after(walk, node, root);
    }
    while (walk->stack->len > 1)
        leave(walk);
}

static const GumboNode *body_of(const GumboOutput *output)
{
    const GumboVector *children = &output->root->v.element.children;
    for (guint i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        if (child->type == GUMBO_NODE_ELEMENT && child->v.element.tag == GUMBO_TAG_BODY)
            return child;
    }
    return output->root;
}

void render_html(Layout *layout, const char *html, gsize length, const RenderOptions *options)
{
    bool cut = false;
    g_autofree char *clean = html_clean(html, length, &cut);
    GumboOptions parser = kGumboDefaultOptions;
    parser.max_errors = 0;
    GumboOutput *output = gumbo_parse_with_options(&parser, clean, strlen(clean));
    HtmlWalk walk = {
        .layout = layout,
        .options = options,
        .paragraph = paragraph_new(),
        .stack = g_array_new(FALSE, TRUE, sizeof(HtmlFrame)),
        .scratch = g_string_new(NULL),
        .pictures = g_ptr_array_new_with_free_func(g_free),
        .list_indent = 0,
        .first_line = rendered_line_count(layout->out),
    };
    HtmlFrame bottom = { 0 };
    g_array_append_val(walk.stack, bottom);
    const GumboNode *body = body_of(output);
    walk.grids = html_find_grids(body);
    walk_tree(&walk, body);
    html_flush(&walk);
    if (cut)
        layout->out->in_part = true;
    g_hash_table_unref(walk.grids);
    g_array_free(walk.stack, TRUE);
    g_string_free(walk.scratch, TRUE);
    g_ptr_array_unref(walk.pictures);
    paragraph_free(walk.paragraph);
    g_free(walk.marker);
    gumbo_destroy_output(&kGumboDefaultOptions, output);
}
