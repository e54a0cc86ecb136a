/* mbox in its dialects, read-only (RFC 4155, and what is on people's disks). See mailbox.h.
 *
 * A separator is a line "From address date" behind an empty line. mboxo and mboxrd write ">From " for such a
 * line within a letter, mboxcl2 writes it as it is and says the length in Content-Length; that is believed
 * only where it leads exactly to the next separator or the end. The file is read in blocks, not mapped:
 * another program may truncate it, which a mapping answers with SIGBUS. */
#include "config.h"
#include "local/mailbox-internal.h"

#include "mime/date.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 65536
#define MAX_LINE 4096 /* looked at of a line; what is longer is no field or separator of interest */
#define DIGESTED 256

typedef struct {
    guint64 start, end; /* of the message, the From_ line and the empty line behind it excluded */
    guint32 digest;     /* of its first bytes: is it still the one that was listed? */
    bool verbatim;      /* mboxcl2: "From " within was not quoted */
} Entry;

typedef struct {
    LocalMailbox base;
    GHashTable *entries; /* key -> Entry* */
} Mbox;

/* --- reading lines ---------------------------------------------------------------------------- */

typedef struct {
    int fd;
    guint64 offset; /* of the next line in the file */
    char block[BLOCK];
    gsize from, to; /* what of the block is unread */
    bool failed;
    int reason;
} Lines;

static bool fill(Lines *lines)
{
    gssize n;
    do
        n = read(lines->fd, lines->block, sizeof lines->block);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        lines->failed = true;
        lines->reason = errno;
    }
    lines->from = 0;
    lines->to = n > 0 ? (gsize)n : 0;
    return n > 0;
}

/* The next line's first MAX_LINE bytes; *length is what it has in the file, line end included. */
static bool next_line(Lines *lines, GString *line, gsize *length)
{
    g_string_truncate(line, 0);
    *length = 0;
    for (;;) {
        if (lines->from == lines->to && !fill(lines))
            break;
        const char *start = lines->block + lines->from;
        gsize left = lines->to - lines->from;
        const char *newline = memchr(start, '\n', left);
        gsize n = newline ? (gsize)(newline + 1 - start) : left;
        if (line->len < MAX_LINE)
            g_string_append_len(line, start, (gssize)MIN(n, MAX_LINE - line->len));
        lines->from += n;
        *length += n;
        if (newline)
            break;
    }
    lines->offset += *length;
    return *length > 0;
}

static void seek_to(Lines *lines, guint64 offset)
{
    if (lseek(lines->fd, (off_t)offset, SEEK_SET) < 0)
        return;
    lines->offset = offset;
    lines->from = lines->to = 0;
}

/* --- separators ------------------------------------------------------------------------------- */

static bool is_one_of(const char *word, gsize length, const char *names)
{
    for (const char *p = names; length == 3 && *p; p += 3)
        if (g_ascii_strncasecmp(p, word, 3) == 0)
            return true;
    return false;
}

/* "From somebody Tue Mar  3 14:32:10 2026": with a week day, a month and a year, whatever else. *date gets
 * its time (UTC by custom), 0 if unreadable. */
static bool is_separator(const char *line, gint64 *date)
{
    if (strncmp(line, "From ", 5) != 0)
        return false;
    g_auto(GStrv) words = g_strsplit_set(line + 5, " \t\r\n", 40);
    const char *month = NULL, *day = NULL, *clock = NULL, *year = NULL;
    bool week_day = false;
    for (char **word = words; *word; word++) {
        gsize length = strlen(*word);
        if (!week_day && is_one_of(*word, length, "MonTueWedThuFriSatSun"))
            week_day = true;
        else if (week_day && !month && is_one_of(*word, length, "JanFebMarAprMayJunJulAugSepOctNovDec"))
            month = *word;
        else if (week_day && !clock && length >= 4 && strchr(*word, ':'))
            clock = *word;
        else if (week_day && !year && length == 4 && strspn(*word, "0123456789") == 4)
            year = *word;
        else if (week_day && !day && (length == 1 || length == 2) && strspn(*word, "0123456789") == length)
            day = *word;
    }
    *date = 0;
    if (!month || !clock || !year || !day)
        return false;
    g_autofree char *usual = g_strdup_printf("%s %s %s %s +0000", day, month, year, clock);
    mime_date_parse(usual, strlen(usual), date, NULL);
    return true;
}

bool mbox_is_one(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        local_set_access_error(error, path, errno);
        return false;
    }
    char head[1024];
    gssize n = read(fd, head, sizeof head - 1);
    int reason = errno;
    close(fd);
    if (n < 0) {
        local_set_access_error(error, path, reason);
        return false;
    }
    head[n] = '\0';
    const char *first = head + strspn(head, "\r\n");
    g_autofree char *line = g_strndup(first, strcspn(first, "\n"));
    gint64 date;
    return n == 0 || is_separator(line, &date);
}

/* --- listing ---------------------------------------------------------------------------------- */

typedef struct {
    Mbox *mbox;
    Lines *lines;
    GPtrArray *messages;
    LocalMessage *message; /* being read; NULL before the first separator */
    Entry *entry;
    bool in_header, after_empty;
    guint64 content_length;
    bool has_content_length;
    bool is_internal; /* c-client's own first message */
} Scan;

static guint32 digest_of(const char *bytes, gsize length)
{
    guint32 hash = 2166136261u; /* FNV-1a: not against an enemy, only against a mix-up */
    for (gsize i = 0; i < MIN(length, (gsize)DIGESTED); i++)
        hash = (hash ^ (guint8)bytes[i]) * 16777619u;
    return hash;
}

static void finish_message(Scan *scan, guint64 end)
{
    if (!scan->message)
        return;
    Entry *entry = scan->entry;
    entry->end = MAX(end, entry->start);
    char head[DIGESTED];
    gssize n = pread(scan->lines->fd, head, (gsize)MIN(entry->end - entry->start, (guint64)sizeof head),
                     (off_t)entry->start);
    entry->digest = digest_of(head, n > 0 ? (gsize)n : 0);
    scan->message->size = entry->end - entry->start;
    scan->message->key = g_strdup_printf("%" G_GUINT64_FORMAT "-%08x", entry->start, entry->digest);
    if (scan->is_internal) {
        local_message_free(scan->message);
        g_free(entry);
    } else {
        g_hash_table_insert(scan->mbox->entries, g_strdup(scan->message->key), entry);
        g_ptr_array_add(scan->messages, scan->message);
    }
    scan->message = NULL;
    scan->entry = NULL;
}

static void begin_message(Scan *scan, gint64 date)
{
    scan->message = local_message_new(NULL);
    scan->message->internal_date = date;
    scan->entry = g_new0(Entry, 1);
    scan->entry->start = scan->lines->offset;
    scan->in_header = true;
    scan->has_content_length = false;
    scan->is_internal = false;
}

static void take_status(LocalMessage *message, const char *letters)
{
    static const struct {
        char letter;
        MailFlags flag;
    } flags[] = { { 'R', MAIL_FLAG_SEEN },
                  { 'A', MAIL_FLAG_ANSWERED },
                  { 'F', MAIL_FLAG_FLAGGED },
                  { 'D', MAIL_FLAG_DELETED },
                  { 'T', MAIL_FLAG_DRAFT } };
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
        if (strchr(letters, flags[i].letter))
            message->flags |= flags[i].flag;
}

static void take_mozilla_status(LocalMessage *message, const char *hex)
{
    guint64 bits = g_ascii_strtoull(hex, NULL, 16);
    static const MailFlags flags[] = { MAIL_FLAG_SEEN, MAIL_FLAG_ANSWERED, MAIL_FLAG_FLAGGED,
                                       MAIL_FLAG_DELETED };
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
        if (bits & (1u << i))
            message->flags |= flags[i];
    if (bits & 0x1000)
        message->flags |= MAIL_FLAG_FORWARDED;
}

static void take_keywords(LocalMessage *message, const char *names)
{
    g_auto(GStrv) words = g_strsplit_set(names, " ,\t\r\n", 100);
    for (char **word = words; *word; word++) {
        if (!**word || !g_utf8_validate(*word, -1, NULL))
            continue;
        MailFlags known = mail_flag_from_name(*word, strlen(*word));
        message->flags |= known;
        if (!known) {
            char *more = keywords_add(message->keywords, *word);
            g_free(message->keywords);
            message->keywords = more;
        }
    }
}

static const char *field_value(const char *line, const char *name)
{
    gsize length = strlen(name);
    if (g_ascii_strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    return line + length + 1 + strspn(line + length + 1, " \t");
}

static void take_header_line(Scan *scan, const char *line)
{
    const char *value;
    if ((value = field_value(line, "Status")) || (value = field_value(line, "X-Status"))) {
        g_autofree char *letters = g_strndup(value, strcspn(value, "\r\n"));
        take_status(scan->message, letters);
    } else if ((value = field_value(line, "X-Mozilla-Status"))) {
        take_mozilla_status(scan->message, value);
    } else if ((value = field_value(line, "X-Keywords")) || (value = field_value(line, "X-Mozilla-Keys"))) {
        take_keywords(scan->message, value);
    } else if ((value = field_value(line, "Content-Length")) && g_ascii_isdigit(*value)) {
        scan->has_content_length = true;
        scan->content_length = g_ascii_strtoull(value, NULL, 10);
    } else if ((value = field_value(line, "Subject"))) {
        scan->is_internal = strstr(value, "FOLDER INTERNAL DATA") != NULL;
    }
}

/* Content-Length is a claim: does a separator, or the end, stand where it leads? */
static void try_content_length(Scan *scan)
{
    if (!scan->has_content_length || scan->content_length > LOCAL_MAX_MESSAGE)
        return;
    guint64 target = scan->lines->offset + scan->content_length;
    char there[16] = "";
    gssize n = pread(scan->lines->fd, there, sizeof there - 1, (off_t)target);
    struct stat about;
    bool at_end = n == 0 && fstat(scan->lines->fd, &about) == 0 && (guint64)about.st_size == target;
    if (!at_end && (n <= 0 || strncmp(there + strspn(there, "\r\n"), "From ", 5) != 0))
        return;
    scan->entry->verbatim = true;
    seek_to(scan->lines, target);
    scan->after_empty = true;
    finish_message(scan, target);
}

static void feed(Scan *scan, const GString *line, gsize length, guint64 offset)
{
    bool empty = (length == 1 && line->str[0] == '\n') ||
                 (length == 2 && line->str[0] == '\r' && line->str[1] == '\n');
    gint64 date;
    if (scan->after_empty && is_separator(line->str, &date)) {
        finish_message(scan, offset - (scan->message ? 1u : 0u)); /* the empty line in between */
        begin_message(scan, date);
        scan->after_empty = false;
        return;
    }
    scan->after_empty = empty;
    if (!scan->message)
        return;
    if (!scan->in_header)
        return;
    if (empty) {
        scan->in_header = false;
        try_content_length(scan);
    } else {
        take_header_line(scan, line->str);
    }
}

static int open_quietly(const char *path)
{
    /* Programs tell new mail by the file's times; where it is not ours the kernel refuses the courtesy. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOATIME);
    return fd >= 0 ? fd : open(path, O_RDONLY | O_CLOEXEC);
}

static GPtrArray *mbox_list(LocalMailbox *mailbox, GError **error)
{
    Mbox *mbox = (Mbox *)mailbox;
    g_hash_table_remove_all(mbox->entries);
    g_autofree Lines *lines = g_new0(Lines, 1);
    lines->fd = open_quietly(mailbox->path);
    if (lines->fd < 0) {
        local_set_access_error(error, mailbox->path, errno);
        return NULL;
    }
    g_autoptr(GString) line = g_string_new(NULL);
    Scan scan = { .mbox = mbox, .lines = lines, .after_empty = true };
    scan.messages = g_ptr_array_new_with_free_func((GDestroyNotify)local_message_free);
    gsize length;
    while (next_line(lines, line, &length))
        feed(&scan, line, length, lines->offset - length);
    finish_message(&scan, lines->offset - (scan.after_empty && scan.message && !scan.in_header ? 1u : 0u));
    close(lines->fd);
    if (lines->failed) {
        g_ptr_array_unref(scan.messages);
        local_set_access_error(error, mailbox->path, lines->reason);
        return NULL;
    }
    return scan.messages;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* ">From " at the start of a line loses one '>', however many there are (mboxrd; for mboxo that errs only on
 * ">>From "). */
static GBytes *unquoted(GBytes *bytes)
{
    gsize length;
    const char *p = g_bytes_get_data(bytes, &length);
    if (!p || !memmem(p, length, ">From ", 6))
        return g_bytes_ref(bytes);
    const char *end = p + length;
    GString *out = g_string_sized_new(length);
    while (p < end) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        const char *next = newline ? newline + 1 : end;
        const char *q = p;
        while (q < next && *q == '>')
            q++;
        if (q > p && next - q >= 5 && memcmp(q, "From ", 5) == 0)
            p++;
        g_string_append_len(out, p, next - p);
        p = next;
    }
    return g_string_free_to_bytes(out);
}

static GBytes *read_range(const char *path, const Entry *entry, GError **error)
{
    gsize size = (gsize)(entry->end - entry->start), length = 0;
    if (size > LOCAL_MAX_MESSAGE) {
        local_set_access_error(error, path, EFBIG);
        return NULL;
    }
    int fd = open_quietly(path);
    if (fd < 0) {
        local_set_access_error(error, path, errno);
        return NULL;
    }
    char *bytes = g_malloc(size + 1);
    gssize n;
    while (length < size &&
           ((n = pread(fd, bytes + length, size - length, (off_t)(entry->start + length))) > 0 ||
            (n < 0 && errno == EINTR)))
        length += n > 0 ? (gsize)n : 0;
    close(fd);
    if (length < size || digest_of(bytes, length) != entry->digest) {
        g_free(bytes);
        local_set_changed_error(error, path);
        return NULL;
    }
    return g_bytes_new_take(bytes, length);
}

static GBytes *mbox_read(LocalMailbox *mailbox, const char *key, GError **error)
{
    Mbox *mbox = (Mbox *)mailbox;
    if (!g_hash_table_contains(mbox->entries, key)) {
        g_autoptr(GPtrArray) again = mbox_list(mailbox, error);
        if (!again)
            return NULL;
    }
    const Entry *entry = g_hash_table_lookup(mbox->entries, key);
    if (!entry) {
        local_set_changed_error(error, mailbox->path);
        return NULL;
    }
    g_autoptr(GBytes) bytes = read_range(mailbox->path, entry, error);
    if (!bytes)
        return NULL;
    /* With a length that was right and a separator-like line within, the writer did not quote (mboxcl2). */
    gsize length;
    const char *raw = g_bytes_get_data(bytes, &length);
    if (entry->verbatim && memmem(raw, length, "\nFrom ", 6))
        return g_steal_pointer(&bytes);
    return unquoted(bytes);
}

static void mbox_free(LocalMailbox *mailbox)
{
    Mbox *mbox = (Mbox *)mailbox;
    g_hash_table_unref(mbox->entries);
    g_free(mbox);
}

LocalMailbox *mbox_open(const char *path)
{
    static const LocalOps ops = { .format = LOCAL_MBOX, .list = mbox_list, .read = mbox_read, .free = mbox_free };
    Mbox *mbox = g_new0(Mbox, 1);
    mbox->base.ops = &ops;
    mbox->base.path = g_strdup(path);
    mbox->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return &mbox->base;
}
