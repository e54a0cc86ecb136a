/* What a server said, as plain structures. Everything here lives until the callback that got it returns.
 * Numbers that a server may leave out have a bit or a flag that says whether it sent them. RFC 9051 §7 unless
 * stated.
 */
#ifndef MALLE_PROTO_IMAP_RESPONSE_H
#define MALLE_PROTO_IMAP_RESPONSE_H

#include "base/mailflags.h"
#include "proto/imap/capability.h"
#include "proto/imap/text.h"
#include "proto/imap/uidset.h"

typedef struct {
    MailFlags bits;
    bool recent;              /* \Recent */
    bool any;                 /* \* in PERMANENTFLAGS: new keywords may be made */
    const ImapString *others; /* keywords (and \flags) without a bit, as sent */
    guint n_others;
} ImapFlags;

typedef enum {
    IMAP_STATUS_OK,
    IMAP_STATUS_NO,
    IMAP_STATUS_BAD,
    IMAP_STATUS_PREAUTH,
    IMAP_STATUS_BYE
} ImapStatus;

/* clang-format off */
/* Response codes; which fields of ImapText are set stands behind them. */
#define IMAP_CODE_TABLE(X) \
    X(ALERT, "ALERT") \
    X(ALREADYEXISTS, "ALREADYEXISTS") \
    X(APPENDUID, "APPENDUID") /* number: UIDVALIDITY, uids */ \
    X(AUTHENTICATIONFAILED, "AUTHENTICATIONFAILED") \
    X(AUTHORIZATIONFAILED, "AUTHORIZATIONFAILED") \
    X(BADCHARSET, "BADCHARSET") \
    X(BADEVENT, "BADEVENT") \
    X(CANNOT, "CANNOT") \
    X(CAPABILITY, "CAPABILITY") \
    X(CLIENTBUG, "CLIENTBUG") \
    X(CLOSED, "CLOSED") \
    X(COMPRESSIONACTIVE, "COMPRESSIONACTIVE") \
    X(CONTACTADMIN, "CONTACTADMIN") \
    X(COPYUID, "COPYUID") /* copyuid */ \
    X(CORRUPTION, "CORRUPTION") \
    X(EXPIRED, "EXPIRED") \
    X(EXPUNGEISSUED, "EXPUNGEISSUED") \
    X(HASCHILDREN, "HASCHILDREN") \
    X(HIGHESTMODSEQ, "HIGHESTMODSEQ") /* number */ \
    X(INUSE, "INUSE") \
    X(INPROGRESS, "INPROGRESS") \
    X(LIMIT, "LIMIT") \
    X(MAILBOXID, "MAILBOXID") /* argument */ \
    X(MODIFIED, "MODIFIED") /* uids */ \
    X(NEWNAME, "NEWNAME") \
    X(NOMODSEQ, "NOMODSEQ") \
    X(NONEXISTENT, "NONEXISTENT") \
    X(NOPERM, "NOPERM") \
    X(NOTSAVED, "NOTSAVED") \
    X(NOUPDATE, "NOUPDATE") \
    X(NOTIFICATIONOVERFLOW, "NOTIFICATIONOVERFLOW") \
    X(OVERQUOTA, "OVERQUOTA") \
    X(PARSE, "PARSE") \
    X(PERMANENTFLAGS, "PERMANENTFLAGS") /* flags */ \
    X(PRIVACYREQUIRED, "PRIVACYREQUIRED") \
    X(READ_ONLY, "READ-ONLY") \
    X(READ_WRITE, "READ-WRITE") \
    X(REFERRAL, "REFERRAL") \
    X(SERVERBUG, "SERVERBUG") \
    X(THROTTLED, "THROTTLED") \
    X(TOOBIG, "TOOBIG") \
    X(TRYCREATE, "TRYCREATE") \
    X(UIDNEXT, "UIDNEXT") /* number */ \
    X(UIDNOTSTICKY, "UIDNOTSTICKY") \
    X(UIDREQUIRED, "UIDREQUIRED") \
    X(UIDVALIDITY, "UIDVALIDITY") /* number */ \
    X(UNAVAILABLE, "UNAVAILABLE") \
    X(UNKNOWN_CTE, "UNKNOWN-CTE") \
    X(UNSEEN, "UNSEEN") /* number */ \
    X(USEATTR, "USEATTR")

typedef enum {
    IMAP_CODE_NONE,
    IMAP_CODE_UNKNOWN, /* see code_name; also a known one whose arguments make no sense */
#define X(id, name) IMAP_CODE_##id,
    IMAP_CODE_TABLE(X)
#undef X
        IMAP_CODE_COUNT
} ImapCode;
/* clang-format on */

/* The words of an OK, NO, BAD, BYE or PREAUTH. */
typedef struct {
    ImapStatus status;
    ImapCode code;
    ImapString code_name; /* as sent, NIL when there is no code */
    ImapString argument;  /* the code's arguments as sent, NIL when there are none */
    ImapString text;      /* human-readable, from the server (hostile); may be empty, never NIL */
    guint64 number;
    ImapFlags flags;
    const ImapUidSet *uids;     /* NULL where not stated */
    const ImapCopyUid *copyuid; /* NULL unless the two sets agree in number */
} ImapText;

/* ---- mailboxes ---- */

typedef enum {
    IMAP_MAILBOX_NOINFERIORS = 1 << 0,
    IMAP_MAILBOX_NOSELECT = 1 << 1,
    IMAP_MAILBOX_NONEXISTENT = 1 << 2, /* implies NOSELECT, which is set with it */
    IMAP_MAILBOX_HASCHILDREN = 1 << 3,
    IMAP_MAILBOX_HASNOCHILDREN = 1 << 4,
    IMAP_MAILBOX_MARKED = 1 << 5,
    IMAP_MAILBOX_UNMARKED = 1 << 6,
    IMAP_MAILBOX_SUBSCRIBED = 1 << 7,
    IMAP_MAILBOX_REMOTE = 1 << 8,
    IMAP_MAILBOX_ALL = 1 << 9, /* from here: RFC 6154 */
    IMAP_MAILBOX_ARCHIVE = 1 << 10,
    IMAP_MAILBOX_DRAFTS = 1 << 11,
    IMAP_MAILBOX_FLAGGED = 1 << 12,
    IMAP_MAILBOX_JUNK = 1 << 13,
    IMAP_MAILBOX_SENT = 1 << 14,
    IMAP_MAILBOX_TRASH = 1 << 15,
    IMAP_MAILBOX_IMPORTANT = 1 << 16, /* RFC 8457 */
} ImapMailboxAttributes;

typedef struct {
    bool lsub;        /* came as LSUB */
    guint attributes; /* of ImapMailboxAttributes; \Inbox and XLIST names are understood */
    char delimiter;   /* '\0': flat (NIL) */
    /* NUL-terminated; "inbox" in any case is "INBOX"; names with NUL, CR or LF are not reported. */
    const char *wire_name;
    const char *name; /* readable, UTF-8 (mailbox.h) */
    const char *old_name;  /* OLDNAME, wire; or NULL */
    bool child_subscribed; /* CHILDINFO ("SUBSCRIBED"): a child of it matches, itself need not */
} ImapList;

typedef enum {
    IMAP_STATUS_ITEM_MESSAGES = 1 << 0,
    IMAP_STATUS_ITEM_UIDNEXT = 1 << 1,
    IMAP_STATUS_ITEM_UIDVALIDITY = 1 << 2,
    IMAP_STATUS_ITEM_UNSEEN = 1 << 3,
    IMAP_STATUS_ITEM_DELETED = 1 << 4,
    IMAP_STATUS_ITEM_SIZE = 1 << 5,
    IMAP_STATUS_ITEM_HIGHESTMODSEQ = 1 << 6,
    IMAP_STATUS_ITEM_RECENT = 1 << 7,
    IMAP_STATUS_ITEM_APPENDLIMIT = 1 << 8,
    IMAP_STATUS_ITEM_MAILBOXID = 1 << 9,
} ImapStatusItems;

typedef struct {
    const char *wire_name; /* as in ImapList */
    guint items;           /* which of these the server sent */
    guint32 messages, unseen, deleted, recent, uidnext, uidvalidity;
    guint64 size, highestmodseq, appendlimit; /* appendlimit G_MAXUINT64: NIL */
    ImapString mailboxid;
} ImapMailboxStatus;

typedef struct {
    ImapString prefix; /* wire name */
    char delimiter;    /* '\0': flat */
} ImapNamespace;

typedef struct {
    const ImapNamespace *personal, *others, *shared;
    guint n_personal, n_others, n_shared;
} ImapNamespaces;

typedef struct {
    ImapString field, value;
} ImapIdField;

/* ---- messages ---- */

/* As in the ENVELOPE: host NIL starts a group (mailbox is its name), host and mailbox NIL ends it. Raw header
 * text: RFC 2047 words are not decoded, bytes above 127 are kept. */
typedef struct {
    ImapString name, route, mailbox, host;
} ImapAddress;

typedef struct {
    const ImapAddress *items;
    guint n;
} ImapAddresses;

typedef struct {
    ImapString date, subject;
    ImapAddresses from, sender, reply_to, to, cc, bcc;
    ImapString in_reply_to, message_id;
    bool truncated; /* more addresses than ImapLimits allows; the first are here */
} ImapEnvelope;

typedef struct {
    ImapString name, value; /* raw: RFC 2231 not decoded */
} ImapParameter;

typedef struct {
    const ImapParameter *items;
    guint n;
} ImapParameters;

typedef enum { IMAP_PART_BASIC, IMAP_PART_TEXT, IMAP_PART_MESSAGE, IMAP_PART_MULTIPART } ImapPartKind;

/* One part; an ImapBody holds them in order, a parent before its children. */
typedef struct {
    ImapPartKind kind;
    int parent;          /* index, -1 for the root */
    guint depth;         /* 0 for the root */
    const char *section; /* "1", "2.1"; a multipart's own is its number ("2"), the root multipart's "", that
                          * of a multipart directly inside a message part "2" is "2.TEXT"; NUL-terminated */
    ImapString type, subtype; /* as sent, any case; "text" and "plain" where the server sent none */
    ImapParameters parameters;
    ImapString id, description, encoding;
    guint64 octets, lines;        /* 0 when not sent; hints, servers err */
    const ImapEnvelope *envelope; /* IMAP_PART_MESSAGE only, may be NULL */
    ImapString md5, disposition, location;
    ImapParameters disposition_parameters;
    const ImapString *languages;
    guint n_languages;
} ImapPart;

typedef struct {
    const ImapPart *parts;
    guint n;        /* at least 1 */
    bool truncated; /* parts beyond ImapLimits were left out: what stands here is right, but not all */
} ImapBody;

/* The bytes of BODY[…], BINARY[…], RFC822, RFC822.HEADER or RFC822.TEXT (the last three as "", "HEADER",
 * "TEXT"). */
typedef struct {
    ImapString section; /* between the brackets, as sent: "1.2", "HEADER.FIELDS (REFERENCES)", "" */
    bool binary;
    bool streamed;   /* bytes went through section_begin/data/end before; data is NIL */
    gint64 origin;   /* first octet of a partial, -1: from the start, not partial */
    guint64 size;    /* of these bytes */
    ImapString data; /* NIL: the server said NIL, or streamed */
} ImapSection;

typedef enum {
    IMAP_FETCH_UID = 1 << 0,
    IMAP_FETCH_FLAGS = 1 << 1,
    IMAP_FETCH_INTERNALDATE = 1 << 2,
    IMAP_FETCH_SIZE = 1 << 3, /* RFC822.SIZE */
    IMAP_FETCH_MODSEQ = 1 << 4,
    IMAP_FETCH_ENVELOPE = 1 << 5,
    IMAP_FETCH_BODY = 1 << 6, /* BODY: structure without extension data */
    IMAP_FETCH_BODYSTRUCTURE = 1 << 7,
    IMAP_FETCH_PREVIEW = 1 << 8, /* RFC 8970 */
    IMAP_FETCH_EMAILID = 1 << 9, /* RFC 8474 */
    IMAP_FETCH_THREADID = 1 << 10,
    IMAP_FETCH_SAVEDATE = 1 << 11, /* RFC 8514 */
    IMAP_FETCH_GM_MSGID = 1 << 12,
    IMAP_FETCH_GM_THRID = 1 << 13,
    IMAP_FETCH_GM_LABELS = 1 << 14,
} ImapFetchItems;

typedef struct {
    guint32 seq;   /* as sent; with UIDFETCH (RFC 9586) 0. May be beyond EXISTS: check */
    guint items;   /* of ImapFetchItems: what arrived and could be read */
    guint damaged; /* what arrived and could not be read (an ENVELOPE of nonsense): read the header instead */
    guint32 uid;   /* 0: not sent */
    ImapFlags flags;
    gint64 internal_date; /* Unix seconds */
    gint64 save_date;     /* 0 when NIL */
    guint64 size, modseq, gm_msgid, gm_thrid;
    const ImapEnvelope *envelope; /* NULL: not sent or damaged */
    const ImapBody *body;
    ImapString preview, emailid, threadid;
    const ImapString *gm_labels;
    guint n_gm_labels;
    const ImapSection *sections;
    guint n_sections;
    struct ImapBinarySize {
        ImapString section;
        guint64 size;
    } const *binary_sizes;
    guint n_binary_sizes;
} ImapFetch;

/* The section that was asked for as `section` ("1.2", "HEADER.FIELDS (REFERENCES)"; servers may change case,
 * spaces and quotes), or NULL. */
const ImapSection *imap_fetch_section(const ImapFetch *fetch, const char *section);
bool imap_section_is(const ImapSection *section, const char *text);

/* ---- searches ---- */

/* SEARCH and ESEARCH (RFC 4731, 9394, 7377) alike; also what SORT answers where it was asked with RETURN. */
typedef struct {
    bool extended; /* ESEARCH */
    bool uid;      /* numbers are UIDs; for plain SEARCH: as the command was */
    guint has;     /* IMAP_SEARCH_HAS_… */
    guint32 min, max;
    guint64 count;
    guint64 modseq;
    /* Never NULL for plain SEARCH; NULL when an ESEARCH has no ALL: none matched, if it was asked for. */
    const ImapUidSet *all;
    const ImapUidSet *partial; /* NULL: no PARTIAL, or NIL */
    guint64 partial_first, partial_last; /* without the sign of RFC 9394 */
    /* The same two as sent, for imap_uids_in_order(): ESORT's order is lost in a set. NIL where not sent. */
    ImapString all_text, partial_text;
    /* Of MULTISEARCH: which mailbox (a wire name, as in ImapList), and its UIDVALIDITY. NULL and 0: the selected one. */
    const char *mailbox;
    guint32 uidvalidity;
} ImapSearchResult;
/* The numbers of a set in the order in which they were written ("9:7,12" is 9 8 7 12), at most `max`; *n tells how many. g_free. */
guint32 *imap_uids_in_order(ImapString text, guint max, guint *n);

/* One message in the answer to THREAD (RFC 5256). */
typedef struct {
    guint32 uid; /* 0: a parent that does not exist, whose children are a thread all the same */
    int parent;  /* its index, always smaller than its own; -1: a thread begins */
} ImapThreadNode;
enum {
    IMAP_SEARCH_HAS_MIN = 1 << 0,
    IMAP_SEARCH_HAS_MAX = 1 << 1,
    IMAP_SEARCH_HAS_COUNT = 1 << 2,
    IMAP_SEARCH_HAS_ALL = 1 << 3,
    IMAP_SEARCH_HAS_MODSEQ = 1 << 4,
    IMAP_SEARCH_HAS_PARTIAL = 1 << 5,
};

const char *imap_code_name(ImapCode code); /* static; "" for NONE and UNKNOWN */

#endif
