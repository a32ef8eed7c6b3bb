/* 2^x and ln x over every float that they promise to take: their error, their bits, and that every CPU version has the same
 * ones. Minutes long, so only when asked for: OFFRAMP_SLOW=1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "real_math_error.h"

enum { CHUNK = 1 << 22, MOST = 1024 };

typedef struct survey {
  int kind;
  real_math_range chunks[MOST];
  real_math_error errors[MOST];
  char digests[MOST][65];
  int count;
} survey;

static void measure_chunk(void *context, int worker, uint64_t i) {
  survey *s = context;
  ofr_sha256 hash = ofr_sha256_init();
  (void)worker;
  real_math_measure(s->kind, s->chunks[i], 1, false, &s->errors[i], &hash);
  ofr_sha256_finish(&hash, s->digests[i]);
}

static void skip_unless_slow(void) {
  const char *slow = getenv("OFFRAMP_SLOW");
  if (slow && strcmp(slow, "1") == 0) return;
  print_message("every float takes minutes: set OFFRAMP_SLOW=1 to try them all\n");
  skip();
}

static void measure_all(int kind, const real_math_range *domain, int ranges, double relative, double ulps, const char *digest) {
  static survey s;
  char hex[65];
  skip_unless_slow();
  s = (survey){.kind = kind};
  for (int r = 0; r < ranges; r++)
    for (uint64_t at = domain[r].first; at <= domain[r].last; at += CHUNK) {
      uint64_t last = at + CHUNK - 1;
      assert_true(s.count < MOST);
      s.chunks[s.count++] = (real_math_range){(uint32_t)at, last < domain[r].last ? (uint32_t)last : domain[r].last};
    }
  ofr_crew *crew = ofr_crew_create(0);
  assert_non_null(crew);
  assert_true(ofr_crew_run(crew, (uint64_t)s.count, measure_chunk, &s, NULL));
  ofr_crew_destroy(crew);
  ofr_sha256 all = ofr_sha256_init();
  for (int i = 0; i < s.count; i++) ofr_sha256_add(&all, s.digests[i], 64);
  for (int i = 1; i < s.count; i++) real_math_worse(&s.errors[0], &s.errors[i]);
  ofr_sha256_finish(&all, hex);
  print_message("relative error %.5g at %a, %.5g ulp at %a; %s\n", s.errors[0].relative, (double)s.errors[0].relative_at,
                s.errors[0].ulps, (double)s.errors[0].ulps_at, hex);
  assert_int_equal(s.errors[0].unlike, 0);
  assert_true(s.errors[0].relative < relative);
  assert_true(s.errors[0].ulps < ulps);
  assert_string_equal(hex, digest);
}

static void exp2_keeps_its_bound_and_its_bits(void **state) {
  (void)state;
  measure_all(PROBE_EXP2, exp2_domain, 2, 8.1e-8, 0.96, "cba2da7158f4d2e2ae84c6d46fd08fe89a68d2dc198d6b803d27ead41ad7ff65");
}

static void log_keeps_its_bound_and_its_bits(void **state) {
  (void)state;
  measure_all(PROBE_LOG, log_domain, 1, 1.23e-7, 1.17, "551d0cede8f3ef0d86471ce227e108fe55192b99d37788f6f1f863cf20c9fe05");
}

/* A deviate's radius is the root of -2 ln u: no u may make that negative. */
static void every_uniform_number_gives_finite_deviates(void **state) {
  (void)state;
  skip_unless_slow();
  for (uint32_t k = 0; k < 1u << 24; k++) {
    uint32_t question[6] = {k << 8}, answer[4];
    ofr_path_baseline.probe(PROBE_NORMAL, question, answer, 1);
    assert_true(float_of(answer[0]) * 0 == 0 && float_of(answer[1]) * 0 == 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      {"2^x keeps its bound and its bits at every float", exp2_keeps_its_bound_and_its_bits, NULL, NULL, NULL},
      {"ln x keeps its bound and its bits at every float", log_keeps_its_bound_and_its_bits, NULL, NULL, NULL},
      {"every uniform number gives finite deviates", every_uniform_number_gives_finite_deviates, NULL, NULL, NULL},
  };
  return cmocka_run_group_tests_name("real math, every float", tests, NULL, NULL);
}
