#include "config.h"

#include "store/letters.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/absent.h"
#include "base/i18n.h"
#include "store/writer.h"

static char *letters_directory(const char *store_path)
{
    g_autofree char *beside = g_strconcat(store_path, ".letters", NULL);
    return g_canonicalize_filename(beside, NULL);
}

static gboolean is_ours(const char *directory, const char *path)
{
    g_autofree char *parent = g_path_get_dirname(path);
    return g_str_equal(parent, directory);
}

static gboolean refuse(GError **error, int failure, const char *format, const char *path)
{
    gboolean full = failure == ENOSPC || failure == EDQUOT;
    g_autofree char *words = g_strdup_printf(format, path, g_strerror(failure));
    g_set_error_literal(error, STORE_ERROR, full ? STORE_ERROR_FULL : STORE_ERROR_REFUSED, words);
    return FALSE;
}

/* A lone CR or LF is a line end as well: neither may go to a server (RFC 5322 §2.3). */
static void copy_lines(FILE *in, FILE *out)
{
    int c, previous = 0;
    while ((c = getc_unlocked(in)) != EOF) {
        if (c == '\n' && previous == '\r') {
            previous = c;
            continue;
        }
        if (c == '\r' || c == '\n')
            fputs("\r\n", out);
        else
            putc_unlocked(c, out);
        previous = c;
    }
}

/* So that the name, too, is on the disk. */
static void sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static gboolean copy(const char *source, const char *directory, char *path, GError **error)
{
    FILE *in = g_fopen(source, "rbe");
    if (in == NULL)
        return refuse(error, errno, _("Cannot read the message in %s: %s"), source);
    int fd = g_mkstemp_full(path, O_WRONLY | O_CLOEXEC, 0600);
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (out == NULL) {
        int failure = errno;
        fclose(in);
        return refuse(error, failure, _("Cannot keep the message in %s: %s"), path);
    }
    copy_lines(in, out);
    gboolean unread = ferror(in) != 0;
    int failure = errno;
    fclose(in);
    gboolean ok = fflush(out) == 0 && fsync(fileno(out)) == 0;
    failure = unread ? failure : errno;
    ok = fclose(out) == 0 && ok && !unread;
    if (ok) {
        sync_directory(directory);
        return TRUE;
    }
    unlink(path);
    return unread ? refuse(error, failure, _("Cannot read the message in %s: %s"), source)
                  : refuse(error, failure, _("Cannot keep the message in %s: %s"), path);
}

char *letters_take(const char *store_path, const char *source, GError **error)
{
    g_autofree char *directory = letters_directory(store_path);
    g_autofree char *path = g_build_filename(directory, "letter-XXXXXX", NULL);
    if (is_ours(directory, source))
        return g_strdup(source);
    if (!g_file_test(source, G_FILE_TEST_IS_REGULAR)) {
        refuse(error, g_file_test(source, G_FILE_TEST_EXISTS) ? EINVAL : ENOENT, _("Cannot read the message in %s: %s"), source);
        return NULL;
    }
    if (g_mkdir_with_parents(directory, 0700) != 0) {
        refuse(error, errno, _("Cannot keep the message in %s: %s"), directory);
        return NULL;
    }
    if (!copy(source, directory, path, error))
        return NULL;
    if (absent_parts_copy(source, path, error))
        return g_steal_pointer(&path);
    unlink(path);
    return NULL;
}

char *letters_share(const char *store_path, const char *path, GError **error)
{
    g_autofree char *directory = letters_directory(store_path);
    for (guint tries = 0; tries < 100; tries++) {
        g_autofree char *other = g_strdup_printf("%s/letter-%08x", directory, g_random_int());
        if (link(path, other) == 0) {
            if (!absent_parts_copy(path, other, error)) {
                unlink(other);
                return NULL;
            }
            sync_directory(directory);
            return g_steal_pointer(&other);
        }
        if (errno != EEXIST)
            break;
    }
    refuse(error, errno, _("Cannot keep the message in %s: %s"), path);
    return NULL;
}

void letters_remove(const char *store_path, const char *path)
{
    g_autofree char *directory = letters_directory(store_path);
    g_autofree char *beside = absent_parts_path(path);
    if (!is_ours(directory, path))
        return;
    g_unlink(path);
    g_unlink(beside);
}

/* A note beside a letter that is there goes with it. */
static gboolean is_note_of_one(const char *path)
{
    gsize length = strlen(path);
    g_autofree char *letter = g_str_has_suffix(path, ABSENT_SUFFIX) ? g_strndup(path, length - strlen(ABSENT_SUFFIX)) : NULL;
    return letter != NULL && g_file_test(letter, G_FILE_TEST_EXISTS);
}

GPtrArray *letters_older_than(const char *store_path, gint64 then)
{
    g_autofree char *directory = letters_directory(store_path);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        char *path = g_build_filename(directory, name, NULL);
        GStatBuf status;
        if (g_str_has_prefix(name, "letter-") && !is_note_of_one(path) && g_lstat(path, &status) == 0 && status.st_mtime < then)
            g_ptr_array_add(found, path);
        else
            g_free(path);
    }
    return found;
}
