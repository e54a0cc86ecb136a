/* From the compact form in which the demo's letters are written to real messages. For use within local/. One
 * thread.
 *
 *   @ ID[<REPLIED-TO] MAILBOX AGE [FLAGS] [+KEYWORD …]
 *   FROM > TO, TO [| CC, CC]            by the names of demo/people; "me" is whose mail it is
 *   SUBJECT                             "=" for "Re: " and the subject replied to
 *   !DIRECTIVE …                        any number, see demo-letter.c
 *                                       an empty line
 *   body, to the next line that begins with "@ "
 *
 * AGE: "12m", "5h" before now, or "3d14:32": three days ago at that hour. FLAGS: letters of S seen, A
 * answered, F flagged, D draft, X deleted, W forwarded; "-" for none. Long lines are wrapped as mailers do.
 */
#ifndef MALLE_LOCAL_DEMO_LETTER_H
#define MALLE_LOCAL_DEMO_LETTER_H

#include "local/demo.h"

typedef struct DemoBook DemoBook;

/* The texts need only live during the call. */
DemoBook *demo_book_new(const char *people, const char *letters);
void demo_book_free(DemoBook *book);
guint demo_book_count(const DemoBook *book);
const char *demo_book_mailbox(const DemoBook *book, guint index);
DemoMessage *demo_book_message(const DemoBook *book, guint index, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DemoBook, demo_book_free)

#endif
