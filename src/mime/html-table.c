/* Tables in HTML mail: grids are drawn in columns where they fit and told row by row where they do not. See
 * html-walk.h. */
#include "config.h"
#include "mime/html-walk.h"

#include "base/text.h"

#include <string.h>

#define MAX_COLUMNS 32
#define MAX_ROWS 2000
#define MAX_CELL_TEXT 400 /* more in a cell of several columns, and the table arranges a page */
#define GAP 2
#define MIN_COLUMN 6

typedef struct {
    Paragraph *text;
    guint column, span;
    bool header;
} Cell;

struct HtmlTable {
    GPtrArray *rows;  /* of GPtrArray* of Cell* */
    guint column;     /* of the next cell */
    Paragraph *outer; /* what walk->paragraph was */
    guint columns;
};

/* --- which tables are grids ------------------------------------------------------------------- */

typedef struct {
    guint rows, cells, widest_row, row_cells;
    gsize cell_text, longest_cell;
    bool not_grid;
} Census;

static bool is_page_element(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_BLOCKQUOTE:
        return true;
    default:
        return false;
    }
}

static void census_enter(GArray *open, const GumboNode *node)
{
    Census *table = open->len > 0 ? &g_array_index(open, Census, open->len - 1) : NULL;
    if (node->type == GUMBO_NODE_TEXT && table) {
        table->cell_text += strlen(node->v.text.text);
        return;
    }
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    GumboTag tag = node->v.element.tag;
    if (tag == GUMBO_TAG_TABLE) {
        if (table)
            table->not_grid = true;
        Census fresh = { 0 };
        g_array_append_val(open, fresh);
    } else if (!table) {
        return;
    } else if (tag == GUMBO_TAG_TR) {
        table->rows++;
        table->row_cells = 0;
    } else if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) {
        table->cells++;
        table->row_cells++;
        table->widest_row = MAX(table->widest_row, table->row_cells);
        table->cell_text = 0;
    } else if (is_page_element(tag)) {
        table->not_grid = true;
    }
}

static void census_leave(GArray *open, const GumboNode *node, GHashTable *grids)
{
    if (node->type != GUMBO_NODE_ELEMENT || open->len == 0)
        return;
    Census *table = &g_array_index(open, Census, open->len - 1);
    GumboTag tag = node->v.element.tag;
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
        table->longest_cell = MAX(table->longest_cell, table->cell_text);
    if (tag != GUMBO_TAG_TABLE)
        return;
    if (!table->not_grid && table->widest_row >= 2 && table->widest_row <= MAX_COLUMNS &&
        table->rows <= MAX_ROWS && table->longest_cell <= MAX_CELL_TEXT)
        g_hash_table_add(grids, (gpointer)node);
    g_array_set_size(open, open->len - 1);
}

GHashTable *html_find_grids(const GumboNode *root)
{
    GHashTable *grids = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) open = g_array_new(FALSE, TRUE, sizeof(Census));
    const GumboNode *node = root;
    for (;;) {
        census_enter(open, node);
        if (node->type == GUMBO_NODE_ELEMENT && node->v.element.children.length > 0) {
            node = node->v.element.children.data[0];
            continue;
        }
        for (;;) {
            census_leave(open, node, grids);
            if (node == root)
                return grids;
            const GumboNode *parent = node->parent;
            if (node->index_within_parent + 1 < parent->v.element.children.length) {
                node = parent->v.element.children.data[node->index_within_parent + 1];
                break;
            }
            node = parent;
        }
    }
}

/* --- gathering -------------------------------------------------------------------------------- */

static void cell_free(gpointer data)
{
    Cell *cell = data;
    paragraph_free(cell->text);
    g_free(cell);
}

static void row_free(gpointer data)
{
    g_ptr_array_unref(data);
}

bool html_table_is_cell(const HtmlWalk *walk, GumboTag tag)
{
    return walk->table && (tag == GUMBO_TAG_TR || tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH);
}

static void begin_cell(HtmlWalk *walk, const GumboNode *node)
{
    HtmlTable *table = walk->table;
    if (table->rows->len == 0 || table->column >= MAX_COLUMNS)
        return;
    const GumboAttribute *given = gumbo_get_attribute(&node->v.element.attributes, "colspan");
    guint span = given ? (guint)CLAMP(g_ascii_strtoll(given->value, NULL, 10), 1, MAX_COLUMNS) : 1;
    Cell *cell = g_new0(Cell, 1);
    cell->text = paragraph_new();
    cell->column = table->column;
    cell->span = MIN(span, MAX_COLUMNS - cell->column);
    cell->header = node->v.element.tag == GUMBO_TAG_TH;
    table->column += cell->span;
    table->columns = MAX(table->columns, table->column);
    g_ptr_array_add(g_ptr_array_index(table->rows, table->rows->len - 1), cell);
    walk->paragraph = cell->text;
    walk->paragraph_serial++;
}

void html_table_enter(HtmlWalk *walk, const GumboNode *node, HtmlFrame *frame)
{
    switch (node->v.element.tag) {
    case GUMBO_TAG_TABLE:
        if (walk->table || !g_hash_table_contains(walk->grids, node))
            return;
        walk->table = g_new0(HtmlTable, 1);
        walk->table->rows = g_ptr_array_new_with_free_func(row_free);
        walk->table->outer = walk->paragraph;
        frame->owns_table = true;
        break;
    case GUMBO_TAG_TR:
        if (walk->table) {
            g_ptr_array_add(walk->table->rows, g_ptr_array_new_with_free_func(cell_free));
            walk->table->column = 0;
        }
        break;
    default:
        if (walk->table)
            begin_cell(walk, node);
    }
}

/* --- laying out ------------------------------------------------------------------------------- */

/* Figures, amounts, dates: set to the right when a whole column is of them. */
static bool is_figure(const GString *text)
{
    guint digits = 0, letters = 0;
    for (const char *p = text->str; *p; p = g_utf8_next_char(p)) {
        digits += g_ascii_isdigit(*p) != 0;
        letters += g_unichar_isalpha(g_utf8_get_char(p)) != 0;
    }
    return digits > 0 && letters <= 3 && text->len <= 24;
}

typedef struct {
    int width[MAX_COLUMNS];
    bool figures[MAX_COLUMNS];
    bool used[MAX_COLUMNS];
} Columns;

static void measure(const HtmlTable *table, Columns *columns)
{
    memset(columns, 0, sizeof *columns);
    bool words[MAX_COLUMNS] = { false }; /* a cell that is no figure */
    for (guint r = 0; r < table->rows->len; r++) {
        const GPtrArray *row = g_ptr_array_index(table->rows, r);
        for (guint i = 0; i < row->len; i++) {
            const Cell *cell = g_ptr_array_index(row, i);
            if (cell->text->text->len == 0 || cell->span > 1)
                continue;
            columns->used[cell->column] = true;
            columns->width[cell->column] = MAX(columns->width[cell->column], paragraph_width(cell->text));
            if (cell->header || (r == 0 && table->rows->len > 2)) /* what stands above the figures */
                continue;
            if (is_figure(cell->text->text))
                columns->figures[cell->column] = true;
            else
                words[cell->column] = true;
        }
    }
    for (guint c = 0; c < MAX_COLUMNS; c++)
        columns->figures[c] = columns->figures[c] && !words[c];
}

static int total_width(const HtmlTable *table, const Columns *columns)
{
    int total = -GAP;
    for (guint c = 0; c < table->columns; c++)
        if (columns->used[c])
            total += columns->width[c] + GAP;
    return MAX(total, 0);
}

/* Takes from the widest column until all fit; false when that would leave columns too narrow to read. */
static bool shrink(const HtmlTable *table, Columns *columns, int room)
{
    for (int excess = total_width(table, columns) - room; excess > 0;) {
        guint widest = 0;
        int second = MIN_COLUMN;
        for (guint c = 1; c < table->columns; c++)
            if (columns->width[c] > columns->width[widest])
                widest = c;
        for (guint c = 0; c < table->columns; c++)
            if (c != widest)
                second = MAX(second, columns->width[c]);
        if (columns->width[widest] <= MIN_COLUMN * 2)
            return false;
        int take = CLAMP(columns->width[widest] - second, 1, excess);
        take = MIN(take, columns->width[widest] - MIN_COLUMN * 2);
        columns->width[widest] -= take;
        excess -= take;
    }
    return true;
}

/* Cells from the start of a cell's column to the end of its last. */
static int span_width(const HtmlTable *table, const Columns *columns, const Cell *cell)
{
    int width = -GAP;
    for (guint c = cell->column; c < cell->column + cell->span && c < table->columns; c++)
        if (columns->used[c])
            width += columns->width[c] + GAP;
    return MAX(width, 0);
}

typedef struct {
    const char *p, *end;
    guint span; /* into the paragraph's spans */
} Cursor;

static void add_spaces(RenderedText *out, int count)
{
    static const char blanks[] = "                                ";
    for (; count > 0; count -= (int)sizeof blanks - 1)
        rendered_run_add(out, blanks, (gsize)MIN(count, (int)sizeof blanks - 1), RUN_PLAIN, 0);
}

/* One line of a cell, padded to its width. Returns the cells written. */
static int add_cell_line(RenderedText *out, const Cell *cell, Cursor *cursor, int width, bool right)
{
    const char *line_end = cursor->p;
    const char *start = cursor->p;
    if (cursor->p < cursor->end)
        cursor->p = text_wrap_next(cursor->p, cursor->end, MAX(width, 1), &line_end);
    int used = text_display_width(start, line_end - start);
    if (right)
        add_spaces(out, width - used);
    const GArray *spans = cell->text->spans;
    const char *base = cell->text->text->str;
    while (start < line_end) {
        gsize at = (gsize)(start - base);
        while (cursor->span + 1 < spans->len && g_array_index(spans, Span, cursor->span + 1).offset <= at)
            cursor->span++;
        gsize stop = (gsize)(line_end - base);
        if (cursor->span + 1 < spans->len)
            stop = MIN(stop, (gsize)g_array_index(spans, Span, cursor->span + 1).offset);
        const Span *span = &g_array_index(spans, Span, cursor->span);
        rendered_run_add(out, start, stop - at, span->style, span->link);
        start = base + stop;
    }
    return right ? MAX(used, width) : used;
}

static void draw_row(HtmlWalk *walk, const GPtrArray *row, const Columns *columns, const LayoutStyle *style)
{
    g_autofree Cursor *cursors = g_new0(Cursor, row->len + 1);
    for (guint i = 0; i < row->len; i++) {
        const Cell *cell = g_ptr_array_index(row, i);
        cursors[i].p = cell->text->text->str;
        cursors[i].end = cursors[i].p + cell->text->text->len;
    }
    bool more = row->len > 0;
    for (bool first = true; more; first = false) {
        if (!layout_line_begin(walk->layout, style, !first))
            return;
        if (style->rest)
            rendered_run_add(walk->layout->out, style->rest, strlen(style->rest), RUN_PLAIN, 0);
        more = false;
        int due = 0; /* blanks owed before the next text, so that no line ends in blanks */
        for (guint i = 0; i < row->len; i++) {
            const Cell *cell = g_ptr_array_index(row, i);
            int width = span_width(walk->table, columns, cell);
            bool any = cursors[i].p < cursors[i].end;
            if (any) {
                add_spaces(walk->layout->out, due);
                due = 0;
            }
            bool right = cell->span == 1 && columns->figures[cell->column] && cell->column > 0;
            int used = any ? add_cell_line(walk->layout->out, cell, &cursors[i], width, right) : 0;
            due += MAX(width - used, 0) + (width > 0 ? GAP : 0);
            more = more || cursors[i].p < cursors[i].end;
        }
    }
}

static bool is_header_row(const GPtrArray *row)
{
    for (guint i = 0; i < row->len; i++)
        if (!((const Cell *)g_ptr_array_index(row, i))->header)
            return false;
    return row->len > 0;
}

static void draw_rule(HtmlWalk *walk, int width, const LayoutStyle *like)
{
    LayoutStyle style = *like;
    if (!layout_line_begin(walk->layout, &style, false))
        return;
    if (style.rest)
        rendered_run_add(walk->layout->out, style.rest, strlen(style.rest), RUN_PLAIN, 0);
    for (int i = 0; i < width; i++)
        rendered_run_add(walk->layout->out, "\342\224\200", 3, RUN_PLAIN, 0);
}

static void append_paragraph(Paragraph *to, const Paragraph *from)
{
    for (guint i = 0; i < from->spans->len; i++) {
        const Span *span = &g_array_index(from->spans, Span, i);
        gsize stop =
            i + 1 < from->spans->len ? g_array_index(from->spans, Span, i + 1).offset : from->text->len;
        stop = MIN(stop, from->text->len);
        if (span->offset < stop)
            paragraph_add(to, from->text->str + span->offset, stop - span->offset, span->style, span->link);
    }
}

/* Too wide for columns: each cell in a line of its own behind its column's heading, if there is one. */
static void tell_row(HtmlWalk *walk, const GPtrArray *row, const GPtrArray *header, const LayoutStyle *style)
{
    for (guint i = 0; i < row->len; i++) {
        const Cell *cell = g_ptr_array_index(row, i);
        if (cell->text->text->len == 0)
            continue;
        g_autoptr(Paragraph) line = paragraph_new();
        const Cell *title = header && i < header->len ? g_ptr_array_index(header, i) : NULL;
        if (title && title->text->text->len > 0) {
            append_paragraph(line, title->text);
            paragraph_add(line, ": ", 2, RUN_BOLD, 0);
        }
        append_paragraph(line, cell->text);
        layout_paragraph(walk->layout, line, style);
    }
}

static void draw(HtmlWalk *walk)
{
    HtmlTable *table = walk->table;
    HtmlFrame *frame = html_top(walk);
    g_autofree char *indent = g_strnfill((gsize)frame->indent, ' ');
    LayoutStyle style = { .kind = RENDERED_TABLE, .quote = frame->quote, .first = indent, .rest = indent };
    Columns columns;
    measure(table, &columns);
    bool fits = shrink(table, &columns, layout_room(walk->layout, frame->quote, indent));
    const GPtrArray *header = table->rows->len > 1 ? g_ptr_array_index(table->rows, 0) : NULL;
    if (header && !is_header_row(header))
        header = NULL;
    for (guint r = 0; r < table->rows->len && !walk->layout->full; r++) {
        const GPtrArray *row = g_ptr_array_index(table->rows, r);
        gsize text = 0;
        for (guint i = 0; i < row->len; i++)
            text += ((const Cell *)g_ptr_array_index(row, i))->text->text->len;
        if (text == 0)
            continue;
        if (fits) {
            draw_row(walk, row, &columns, &style);
            if (row == header)
                draw_rule(walk, total_width(table, &columns), &style);
        } else if (row != header) {
            tell_row(walk, row, header, &style);
            if (header && r + 1 < table->rows->len)
                layout_blank(walk->layout, frame->quote);
        }
    }
}

static void end_table(HtmlWalk *walk)
{
    HtmlTable *table = walk->table;
    bool any = false;
    for (guint r = 0; r < table->rows->len; r++) {
        const GPtrArray *row = g_ptr_array_index(table->rows, r);
        for (guint i = 0; i < row->len; i++) {
            const Cell *cell = g_ptr_array_index(row, i);
            paragraph_trim(cell->text);
            any = any || cell->text->text->len > 0;
        }
    }
    walk->paragraph = table->outer;
    walk->paragraph_serial++;
    walk->table = NULL;
    html_flush(walk); /* a caption, and what the parser put in front of the table */
    walk->table = table;
    if (any) {
        /* The margin that stands before any block, which html_flush() writes for paragraphs. */
        if (walk->blank_due && rendered_line_count(walk->layout->out) > walk->first_line)
            layout_blank(walk->layout, MIN(walk->last_quote, html_top(walk)->quote));
        walk->blank_due = false;
        walk->last_quote = html_top(walk)->quote;
        draw(walk);
    }
    walk->table = NULL;
    g_ptr_array_unref(table->rows);
    g_free(table);
}

void html_table_leave(HtmlWalk *walk, const GumboNode *node, HtmlFrame *frame)
{
    if (!walk->table || !node)
        return;
    GumboTag tag = node->v.element.tag;
    if (frame->owns_table) {
        end_table(walk);
        walk->blank_due = true;
    } else if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) {
        walk->paragraph = walk->table->outer;
        walk->paragraph_serial++;
    }
}
