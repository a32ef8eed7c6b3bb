/* One result, however it is computed: threads, batches, instruction sets, memory, checks. And how a run ends that may not or
 * cannot go on. The digests themselves are pinned in tests/golden/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "backend/backend.h"
#include "given_plan.h"

enum { PATHS = 700, BAND_PATHS = 48 };

typedef struct expected {
  given_plan given;
  char digest[65];
} expected;

static int set_up(void **state) {
  expected *e = calloc(1, sizeof *e);
  if (!e) return -1;
  e->given = given_file("tests/plans/interface.json", PATHS, BAND_PATHS);
  ofr_run_options options = given_options();
  options.threads = 1;
  memcpy(e->digest, given_run(&e->given, &options)->results_digest, sizeof e->digest);
  *state = e;
  return 0;
}

static int tear_down(void **state) {
  expected *e = *state;
  given_free(&e->given);
  free(e);
  return 0;
}

static uint64_t band_bytes(const given_plan *given, int band_paths) {
  return (uint64_t)given->plan->strategy_count * (uint64_t)given->plan->months * (uint64_t)given->staged.series *
         (uint64_t)band_paths * sizeof(int64_t);
}

/* Room for the bands and for so many paths. */
static uint64_t room_for(const given_plan *given, int paths) {
  return band_bytes(given, BAND_PATHS) +
         (uint64_t)(given->plan->strategy_count * given->staged.columns * paths) * sizeof(int64_t);
}

static void assert_digest(expected *e, const ofr_run_options *options) {
  const ofr_result *r = given_run(&e->given, options);
  assert_string_equal(r->results_digest, e->digest);
}

static void the_digest_does_not_depend_on_threads(void **state) {
  for (int threads = 0; threads <= 3; threads++) {
    ofr_run_options options = given_options();
    options.threads = threads;
    assert_digest(*state, &options);
  }
}

static void the_digest_does_not_depend_on_the_batch_size(void **state) {
  static const uint32_t batches[] = {1, 7, 16, 47, 256, 1000};
  for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
    ofr_run_options options = given_options();
    options.batch = batches[i];
    options.threads = 1 + (int)(i % 3);
    assert_digest(*state, &options);
  }
}

static void the_digest_does_not_depend_on_the_instruction_set(void **state) {
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
    ofr_run_options options = given_options();
    options.isa = (*v)->name;
    assert_digest(*state, &options);
    options.batch = 33;
    assert_digest(*state, &options);
  }
}

static void the_digest_does_not_depend_on_whether_paths_are_stored_or_replayed(void **state) {
  expected *e = *state;
  static const int rooms[] = {1, 100, PATHS - 1, PATHS};
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
    ofr_run_options options = given_options();
    options.max_memory = room_for(&e->given, rooms[i]);
    assert_digest(e, &options);
    options.batch = 97;
    options.threads = 2;
    assert_digest(e, &options);
  }
}

static void the_digest_does_not_depend_on_how_many_paths_are_checked(void **state) {
  static const int checks[] = {0, 1, 64, PATHS, 100000};
  expected *e = *state;
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
    ofr_run_options options = given_options();
    options.check_paths = checks[i];
    const ofr_result *r = given_run(&e->given, &options);
    assert_string_equal(r->results_digest, e->digest);
    assert_true(r->engine.check_passed);
    /* picked at random, so that a few may coincide */
    if (checks[i] < 64) assert_int_equal(r->engine.checked_paths, checks[i]);
    if (checks[i] >= PATHS) assert_int_equal(r->engine.checked_paths, PATHS);
  }
}

static void metrics_do_not_depend_on_the_bands(void **state) {
  expected *e = *state;
  ofr_run_options options = given_options();
  options.with_bands = false;
  const ofr_result *with = given_run(&e->given, NULL), *without = given_run(&e->given, &options);
  assert_int_equal(without->band_count, 0);
  for (int i = 0; i < with->strategy_count * with->metric_count; i++) {
    int s = i / with->metric_count, m = i % with->metric_count;
    const ofr_distribution *a = &with->strategies[s].metrics[m], *b = &without->strategies[s].metrics[m];
    assert_true(a->count == b->count && a->missing == b->missing && a->positive == b->positive && a->sum == b->sum);
    assert_memory_equal(a->square_sum, b->square_sum, sizeof a->square_sum);
    assert_memory_equal(a->quantile, b->quantile, sizeof a->quantile);
    assert_memory_equal(a->tail_sum, b->tail_sum, sizeof a->tail_sum);
  }
}

static void one_path_alone_is_a_run(void **state) {
  (void)state;
  given_plan one = given_file("tests/plans/interface.json", 1, 4096), two = given_file("tests/plans/interface.json", 2, 4096);
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
    ofr_run_options options = given_options();
    options.isa = (*v)->name;
    const ofr_result *a = given_run(&one, &options), *b = given_run(&two, &options);
    assert_int_equal(a->band_paths, 1);
    const ofr_distribution *d = &a->strategies[0].metrics[0], *both = &b->strategies[0].metrics[0];
    assert_int_equal(d->count, 1);
    assert_true(d->min == d->max && d->quantile[4] == d->min && d->sd == 0 && d->se == 0);
    assert_true(both->sum == (ofr_i128)both->min + both->max && (d->min == both->min || d->min == both->max));
  }
  given_free(&one);
  given_free(&two);
}

static void bands_beyond_the_memory_are_refused_with_what_would_help(void **state) {
  expected *e = *state;
  ofr_run_options options = given_options();
  ofr_result *result = (ofr_result *)1;
  offramp_error error = {0};
  options.max_memory = band_bytes(&e->given, BAND_PATHS) - 1;
  assert_int_equal(ofr_simulate(e->given.plan, &options, e->given.arena, &result, &error), OFFRAMP_ERR_LIMIT);
  assert_null(result);
  assert_int_equal(error.status, OFFRAMP_ERR_LIMIT);
  assert_string_equal(error.place, "/simulation/band_paths");
  assert_non_null(strstr(error.message, "band_paths"));
  assert_non_null(strstr(error.message, "--max-memory"));
  assert_int_equal(ofr_simulate(e->given.plan, &options, e->given.arena, &result, NULL), OFFRAMP_ERR_LIMIT);
}

static void an_unknown_back_end_or_instruction_set_is_refused(void **state) {
  expected *e = *state;
  ofr_result *result;
  offramp_error error = {0};
  ofr_run_options options = given_options();
  options.isa = "abacus";
  assert_int_equal(ofr_simulate(e->given.plan, &options, e->given.arena, &result, &error), OFFRAMP_ERR_DEVICE);
  assert_null(result);
  assert_non_null(strstr(error.message, "abacus"));
  options = given_options();
  options.backend = "abacus";
  assert_int_equal(ofr_simulate(e->given.plan, &options, e->given.arena, &result, &error), OFFRAMP_ERR_ARGUMENT);
  assert_null(result);
}

/* ---- interruption and progress ---- */

typedef struct watcher {
  volatile sig_atomic_t stop;
  int calls, stop_after;
  uint64_t done, total;
  int pass;
} watcher;

static void watch(void *context, const ofr_progress *progress) {
  watcher *w = context;
  if (progress->note) return;
  assert_true(progress->done <= progress->total);
  assert_true(progress->pass > w->pass ? progress->pass == w->pass + 1 : progress->done > w->done);
  w->done = progress->done;
  w->total = progress->total;
  w->pass = progress->pass;
  if (++w->calls == w->stop_after) w->stop = 1;
}

static offramp_status run_watched(expected *e, ofr_run_options options, watcher *w, ofr_result **result, offramp_error *error) {
  options.progress = watch;
  options.progress_context = w;
  options.stop = &w->stop;
  return ofr_simulate(e->given.plan, &options, e->given.arena, result, error);
}

static void a_run_stops_when_the_flag_is_set(void **state) {
  expected *e = *state;
  for (int replay = 0; replay < 2; replay++)
    for (int after = 0; after <= 9; after += 3) {
      watcher w = {.stop = after == 0, .stop_after = after};
      ofr_run_options options = given_options();
      ofr_result *result = (ofr_result *)1;
      offramp_error error = {0};
      options.batch = 200; /* four batches a pass */
      if (replay) options.max_memory = room_for(&e->given, 300);
      else if (after > 3) continue;
      assert_int_equal(run_watched(e, options, &w, &result, &error), OFFRAMP_INTERRUPTED);
      assert_null(result);
      assert_int_equal(error.status, OFFRAMP_INTERRUPTED);
      assert_int_equal(w.calls, after);
    }
}

static void a_flag_that_stays_clear_changes_nothing(void **state) {
  expected *e = *state;
  watcher w = {0};
  ofr_run_options options = given_options();
  ofr_result *result = NULL;
  offramp_error error = {0};
  options.batch = 100;
  assert_int_equal(run_watched(e, options, &w, &result, &error), OFFRAMP_OK);
  assert_string_equal(result->results_digest, e->digest);
  assert_int_equal(w.calls, 7);
  assert_int_equal(w.pass, 1);
  assert_int_equal(w.done, w.total);
  assert_int_equal(w.total, (uint64_t)PATHS * (uint64_t)e->given.plan->months * (uint64_t)e->given.plan->strategy_count);
}

static void progress_of_a_replay_counts_its_passes(void **state) {
  expected *e = *state;
  watcher w = {0};
  ofr_run_options options = given_options();
  ofr_result *result = NULL;
  offramp_error error = {0};
  options.max_memory = room_for(&e->given, 300);
  assert_int_equal(run_watched(e, options, &w, &result, &error), OFFRAMP_OK);
  assert_true(w.pass >= 2);
  assert_int_equal(w.done, w.total);
}

/* ---- path numbers of 64 bits ---- */

/* Columns of paths first .. first + n - 1, path after path. */
static int64_t *by_batch(const given_plan *given, const char *isa, uint64_t first, uint32_t n) {
  size_t columns = (size_t)given->plan->strategy_count * (size_t)given->staged.columns;
  int64_t *values = malloc(columns * n * sizeof *values), *turned = malloc(columns * n * sizeof *turned);
  offramp_error error = {0};
  ofr_device *device = NULL;
  ofr_open_options open = {.crew = ofr_crew_create(2), .isa = isa};
  ofr_batch batch = {.first_path = first, .paths = n, .points = 1, .columns = values, .stride = n};
  assert_true(values && turned && open.crew);
  assert_int_equal(ofr_backend_cpu.open(&open, &device, &error), OFFRAMP_OK);
  assert_int_equal(ofr_backend_cpu.upload(device, given->staged.image, 1, &error), OFFRAMP_OK);
  assert_int_equal(ofr_backend_cpu.submit(device, &batch, &error), OFFRAMP_OK);
  assert_int_equal(ofr_backend_cpu.collect(device, &batch, &error), OFFRAMP_OK);
  ofr_backend_cpu.close(device);
  ofr_crew_destroy(open.crew);
  for (size_t i = 0; i < columns; i++)
    for (uint32_t p = 0; p < n; p++) turned[p * columns + i] = values[i * n + p];
  free(values);
  return turned;
}

static void alone(const given_plan *given, const ofr_path_version *version, uint64_t path, int64_t *values) {
  int64_t clamped[16] = {0};
  ofr_job job = {.path_low = (uint32_t)path, .path_high = (uint32_t)(path >> 32), .paths = 1, .points = 1, .stride = 1};
  ofr_outputs outputs = {.columns = values, .clamped = clamped};
  version->paths(given->staged.image, &job, &outputs, 0, 1);
}

static void paths_beyond_32_bits_are_those_paths_evaluated_alone(void **state) {
  expected *e = *state;
  enum { N = 300 }; /* more than a chunk of every version */
  static const uint64_t firsts[] = {((uint64_t)1 << 32) - 133, (uint64_t)1 << 32, ((uint64_t)1 << 48) - 150, UINT64_MAX - 299};
  size_t columns = (size_t)e->given.plan->strategy_count * (size_t)e->given.staged.columns;
  int64_t *one = malloc(columns * sizeof *one), *low = malloc(columns * sizeof *low);
  assert_true(one && low);
  for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++)
    for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++) {
      int64_t *batch = by_batch(&e->given, (*v)->name, firsts[f], N);
      for (uint32_t p = 0; p < N; p++) {
        alone(&e->given, &ofr_path_baseline, firsts[f] + p, one);
        assert_memory_equal(one, batch + p * columns, columns * sizeof *one);
      }
      /* and not those of the low half of their numbers */
      alone(&e->given, &ofr_path_baseline, (uint32_t)(firsts[f] + N - 1), low);
      assert_memory_not_equal(one, low, columns * sizeof *one);
      free(batch);
    }
  free(one);
  free(low);
}

/* log2 of the multiplier is normal with deviation s = volatility x sqrt(t / 12) and mean -s^2 / 2: it passes 64 with a probability
 * that a table of the normal distribution has. */
static void months_with_a_clamped_multiplier_are_counted_once_however_batches_fall(void **state) {
  (void)state;
  enum { MONTHS = 24, MANY = 20000 };
  given_plan given = given_text("%s", JSON({
    "horizon": {"start": "2026-01", "months": 24}, "reference_accelerator": "A", "accelerators": [{"name": "A"}],
    "simulation": {"paths": 20000, "band_paths": 1}, "providers": [{"name": "p"}], "factors": [{"name": "wild", "volatility": 3}],
    "workloads": [{"name": "w", "demand": 100, "unmet_cost": 1, "speed": {"A": 1}, "factors": {"wild": 1}}],
    "pools": [{"name": "k", "provider": "p", "accelerator": "A", "price": 2, "capacity": 10}],
    "strategies": [{"name": "one"}, {"name": "two"}]}));
  double expected = 0;
  for (int t = 1; t < MONTHS; t++) {
    double deviation = 3 * sqrt(t / 12.0);
    expected += MANY * erfc((log(64) + deviation * deviation / 2) / deviation / sqrt(2)) / 2;
  }
  uint64_t first = 0;
  for (int i = 0; i < 4; i++) {
    ofr_run_options options = given_options();
    options.batch = (uint32_t[]){0, 977, 4000, 20000}[i];
    options.threads = 1 + i % 2;
    const ofr_result *r = given_run(&given, &options);
    if (i == 0) first = r->clamped_path_months;
    assert_int_equal(r->clamped_path_months, first);
  }
  assert_true(fabs((double)first / expected - 1) < 0.25); /* months of a path go together: some 5 standard errors */
  given_free(&given);
}

#define TEST(text, function)                                                                                                   \
  { text, function, NULL, NULL, NULL }

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST("the digest does not depend on threads", the_digest_does_not_depend_on_threads),
      TEST("the digest does not depend on the batch size", the_digest_does_not_depend_on_the_batch_size),
      TEST("the digest does not depend on the instruction set", the_digest_does_not_depend_on_the_instruction_set),
      TEST("the digest does not depend on whether paths are stored or replayed",
           the_digest_does_not_depend_on_whether_paths_are_stored_or_replayed),
      TEST("the digest does not depend on how many paths are checked",
           the_digest_does_not_depend_on_how_many_paths_are_checked),
      TEST("metrics do not depend on the bands", metrics_do_not_depend_on_the_bands),
      TEST("one path alone is a run", one_path_alone_is_a_run),
      TEST("bands beyond the memory are refused with what would help",
           bands_beyond_the_memory_are_refused_with_what_would_help),
      TEST("an unknown back end or instruction set is refused", an_unknown_back_end_or_instruction_set_is_refused),
      TEST("a run stops when the flag is set", a_run_stops_when_the_flag_is_set),
      TEST("a flag that stays clear changes nothing", a_flag_that_stays_clear_changes_nothing),
      TEST("progress of a replay counts its passes", progress_of_a_replay_counts_its_passes),
      TEST("months with a clamped multiplier are counted once, however batches fall",
           months_with_a_clamped_multiplier_are_counted_once_however_batches_fall),
      TEST("paths beyond 32 bits are those paths evaluated alone", paths_beyond_32_bits_are_those_paths_evaluated_alone),
  };
  return cmocka_run_group_tests_name("simulate", tests, set_up, tear_down);
}
