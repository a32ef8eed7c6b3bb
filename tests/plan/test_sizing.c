/* Sizes put into a plan, and sizes that constraints allow. */
#include "plan_fixture.h"
#include <math.h>

static const ofr_plan *with(fixture *f, const char *accelerators, const char *optimize) {
  set(f, "/contracts/1",
      "{\"name\": \"block\", \"type\": \"reservation\", \"pool\": \"coreweave-h100\", \"accelerators\": 8000, "
      "\"price\": 2, \"to\": \"2027-12\"}");
  set(f, "/events/1/effects/0/contracts", "[\"block\"]");
  set(f, "/strategies/0/contracts", "[\"azure-floor\"]");
  set(f, "/strategies/1/contracts", "[\"azure-floor\", \"block\"]");
  set(f, "/contracts/1/accelerators", accelerators);
  set(f, "/contracts/1/lot", "64");
  set(f, "/contracts/0/windows", "[{\"from\": \"2028-01\", \"amount\": 7}, {\"to\": \"2026-12\", \"amount\": 3}]");
  set(f, "/optimize", optimize);
  return read_good(f);
}

/* The curve that the reader makes of a plan in which the values are written. */
static void assert_as_written(fixture *f, const ofr_plan *sized, const char *pointer, const char *value, const char *other,
                              const char *other_value) {
  set(f, pointer, value);
  if (other) set(f, other, other_value);
  const ofr_plan *written = read_good(f);
  for (int c = 0; c < 2; c++) {
    const ofr_contract *a = &sized->contracts[c], *b = &written->contracts[c];
    assert_int_equal(a->window_count, b->window_count);
    for (int w = 0; w < a->window_count; w++) assert_true(a->windows[w].amount == b->windows[w].amount);
    for (int t = 0; a->type == OFR_RESERVATION && t < sized->months; t++)
      if (fabs(a->accelerators.at[t] - b->accelerators.at[t]) > 1e-9 * b->accelerators.max)
        fail_msg("month %d: %g, not %g", t, a->accelerators.at[t], b->accelerators.at[t]);
    if (a->type == OFR_RESERVATION) assert_true(fabs(a->accelerators.max - b->accelerators.max) <= 1e-9 * b->accelerators.max);
  }
}

static void a_sized_plan_is_what_the_file_with_these_values_reads_as(void **state) {
  fixture *f = *state;
  const ofr_plan *plan = with(f, "500",
                              "{\"strategy\": \"free\", \"variables\": {\"/contracts/azure-floor/windows/1/amount\": [0, 5e9], "
                              "\"/contracts/block/accelerators\": [0, 9000]}}");
  const double values[2] = {1.25e9, 130};
  const ofr_plan *sized = ofr_plan_sized(plan, values, f->arena);
  assert_int_equal(sized->strategy_count, 1);
  assert_string_equal(sized->strategies[0].name, "free");
  assert_true(plan->contracts[1].accelerators.at[0] == 512 && sized->contracts[1].accelerators.at[0] == 192);
  assert_true(sized->contracts[1].accelerators.at[30] == 0);
  assert_as_written(f, sized, "/contracts/block/accelerators", "130", "/contracts/azure-floor/windows/1/amount", "1.25e9");
}

static void growing_curves_and_single_points_are_sized_in_proportion(void **state) {
  fixture *f = *state;
  const ofr_plan *plan = with(f, "{\"start\": 500, \"growth\": 0.5}",
                              "{\"strategy\": \"free\", \"variables\": {\"/contracts/block/accelerators/start\": [0, 900]}}");
  const double start[1] = {333};
  assert_as_written(f, ofr_plan_sized(plan, start, f->arena), "/contracts/block/accelerators/start", "333", NULL, NULL);
  set(f, "/optimize",
      "{\"strategy\": \"free\", \"variables\": {\"/contracts/block/accelerators/points/0/1\": [0, 900], "
      "\"/contracts/block/accelerators/points/2/1\": [0, 900]}}");
  set(f, "/contracts/1/accelerators", "{\"points\": [[\"2026-03\", 100], [\"2026-09\", 400], [\"2027-06\", 50]]}");
  const double points[2] = {712, 33};
  assert_as_written(f, ofr_plan_sized(read_good(f), points, f->arena), "/contracts/block/accelerators/points/0/1", "712",
                    "/contracts/block/accelerators/points/2/1", "33");
}

/* ---- constraints ---- */

static double weights[3][2] = {{1, 1}, {3, -1}, {1, 0}};
static const ofr_variable two[2] = {{.from = 0, .to = 10}, {.from = 20, .to = 40}};
static const ofr_linear_constraint three[3] = {{weights[0], 35, INFINITY}, {weights[1], -INFINITY, -10}, {weights[2], 2, 2}};

static void constraints_tell_what_is_allowed(void **state) {
  (void)state;
  ofr_sizing s = {.variable_count = 2, .variables = two, .constraint_count = 2, .constraints = three};
  const double good[2] = {5, 30}, low[2] = {4, 30}, steep[2] = {9, 36}, outside[2] = {5, 41};
  assert_true(ofr_sizing_allows(&s, good));
  assert_false(ofr_sizing_allows(&s, low));
  assert_false(ofr_sizing_allows(&s, steep));
  assert_false(ofr_sizing_allows(&s, outside));
}

/* Against a fine grid: no allowed point of it is nearer. */
static void the_nearest_allowed_values_are_found(void **state) {
  (void)state;
  ofr_sizing s = {.variable_count = 2, .variables = two, .constraint_count = 2, .constraints = three};
  for (int trial = 0; trial < 40; trial++) {
    const double wish[2] = {(trial * 7 % 13) - 1.5, 15 + trial * 11 % 30};
    double found[2], least = INFINITY;
    assert_true(ofr_sizing_nearest(&s, wish, found));
    assert_true(ofr_sizing_allows(&s, found));
    double a = fmin(fmax(wish[0], 0), 10), b = fmin(fmax(wish[1], 20), 40);
    for (int i = 0; i <= 100; i++)
      for (int j = 0; j <= 100; j++) {
        const double at[2] = {i * 0.1, 20 + j * 0.2};
        if (ofr_sizing_allows(&s, at)) least = fmin(least, fabs(at[0] - a) / 10 + fabs(at[1] - b) / 20);
      }
    assert_true(fabs(found[0] - a) / 10 + fabs(found[1] - b) / 20 <= least + 1e-9);
    if (ofr_sizing_allows(&s, wish)) assert_true(found[0] == wish[0] && found[1] == wish[1]);
  }
  s.constraint_count = 3;
  const double wish[2] = {7, 30};
  double found[2];
  assert_true(ofr_sizing_nearest(&s, wish, found));
  assert_true(fabs(found[0] - 2) < 1e-9 && fabs(found[1] - 33) < 1e-8);
}

static void what_cannot_be_met_is_told(void **state) {
  (void)state;
  const ofr_linear_constraint apart[2] = {{weights[0], 35, INFINITY}, {weights[0], -INFINITY, 34}};
  ofr_sizing s = {.variable_count = 2, .variables = two, .constraint_count = 2, .constraints = apart};
  const double wish[2] = {5, 30};
  double found[2];
  assert_false(ofr_sizing_nearest(&s, wish, found));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_sized_plan_is_what_the_file_with_these_values_reads_as),
      TEST(growing_curves_and_single_points_are_sized_in_proportion),
      cmocka_unit_test(constraints_tell_what_is_allowed),
      cmocka_unit_test(the_nearest_allowed_values_are_found),
      cmocka_unit_test(what_cannot_be_met_is_told),
  };
  return cmocka_run_group_tests_name("sizes", tests, NULL, NULL);
}
