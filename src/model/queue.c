#include "config.h"

#include "model/queue.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct ChangeQueue {
    GAsyncQueue *changes;
    int fd;
};

ChangeQueue *change_queue_new(void)
{
    ChangeQueue *queue = g_new0(ChangeQueue, 1);
    queue->changes = g_async_queue_new_full((GDestroyNotify) change_free);
    queue->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    g_assert(queue->fd >= 0); /* the first descriptors of a program: there is nothing to do without */
    return queue;
}

void change_queue_free(ChangeQueue *queue)
{
    if (!queue)
        return;
    g_async_queue_unref(queue->changes);
    close(queue->fd);
    g_free(queue);
}

/* A full counter (EAGAIN) is readable all the same. */
void change_queue_wake(ChangeQueue *queue)
{
    uint64_t one = 1;
    while (write(queue->fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

void change_queue_push(Change *change, gpointer queue)
{
    ChangeQueue *self = queue;
    g_async_queue_push(self->changes, change);
    change_queue_wake(self);
}

int change_queue_fd(const ChangeQueue *queue)
{
    return queue->fd;
}

/* Before the popping, not after: a push that comes in between then wakes the next round for nothing, instead of being slept through. */
void change_queue_settle(ChangeQueue *queue)
{
    uint64_t count;
    while (read(queue->fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
}

Change *change_queue_pop(ChangeQueue *queue)
{
    return g_async_queue_try_pop(queue->changes);
}
