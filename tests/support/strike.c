/*
 * Kills the process at one exact step of its writing, or lets that step fail, for tests of what survives it. Loaded by LD_PRELOAD:
 *
 *     STRIKE_UNDER=A:B    only what is done to files whose path begins so counts
 *     STRIKE_AT=N         SIGKILL in place of the Nth step (from 1); 0 or nothing: never
 *     STRIKE_ERRNO=E      instead of the kill, that step fails with this number (5: EIO, 28: ENOSPC)
 *     STRIKE_COUNT=FILE   when the process ends by itself, the number of its steps is written there
 *
 * A step is a call that changes a file or makes a change durable: write, pwrite, fsync, fdatasync, ftruncate, rename, link, unlink,
 * mkdir, rmdir.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int steps;

static int is_under(const char *path)
{
    for (const char *under = getenv("STRIKE_UNDER"); under != NULL && *under != '\0';) {
        size_t length = strcspn(under, ":");
        if (strncmp(path, under, length) == 0)
            return 1;
        under += length + (under[length] == ':');
    }
    return 0;
}

static int is_file_under(int fd)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return is_under(path);
}

/* Is it this step that fails? */
static int strikes(int counts)
{
    const char *at = getenv("STRIKE_AT"), *number = getenv("STRIKE_ERRNO");
    if (!counts || atomic_fetch_add(&steps, 1) + 1 != (at != NULL ? atoi(at) : 0))
        return 0;
    if (number == NULL)
        kill(getpid(), SIGKILL);
    errno = number != NULL ? atoi(number) : EIO;
    return 1;
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("STRIKE_COUNT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    fprintf(file, "%d\n", atomic_load(&steps));
    fclose(file);
}

#define NEXT(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t length)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return NEXT(write)(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return NEXT(pwrite)(fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return NEXT(pwrite64)(fd, bytes, length, offset);
}

int fsync(int fd)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return NEXT(fdatasync)(fd);
}

int ftruncate(int fd, off_t length)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return NEXT(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return NEXT(ftruncate64)(fd, length);
}

int rename(const char *from, const char *to)
{
    if (strikes(is_under(to)))
        return -1;
    return NEXT(rename)(from, to);
}

int unlink(const char *path)
{
    if (strikes(is_under(path)))
        return -1;
    return NEXT(unlink)(path);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned int flags)
{
    if (strikes(is_under(to)))
        return -1;
    return NEXT(renameat2)(from_directory, from, to_directory, to, flags);
}

int link(const char *from, const char *to)
{
    if (strikes(is_under(to)))
        return -1;
    return NEXT(link)(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    if (strikes(is_under(path)))
        return -1;
    return NEXT(mkdir)(path, mode);
}

int rmdir(const char *path)
{
    if (strikes(is_under(path)))
        return -1;
    return NEXT(rmdir)(path);
}
