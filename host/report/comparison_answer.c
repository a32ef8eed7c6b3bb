/* A comparison in sentences: see comparison_answer.h. */
#include "comparison_answer.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "comparison_futures.h"
#include "figures.h"

#define NO_BREAK "\xC2\xA0"
enum { DIGEST_SAID = 12, NAMES_SAID = 8 };

/* ---- names ---- */

static void add_metric(ofr_text *out, const char *metric) {
  for (const char *c = metric; *c; c++) ofr_text_append(out, *c == '_' ? " " : c, 1);
}

void ofr_figure_name(ofr_text *out, const ofr_figure *f) {
  bool versus = f->group == OFR_FIGURE_COMPARISON, wins = !strcmp(f->metric, "a_wins");
  if (f->group == OFR_FIGURE_BOUND && !strcmp(f->metric, "lower")) ofr_text_add(out, "lower bound");
  else if (wins) ofr_text_add(out, "wins");
  else if (!strcmp(f->metric, "p_charge")) ofr_text_add(out, "charge risk");
  else if (!strcmp(f->metric, OFR_FIGURE_TAIL)) ofr_text_add(out, "CVaR" NO_BREAK "95 of total cost");
  else if (!strcmp(f->metric, "p_taken")) ofr_text_add(out, "use");
  else add_metric(out, f->metric);
  if (f->group == OFR_FIGURE_FAILURE) ofr_text_add(out, " of the failure");
  if (!*f->subject) return;
  ofr_text_add(out, wins ? " against " : versus ? " above " : " of ");
  ofr_text_add(out, f->subject);
}

/* Settings one by one: the pointer without the list that it begins with, and the value. The next one's beginning, or NULL. */
static const char *next_setting(const char *at, const char **name, const char **value, const char **end) {
  const char *next = strstr(at, ", /"), *rest = strchr(at + 1, '/');
  *end = next ? next : at + strlen(at);
  *name = rest && rest < *end ? rest + 1 : at;
  for (*value = *end; *value > at && (*value)[-1] != '=';) --*value;
  return next ? next + 2 : NULL;
}

static void write_point(ofr_text *out, const char *point, bool names, bool values) {
  const char *name, *value, *end;
  for (const char *at = *point ? point : NULL; at;) {
    at = next_setting(at, &name, &value, &end);
    if (names) ofr_text_append(out, name, (size_t)(value - name) - (values ? 0 : 1));
    if (values) ofr_text_append(out, value, (size_t)(end - value));
    if (at) ofr_text_add(out, ", ");
  }
}

void ofr_point_name(ofr_text *out, const char *point) { write_point(out, point, true, true); }
void ofr_point_axes(ofr_text *out, const char *point) { write_point(out, point, true, false); }
void ofr_point_values(ofr_text *out, const char *point) { write_point(out, point, false, true); }

static void add_point(ofr_page *page, const char *point) {
  ofr_text name = {0};
  ofr_point_name(&name, point);
  ofr_page_literal(page, ofr_text_chars(&name));
  if (name.failed) page->line.failed = true;
  ofr_text_free(&name);
}

static void add_figure(ofr_page *page, const ofr_figure *f) {
  ofr_text name = {0};
  ofr_figure_name(&name, f);
  ofr_page_literal(page, ofr_text_chars(&name));
  if (name.failed) page->line.failed = true;
  ofr_text_free(&name);
}

/* ---- the sentence ---- */

/* "2.1 ± 0.3", with as many decimals as the error is worth. */
static void add_within(ofr_text *out, double value, double error) {
  int decimals = ofr_figure_decimals(error > 0 ? error : value);
  ofr_text_fixed(out, value, decimals, true);
  if (!(error > 0)) return;
  ofr_text_add(out, NO_BREAK "\xC2\xB1" NO_BREAK);
  ofr_text_fixed(out, error, decimals, true);
}

static void add_change(ofr_page *page, const ofr_figure_pair *p) {
  double size = fabs(p->difference), error = isfinite(p->se) ? 2 * p->se : 0;
  ofr_text *line = &page->line;
  ofr_page_words(page, p->difference > 0 ? " rose by " : " fell by ");
  switch (p->figure->unit) {
  case OFR_FIGURE_MONEY: ofr_figure_dollars_within(line, size, error); break;
  case OFR_FIGURE_SHARE:
    add_within(line, 100 * size, 100 * error);
    ofr_page_words(page, NO_BREAK "percentage points");
    return; /* a percentage of percent is read wrong */
  case OFR_FIGURE_PRICE:
    ofr_page_words(page, "$");
    add_within(line, size, error);
    ofr_page_words(page, " an hour");
    break;
  case OFR_FIGURE_MONTH:
    add_within(line, size, error);
    ofr_page_words(page, NO_BREAK "months");
    return; /* a share of a date is nothing */
  case OFR_FIGURE_PLAIN: add_within(line, size, error); break;
  }
  if (isnan(p->relative)) return;
  ofr_page_words(page, " (");
  ofr_figure_percent(line, fabs(p->relative));
  ofr_page_words(page, ")");
}

/* Total cost says most, then what else the buyer meets; else whatever moved most. */
static const ofr_figure_pair *first_to_say(const ofr_result_comparison *c) {
  const ofr_figure_pair *buyers = NULL;
  for (int i = 0; i < c->moved; i++) {
    if (c->largest[i]->figure->group != OFR_FIGURE_METRIC) continue;
    if (!strcmp(c->largest[i]->figure->metric, "total_cost")) return c->largest[i];
    if (!buyers) buyers = c->largest[i];
  }
  return buyers ? buyers : c->largest[0];
}

/* "3 standard errors and 1 %"; nothing at all where everything counts */
static void add_limits(ofr_page *page, const ofr_compare_options *o, const char *before) {
  if (o->noise > 0 || o->threshold > 0) ofr_page_words(page, before);
  if (o->noise > 0) {
    ofr_text_number(&page->line, o->noise);
    ofr_page_words(page, o->noise == 1 ? NO_BREAK "standard error" : NO_BREAK "standard errors");
  }
  if (o->noise > 0 && o->threshold > 0) ofr_page_words(page, " and ");
  if (o->threshold > 0) {
    ofr_text_number(&page->line, 100 * o->threshold);
    ofr_page_words(page, NO_BREAK "%");
  }
}

static void add_moved(ofr_page *page, const ofr_result_comparison *c) {
  const ofr_figure_pair *p = first_to_say(c);
  if (*p->figure->strategy) ofr_page_name(page, p->figure->strategy);
  if (*p->figure->point) {
    ofr_page_words(page, *p->figure->strategy ? " at " : "At ");
    add_point(page, p->figure->point);
  }
  if (*p->figure->strategy || *p->figure->point) ofr_page_words(page, ": ");
  add_figure(page, p->figure);
  add_change(page, p);
  ofr_text_printf(&page->line, "; %d of ", c->moved);
  ofr_page_count(page, c->compared, "figure");
  if (c->a->is_store)
    ofr_text_printf(&page->line, ", at %d of %d" NO_BREAK "points,", c->points_moved, c->a->point_count - c->points_gone);
  ofr_page_words(page, " moved");
  if (c->options.noise > 0 && c->options.threshold == 0)
    ofr_page_words(page, c->moved == 1 ? " beyond its noise" : " beyond their noise");
  else add_limits(page, &c->options, " by more than ");
  if (c->gone == 0) return;
  ofr_page_words(page, ", ");
  ofr_page_count(page, c->gone, "figure");
  ofr_page_words(page, c->gone == 1 ? " is gone" : " are gone");
}

static void add_gone(ofr_page *page, const ofr_result_comparison *c) {
  if (c->strategies_gone == 1) ofr_page_words(page, "A strategy is gone");
  else if (c->strategies_gone > 1) ofr_text_printf(&page->line, "%d strategies are gone", c->strategies_gone);
  else if (c->points_gone > 0) {
    ofr_page_count(page, c->points_gone, "point");
    ofr_page_words(page, c->points_gone == 1 ? " is gone" : " are gone");
  } else {
    ofr_page_count(page, c->gone, "figure");
    ofr_page_words(page, c->gone == 1 ? " is gone" : " are gone");
  }
  ofr_page_words(page, c->compared == 0 ? ", and the two have no figure in common" : "; of ");
  if (c->compared == 0) return;
  ofr_page_count(page, c->compared, "other figure");
  ofr_page_words(page, " none moved");
  add_limits(page, &c->options, " by more than ");
}

static void add_stayed(ofr_page *page, const ofr_result_comparison *c) {
  bool some = c->kinship != OFR_OTHER_FUTURES && c->differing > 0; /* of other futures nothing else is expected */
  ofr_page_words(page, some ? "Nothing moved: of " : "Nothing moved: none of ");
  ofr_page_count(page, c->compared, "figure");
  if (some) ofr_text_printf(&page->line, " %d differ%s, none", c->differing, c->differing == 1 ? "s" : "");
  else ofr_page_words(page, " differs");
  if (c->differing > 0) add_limits(page, &c->options, " by more than ");
}

static void add_headline(ofr_page *page, const ofr_result_comparison *c) {
  if (c->same_bits)
    ofr_page_words(page, c->a->is_store ? "Nothing moved: both stores hold the same, bit for bit"
                                        : "Nothing moved: both results are the same, bit for bit");
  else if (c->moved > 0) add_moved(page, c);
  else if (c->gone > 0) add_gone(page, c);
  else if (c->compared == 0) ofr_page_words(page, "Nothing was compared: the two have no figure in common");
  else add_stayed(page, c);
  ofr_page_words(page, ".");
  ofr_page_headline(page);
}

/* ---- what there is to know ---- */

/* The beginning of a digest: as much as people compare. */
static void add_digest(ofr_page *page, const char *digest) {
  char said[DIGEST_SAID + 1];
  snprintf(said, sizeof said, "%s", digest);
  ofr_page_literal(page, said);
}

static void say_plans(ofr_page *page, const ofr_result_comparison *c) {
  if (!strcmp(c->a->plan_digest, c->b->plan_digest)) return;
  ofr_page_words(page, "The plans differ: ");
  if (strcmp(c->a->plan_name, c->b->plan_name)) {
    ofr_page_name(page, c->a->plan_name);
    ofr_page_words(page, " and ");
    ofr_page_name(page, c->b->plan_name);
    ofr_page_words(page, ", ");
  }
  ofr_page_words(page, "digests ");
  add_digest(page, c->a->plan_digest);
  ofr_page_words(page, " and ");
  add_digest(page, c->b->plan_digest);
  bool alike = c->kinship == OFR_SAME_FUTURES || c->a->is_store;
  ofr_page_words(page, alike ? "." : "; paths and seed are part of them.");
  ofr_page_item(page);
}

static void say_versions(ofr_page *page, const ofr_result_comparison *c) {
  bool same = !strcmp(c->a->version, c->b->version);
  if (!same) {
    ofr_page_words(page, "offramp ");
    ofr_page_literal(page, c->a->version);
    ofr_page_words(page, " made the first result, ");
    ofr_page_literal(page, c->b->version);
    ofr_page_words(page, " the second.");
    ofr_page_item(page);
  }
  bool partial = c->a->is_store || c->options.strategy || c->options.metrics; /* what differs may not have been looked at */
  if (!c->same_question || c->same_bits || (c->differing == 0 && partial)) return;
  if (c->differing == 0)
    ofr_page_words(page, "The digests differ all the same, as they do where one of the runs left out its bands (--no-bands).");
  else {
    ofr_page_words(page, "The same plan, seed and paths gave other results: ");
    ofr_page_words(page, same ? "one of them is wrong. Run both again with --backend" NO_BREAK "cpu."
                              : "the change is offramp's own, not the plan's.");
  }
  ofr_page_item(page);
}

/* "Gone: strategies 'tied', 'free'." */
static void say_strategies(ofr_page *page, const char *what, int count, const ofr_record *of, const ofr_record *not_in,
                           const char *only) {
  int said = 0;
  if (count == 0) return;
  ofr_page_words(page, what);
  ofr_page_words(page, count == 1 ? "strategy " : "strategies ");
  for (int i = 0; i < of->strategy_count && said < NAMES_SAID; i++) {
    if (!ofr_record_lacks(not_in, of->strategies[i], only)) continue;
    ofr_page_words(page, said++ ? ", " : "");
    ofr_page_name(page, of->strategies[i]);
  }
  if (count > said) ofr_text_printf(&page->line, " and %d more", count - said);
  ofr_page_words(page, ".");
  ofr_page_item(page);
}

static bool in_both(const ofr_result_comparison *c, const char *strategy) {
  return !*strategy || (ofr_record_has_strategy(c->a, strategy) && ofr_record_has_strategy(c->b, strategy));
}

static bool is_of_both(const ofr_result_comparison *c, const ofr_figure_pair *p) {
  const ofr_figure *f = p->figure;
  return p->point_in_both && in_both(c, f->strategy) && (f->group != OFR_FIGURE_COMPARISON || in_both(c, f->subject));
}

/* "Gone: 2 of 6 points: ..., ..." */
static void say_points(ofr_page *page, const ofr_result_comparison *c, ofr_move move, const char *what, int count, int all) {
  const char *last = "";
  int said = 0;
  if (count == 0) return;
  ofr_text_printf(&page->line, "%s%d of %d points: ", what, count, all);
  for (int i = 0; i < c->count && said < NAMES_SAID; i++) {
    const ofr_figure_pair *p = &c->pairs[i];
    if (p->point_in_both || p->move != move || !strcmp(p->figure->point, last)) continue;
    last = p->figure->point;
    ofr_page_words(page, said++ ? "; " : "");
    add_point(page, last);
  }
  if (count > said) ofr_text_printf(&page->line, " and %d more", count - said);
  ofr_page_words(page, ".");
  ofr_page_item(page);
}

/* Of strategies, and points, that both results have. */
static void say_figures(ofr_page *page, const ofr_result_comparison *c, ofr_move move, const char *what) {
  int count = 0;
  for (int i = 0; i < c->count; i++) {
    const ofr_figure_pair *p = &c->pairs[i];
    if (p->move != move || !is_of_both(c, p) || count++ >= NAMES_SAID) continue;
    ofr_page_words(page, count == 1 ? what : ", ");
    if (*p->figure->strategy) {
      ofr_page_name(page, p->figure->strategy);
      ofr_page_words(page, " ");
    }
    add_figure(page, p->figure);
    if (!*p->figure->point) continue;
    ofr_page_words(page, " at ");
    add_point(page, p->figure->point);
  }
  if (count == 0) return;
  if (count > NAMES_SAID) ofr_text_printf(&page->line, " and %d more", count - NAMES_SAID);
  ofr_page_words(page, ".");
  ofr_page_item(page);
}

void ofr_comparison_answer(const ofr_result_comparison *c, ofr_page *page) {
  add_headline(page, c);
  if (!c->same_bits) {
    say_strategies(page, "Gone: ", c->strategies_gone, c->a, c->b, c->options.strategy);
    say_points(page, c, OFR_GONE, "Gone: ", c->points_gone, c->a->point_count);
    say_figures(page, c, OFR_GONE, "Gone: ");
    say_strategies(page, "New: ", c->strategies_new, c->b, c->a, c->options.strategy);
    say_points(page, c, OFR_NEW, "New: ", c->points_new, c->b->point_count);
    say_figures(page, c, OFR_NEW, "New: ");
  }
  say_plans(page, c);
  if (!c->same_bits) ofr_comparison_futures(c, page);
  say_versions(page, c);
}
