/* Commands, and the one encoder through which every value goes to the wire (RFC 9051 §4, §6).
 *
 * A builder cannot fail: a value that may not be sent (CR, LF or NUL, a flag that is no atom, an empty set)
 * marks the command, and imap_session_send() refuses it with IMAP_ERROR_ARGUMENT before a byte leaves.
 * Whether a string goes as atom, quoted string, or synchronising or non-synchronising literal is decided when
 * the command leaves, by what the server can do at that moment.
 *
 * Mailboxes are wire names (mailbox.h). A command belongs to the session once it is sent. Not thread-safe.
 */
#ifndef MALLE_PROTO_IMAP_COMMAND_H
#define MALLE_PROTO_IMAP_COMMAND_H

#include "proto/imap/response.h"
#include "proto/imap/search.h"

typedef enum {
    IMAP_VERB_CAPABILITY,
    IMAP_VERB_NOOP,
    IMAP_VERB_LOGOUT,
    IMAP_VERB_ID,
    IMAP_VERB_STARTTLS,
    IMAP_VERB_COMPRESS,
    IMAP_VERB_AUTHENTICATE,
    IMAP_VERB_LOGIN,
    IMAP_VERB_ENABLE,
    IMAP_VERB_NAMESPACE,
    IMAP_VERB_LIST,
    IMAP_VERB_LSUB,
    IMAP_VERB_STATUS,
    IMAP_VERB_SELECT,
    IMAP_VERB_EXAMINE,
    IMAP_VERB_CREATE,
    IMAP_VERB_DELETE,
    IMAP_VERB_RENAME,
    IMAP_VERB_SUBSCRIBE,
    IMAP_VERB_UNSUBSCRIBE,
    IMAP_VERB_APPEND,
    IMAP_VERB_GENURLAUTH,
    IMAP_VERB_IDLE,
    IMAP_VERB_UNSELECT,
    IMAP_VERB_CLOSE,
    IMAP_VERB_EXPUNGE,
    IMAP_VERB_UID_EXPUNGE,
    IMAP_VERB_FETCH,
    IMAP_VERB_UID_FETCH,
    IMAP_VERB_STORE,
    IMAP_VERB_UID_STORE,
    IMAP_VERB_UID_COPY,
    IMAP_VERB_UID_MOVE,
    IMAP_VERB_SEARCH,
    IMAP_VERB_UID_SEARCH,
    IMAP_VERB_UID_SORT,
    IMAP_VERB_UID_THREAD,
    IMAP_VERB_ESEARCH,
    IMAP_VERB_COUNT,
} ImapVerb;

typedef struct ImapCommand ImapCommand;

void imap_command_free(ImapCommand *command); /* only what was never sent */
ImapVerb imap_command_verb(const ImapCommand *command);
const char *imap_verb_name(ImapVerb verb); /* "UID FETCH"; static */
/* TRUE for MOVE and UID EXPUNGE: a server without *CAP does not understand it, and what follows goes another way then. */
bool imap_command_needs(const ImapCommand *command, ImapCap *cap);

/* ---- any state, before authentication ---- */
ImapCommand *imap_command_capability(void);
ImapCommand *imap_command_noop(void);
ImapCommand *imap_command_logout(void);
ImapCommand *imap_command_id(const char *const *fields_and_values); /* NULL-terminated pairs; NULL: ID NIL */
ImapCommand *imap_command_starttls(void);
ImapCommand *imap_command_compress(void);
/* The password is wiped from memory as soon as it has left. Names and passwords outside ASCII go as literals
 * (UTF-8). */
ImapCommand *imap_command_login(const char *user, const char *password);

/* ---- mailboxes ---- */
ImapCommand *imap_command_enable(const char *const *names); /* "QRESYNC", "UTF8=ACCEPT"; NULL-terminated */
ImapCommand *imap_command_namespace(void);

typedef enum {
    /* RETURN options (RFC 5258); none of any kind, and no status items, gives the plain command. */
    IMAP_LIST_RETURN_SUBSCRIBED = 1 << 0,
    IMAP_LIST_RETURN_CHILDREN = 1 << 1,
    IMAP_LIST_RETURN_SPECIAL_USE = 1 << 2, /* RFC 6154 */
    IMAP_LIST_SELECT_SUBSCRIBED = 1 << 3,  /* selection options */
    IMAP_LIST_SELECT_RECURSIVE = 1 << 4,   /* RECURSIVEMATCH */
    IMAP_LIST_SELECT_SPECIAL_USE = 1 << 5,
} ImapListOptions;
/* status_items (of ImapStatusItems) other than 0 asks for LIST-STATUS (RFC 5819). `pattern` is the caller's:
 * % and * in it are wildcards. */
ImapCommand *imap_command_list(const char *reference, const char *pattern, guint options, guint status_items);
ImapCommand *imap_command_lsub(const char *reference, const char *pattern);
ImapCommand *imap_command_status(const char *mailbox, guint items);

typedef struct {
    bool condstore;      /* (CONDSTORE); not needed once ENABLE QRESYNC or CONDSTORE was sent */
    bool qresync;        /* (QRESYNC (…)), RFC 7162 §3.2.5; needs ENABLE QRESYNC on this connection */
    guint32 uidvalidity; /* what we know; not 0 with qresync */
    guint64 modseq;      /* not 0 with qresync */
    const ImapUidSet *known_uids; /* NULL: all up to the largest */
    /* Sequence match data, optional: known_seqs[i] has the UID known_seq_uids[i]. Both NULL or equal in
     * number. */
    const ImapUidSet *known_seqs, *known_seq_uids;
} ImapSelectParameters;
ImapCommand *imap_command_select(const char *mailbox, const ImapSelectParameters *parameters /* nullable */);
ImapCommand *imap_command_examine(const char *mailbox, const ImapSelectParameters *parameters /* nullable */);
/* special_use (one bit of ImapMailboxAttributes, or 0) needs CREATE-SPECIAL-USE. */
ImapCommand *imap_command_create(const char *mailbox, guint special_use);
ImapCommand *imap_command_delete(const char *mailbox);
ImapCommand *imap_command_rename(const char *from, const char *to);
ImapCommand *imap_command_subscribe(const char *mailbox);
ImapCommand *imap_command_unsubscribe(const char *mailbox);

/* Where the octets of a literal come from, read as they leave: a message never stands in memory whole. */
typedef struct {
    guint64 size; /* exactly what read() will deliver */
    /* Up to max bytes into buffer; 0 or -1 (with error set) before `size` are there breaks the session. */
    gssize (*read)(gpointer user, guint8 *buffer, gsize max, GError **error);
    gpointer user;
    GDestroyNotify destroy; /* nullable; called once, when sent, aborted or refused */
} ImapSource;
ImapSource imap_source_from_bytes(GBytes *bytes); /* takes a reference of its own */

/* flags: names as on the wire, NULL-terminated, NULL for none. internal_date: Unix seconds, written as UTC;
 * 0: the server's now. The message must have CRLF line ends. utf8: wrap as RFC 6855 UTF8 (needs UTF8=ACCEPT
 * enabled); binary: as literal8 (RFC 3516). */
ImapCommand *imap_command_append(const char *mailbox, const char *const *flags, gint64 internal_date,
                                 ImapSource source, bool utf8, bool binary);

/* A piece of a message that the server puts together (CATENATE, RFC 4469): what it has, by an IMAP URL, or text of ours. */
typedef struct {
    const char *url;   /* "/Drafts;UIDVALIDITY=1/;UID=20/;SECTION=2"; copied. NULL: `text` */
    ImapSource text;
} ImapCatenatePart;
/* As imap_command_append(). The sources are the command's. */
ImapCommand *imap_command_append_catenate(const char *mailbox, const char *const *flags, gint64 internal_date, const ImapCatenatePart *parts, guint n);

/* An IMAP URL that others may fetch by (RFC 4467), told by the event `urls`. url: as far as ";URLAUTH=submit+user", printable ASCII. */
ImapCommand *imap_command_genurlauth(const char *url);

/* ---- the selected mailbox ---- */
ImapCommand *imap_command_unselect(void);
ImapCommand *imap_command_close(void); /* expunges! */
ImapCommand *imap_command_expunge(void);
ImapCommand *imap_command_uid_expunge(const ImapUidSet *uids);

typedef struct {
    const char *section; /* "", "HEADER", "1.2", "1.MIME", "HEADER.FIELDS (REFERENCES LIST-ID)" */
    bool binary;         /* BINARY (RFC 3516): the server decodes base64; section is a part number or "" */
    bool binary_size;    /* BINARY.SIZE[section]; origin and length unused */
    bool set_seen;       /* without .PEEK */
    guint64 origin;      /* with length != 0: <origin.length> */
    guint64 length;
} ImapFetchSection;

typedef struct {
    guint items; /* of ImapFetchItems; UID is implied in UID FETCH and asked for in FETCH */
    const ImapFetchSection *sections;
    guint n_sections;
    guint64 changed_since; /* not 0: (CHANGEDSINCE n), RFC 7162 */
    bool vanished; /* with changed_since and QRESYNC enabled, UID FETCH only: VANISHED (EARLIER) is sent */
} ImapFetchWants;

ImapCommand *imap_command_uid_fetch(const ImapUidSet *uids, const ImapFetchWants *wants);
/* By sequence number: only for the first window of a mailbox that has just been selected (RFC 3501 §5.5: it
 * waits for commands in flight that may renumber). last 0: "*". */
ImapCommand *imap_command_fetch(guint32 first, guint32 last, const ImapFetchWants *wants);

typedef enum { IMAP_STORE_ADD, IMAP_STORE_REMOVE, IMAP_STORE_REPLACE } ImapStoreMode;
/* flags: wire names, NULL-terminated. silent: no FETCH for every message. unchanged_since 0: always. */
ImapCommand *imap_command_uid_store(const ImapUidSet *uids, ImapStoreMode mode, const char *const *flags,
                                    bool silent, guint64 unchanged_since);
ImapCommand *imap_command_uid_copy(const ImapUidSet *uids, const char *mailbox);
ImapCommand *imap_command_uid_move(const ImapUidSet *uids, const char *mailbox);

typedef enum {
    IMAP_SEARCH_RETURN_MIN = 1 << 0,
    IMAP_SEARCH_RETURN_MAX = 1 << 1,
    IMAP_SEARCH_RETURN_COUNT = 1 << 2,
    IMAP_SEARCH_RETURN_ALL = 1 << 3,
    IMAP_SEARCH_RETURN_SAVE = 1 << 4,
} ImapSearchReturn;
/* returns 0: plain UID SEARCH (no ESEARCH needed). The criteria are copied; NULL: ALL. */
ImapCommand *imap_command_uid_search(const ImapSearch *criteria, guint returns);
/* RETURN (PARTIAL first:last); negative numbers count from the newest (RFC 9394; CONTEXT=SEARCH knows
 * positive only). */
ImapCommand *imap_command_uid_search_partial(const ImapSearch *criteria, guint returns, gint64 first,
                                             gint64 last);
/* Plain SEARCH by sequence numbers: the map from sequence number to UID is two of these; see
 * imap_command_fetch(). */
ImapCommand *imap_command_search(const ImapSearch *criteria, guint returns);
/* keys as RFC 5256 writes them: "REVERSE DATE". returns other than 0 needs ESORT (RFC 5267), and first other than 0 asks for that part of
 * the order (PARTIAL; needs CONTEXT=SEARCH or PARTIAL as well). */
ImapCommand *imap_command_uid_sort(const char *keys, const ImapSearch *criteria, guint returns, gint64 first,
                                   gint64 last);
/* algorithm: "REFERENCES", "REFS". What the criteria choose is threaded, nothing else. */
ImapCommand *imap_command_uid_thread(const char *algorithm, const ImapSearch *criteria);
/* MULTISEARCH (RFC 7377): one search of several mailboxes (n wire names, at least one), whatever is selected. Answered by an event
 * `search` for each mailbox in which something was found, with its name. */
ImapCommand *imap_command_esearch(const char *const *mailboxes, guint n, const ImapSearch *criteria, guint returns);

/* A command without a builder, from protocol text of the program's own (never a user's or a server's). */
ImapCommand *imap_command_raw(ImapVerb like, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapCommand, imap_command_free)

#endif
