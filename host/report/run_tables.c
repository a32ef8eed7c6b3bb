/* The tables of a run: see run_tables.h. */
#include "run_tables.h"
#include "answer.h"
#include <math.h>
#include <string.h>

static const ofr_distribution *metric(const ofr_result *r, int strategy, const char *name) {
  return ofr_distribution_of(r, strategy, OFR_GROUP_METRIC, 0, name);
}

static void percent_cell(ofr_table *t, double share) {
  ofr_figure_percent_cell(ofr_table_cell(t), share);
  ofr_table_end_cell(t);
}

static void fixed_cell(ofr_table *t, double value, int decimals) {
  ofr_text_fixed(ofr_table_cell(t), value, decimals, true);
  ofr_table_end_cell(t);
}

static void headings(ofr_table *t, const char *const *names, int count) {
  for (int i = 0; i < count; i++) ofr_table_string(t, names[i]);
  ofr_table_end_row(t);
}

static double mean_of(const ofr_distribution *d) { return d != NULL && d->count > 0 ? d->mean : NAN; }

/* "What it costs, $ million in today's money" */
static void heading_in(ofr_page *page, const char *what, ofr_money_unit unit, const char *kind) {
  ofr_text_printf(&page->line, "%s, %s%s", what, unit.name, kind);
  ofr_page_heading(page, 2);
}

ofr_money_unit ofr_run_unit(const ofr_result *r) {
  double largest = 0;
  for (int s = 0; s < r->strategy_count; s++) {
    const ofr_distribution *total = metric(r, s, "total_cost");
    if (total != NULL && fabs(total->cvar95) > largest) largest = fabs(total->cvar95);
  }
  return ofr_money_unit_for(largest);
}

void ofr_show_strategies(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"strategy", "mean",  "p5",       "p95",    "CVaR 95",
                                      "cash",     "unmet", "served %", "$/hour", "above the best"};
  ofr_table t = ofr_table_begin(1);
  headings(&t, names, sizeof names / sizeof *names - !r->bound);
  for (int s = 0; s < r->strategy_count; s++) {
    const ofr_distribution *total = metric(r, s, "total_cost");
    int i = ofr_metric_index(r, OFR_GROUP_METRIC, 0, "total_cost");
    if (total == NULL) continue;
    ofr_table_string(&t, r->plan->strategies[s].name);
    ofr_table_money(&t, total->mean, unit);
    ofr_table_money(&t, ofr_value(total->quantile[OFR_P05], r->metrics[i].scale), unit);
    ofr_table_money(&t, ofr_value(total->quantile[OFR_P95], r->metrics[i].scale), unit);
    ofr_table_money(&t, total->cvar95, unit);
    ofr_table_money(&t, mean_of(metric(r, s, "cash_cost")), unit);
    ofr_table_money(&t, mean_of(metric(r, s, "unmet_cost")), unit);
    percent_cell(&t, mean_of(metric(r, s, "served")));
    fixed_cell(&t, mean_of(metric(r, s, "unit_cost")), 3);
    if (r->bound) ofr_table_money(&t, r->bound->strategies[s].regret.mean, unit);
    ofr_table_end_row(&t);
  }
  heading_in(page, "Total cost of each strategy", unit, " in today's money");
  ofr_page_table(page, &t);
  ofr_page_words(page, "One future in twenty is cheaper than p5, one in twenty dearer than p95; CVaR 95 is the mean of those. "
                       "$/hour is nominal cash per reference accelerator-hour served.");
  if (r->bound)
    ofr_page_words(page,
                   " Above the best: what it pays on average above the best possible, the least that the same contracts could "
                   "have cost with perfect foresight, proved future by future; `offramp bound` tells more.");
  ofr_page_paragraph(page);
}

/* The run's unit, or a finer one where a difference would not show in it. */
static ofr_money_unit unit_of_differences(const ofr_result *r, const int *order, ofr_money_unit unit) {
  double smallest = INFINITY, largest = 0;
  for (int i = 1; i < r->strategy_count; i++) {
    const double size = fabs(ofr_comparison_of(r, order[i], order[0]).mean);
    if (size > 0) smallest = fmin(smallest, size);
    largest = fmax(largest, size);
  }
  return ofr_money_unit_showing(unit, smallest, largest);
}

void ofr_show_differences(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"strategy",      "dearer by",   "\xC2\xB1 2 se", "in cash",
                                      "in unmet work", "dearer in %", "breaks even at"};
  int order[OFR_MAX_STRATEGIES];
  if (r->strategy_count < 2) return;
  ofr_rank(r, order);
  unit = unit_of_differences(r, order, unit);
  ofr_table t = ofr_table_begin(1);
  headings(&t, names, sizeof names / sizeof *names);
  for (int i = 1; i < r->strategy_count; i++) {
    ofr_comparison c = ofr_comparison_of(r, order[i], order[0]);
    double paths = c.count ? (double)c.count : NAN;
    ofr_table_string(&t, r->plan->strategies[order[i]].name);
    ofr_table_money(&t, c.mean, unit);
    ofr_table_money(&t, c.count > 1 ? 2 * c.se : NAN, unit);
    ofr_table_money(&t, (double)c.cash_sum * r->money_quantum / paths, unit);
    ofr_table_money(&t, (double)c.unmet_sum * r->money_quantum / paths, unit);
    percent_cell(&t, (double)c.b_wins / paths);
    if (isfinite(c.break_even)) ofr_text_fixed(ofr_table_cell(&t), c.break_even, 2, true);
    else ofr_text_add(ofr_table_cell(&t), "never");
    ofr_table_end_cell(&t);
    ofr_table_end_row(&t);
  }
  ofr_page_words(page, "Against ");
  ofr_page_name(page, r->plan->strategies[order[0]].name);
  heading_in(page, ", on the same futures", unit, " in today's money");
  ofr_page_table(page, &t);
  ofr_page_words(page, "Breaks even at: how many times the plan's unmet cost makes both cost the same.");
  ofr_page_paragraph(page);
}

typedef struct part {
  const char *metric, *heading;
  bool always;
} part;
static const part parts[] = {{"usage_cost", "usage", true},    {"reservation_cost", "reserved", false},
                             {"egress_cost", "egress", false}, {"shortfall_cost", "shortfall", false},
                             {"exit_cost", "exit", false},     {"grants", "grants", false},
                             {"cash_cost", "cash", true},      {"unmet_cost", "unmet", true},
                             {"total_cost", "total", true},    {"nominal_cash", "nominal cash", true}};
enum { PARTS = sizeof parts / sizeof *parts };

static bool is_shown(const ofr_result *r, const part *p) {
  bool any = p->always;
  for (int s = 0; s < r->strategy_count; s++) {
    const ofr_distribution *d = metric(r, s, p->metric);
    if (d == NULL) return false;
    any = any || d->min != 0 || d->max != 0;
  }
  return any;
}

void ofr_show_cost_parts(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  ofr_table t = ofr_table_begin(1);
  ofr_table_string(&t, "strategy");
  for (int p = 0; p < PARTS; p++)
    if (is_shown(r, &parts[p])) ofr_table_string(&t, parts[p].heading);
  ofr_table_end_row(&t);
  for (int s = 0; s < r->strategy_count; s++) {
    ofr_table_string(&t, r->plan->strategies[s].name);
    for (int p = 0; p < PARTS; p++)
      if (is_shown(r, &parts[p])) ofr_table_money(&t, mean_of(metric(r, s, parts[p].metric)), unit);
    ofr_table_end_row(&t);
  }
  heading_in(page, "What the cost is made of", unit, " in today's money, means");
  ofr_page_table(page, &t);
}

/* A promise with no capacity to earn it shows here: met, charged, and how much where it is charged. */
static void add_commitment(ofr_table *t, const ofr_result *r, int strategy, int contract, ofr_money_unit unit) {
  const ofr_distribution *charge = ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, contract, "charge");
  int i = ofr_metric_index(r, OFR_GROUP_COMMITMENT, contract, "charge");
  double share = ofr_positive_share(charge);
  ofr_table_string(t, r->plan->contracts[contract].name);
  ofr_table_string(t, r->plan->strategies[strategy].name);
  ofr_table_money(t, mean_of(ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, contract, "counted")), unit);
  percent_cell(t, mean_of(ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, contract, "utilisation")));
  percent_cell(t, share);
  ofr_table_money(t, charge->mean, unit);
  ofr_table_money(t, share > 0 ? charge->mean / share : 0, unit);
  ofr_table_money(t, ofr_value(charge->quantile[OFR_P95], r->metrics[i].scale), unit);
  ofr_table_end_row(t);
}

static bool has_exit(const ofr_result *r) {
  for (int c = 0; c < r->plan->contract_count; c++)
    for (int s = 0; s < r->strategy_count; s++)
      if (r->plan->contracts[c].type == OFR_EXIT && ofr_signs(r, s, c)) return true;
  return false;
}

void ofr_show_commitments(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"promise",      "strategy",    "counted",      "met %",
                                      "charged in %", "mean charge", "when charged", "p95"};
  ofr_table t = ofr_table_begin(2);
  headings(&t, names, sizeof names / sizeof *names);
  for (int c = ofr_next_subject(r, OFR_GROUP_COMMITMENT, 0, "charge"); c >= 0;
       c = ofr_next_subject(r, OFR_GROUP_COMMITMENT, c + 1, "charge"))
    for (int s = 0; s < r->strategy_count; s++)
      if (ofr_signs(r, s, c)) add_commitment(&t, r, s, c, unit);
  if (t.rows < 2) {
    ofr_table_free(&t);
    return;
  }
  heading_in(page, "Promises", unit, ", nominal");
  ofr_page_table(page, &t);
  if (!has_exit(r)) return;
  ofr_page_words(page, "Met: of what windows asked that settled; one that an exit ended asked nothing.");
  ofr_page_paragraph(page);
}

void ofr_show_revenue(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  bool concentration = ofr_metric_index(r, OFR_GROUP_METRIC, 0, "concentration") >= 0;
  if (ofr_next_subject(r, OFR_GROUP_PROVIDER, 0, "revenue") < 0) return;
  ofr_table t = ofr_table_begin(1);
  ofr_table_string(&t, "strategy");
  for (int p = 0; (p = ofr_next_subject(r, OFR_GROUP_PROVIDER, p, "revenue")) >= 0; p++)
    ofr_table_string(&t, r->plan->providers[p].name);
  if (concentration) ofr_table_string(&t, "concentration");
  ofr_table_end_row(&t);
  for (int s = 0; s < r->strategy_count; s++) {
    ofr_table_string(&t, r->plan->strategies[s].name);
    for (int p = 0; (p = ofr_next_subject(r, OFR_GROUP_PROVIDER, p, "revenue")) >= 0; p++)
      ofr_table_money(&t, mean_of(ofr_distribution_of(r, s, OFR_GROUP_PROVIDER, p, "revenue")), unit);
    if (concentration) fixed_cell(&t, mean_of(metric(r, s, "concentration")), 2);
    ofr_table_end_row(&t);
  }
  heading_in(page, "Who earns it", unit, " in today's money, means");
  ofr_page_table(page, &t);
}

/* The stakeholders' table has those in its anchor. */
static bool is_told_elsewhere(const ofr_result *r, const ofr_contract *stake) {
  return r->stakeholders != NULL && stake->provider == r->plan->stakeholders->anchor;
}

static void add_stake(ofr_table *t, const ofr_result *r, int strategy, int contract, ofr_money_unit unit) {
  const ofr_distribution *net = ofr_distribution_of(r, strategy, OFR_GROUP_STAKE, contract, "net");
  const double scale = r->metrics[ofr_metric_index(r, OFR_GROUP_STAKE, contract, "net")].scale;
  ofr_text_printf(ofr_table_cell(t), "%s (%s)", r->plan->contracts[contract].name, r->plan->contracts[contract].holder);
  ofr_table_end_cell(t);
  ofr_table_string(t, r->plan->strategies[strategy].name);
  ofr_table_money(t, mean_of(net), unit);
  ofr_table_money(t, ofr_value(net->quantile[OFR_P05], scale), unit);
  ofr_table_money(t, ofr_value(net->quantile[OFR_P95], scale), unit);
  ofr_table_end_row(t);
}

void ofr_show_stakes(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"stake (holder)", "strategy", "mean", "p5", "p95"};
  ofr_table t = ofr_table_begin(2);
  headings(&t, names, sizeof names / sizeof *names);
  for (int c = ofr_next_subject(r, OFR_GROUP_STAKE, 0, "net"); c >= 0; c = ofr_next_subject(r, OFR_GROUP_STAKE, c + 1, "net"))
    for (int s = 0; s < r->strategy_count && !is_told_elsewhere(r, &r->plan->contracts[c]); s++)
      if (ofr_signs(r, s, c)) add_stake(&t, r, s, c, unit);
  if (t.rows < 2) {
    ofr_table_free(&t);
    return;
  }
  heading_in(page, "What holders of stakes earn", unit, " in today's money");
  ofr_page_table(page, &t);
}

static void show_shares(const ofr_result *r, ofr_metric_group group, const char *heading, ofr_page *page) {
  ofr_table t = ofr_table_begin(1);
  ofr_table_string(&t, "strategy");
  for (int i = 0; (i = ofr_next_subject(r, group, i, "share")) >= 0; i++)
    ofr_table_string(&t, group == OFR_GROUP_VENDOR ? r->plan->vendors[i] : r->plan->providers[i].name);
  ofr_table_end_row(&t);
  for (int s = 0; s < r->strategy_count; s++) {
    ofr_table_string(&t, r->plan->strategies[s].name);
    for (int i = 0; (i = ofr_next_subject(r, group, i, "share")) >= 0; i++)
      percent_cell(&t, mean_of(ofr_distribution_of(r, s, group, i, "share")));
    ofr_table_end_row(&t);
  }
  if (t.columns < 3) { /* one of them does all there is */
    ofr_table_free(&t);
    return;
  }
  ofr_page_words(page, heading);
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
}

void ofr_show_work(const ofr_result *r, ofr_page *page) {
  show_shares(r, OFR_GROUP_PROVIDER, "Who does the work, % of what is served", page);
  show_shares(r, OFR_GROUP_VENDOR, "Whose accelerators do it, % of what is served", page);
}

typedef enum year_value { YEAR_MEAN, YEAR_P05, YEAR_P95 } year_value;

static void add_year_row(ofr_table *t, const ofr_result *r, int strategy, const ofr_band *band, const char *label,
                         year_value value, ofr_money_unit unit) {
  const ofr_year *years = &r->strategies[strategy].years[(band - r->strategies[strategy].bands) * r->year_count];
  ofr_table_string(t, r->plan->strategies[strategy].name);
  ofr_table_string(t, label);
  for (int y = 0; y < r->year_count; y++)
    ofr_table_money(t, value == YEAR_MEAN ? years[y].mean : value == YEAR_P05 ? years[y].p05 : years[y].p95, unit);
  ofr_table_end_row(t);
}

static bool has_any(const ofr_result *r, int strategy, const ofr_band *band) {
  const ofr_year *years = &r->strategies[strategy].years[(band - r->strategies[strategy].bands) * r->year_count];
  for (int y = 0; y < r->year_count; y++)
    if (years[y].mean != 0) return true;
  return false;
}

void ofr_show_years(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  if (r->year_count == 0 || ofr_band_of(r, 0, "cash", -1) == NULL) return;
  ofr_table t = ofr_table_begin(2);
  ofr_table_string(&t, "strategy");
  ofr_table_string(&t, "");
  for (int y = 0; y < r->year_count; y++) {
    ofr_text_printf(ofr_table_cell(&t), "%d", r->strategies[0].years[y].year);
    ofr_table_end_cell(&t);
  }
  ofr_table_end_row(&t);
  for (int s = 0; s < r->strategy_count; s++) {
    const ofr_band *cash = ofr_band_of(r, s, "cash", -1), *charges = ofr_band_of(r, s, "charges", -1);
    add_year_row(&t, r, s, cash, "mean", YEAR_MEAN, unit);
    if (r->paths > 1) add_year_row(&t, r, s, cash, "p5", YEAR_P05, unit);
    if (r->paths > 1) add_year_row(&t, r, s, cash, "p95", YEAR_P95, unit);
    if (charges != NULL && has_any(r, s, charges)) add_year_row(&t, r, s, charges, "of it charges", YEAR_MEAN, unit);
  }
  heading_in(page, "Cash by year", unit, ", nominal");
  ofr_page_table(page, &t);
}
