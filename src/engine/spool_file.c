#include "config.h"

#include "engine/spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/paths.h"

#define GROUP "letter"
#define ORPHAN_SECONDS (24 * 60 * 60)

void spool_envelope_free(SpoolEnvelope *envelope)
{
    if (envelope == NULL)
        return;
    g_free(envelope->account);
    g_free(envelope->sender);
    g_strfreev(envelope->recipients);
    g_free(envelope);
}

static char *spool_directory(const char *store_path)
{
    g_autofree char *beside = g_strconcat(store_path, ".spool", NULL);
    return g_canonicalize_filename(beside, NULL);
}

static char *file_of(const char *store_path, const char *id, const char *ending)
{
    g_autofree char *directory = spool_directory(store_path);
    g_autofree char *name = g_strconcat(id, ending, NULL);
    return g_build_filename(directory, name, NULL);
}

static gboolean fail(GError **error, const char *path, int failure)
{
    g_set_error(error, G_FILE_ERROR, (gint) g_file_error_from_errno(failure), _("The letter cannot be kept in %s: %s"), path,
                g_strerror(failure));
    return FALSE;
}

/* Digits and letters: it comes from names of files and from whoever rings. */
gboolean spool_id_is_valid(const char *id)
{
    gsize length = strspn(id, "0123456789abcdef-");
    return length > 0 && length <= 64 && id[length] == '\0';
}

/* --- putting in ------------------------------------------------------------------------------------- */

gboolean spool_begin(const char *store_path, char **id, char **letter_path, GError **error)
{
    g_autofree char *directory = spool_directory(store_path);
    if (g_mkdir_with_parents(directory, 0700) != 0)
        return fail(error, directory, errno);
    g_autofree char *random = g_uuid_string_random();
    /* The time first, so that names sort by age. */
    *id = g_strdup_printf("%016" G_GINT64_MODIFIER "x-%s", g_get_real_time(), random);
    *letter_path = file_of(store_path, *id, ".eml");
    return TRUE;
}

static gboolean write_whole(int fd, const char *text, gsize length)
{
    while (length > 0) {
        ssize_t count = write(fd, text, length);
        if (count < 0 && errno != EINTR)
            return FALSE;
        text += MAX(count, 0);
        length -= (gsize) MAX(count, 0);
    }
    return fsync(fd) == 0;
}

/* So that the name, too, is on the disk. */
static gboolean sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static gboolean write_durably(const char *path, const char *text, gsize length, GError **error)
{
    g_autofree char *unfinished = g_strconcat(path, ".tmp", NULL), *directory = g_path_get_dirname(path);
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, unfinished, errno);
    gboolean ok = write_whole(fd, text, length);
    int failure = errno;
    ok = close(fd) == 0 && ok;
    if (ok && g_rename(unfinished, path) == 0 && sync_directory(directory))
        return TRUE;
    failure = ok ? errno : failure;
    unlink(unfinished);
    unlink(path);
    return fail(error, path, failure);
}

gboolean spool_put(const char *store_path, const char *id, const SpoolEnvelope *envelope, GError **error)
{
    g_autofree char *path = file_of(store_path, id, ".envelope");
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_key_file_set_string(file, GROUP, "account", envelope->account);
    g_key_file_set_string(file, GROUP, "sender", envelope->sender);
    g_key_file_set_string_list(file, GROUP, "recipients", (const char *const *) envelope->recipients, g_strv_length(envelope->recipients));
    g_key_file_set_int64(file, GROUP, "release-at", envelope->release_at);
    g_key_file_set_uint64(file, GROUP, "options", envelope->send_options);
    g_key_file_set_boolean(file, GROUP, "no-copy", envelope->no_copy);
    gsize length = 0;
    g_autofree char *text = g_key_file_to_data(file, &length, NULL);
    return write_durably(path, text, length, error);
}

void spool_forget(const char *store_path, const char *id)
{
    g_autofree char *envelope = file_of(store_path, id, ".envelope"), *letter = file_of(store_path, id, ".eml");
    unlink(envelope);
    unlink(letter);
}

/* --- taking out -------------------------------------------------------------------------------------- */

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *spool_list(const char *store_path)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = spool_directory(store_path);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    for (const char *name; directory != NULL && (name = g_dir_read_name(directory)) != NULL;) {
        g_autofree char *id = g_str_has_suffix(name, ".envelope") ? g_strndup(name, strlen(name) - strlen(".envelope")) : NULL;
        if (id != NULL && spool_id_is_valid(id))
            g_ptr_array_add(ids, g_steal_pointer(&id));
    }
    g_ptr_array_sort(ids, by_name);
    return ids;
}

SpoolEnvelope *spool_read(const char *store_path, const char *id, char **letter_path, GError **error)
{
    g_autofree char *path = file_of(store_path, id, ".envelope");
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error))
        return NULL;
    g_autoptr(SpoolEnvelope) envelope = g_new0(SpoolEnvelope, 1);
    envelope->account = g_key_file_get_string(file, GROUP, "account", error);
    envelope->sender = envelope->account != NULL ? g_key_file_get_string(file, GROUP, "sender", error) : NULL;
    envelope->recipients = envelope->sender != NULL ? g_key_file_get_string_list(file, GROUP, "recipients", NULL, error) : NULL;
    if (envelope->recipients == NULL)
        return NULL;
    envelope->release_at = g_key_file_get_int64(file, GROUP, "release-at", NULL);
    envelope->send_options = (guint) g_key_file_get_uint64(file, GROUP, "options", NULL);
    envelope->no_copy = g_key_file_get_boolean(file, GROUP, "no-copy", NULL);
    *letter_path = file_of(store_path, id, ".eml");
    return g_steal_pointer(&envelope);
}

/* An envelope's name, whether finished or not, keeps its letter. */
static gboolean is_orphan(const char *directory, const char *name, gint64 before)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    GStatBuf status;
    if (g_lstat(path, &status) != 0 || status.st_mtime >= before)
        return FALSE;
    if (!g_str_has_suffix(name, ".eml"))
        return g_str_has_suffix(name, ".envelope.tmp");
    g_autofree char *stem = g_strndup(path, strlen(path) - strlen(".eml"));
    g_autofree char *envelope = g_strconcat(stem, ".envelope", NULL);
    return !g_file_test(envelope, G_FILE_TEST_EXISTS);
}

void spool_sweep(const char *store_path)
{
    g_autofree char *path = spool_directory(store_path);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    gint64 before = g_get_real_time() / G_USEC_PER_SEC - ORPHAN_SECONDS;
    for (const char *name; directory != NULL && (name = g_dir_read_name(directory)) != NULL;) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (is_orphan(path, name, before))
            unlink(file);
    }
}

char *spool_socket_path(const char *store_path)
{
    /* One for each store, since several may share a runtime directory. */
    g_autofree char *whole = g_canonicalize_filename(store_path, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, whole, -1);
    g_autofree char *name = g_strdup_printf("outbox-%.12s", digest);
    return paths_locate(PATHS_RUNTIME, name);
}
