#include "config.h"

#include "engine/refusal.h"

#include <string.h>

#include "base/i18n.h"

/* Exchange Online throttles by BAD and writes the time into the text: "Request is throttled. Suggested Backoff Time: 299961 milliseconds". */
static const char *const throttle_words[] = { "request is throttled", "too many simultaneous connections", "bandwidth limits", NULL };
static const char backoff_words[] = "suggested backoff time:";
/* "* BYE Session invalidated - AccessTokenExpired", "* BYE Session expired, please login again." */
static const char *const expiry_words[] = { "accesstokenexpired", "token expired", "token has expired", "session expired", "session invalidated", NULL };

static gboolean has_any(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strstr(text, *words) != NULL)
            return TRUE;
    return FALSE;
}

static char *folded(const ImapText *text)
{
    char *said = imap_string_dup(text->text);
    char *lower = g_ascii_strdown(said != NULL ? said : "", -1);
    g_free(said);
    return lower;
}

static guint wait_asked(const char *said)
{
    const char *at = strstr(said, backoff_words);
    if (at == NULL)
        return 0;
    at += strlen(backoff_words);
    at += strspn(at, " ");
    guint64 milliseconds = g_ascii_strtoull(at, NULL, 10); /* G_MAXUINT64 when it is too large */
    return (guint) MIN(milliseconds, REFUSAL_WAIT_MAX_MS);
}

static gboolean is_throttled(const ImapText *text, const char *said)
{
    return text->code == IMAP_CODE_THROTTLED || strstr(said, backoff_words) != NULL || has_any(said, throttle_words);
}

static gboolean is_expired(const ImapText *text, const char *said)
{
    /* In answer to one command, AUTHENTICATIONFAILED may come from a server behind that server, and concern one mailbox. */
    return text->code == IMAP_CODE_EXPIRED || (text->code == IMAP_CODE_AUTHENTICATIONFAILED && text->status == IMAP_STATUS_BYE) ||
           has_any(said, expiry_words);
}

static Refusal read_text(const ImapText *text, gboolean logged_in)
{
    Refusal refusal = { REFUSAL_ORDINARY, 0 };
    g_autofree char *said = folded(text);
    if (text->status == IMAP_STATUS_OK || text->status == IMAP_STATUS_PREAUTH)
        return refusal;
    if (is_throttled(text, said))
        refusal = (Refusal){ REFUSAL_THROTTLED, wait_asked(said) };
    else if (logged_in && is_expired(text, said))
        refusal.kind = REFUSAL_EXPIRED;
    return refusal;
}

Refusal refusal_read(const ImapText *text)
{
    return read_text(text, TRUE);
}

Refusal refusal_read_login(const ImapText *text)
{
    return read_text(text, FALSE);
}

/* --- words ------------------------------------------------------------------------------------ */

static const char *meaning(ImapCode code)
{
    switch (code) {
    case IMAP_CODE_OVERQUOTA:
        return _("there is no room left on the server: something has to be removed there first");
    case IMAP_CODE_LIMIT:
        return _("it is more than the server allows in one go");
    case IMAP_CODE_THROTTLED:
        return _("the server asks for fewer requests for a while");
    case IMAP_CODE_INUSE:
        return _("another program holds the mailbox; trying later may help");
    case IMAP_CODE_UNAVAILABLE:
        return _("a part of the server is out of order; trying later may help");
    case IMAP_CODE_NOPERM:
        return _("the account may not do this");
    case IMAP_CODE_NONEXISTENT:
    case IMAP_CODE_TRYCREATE:
        return _("the mailbox is not there any more");
    case IMAP_CODE_ALREADYEXISTS:
        return _("it is there already");
    case IMAP_CODE_TOOBIG:
        return _("the message is larger than the server takes");
    case IMAP_CODE_CORRUPTION:
        return _("the server's copy is damaged: its administrator has to see to it");
    default:
        return NULL;
    }
}

/* A code that is about a mailbox elsewhere is about the account here. */
static const char *meaning_at_login(ImapCode code)
{
    switch (code) {
    case IMAP_CODE_INUSE:
        return _("another program is logged in there, and the server takes one at a time; trying later may help");
    case IMAP_CODE_LIMIT:
        return _("there are more connections than the server allows: another program has to end one first");
    default:
        return meaning(code);
    }
}

static char *with_meaning(const ImapText *text, const char *means)
{
    g_autofree char *said = imap_string_dup(text->text);
    g_autofree char *valid = g_utf8_make_valid(said != NULL && *said != '\0' ? said : imap_code_name(text->code), -1);
    return means != NULL ? g_strdup_printf("%s (%s)", valid, means) : g_steal_pointer(&valid);
}

char *refusal_login_words(const ImapText *text)
{
    return with_meaning(text, meaning_at_login(text->code));
}

char *refusal_words(const ImapText *text)
{
    return with_meaning(text, meaning(text->code));
}
