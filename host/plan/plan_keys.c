/* Every key that a plan may hold, and the search for the one that a misspelt key was meant to be. The JSON Schema says the
 * same again for editors; a test keeps the two together. */
#define _POSIX_C_SOURCE 200809L
#include "plan_reader.h"
#include <string.h>

#define REQUIRED OFR_KEY_REQUIRED
#define OPTIONAL OFR_KEY_OPTIONAL
#define LATER    OFR_KEY_LATER

static const ofr_key plan_keys[] = {
    {"$schema", OPTIONAL, "the address of the schema, for editors"},
    {"name", OPTIONAL, "a text"},
    {"horizon", REQUIRED, "{\"start\": \"2026-01\", \"months\": 36}"},
    {"reference_accelerator", REQUIRED, "the name of the accelerator that is the unit of work"},
    {"simulation", OPTIONAL, "{\"paths\": 100000, \"seed\": 20251028}"},
    {"accelerators", REQUIRED, "a list of {\"name\", \"vendor\"}"},
    {"providers", REQUIRED, "a list of {\"name\", \"egress_per_gb\"}"},
    {"factors", OPTIONAL, "a list of {\"name\", \"volatility\", \"reversion\"}"},
    {"correlations", OPTIONAL, "a list of [factor, factor, number]"},
    {"workloads", REQUIRED, "a list of {\"name\", \"demand\", \"unmet_cost\", \"speed\"}"},
    {"pools", REQUIRED, "a list of {\"name\", \"provider\", \"accelerator\", \"price\", \"capacity\"}"},
    {"contracts", OPTIONAL, "a list of {\"name\", \"type\"}"},
    {"events", OPTIONAL, "a list of {\"name\", \"rate\", \"effects\"}"},
    {"strategies", OPTIONAL, "a list of {\"name\", \"contracts\", \"pull\"}"},
    {"stakeholders", OPTIONAL, "{\"anchor\": \"azure\", \"failure\": {\"from\": \"2028-01\", \"months\": 6}}"},
    {"sweep", OPTIONAL, "{\"/contracts/NAME/windows/0/amount\": [0, 1e9, 2.5e9]}"},
    {"optimize", OPTIONAL, "{\"strategy\", \"variables\"}"},
    {"futures", OPTIONAL, "{\"file\": \"futures.csv\"}"},
    {"history", OPTIONAL, "{\"file\": \"prices.csv\", \"block\": 12}"},
};

static const ofr_key horizon_keys[] = {
    {"start", REQUIRED, "the first month, like \"2026-01\""},
    {"months", REQUIRED, "how many months, 1 to 480"},
    {"discount_rate", OPTIONAL, "per year, like 0.08"},
};

static const ofr_key simulation_keys[] = {
    {"paths", OPTIONAL, "how many futures"},
    {"seed", OPTIONAL, "a whole number"},
    {"band_paths", OPTIONAL, "how many paths the monthly bands are taken from"},
};

static const ofr_key accelerator_keys[] = {
    {"name", REQUIRED, "a text"},
    {"vendor", OPTIONAL, "a text"},
};

static const ofr_key provider_keys[] = {
    {"name", REQUIRED, "a text"},
    {"egress_per_gb", OPTIONAL, "a curve in $ per GB"},
};

static const ofr_key factor_keys[] = {
    {"name", REQUIRED, "a text"},
    {"volatility", REQUIRED, "a number per square root of a year, like 0.3"},
    {"reversion", OPTIONAL, "a number per year; 0 is a random walk"},
};

static const ofr_key workload_keys[] = {
    {"name", REQUIRED, "a text"},
    {"demand", REQUIRED, "a curve in reference accelerators"},
    {"unmet_cost", REQUIRED, "$ per reference accelerator-hour that goes unserved"},
    {"speed", REQUIRED, "{accelerator: reference accelerator-hours that one of its hours delivers}"},
    {"value", OPTIONAL, "$ per reference accelerator-hour"},
    {"duty", OPTIONAL, "the share of the hours that it runs, 0 to 1"},
    {"factors", OPTIONAL, "{factor: loading}"},
    {"home", OPTIONAL, "the provider that holds its data"},
    {"data_gb_per_hour", OPTIONAL, "GB per reference accelerator-hour that leave home"},
};

static const ofr_key pool_keys[] = {
    {"name", REQUIRED, "a text"},
    {"provider", REQUIRED, "a provider's name"},
    {"accelerator", REQUIRED, "an accelerator's name"},
    {"price", REQUIRED, "a curve in $ per accelerator-hour"},
    {"capacity", REQUIRED, "a curve in accelerators"},
    {"availability", OPTIONAL, "the share of the capacity that works, 0 to 1"},
    {"slip_mean", OPTIONAL, "mean delay of delivery in months"},
    {"slip_max", OPTIONAL, "longest delay of delivery in months"},
    {"factors", OPTIONAL, "{factor: loading}"},
};

static const ofr_key growth_keys[] = {
    {"start", REQUIRED, "the value in the first month"},
    {"growth", REQUIRED, "a rate per year, like 0.6"},
};

static const ofr_key points_keys[] = {
    {"points", REQUIRED, "[[\"2026-01\", 8000], [\"2028-12\", 60000]]"},
    {"interpolate", OPTIONAL, "\"linear\" or \"step\""},
};

static const ofr_key commitment_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"provider", REQUIRED, "a provider's name"},
    {"pools", OPTIONAL, "names of its pools"},
    {"windows", REQUIRED, "[{\"from\": \"2026-01\", \"to\": \"2028-12\", \"amount\": 2.5e9}]"},
    {"counts", OPTIONAL, "the share of spend that counts, or {pool: share}"},
    {"shortfall_rate", OPTIONAL, "the share of a shortfall that is charged"},
    {"opening", OPTIONAL, "$ counted before the horizon"},
    {"deferral", OPTIONAL, "of a window's amount, how much of its shortfall may move to the next, 0 to 1"},
    {"carry_forward", OPTIONAL, "of what was counted beyond the amount, how much counts in the next window, 0 to 1"},
    {"credit_months", OPTIONAL, "how long a charge pays usage"},
    {"relief", OPTIONAL, "of what came late, how much the window asks less for, 0 to 1"},
};

static const ofr_key window_keys[] = {
    {"from", OPTIONAL, "a month"},
    {"to", OPTIONAL, "a month"},
    {"amount", REQUIRED, "$"},
};

static const ofr_key reservation_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"pool", REQUIRED, "a pool's name"},
    {"accelerators", REQUIRED, "a curve in accelerators"},
    {"price", REQUIRED, "a curve in $ per accelerator-hour"},
    {"use_price", OPTIONAL, "$ per accelerator-hour used"},
    {"upfront", OPTIONAL, "the share of the whole fee paid in the first month"},
    {"lot", OPTIONAL, "the size rounds up to multiples of this"},
    {"from", OPTIONAL, "a month"},
    {"to", OPTIONAL, "a month"},
};

static const ofr_key exclusivity_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"provider", REQUIRED, "a provider's name"},
    {"workloads", OPTIONAL, "names of workloads, or \"*\""},
    {"overflow", OPTIONAL, "\"unmet\" or \"open\""},
    {"from", OPTIONAL, "a month"},
    {"to", OPTIONAL, "a month"},
};

static const ofr_key discount_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"provider", REQUIRED, "a provider's name"},
    {"pools", OPTIONAL, "names of its pools"},
    {"tiers", REQUIRED, "[[0, 0], [1e9, 0.1]]: from how much list spend, which share off"},
    {"basis", OPTIONAL, "\"marginal\" or \"all_units\""},
    {"period", OPTIONAL, "\"term\" or \"year\""},
    {"from", OPTIONAL, "a month"},
    {"to", OPTIONAL, "a month"},
};

static const ofr_key grant_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"provider", REQUIRED, "a provider's name"},
    {"amount", REQUIRED, "$"},
    {"kind", OPTIONAL, "\"cash\" or \"credit\""},
    {"from", OPTIONAL, "a month"},
    {"to", OPTIONAL, "a month"},
};

static const ofr_key first_refusal_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"provider", REQUIRED, "a provider's name"},
    {"workloads", OPTIONAL, "names of workloads, or \"*\""},
    {"premium", OPTIONAL, "the share that a matched price may lie above the offer"},
    {"accept", OPTIONAL, "the probability that the holder takes up its right in a month"},
    {"from", OPTIONAL, "a month"},
    {"to", OPTIONAL, "a month"},
};

static const ofr_key exit_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"contract", REQUIRED, "the name of a commitment or a reservation"},
    {"at", REQUIRED, "a month, or a list of months"},
    {"fee", OPTIONAL, "the share of what is still owed that ending it costs"},
    {"below", OPTIONAL, "the share of its pace, or of its use, under which it is ended"},
};

static const ofr_key stake_keys[] = {
    {"name", REQUIRED, "a text"},
    {"type", REQUIRED, "what kind of contract it is"},
    {"holder", REQUIRED, "who holds it: a text"},
    {"provider", REQUIRED, "the provider whose revenue the holder earns on"},
    {"share", OPTIONAL, "the holder's share of the buyer's net, 0 to 1"},
    {"margin", OPTIONAL, "what the holder keeps of the provider's revenue, 0 to 1"},
};

static const ofr_key event_keys[] = {
    {"name", REQUIRED, "a text"},
    {"rate", OPTIONAL, "starts per year"},
    {"at", OPTIONAL, "a month"},
    {"from", OPTIONAL, "a month"},
    {"to", OPTIONAL, "a month"},
    {"max", OPTIONAL, "how often at most"},
    {"duration", OPTIONAL, "months"},
    {"mean_duration", OPTIONAL, "months"},
    {"effects", REQUIRED, "[{\"pools\": \"*\", \"capacity\": 0.7}]"},
};

static const ofr_key effect_keys[] = {
    {"pools", OPTIONAL, "a selector"},
    {"capacity", OPTIONAL, "a multiplier of the pools' capacity"},
    {"price", OPTIONAL, "a multiplier of the pools' price"},
    {"workloads", OPTIONAL, "a selector"},
    {"demand", OPTIONAL, "a multiplier of the workloads' demand"},
    {"contracts", OPTIONAL, "a selector"},
    {"suspend", OPTIONAL, "true or false"},
    {"void", OPTIONAL, "true or false"},
};

static const ofr_key pool_selector_keys[] = {
    {"provider", OPTIONAL, "a name, a list of names or \"*\""},
    {"accelerator", OPTIONAL, "a name, a list of names or \"*\""},
    {"name", OPTIONAL, "a name, a list of names or \"*\""},
};

static const ofr_key workload_selector_keys[] = {
    {"name", OPTIONAL, "a name, a list of names or \"*\""},
};

static const ofr_key contract_selector_keys[] = {
    {"provider", OPTIONAL, "a name, a list of names or \"*\""},
    {"name", OPTIONAL, "a name, a list of names or \"*\""},
};

static const ofr_key strategy_keys[] = {
    {"name", REQUIRED, "a text"},
    {"contracts", OPTIONAL, "names of contracts, or \"*\""},
    {"providers", OPTIONAL, "names of providers, or \"*\""},
    {"rule", OPTIONAL, "\"priority\" or \"optimal\""},
    {"pull", OPTIONAL, "\"none\", \"full\", \"pace\" or a number from 0 to 1"},
    {"max_share", OPTIONAL, "a number from 0 to 1, or {provider: number}"},
};

static const ofr_key optimize_keys[] = {
    {"strategy", OPTIONAL, "the name of a strategy"},
    {"variables", REQUIRED, "{\"/contracts/block/accelerators\": [0, 40000]}"},
    {"risk_weight", OPTIONAL, "a number from 0 (mean cost) to 1 (the mean of the worst tail)"},
    {"alpha", OPTIONAL, "where the worst tail begins, like 0.95"},
    {"constraints", OPTIONAL, "a list of {\"terms\", \"min\", \"max\"}"},
};

static const ofr_key constraint_keys[] = {
    {"terms", REQUIRED, "{\"/contracts/block/accelerators\": 1}"},
    {"min", OPTIONAL, "a number"},
    {"max", OPTIONAL, "a number"},
};

static const ofr_key stakeholders_keys[] = {
    {"anchor", REQUIRED, "a provider's name"},
    {"failure", OPTIONAL, "{\"from\": \"2028-01\", \"months\": 6}"},
};

static const ofr_key failure_keys[] = {
    {"from", REQUIRED, "a month"},
    {"months", REQUIRED, "how many months"},
};

static const ofr_key futures_keys[] = {
    {"file", REQUIRED, "a CSV file with the columns path, month, name, value and, if you like, weight"},
};

static const ofr_key sweep_range_keys[] = {
    {"from", REQUIRED, "the first value"},
    {"to", REQUIRED, "the last value"},
    {"steps", REQUIRED, "how many values, both ends included"},
};

static const ofr_key history_keys[] = {
    {"file", REQUIRED, "a CSV file of monthly values"},
    {"block", OPTIONAL, "months that are drawn together, like 12"},
};

#define KEYS(k) k, (int)(sizeof k / sizeof *k)

const ofr_key_table ofr_key_tables[OFR_OBJECT_KINDS] = {
    [OFR_OBJECT_PLAN] = {"a plan", "", KEYS(plan_keys)},
    [OFR_OBJECT_HORIZON] = {"a horizon", "/$defs/horizon", KEYS(horizon_keys)},
    [OFR_OBJECT_SIMULATION] = {"a simulation", "/$defs/simulation", KEYS(simulation_keys)},
    [OFR_OBJECT_ACCELERATOR] = {"an accelerator", "/$defs/accelerator", KEYS(accelerator_keys)},
    [OFR_OBJECT_PROVIDER] = {"a provider", "/$defs/provider", KEYS(provider_keys)},
    [OFR_OBJECT_FACTOR] = {"a factor", "/$defs/factor", KEYS(factor_keys)},
    [OFR_OBJECT_WORKLOAD] = {"a workload", "/$defs/workload", KEYS(workload_keys)},
    [OFR_OBJECT_POOL] = {"a pool", "/$defs/pool", KEYS(pool_keys)},
    [OFR_OBJECT_GROWTH] = {"a growing curve", "/$defs/growth", KEYS(growth_keys)},
    [OFR_OBJECT_POINTS] = {"a curve through points", "/$defs/points", KEYS(points_keys)},
    [OFR_OBJECT_COMMITMENT] = {"a commitment", "/$defs/commitment", KEYS(commitment_keys)},
    [OFR_OBJECT_WINDOW] = {"a window", "/$defs/window", KEYS(window_keys)},
    [OFR_OBJECT_RESERVATION] = {"a reservation", "/$defs/reservation", KEYS(reservation_keys)},
    [OFR_OBJECT_EXCLUSIVITY] = {"an exclusivity", "/$defs/exclusivity", KEYS(exclusivity_keys)},
    [OFR_OBJECT_DISCOUNT] = {"a discount", "/$defs/discount", KEYS(discount_keys)},
    [OFR_OBJECT_GRANT] = {"a grant", "/$defs/grant", KEYS(grant_keys)},
    [OFR_OBJECT_FIRST_REFUSAL] = {"a first refusal", "/$defs/first_refusal", KEYS(first_refusal_keys)},
    [OFR_OBJECT_EXIT] = {"an exit", "/$defs/exit", KEYS(exit_keys)},
    [OFR_OBJECT_STAKE] = {"a stake", "/$defs/stake", KEYS(stake_keys)},
    [OFR_OBJECT_EVENT] = {"an event", "/$defs/event", KEYS(event_keys)},
    [OFR_OBJECT_EFFECT] = {"an effect", "/$defs/effect", KEYS(effect_keys)},
    [OFR_OBJECT_POOL_SELECTOR] = {"a selector of pools", "/$defs/pool_selector", KEYS(pool_selector_keys)},
    [OFR_OBJECT_WORKLOAD_SELECTOR] = {"a selector of workloads", "/$defs/workload_selector", KEYS(workload_selector_keys)},
    [OFR_OBJECT_CONTRACT_SELECTOR] = {"a selector of contracts", "/$defs/contract_selector", KEYS(contract_selector_keys)},
    [OFR_OBJECT_STRATEGY] = {"a strategy", "/$defs/strategy", KEYS(strategy_keys)},
    [OFR_OBJECT_OPTIMIZE] = {"\"optimize\"", "/$defs/optimize", KEYS(optimize_keys)},
    [OFR_OBJECT_CONSTRAINT] = {"a constraint", "/$defs/constraint", KEYS(constraint_keys)},
    [OFR_OBJECT_STAKEHOLDERS] = {"a table of stakeholders", "/$defs/stakeholders", KEYS(stakeholders_keys)},
    [OFR_OBJECT_FAILURE] = {"a failure", "/$defs/failure", KEYS(failure_keys)},
    [OFR_OBJECT_FUTURES] = {"the futures", "/$defs/futures", KEYS(futures_keys)},
    [OFR_OBJECT_HISTORY] = {"the history", "/$defs/history", KEYS(history_keys)},
    [OFR_OBJECT_SWEEP_RANGE] = {"a range", "/$defs/sweep_range", KEYS(sweep_range_keys)},
};

/* ---- the nearest name ---- */

enum { COMPARED = 64 }; /* bytes of a name that are compared */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '_' || c == ' ' ? '-' : c; }

static int least(int a, int b) { return a < b ? a : b; }

/* Insertions, deletions, substitutions and swaps of neighbours; case and the kind of dash do not matter. */
static int edit_distance(const char *a, const char *b) {
  int n = (int)strnlen(a, COMPARED), m = (int)strnlen(b, COMPARED);
  int rows[3][COMPARED + 1];
  int *before = rows[0], *last = rows[1], *row = rows[2];
  for (int j = 0; j <= m; j++) last[j] = j;
  for (int i = 1; i <= n; i++) {
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int substitute = last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
      row[j] = least(substitute, 1 + least(last[j], row[j - 1]));
      bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = least(row[j], before[j - 2] + 1);
    }
    int *oldest = before;
    before = last;
    last = row;
    row = oldest;
  }
  return last[m];
}

const char *ofr_nearest_name(const char *name, const char *const *names, int count) {
  const char *nearest = NULL;
  int length = (int)strnlen(name, COMPARED);
  int bound = length < 4 ? 1 : length < 8 ? 2 : length / 3;
  for (int i = 0; i < count; i++) {
    if (!names[i]) continue;
    int distance = edit_distance(name, names[i]);
    if (distance > bound) continue;
    nearest = names[i];
    bound = distance - 1;
  }
  return nearest;
}
