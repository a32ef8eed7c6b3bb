#include "toy_clauses.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CONTRACTS = 8, PER_PLAN = 16, YEARLY = 1, LEAVE = 2 /* bits of a set */ };

static const char *const contracts[CONTRACTS] = {"yearly", "leave", "tiers", "term", "block", "only", "match", "gift"};
static const char *const pulls[TOY_PULLS] = {"\"none\"", "\"full\"", "\"pace\"", "0.6"};

/* Everything that a set of terms says, one line each: market, the contracts in their order, strategies. */
static const struct {
  const char *market, *more[CONTRACTS], *strategy;
} terms[TOY_TERMS] = {
    {"\"duty\": 1",
     {"\"credit_months\": 1", "\"contract\": \"yearly\", \"at\": \"2026-03\", \"fee\": 0.4",
      "\"tiers\": [[0, 0], [400000, 0.13], [1100000, 0.31]]", "\"opening\": 457000", "\"price\": 1.3",
      "\"overflow\": \"unmet\"", "\"premium\": 0.1", "\"kind\": \"credit\", \"amount\": 911000"},
     ""},
    {"\"duty\": 0.8, \"home\": \"anchor\", \"data_gb_per_hour\": 12",
     {"\"counts\": 0.57, \"shortfall_rate\": 0.7, \"credit_months\": 2, \"deferral\": 0.3",
      "\"contract\": \"yearly\", \"at\": [\"2026-01\", \"2026-02\", \"2026-04\"], \"fee\": 1, \"below\": 0.71",
      "\"basis\": \"all_units\", \"tiers\": [[0, 0], [700000, 0.11], [1300000, 0.29], [1900000, 0.17]]",
      "\"carry_forward\": 0.5",
      "\"price\": {\"start\": 1.3, \"growth\": -0.2}, \"use_price\": 0.37, \"lot\": 7, \"upfront\": 0.3, \"to\": \"2026-03\"",
      "\"overflow\": \"open\"", "\"premium\": 0, \"from\": \"2026-02\"",
      "\"kind\": \"cash\", \"amount\": 1511000, \"from\": \"2025-11\", \"to\": \"2026-03\""},
     ""},
    {"\"duty\": 0.9, \"home\": \"rival\", \"data_gb_per_hour\": 3",
     {"\"credit_months\": 3, \"relief\": 0.8, \"carry_forward\": 1",
      "\"contract\": \"block\", \"at\": [\"2026-03\", \"2026-04\"], \"fee\": 0.25, \"below\": 0.93",
      "\"basis\": \"all_units\", \"period\": \"year\", \"from\": \"2025-03\", \"tiers\": [[0, 0.05], [500000, 0.5]]",
      "\"opening\": 211000, \"shortfall_rate\": 1.3", "\"price\": 0.9, \"use_price\": 1.1",
      "\"overflow\": \"unmet\", \"from\": \"2026-03\"", "\"premium\": 0.25, \"accept\": 0.5",
      "\"kind\": \"credit\", \"amount\": 2711000, \"from\": \"2026-02\""},
     ", \"max_share\": 0.55"}};

static const char world[] =
    "{\"name\": \"toy\", \"horizon\": {\"start\": \"2026-01\", \"months\": 4, \"discount_rate\": 0.1},"
    " \"reference_accelerator\": \"H100\", \"simulation\": {\"seed\": 1},"
    " \"accelerators\": [{\"name\": \"H100\", \"vendor\": \"NVIDIA\"}, {\"name\": \"own\", \"vendor\": \"anchor\"}],"
    " \"providers\": [{\"name\": \"anchor\", \"egress_per_gb\": 0.07}, {\"name\": \"rival\", \"egress_per_gb\": 0.11}],"
    " \"workloads\": ["
    "  {\"name\": \"chat\", \"demand\": {\"start\": 613, \"growth\": 0.9}, \"unmet_cost\": 7.1, \"speed\": {\"H100\": 1, "
    "\"own\": 1.37}, %s},"
    "  {\"name\": \"train\", \"demand\": 401, \"unmet_cost\": 2.9, \"speed\": {\"H100\": 1, \"own\": 0.83}}],"
    " \"pools\": ["
    "  {\"name\": \"big\", \"provider\": \"anchor\", \"accelerator\": \"own\", \"price\": 3.17, \"capacity\": {\"start\": 377, "
    "\"growth\": 0.7}, \"availability\": 0.9},"
    "  {\"name\": \"small\", \"provider\": \"rival\", \"accelerator\": \"H100\", \"price\": 2.03, \"capacity\": {\"start\": "
    "531, \"growth\": 0.5}}],"
    " \"contracts\": ["
    "  {\"name\": \"yearly\", \"type\": \"commitment\", \"provider\": \"anchor\", %s, \"windows\": ["
    "   {\"from\": \"2026-01\", \"to\": \"2026-02\", \"amount\": 1511000}, {\"from\": \"2026-03\", \"to\": \"2026-04\", "
    "\"amount\": 1733000}]},"
    "  {\"name\": \"leave\", \"type\": \"exit\", %s},"
    "  {\"name\": \"tiers\", \"type\": \"discount\", \"provider\": \"anchor\", %s},"
    "  {\"name\": \"term\", \"type\": \"commitment\", \"provider\": \"anchor\", %s, \"windows\": ["
    "   {\"from\": \"2025-12\", \"to\": \"2026-05\", \"amount\": 4321000}]},"
    "  {\"name\": \"block\", \"type\": \"reservation\", \"pool\": \"big\", \"accelerators\": 151, \"from\": \"2026-02\", %s},"
    "  {\"name\": \"only\", \"type\": \"exclusivity\", \"provider\": \"anchor\", \"workloads\": [\"train\"], %s},"
    "  {\"name\": \"match\", \"type\": \"first_refusal\", \"provider\": \"anchor\", \"workloads\": [\"chat\"], %s},"
    "  {\"name\": \"gift\", \"type\": \"grant\", \"provider\": \"anchor\", %s}],"
    " \"events\": [{\"name\": \"it\", \"at\": \"2026-02\", \"duration\": 2, \"effects\": [{%s}]}], \"strategies\": [";

const char *toy_clauses_happening(int happening) {
  static char text[80];
  if (happening == 0) return "\"workloads\": \"*\", \"demand\": 1";
  if (happening == 1) return "\"pools\": {\"name\": \"big\"}, \"capacity\": 0.43";
  if (happening == 2) return "\"pools\": {\"provider\": [\"rival\"]}, \"price\": 1.9";
  happening -= 3;
  const char *what = happening >= CONTRACTS + 1 ? "void" : "suspend";
  int which = happening % (CONTRACTS + 1);
  snprintf(text, sizeof text, "\"contracts\": \"%s\", \"%s\": true", which == CONTRACTS ? "*" : contracts[which], what);
  return text;
}

/* The sets in which nobody leaves what he did not sign, numbered from 0. */
static int set_of(int index, int left_by) {
  for (int set = 0;; set++)
    if ((!(set & LEAVE) || set & left_by) && index-- == 0) return set;
}

size_t toy_clauses_plan(int part, int pull, int t, int happening, char *text, size_t room) {
  const char *const *more = terms[t].more;
  int left_by = strstr(more[1], "yearly") ? YEARLY : 16;
  size_t n = (size_t)snprintf(text, room, world, terms[t].market, more[0], more[1], more[2], more[3], more[4], more[5], more[6],
                              more[7], toy_clauses_happening(happening));
  for (int i = 0; i < PER_PLAN; i++) {
    int set = set_of(PER_PLAN * part + i, left_by);
    n += (size_t)snprintf(text + n, room - n, "%s{\"name\": \"set %d\", \"pull\": %s%s, \"contracts\": [", i ? ", " : "", set,
                          pulls[pull], terms[t].strategy);
    for (int c = 0, first = 1; c < CONTRACTS; c++)
      if (set >> c & 1) n += (size_t)snprintf(text + n, room - n, "%s\"%s\"", first ? "" : ", ", contracts[c]), first = 0;
    n += (size_t)snprintf(text + n, room - n, "]}");
  }
  return n + (size_t)snprintf(text + n, room - n, "]}");
}
