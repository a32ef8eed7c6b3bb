/* An optimum for the person who signs: how much of what, what that costs and saves, what one more would cost, how sure it is,
 * what less risk would cost. The same page as text and as markdown. */
#include <math.h>
#include <string.h>
#include "figures.h"
#include "optimize_constraints.h"
#include "optimize_names.h"
#include "page.h"
#include "report.h"

#define NBSP "\xC2\xA0"

typedef struct writer {
  const ofr_optimum *o;
  const ofr_sizing *sizing;
  ofr_page *page;
} writer;

static const ofr_variable *variable(const writer *x, int i) { return &x->sizing->variables[i]; }

static bool is_money(const ofr_variable *v) { return v->window >= 0; }

static void name_variable(const writer *x, int i) {
  ofr_text name = {0};
  ofr_variable_name(&name, x->o->plan, variable(x, i));
  ofr_page_literal(x->page, ofr_text_chars(&name));
  ofr_text_free(&name);
}

static void add_size(ofr_text *out, const ofr_variable *v, double size) {
  if (is_money(v)) ofr_figure_dollars(out, size);
  else if (size == floor(size)) ofr_text_fixed(out, size, 0, true);
  else ofr_figure_amount(out, size);
}

/* With the decimals that it takes. */
static void add_percent(ofr_text *out, double share) {
  const double percent = 100 * share;
  int decimals = 0;
  for (double scaled = percent; decimals < 2 && fabs(scaled - round(scaled)) > 1e-6; scaled *= 10) decimals++;
  ofr_text_fixed(out, percent, decimals, false);
  ofr_text_add(out, NBSP "%");
}

/* "worst 5 % of futures" */
static void add_worst(const writer *x) {
  ofr_page_words(x->page, "worst ");
  add_percent(&x->page->line, 1 - x->sizing->alpha);
  ofr_page_words(x->page, " of futures");
}

static void add_attitude(const writer *x) {
  ofr_text *line = &x->page->line;
  if (x->sizing->risk_weight == 0) {
    ofr_page_words(x->page, "the mean total cost");
    return;
  }
  if (x->sizing->risk_weight < 1) {
    add_percent(line, 1 - x->sizing->risk_weight);
    ofr_page_words(x->page, " of the mean total cost and ");
    add_percent(line, x->sizing->risk_weight);
    ofr_page_words(x->page, " of ");
  }
  ofr_page_words(x->page, "the mean of its ");
  add_worst(x);
}

/* ---- the answer ---- */

/* "commit $2.25 billion under ", "reserve nothing under " */
static void add_order(const writer *x, const ofr_variable *v, double size) {
  ofr_page_words(x->page, is_money(v) ? "commit " : "reserve ");
  if (size == 0) ofr_page_words(x->page, "nothing");
  else add_size(&x->page->line, v, size);
  if (size != 0 && !is_money(v)) ofr_page_words(x->page, size == 1 ? NBSP "accelerator" : NBSP "accelerators");
  ofr_page_words(x->page, " under ");
}

static void say_sizes(const writer *x) {
  ofr_text *line = &x->page->line;
  ofr_page_words(x->page, "Under ");
  ofr_page_name(x->page, x->o->plan->strategies[x->sizing->strategy].name);
  for (int i = 0; i < x->sizing->variable_count; i++) {
    ofr_page_words(x->page, i == 0 ? ", " : i == x->sizing->variable_count - 1 ? " and " : ", ");
    add_order(x, variable(x, i), x->o->size[i]);
    name_variable(x, i);
  }
  ofr_page_words(x->page, ": total cost is then ");
  ofr_figure_dollars_within(line, x->o->cost.mean, 2 * x->o->cost.mean_se);
  ofr_page_words(x->page, " on average in today's money");
  if (x->sizing->risk_weight > 0) {
    ofr_page_words(x->page, " and ");
    ofr_figure_dollars(line, x->o->cost.cvar);
    ofr_page_words(x->page, " over the ");
    add_worst(x);
  }
  ofr_page_words(x->page, ".");
  ofr_page_headline(x->page);
}

static void say_interrupted(const writer *x) {
  if (!x->o->is_partial) return;
  ofr_page_words(x->page, "Interrupted: the best so far, on ");
  ofr_figure_count(&x->page->line, x->o->paths);
  ofr_page_words(x->page, NBSP "futures. The search was not at its end, and what is missing below was not got to.");
  ofr_page_paragraph(x->page);
}

static void say_saving(const writer *x) {
  ofr_text *line = &x->page->line;
  const ofr_estimate *e = &x->o->saving;
  if (!x->o->has_written) return;
  if (fabs(e->mean) < 2 * e->se || e->mean == 0) ofr_page_words(x->page, "What the plan has now is as good, within the noise");
  else {
    ofr_page_words(x->page, "Against what the plan has now that ");
    ofr_page_words(x->page, e->mean > 0 ? "saves " : "costs ");
    ofr_figure_dollars_within(line, fabs(e->mean), 2 * e->se);
  }
  if (!x->o->is_written_allowed) ofr_page_words(x->page, "; but that is not allowed by the constraints");
  ofr_page_words(x->page, ".");
  ofr_page_paragraph(x->page);
}

static void say_gap(const writer *x) {
  ofr_text *line = &x->page->line;
  const ofr_optimum *o = x->o;
  if (!o->has_gap && o->plan->futures && !o->is_partial) {
    ofr_page_words(
        x->page,
        "The file's futures are all there are: nothing is left to chance, and the gap is what the search may have missed.");
    ofr_page_paragraph(x->page);
  }
  if (!o->has_gap) return;
  ofr_page_words(x->page, "With 95" NBSP "% confidence no sizes within the limits are better by more than ");
  ofr_figure_dollars(line, o->gap_upper95);
  ofr_page_words(x->page, ", ");
  if (o->gap_upper95 < 5e-8 * o->cost.value) ofr_page_words(x->page, "nothing to speak of");
  else {
    ofr_text_fixed(line, 100 * o->gap_upper95 / o->cost.value, 3, false);
    ofr_page_words(x->page, NBSP "% of the cost");
  }
  ofr_page_words(x->page, " (estimate ");
  ofr_figure_dollars(line, o->gap);
  ofr_text_printf(line, "; %d" NBSP "times the best in hindsight of ", o->replications);
  ofr_figure_count(line, o->replication_paths);
  ofr_page_words(x->page, NBSP "fresh futures).");
  ofr_page_paragraph(x->page);
}

/* ---- sizes ---- */

static void size_cell(ofr_table *t, const ofr_variable *v, double size) {
  add_size(ofr_table_cell(t), v, size);
  ofr_table_end_cell(t);
}

static void show_sizes(const writer *x) {
  static const char *const names[] = {"size", "best", "the plan has", "least", "most"};
  ofr_table t = ofr_table_begin(1);
  for (int i = 0; i < 5; i++) ofr_table_string(&t, names[i]);
  ofr_table_end_row(&t);
  for (int i = 0; i < x->sizing->variable_count; i++) {
    const ofr_variable *v = variable(x, i);
    ofr_variable_name(ofr_table_cell(&t), x->o->plan, v);
    ofr_table_end_cell(&t);
    size_cell(&t, v, x->o->size[i]);
    size_cell(&t, v, v->written);
    size_cell(&t, v, v->from);
    size_cell(&t, v, v->to);
    ofr_table_end_row(&t);
  }
  ofr_page_words(x->page, "Sizes that minimise ");
  add_attitude(x);
  ofr_page_heading(x->page, 2);
  ofr_page_table(x->page, &t);
}

/* ---- what one more costs ---- */

static void add_price(const writer *x, ofr_estimate e) {
  ofr_text *line = &x->page->line;
  int decimals = fabs(e.mean) >= 100 ? 0 : fabs(e.mean) >= 1 ? 2 : 4;
  ofr_text_add(line, "$");
  ofr_text_fixed(line, fabs(e.mean), decimals, true);
  ofr_text_add(line, " \xC2\xB1 ");
  ofr_text_fixed(line, 2 * e.se, decimals, true);
}

static bool is_noise(ofr_estimate e) { return fabs(e.mean) <= 2 * e.se || fabs(e.mean) < 5e-5; }

static void say_move(const writer *x, const char *which, const ofr_variable *v, ofr_estimate e) {
  ofr_text_printf(&x->page->line, "%s %s ", which, is_money(v) ? "committed dollar" : "accelerator reserved");
  if (is_noise(e)) {
    ofr_page_words(x->page, "changes nothing beyond the noise (");
    add_price(x, e);
    ofr_page_words(x->page, ")");
    return;
  }
  ofr_page_words(x->page, e.mean > 0 ? "costs " : "saves ");
  add_price(x, e);
}

static void show_slopes(const writer *x) {
  if (!x->o->has_slopes) return;
  ofr_page_words(x->page, "What one more costs, on average over a 256th of its range");
  ofr_page_heading(x->page, 2);
  for (int i = 0; i < x->sizing->variable_count; i++) {
    const ofr_variable *v = variable(x, i);
    const ofr_slope *s = &x->o->slopes[i];
    name_variable(x, i);
    ofr_page_words(x->page, ": ");
    if (s->has_more) say_move(x, "one more", v, s->more);
    else ofr_page_words(x->page, "no more is allowed");
    ofr_page_words(x->page, "; ");
    if (s->has_less) say_move(x, "one less", v, s->less);
    else ofr_page_words(x->page, "no less is allowed");
    if (s->has_more_written) {
      ofr_page_words(x->page, ". At what the plan has, ");
      say_move(x, "one more", v, s->more_written);
    }
    ofr_page_words(x->page, ".");
    ofr_page_item(x->page);
  }
}

/* ---- constraints ---- */

static void say_price(const writer *x, int k, const ofr_constraint_view *view) {
  const char *unit = ofr_constraint_is_money(x->o, k) ? "dollar" : "unit";
  if (!view->has_price) return;
  ofr_page_words(x->page, view->binding == OFR_BINDS_MIN ? " One less " : " One more ");
  ofr_page_words(x->page, unit);
  ofr_page_words(x->page, view->binding == OFR_BINDS_MIN ? " asked would " : " allowed would ");
  if (is_noise(view->price)) ofr_page_words(x->page, "change nothing beyond the noise (");
  else ofr_page_words(x->page, view->price.mean > 0 ? "save " : "cost ");
  add_price(x, view->price);
  ofr_page_words(x->page, is_noise(view->price) ? ")." : ".");
}

static void say_binding(const writer *x, int k, const ofr_constraint_view *view) {
  const ofr_linear_constraint *c = &x->sizing->constraints[k];
  const bool least = view->binding == OFR_BINDS_MIN;
  ofr_page_words(x->page, view->within_a_step ? ", within a step of " : ", ");
  ofr_page_words(x->page, least ? "the least that the plan asks" : "the most that the plan allows");
  if (view->within_a_step) {
    ofr_page_words(x->page, ", ");
    ofr_constraint_sum(&x->page->line, x->o, k, least ? c->min : c->max);
  }
  ofr_page_words(x->page, ".");
  say_price(x, k, view);
}

static void say_spare(const writer *x, int k) {
  const ofr_linear_constraint *c = &x->sizing->constraints[k];
  ofr_page_words(x->page, isfinite(c->min) ? ", and at least " : ", and at most ");
  ofr_constraint_sum(&x->page->line, x->o, k, isfinite(c->min) ? c->min : c->max);
  if (isfinite(c->min) && isfinite(c->max)) {
    ofr_page_words(x->page, " and at most ");
    ofr_constraint_sum(&x->page->line, x->o, k, c->max);
  }
  ofr_page_words(x->page, ": it costs nothing.");
}

static void show_constraints(const writer *x) {
  if (x->sizing->constraint_count == 0) return;
  ofr_page_words(x->page, "What the constraints cost");
  ofr_page_heading(x->page, 2);
  for (int k = 0; k < x->sizing->constraint_count; k++) {
    const ofr_constraint_view view = ofr_constraint_at(x->o, k);
    ofr_text terms = {0};
    ofr_constraint_terms(&terms, x->o, k);
    ofr_page_literal(x->page, ofr_text_chars(&terms));
    ofr_text_free(&terms);
    ofr_page_words(x->page, ": ");
    ofr_constraint_sum(&x->page->line, x->o, k, view.sum);
    if (view.binding == OFR_BINDS_NOT) say_spare(x, k);
    else say_binding(x, k, &view);
    ofr_page_item(x->page);
  }
}

/* ---- the frontier ---- */

static bool is_one_place(const writer *x) {
  const ofr_optimum *o = x->o;
  for (int i = 1; i < o->frontier_count; i++)
    if (memcmp(o->frontier[i].size, o->frontier[0].size, (size_t)x->sizing->variable_count * sizeof(double)) != 0) return false;
  return true;
}

static void show_frontier(const writer *x) {
  const ofr_optimum *o = x->o;
  if (!o->has_frontier) return;
  if (is_one_place(x)) {
    ofr_page_words(x->page, "Less risk cannot be had for more: these sizes are the best of all that were tried, whatever the risk "
                            "weight.");
    ofr_page_paragraph(x->page);
    return;
  }
  ofr_table t = ofr_table_begin(1);
  ofr_money_unit unit = ofr_money_unit_for(o->frontier[0].cvar);
  ofr_table_string(&t, "risk weight");
  ofr_table_string(&t, "mean");
  ofr_tail_name(ofr_table_cell(&t), x->sizing->alpha);
  ofr_table_end_cell(&t);
  for (int v = 0; v < x->sizing->variable_count; v++) {
    ofr_variable_name(ofr_table_cell(&t), o->plan, variable(x, v));
    ofr_table_end_cell(&t);
  }
  ofr_table_end_row(&t);
  for (int i = 0; i < o->frontier_count; i++) {
    const ofr_frontier_point *p = &o->frontier[i];
    ofr_text_number(ofr_table_cell(&t), p->risk_weight);
    ofr_table_end_cell(&t);
    ofr_table_money(&t, p->mean, unit);
    ofr_table_money(&t, p->cvar, unit);
    for (int v = 0; v < x->sizing->variable_count; v++) size_cell(&t, variable(x, v), p->size[v]);
    ofr_table_end_row(&t);
  }
  ofr_text_printf(&x->page->line, "What less risk costs, %s in today's money", unit.name);
  ofr_page_heading(x->page, 2);
  ofr_page_table(x->page, &t);
}

/* ---- what knowing is worth ---- */

static void list_sizes(const writer *x, const double *size) {
  for (int i = 0; i < x->sizing->variable_count; i++) {
    if (i > 0) ofr_page_words(x->page, ", ");
    name_variable(x, i);
    ofr_page_words(x->page, " ");
    add_size(&x->page->line, variable(x, i), size[i]);
  }
}

static void say_information(const writer *x) {
  ofr_text *line = &x->page->line;
  const ofr_optimum *o = x->o;
  int relaxed = 0;
  ofr_page_words(x->page, "Who knew each future before signing, and placed work as well as can be, would save ");
  ofr_figure_dollars_within(line, o->information.mean, 2 * o->information.se);
  ofr_text_printf(line, " of the least mean cost: the value of perfect information, as far as %d sizings and ",
                  o->information_sizings);
  ofr_figure_count(line, o->information_paths);
  ofr_page_words(x->page, NBSP "futures tell");
  for (int i = 0; i < OFR_RELAXED_KINDS; i++)
    if (o->information_relaxed >> i & 1) {
      ofr_page_words(x->page, relaxed++ ? ", " : "; taken at their best: ");
      ofr_page_words(x->page, ofr_relaxed_names[i]);
    }
  ofr_page_words(x->page, ".");
  ofr_page_item(x->page);
}

static void show_worth(const writer *x) {
  ofr_text *line = &x->page->line;
  const ofr_optimum *o = x->o;
  if (!o->has_mean_sizes && !o->has_foresight) return;
  ofr_page_words(x->page, "What knowing is worth");
  ofr_page_heading(x->page, 2);
  if (o->has_mean_sizes) {
    ofr_page_words(x->page, "Sized by the curves as written, as if nothing were uncertain (");
    list_sizes(x, o->mean_size);
    ofr_page_words(x->page, "), the same futures cost ");
    if (o->mean_size_loss.mean == 0) ofr_page_words(x->page, "the same");
    else {
      ofr_figure_dollars_within(line, fabs(o->mean_size_loss.mean), 2 * o->mean_size_loss.se);
      ofr_page_words(x->page, o->mean_size_loss.mean < 0 ? " less" : " more");
    }
    ofr_page_words(x->page, ": the value of the stochastic solution.");
    ofr_page_item(x->page);
  }
  if (o->has_information) say_information(x);
  if (!o->has_foresight) return;
  ofr_page_words(x->page, "Who knew it when choosing the sizes alone, and placed work by the same rule, would save at least ");
  ofr_figure_dollars_within(line, o->foresight.mean, 2 * o->foresight.se);
  ofr_page_words(x->page, ".");
  ofr_page_item(x->page);
  if (!o->information_why) return;
  ofr_page_words(x->page, "Who knew it when placing work, too: not known. ");
  ofr_page_literal(x->page, o->information_why);
  ofr_page_words(x->page, ".");
  ofr_page_item(x->page);
}

/* ---- to go on with it ---- */

static void add_setting(ofr_text *line, const ofr_variable *v, double size) {
  ofr_text setting = {0};
  ofr_text_printf(&setting, "%s=", v->pointer);
  ofr_text_number(&setting, size);
  ofr_text_add(line, " --set ");
  ofr_text_shell(line, ofr_text_chars(&setting));
  if (setting.failed) line->failed = true;
  ofr_text_free(&setting);
}

static void show_commands(const writer *x, const ofr_report_options *options) {
  ofr_text line = {0};
  const char *file = x->o->plan->file ? x->o->plan->file : "PLAN";
  ofr_page_words(x->page, "To repeat it, and to see these sizes in full");
  ofr_page_heading(x->page, 2);
  if (options->command) ofr_text_add(&line, options->command);
  else
    ofr_text_printf(&line, "offramp optimize %s --paths %llu --seed %llu", file, (unsigned long long)x->o->plan->paths,
                    (unsigned long long)x->o->plan->seed);
  ofr_page_code(x->page, ofr_text_chars(&line));
  ofr_text_clear(&line);
  ofr_text_printf(&line, "offramp run %s%s", file, options->overrides ? options->overrides : "");
  for (int i = 0; i < x->sizing->variable_count; i++) add_setting(&line, variable(x, i), x->o->size[i]);
  ofr_page_code(x->page, ofr_text_chars(&line));
  if (line.failed) x->page->out->failed = true;
  ofr_text_free(&line);
}

static void item(const writer *x, const char *words) {
  ofr_page_words(x->page, words);
  ofr_page_item(x->page);
}

static void show_limits(const writer *x) {
  const ofr_optimum *o = x->o;
  ofr_text *line = &x->page->line;
  ofr_page_words(x->page, "Read it with care");
  ofr_page_heading(x->page, 2);
  ofr_figure_count(line, o->evaluations);
  ofr_page_words(x->page, NBSP "sizings were tried, the last ones on ");
  ofr_figure_count(line, o->paths);
  ofr_page_words(x->page, NBSP "futures, the same for all; in ");
  ofr_text_fixed(line, o->engine.seconds, o->engine.seconds < 10 ? 2 : 0, true);
  ofr_page_words(x->page, NBSP "s on ");
  ofr_page_literal(x->page, o->engine.backend ? o->engine.backend : "an unnamed back end");
  ofr_page_words(x->page, ".");
  ofr_page_item(x->page);
  if (o->engine.note) {
    ofr_page_literal(x->page, o->engine.note);
    ofr_page_item(x->page);
  }
  item(x, "Cost by size is convex where placement is the best there is; by priority and with pull it need not be. The search "
          "spreads out first and goes down from up to three valleys, but it proves no more than the gap says, and the gap "
          "counts no valley that it never saw.");
  item(x, "\xC2\xB1 is two standard errors, on the same futures for both sides of a difference.");
}

static void show(const ofr_optimum *o, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  const writer x = {o, o->plan->sizing, &page};
  ofr_page_literal(&page, o->plan->name ? o->plan->name : "");
  if (page.line.size > 0) ofr_page_heading(&page, 1);
  say_interrupted(&x);
  say_sizes(&x);
  say_saving(&x);
  say_gap(&x);
  show_sizes(&x);
  show_slopes(&x);
  show_constraints(&x);
  show_frontier(&x);
  show_worth(&x);
  show_commands(&x, options);
  show_limits(&x);
  ofr_page_end(&page);
}

void ofr_optimize_text(const ofr_optimum *optimum, const ofr_report_options *options, ofr_text *out) {
  show(optimum, options, OFR_PAGE_TEXT, out);
}

void ofr_optimize_markdown(const ofr_optimum *optimum, const ofr_report_options *options, ofr_text *out) {
  show(optimum, options, OFR_PAGE_MARKDOWN, out);
}
