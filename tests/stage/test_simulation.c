/* Plans that are simulated together find what each finds alone: every number of it, on each device, however batches are cut and
 * however many there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "backend/backend.h"
#include "given_plan.h"
#include "stage/stakeholder_run.h"

enum { MOST = 16, PATHS = 150 };

static int opencl = -1; /* the first device that can be used */

static int find_device(void **state) {
  (void)state;
  ofr_device_info info[MOST];
  int count = ofr_backend_opencl.list(info, MOST);
  for (int i = 0; i < count && i < MOST && opencl < 0; i++)
    if (info[i].usable) opencl = i;
  if (opencl < 0) print_message("no OpenCL device that can be used: its test is skipped\n");
  return 0;
}

/* Several points of a grid, as plans. */
typedef struct family {
  given_plan given;
  int count;
  const ofr_plan *plans[MOST];
  ofr_arena *arenas[MOST];
  char alone[2][MOST][65]; /* without bands, and with */
} family;

static family family_of(given_plan given) {
  family f = {.given = given, .count = (int)given.plan->sweep->points};
  for (int i = 0; i < f.count; i++) {
    f.arenas[i] = ofr_arena_create();
    assert_non_null(f.arenas[i]);
    ofr_diagnostics d = {.arena = f.arenas[i]};
    f.plans[i] = ofr_plan_point(given.plan, (uint64_t)i, f.arenas[i], &d);
    assert_non_null(f.plans[i]);
    for (int bands = 0; bands < 2; bands++) {
      ofr_run_options options = given_options();
      ofr_result *r;
      options.with_bands = bands;
      options.threads = 1;
      assert_int_equal(ofr_simulate_for_stakeholders(f.plans[i], &options, f.arenas[i], &r, NULL), OFFRAMP_OK);
      memcpy(f.alone[bands][i], r->results_digest, sizeof r->results_digest);
    }
  }
  return f;
}

static void free_family(family *f) {
  for (int i = 0; i < f->count; i++) ofr_arena_destroy(f->arenas[i]);
  given_free(&f->given);
}

static given_plan grid(const char *more, const char *duties) {
  return given_text("%s%s%s", JSON({
    "horizon": {"start": "2026-01", "months": 7}, "simulation": {"paths": 150, "seed": 7, "band_paths": 40}, "reference_accelerator": "a",
    "accelerators": [{"name": "a", "vendor": "v"}], "providers": [{"name": "p"}, {"name": "q"}],
    "factors": [{"name": "f", "volatility": 0.9}],
    "workloads": [{"name": "w", "demand": 1000, "unmet_cost": 9, "duty": 0.9, "speed": {"a": 1}, "factors": {"f": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 900},
              {"name": "l", "provider": "q", "accelerator": "a", "price": 3, "capacity": 300}],
    "contracts": [{"name": "c", "type": "commitment", "provider": "p", "windows": [{"from": "2026-01", "to": "2026-03", "amount": 4e6}]}],
    "stakeholders": {"anchor": "p", "failure": {"from": "2026-02", "months": 2}},
    "strategies": [{"name": "s"}, {"name": "t", "contracts": []}]), more,
    duties);
}

#define PLAIN "\"sweep\": {\"/contracts/c/windows/0/amount\": [0, 4e6, 6e6, 9e9], \"/simulation/seed\": [1, 2], "

/* Those with whole duty have another shape. */
static family two_shapes(void) { return family_of(grid(", " PLAIN, "\"/workloads/w/duty\": [0.5, 1]}}")); }

static void check_results(const family *f, const ofr_run_options *options, const int *places, ofr_result *const *results,
                          int count) {
  for (int i = 0; i < count; i++) {
    offramp_error error = {0};
    int place = places[i];
    if (ofr_result_for_stakeholders(results[i], f->plans[place], f->arenas[place], &error) != OFFRAMP_OK)
      fail_msg("%s", error.message);
    assert_string_equal(results[i]->results_digest, f->alone[options->with_bands][place]);
    assert_ptr_equal(results[i]->plan, f->plans[place]);
    assert_true(results[i]->engine.check_passed && results[i]->engine.checked_paths > 40);
  }
}

/* Waves until no plan is left, on devices that stay open; how many. Where memory is not short, each is finished once the next is
 * evaluated. */
static int simulate_all(family *f, const ofr_run_options *options) {
  ofr_run_options o = *options;
  ofr_wave *waves[MOST] = {NULL};
  int places[MOST][MOST], counts[MOST] = {0}, made = 0;
  bool done[MOST] = {false};
  o.devices = ofr_devices_create(options->threads);
  for (int left = f->count; left > 0; made++) {
    const ofr_plan *plans[MOST];
    ofr_arena *arenas[MOST];
    ofr_result *results[MOST];
    bool taken[MOST];
    int asked[MOST], n = 0;
    for (int i = 0; i < f->count; i++)
      if (!done[i]) asked[n] = i, plans[n] = ofr_plan_for_stakeholders(f->plans[i], f->arenas[i]), arenas[n++] = f->arenas[i];
    offramp_error error = {0};
    if (ofr_wave_evaluate(plans, arenas, n, &o, taken, &waves[made], &error) != OFFRAMP_OK) fail_msg("%s", error.message);
    assert_true(taken[0]);
    for (int i = 0; i < n; i++)
      if (taken[i]) done[asked[i]] = true, places[made][counts[made]++] = asked[i], left--;
    for (int i = left > 0 && !o.max_memory ? made - 1 : made; i >= 0 && i >= made - 1; i--) {
      if (!waves[i]) continue;
      assert_int_equal(ofr_wave_finish(waves[i], results, &error), OFFRAMP_OK);
      waves[i] = NULL;
      check_results(f, &o, places[i], results, counts[i]);
    }
  }
  ofr_devices_close(o.devices);
  return made;
}

static void plans_of_one_shape_are_simulated_in_one_call(void **state) {
  (void)state;
  family f = two_shapes();
  ofr_run_options options = given_options();
  assert_int_equal(simulate_all(&f, &options), 2);
  options.with_bands = false;
  assert_int_equal(simulate_all(&f, &options), 2);
  free_family(&f);
}

static void they_are_the_same_whatever_the_batch_and_the_threads(void **state) {
  (void)state;
  static const uint32_t batches[] = {1, 7, 16, 33, 149, 1000};
  family f = two_shapes();
  for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
    for (int bands = 0; bands < 2; bands++) {
      ofr_run_options options = given_options();
      options.batch = batches[i];
      options.threads = 1 + (int)(i % 3) * 3; /* 7: some workers have a point of their own, others none */
      options.with_bands = bands;
      assert_int_equal(simulate_all(&f, &options), 2);
    }
  free_family(&f);
}

static void they_are_the_same_in_every_instruction_set(void **state) {
  (void)state;
  family f = two_shapes();
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
    ofr_run_options options = given_options();
    options.isa = (*v)->name;
    assert_in_range(simulate_all(&f, &options), 2, 3); /* one path at a time, fewer plans fill the processor */
  }
  free_family(&f);
}

/* Little memory: fewer at a time, in the end a replay of each. */
static void they_are_the_same_however_many_fit_into_memory(void **state) {
  (void)state;
  family f = two_shapes();
  const int64_t point = (int64_t)PATHS * 4 * (f.given.staged.columns + 8) * (int64_t)sizeof(int64_t);
  int before = 16;
  for (int room = 0; room < 16; room += 1 + room) {
    ofr_run_options options = given_options();
    options.with_bands = false;
    options.max_memory = room ? (uint64_t)(2 * room * point + 8000) : 20000;
    int calls = simulate_all(&f, &options);
    assert_true(calls <= before && (room > 0 || calls == 16));
    before = calls;
  }
  assert_true(before < 8);
  free_family(&f);
}

static void they_are_the_same_on_opencl(void **state) {
  (void)state;
  if (opencl < 0) skip();
  family f = two_shapes();
  for (uint32_t batch = 0; batch < 100; batch += 47)
    for (int bands = 0; bands < 2; bands++) {
      ofr_run_options options = given_options();
      options.backend = "opencl";
      options.device = opencl;
      options.batch = batch;
      options.with_bands = bands;
      assert_int_equal(simulate_all(&f, &options), 2);
    }
  free_family(&f);
}

/* ---- futures ---- */

static const char *file_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "together-%ld.csv", (long)getpid());
  return name;
}

static int remove_file(void **state) {
  (void)state;
  remove(file_name());
  return 0;
}

/* Weights make months come home whole. The larger capacities have another quantum of accelerators: they are read apart. */
static void they_are_the_same_on_given_and_weighted_futures(void **state) {
  (void)state;
  FILE *out = fopen(file_name(), "wb");
  assert_non_null(out);
  fputs("path,month,name,value,weight\n", out);
  for (int path = 0; path < PATHS; path++)
    for (int month = 0; month < 7; month++)
      fprintf(out, "%d,2026-0%d,w,%d,%d\n", path, month + 1, 400 + (path * 37 + month * 91) % 900, 1 + path % 4);
  assert_int_equal(fclose(out), 0);
  char more[256];
  snprintf(more, sizeof more, ", \"futures\": {\"file\": \"%s\"}, " PLAIN, file_name());
  family f = family_of(grid(more, "\"/pools/l/capacity\": [300, 3e6]}}"));
  for (uint32_t batch = 0; batch < 100; batch += 33)
    for (int bands = 0; bands < 2; bands++) {
      ofr_run_options options = given_options();
      options.batch = batch;
      options.with_bands = bands;
      options.check_paths = PATHS;
      assert_in_range(simulate_all(&f, &options), 1, 3);
    }
  free_family(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(plans_of_one_shape_are_simulated_in_one_call),
                                     cmocka_unit_test(they_are_the_same_whatever_the_batch_and_the_threads),
                                     cmocka_unit_test(they_are_the_same_in_every_instruction_set),
                                     cmocka_unit_test(they_are_the_same_however_many_fit_into_memory),
                                     cmocka_unit_test(they_are_the_same_on_opencl),
                                     cmocka_unit_test_teardown(they_are_the_same_on_given_and_weighted_futures, remove_file)};
  return cmocka_run_group_tests(tests, find_device, NULL);
}
