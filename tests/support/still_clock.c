/*
 * Lets the clock on the wall stand still, for screens that show dates: loaded by LD_PRELOAD, with STILL_CLOCK=SECONDS since 1970; or be wrong by
 * WRONG_CLOCK=SECONDS, and run. The monotonic clock, by which programs wait, runs on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct timespec shown(void)
{
    const char *still = getenv("STILL_CLOCK"), *wrong = getenv("WRONG_CLOCK");
    struct timespec now = { still != NULL ? (time_t) atoll(still) : 0, 0 };
    if (wrong == NULL)
        return now;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    now.tv_sec += (time_t) atoll(wrong);
    return now;
}

time_t time(time_t *result)
{
    if (result != NULL)
        *result = shown().tv_sec;
    return shown().tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void) zone;
    *now = (struct timeval){ shown().tv_sec, shown().tv_nsec / 1000 };
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int) syscall(SYS_clock_gettime, clock, now);
    *now = shown();
    return 0;
}
