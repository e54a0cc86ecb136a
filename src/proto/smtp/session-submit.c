#include "config.h"

#include "proto/smtp/session-private.h"

#include <string.h>

#include "base/i18n.h"

/* One letter: MAIL, RCPT …, and then its octets by DATA, by BDAT, or by naming it (BURL).
 *
 * With PIPELINING everything up to the octets leaves in one piece; a small letter by BDAT, and BURL, with it
 * (RFC 2920, RFC 3030 §4.2). A server that then refuses every recipient refuses the octets too. */

#define PIECE (64 * 1024)

static SmtpLetter *letter_of(SmtpSession *session)
{
    return &session->letter;
}

static guint recipients(const SmtpLetter *letter)
{
    return g_strv_length((char **)letter->submission->recipients);
}

static bool pipelined(const SmtpSession *session)
{
    return smtp_can(session->capabilities, SMTP_CAP_PIPELINING);
}

/* Octets of the letter by DATA or BDAT. */
static gsize length_of(const SmtpLetter *letter)
{
    const SmtpSubmission *submission = letter->submission;
    return g_bytes_get_size(submission->message) + (submission->header != NULL ? g_bytes_get_size(submission->header) : 0);
}

/* What lies in one piece from OFFSET on; *len: of it. */
static const guint8 *octets_at(const SmtpLetter *letter, gsize offset, gsize *len)
{
    const SmtpSubmission *submission = letter->submission;
    gsize header = submission->header != NULL ? g_bytes_get_size(submission->header) : 0;
    const guint8 *octets = g_bytes_get_data(offset < header ? submission->header : submission->message, len);
    gsize at = offset < header ? offset : offset - header;
    *len -= at;
    return octets + at;
}

static bool ends_line(const SmtpLetter *letter)
{
    gsize len, length = length_of(letter), last = length - MIN(length, 2);
    const guint8 *octets = octets_at(letter, last, &len);
    if (len == 1 && length > 1) { /* CR and LF lie in two pieces */
        gsize next;
        return octets[0] == '\r' && octets_at(letter, last + 1, &next)[0] == '\n';
    }
    return smtp_data_ends_line(octets, len);
}

/* ---- the end of it ---- */

/* The submission is its owner's again, and may be gone. */
static void letter_clear(SmtpLetter *letter, guint count)
{
    for (guint i = 0; letter->replies != NULL && i < count; i++)
        smtp_reply_free(letter->replies[i]);
    g_free(letter->replies);
    smtp_reply_free(letter->mail);
    smtp_reply_free(letter->chunk);
    *letter = (SmtpLetter){ 0 };
}

static void letter_done(SmtpSession *session, SmtpOutcome outcome, const SmtpReply *reply, const char *words)
{
    SmtpLetter ended = *letter_of(session);
    guint count = recipients(&ended);
    SmtpResult result = {
        .outcome = outcome,
        .reply = reply,
        .words = words,
        .recipients = (const SmtpReply *const *)ended.replies,
        .accepted = outcome == SMTP_OUTCOME_ACCEPTED || outcome == SMTP_OUTCOME_PARTIAL ? ended.accepted : 0,
    };
    session->used = outcome == SMTP_OUTCOME_REFUSED;
    session->letter = (SmtpLetter){ 0 }; /* the next may be begun from inside */
    ended.done(session, &result, ended.user);
    letter_clear(&ended, count);
}

/* No recipient was accepted: what decided is the first refusal. */
static const SmtpReply *first_refusal(const SmtpLetter *letter)
{
    if (letter->mail != NULL)
        return letter->mail;
    for (guint i = 0; i < recipients(letter); i++)
        if (letter->replies[i] != NULL && letter->replies[i]->code / 100 != 2)
            return letter->replies[i];
    return NULL;
}

static bool nobody_takes_it(const SmtpLetter *letter)
{
    return letter->mail != NULL || (letter->answered == recipients(letter) && letter->accepted == 0);
}

static void letter_refused(SmtpSession *session)
{
    letter_done(session, SMTP_OUTCOME_REFUSED, first_refusal(letter_of(session)), NULL);
}

void smtp_session_letter_close(SmtpSession *session, const char *reason)
{
    SmtpLetter *letter = letter_of(session);
    if (letter->stage == LETTER_NONE)
        return;
    bool left = letter->stage == LETTER_ANSWER && letter->committed_at <= session->output.taken;
    if (nobody_takes_it(letter))
        letter_refused(session);
    else
        letter_done(session, left ? SMTP_OUTCOME_UNKNOWN : SMTP_OUTCOME_NOT_SENT, NULL, reason);
}

/* The server hangs up in the middle of the letter, or refuses it before it has it all: what is left of it must
 * not be read as commands. */
static void break_off(SmtpSession *session, SmtpReply *reply)
{
    letter_done(session, SMTP_OUTCOME_REFUSED, reply, NULL);
    smtp_session_turn_away(session, reply);
}

bool smtp_session_letter_interrupted(SmtpSession *session, SmtpReply *reply)
{
    SmtpLetterStage stage = letter_of(session)->stage;
    if (reply->code / 100 < 4 || (stage != LETTER_CONTENT && stage != LETTER_LAST))
        return false;
    break_off(session, reply);
    return true;
}

/* ---- the last octets ---- */

static void letter_is_last(SmtpSession *session)
{
    letter_of(session)->stage = LETTER_LAST;
    if (session->events.last_octets != NULL)
        session->events.last_octets(session, session->user);
    else
        smtp_session_release(session);
}

/* What a letter by DATA, BDAT or BURL still lacks. */
void smtp_session_release(SmtpSession *session)
{
    SmtpLetter *letter = letter_of(session);
    if (letter->stage != LETTER_LAST || session->closed)
        return;
    if (letter->submission->burl != NULL)
        proto_output_printf(&session->output, "BURL %s LAST\r\n", letter->submission->burl);
    else
        proto_output_text(&session->output, letter->chunked ? "BDAT 0 LAST\r\n" : ".\r\n");
    smtp_session_owe(session, SMTP_OWED_LETTER);
    letter->stage = LETTER_ANSWER;
    letter->committed_at = session->output.taken + session->output.len;
    smtp_session_notify(session);
}

/* ---- the octets ---- */

static bool write_piece(SmtpSession *session, GError **error)
{
    SmtpLetter *letter = letter_of(session);
    gsize len;
    const guint8 *octets = octets_at(letter, letter->offset, &len);
    gsize piece = MIN(PIECE, len);
    if (!smtp_data_write(&letter->data, octets, piece, &session->output, error))
        return false;
    letter->offset += piece;
    return letter->offset < length_of(letter) || smtp_data_end(&letter->data, &session->output, error);
}

bool smtp_session_letter_pump(SmtpSession *session, GError **error)
{
    SmtpLetter *letter = letter_of(session);
    if (letter->stage != LETTER_CONTENT || session->output.len >= PIECE)
        return true;
    if (!write_piece(session, error))
        return false;
    if (letter->offset == length_of(letter))
        letter_is_last(session);
    return true;
}

/* ---- the envelope ---- */

static void write_rcpt(SmtpSession *session)
{
    SmtpLetter *letter = letter_of(session);
    smtp_submission_write_recipient(letter->submission, session->capabilities, letter->next++, &session->output);
    smtp_session_owe(session, SMTP_OWED_RCPT);
}

/* That these octets are the last is said in a command of its own, so that until it leaves it is certain that the
 * letter was not sent. */
static void write_chunk(SmtpSession *session)
{
    SmtpLetter *letter = letter_of(session);
    gsize len = length_of(letter);
    bool whole = letter->data.binary || ends_line(letter);
    proto_output_printf(&session->output, "BDAT %" G_GSIZE_FORMAT "\r\n", len + (whole ? 0 : 2));
    smtp_session_owe(session, SMTP_OWED_CHUNK);
    letter->stage = LETTER_CONTENT;
}

static void write_data(SmtpSession *session)
{
    proto_output_text(&session->output, "DATA\r\n");
    smtp_session_owe(session, SMTP_OWED_DATA);
}

/* The letter itself is next, its recipients known or not. */
static void begin_content(SmtpSession *session)
{
    if (letter_of(session)->submission->burl != NULL)
        letter_is_last(session);
    else if (letter_of(session)->chunked)
        write_chunk(session);
    else
        write_data(session);
}

static bool leaves_with_envelope(SmtpSession *session)
{
    const SmtpLetter *letter = letter_of(session);
    return letter->submission->burl != NULL || !letter->chunked ||
           length_of(letter) <= session->options.inline_max;
}

bool smtp_session_submit(SmtpSession *session, const SmtpSubmission *submission, SmtpSubmittedFunc done, gpointer user,
                         GError **error)
{
    SmtpLetter *letter = letter_of(session);
    if (!smtp_session_may_begin(session, error) ||
        !smtp_submission_check(submission, session->capabilities, error))
        return false;
    if (!session->tls && session->options.security == SMTP_SECURITY_STARTTLS) {
        g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_INSECURE,
                            _("The connection is not protected. The letter was not sent."));
        return false;
    }
    *letter = (SmtpLetter){ .submission = submission, .done = done, .user = user, .stage = LETTER_ENVELOPE };
    letter->replies = g_new0(SmtpReply *, recipients(letter));
    letter->chunked = smtp_can(session->capabilities, SMTP_CAP_CHUNKING);
    letter->data.binary = submission->body == SMTP_BODY_BINARYMIME;
    letter->data.stuff = !letter->chunked;

    if (session->used) {
        proto_output_text(&session->output, "RSET\r\n");
        smtp_session_owe(session, SMTP_OWED_RSET);
        session->used = false;
    }
    smtp_submission_write_mail(submission, session->capabilities, &session->output);
    smtp_session_owe(session, SMTP_OWED_MAIL);
    if (pipelined(session)) {
        while (letter->next < recipients(letter))
            write_rcpt(session);
        if (leaves_with_envelope(session))
            begin_content(session);
    }
    smtp_session_notify(session);
    return true;
}

/* ---- replies ---- */

static bool content_begun(const SmtpSession *session)
{
    for (guint i = 0; i < session->owed->len; i++)
        if (g_array_index(session->owed, SmtpOwed, i) >= SMTP_OWED_DATA)
            return true;
    return session->letter.stage != LETTER_ENVELOPE;
}

static void after_envelope_reply(SmtpSession *session)
{
    SmtpLetter *letter = letter_of(session);
    bool refused = nobody_takes_it(letter);
    if (letter->answered < recipients(letter) && letter->mail == NULL) {
        if (!pipelined(session))
            write_rcpt(session);
    } else if (!content_begun(session)) {
        /* MAIL refused, and RCPTs that were pipelined behind it still to be answered: wait for them. */
        bool all_in = session->owed->len == 0;
        if (refused && all_in)
            letter_refused(session);
        else if (!refused)
            begin_content(session);
    } else if (refused && letter->stage == LETTER_LAST) {
        /* The owner has not released the octets yet: they need not leave at all. */
        if (session->owed->len == 0)
            letter_refused(session);
    }
}

static void chunk_reply(SmtpSession *session, SmtpReply *reply)
{
    SmtpLetter *letter = letter_of(session);
    if (reply->code / 100 == 2)
        return;
    if (letter->stage == LETTER_CONTENT)
        break_off(session, reply); /* refused before it had all left: the rest would be read as commands */
    else if (letter->stage == LETTER_LAST)
        letter_done(session, SMTP_OUTCOME_REFUSED, nobody_takes_it(letter) ? first_refusal(letter) : reply, NULL);
    else
        letter->chunk = smtp_reply_copy(reply);
}

static void data_reply(SmtpSession *session, SmtpReply *reply)
{
    SmtpLetter *letter = letter_of(session);
    if (reply->code != 354) {
        if (letter->accepted > 0)
            letter_done(session, SMTP_OUTCOME_REFUSED, reply, NULL);
        else
            letter_refused(session);
        return;
    }
    if (letter->accepted > 0) {
        letter->stage = LETTER_CONTENT;
        return;
    }
    /* Nobody takes the letter, and yet the server waits for it: RFC 2920 §3.1 has us send an empty one. */
    proto_output_text(&session->output, ".\r\n");
    smtp_session_owe(session, SMTP_OWED_LETTER);
}

static void final_reply(SmtpSession *session, SmtpReply *reply)
{
    SmtpLetter *letter = letter_of(session);
    if (letter->accepted == 0)
        letter_refused(session);
    else if (letter->chunk != NULL)
        letter_done(session, SMTP_OUTCOME_REFUSED, letter->chunk, NULL);
    else if (reply->code / 100 != 2)
        letter_done(session, SMTP_OUTCOME_REFUSED, reply, NULL);
    else
        letter_done(session, letter->accepted == recipients(letter) ? SMTP_OUTCOME_ACCEPTED : SMTP_OUTCOME_PARTIAL,
                    reply, NULL);
}

bool smtp_session_letter_reply(SmtpSession *session, SmtpOwed owed, SmtpReply *reply, GError **error)
{
    SmtpLetter *letter = letter_of(session);
    if (owed != SMTP_OWED_DATA && reply->code / 100 == 3)
        return smtp_session_protocol_error(error, _("The server asks for the letter where that makes no sense."));
    switch (owed) {
    case SMTP_OWED_MAIL:
        if (reply->code / 100 != 2)
            letter->mail = smtp_reply_copy(reply);
        after_envelope_reply(session);
        break;
    case SMTP_OWED_RCPT:
        /* Behind a refused MAIL they are refused for that, which says nothing of the recipient. */
        if (letter->mail == NULL) {
            letter->accepted += reply->code / 100 == 2;
            letter->replies[letter->answered] = smtp_reply_copy(reply);
        }
        letter->answered++;
        after_envelope_reply(session);
        break;
    case SMTP_OWED_DATA:
        data_reply(session, reply);
        break;
    case SMTP_OWED_CHUNK:
        chunk_reply(session, reply);
        break;
    default:
        final_reply(session, reply);
        break;
    }
    return true;
}
