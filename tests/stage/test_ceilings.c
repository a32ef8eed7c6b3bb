#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "stage/ceilings.h"

/* No figure can be asserted of an unknown machine; but what is counted twice, or per call instead of per round, is off by more. */
static void a_processors_ceilings_lie_where_processors_are(void **state) {
  (void)state;
  offramp_error error = {0};
  ofr_ceiling_rates rates;
  ofr_device *device;
  uint32_t questions;
  int lanes;
  ofr_crew *crew = ofr_crew_create(1);
  const ofr_open_options options = {.crew = crew, .profile = true};
  assert_int_equal(ofr_backend_cpu.open(&options, &device, &error), OFFRAMP_OK);
  ofr_backend_cpu.fill(device, &questions, &lanes);
  assert_int_equal(questions, 1);
  assert_int_equal(lanes, ofr_cpu_versions()[0]->lanes);
  assert_int_equal(ofr_ceilings_measure(&ofr_backend_cpu, device, questions, lanes, &rates, &error), OFFRAMP_OK);
  const ofr_repeats *chains[] = {&rates.multiply_adds, &rates.whole_numbers, &rates.mixed};
  for (int i = 0; i < 3; i++) {
    assert_int_equal(chains[i]->count, 5);
    assert_true(chains[i]->median > 1e7 && chains[i]->median < 1e12); /* a core: 10 M to 1,000 G lane-operations a second */
  }
  assert_true(rates.memory.median > 1e7 && rates.memory.median < 1e12);
  ofr_backend_cpu.close(device);
  ofr_crew_destroy(crew);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_processors_ceilings_lie_where_processors_are)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
