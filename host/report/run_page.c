/* A run for the person who signs: the answer in words, the tables behind it, what repeats it, and what it leaves out. The
 * same page as text and as markdown. */
#include "report.h"
#include "answer.h"
#include "exit_views.h"
#include "facts.h"
#include "profile_report.h"
#include "run_tables.h"
#include "stakeholder_report.h"

static void item(ofr_page *page, const char *words) {
  ofr_page_words(page, words);
  ofr_page_item(page);
}

static void show_limits(const ofr_result *r, ofr_page *page) {
  ofr_page_words(page, "Read it with care");
  ofr_page_heading(page, 2);
  if (r->plan->futures != NULL) {
    ofr_page_words(page, "The futures are those of ");
    ofr_page_literal(page, r->plan->futures->file);
    ofr_page_words(page, r->plan->futures->weights ? ", each with its weight: no better than these."
                                                   : ", each as likely: no better than these.");
    ofr_page_item(page);
  }
  item(page, "Moving a workload costs nothing beyond egress.");
  item(page, "Prices and capacity do not react to what this buyer does.");
  item(page, "Unmet is the plan's own price for unserved work: an opportunity cost, kept apart from cash.");
  if (r->paths > 1)
    item(page, "\xC2\xB1 is two standard errors: what more futures would still change, not what the model leaves out.");
  if ((uint64_t)r->band_paths < r->paths) {
    ofr_page_words(page, "Quantiles by year are those of the first ");
    ofr_facts_count(page, (uint64_t)r->band_paths, "future");
    ofr_page_words(page, "; all else is of all.");
    ofr_page_item(page);
  }
  ofr_facts facts = ofr_facts_of_run(r);
  ofr_facts_limits(page, &facts);
}

static void show(const ofr_result *r, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  ofr_money_unit unit = ofr_run_unit(r);
  ofr_facts facts = ofr_facts_of_run(r);
  ofr_page_literal(&page, r->plan->name != NULL ? r->plan->name : "");
  if (page.line.size > 0) ofr_page_heading(&page, 1);
  ofr_answer(r, &page);
  ofr_show_strategies(r, unit, &page);
  if (options->detail >= OFR_DETAIL_FULL) {
    ofr_show_differences(r, unit, &page);
    ofr_show_cost_parts(r, unit, &page);
    ofr_show_commitments(r, unit, &page);
    ofr_show_exits(r, unit, &page);
    ofr_show_revenue(r, unit, &page);
    ofr_show_stakes(r, unit, &page);
    ofr_show_work(r, &page);
    ofr_show_years(r, unit, &page);
    ofr_show_stakeholders(r, unit, &page);
  }
  ofr_facts_page(&page, &facts, options);
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
