#include "config.h"

#include "engine/finder.h"

#include "engine/match.h"

/* A text that the index can look for. */
typedef struct {
    StoreWords where;  /* 0: no index knows it */
    IdSet *found;      /* contents that hold it */
    IdSet *possible;   /* and those that may: the index does not know them yet */
} Text;

struct Finder {
    StoreReader *reader;
    Query *query;
    char *const *own_addresses;
    gint64 indexed_headings;
    GArray *texts; /* of Text, as the query numbers them */
    IdSet *candidates;
    guint64 n_unknown;
};

/* --- what an index can know ------------------------------------------------------------------------------ */

/* 0 when a field is among them that is in no index. */
static StoreWords words_of_fields(guint fields)
{
    static const struct {
        QueryField field;
        StoreWords words;
    } map[] = {
        { QUERY_FIELD_FROM, STORE_WORDS_FROM }, { QUERY_FIELD_SENDER, STORE_WORDS_SENDER },   { QUERY_FIELD_REPLY_TO, STORE_WORDS_REPLY_TO },
        { QUERY_FIELD_TO, STORE_WORDS_TO },     { QUERY_FIELD_CC, STORE_WORDS_CC },           { QUERY_FIELD_BCC, STORE_WORDS_BCC },
        { QUERY_FIELD_FILE, STORE_WORDS_FILE }, { QUERY_FIELD_SUBJECT, STORE_WORDS_SUBJECT }, { QUERY_FIELD_BODY, STORE_WORDS_TEXT },
    };
    StoreWords words = 0;
    for (guint i = 0; i < G_N_ELEMENTS(map); i++) {
        if ((fields & (1u << map[i].field)) == 0)
            continue;
        words |= map[i].words;
        fields &= ~(1u << map[i].field);
    }
    return fields == 0 ? words : 0;
}

static void clear_text(gpointer data)
{
    Text *text = data;
    id_set_free(text->found);
    id_set_free(text->possible);
}

static IdSet *add_not_known(const Finder *finder, const Text *text, const IdSet *not_yet)
{
    IdSet *possible = id_set_copy(text->found);
    gint64 last = (text->where & STORE_WORDS_HEADING) != 0 ? store_reader_last_content(finder->reader) : 0;
    for (gint64 id = finder->indexed_headings + 1; id <= last; id++)
        id_set_add(possible, id);
    if ((text->where & (STORE_WORDS_FILE | STORE_WORDS_TEXT)) != 0)
        id_set_unite(possible, not_yet);
    return possible;
}

static gboolean look_up(Finder *finder, guint place, const IdSet *not_yet, GError **error)
{
    const char *words = query_text_words(finder->query, place);
    Text text = { .where = words != NULL ? words_of_fields(query_text_fields(finder->query, place)) : 0 };
    if (text.where != 0) {
        text.found = store_reader_find_words(finder->reader, text.where, words, error);
        if (text.found == NULL)
            return FALSE;
        text.possible = add_not_known(finder, &text, not_yet);
    }
    g_array_append_val(finder->texts, text);
    return TRUE;
}

/* The same once more, as if every text that is not here held what is looked for. */
static void count_unknown(Finder *finder)
{
    g_autoptr(GPtrArray) possible = g_ptr_array_new();
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func((GDestroyNotify) id_set_free);
    g_autoptr(IdSet) not_indexed = NULL;
    for (guint i = 0; i < finder->texts->len; i++) {
        const Text *text = &g_array_index(finder->texts, Text, i);
        IdSet *set = text->possible;
        if ((text->where & STORE_WORDS_TEXT) != 0) {
            if (not_indexed == NULL)
                not_indexed = store_reader_text_not_indexed(finder->reader);
            set = id_set_copy(text->possible);
            id_set_unite(set, not_indexed);
            g_ptr_array_add(owned, set);
        }
        g_ptr_array_add(possible, set);
    }
    if (owned->len == 0)
        return;
    g_autoptr(IdSet) all = query_candidates(finder->query, (const IdSet *const *) possible->pdata);
    finder->n_unknown = id_set_count(all) - id_set_count(finder->candidates);
}

static gboolean look_up_all(Finder *finder, GError **error)
{
    finder->indexed_headings = store_reader_indexed_headings(finder->reader);
    g_autoptr(IdSet) not_yet = store_reader_not_yet_indexed(finder->reader);
    g_autoptr(GPtrArray) possible = g_ptr_array_new();
    for (guint i = 0; i < query_n_texts(finder->query); i++) {
        if (!look_up(finder, i, not_yet, error))
            return FALSE;
        g_ptr_array_add(possible, g_array_index(finder->texts, Text, i).possible);
    }
    finder->candidates = query_candidates(finder->query, (const IdSet *const *) possible->pdata);
    if (finder->candidates != NULL)
        count_unknown(finder);
    return TRUE;
}

Finder *finder_new(StoreReader *reader, Query *query, char *const *own_addresses, GError **error)
{
    g_autoptr(Finder) finder = g_new0(Finder, 1);
    finder->reader = reader;
    finder->query = query_ref(query);
    finder->own_addresses = own_addresses;
    finder->texts = g_array_new(FALSE, FALSE, sizeof(Text));
    g_array_set_clear_func(finder->texts, clear_text);
    /* One moment: what comes in between two look-ups would be in neither the index nor the rest. */
    if (!store_reader_begin(reader, error))
        return NULL;
    gboolean good = look_up_all(finder, error);
    store_reader_end(reader);
    return good ? g_steal_pointer(&finder) : NULL;
}

void finder_free(Finder *finder)
{
    if (finder == NULL)
        return;
    id_set_free(finder->candidates);
    g_array_unref(finder->texts);
    query_unref(finder->query);
    g_free(finder);
}

/* --- asking ------------------------------------------------------------------------------------------------- */

const IdSet *finder_candidates(const Finder *finder)
{
    return finder->candidates;
}

guint64 finder_n_unknown(const Finder *finder)
{
    return finder->n_unknown;
}

gboolean finder_settles(const Finder *finder, gint64 content_id, guint place, QueryAnswer *answer)
{
    const Text *text = &g_array_index(finder->texts, Text, place);
    if (text->where == 0)
        return FALSE;
    *answer = QUERY_YES;
    if (id_set_has(text->found, content_id))
        return TRUE;
    *answer = QUERY_NO;
    if ((text->where & STORE_WORDS_HEADING) != 0 && content_id > finder->indexed_headings)
        return FALSE;
    StoreIndexed asked = ((text->where & STORE_WORDS_FILE) != 0 ? STORE_INDEXED_FILES : 0) |
                         ((text->where & STORE_WORDS_TEXT) != 0 ? STORE_INDEXED_TEXT : 0);
    return asked == 0 || (store_reader_indexed(finder->reader, content_id) & asked) == asked;
}

QueryAnswer finder_ask(Finder *finder, const StoreListRow *row)
{
    MatchAsked asked = { .reader = finder->reader, .row = row, .flags = row->flags, .keywords = row->keywords,
                         .own_addresses = finder->own_addresses, .finder = finder };
    return match_ask(finder->query, &asked);
}
