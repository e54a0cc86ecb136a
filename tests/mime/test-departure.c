/* What of a letter leaves for its recipients. */
#include "config.h"

#include <string.h>

#include "mime/departure.h"

static char *leaving(const char *letter, Departure *departure)
{
    departure_read(departure, letter, strlen(letter));
    g_autoptr(GBytes) header = departure_header(departure, letter);
    gsize length;
    const char *data = g_bytes_get_data(header, &length);
    g_autofree char *head = g_strndup(data != NULL ? data : "", length);
    char *all = g_strconcat(head, letter + departure->header, NULL);
    g_assert_cmpuint(departure->size, ==, strlen(all));
    return all;
}

static void test_bcc(void)
{
    static const struct {
        const char *letter, *leaves;
    } cases[] = {
        { "To: b\r\nBcc: c\r\nSubject: x\r\n\r\nBcc: body\r\n", "To: b\r\nSubject: x\r\n\r\nBcc: body\r\n" },
        { "bCC: c,\r\n d,\r\n\te\r\nTo: b\r\n\r\n", "To: b\r\n\r\n" },
        { "Bcc : c\r\nTo: b\r\n\r\nx", "To: b\r\n\r\nx" },
        { "Resent-Bcc: c\r\nResent-To: d\r\nBcc: e\r\n\r\n", "Resent-To: d\r\n\r\n" },
        { "Bccx: c\r\nX-Bcc: d\r\nTo: Bcc: f\r\n\r\n", "Bccx: c\r\nX-Bcc: d\r\nTo: Bcc: f\r\n\r\n" },
        { "To: b\r\nBcc: c\r\n", "To: b\r\n" },
        { "To: b\r\nBcc: c", "To: b\r\n" },
        { "\r\nBcc: body\r\n", "\r\nBcc: body\r\n" },
        { "", "" },
        { "Bcc: c\nTo: b\n\nx\n", "To: b\n\nx\n" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Departure) departure = { 0 };
        g_autofree char *left = leaving(cases[i].letter, &departure);
        g_assert_cmpstr(left, ==, cases[i].leaves);
    }
}

static void test_needs(void)
{
    static const struct {
        const char *letter;
        bool utf8_header, eight_bit;
    } cases[] = {
        { "Subject: x\r\n\r\nx\r\n", false, false },
        { "Subject: \xc3\xa9\r\n\r\nx\r\n", true, false },
        { "Subject: x\r\n\r\n\xc3\xa9\r\n", false, true },
        { "Bcc: \xc3\xa9@x\r\n\r\nx\r\n", false, false }, /* it does not leave */
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Departure) departure = { 0 };
        departure_read(&departure, cases[i].letter, strlen(cases[i].letter));
        g_assert_cmpint(departure.utf8_header, ==, cases[i].utf8_header);
        g_assert_cmpint(departure.eight_bit, ==, cases[i].eight_bit);
    }
}

/* What only BINARYMIME takes. */
static void test_binary(void)
{
    g_autofree char *fits = g_strnfill(998, 'x'), *longer = g_strnfill(999, 'x');
    g_autofree char *whole = g_strdup_printf("To: b\r\n\r\n%s\r\n%s", fits, fits), *over = g_strdup_printf("To: b\r\n\r\n%s\r\n", longer);
    const struct {
        const char *letter;
        gsize length;
        gboolean binary;
    } cases[] = { { whole, strlen(whole), FALSE }, { over, strlen(over), TRUE }, { "To: b\r\n\r\na\0b\r\n", 14, TRUE }, { "To: b\r\n\r\n", 9, FALSE } };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Departure) departure = { 0 };
        departure_read(&departure, cases[i].letter, cases[i].length);
        g_assert_true(departure.binary == cases[i].binary);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/departure/bcc", test_bcc);
    g_test_add_func("/departure/binary", test_binary);
    g_test_add_func("/departure/needs", test_needs);
    return g_test_run();
}
