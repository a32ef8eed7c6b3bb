/* Back end `opencl` on the first device that it can use: kernels are proven, kept, and recognised when they are wrong. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "backend/kernel_cache.h"
#include "base/crew.h"
#include "batch_run.h"
#include "staged_plan.h"
#include "stage/cross_check.h"
#include "stage/simulate.h"

enum { MOST_DEVICES = 16, PATHS = 200 };

static staged_plan plan;
static int device = -1; /* the first usable one */
static char folder[64]; /* of compiled kernels */

static int find_device(void **state) {
  (void)state;
  ofr_device_info info[MOST_DEVICES];
  int count = ofr_backend_opencl.list(info, MOST_DEVICES);
  for (int i = 0; i < count && i < MOST_DEVICES; i++) {
    print_message("%s: %s\n", info[i].name, info[i].usable ? info[i].detail : info[i].why_not);
    if (info[i].usable && device < 0) device = i;
  }
  if (device < 0) print_message("no OpenCL device that can be used: tests are skipped\n");
  return staged_plan_read(OFFRAMP_SOURCE_DIR "/tests/plans/interface.json", &plan) ? 0 : -1;
}

static int forget_device(void **state) {
  (void)state;
  staged_plan_free(&plan);
  return 0;
}

static void needs_a_device(void) {
  if (device < 0) skip();
}

static ofr_device *open_with(const ofr_open_options *options) {
  offramp_error error = {0};
  ofr_device *opened;
  if (ofr_backend_opencl.open(options, &opened, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return opened;
}

/* ---- results ---- */

static void digest_of(const char *backend, uint32_t batch, uint64_t max_memory, bool with_bands, char digest[65]) {
  offramp_error error = {0};
  ofr_result *result;
  ofr_arena *arena = ofr_arena_create();
  ofr_run_options options = ofr_run_defaults();
  options.backend = backend;
  options.device = strcmp(backend, "opencl") ? 0 : device;
  options.threads = 2;
  options.batch = batch;
  options.max_memory = max_memory;
  options.with_bands = with_bands;
  ofr_plan small = *plan.plan;
  small.paths = 5000;
  if (ofr_simulate(&small, &options, arena, &result, &error) != OFFRAMP_OK) fail_msg("%s: %s", backend, error.message);
  strcpy(digest, result->results_digest);
  ofr_arena_destroy(arena);
}

static void a_run_has_the_digest_of_the_cpu_at_any_batch_size(void **state) {
  (void)state;
  static const uint32_t batches[] = {0, 1000, 37};
  char expected[65], found[65];
  needs_a_device();
  digest_of("cpu", 0, 0, true, expected);
  for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
    digest_of("opencl", batches[i], 0, true, found);
    assert_string_equal(found, expected);
  }
}

static void a_run_without_bands_has_the_digest_of_the_cpu(void **state) {
  (void)state;
  char expected[65], found[65];
  needs_a_device();
  digest_of("cpu", 0, 0, false, expected);
  digest_of("opencl", 0, 0, false, found);
  assert_string_equal(found, expected);
}

static void a_run_that_replays_its_paths_has_the_digest_of_the_cpu(void **state) {
  (void)state;
  char expected[65], found[65];
  needs_a_device();
  digest_of("cpu", 0, 0, false, expected);
  digest_of("opencl", 0, 400000, false, found); /* less than the columns of all paths take */
  assert_string_equal(found, expected);
}

/* ---- refusals ---- */

static void a_device_that_is_not_there_is_refused(void **state) {
  (void)state;
  offramp_error error = {0};
  ofr_device *opened;
  const ofr_open_options options = {.device = 99};
  assert_int_equal(ofr_backend_opencl.open(&options, &opened, &error), OFFRAMP_ERR_DEVICE);
  assert_null(opened);
  assert_non_null(strstr(error.message, "offramp devices"));
}

static void a_text_that_does_not_compile_is_an_error_that_quotes_the_compiler(void **state) {
  (void)state;
  offramp_error error = {0};
  ofr_device *opened;
  const ofr_open_options options = {.device = device, .kernel_options = "-DPROBE_KINDS"}; /* said to be there, and is not */
  needs_a_device();
  assert_int_equal(ofr_backend_opencl.open(&options, &opened, &error), OFFRAMP_ERR_DEVICE);
  assert_non_null(strstr(error.message, "PROBE_"));
}

/* ---- wrong kernels ---- */

static void fast_math_is_caught_by_the_self_test(void **state) {
  (void)state;
  offramp_error error = {0};
  const ofr_open_options options = {.device = device, .kernel_options = "-cl-fast-relaxed-math"};
  needs_a_device();
  ofr_device *opened = open_with(&options);
  assert_int_equal(ofr_backend_self_test(&ofr_backend_opencl, opened, &error), OFFRAMP_ERR_MISMATCH);
  ofr_backend_opencl.close(opened);
}

static void a_fault_that_no_probe_sees_is_caught_by_the_cross_check(void **state) {
  (void)state;
  offramp_error error = {0};
  const ofr_open_options options = {.device = device, .kernel_options = "-Dcontinue=break"};
  const ofr_image *image = plan.staged.image;
  ofr_cross_check check;
  needs_a_device();
  ofr_device *opened = open_with(&options);
  assert_int_equal(ofr_backend_self_test(&ofr_backend_opencl, opened, &error), OFFRAMP_OK);
  batch_values values;
  assert_int_equal(batch_run(&ofr_backend_opencl, opened, image, 1, 0, PATHS, PATHS, 0, &values, &error), OFFRAMP_OK);
  assert_int_equal(ofr_cross_check_begin(&check, image, 8, PATHS, NULL, &error), OFFRAMP_OK);
  const ofr_batch batch = {.paths = PATHS, .points = 1, .columns = values.column, .stride = PATHS};
  assert_int_equal(ofr_cross_check_batch(&check, &batch, &error), OFFRAMP_ERR_MISMATCH);
  ofr_cross_check_end(&check);
  batch_values_free(&values);
  ofr_backend_opencl.close(opened);
}

/* ---- the cache ---- */

static int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "test_opencl.XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

typedef void on_entry(const char *path, const char *key);

static int for_each_entry(on_entry *act) {
  int count = 0;
  DIR *opened = opendir(folder);
  assert_non_null(opened);
  for (struct dirent *e; (e = readdir(opened));) {
    char path[512], key[256];
    if (e->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    snprintf(key, sizeof key, "%.*s", (int)strcspn(e->d_name, "."), e->d_name);
    act(path, key);
    count++;
  }
  closedir(opened);
  return count;
}

static void remove_entry(const char *path, const char *key) {
  (void)key;
  unlink(path);
}

static int remove_folder(void **state) {
  (void)state;
  for_each_entry(remove_entry);
  return rmdir(folder);
}

static void count_compilations(void *context, const char *text) {
  if (strstr(text, "compiling")) ++*(int *)context;
}

/* Runs some paths with the folder as cache and returns how many programs had to be compiled. */
static int compilations(void) {
  int count = 0;
  char text[200];
  offramp_error error = {0};
  const ofr_open_options options = {.device = device, .cache = folder, .say = count_compilations, .say_context = &count};
  const ofr_open_options reference = {.isa = "baseline", .crew = ofr_crew_create(1)};
  const ofr_image *image = plan.staged.image;
  batch_values values, expected;
  ofr_device *opened = open_with(&options), *baseline;
  assert_int_equal(ofr_backend_self_test(&ofr_backend_opencl, opened, &error), OFFRAMP_OK);
  assert_int_equal(batch_run(&ofr_backend_opencl, opened, image, 1, 0, PATHS, PATHS, 0, &values, &error), OFFRAMP_OK);
  assert_int_equal(ofr_backend_cpu.open(&reference, &baseline, &error), OFFRAMP_OK);
  assert_int_equal(batch_run(&ofr_backend_cpu, baseline, image, 1, 0, PATHS, PATHS, 0, &expected, &error), OFFRAMP_OK);
  if (!batch_values_alike(&expected, &values, text)) fail_msg("%s", text);
  batch_values_free(&values);
  batch_values_free(&expected);
  ofr_backend_opencl.close(opened);
  ofr_backend_cpu.close(baseline);
  ofr_crew_destroy(reference.crew);
  return count;
}

static void kernels_are_compiled_once(void **state) {
  (void)state;
  needs_a_device();
  assert_int_equal(compilations(), 2);
  assert_int_equal(compilations(), 0);
}

static void change_a_byte(const char *path, const char *key) {
  (void)key;
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  fseek(file, -1, SEEK_END);
  int last = fgetc(file);
  fseek(file, -1, SEEK_END);
  fputc(last ^ 0x55, file);
  fclose(file);
}

static void a_damaged_kernel_is_compiled_again(void **state) {
  (void)state;
  needs_a_device();
  compilations();
  assert_int_equal(for_each_entry(change_a_byte), 2);
  assert_int_equal(compilations(), 2);
  assert_int_equal(compilations(), 0);
}

static void write_nonsense(const char *path, const char *key) {
  (void)path;
  ofr_kernel_cache_put(folder, key, (const unsigned char *)"nonsense", 8);
}

static void a_kernel_that_the_driver_rejects_is_compiled_again(void **state) {
  (void)state;
  needs_a_device();
  compilations();
  assert_int_equal(for_each_entry(write_nonsense), 2);
  assert_int_equal(compilations(), 2);
  assert_int_equal(compilations(), 0);
}

#define WITH_FOLDER(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_has_the_digest_of_the_cpu_at_any_batch_size),
      cmocka_unit_test(a_run_without_bands_has_the_digest_of_the_cpu),
      cmocka_unit_test(a_run_that_replays_its_paths_has_the_digest_of_the_cpu),
      cmocka_unit_test(a_device_that_is_not_there_is_refused),
      cmocka_unit_test(a_text_that_does_not_compile_is_an_error_that_quotes_the_compiler),
      cmocka_unit_test(fast_math_is_caught_by_the_self_test),
      cmocka_unit_test(a_fault_that_no_probe_sees_is_caught_by_the_cross_check),
      WITH_FOLDER(kernels_are_compiled_once),
      WITH_FOLDER(a_damaged_kernel_is_compiled_again),
      WITH_FOLDER(a_kernel_that_the_driver_rejects_is_compiled_again),
  };
  return cmocka_run_group_tests(tests, find_device, forget_device);
}
