/* UIDs as the journal keeps them: "4:9,12", ascending, no doubles. Internal to store/. */
#ifndef MALLE_STORE_UIDTEXT_H
#define MALLE_STORE_UIDTEXT_H

#include <glib.h>

/* `uids` of guint32 in any order. NULL when there are none; g_free. */
char *uidtext_format(const GArray *uids);
/* Of guint32, ascending. NULL when `text` is no such set or names more than `most` UIDs. */
GArray *uidtext_parse(const char *text, guint most);

#endif
