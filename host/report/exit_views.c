/* Exits of a run: see exit_views.h. */
#include "exit_views.h"
#include "../reduce/exit_months.h"
#include <math.h>

enum { OTHERS_NAMED = 3, DATES_NAMED = 4 /* in a sentence */, DATES_SHOWN = 8 /* in a table */ };

static const ofr_distribution *month_of(const ofr_result *r, int strategy, int exit) {
  return ofr_distribution_of(r, strategy, OFR_GROUP_EXIT, exit, "month");
}

static const ofr_distribution *fee_of(const ofr_result *r, int strategy, int exit) {
  return ofr_distribution_of(r, strategy, OFR_GROUP_EXIT, exit, "fee");
}

static int next_exit(const ofr_result *r, int from) { return ofr_next_subject(r, OFR_GROUP_EXIT, from, "month"); }

int ofr_next_exit_month(const ofr_plan *plan, int exit, int from) {
  for (int t = from; t < plan->months; t++)
    if (plan->contracts[exit].at[t]) return t;
  return -1;
}

double ofr_exit_month_share(const ofr_result *r, int strategy, int exit, int month) {
  const uint64_t *taken = ofr_exit_months(r, strategy, exit);
  return taken != NULL && r->weight > 0 ? (double)taken[month] / (double)r->weight : NAN;
}

/* ---- sentences ---- */

static void add_month(ofr_text *out, const ofr_plan *plan, int64_t month) {
  char name[8];
  ofr_plan_month_name(plan, (int)month, name);
  ofr_text_add(out, name);
}

/* Months in which it is taken at all; one more than can be named where there are more. */
static int dates_taken(const ofr_result *r, int strategy, int exit, int dates[DATES_NAMED + 1]) {
  const uint64_t *taken = ofr_exit_months(r, strategy, exit);
  int count = 0;
  for (int t = 0; taken != NULL && t < r->plan->months && count <= DATES_NAMED; t++)
    if (taken[t] > 0) dates[count++] = t;
  return count;
}

/* Of those that take it, hardly one does so in another month than the median. */
static bool is_nearly_always_then(const ofr_result *r, int strategy, int exit) {
  const ofr_distribution *month = month_of(r, strategy, exit);
  const uint64_t *taken = ofr_exit_months(r, strategy, exit);
  return taken != NULL && (double)taken[month->quantile[OFR_P50]] >= 0.99 * (double)month->count;
}

/* " (31 % in 2028-12, 8.4 % in 2029-12)", ", in 2028-12", ", in 2029-03 at the median" */
static void add_when(ofr_page *page, const ofr_result *r, int strategy, int exit, bool in_full) {
  const ofr_distribution *month = month_of(r, strategy, exit);
  int dates[DATES_NAMED + 1], count = dates_taken(r, strategy, exit, dates);
  bool nearly_always = month->min != month->max && is_nearly_always_then(r, strategy, exit);
  if (in_full && count > 1 && count <= DATES_NAMED && !nearly_always) {
    for (int i = 0; i < count; i++) {
      ofr_page_words(page, i == 0 ? " (" : ", ");
      ofr_figure_percent(&page->line, ofr_exit_month_share(r, strategy, exit, dates[i]));
      ofr_page_words(page, " in ");
      add_month(&page->line, r->plan, dates[i]);
    }
    ofr_page_words(page, ")");
    return;
  }
  ofr_page_words(page, nearly_always ? ", nearly always in " : ", in ");
  add_month(&page->line, r->plan, month->quantile[OFR_P50]);
  if (month->min == month->max || nearly_always) return;
  ofr_page_words(page, " at the median");
  if (!in_full) return;
  ofr_page_words(page, " (nine in ten from ");
  add_month(&page->line, r->plan, month->quantile[OFR_P05]);
  ofr_page_words(page, " to ");
  add_month(&page->line, r->plan, month->quantile[OFR_P95]);
  ofr_page_words(page, ")");
}

/* ", for $31.90 billion on average (nominal)" */
static void add_fee(ofr_page *page, const ofr_result *r, int strategy, int exit, bool in_full) {
  const ofr_distribution *fee = fee_of(r, strategy, exit);
  if (fee->max == 0) {
    ofr_page_words(page, ", for nothing");
    return;
  }
  ofr_page_words(page, ", for ");
  ofr_figure_dollars(&page->line, fee->mean);
  if (fee->min != fee->max) ofr_page_words(page, " on average");
  if (in_full) ofr_page_words(page, " (nominal)");
}

/* "'open, off-ramp' leaves 'azure-250b' in 41 % of futures (31 % in 2028-12, 10 % in 2029-12), for $31.90 billion on average" */
static void say_in_full(ofr_page *page, const ofr_result *r, int strategy, int exit) {
  double share = ofr_defined_share(r, month_of(r, strategy, exit));
  ofr_page_name(page, r->plan->strategies[strategy].name);
  ofr_page_words(page, share > 0 ? " leaves " : r->paths == 1 ? " does not leave " : " never leaves ");
  ofr_page_name(page, r->plan->contracts[r->plan->contracts[exit].target].name);
  if (share > 0 && r->paths > 1) {
    ofr_page_words(page, " ");
    ofr_answer_share_of_futures(page, r->paths, share);
  }
  if (share > 0) {
    add_when(page, r, strategy, exit, true);
    add_fee(page, r, strategy, exit, true);
  }
  ofr_page_words(page, ".");
}

/* " 'other': 12 % of futures, in 2029-12 at the median, for $2.10 billion on average." */
static void say_in_short(ofr_page *page, const ofr_result *r, int strategy, int exit) {
  double share = ofr_defined_share(r, month_of(r, strategy, exit));
  ofr_page_words(page, " ");
  ofr_page_name(page, r->plan->strategies[strategy].name);
  ofr_page_words(page, share > 0 ? ": " : ": never");
  if (share > 0 && r->paths > 1) {
    ofr_figure_percent(&page->line, share);
    ofr_page_words(page, " of futures");
  }
  if (share > 0 && r->paths == 1) ofr_page_words(page, "it does");
  if (share > 0) {
    add_when(page, r, strategy, exit, false);
    add_fee(page, r, strategy, exit, false);
  }
  ofr_page_words(page, ".");
}

static void say_exit(ofr_page *page, const ofr_result *r, const int *order, int exit) {
  int said = 0;
  for (int i = 0; i < r->strategy_count; i++) {
    if (!ofr_signs(r, order[i], exit)) continue;
    if (said == 0) {
      ofr_page_words(page, "Exit ");
      ofr_page_name(page, r->plan->contracts[exit].name);
      ofr_page_words(page, ": ");
      say_in_full(page, r, order[i], exit);
    } else if (said <= OTHERS_NAMED) say_in_short(page, r, order[i], exit);
    said++;
  }
  if (said > OTHERS_NAMED + 1) ofr_text_printf(&page->line, " The table has %d more.", said - OTHERS_NAMED - 1);
  if (said > 0) ofr_page_item(page);
}

void ofr_say_exits(ofr_page *page, const ofr_result *r, const int *order, int contract) {
  for (int exit = next_exit(r, 0); exit >= 0; exit = next_exit(r, exit + 1))
    if (r->plan->contracts[exit].target == contract) say_exit(page, r, order, exit);
}

/* No future takes two exits from one contract, so that their shares add up. */
bool ofr_say_left(ofr_page *page, const ofr_result *r, int strategy, int contract) {
  double share = 0;
  int last = -1, count = 0;
  for (int exit = next_exit(r, 0); exit >= 0; exit = next_exit(r, exit + 1)) {
    if (r->plan->contracts[exit].target != contract || !ofr_signs(r, strategy, exit)) continue;
    if (month_of(r, strategy, exit)->count == 0) continue;
    share += ofr_defined_share(r, month_of(r, strategy, exit));
    last = exit;
    count++;
  }
  if (count == 0) return false;
  ofr_page_words(page, "; ");
  ofr_figure_dollars(&page->line, ofr_distribution_of(r, strategy, OFR_GROUP_COMMITMENT, contract, "counted")->mean);
  ofr_page_words(page, " counted, for ");
  if (count == 1) ofr_page_name(page, r->plan->contracts[last].name);
  else ofr_page_words(page, "an exit");
  ofr_page_words(page, " ends it");
  if (r->paths > 1) {
    ofr_page_words(page, " ");
    ofr_answer_share_of_futures(page, r->paths, fmin(share, 1));
  }
  return true;
}

/* ---- tables ---- */

static void month_cell(ofr_table *t, const ofr_plan *plan, const ofr_distribution *month, int quantile) {
  if (month->count > 0) add_month(ofr_table_cell(t), plan, month->quantile[quantile]);
  else ofr_text_add(ofr_table_cell(t), "\xE2\x80\x93");
  ofr_table_end_cell(t);
}

static void labels(ofr_table *t, const ofr_result *r, int strategy, int exit) {
  ofr_table_string(t, r->plan->contracts[exit].name);
  ofr_table_string(t, r->plan->strategies[strategy].name);
}

static void share_cell(ofr_table *t, double share, const char *none) {
  if (share > 0) ofr_figure_percent_cell(ofr_table_cell(t), share);
  else ofr_text_add(ofr_table_cell(t), none);
  ofr_table_end_cell(t);
}

static void add_exit(ofr_table *t, const ofr_result *r, int strategy, int exit, ofr_money_unit unit) {
  const ofr_distribution *month = month_of(r, strategy, exit), *fee = fee_of(r, strategy, exit);
  double p95 = fee->count > 0 ? ofr_value(fee->quantile[OFR_P95], r->money_quantum) : 0;
  labels(t, r, strategy, exit);
  ofr_table_string(t, r->plan->contracts[r->plan->contracts[exit].target].name);
  share_cell(t, ofr_defined_share(r, month), "never");
  month_cell(t, r->plan, month, OFR_P05);
  month_cell(t, r->plan, month, OFR_P50);
  month_cell(t, r->plan, month, OFR_P95);
  ofr_table_money(t, fee->count > 0 ? fee->mean : 0, unit);
  ofr_table_money(t, p95, unit);
  ofr_table_end_row(t);
}

/* The months in which any exit that somebody signs may be taken; one more than a table shows where there are more. */
static int dates_of_all(const ofr_result *r, int dates[DATES_SHOWN + 1]) {
  int count = 0;
  for (int t = 0; t < r->plan->months && count <= DATES_SHOWN; t++) {
    bool any = false;
    for (int exit = next_exit(r, 0); exit >= 0; exit = next_exit(r, exit + 1))
      for (int s = 0; s < r->strategy_count; s++) any = any || (r->plan->contracts[exit].at[t] && ofr_signs(r, s, exit));
    if (any) dates[count++] = t;
  }
  return count;
}

static void show_dates(const ofr_result *r, ofr_page *page) {
  int dates[DATES_SHOWN + 1], count = dates_of_all(r, dates);
  if (count < 2 || count > DATES_SHOWN || r->paths < 2) return;
  ofr_table t = ofr_table_begin(2);
  ofr_table_string(&t, "exit");
  ofr_table_string(&t, "strategy");
  for (int i = 0; i < count; i++) {
    add_month(ofr_table_cell(&t), r->plan, dates[i]);
    ofr_table_end_cell(&t);
  }
  ofr_table_end_row(&t);
  for (int exit = next_exit(r, 0); exit >= 0; exit = next_exit(r, exit + 1))
    for (int s = 0; s < r->strategy_count; s++) {
      if (!ofr_signs(r, s, exit)) continue;
      labels(&t, r, s, exit);
      for (int i = 0; i < count; i++)
        share_cell(&t, ofr_exit_month_share(r, s, exit, dates[i]), r->plan->contracts[exit].at[dates[i]] ? "\xE2\x80\x93" : "");
      ofr_table_end_row(&t);
    }
  ofr_page_words(page, "Exits by date, % of futures");
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
}

/* The run's unit, or a finer one where a fee would hardly show in it. */
static ofr_money_unit unit_of_fees(const ofr_result *r, ofr_money_unit unit) {
  double smallest = INFINITY, largest = 0;
  for (int exit = next_exit(r, 0); exit >= 0; exit = next_exit(r, exit + 1))
    for (int s = 0; s < r->strategy_count; s++) {
      const ofr_distribution *fee = fee_of(r, s, exit);
      if (!ofr_signs(r, s, exit) || fee->count == 0 || !(fee->mean > 0)) continue;
      smallest = fmin(smallest, fee->mean);
      largest = fmax(largest, ofr_value(fee->max, r->money_quantum));
    }
  return ofr_money_unit_showing(unit, smallest, largest);
}

void ofr_show_exits(const ofr_result *r, ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"exit", "strategy", "ends",           "taken in %", "p5", "median",
                                      "p95",  "fee when taken", "fee p95"};
  unit = unit_of_fees(r, unit);
  ofr_table t = ofr_table_begin(2);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) ofr_table_string(&t, names[i]);
  ofr_table_end_row(&t);
  for (int exit = next_exit(r, 0); exit >= 0; exit = next_exit(r, exit + 1))
    for (int s = 0; s < r->strategy_count; s++)
      if (ofr_signs(r, s, exit)) add_exit(&t, r, s, exit, unit);
  if (t.rows < 2) {
    ofr_table_free(&t);
    return;
  }
  ofr_text_printf(&page->line, "Exits, %s, nominal", unit.name);
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
  ofr_page_words(page, "p5, median and p95: when, among the futures that take it; the fee is of these, too.");
  ofr_page_paragraph(page);
  show_dates(r, page);
}
