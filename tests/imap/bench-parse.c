/* How fast responses are understood: feeds N summaries as a server sends them, in pieces of 16 KiB, and tells
 * the rate. Not a test: run it by hand, tests/imap/bench-parse [N]. */
#include "config.h"

#include "proto/imap/session.h"

#include <stdio.h>
#include <stdlib.h>

static guint fetched;
static gsize characters;

static void on_fetch(ImapSession *session, const ImapFetch *fetch, gpointer user)
{
    (void)session;
    (void)user;
    fetched++;
    if (fetch->envelope != NULL)
        characters += fetch->envelope->subject.len;
    if (fetch->body != NULL)
        characters += fetch->body->n;
}

static void run(const char *what, const char *response, guint n)
{
    ImapSessionOptions options = { .security = IMAP_SECURITY_NONE };
    ImapSessionEvents events = { .fetch = on_fetch };
    ImapSession *session = imap_session_new(&options, &events, NULL);
    GString *bytes = g_string_new(NULL);
    gsize total = 0;

    while (bytes->len < 16 * 1024 * 16)
        g_string_append(bytes, response);
    guint each = (guint)(bytes->len / strlen(response));
    imap_session_feed(session, "* PREAUTH hi\r\n", 14, NULL);
    fetched = 0;
    gint64 start = g_get_monotonic_time();
    for (guint done = 0; done < n; done += each) {
        for (gsize at = 0; at < bytes->len; at += 16 * 1024) {
            gsize len = MIN(bytes->len - at, 16 * 1024);
            if (!imap_session_feed(session, bytes->str + at, len, NULL))
                exit(1);
            total += len;
        }
    }
    double seconds = (double)(g_get_monotonic_time() - start) / 1e6;
    printf("%-14s %8u responses %7.1f MB %6.3f s %7.1f MB/s %8.0f /s\n", what, fetched, (double)total / 1e6,
           seconds, (double)total / 1e6 / seconds, fetched / seconds);
    imap_session_free(session);
    g_string_free(bytes, TRUE);
}

int main(int argc, char **argv)
{
    guint n = argc > 1 ? (guint)strtoul(argv[1], NULL, 10) : 100000;
    run("summaries",
        "* 12345 FETCH (UID 112345 FLAGS (\\Seen $Forwarded) INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" "
        "RFC822.SIZE 4286 "
        "ENVELOPE (\"Wed, 17 Jul 2026 02:23:25 +0200 (CEST)\" \"[list] "
        "=?utf-8?q?Re=3A_minutes_of_the_meeting?= and more\" "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) ((\"Terry Gray\" NIL \"gray\" "
        "\"cac.washington.example\")) "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.example\")) ((NIL NIL \"imap\" "
        "\"cac.washington.example\")) "
        "((NIL NIL \"minutes\" \"reston.example\")(\"John Klensin\" NIL \"KLENSIN\" \"mit.example\")) NIL "
        "\"<abc@x.example>\" \"<B27397-0100000@cac.washington.example>\") BODY[HEADER.FIELDS (REFERENCES)] "
        "{42}\r\n"
        "References: <a@b.example> <c@d.example>\r\n\r\n)\r\n",
        n);
    run("structures",
        "* 2 FETCH (UID 7 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\") NIL NIL "
        "\"QUOTED-PRINTABLE\" 1152 23 NIL "
        "NIL NIL NIL)(\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") \"<960723163407.20117h@x>\" NIL "
        "\"BASE64\" 4554 NIL "
        "(\"ATTACHMENT\" (\"FILENAME\" \"a b.pdf\" \"SIZE\" \"3333\")) NIL NIL) \"MIXED\" (\"BOUNDARY\" "
        "\"x-y\") NIL NIL "
        "NIL))\r\n",
        n);
    run("flags", "* 12 FETCH (UID 12345 FLAGS (\\Seen) MODSEQ (12345))\r\n", n * 5);
    return characters == 0;
}
