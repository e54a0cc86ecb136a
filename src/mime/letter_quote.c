/* What a letter takes over of a message's text, and what of a text is the writer's own. */
#include "config.h"

#include "mime/letter_reply.h"

#include <string.h>

#include "base/rendered.h"
#include "base/text.h"
#include "mime/render.h"

#define WRAP 72
#define KEPT 78 /* lines that the author broke are left alone up to here (RFC 5322 §2.1.1) */

/* Lines that the author broke stay as they are; what wraps by itself is wrapped as we would write it. */
static int width_for(const MessagePart *part)
{
    const char *format = part != NULL ? message_part_parameter(part, "format") : NULL;
    bool plain = part == NULL || message_part_is(part, "text", "plain");
    return plain && (format == NULL || g_ascii_strcasecmp(format, "flowed") != 0) ? KEPT : WRAP - 2;
}

static void append_line(GString *out, const char *line, gsize length, LetterTextKind kind)
{
    if (kind == LETTER_TEXT_QUOTED) {
        g_string_append_c(out, '>');
        if (length > 0 && *line != '>')
            g_string_append_c(out, ' ');
    }
    g_string_append_len(out, line, (gssize)length);
    g_string_append_c(out, '\n');
}

void letter_append_text(GString *out, const char *bytes, gsize length, const MessagePart *part, LetterTextKind kind)
{
    RenderOptions options = { .width = width_for(part), .no_link_numbers = true };
    g_autoptr(RenderedText) text = mime_render_text(bytes, length, part, &options);
    gsize end = out->len; /* behind the last line that holds something */
    for (guint i = 0; i < rendered_line_count(text); i++) {
        const RenderedLine *line = rendered_line(text, i);
        if (line->kind == RENDERED_NOTICE || (kind == LETTER_TEXT_QUOTED && line->kind == RENDERED_SIGNATURE))
            continue;
        gsize len;
        const char *start = rendered_line_text(text, i, &len);
        bool mark = line->kind == RENDERED_SIGNATURE && len == 3; /* "-- " keeps its space */
        while (len > 0 && start[len - 1] == ' ' && !mark)
            len--;
        append_line(out, start, len, kind);
        if (len > 0)
            end = out->len;
    }
    g_string_truncate(out, end);
}

/* ---- what the writer wrote ---- */

static bool is_break(const char *line)
{
    return strcmp(line, "-- ") == 0 || g_str_has_prefix(line, "---------- ");
}

static bool begins_a_word(const char *key, const char *word)
{
    for (const char *at = key; (at = strstr(at, word)) != NULL; at++)
        if (at == key || !g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(at))))
            return true;
    return false;
}

static bool has_word(const char *line, const char *const *words)
{
    g_autofree char *key = text_sort_key(line, -1);
    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *word = text_sort_key(words[i], -1);
        if (*word != '\0' && begins_a_word(key, word))
            return true;
    }
    return false;
}

char *letter_promises_attachment(const char *text, const char *const *words)
{
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (guint i = 0; lines[i] != NULL && !is_break(lines[i]); i++)
        if (*lines[i] != '>' && has_word(lines[i], words))
            return g_strdup(lines[i]);
    return NULL;
}
