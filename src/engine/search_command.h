/* UID SEARCH with its result handed to the one who asked. */
#ifndef MALLE_ENGINE_SEARCH_COMMAND_H
#define MALLE_ENGINE_SEARCH_COMMAND_H

#include "engine/link.h"

/* found is never NULL when result is OK (empty: nothing matched); valid during the call. */
typedef void (*SearchDone)(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user);

/* criteria NULL: all. As ESEARCH RETURN (ALL) where the server has it: ranges instead of a list. */
void search_send(EngineAccount *account, LinkAction *action, const ImapSearch *criteria, SearchDone done, gpointer user);
/* By Message-ID and size (about so many octets, for servers count line ends differently; 0: any), among the UIDs from `since` on (0: all). Asked for without the UIDs, for GNU imap4d finds nothing in "n:*". */
void search_message_id(EngineAccount *account, LinkAction *action, const char *message_id, guint64 size, guint32 since, SearchDone done, gpointer user);
/* A SEARCH, SORT or ESEARCH of the caller's, once, each result told as it comes. The last `done` has found what all of them held. */
typedef void (*SearchHeard)(EngineAccount *account, const ImapSearchResult *result, gpointer user);
void search_send_command(EngineAccount *account, LinkAction *action, ImapCommand *command, SearchHeard heard, SearchDone done, gpointer user);
/* The session's event. */
void search_hear(EngineAccount *account, const ImapSearchResult *result, ImapCommandId command);

#endif
