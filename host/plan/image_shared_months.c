/* Which strategies share months: who follows whom, and until when. See device/shared_months.h. */
#include "image_builder.h"

/* The first month in which a contract can make a difference to a month's placement or money; a stake is a share in what they add
 * up to. `never` where it has none. */
static int begins_in(const ofr_plan *plan, const ofr_contract *c, int never) {
  if (c->type == OFR_STAKE) return never;
  if (c->type == OFR_COMMITMENT) return c->window_count > 0 ? c->windows[0].span.from : never;
  if (c->type != OFR_EXIT) return c->span.from <= c->span.to ? c->span.from : never;
  for (int t = 0; t < plan->months; t++)
    if (c->at[t]) return t;
  return never;
}

/* The first month in which two strategies can differ. */
static int differ_in(const ofr_plan *plan, const ofr_strategy *a, const ofr_strategy *b, int never) {
  if (a->is_optimal != b->is_optimal || a->pull != b->pull) return 0;
  if (a->pull == OFR_PULL_NUMBER && a->pull_number != b->pull_number) return 0;
  for (int g = 0; g < plan->provider_count; g++)
    if (a->providers[g] != b->providers[g] || a->max_share[g] != b->max_share[g]) return 0;
  int first = never;
  for (int c = 0; c < plan->contract_count; c++) {
    if (a->signed_contracts[c] == b->signed_contracts[c]) continue;
    int month = begins_in(plan, &plan->contracts[c], never);
    if (month < first) first = month;
  }
  return first;
}

/* Of the strategies before it the first of those that it differs from last. So no leader parts from its own after that: what two
 * strategies share with a third they share with one another. */
static void find_leaders(const ofr_plan *plan, int count, int *leader, int *parts_in) {
  for (int s = 0; s < count; s++)
    for (int other = 0; other < s; other++) {
      int month = differ_in(plan, &plan->strategies[s], &plan->strategies[other], plan->months + 1);
      if (month <= parts_in[s]) continue;
      parts_in[s] = month;
      leader[s] = other;
    }
}

/* ---- under the anchor's failure ---- */

/* The last month up to which a contract remembers month t; -1 where it remembers nothing. */
static int remembers_until(const ofr_contract *c, int t, int never) {
  if (c->type == OFR_EXIT || (c->type == OFR_GRANT && c->credit)) return never;
  if (c->type == OFR_DISCOUNT && t >= c->span.from && t <= c->span.to) {
    int year = t + 11 - (t - c->span.true_from) % 12;
    return c->yearly && year < c->span.to ? year : c->span.to;
  }
  if (c->type != OFR_COMMITMENT) return -1;
  if (c->deferral > 0 || c->carry_forward > 0 || c->credit_months > 0) return never;
  for (int i = 0; i < c->window_count; i++)
    if (t >= c->windows[i].span.from && t <= c->windows[i].span.to) return c->windows[i].span.to;
  return -1;
}

/* The first month in which a strategy remembers nothing of the failure but what it has summed up, all work whole; `never` if none.
 * What a contract remembers may leave a trace in others as long as it does. */
static int forgets_in(const ofr_plan *plan, const ofr_strategy *strategy, const ofr_span *failure, int never) {
  int last = failure->to;
  if (strategy->is_optimal) return never; /* each month's search begins from the month before */
  for (int t = failure->from; t <= last && last < plan->months; t++)
    for (int c = 0; c < plan->contract_count; c++) {
      int until = strategy->signed_contracts[c] ? remembers_until(&plan->contracts[c], t, never) : -1;
      if (until > last) last = until;
    }
  int month = (last / FOLD_MONTHS + 1) * FOLD_MONTHS;
  return month < plan->months ? month : never;
}

/* Under the failure a strategy is itself without it until that comes, or another under the failure where they part later. */
static void find_leaders_in_failure(const ofr_plan *plan, int failing, int *leader, int *parts_in, int *rejoins_in) {
  const ofr_span *failure = &plan->stakeholders->failure;
  for (int s = 0; s < failing; s++) {
    bool late = parts_in[s] > failure->from;
    leader[failing + s] = late ? failing + leader[s] : s;
    parts_in[failing + s] = late ? parts_in[s] : failure->from;
  }
  for (int s = 0; s < failing; s++) {
    int month = forgets_in(plan, &plan->strategies[s], failure, plan->months + 1);
    bool followed = leader[failing + s] != s;
    for (int other = failing + s + 1; other < 2 * failing; other++)
      followed |= leader[other] == failing + s && parts_in[other] >= month && parts_in[other] <= plan->months;
    if (!followed) rejoins_in[failing + s] = month;
  }
}

void ofr_put_shared_months(ofr_builder *b) {
  const ofr_plan *plan = b->plan;
  ofr_image *im = b->head;
  int S = im->strategies;
  TABLE_OF(int, leader, leader, S);
  TABLE_OF(int, parts_in, parts_in, S);
  TABLE_OF(int, rejoins_in, rejoins_in, S);
  leader = (int *)(b->words + im->leader);
  parts_in = (int *)(b->words + im->parts_in);
  for (int s = 0; s < S; s++) leader[s] = -1, rejoins_in[s] = plan->months + 1;
  find_leaders(plan, im->failing, leader, parts_in);
  if (im->has_failure) find_leaders_in_failure(plan, im->failing, leader, parts_in, rejoins_in);
  for (int s = 0; s < S; s++) {
    if (parts_in[s] == 0) leader[s] = -1;
    im->has_shared_months |= leader[s] >= 0;
  }
}
