/* Sets of UIDs (or sequence numbers) as sorted, disjoint ranges: a million consecutive UIDs are one range,
 * and the 1:4294967295 of a hostile server is one too (RFC 9051 §9 sequence-set). Numbers are 1 to
 * 4294967295; 0 is refused. Not thread-safe; no function here depends on how many numbers a range covers.
 */
#ifndef MALLE_PROTO_IMAP_UIDSET_H
#define MALLE_PROTO_IMAP_UIDSET_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    guint32 first, last; /* first <= last */
} ImapUidRange;

typedef struct ImapUidSet ImapUidSet;

ImapUidSet *imap_uidset_new(void);
ImapUidSet *imap_uidset_new_range(guint32 first, guint32 last);
/* In any order, doubles and zeros allowed (dropped). O(n log n), the way to make a set from scattered UIDs.
 */
ImapUidSet *imap_uidset_new_from_uids(const guint32 *uids, gsize n);
ImapUidSet *imap_uidset_copy(const ImapUidSet *set);
void imap_uidset_free(ImapUidSet *set); /* NULL is ignored */
void imap_uidset_clear(ImapUidSet *set);

/* "1,5:9,12". Ranges may be in any order, reversed, overlapping. "*" is refused: no server says it. NULL and
 * IMAP_ERROR_PROTOCOL when it is no set; the empty string is no set. len < 0: NUL-terminated. */
ImapUidSet *imap_uidset_parse(const char *text, gssize len, GError **error);
/* "" for the empty set; a range that ends at 4294967295 is written "n:*". g_free. */
char *imap_uidset_to_string(const ImapUidSet *set);
void imap_uidset_append_to(const ImapUidSet *set, GString *out);

/* Adding beyond the last element is O(1), elsewhere O(ranges). */
void imap_uidset_add(ImapUidSet *set, guint32 uid);
void imap_uidset_add_range(ImapUidSet *set, guint32 first, guint32 last);
void imap_uidset_add_set(ImapUidSet *set, const ImapUidSet *other);
void imap_uidset_remove(ImapUidSet *set, guint32 uid);
void imap_uidset_remove_range(ImapUidSet *set, guint32 first, guint32 last);
void imap_uidset_remove_set(ImapUidSet *set, const ImapUidSet *other);

bool imap_uidset_is_empty(const ImapUidSet *set);
bool imap_uidset_contains(const ImapUidSet *set, guint32 uid); /* O(log ranges) */
bool imap_uidset_equal(const ImapUidSet *a, const ImapUidSet *b);
guint64 imap_uidset_count(const ImapUidSet *set);
guint32 imap_uidset_min(const ImapUidSet *set); /* 0 when empty */
guint32 imap_uidset_max(const ImapUidSet *set);
/* What both hold. Bounds a server's VANISHED 1:4294967295 by what is known before anything iterates. */
ImapUidSet *imap_uidset_intersect(const ImapUidSet *a, const ImapUidSet *b);

gsize imap_uidset_n_ranges(const ImapUidSet *set);
ImapUidRange imap_uidset_range(const ImapUidSet *set, gsize index);

/* Iterates over single numbers: ImapUidIter it = {0}; while ((uid = imap_uidset_next(set, &it)) != 0) … */
typedef struct {
    gsize range;
    guint32 at; /* 0: not begun with this range */
} ImapUidIter;
guint32 imap_uidset_next(const ImapUidSet *set, ImapUidIter *iter);

/* Sets whose text is at most max_octets each (at least one range each), in ascending order. Servers refuse
 * long lines: keep to about 8000 octets (RFC 7162 §4), 4096 for Exchange. Of ImapUidSet*, owned by the
 * caller. */
GPtrArray *imap_uidset_split(const ImapUidSet *set, gsize max_octets);
/* The newest `count` numbers are cut off `set` and returned (fewer when it holds fewer): batches, newest
 * first. */
ImapUidSet *imap_uidset_take_last(ImapUidSet *set, guint64 count);

/* COPYUID (RFC 4315 §3): both sets in the order the server wrote them, of equal cardinality (checked). */
typedef struct {
    guint32 uidvalidity;
    const ImapUidRange *pairs_source; /* n ranges each */
    const ImapUidRange *pairs_target; /* same length range by range: source.first+k went to target.first+k */
    gsize n;
} ImapCopyUid;
/* The UID in the target mailbox, or 0 when the server did not say. O(ranges). */
guint32 imap_copyuid_lookup(const ImapCopyUid *copyuid, guint32 source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapUidSet, imap_uidset_free)

#endif
