#include "config.h"

#include "proto/imap/session-private.h"

/* The written state table: RFC 9051 §6 (and each extension's own words) as data.
 * doc/internals/imap-session.md shows the same table; tests/imap/test-states.c compares them. */

#define ANY (IMAP_IN_NOT_AUTHENTICATED | IMAP_IN_AUTHENTICATED | IMAP_IN_SELECTED)
#define NOT_AUTH IMAP_IN_NOT_AUTHENTICATED
#define AUTH (IMAP_IN_AUTHENTICATED | IMAP_IN_SELECTED)
#define AUTH_ONLY IMAP_IN_AUTHENTICATED
#define SELECTED IMAP_IN_SELECTED
#define BARRIER IMAP_DOES_BARRIER
#define QUIET IMAP_DOES_NO_EXPUNGE
#define SEQ IMAP_DOES_USE_SEQ
#define STATE IMAP_DOES_STATE

static const struct {
    const char *name;
    guint legal;
    guint does;
} VERBS[IMAP_VERB_COUNT] = {
    [IMAP_VERB_CAPABILITY] = { "CAPABILITY", ANY, 0 },
    [IMAP_VERB_NOOP] = { "NOOP", ANY, 0 },
    [IMAP_VERB_LOGOUT] = { "LOGOUT", ANY, BARRIER | STATE },
    [IMAP_VERB_ID] = { "ID", ANY, 0 },
    [IMAP_VERB_STARTTLS] = { "STARTTLS", NOT_AUTH, BARRIER | STATE },
    [IMAP_VERB_COMPRESS] = { "COMPRESS", AUTH, BARRIER | STATE },
    [IMAP_VERB_AUTHENTICATE] = { "AUTHENTICATE", NOT_AUTH, BARRIER | STATE },
    [IMAP_VERB_LOGIN] = { "LOGIN", NOT_AUTH, BARRIER | STATE },
    [IMAP_VERB_ENABLE] = { "ENABLE", AUTH_ONLY, STATE },
    [IMAP_VERB_NAMESPACE] = { "NAMESPACE", AUTH, 0 },
    [IMAP_VERB_LIST] = { "LIST", AUTH, 0 },
    [IMAP_VERB_LSUB] = { "LSUB", AUTH, 0 },
    [IMAP_VERB_STATUS] = { "STATUS", AUTH, 0 },
    [IMAP_VERB_SELECT] = { "SELECT", AUTH, STATE | QUIET },
    [IMAP_VERB_EXAMINE] = { "EXAMINE", AUTH, STATE | QUIET },
    [IMAP_VERB_CREATE] = { "CREATE", AUTH, 0 },
    [IMAP_VERB_DELETE] = { "DELETE", AUTH, 0 },
    [IMAP_VERB_RENAME] = { "RENAME", AUTH, 0 },
    [IMAP_VERB_SUBSCRIBE] = { "SUBSCRIBE", AUTH, 0 },
    [IMAP_VERB_UNSUBSCRIBE] = { "UNSUBSCRIBE", AUTH, 0 },
    [IMAP_VERB_APPEND] = { "APPEND", AUTH, 0 },
    [IMAP_VERB_GENURLAUTH] = { "GENURLAUTH", AUTH, 0 },
    [IMAP_VERB_IDLE] = { "IDLE", AUTH, 0 },
    [IMAP_VERB_UNSELECT] = { "UNSELECT", SELECTED, STATE | QUIET },
    [IMAP_VERB_CLOSE] = { "CLOSE", SELECTED, STATE | QUIET },
    [IMAP_VERB_EXPUNGE] = { "EXPUNGE", SELECTED, 0 },
    [IMAP_VERB_UID_EXPUNGE] = { "UID EXPUNGE", SELECTED, 0 },
    [IMAP_VERB_FETCH] = { "FETCH", SELECTED, QUIET | SEQ },
    [IMAP_VERB_UID_FETCH] = { "UID FETCH", SELECTED, 0 },
    [IMAP_VERB_STORE] = { "STORE", SELECTED, QUIET | SEQ },
    [IMAP_VERB_UID_STORE] = { "UID STORE", SELECTED, 0 },
    [IMAP_VERB_UID_COPY] = { "UID COPY", SELECTED, 0 },
    [IMAP_VERB_UID_MOVE] = { "UID MOVE", SELECTED, 0 },
    [IMAP_VERB_SEARCH] = { "SEARCH", SELECTED, QUIET | SEQ },
    [IMAP_VERB_UID_SEARCH] = { "UID SEARCH", SELECTED, 0 },
    [IMAP_VERB_UID_SORT] = { "UID SORT", SELECTED, 0 },
    [IMAP_VERB_UID_THREAD] = { "UID THREAD", SELECTED, 0 },
    [IMAP_VERB_ESEARCH] = { "ESEARCH", AUTH, 0 },
};

const char *imap_verb_name(ImapVerb verb)
{
    return VERBS[verb].name;
}

guint imap_verb_does(ImapVerb verb)
{
    return VERBS[verb].does;
}

bool imap_verb_is_legal(ImapVerb verb, ImapState state)
{
    switch (state) {
    case IMAP_STATE_GREETING: /* queued, and judged again when it leaves */
    case IMAP_STATE_NOT_AUTHENTICATED:
        return (VERBS[verb].legal & IMAP_IN_NOT_AUTHENTICATED) != 0;
    case IMAP_STATE_AUTHENTICATED:
        return (VERBS[verb].legal & IMAP_IN_AUTHENTICATED) != 0;
    case IMAP_STATE_SELECTED:
        return (VERBS[verb].legal & IMAP_IN_SELECTED) != 0;
    case IMAP_STATE_LOGOUT:
        break;
    }
    return false;
}

ImapState imap_verb_state_after(ImapVerb verb, ImapState state, bool succeeded)
{
    if (state == IMAP_STATE_LOGOUT)
        return state;
    switch (verb) {
    case IMAP_VERB_LOGIN:
    case IMAP_VERB_AUTHENTICATE:
        return succeeded ? IMAP_STATE_AUTHENTICATED : state;
    case IMAP_VERB_SELECT:
    case IMAP_VERB_EXAMINE:
        /* A failing SELECT deselects what was selected (RFC 9051 §6.3.2). */
        return succeeded ? IMAP_STATE_SELECTED : IMAP_STATE_AUTHENTICATED;
    case IMAP_VERB_CLOSE:
    case IMAP_VERB_UNSELECT:
        return succeeded ? IMAP_STATE_AUTHENTICATED : state;
    case IMAP_VERB_LOGOUT:
        return succeeded ? IMAP_STATE_LOGOUT : state;
    default:
        return state;
    }
}
