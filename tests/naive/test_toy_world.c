/* Worlds small enough to try everything. The first: 3 pools at 2 clouds, 2 workloads, 4 months, fixed inputs. All sixteen sets
 * of four contracts are the strategies of one plan; pull, share, overflow, terms and what happens in the second month go
 * through all combinations. The second, with every kind of contract: see toy_clauses.h. `test_toy_world
 * thorough` leaves none out. */
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
#include "explained.h"
#include "naive.h"
#include "toy_clauses.h"

static const char *const pulls[] = {"\"none\"", "\"full\"", "\"pace\"", "0.6"};
static const char *const shares[] = {"1", "0.55"};
static const char *const overflows[] = {"unmet", "open"};

static const char *const markets[] = {"\"duty\": 1", "\"duty\": 0.8, \"home\": \"anchor\", \"data_gb_per_hour\": 12"};
static const char *const yearly[] = {"\"counts\": 1, \"shortfall_rate\": 1",
                                     "\"counts\": {\"big\": 0.53}, \"shortfall_rate\": 0.7"};
static const char *const blocks[] = {"\"pool\": \"small\", \"price\": 1.3",
                                     "\"pool\": \"rest\", \"price\": {\"start\": 1.3, \"growth\": -0.2}, \"use_price\": 0.37, "
                                     "\"lot\": 7, \"upfront\": 0.3, \"to\": \"2026-03\""};

static const char *const happenings[] = {"",
                                         "\"pools\": {\"name\": \"big\"}, \"capacity\": 0.43",
                                         "\"pools\": {\"provider\": [\"rival\"]}, \"price\": 3.1",
                                         "\"workloads\": [\"chat\"], \"demand\": 1.7",
                                         "\"contracts\": [\"yearly\"], \"suspend\": true",
                                         "\"contracts\": [\"term\"], \"suspend\": true",
                                         "\"contracts\": [\"block\"], \"suspend\": true",
                                         "\"contracts\": [\"only\"], \"suspend\": true",
                                         "\"contracts\": \"*\", \"suspend\": true",
                                         "\"contracts\": [\"yearly\"], \"void\": true",
                                         "\"contracts\": [\"term\"], \"void\": true",
                                         "\"contracts\": [\"block\"], \"void\": true",
                                         "\"contracts\": [\"only\"], \"void\": true",
                                         "\"contracts\": \"*\", \"void\": true"};

enum { COUNT_HAPPENINGS = sizeof happenings / sizeof *happenings };

static const char world[] =
    "{\"name\": \"toy\", \"horizon\": {\"start\": \"2026-01\", \"months\": 4, \"discount_rate\": 0.1},"
    " \"reference_accelerator\": \"H100\", \"simulation\": {\"seed\": 1},"
    " \"accelerators\": [{\"name\": \"H100\", \"vendor\": \"NVIDIA\"}, {\"name\": \"own\", \"vendor\": \"anchor\"}],"
    " \"providers\": [{\"name\": \"anchor\", \"egress_per_gb\": 0.07}, {\"name\": \"rival\"}],"
    " \"workloads\": ["
    "  {\"name\": \"chat\", \"demand\": {\"start\": 613, \"growth\": 0.9}, \"unmet_cost\": 7.1, \"speed\": {\"H100\": 1, "
    "\"own\": 1.37}, %s},"
    "  {\"name\": \"train\", \"demand\": 401, \"unmet_cost\": 2.9, \"speed\": {\"H100\": 1}}],"
    " \"pools\": ["
    "  {\"name\": \"big\", \"provider\": \"anchor\", \"accelerator\": \"own\", \"price\": 3.17, \"capacity\": 377},"
    "  {\"name\": \"small\", \"provider\": \"rival\", \"accelerator\": \"H100\", \"price\": 2.03, \"capacity\": {\"start\": "
    "331, \"growth\": 0.5}},"
    "  {\"name\": \"rest\", \"provider\": \"anchor\", \"accelerator\": \"H100\", \"price\": 2.71, \"capacity\": 97}],"
    " \"contracts\": ["
    "  {\"name\": \"yearly\", \"type\": \"commitment\", \"provider\": \"anchor\", %s, \"windows\": ["
    "   {\"from\": \"2026-01\", \"to\": \"2026-02\", \"amount\": 1511000}, {\"from\": \"2026-03\", \"to\": \"2026-04\", "
    "\"amount\": 1733000}]},"
    "  {\"name\": \"term\", \"type\": \"commitment\", \"provider\": \"anchor\", \"opening\": 457000, \"windows\": ["
    "   {\"from\": \"2025-12\", \"to\": \"2026-05\", \"amount\": 4321000}]},"
    "  {\"name\": \"block\", \"type\": \"reservation\", \"accelerators\": 151, \"from\": \"2026-02\", %s},"
    "  {\"name\": \"only\", \"type\": \"exclusivity\", \"provider\": \"anchor\", \"workloads\": [\"chat\"], \"overflow\": "
    "\"%s\"}],"
    " \"events\": [%s%s%s],"
    " \"strategies\": [";

static char *write_world(int pull, int share, int overflow, int terms, int happening) {
  static const char *const contracts[] = {"yearly", "term", "block", "only"};
  static char text[16384];
  const char *what = happenings[happening];
  size_t n = (size_t)snprintf(text, sizeof text, world, markets[terms], yearly[terms], blocks[terms], overflows[overflow],
                              *what ? "{\"name\": \"it\", \"at\": \"2026-02\", \"duration\": 2, \"effects\": [{" : "", what,
                              *what ? "}]}" : "");
  for (int set = 0; set < 16; set++) {
    n += (size_t)snprintf(text + n, sizeof text - n,
                          "%s{\"name\": \"set %d\", \"pull\": %s, \"max_share\": %s, \"contracts\": [", set ? ", " : "", set,
                          pulls[pull], shares[share]);
    for (int c = 0, first = 1; c < 4; c++)
      if (set >> c & 1)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\"%s\"", first ? "" : ", ", contracts[c]), first = 0;
    n += (size_t)snprintf(text + n, sizeof text - n, "]}");
  }
  snprintf(text + n, sizeof text - n, "]}");
  return text;
}

static bool world_agrees(const char *text, naive_report *report) {
  cJSON *plan = cJSON_Parse(text), *explain = explained_text(text, 0);
  assert_non_null(plan);
  if (!explain) report->disagreements++;
  else naive_check(plan, explain, report);
  cJSON_Delete(explain);
  cJSON_Delete(plan);
  return report->disagreements == 0;
}

/* A world that disagrees is left behind. */
static void fail_world(const char *text, const naive_report *report) {
  char file[64];
  snprintf(file, sizeof file, "toy-world-%ld.json", (long)getpid());
  FILE *out = fopen(file, "wb");
  if (out && fputs(text, out) >= 0) fclose(out);
  fail_msg("%s: %s", file, report->first);
}

static void check_all_worlds(void **state) {
  (void)state;
  naive_report report = {0};
  for (int i = 0; i < 4 * 2 * 2 * 2 * COUNT_HAPPENINGS; i++) {
    int pull = i % 4, share = i / 4 % 2, overflow = i / 8 % 2, terms = i / 16 % 2, happening = i / 32;
    const char *text = write_world(pull, share, overflow, terms, happening);
    if (!world_agrees(text, &report)) fail_world(text, &report);
  }
  print_message("%ld numbers compared\n", report.compared);
}

static bool thorough; /* what happens to contracts, under every pull, not every second */

static void check_all_clauses(void **state) {
  static char text[65536];
  (void)state;
  naive_report report = {0};
  for (int i = 0; i < TOY_PARTS * TOY_PULLS * TOY_TERMS * TOY_HAPPENINGS; i++) {
    int part = i % TOY_PARTS, pull = i / TOY_PARTS % TOY_PULLS, terms = i / TOY_PARTS / TOY_PULLS % TOY_TERMS;
    int happening = i / TOY_PARTS / TOY_PULLS / TOY_TERMS;
    if (!thorough && happening >= 3 && (pull + happening) % 2) continue;
    assert_true(toy_clauses_plan(part, pull, terms, happening, text, sizeof text) < sizeof text);
    if (!world_agrees(text, &report)) fail_world(text, &report);
  }
  print_message("%ld numbers compared\n", report.compared);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      {"every combination of terms in a toy world agrees with the naive model", check_all_worlds, NULL, NULL, NULL},
      {"every combination of clauses in a toy world agrees with the naive model", check_all_clauses, NULL, NULL, NULL},
  };
  (void)argv;
  thorough = argc > 1;
  return cmocka_run_group_tests_name("toy world", tests, NULL, NULL);
}
