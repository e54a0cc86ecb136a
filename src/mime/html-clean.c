/* HTML before it meets the parser: reduced to the tags and attributes that the renderer reads, within bounds.
 *
 * Gumbo does what HTML5 says, and HTML5 lets a small text make a large tree: every <p> opens again each
 * <font> that was left open, with all its attributes; every tag may look through all elements that are open;
 * and Gumbo frees its tree by recursion. A megabyte of such tags is minutes and gigabytes. So nesting,
 * formatting elements left open, tags and attributes are counted here, in one pass, and what goes over is
 * left out. Scripts, styles, comments, frames and drawings go here too, whole: nothing after this page knows
 * them. */
#include "config.h"
#include "mime/render-internal.h"

#include <string.h>

#define MAX_TAGS 60000
#define MAX_DEPTH 250
#define MAX_FORMATTING 12
#define MAX_ATTRIBUTES 8
#define MAX_VALUE 4096
#define MAX_STYLE 1024

typedef enum {
    TAG_NESTING,    /* anything that nests */
    TAG_IMPLIED,    /* ends by itself where the next begins: cannot nest without a nesting one between */
    TAG_FORMATTING, /* HTML5's formatting elements: opened again in each block */
    TAG_VOID,       /* has no end */
    TAG_DROPPED,    /* goes with all that it holds */
    TAG_RAW,        /* the same, and its content is no HTML: only its end tag ends it */
} TagClass;

typedef struct {
    const char *name; /* as written */
    gsize length;
} Name;

typedef struct {
    const char *p, *end;
    GString *out;
    guint tags;
    Name open[MAX_DEPTH]; /* nesting elements that are open */
    guint depth;
    guint formatting[14]; /* left open, of each formatting element */
    guint formatting_total;
    guint32 missing_ends; /* raw elements whose end tag was looked for in vain: do not look again */
    bool cut;
} Cleaner;

typedef struct {
    const char *name; /* as written */
    gsize length;
    bool closing;
    const char *attributes; /* behind the name */
    const char *end;        /* at the '>' */
} Tag;

static const char *const void_tags[] = { "area",  "base", "br",   "col",   "embed",  "hr", "img",
                                         "input", "link", "meta", "param", "source", "wbr" };
static const char *const formatting_tags[] = { "a",    "b", "big",   "code",   "em",     "font", "i",
                                               "nobr", "s", "small", "strike", "strong", "tt",   "u" };
static const char *const implied_tags[] = { "p",     "li",    "td",    "th",   "tr",   "dt",   "dd",
                                            "tbody", "thead", "tfoot", "html", "head", "body", "colgroup" };
static const char *const raw_tags[] = { "script",   "style", "title",    "iframe",   "noembed",
                                        "noframes", "xmp",   "textarea", "plaintext" };
static const char *const dropped_tags[] = { "svg",    "math",  "object", "applet", "template",
                                            "select", "audio", "video",  "canvas", "frameset" };
static const char *const kept_attributes[] = { "href",   "src",     "alt",     "title", "width",
                                               "height", "style",   "hidden",  "start", "type",
                                               "border", "colspan", "reversed" };

static int find_name(const char *const *names, gsize count, const char *name, gsize length)
{
    for (gsize i = 0; i < count; i++)
        if (strlen(names[i]) == length && g_ascii_strncasecmp(names[i], name, length) == 0)
            return (int)i;
    return -1;
}

#define FIND(names, tag) find_name(names, G_N_ELEMENTS(names), (tag)->name, (tag)->length)

static TagClass class_of(const Tag *tag)
{
    if (FIND(void_tags, tag) >= 0)
        return TAG_VOID;
    if (FIND(raw_tags, tag) >= 0)
        return TAG_RAW;
    if (FIND(dropped_tags, tag) >= 0)
        return TAG_DROPPED;
    if (FIND(formatting_tags, tag) >= 0)
        return TAG_FORMATTING;
    return FIND(implied_tags, tag) >= 0 ? TAG_IMPLIED : TAG_NESTING;
}

/* The '>' of the tag whose name ends at p, quotes respected as far as they are closed within reason. */
static const char *find_tag_end(const char *p, const char *end)
{
    const char *limit = end - p > 16384 ? p + 16384 : end;
    char quote = 0;
    const char *q = p;
    for (; q < limit; q++) {
        if (quote) {
            if (*q == quote)
                quote = 0;
        } else if ((*q == '"' || *q == '\'') && q > p && (q[-1] == '=' || q[-1] == ' ')) {
            quote = *q;
        } else if (*q == '>') {
            return q;
        }
    }
    /* A quote that never closes: the tag ends at its first '>', or there is no tag. */
    return memchr(p, '>', (gsize)(limit - p));
}

/* A tag at p (which is '<'). */
static bool read_tag(const char *p, const char *end, Tag *tag)
{
    tag->closing = p + 1 < end && p[1] == '/';
    tag->name = p + 1 + tag->closing;
    if (tag->name >= end || !g_ascii_isalpha(*tag->name))
        return false;
    const char *q = tag->name;
    while (q < end && (g_ascii_isalnum(*q) || *q == ':' || *q == '-' || *q == '_'))
        q++;
    tag->length = (gsize)(q - tag->name);
    tag->attributes = q;
    tag->end = find_tag_end(q, end);
    return tag->end != NULL;
}

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '/';
}

static void append_value(GString *out, const char *value, gsize length)
{
    g_string_append(out, "=\"");
    for (gsize i = 0; i < length; i++) {
        if (value[i] == '"')
            g_string_append(out, "&quot;");
        else if (value[i] == '<')
            g_string_append(out, "&lt;");
        else if (value[i])
            g_string_append_c(out, value[i]);
    }
    g_string_append_c(out, '"');
}

static void copy_attributes(Cleaner *cleaner, const Tag *tag, bool formatting)
{
    guint count = 0, seen = 0;
    bool link = tag->length == 1 && g_ascii_tolower(*tag->name) == 'a';
    for (const char *p = tag->attributes; p < tag->end && count < MAX_ATTRIBUTES;) {
        while (p < tag->end && is_white(*p))
            p++;
        const char *name = p;
        while (p < tag->end && !is_white(*p) && *p != '=')
            p++;
        gsize name_length = (gsize)(p - name);
        while (p < tag->end && is_white(*p) && *p != '/')
            p++;
        const char *value = NULL;
        gsize length = 0;
        if (p < tag->end && *p == '=') {
            for (p++; p < tag->end && is_white(*p) && *p != '/';)
                p++;
            char quote = p < tag->end && (*p == '"' || *p == '\'') ? *p++ : 0;
            value = p;
            while (p < tag->end && (quote ? *p != quote : !is_white(*p) || *p == '/'))
                p++;
            length = (gsize)(p - value);
            if (quote && p < tag->end)
                p++;
        } else if (name_length == 0) {
            p++;
            continue;
        }
        int known = find_name(kept_attributes, G_N_ELEMENTS(kept_attributes), name, name_length);
        if (known < 0 || (seen & 1u << known))
            continue;
        bool is_style = strcmp(kept_attributes[known], "style") == 0;
        /* Formatting elements may be multiplied by the parser: they keep a link's target and no more. */
        if (formatting && !(link && known == 0) && !(is_style && length <= 64))
            continue;
        if (length > (is_style ? MAX_STYLE : MAX_VALUE))
            continue;
        seen |= 1u << known;
        count++;
        g_string_append_c(cleaner->out, ' ');
        g_string_append(cleaner->out, kept_attributes[known]);
        if (value)
            append_value(cleaner->out, value, length);
    }
}

static void copy_tag(Cleaner *cleaner, const Tag *tag, bool formatting)
{
    g_string_append(cleaner->out, tag->closing ? "</" : "<");
    g_string_append_len(cleaner->out, tag->name, (gssize)tag->length);
    if (!tag->closing)
        copy_attributes(cleaner, tag, formatting);
    g_string_append_c(cleaner->out, '>');
}

/* Behind the end tag of a raw element; NULL when there is none. */
static const char *skip_raw(const char *p, const char *end, const char *name, gsize length)
{
    while (p < end) {
        const char *open = memchr(p, '<', (gsize)(end - p));
        if (!open || (gsize)(end - open) < length + 3)
            return NULL;
        if (open[1] == '/' && g_ascii_strncasecmp(open + 2, name, length) == 0 &&
            !g_ascii_isalnum(open[2 + length])) {
            const char *close = memchr(open, '>', (gsize)(end - open));
            return close ? close + 1 : end;
        }
        p = open + 1;
    }
    return NULL;
}

static void drop_element(Cleaner *cleaner, const Tag *tag, guint index)
{
    cleaner->p = tag->end + 1;
    if (tag->closing || (tag->end > tag->name && tag->end[-1] == '/') ||
        (cleaner->missing_ends & 1u << index))
        return;
    const char *after = skip_raw(cleaner->p, cleaner->end, tag->name, tag->length);
    if (after)
        cleaner->p = after;
    else /* never closed: a browser would swallow the rest of the mail; here only the tag goes */
        cleaner->missing_ends |= 1u << index;
}

/* Counts an element that opens or closes. False when it is one too many. Only an end tag of the same name
 * takes one back: "</i>" closes no <b>, here or in the parser. */
static bool count_formatting(Cleaner *cleaner, const Tag *tag)
{
    guint index = (guint)FIND(formatting_tags, tag);
    if (tag->closing) {
        if (cleaner->formatting[index] > 0) {
            cleaner->formatting[index]--;
            cleaner->formatting_total--;
        }
        return true;
    }
    if (index == 0 && cleaner->formatting[0] > 0) /* a link ends where the next begins */
        return true;
    if (cleaner->formatting_total >= MAX_FORMATTING && index != 0)
        return false;
    cleaner->formatting[index]++;
    cleaner->formatting_total++;
    return true;
}

static bool count_nesting(Cleaner *cleaner, const Tag *tag)
{
    if (!tag->closing) {
        if (cleaner->depth >= MAX_DEPTH)
            return false;
        cleaner->open[cleaner->depth++] = (Name){ tag->name, tag->length };
        return true;
    }
    for (guint i = cleaner->depth; i-- > 0;) {
        const Name *name = &cleaner->open[i];
        if (name->length == tag->length && g_ascii_strncasecmp(name->name, tag->name, tag->length) == 0) {
            memmove(&cleaner->open[i], &cleaner->open[i + 1], (cleaner->depth - i - 1) * sizeof(Name));
            cleaner->depth--;
            break;
        }
    }
    return true;
}

static void feed_tag(Cleaner *cleaner, const Tag *tag)
{
    TagClass class = class_of(tag);
    if (class == TAG_RAW || class == TAG_DROPPED) {
        int raw = FIND(raw_tags, tag);
        drop_element(cleaner, tag,
                     raw >= 0 ? (guint)raw
                              : (guint)(G_N_ELEMENTS(raw_tags) + (gsize)FIND(dropped_tags, tag)));
        return;
    }
    cleaner->p = tag->end + 1;
    if (++cleaner->tags > MAX_TAGS) {
        cleaner->cut = true;
        cleaner->p = cleaner->end;
        return;
    }
    if (class == TAG_FORMATTING && !count_formatting(cleaner, tag))
        return;
    if (class == TAG_NESTING && !count_nesting(cleaner, tag))
        return;
    copy_tag(cleaner, tag, class == TAG_FORMATTING);
}

/* "<!-- … -->", "<!DOCTYPE …>", "<?xml … ?>", "<![if …]>". */
static void skip_declaration(Cleaner *cleaner)
{
    const char *p = cleaner->p;
    gsize left = (gsize)(cleaner->end - p);
    if (left >= 4 && memcmp(p, "<!--", 4) == 0 && !(cleaner->missing_ends & 1u << 31)) {
        const char *close = memmem(p + 4, left - 4, "-->", 3);
        if (close) {
            cleaner->p = close + 3;
            return;
        }
        cleaner->missing_ends |= 1u << 31;
    }
    /* Never closed: the tag alone goes, and what would have been the comment is read. */
    const char *close = memchr(p, '>', MIN(left, (gsize)4096));
    if (left >= 4 && memcmp(p, "<!--", 4) == 0)
        cleaner->p = p + 4;
    else
        cleaner->p = close ? close + 1 : p + 2;
}

char *html_clean(const char *html, gsize length, bool *cut)
{
    Cleaner cleaner = { .p = html, .end = html + length, .out = g_string_sized_new(length + 1) };
    while (cleaner.p < cleaner.end) {
        const char *open = memchr(cleaner.p, '<', (gsize)(cleaner.end - cleaner.p));
        const char *stop = open ? open : cleaner.end;
        g_string_append_len(cleaner.out, cleaner.p, stop - cleaner.p);
        cleaner.p = stop;
        Tag tag;
        if (!open)
            break;
        if (read_tag(open, cleaner.end, &tag)) {
            feed_tag(&cleaner, &tag);
        } else if (open + 1 < cleaner.end && (open[1] == '!' || open[1] == '?')) {
            skip_declaration(&cleaner);
        } else { /* a lone '<' is text */
            g_string_append(cleaner.out, "&lt;");
            cleaner.p++;
        }
    }
    if (cut)
        *cut = cleaner.cut;
    return g_string_free(cleaner.out, FALSE);
}
