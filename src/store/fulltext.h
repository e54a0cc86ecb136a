/* The full-text index: which contents hold some words, in their heading, the names of their attachments, or their text.
 *
 * What is indexed and looked for are words as text_words() makes them; a search finds them side by side, as
 * text_words_hold() does. The index says of each content how far it knows it, so that whoever asks can look at the rest himself: a content that came a
 * moment ago is in no index yet. It survives the eviction of the text that it was made from.
 */
#ifndef MALLE_STORE_FULLTEXT_H
#define MALLE_STORE_FULLTEXT_H

#include "base/id_set.h"
#include "store/reader.h"
#include "store/writer.h"

typedef enum {
    STORE_WORDS_FROM = 1 << 0, /* the heading: */
    STORE_WORDS_SENDER = 1 << 1,
    STORE_WORDS_REPLY_TO = 1 << 2,
    STORE_WORDS_TO = 1 << 3,
    STORE_WORDS_CC = 1 << 4,
    STORE_WORDS_BCC = 1 << 5,
    STORE_WORDS_SUBJECT = 1 << 6,
    STORE_WORDS_FILE = 1 << 7,
    STORE_WORDS_TEXT = 1 << 8,
} StoreWords;
#define STORE_WORDS_HEADING (STORE_WORDS_FILE - 1)

typedef enum {
    STORE_INDEXED_FILES = 1 << 0,
    STORE_INDEXED_TEXT = 1 << 1,
} StoreIndexed;

/* --- writing: engine thread, in slices ----------------------------------------------------------------- */

/* Indexes the headings of up to `most` contents; *done: how many there were. One commit. */
gboolean store_writer_index_headings(StoreWriter *writer, guint most, guint *done, GError **error);

typedef struct {
    gint64 content_id;
    gint64 message_id; /* where it is shown; 0: nowhere, there is nothing to read */
} StoreToIndex;
/* Contents of which something came since it was last looked at whether that can be indexed. Caller: g_array_unref. */
GArray *store_writer_to_index(StoreWriter *writer, guint most, GError **error);
/* What there is of it now, as words; NULL: not (all) here. What is indexed already stays as it is. */
gboolean store_writer_index_content(StoreWriter *writer, gint64 content_id, const char *files, const char *text, GError **error);

/* --- reading -------------------------------------------------------------------------------------------- */

/* The contents that hold these words side by side in one of `where`. NULL with error. Caller frees. */
IdSet *store_reader_find_words(StoreReader *reader, StoreWords where, const char *words, GError **error);
/* The headings of contents up to this id are indexed. */
gint64 store_reader_indexed_headings(StoreReader *reader);
/* Contents whose files or text may be here without being indexed yet. Caller frees. */
IdSet *store_reader_not_yet_indexed(StoreReader *reader);
/* Contents whose text the index does not know, whether it is here or not. Caller frees. */
IdSet *store_reader_text_not_indexed(StoreReader *reader);
/* The greatest id that a content has. */
gint64 store_reader_last_content(StoreReader *reader);
StoreIndexed store_reader_indexed(StoreReader *reader, gint64 content_id);
/* The rows in which a content is shown, of StoreListRow*, free func set: one a mailbox. */
GPtrArray *store_reader_rows_of_content(StoreReader *reader, gint64 content_id);

#endif
