/* Sets of UIDs, as servers write them and as the journal keeps them. With an even first octet the rest is the
 * text of a set; with an odd one it is a series of operations, done as well to a table of 256 truths, which the
 * set has to equal after each. */
#include "config.h"

#include "proto/imap/uidset.h"
#include "store/uidtext.h"

#include <string.h>

#include "../fuzz.h"

static void read_journal_text(const char *text)
{
    g_autoptr(GArray) uids = uidtext_parse(text, 1000);
    if (uids == NULL)
        return;
    g_assert_cmpuint(uids->len, >, 0);
    g_assert_cmpuint(uids->len, <=, 1000);
    g_autofree char *written = uidtext_format(uids);
    g_autoptr(GArray) again = uidtext_parse(written, 1000);
    g_assert_nonnull(again);
    g_assert_cmpmem(uids->data, uids->len * sizeof(guint32), again->data, again->len * sizeof(guint32));
}

static void check_split(const ImapUidSet *set)
{
    g_autoptr(GPtrArray) pieces = imap_uidset_split(set, 24);
    g_autoptr(ImapUidSet) together = imap_uidset_new();
    for (guint i = 0; i < pieces->len; i++) {
        ImapUidSet *piece = g_ptr_array_index(pieces, i);
        g_autofree char *text = imap_uidset_to_string(piece);
        g_assert_true(strlen(text) <= 24 || imap_uidset_n_ranges(piece) == 1);
        imap_uidset_add_set(together, piece);
    }
    g_assert_true(imap_uidset_equal(set, together));
}

static void read_text(const guint8 *data, gsize size)
{
    g_autofree char *text = fuzz_string(data, size, false);
    read_journal_text(text);
    g_autofree char *bytes = fuzz_copy(data, size);
    g_autoptr(ImapUidSet) set = imap_uidset_parse(bytes, (gssize)size, NULL);
    if (set == NULL)
        return;
    g_assert_false(imap_uidset_is_empty(set));
    g_assert_true(imap_uidset_contains(set, imap_uidset_min(set)));
    g_assert_true(imap_uidset_contains(set, imap_uidset_max(set)));
    g_autoptr(GString) written = g_string_new(NULL);
    imap_uidset_append_to(set, written);
    if (imap_uidset_max(set) != G_MAXUINT32) { /* that is written as "*", which no server may say to us */
        g_autoptr(ImapUidSet) again = imap_uidset_parse(written->str, -1, NULL);
        g_assert_true(again != NULL && imap_uidset_equal(set, again));
    }
    check_split(set);
    guint64 count = imap_uidset_count(set);
    g_autoptr(ImapUidSet) newest = imap_uidset_take_last(set, 7);
    g_assert_cmpuint(imap_uidset_count(newest), ==, MIN(count, 7));
    g_assert_cmpuint(imap_uidset_count(newest) + imap_uidset_count(set), ==, count);
}

/* --- operations ----------------------------------------------------------------------------- */

typedef struct {
    ImapUidSet *set;
    bool in[256]; /* [0] is never true */
} Pair;

static void assert_equal(const Pair *pair)
{
    guint count = 0;
    ImapUidIter iter = { 0 };
    for (guint uid = 1; uid < 256; uid++) {
        if (!pair->in[uid])
            continue;
        count++;
        g_assert_cmpuint(imap_uidset_next(pair->set, &iter), ==, uid);
    }
    g_assert_cmpuint(imap_uidset_next(pair->set, &iter), ==, 0);
    g_assert_cmpuint(imap_uidset_count(pair->set), ==, count);
    for (gsize i = 0; i < imap_uidset_n_ranges(pair->set); i++) { /* apart from one another, and in order */
        ImapUidRange range = imap_uidset_range(pair->set, i);
        g_assert_true(range.first >= 1 && range.first <= range.last);
        g_assert_true(i == 0 || imap_uidset_range(pair->set, i - 1).last + 1 < range.first);
    }
}

static void change(Pair *pair, Pair *other, guint what, guint8 a, guint8 b)
{
    guint8 first = MAX(MIN(a, b), 1), last = MAX(MAX(a, b), 1);
    bool add = what % 2 == 0;
    switch (what % 6) {
    case 0:
    case 1:
        (add ? imap_uidset_add_range : imap_uidset_remove_range)(pair->set, first, last);
        memset(pair->in + first, add, (gsize)(last - first) + 1);
        break;
    case 2:
    case 3:
        (add ? imap_uidset_add : imap_uidset_remove)(pair->set, first);
        pair->in[first] = add;
        break;
    default:
        (add ? imap_uidset_add_set : imap_uidset_remove_set)(pair->set, other->set);
        for (guint uid = 1; uid < 256; uid++)
            pair->in[uid] = add ? pair->in[uid] || other->in[uid] : pair->in[uid] && !other->in[uid];
    }
}

static void check_both(const Pair *pair, const Pair *other)
{
    Pair both = { .set = imap_uidset_intersect(pair->set, other->set) };
    for (guint uid = 1; uid < 256; uid++)
        both.in[uid] = pair->in[uid] && other->in[uid];
    assert_equal(&both);
    imap_uidset_free(both.set);
}

static void operate(const guint8 *data, gsize size)
{
    Pair pairs[2] = { { .set = imap_uidset_new() }, { .set = imap_uidset_new() } };
    for (gsize i = 0; i + 3 <= size; i += 3) {
        Pair *pair = &pairs[data[i] & 1], *other = &pairs[~data[i] & 1];
        change(pair, other, data[i] >> 1, data[i + 1], data[i + 2]);
        if (i + 6 > size || data[i] & 0x80)
            assert_equal(pair);
    }
    check_both(&pairs[0], &pairs[1]);
    check_split(pairs[0].set);
    imap_uidset_free(pairs[0].set);
    imap_uidset_free(pairs[1].set);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    if (data[0] & 1)
        operate(data + 1, size - 1);
    else
        read_text(data + 1, size - 1);
    return 0;
}
