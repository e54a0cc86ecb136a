/* Names of mailboxes: modified UTF-7 (RFC 3501 §5.1.3) and UTF-8 (RFC 6855), there and back. */
#include "config.h"

#include "proto/imap/mailbox.h"

#include <string.h>

#include "../fuzz.h"

static void from_wire(const guint8 *data, gsize size, bool utf8)
{
    g_autofree char *wire = fuzz_copy(data, size);
    bool exact = false;
    g_autofree char *name = imap_mailbox_decode(wire, (gssize)size, utf8, &exact);
    fuzz_assert_showable(name);
    if (!exact)
        return;
    g_autofree char *back = imap_mailbox_encode(name, utf8);
    g_assert_nonnull(back);
    g_assert_cmpmem(back, strlen(back), wire, size);
}

static void from_name(const guint8 *data, gsize size, bool utf8)
{
    g_autofree char *name = fuzz_string(data, size, false);
    g_autofree char *wire = imap_mailbox_encode(name, utf8);
    if (wire == NULL)
        return;
    g_assert_true(g_utf8_validate(name, -1, NULL));
    for (const char *p = wire; *p != '\0'; p++) { /* what goes into a command */
        g_assert_true((guchar)*p >= 0x20 && *p != 0x7f);
        g_assert_true(utf8 || (guchar)*p < 0x80);
    }
    bool exact = false;
    g_autofree char *back = imap_mailbox_decode(wire, -1, utf8, &exact);
    g_assert_true(exact);
    g_assert_cmpstr(back, ==, name);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    if (data[0] & 2)
        from_name(data + 1, size - 1, data[0] & 1);
    else
        from_wire(data + 1, size - 1, data[0] & 1);
    return 0;
}
