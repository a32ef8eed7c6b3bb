/* Sizing on futures that the user brings: LandS (Louveaux and Smeers 1988), its four sizes chosen, at least 12 of them for at
 * most 120. The published least cost is 225.63. By default every fifth demand level stands for five; all million futures with
 * OFFRAMP_SLOW=1. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "given_plan.h"
#include "stage/optimize.h"

/* A unit of LandS is 43,750 accelerators, so that demands in steps of 0.04 are whole ones. */
#define UNIT  43750.0
#define MONEY (UNIT * 730)

static const char *file_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "lands-%ld.csv", (long)getpid());
  return name;
}

/* Demands 0, 0.04 .. 3.96 each; with fewer levels each is the middle of those that it stands for. */
static void write_futures(int levels) {
  static const char *const names[] = {"base", "middle", "peak"};
  FILE *out = fopen(file_name(), "wb");
  int step = 175000 / levels;
  assert_non_null(out);
  fputs("path,month,name,value\n", out);
  for (int path = 0; path < levels * levels * levels; path++)
    for (int w = 0, level = path; w < 3; w++, level /= levels)
      fprintf(out, "%d,2026-01,%s,%d\n", path, names[w], level % levels * step + (step - 1750) / 2);
  assert_int_equal(fclose(out), 0);
}

static int remove_file(void **state) {
  (void)state;
  remove(file_name());
  return 0;
}

/* clang-format off */
#define BLOCK_OF(i, size, price, use)                                                                                          \
  "{\"name\": \"r" #i "\", \"type\": \"reservation\", \"pool\": \"k" #i "\", \"accelerators\": " #size ", \"price\": " #price ", "       \
  "\"use_price\": " #use "}"
#define SIZE(i) "\"/contracts/r" #i "/accelerators\": "

static given_plan lands(void) {
  return given_text("{" JSON(
    "horizon": {"start": "2026-01", "months": 1}, "reference_accelerator": "a", "accelerators": [{"name": "a"}],
    "providers": [{"name": "p"}],
    "workloads": [{"name": "base", "demand": 0, "unmet_cost": 1000, "speed": {"a": 1}},
                  {"name": "middle", "demand": 0, "unmet_cost": 1000, "duty": 0.6, "speed": {"a": 1}},
                  {"name": "peak", "demand": 0, "unmet_cost": 1000, "duty": 0.1, "speed": {"a": 1}}],
    "pools": [{"name": "k1", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0},
              {"name": "k2", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0},
              {"name": "k3", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0},
              {"name": "k4", "provider": "p", "accelerator": "a", "price": 1, "capacity": 0}]) ", "
    "\"contracts\": [" BLOCK_OF(1, 36750, 10, 40) ", " BLOCK_OF(2, 148750, 7, 45) ", "
                       BLOCK_OF(3, 82250, 16, 32) ", " BLOCK_OF(4, 257250, 6, 55) "], "
    "\"futures\": {\"file\": \"%s\"}, \"optimize\": {"
    "\"variables\": {" SIZE(1) "[0, 525000], " SIZE(2) "[0, 525000], " SIZE(3) "[0, 525000], " SIZE(4) "[0, 525000]}, "
    "\"constraints\": [{\"min\": 525000, \"terms\": {" SIZE(1) "1, " SIZE(2) "1, " SIZE(3) "1, " SIZE(4) "1}}, "
    "{\"max\": 5250000, \"terms\": {" SIZE(1) "10, " SIZE(2) "7, " SIZE(3) "16, " SIZE(4) "6}}]}}", file_name());
}
/* clang-format on */

static void size_lands(int levels) {
  ofr_run_options options = given_options();
  ofr_optimum *o = NULL;
  offramp_error error = {0};
  double sum = 0;
  write_futures(levels);
  given_plan given = lands();
  if (ofr_optimize(given.plan, &options, given.arena, &o, &error) != OFFRAMP_OK) fail_msg("%s", error.message);
  for (int i = 0; i < 4; i++) sum += o->size[i] / UNIT;
  if (fabs(o->cost.mean / MONEY - 225.63) > 0.05) fail_msg("LandS costs %.6f", o->cost.mean / MONEY);
  assert_true(sum >= 12 - 1e-6);
  /* the plan has the published sizes: nothing on these futures may be dearer than they are */
  assert_true(o->has_written && o->is_written_allowed && o->cost.mean <= o->written.mean * (1 + 1e-9));
  assert_true(o->paths == given.plan->paths && !o->has_gap); /* there are no other futures */
  given_free(&given);
}

static void lands_is_sized_as_published(void **state) {
  (void)state;
  size_lands(20);
}

static void lands_is_sized_as_published_on_all_its_futures(void **state) {
  (void)state;
  const char *slow = getenv("OFFRAMP_SLOW");
  if (!slow || strcmp(slow, "1")) skip();
  size_lands(100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(lands_is_sized_as_published, remove_file),
      cmocka_unit_test_teardown(lands_is_sized_as_published_on_all_its_futures, remove_file),
  };
  return cmocka_run_group_tests_name("optimize on given futures", tests, NULL, NULL);
}
