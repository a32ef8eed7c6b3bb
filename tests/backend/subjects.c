#include "subjects.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "base/crew.h"

enum { MOST_DEVICES = 16 };

subject subjects[MOST_SUBJECTS];
int subject_count;
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

int find_subjects(void **state) {
  (void)state;
  crew = ofr_crew_create(2);
  add_versions();
  for (int b = 0; b < OFR_BACKENDS; b++)
    if (ofr_backends[b] != &ofr_backend_cpu) add_devices(ofr_backends[b]);
  for (int i = 0; i < subject_count; i++) print_message("%s\n", subjects[i].name);
  return crew ? 0 : -1;
}

int forget_subjects(void **state) {
  (void)state;
  ofr_crew_destroy(crew);
  return 0;
}

static void check(const subject *s, offramp_status status, const offramp_error *error) {
  if (status != OFFRAMP_OK) fail_msg("%s: %s", s->name, error->message);
}

ofr_device *open_subject(const subject *s) {
  offramp_error error = {0};
  ofr_device *device;
  check(s, s->backend->open(&s->options, &device, &error), &error);
  return device;
}

batch_values values_of(const subject *s, const ofr_image *images, int points, uint64_t first, uint32_t paths, uint32_t batch,
                       uint32_t band_paths) {
  offramp_error error = {0};
  ofr_device *device = open_subject(s);
  batch_values values;
  check(s, batch_run(s->backend, device, images, points, first, paths, batch, band_paths, &values, &error), &error);
  s->backend->close(device);
  return values;
}

void expect_values(const subject *s, const batch_values *expected, batch_values found) {
  char text[200];
  if (!batch_values_alike(expected, &found, text)) fail_msg("%s: %s", s->name, text);
  batch_values_free(&found);
}
