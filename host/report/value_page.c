/* What clauses are worth, for the person who signs: the answer in words, the tables behind it, what repeats it. The same page
 * as text and as markdown. */
#include <math.h>
#include <string.h>
#include "facts.h"
#include "figures.h"
#include "statistics.h"
#include "value_answer.h"

static void percent_cell(ofr_table *t, double share) {
  ofr_figure_percent_cell(ofr_table_cell(t), share);
  ofr_table_end_cell(t);
}

static void heading(ofr_page *page, const char *what, ofr_money_unit unit, const char *rest) {
  ofr_text_printf(&page->line, "%s, %s%s", what, unit.name, rest);
  ofr_page_heading(page, 2);
}

static const ofr_difference *of_buyer(const ofr_valuation *v, const ofr_clause *c, const char *metric) {
  return ofr_value_of(v, c, OFR_GROUP_METRIC, 0, metric);
}

static ofr_money_unit unit_of(const ofr_valuation *v) {
  double largest = 0;
  for (int i = 0; i < v->clause_count; i++) {
    const ofr_difference *d = of_buyer(v, &v->clauses[i], "total_cost");
    largest = fmax(largest, fmax(fabs(d->values.mean), fabs(d->values.cvar95)));
  }
  return ofr_money_unit_for(largest);
}

static void begin_row(ofr_table *t, const ofr_valuation *v, const ofr_clause *c) {
  ofr_table_string(t, v->plan->strategies[c->strategy].name);
  ofr_table_string(t, v->plan->contracts[c->contract].name);
}

static void show_costs(const ofr_valuation *v, ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"strategy", "contract", "mean",  "\xC2\xB1 2 se", "p5",
                                      "p95",      "cash",     "unmet", "helps in %"};
  ofr_table t = ofr_table_begin(2);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) ofr_table_string(&t, names[i]);
  ofr_table_end_row(&t);
  for (int i = 0; i < v->clause_count; i++) {
    const ofr_clause *c = &v->clauses[i];
    const ofr_difference *total = of_buyer(v, c, "total_cost");
    double scale = v->metrics[total->metric].scale;
    begin_row(&t, v, c);
    ofr_table_money(&t, total->values.mean, unit);
    ofr_table_money(&t, total->values.count > 1 ? 2 * total->values.se : NAN, unit);
    ofr_table_money(&t, ofr_value(total->values.quantile[OFR_P05], scale), unit);
    ofr_table_money(&t, ofr_value(total->values.quantile[OFR_P95], scale), unit);
    ofr_table_money(&t, of_buyer(v, c, "cash_cost")->values.mean, unit);
    ofr_table_money(&t, of_buyer(v, c, "unmet_cost")->values.mean, unit);
    percent_cell(&t, ofr_value_helps(v, total));
    ofr_table_end_row(&t);
  }
  heading(page, "What each clause adds to the total cost", unit, " in today's money");
  ofr_page_table(page, &t);
  ofr_page_words(page,
                 "The strategy as it is minus the same without the contract, on the same futures: above zero the clause "
                 "costs, below it saves. Helps: the share of futures in which the buyer pays less in total with it; a tie "
                 "does not help.");
  ofr_page_paragraph(page);
}

/* Whether any clause changes the metric in any future. */
static bool matters(const ofr_valuation *v, int index) {
  for (int i = 0; i < v->clause_count; i++)
    if (v->clauses[i].differences[index].values.min != 0 || v->clauses[i].differences[index].values.max != 0) return true;
  return false;
}

/* Not what the first table has. */
static bool is_part_of_cash(const ofr_metric *m) {
  static const char *const others[] = {"total_cost", "cash_cost", "unmet_cost"};
  bool is_other = m->group != OFR_GROUP_METRIC;
  for (int i = 0; i < 3; i++) is_other |= strcmp(m->name, others[i]) == 0;
  return !is_other;
}

static bool is_unmet(const ofr_metric *m) { return m->group == OFR_GROUP_WORKLOAD; }
static bool is_revenue(const ofr_metric *m) { return m->group == OFR_GROUP_PROVIDER; }

/* "shortfall", a workload or a provider */
static void name_column(ofr_table *t, const ofr_plan *plan, const ofr_metric *m) {
  const char *cost = strstr(m->name, "_cost");
  if (m->group == OFR_GROUP_WORKLOAD) ofr_text_add(ofr_table_cell(t), plan->workloads[m->subject].name);
  else if (m->group == OFR_GROUP_PROVIDER) ofr_text_add(ofr_table_cell(t), plan->providers[m->subject].name);
  else ofr_text_append(ofr_table_cell(t), m->name, cost != NULL ? (size_t)(cost - m->name) : strlen(m->name));
  ofr_table_end_cell(t);
}

/* The means of those differences that are wanted and matter, a column each. */
static void show_means(const ofr_valuation *v, bool (*wanted)(const ofr_metric *), const char *title, ofr_money_unit unit,
                       ofr_page *page) {
  ofr_table t = ofr_table_begin(2);
  const ofr_difference *first = v->clauses[0].differences;
  ofr_table_string(&t, "strategy");
  ofr_table_string(&t, "contract");
  for (int i = 0; i < v->difference_count; i++)
    if (wanted(&v->metrics[first[i].metric]) && matters(v, i)) name_column(&t, v->plan, &v->metrics[first[i].metric]);
  ofr_table_end_row(&t);
  for (int c = 0; c < v->clause_count; c++) {
    begin_row(&t, v, &v->clauses[c]);
    for (int i = 0; i < v->difference_count; i++)
      if (wanted(&v->metrics[first[i].metric]) && matters(v, i))
        ofr_table_money(&t, v->clauses[c].differences[i].values.mean, unit);
    ofr_table_end_row(&t);
  }
  if (t.columns < 3) { /* nothing of the kind changes */
    ofr_table_free(&t);
    return;
  }
  heading(page, title, unit, " in today's money, means");
  ofr_page_table(page, &t);
}

static void show_care(const ofr_valuation *v, const ofr_facts *facts, ofr_page *page) {
  ofr_page_words(page, "Read it with care");
  ofr_page_heading(page, 2);
  ofr_page_words(page, "A clause is worth what the strategy that signs it loses or gains: the others it signs stay. Values of "
                       "clauses do not add up where one leans on another.");
  ofr_page_item(page);
  if (v->paths > 1) {
    ofr_page_words(page,
                   "\xC2\xB1 is two standard errors: what more futures would still change, not what the model leaves out.");
    ofr_page_item(page);
  }
  ofr_facts_limits(page, facts);
}

static void show(const ofr_valuation *v, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  ofr_money_unit unit = unit_of(v);
  ofr_facts facts = ofr_facts_of_value(v);
  ofr_page_literal(&page, v->plan->name);
  ofr_page_words(&page, " (what each clause is worth)");
  ofr_page_heading(&page, 1);
  ofr_value_answer(v, &page);
  show_costs(v, unit, &page);
  show_means(v, is_part_of_cash, "What it adds to cash", unit, &page);
  show_means(v, is_unmet, "What it adds to the cost of unserved work, by workload", unit, &page);
  show_means(v, is_revenue, "What it adds to what providers earn", unit, &page);
  ofr_facts_page(&page, &facts, options);
  show_care(v, &facts, &page);
  ofr_page_end(&page);
}

void ofr_value_text(const ofr_valuation *v, const ofr_report_options *options, ofr_text *out) {
  show(v, options, OFR_PAGE_TEXT, out);
}

void ofr_value_markdown(const ofr_valuation *v, const ofr_report_options *options, ofr_text *out) {
  show(v, options, OFR_PAGE_MARKDOWN, out);
}
