#include "config.h"

#include "engine/submission_letter.h"

#include <glib/gstdio.h>

#include "base/absent.h"
#include "base/i18n.h"
#include "engine/submission_words.h"
#include "mime/departure.h"
#include "proto/smtp/error.h"

void submission_letter_free(SubmissionLetter *letter)
{
    if (letter == NULL)
        return;
    intent_free(letter->intent);
    g_ptr_array_unref(letter->addresses);
    g_array_unref(letter->positions);
    g_clear_pointer(&letter->header, g_bytes_unref);
    g_clear_pointer(&letter->message, g_bytes_unref);
    g_free(letter->url);
    g_free(letter);
}

/* --- opening ---------------------------------------------------------------------------------- */

/* Only those that wait: who was accepted never gets it twice. As many as the server takes at once (RFC 9422). */
static void choose_recipients(SubmissionLetter *letter, guint most)
{
    const GPtrArray *all = letter->intent->recipients;
    for (guint i = 0; i < all->len && (most == 0 || letter->positions->len < most); i++) {
        const IntentRecipient *recipient = all->pdata[i];
        if (recipient->state != RECIPIENT_WAITING)
            continue;
        g_ptr_array_add(letter->addresses, recipient->address);
        g_array_append_val(letter->positions, i);
    }
    g_ptr_array_add(letter->addresses, NULL);
}

/* The kept file is the sender's copy too: what leaves is read from it without a copy, but for the header where Bcc stands in it. */
static gboolean open_file(SubmissionLetter *letter, const SmtpCapabilities *capabilities, gboolean *utf8, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(letter->intent->path, FALSE, error);
    if (file == NULL)
        return FALSE;
    g_autoptr(GBytes) all = g_mapped_file_get_bytes(file);
    g_auto(Departure) departure = { 0 };
    gsize length;
    const char *octets = g_bytes_get_data(all, &length);
    departure_read(&departure, octets, length);
    if (departure.left_out->len > 0) {
        letter->header = departure_header(&departure, octets);
        letter->message = g_bytes_new_from_bytes(all, departure.header, length - departure.header);
    } else {
        letter->message = g_bytes_ref(all);
    }
    *utf8 = departure.utf8_header;
    letter->submission.body = departure.eight_bit || departure.utf8_header ? SMTP_BODY_8BITMIME : SMTP_BODY_7BIT;
    letter->is_binary = departure.binary;
    if (departure.binary && smtp_can(capabilities, SMTP_CAP_BINARYMIME) && smtp_can(capabilities, SMTP_CAP_CHUNKING))
        letter->submission.body = SMTP_BODY_BINARYMIME; /* else it is refused in words when it should leave */
    return TRUE;
}

static gboolean has_address_beyond_ascii(const SubmissionLetter *letter)
{
    for (guint i = 0; i + 1 < letter->addresses->len; i++)
        if (!g_str_is_ascii(letter->addresses->pdata[i]))
            return TRUE;
    return !g_str_is_ascii(letter->intent->sender);
}

static SmtpNotify notify_of(guint options)
{
    if ((options & SEND_NOTIFY_NEVER) != 0)
        return SMTP_NOTIFY_NEVER;
    return ((options & SEND_NOTIFY_SUCCESS) != 0 ? SMTP_NOTIFY_SUCCESS : 0) | ((options & SEND_NOTIFY_FAILURE) != 0 ? SMTP_NOTIFY_FAILURE : 0) |
           ((options & SEND_NOTIFY_DELAY) != 0 ? SMTP_NOTIFY_DELAY : 0);
}

/* "Send later": by the server where it keeps letters for so long, else here. */
static void set_release(SubmissionLetter *letter, const SmtpCapabilities *capabilities, gint64 now)
{
    gint64 seconds = (letter->intent->release_at - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
    if (letter->intent->release_at <= now)
        return;
    if (smtp_can(capabilities, SMTP_CAP_FUTURERELEASE) && (guint64) seconds <= capabilities->hold_max)
        letter->submission.hold_seconds = (guint64) seconds;
    else
        letter->put_off = TRUE;
}

SubmissionLetter *submission_letter_open(const Intent *intent, const SmtpCapabilities *capabilities, gint64 now, GError **error)
{
    g_autoptr(SubmissionLetter) letter = g_new0(SubmissionLetter, 1);
    gboolean utf8 = FALSE;
    letter->intent = intent_copy(intent);
    letter->addresses = g_ptr_array_new();
    letter->positions = g_array_new(FALSE, FALSE, sizeof(guint));
    choose_recipients(letter, capabilities->recipients_max);
    if (!open_file(letter, capabilities, &utf8, error))
        return NULL;
    set_release(letter, capabilities, now);
    SmtpSubmission *submission = &letter->submission;
    submission->sender = letter->intent->sender;
    submission->recipients = (const char *const *) letter->addresses->pdata;
    submission->header = letter->header;
    submission->message = letter->message;
    submission->smtputf8 = utf8 || has_address_beyond_ascii(letter);
    submission->require_tls = (intent->send_options & SEND_REQUIRE_TLS) != 0;
    submission->notify = notify_of(intent->send_options);
    submission->return_full = (intent->send_options & SEND_RETURN_FULL) != 0;
    if (!smtp_submission_check(submission, capabilities, error))
        return NULL;
    g_autoptr(GPtrArray) absent = absent_parts_read(intent->path);
    letter->lacks_parts = absent->len > 0;
    letter->octets = smtp_submission_size(submission) + absent_parts_octets(absent);
    return g_steal_pointer(&letter);
}

gboolean submission_letter_name(SubmissionLetter *letter, const char *url, const SmtpCapabilities *capabilities, GError **error)
{
    SmtpSubmission named = letter->submission;
    named.burl = url;
    named.header = named.message = NULL;
    named.size = letter->octets;
    if (!smtp_submission_check(&named, capabilities, error))
        return FALSE;
    letter->url = g_strdup(url);
    letter->submission = named;
    letter->submission.burl = letter->url;
    return TRUE;
}

gboolean submission_letter_write(const SubmissionLetter *letter, const char *path, guint64 *kept_header, GError **error)
{
    g_autoptr(GByteArray) octets = g_byte_array_new();
    g_autoptr(GPtrArray) absent = absent_parts_read(letter->intent->path), moved = absent_parts_new();
    g_autoptr(GMappedFile) file = g_mapped_file_new(letter->intent->path, FALSE, error);
    if (file == NULL)
        return FALSE;
    gsize header = letter->header != NULL ? g_bytes_get_size(letter->header) : 0;
    *kept_header = g_mapped_file_get_length(file) - g_bytes_get_size(letter->message);
    if (letter->header != NULL)
        g_byte_array_append(octets, g_bytes_get_data(letter->header, NULL), (guint) header);
    g_byte_array_append(octets, g_bytes_get_data(letter->message, NULL), (guint) g_bytes_get_size(letter->message));
    if (!g_file_set_contents_full(path, (const char *) octets->data, octets->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error))
        return FALSE;
    for (guint i = 0; i < absent->len; i++) {
        const AbsentPart *part = absent->pdata[i];
        g_ptr_array_add(moved, absent_part_new(part->offset - *kept_header + header, part->length, part->octets, part->message_id, part->section, part->name));
    }
    return moved->len == 0 || absent_parts_write(moved, path, error);
}

void submission_letter_remove(const char *path)
{
    g_autofree char *beside = absent_parts_path(path);
    g_unlink(path);
    g_unlink(beside);
}

/* --- the answers ------------------------------------------------------------------------------ */

static void clear_verdict(gpointer data)
{
    g_free(((IntentRecipient *) data)->words);
}

static gboolean is_refusal(const SmtpReply *reply)
{
    return reply != NULL && reply->code / 100 != 2;
}

static void judge(IntentRecipient *verdict, const SmtpResult *result, const SmtpReply *own)
{
    gboolean taken = result->outcome == SMTP_OUTCOME_ACCEPTED || result->outcome == SMTP_OUTCOME_PARTIAL;
    const SmtpReply *decides = is_refusal(own) || taken ? own : result->reply;
    if (decides == NULL)
        return;
    verdict->words = submission_reply_words(decides);
    if (!is_refusal(decides))
        verdict->state = RECIPIENT_ACCEPTED;
    else
        verdict->state = smtp_reply_is_transient(decides) ? RECIPIENT_WAITING : RECIPIENT_REFUSED;
}

GArray *submission_letter_verdicts(const SubmissionLetter *letter, const SmtpResult *result)
{
    GArray *verdicts = g_array_new(FALSE, TRUE, sizeof(IntentRecipient));
    g_array_set_clear_func(verdicts, clear_verdict);
    for (guint i = 0; i < letter->intent->recipients->len; i++) {
        const IntentRecipient *before = letter->intent->recipients->pdata[i];
        IntentRecipient verdict = { .state = before->state, .words = g_strdup(before->words) };
        g_array_append_val(verdicts, verdict);
    }
    for (guint i = 0; i < letter->positions->len; i++) {
        IntentRecipient *verdict = &g_array_index(verdicts, IntentRecipient, g_array_index(letter->positions, guint, i));
        g_clear_pointer(&verdict->words, g_free);
        judge(verdict, result, result->recipients != NULL ? result->recipients[i] : NULL);
    }
    return verdicts;
}

gboolean submission_letter_url_refused(const SubmissionLetter *letter, const SmtpResult *result)
{
    gboolean taken = FALSE; /* at least one recipient was, so that what was refused is what came behind them */
    for (guint i = 0; i < letter->positions->len && result->recipients != NULL; i++)
        taken = taken || (result->recipients[i] != NULL && !is_refusal(result->recipients[i]));
    return letter->url != NULL && result->outcome == SMTP_OUTCOME_REFUSED && taken;
}

gboolean submission_letter_more_at_once(const SubmissionLetter *letter, const SmtpResult *result)
{
    guint waiting = 0, tried = letter->positions->len;
    for (guint i = 0; i < letter->intent->recipients->len; i++)
        waiting += ((const IntentRecipient *) letter->intent->recipients->pdata[i])->state == RECIPIENT_WAITING;
    for (guint i = 0; i < tried && result->recipients != NULL; i++) {
        const SmtpReply *own = result->recipients[i];
        if (own != NULL && own->code / 100 == 4 && (own->code == 452 || (own->enhanced[1] == 5 && own->enhanced[2] == 3)))
            waiting++; /* too many recipients (RFC 5321 §4.5.3.1.10) */
    }
    return result->accepted > 0 && waiting > tried;
}
