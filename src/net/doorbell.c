#include "config.h"

#include "net/doorbell.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/i18n.h"
#include "net/error.h"

enum { LINE_MOST = 4096, CALLS_MOST = 100, WAITING_MOST = 16 };

typedef struct {
    Doorbell *doorbell;
    guint64 id;
    int fd;
    GSource *source;
    GString *line; /* what was said so far; NULL: it was heard */
} Caller;

struct Doorbell {
    char *path;
    int fd;
    GSource *source;
    GMainContext *context;
    GHashTable *callers; /* of guint64* in the Caller → Caller */
    DoorbellHeard heard;
    gpointer user;
    guint64 next_id;
};

/* --- the socket's name ------------------------------------------------------------------------------- */

/* The address of a socket in a directory of any length: by the directory's descriptor, since a socket's own name has room for
 * 107 octets. *directory has to stay open while the address is used. */
static gboolean address_of(const char *path, struct sockaddr_un *address, int *directory)
{
    g_autofree char *parent = g_path_get_dirname(path), *name = g_path_get_basename(path);
    *directory = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    int length = g_snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", *directory, name);
    return *directory >= 0 && (gsize) length < sizeof address->sun_path;
}

static gboolean fail(GError **error, const char *path, int failure)
{
    g_autofree char *words = g_strdup_printf(_("The socket %s cannot be used: %s"), path, g_strerror(failure));
    g_set_error_literal(error, NET_ERROR, NET_ERROR_CONNECT, words);
    return FALSE;
}

/* Bound or connected, as `use` says. −1 with error. */
static int socket_at(const char *path, int (*use)(int, const struct sockaddr *, socklen_t), GError **error)
{
    struct sockaddr_un address;
    int directory = -1, failure = ENAMETOOLONG;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean used = FALSE;
    if (fd >= 0 && address_of(path, &address, &directory)) {
        used = use(fd, (const struct sockaddr *) &address, sizeof address) == 0;
        failure = errno;
    } else if (fd < 0 || directory < 0) {
        failure = errno;
    }
    if (directory >= 0)
        close(directory);
    if (used)
        return fd;
    if (fd >= 0)
        close(fd);
    fail(error, path, failure);
    return -1;
}

/* --- who rings ------------------------------------------------------------------------------------------ */

static void caller_free(gpointer data)
{
    Caller *caller = data;
    g_source_destroy(caller->source);
    g_source_unref(caller->source);
    close(caller->fd);
    if (caller->line != NULL)
        g_string_free(caller->line, TRUE);
    g_free(caller);
}

static gboolean is_the_same_person(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid();
}

/* FALSE: it said more than a line may hold. */
static gboolean take_octets(Caller *caller, const char *octets, gsize length)
{
    if (caller->line == NULL)
        return TRUE; /* nothing more is expected of it */
    const char *end = memchr(octets, '\n', length);
    g_string_append_len(caller->line, octets, end != NULL ? end - octets : (gssize) length);
    if (caller->line->len > LINE_MOST)
        return FALSE;
    if (end != NULL) {
        g_autofree char *line = g_string_free(g_steal_pointer(&caller->line), FALSE);
        caller->doorbell->heard(caller->doorbell, caller->id, line, caller->doorbell->user);
    }
    return TRUE;
}

static gboolean hear_caller(gint fd, GIOCondition condition, gpointer data)
{
    (void) condition;
    Caller *caller = data;
    Doorbell *doorbell = caller->doorbell;
    guint64 id = caller->id;
    char octets[1024];
    ssize_t count = read(fd, octets, sizeof octets);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    /* The caller may be gone when what it said was answered. */
    if (count <= 0 || !take_octets(caller, octets, (gsize) count))
        doorbell_hang_up(doorbell, id);
    return g_hash_table_contains(doorbell->callers, &id) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static GSource *watch(Doorbell *doorbell, int fd, GUnixFDSourceFunc func, gpointer data)
{
    GSource *source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(source, (GSourceFunc) (void (*)(void)) func, data, NULL);
    g_source_attach(source, doorbell->context);
    return source;
}

static gboolean somebody_rings(gint fd, GIOCondition condition, gpointer data)
{
    (void) condition;
    Doorbell *doorbell = data;
    int caller_fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (caller_fd < 0)
        return G_SOURCE_CONTINUE;
    if (!is_the_same_person(caller_fd) || g_hash_table_size(doorbell->callers) >= CALLS_MOST) {
        close(caller_fd);
        return G_SOURCE_CONTINUE;
    }
    Caller *caller = g_new0(Caller, 1);
    *caller = (Caller){ .doorbell = doorbell, .id = ++doorbell->next_id, .fd = caller_fd, .line = g_string_new(NULL) };
    caller->source = watch(doorbell, caller_fd, hear_caller, caller);
    g_hash_table_insert(doorbell->callers, &caller->id, caller);
    return G_SOURCE_CONTINUE;
}

Doorbell *doorbell_open(const char *path, GMainContext *context, DoorbellHeard heard, gpointer user, GError **error)
{
    unlink(path);
    int fd = socket_at(path, bind, error);
    if (fd < 0)
        return NULL;
    if (listen(fd, WAITING_MOST) != 0 || !g_unix_set_fd_nonblocking(fd, TRUE, NULL)) {
        fail(error, path, errno);
        close(fd);
        return NULL;
    }
    Doorbell *doorbell = g_new0(Doorbell, 1);
    *doorbell = (Doorbell){ .path = g_strdup(path), .fd = fd, .context = context, .heard = heard, .user = user };
    doorbell->callers = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, caller_free);
    doorbell->source = watch(doorbell, fd, somebody_rings, doorbell);
    return doorbell;
}

void doorbell_close(Doorbell *doorbell)
{
    if (doorbell == NULL)
        return;
    unlink(doorbell->path);
    g_source_destroy(doorbell->source);
    g_source_unref(doorbell->source);
    g_hash_table_unref(doorbell->callers);
    close(doorbell->fd);
    g_free(doorbell->path);
    g_free(doorbell);
}

void doorbell_answer(Doorbell *doorbell, guint64 call, const char *line)
{
    Caller *caller = g_hash_table_lookup(doorbell->callers, &call);
    if (caller == NULL)
        return;
    g_autofree char *whole = g_strdup_printf("%s\n", line);
    g_strdelimit(whole, "\r\n", ' ');
    gsize length = strlen(whole);
    whole[length - 1] = '\n';
    /* A few lines fit into any socket's buffer; who does not read them is hung up on. */
    if (send(caller->fd, whole, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t) length)
        doorbell_hang_up(doorbell, call);
}

void doorbell_hang_up(Doorbell *doorbell, guint64 call)
{
    g_hash_table_remove(doorbell->callers, &call);
}

/* --- ringing ------------------------------------------------------------------------------------------------ */

struct DoorbellCall {
    int fd;
    GString *heard; /* not yet given out */
};

DoorbellCall *doorbell_ring(const char *path, const char *line, GError **error)
{
    int fd = socket_at(path, connect, error);
    if (fd < 0)
        return NULL;
    DoorbellCall *call = g_new0(DoorbellCall, 1);
    *call = (DoorbellCall){ .fd = fd, .heard = g_string_new(NULL) };
    g_autofree char *whole = g_strdup_printf("%s\n", line);
    if (send(fd, whole, strlen(whole), MSG_NOSIGNAL) == (ssize_t) strlen(whole))
        return call;
    fail(error, path, errno);
    doorbell_call_free(call);
    return NULL;
}

char *doorbell_hear(DoorbellCall *call)
{
    for (;;) {
        const char *end = memchr(call->heard->str, '\n', call->heard->len);
        if (end != NULL) {
            gsize length = (gsize) (end - call->heard->str);
            char *line = g_strndup(call->heard->str, length);
            g_string_erase(call->heard, 0, (gssize) length + 1);
            return line;
        }
        char octets[1024];
        ssize_t count = read(call->fd, octets, sizeof octets);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0 || call->heard->len > LINE_MOST)
            return NULL;
        g_string_append_len(call->heard, octets, count);
    }
}

void doorbell_call_free(DoorbellCall *call)
{
    close(call->fd);
    g_string_free(call->heard, TRUE);
    g_free(call);
}
