/* Clauses in sentences: see value_answer.h. */
#include "value_answer.h"
#include <math.h>
#include <string.h>
#include "answer.h"
#include "facts.h"
#include "figures.h"

enum { MOST_PARTS = 8 + OFR_MAX_WORKLOADS, CLAUSES_SAID = 16 /* the tables have them all */ };

const ofr_difference *ofr_value_of(const ofr_valuation *v, const ofr_clause *clause, ofr_metric_group group, int subject,
                                   const char *name) {
  for (int i = 0; i < v->difference_count; i++) {
    const ofr_metric *m = &v->metrics[clause->differences[i].metric];
    if (m->group == group && (group == OFR_GROUP_METRIC || m->subject == subject) && strcmp(m->name, name) == 0)
      return &clause->differences[i];
  }
  return NULL;
}

double ofr_value_helps(const ofr_valuation *v, const ofr_difference *d) {
  uint64_t better = v->metrics[d->metric].low_is_worse || v->metrics[d->metric].group == OFR_GROUP_PROVIDER ? d->values.positive
                                                                                                            : d->negative;
  return d->values.count > 0 ? (double)better / (double)d->values.count : NAN;
}

const char *ofr_contract_type_key(ofr_contract_type type) {
  static const char *const names[OFR_CONTRACT_TYPES] = {
      [OFR_COMMITMENT] = "commitment", [OFR_RESERVATION] = "reservation", [OFR_EXCLUSIVITY] = "exclusivity",
      [OFR_DISCOUNT] = "discount",     [OFR_GRANT] = "grant",             [OFR_FIRST_REFUSAL] = "first_refusal",
      [OFR_EXIT] = "exit",             [OFR_STAKE] = "stake"};
  return names[type];
}

static bool is_nothing(const ofr_distribution *d) { return d->min == 0 && d->max == 0; }
static bool is_noise(const ofr_distribution *d) { return d->count > 1 && fabs(d->mean) < 2 * d->se; }

/* ---- what it is made of ---- */

typedef struct part {
  const char *what, *workload; /* "unmet work" of the workload, if it is named */
  double mean;
} part;

static int parts_of(const ofr_valuation *v, const ofr_clause *c, part *out) {
  static const struct {
    const char *metric, *what;
    double sign;
  } kinds[] = {{"usage_cost", "usage", 1},    {"reservation_cost", "reservation fees", 1},
               {"egress_cost", "egress", 1},  {"shortfall_cost", "shortfall charges", 1},
               {"exit_cost", "exit fees", 1}, {"grants", "grants", -1}};
  int n = 0;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    const ofr_difference *d = ofr_value_of(v, c, OFR_GROUP_METRIC, 0, kinds[i].metric);
    if (d != NULL) out[n++] = (part){kinds[i].what, NULL, kinds[i].sign * d->values.mean};
  }
  for (int w = 0; w < v->plan->workload_count; w++) {
    const ofr_difference *d = ofr_value_of(v, c, OFR_GROUP_WORKLOAD, w, "unmet_cost");
    if (d != NULL) out[n++] = (part){"unmet", v->plan->workloads[w].name, d->values.mean};
  }
  return n;
}

static void add_part(ofr_page *page, const part *p) {
  ofr_page_words(page, p->what);
  if (p->workload == NULL) return;
  ofr_page_words(page, " ");
  ofr_page_literal(page, p->workload);
}

/* The largest part in the direction of the whole, if it is at least half of it, and the largest against it, if it is a tenth.
 */
static void add_parts(ofr_page *page, const ofr_valuation *v, const ofr_clause *c, double whole) {
  part parts[MOST_PARTS];
  int n = parts_of(v, c, parts);
  double sign = whole < 0 ? -1 : 1;
  const part *with = NULL, *against = NULL;
  for (int i = 0; i < n; i++) {
    double share = parts[i].mean / whole;
    if (share >= 0.5 && (with == NULL || share > with->mean / whole)) with = &parts[i];
    if (share <= -0.1 && (against == NULL || share < against->mean / whole)) against = &parts[i];
  }
  if (with != NULL) {
    const bool alone = fabs(with->mean - whole) < 5e-4 * fabs(whole) && against == NULL;
    ofr_page_words(page, alone ? ", all in " : ", mostly in ");
    add_part(page, with);
  }
  if (against == NULL) return;
  ofr_page_words(page, sign > 0 ? ", though it saves " : ", though it costs ");
  ofr_figure_dollars(&page->line, fabs(against->mean));
  ofr_page_words(page, " in ");
  add_part(page, against);
}

/* ---- who earns ---- */

static const ofr_difference *extreme_revenue(const ofr_valuation *v, const ofr_clause *c, double sign, int *provider) {
  const ofr_difference *most = NULL;
  for (int g = 0; g < v->plan->provider_count; g++) {
    const ofr_difference *d = ofr_value_of(v, c, OFR_GROUP_PROVIDER, g, "revenue");
    if (d == NULL || is_noise(&d->values) || !(sign * d->values.mean > 0)) continue;
    if (most != NULL && sign * d->values.mean <= sign * most->values.mean) continue;
    most = d;
    *provider = g;
  }
  return most;
}

/* "; azure earns $12 billion more by it, oracle $10 billion less" */
static void add_earners(ofr_page *page, const ofr_valuation *v, const ofr_clause *c) {
  int winner = 0, loser = 0;
  const ofr_difference *more = extreme_revenue(v, c, 1, &winner), *less = extreme_revenue(v, c, -1, &loser);
  const struct {
    const ofr_difference *d;
    int provider;
    const char *how;
  } sides[] = {{more, winner, " more"}, {less, loser, " less"}};
  bool any = false;
  for (int i = 0; i < 2; i++) {
    if (sides[i].d == NULL) continue;
    ofr_page_words(page, any ? ", " : "; ");
    ofr_page_literal(page, v->plan->providers[sides[i].provider].name);
    ofr_page_words(page, any ? " " : " earns ");
    ofr_figure_dollars(&page->line, fabs(sides[i].d->values.mean));
    ofr_page_words(page, sides[i].how);
    if (!any) ofr_page_words(page, " by it");
    any = true;
  }
}

/* ---- sentences ---- */

static void add_name(ofr_page *page, const ofr_valuation *v, const ofr_clause *c) {
  const ofr_contract *contract = &v->plan->contracts[c->contract];
  ofr_page_name(page, contract->name);
  ofr_page_words(page, " (");
  for (const char *c = ofr_contract_type_key(contract->type); *c; c++) ofr_text_append(&page->line, *c == '_' ? " " : c, 1);
  ofr_page_words(page, ")");
}

static void add_buyer(ofr_page *page, const ofr_valuation *v, const ofr_clause *c) {
  if (v->plan->strategy_count == 1) return;
  ofr_page_words(page, " under ");
  ofr_page_name(page, v->plan->strategies[c->strategy].name);
}

/* "'only-azure' (exclusivity) costs $3.1 ± 0.2 billion under 'exclusive', mostly in unmet training; it pays off in 4 % of
 * futures" */
static void add_clause(ofr_page *page, const ofr_valuation *v, const ofr_clause *c) {
  const ofr_difference *total = ofr_value_of(v, c, OFR_GROUP_METRIC, 0, "total_cost");
  const ofr_distribution *d = &total->values;
  add_name(page, v, c);
  if (is_nothing(d)) {
    ofr_page_words(page, " changes nothing");
    add_buyer(page, v, c);
    ofr_page_words(page, v->paths == 1 ? " in this future" : " in any of ");
    if (v->paths > 1) ofr_facts_count(page, v->paths, "future");
    ofr_page_words(page, ".");
    return;
  }
  if (is_noise(d)) {
    ofr_page_words(page, d->mean < 0 ? " saves too little to tell" : " costs too little to tell");
    add_buyer(page, v, c);
    ofr_page_words(page, ": ");
  } else ofr_page_words(page, d->mean < 0 ? " saves " : " costs ");
  ofr_figure_dollars_within(&page->line, fabs(d->mean), d->count > 1 ? 2 * d->se : 0);
  if (!is_noise(d)) {
    add_buyer(page, v, c);
    add_parts(page, v, c, d->mean);
  }
  double helps = ofr_value_helps(v, total);
  if (v->paths == 1) ofr_page_words(page, helps > 0 ? "; it pays off" : "; it does not pay off");
  else {
    ofr_page_words(page, "; it pays off ");
    ofr_answer_share_of_futures(page, v->paths, helps);
  }
  add_earners(page, v, c);
  ofr_page_words(page, ".");
}

/* The clause that matters most: the largest difference that is no noise. */
static int weightiest(const ofr_valuation *v) {
  int at = 0;
  double most = -1;
  for (int i = 0; i < v->clause_count; i++) {
    const ofr_distribution *d = &ofr_value_of(v, &v->clauses[i], OFR_GROUP_METRIC, 0, "total_cost")->values;
    if (is_noise(d) || fabs(d->mean) <= most) continue;
    most = fabs(d->mean);
    at = i;
  }
  return at;
}

void ofr_value_answer(const ofr_valuation *v, ofr_page *page) {
  int first = weightiest(v), said = 0;
  add_clause(page, v, &v->clauses[first]);
  ofr_page_headline(page);
  for (int i = 0; i < v->clause_count; i++) {
    if (i == first || said == CLAUSES_SAID) continue;
    add_clause(page, v, &v->clauses[i]);
    ofr_page_item(page);
    said++;
  }
  if (v->clause_count - 1 > said) {
    int left = v->clause_count - 1 - said;
    ofr_text_printf(&page->line, "The table has %d more clause%s.", left, left == 1 ? "" : "s");
    ofr_page_item(page);
  }
}
