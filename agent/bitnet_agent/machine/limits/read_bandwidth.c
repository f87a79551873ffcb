/* How fast so many threads together read one large array from memory.
 *
 * Each thread is bound to its processor, maps and fills its own part (so that the part lies where the thread
 * runs, and no page is the kernel's one page of zeros), then all read theirs over and over. A pass is timed from
 * the first thread's start to the last one's end. Sums of integers may be reordered, so the compiler is free to
 * use the widest registers.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#define BLOCK 32 /* words of 8 bytes read in one step */

struct crew {
    int64_t threads, passes, done; /* done: passes that are over */
    uint64_t budget_ns, began_ns;
    int64_t arrived, round; /* the barrier */
    int failed, stop;
    int huge; /* ask for huge pages */
    int gate; /* 0 closed, 1 open, -1 nobody is to work */
    uint64_t *first_ns, *last_ns; /* by pass */
};

struct worker {
    struct crew *crew;
    int64_t number, cpu;
    uint64_t words, sum;
};

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Waits until all are here; the last to come runs `settle` first. Yields, as there may be fewer processors. */
static void meet(struct crew *crew, void (*settle)(struct crew *)) {
    int64_t round = __atomic_load_n(&crew->round, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&crew->arrived, 1, __ATOMIC_ACQ_REL) == crew->threads) {
        if (settle) {
            settle(crew);
        }
        __atomic_store_n(&crew->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&crew->round, round + 1, __ATOMIC_RELEASE);
        return;
    }
    for (int spins = 0; __atomic_load_n(&crew->round, __ATOMIC_ACQUIRE) == round; spins++) {
        if (spins > 1000) {
            sched_yield();
        }
    }
}

static void begin(struct crew *crew) { crew->began_ns = now_ns(); }

static void next_pass(struct crew *crew) {
    crew->done++;
    crew->stop = crew->done >= crew->passes ||
                 (crew->done >= 4 && now_ns() - crew->began_ns >= crew->budget_ns);
}

static void earliest(uint64_t *place, uint64_t value) {
    uint64_t seen = __atomic_load_n(place, __ATOMIC_RELAXED);
    while (value < seen && !__atomic_compare_exchange_n(place, &seen, value, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

static void latest(uint64_t *place, uint64_t value) {
    uint64_t seen = __atomic_load_n(place, __ATOMIC_RELAXED);
    while (value > seen && !__atomic_compare_exchange_n(place, &seen, value, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

static uint64_t sum_of(const uint64_t *words, uint64_t count) {
    uint64_t sums[BLOCK] = {0}, sum = 0;
    for (uint64_t i = 0; i + BLOCK <= count; i += BLOCK) {
        for (int j = 0; j < BLOCK; j++) {
            sums[j] += words[i + j];
        }
    }
    for (int j = 0; j < BLOCK; j++) {
        sum += sums[j];
    }
    return sum;
}

static void *work(void *given) {
    struct worker *self = given;
    struct crew *crew = self->crew;
    int gate;
    while (!(gate = __atomic_load_n(&crew->gate, __ATOMIC_ACQUIRE))) {
        sched_yield();
    }
    if (gate < 0) {
        return 0;
    }
#ifdef __linux__
    if (self->cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)self->cpu, &set);
        sched_setaffinity(0, sizeof set, &set); /* 0 is this thread; refused means unbound */
    }
#endif
    size_t bytes = self->words * sizeof(uint64_t);
    uint64_t *part = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#ifdef MADV_HUGEPAGE
    if (crew->huge && part != MAP_FAILED) {
        madvise(part, bytes, MADV_HUGEPAGE);
    }
#endif
    if (part == MAP_FAILED) {
        __atomic_store_n(&crew->failed, 1, __ATOMIC_RELAXED);
    } else {
        for (uint64_t i = 0; i < self->words; i++) {
            part[i] = i;
        }
    }
    meet(crew, begin);
    if (!__atomic_load_n(&crew->failed, __ATOMIC_RELAXED)) {
        do {
            int64_t pass = crew->done;
            earliest(&crew->first_ns[pass], now_ns());
            self->sum += sum_of(part, self->words);
            latest(&crew->last_ns[pass], now_ns());
            meet(crew, next_pass);
        } while (!crew->stop);
    }
    if (part != MAP_FAILED) {
        munmap(part, bytes);
    }
    return 0;
}

/* Reads `bytes` (in all) with `threads` threads until budget_ns is over, at least 4 and at most `passes` times.
 *
 * cpus[i] is thread i's processor, or negative. With `huge` the kernel is asked for huge pages. Fills pass_ns and returns how many passes there were, or a
 * negative number if memory or threads could not be had.
 */
int64_t read_passes(int64_t threads, const int64_t *cpus, uint64_t bytes, int64_t huge, uint64_t budget_ns,
                    int64_t passes, uint64_t *pass_ns, uint64_t *sum) {
    struct crew crew = {.threads = threads, .passes = passes, .budget_ns = budget_ns, .huge = huge != 0};
    pthread_t *handles = calloc((size_t)threads, sizeof *handles);
    struct worker *workers = calloc((size_t)threads, sizeof *workers);
    crew.first_ns = malloc((size_t)passes * sizeof(uint64_t));
    crew.last_ns = calloc((size_t)passes, sizeof(uint64_t));
    int64_t started = 0, result = -1;
    if (handles && workers && crew.first_ns && crew.last_ns) {
        for (int64_t i = 0; i < passes; i++) {
            crew.first_ns[i] = UINT64_MAX;
        }
        uint64_t words = bytes / sizeof(uint64_t) / (uint64_t)threads / BLOCK * BLOCK;
        for (; started < threads; started++) {
            workers[started] = (struct worker){&crew, started, cpus[started], words, 0};
            if (pthread_create(&handles[started], 0, work, &workers[started])) {
                break;
            }
        }
        crew.failed = started < threads;
        __atomic_store_n(&crew.gate, crew.failed ? -1 : 1, __ATOMIC_RELEASE);
        for (int64_t i = 0; i < started; i++) {
            pthread_join(handles[i], 0);
            *sum += workers[i].sum;
        }
        if (!crew.failed) {
            result = crew.done;
            for (int64_t i = 0; i < result; i++) {
                pass_ns[i] = crew.last_ns[i] - crew.first_ns[i];
            }
        }
    }
    free(handles);
    free(workers);
    free(crew.first_ns);
    free(crew.last_ns);
    return result;
}
