/* The columns of the list of messages, in words (option list-columns):
 *
 *     signs, date 10, who 22%, size, subject
 *
 * A name, and how wide it is: cells, or per cent of the list; without it what is usual for the column. The subject takes what is left.
 */
#ifndef MALLE_CONFIG_COLUMNS_H
#define MALLE_CONFIG_COLUMNS_H

#include <glib.h>

typedef enum {
    LIST_COLUMN_SIGNS,
    LIST_COLUMN_DATE,     /* that the author wrote */
    LIST_COLUMN_RECEIVED, /* that it arrived at */
    LIST_COLUMN_WHO,      /* sender; of one's own letters the recipient */
    LIST_COLUMN_FROM,     /* the sender's name, else the address */
    LIST_COLUMN_ADDRESS,  /* the sender's address */
    LIST_COLUMN_SIZE,
    LIST_COLUMN_SUBJECT,
    LIST_COLUMN_KEYWORDS,
    LIST_COLUMN_MAILBOX,  /* where it lies */
    LIST_COLUMN_KINDS,
} ListColumnKind;

typedef struct {
    ListColumnKind kind;
    int width;        /* cells or per cent; 0: usual */
    gboolean percent;
} ListColumn;

extern const char *const list_column_names[]; /* NULL-terminated, in the order of the kinds */

/* One entry of the list. FALSE with CONFIG_ERROR_VALUE. */
gboolean list_column_parse(const char *text, ListColumn *column, GError **error);

#endif
