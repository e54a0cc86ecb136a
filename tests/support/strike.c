/*
 * Kills the process at one exact step of its writing, or lets that step fail, for tests of what survives it. Loaded by LD_PRELOAD:
 *
 *     STRIKE_UNDER=A:B    only what is done to files whose path begins so counts
 *     STRIKE_AT=N         SIGKILL in place of the Nth step (from 1); 0 or nothing: never
 *     STRIKE_ERRNO=E      instead of the kill, that step fails with this number (5: EIO, 28: ENOSPC)
 *     STRIKE_REST=1       and so does every one behind it (a disk that has become read-only)
 *     STRIKE_POWER=DIR    with the kill the power goes: of each such file only what was synchronised last is left. What that was is
 *                         kept in DIR, which is there and empty at the start.
 *     STRIKE_COUNT=FILE   when the process ends by itself, the number of its steps is written there
 *
 * A step is a call that changes a file or makes a change durable: write, pwrite, fsync, fdatasync, ftruncate, rename, link, unlink,
 * mkdir, rmdir.
 */
#define _GNU_SOURCE
#include <dirent.h>
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

#define NEXT(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

/* --- the power ---------------------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (ssize_t length; in >= 0 && out >= 0 && (length = read(in, bytes, sizeof bytes)) > 0;)
        if (NEXT(write)(out, bytes, (size_t) length) != length)
            abort();
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
}

static void kept_at(const char *path, char *kept, size_t size)
{
    const char *name = strrchr(path, '/');
    snprintf(kept, size, "%s/%s", getenv("STRIKE_POWER"), name != NULL ? name + 1 : path);
}

static void keep(const char *path)
{
    char kept[PATH_MAX];
    kept_at(path, kept, sizeof kept);
    copy_file(path, kept);
}

static void lose(const char *path)
{
    char kept[PATH_MAX];
    kept_at(path, kept, sizeof kept);
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, "-shm") == 0)
        NEXT(unlink)(path); /* memory */
    else if (access(kept, R_OK) == 0)
        copy_file(kept, path);
    else if (truncate(path, 0) != 0)
        abort();
}

/* Of the files themselves, not of those in folders that begin the same. */
static void for_each_file(void (*what)(const char *path))
{
    char prefix[PATH_MAX], path[PATH_MAX];
    for (const char *under = getenv("STRIKE_UNDER"); under != NULL && *under != '\0';) {
        size_t length = strcspn(under, ":");
        snprintf(prefix, sizeof prefix, "%.*s", (int) length, under);
        under += length + (under[length] == ':');
        char *name = strrchr(prefix, '/');
        if (name == NULL)
            continue;
        *name++ = '\0';
        DIR *directory = opendir(prefix);
        for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
            if (strncmp(entry->d_name, name, strlen(name)) != 0 || entry->d_type != DT_REG ||
                snprintf(path, sizeof path, "%s/%s", prefix, entry->d_name) >= (int) sizeof path)
                continue;
            what(path);
        }
        if (directory != NULL)
            closedir(directory);
    }
}

__attribute__((constructor)) static void remember(void)
{
    if (getenv("STRIKE_POWER") != NULL)
        for_each_file(keep);
}

static int synchronised(int fd, int result)
{
    char link[64], path[PATH_MAX];
    if (result != 0 || getenv("STRIKE_POWER") == NULL)
        return result;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = '\0';
        if (is_under(path))
            keep(path);
    }
    return result;
}

/* --- steps -------------------------------------------------------------------------------------------- */

/* Is it this step that fails? */
static int strikes(int counts)
{
    const char *at = getenv("STRIKE_AT"), *number = getenv("STRIKE_ERRNO");
    int first = at != NULL ? atoi(at) : 0, now = counts ? atomic_fetch_add(&steps, 1) + 1 : 0;
    if (!counts || (now != first && !(getenv("STRIKE_REST") != NULL && first > 0 && now > first)))
        return 0;
    if (number == NULL && getenv("STRIKE_POWER") != NULL)
        for_each_file(lose);
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
    return synchronised(fd, NEXT(fsync)(fd));
}

int fdatasync(int fd)
{
    if (strikes(is_file_under(fd)))
        return -1;
    return synchronised(fd, NEXT(fdatasync)(fd));
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
