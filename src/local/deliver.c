/* Delivery into a Maildir (see deliver.h). */
#include "config.h"
#include "local/deliver.h"
#include "local/maildir-internal.h"

#include "base/i18n.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER 65536
#define MAX_NAME 200 /* leaves room for flags and keywords in the 255 bytes of a file name */
#define TMP_HOURS 36

struct LocalDelivery {
    char *maildir, *name;
    char *tmp;  /* the path in tmp/; NULL once it is gone from there */
    char *path; /* of the message; NULL before it is there */
    int fd;     /* -1 once closed */
    LocalLines lines;
    bool verbatim; /* LINES_UNIX met an LF alone: from there on everything lies as it came */
    bool last_was_cr;
    bool synced;     /* by local_deliveries_sync(), with what came of it */
    int sync_reason; /* errno */
    GByteArray *buffer; /* not yet in the file */
    guint64 octets;
    GChecksum *digest;
};

/* --- names ------------------------------------------------------------------------------------------- */

static void append_host(GString *name)
{
    for (const char *p = g_get_host_name(); *p; p++) {
        if (*p == '/' || *p == ':')
            g_string_append_printf(name, "\\%03o", (guint)*p);
        else if (g_ascii_isgraph(*p))
            g_string_append_c(name, *p);
    }
}

char *local_name_for(gint64 moment, const char *what)
{
    GString *name = g_string_new(NULL);
    g_string_printf(name, "%" G_GINT64_FORMAT ".M%" G_GINT64_FORMAT "%s.", moment / G_USEC_PER_SEC,
                    moment % G_USEC_PER_SEC, what);
    append_host(name);
    g_string_truncate(name, MIN(name->len, (gsize)MAX_NAME));
    return g_string_free(name, FALSE);
}

char *local_unique_name(void)
{
    static gint counter;
    /* The random word is for machines that share a host name, and for process ids that begin at 1 anew. */
    g_autofree char *what =
        g_strdup_printf("P%dQ%dR%08x", (int)getpid(), g_atomic_int_add(&counter, 1), g_random_int());
    return local_name_for(g_get_real_time(), what);
}

static bool is_usable_name(const char *name)
{
    if (!*name || *name == '.' || strlen(name) > MAX_NAME)
        return false;
    for (const char *p = name; *p; p++)
        if (!g_ascii_isgraph(*p) || *p == '/' || *p == ':')
            return false;
    return maildir_info_of(name) == NULL;
}

/* Looks in one of the two directories. */
static char *find_in(const char *maildir, const char *folder, const char *name, int *reason)
{
    g_autofree char *path = g_build_filename(maildir, folder, NULL);
    DIR *directory = opendir(path);
    if (!directory) {
        *reason = errno;
        return NULL;
    }
    char *found = NULL;
    gsize length = strlen(name);
    for (struct dirent *entry; !found && (entry = readdir(directory)) != NULL;)
        if (strncmp(entry->d_name, name, length) == 0 &&
            (!entry->d_name[length] || maildir_info_of(entry->d_name) == entry->d_name + length))
            found = g_build_filename(path, entry->d_name, NULL);
    closedir(directory);
    return found;
}

char *local_maildir_find(const char *maildir, const char *name, GError **error)
{
    /* new/ first: what moves to cur/ meanwhile is then found there; a second look at cur/ for what was renamed
     * while the first one read. */
    static const char *const folders[] = { "new", "cur", "cur" };
    int reason = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(folders) && !reason; i++) {
        char *found = find_in(maildir, folders[i], name, &reason);
        if (found)
            return found;
    }
    if (reason)
        local_set_access_error(error, maildir, reason);
    return NULL;
}

/* --- writing ----------------------------------------------------------------------------------------- */

static bool failed(LocalDelivery *delivery, int reason, GError **error)
{
    local_set_write_error(error, delivery->tmp, reason);
    return false;
}

LocalDelivery *local_delivery_begin(const char *maildir, const char *name, LocalLines lines, GError **error)
{
    if (name && !is_usable_name(name)) {
        g_autofree char *shown = text_make_safe(name, -1, TEXT_SINGLE_LINE);
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_REFUSED, _("\"%s\" cannot be the name of a message"), shown);
        return NULL;
    }
    g_autofree char *unique = name ? g_strdup(name) : local_unique_name();
    g_autofree char *tmp = g_build_filename(maildir, "tmp", unique, NULL);
    int fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST && name) {
        /* Of a delivery under this very name that was cut off. */
        unlink(tmp);
        fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    }
    if (fd < 0) {
        local_set_write_error(error, tmp, errno);
        return NULL;
    }
    LocalDelivery *delivery = g_new0(LocalDelivery, 1);
    delivery->maildir = g_strdup(maildir);
    delivery->name = g_steal_pointer(&unique);
    delivery->tmp = g_steal_pointer(&tmp);
    delivery->fd = fd;
    delivery->lines = lines;
    delivery->verbatim = lines == LOCAL_LINES_AS_GIVEN;
    delivery->buffer = g_byte_array_sized_new(BUFFER);
    delivery->digest = g_checksum_new(G_CHECKSUM_SHA256);
    return delivery;
}

static int flush(LocalDelivery *delivery)
{
    int reason = local_write_all(delivery->fd, delivery->buffer->data, delivery->buffer->len);
    g_byte_array_set_size(delivery->buffer, 0);
    return reason;
}

static int put(LocalDelivery *delivery, const char *bytes, gsize length)
{
    while (length > 0) {
        gsize n = MIN(length, (gsize)BUFFER - delivery->buffer->len);
        g_byte_array_append(delivery->buffer, (const guint8 *)bytes, (guint)n);
        bytes += n;
        length -= n;
        int reason = delivery->buffer->len == BUFFER ? flush(delivery) : 0;
        if (reason)
            return reason;
    }
    return 0;
}

/* The lines of `from` (which all ended by CRLF once) behind one another in the delivery, with CRLF. */
static int copy_expanded(LocalDelivery *delivery, int from)
{
    g_autofree char *block = g_malloc(BUFFER);
    off_t offset = 0;
    gssize n;
    int reason = 0;
    while (!reason && (n = pread(from, block, BUFFER, offset)) != 0) {
        if (n < 0 && errno != EINTR)
            return errno;
        offset += MAX(n, 0);
        for (const char *p = block, *end = block + MAX(n, 0); !reason && p < end;) {
            const char *newline = memchr(p, '\n', (gsize)(end - p));
            reason = put(delivery, p, (gsize)((newline ? newline : end) - p));
            if (newline && !reason)
                reason = put(delivery, "\r\n", 2);
            p = newline ? newline + 1 : end;
        }
    }
    return reason;
}

/* An LF alone: what was shortened gets its CRs back, so that nothing is lost by what follows. */
static int become_verbatim(LocalDelivery *delivery)
{
    int reason = flush(delivery);
    if (reason)
        return reason;
    int shortened = delivery->fd;
    if (unlink(delivery->tmp) != 0)
        return errno;
    int fd = open(delivery->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno;
    delivery->fd = fd;
    delivery->verbatim = true;
    reason = copy_expanded(delivery, shortened);
    close(shortened);
    return reason;
}

/* One piece with CRLF to LF; a CR at its end waits for what comes. */
static int put_shortened(LocalDelivery *delivery, const char *p, const char *end)
{
    int reason = 0;
    while (!reason && p < end && !delivery->verbatim) {
        if (*p == '\n') {
            if (!delivery->last_was_cr)
                return (reason = become_verbatim(delivery)) ? reason : put(delivery, p, (gsize)(end - p));
            reason = put(delivery, p++, 1);
            delivery->last_was_cr = false;
            continue;
        }
        if (delivery->last_was_cr)
            reason = put(delivery, "\r", 1);
        delivery->last_was_cr = false;
        const char *stop = p;
        while (stop < end && *stop != '\r' && *stop != '\n')
            stop++;
        if (!reason)
            reason = put(delivery, p, (gsize)(stop - p));
        if (stop < end && *stop == '\r') {
            delivery->last_was_cr = true;
            stop++;
        }
        p = stop;
    }
    return reason;
}

bool local_delivery_write(LocalDelivery *delivery, const void *bytes, gsize length, GError **error)
{
    g_checksum_update(delivery->digest, bytes, (gssize)length);
    delivery->octets += length;
    const char *p = bytes;
    int reason = delivery->verbatim ? put(delivery, p, length) : put_shortened(delivery, p, p + length);
    return reason ? failed(delivery, reason, error) : true;
}

bool local_delivery_written(LocalDelivery *delivery, GError **error)
{
    int reason = delivery->last_was_cr ? put(delivery, "\r", 1) : 0;
    delivery->last_was_cr = false;
    if (!reason)
        reason = flush(delivery);
    /* Its room is not needed any more, and many may wait. */
    g_byte_array_unref(delivery->buffer);
    delivery->buffer = g_byte_array_new();
    if (!reason)
        (void)sync_file_range(delivery->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return reason ? failed(delivery, reason, error) : true;
}

/* Filesystems with a journal write what waits for it together. */
#define SYNC_THREADS 8

static void sync_one(gpointer data, gpointer user)
{
    (void)user;
    LocalDelivery *delivery = data;
    delivery->sync_reason = fsync(delivery->fd) != 0 ? errno : 0;
    delivery->synced = true;
}

void local_deliveries_sync(LocalDelivery *const *deliveries, guint count)
{
    GThreadPool *pool = count > 1 ? g_thread_pool_new(sync_one, NULL, SYNC_THREADS, FALSE, NULL) : NULL;
    for (guint i = 0; i < count; i++)
        if (pool)
            g_thread_pool_push(pool, deliveries[i], NULL);
        else
            sync_one(deliveries[i], NULL);
    if (pool)
        g_thread_pool_free(pool, FALSE, TRUE); /* waits for all of them */
}

/* --- the end ------------------------------------------------------------------------------------------ */

static int make_durable(LocalDelivery *delivery, gint64 internal_date)
{
    int reason = delivery->last_was_cr ? put(delivery, "\r", 1) : 0;
    if (!reason)
        reason = flush(delivery);
    /* Only the time of change: by the other one who cleans tmp/ sees that it is in use. */
    struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_sec = internal_date } };
    if (!reason && internal_date != 0 && futimens(delivery->fd, times) != 0)
        reason = errno;
    if (!reason && delivery->synced && internal_date == 0)
        reason = delivery->sync_reason;
    else if (!reason && fsync(delivery->fd) != 0)
        reason = errno;
    /* NFS says only here that there was no room. */
    if (close(delivery->fd) != 0 && !reason && errno != EINTR)
        reason = errno;
    delivery->fd = -1;
    return reason;
}

/* Its name in the mailbox, without ever replacing a file. */
static int give_name(LocalDelivery *delivery, const char *path)
{
    if (link(delivery->tmp, path) == 0) {
        unlink(delivery->tmp);
        return 0;
    }
    if (errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK || errno == ENOSYS)
        return local_rename_new(delivery->tmp, path);
    return errno;
}

bool local_delivery_finish(LocalDelivery *delivery, const LocalPlacing *placing, GError **error)
{
    MaildirKeywords keywords = { 0 };
    bool marked = placing->flags != 0 || (placing->keywords && *placing->keywords);
    g_autofree char *info =
        maildir_info_for(&keywords, delivery->maildir, placing->flags, placing->keywords, NULL, error);
    maildir_keywords_clear(&keywords);
    if (!info)
        return false;
    bool is_new = placing->is_new && !marked;
    g_autofree char *folder = g_build_filename(delivery->maildir, is_new ? "new" : "cur", NULL);
    g_autofree char *name = g_strconcat(delivery->name, is_new ? "" : info, NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int reason = make_durable(delivery, placing->internal_date);
    if (reason)
        return failed(delivery, reason, error);
    reason = give_name(delivery, path);
    if (reason == EEXIST) {
        g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
        g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_EXISTS, _("The message is there already: %s"), shown);
        return false;
    }
    if (reason) {
        local_set_write_error(error, path, reason);
        return false;
    }
    g_clear_pointer(&delivery->tmp, g_free);
    reason = placing->unsettled ? 0 : local_sync_directory(folder);
    if (reason) {
        /* It may be gone after a power cut, and the caller is going to be told that it is not here. */
        unlink(path);
        local_set_write_error(error, folder, reason);
        return false;
    }
    delivery->path = g_steal_pointer(&path);
    return true;
}

bool local_delivery_settle(const char *maildir, GError **error)
{
    static const char *const folders[] = { "new", "cur" };
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(maildir, folders[i], NULL);
        int reason = local_sync_directory(folder);
        if (reason) {
            local_set_write_error(error, folder, reason);
            return false;
        }
    }
    return true;
}

bool local_delivery_replace(LocalDelivery *delivery, const char *path, GError **error)
{
    int reason = make_durable(delivery, 0);
    if (reason)
        return failed(delivery, reason, error);
    if (rename(delivery->tmp, path) != 0) {
        local_set_write_error(error, path, errno);
        return false;
    }
    g_clear_pointer(&delivery->tmp, g_free);
    g_autofree char *folder = g_path_get_dirname(path);
    reason = local_sync_directory(folder);
    if (reason)
        local_set_write_error(error, folder, reason);
    return reason == 0;
}

void local_delivery_free(LocalDelivery *delivery)
{
    if (!delivery)
        return;
    if (delivery->fd >= 0)
        close(delivery->fd);
    if (delivery->tmp)
        unlink(delivery->tmp);
    g_free(delivery->tmp);
    g_free(delivery->path);
    g_free(delivery->maildir);
    g_free(delivery->name);
    g_byte_array_unref(delivery->buffer);
    g_checksum_free(delivery->digest);
    g_free(delivery);
}

const char *local_delivery_name(const LocalDelivery *delivery)
{
    return delivery->name;
}

const char *local_delivery_path(const LocalDelivery *delivery)
{
    return delivery->path;
}

guint64 local_delivery_octets(const LocalDelivery *delivery)
{
    return delivery->octets;
}

const char *local_delivery_sha256(LocalDelivery *delivery)
{
    return g_checksum_get_string(delivery->digest);
}

/* --- proof ------------------------------------------------------------------------------------------- */

typedef struct {
    GChecksum *plain, *expanded; /* of the file as it lies; with CRLF for each LF */
    guint64 octets, newlines;
} Proof;

static void prove(Proof *proof, const char *p, const char *end)
{
    g_checksum_update(proof->plain, (const guchar *)p, end - p);
    proof->octets += (guint64)(end - p);
    while (p < end) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        g_checksum_update(proof->expanded, (const guchar *)p, (newline ? newline : end) - p);
        if (newline) {
            g_checksum_update(proof->expanded, (const guchar *)"\r\n", 2);
            proof->newlines++;
        }
        p = newline ? newline + 1 : end;
    }
}

static int prove_file(Proof *proof, int fd)
{
    g_autofree char *block = g_malloc(BUFFER);
    /* What is on the disk is to be proved, not what is still in memory. */
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    gssize n;
    while ((n = read(fd, block, BUFFER)) != 0) {
        if (n < 0 && errno != EINTR)
            return errno;
        if (n > 0)
            prove(proof, block, block + n);
    }
    return 0;
}

bool local_reads_back(const char *path, guint64 octets, const char *sha256, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        local_set_access_error(error, path, errno);
        return false;
    }
    g_autoptr(GChecksum) plain = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GChecksum) expanded = g_checksum_new(G_CHECKSUM_SHA256);
    Proof proof = { .plain = plain, .expanded = expanded };
    int reason = prove_file(&proof, fd);
    close(fd);
    if (reason) {
        local_set_access_error(error, path, reason);
        return false;
    }
    if ((proof.octets == octets && strcmp(g_checksum_get_string(plain), sha256) == 0) ||
        (proof.octets + proof.newlines == octets && strcmp(g_checksum_get_string(expanded), sha256) == 0))
        return true;
    g_autofree char *shown = text_make_safe(path, -1, TEXT_SINGLE_LINE);
    g_set_error(error, LOCAL_ERROR, LOCAL_ERROR_CHANGED, _("%s does not hold the octets that were received"), shown);
    return false;
}

/* --- tmp/ -------------------------------------------------------------------------------------------- */

guint local_clean_tmp(const char *maildir, gint64 now)
{
    g_autofree char *path = g_build_filename(maildir, "tmp", NULL);
    DIR *directory = opendir(path);
    if (!directory)
        return 0;
    guint gone = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct stat about;
        if (fstatat(dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode))
            continue;
        gint64 touched = MAX(MAX(about.st_atime, about.st_mtime), about.st_ctime);
        if (touched < now - TMP_HOURS * 3600 && unlinkat(dirfd(directory), entry->d_name, 0) == 0)
            gone++;
    }
    closedir(directory);
    return gone;
}
