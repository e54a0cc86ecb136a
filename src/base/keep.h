/* What is kept of a mailbox for offline use, as the person writes it: "nothing", "summaries", "texts", "everything", the last
 * two with a limit behind them where one is meant: "texts 90 days", "everything 500 MB", "everything 30 days 1 GB".
 *
 * Plain data, any thread.
 */
#ifndef MALLE_BASE_KEEP_H
#define MALLE_BASE_KEEP_H

#include <glib.h>

typedef enum {
    KEEP_NOTHING,    /* nothing is fetched for later; what was looked at is in the cache while there is room */
    KEEP_SUMMARIES,  /* the list, complete */
    KEEP_TEXTS,      /* and structures, and the parts that are read */
    KEEP_EVERYTHING, /* and whole messages, attachments included */
} KeepLevel;

typedef struct {
    KeepLevel level;
    guint days;      /* messages that arrived within these; 0: however old */
    guint64 bytes;   /* the newest up to this sum of their sizes; 0: however large */
} KeepRule;

/* The words, NULL-terminated, in the order of KeepLevel; for completion. */
const char *const *keep_level_words(void);
/* FALSE with BASE_ERROR_VALUE, words for the person; *rule is then as it was. */
gboolean keep_rule_parse(const char *text, KeepRule *rule, GError **error);
/* The limits alone, as they stand behind a word: "30 days", "500 MB", "30 days 1 GB", in a rule whose level is not touched. */
gboolean keep_limits_parse(const char *text, KeepRule *rule, GError **error);
/* A size alone: "200 kB". */
gboolean keep_size_parse(const char *text, guint64 *bytes, GError **error);
/* " 30 days 500 MB", "" without limits: what keep_limits_parse() reads. Caller frees. */
char *keep_limits_format(const KeepRule *rule);
/* What parses back to the same. Caller frees. */
char *keep_rule_format(const KeepRule *rule);
gboolean keep_rule_equal(const KeepRule *a, const KeepRule *b);

#endif
