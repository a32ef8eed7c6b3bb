#include "comparison_futures.h"
#include <math.h>
#include <string.h>
#include "figures.h"

#define NO_BREAK "\xC2\xA0"

static void add_futures(ofr_page *page, const ofr_record *r) {
  if (ofr_record_is_mixed(r)) ofr_page_words(page, "of several seeds or numbers");
  else {
    ofr_figure_count(&page->line, r->points[0].paths);
    ofr_text_printf(&page->line, NO_BREAK "of seed" NO_BREAK "%llu", (unsigned long long)r->points[0].seed);
  }
  if (!*r->futures) return;
  ofr_page_words(page, " and ");
  ofr_page_literal(page, r->futures);
}

static void add_shared(ofr_page *page, const ofr_result_comparison *c) {
  if (c->kinship == OFR_SAME_FUTURES) {
    ofr_page_words(page, c->a->is_store ? "Every point saw the same futures in both (" : "Both saw the same futures (");
    add_futures(page, c->a);
  } else {
    bool files = *c->a->futures, mixed = ofr_record_is_mixed(c->a) || ofr_record_is_mixed(c->b);
    ofr_page_words(page, files   ? "Both took futures from files ("
                         : mixed ? "Some futures may be the same ("
                                 : "Both drew from one seed, so that the smaller one's futures are among the larger one's (");
    add_futures(page, c->a);
    ofr_page_words(page, "; ");
    add_futures(page, c->b);
  }
  ofr_page_words(page, "). ");
}

/* ---- noise of the differences ---- */

static bool is_total(const ofr_figure_pair *p) {
  return p->paired && p->apart > 0 && p->figure->group == OFR_FIGURE_METRIC && !strcmp(p->figure->metric, "total_cost");
}

/* The total cost that moved most, or the first one. */
static const ofr_figure_pair *total_to_say(const ofr_result_comparison *c) {
  for (int i = 0; i < c->moved; i++)
    if (is_total(c->largest[i])) return c->largest[i];
  for (int i = 0; i < c->count; i++)
    if (is_total(&c->pairs[i])) return &c->pairs[i];
  return NULL;
}

/* So sharp a test tells of more than most nights care for. */
static void say_small(ofr_page *page, const ofr_result_comparison *c) {
  if (c->moved == 0 || c->gone > 0 || c->options.threshold > 0) return;
  for (int i = 0; i < c->moved; i++)
    if (!(fabs(c->largest[i]->relative) <= 0.01)) return;
  ofr_page_words(page, " Nothing moved by more than 1" NO_BREAK "% of what it was: --threshold" NO_BREAK "1 lets that pass.");
}

static void say_paired(ofr_page *page, const ofr_result_comparison *c) {
  const ofr_figure_pair *p = total_to_say(c);
  ofr_page_words(page, "What they have in common cancels: the noise shown is that of the differences, by slices of the futures");
  if (p) {
    ofr_page_words(page, ". Of independent futures it would be \xC2\xB1" NO_BREAK);
    ofr_figure_dollars(&page->line, 2 * p->apart);
    ofr_page_words(page, " for the total cost of ");
    ofr_page_name(page, p->figure->strategy);
  }
  ofr_page_words(page, ".");
  say_small(page, c);
}

static bool has_slices(const ofr_record *r) {
  for (int i = 0; i < r->figure_count; i++)
    if (r->figures[i].slice_count > 0) return true;
  return false;
}

/* A result that could have them, and does not. */
static const ofr_record *without_slices(const ofr_result_comparison *c) {
  if (c->kinship != OFR_SAME_FUTURES || c->options.metrics) return NULL;
  return !has_slices(c->a) ? c->a : !has_slices(c->b) ? c->b : NULL;
}

/* Of what differs, how much is hidden by an upper bound. */
static int count_unsure(const ofr_result_comparison *c) {
  int unsure = 0;
  for (int i = 0; i < c->count; i++) {
    const ofr_figure_pair *p = &c->pairs[i];
    unsure += !p->paired && p->move == OFR_STAYED && !isnan(p->difference) && p->difference != 0;
  }
  return unsure;
}

static void say_bound(ofr_page *page, const ofr_result_comparison *c) {
  int unsure = count_unsure(c);
  if (c->paired > 0) {
    ofr_page_words(page, " That of ");
    ofr_page_count(page, c->noisy - c->paired, "figure");
    ofr_page_words(page, " is the noise of independent futures");
  } else {
    const ofr_record *old = without_slices(c);
    if (old) {
      ofr_page_literal(page, old->file);
      ofr_page_words(page, " keeps no slices of its futures, as those of an older version: ");
      ofr_page_words(page, old->is_store ? "sweep into a new store. " : "run it again. ");
    }
    ofr_page_words(page, "The noise shown is that of independent futures");
  }
  ofr_page_words(page, ": an upper bound, as long as what is dear before is dear after.");
  if (c->kinship != OFR_SAME_FUTURES || unsure == 0 || c->options.noise == 0) return;
  ofr_page_words(page, " ");
  ofr_page_count(page, unsure, "figure");
  ofr_page_words(page, unsure == 1 ? " differs within it; " : " differ within it; ");
  ofr_page_words(page, "--noise" NO_BREAK "0 --threshold" NO_BREAK "1 shows all that differs by more than 1" NO_BREAK "%.");
}

static void say_shared(ofr_page *page, const ofr_result_comparison *c) {
  add_shared(page, c);
  if (c->paired > 0) say_paired(page, c);
  if (c->paired < c->noisy || c->noisy == 0) say_bound(page, c);
  ofr_page_item(page);
}

static void say_others(ofr_page *page, const ofr_result_comparison *c) {
  ofr_page_words(page, "Other futures: ");
  add_futures(page, c->a);
  ofr_page_words(page, " before, ");
  add_futures(page, c->b);
  ofr_page_words(page, " after.");
  if (c->options.noise > 0 && c->by_chance >= 0.05) {
    ofr_page_words(page, " By chance alone about" NO_BREAK);
    ofr_text_fixed(&page->line, c->by_chance, c->by_chance < 9.5 ? 1 : 0, true);
    ofr_page_words(page, " of ");
    ofr_page_count(page, c->compared, "figure");
    ofr_page_words(page, " would differ by more than ");
    ofr_text_number(&page->line, c->options.noise);
    ofr_page_words(page, c->options.noise == 1 ? NO_BREAK "standard error." : NO_BREAK "standard errors.");
  }
  ofr_page_item(page);
}

void ofr_comparison_futures(const ofr_result_comparison *c, ofr_page *page) {
  if (c->kinship == OFR_OTHER_FUTURES) say_others(page, c);
  else say_shared(page, c);
}
