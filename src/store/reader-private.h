/* What the files of store/ that read share. Nothing outside store/ includes this. */
#ifndef MALLE_STORE_READER_PRIVATE_H
#define MALLE_STORE_READER_PRIVATE_H

#include "store/database.h"
#include "store/reader.h"

struct StoreReader {
    Database *db;
    char *body_directory;
    guint depth; /* of nested begins */
};

/* The columns of a list row, of tables `message m` and `content c`; list_row_read() reads them from column 0
 * on. */
#define LIST_ROW_COLUMNS                                                                                     \
    "m.id, m.content_id, m.thread_id, m.shown_mailbox, m.uid, m.mailbox_id, m.shown_flags, "                 \
    "m.shown_keywords, m.date,"                                                                              \
    " m.internal_date, m.size, m.pending, c.has_structure, c.has_attachment, c.envelope, m.from_key, "       \
    "m.subject_key"
#define LIST_ROW_N_COLUMNS 17

StoreListRow *list_row_read(sqlite3_stmt *statement, StoreOrder order);
/* One row by id wherever it is shown; NULL when gone or hidden. */
StoreListRow *list_row_by_id(Database *db, gint64 message_id, StoreOrder order, GError **error);

/* The window in thread order (thread_windows.c). */
GPtrArray *thread_window(StoreReader *reader, const StoreListSpec *spec, const StoreAnchor *anchor,
                         guint before, guint after, guint *anchor_index, GError **error);

#endif
