/* Contracts, second part: discounts, grants, first refusals, exits, stakes. As in plan_contracts.c, here they are only checked
 * and resolved. */
#include "plan_reader.h"
#include <string.h>

/* ---- discounts ---- */

static bool is_tier(ofr_reader *r, const ofr_json *item) {
  if (!ofr_has_type(r, item, OFR_JSON_ARRAY)) return false;
  if (item->count == 2) return true;
  ofr_wrong(r, item, "write [from, rate], like [1e9, 0.1]", "a tier has two numbers, not %d", item->count);
  return false;
}

/* The first opens at 0; each opens above the one before it. */
static void check_tier(ofr_reader *r, const ofr_json *item, const ofr_tier *tiers, int i) {
  if (i == 0 && tiers[0].from != 0)
    ofr_wrong(r, item, "begin with [0, 0]", "the first tier opens at %g $, and what lies below has no rate", tiers[0].from);
  if (i > 0 && !(tiers[i].from > tiers[i - 1].from))
    ofr_wrong(r, item, "put the tiers in ascending order", "this tier opens at %g $, not above the one before it", tiers[i].from);
}

static void read_tiers(ofr_reader *r, const ofr_json *list, ofr_contract *out) {
  if (!ofr_has_type(r, list, OFR_JSON_ARRAY)) return;
  if (list->count == 0) ofr_wrong(r, list, "add [from, rate], like [0, 0.1]", "the list of tiers is empty");
  if (list->count > OFR_MAX_TIERS) {
    ofr_wrong(r, list, ofr_phrase(r, "keep at most %d", OFR_MAX_TIERS), "%d tiers are too many", list->count);
    return;
  }
  ofr_tier *tiers = ofr_take(r, list->count, sizeof *tiers);
  for (const ofr_json *item = list->first; item; item = item->next) {
    if (!is_tier(r, item)) continue;
    ofr_tier *tier = &tiers[out->tier_count];
    tier->from = ofr_number(r, item->first, ofr_amount, 0);
    tier->rate = ofr_number(r, item->first->next, ofr_fraction, 0);
    check_tier(r, item, tiers, out->tier_count++);
  }
  out->tiers = tiers;
}

void ofr_read_discount(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  static const char *const bases[] = {"marginal", "all_units", NULL}, *const periods[] = {"term", "year", NULL};
  out->provider = ofr_name_index(r, ofr_json_get(item, "provider"), OFR_NAME_PROVIDER);
  out->pools = ofr_covered_pools(r, item, out->provider);
  out->all_units = ofr_word_at(r, item, "basis", bases, 0) == 1;
  out->yearly = ofr_word_at(r, item, "period", periods, 0) == 1;
  out->span = ofr_span_of(r, item);
  read_tiers(r, ofr_json_get(item, "tiers"), out);
}

/* ---- grants, first refusals, stakes ---- */

void ofr_read_grant(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  static const char *const kinds[] = {"cash", "credit", NULL};
  out->provider = ofr_name_index(r, ofr_json_get(item, "provider"), OFR_NAME_PROVIDER);
  out->amount = ofr_number_at(r, item, "amount", ofr_amount, 0);
  out->credit = ofr_word_at(r, item, "kind", kinds, 0) == 1;
  out->span = ofr_span_of(r, item);
}

void ofr_read_first_refusal(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  const ofr_range premiums = {0, 100, false};
  bool *covers = ofr_take(r, r->plan->workload_count, sizeof *covers);
  ofr_select(r, ofr_json_get(item, "workloads"), OFR_NAME_WORKLOAD, false, covers);
  out->provider = ofr_name_index(r, ofr_json_get(item, "provider"), OFR_NAME_PROVIDER);
  out->covers = covers;
  out->premium = ofr_number_at(r, item, "premium", premiums, 0);
  out->accept = ofr_number_at(r, item, "accept", ofr_fraction, 1);
  out->span = ofr_span_of(r, item);
}

void ofr_read_stake(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  out->provider = ofr_name_index(r, ofr_json_get(item, "provider"), OFR_NAME_PROVIDER);
  out->holder = ofr_label(r, ofr_json_get(item, "holder"));
  out->share = ofr_number_at(r, item, "share", ofr_fraction, 0);
  out->margin = ofr_number_at(r, item, "margin", ofr_fraction, 0);
}

/* ---- exits ---- */

static void add_month(ofr_reader *r, const ofr_json *value, bool *at) {
  int month;
  if (!ofr_month(r, value, &month) || !r->horizon_known) return;
  if (month >= 0 && month < r->plan->months) at[month] = true;
  else ofr_doubt(r, value, "move it or the horizon if it should count", "this month lies outside the horizon");
}

void ofr_read_exit(ofr_reader *r, const ofr_json *item, ofr_contract *out) {
  const ofr_range rates = {0, 4, false};
  const ofr_json *at = ofr_json_get(item, "at"), *below = ofr_json_get(item, "below");
  bool *months = ofr_take(r, r->plan->months, sizeof *months);
  out->target = ofr_name_index(r, ofr_json_get(item, "contract"), OFR_NAME_CONTRACT);
  out->fee = ofr_number_at(r, item, "fee", rates, 0);
  out->below = below ? ofr_number(r, below, rates, 0) : -1;
  out->at = months;
  if (at && at->type == OFR_JSON_ARRAY) {
    if (at->count == 0) ofr_wrong(r, at, "name at least one month", "the list of months is empty");
    for (const ofr_json *value = at->first; value; value = value->next) add_month(r, value, months);
  } else if (at) {
    add_month(r, at, months);
  }
}

static bool is_open(const ofr_contract *contract, int month) {
  if (contract->type == OFR_RESERVATION) return month >= contract->span.from && month <= contract->span.to;
  for (int i = 0; i < contract->window_count; i++)
    if (month >= contract->windows[i].span.from && month <= contract->windows[i].span.to) return true;
  return false;
}

void ofr_check_exit(ofr_reader *r, const ofr_json *item, ofr_contract *exit) {
  if (exit->target < 0) return;
  const ofr_contract *target = &r->plan->contracts[exit->target];
  exit->provider = target->provider;
  if (target->type != OFR_COMMITMENT && target->type != OFR_RESERVATION) {
    ofr_wrong(r, ofr_json_get(item, "contract"), "name a commitment or a reservation",
              "\"%s\" binds the buyer to no payment: there is nothing to exit from", target->name ? target->name : "it");
    return;
  }
  for (int t = 0; t < r->plan->months && r->horizon_known; t++) {
    if (!exit->at[t] || is_open(target, t)) continue;
    char month[8];
    ofr_plan_month_name(r->plan, t, month);
    ofr_wrong(r, ofr_json_get(item, "at"),
              target->type == OFR_COMMITMENT ? "name months of its windows" : "name months of its term",
              "\"%s\" is not in force in %s: there is nothing to exit from", target->name ? target->name : "it", month);
    return;
  }
}
