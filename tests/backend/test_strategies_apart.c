/* A strategy's numbers are its own: they do not depend on which others a plan has beside it, on their order, nor on the plans
 * of the same shape that share a batch. On random plans whose strategies differ from one another in little, each beside itself
 * alone, to the bit; under the failure of an anchor, too.
 *
 * `test_strategies_apart FIRST COUNT` tries COUNT plans from seed FIRST on instead; with a third argument, those of them on
 * kernels that are compiled for the plan, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../naive/random_dice.h"
#include "../stage/given_plan.h"
#include "base/error.h"
#include "stage/stakeholder_run.h"
#include "subjects.h"

enum { PATHS = 19, FIRST_PATH = 3000, BATCH = 11, BAND_PATHS = 13, MOST_POINTS = 3 };

static uint64_t first_seed = 1;
static int seeds = 40;
static bool compiled;
static char plan_name[64];

static cJSON *get(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

/* ---- points: the same plan with other numbers ---- */

static bool is_number_of_a_sweep(const char *key) {
  static const char *const keys[] = {"amount",  "start", "unmet_cost",       "use_price",
                                     "premium", "fee",   "data_gb_per_hour", "opening"};
  for (size_t i = 0; key && i < sizeof keys / sizeof *keys; i++)
    if (strcmp(key, keys[i]) == 0) return true;
  return false;
}

static void shake(cJSON *item, dice *d) {
  if (cJSON_IsNumber(item) && is_number_of_a_sweep(item->string))
    cJSON_SetNumberValue(item, item->valuedouble * uniform(d, 0.6, 1.0));
  for (cJSON *child = item->child; child; child = child->next) shake(child, d);
}

/* ---- images ---- */

/* As given_text, and as `run` simulates it: with every strategy once more under a failure. */
static given_plan stage(const cJSON *plan) {
  char *text = cJSON_PrintUnformatted(plan);
  given_plan given = given_text("%s", text);
  offramp_error error = {0};
  cJSON_free(text);
  if (!given.plan->stakeholders) return given;
  ofr_image_free(&given.staged);
  given.plan = ofr_plan_for_stakeholders(given.plan, given.arena);
  if (!given.plan || ofr_image_build(given.plan, &given.staged, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  return given;
}

/* The points whose shape is that of the first, one image after the other; which they are goes to `taken`. */
static ofr_image *join(given_plan *points, int count, int *taken, int *joined) {
  size_t bytes = points[0].staged.image->bytes;
  char *all = aligned_alloc(64, (size_t)count * bytes);
  assert_non_null(all);
  *joined = 0;
  for (int i = 0; i < count; i++) {
    if (!ofr_images_alike(points[0].staged.image, points[i].staged.image)) continue;
    memcpy(all + (size_t)*joined * bytes, points[i].staged.image, bytes);
    taken[(*joined)++] = i;
  }
  return (ofr_image *)all;
}

/* ---- one of them alone ---- */

static void keep_one_strategy(cJSON *plan, int s) {
  cJSON *strategies = get(plan, "strategies");
  for (int i = cJSON_GetArraySize(strategies) - 1; i >= 0; i--)
    if (i != s) cJSON_DeleteItemFromArray(strategies, i);
}

/* Of blocks of `rows` rows, the one at `index`. */
static const int64_t *block_of(const int64_t *values, size_t rows, size_t index, size_t width) {
  return values + rows * index * width;
}

/* Strategy `s` of point `k`, of those that stand together, and all there is of the one alone. */
static void expect_alone(const batch_values *together, int strategies, int failing, int k, int s, const batch_values *alone,
                         const char *device) {
  size_t columns = alone->columns / (failing < strategies ? 2 : 1), months = alone->months;
  bool same = true;
  for (int twin = 0; twin < (failing < strategies ? 2 : 1); twin++)
    same &= memcmp(block_of(together->column, columns, (size_t)(k * strategies + twin * failing + s), PATHS),
                   block_of(alone->column, columns, (size_t)twin, PATHS), columns * PATHS * sizeof(int64_t)) == 0;
  same &= memcmp(block_of(together->band, months, (size_t)(k * failing + s), BAND_PATHS), alone->band,
                 months * BAND_PATHS * sizeof(int64_t)) == 0;
  same &= memcmp(block_of(together->sum, months, (size_t)(k * failing + s), 1), alone->sum, months * sizeof(int64_t)) == 0;
  if (!same) fail_msg("%s, %s: strategy %d of point %d is another when alone", plan_name, device, s, k);
}

static bool takes_part(const subject *x) { return compiled || x->backend == &ofr_backend_cpu; }

/* Alone, it is computed by the baseline. */
static void check_strategy(const cJSON *point, const batch_values *together, int failing, int strategies, int k, int s) {
  cJSON *plan = cJSON_Duplicate(point, true);
  keep_one_strategy(plan, s);
  given_plan given = stage(plan);
  batch_values alone = values_of(&subjects[0], given.staged.image, 1, FIRST_PATH, PATHS, PATHS, BAND_PATHS);
  for (int i = 0; i < subject_count; i++)
    if (takes_part(&subjects[i])) expect_alone(&together[i], strategies, failing, k, s, &alone, subjects[i].name);
  batch_values_free(&alone);
  given_free(&given);
  cJSON_Delete(plan);
}

static void check_plan(cJSON *const *json, int *joined_points) {
  given_plan points[MOST_POINTS];
  batch_values together[MOST_SUBJECTS];
  int taken[MOST_POINTS], joined;
  for (int k = 0; k < MOST_POINTS; k++) points[k] = stage(json[k]);
  ofr_image *all = join(points, MOST_POINTS, taken, &joined);
  for (int i = 0; i < subject_count; i++)
    if (takes_part(&subjects[i])) together[i] = values_of(&subjects[i], all, joined, FIRST_PATH, PATHS, BATCH, BAND_PATHS);
  const ofr_image *im = points[0].staged.image;
  for (int k = 0; k < joined; k++)
    for (int s = 0; s < im->failing; s++) check_strategy(json[taken[k]], together, im->failing, im->strategies, k, s);
  for (int i = 0; i < subject_count; i++)
    if (takes_part(&subjects[i])) batch_values_free(&together[i]);
  for (int k = 0; k < MOST_POINTS; k++) given_free(&points[k]);
  free(all);
  *joined_points += joined;
}

static void check_random(uint64_t seed, bool large, int strategies, int *joined) {
  dice d = {.state = seed ^ 0xa9a97};
  cJSON *json[MOST_POINTS] = {random_plan(seed, large, RANDOM_EVERY_CLAUSE)};
  random_relatives(seed, strategies, json[0]);
  snprintf(plan_name, sizeof plan_name, "random plan %llu%s", (unsigned long long)seed, large ? ", large" : "");
  for (int k = 1; k < MOST_POINTS; k++) shake(json[k] = cJSON_Duplicate(json[0], true), &d);
  check_plan(json, joined);
  for (int k = 0; k < MOST_POINTS; k++) cJSON_Delete(json[k]);
}

static void a_strategy_alone_is_what_it_is_beside_others(void **state) {
  int joined = 0;
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) check_random(seed, false, 9, &joined);
  assert_true(joined > 2 * seeds); /* or points were never put to the test */
}

static void a_strategy_of_a_large_plan_is_too(void **state) {
  int joined = 0;
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds / 8; seed++) check_random(seed, true, 12, &joined);
}

static int find_more_subjects(void **state) {
  int found = find_subjects(state), versions = subject_count;
  for (int i = 0; i < versions && compiled; i++) {
    if (subjects[i].backend != &ofr_backend_cpu) continue;
    assert_true(subject_count < MOST_SUBJECTS);
    subject *x = &subjects[subject_count++];
    *x = subjects[i];
    x->options.kernel = "compiled";
    snprintf(x->name + strlen(x->name), sizeof x->name - strlen(x->name), ", compiled");
  }
  return found;
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_strategy_alone_is_what_it_is_beside_others),
                                     cmocka_unit_test(a_strategy_of_a_large_plan_is_too)};
  if (argc >= 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  compiled = argc > 3;
  return cmocka_run_group_tests_name("strategies apart", tests, find_more_subjects, forget_subjects);
}
