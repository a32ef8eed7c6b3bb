/* A run for the person who signs: the answer in words, the tables behind it, what repeats it, and what it leaves out. The
 * same page as text and as markdown. */
#include "report.h"
#include "answer.h"
#include "profile_report.h"
#include "run_tables.h"

static void add_count(ofr_page *page, uint64_t count, const char *what) {
  ofr_figure_count(&page->line, count);
  ofr_text_printf(&page->line, "\xC2\xA0%s%s", what, count == 1 ? "" : "s");
}

/* What to type, and the digests to compare with. */
static void show_command(const ofr_result *r, const ofr_report_options *options, ofr_page *page) {
  ofr_text line = {0};
  if (options->command != NULL) ofr_text_add(&line, options->command);
  else
    ofr_text_printf(&line, "offramp run %s --paths %llu --seed %llu", r->plan->file != NULL ? r->plan->file : "PLAN",
                    (unsigned long long)r->paths, (unsigned long long)r->seed);
  ofr_page_code(page, ofr_text_chars(&line));
  ofr_text_clear(&line);
  ofr_text_printf(&line, "plan     %s", r->plan_digest);
  ofr_page_code(page, ofr_text_chars(&line));
  ofr_text_clear(&line);
  ofr_text_printf(&line, "results  %s", r->results_digest);
  ofr_page_code(page, ofr_text_chars(&line));
  if (line.failed) page->out->failed = true;
  ofr_text_free(&line);
}

static void show_engine(const ofr_result *r, ofr_page *page) {
  const ofr_engine_facts *e = &r->engine;
  add_count(page, r->paths, "future");
  ofr_page_words(page, " \xC3\x97 ");
  add_count(page, (uint64_t)r->plan->months, "month");
  ofr_text_printf(&page->line, " \xC3\x97 %d\xC2\xA0%s in ", r->strategy_count,
                  r->strategy_count == 1 ? "strategy" : "strategies");
  ofr_text_fixed(&page->line, e->seconds, e->seconds < 10 ? 2 : 0, true);
  ofr_page_words(page, "\xC2\xA0s on ");
  ofr_page_literal(page, e->backend != NULL ? e->backend : "an unnamed back end");
  if (e->device != NULL && e->device[0] != '\0') {
    ofr_page_words(page, " (");
    ofr_page_literal(page, e->device);
    ofr_page_words(page, ")");
  }
  ofr_page_words(page, ": ");
  ofr_text_fixed(&page->line, e->path_months_per_second / 1e6, 1, true);
  ofr_page_words(page, "\xC2\xA0million path-months a second.");
  ofr_page_item(page);
  if (e->note != NULL) {
    ofr_page_literal(page, e->note);
    ofr_page_item(page);
  }
}

static void show_check(const ofr_result *r, ofr_page *page) {
  const ofr_engine_facts *e = &r->engine;
  if (e->checked_paths == 0) ofr_page_words(page, "No path was redone on the CPU as a cross-check.");
  else {
    add_count(page, (uint64_t)e->checked_paths, "path");
    ofr_page_words(page, e->check_passed
                             ? " redone on the CPU: the same, bit for bit. The results digest is the same on every device."
                             : " redone on the CPU: NOT the same. Do not use this result.");
  }
  ofr_page_item(page);
}

static void show_how_to_repeat(const ofr_result *r, const ofr_report_options *options, ofr_page *page) {
  ofr_page_words(page, "To repeat it");
  ofr_page_heading(page, 2);
  show_command(r, options, page);
  show_engine(r, page);
  show_check(r, page);
}

static void item(ofr_page *page, const char *words) {
  ofr_page_words(page, words);
  ofr_page_item(page);
}

static void show_limits(const ofr_result *r, ofr_page *page) {
  ofr_page_words(page, "Read it with care");
  ofr_page_heading(page, 2);
  item(page, "Moving a workload costs nothing beyond egress.");
  item(page, "Prices and capacity do not react to what this buyer does.");
  item(page, "Unmet is the plan's own price for unserved work: an opportunity cost, kept apart from cash.");
  if (r->paths > 1)
    item(page, "\xC2\xB1 is two standard errors: what more futures would still change, not what the model leaves out.");
  if (r->clamped_path_months > 0) {
    add_count(page, r->clamped_path_months, "path-month");
    ofr_page_words(page, " had a multiplier clamped at 64: the volatilities are extreme for this horizon.");
    ofr_page_item(page);
  }
  if ((uint64_t)r->band_paths < r->paths) {
    ofr_page_words(page, "Quantiles by year are those of the first ");
    add_count(page, (uint64_t)r->band_paths, "future");
    ofr_page_words(page, "; all else is of all.");
    ofr_page_item(page);
  }
  ofr_page_words(page, "The books count in whole quanta of ");
  ofr_text_printf(&page->line, "%.6g", r->accelerator_quantum);
  ofr_page_words(page, "\xC2\xA0"
                       "accelerators and $");
  ofr_text_number(&page->line, r->money_quantum);
  ofr_page_words(page, ".");
  ofr_page_item(page);
}

static void show(const ofr_result *r, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  ofr_money_unit unit = ofr_run_unit(r);
  ofr_page_literal(&page, r->plan->name != NULL ? r->plan->name : "");
  if (page.line.size > 0) ofr_page_heading(&page, 1);
  ofr_answer(r, &page);
  ofr_show_strategies(r, unit, &page);
  if (options->detail >= OFR_DETAIL_FULL) {
    ofr_show_differences(r, unit, &page);
    ofr_show_cost_parts(r, unit, &page);
    ofr_show_commitments(r, unit, &page);
    ofr_show_revenue(r, unit, &page);
    ofr_show_work(r, &page);
    ofr_show_years(r, unit, &page);
  }
  show_how_to_repeat(r, options, &page);
  if (options->detail >= OFR_DETAIL_FULL) show_limits(r, &page);
  if (r->profile) ofr_profile_page(r->profile, &page);
  ofr_page_end(&page);
}

void ofr_run_text(const ofr_result *result, const ofr_report_options *options, ofr_text *out) {
  show(result, options, OFR_PAGE_TEXT, out);
}

void ofr_run_markdown(const ofr_result *result, const ofr_report_options *options, ofr_text *out) {
  show(result, options, OFR_PAGE_MARKDOWN, out);
}
