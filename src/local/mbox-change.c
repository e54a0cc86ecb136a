/* Changes to an mbox (see change.h). The whole file has to be locked, and what is behind the first letter that changes has to be written anew: so
 * what is asked for waits, and is done together when it is settled. What another program did meanwhile stays: letters are found again by their
 * keys, flags are set operations, a letter is appended behind the last one. */
#include "config.h"
#include "local/mbox-internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Not more than this waits in memory. */
#define APPENDED_MAX ((gsize)8 << 20)

typedef struct {
    MailFlags add, remove;
    char *add_keywords, *remove_keywords;
    bool removed, only_deleted;
} MboxPending;

typedef struct {
    char name[MBOX_NAME_DIGITS + 1];
    char *key;
    GString *text; /* as it will lie in the file, its From_ line and the empty line behind it included */
    bool unseen;
} MboxAppended;

void mbox_pending_free(gpointer data)
{
    MboxPending *pending = data;
    g_free(pending->add_keywords);
    g_free(pending->remove_keywords);
    g_free(pending);
}

void mbox_appended_free(gpointer data)
{
    MboxAppended *appended = data;
    g_free(appended->key);
    g_string_free(appended->text, TRUE);
    g_free(appended);
}

void mbox_forget_pending(Mbox *mbox)
{
    g_hash_table_remove_all(mbox->pending);
    g_ptr_array_set_size(mbox->appended, 0);
}

/* --- what is asked for ------------------------------------------------------------------------------------------ */

static MboxPending *pending_for(Mbox *mbox, const char *key)
{
    MboxPending *pending = g_hash_table_lookup(mbox->pending, key);
    if (!pending) {
        pending = g_new0(MboxPending, 1);
        pending->add_keywords = g_strdup("");
        pending->remove_keywords = g_strdup("");
        g_hash_table_insert(mbox->pending, g_strdup(key), pending);
    }
    return pending;
}

static void replace(char **text, char *other)
{
    g_free(*text);
    *text = other;
}

/* One more set operation behind those that wait. */
static void add_change(MboxPending *pending, const LocalFlagChange *change)
{
    pending->add = (pending->add & ~change->remove) | change->add;
    pending->remove = (pending->remove & ~change->add) | change->remove;
    replace(&pending->add_keywords, keywords_remove(pending->add_keywords, change->remove_keywords));
    replace(&pending->add_keywords, keywords_add(pending->add_keywords, change->add_keywords));
    replace(&pending->remove_keywords, keywords_remove(pending->remove_keywords, change->add_keywords));
    replace(&pending->remove_keywords, keywords_add(pending->remove_keywords, change->remove_keywords));
}

/* How a letter is marked when that is done. Caller frees. */
static char *marks_after(const MboxEntry *entry, const MboxPending *pending, MailFlags *flags)
{
    *flags = (entry->about->flags & ~pending->remove) | pending->add;
    g_autofree char *less = keywords_remove(entry->about->keywords, pending->remove_keywords);
    return keywords_add(less, pending->add_keywords);
}

bool mbox_flag(LocalMailbox *mailbox, const char *key, const LocalFlagChange *change, MailFlags *now, char **keywords, GError **error)
{
    Mbox *mbox = (Mbox *)mailbox;
    const MboxEntry *entry = mbox_entry(mbox, key, error);
    if (!entry)
        return false;
    MboxPending *pending = pending_for(mbox, key);
    add_change(pending, change);
    MailFlags flags;
    g_autofree char *words = marks_after(entry, pending, &flags);
    if (now)
        *now = flags;
    if (keywords)
        *keywords = g_steal_pointer(&words);
    return true;
}

bool mbox_remove(LocalMailbox *mailbox, const char *key, bool only_deleted, bool *removed, GError **error)
{
    Mbox *mbox = (Mbox *)mailbox;
    const MboxEntry *entry = mbox_entry(mbox, key, error);
    if (removed)
        *removed = false;
    if (!entry)
        return false;
    if (only_deleted && !(entry->about->flags & MAIL_FLAG_DELETED))
        return true;
    MboxPending *pending = pending_for(mbox, key);
    pending->removed = true;
    pending->only_deleted = only_deleted;
    if (removed)
        *removed = true;
    return true;
}

/* --- appending ---------------------------------------------------------------------------------------------------- */

static const char *find_name(const Mbox *mbox, const char digits[])
{
    for (guint i = 0; i < mbox->in_order->len; i++) {
        const MboxEntry *entry = g_ptr_array_index(mbox->in_order, i);
        if (strcmp(entry->name, digits) == 0)
            return entry->about->key;
    }
    return NULL;
}

char *mbox_find(LocalMailbox *mailbox, const char *name, GBytes *bytes)
{
    Mbox *mbox = (Mbox *)mailbox;
    char digits[MBOX_NAME_DIGITS + 1];
    (void)bytes;
    mbox_name_digits(name, digits);
    for (guint i = 0; i < mbox->appended->len; i++) {
        const MboxAppended *appended = g_ptr_array_index(mbox->appended, i);
        if (strcmp(appended->name, digits) == 0)
            return g_strdup(appended->key);
    }
    return mbox_refresh(mbox, NULL) ? g_strdup(find_name(mbox, digits)) : NULL;
}

/* Each LF has its CR: it comes from a network. */
static bool has_network_lines(const char *bytes, gsize length)
{
    const char *end = bytes + length;
    for (const char *p = bytes; (p = memchr(p, '\n', (gsize)(end - p))) != NULL; p++)
        if (p == bytes || p[-1] != '\r')
            return false;
    return true;
}

static GString *with_unix_lines(const char *bytes, gsize length)
{
    GString *out = g_string_sized_new(length);
    for (const char *p = bytes, *end = bytes + length; p < end; p++)
        if (*p != '\r' || p + 1 == end || p[1] != '\n')
            g_string_append_c(out, *p);
    return out;
}

static gsize header_length(const char *bytes, gsize length)
{
    const char *end = bytes + length;
    for (const char *line = bytes; line < end;) {
        const char *newline = memchr(line, '\n', (gsize)(end - line));
        const char *next = newline ? newline + 1 : end;
        if (*line == '\n' || (*line == '\r' && next - line == 2))
            return (gsize)(next - bytes);
        line = next;
    }
    return length;
}

/* ">*From " gets one ">" more (mboxrd), which any reader takes away again. */
static void put_quoted(GString *out, const char *bytes, gsize length)
{
    for (const char *line = bytes, *end = bytes + length; line < end;) {
        const char *newline = memchr(line, '\n', (gsize)(end - line));
        const char *next = newline ? newline + 1 : end, *p = line;
        while (p < next && *p == '>')
            p++;
        if (next - p >= 5 && memcmp(p, "From ", 5) == 0)
            g_string_append_c(out, '>');
        g_string_append_len(out, line, next - line);
        line = next;
    }
}

static void put_message(GString *out, const char *bytes, gsize length, const LocalPlacing *placing)
{
    gsize head = header_length(bytes, length);
    GString *header = mbox_header_with(bytes, head, placing->flags, placing->keywords, true);
    g_string_append_len(out, header->str, (gssize)header->len);
    g_string_free(header, TRUE);
    put_quoted(out, bytes + head, length - head);
    if (out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    g_string_append_c(out, '\n');
}

/* As the next listing makes it. */
static char *key_of(const Mbox *mbox, const GString *text)
{
    MboxKey key = { 0 };
    bool in_header = true;
    const char *line = strchr(text->str, '\n') + 1, *end = text->str + text->len;
    for (const char *next; line < end; line = next) {
        const char *newline = memchr(line, '\n', (gsize)(end - line));
        next = newline ? newline + 1 : end;
        g_autofree char *start = g_strndup(line, MIN((gsize)(next - line), (gsize)MBOX_MAX_LINE));
        if (in_header && start[strspn(start, "\r\n")] == '\0')
            in_header = false;
        else if (in_header)
            mbox_key_header(&key, start);
        else
            mbox_key_body(&key, start, (gsize)(next - line));
    }
    g_autofree char *made = mbox_key_end(&key);
    char *own = g_strdup(made);
    for (guint n = 2;; n++) {
        bool taken = g_hash_table_contains(mbox->entries, own);
        for (guint i = 0; i < mbox->appended->len && !taken; i++)
            taken = strcmp(((const MboxAppended *)g_ptr_array_index(mbox->appended, i))->key, own) == 0;
        if (!taken)
            return own;
        replace(&own, g_strdup_printf("%s-%u", made, n));
    }
}

static void add_appended(Mbox *mbox, GBytes *bytes, const char *name, LocalLines lines, const LocalPlacing *placing)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    GString *shortened = lines == LOCAL_LINES_UNIX && length > 0 && has_network_lines(data, length) ? with_unix_lines(data, length) : NULL;
    MboxAppended *appended = g_new0(MboxAppended, 1);
    mbox_name_digits(name, appended->name);
    g_autofree char *from = mbox_from_line(appended->name, placing->internal_date != 0 ? placing->internal_date : g_get_real_time() / G_USEC_PER_SEC);
    appended->text = g_string_new(from);
    put_message(appended->text, shortened ? shortened->str : length > 0 ? data : "", shortened ? shortened->len : length, placing);
    appended->key = key_of(mbox, appended->text);
    appended->unseen = !(placing->flags & MAIL_FLAG_SEEN);
    g_ptr_array_add(mbox->appended, appended);
    if (shortened)
        g_string_free(shortened, TRUE);
}

bool mbox_append(LocalMailbox *to, GBytes *bytes, const char *name, LocalLines lines, const LocalPlacing *placing, char **new_key, GError **error)
{
    Mbox *mbox = (Mbox *)to;
    gsize waiting = 0;
    if (!mbox_refresh(mbox, error))
        return false;
    *new_key = mbox_find(to, name, NULL);
    if (*new_key)
        return true;
    add_appended(mbox, bytes, name, lines, placing);
    for (guint i = 0; i < mbox->appended->len; i++)
        waiting += ((const MboxAppended *)g_ptr_array_index(mbox->appended, i))->text->len;
    g_autofree char *key = g_strdup(((const MboxAppended *)g_ptr_array_index(mbox->appended, mbox->appended->len - 1))->key);
    if (waiting > APPENDED_MAX && !mbox_settle(to, error))
        return false;
    *new_key = g_steal_pointer(&key);
    return true;
}

/* --- the file anew --------------------------------------------------------------------------------------------------- */

typedef enum { STAYS, IS_MARKED, GOES } Fate;

static Fate fate_of(const Mbox *mbox, const MboxEntry *entry, MailFlags *flags, char **keywords)
{
    const MboxPending *pending = g_hash_table_lookup(mbox->pending, entry->about->key);
    if (!pending)
        return STAYS;
    g_autofree char *words = marks_after(entry, pending, flags);
    if (pending->removed && (!pending->only_deleted || (entry->about->flags & MAIL_FLAG_DELETED)))
        return GOES;
    if (*flags == entry->about->flags && strcmp(words, entry->about->keywords) == 0)
        return STAYS;
    if (keywords)
        *keywords = g_steal_pointer(&words);
    return IS_MARKED;
}

/* The first octet that changes; the end of the file when only something is appended. */
static guint64 first_change(const Mbox *mbox)
{
    MailFlags flags;
    for (guint i = 0; g_hash_table_size(mbox->pending) > 0 && i < mbox->in_order->len; i++) {
        const MboxEntry *entry = g_ptr_array_index(mbox->in_order, i);
        Fate fate = fate_of(mbox, entry, &flags, NULL);
        if (fate != STAYS)
            return fate == GOES ? entry->from : entry->start;
    }
    return (guint64)mbox->seen.st_size;
}

static bool put_marked(MboxRedo *redo, int fd, const MboxEntry *entry, MailFlags flags, const char *keywords, GError **error)
{
    gsize length = (gsize)(entry->head_end - entry->start), had = 0;
    g_autofree char *header = g_malloc(length + 1);
    for (gssize n; had < length && (n = pread(fd, header + had, length - had, (off_t)(entry->start + had))) > 0;)
        had += (gsize)n;
    GString *marked = mbox_header_with(header, had, flags, keywords, false);
    bool ok = mbox_redo_put(redo, marked->str, marked->len, error);
    g_string_free(marked, TRUE);
    return ok;
}

/* All letters from `at` on, as they are to be. */
static bool put_letters(const Mbox *mbox, MboxRedo *redo, int fd, guint64 at, GError **error)
{
    for (guint i = 0; i < mbox->in_order->len; i++) {
        const MboxEntry *entry = g_ptr_array_index(mbox->in_order, i);
        g_autofree char *keywords = NULL;
        MailFlags flags;
        Fate fate = fate_of(mbox, entry, &flags, &keywords);
        if (fate == STAYS)
            continue;
        guint64 until = fate == GOES ? entry->from : entry->start;
        if (!mbox_redo_copy(redo, at, until, error) || (fate == IS_MARKED && !put_marked(redo, fd, entry, flags, keywords, error)))
            return false;
        at = fate == GOES ? entry->next : entry->head_end;
    }
    return mbox_redo_copy(redo, at, (guint64)mbox->seen.st_size, error);
}

/* A From_ line stands behind an empty line. */
static const char *missing_end(int fd, guint64 size)
{
    char last[2] = "";
    if (size == 0)
        return "";
    if (size == 1 || pread(fd, last, 2, (off_t)size - 2) != 2 || last[1] != '\n')
        return "\n\n";
    return last[0] != '\n' && !(last[0] == '\r') ? "\n" : "";
}

static bool put_appended(const Mbox *mbox, MboxRedo *redo, int fd, GError **error)
{
    const char *end = mbox->appended->len > 0 ? missing_end(fd, (guint64)mbox->seen.st_size) : "";
    bool ok = mbox_redo_put(redo, end, strlen(end), error);
    for (guint i = 0; ok && i < mbox->appended->len; i++) {
        const MboxAppended *appended = g_ptr_array_index(mbox->appended, i);
        if (!find_name(mbox, appended->name))
            ok = mbox_redo_put(redo, appended->text->str, appended->text->len, error);
    }
    return ok;
}

/* Programs look whether it was written after it was last read: new mail. Marks are none. */
static void tell_nothing_new(const Mbox *mbox, int fd)
{
    const struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_OMIT } };
    for (guint i = 0; i < mbox->appended->len; i++)
        if (((const MboxAppended *)g_ptr_array_index(mbox->appended, i))->unseen)
            return;
    (void)!futimens(fd, times);
}

static bool write_changes(Mbox *mbox, int fd, GError **error)
{
    guint64 first = first_change(mbox), size = (guint64)mbox->seen.st_size;
    if (first == size && mbox->appended->len == 0)
        return true;
    MboxRedo *redo = mbox_redo_begin(mbox->base.path, fd, first, error);
    if (!redo)
        return false;
    if ((first < size && !put_letters(mbox, redo, fd, first, error)) || !put_appended(mbox, redo, fd, error)) {
        mbox_redo_drop(redo);
        return false;
    }
    if (!mbox_redo_finish(redo, error))
        return false;
    tell_nothing_new(mbox, fd);
    return mbox_list_open(mbox, fd, first == size ? size : 0, error);
}

static bool has_pending(const Mbox *mbox)
{
    return g_hash_table_size(mbox->pending) > 0 || mbox->appended->len > 0;
}

bool mbox_settle(LocalMailbox *mailbox, GError **error)
{
    Mbox *mbox = (Mbox *)mailbox;
    MboxLock lock;
    if (!has_pending(mbox))
        return true;
    bool ok = mbox_lock(mailbox->path, &lock, error);
    if (ok) {
        ok = mbox_redo_recover(mailbox->path, lock.fd, error) && (mbox_is_as_seen(mbox, lock.fd) || mbox_list_open(mbox, lock.fd, 0, error)) &&
             write_changes(mbox, lock.fd, error);
        mbox_unlock(&lock);
    }
    mbox_forget_pending(mbox);
    return ok;
}
