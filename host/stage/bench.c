#include "bench.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../backend/backend.h"
#include "../backend/cpu_steps.h"
#include "../base/error.h"
#include "../base/json.h"
#include "../plan/image.h"
#include "ceilings.h"

enum { FIRST_PATHS = 4096, MOST_PATHS = 1 << 24, STEPPED_PATHS = 64, MOST_GPUS = 32, FIRST_GPU = -2 };
#define LONG_ENOUGH 0.2 /* seconds of one evaluation, where the number of paths is ours */

ofr_bench_options ofr_bench_defaults(void) {
  const ofr_bench_size size = OFR_BENCH_REFERENCE;
  ofr_bench_options o = {.backend_count = 1, .backends = {"auto"}, .workloads = {1, {size.workloads}},
                         .pools = {1, {size.pools}}, .strategies = {1, {size.strategies}}, .months = {1, {size.months}},
                         .path_count = 1, .paths = {0}, .clause_count = 1, .clauses = {size.clauses}, .seconds = 10,
                         .ceilings = true, .run = ofr_run_defaults()};
  o.run.check_paths = 1; /* every repeat must have the digest of the first */
  o.run.profile = true;
  o.run.steps = false;   /* once a row is enough */
  return o;
}

static offramp_status out_of_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: close other programs, or choose fewer axes");
}

/* ---- a plan ---- */

static const ofr_plan *make_plan(const ofr_bench_size *size, uint64_t paths, ofr_arena *arena, offramp_error *error) {
  ofr_text text = {0};
  ofr_diagnostics d = {.arena = arena};
  ofr_bench_plan(size, paths, &text);
  ofr_json *root = text.failed ? NULL : ofr_json_parse(text.data, text.size, "bench", arena, &d);
  const ofr_plan *plan = root ? ofr_plan_read(root, "bench", arena, &d) : NULL;
  ofr_text_free(&text);
  if (plan && d.errors == 0) return plan;
  if (d.count == 0) out_of_memory(error);
  else
    ofr_fail(error, OFFRAMP_ERR_PLAN, d.items[0].pointer, "no plan of this size can be made (%s): choose another size or clauses",
             d.items[0].message);
  return NULL;
}

/* ---- what a device could do ---- */

static offramp_status open_subject(const ofr_bench_options *o, const ofr_backend *backend, ofr_bench_subject *s, ofr_crew *crew,
                                   ofr_device **device, offramp_error *error) {
  const ofr_open_options open = {.device = s->index, .crew = crew, .isa = o->run.isa, .cache = o->run.cache, .profile = true,
                                 .stop = o->run.stop};
  s->threads = ofr_crew_size(crew);
  return backend->open(&open, device, error);
}

static void count_vectors(const ofr_bench_options *o, ofr_bench_subject *s, const ofr_ceiling_rates *rates, int lanes) {
  ofr_steps steps;
  s->mixed_vectors = -1;
  if (strcmp(s->backend, "cpu") || !ofr_cpu_ceiling_steps(ofr_cpu_version(o->run.isa), PROBE_MIXED, &steps)) return;
  s->mixed_vectors = rates->mixed.median / OFR_CEILING_MIXED / lanes * steps.vectors;
}

static offramp_status measure_subject(const ofr_bench_options *o, ofr_arena *arena, const ofr_backend *backend, ofr_device *device,
                                      ofr_bench_subject *s, offramp_error *error) {
  const char *name = backend->describe(device);
  ofr_ceiling_rates rates;
  uint32_t questions;
  int lanes;
  if (!(s->device = ofr_arena_copy(arena, name, strlen(name)))) return out_of_memory(error);
  if (!o->ceilings) return OFFRAMP_OK;
  backend->fill(device, &questions, &lanes);
  offramp_status status = ofr_ceilings_measure(backend, device, questions, lanes, &rates, error);
  if (status != OFFRAMP_OK) return status;
  s->ceilings[0] = (ofr_bench_ceiling){"multiply-adds", "/s", rates.multiply_adds};
  s->ceilings[1] = (ofr_bench_ceiling){"whole numbers", "/s", rates.whole_numbers};
  s->ceilings[2] = (ofr_bench_ceiling){"mixed", "/s", rates.mixed};
  s->ceilings[3] = (ofr_bench_ceiling){"memory", "B/s", rates.memory};
  s->ceiling_count = OFR_BENCH_CEILINGS;
  count_vectors(o, s, &rates, lanes);
  return OFFRAMP_OK;
}

static offramp_status open_and_measure(const ofr_bench_options *o, const ofr_backend *backend, ofr_arena *arena,
                                       ofr_bench_subject *s, offramp_error *error) {
  ofr_device *device = NULL;
  ofr_crew *crew = ofr_crew_create(o->run.threads);
  if (!crew) return out_of_memory(error);
  if (o->say) o->say(o->say_context, "measuring ceilings");
  offramp_status status = open_subject(o, backend, s, crew, &device, error);
  if (status == OFFRAMP_OK) status = ofr_backend_self_test(backend, device, error);
  if (status == OFFRAMP_OK) status = measure_subject(o, arena, backend, device, s, error);
  backend->close(device);
  ofr_crew_destroy(crew);
  return status;
}

static int gpus_of(const ofr_backend *backend, int indices[MOST_GPUS]) {
  ofr_device_info info[MOST_GPUS];
  int n = backend->list(info, MOST_GPUS), count = 0;
  for (int i = 0; i < n && i < MOST_GPUS; i++)
    if (info[i].gpu && info[i].usable && (count == 0 || info[i].driver == info[indices[0]].driver)) indices[count++] = i;
  return count;
}

static void add_ceilings(ofr_bench_subject *to, const ofr_bench_subject *from) {
  to->ceiling_count = from->ceiling_count;
  for (int i = 0; i < from->ceiling_count; i++) {
    ofr_repeats sum = from->ceilings[i].rate;
    sum.median += to->ceilings[i].rate.median;
    if (to->ceilings[i].rate.noise > sum.noise) sum.noise = to->ceilings[i].rate.noise;
    to->ceilings[i] = (ofr_bench_ceiling){from->ceilings[i].name, from->ceilings[i].unit, sum};
  }
}

/* The GPUs that `run` would use together. */
static offramp_status make_all(const ofr_bench_options *o, const ofr_backend *backend, ofr_arena *arena, ofr_bench_subject *s,
                               offramp_error *error) {
  int indices[MOST_GPUS], count = gpus_of(backend, indices);
  char name[192];
  if (count == 0) return ofr_fail(error, OFFRAMP_ERR_DEVICE, backend->name, "it has no GPU here: see `offramp devices`");
  for (int i = 0; i < count; i++) {
    ofr_bench_subject one = {.backend = backend->name, .index = indices[i]};
    offramp_status status = open_and_measure(o, backend, arena, &one, error);
    if (status != OFFRAMP_OK) return status;
    add_ceilings(s, &one);
    s->threads = one.threads;
    if (i == 0) snprintf(name, sizeof name, "%d x %.160s", count, one.device);
  }
  s->devices = count;
  return (s->device = ofr_arena_copy(arena, name, strlen(name))) ? OFFRAMP_OK : out_of_memory(error);
}

/* A back end by name, and its device, FIRST_GPU or OFR_BENCH_ALL: `auto` becomes what it means. */
static offramp_status make_subject(const ofr_bench_options *o, const char *backend_name, int index, ofr_arena *arena,
                                   ofr_bench_subject *s, offramp_error *error) {
  *s = (ofr_bench_subject){.index = index, .devices = 1, .mixed_vectors = -1};
  int first = index == FIRST_GPU || index == OFR_BENCH_ALL ? -1 : index;
  const ofr_backend *backend = ofr_backend_find(backend_name, &first, error);
  if (!backend) return error->status;
  s->backend = backend->name;
  if (index == OFR_BENCH_ALL) return make_all(o, backend, arena, s, error);
  s->index = first;
  return open_and_measure(o, backend, arena, s, error);
}

/* ---- a row ---- */

typedef struct measured { double rate, seconds, whole; char digest[65]; ofr_profile profile; } measured;

static offramp_status evaluate(const ofr_bench_options *o, const ofr_bench_subject *s, const ofr_bench_row *row, measured *m,
                               offramp_error *error) {
  ofr_arena *arena = ofr_arena_create();
  ofr_run_options run = o->run;
  ofr_result *result = NULL;
  double began = ofr_clock();
  if (!arena) return out_of_memory(error);
  run.backend = s->backend;
  run.device = s->index;
  const ofr_plan *plan = make_plan(&row->size, row->paths, arena, error);
  offramp_status status = plan ? ofr_simulate(plan, &run, arena, &result, error) : error->status;
  if (status == OFFRAMP_OK) {
    m->seconds = result->engine.seconds;
    m->whole = ofr_clock() - began;
    m->rate = result->engine.path_months_per_second;
    memcpy(m->digest, result->results_digest, sizeof m->digest);
    m->profile = result->profile ? *result->profile : (ofr_profile){0};
  }
  ofr_arena_destroy(arena);
  return status;
}

/* Paths enough for the clock, where their number is left to us; the kernel is compiled by the way. */
static offramp_status warm_up(const ofr_bench_options *o, const ofr_bench_subject *s, ofr_bench_row *row, offramp_error *error) {
  bool ours = row->paths == 0;
  ofr_bench_options quick = *o;
  measured m;
  quick.run.profile = false;
  if (ours) row->paths = FIRST_PATHS;
  for (;;) {
    offramp_status status = evaluate(&quick, s, row, &m, error);
    if (status != OFFRAMP_OK || !ours || m.seconds >= LONG_ENOUGH / 2 || row->paths >= MOST_PATHS) return status;
    double more = LONG_ENOUGH / (m.seconds > 1e-6 ? m.seconds : 1e-6), paths = (double)row->paths * (more > 32 ? 32 : more);
    row->paths = paths < MOST_PATHS ? (uint64_t)paths : MOST_PATHS;
  }
}

/* What the CPU executes for a path-month of this row, counted beside a run that nobody times. */
static bool step_row(const ofr_bench_options *o, const ofr_bench_subject *s, const ofr_bench_row *row, ofr_kernel_time *counted) {
  ofr_bench_options counting = *o;
  ofr_bench_row few = *row;
  offramp_error error;
  measured m;
  counting.run.profile = counting.run.steps = true;
  few.paths = STEPPED_PATHS;
  if (evaluate(&counting, s, &few, &m, &error) != OFFRAMP_OK || m.profile.kernel_count == 0) return false;
  *counted = m.profile.kernels[0];
  return counted->executed >= 0;
}

static void count_instructions(const ofr_bench_options *o, const ofr_bench_subject *s, ofr_bench_row *row) {
  ofr_kernel_time counted;
  row->counted = "not known";
  if (!strcmp(s->backend, "cpu")) {
    if (!o->ceilings || !step_row(o, s, row, &counted)) return;
    row->counted = "stepped";
    row->instructions = counted.executed;
    if (s->mixed_vectors > 0) row->issue_share = row->kernel_rate * counted.vectors / s->mixed_vectors;
  } else if (row->profile->kernel_count > 0 && row->profile->kernels[0].facts.instructions > 0 && row->size.strategies == 1) {
    row->counted = "static";
    row->instructions = (double)row->profile->kernels[0].facts.instructions;
    if (s->ceiling_count > 0) row->issue_share = row->kernel_rate * row->instructions / s->ceilings[2].rate.median;
  }
}

/* What the statistics of a path take of memory: written once by the kernel and read once. */
static double bytes_of_path(const ofr_bench_row *row) { return 16.0 * row->size.strategies * (COLUMN_FIXED + 2 * 4 + 2); }

/* The kernel's own time, its instructions, and what share of the ceilings these reach. */
static void read_profile(const ofr_bench_options *o, const ofr_bench_subject *s, ofr_bench_row *row, const measured *m) {
  double busy = 0, path_months = (double)row->paths * row->size.months * row->size.strategies;
  row->kernel_rate = row->instructions = row->issue_share = row->memory_share = -1;
  for (int i = 0; i < m->profile.kernel_count; i++)
    if (m->profile.kernels[i].facts.seconds > 0) busy += m->profile.kernels[i].facts.seconds;
  busy /= s->devices; /* they work side by side */
  if (busy > 0) row->kernel_rate = path_months / busy;
  count_instructions(o, s, row);
  if (busy > 0 && s->ceiling_count > 0)
    row->memory_share = (double)row->paths / busy * bytes_of_path(row) / s->ceilings[3].rate.median;
}

static offramp_status measure_row(const ofr_bench_options *o, ofr_arena *arena, const ofr_bench_subject *s, ofr_bench_row *row,
                                  offramp_error *error) {
  double rates[OFR_REPEATS_MOST], copy[OFR_REPEATS_MOST], began;
  measured m, best = {0};
  offramp_status status = o->run.once ? OFFRAMP_OK : warm_up(o, s, row, error);
  if (o->run.once && row->paths == 0) row->paths = 100000;
  began = ofr_clock();
  for (int n = 0; status == OFFRAMP_OK && n < OFR_REPEATS_MOST;) {
    status = evaluate(o, s, row, &m, error);
    if (status != OFFRAMP_OK) break;
    if (n == 0) memcpy(row->digest, m.digest, sizeof row->digest);
    else if (strcmp(row->digest, m.digest))
      return ofr_fail(error, OFFRAMP_ERR_MISMATCH, s->device, "two runs of one plan gave other bits: do not trust this device");
    rates[n++] = m.rate;
    if (m.rate > best.rate) best = m;
    memcpy(copy, rates, sizeof *rates * (size_t)n);
    row->rate = ofr_repeats_of(copy, n);
    row->start = m.whole - m.seconds;
    row->settled = ofr_repeats_settled(&row->rate);
    if (o->run.once || row->settled || ofr_clock() - began > o->seconds) break;
  }
  if (status != OFFRAMP_OK) return status;
  row->profile = ofr_arena_alloc(arena, 1, sizeof *row->profile);
  if (!row->profile) return out_of_memory(error);
  *row->profile = best.profile;
  for (int i = 0; i < row->profile->kernel_count; i++) row->profile->kernels[i].device = s->device;
  read_profile(o, s, row, &best);
  return OFFRAMP_OK;
}

/* ---- all of them ---- */

static int product(const ofr_bench_options *o) {
  double n = (double)o->clause_count * o->path_count * o->workloads.count * o->pools.count * o->strategies.count * o->months.count;
  return n <= OFR_BENCH_ROWS ? (int)n : -1;
}

/* Row i of a subject: the axes as the digits of i, paths the quickest to change. */
static ofr_bench_row row_at(const ofr_bench_options *o, int subject, int i) {
  ofr_bench_row row = {.subject = subject};
#define DIGIT(axis) axis.values[i % axis.count]; i /= axis.count
  row.paths = o->paths[i % o->path_count];
  i /= o->path_count;
  row.size.months = DIGIT(o->months);
  row.size.strategies = DIGIT(o->strategies);
  row.size.pools = DIGIT(o->pools);
  row.size.workloads = DIGIT(o->workloads);
#undef DIGIT
  row.size.clauses = o->clauses[i % o->clause_count];
  return row;
}

static void say_row(const ofr_bench_options *o, const ofr_bench_subject *s, const ofr_bench_row *row, int at, int of) {
  char text[160];
  snprintf(text, sizeof text, "%s, %d of %d: %d workloads, %d pools, %d strategies, %d months", s->backend, at, of,
           row->size.workloads, row->size.pools, row->size.strategies, row->size.months);
  if (o->say) o->say(o->say_context, text);
}

static offramp_status measure_device(const ofr_bench_options *o, const char *backend, int device, ofr_arena *arena,
                                     ofr_bench *bench, int rows, offramp_error *error) {
  ofr_bench_subject *s = &bench->subjects[bench->subject_count];
  offramp_status status = make_subject(o, backend, device, arena, s, error);
  for (int i = 0; i < rows && status == OFFRAMP_OK; i++) {
    ofr_bench_row *row = &bench->rows[bench->row_count];
    *row = row_at(o, bench->subject_count, i);
    say_row(o, s, row, i + 1, rows);
    status = measure_row(o, arena, s, row, error);
    bench->row_count += status == OFFRAMP_OK;
  }
  bench->subject_count += status == OFFRAMP_OK;
  return status;
}

/* Where no device is asked for, the first and, of several GPUs, all. */
static offramp_status measure_backend(const ofr_bench_options *o, const char *backend, ofr_arena *arena, ofr_bench *bench, int rows,
                                      offramp_error *error) {
  offramp_status status = OFFRAMP_OK;
  int indices[MOST_GPUS], first = -1;
  for (int d = 0; d < o->devices.count && status == OFFRAMP_OK; d++)
    status = measure_device(o, backend, o->devices.values[d], arena, bench, rows, error);
  if (o->devices.count > 0) return status;
  status = measure_device(o, backend, FIRST_GPU, arena, bench, rows, error);
  if (status != OFFRAMP_OK || gpus_of(ofr_backend_find(backend, &first, error), indices) < 2) return status;
  return measure_device(o, backend, OFR_BENCH_ALL, arena, bench, rows, error);
}

static offramp_status measure_all(const ofr_bench_options *o, ofr_arena *arena, ofr_bench *bench, int rows, offramp_error *error) {
  offramp_status status = OFFRAMP_OK;
  for (int b = 0; b < o->backend_count && status == OFFRAMP_OK; b++)
    status = measure_backend(o, o->backends[b], arena, bench, rows, error);
  return status;
}

offramp_status ofr_bench_run(const ofr_bench_options *options, ofr_arena *arena, ofr_bench *bench, offramp_error *error) {
  offramp_error own;
  int subjects = options->backend_count * (options->devices.count ? options->devices.count : 2), rows = product(options);
  memset(bench, 0, sizeof *bench);
  if (!error) error = &own;
  if (rows < 0 || rows * subjects > OFR_BENCH_ROWS)
    return ofr_fail(error, OFFRAMP_ERR_ARGUMENT, "", "these axes make more than %d rows: choose fewer values", OFR_BENCH_ROWS);
  bench->subjects = ofr_arena_alloc(arena, (size_t)subjects, sizeof *bench->subjects);
  bench->rows = ofr_arena_alloc(arena, (size_t)(rows * subjects), sizeof *bench->rows);
  return bench->subjects && bench->rows ? measure_all(options, arena, bench, rows, error) : out_of_memory(error);
}
