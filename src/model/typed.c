#include "config.h"

#include "model/typed.h"

#include <string.h>

#include "mime/letter.h"
#include "query/query.h"

gboolean model_query_fault(const char *text, gsize *start, gsize *length)
{
    gsize offset = 0;
    g_autoptr(Query) query = query_parse(text, g_get_real_time() / G_USEC_PER_SEC, &offset, NULL);
    if (query)
        return FALSE;
    *start = MIN(offset, strlen(text));
    *length = strcspn(text + *start, " )");
    return TRUE;
}

/* The end of the address that begins here: the next comma that stands in no quotes. */
static gsize piece_end(const char *text, gsize at)
{
    for (gboolean quoted = FALSE; text[at] && (quoted || text[at] != ','); at++) {
        if (text[at] == '\\' && text[at + 1])
            at++;
        else
            quoted ^= text[at] == '"';
    }
    return at;
}

static gboolean is_addressed(const char *piece)
{
    g_autoptr(Letter) probe = letter_new();
    probe->to = g_strdup(piece);
    g_auto(GStrv) found = letter_recipients(probe, NULL);
    return found && found[0];
}

gboolean model_addresses_fault(const char *text, gsize *start, gsize *length)
{
    for (gsize at = 0; text[at];) {
        gsize end = piece_end(text, at), from = at;
        while (from < end && text[from] == ' ')
            from++;
        g_autofree char *piece = g_strchomp(g_strndup(text + from, end - from));
        *start = from;
        *length = strlen(piece);
        if (*piece && !is_addressed(piece))
            return TRUE;
        at = text[end] ? end + 1 : end;
    }
    return FALSE;
}
