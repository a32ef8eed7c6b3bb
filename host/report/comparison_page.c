/* Two results, for the person who was woken by the nightly job: the answer in words, what moved, what repeats it. */
#include <math.h>
#include <string.h>
#include "comparison_answer.h"
#include "comparison_report.h"
#include "figures.h"

enum { ROWS_SHOWN = 25, MOST_DECIMALS = 6 };

/* One unit a row, and the decimals that its noise is worth. */
typedef struct look {
  const char *unit;
  double scale;
  int decimals;
} look;

static look look_of(const ofr_figure_pair *p) {
  double largest = fmax(fabs(p->a.mean), fabs(p->b.mean)), finest = p->se > 0 ? 2 * p->se : INFINITY;
  look l = {"", 1, 2};
  if (p->figure->unit == OFR_FIGURE_MONEY) {
    ofr_money_unit unit = ofr_money_unit_for(largest);
    l = (look){unit.name, 1 / unit.dollars, unit.decimals};
  } else if (p->figure->unit == OFR_FIGURE_SHARE) l = (look){"%", 100, 1};
  else if (p->figure->unit == OFR_FIGURE_PRICE) l = (look){"$/hour", 1, 3};
  else if (p->figure->unit == OFR_FIGURE_MONTH) l = (look){"months", 1, 1};
  if (p->difference != 0) finest = fmin(finest, fabs(p->difference));
  if (isfinite(finest)) l.decimals = ofr_figure_decimals(finest * l.scale);
  if (l.decimals > MOST_DECIMALS) l.decimals = MOST_DECIMALS;
  return l;
}

static void cell(ofr_table *t, double value, int decimals, const char *sign) {
  ofr_text *to = ofr_table_cell(t);
  if (value == 0) ofr_text_add(to, "\xE2\x80\x93");
  else {
    if (value > 0) ofr_text_add(to, sign);
    ofr_text_fixed(to, value, decimals, true);
  }
  ofr_table_end_cell(t);
}

/* How a point is told: in a store of one grid by its values alone, for the heading names them. */
typedef void point_teller(ofr_text *out, const char *point);

/* NULL: there are none. The names are added to `line` where they are the same for all. */
static point_teller *teller_of(const ofr_record *r, ofr_text *line) {
  ofr_text first = {0}, other = {0};
  bool same = true;
  if (!r->is_store) return NULL;
  ofr_point_axes(&first, r->points[0].settings);
  for (int i = 1; i < r->point_count && same; i++) {
    ofr_text_clear(&other);
    ofr_point_axes(&other, r->points[i].settings);
    same = !strcmp(ofr_text_chars(&first), ofr_text_chars(&other));
  }
  if (same) ofr_text_add(line, ofr_text_chars(&first));
  ofr_text_free(&first);
  ofr_text_free(&other);
  return same ? ofr_point_values : ofr_point_name;
}

/* The point, where there are any, the strategy and the figure. */
static void add_labels(ofr_table *t, const ofr_figure_pair *p, point_teller *tell) {
  if (tell) {
    tell(ofr_table_cell(t), p->figure->point);
    ofr_table_end_cell(t);
  }
  ofr_table_string(t, *p->figure->strategy ? p->figure->strategy : "(any)");
  ofr_figure_name(ofr_table_cell(t), p->figure);
  ofr_table_end_cell(t);
}

static void add_row(ofr_table *t, const ofr_figure_pair *p, point_teller *tell) {
  look l = look_of(p);
  add_labels(t, p, tell);
  ofr_table_string(t, l.unit);
  cell(t, p->a.mean * l.scale, l.decimals, "");
  cell(t, p->b.mean * l.scale, l.decimals, "");
  cell(t, p->difference * l.scale, l.decimals, "+");
  cell(t, 2 * p->se * l.scale, l.decimals, "");
  cell(t, 100 * p->relative, fabs(p->relative) < 0.0995 ? 2 : 1, "+");
  ofr_table_end_row(t);
}

static ofr_table begin(point_teller *tell) {
  static const char *const columns[] = {"strategy", "figure", "unit", "before", "after", "change", "\xC2\xB1 2 se", "in %"};
  ofr_table t = ofr_table_begin(tell ? 3 : 2);
  if (tell) ofr_table_string(&t, "point");
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) ofr_table_string(&t, columns[i]);
  ofr_table_end_row(&t);
  return t;
}

/* With its heading; `points` are the names of what tells points apart, "" where there is nothing to say. */
static void show_table(ofr_page *page, ofr_table *t, const char *title, const ofr_text *points) {
  ofr_page_words(page, title);
  if (points->size) ofr_page_words(page, "; points by ");
  ofr_page_literal(page, ofr_text_chars(points));
  ofr_page_heading(page, 2);
  ofr_page_table(page, t);
}

static void show_moved(const ofr_result_comparison *c, ofr_page *page) {
  ofr_text points = {0};
  point_teller *tell = teller_of(c->a, &points);
  ofr_table t = begin(tell);
  for (int i = 0; i < c->moved && i < ROWS_SHOWN; i++) add_row(&t, c->largest[i], tell);
  show_table(page, &t, "What moved, largest first", &points);
  ofr_text_free(&points);
  if (c->moved > ROWS_SHOWN) ofr_text_printf(&page->line, "%d more moved: --format csv has them all. ", c->moved - ROWS_SHOWN);
  ofr_page_words(
      page, "Money by its share of the strategy's total cost before, shares by percentage points, the rest by its relative "
            "change. \xC2\xB1 is two standard errors of the change.");
  ofr_page_paragraph(page);
}

static bool is_total(const ofr_figure_pair *p) {
  return p->figure->group == OFR_FIGURE_METRIC && !strcmp(p->figure->metric, "total_cost") && !isnan(p->difference);
}

/* Where nothing moved: so much as to see that it is what was meant. */
static void show_totals(const ofr_result_comparison *c, ofr_page *page) {
  ofr_text points = {0};
  point_teller *tell = teller_of(c->a, &points);
  ofr_table t = begin(tell);
  for (int i = 0; i < c->count && t.rows <= ROWS_SHOWN; i++)
    if (is_total(&c->pairs[i])) add_row(&t, &c->pairs[i], tell);
  if (t.rows > 1) show_table(page, &t, "Total cost of each strategy", &points);
  else ofr_table_free(&t);
  ofr_text_free(&points);
}

static void show_source(const ofr_record *r, const char *name, ofr_page *page) {
  ofr_text line = {0};
  ofr_text_printf(&line, "%s  results %s  %s", name, r->results_digest, r->file);
  ofr_page_code(page, ofr_text_chars(&line));
  if (line.failed) page->out->failed = true;
  ofr_text_free(&line);
}

static void show(const ofr_result_comparison *c, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  ofr_page_literal(&page, c->b->plan_name);
  ofr_page_words(&page, " (what moved)");
  ofr_page_heading(&page, 1);
  ofr_comparison_answer(c, &page);
  if (c->moved > 0) show_moved(c, &page);
  else if (!c->same_bits) show_totals(c, &page);
  ofr_page_words(&page, "To repeat it");
  ofr_page_heading(&page, 2);
  if (options->command) ofr_page_code(&page, options->command);
  show_source(c->a, "A", &page);
  show_source(c->b, "B", &page);
  ofr_page_end(&page);
}

void ofr_comparison_text(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out) {
  show(c, options, OFR_PAGE_TEXT, out);
}

void ofr_comparison_markdown(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out) {
  show(c, options, OFR_PAGE_MARKDOWN, out);
}
