#include "bench_plan.h"
#include <math.h>

/* ---- the plan ---- */

static const char *const providers[] = {"anchor", "rival", "third", "fourth"};
static const char *const accelerators[] = {"H100", "B200", "custom"};

/* A number with all its digits, whatever the locale. */
static void number(ofr_text *out, const char *before, double value) {
  ofr_text_add(out, before);
  ofr_text_number(out, value);
}

static void month(ofr_text *out, const char *before, int t) { ofr_text_printf(out, "%s\"%04d-%02d\"", before, 2026 + t / 12, t % 12 + 1); }

static void add_workload(ofr_text *out, const ofr_bench_size *size, int w) {
  static const struct { const char *name; double demand, growth, unmet; const char *factors; double b200, custom; } kinds[] = {
      {"serving", 20000, 0.18, 12, "{\"ai-demand\": 1, \"scarcity\": 0.2}", 2.2, 1.3},
      {"training", 16000, 0.18, 9, "{\"ai-demand\": 0.7, \"research\": 0.8}", 2.5, 0.9},
      {"batch", 10000, 0.2, 4.5, "{\"ai-demand\": 0.5, \"research\": 0.4}", 2.0, 1.1}};
  /* as much demand for each pool as at the reference size */
  double scale = size->pools / 12.0 * 3.0 / size->workloads;
  ofr_text_printf(out, "%s\n    {\"name\": \"%s-%d\"", w ? "," : "", kinds[w % 3].name, w / 3 + 1);
  number(out, ", \"demand\": {\"start\": ", kinds[w % 3].demand * scale);
  number(out, ", \"growth\": ", kinds[w % 3].growth);
  number(out, "}, \"unmet_cost\": ", kinds[w % 3].unmet);
  ofr_text_printf(out, ", \"factors\": %s", kinds[w % 3].factors);
  number(out, ", \"speed\": {\"H100\": 1, \"B200\": ", kinds[w % 3].b200);
  number(out, ", \"custom\": ", kinds[w % 3].custom);
  ofr_text_add(out, "}");
  if (size->clauses & OFR_BENCH_DUTY) number(out, ", \"duty\": ", 0.7 + 0.1 * (w % 3));
  if (size->clauses & OFR_BENCH_EGRESS) number(out, ", \"home\": \"anchor\", \"data_gb_per_hour\": ", 0.2 + 0.1 * (w % 3));
  ofr_text_add(out, "}");
}

static void add_pool(ofr_text *out, const ofr_bench_size *size, int k) {
  static const struct { double price, price_growth, capacity, capacity_growth; } kinds[] = {
      {3.1, -0.12, 9000, 0.05}, {2.6, -0.1, 5000, 0.02},  {2.9, -0.11, 4000, 0.06}, {3.4, -0.14, 6000, 0.01},
      {6.2, -0.13, 3000, 0.35}, {5.3, -0.12, 2500, 0.28}, {5.6, -0.1, 1500, 0.3},   {6.7, -0.15, 2000, 0.25},
      {2.7, -0.1, 1500, 0.4},   {2.4, -0.08, 3000, 0.2},  {2.9, -0.12, 2000, 0.28}, {3.2, -0.13, 2500, 0.2}};
  static const char *const factors[] = {"{\"gpu-price\": 1, \"scarcity\": 0.3}", "{\"gpu-price\": 0.8, \"scarcity\": 0.7}",
                                        "{\"scarcity\": 0.4}"};
  int kind = k % 12, group = kind / 4;
  ofr_text_printf(out, "%s\n    {\"name\": \"%s-%s-%d\", \"provider\": \"%s\", \"accelerator\": \"%s\"", k ? "," : "",
                  providers[k % 4], accelerators[group], k / 12 + 1, providers[k % 4], accelerators[group]);
  number(out, ", \"price\": {\"start\": ", kinds[kind].price * (1 + 0.01 * (k / 12)));
  number(out, ", \"growth\": ", kinds[kind].price_growth);
  number(out, "}, \"capacity\": {\"start\": ", kinds[kind].capacity);
  number(out, ", \"growth\": ", kinds[kind].capacity_growth);
  ofr_text_printf(out, "}, \"factors\": %s", factors[group]);
  if (size->clauses & OFR_BENCH_SLIP) ofr_text_add(out, ", \"slip_mean\": 3, \"slip_max\": 12, \"availability\": 0.98");
  ofr_text_add(out, "}");
}

/* A promise in `windows` equal windows over the horizon; `amount` is what it asks for in ten years. */
static void add_commitment(ofr_text *out, const ofr_bench_size *size, const char *provider, int windows, double amount) {
  if (windows > size->months) windows = size->months;
  ofr_text_printf(out, "{\"name\": \"%s-floor\", \"type\": \"commitment\", \"provider\": \"%s\"", provider, provider);
  if (size->clauses & OFR_BENCH_TERMS) ofr_text_add(out, ", \"deferral\": 0.25, \"carry_forward\": 0.5, \"relief\": 0.5");
  if (size->clauses & OFR_BENCH_CREDIT) ofr_text_add(out, ", \"credit_months\": 6");
  ofr_text_add(out, ", \"windows\": [");
  for (int i = 0; i < windows; i++) {
    int from = size->months * i / windows, to = size->months * (i + 1) / windows;
    month(out, i ? ", {\"from\": " : "{\"from\": ", from);
    month(out, ", \"to\": ", to - 1);
    number(out, ", \"amount\": ", floor(amount * size->pools / 12 * (to - from) / 120));
    ofr_text_add(out, "}");
  }
  ofr_text_add(out, "]}");
}

static void add_contracts(ofr_text *out, const ofr_bench_size *size) {
  const char *comma = "";
  const unsigned c = size->clauses;
#define NEXT (ofr_text_add(out, comma), ofr_text_add(out, "\n    "), comma = ",")
  if (c & OFR_BENCH_COMMITMENT) {
    NEXT;
    add_commitment(out, size, "anchor", 2, 5.6e9);
    if (size->pools > 1) NEXT, add_commitment(out, size, "rival", 3, 2.6e9);
  }
  if (c & OFR_BENCH_RESERVATION)
    for (int k = 0; k < size->pools && k < 12; k += 4) {
      NEXT;
      ofr_text_printf(out, "{\"name\": \"block-%d\", \"type\": \"reservation\", \"pool\": \"%s-%s-1\", \"accelerators\": 500, \"price\": 2, "
                      "\"use_price\": 0.1, \"upfront\": 0.2}", k / 4 + 1, providers[k % 4], accelerators[k / 4]);
    }
  if (c & OFR_BENCH_EXCLUSIVITY) {
    NEXT;
    ofr_text_add(out, "{\"name\": \"only-anchor\", \"type\": \"exclusivity\", \"provider\": \"anchor\", \"workloads\": [\"serving-1\"], "
                      "\"overflow\": \"open\"}");
  }
  if (c & OFR_BENCH_FIRST_REFUSAL && size->workloads > 1) {
    NEXT;
    ofr_text_add(out, "{\"name\": \"asked-first\", \"type\": \"first_refusal\", \"provider\": \"anchor\", \"workloads\": [\"training-1\"], "
                      "\"premium\": 0.05, \"accept\": 0.8}");
  }
  if (c & OFR_BENCH_DISCOUNT) {
    NEXT;
    ofr_text_add(out, "{\"name\": \"volume\", \"type\": \"discount\", \"provider\": \"anchor\", \"tiers\": [[0, 0], [1e8, 0.05], [1e9, 0.1]], "
                      "\"period\": \"year\"}");
  }
  if (c & OFR_BENCH_GRANT) {
    NEXT;
    ofr_text_add(out, "{\"name\": \"welcome\", \"type\": \"grant\", \"provider\": \"anchor\", \"amount\": 1e8, \"kind\": \"credit\"}");
  }
  if (c & OFR_BENCH_EXIT) {
    NEXT;
    month(out, "{\"name\": \"way-out\", \"type\": \"exit\", \"contract\": \"anchor-floor\", \"fee\": 0.5, \"below\": 0.6, \"at\": ", size->months / 2);
    ofr_text_add(out, "}");
  }
#undef NEXT
}

static void add_strategies(ofr_text *out, const ofr_bench_size *size) {
  static const char *const pulls[] = {"\"pace\"", "\"full\"", "0.5", "\"none\""};
  for (int s = 0; s < size->strategies; s++) { /* no two alike: those would be placed once */
    ofr_text_printf(out, "%s\n    {\"name\": \"strategy %d\"", s ? "," : "", s + 1);
    if (s < 4) ofr_text_printf(out, ", \"pull\": %s", pulls[s]);
    else number(out, ", \"pull\": ", 0.5 + 0.02 * s);
    if (size->clauses & OFR_BENCH_MAX_SHARE && !(size->clauses & OFR_BENCH_FIRST_REFUSAL)) number(out, ", \"max_share\": ", 0.6 + 0.02 * s);
    ofr_text_add(out, "}");
  }
}

void ofr_bench_plan(const ofr_bench_size *size, uint64_t paths, ofr_text *out) {
  ofr_text_printf(out, "{\"name\": \"bench\", \"horizon\": {\"start\": \"2026-01\", \"months\": %d, \"discount_rate\": 0.08},\n", size->months);
  ofr_text_printf(out, "  \"reference_accelerator\": \"H100\", \"simulation\": {\"paths\": %llu, \"seed\": 12},\n", (unsigned long long)paths);
  ofr_text_add(out, "  \"accelerators\": [{\"name\": \"H100\", \"vendor\": \"NVIDIA\"}, {\"name\": \"B200\", \"vendor\": \"NVIDIA\"}, "
                    "{\"name\": \"custom\", \"vendor\": \"own\"}],\n  \"providers\": [");
  for (int g = 0; g < 4; g++)
    ofr_text_printf(out, "%s{\"name\": \"%s\"%s}", g ? ", " : "", providers[g], size->clauses & OFR_BENCH_EGRESS ? ", \"egress_per_gb\": 0.05" : "");
  ofr_text_add(out, "],\n  \"factors\": [{\"name\": \"ai-demand\", \"volatility\": 0.22}, {\"name\": \"gpu-price\", \"volatility\": 0.25, "
                    "\"reversion\": 0.5},\n    {\"name\": \"scarcity\", \"volatility\": 0.2, \"reversion\": 1.2}, {\"name\": \"research\", "
                    "\"volatility\": 0.18, \"reversion\": 0.2}],\n  \"correlations\": [[\"ai-demand\", \"gpu-price\", 0.4], "
                    "[\"gpu-price\", \"scarcity\", 0.3], [\"ai-demand\", \"research\", 0.2]],\n  \"workloads\": [");
  for (int w = 0; w < size->workloads; w++) add_workload(out, size, w);
  ofr_text_add(out, "],\n  \"pools\": [");
  for (int k = 0; k < size->pools; k++) add_pool(out, size, k);
  ofr_text_add(out, "],\n  \"contracts\": [");
  add_contracts(out, size);
  ofr_text_add(out, "],\n  \"events\": [\n    {\"name\": \"gpu-shortage\", \"rate\": 0.3, \"mean_duration\": 6, \"effects\": [{\"pools\": "
                    "{\"accelerator\": [\"H100\", \"B200\"]}, \"capacity\": 0.8, \"price\": 1.2}]},\n    {\"name\": \"price-war\", \"rate\": 0.25, "
                    "\"mean_duration\": 9, \"effects\": [{\"pools\": {\"provider\": ");
  ofr_text_add(out, size->pools > 1 ? "[\"rival\", \"third\", \"fourth\"]" : "[\"anchor\"]");
  ofr_text_add(out, "}, \"price\": 0.8}]}],\n  \"strategies\": [");
  add_strategies(out, size);
  ofr_text_add(out, "]}\n");
}
