/* The worker pool: every index once, whatever the number of threads; run it under ThreadSanitizer too. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/crew.h"

enum { INDICES = 10000 };

typedef struct ledger {
  int size;
  unsigned char done[INDICES]; /* plain memory on purpose: a race would show under ThreadSanitizer */
  atomic_int calls, strangers;
  volatile sig_atomic_t stop;
} ledger;

static void tick(void *context, int worker, uint64_t index) {
  ledger *ledger = context;
  ledger->done[index]++;
  atomic_fetch_add(&ledger->calls, 1);
  if (worker < 0 || worker >= ledger->size) atomic_fetch_add(&ledger->strangers, 1);
}

static void tick_then_stop(void *context, int worker, uint64_t index) {
  ledger *ledger = context;
  tick(context, worker, index);
  if (index == 100) __atomic_store_n(&ledger->stop, 1, __ATOMIC_RELAXED);
}

static void every_index_is_done_exactly_once(void **state) {
  (void)state;
  for (int size = 1; size <= 9; size++) {
    ofr_crew *crew = ofr_crew_create(size);
    assert_non_null(crew);
    ledger ledger = {.size = ofr_crew_size(crew)};
    assert_int_equal(ledger.size, size);
    assert_true(ofr_crew_run(crew, INDICES, tick, &ledger, NULL));
    for (int i = 0; i < INDICES; i++) assert_int_equal(ledger.done[i], 1);
    assert_int_equal(atomic_load(&ledger.strangers), 0);
    ofr_crew_destroy(crew);
  }
}

static void a_crew_runs_many_loops_of_any_length(void **state) {
  (void)state;
  ofr_crew *crew = ofr_crew_create(4);
  for (uint64_t count = 0; count < 500; count++) {
    ledger ledger = {.size = 4};
    assert_true(ofr_crew_run(crew, count, tick, &ledger, &ledger.stop));
    assert_int_equal(atomic_load(&ledger.calls), count);
  }
  ofr_crew_destroy(crew);
}

static void a_stop_flag_ends_the_loop_early(void **state) {
  (void)state;
  for (int size = 1; size <= 4; size++) {
    ofr_crew *crew = ofr_crew_create(size);
    ledger ledger = {.size = size};
    assert_false(ofr_crew_run(crew, INDICES, tick_then_stop, &ledger, &ledger.stop));
    int calls = atomic_load(&ledger.calls);
    assert_in_range(calls, 101, INDICES - 1);
    for (int i = 0; i <= 100; i++) assert_int_equal(ledger.done[i], 1); /* indices are begun in order */
    assert_false(ofr_crew_run(crew, 1, tick, &ledger, &ledger.stop));   /* set before: nothing is begun */
    assert_int_equal(atomic_load(&ledger.calls), calls);
    assert_true(ofr_crew_run(crew, 1, tick, &ledger, NULL));
    ofr_crew_destroy(crew);
  }
}

static void size_zero_means_the_processors_this_process_may_use(void **state) {
  (void)state;
  cpu_set_t before, one;
  assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
  ofr_crew *crew = ofr_crew_create(0);
  assert_int_equal(ofr_crew_size(crew), CPU_COUNT(&before));
  ofr_crew_destroy(crew);
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
    if (CPU_ISSET(i, &before)) CPU_SET(i, &one);
  assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
  crew = ofr_crew_create(0);
  assert_int_equal(ofr_crew_size(crew), 1);
  ofr_crew_destroy(crew);
  assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

static void destroying_nothing_or_an_idle_crew_is_fine(void **state) {
  (void)state;
  ofr_crew_destroy(NULL);
  for (int i = 0; i < 50; i++) ofr_crew_destroy(ofr_crew_create(3));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_index_is_done_exactly_once),
      cmocka_unit_test(a_crew_runs_many_loops_of_any_length),
      cmocka_unit_test(a_stop_flag_ends_the_loop_early),
      cmocka_unit_test(size_zero_means_the_processors_this_process_may_use),
      cmocka_unit_test(destroying_nothing_or_an_idle_crew_is_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
