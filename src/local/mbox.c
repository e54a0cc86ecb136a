/* mbox in its dialects, its reading (RFC 4155, and what is on people's disks). See mailbox.h.
 *
 * A separator is a line "From address date" behind an empty line. mboxo and mboxrd write ">From " for such a
 * line within a letter, mboxcl2 writes it as it is and says the length in Content-Length; that is believed
 * only where it leads exactly to the next separator or the end. The file is read in blocks, not mapped:
 * another program may truncate it, which a mapping answers with SIGBUS. */
#include "config.h"
#include "local/mbox-internal.h"

#include "mime/date.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 65536
#define DIGESTED 256

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

/* The next line's first MBOX_MAX_LINE bytes; *length is what it has in the file, line end included. */
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
        if (line->len < MBOX_MAX_LINE)
            g_string_append_len(line, start, (gssize)MIN(n, MBOX_MAX_LINE - line->len));
        lines->from += n;
        *length += n;
        if (newline)
            break;
    }
    lines->offset += *length;
    return *length > 0;
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
    MboxEntry *entry;  /* being read; NULL before the first separator */
    MboxEntry *before; /* the one before, whose end is the next separator */
    MboxKey key;
    bool in_header, after_empty;
    guint64 content_length, verbatim_until;
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

static void entry_free(gpointer data)
{
    MboxEntry *entry = data;
    local_message_free(entry->about);
    g_free(entry);
}

/* Letters that are the same are told apart by their order. */
static char *free_key(const Mbox *mbox, const char *key)
{
    char *own = g_strdup(key);
    for (guint n = 2; g_hash_table_contains(mbox->entries, own); n++) {
        g_free(own);
        own = g_strdup_printf("%s-%u", key, n);
    }
    return own;
}

static void finish_message(Scan *scan, guint64 end)
{
    MboxEntry *entry = scan->entry;
    if (!entry)
        return;
    g_autofree char *key = mbox_key_end(&scan->key);
    scan->entry = NULL;
    if (scan->is_internal) {
        entry_free(entry);
        return;
    }
    entry->end = MAX(end, entry->start);
    if (scan->in_header)
        entry->head_end = entry->end;
    char head[DIGESTED];
    gssize n = pread(scan->lines->fd, head, (gsize)MIN(entry->end - entry->start, (guint64)sizeof head),
                     (off_t)entry->start);
    entry->digest = digest_of(head, n > 0 ? (gsize)n : 0);
    entry->about->size = entry->end - entry->start;
    entry->about->key = free_key(scan->mbox, key);
    g_hash_table_insert(scan->mbox->entries, entry->about->key, entry);
    g_ptr_array_add(scan->mbox->in_order, entry);
    scan->before = entry;
}

/* What Malle wrote into the From_ line: "From malle-DIGITS@localhost …". */
static void take_name(MboxEntry *entry, const char *line)
{
    static const char before[] = "From malle-";
    if (g_str_has_prefix(line, before) && strspn(line + sizeof before - 1, "0123456789abcdef") == MBOX_NAME_DIGITS)
        memcpy(entry->name, line + sizeof before - 1, MBOX_NAME_DIGITS);
}

static void begin_message(Scan *scan, const char *line, guint64 from, gint64 date)
{
    if (scan->before)
        scan->before->next = from;
    scan->before = NULL;
    scan->entry = g_new0(MboxEntry, 1);
    scan->entry->about = local_message_new(NULL);
    scan->entry->about->internal_date = date;
    scan->entry->from = from;
    scan->entry->start = scan->lines->offset;
    take_name(scan->entry, line);
    scan->in_header = true;
    scan->has_content_length = false;
    scan->is_internal = false;
    scan->verbatim_until = 0;
}

static void take_header_line(Scan *scan, const char *line)
{
    const char *value;
    mbox_key_header(&scan->key, line);
    if ((value = mbox_field_value(line, "Content-Length")) && g_ascii_isdigit(*value)) {
        scan->has_content_length = true;
        scan->content_length = g_ascii_strtoull(value, NULL, 10);
    } else if ((value = mbox_field_value(line, "Subject"))) {
        scan->is_internal = strstr(value, "FOLDER INTERNAL DATA") != NULL;
    } else {
        mbox_take_marks(scan->entry->about, line);
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
    scan->verbatim_until = target;
}

static void end_of_header(Scan *scan)
{
    scan->in_header = false;
    scan->entry->head_end = scan->lines->offset;
    try_content_length(scan);
}

static void feed(Scan *scan, const GString *line, gsize length, guint64 offset)
{
    bool empty = (length == 1 && line->str[0] == '\n') ||
                 (length == 2 && line->str[0] == '\r' && line->str[1] == '\n');
    gint64 date;
    if (scan->entry && scan->entry->verbatim && offset >= scan->verbatim_until) {
        finish_message(scan, scan->verbatim_until);
        scan->after_empty = true;
    }
    bool within = scan->entry && scan->entry->verbatim;
    if (!within && scan->after_empty && is_separator(line->str, &date)) {
        finish_message(scan, offset - (scan->entry ? 1u : 0u)); /* the empty line in between */
        begin_message(scan, line->str, offset, date);
        scan->after_empty = false;
        return;
    }
    scan->after_empty = empty;
    if (!scan->entry)
        return;
    if (!scan->in_header)
        mbox_key_body(&scan->key, line->str, length);
    else if (empty)
        end_of_header(scan);
    else
        take_header_line(scan, line->str);
}

static int open_quietly(const char *path)
{
    /* Programs tell new mail by the file's times; where it is not ours the kernel refuses the courtesy. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOATIME);
    return fd >= 0 ? fd : open(path, O_RDONLY | O_CLOEXEC);
}

static void forget_entries(Mbox *mbox)
{
    g_ptr_array_set_size(mbox->in_order, 0);
    g_hash_table_remove_all(mbox->entries);
    mbox->listed = false;
}

bool mbox_list_open(Mbox *mbox, int fd, guint64 from, GError **error)
{
    if (from == 0)
        forget_entries(mbox);
    g_autofree Lines *lines = g_new0(Lines, 1);
    lines->fd = fd;
    if (fstat(fd, &mbox->seen) != 0 || lseek(fd, (off_t)from, SEEK_SET) < 0) {
        local_set_access_error(error, mbox->base.path, errno);
        return false;
    }
    g_autoptr(GString) line = g_string_new(NULL);
    Scan scan = { .mbox = mbox, .lines = lines, .after_empty = true };
    lines->offset = from;
    if (mbox->in_order->len > 0)
        scan.before = g_ptr_array_index(mbox->in_order, mbox->in_order->len - 1);
    gsize length;
    while (next_line(lines, line, &length))
        feed(&scan, line, length, lines->offset - length);
    guint64 end = scan.entry && scan.entry->verbatim ? scan.verbatim_until : lines->offset;
    finish_message(&scan, end - (scan.after_empty && scan.entry && !scan.entry->verbatim && !scan.in_header ? 1u : 0u));
    if (scan.before)
        scan.before->next = lines->offset;
    if (lines->failed) {
        forget_entries(mbox);
        local_set_access_error(error, mbox->base.path, lines->reason);
        return false;
    }
    mbox->listed = true;
    return true;
}

static bool is_as_seen(const Mbox *mbox, const struct stat *now)
{
    const struct stat *seen = &mbox->seen;
    return mbox->listed && seen->st_dev == now->st_dev && seen->st_ino == now->st_ino && seen->st_size == now->st_size &&
           seen->st_mtim.tv_sec == now->st_mtim.tv_sec && seen->st_mtim.tv_nsec == now->st_mtim.tv_nsec;
}

bool mbox_is_as_seen(const Mbox *mbox, int fd)
{
    struct stat now;
    return fstat(fd, &now) == 0 && is_as_seen(mbox, &now);
}

/* A change of ours that was cut off is finished before anything is read. */
static bool finish_cut_off(Mbox *mbox, GError **error)
{
    MboxLock lock;
    if (!mbox_redo_is_open(mbox->base.path))
        return true;
    if (!mbox_lock(mbox->base.path, &lock, error))
        return false;
    bool ok = mbox_redo_recover(mbox->base.path, lock.fd, error);
    mbox_unlock(&lock);
    return ok;
}

static bool list_again(Mbox *mbox, GError **error)
{
    struct stat after = { 0 };
    if (!finish_cut_off(mbox, error))
        return false;
    int fd = open_quietly(mbox->base.path);
    if (fd < 0) {
        local_set_access_error(error, mbox->base.path, errno);
        return false;
    }
    mbox->disturbed = mbox_is_locked(mbox->base.path, fd);
    bool ok = mbox_list_open(mbox, fd, 0, error);
    mbox->disturbed |= ok && (fstat(fd, &after) != 0 || !is_as_seen(mbox, &after));
    close(fd);
    return ok;
}

static LocalMessage *copy_message(const LocalMessage *message)
{
    LocalMessage *other = local_message_new(message->key);
    g_free(other->keywords);
    other->keywords = g_strdup(message->keywords);
    other->flags = message->flags;
    other->internal_date = message->internal_date;
    other->size = message->size;
    return other;
}

GPtrArray *mbox_list(LocalMailbox *mailbox, GError **error)
{
    Mbox *mbox = (Mbox *)mailbox;
    if (!list_again(mbox, error))
        return NULL;
    GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify)local_message_free);
    for (guint i = 0; i < mbox->in_order->len; i++)
        g_ptr_array_add(messages, copy_message(((const MboxEntry *)g_ptr_array_index(mbox->in_order, i))->about));
    return messages;
}

bool mbox_refresh(Mbox *mbox, GError **error)
{
    struct stat now;
    return (stat(mbox->base.path, &now) == 0 && is_as_seen(mbox, &now)) || list_again(mbox, error);
}

MboxEntry *mbox_entry(Mbox *mbox, const char *key, GError **error)
{
    if (!mbox_refresh(mbox, error))
        return NULL;
    MboxEntry *entry = g_hash_table_lookup(mbox->entries, key);
    if (!entry)
        local_set_changed_error(error, mbox->base.path);
    return entry;
}

LocalMessage *mbox_about(LocalMailbox *mailbox, const char *key, GError **error)
{
    const MboxEntry *entry = mbox_entry((Mbox *)mailbox, key, error);
    return entry ? copy_message(entry->about) : NULL;
}

static bool mbox_undisturbed(const LocalMailbox *mailbox)
{
    return !((const Mbox *)mailbox)->disturbed;
}

/* The file is as it was when it was listed. */
static bool mbox_expects(const LocalMailbox *mailbox, const char *name, bool came)
{
    struct stat now;
    (void)name;
    (void)came;
    return stat(mailbox->path, &now) == 0 && is_as_seen((const Mbox *)mailbox, &now);
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

static GBytes *read_range(const char *path, const MboxEntry *entry, GError **error)
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
    const MboxEntry *entry = mbox_entry((Mbox *)mailbox, key, error);
    g_autoptr(GBytes) bytes = entry ? read_range(mailbox->path, entry, error) : NULL;
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
    mbox_forget_pending(mbox);
    g_hash_table_unref(mbox->pending);
    g_ptr_array_unref(mbox->appended);
    g_ptr_array_unref(mbox->in_order);
    g_hash_table_unref(mbox->entries);
    g_free(mbox);
}

LocalMailbox *mbox_open(const char *path)
{
    static const LocalOps ops = {
        .format = LOCAL_MBOX,
        .list = mbox_list,
        .expects = mbox_expects,
        .undisturbed = mbox_undisturbed,
        .read = mbox_read,
        .free = mbox_free,
        .flag = mbox_flag,
        .remove = mbox_remove,
        .about = mbox_about,
        .find = mbox_find,
        .append = mbox_append,
        .settle = mbox_settle,
    };
    static const LocalOps read_only = { .format = LOCAL_MBOX, .list = mbox_list, .undisturbed = mbox_undisturbed, .read = mbox_read, .about = mbox_about, .free = mbox_free };
    Mbox *mbox = g_new0(Mbox, 1);
    mbox->base.ops = access(path, W_OK) == 0 ? &ops : &read_only;
    mbox->base.path = g_strdup(path);
    mbox->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    mbox->in_order = g_ptr_array_new();
    mbox->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mbox_pending_free);
    mbox->appended = g_ptr_array_new_with_free_func(mbox_appended_free);
    return &mbox->base;
}
