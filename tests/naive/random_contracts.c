/* The contracts of a random plan. Valid ones: no two restrictions bind a workload, no two discounts cover a pool, in one month.
 */
#include "random_dice.h"
#include <string.h>

static void put_windows(dice *d, cJSON *commitment, double spend) {
  cJSON *windows = cJSON_AddArrayToObject(commitment, "windows");
  int from = chance(d, 0.3) ? -between(d, 1, 6) : chance(d, 0.5) ? 0 : between(d, 0, d->months - 1);
  if (from <= 0 && chance(d, 0.4)) put(commitment, "opening", neat(spend * uniform(d, 0, 4)));
  for (int n = between(d, 1, 4); n > 0 && from < d->months; n--) {
    int shortest = from < 0 ? -from : 0, to = from + between(d, shortest, shortest + d->months + 3);
    cJSON *window = cJSON_CreateObject();
    cJSON_AddStringToObject(window, "from", month(from));
    cJSON_AddStringToObject(window, "to", month(to));
    put(window, "amount", neat(spend * (to - from + 1) * uniform(d, 0, 1.2)));
    cJSON_AddItemToArray(windows, window);
    from = to + between(d, 1, 4);
  }
}

static cJSON *make_commitment(dice *d, cJSON *c) {
  int provider = between(d, 0, d->providers < d->pools ? d->providers - 1 : d->pools - 1);
  cJSON_AddStringToObject(c, "type", "commitment");
  cJSON_AddStringToObject(c, "provider", named("p", provider));
  if (chance(d, 0.3)) {
    cJSON *pools = cJSON_AddArrayToObject(c, "pools");
    for (int k = provider; k < d->pools; k += d->providers)
      if (k == provider || chance(d, 0.5)) cJSON_AddItemToArray(pools, cJSON_CreateString(named("k", k)));
  } else if (chance(d, 0.3)) {
    put(cJSON_AddObjectToObject(c, "counts"), named("k", provider), chance(d, 0.2) ? 0 : neat(uniform(d, 0, 1)));
  } else if (chance(d, 0.3)) put(c, "counts", neat(uniform(d, 0.1, 1)));
  if (chance(d, 0.5)) put(c, "shortfall_rate", neat(uniform(d, 0, 1.3)));
  if (chance(d, 0.4)) put(c, "deferral", neat(uniform(d, 0, 0.5)));
  if (chance(d, 0.4)) put(c, "carry_forward", neat(uniform(d, 0, 1)));
  if (chance(d, 0.3)) put(c, "relief", neat(uniform(d, 0, 1)));
  if (d->clauses & RANDOM_CREDIT && chance(d, 0.4)) put(c, "credit_months", between(d, 1, chance(d, 0.5) ? 3 : d->months));
  put_windows(d, c, d->work * 730 * uniform(d, 0.2, 3) / d->providers);
  return c;
}

static cJSON *make_reservation(dice *d, cJSON *c) {
  cJSON_AddStringToObject(c, "type", "reservation");
  cJSON_AddStringToObject(c, "pool", named("k", between(d, 0, d->pools - 1)));
  put_curve(d, c, "accelerators", d->work * uniform(d, 0.01, 0.4));
  put_curve(d, c, "price", uniform(d, 0.3, 4));
  if (chance(d, 0.6)) put(c, "use_price", neat(uniform(d, 0.05, 2)));
  if (chance(d, 0.5)) put(c, "upfront", neat(uniform(d, 0, 1)));
  if (chance(d, 0.4)) put(c, "lot", between(d, 2, 72));
  put_span(d, c, 0.5);
  return c;
}

/* What contracts may not share: a workload's months under one restriction, a pool's under one discount. */
typedef struct taken {
  int workload[16], pool[64]; /* first month that is free */
} taken;

/* Covered items, a name each or "*", and the first month in which all of them are free. */
static int choose(dice *d, cJSON *c, const char *key, const char *letter, int count, int step, int start, const int *free,
                  bool *covered) {
  int earliest = 0;
  bool all = chance(d, 0.5), any = false;
  for (int i = start; i < count; i += step) any |= covered[i] = all || chance(d, 0.4);
  if (!any) covered[start] = true;
  if (all && chance(d, 0.5)) cJSON_AddStringToObject(c, key, "*");
  cJSON *names = all ? NULL : cJSON_AddArrayToObject(c, key);
  for (int i = start; i < count; i += step) {
    if (!covered[i]) continue;
    if (names) cJSON_AddItemToArray(names, cJSON_CreateString(named(letter, i)));
    if (free[i] > earliest) earliest = free[i];
  }
  return earliest;
}

/* An exclusivity or a first refusal; NULL when its workloads are bound to the end. */
static cJSON *make_restriction(dice *d, cJSON *c, bool refusal, taken *taken) {
  bool covered[16] = {false};
  cJSON_AddStringToObject(c, "type", refusal ? "first_refusal" : "exclusivity");
  cJSON_AddStringToObject(c, "provider", named("p", between(d, 0, d->providers - 1)));
  int earliest = choose(d, c, "workloads", "w", d->workloads, 1, 0, taken->workload, covered);
  if (earliest >= d->months) return NULL;
  int free = put_late_span(d, c, 0.5, earliest);
  for (int w = 0; w < d->workloads; w++)
    if (covered[w]) taken->workload[w] = free;
  if (!refusal) cJSON_AddStringToObject(c, "overflow", chance(d, 0.5) ? "unmet" : "open");
  if (refusal && chance(d, 0.6)) put(c, "premium", neat(uniform(d, 0, 0.6)));
  if (refusal && chance(d, 0.3)) put(c, "accept", neat(uniform(d, 0.2, 1)));
  return c;
}

static cJSON *make_discount(dice *d, cJSON *c, taken *taken) {
  bool covered[64] = {false};
  int provider = between(d, 0, d->providers < d->pools ? d->providers - 1 : d->pools - 1);
  double from = 0, rate = chance(d, 0.5) ? 0 : uniform(d, 0, 0.2), spend = d->work * 730 * uniform(d, 0.2, 3) / d->providers;
  cJSON_AddStringToObject(c, "type", "discount");
  cJSON_AddStringToObject(c, "provider", named("p", provider));
  int earliest = choose(d, c, "pools", "k", d->pools, d->providers, provider, taken->pool, covered);
  if (earliest >= d->months) return NULL;
  int free = put_late_span(d, c, 0.5, earliest);
  for (int k = 0; k < d->pools; k++)
    if (covered[k]) taken->pool[k] = free;
  if (chance(d, 0.7)) cJSON_AddStringToObject(c, "basis", chance(d, 0.5) ? "marginal" : "all_units");
  if (chance(d, 0.7)) cJSON_AddStringToObject(c, "period", chance(d, 0.5) ? "term" : "year");
  cJSON *tiers = cJSON_AddArrayToObject(c, "tiers");
  for (int n = between(d, 1, 5); n > 0; n--, from += neat(spend * uniform(d, 0.1, 4)), rate = uniform(d, rate, 1)) {
    char tier[64];
    snprintf(tier, sizeof tier, "[%.9g, %.6g]", from, chance(d, 0.1) ? neat(uniform(d, 0, 1)) : neat(rate));
    cJSON_AddItemToArray(tiers, cJSON_CreateRaw(tier));
  }
  return c;
}

static cJSON *make_grant(dice *d, cJSON *c) {
  cJSON_AddStringToObject(c, "type", "grant");
  cJSON_AddStringToObject(c, "provider", named("p", between(d, 0, d->providers - 1)));
  put(c, "amount", neat(d->work * 730 * d->months * uniform(d, 0.01, 1.5) / d->providers));
  if (chance(d, 0.8)) cJSON_AddStringToObject(c, "kind", chance(d, 0.7) ? "credit" : "cash");
  if (chance(d, 0.2)) {
    cJSON_AddStringToObject(c, "from", month(-between(d, 1, 5)));
    cJSON_AddStringToObject(c, "to", month(between(d, 0, d->months + 3)));
  } else put_span(d, c, 0.5);
  return c;
}

static cJSON *make_stake(dice *d, cJSON *c) {
  cJSON_AddStringToObject(c, "type", "stake");
  cJSON_AddStringToObject(c, "holder", "holder");
  cJSON_AddStringToObject(c, "provider", named("p", between(d, 0, d->providers - 1)));
  put(c, "share", neat(uniform(d, 0, 1)));
  put(c, "margin", neat(uniform(d, 0, 1)));
  return c;
}

static bool spans(const cJSON *item, int t) {
  const cJSON *from = cJSON_GetObjectItemCaseSensitive(item, "from"), *to = cJSON_GetObjectItemCaseSensitive(item, "to");
  return (!from || strcmp(from->valuestring, month(t)) <= 0) && (!to || strcmp(to->valuestring, month(t)) >= 0);
}

static bool in_force(const cJSON *contract, int t) {
  const cJSON *windows = cJSON_GetObjectItemCaseSensitive(contract, "windows"), *window;
  if (!windows) return spans(contract, t);
  cJSON_ArrayForEach(window, windows) if (spans(window, t)) return true;
  return false;
}

/* From a month, or one of several, in which there is something to exit from; NULL when there is none. */
static cJSON *make_exit(dice *d, cJSON *c, const cJSON *target, int index) {
  cJSON *months = cJSON_CreateArray();
  for (int t = between(d, 0, d->months - 1); t < d->months; t += between(d, 1, 6))
    if (in_force(target, t)) cJSON_AddItemToArray(months, cJSON_CreateString(month(t)));
  cJSON_AddStringToObject(c, "type", "exit");
  cJSON_AddStringToObject(c, "contract", named("c", index));
  if (!months->child) {
    cJSON_Delete(months);
    return NULL;
  }
  if (chance(d, 0.5)) cJSON_AddItemToObject(c, "at", cJSON_DetachItemFromArray(months, 0));
  if (cJSON_HasObjectItem(c, "at")) cJSON_Delete(months);
  else cJSON_AddItemToObject(c, "at", months);
  if (chance(d, 0.8)) put(c, "fee", neat(uniform(d, 0, 1)));
  if (chance(d, 0.5)) put(c, "below", neat(uniform(d, 0.2, 1)));
  return c;
}

typedef enum kind { COMMITMENT, RESERVATION, EXCLUSIVITY, REFUSAL, DISCOUNT, GRANT, EXIT, STAKE, KINDS } kind;

static kind roll_kind(dice *d) {
  static const struct {
    int weight;
    unsigned clause;
  } kinds[KINDS] = {[COMMITMENT] = {40, 0},
                    [RESERVATION] = {20, 0},
                    [EXCLUSIVITY] = {10, 0},
                    [REFUSAL] = {20, RANDOM_REFUSAL},
                    [DISCOUNT] = {25, RANDOM_DISCOUNT},
                    [GRANT] = {15, RANDOM_GRANT},
                    [EXIT] = {15, RANDOM_EXIT},
                    [STAKE] = {5, RANDOM_STAKE}};
  int all = 0, at;
  for (int k = 0; k < KINDS; k++)
    if ((kinds[k].clause & ~d->clauses) == 0) all += kinds[k].weight;
  at = between(d, 0, all - 1);
  for (int k = 0;; k++)
    if ((kinds[k].clause & ~d->clauses) == 0 && (at -= kinds[k].weight) < 0) return (kind)k;
}

static cJSON *begin(int index) {
  cJSON *c = cJSON_CreateObject();
  cJSON_AddStringToObject(c, "name", named("c", index));
  return c;
}

static cJSON *make(dice *d, int index, kind kind, taken *taken) {
  cJSON *c = begin(index);
  if (kind == COMMITMENT) return make_commitment(d, c);
  if (kind == RESERVATION) return make_reservation(d, c);
  if (kind == GRANT) return make_grant(d, c);
  if (kind == STAKE) return make_stake(d, c);
  cJSON *made = kind == DISCOUNT ? make_discount(d, c, taken) : make_restriction(d, c, kind == REFUSAL, taken);
  if (!made) cJSON_Delete(c); /* there is no room for another */
  return made ? made : make_reservation(d, begin(index));
}

/* Of any other contract in the list, before it or after; what cannot be one becomes a reservation. */
static cJSON *make_exit_of_any(dice *d, int index, cJSON *const *contracts, const kind *kinds) {
  int target = between(d, 0, d->contracts - 1);
  cJSON *c = begin(index), *made = kinds[target] <= RESERVATION ? make_exit(d, c, contracts[target], target) : NULL;
  if (!made) cJSON_Delete(c);
  return made ? made : make_reservation(d, begin(index));
}

void random_contracts(dice *d, cJSON *plan) {
  cJSON *list = cJSON_AddArrayToObject(plan, "contracts"), *contracts[32];
  kind kinds[32];
  taken taken = {0};
  for (int i = 0; i < d->contracts; i++) kinds[i] = roll_kind(d);
  for (int i = 0; i < d->contracts; i++)
    if (kinds[i] != EXIT) contracts[i] = make(d, i, kinds[i], &taken);
  for (int i = 0; i < d->contracts; i++)
    if (kinds[i] == EXIT) contracts[i] = make_exit_of_any(d, i, contracts, kinds);
  for (int i = 0; i < d->contracts; i++) cJSON_AddItemToArray(list, contracts[i]);
}
