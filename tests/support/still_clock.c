/*
 * Lets the clock on the wall stand still, for screens that show dates: loaded by LD_PRELOAD, with STILL_CLOCK=SECONDS since 1970. The monotonic clock, by
 * which programs wait, runs on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t still(void)
{
    const char *text = getenv("STILL_CLOCK");
    return text != NULL ? (time_t) atoll(text) : 0;
}

time_t time(time_t *result)
{
    if (result != NULL)
        *result = still();
    return still();
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void) zone;
    *now = (struct timeval){ still(), 0 };
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int) syscall(SYS_clock_gettime, clock, now);
    *now = (struct timespec){ still(), 0 };
    return 0;
}
