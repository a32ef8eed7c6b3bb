/* Tasks that need much stack run whatever the caller has: in a thread with little, in a crew's turn, in a process whose shell
 * allows hardly any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include "base/crew.h"
#include "base/deep_stack.h"

enum { LITTLE = 256 << 10, MUCH = 9 << 19 /* 4.5 MiB */ };

/* Touches that much of the stack, from both ends. */
static void take_much(void *context) {
  volatile char room[MUCH];
  room[0] = room[MUCH - 1] = room[MUCH / 2] = 1;
  atomic_fetch_add((atomic_int *)context, room[0] + room[MUCH - 1] + room[MUCH / 2]);
}

static void take_in_turn(void *context, int worker, uint64_t index) {
  (void)worker, (void)index;
  take_much(context);
}

static void *run_tasks(void *context) {
  ofr_crew *crew = ofr_crew_create(3);
  ofr_run_deep(take_much, context);
  ofr_crew_run(crew, 1, take_in_turn, context, NULL);
  ofr_crew_run(crew, 50, take_in_turn, context, NULL);
  ofr_crew_destroy(crew);
  return (void *)(intptr_t)ofr_stack_is_deep();
}

static intptr_t in_a_thread(size_t stack, atomic_int *sum) {
  pthread_attr_t attributes;
  pthread_t thread;
  void *deep;
  pthread_attr_init(&attributes);
  assert_int_equal(pthread_attr_setstacksize(&attributes, stack), 0);
  assert_int_equal(pthread_create(&thread, &attributes, run_tasks, sum), 0);
  pthread_join(thread, &deep);
  pthread_attr_destroy(&attributes);
  return (intptr_t)deep;
}

static void a_thread_with_little_stack_is_lent_one(void **state) {
  (void)state;
  atomic_int sum = 0;
  assert_int_equal(in_a_thread(LITTLE, &sum), 0);
  assert_int_equal(atomic_load(&sum), 3 * 52);
}

static void a_thread_with_enough_does_it_itself(void **state) {
  (void)state;
  atomic_int sum = 0;
  assert_int_equal(in_a_thread(OFR_DEEP_STACK, &sum), 1);
  assert_int_equal(atomic_load(&sum), 3 * 52);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_thread_with_little_stack_is_lent_one),
      cmocka_unit_test(a_thread_with_enough_does_it_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
