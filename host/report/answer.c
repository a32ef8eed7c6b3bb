/* The answer in words: see answer.h. */
#include "answer.h"
#include "exit_views.h"
#include "figures.h"
#include <math.h>
#include <string.h>

#define NO_BREAK "\xC2\xA0"

enum { RIVALS_NAMED = 4, OTHERS_NAMED = 3 }; /* the tables name them all */

static const ofr_distribution *metric(const ofr_result *r, int strategy, const char *name) {
  return ofr_distribution_of(r, strategy, OFR_GROUP_METRIC, 0, name);
}

static double mean_of(const ofr_result *r, int strategy, const char *name) {
  const ofr_distribution *d = metric(r, strategy, name);
  return d != NULL && d->count > 0 ? d->mean : NAN;
}

static void add_strategy(ofr_page *page, const ofr_result *r, int strategy) {
  ofr_page_name(page, r->plan->strategies[strategy].name);
}

void ofr_rank(const ofr_result *r, int order[OFR_MAX_STRATEGIES]) {
  for (int i = 0; i < r->strategy_count; i++) {
    int at = i;
    while (at > 0 && mean_of(r, i, "total_cost") < mean_of(r, order[at - 1], "total_cost")) {
      order[at] = order[at - 1];
      at--;
    }
    order[at] = i;
  }
}

static bool is_same(const ofr_comparison *c) {
  return c->sum == 0 && (c->square_sum[0] | c->square_sum[1] | c->square_sum[2]) == 0;
}

bool ofr_within_noise(const ofr_comparison *c) { return c->count > 1 && fabs(c->mean) < 2 * c->se; }

void ofr_answer_share_of_futures(ofr_page *page, uint64_t paths, double share) {
  if (paths == 1) ofr_page_words(page, share > 0 ? "in this future" : "not in this future");
  else if (paths == 2 && share == 1) ofr_page_words(page, "in both futures");
  else if (share == 0 || share == 1) {
    ofr_page_words(page, share > 0 ? "in all " : "in none of ");
    ofr_figure_count(&page->line, paths);
    ofr_page_words(page, NO_BREAK "futures");
  } else {
    ofr_page_words(page, "in ");
    ofr_figure_percent(&page->line, share);
    ofr_page_words(page, " of futures");
  }
}

/* "$12.41 billion on average in today's money over 36 months" */
static void add_cost(ofr_page *page, const ofr_result *r, int strategy, bool say_average) {
  ofr_figure_dollars(&page->line, mean_of(r, strategy, "total_cost"));
  if (say_average && r->paths > 1) ofr_page_words(page, " on average");
  ofr_text_printf(&page->line, " in today's money over %d" NO_BREAK "month%s", r->plan->months,
                  r->plan->months == 1 ? "" : "s");
}

/* "$831 ± 21 million less than 'tied'" */
static void add_advantage(ofr_page *page, const ofr_result *r, const ofr_comparison *c) {
  ofr_figure_dollars_within(&page->line, fabs(c->mean), c->count > 1 ? 2 * c->se : 0);
  ofr_page_words(page, " less than ");
  add_strategy(page, r, c->b);
}

static void say_alone(ofr_page *page, const ofr_result *r) {
  add_strategy(page, r, 0);
  ofr_page_words(page, " costs ");
  add_cost(page, r, 0, true);
  ofr_page_words(page, ".");
  ofr_page_headline(page);
}

static void say_same(ofr_page *page, const ofr_result *r, const ofr_comparison *c) {
  add_strategy(page, r, c->a);
  ofr_page_words(page, " and ");
  add_strategy(page, r, c->b);
  ofr_page_words(page, " cost exactly the same ");
  ofr_answer_share_of_futures(page, r->paths, 1);
  ofr_page_words(page, r->strategy_count > 2 ? ", and no other is cheaper: " : ": ");
  add_cost(page, r, c->a, true);
  ofr_page_words(page, ".");
  ofr_page_headline(page);
}

static void say_too_close(ofr_page *page, const ofr_result *r, const ofr_comparison *c) {
  add_strategy(page, r, c->a);
  ofr_page_words(page, " and ");
  add_strategy(page, r, c->b);
  ofr_page_words(page, r->strategy_count > 2 ? " are cheapest on average, and" : "");
  ofr_page_words(page, " cannot be told apart at ");
  ofr_figure_count(&page->line, r->paths);
  ofr_page_words(page, " paths: ");
  add_cost(page, r, c->a, r->strategy_count < 3);
  ofr_page_words(page, ".");
  ofr_page_headline(page);
  ofr_page_words(page, "The difference, ");
  ofr_figure_dollars_within(&page->line, fabs(c->mean), 2 * c->se);
  ofr_page_words(page, " in favour of ");
  add_strategy(page, r, c->a);
  ofr_page_words(page, ", is smaller than its error.");
  double ratio = 2 * c->se / fabs(c->mean), needed = 1.5 * ratio * ratio * (double)r->paths;
  if (needed < 1e9) {
    ofr_page_words(page, " If it is real, some ");
    double digit = pow(10, floor(log10(needed)));
    ofr_figure_count(&page->line, (uint64_t)(ceil(needed / digit) * digit));
    ofr_page_words(page, " paths would show it.");
  } else ofr_page_words(page, " No affordable number of paths would show it: take them as equal.");
  ofr_page_item(page);
}

static void say_cheapest(ofr_page *page, const ofr_result *r, const ofr_comparison *c) {
  add_strategy(page, r, c->a);
  ofr_page_words(page, r->paths == 1 ? " is cheapest in the one future looked at: " : " is cheapest on average: ");
  add_cost(page, r, c->a, false);
  ofr_page_words(page, ", ");
  add_advantage(page, r, c);
  if (r->paths > 1) {
    ofr_page_words(page, " (it wins ");
    ofr_answer_share_of_futures(page, r->paths, c->win_share);
    ofr_page_words(page, ")");
  }
  ofr_page_words(page, ".");
  ofr_page_headline(page);
}

static void say_headline(ofr_page *page, const ofr_result *r, const int *order) {
  if (r->strategy_count < 2) {
    say_alone(page, r);
    return;
  }
  ofr_comparison c = ofr_comparison_of(r, order[0], order[1]);
  if (is_same(&c)) say_same(page, r, &c);
  else if (ofr_within_noise(&c)) say_too_close(page, r, &c);
  else say_cheapest(page, r, &c);
}

/* The strategies behind the second. */
static void say_rivals(ofr_page *page, const ofr_result *r, const int *order) {
  for (int i = 2; i < r->strategy_count && i <= RIVALS_NAMED; i++) {
    ofr_comparison c = ofr_comparison_of(r, order[0], order[i]);
    add_strategy(page, r, c.a);
    if (is_same(&c)) ofr_page_words(page, " costs the same as ");
    else if (ofr_within_noise(&c)) ofr_page_words(page, " cannot be told apart from ");
    else ofr_page_words(page, " costs ");
    if (is_same(&c) || ofr_within_noise(&c)) add_strategy(page, r, c.b);
    else add_advantage(page, r, &c);
    if (r->paths > 1 && !is_same(&c)) {
      ofr_page_words(page, ", cheaper ");
      ofr_answer_share_of_futures(page, r->paths, c.win_share);
    }
    ofr_page_words(page, ".");
    ofr_page_item(page);
  }
  if (r->strategy_count > RIVALS_NAMED + 1) {
    int more = r->strategy_count - RIVALS_NAMED - 1;
    ofr_text_printf(&page->line, "The table has %d more strateg%s.", more, more == 1 ? "y" : "ies");
    ofr_page_item(page);
  }
}

/* The comparison with the cheapest that a change of what unserved work is worth turns around first. */
static ofr_comparison most_sensitive(const ofr_result *r, const int *order) {
  ofr_comparison nearest = {.break_even = NAN};
  for (int i = 1; i < r->strategy_count; i++) {
    ofr_comparison c = ofr_comparison_of(r, order[0], order[i]);
    if (!isfinite(c.break_even) || c.break_even <= 0 || is_same(&c) || ofr_within_noise(&c)) continue;
    if (isnan(nearest.break_even) || fabs(log(c.break_even)) < fabs(log(nearest.break_even))) nearest = c;
  }
  return nearest;
}

/* Total cost holds an opportunity cost: what that does to the answer. */
static void say_what_it_holds(ofr_page *page, const ofr_result *r, const int *order) {
  double unmet = mean_of(r, order[0], "unmet_cost");
  ofr_comparison c = most_sensitive(r, order);
  if (!(unmet > 0) && isnan(c.break_even)) return;
  ofr_page_words(page, "Of its cost, ");
  ofr_figure_dollars(&page->line, mean_of(r, order[0], "cash_cost"));
  ofr_page_words(page, " is cash and ");
  ofr_figure_dollars(&page->line, unmet);
  ofr_page_words(page, " what the plan says unserved work is worth.");
  if (isfinite(c.break_even)) {
    ofr_page_words(page, c.break_even > 1 ? " Were that worth more than " : " Were that worth less than ");
    ofr_text_fixed(&page->line, c.break_even, c.break_even < 10 ? 2 : 0, true);
    ofr_page_words(page, NO_BREAK "times as much, ");
    add_strategy(page, r, c.b);
    ofr_page_words(page, " would be cheaper.");
  }
  ofr_page_item(page);
}

static const ofr_distribution *of_promise(const ofr_result *r, int strategy, int contract, const char *name) {
  return ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, contract, name);
}

/* "'free' pays a shortfall charge in 12 % of futures, $34.40 million on average and $284.3 million where it falls due
 * (nominal)" */
static void add_charge(ofr_page *page, const ofr_result *r, int strategy, const ofr_distribution *charge) {
  double share = ofr_positive_share(charge);
  add_strategy(page, r, strategy);
  ofr_page_words(page, r->paths == 1 && share == 0 ? " pays no shortfall charge " : " pays a shortfall charge ");
  ofr_answer_share_of_futures(page, r->paths, r->paths == 1 ? 1 : share);
  if (share == 0) return;
  ofr_page_words(page, ", ");
  ofr_figure_dollars(&page->line, charge->mean);
  if (r->paths > 1) ofr_page_words(page, " on average");
  if (share < 1) {
    ofr_page_words(page, " and ");
    ofr_figure_dollars(&page->line, charge->mean / share);
    ofr_page_words(page, " where it falls due");
  }
  ofr_page_words(page, " (nominal)");
}

/* "'tied': 44 % of futures, $186.6 million on average", "'free': never" */
static void add_charge_in_short(ofr_page *page, const ofr_result *r, int strategy, const ofr_distribution *charge) {
  double share = ofr_positive_share(charge);
  add_strategy(page, r, strategy);
  ofr_page_words(page, share > 0 ? ": " : r->paths > 1 ? ": never" : ": none");
  if (share == 0) return;
  if (r->paths > 1) {
    ofr_figure_percent(&page->line, share);
    ofr_page_words(page, " of futures, ");
  }
  ofr_figure_dollars(&page->line, charge->mean);
  if (r->paths > 1) ofr_page_words(page, " on average");
}

/* What was left early asked for nothing, and is no promise met. */
static void add_met(ofr_page *page, const ofr_result *r, int strategy, int contract, const char *what) {
  const ofr_distribution *met = of_promise(r, strategy, contract, "utilisation");
  if (!ofr_say_left(page, r, strategy, contract) && met != NULL && met->count > 0) {
    ofr_page_words(page, "; ");
    ofr_figure_percent(&page->line, met->mean);
    ofr_page_words(page, what);
  }
  ofr_page_words(page, ".");
}

/* The cheapest that signs it in full, a few others in short. */
static void say_promise(ofr_page *page, const ofr_result *r, const int *order, int contract) {
  int said = 0, left = 0;
  for (int i = 0; i < r->strategy_count; i++) {
    const ofr_distribution *charge = of_promise(r, order[i], contract, "charge");
    if (charge == NULL || charge->count == 0 || !ofr_signs(r, order[i], contract)) continue;
    if (said == 0) {
      ofr_page_words(page, "Promise ");
      ofr_page_name(page, r->plan->contracts[contract].name);
      ofr_page_words(page, ": ");
      add_charge(page, r, order[i], charge);
      add_met(page, r, order[i], contract, " of the promise is met");
    } else if (said <= OTHERS_NAMED) {
      ofr_page_words(page, " ");
      add_charge_in_short(page, r, order[i], charge);
      add_met(page, r, order[i], contract, " met");
    } else left++;
    said++;
  }
  if (left > 0) ofr_text_printf(&page->line, " The table has %d more.", left);
  if (said > 0) ofr_page_item(page);
}

static void say_contracts(ofr_page *page, const ofr_result *r, const int *order) {
  for (int c = 0; c < r->plan->contract_count; c++) {
    if (ofr_metric_index(r, OFR_GROUP_COMMITMENT, c, "charge") >= 0) say_promise(page, r, order, c);
    ofr_say_exits(page, r, order, c);
  }
}

/* All is served where there is nothing to serve; but then nothing is. */
static bool is_without_work(const ofr_result *r, int strategy) {
  const ofr_distribution *served = metric(r, strategy, "served"), *unit_cost = metric(r, strategy, "unit_cost");
  return served->min == served->max && served->mean == 1 && unit_cost != NULL && unit_cost->count == 0;
}

/* "'free' leaves 1.6 % unserved on average and 7.6 % in its worst 5 % of futures" */
static void add_unserved(ofr_page *page, const ofr_result *r, int strategy, const ofr_distribution *served) {
  const bool varies = r->paths > 1 && served->min != served->max, all = served->min == served->max && served->mean == 1;
  add_strategy(page, r, strategy);
  ofr_page_words(page, all ? " serves all of it" : " leaves ");
  if (!all) {
    ofr_figure_percent(&page->line, 1 - served->mean);
    ofr_page_words(page, " unserved");
  }
  if (varies) {
    ofr_page_words(page, " on average and ");
    ofr_figure_percent(&page->line, 1 - served->cvar95);
    ofr_page_words(page, " in its worst 5" NO_BREAK "% of futures");
  } else if (r->paths > 1 || all) {
    ofr_page_words(page, " ");
    ofr_answer_share_of_futures(page, r->paths, 1);
  }
}

static void say_unserved(ofr_page *page, const ofr_result *r, const int *order) {
  const ofr_distribution *served = metric(r, order[0], "served");
  if (served == NULL || served->count == 0) return;
  if (is_without_work(r, order[0])) {
    ofr_page_words(page, "Work: there is none to do.");
    ofr_page_item(page);
    return;
  }
  ofr_page_words(page, "Work: ");
  add_unserved(page, r, order[0], served);
  for (int i = 1; i < r->strategy_count && i <= OTHERS_NAMED; i++) {
    ofr_page_words(page, i == 1 ? "; " : ", ");
    add_strategy(page, r, order[i]);
    ofr_page_words(page, i == 1 ? " leaves " : " ");
    ofr_figure_percent(&page->line, 1 - mean_of(r, order[i], "served"));
  }
  ofr_page_words(page, ".");
  ofr_page_item(page);
}

/* The other's tail as it is, or, where the two would look alike, what is between them. */
static void add_other_tail(ofr_page *page, double tail, double other) {
  ofr_text mine = {0}, its = {0};
  ofr_figure_dollars(&mine, tail);
  ofr_figure_dollars(&its, other);
  const bool alike = strcmp(ofr_text_chars(&mine), ofr_text_chars(&its)) == 0;
  ofr_page_words(page, alike ? ", by " : ": ");
  ofr_figure_dollars(&page->line, alike ? tail - other : other);
  ofr_text_free(&mine);
  ofr_text_free(&its);
}

static void add_mildest_tail(ofr_page *page, const ofr_result *r, int than) {
  int mildest = than;
  for (int s = 0; s < r->strategy_count; s++)
    if (metric(r, s, "total_cost")->cvar95 < metric(r, mildest, "total_cost")->cvar95) mildest = s;
  if (mildest != than) {
    ofr_page_words(page, "; the tail is milder under ");
    add_strategy(page, r, mildest);
    add_other_tail(page, metric(r, than, "total_cost")->cvar95, metric(r, mildest, "total_cost")->cvar95);
  } else if (r->strategy_count > 1) ofr_page_words(page, "; no other strategy has a milder tail");
}

static void say_risk(ofr_page *page, const ofr_result *r, const int *order) {
  const ofr_distribution *total = metric(r, order[0], "total_cost");
  ofr_page_words(page, "Risk: ");
  if (r->paths == 1) {
    ofr_page_words(page, "one future says nothing about chance; more paths do.");
    ofr_page_item(page);
    return;
  }
  if (total->min == total->max) {
    add_strategy(page, r, order[0]);
    ofr_page_words(page, " costs the same ");
    ofr_answer_share_of_futures(page, r->paths, 1);
    ofr_page_words(page, ".");
    ofr_page_item(page);
    return;
  }
  ofr_page_words(page, "in its worst 5" NO_BREAK "% of futures ");
  add_strategy(page, r, order[0]);
  ofr_page_words(page, " costs ");
  ofr_figure_dollars(&page->line, total->cvar95);
  ofr_page_words(page, " on average (CVaR 95)");
  if (total->mean > 0) {
    ofr_page_words(page, ", ");
    ofr_figure_percent(&page->line, total->cvar95 / total->mean - 1);
    ofr_page_words(page, " above its mean");
  }
  add_mildest_tail(page, r, order[0]);
  ofr_page_words(page, ".");
  ofr_page_item(page);
}

void ofr_answer(const ofr_result *result, ofr_page *page) {
  int order[OFR_MAX_STRATEGIES];
  if (result->strategy_count == 0 || metric(result, 0, "total_cost") == NULL) return;
  ofr_rank(result, order);
  say_headline(page, result, order);
  say_rivals(page, result, order);
  say_what_it_holds(page, result, order);
  say_contracts(page, result, order);
  say_unserved(page, result, order);
  say_risk(page, result, order);
}
