/* Servers that insist on beginning as root, and on becoming somebody else then, run as the one user that there is.
 *
 * Preloaded inside a root of tests/support/servers/roots.py, by its /etc/ld.so.preload. What the process asks about
 * itself is answered as if it were root and had become whom it became; all files are root's. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* As the kernel would keep them for a process that may become anybody; a program that is started begins as root again. */
static uid_t real_uid, effective_uid;
static gid_t real_gid, effective_gid;

uid_t getuid(void) { return real_uid; }
uid_t geteuid(void) { return effective_uid; }
gid_t getgid(void) { return real_gid; }
gid_t getegid(void) { return effective_gid; }

#define UNCHANGED ((uid_t) -1)

#define IDENTITY(kind, type)                                      \
    int setre##kind(type real, type effective)                    \
    {                                                             \
        real_##kind = real == UNCHANGED ? real_##kind : real;     \
        effective_##kind = effective == UNCHANGED ? effective_##kind : effective; \
        return 0;                                                 \
    }                                                             \
    int setres##kind(type real, type effective, type saved)       \
    {                                                             \
        (void) saved;                                             \
        return setre##kind(real, effective);                      \
    }                                                             \
    int set##kind(type id) { return setre##kind(id, id); }        \
    int sete##kind(type id) { return setre##kind(UNCHANGED, id); }
IDENTITY(uid, uid_t)
IDENTITY(gid, gid_t)

#define DONE(call, ...) \
    int call(__VA_ARGS__) { return 0; }
DONE(setgroups, size_t count, const gid_t *groups)
DONE(initgroups, const char *user, gid_t group)
DONE(chown, const char *path, uid_t uid, gid_t gid)
DONE(lchown, const char *path, uid_t uid, gid_t gid)
DONE(fchown, int fd, uid_t uid, gid_t gid)
DONE(fchownat, int directory, const char *path, uid_t uid, gid_t gid, int flags)
DONE(chroot, const char *path)

static int owned_by_root(int result, struct stat *status)
{
    if (result == 0)
        status->st_uid = status->st_gid = 0;
    return result;
}

/* NEXT(call): the C library's. */
#define NEXT(call) ((__typeof__(&call)) dlsym(RTLD_NEXT, #call))

int stat(const char *path, struct stat *status) { return owned_by_root(NEXT(stat)(path, status), status); }
int lstat(const char *path, struct stat *status) { return owned_by_root(NEXT(lstat)(path, status), status); }
int fstat(int fd, struct stat *status) { return owned_by_root(NEXT(fstat)(fd, status), status); }
int fstatat(int directory, const char *path, struct stat *status, int flags)
{
    return owned_by_root(NEXT(fstatat)(directory, path, status, flags), status);
}
