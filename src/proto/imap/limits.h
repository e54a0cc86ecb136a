/* What a hostile server can make us hold. Beyond a limit the connection ends (IMAP_ERROR_LIMIT), except where
 * "truncated" is said: there the rest is left out.
 */
#ifndef MALLE_PROTO_IMAP_LIMITS_H
#define MALLE_PROTO_IMAP_LIMITS_H

#include <glib.h>

typedef struct {
    gsize line;          /* octets of one response without streamed literals (default 32 MiB) */
    gsize small_literal; /* section literals up to this come whole in the fetch event, larger ones are
                            streamed (16 KiB) */
    guint64 literal;     /* octets of one streamed literal (2 GiB) */
    guint depth;         /* nesting of parentheses and of body parts (64) */
    guint parts;         /* parts of one BODYSTRUCTURE (10000) */
    guint addresses;     /* addresses of one ENVELOPE (10000) */
    guint messages;      /* of a mailbox, as EXISTS says (20 million): a number of four octets is kept for each */
    guint64 unasked;     /* responses between two answers to commands (500000), and three for each
                            message of the largest mailbox that was open: FETCH tells of each one, EXPUNGE may, LIST
                            with STATUS tells of 100,000 mailboxes in 200,000 lines */
} ImapLimits;            /* 0: the default in brackets */

#endif
