#include "config.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What GLib only complains of (a NULL where none may be) is a finding: with abort(), because libFuzzer does not
 * keep the input when GLib ends the program its own way, by SIGTRAP. */
static GLogWriterOutput on_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user)
{
    g_log_writer_standard_streams(level, fields, n, user);
    if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
        abort();
    return G_LOG_WRITER_HANDLED;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    g_setenv("TZ", "UTC", TRUE); /* the same days everywhere, and no file looked up for them */
    g_log_set_writer_func(on_log, NULL, NULL);
    return 0;
}

char *fuzz_copy(const guint8 *data, gsize size)
{
    char *copy = g_malloc(MAX(size, 1)); /* never NULL, so that none of the targets need ask */
    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}

char *fuzz_string(const guint8 *data, gsize size, bool utf8)
{
    char *text = g_strndup((const char *)data, size);
    if (!utf8 || g_utf8_validate(text, -1, NULL))
        return text;
    char *valid = g_utf8_make_valid(text, -1);
    g_free(text);
    return valid;
}

static bool is_between(gunichar c, gunichar first, gunichar last)
{
    return c >= first && c <= last;
}

static bool is_safe_char(gunichar c, TextMode mode)
{
    if (c < 0x20)
        return c == '\n' && mode == TEXT_MULTI_LINE;
    if (c < 0x7f)
        return true;
    if (c == 0x200c || c == 0x200d) /* joiners, that Persian and Indic words are spelt with */
        return mode == TEXT_MULTI_LINE;
    return !(is_between(c, 0x7f, 0x9f) ||                     /* DEL and C1 */
             c == 0xad || c == 0x61c || c == 0x180e ||        /* invisible */
             is_between(c, 0x200b, 0x200f) ||                 /* zero width, direction marks */
             is_between(c, 0x2028, 0x202e) ||                 /* separators, BiDi embeddings */
             is_between(c, 0x2060, 0x206f) ||                 /* isolates, invisible operators */
             is_between(c, 0xfe00, 0xfe0f) || c == 0xfeff ||  /* variation selectors, byte order mark */
             is_between(c, 0xfff9, 0xfffb) ||                 /* interlinear annotation */
             is_between(c, 0xe0000, 0xe0fff) ||               /* tags */
             (c & 0xfffe) == 0xfffe || is_between(c, 0xfdd0, 0xfdef)); /* no characters */
}

void fuzz_assert_safe(const char *text, gssize length, TextMode mode)
{
    const char *end = text + (length < 0 ? (gssize)strlen(text) : length);
    g_assert_true(g_utf8_validate(text, end - text, NULL));
    for (const char *p = text; p < end; p = g_utf8_next_char(p))
        g_assert_true(is_safe_char(g_utf8_get_char(p), mode));
}

void fuzz_assert_showable(const char *text)
{
    if (text == NULL)
        return;
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (TextMode mode = TEXT_SINGLE_LINE; mode <= TEXT_MULTI_LINE; mode++) {
        g_autofree char *safe = text_make_safe(text, -1, mode);
        fuzz_assert_safe(safe, -1, mode);
        g_autofree char *again = text_make_safe(safe, -1, mode);
        g_assert_cmpstr(safe, ==, again);
    }
}

static void assert_lines(const RenderedText *rendered)
{
    guint runs = 0;
    for (guint i = 0; i < rendered->lines->len; i++) {
        const RenderedLine *line = rendered_line(rendered, i);
        g_assert_cmpuint(line->first_run, ==, runs); /* every run stands on exactly one line */
        runs += line->runs;
        gsize length;
        const char *text = rendered_line_text(rendered, i, &length);
        g_assert_true(g_utf8_validate(text, (gssize)length, NULL));
    }
    g_assert_cmpuint(runs, ==, rendered->runs->len);
}

void fuzz_assert_rendered(const RenderedText *rendered)
{
    fuzz_assert_safe(rendered->text->str, (gssize)rendered->text->len, TEXT_MULTI_LINE);
    g_assert_null(memchr(rendered->text->str, '\n', rendered->text->len)); /* ends of lines are not text */
    guint offset = 0;
    for (guint i = 0; i < rendered->runs->len; i++) {
        const RenderedRun *run = rendered_run(rendered, i);
        g_assert_cmpuint(run->offset, ==, offset);
        offset += run->length;
        g_assert_cmpuint(run->link, <=, rendered->links->len);
    }
    g_assert_cmpuint(offset, ==, rendered->text->len);
    assert_lines(rendered);
    for (guint i = 1; i <= rendered->links->len; i++) {
        fuzz_assert_safe(rendered_link_at(rendered, i)->text, -1, TEXT_MULTI_LINE);
        fuzz_assert_safe(rendered_link_at(rendered, i)->target, -1, TEXT_SINGLE_LINE);
    }
}
