#include "config.h"

#include "proto/imap/uidset.h"

#include "base/i18n.h"
#include "proto/imap/error.h"

#include <string.h>

struct ImapUidSet {
    ImapUidRange *ranges; /* sorted, disjoint, not touching */
    gsize n, allocated;
};

ImapUidSet *imap_uidset_new(void)
{
    return g_new0(ImapUidSet, 1);
}

ImapUidSet *imap_uidset_new_range(guint32 first, guint32 last)
{
    ImapUidSet *set = imap_uidset_new();
    imap_uidset_add_range(set, first, last);
    return set;
}

void imap_uidset_free(ImapUidSet *set)
{
    if (set == NULL)
        return;
    g_free(set->ranges);
    g_free(set);
}

void imap_uidset_clear(ImapUidSet *set)
{
    set->n = 0;
}

static void reserve(ImapUidSet *set, gsize n)
{
    if (n <= set->allocated)
        return;
    set->allocated = MAX(n, set->allocated * 2);
    set->ranges = g_renew(ImapUidRange, set->ranges, set->allocated);
}

ImapUidSet *imap_uidset_copy(const ImapUidSet *set)
{
    ImapUidSet *copy = imap_uidset_new();
    reserve(copy, set->n);
    if (set->n > 0)
        memcpy(copy->ranges, set->ranges, set->n * sizeof *set->ranges);
    copy->n = set->n;
    return copy;
}

static int compare_ranges(gconstpointer a, gconstpointer b)
{
    const ImapUidRange *left = a, *right = b;
    return left->first < right->first ? -1 : left->first > right->first;
}

/* Ranges appended in any order become a set: O(n log n) whatever the order, so that a hostile list that
 * counts down costs no more than another. */
static void normalise(ImapUidSet *set)
{
    gsize out = 0;
    bool sorted = true;
    for (gsize i = 1; i < set->n && sorted; i++)
        sorted = set->ranges[i - 1].first <= set->ranges[i].first;
    if (!sorted)
        qsort(set->ranges, set->n, sizeof *set->ranges, compare_ranges);
    for (gsize i = 1; i < set->n; i++) {
        ImapUidRange *last = &set->ranges[out], next = set->ranges[i];
        if (last->last == G_MAXUINT32 || next.first <= last->last + 1)
            last->last = MAX(last->last, next.last);
        else
            set->ranges[++out] = next;
    }
    if (set->n > 0)
        set->n = out + 1;
}

ImapUidSet *imap_uidset_new_from_uids(const guint32 *uids, gsize n)
{
    ImapUidSet *set = imap_uidset_new();
    for (gsize i = 0; i < n; i++) {
        ImapUidRange *last = set->n > 0 ? &set->ranges[set->n - 1] : NULL;
        if (uids[i] == 0)
            continue;
        if (last != NULL && last->last != G_MAXUINT32 && uids[i] == last->last + 1) {
            last->last++;
        } else {
            reserve(set, set->n + 1);
            set->ranges[set->n++] = (ImapUidRange){ uids[i], uids[i] };
        }
    }
    normalise(set);
    return set;
}

static bool parse_number(const char **at, const char *end, guint32 *value)
{
    guint64 sum = 0;
    const char *p = *at;
    while (p < end && g_ascii_isdigit(*p) && sum <= G_MAXUINT32)
        sum = sum * 10 + (guint64)(*p++ - '0');
    if (p == *at || sum == 0 || sum > G_MAXUINT32)
        return false;
    *at = p;
    *value = (guint32)sum;
    return true;
}

ImapUidSet *imap_uidset_parse(const char *text, gssize len, GError **error)
{
    g_autoptr(ImapUidSet) set = imap_uidset_new();
    const char *p = text, *end = text + (len < 0 ? strlen(text) : (gsize)len);

    for (;;) {
        ImapUidRange range;
        if (!parse_number(&p, end, &range.first))
            break;
        range.last = range.first;
        if (p < end && *p == ':') {
            p++;
            if (!parse_number(&p, end, &range.last))
                break;
        }
        if (range.first > range.last)
            range = (ImapUidRange){ range.last, range.first };
        reserve(set, set->n + 1);
        set->ranges[set->n++] = range;
        if (p == end) {
            normalise(set);
            return g_steal_pointer(&set);
        }
        if (*p++ != ',')
            break;
    }
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL, _("This is not a set of message numbers."));
    return NULL;
}

static gsize digits(guint32 value)
{
    gsize n = 1;
    while (value >= 10) {
        value /= 10;
        n++;
    }
    return n;
}

static gsize range_octets(ImapUidRange range)
{
    if (range.first == range.last)
        return digits(range.first);
    return digits(range.first) + 1 + (range.last == G_MAXUINT32 ? 1 : digits(range.last));
}

void imap_uidset_append_to(const ImapUidSet *set, GString *out)
{
    for (gsize i = 0; i < set->n; i++) {
        ImapUidRange range = set->ranges[i];
        if (i > 0)
            g_string_append_c(out, ',');
        g_string_append_printf(out, "%u", range.first);
        /* "n:*" and not "n:4294967295": some servers keep UIDs in a signed int. */
        if (range.last != range.first && range.last == G_MAXUINT32)
            g_string_append(out, ":*");
        else if (range.last != range.first)
            g_string_append_printf(out, ":%u", range.last);
    }
}

char *imap_uidset_to_string(const ImapUidSet *set)
{
    GString *out = g_string_new(NULL);
    imap_uidset_append_to(set, out);
    return g_string_free(out, FALSE);
}

/* The first range whose last is not below uid; n when there is none. */
static gsize find(const ImapUidSet *set, guint32 uid)
{
    gsize low = 0, high = set->n;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        if (set->ranges[middle].last < uid)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Ranges [from, to) give way to `n` new ones. */
static void splice(ImapUidSet *set, gsize from, gsize to, const ImapUidRange *with, gsize n)
{
    reserve(set, set->n - (to - from) + n);
    if (to < set->n)
        memmove(set->ranges + from + n, set->ranges + to, (set->n - to) * sizeof *set->ranges);
    if (n > 0)
        memcpy(set->ranges + from, with, n * sizeof *with);
    set->n = set->n - (to - from) + n;
}

void imap_uidset_add(ImapUidSet *set, guint32 uid)
{
    imap_uidset_add_range(set, uid, uid);
}

void imap_uidset_add_range(ImapUidSet *set, guint32 first, guint32 last)
{
    g_return_if_fail(first != 0 && first <= last);
    ImapUidRange new = { first, last };
    gsize from = find(set, first - 1), to = from; /* a range that ends right before is joined */

    while (to < set->n && (last == G_MAXUINT32 || set->ranges[to].first <= last + 1)) {
        new.first = MIN(new.first, set->ranges[to].first);
        new.last = MAX(new.last, set->ranges[to].last);
        to++;
    }
    splice(set, from, to, &new, 1);
}

void imap_uidset_add_set(ImapUidSet *set, const ImapUidSet *other)
{
    if (other->n == 0)
        return;
    reserve(set, set->n + other->n);
    memcpy(set->ranges + set->n, other->ranges, other->n * sizeof *other->ranges);
    set->n += other->n;
    normalise(set);
}

void imap_uidset_remove(ImapUidSet *set, guint32 uid)
{
    imap_uidset_remove_range(set, uid, uid);
}

void imap_uidset_remove_range(ImapUidSet *set, guint32 first, guint32 last)
{
    g_return_if_fail(first != 0 && first <= last);
    ImapUidRange rest[2];
    gsize n = 0, from = find(set, first), to = from;

    while (to < set->n && set->ranges[to].first <= last)
        to++;
    if (to == from)
        return;
    if (set->ranges[from].first < first)
        rest[n++] = (ImapUidRange){ set->ranges[from].first, first - 1 };
    if (set->ranges[to - 1].last > last)
        rest[n++] = (ImapUidRange){ last + 1, set->ranges[to - 1].last };
    splice(set, from, to, rest, n);
}

void imap_uidset_remove_set(ImapUidSet *set, const ImapUidSet *other)
{
    g_autoptr(ImapUidSet) result = imap_uidset_new();
    gsize j = 0;

    for (gsize i = 0; i < set->n; i++) {
        guint64 at = set->ranges[i].first, last = set->ranges[i].last;
        while (j < other->n && other->ranges[j].last < at)
            j++;
        for (gsize k = j; at <= last; k++) {
            guint64 hole = k < other->n ? MAX((guint64)other->ranges[k].first, at) : (guint64)last + 1;
            if (hole > last)
                hole = last + 1;
            if (hole > at) {
                reserve(result, result->n + 1);
                result->ranges[result->n++] = (ImapUidRange){ (guint32)at, (guint32)(hole - 1) };
            }
            if (hole > last)
                break;
            at = (guint64)other->ranges[k].last + 1;
            j = k;
        }
    }
    ImapUidSet old = *set;
    *set = *result;
    *result = old;
}

bool imap_uidset_is_empty(const ImapUidSet *set)
{
    return set->n == 0;
}

bool imap_uidset_contains(const ImapUidSet *set, guint32 uid)
{
    gsize i = find(set, uid);
    return i < set->n && set->ranges[i].first <= uid;
}

bool imap_uidset_equal(const ImapUidSet *a, const ImapUidSet *b)
{
    return a->n == b->n && (a->n == 0 || memcmp(a->ranges, b->ranges, a->n * sizeof *a->ranges) == 0);
}

guint64 imap_uidset_count(const ImapUidSet *set)
{
    guint64 count = 0;
    for (gsize i = 0; i < set->n; i++)
        count += (guint64)set->ranges[i].last - set->ranges[i].first + 1;
    return count;
}

guint32 imap_uidset_min(const ImapUidSet *set)
{
    return set->n > 0 ? set->ranges[0].first : 0;
}

guint32 imap_uidset_max(const ImapUidSet *set)
{
    return set->n > 0 ? set->ranges[set->n - 1].last : 0;
}

ImapUidSet *imap_uidset_intersect(const ImapUidSet *a, const ImapUidSet *b)
{
    ImapUidSet *both = imap_uidset_new();
    gsize i = 0, j = 0;

    while (i < a->n && j < b->n) {
        guint32 first = MAX(a->ranges[i].first, b->ranges[j].first);
        guint32 last = MIN(a->ranges[i].last, b->ranges[j].last);
        if (first <= last) {
            reserve(both, both->n + 1);
            both->ranges[both->n++] = (ImapUidRange){ first, last };
        }
        if (a->ranges[i].last < b->ranges[j].last)
            i++;
        else
            j++;
    }
    normalise(both);
    return both;
}

gsize imap_uidset_n_ranges(const ImapUidSet *set)
{
    return set->n;
}

ImapUidRange imap_uidset_range(const ImapUidSet *set, gsize index)
{
    g_return_val_if_fail(index < set->n, ((ImapUidRange){ 0, 0 }));
    return set->ranges[index];
}

guint32 imap_uidset_next(const ImapUidSet *set, ImapUidIter *iter)
{
    if (iter->range >= set->n)
        return 0;
    if (iter->at == 0)
        return iter->at = set->ranges[iter->range].first;
    if (iter->at < set->ranges[iter->range].last)
        return ++iter->at;
    iter->range++;
    iter->at = 0;
    return imap_uidset_next(set, iter);
}

GPtrArray *imap_uidset_split(const ImapUidSet *set, gsize max_octets)
{
    GPtrArray *pieces = g_ptr_array_new_with_free_func((GDestroyNotify)imap_uidset_free);
    ImapUidSet *piece = NULL;
    gsize octets = 0;

    for (gsize i = 0; i < set->n; i++) {
        gsize more = range_octets(set->ranges[i]);
        if (piece == NULL || octets + 1 + more > max_octets) {
            piece = imap_uidset_new();
            g_ptr_array_add(pieces, piece);
            octets = more;
        } else {
            octets += 1 + more;
        }
        reserve(piece, piece->n + 1);
        piece->ranges[piece->n++] = set->ranges[i];
    }
    return pieces;
}

ImapUidSet *imap_uidset_take_last(ImapUidSet *set, guint64 count)
{
    ImapUidSet *taken = imap_uidset_new();
    gsize from = set->n;

    while (from > 0 && count > 0) {
        ImapUidRange *range = &set->ranges[from - 1];
        guint64 size = (guint64)range->last - range->first + 1;
        if (size > count)
            break;
        count -= size;
        from--;
    }
    if (from > 0 && count > 0) {
        ImapUidRange *range = &set->ranges[from - 1];
        reserve(taken, set->n - from + 1);
        taken->ranges[taken->n++] = (ImapUidRange){ (guint32)(range->last - count + 1), range->last };
        range->last -= (guint32)count;
    }
    reserve(taken, taken->n + set->n - from);
    if (set->n > from)
        memcpy(taken->ranges + taken->n, set->ranges + from, (set->n - from) * sizeof *set->ranges);
    taken->n += set->n - from;
    set->n = from;
    return taken;
}

guint32 imap_copyuid_lookup(const ImapCopyUid *copyuid, guint32 source)
{
    for (gsize i = 0; i < copyuid->n; i++) {
        ImapUidRange from = copyuid->pairs_source[i], to = copyuid->pairs_target[i];
        if (from.first <= source && source <= from.last)
            return to.first + (source - from.first);
    }
    return 0;
}
