/* The hand-filled result: see fixture.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "fixture.h"
#include "report/statistics.h"

enum { MONTHS = 36, YEARS = 3, PROVIDERS = 3, VENDORS = 2, POOLS = 3, WORKLOADS = 2, PATHS = 10000 };

#define NEW(arena, type, count) ((type *)ofr_arena_alloc(arena, (size_t)(count), sizeof(type)))

static ofr_curve flat(ofr_arena *arena, double value) {
  double *at = NEW(arena, double, MONTHS);
  for (int t = 0; t < MONTHS; t++) at[t] = value;
  return (ofr_curve){at, value};
}

static void fill_contracts(ofr_plan *plan, ofr_arena *arena) {
  static const double counts[POOLS] = {1, 1, 0};
  static const bool all[WORKLOADS] = {true, true};
  plan->contract_count = 3;
  plan->contracts = NEW(arena, ofr_contract, 3);
  ofr_window *window = NEW(arena, ofr_window, 1);
  *window = (ofr_window){.span = {0, MONTHS - 1, 0, MONTHS - 1}, .amount = 2.5e9};
  plan->contracts[0] = (ofr_contract){.name = "azure-floor",
                                      .type = OFR_COMMITMENT,
                                      .windows = window,
                                      .window_count = 1,
                                      .counts = counts,
                                      .shortfall_rate = 1};
  plan->contracts[1] = (ofr_contract){.name = "only-azure", .type = OFR_EXCLUSIVITY, .covers = all, .span = {0, 11, 0, 11}};
  plan->contracts[2] = (ofr_contract){.name = "block",
                                      .type = OFR_RESERVATION,
                                      .pool = 2,
                                      .accelerators = flat(arena, 1000),
                                      .price = flat(arena, 2.1),
                                      .span = {0, 35, 0, 35}};
}

static void fill_strategies(ofr_plan *plan, ofr_arena *arena, int count) {
  static const bool signs[3][3] = {{true, true, false}, {true, false, false}, {false, false, true}};
  static const char *const names[] = {"tied", "free", "no promise"};
  static const bool providers[PROVIDERS] = {true, true, true};
  plan->strategy_count = count;
  plan->strategies = NEW(arena, ofr_strategy, count);
  for (int s = 0; s < count; s++)
    plan->strategies[s] = (ofr_strategy){.name = s < 3 ? names[s] : ofr_arena_printf(arena, "s%d", s),
                                         .signed_contracts = signs[s < 3 ? s : 1],
                                         .providers = providers};
}

static ofr_plan *make_plan(ofr_arena *arena, int strategies) {
  static const char *vendors[] = {"NVIDIA", "Microsoft"};
  static const char *const provider_names[] = {"azure", "coreweave", "aws"}, *const pool_names[] = {"azure-h100", "azure-maia",
                                                                                                    "coreweave-h100"};
  ofr_plan *plan = NEW(arena, ofr_plan, 1);
  *plan = (ofr_plan){.name = "two clouds, one promise",
                     .file = "plan.json",
                     .start_year = 2026,
                     .start_month = 1,
                     .months = MONTHS,
                     .discount_rate = 0.08,
                     .paths = PATHS,
                     .seed = 20251028,
                     .band_paths = 4096,
                     .vendor_count = VENDORS,
                     .provider_count = PROVIDERS,
                     .workload_count = WORKLOADS,
                     .pool_count = POOLS,
                     .event_count = 2};
  plan->vendors = vendors;
  plan->providers = NEW(arena, ofr_provider, PROVIDERS);
  for (int p = 0; p < PROVIDERS; p++) plan->providers[p].name = provider_names[p];
  plan->pools = NEW(arena, ofr_pool, POOLS);
  for (int k = 0; k < POOLS; k++)
    plan->pools[k] = (ofr_pool){.name = pool_names[k], .provider = k / 2, .price = flat(arena, 2.9)};
  plan->workloads = NEW(arena, ofr_workload, WORKLOADS);
  plan->workloads[0] = (ofr_workload){.name = "training", .unmet_cost = 9, .duty = 1, .home = 0};
  plan->workloads[1] = (ofr_workload){.name = "inference", .unmet_cost = 6, .duty = 1, .home = -1};
  plan->events = NEW(arena, ofr_event, 2);
  plan->events[0].name = "gpu-shortage";
  plan->events[1].name = "ruling";
  fill_contracts(plan, arena);
  fill_strategies(plan, arena, strategies);
  return plan;
}

static ofr_metric *make_metrics(ofr_arena *arena, int *count) {
  static const char *const money[] = {"total_cost",  "cash_cost",      "usage_cost", "reservation_cost",
                                      "egress_cost", "shortfall_cost", "unmet_cost", "nominal_cash"};
  ofr_metric *m = NEW(arena, ofr_metric, 64);
  int n = 0;
  for (int i = 0; i < 8; i++) m[n++] = (ofr_metric){OFR_GROUP_METRIC, 0, money[i], OFR_UNIT_MONEY, false, 1e-6};
  m[n++] = (ofr_metric){OFR_GROUP_METRIC, 0, "served", OFR_UNIT_RATIO, true, 1e-9};
  m[n++] = (ofr_metric){OFR_GROUP_METRIC, 0, "unit_cost", OFR_UNIT_UNIT_COST, false, 1.0 / 1048576};
  m[n++] = (ofr_metric){OFR_GROUP_METRIC, 0, "concentration", OFR_UNIT_RATIO, false, 1e-9};
  for (int p = 0; p < PROVIDERS; p++) {
    m[n++] = (ofr_metric){OFR_GROUP_PROVIDER, p, "revenue", OFR_UNIT_MONEY, false, 1e-6};
    m[n++] = (ofr_metric){OFR_GROUP_PROVIDER, p, "share", OFR_UNIT_RATIO, false, 1e-9};
  }
  for (int v = 0; v < VENDORS; v++) m[n++] = (ofr_metric){OFR_GROUP_VENDOR, v, "share", OFR_UNIT_RATIO, false, 1e-9};
  m[n++] = (ofr_metric){OFR_GROUP_COMMITMENT, 0, "counted", OFR_UNIT_MONEY, false, 1e-6};
  m[n++] = (ofr_metric){OFR_GROUP_COMMITMENT, 0, "charge", OFR_UNIT_MONEY, false, 1e-6};
  m[n++] = (ofr_metric){OFR_GROUP_COMMITMENT, 0, "utilisation", OFR_UNIT_RATIO, false, 1e-9};
  *count = n;
  return m;
}

void fixture_set(fixture *f, ofr_distribution *d, double scale, double mean, double sd) {
  static const double z[OFR_QUANTILES] = {-2.3, -1.6, -1.3, -0.7, 0, 0.7, 1.3, 1.6, 2.3};
  d->count = f->result->paths;
  d->mean = mean;
  d->sd = sd;
  d->se = sd / sqrt((double)d->count);
  d->positive = mean > 0 ? d->count : 0;
  d->min = llround((mean - 3 * sd) / scale);
  d->max = llround((mean + 3 * sd) / scale);
  for (int q = 0; q < OFR_QUANTILES; q++) d->quantile[q] = llround((mean + z[q] * sd) / scale);
  d->cvar95 = mean + 2 * sd;
  d->cvar99 = mean + 2.6 * sd;
}

ofr_distribution *fixture_metric(fixture *f, int strategy, ofr_metric_group group, int subject, const char *name) {
  int i = ofr_metric_index(f->result, group, subject, name);
  assert_true(i >= 0);
  return &f->result->strategies[strategy].metrics[i];
}

static void set(fixture *f, int strategy, ofr_metric_group group, int subject, const char *name, double mean, double sd) {
  double scale = f->result->metrics[ofr_metric_index(f->result, group, subject, name)].scale;
  fixture_set(f, fixture_metric(f, strategy, group, subject, name), scale, mean, sd);
}

/* In million dollars: total, cash, usage, reservation, egress, shortfall, unmet, nominal. */
static const double costs[3][8] = {{13242.4, 9120.3, 8921.0, 0, 12.7, 186.6, 4122.1, 9870.2},
                                   {12411.3, 11880.0, 11690.3, 0, 155.3, 34.4, 531.3, 12990.9},
                                   {12530.9, 11999.1, 11312.0, 551.9, 135.2, 0, 531.8, 13101.4}};
static const char *const cost_names[8] = {"total_cost",  "cash_cost",      "usage_cost", "reservation_cost",
                                          "egress_cost", "shortfall_cost", "unmet_cost", "nominal_cash"};

static void fill_metrics(fixture *f, int s) {
  static const double served[3] = {0.861, 0.984, 0.9839}, share[3][3] = {{1, 0, 0}, {0.61, 0.39, 0}, {0.48, 0.52, 0}};
  int like = s < 3 ? s : 1;
  double more = s < 3 ? 1 : 1 + 0.1 * s;
  for (int i = 0; i < 8; i++)
    set(f, s, OFR_GROUP_METRIC, 0, cost_names[i], 1e6 * costs[like][i] * more, 1e6 * costs[like][i] * more * 0.22);
  set(f, s, OFR_GROUP_METRIC, 0, "served", served[like], 0.004);
  fixture_metric(f, s, OFR_GROUP_METRIC, 0, "served")->cvar95 = served[like] - 0.06;
  set(f, s, OFR_GROUP_METRIC, 0, "unit_cost", 2.75, 0.125);
  set(f, s, OFR_GROUP_METRIC, 0, "concentration", like == 0 ? 1 : 0.52, 0.1);
  for (int p = 0; p < PROVIDERS; p++) {
    set(f, s, OFR_GROUP_PROVIDER, p, "revenue", 1e6 * costs[like][1] * more * share[like][p], 1e8);
    set(f, s, OFR_GROUP_PROVIDER, p, "share", share[like][p], 0.01);
  }
  set(f, s, OFR_GROUP_VENDOR, 0, "share", 0.93, 0.01);
  set(f, s, OFR_GROUP_VENDOR, 1, "share", 0.07, 0.01);
  set(f, s, OFR_GROUP_COMMITMENT, 0, "counted", 2.611e9, 1e8);
  set(f, s, OFR_GROUP_COMMITMENT, 0, "utilisation", like == 0 ? 0.925 : 0.986, 0.01);
  set(f, s, OFR_GROUP_COMMITMENT, 0, "charge", like == 0 ? 186.6e6 : 34.4e6, 7e7);
  fixture_metric(f, s, OFR_GROUP_COMMITMENT, 0, "charge")->positive = like == 0 ? 4400 : 1210;
}

static void fill_series(fixture *f, int s) {
  static const char *const names[] = {"demand", "served", "cash", "charges", "price_paid"};
  ofr_result *r = f->result;
  ofr_strategy_result *sr = &r->strategies[s];
  sr->bands = NEW(f->arena, ofr_band, r->band_count);
  sr->years = NEW(f->arena, ofr_year, r->band_count * YEARS);
  for (int b = 0; b < r->band_count; b++) {
    ofr_band *band = &sr->bands[b];
    ofr_i128 *sum = NEW(f->arena, ofr_i128, MONTHS);
    *band = (ofr_band){.name = b < 5 ? names[b] : "revenue",
                       .provider = b < 5 ? -1 : b - 5,
                       .scale = b == 1 ? 1e-9 : 1e-6,
                       .sum = sum,
                       .sum_shift = 3,
                       .year_scale = b == 4 ? 0 : 1e-6};
    for (int q = 0; q < OFR_BAND_QUANTILES; q++) {
      int64_t *values = NEW(f->arena, int64_t, MONTHS);
      for (int t = 0; t < MONTHS; t++) values[t] = INT64_C(1000000) * (100 * b + 10 * q + t);
      band->quantile[q] = values;
    }
    for (int t = 0; t < MONTHS; t++) sum[t] = (ofr_i128)(1000000 * (t + 1)) * (int64_t)r->paths / 8;
    for (int y = 0; y < YEARS; y++) {
      double mean = b == 3 ? (y == 2 ? 41.2e6 : 0) : 1e9 * (y + 2) * (1 + 0.1 * s);
      sr->years[b * YEARS + y] = (ofr_year){2026 + y, mean, mean * 0.7, mean * 0.98, mean * 1.5};
    }
  }
}

static void fill_comparisons(fixture *f) {
  ofr_result *r = f->result;
  r->comparisons = NEW(f->arena, ofr_comparison, OFR_MAX_STRATEGIES * OFR_MAX_STRATEGIES);
  for (int a = 0; a < r->strategy_count; a++)
    for (int b = a + 1; b < r->strategy_count; b++) {
      double ma = fixture_metric(f, a, OFR_GROUP_METRIC, 0, "total_cost")->mean;
      double mb = fixture_metric(f, b, OFR_GROUP_METRIC, 0, "total_cost")->mean;
      ofr_comparison *c = &r->comparisons[r->comparison_count++];
      *c = (ofr_comparison){
          .a = a, .b = b, .count = r->paths, .sum = (ofr_i128)((ma - mb) * 1e6) * PATHS, .square_sum = {1, 1, 0}};
      c->mean = ma - mb;
      c->se = fabs(ma - mb) * 0.0125;
      c->a_wins = ma < mb ? r->paths * 87 / 100 : r->paths * 13 / 100;
      c->b_wins = r->paths - c->a_wins;
      c->win_share = (double)c->a_wins / (double)r->paths;
      c->cash_sum = c->sum * 2;
      c->unmet_sum = -c->sum;
      c->break_even = a == 0 && b == 1 ? 0.769 : NAN;
    }
}

static ofr_result *make_result(fixture *f) {
  ofr_result *r = NEW(f->arena, ofr_result, 1);
  f->result = r;
  r->plan = f->plan;
  memset(r->plan_digest, 'a', 64);
  memset(r->results_digest, 'b', 64);
  r->paths = r->weight = PATHS, r->seed = f->plan->seed, r->band_paths = 4096;
  r->accelerator_quantum = 0.25, r->money_quantum = 1e-6;
  r->metrics = make_metrics(f->arena, &r->metric_count);
  r->band_count = 5 + PROVIDERS, r->year_count = YEARS;
  r->strategy_count = f->plan->strategy_count;
  r->strategies = NEW(f->arena, ofr_strategy_result, r->strategy_count);
  for (int s = 0; s < r->strategy_count; s++) {
    r->strategies[s].metrics = NEW(f->arena, ofr_distribution, r->metric_count);
    fill_metrics(f, s);
    fill_series(f, s);
  }
  fill_comparisons(f);
  r->engine = (ofr_engine_facts){.backend = "cpu",
                                 .device = "AMD EPYC 9354, avx2",
                                 .threads = 2,
                                 .seconds = 1.25,
                                 .path_months_per_second = 864000,
                                 .checked_paths = 16,
                                 .check_passed = true};
  return r;
}

static void fill_trace_strategy(fixture *f, ofr_trace_strategy *s, int t, int strategy) {
  int slots = f->trace->slot_count;
  int64_t *placed = NEW(f->arena, int64_t, WORKLOADS * slots), *served = NEW(f->arena, int64_t, WORKLOADS * slots);
  int64_t *unserved = NEW(f->arena, int64_t, WORKLOADS), *revenue = NEW(f->arena, int64_t, PROVIDERS);
  ofr_trace_contract *state = NEW(f->arena, ofr_trace_contract, f->plan->contract_count);
  s->matched = NEW(f->arena, int64_t, WORKLOADS * slots), s->matched_spend = NEW(f->arena, int64_t, WORKLOADS * slots);
  placed[0] = 60000, served[0] = 60000 * 128;
  placed[slots + (strategy == 2 ? 3 : 1)] = 4000, served[slots + (strategy == 2 ? 3 : 1)] = 5200 * 128;
  unserved[0] = strategy == 0 ? 20001 * 128 : 0;
  s->usage = INT64_C(31755000123456), s->reservation = strategy == 2 ? INT64_C(1533000000000) : 0;
  s->egress = 7, s->unmet = strategy == 0 ? INT64_C(32851642500000) : 0;
  revenue[0] = s->usage + s->egress, revenue[1] = s->reservation;
  if (strategy < 2) state[0] = (ofr_trace_contract){.counted = s->usage * (t + 1)};
  if (strategy < 2 && t == MONTHS - 1) {
    state[0].required = INT64_C(2500000000000000);
    state[0].charge = state[0].required - state[0].counted;
    s->shortfall = state[0].charge;
    revenue[0] += s->shortfall;
  }
  s->placed = placed, s->served = served, s->unserved = unserved, s->revenue = revenue, s->contracts = state;
}

static ofr_trace *make_trace(fixture *f) {
  static const ofr_slot slots[] = {{0, -1}, {1, -1}, {2, -1}, {2, 2}};
  static const int slip[POOLS] = {3, 0, 0};
  static const double price[POOLS] = {2.9, 2.25, 3.2};
  ofr_trace *trace = NEW(f->arena, ofr_trace, 1);
  f->trace = trace;
  *trace = (ofr_trace){.plan = f->plan,
                       .path = 17,
                       .seed = f->plan->seed,
                       .accelerator_quantum = 0.25,
                       .work_unit = 0.25 / 128,
                       .money_quantum = 1e-6,
                       .slot_count = 4,
                       .slots = slots,
                       .slip = slip};
  ofr_trace_month *months = NEW(f->arena, ofr_trace_month, MONTHS);
  for (int t = 0; t < MONTHS; t++) {
    int64_t *demand = NEW(f->arena, int64_t, WORKLOADS), *capacity = NEW(f->arena, int64_t, POOLS);
    bool *active = NEW(f->arena, bool, 2);
    ofr_trace_strategy *strategies = NEW(f->arena, ofr_trace_strategy, f->plan->strategy_count);
    demand[0] = 80001 * 128, demand[1] = 5200 * 128;
    capacity[0] = 60000, capacity[1] = 4000, capacity[2] = 100000;
    active[0] = t == 0;
    for (int s = 0; s < f->plan->strategy_count; s++) fill_trace_strategy(f, &strategies[s], t, s);
    months[t] = (ofr_trace_month){.demand = demand,
                                  .price = price,
                                  .book_price = price,
                                  .capacity = capacity,
                                  .active = active,
                                  .declined = NEW(f->arena, bool, f->plan->contract_count),
                                  .strategies = strategies};
  }
  int64_t *total = NEW(f->arena, int64_t, f->plan->strategy_count), *cash = NEW(f->arena, int64_t, f->plan->strategy_count);
  for (int s = 0; s < f->plan->strategy_count; s++)
    cash[s] = INT64_C(1100000000000001), total[s] = cash[s] + s * INT64_C(5000000000);
  trace->months = months, trace->total_cost = total, trace->cash_cost = cash;
  return trace;
}

fixture fixture_create(int strategies) {
  fixture f = {.arena = ofr_arena_create()};
  assert_non_null(f.arena);
  f.plan = make_plan(f.arena, strategies);
  make_result(&f);
  make_trace(&f);
  return f;
}

void fixture_destroy(fixture *f) { ofr_arena_destroy(f->arena); }

ofr_comparison *fixture_comparison(fixture *f, int a, int b) {
  for (int i = 0; i < f->result->comparison_count; i++)
    if (f->result->comparisons[i].a == a && f->result->comparisons[i].b == b) return &f->result->comparisons[i];
  fail();
  return NULL;
}

ofr_json *fixture_parse(fixture *f, const ofr_text *text) {
  ofr_diagnostics d = {.arena = f->arena};
  assert_false(text->failed);
  ofr_json *root = ofr_json_parse(ofr_text_chars(text), text->size, "report", f->arena, &d);
  if (root == NULL) print_error("line %d: %s\n", d.items[0].line, d.items[0].message);
  assert_non_null(root);
  return root;
}

double fixture_number(ofr_json *root, const char *pointer) {
  ofr_json *value = ofr_json_find(root, pointer);
  if (value == NULL || value->type != OFR_JSON_NUMBER) print_error("no number at %s\n", pointer);
  assert_non_null(value);
  assert_int_equal(value->type, OFR_JSON_NUMBER);
  return value->number;
}

int fixture_check_csv(const char *csv, int fields) {
  int records = 0, count = 1;
  bool quoted = false;
  for (; *csv != '\0'; csv++) {
    if (*csv == '"') quoted = !quoted;
    else if (*csv == ',' && !quoted) count++;
    else if (*csv == '\n' && !quoted) {
      assert_int_equal(count, fields);
      records++;
      count = 1;
    }
  }
  assert_false(quoted);
  return records;
}

void fixture_check_width(const char *text, int width) {
  char line[4096];
  for (const char *end; *text != '\0'; text = *end == '\0' ? end : end + 1) {
    end = text + strcspn(text, "\n");
    assert_true((size_t)(end - text) < sizeof line);
    memcpy(line, text, (size_t)(end - text));
    line[end - text] = '\0';
    if (ofr_text_width(line) > width) print_error("%d columns: %s\n", ofr_text_width(line), line);
    assert_true(ofr_text_width(line) <= width);
  }
}

ofr_text fixture_unwrapped(const ofr_text *text) {
  ofr_text plain = {0};
  bool space = false;
  for (const char *p = ofr_text_chars(text); *p != '\0'; p++) {
    bool now = *p == ' ' || *p == '\n';
    if (!now || !space) ofr_text_append(&plain, now ? " " : p, 1);
    space = now;
  }
  return plain;
}

ofr_text fixture_run(const fixture *f, const char *format, int width) {
  ofr_text text = {0};
  ofr_report_options options = ofr_report_defaults();
  options.width = width;
  ofr_report_format_find(format)->run(f->result, &options, &text);
  assert_false(text.failed);
  return text;
}

void fixture_says(const char *text, const char *part) {
  if (!strstr(text, part)) fail_msg("not found: %s\nin: %s", part, text);
}

void fixture_lacks(const char *text, const char *part) {
  if (strstr(text, part)) fail_msg("found: %s\nin: %s", part, text);
}

static void look(const fixture *f, void (*judge)(const char *, const char *), const char *sentence) {
  ofr_text text = fixture_run(f, "text", 100), plain = fixture_unwrapped(&text);
  judge(ofr_text_chars(&plain), sentence);
  ofr_text_free(&text);
  ofr_text_free(&plain);
}

void fixture_expect_sentence(const fixture *f, const char *sentence) { look(f, fixture_says, sentence); }
void fixture_expect_none(const fixture *f, const char *sentence) { look(f, fixture_lacks, sentence); }
