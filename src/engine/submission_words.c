#include "config.h"

#include "engine/submission_words.h"

#include "base/i18n.h"

typedef struct {
    guint subject, detail; /* of the enhanced code */
    const char *permanent, *transient; /* NULL: nothing to add */
} Meaning;

static const Meaning meanings[] = {
    { 1, 1, N_("there is no such mailbox"), NULL },
    { 1, 2, N_("there is no such mail domain"), N_("the domain cannot be found now") },
    { 1, 3, N_("the address is not written as one"), NULL },
    { 1, 8, N_("the sender's domain is not taken"), N_("the sender's domain cannot be found now") },
    { 1, 10, N_("the domain takes no mail"), NULL },
    { 2, 1, N_("the mailbox is closed"), N_("the mailbox is closed for now") },
    { 2, 2, N_("the mailbox is full"), N_("the mailbox is full; it is tried again") },
    { 2, 3, N_("the letter is larger than this mailbox takes"), NULL },
    { 3, 4, N_("the letter is larger than the server takes"), N_("the server has no room for it now") },
    { 4, 4, N_("there is no way to that domain"), N_("there is no way to that domain now") },
    { 5, 3, N_("too many recipients at once"), N_("too many recipients at once") },
    { 6, 7, N_("the server does not take addresses beyond ASCII"), NULL },
    { 7, 0, N_("the server does not allow it"), N_("the server asks us to come back later") },
    { 7, 1, N_("the server does not allow it"), N_("the server asks us to come back later") },
    { 7, 8, N_("the server does not know this log-in"), NULL },
    { 7, 10, N_("the way to the recipient is not encrypted"), NULL },
};

char *submission_reply_words(const SmtpReply *reply)
{
    g_autofree char *said = smtp_reply_words(reply);
    for (guint i = 0; i < G_N_ELEMENTS(meanings); i++) {
        const Meaning *meaning = &meanings[i];
        const char *words = reply->enhanced[0] == 4 ? meaning->transient : reply->enhanced[0] == 5 ? meaning->permanent : NULL;
        if (reply->enhanced[1] == meaning->subject && reply->enhanced[2] == meaning->detail && words != NULL)
            return g_strdup_printf("%s (%s)", said, _(words));
    }
    return g_steal_pointer(&said);
}
