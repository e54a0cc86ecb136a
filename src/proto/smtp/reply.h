/* Replies of an SMTP server (RFC 5321 §4.2), with enhanced status codes (RFC 2034, RFC 3463). */
#ifndef MALLE_PROTO_SMTP_REPLY_H
#define MALLE_PROTO_SMTP_REPLY_H

#include <glib.h>
#include <stdbool.h>

/* Longest line and most lines of one reply that are read. */
#define SMTP_LINE_MAX (16 * 1024)
#define SMTP_REPLY_LINES_MAX 1000

typedef struct {
    guint code;         /* 200 … 599 */
    guint enhanced[3];  /* class, subject, detail; all 0 when there is none */
    char *text;         /* the lines without codes, joined by LF; valid UTF-8, NOT safe for a terminal */
} SmtpReply;

SmtpReply *smtp_reply_copy(const SmtpReply *reply);
void smtp_reply_free(SmtpReply *reply);
/* "550 5.1.1 No such user", on one line; for the person and the journal. Caller frees. */
char *smtp_reply_words(const SmtpReply *reply);
/* 4yz, or an enhanced class of 4: worth another try later. */
bool smtp_reply_is_transient(const SmtpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpReply, smtp_reply_free)

/* Gathers lines to replies. */
typedef struct SmtpReader SmtpReader;
SmtpReader *smtp_reader_new(void);
void smtp_reader_free(SmtpReader *reader);
/* Takes bytes up to the end of the first whole reply, and gives it (transfer full); NULL and all bytes taken
 * when it is not whole yet; NULL with error set when it is none. */
SmtpReply *smtp_reader_feed(SmtpReader *reader, const char *bytes, gsize len, gsize *taken, GError **error);
/* Nothing is held: the last reply ended at the last byte. */
bool smtp_reader_is_empty(const SmtpReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpReader, smtp_reader_free)

#endif
