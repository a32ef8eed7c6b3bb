/* Every back end on this machine, in every instruction-set version and width it has, beside the baseline: value by value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/crew.h"
#include "batch_run.h"
#include "staged_plan.h"

enum { MOST_SUBJECTS = 64, MOST_DEVICES = 16, PATHS = 333, BATCH = 150, BAND_PATHS = 40, KNOWN = 64 };

/* One way to compute. The first is the baseline, by which the others are judged. */
typedef struct subject {
  const ofr_backend *backend;
  ofr_open_options options;
  char name[64];
} subject;

static subject subjects[MOST_SUBJECTS];
static int subject_count;
static ofr_crew *crew;

static void add(const ofr_backend *backend, int device, const char *isa, int lanes) {
  subject *s = &subjects[subject_count++];
  assert_true(subject_count <= MOST_SUBJECTS);
  *s = (subject){.backend = backend, .options = {.device = device, .crew = crew, .isa = isa, .lanes = lanes}};
  snprintf(s->name, sizeof s->name, "%s %d %s%.0d", backend->name, device, isa ? isa : lanes ? "lanes " : "", lanes);
}

static void add_versions(void) {
  add(&ofr_backend_cpu, 0, "baseline", 0);
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++)
    if (strcmp((*v)->name, "baseline")) add(&ofr_backend_cpu, 0, (*v)->name, 0);
}

/* An OpenCL device that is a CPU is tried in all widths. */
static void add_devices(const ofr_backend *backend) {
  ofr_device_info info[MOST_DEVICES];
  int count = backend->list(info, MOST_DEVICES);
  for (int d = 0; d < count && d < MOST_DEVICES; d++) {
    if (!info[d].usable) continue;
    if (strcmp(backend->name, "opencl") || info[d].gpu) add(backend, d, NULL, 0);
    else
      for (int lanes = 1; lanes <= 16; lanes = lanes == 1 ? 4 : 2 * lanes) add(backend, d, NULL, lanes);
  }
}

static int find_subjects(void **state) {
  (void)state;
  crew = ofr_crew_create(2);
  add_versions();
  for (int b = 0; b < OFR_BACKENDS; b++)
    if (ofr_backends[b] != &ofr_backend_cpu) add_devices(ofr_backends[b]);
  for (int i = 0; i < subject_count; i++) print_message("%s\n", subjects[i].name);
  return crew ? 0 : -1;
}

static int forget_subjects(void **state) {
  (void)state;
  ofr_crew_destroy(crew);
  return 0;
}

static void check(const subject *s, offramp_status status, const offramp_error *error) {
  if (status != OFFRAMP_OK) fail_msg("%s: %s", s->name, error->message);
}

static ofr_device *open_subject(const subject *s) {
  offramp_error error = {0};
  ofr_device *device;
  check(s, s->backend->open(&s->options, &device, &error), &error);
  return device;
}

static void read_plan(const char *name, staged_plan *plan) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", OFFRAMP_SOURCE_DIR, name);
  assert_true(staged_plan_read(path, plan));
}

static batch_values values_of(const subject *s, const ofr_image *images, int points, uint64_t first, uint32_t batch) {
  offramp_error error = {0};
  ofr_device *device = open_subject(s);
  batch_values values;
  check(s, batch_run(s->backend, device, images, points, first, PATHS, batch, BAND_PATHS, &values, &error), &error);
  s->backend->close(device);
  return values;
}

static void compare(const subject *s, const batch_values *expected, batch_values found) {
  char text[200];
  if (!batch_values_alike(expected, &found, text)) fail_msg("%s: %s", s->name, text);
  batch_values_free(&found);
}

/* Paths whose numbers need both words of a draw's address are among them. */
static void compare_all(const ofr_image *images, int points) {
  const uint64_t first = UINT64_C(0xffffff60);
  batch_values expected = values_of(&subjects[0], images, points, first, PATHS);
  assert_true(expected.column[0] > 0);
  for (int i = 1; i < subject_count; i++)
    compare(&subjects[i], &expected, values_of(&subjects[i], images, points, first, BATCH));
  batch_values_free(&expected);
}

static void every_device_gives_the_values_of_the_baseline(void **state) {
  (void)state;
  static const char *const plans[] = {"tests/plans/interface.json", "examples/openai-azure.json", "examples/enterprise.json"};
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
    staged_plan plan;
    read_plan(plans[i], &plan);
    compare_all(plan.staged.image, 1);
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
  compare_all(images, 3);
  free(images);
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
  FILE *file = fopen(OFFRAMP_SOURCE_DIR "/tests/philox4x32.kat", "r");
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
      cmocka_unit_test(points_side_by_side_give_the_values_of_each_alone),
  };
  return cmocka_run_group_tests(tests, find_subjects, forget_subjects);
}
