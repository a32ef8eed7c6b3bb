/* A bound for the person who asks how much better one could have done: the answer, the table behind it, what the proof covers. */
#include <math.h>
#include <string.h>
#include "facts.h"
#include "figures.h"
#include "page.h"
#include "report.h"
#include "statistics.h"

#define NBSP "\xC2\xA0"

static double share_above(const ofr_bound_strategy *x) { return x->lower.mean > 0 ? x->regret.mean / x->lower.mean : 0; }

/* The strategy that costs least on average. */
static int cheapest(const ofr_bound_result *b) {
  int best = 0;
  for (int s = 1; s < b->plan->strategy_count; s++) {
    const ofr_bound_strategy *x = &b->strategies[s], *y = &b->strategies[best];
    if (x->lower.mean + x->regret.mean < y->lower.mean + y->regret.mean) best = s;
  }
  return best;
}

static void say_answer(const ofr_bound_result *b, ofr_page *page) {
  int s = cheapest(b);
  const ofr_bound_strategy *x = &b->strategies[s];
  ofr_page_words(page, "With the contracts of ");
  ofr_page_name(page, b->plan->strategies[s].name);
  ofr_page_words(page, " and perfect foresight no placement could have cost less than ");
  ofr_figure_dollars(&page->line, x->lower.mean);
  if (b->paths > 1) ofr_page_words(page, " on average");
  ofr_page_words(page, " in today's money; that strategy costs ");
  if (x->regret.mean < 0.005) ofr_page_words(page, x->regret.mean == 0 ? "exactly that." : "that to the cent.");
  else {
    ofr_figure_dollars(&page->line, x->regret.mean);
    ofr_page_words(page, " (");
    ofr_figure_percent(&page->line, share_above(x));
    ofr_page_words(page, ") more.");
  }
  ofr_page_headline(page);
}

/* "1.7e-06", whatever the locale; a dash for nothing. */
static void ratio_cell(ofr_table *t, double ratio) {
  if (ratio == 0) {
    ofr_table_string(t, "\xE2\x80\x93");
    return;
  }
  int exponent = ratio > 0 ? (int)floor(log10(ratio)) : 0;
  if (ratio / pow(10, exponent) >= 9.95) exponent++;
  ofr_text_fixed(ofr_table_cell(t), ratio / pow(10, exponent), 1, false);
  ofr_text_printf(ofr_table_cell(t), "e%+03d", exponent);
  ofr_table_end_cell(t);
}

static bool is_relaxed(const ofr_bound_result *b) {
  for (int s = 0; s < b->plan->strategy_count; s++)
    if (b->strategies[s].relaxed) return true;
  return false;
}

/* What the proof leaves open: the share of futures in which that is little, by strategy where it is not nearly all. */
static void say_closed(const ofr_bound_result *b, ofr_page *page) {
  const double nearly_all = 0.999;
  int exceptions = 0, all = 1;
  for (int s = 0; s < b->plan->strategy_count; s++) {
    exceptions += b->strategies[s].closed < nearly_all;
    all &= b->strategies[s].closed >= 1;
  }
  ofr_page_words(page, "beyond that and whole hours it is at most 1e-6 in ");
  if (all) {
    ofr_page_words(page, "all ");
    ofr_facts_count(page, b->paths, "future");
  } else if (exceptions < b->plan->strategy_count) ofr_page_words(page, "at least 99.9" NBSP "% of futures");
  const char *before = exceptions < b->plan->strategy_count ? ", but in " : "";
  for (int s = 0; s < b->plan->strategy_count; s++) {
    if (b->strategies[s].closed >= nearly_all) continue;
    ofr_page_words(page, before);
    ofr_figure_percent(&page->line, b->strategies[s].closed);
    ofr_page_words(page, " with ");
    ofr_page_name(page, b->plan->strategies[s].name);
    before = ", in ";
  }
  ofr_page_words(page, ".");
}

static void show_strategies(const ofr_bound_result *b, ofr_page *page) {
  static const char *const names[] = {"strategy", "at least", "attained", "strategy costs", "above the best",
                                      "%",        "p50",      "p95",      "gap p50"};
  const double q = b->money_quantum;
  double largest = 0;
  for (int s = 0; s < b->plan->strategy_count; s++) {
    const ofr_bound_strategy *x = &b->strategies[s];
    largest = fmax(largest, fmax(fabs(x->lower.mean + x->regret.mean), fabs(x->upper.mean)));
  }
  ofr_money_unit unit = ofr_money_unit_for(largest);
  ofr_table t = ofr_table_begin(1);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) ofr_table_string(&t, names[i]);
  ofr_table_end_row(&t);
  for (int s = 0; s < b->plan->strategy_count; s++) {
    const ofr_bound_strategy *x = &b->strategies[s];
    ofr_table_string(&t, b->plan->strategies[s].name);
    ofr_table_money(&t, x->lower.mean, unit);
    ofr_table_money(&t, x->upper.mean, unit);
    ofr_table_money(&t, x->lower.mean + x->regret.mean, unit);
    ofr_table_money(&t, x->regret.mean, unit);
    ofr_figure_percent_cell(ofr_table_cell(&t), share_above(x));
    ofr_table_end_cell(&t);
    ofr_table_money(&t, (double)x->regret.quantile[OFR_P50] * q, unit);
    ofr_table_money(&t, (double)x->regret.quantile[OFR_P95] * q, unit);
    ratio_cell(&t, (double)x->gap.quantile[OFR_P50] * 1e-9);
    ofr_table_end_row(&t);
  }
  ofr_page_words(page, "How good could it have been, ");
  ofr_page_words(page, unit.name);
  ofr_page_words(page, " in today's money");
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
  ofr_page_words(page, "\"At least\" is proved for each future by prices that are checked in the books' whole numbers; \"attained\" is "
                       "the cost of a placement that was carried out. p50 and p95 are of what the strategy costs above the best. "
                       "Between \"at least\" and \"attained\" lies the gap, most of it ");
  ofr_page_words(page, is_relaxed(b) ? "what is taken at its best, see below, and the rounding to whole accelerators; "
                                     : "the rounding to whole accelerators; ");
  say_closed(b, page);
  ofr_page_paragraph(page);
}

static void show_relaxed(const ofr_bound_result *b, ofr_page *page) {
  static const char *const words[OFR_RELAXED_KINDS] = {
      "limits by max_share are dropped", "every provider may be used, not only the strategy's own",
      "what an exclusivity lets overflow may go elsewhere from the start",
      "discounts are taken at their highest rate from the first dollar",
      "credit of grants is worth its full amount when it is given",
      "a charge that gives credit costs only what the credit comes later",
      "exits cost no more than staying, and leave the capacity",
      "work that a first refusal would match needs no room at the holder, and may be matched in any month"};
  unsigned relaxed = 0;
  for (int s = 0; s < b->plan->strategy_count; s++) relaxed |= b->strategies[s].relaxed;
  if (!relaxed) return;
  ofr_page_words(page, "Taken at their best, so that the bound stays below the truth");
  ofr_page_heading(page, 2);
  for (int i = 0; i < OFR_RELAXED_KINDS; i++) {
    if (!(relaxed >> i & 1)) continue;
    ofr_page_words(page, words[i]);
    const char *before = " (";
    for (int s = 0; s < b->plan->strategy_count; s++) {
      if (!(b->strategies[s].relaxed >> i & 1)) continue;
      ofr_page_words(page, before);
      ofr_page_name(page, b->plan->strategies[s].name);
      before = ", ";
    }
    ofr_page_words(page, ")");
    ofr_page_item(page);
  }
}

/* "7,884", "2.7 million": what a clock tells of it. */
static void add_rate(ofr_text *out, double rate) {
  if (rate < 1e6) ofr_figure_count(out, (uint64_t)rate);
  else {
    ofr_text_fixed(out, rate / 1e6, 1, true);
    ofr_text_add(out, NBSP "million");
  }
}

static void show_how(const ofr_bound_result *b, const ofr_report_options *options, ofr_page *page) {
  ofr_text line = {0};
  ofr_page_words(page, "To repeat it");
  ofr_page_heading(page, 2);
  if (options->command) ofr_text_add(&line, options->command);
  else
    ofr_text_printf(&line, "offramp bound %s --paths %llu", b->plan->file ? b->plan->file : "PLAN", (unsigned long long)b->paths);
  ofr_page_code(page, ofr_text_chars(&line));
  ofr_text_clear(&line);
  ofr_text_printf(&line, "bounds   %s", b->digest);
  ofr_page_code(page, ofr_text_chars(&line));
  ofr_text_free(&line);
  ofr_figure_count(&page->line, b->paths);
  ofr_text_printf(&page->line, NBSP "future%s, ", b->paths == 1 ? "" : "s");
  ofr_text_printf(&page->line, "%d" NBSP "contract set%s in ", b->sets, b->sets == 1 ? "" : "s");
  ofr_text_fixed(&page->line, b->engine.seconds, b->engine.seconds < 10 ? 2 : 0, true);
  ofr_page_words(page, NBSP "s on ");
  ofr_page_literal(page, b->engine.device);
  if (!strcmp(b->engine.backend, "cpu"))
    ofr_text_printf(&page->line, ", %d" NBSP "thread%s", b->engine.threads, b->engine.threads == 1 ? "" : "s");
  ofr_page_words(page, ": ");
  add_rate(&page->line, (double)b->paths * b->sets / (b->engine.seconds > 0 ? b->engine.seconds : 1e-9));
  ofr_page_words(page, NBSP "bounds a second. No cost of any strategy in any future lies below its bound: checked.");
  ofr_page_item(page);
  if (!b->engine.note) return;
  ofr_page_literal(page, b->engine.note);
  ofr_page_item(page);
}

static void show(const ofr_bound_result *b, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  ofr_page_literal(&page, b->plan->name ? b->plan->name : "");
  if (page.line.size > 0) ofr_page_heading(&page, 1);
  say_answer(b, &page);
  show_strategies(b, &page);
  show_relaxed(b, &page);
  show_how(b, options, &page);
  ofr_page_end(&page);
}

void ofr_bound_text(const ofr_bound_result *bound, const ofr_report_options *options, ofr_text *out) {
  show(bound, options, OFR_PAGE_TEXT, out);
}

void ofr_bound_markdown(const ofr_bound_result *bound, const ofr_report_options *options, ofr_text *out) {
  show(bound, options, OFR_PAGE_MARKDOWN, out);
}
