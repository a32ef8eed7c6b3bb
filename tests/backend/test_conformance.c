/* Every back end on this machine, in every instruction-set version and width it has, beside the baseline: value by value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plan/variants.h"
#include "staged_plan.h"
#include "subjects.h"

enum { PATHS = 333, BATCH = 150, BAND_PATHS = 40, KNOWN = 64 };

static void check(const subject *s, offramp_status status, const offramp_error *error) {
  if (status != OFFRAMP_OK) fail_msg("%s: %s", s->name, error->message);
}

/* A file of the sources, wherever they lie now: bench/gpu_pack.sh takes this program to other machines. */
static const char *source(const char *name) {
  static char path[1024];
  const char *folder = getenv("SOURCE");
  snprintf(path, sizeof path, "%s/%s", folder ? folder : OFFRAMP_SOURCE_DIR, name);
  return path;
}

static void read_plan(const char *name, staged_plan *plan) {
  assert_true(staged_plan_read(source(name), plan));
}

/* OpenCL in a width between one lane and the most. */
static bool in_between(const subject *s) { return s->options.lanes > 1 && s->options.lanes < 16; }

/* Paths whose numbers need both words of a draw's address are among them. */
static void compare_all(const ofr_image *images, int points, bool every_width) {
  const uint64_t first = UINT64_C(0xffffff60);
  batch_values expected = values_of(&subjects[0], images, points, first, PATHS, PATHS, BAND_PATHS);
  assert_true(expected.column[0] > 0);
  for (int i = 1; i < subject_count; i++)
    if (every_width || !in_between(&subjects[i]))
      expect_values(&subjects[i], &expected, values_of(&subjects[i], images, points, first, PATHS, BATCH, BAND_PATHS));
  batch_values_free(&expected);
}

static void every_device_gives_the_values_of_the_baseline(void **state) {
  (void)state;
  static const char *const plans[] = {"tests/plans/interface.json", "examples/enterprise.json", "examples/openai-azure.json"};
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
    staged_plan plan;
    read_plan(plans[i], &plan);
    compare_all(plan.staged.image, 1, i < 2); /* the last one takes compilers long */
    staged_plan_free(&plan);
  }
}

static void points_side_by_side_give_the_values_of_each_alone(void **state) {
  (void)state;
  staged_plan plan;
  read_plan("tests/plans/interface.json", &plan);
  size_t bytes = plan.staged.image->bytes;
  ofr_image *images = aligned_alloc(64, 3 * bytes);
  assert_non_null(images);
  for (int p = 0; p < 3; p++) {
    ofr_image *im = (ofr_image *)((char *)images + (size_t)p * bytes);
    memcpy(im, plan.staged.image, bytes);
    float *demand = (float *)((uint32_t *)im + im->demand);
    for (int i = 0; i < im->months * im->workloads; i++) demand[i] *= (float)(1 << p);
  }
  compare_all(images, 3, true);
  free(images);
  staged_plan_free(&plan);
}

/* Loops written out, all of them or those over slots, and loops rolled, whichever a plan of this size would have: three ways to
 * place, one result. */
static void rolled_kernels_and_those_written_out_give_the_values_of_the_baseline(void **state) {
  static const char *const ways[] = {"-DOFR_UNROLLED=0", "-DOFR_UNROLLED=1", "-DOFR_UNROLLED=1 -DOFR_WRITTEN_OUT=0"};
  staged_plan plan;
  (void)state;
  read_plan("examples/reference-size.json", &plan);
  batch_values expected = values_of(&subjects[0], plan.staged.image, 1, 0, PATHS, PATHS, BAND_PATHS);
  for (int i = 1; i < subject_count; i++) {
    subject forced = subjects[i];
    if (forced.backend == &ofr_backend_cpu || in_between(&forced)) continue;
    for (int way = 0; way < 3; way++) {
      forced.options.kernel_options = ways[way];
      expect_values(&forced, &expected, values_of(&forced, plan.staged.image, 1, 0, PATHS, BATCH, BAND_PATHS));
    }
  }
  batch_values_free(&expected);
  staged_plan_free(&plan);
}

/* What `value` and stakeholders have on top: columns of their own, more strategies than a plan may have, a failure. */
static void plans_made_of_a_plan_give_the_values_of_the_baseline(void **state) {
  (void)state;
  staged_plan plan;
  ofr_staged staged;
  offramp_error error = {0};
  ofr_variant variants[OFR_MAX_VARIANTS];
  read_plan("tests/plans/interface.json", &plan);
  enum { FAILING = OFR_MAX_VARIANTS / 2 };
  for (int i = 0; i < OFR_MAX_VARIANTS; i++) {
    int twin = i % FAILING;
    variants[i] = (ofr_variant){twin % 3, twin % 5 < 2 ? twin % 5 : -1};
  }
  ofr_plan *made = ofr_plan_variants(plan.plan, variants, OFR_MAX_VARIANTS, plan.arena);
  made->unmet_by_workload = made->for_stakeholders = true;
  made->failing = FAILING;
  assert_int_equal(ofr_image_build(made, &staged, &error), OFFRAMP_OK);
  compare_all(staged.image, 1, true);
  ofr_image_free(&staged);
  staged_plan_free(&plan);
}

static void every_device_passes_the_self_test(void **state) {
  (void)state;
  for (int i = 0; i < subject_count; i++) {
    offramp_error error = {0};
    ofr_device *device = open_subject(&subjects[i]);
    check(&subjects[i], ofr_backend_self_test(subjects[i].backend, device, &error), &error);
    subjects[i].backend->close(device);
  }
}

/* Lines "philox4x32 10", counter, key, answer, of Random123's file of known answers. */
static uint32_t known_answers(uint32_t questions[KNOWN][6], uint32_t answers[KNOWN][4]) {
  FILE *file = fopen(source("tests/philox4x32.kat"), "r");
  char line[512];
  uint32_t n = 0;
  assert_non_null(file);
  while (fgets(line, sizeof line, file)) {
    uint32_t *q = questions[n], *a = answers[n];
    if (strncmp(line, "philox4x32 10 ", 14)) continue;
    assert_int_equal(sscanf(line + 14, "%x %x %x %x %x %x %x %x %x %x", &q[0], &q[1], &q[2], &q[3], &q[4], &q[5], &a[0], &a[1],
                            &a[2], &a[3]), 10);
    assert_true(a[0] | a[1] | a[2] | a[3]); /* an answer that was never written down is none */
    assert_true(++n < KNOWN);
  }
  fclose(file);
  return n;
}

static void every_device_gives_the_known_answers_of_philox(void **state) {
  (void)state;
  uint32_t questions[KNOWN][6], answers[KNOWN][4], found[KNOWN][4];
  uint32_t n = known_answers(questions, answers);
  assert_true(n >= 3);
  for (int i = 0; i < subject_count; i++) {
    offramp_error error = {0};
    ofr_device *device = open_subject(&subjects[i]);
    memset(found, 0, sizeof found);
    check(&subjects[i], subjects[i].backend->probe(device, PROBE_PHILOX, questions[0], found[0], n, &error), &error);
    if (memcmp(found, answers, n * sizeof *found)) fail_msg("%s", subjects[i].name);
    subjects[i].backend->close(device);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_device_gives_the_known_answers_of_philox),
      cmocka_unit_test(every_device_passes_the_self_test),
      cmocka_unit_test(every_device_gives_the_values_of_the_baseline),
      cmocka_unit_test(rolled_kernels_and_those_written_out_give_the_values_of_the_baseline),
      cmocka_unit_test(points_side_by_side_give_the_values_of_each_alone),
      cmocka_unit_test(plans_made_of_a_plan_give_the_values_of_the_baseline),
  };
  return cmocka_run_group_tests(tests, find_subjects, forget_subjects);
}
