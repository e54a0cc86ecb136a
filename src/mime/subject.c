/* What threading needs of a header: base subjects and Message-IDs; declared in summary.h. */
#include "config.h"
#include "mime/summary.h"

#include <stdbool.h>
#include <string.h>

#define MAX_IDS 500
#define MAX_ID 998

/* What mailers of the world write before the colon, lower case. RFC 5256 knows only the first of each. */
static const char *const reply_markers[] = {
    "re",  "aw",   "antw", "antwort", "sv",  "vs", "réf", "ref",  "rép",  "res",  "odp",   "ynt",
    "bls", "rif",  "r",    "отв",     "回复", "答复", "回覆", "返信", "תגובה", "رد",
};
static const char *const forward_markers[] = {
    "fwd", "fw", "wg", "vl", "vb", "tr", "rv", "enc", "pd", "i̇lt", "doorst", "trs", "转发", "轉寄", "転送", "הועבר",
};

static const char *skip_blank(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

/* "[anything without brackets] " at p; NULL when there is none. */
static const char *skip_blob(const char *p)
{
    if (*p != '[')
        return NULL;
    gsize inside = strcspn(p + 1, "[]");
    if (p[1 + inside] != ']')
        return NULL;
    return skip_blank(p + inside + 2);
}

/* The marker `marker` and its colon at p: "Re:", "Re[2]:", "Re^2 :", "回复：". NULL when it is not that. */
static const char *skip_this_marker(const char *p, const char *marker)
{
    gsize length = strlen(marker);
    if (strncmp(p, marker, length) != 0)
        return NULL;
    const char *q = skip_blank(p + length);
    if (*q == '^') {
        q++;
        q += strspn(q, "0123456789");
    }
    const char *blob = skip_blob(q);
    q = skip_blank(blob ? blob : q);
    if (*q == ':')
        return skip_blank(q + 1);
    return strncmp(q, "\357\274\232", 3) == 0 ? skip_blank(q + 3) : NULL; /* fullwidth colon */
}

static const char *skip_one_of(const char *p, const char *const *markers, gsize count)
{
    const char *after = NULL;
    for (gsize i = 0; i < count && !after; i++)
        after = skip_this_marker(p, markers[i]);
    return after;
}

static const char *skip_marker(const char *p)
{
    const char *after = skip_one_of(p, reply_markers, G_N_ELEMENTS(reply_markers));
    return after ? after : skip_one_of(p, forward_markers, G_N_ELEMENTS(forward_markers));
}

/* A leading "[list] Re:" or "Re:" (RFC 5256 subj-leader). Many blobs before the marker are one pass. */
static const char *skip_leader(const char *p)
{
    const char *q = p;
    for (int blobs = 0; blobs < 8; blobs++) {
        const char *after = skip_marker(q);
        if (after)
            return after;
        const char *blob = skip_blob(q);
        if (!blob)
            return NULL;
        q = blob;
    }
    return NULL;
}

/* Lower case, every white space one blank. */
static char *normalised(const char *subject)
{
    g_autofree char *valid = g_utf8_make_valid(subject, -1);
    g_autofree char *lower = g_utf8_strdown(valid, -1);
    GString *out = g_string_sized_new(strlen(lower) + 1);
    for (const char *p = lower; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c))
            g_string_append_unichar(out, c);
        else if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    return g_string_free(out, FALSE);
}

static bool strip_trailer(char *start)
{
    gsize length = strlen(start);
    bool forwarded = false;
    for (;;) {
        while (length > 0 && start[length - 1] == ' ')
            length--;
        if (length < 5 || strncmp(start + length - 5, "(fwd)", 5) != 0)
            break;
        length -= 5;
        forwarded = true;
    }
    start[length] = '\0';
    return forwarded;
}

char *message_base_subject(const char *subject, gboolean *is_reply)
{
    bool reply = false;
    g_autofree char *text = normalised(subject ? subject : "");
    char *p = (char *)skip_blank(text);

    for (bool changed = true; changed;) {
        changed = false;
        reply = strip_trailer(p) || reply;
        for (const char *next; (next = skip_leader(p)) != NULL; p = (char *)next)
            reply = true;
        for (const char *next; (next = skip_blob(p)) != NULL && *next; p = (char *)next)
            changed = true;
        gsize length = strlen(p);
        if (length > 6 && strncmp(p, "[fwd:", 5) == 0 && p[length - 1] == ']') {
            p[length - 1] = '\0';
            p = (char *)skip_blank(p + 5);
            reply = changed = true;
        }
    }
    if (is_reply)
        *is_reply = reply;
    return g_utf8_strup(p, -1);
}

/* Behind the markers at the start of a subject as it was written, whose case counts: each is looked for in the
 * lower-case form of what stands before its colon. */
static const char *skip_written(const char *subject, const char *const *markers, gsize count)
{
    for (;;) {
        while (g_unichar_isspace(g_utf8_get_char(subject)))
            subject = g_utf8_next_char(subject);
        const char *colon = strchr(subject, ':'), *wide = strstr(subject, "\357\274\232");
        const char *end = colon && (!wide || colon < wide) ? colon + 1 : wide ? wide + 3 : NULL;
        if (!end || end - subject > 40)
            return subject;
        g_autofree char *start = g_utf8_strdown(subject, end - subject);
        const char *after = skip_one_of(start, markers, count);
        if (!after || *after)
            return subject;
        subject = end;
    }
}

char *message_reply_subject(const char *subject)
{
    g_autofree char *valid = g_utf8_make_valid(subject ? subject : "", -1);
    const char *rest = skip_written(valid, reply_markers, G_N_ELEMENTS(reply_markers));
    /* "[list] Re: x": the mark goes, the list's name stays. */
    const char *blob = skip_blob(rest);
    const char *inner = blob ? skip_written(blob, reply_markers, G_N_ELEMENTS(reply_markers)) : NULL;
    if (inner && inner != blob)
        return g_strdup_printf("Re: %.*s%s", (int)(blob - rest), rest, inner);
    return g_strdup_printf("Re: %s", rest);
}

char *message_forward_subject(const char *subject)
{
    g_autofree char *valid = g_utf8_make_valid(subject ? subject : "", -1);
    return g_strdup_printf("Fwd: %s", skip_written(valid, forward_markers, G_N_ELEMENTS(forward_markers)));
}

static char *clean_id(const char *start, const char *end)
{
    GString *id = g_string_sized_new((gsize)(end - start) + 1);
    for (const char *p = start; p < end; p++)
        if ((unsigned char)*p > 0x20 && *p != 0x7f)
            g_string_append_c(id, *p);
    if (id->len > 0 && id->len <= MAX_ID && g_utf8_validate_len(id->str, id->len, NULL))
        return g_string_free(id, FALSE);
    g_string_free(id, TRUE);
    return NULL;
}

static void add_id(GPtrArray *ids, GHashTable *seen, char *id)
{
    if (!id)
        return;
    if (g_hash_table_contains(seen, id)) {
        g_free(id);
        return;
    }
    g_hash_table_add(seen, id);
    g_ptr_array_add(ids, id);
}

char **message_id_list_parse(const char *value, gsize length)
{
    GPtrArray *ids = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const char *p = value, *end = value + length;
    while (p < end && ids->len < MAX_IDS) {
        const char *open = memchr(p, '<', (gsize)(end - p));
        const char *close = open ? memchr(open, '>', (gsize)(end - open)) : NULL;
        if (!close)
            break;
        for (const char *inner; (inner = memchr(open + 1, '<', (gsize)(close - open - 1))) != NULL;)
            open = inner;
        add_id(ids, seen, clean_id(open + 1, close));
        p = close + 1;
    }
    /* Without brackets at all (some servers and programs): a single word with an @ is taken for one. */
    if (ids->len == 0 && length > 0 && length <= MAX_ID && memchr(value, '@', length) &&
        !memchr(value, ' ', length) && !memchr(value, '<', length))
        add_id(ids, seen, clean_id(value, end));
    g_ptr_array_add(ids, NULL);
    return (char **)g_ptr_array_free(ids, FALSE);
}
