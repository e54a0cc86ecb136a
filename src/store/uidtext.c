#include "config.h"

#include "store/uidtext.h"

static int compare_uids(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;
    return left < right ? -1 : left > right;
}

static void append_range(GString *text, guint32 first, guint32 last)
{
    if (text->len > 0)
        g_string_append_c(text, ',');
    g_string_append_printf(text, "%u", first);
    if (last > first)
        g_string_append_printf(text, ":%u", last);
}

char *uidtext_format(const GArray *uids)
{
    g_autoptr(GArray) sorted = g_array_sized_new(FALSE, FALSE, sizeof(guint32), uids->len);
    for (guint i = 0; i < uids->len; i++)
        if (g_array_index(uids, guint32, i) != 0)
            g_array_append_val(sorted, g_array_index(uids, guint32, i));
    if (sorted->len == 0)
        return NULL;
    g_array_sort(sorted, compare_uids);
    GString *text = g_string_new(NULL);
    guint32 first = g_array_index(sorted, guint32, 0), last = first;
    for (guint i = 1; i < sorted->len; i++) {
        guint32 uid = g_array_index(sorted, guint32, i);
        if (uid - last > 1) {
            append_range(text, first, last);
            first = uid;
        }
        last = uid;
    }
    append_range(text, first, last);
    return g_string_free(text, FALSE);
}

/* The UID at *p, or 0. */
static guint32 read_uid(const char **p)
{
    guint64 value = 0;
    while (g_ascii_isdigit(**p) && value <= G_MAXUINT32)
        value = value * 10 + (guint64) (*(*p)++ - '0');
    return value <= G_MAXUINT32 ? (guint32) value : 0;
}

GArray *uidtext_parse(const char *text, guint most)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    const char *p = text;
    guint32 after = 0;
    do {
        guint32 first = read_uid(&p), last = first;
        if (*p == ':') {
            p++;
            last = read_uid(&p);
        }
        if (first == 0 || first <= after || last < first || (*p != ',' && *p != '\0') ||
            last - first >= most - uids->len)
            return NULL;
        for (guint64 uid = first; uid <= last; uid++) {
            guint32 one = (guint32) uid;
            g_array_append_val(uids, one);
        }
        after = last;
    } while (*p++ == ',');
    return g_steal_pointer(&uids);
}
