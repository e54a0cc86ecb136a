#include "config.h"

#include "proto/smtp/capability.h"

#include <string.h>

static const struct {
    const char *name;
    SmtpCap cap;
} NAMES[] = {
    { "STARTTLS", SMTP_CAP_STARTTLS },
    { "AUTH", SMTP_CAP_AUTH },
    { "SIZE", SMTP_CAP_SIZE },
    { "PIPELINING", SMTP_CAP_PIPELINING },
    { "8BITMIME", SMTP_CAP_8BITMIME },
    { "SMTPUTF8", SMTP_CAP_SMTPUTF8 },
    { "CHUNKING", SMTP_CAP_CHUNKING },
    { "BINARYMIME", SMTP_CAP_BINARYMIME },
    { "DSN", SMTP_CAP_DSN },
    { "ENHANCEDSTATUSCODES", SMTP_CAP_ENHANCEDSTATUSCODES },
    { "REQUIRETLS", SMTP_CAP_REQUIRETLS },
    { "FUTURERELEASE", SMTP_CAP_FUTURERELEASE },
    { "BURL", SMTP_CAP_BURL },
};

static SmtpCap cap_named(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (g_ascii_strcasecmp(word, NAMES[i].name) == 0)
            return NAMES[i].cap;
    return 0;
}

static guint64 number(const char *word)
{
    guint64 value = 0;
    return word != NULL && g_ascii_string_to_unsigned(word, 10, 0, G_MAXINT64, &value, NULL) ? value : 0;
}

/* RFC 9422: "LIMITS RCPTMAX=20 MAILMAX=5". */
static guint recipients_limit(char *const *words)
{
    for (; *words != NULL; words++)
        if (g_ascii_strncasecmp(*words, "RCPTMAX=", 8) == 0)
            return (guint)MIN(number(*words + 8), G_MAXUINT);
    return 0;
}

static void add_words(GPtrArray *list, char *const *words, bool upper)
{
    for (; *words != NULL; words++)
        if (**words != '\0')
            g_ptr_array_add(list, upper ? g_ascii_strup(*words, -1) : g_strdup(*words));
}

static void take_line(SmtpCapabilities *capabilities, GPtrArray *mechanisms, GPtrArray *burl, const char *line)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t", 256);
    if (words[0] == NULL)
        return;
    /* "AUTH=PLAIN" is how servers of before the standard wrote it, beside the right line. */
    if (g_ascii_strncasecmp(words[0], "AUTH=", 5) == 0) {
        g_autofree char *first = g_strdup(words[0] + 5);
        g_ptr_array_add(mechanisms, g_ascii_strup(first, -1));
        add_words(mechanisms, words + 1, true);
        capabilities->caps |= SMTP_CAP_AUTH;
        return;
    }
    SmtpCap cap = cap_named(words[0]);
    capabilities->caps |= cap;
    if (cap == SMTP_CAP_SIZE)
        capabilities->size = number(words[1]);
    else if (cap == SMTP_CAP_AUTH)
        add_words(mechanisms, words + 1, true);
    else if (cap == SMTP_CAP_BURL)
        add_words(burl, words + 1, false);
    else if (cap == SMTP_CAP_FUTURERELEASE)
        capabilities->hold_max = number(words[1]);
    else if (g_ascii_strcasecmp(words[0], "LIMITS") == 0)
        capabilities->recipients_max = recipients_limit(words + 1);
}

static char **ended(GPtrArray *list)
{
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

SmtpCapabilities *smtp_capabilities_parse(const char *text)
{
    SmtpCapabilities *capabilities = g_new0(SmtpCapabilities, 1);
    GPtrArray *mechanisms = g_ptr_array_new(), *burl = g_ptr_array_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
        take_line(capabilities, mechanisms, burl, lines[i]);
    capabilities->host = g_strndup(lines[0] != NULL ? lines[0] : "", lines[0] != NULL ? strcspn(lines[0], " ") : 0);
    capabilities->mechanisms = ended(mechanisms);
    capabilities->burl = ended(burl);
    return capabilities;
}

void smtp_capabilities_free(SmtpCapabilities *capabilities)
{
    if (capabilities == NULL)
        return;
    g_strfreev(capabilities->mechanisms);
    g_strfreev(capabilities->burl);
    g_free(capabilities->host);
    g_free(capabilities);
}

bool smtp_can(const SmtpCapabilities *capabilities, SmtpCap cap)
{
    return capabilities != NULL && (capabilities->caps & cap) != 0;
}

bool smtp_can_burl(const SmtpCapabilities *capabilities, const char *host)
{
    if (!smtp_can(capabilities, SMTP_CAP_BURL))
        return false;
    g_autofree char *url = g_strdup_printf("imap://%s", host);
    for (char **word = capabilities->burl; *word != NULL; word++)
        if (g_ascii_strcasecmp(*word, "imap") == 0 || g_ascii_strcasecmp(*word, url) == 0)
            return true;
    return false;
}
