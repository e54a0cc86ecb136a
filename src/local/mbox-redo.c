/* Changing an mbox in place, whole or not at all (see mbox-internal.h).
 *
 * A new file under the old name would be simpler, and would lose the mail of who waits for fcntl()'s lock on the old one. So what the file is to
 * be from some offset on is written down first, with what it was; when that is on the disk the file is changed, and then the note goes. Whoever was
 * killed in between is finished by the next one who has the lock. The note is believed only where the file is a mixture of the two; what
 * others appended behind that stays.
 */
#include "config.h"
#include "local/mbox-internal.h"
#include "local/maildir-internal.h"

#include "base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEAD 4096
#define BLOCK 65536
#define HEAD_FORMAT "malle-mbox-redo 1 %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n"

/* A note: HEAD octets of head, the file's old octets from `offset` on, its new ones. */
typedef struct {
    guint64 offset, old_length, new_length;
} Extent;

struct MboxRedo {
    char *path, *note, *draft;
    int mbox, fd; /* fd: of the note that is being written */
    Extent extent;
    GChecksum *digest; /* of the note behind its head */
    GByteArray *buffer;
};

/* --- the note's file ------------------------------------------------------------------------------------------- */

static char *note_name(const char *path)
{
    g_autofree char *real = g_canonicalize_filename(path, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, real, -1);
    return g_strdup_printf("mbox-%.32s.redo", digest);
}

static char *note_path(const char *path)
{
    g_autofree char *name = note_name(path);
    return paths_locate(PATHS_STATE, name);
}

bool mbox_redo_is_open(const char *path)
{
    g_autofree char *note = note_path(path);
    return access(note, F_OK) == 0;
}

static void redo_free(MboxRedo *redo)
{
    if (redo->fd >= 0)
        close(redo->fd);
    if (redo->draft)
        unlink(redo->draft);
    g_free(redo->path);
    g_free(redo->note);
    g_free(redo->draft);
    g_checksum_free(redo->digest);
    g_byte_array_unref(redo->buffer);
    g_free(redo);
}

void mbox_redo_drop(MboxRedo *redo)
{
    redo_free(redo);
}

static bool failed(const char *path, int reason, GError **error)
{
    local_set_write_error(error, path, reason);
    return false;
}

static int flush(MboxRedo *redo)
{
    int reason = local_write_all(redo->fd, redo->buffer->data, redo->buffer->len);
    g_checksum_update(redo->digest, redo->buffer->data, redo->buffer->len);
    g_byte_array_set_size(redo->buffer, 0);
    return reason;
}

static bool put(MboxRedo *redo, const void *bytes, gsize length, GError **error)
{
    const guint8 *p = bytes;
    while (length > 0) {
        gsize n = MIN(length, (gsize)BLOCK - redo->buffer->len);
        g_byte_array_append(redo->buffer, p, (guint)n);
        p += n;
        length -= n;
        int reason = redo->buffer->len == BLOCK ? flush(redo) : 0;
        if (reason)
            return failed(redo->draft, reason, error);
    }
    return true;
}

bool mbox_redo_put(MboxRedo *redo, const void *bytes, gsize length, GError **error)
{
    redo->extent.new_length += length;
    return put(redo, bytes, length, error);
}

static bool copy(MboxRedo *redo, guint64 from, guint64 to, GError **error)
{
    g_autofree char *block = g_malloc(BLOCK);
    while (from < to) {
        gssize n = pread(redo->mbox, block, (gsize)MIN(to - from, (guint64)BLOCK), (off_t)from);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            local_set_access_error(error, redo->path, n < 0 ? errno : EIO);
            return false;
        }
        if (!put(redo, block, (gsize)n, error))
            return false;
        from += (guint64)n;
    }
    return true;
}

bool mbox_redo_copy(MboxRedo *redo, guint64 from, guint64 to, GError **error)
{
    redo->extent.new_length += to - from;
    return copy(redo, from, to, error);
}

MboxRedo *mbox_redo_begin(const char *path, int fd, guint64 offset, GError **error)
{
    struct stat about;
    g_autofree char *name = note_name(path);
    g_autofree char *folder = paths_locate(PATHS_STATE, NULL);
    g_autofree char *note = g_build_filename(folder, name, NULL);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        local_set_write_error(error, folder, errno);
        return NULL;
    }
    if (fstat(fd, &about) != 0) {
        local_set_access_error(error, path, errno);
        return NULL;
    }
    MboxRedo *redo = g_new0(MboxRedo, 1);
    redo->path = g_strdup(path);
    redo->draft = g_strconcat(note, ".draft", NULL);
    redo->note = g_steal_pointer(&note);
    redo->mbox = fd;
    redo->extent = (Extent){ .offset = offset, .old_length = (guint64)about.st_size - offset };
    redo->digest = g_checksum_new(G_CHECKSUM_SHA256);
    redo->buffer = g_byte_array_sized_new(BLOCK);
    redo->fd = open(redo->draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (redo->fd < 0 || lseek(redo->fd, HEAD, SEEK_SET) < 0) {
        failed(redo->draft, errno, error);
        redo_free(redo);
        return NULL;
    }
    if (copy(redo, offset, (guint64)about.st_size, error))
        return redo;
    redo_free(redo);
    return NULL;
}

/* It counts from here on. */
static int make_note_durable(MboxRedo *redo)
{
    char head[HEAD] = "";
    int reason = flush(redo);
    snprintf(head, sizeof head, HEAD_FORMAT, redo->extent.offset, redo->extent.old_length, redo->extent.new_length,
             g_checksum_get_string(redo->digest));
    if (!reason && pwrite(redo->fd, head, sizeof head, 0) != sizeof head)
        reason = errno ? errno : EIO;
    if (!reason && fsync(redo->fd) != 0)
        reason = errno;
    if (!reason && rename(redo->draft, redo->note) != 0)
        reason = errno;
    if (reason)
        return reason;
    g_clear_pointer(&redo->draft, g_free);
    g_autofree char *folder = g_path_get_dirname(redo->note);
    return local_sync_directory(folder);
}

/* --- changing the file -------------------------------------------------------------------------------------------- */

static int pwrite_all(int fd, const char *bytes, gsize length, guint64 offset)
{
    while (length > 0) {
        gssize n = pwrite(fd, bytes, length, (off_t)offset);
        if (n < 0 && errno != EINTR)
            return errno;
        bytes += MAX(n, 0);
        offset += (guint64)MAX(n, 0);
        length -= (gsize)MAX(n, 0);
    }
    return 0;
}

static int apply(int mbox, int note, const Extent *extent)
{
    g_autofree char *block = g_malloc(BLOCK);
    for (guint64 at = 0; at < extent->new_length;) {
        gssize n = pread(note, block, (gsize)MIN(extent->new_length - at, (guint64)BLOCK), (off_t)(HEAD + extent->old_length + at));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        int reason = pwrite_all(mbox, block, (gsize)n, extent->offset + at);
        if (reason)
            return reason;
        at += (guint64)n;
    }
    if (extent->new_length < extent->old_length && ftruncate(mbox, (off_t)(extent->offset + extent->new_length)) != 0)
        return errno;
    return fsync(mbox) == 0 ? 0 : errno;
}

/* The room that it will need, without a change that others see. Filesystems that cannot promise it say so later. */
static int reserve(int fd, const Extent *extent)
{
    if (extent->new_length <= extent->old_length)
        return 0;
    int done = fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)(extent->offset + extent->old_length), (off_t)(extent->new_length - extent->old_length));
    return done != 0 && (errno == ENOSPC || errno == EDQUOT) ? errno : 0;
}

bool mbox_redo_finish(MboxRedo *redo, GError **error)
{
    int reason = reserve(redo->mbox, &redo->extent);
    if (reason) {
        failed(redo->path, reason, error);
        redo_free(redo);
        return false;
    }
    reason = make_note_durable(redo);
    if (reason) {
        failed(redo->note, reason, error);
        unlink(redo->note);
        redo_free(redo);
        return false;
    }
    reason = apply(redo->mbox, redo->fd, &redo->extent);
    if (reason)
        failed(redo->path, reason, error);
    else
        unlink(redo->note);
    redo_free(redo);
    return reason == 0;
}

/* --- who was killed ------------------------------------------------------------------------------------------------ */

static bool read_exactly(int fd, char *block, gsize length, guint64 offset)
{
    while (length > 0) {
        gssize n = pread(fd, block, length, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        block += n;
        offset += (guint64)n;
        length -= (gsize)n;
    }
    return true;
}

/* Whole, and what it was when it was written. */
static bool read_extent(int note, Extent *extent)
{
    char head[HEAD + 1] = "", digest[65] = "";
    struct stat about;
    if (!read_exactly(note, head, HEAD, 0) || fstat(note, &about) != 0 ||
        sscanf(head, "malle-mbox-redo 1 %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %64s", &extent->offset, &extent->old_length,
               &extent->new_length, digest) != 4 ||
        (guint64)about.st_size - HEAD != extent->old_length + extent->new_length)
        return false;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *block = g_malloc(BLOCK);
    guint64 left = extent->old_length + extent->new_length;
    for (guint64 at = HEAD; left > 0;) {
        gsize n = (gsize)MIN(left, (guint64)BLOCK);
        if (!read_exactly(note, block, n, at))
            return false;
        g_checksum_update(sum, (const guchar *)block, (gssize)n);
        at += n;
        left -= n;
    }
    return strcmp(g_checksum_get_string(sum), digest) == 0;
}

typedef struct {
    int mbox, note;
    guint64 size; /* of the mbox */
    Extent extent;
} Recovery;

/* How many octets from there on are the same. */
static guint64 agree(const Recovery *recovery, guint64 in_mbox, guint64 in_note, guint64 length)
{
    g_autofree char *mine = g_malloc(BLOCK), *theirs = g_malloc(BLOCK);
    guint64 same = 0;
    length = MIN(length, recovery->size > in_mbox ? recovery->size - in_mbox : 0);
    while (same < length) {
        gsize n = (gsize)MIN(length - same, (guint64)BLOCK);
        if (!read_exactly(recovery->mbox, mine, n, in_mbox + same) || !read_exactly(recovery->note, theirs, n, in_note + same))
            return same;
        if (memcmp(mine, theirs, n) != 0) {
            for (gsize i = 0; mine[i] == theirs[i]; i++)
                same++;
            return same;
        }
        same += n;
    }
    return same;
}

/* Each octet of the old length is either the old one or the new one: a cut of power leaves pages in any order. */
static bool is_mixture(const Recovery *recovery)
{
    const Extent *extent = &recovery->extent;
    g_autofree char *mbox = g_malloc(BLOCK), *old = g_malloc(BLOCK), *new = g_malloc(BLOCK);
    if (recovery->size < extent->offset + extent->old_length)
        return false;
    for (guint64 at = 0; at < extent->old_length;) {
        gsize n = (gsize)MIN(extent->old_length - at, (guint64)BLOCK);
        gsize m = at < extent->new_length ? (gsize)MIN((guint64)n, extent->new_length - at) : 0;
        if (!read_exactly(recovery->mbox, mbox, n, extent->offset + at) || !read_exactly(recovery->note, old, n, HEAD + at) ||
            !read_exactly(recovery->note, new, m, HEAD + extent->old_length + at))
            return false;
        for (gsize i = 0; i < n; i++)
            if (mbox[i] != old[i] && (i >= m || mbox[i] != new[i]))
                return false;
        at += n;
    }
    return true;
}

/* What others appended behind a change that was cut off begins here. */
static guint64 end_of_ours(const Recovery *recovery, guint64 done)
{
    return recovery->extent.offset + MAX(recovery->extent.old_length, done);
}

static bool finish_with_others(const Recovery *recovery, const char *path, guint64 others, GError **error)
{
    const Extent *extent = &recovery->extent;
    g_autofree char *block = g_malloc(BLOCK);
    MboxRedo *redo = mbox_redo_begin(path, recovery->mbox, extent->offset, error);
    bool ok = redo != NULL;
    for (guint64 at = 0; ok && at < extent->new_length;) {
        gsize n = (gsize)MIN(extent->new_length - at, (guint64)BLOCK);
        ok = read_exactly(recovery->note, block, n, HEAD + extent->old_length + at) && mbox_redo_put(redo, block, n, error);
        at += n;
    }
    ok = ok && mbox_redo_copy(redo, others, recovery->size, error);
    if (ok)
        return mbox_redo_finish(redo, error);
    if (redo)
        mbox_redo_drop(redo);
    if (error && !*error)
        local_set_access_error(error, path, EIO);
    return false;
}

/* *needed false: the file is whole, or it is not the file any more that the note is about. */
static bool recover(const Recovery *recovery, const char *path, GError **error)
{
    const Extent *extent = &recovery->extent;
    guint64 done = agree(recovery, extent->offset, HEAD + extent->old_length, extent->new_length);
    bool shrinks = extent->new_length < extent->old_length;
    if (done == extent->new_length &&
        !(shrinks && agree(recovery, extent->offset + done, HEAD + done, extent->old_length - done) == extent->old_length - done))
        return true;
    if (!is_mixture(recovery)) {
        g_warning("%s was changed by others since a change of ours was cut off; that is given up", path);
        return true;
    }
    guint64 others = end_of_ours(recovery, done);
    if (recovery->size > others)
        return finish_with_others(recovery, path, others, error);
    int reason = apply(recovery->mbox, recovery->note, extent);
    return reason ? failed(path, reason, error) : true;
}

bool mbox_redo_recover(const char *path, int fd, GError **error)
{
    g_autofree char *note = note_path(path);
    struct stat about;
    Recovery recovery = { .mbox = fd, .note = open(note, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) };
    if (recovery.note < 0)
        return errno == ENOENT ? true : failed(note, errno, error);
    bool ok = true;
    if (fstat(fd, &about) == 0 && read_extent(recovery.note, &recovery.extent)) {
        recovery.size = (guint64)about.st_size;
        ok = recover(&recovery, path, error);
    }
    close(recovery.note);
    if (ok)
        unlink(note);
    return ok;
}
