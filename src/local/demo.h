/* The demonstration mail that is inside the program: `malle --demo`. Some 200 letters, no network.
 *
 * The same letters every time; their dates are counted back from `now`, so that the list looks alive on any
 * day. */
#ifndef MALLE_LOCAL_DEMO_H
#define MALLE_LOCAL_DEMO_H

#include "local/mailbox.h"

/* The person whose mail it is. */
#define DEMO_NAME "Camille Morel"
#define DEMO_ADDRESS "camille@malle.example"

typedef struct {
    const char *name; /* "INBOX", "Lists/malle-dev"; delimiter '/' */
    const char *role; /* RFC 6154 attribute in lower case without backslash: "sent", "archive", "drafts",
                         "trash", "junk"; NULL */
} DemoMailbox;

/* NULL-name terminated, static. */
const DemoMailbox *demo_mailboxes(void);

typedef struct {
    GBytes *raw; /* the message, CR LF lines */
    MailFlags flags;
    char *keywords;       /* space separated, "" for none */
    gint64 internal_date; /* Unix seconds */
} DemoMessage;

/* The messages of one mailbox, oldest first. Of DemoMessage*, free func set. NULL when there is no such
 * mailbox. */
GPtrArray *demo_messages(const char *mailbox, gint64 now);
void demo_message_free(DemoMessage *message);

#endif
