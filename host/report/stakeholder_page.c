/* Stakeholders for the person who signs: one table, a row for each thing that somebody looks at, and what it says of the anchor
 * in sentences. */
#include <math.h>
#include "answer.h"
#include "stakeholder_report.h"

typedef struct sheet {
  const ofr_result *result;
  ofr_money_unit unit;
  ofr_table table;
} sheet;

typedef void cell(sheet *x, int strategy, int subject);

/* A row: one cell a strategy. */
static void add_row(sheet *x, const char *who, const char *role, const char *what, cell *put, int subject) {
  ofr_text *label = ofr_table_cell(&x->table);
  ofr_text_add(label, who);
  if (role != NULL) ofr_text_printf(label, " (%s)", role);
  ofr_table_end_cell(&x->table);
  ofr_table_string(&x->table, what);
  for (int s = 0; s < x->result->strategy_count; s++) {
    put(x, s, subject);
    ofr_table_end_cell(&x->table);
  }
  ofr_table_end_row(&x->table);
}

static void money(sheet *x, double dollars) { ofr_figure_money(ofr_table_cell(&x->table), dollars, x->unit); }
static void percent(sheet *x, double share) { ofr_figure_percent_cell(ofr_table_cell(&x->table), share); }
static void index_of(sheet *x, double value) { ofr_text_fixed(ofr_table_cell(&x->table), value, 2, false); }

static double mean_of(const ofr_result *r, int strategy, ofr_metric_group group, int subject, const char *name) {
  const ofr_distribution *d = ofr_distribution_of(r, strategy, group, subject, name);
  return d != NULL && d->count > 0 ? d->mean : NAN;
}

/* ---- cells ---- */

static void total_cost(sheet *x, int s, int i) { money(x, mean_of(x->result, s, OFR_GROUP_METRIC, i, "total_cost")); }
static void cash_cost(sheet *x, int s, int i) { money(x, mean_of(x->result, s, OFR_GROUP_METRIC, i, "cash_cost")); }
static void unserved(sheet *x, int s, int i) { percent(x, 1 - mean_of(x->result, s, OFR_GROUP_METRIC, i, "served")); }
static void revenue(sheet *x, int s, int g) { money(x, mean_of(x->result, s, OFR_GROUP_PROVIDER, g, "revenue")); }
static void vendor_share(sheet *x, int s, int v) { percent(x, mean_of(x->result, s, OFR_GROUP_VENDOR, v, "share")); }
static void concentration(sheet *x, int s, int i) { index_of(x, mean_of(x->result, s, OFR_GROUP_METRIC, i, "concentration")); }
static void in_year(sheet *x, int s, int year) { index_of(x, ofr_concentration_in(x->result, s, year)); }
static void majority(sheet *x, int s, int i) { (void)i, percent(x, ofr_majority_share(x->result, s)); }
static void charge(sheet *x, int s, int i) { (void)i, money(x, ofr_anchor_charge(x->result, s)); }

static void stake(sheet *x, int s, int c) {
  money(x, ofr_signs(x->result, s, c) ? mean_of(x->result, s, OFR_GROUP_STAKE, c, "net") : 0);
}

static void absorbed(sheet *x, int s, int i) {
  const ofr_absorption *a = &x->result->stakeholders->absorptions[i];
  money(x, ofr_signs(x->result, s, a->contract) ? a->absorbed.mean : 0);
}

static void suffices(sheet *x, int s, int i) {
  const ofr_absorption *a = &x->result->stakeholders->absorptions[i];
  percent(x, ofr_signs(x->result, s, a->contract) ? ofr_absorption_suffices(a) : 0);
}

static void behind(sheet *x, int s, int i) {
  const ofr_absorption *a = &x->result->stakeholders->absorptions[i];
  char month[8];
  if (!ofr_signs(x->result, s, a->contract) || a->first_behind.count == 0) {
    ofr_text_add(ofr_table_cell(&x->table), "\xE2\x80\x93");
    return;
  }
  ofr_plan_month_name(x->result->plan, (int)a->first_behind.quantile[OFR_P50], month);
  ofr_text_add(ofr_table_cell(&x->table), month);
}

static void failure_mean(sheet *x, int s, int i) { (void)i, money(x, ofr_failure_of(x->result, s, "total_cost")->values.mean); }
/* Two digits of it, however small it is beside the table's unit. */
static void failure_error(sheet *x, int s, int i) {
  double error = 2 * ofr_failure_of(x->result, s, "total_cost")->values.se / x->unit.dollars;
  int decimals = 0;
  (void)i;
  for (double e = error; e > 0 && e < 9.95 && decimals < 6; e *= 10) decimals++;
  ofr_text_fixed(ofr_table_cell(&x->table), error, decimals, true);
}
static void failure_tail(sheet *x, int s, int i) {
  (void)i, money(x, ofr_failure_of(x->result, s, "total_cost")->values.cvar95);
}
static void failure_unmet(sheet *x, int s, int i) {
  (void)i, money(x, ofr_failure_of(x->result, s, "unmet_cost")->values.mean);
}

/* ---- the table ---- */

static void add_anchor(sheet *x) {
  const ofr_plan *plan = x->result->plan;
  const char *name = plan->providers[plan->stakeholders->anchor].name;
  add_row(x, name, "anchor", "revenue", revenue, plan->stakeholders->anchor);
  add_row(x, name, "anchor", "shortfall charges, nominal", charge, 0);
  for (int c = 0; c < plan->contract_count; c++) {
    if (plan->contracts[c].type != OFR_STAKE || plan->contracts[c].provider != plan->stakeholders->anchor) continue;
    ofr_text what = {0};
    ofr_text_printf(&what, "net of %s's stake", plan->contracts[c].holder);
    add_row(x, name, "anchor", ofr_text_chars(&what), stake, c);
    ofr_text_free(&what);
  }
  for (int i = 0; i < x->result->stakeholders->absorption_count; i++) {
    const char *contract = plan->contracts[x->result->stakeholders->absorptions[i].contract].name;
    ofr_text what = {0};
    ofr_text_printf(&what, "could absorb of %s, nominal", contract);
    add_row(x, name, "anchor", ofr_text_chars(&what), absorbed, i);
    add_row(x, name, "anchor", "  which suffices in %", suffices, i);
    add_row(x, name, "anchor", "  falls behind pace (median)", behind, i);
    ofr_text_free(&what);
  }
}

static void add_regulator(sheet *x) {
  const ofr_result *r = x->result;
  add_row(x, "regulator", NULL, "concentration of revenue", concentration, 0);
  for (int y = 0; y < r->year_count; y++) {
    ofr_text what = {0};
    ofr_text_printf(&what, "  in %d", r->strategies[0].years[y].year);
    add_row(x, "regulator", NULL, ofr_text_chars(&what), in_year, r->strategies[0].years[y].year);
    ofr_text_free(&what);
  }
  add_row(x, "regulator", NULL, "one earns more than half, in %", majority, 0);
}

static void add_rows(sheet *x) {
  const ofr_plan *plan = x->result->plan;
  add_row(x, "buyer", NULL, "total cost", total_cost, 0);
  add_row(x, "buyer", NULL, "cash", cash_cost, 0);
  add_row(x, "buyer", NULL, "unserved work %", unserved, 0);
  add_anchor(x);
  for (int g = 0; g < plan->provider_count; g++)
    if (g != plan->stakeholders->anchor) add_row(x, plan->providers[g].name, "rival", "revenue", revenue, g);
  for (int v = 0; v < plan->vendor_count; v++) add_row(x, plan->vendors[v], "vendor", "share of work %", vendor_share, v);
  add_regulator(x);
  if (x->result->stakeholders->difference_count == 0) return;
  add_row(x, "dependent enterprise", NULL, "the failure costs", failure_mean, 0);
  if (x->result->paths > 1) add_row(x, "dependent enterprise", NULL, "  \xC2\xB1 2 se", failure_error, 0);
  add_row(x, "dependent enterprise", NULL, "  of it unmet", failure_unmet, 0);
  if (x->result->paths > 1) add_row(x, "dependent enterprise", NULL, "  in the worst 5 % of futures", failure_tail, 0);
}

/* ---- sentences ---- */

static void add_month(ofr_page *page, const ofr_plan *plan, int64_t month) {
  char name[8];
  ofr_plan_month_name(plan, (int)month, name);
  ofr_page_words(page, name);
}

/* "azure could absorb $312.4 billion of the $250.0 billion of 'azure-250b' on average; that suffices in 74 % of futures." */
static void say_absorption(ofr_page *page, const ofr_result *r, const ofr_absorption *a) {
  ofr_page_literal(page, r->plan->providers[r->plan->stakeholders->anchor].name);
  ofr_page_words(page, " could absorb ");
  ofr_figure_dollars(&page->line, a->absorbed.mean);
  ofr_page_words(page, r->paths > 1 ? " on average against the " : " against the ");
  ofr_figure_dollars(&page->line, ofr_value(a->amount, r->money_quantum));
  ofr_page_words(page, " of ");
  ofr_page_name(page, r->plan->contracts[a->contract].name);
  double suffices = ofr_absorption_suffices(a);
  if (r->paths == 1) ofr_page_words(page, suffices > 0 ? ": that suffices" : ": that does not suffice");
  else {
    ofr_page_words(page, ": that suffices ");
    ofr_answer_share_of_futures(page, r->paths, suffices);
  }
  double share = ofr_defined_share(r, &a->first_behind);
  ofr_page_words(page, share > 0 ? ". It falls behind the pace of the promise "
                                 : ". It falls behind the pace of the promise in no month.");
  if (share > 0) {
    ofr_answer_share_of_futures(page, r->paths, share);
    ofr_page_words(page, ", first in ");
    add_month(page, r->plan, a->first_behind.quantile[OFR_P50]);
    ofr_page_words(page, " and last in ");
    add_month(page, r->plan, a->last_behind.quantile[OFR_P50]);
    ofr_page_words(page, r->paths > 1 ? " (medians)." : ".");
  }
  ofr_page_item(page);
}

static void say_failure(ofr_page *page, const ofr_result *r) {
  const ofr_stakeholders *x = r->plan->stakeholders;
  ofr_page_words(page, "The failure: ");
  ofr_page_literal(page, r->plan->providers[x->anchor].name);
  ofr_page_words(page, " has no capacity from ");
  add_month(page, r->plan, x->failure.from);
  ofr_page_words(page, " to ");
  add_month(page, r->plan, x->failure.to);
  ofr_page_words(page, ", nor what is reserved there, whose fees go on. What it costs is the difference on the same futures.");
  ofr_page_item(page);
}

void ofr_show_stakeholders(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  if (r->stakeholders == NULL) return;
  sheet x = {r, unit, ofr_table_begin(2)};
  ofr_table_string(&x.table, "stakeholder");
  ofr_table_string(&x.table, "");
  for (int s = 0; s < r->strategy_count; s++) ofr_table_string(&x.table, r->plan->strategies[s].name);
  ofr_table_end_row(&x.table);
  add_rows(&x);
  ofr_text_printf(&page->line, "Stakeholders, %s in today's money unless nominal, means", unit.name);
  ofr_page_heading(page, 2);
  ofr_page_table(page, &x.table);
  for (int i = 0; i < r->stakeholders->absorption_count; i++) say_absorption(page, r, &r->stakeholders->absorptions[i]);
  if (r->stakeholders->difference_count > 0) say_failure(page, r);
}
