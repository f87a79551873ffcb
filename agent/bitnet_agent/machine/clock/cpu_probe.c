/* Counts core cycles with chains of dependent register operations, and finds the time stamp counter's rate.
 *
 * Each step needs the result of the one before. An integer register addition takes one cycle on every
 * current x86-64 and AArch64 core, so steps / seconds is the core's clock. No shift and no immediate: newer
 * cores fold those away at rename. The empty asm keeps the compiler from folding the chain itself.
 * A 64-bit multiplication takes three cycles on most of them: a second estimate, for the benchmark alone.
 */
#include <stdint.h>
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

#define ADD x += y; __asm__ volatile("" : "+r"(x), "+r"(y));
#define MULTIPLY x *= y; __asm__ volatile("" : "+r"(x), "+r"(y));
#define TIMES_8(STEP) STEP STEP STEP STEP STEP STEP STEP STEP
#define TIMES_64(STEP) \
    TIMES_8(STEP) TIMES_8(STEP) TIMES_8(STEP) TIMES_8(STEP) \
    TIMES_8(STEP) TIMES_8(STEP) TIMES_8(STEP) TIMES_8(STEP)

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Runs 64 * rounds dependent additions and returns the nanoseconds that they took. */
uint64_t dependent_chain_ns(uint64_t rounds) {
    volatile uintptr_t one = 1;
    uintptr_t x = 0, y = one;
    uint64_t start = now_ns();
    for (uint64_t i = 0; i < rounds; i++) {
        TIMES_64(ADD)
    }
    uint64_t taken = now_ns() - start;
    one = x;
    return taken;
}

/* Runs 64 * rounds dependent multiplications and returns the nanoseconds that they took. */
uint64_t multiply_chain_ns(uint64_t rounds) {
    volatile uintptr_t odd = 3;
    uintptr_t x = 1, y = odd;
    uint64_t start = now_ns();
    for (uint64_t i = 0; i < rounds; i++) {
        TIMES_64(MULTIPLY)
    }
    uint64_t taken = now_ns() - start;
    odd = x;
    return taken;
}

#if defined(__x86_64__) || defined(__i386__)
static uint64_t time_stamp(void) { return __rdtsc(); }
#elif defined(__aarch64__)
static uint64_t time_stamp(void) {
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}
#else
static uint64_t time_stamp(void) { return 0; }
#endif

/* Both clocks as of one moment: of several readings the one in which the two calls lay closest. */
static void both_now(uint64_t *ns, uint64_t *ticks) {
    uint64_t closest = UINT64_MAX;
    for (int i = 0; i < 16; i++) {
        uint64_t before = now_ns();
        uint64_t stamp = time_stamp();
        uint64_t width = now_ns() - before;
        if (width < closest) {
            closest = width;
            *ns = before + width / 2;
            *ticks = stamp;
        }
    }
}

/* The rate of the time stamp counter in Hz, over span_ns of CLOCK_MONOTONIC; 0 where there is none. */
uint64_t time_stamp_hz(uint64_t span_ns) {
    uint64_t from_ns = 0, from_ticks = 0, to_ns = 0, to_ticks = 0;
    both_now(&from_ns, &from_ticks);
    while (now_ns() - from_ns < span_ns) {
    }
    both_now(&to_ns, &to_ticks);
    if (to_ns <= from_ns || to_ticks <= from_ticks) {
        return 0;
    }
    return (uint64_t)((double)(to_ticks - from_ticks) * 1e9 / (double)(to_ns - from_ns));
}
