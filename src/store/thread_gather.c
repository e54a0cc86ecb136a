/* Which messages belong together, worked out from what they refer to: of one thread when something of it went or was decided by hand, of
 * all when a store is checked. Sets in memory, because a thread is small, and a store is checked while nobody waits. */
#include "config.h"

#include <string.h>

#include "store/envelope.h"
#include "store/thread_choices.h"
#include "store/thread_subjects.h"
#include "store/threads-private.h"

typedef struct {
    gint64 content_id, thread_id, date;
    gint64 subject; /* place of its base subject, 0 none */
    guint place;
} Member;

/* Places are Message-IDs, and contents that have none. */
typedef struct {
    GHashTable *choices;  /* not owned */
    GArray *members;      /* of Member, by content_id */
    GHashTable *place_of; /* gint64* hash to place + 1 */
    GArray *hashes;       /* of gint64, by place; 0: a content without Message-ID */
    GArray *joined;       /* of guint, by place: towards the one that stands for its set */
} Gathering;

static void gathering_init(Gathering *gathering, GHashTable *choices)
{
    gathering->choices = choices;
    gathering->members = g_array_new(FALSE, FALSE, sizeof(Member));
    gathering->place_of = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gathering->hashes = g_array_new(FALSE, FALSE, sizeof(gint64));
    gathering->joined = g_array_new(FALSE, FALSE, sizeof(guint));
}

static void gathering_clear(Gathering *gathering)
{
    g_array_unref(gathering->members);
    g_hash_table_unref(gathering->place_of);
    g_array_unref(gathering->hashes);
    g_array_unref(gathering->joined);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Gathering, gathering_clear)

static guint new_place(Gathering *gathering, gint64 hash)
{
    guint place = gathering->hashes->len;
    g_array_append_val(gathering->hashes, hash);
    g_array_append_val(gathering->joined, place);
    return place;
}

static guint place_for(Gathering *gathering, gint64 hash)
{
    gpointer found = hash != 0 ? g_hash_table_lookup(gathering->place_of, &hash) : NULL;
    if (found != NULL)
        return GPOINTER_TO_UINT(found) - 1;
    guint place = new_place(gathering, hash);
    if (hash != 0)
        g_hash_table_insert(gathering->place_of, g_memdup2(&hash, sizeof hash), GUINT_TO_POINTER(place + 1));
    return place;
}

/* The place that stands for the set; the way there is halved each time. */
static guint find(Gathering *gathering, guint place)
{
    guint *joined = (guint *) (void *) gathering->joined->data;
    while (joined[place] != place)
        place = joined[place] = joined[joined[place]];
    return place;
}

static void join(Gathering *gathering, guint a, guint b)
{
    guint left = find(gathering, a), right = find(gathering, b);
    /* the older place stands for both: sets come out in the order of contents */
    g_array_index(gathering->joined, guint, MAX(left, right)) = MIN(left, right);
}

static gint64 subject_of(sqlite3_stmt *s)
{
    if (sqlite3_column_type(s, 5) != SQLITE_NULL)
        return thread_subject_place(column_int(s, 5));
    g_autoptr(MessageSummary) summary = envelope_read(sqlite3_column_blob(s, 6), (gsize) sqlite3_column_bytes(s, 6), 0);
    return thread_subject_place(thread_subject_hash(summary->subject));
}

static void add_member(Gathering *gathering, sqlite3_stmt *s, gboolean with_subject)
{
    gint64 hash = column_int(s, 2);
    guint n = (guint) sqlite3_column_bytes(s, 3) / sizeof(gint64);
    g_autofree gint64 *refs = g_memdup2(sqlite3_column_blob(s, 3), n * sizeof(gint64));
    g_autoptr(GArray) followed = thread_choices_apply(gathering->choices, hash, refs, n);
    gboolean tied = with_subject && !thread_choices_begin(gathering->choices, hash);
    Member member = { column_int(s, 0), column_int(s, 1), column_int(s, 4), tied ? subject_of(s) : 0, place_for(gathering, hash) };
    g_array_append_val(gathering->members, member);
    for (guint i = 0; i < followed->len; i++)
        join(gathering, member.place, place_for(gathering, g_array_index(followed, gint64, i)));
}

/* A thread's subject is that of its oldest message: it begins there, or, where what began it is not here, it is the first of the answers. */
static void join_subjects(Gathering *gathering)
{
    guint places = gathering->hashes->len;
    g_autofree const Member **oldest = g_new0(const Member *, places + 1);
    for (guint i = 0; i < gathering->members->len; i++) {
        const Member *member = &g_array_index(gathering->members, Member, i);
        const Member **of_set = &oldest[find(gathering, member->place)];
        if (*of_set == NULL || member->date < (*of_set)->date)
            *of_set = member;
    }
    for (guint place = 0; place < places; place++)
        if (oldest[place] != NULL && oldest[place]->subject != 0)
            join(gathering, place, place_for(gathering, oldest[place]->subject));
}

static gboolean read_members(Gathering *gathering, StoreWriter *writer, gint64 thread_id, GError **error)
{
    GError *failed = NULL;
    gint64 last = 0;
    sqlite3_stmt *s =
        thread_id != 0
            ? database_query(writer->db, &failed,
                             "SELECT c.id, m.thread_id, c.msgid_hash, c.refs, c.date, c.subject_hash, iif(c.subject_hash IS NULL, c.envelope, NULL)"
                             " FROM message m INDEXED BY message_by_thread"
                             " CROSS JOIN content c ON c.id = m.content_id WHERE m.thread_id = ?1 ORDER BY c.id",
                             "i", thread_id)
            : database_query(writer->db, &failed,
                             "SELECT c.id, m.thread_id, c.msgid_hash, c.refs, c.date, c.subject_hash, iif(c.subject_hash IS NULL, c.envelope, NULL)"
                             " FROM content c CROSS JOIN message m INDEXED BY"
                             " message_by_content ON m.content_id = c.id ORDER BY c.id",
                             "");
    while (s != NULL && database_step(writer->db, s, &failed)) {
        if (column_int(s, 0) != last) /* not for each placement */
            add_member(gathering, s, writer->merge_subjects);
        last = column_int(s, 0);
    }
    if (writer->merge_subjects)
        join_subjects(gathering);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* The thread that each set is from now on, by the place that stands for the set; *oldest likewise the first content of it. A set is named
 * after its oldest content. The one that has the content after which the thread was named keeps that name, or, where that is gone, the
 * oldest one: so no name is ever in use for two. */
static gint64 *name_sets(Gathering *gathering, gint64 thread_id, gint64 **oldest)
{
    gint64 *names = g_new0(gint64, gathering->hashes->len + 1);
    guint keeper = G_MAXUINT;
    for (guint i = 0; i < gathering->members->len; i++) {
        const Member *member = &g_array_index(gathering->members, Member, i);
        guint set = find(gathering, member->place);
        if (names[set] == 0)
            names[set] = member->content_id;
        if (keeper == G_MAXUINT || member->content_id == thread_id)
            keeper = set;
    }
    *oldest = g_memdup2(names, sizeof(gint64) * gathering->hashes->len);
    if (thread_id != 0 && keeper != G_MAXUINT)
        names[keeper] = thread_id;
    return names;
}

/* --- one thread ------------------------------------------------------------------------------------------- */

typedef struct {
    gint64 message_id, list, date;
    gboolean unread;
} Place;

/* Where the content's messages are shown: mailboxes, and views that hold them. */
static GArray *shown_places(StoreWriter *writer, gint64 content_id, GError **error)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));
    sqlite3_stmt *s = database_query(writer->db, error,
                                     "SELECT id, shown_mailbox, date, unread FROM message WHERE content_id = ?1 AND shown_mailbox IS NOT NULL"
                                     " UNION ALL SELECT m.id, -v.view_id, v.date, v.unread FROM message m CROSS JOIN view_message v ON"
                                     " v.message_id = m.id AND v.view_id > 0 WHERE m.content_id = ?1",
                                     "i", content_id);
    while (s != NULL && database_step(writer->db, s, error)) {
        Place place = { column_int(s, 0), column_int(s, 1), column_int(s, 2), column_int(s, 3) != 0 };
        g_array_append_val(places, place);
    }
    return places;
}

static gboolean move_content(StoreWriter *writer, const Member *member, gint64 name, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) places = shown_places(writer, member->content_id, &failed);
    if (failed == NULL)
        database_run(writer->db, &failed, "UPDATE message SET thread_id = ?2 WHERE content_id = ?1", "ii", member->content_id, name);
    for (guint i = 0; i < places->len && failed == NULL; i++) {
        const Place *place = &g_array_index(places, Place, i);
        if (threads_list_remove(writer, place->list, member->thread_id, place->date, place->unread, &failed))
            threads_list_add(writer, place->list, name, place->date, place->unread, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* The Message-IDs follow; `elsewhere` gets the places that another thread knows by now, because somebody decided so. */
static gboolean move_places(StoreWriter *writer, Gathering *gathering, gint64 thread_id, const gint64 *names, GArray *elsewhere,
                            GError **error)
{
    GError *failed = NULL;
    for (guint place = 0; place < gathering->hashes->len && failed == NULL; place++) {
        gint64 hash = g_array_index(gathering->hashes, gint64, place);
        if (hash == 0)
            continue;
        gint64 known = database_int(writer->db, &failed, 0, "SELECT thread_id FROM msgid WHERE hash = ?", "i", hash);
        if (failed == NULL && known != 0 && known != thread_id)
            g_array_append_val(elsewhere, place);
        else if (failed == NULL)
            threads_know(writer, hash, names[find(gathering, place)], 0, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* What threads are called now is asked each time: a name that was united with another is gone. */
static gboolean unite_places(StoreWriter *writer, Gathering *gathering, const gint64 *oldest, const GArray *elsewhere, GError **error)
{
    GError *failed = NULL;
    for (guint i = 0; i < elsewhere->len && failed == NULL; i++) {
        guint place = g_array_index(elsewhere, guint, i);
        gint64 mine = database_int(writer->db, &failed, 0, "SELECT thread_id FROM message WHERE content_id = ? LIMIT 1", "i",
                                   oldest[find(gathering, place)]);
        gint64 known = failed == NULL ? database_int(writer->db, &failed, 0, "SELECT thread_id FROM msgid WHERE hash = ?", "i",
                                                     g_array_index(gathering->hashes, gint64, place))
                                      : 0;
        gint64 united = failed == NULL ? threads_unite(writer, mine, known, &failed) : 0;
        /* Of two that were tied by what they refer to, one has lost its beginning, and with it its subject. */
        if (failed == NULL && writer->merge_subjects && mine != known)
            threads_mark(writer, united);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* Message-IDs that nobody mentions any more; those about which something was decided stay, without a thread. */
static gboolean forget_places(StoreWriter *writer, gint64 thread_id, GError **error)
{
    return database_run(writer->db, error, "DELETE FROM msgid WHERE thread_id = ?1 AND parent IS NULL AND muted = 0", "i", thread_id) &&
           database_run(writer->db, error, "UPDATE msgid SET thread_id = 0 WHERE thread_id = ?1", "i", thread_id);
}

static gboolean forget_unmentioned(StoreWriter *writer, Gathering *gathering, gint64 thread_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) unmentioned = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(writer->db, &failed, "SELECT hash FROM msgid INDEXED BY msgid_by_thread WHERE thread_id = ?", "i", thread_id);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        gint64 hash = column_int(s, 0);
        if (!g_hash_table_contains(gathering->place_of, &hash))
            g_array_append_val(unmentioned, hash);
    }
    for (guint i = 0; i < unmentioned->len && failed == NULL; i++) {
        gint64 hash = g_array_index(unmentioned, gint64, i);
        if (database_run(writer->db, &failed, "DELETE FROM msgid WHERE hash = ?1 AND parent IS NULL AND muted = 0", "i", hash))
            database_run(writer->db, &failed, "UPDATE msgid SET thread_id = 0 WHERE hash = ?1", "i", hash);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean threads_gather(StoreWriter *writer, gint64 thread_id, GError **error)
{
    g_auto(Gathering) gathering = { 0 };
    gathering_init(&gathering, thread_choices(writer));
    if (!read_members(&gathering, writer, thread_id, error))
        return FALSE;
    if (gathering.members->len == 0)
        return forget_places(writer, thread_id, error);
    if (!forget_unmentioned(writer, &gathering, thread_id, error))
        return FALSE;
    g_autofree gint64 *oldest = NULL;
    g_autofree gint64 *names = name_sets(&gathering, thread_id, &oldest);
    g_autoptr(GArray) elsewhere = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < gathering.members->len; i++) {
        const Member *member = &g_array_index(gathering.members, Member, i);
        gint64 name = names[find(&gathering, member->place)];
        if (name != thread_id && !move_content(writer, member, name, error))
            return FALSE;
    }
    return move_places(writer, &gathering, thread_id, names, elsewhere, error) &&
           unite_places(writer, &gathering, oldest, elsewhere, error);
}

/* --- all of them ------------------------------------------------------------------------------------------ */

/* Contents whose thread is not the set that they belong to: it holds others, or another one holds some of it. */
static guint count_wrong(Gathering *gathering)
{
    g_autoptr(GHashTable) set_of = g_hash_table_new(g_int64_hash, g_int64_equal); /* thread to set + 1 */
    g_autofree gint64 *thread_of = g_new0(gint64, gathering->hashes->len + 1);
    guint wrong = 0;
    for (guint i = 0; i < gathering->members->len; i++) {
        Member *member = &g_array_index(gathering->members, Member, i);
        guint set = find(gathering, member->place);
        gpointer known = g_hash_table_lookup(set_of, &member->thread_id);
        if (known == NULL)
            g_hash_table_insert(set_of, &member->thread_id, GUINT_TO_POINTER(set + 1));
        if (thread_of[set] == 0)
            thread_of[set] = member->thread_id;
        wrong += (known != NULL && GPOINTER_TO_UINT(known) - 1 != set) || thread_of[set] != member->thread_id;
    }
    return wrong;
}

#define LISTS_SQL                                                                                                        \
    "SELECT thread_id, shown_mailbox AS list, max(date) AS newest, count(*) AS total, sum(unread) AS unread FROM message" \
    " WHERE shown_mailbox IS NOT NULL GROUP BY thread_id, shown_mailbox"                                                  \
    " UNION ALL SELECT m.thread_id, -v.view_id, max(v.date), count(*), sum(v.unread) FROM view_message v JOIN message m"  \
    " ON m.id = v.message_id WHERE v.view_id > 0 GROUP BY m.thread_id, v.view_id"

static guint count_wrong_lists(StoreWriter *writer, GError **failed)
{
    gint64 wrong = database_int(writer->db, failed, 0,
                                "SELECT count(*) FROM (SELECT * FROM (" LISTS_SQL ") EXCEPT SELECT thread_id, list, newest, total, unread FROM thread_list)",
                                "");
    if (*failed == NULL)
        wrong += database_int(writer->db, failed, 0,
                              "SELECT count(*) FROM (SELECT thread_id, list, newest, total, unread FROM thread_list EXCEPT SELECT * FROM (" LISTS_SQL "))",
                              "");
    return (guint) wrong;
}

static gboolean write_lists(StoreWriter *writer, GError **error)
{
    return database_run(writer->db, error, "DELETE FROM thread_list", "") &&
           database_run(writer->db, error, "INSERT INTO thread_list (thread_id, list, newest, total, unread) " LISTS_SQL, "");
}

static gboolean write_all(StoreWriter *writer, Gathering *gathering, GError **error)
{
    g_autofree gint64 *oldest = NULL;
    g_autofree gint64 *names = name_sets(gathering, 0, &oldest);
    if (!database_run(writer->db, error, "DELETE FROM msgid WHERE parent IS NULL AND muted = 0", "") ||
        !database_run(writer->db, error, "UPDATE msgid SET thread_id = 0, content_id = NULL", ""))
        return FALSE;
    for (guint i = 0; i < gathering->members->len; i++) {
        const Member *member = &g_array_index(gathering->members, Member, i);
        gint64 hash = g_array_index(gathering->hashes, gint64, member->place), name = names[find(gathering, member->place)];
        if (!database_run(writer->db, error, "UPDATE message SET thread_id = ?2 WHERE content_id = ?1 AND thread_id <> ?2", "ii",
                          member->content_id, name) ||
            (hash != 0 && !threads_know(writer, hash, name, member->content_id, error)))
            return FALSE;
    }
    for (guint place = 0; place < gathering->hashes->len; place++) {
        gint64 hash = g_array_index(gathering->hashes, gint64, place);
        if (hash != 0 && !threads_know(writer, hash, names[find(gathering, place)], 0, error))
            return FALSE;
    }
    return write_lists(writer, error);
}

gboolean threads_gather_all(StoreWriter *writer, gboolean anew, guint *wrong, GError **error)
{
    GError *failed = NULL;
    g_auto(Gathering) gathering = { 0 };
    gathering_init(&gathering, thread_choices(writer));
    if (!read_members(&gathering, writer, 0, error))
        return FALSE;
    *wrong = count_wrong(&gathering);
    if (*wrong > 0 || anew)
        return write_all(writer, &gathering, error);
    *wrong = count_wrong_lists(writer, &failed);
    if (failed == NULL && *wrong > 0)
        write_lists(writer, &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean store_writer_check_threads(StoreWriter *writer, guint *wrong, GError **error)
{
    *wrong = 0;
    return store_begin(writer, FALSE, error) && store_end(writer, threads_gather_all(writer, FALSE, wrong, error), error);
}
