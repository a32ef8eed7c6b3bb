/* One future for a person with a pencil: totals first, then month by month what was sampled, where the work went, what was
 * paid and how each promise stands. The same page as text and as markdown. */
#include "figures.h"
#include "ledger.h"
#include "page.h"

static void money_cell(ofr_table *t, const ofr_trace *trace, int64_t quanta, ofr_money_unit unit) {
  ofr_figure_money(ofr_table_cell(t), ofr_ledger_money(trace, quanta), unit);
  ofr_table_end_cell(t);
}

static void amount_cell(ofr_table *t, double value) {
  ofr_figure_amount(ofr_table_cell(t), value);
  ofr_table_end_cell(t);
}

static void headings(ofr_table *t, const char *const *names, int count) {
  for (int i = 0; i < count; i++) ofr_table_string(t, names[i]);
  ofr_table_end_row(t);
}

/* A small thing of one month should not vanish beside a large one of another: the unit is that of the dearest month. */
static ofr_money_unit unit_of(const ofr_trace *trace) {
  int64_t largest = 0;
  for (int t = 0; t < trace->plan->months; t++)
    for (int s = 0; s < trace->plan->strategy_count; s++) {
      const ofr_trace_strategy *books = &trace->months[t].strategies[s];
      int64_t cash = ofr_month_cash(books);
      if (cash > largest) largest = cash;
      if (books->unmet > largest) largest = books->unmet;
    }
  return ofr_money_unit_for(ofr_ledger_money(trace, largest));
}

static void show_totals(const ofr_trace *trace, const ofr_report_options *options, ofr_page *page) {
  static const char *const names[] = {"strategy", "total", "cash", "unmet"};
  int64_t largest = 0;
  for (int s = 0; s < trace->plan->strategy_count; s++)
    if (trace->total_cost[s] > largest) largest = trace->total_cost[s];
  ofr_money_unit unit = ofr_money_unit_for(ofr_ledger_money(trace, largest));
  ofr_table t = ofr_table_begin(1);
  headings(&t, names, sizeof names / sizeof *names);
  for (int s = 0; s < trace->plan->strategy_count; s++) {
    if (!ofr_is_wanted(options, s)) continue;
    ofr_table_string(&t, trace->plan->strategies[s].name);
    money_cell(&t, trace, trace->total_cost[s], unit);
    money_cell(&t, trace, trace->cash_cost[s], unit);
    money_cell(&t, trace, trace->total_cost[s] - trace->cash_cost[s], unit);
    ofr_table_end_row(&t);
  }
  ofr_text_printf(&page->line, "Total cost, %s in today's money", unit.name);
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
}

static void show_slips(const ofr_trace *trace, ofr_page *page) {
  int late = 0;
  for (int k = 0; k < trace->plan->pool_count; k++) {
    if (trace->slip[k] == 0) continue;
    ofr_page_words(page, late++ == 0 ? "Capacity comes late: " : ", ");
    ofr_page_literal(page, trace->plan->pools[k].name);
    ofr_text_printf(&page->line, " by %d\xC2\xA0month%s", trace->slip[k], trace->slip[k] == 1 ? "" : "s");
  }
  ofr_page_words(page, late > 0 ? "." : "All capacity comes on time.");
  ofr_page_paragraph(page);
}

static void show_month_name(const ofr_trace *trace, int month, ofr_page *page) {
  char name[8];
  int active = 0;
  ofr_plan_month_name(trace->plan, month, name);
  ofr_page_words(page, name);
  for (int e = 0; e < trace->plan->event_count; e++) {
    if (!trace->months[month].active[e]) continue;
    ofr_page_words(page, active++ == 0 ? ": " : ", ");
    ofr_page_literal(page, trace->plan->events[e].name);
  }
  ofr_page_heading(page, 2);
}

static void show_demand(const ofr_trace *trace, const ofr_trace_month *month, ofr_page *page) {
  ofr_page_words(page, "Demand, reference accelerators: ");
  for (int w = 0; w < trace->plan->workload_count; w++) {
    if (w > 0) ofr_page_words(page, ", ");
    ofr_page_literal(page, trace->plan->workloads[w].name);
    ofr_page_words(page, "\xC2\xA0");
    ofr_figure_amount(&page->line, ofr_work(trace, month->demand[w]));
  }
  ofr_page_words(page, ".");
  ofr_page_paragraph(page);
}

static double used_in_pool(const ofr_trace *trace, const ofr_trace_strategy *s, int pool) {
  int64_t used = 0;
  for (int w = 0; w < trace->plan->workload_count; w++)
    for (int k = 0; k < trace->slot_count; k++)
      if (trace->slots[k].pool == pool) used += ofr_placed(trace, s, w, k);
  return ofr_ledger_accelerators(trace, used);
}

/* What could be had, and how much of it each strategy took. */
static void show_pools(const ofr_trace *trace, const ofr_report_options *options, const ofr_trace_month *month,
                       ofr_page *page) {
  const ofr_plan *plan = trace->plan;
  ofr_table t = ofr_table_begin(1);
  ofr_table_string(&t, "pool");
  ofr_table_string(&t, "list $/hour");
  ofr_table_string(&t, "capacity");
  for (int s = 0; s < plan->strategy_count; s++)
    if (ofr_is_wanted(options, s)) {
      ofr_text_printf(ofr_table_cell(&t), "%s", plan->strategies[s].name);
      ofr_table_end_cell(&t);
    }
  ofr_table_end_row(&t);
  for (int k = 0; k < plan->pool_count; k++) {
    ofr_table_string(&t, plan->pools[k].name);
    ofr_text_fixed(ofr_table_cell(&t), month->price[k], 4, true);
    ofr_table_end_cell(&t);
    amount_cell(&t, ofr_ledger_accelerators(trace, month->capacity[k]));
    for (int s = 0; s < plan->strategy_count; s++)
      if (ofr_is_wanted(options, s)) amount_cell(&t, used_in_pool(trace, &month->strategies[s], k));
    ofr_table_end_row(&t);
  }
  ofr_page_words(page, "Accelerators: what there is, and what each strategy uses, its reservations included");
  ofr_page_heading(page, 3);
  ofr_page_table(page, &t);
}

static void add_placements(ofr_table *t, const ofr_trace *trace, const ofr_trace_month *month, int strategy) {
  const ofr_plan *plan = trace->plan;
  const ofr_trace_strategy *s = &month->strategies[strategy];
  const char *name = plan->strategies[strategy].name;
  for (int w = 0; w < plan->workload_count; w++) {
    for (int k = 0; k < trace->slot_count; k++) {
      if (ofr_placed(trace, s, w, k) == 0) continue;
      ofr_table_string(t, name);
      ofr_table_string(t, plan->workloads[w].name);
      ofr_text_add(ofr_table_cell(t), plan->pools[trace->slots[k].pool].name);
      if (trace->slots[k].contract >= 0) ofr_text_add(ofr_table_cell(t), ", reserved");
      if (s->matched[w * trace->slot_count + k] > 0) ofr_text_add(ofr_table_cell(t), ", matched");
      ofr_table_end_cell(t);
      amount_cell(t, ofr_ledger_accelerators(trace, ofr_placed(trace, s, w, k)));
      amount_cell(t, ofr_work(trace, ofr_served(trace, s, w, k)));
      ofr_table_end_row(t);
    }
    if (s->unserved[w] == 0 || ofr_is_left_by_rounding(s->unserved[w], month->demand[w])) continue;
    ofr_table_string(t, name);
    ofr_table_string(t, plan->workloads[w].name);
    ofr_table_string(t, "(unserved)");
    ofr_table_string(t, "");
    amount_cell(t, ofr_work(trace, s->unserved[w]));
    ofr_table_end_row(t);
  }
}

static void show_placements(const ofr_trace *trace, const ofr_report_options *options, const ofr_trace_month *month,
                            ofr_page *page) {
  static const char *const names[] = {"strategy", "workload", "runs on", "accelerators", "work"};
  ofr_table t = ofr_table_begin(3);
  headings(&t, names, sizeof names / sizeof *names);
  for (int s = 0; s < trace->plan->strategy_count; s++)
    if (ofr_is_wanted(options, s)) add_placements(&t, trace, month, s);
  ofr_page_words(page, "Placement; work in reference accelerators kept busy");
  ofr_page_heading(page, 3);
  ofr_page_table(page, &t);
}

static void show_books(const ofr_trace *trace, const ofr_report_options *options, const ofr_trace_month *month,
                       ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"strategy", "usage", "reserved", "egress", "shortfall"};
  const bool exits = ofr_has_contract(trace->plan, OFR_EXIT), grants = ofr_has_contract(trace->plan, OFR_GRANT);
  ofr_table t = ofr_table_begin(1);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) ofr_table_string(&t, names[i]);
  if (exits) ofr_table_string(&t, "exit");
  if (grants) ofr_table_string(&t, "grants");
  ofr_table_string(&t, "cash");
  ofr_table_string(&t, "unmet");
  ofr_table_end_row(&t);
  for (int s = 0; s < trace->plan->strategy_count; s++) {
    const ofr_trace_strategy *b = &month->strategies[s];
    if (!ofr_is_wanted(options, s)) continue;
    ofr_table_string(&t, trace->plan->strategies[s].name);
    money_cell(&t, trace, b->usage, unit);
    money_cell(&t, trace, b->reservation, unit);
    money_cell(&t, trace, b->egress, unit);
    money_cell(&t, trace, b->shortfall, unit);
    if (exits) money_cell(&t, trace, b->exit, unit);
    if (grants) money_cell(&t, trace, b->grants, unit);
    money_cell(&t, trace, ofr_month_cash(b), unit);
    money_cell(&t, trace, b->unmet, unit);
    ofr_table_end_row(&t);
  }
  ofr_text_printf(&page->line, "Books, %s, nominal", unit.name);
  ofr_page_heading(page, 3);
  ofr_page_table(page, &t);
}

/* The running count against the promise; what is due only in the month that settles. */
static void add_promise(ofr_table *t, const ofr_trace *trace, int month, int strategy, int contract) {
  const ofr_plan *plan = trace->plan;
  const ofr_trace_contract *state = &trace->months[month].strategies[strategy].contracts[contract];
  const ofr_window *window = ofr_open_window(&plan->contracts[contract], month);
  char by[8];
  if (window == NULL || ofr_has_ended(trace, month, strategy, contract)) return;
  double promised = ofr_promised(plan, window);
  int settles = ofr_settles(plan, window);
  ofr_money_unit unit = ofr_money_unit_for(promised);
  ofr_plan_month_name(plan, settles, by);
  ofr_table_string(t, plan->strategies[strategy].name);
  ofr_table_string(t, plan->contracts[contract].name);
  money_cell(t, trace, state->counted, unit);
  ofr_figure_money(ofr_table_cell(t), promised, unit);
  ofr_table_end_cell(t);
  ofr_table_string(t, unit.name);
  ofr_figure_percent_cell(ofr_table_cell(t), promised > 0 ? ofr_ledger_money(trace, state->counted) / promised : 1);
  ofr_table_end_cell(t);
  ofr_table_string(t, by);
  if (month == settles) {
    money_cell(t, trace, state->required, unit);
    money_cell(t, trace, state->charge, unit);
    money_cell(t, trace, state->deferred, unit);
    money_cell(t, trace, state->carried, unit);
  }
  ofr_table_end_row(t);
}

static bool any_settles(const ofr_plan *plan, int month) {
  for (int c = 0; c < plan->contract_count; c++) {
    const bool is_promise = plan->contracts[c].type == OFR_COMMITMENT;
    const ofr_window *window = is_promise ? ofr_open_window(&plan->contracts[c], month) : NULL;
    if (window && ofr_settles(plan, window) == month) return true;
  }
  return false;
}

static void show_promises(const ofr_trace *trace, const ofr_report_options *options, int month, ofr_page *page) {
  static const char *const names[] = {"strategy", "promise", "counted", "of", "in", "%", "by", "required", "charge",
                                      "deferred", "carried"};
  enum { OF_A_SETTLEMENT = 4 };
  const ofr_plan *plan = trace->plan;
  const size_t columns = sizeof names / sizeof *names;
  ofr_table t = ofr_table_begin(2);
  headings(&t, names, any_settles(plan, month) ? columns : columns - OF_A_SETTLEMENT);
  for (int s = 0; s < plan->strategy_count; s++)
    for (int c = 0; c < plan->contract_count && ofr_is_wanted(options, s); c++)
      if (plan->contracts[c].type == OFR_COMMITMENT && plan->strategies[s].signed_contracts[c])
        add_promise(&t, trace, month, s, c);
  if (t.rows < 2) {
    ofr_table_free(&t);
    return;
  }
  ofr_page_words(page, "Promises, as counted so far in their window");
  ofr_page_heading(page, 3);
  ofr_page_table(page, &t);
}

/* What other clauses did this month: credit left, list spend and what a discount saved, exits taken. */
static void add_clause(ofr_table *t, const ofr_trace *trace, const ofr_trace_strategy *s, const char *strategy, int c,
                       ofr_money_unit unit) {
  const ofr_contract *contract = &trace->plan->contracts[c];
  const ofr_trace_contract *state = &s->contracts[c];
  if (state->balance == 0 && contract->type != OFR_DISCOUNT && !state->ended) return;
  ofr_table_string(t, strategy);
  ofr_table_string(t, contract->name);
  if (contract->type == OFR_DISCOUNT) {
    money_cell(t, trace, state->listed, unit);
    money_cell(t, trace, state->saved, unit);
  } else {
    ofr_table_string(t, "");
    ofr_table_string(t, "");
  }
  if (state->balance > 0) money_cell(t, trace, state->balance, unit);
  else ofr_table_string(t, "");
  ofr_table_string(t, state->ended ? "ended by an exit" : "");
  ofr_table_end_row(t);
}

static void show_clauses(const ofr_trace *trace, const ofr_report_options *options, const ofr_trace_month *month,
                         ofr_money_unit unit, ofr_page *page) {
  static const char *const names[] = {"strategy", "clause", "list spend so far", "saved", "credit left", ""};
  const ofr_plan *plan = trace->plan;
  ofr_table t = ofr_table_begin(2);
  headings(&t, names, sizeof names / sizeof *names);
  for (int s = 0; s < plan->strategy_count; s++)
    for (int c = 0; c < plan->contract_count && ofr_is_wanted(options, s); c++)
      if (plan->strategies[s].signed_contracts[c])
        add_clause(&t, trace, &month->strategies[s], plan->strategies[s].name, c, unit);
  if (t.rows < 2) {
    ofr_table_free(&t);
    return;
  }
  ofr_text_printf(&page->line, "Discounts, credits and exits, %s", unit.name);
  ofr_page_heading(page, 3);
  ofr_page_table(page, &t);
}

/* "'open, off-ramp' leaves 'azure-250b' by 'off-ramp', for $27.68 billion." */
static void say_exits(const ofr_trace *trace, const ofr_report_options *options, const ofr_trace_month *month, ofr_page *page) {
  const ofr_plan *plan = trace->plan;
  for (int s = 0; s < plan->strategy_count; s++)
    for (int c = 0; c < plan->contract_count && ofr_is_wanted(options, s); c++) {
      const ofr_trace_contract *exit = &month->strategies[s].contracts[c];
      if (!exit->taken) continue;
      ofr_page_name(page, plan->strategies[s].name);
      ofr_page_words(page, " leaves ");
      ofr_page_name(page, plan->contracts[plan->contracts[c].target].name);
      ofr_page_words(page, " by ");
      ofr_page_name(page, plan->contracts[c].name);
      ofr_page_words(page, ", for ");
      if (exit->fee == 0) ofr_page_words(page, "nothing");
      else ofr_figure_dollars(&page->line, (double)exit->fee * trace->money_quantum);
      ofr_page_words(page, ".");
      ofr_page_item(page);
    }
}

static void show_declined(const ofr_trace *trace, const ofr_trace_month *month, ofr_page *page) {
  int count = 0;
  for (int c = 0; c < trace->plan->contract_count; c++) {
    if (!month->declined[c]) continue;
    ofr_page_words(page, count++ == 0 ? "Not taken up this month: " : ", ");
    ofr_page_literal(page, trace->plan->contracts[c].name);
  }
  if (count == 0) return;
  ofr_page_words(page, ".");
  ofr_page_paragraph(page);
}

static void show(const ofr_trace *trace, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  ofr_money_unit unit = unit_of(trace);
  ofr_page_literal(&page, trace->plan->name != NULL ? trace->plan->name : "plan");
  ofr_text_printf(&page.line, ": path %llu of seed %llu", (unsigned long long)trace->path, (unsigned long long)trace->seed);
  ofr_page_heading(&page, 1);
  show_slips(trace, &page);
  show_totals(trace, options, &page);
  for (int t = ofr_first_month(trace, options); t <= ofr_last_month(trace, options); t++) {
    const ofr_trace_month *month = &trace->months[t];
    show_month_name(trace, t, &page);
    show_demand(trace, month, &page);
    show_declined(trace, month, &page);
    show_pools(trace, options, month, &page);
    show_placements(trace, options, month, &page);
    show_books(trace, options, month, unit, &page);
    show_promises(trace, options, t, &page);
    show_clauses(trace, options, month, unit, &page);
    say_exits(trace, options, month, &page);
  }
  ofr_page_end(&page);
}

void ofr_explain_text(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out) {
  show(trace, options, OFR_PAGE_TEXT, out);
}

void ofr_explain_markdown(const ofr_trace *trace, const ofr_report_options *options, ofr_text *out) {
  show(trace, options, OFR_PAGE_MARKDOWN, out);
}
