/* A kernel that the C compiler makes while the program's own serves: taken into use when it is done, the same numbers throughout. What
 * the compiler leaves, or one that never ends, stays with nobody. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "backend/cpu_kernel.h"
#include "batch_run.h"
#include "staged_plan.h"

enum { PATHS = 40, MOST_SECONDS = 120 };

static const char plan_file[] = OFFRAMP_SOURCE_DIR "/examples/enterprise.json";
static const uint64_t many_paths = (uint64_t)1 << 40; /* worth compiling for */

static char folder[64], script[128], temporary[128];
static staged_plan plan;
static ofr_crew *crew;

static int begin(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "test_cpu_kernel.XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(script, sizeof script, "%s/compiler", folder);
  snprintf(temporary, sizeof temporary, "%s/tmp", folder);
  crew = ofr_crew_create(2);
  return crew && mkdir(temporary, 0700) == 0 && setenv("TMPDIR", temporary, 1) == 0 && staged_plan_read(plan_file, &plan) ? 0 : -1;
}

static int end(void **state) {
  (void)state;
  staged_plan_free(&plan);
  ofr_crew_destroy(crew);
  unlink(script);
  return rmdir(temporary) || rmdir(folder); /* the first fails where something was left behind */
}

/* A shell script in the compiler's place. */
static void compile_by(const char *text) {
  char path[256];
  FILE *file = fopen(script, "w");
  assert_non_null(file);
  fprintf(file, "#!/bin/sh\n%s\n", text);
  assert_int_equal(fclose(file) | chmod(script, 0700), 0);
  assert_true((size_t)snprintf(path, sizeof path, "./%s", script) < sizeof path);
  setenv("OFFRAMP_CC", path, 1);
}

static ofr_device *open_cpu(const char *kernel, uint64_t paths) {
  const ofr_open_options options = {.crew = crew, .kernel = kernel, .paths = paths};
  ofr_device *device;
  assert_int_equal(ofr_backend_cpu.open(&options, &device, NULL), OFFRAMP_OK);
  return device;
}

static batch_values evaluate(ofr_device *device) {
  batch_values values;
  assert_int_equal(batch_run(&ofr_backend_cpu, device, plan.staged.image, 1, 0, PATHS, 16, PATHS, &values, NULL), OFFRAMP_OK);
  return values;
}

static bool is_compiled(const ofr_device *device) { return strstr(ofr_backend_cpu.describe(device), "compiled by") != NULL; }

static void expect_own_numbers(ofr_device *device, const batch_values *own) {
  char text[200];
  batch_values found = evaluate(device);
  if (!batch_values_alike(own, &found, text)) fail_msg("%s", text);
  batch_values_free(&found);
}

static batch_values own_numbers(void) {
  ofr_device *device = open_cpu("own", many_paths);
  batch_values own = evaluate(device);
  assert_false(is_compiled(device));
  ofr_backend_cpu.close(device);
  return own;
}

static void the_programs_own_serves_until_the_compiler_is_done(void **state) {
  (void)state;
  const char *compiler = getenv("CC");
  char text[512];
  if (!compiler || access(compiler, X_OK)) {
    print_message("skipped: CC names no compiler\n");
    skip();
  }
  snprintf(text, sizeof text, "while [ ! -e '%s/go' ]; do sleep 0.01; done\nexec '%s' \"$@\"", folder, compiler);
  compile_by(text);
  batch_values own = own_numbers();
  ofr_device *device = open_cpu(NULL, many_paths);
  for (int i = 0; i < 5; i++) expect_own_numbers(device, &own);
  assert_false(is_compiled(device));
  snprintf(text, sizeof text, "%s/go", folder);
  FILE *go = fopen(text, "w");
  assert_non_null(go);
  fclose(go);
  const time_t began = time(NULL);
  while (!is_compiled(device) && time(NULL) - began < MOST_SECONDS) expect_own_numbers(device, &own);
  assert_true(is_compiled(device));
  expect_own_numbers(device, &own);
  ofr_kernel_facts facts[3];
  assert_int_equal(ofr_backend_cpu.facts(device, facts, 3), 3);
  assert_true(facts[0].launches > 5 && facts[1].launches >= 3); /* the program's own; the compiled one */
  ofr_backend_cpu.close(device);
  batch_values_free(&own);
  unlink(text);
}

static void a_compiler_that_fails_leaves_the_programs_own(void **state) {
  (void)state;
  char text[256];
  snprintf(text, sizeof text, "echo . >>'%s/calls'; exit 1", folder);
  compile_by(text);
  batch_values own = own_numbers();
  ofr_device *device = open_cpu("auto", many_paths);
  snprintf(text, sizeof text, "%s/calls", folder);
  struct stat calls = {0};
  const time_t began = time(NULL);
  while (calls.st_size == 0 && time(NULL) - began < MOST_SECONDS) {
    expect_own_numbers(device, &own);
    stat(text, &calls);
  }
  for (int i = 0; i < 50; i++) expect_own_numbers(device, &own);
  assert_false(is_compiled(device));
  ofr_backend_cpu.close(device);
  batch_values_free(&own);
  assert_int_equal(stat(text, &calls), 0);
  assert_int_equal(calls.st_size, 2); /* asked once, with all these uploads */
  unlink(text);
}

static void a_compiler_at_work_is_stopped_when_the_device_is_closed(void **state) {
  (void)state;
  compile_by("exec sleep 600");
  batch_values own = own_numbers();
  ofr_device *device = open_cpu(NULL, many_paths);
  const time_t began = time(NULL);
  expect_own_numbers(device, &own);
  ofr_backend_cpu.close(device);
  assert_true(time(NULL) - began < 60);
  batch_values_free(&own);
}

static void short_runs_do_not_ask_the_compiler(void **state) {
  (void)state;
  char text[256];
  snprintf(text, sizeof text, "echo . >>'%s/calls'", folder);
  compile_by(text);
  batch_values own = own_numbers();
  ofr_device *device = open_cpu(NULL, 1000);
  expect_own_numbers(device, &own);
  ofr_backend_cpu.close(device);
  batch_values_free(&own);
  snprintf(text, sizeof text, "%s/calls", folder);
  assert_int_not_equal(access(text, F_OK), 0);
}

int main(void) {
  if (access("/proc/self/fd", F_OK)) {
    print_message("skipped: there is no /proc, through which a compiled kernel is loaded\n");
    return 77;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_programs_own_serves_until_the_compiler_is_done, begin, end),
      cmocka_unit_test_setup_teardown(a_compiler_that_fails_leaves_the_programs_own, begin, end),
      cmocka_unit_test_setup_teardown(a_compiler_at_work_is_stopped_when_the_device_is_closed, begin, end),
      cmocka_unit_test_setup_teardown(short_runs_do_not_ask_the_compiler, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
