#include "config.h"
#include "local/watch.h"
#include "local/mailbox-internal.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

#define CAME (IN_CREATE | IN_MOVED_TO)
#define WENT (IN_DELETE | IN_MOVED_FROM)
#define FILE_CHANGED (IN_MODIFY | IN_CLOSE_WRITE | IN_MOVE_SELF | IN_DELETE_SELF | IN_ATTRIB)

typedef struct {
    gint64 token;
    const char *folder; /* "cur", "new"; NULL: of something else */
} Watched;

struct LocalWatch {
    int fd;
    GHashTable *watched; /* descriptor -> Watched* */
    GSource *source;
    LocalWatchFunc heard;
    gpointer user;
};

static void hear(LocalWatch *watch, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW) {
        /* Some are lost: all are to be looked at. */
        GHashTableIter iter;
        gpointer value;
        g_hash_table_iter_init(&iter, watch->watched);
        while (g_hash_table_iter_next(&iter, NULL, &value))
            watch->heard(((Watched *)value)->token, NULL, true, watch->user);
        return;
    }
    const Watched *watched = g_hash_table_lookup(watch->watched, GINT_TO_POINTER(event->wd));
    if (!watched)
        return;
    gint64 token = watched->token;
    if (watched->folder && event->len > 0) {
        g_autofree char *name = g_build_filename(watched->folder, event->name, NULL);
        watch->heard(token, name, (event->mask & CAME) != 0, watch->user);
    } else if (!(event->mask & IN_IGNORED)) {
        watch->heard(token, NULL, true, watch->user);
    }
    if (event->mask & IN_IGNORED)
        g_hash_table_remove(watch->watched, GINT_TO_POINTER(event->wd));
}

static gboolean readable(int fd, GIOCondition condition, gpointer data)
{
    (void)condition;
    LocalWatch *watch = data;
    _Alignas(struct inotify_event) char events[16384];
    gssize n = read(fd, events, sizeof events);
    for (const char *p = events; n > 0 && p < events + n;) {
        const struct inotify_event *event = (const struct inotify_event *)(const void *)p;
        p += sizeof *event + event->len;
        hear(watch, event);
    }
    return n > 0 || errno == EAGAIN || errno == EINTR ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

LocalWatch *local_watch_new(GMainContext *context, LocalWatchFunc heard, gpointer user)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0)
        return NULL;
    LocalWatch *watch = g_new0(LocalWatch, 1);
    watch->fd = fd;
    watch->watched = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    watch->heard = heard;
    watch->user = user;
    watch->source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(watch->source, G_SOURCE_FUNC(readable), watch, NULL);
    g_source_attach(watch->source, context);
    return watch;
}

void local_watch_free(LocalWatch *watch)
{
    if (!watch)
        return;
    g_source_destroy(watch->source);
    g_source_unref(watch->source);
    close(watch->fd);
    g_hash_table_unref(watch->watched);
    g_free(watch);
}

static void add(LocalWatch *watch, const char *path, guint32 mask, gint64 token, const char *folder)
{
    int descriptor = inotify_add_watch(watch->fd, path, mask);
    if (descriptor < 0) {
        g_info("%s cannot be watched: %s", path, g_strerror(errno));
        return;
    }
    Watched *watched = g_new(Watched, 1);
    *watched = (Watched){ token, folder };
    g_hash_table_insert(watch->watched, GINT_TO_POINTER(descriptor), watched);
}

void local_watch_tree(LocalWatch *watch, const char *path, gint64 token)
{
    if (watch)
        add(watch, path, CAME | WENT | IN_ONLYDIR, token, NULL);
}

void local_watch_mailbox(LocalWatch *watch, const char *path, gint64 token)
{
    static const char *const folders[] = { "new", "cur" };
    if (!watch)
        return;
    if (mh_is_one(path)) {
        add(watch, path, CAME | WENT | IN_CLOSE_WRITE | IN_ONLYDIR, token, NULL);
        return;
    }
    if (!maildir_is_one(path)) {
        add(watch, path, FILE_CHANGED, token, NULL);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(path, folders[i], NULL);
        add(watch, folder, CAME | WENT | IN_ONLYDIR, token, folders[i]);
    }
}

bool local_mailbox_expects(const LocalMailbox *mailbox, const char *name, bool came)
{
    return mailbox->ops->expects && mailbox->ops->expects(mailbox, name, came);
}
