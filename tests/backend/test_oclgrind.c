/* The kernels under oclgrind, a simulator that reports reads and writes out of bounds and races, with OpenCL's own calls
 * checked too. Its compiler is old and its arithmetic not promised to be ours, so it is no device for users. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/crew.h"
#include "batch_run.h"
#include "staged_plan.h"

enum { PATHS = 37, BAND_PATHS = 5 };

static const char *simulator; /* its driver */
static char folder[64], vendor[96], findings[96];

static const char *find_simulator(void) {
  static const char *const places[] = {"/usr/lib/oclgrind/liboclgrind-rt-icd.so", "/usr/local/lib/oclgrind/liboclgrind-rt-icd.so",
                                       "/usr/lib/x86_64-linux-gnu/oclgrind/liboclgrind-rt-icd.so"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (access(places[i], R_OK) == 0) return places[i];
  return NULL;
}

/* Makes the simulator the only OpenCL there is: before OpenCL is loaded. */
static int take_simulator(void **state) {
  (void)state;
  simulator = find_simulator();
  snprintf(folder, sizeof folder, "test_oclgrind.XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(vendor, sizeof vendor, "%s/oclgrind.icd", folder);
  snprintf(findings, sizeof findings, "%s/findings", folder);
  FILE *file = fopen(vendor, "w");
  if (!file) return -1;
  fprintf(file, "%s\n", simulator ? simulator : "");
  fclose(file);
  setenv("OCL_ICD_VENDORS", folder, 1);
  setenv("OCLGRIND_LOG", findings, 1);
  setenv("OCLGRIND_CHECK_API", "1", 1);
  setenv("OCLGRIND_DATA_RACES", "1", 1);
  setenv("OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable", 1); /* it does not know all that its optimiser makes */
  return 0;
}

static int leave_simulator(void **state) {
  (void)state;
  unlink(vendor);
  unlink(findings);
  return rmdir(folder);
}

static void no_findings(void) {
  char line[512];
  FILE *file = fopen(findings, "r");
  if (!file) return;
  bool found = false;
  while (fgets(line, sizeof line, file)) {
    print_error("%s", line);
    found |= line[0] != '\n';
  }
  fclose(file);
  assert_false(found);
}

/* It needs /proc to find its own files, which a bare chroot lacks. */
static bool simulates(const ofr_open_options *options) {
  offramp_error error = {0};
  ofr_device *device = NULL;
  if (ofr_backend_opencl.open(options, &device, &error) != OFFRAMP_OK) {
    print_message("oclgrind offers no device here: %s\n", error.message);
    return false;
  }
  ofr_backend_opencl.close(device);
  return true;
}

static batch_values values_of(const ofr_backend *backend, const ofr_open_options *options, const ofr_image *image) {
  offramp_error error = {0};
  ofr_device *device;
  batch_values values;
  if (backend->open(options, &device, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  if (batch_run(backend, device, image, 1, 0, PATHS, PATHS, BAND_PATHS, &values, &error) != OFFRAMP_OK)
    fail_msg("%s", error.message);
  backend->close(device);
  return values;
}

/* The interface plan uses every clause, and takes the simulator a few seconds. */
static void run_with_lanes(int lanes) {
  char text[200];
  staged_plan plan;
  if (!simulator) {
    print_message("oclgrind is not installed\n");
    skip();
  }
  const ofr_open_options there = {.any_device = true, .lanes = lanes, .kernel_options = "-DFN=static"};
  if (!simulates(&there)) skip();
  ofr_crew *crew = ofr_crew_create(1);
  const ofr_open_options here = {.crew = crew, .isa = "baseline"};
  assert_true(staged_plan_read(OFFRAMP_SOURCE_DIR "/tests/plans/interface.json", &plan));
  batch_values expected = values_of(&ofr_backend_cpu, &here, plan.staged.image);
  batch_values found = values_of(&ofr_backend_opencl, &there, plan.staged.image);
  no_findings();
  if (!batch_values_alike(&expected, &found, text)) fail_msg("%s", text);
  batch_values_free(&expected);
  batch_values_free(&found);
  staged_plan_free(&plan);
  ofr_crew_destroy(crew);
}

static void the_kernels_of_a_gpu_run_without_findings(void **state) {
  (void)state;
  run_with_lanes(1);
}

static void the_kernels_of_a_cpu_run_without_findings(void **state) {
  (void)state;
  run_with_lanes(4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_kernels_of_a_gpu_run_without_findings),
      cmocka_unit_test(the_kernels_of_a_cpu_run_without_findings),
  };
  return cmocka_run_group_tests(tests, take_simulator, leave_simulator);
}
