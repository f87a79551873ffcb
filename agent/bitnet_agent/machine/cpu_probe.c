/* Counts core cycles with a chain of dependent register additions.
 *
 * Each addition needs the result of the one before, and an integer register addition takes one cycle on
 * every current x86-64 and AArch64 core, so steps / seconds is the core's clock. No shift and no immediate:
 * newer cores fold those away at rename. The empty asm keeps the compiler from folding the chain itself.
 */
#include <stdint.h>
#include <time.h>

#define STEP x += y; __asm__ volatile("" : "+r"(x), "+r"(y));
#define STEPS_8 STEP STEP STEP STEP STEP STEP STEP STEP
#define STEPS_64 STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Runs 64 * rounds dependent additions and returns the nanoseconds that they took. */
uint64_t dependent_chain_ns(uint64_t rounds) {
    volatile uint64_t one = 1;
    uint64_t x = 0, y = one;
    uint64_t start = now_ns();
    for (uint64_t i = 0; i < rounds; i++) {
        STEPS_64
    }
    uint64_t taken = now_ns() - start;
    one = x;
    return taken;
}
