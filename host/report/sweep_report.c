#include "sweep_report.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <offramp/offramp.h>
#include "facts.h"
#include "figures.h"
#include "json_writer.h"
#include "page.h"

/* ---- what the numbers say ---- */

static bool is_nominal(const char *metric) { return !strcmp(metric, "nominal_cash"); }

static bool is_money(const char *metric) {
  return (strstr(metric, "_cost") && strcmp(metric, "unit_cost")) || !strcmp(metric, "grants") || is_nominal(metric);
}

/* Of `served` there cannot be too much. */
static bool more_is_better(const char *metric) { return !strcmp(metric, "served") || !strcmp(metric, "grants"); }

/* The strategy with the best mean at a point, the first of several; -1 where none has one. */
static int best_of(const ofr_stored_sweep *s, const ofr_stored_point *p) {
  int best = -1;
  for (int i = 0; i < s->strategy_count; i++) {
    double mean = p->figures[i].mean;
    if (!isfinite(mean)) continue;
    if (best < 0 || (more_is_better(s->metric) ? mean > p->figures[best].mean : mean < p->figures[best].mean)) best = i;
  }
  return best;
}

static double largest_of(const ofr_stored_sweep *s) {
  double largest = 0;
  for (uint64_t i = 0; i < s->point_count; i++)
    for (int j = 0; j < s->strategy_count; j++)
      if (isfinite(s->points[i].figures[j].mean)) largest = fmax(largest, fabs(s->points[i].figures[j].mean));
  return largest;
}

typedef struct outcome {
  double at, mean;
} outcome;

static int by_value(const void *a, const void *b) {
  const outcome *x = a, *y = b;
  return (x->at > y->at) - (x->at < y->at);
}

/* What an axis moves: a strategy's mean, averaged over all points with one value of it, the largest less the least. `room` for
 * an outcome of every point. */
static double influence_of(const ofr_stored_sweep *s, int axis, int strategy, outcome *room) {
  size_t n = (size_t)s->point_count;
  double least = INFINITY, most = -INFINITY;
  for (size_t i = 0; i < n; i++) room[i] = (outcome){s->points[i].settings[axis], s->points[i].figures[strategy].mean};
  qsort(room, n, sizeof *room, by_value);
  for (size_t i = 0, end; i < n; i = end) {
    double sum = 0;
    for (end = i; end < n && room[end].at == room[i].at; end++) sum += room[end].mean;
    least = fmin(least, sum / (double)(end - i));
    most = fmax(most, sum / (double)(end - i));
  }
  return most - least;
}

/* ---- the page ---- */

static void value_cell(ofr_table *t, double value) {
  if (value == floor(value) && fabs(value) < 1e15) ofr_text_fixed(ofr_table_cell(t), value, 0, true);
  else ofr_text_number(ofr_table_cell(t), value);
  ofr_table_end_cell(t);
}

static void figure_cell(ofr_table *t, const ofr_stored_sweep *s, double value, ofr_money_unit unit) {
  if (is_money(s->metric)) ofr_figure_money(ofr_table_cell(t), value, unit);
  else ofr_text_fixed(ofr_table_cell(t), value, 4, true);
  ofr_table_end_cell(t);
}

static void table_heading(ofr_page *page, const char *what, const ofr_stored_sweep *s, ofr_money_unit unit) {
  ofr_text_printf(&page->line, "%s %s", what, s->metric);
  if (is_money(s->metric)) ofr_text_printf(&page->line, ", %s%s", unit.name, is_nominal(s->metric) ? "" : " in today's money");
  ofr_page_heading(page, 2);
}

/* "azure-floor/windows/0/amount": the pointer without the list that it begins with. */
static const char *short_name(const char *pointer) {
  const char *rest = *pointer == '/' ? strchr(pointer + 1, '/') : NULL;
  return rest && rest[1] ? rest + 1 : pointer;
}

/* "'free' has the least mean total_cost at 14 of 20 points, 'tied' at 6." */
static void say_answer(ofr_page *page, const ofr_stored_sweep *s) {
  uint64_t *wins = calloc((size_t)s->strategy_count + 1, sizeof *wins);
  bool said = false;
  if (!wins) {
    page->line.failed = true;
    return;
  }
  for (uint64_t i = 0; i < s->point_count; i++) wins[best_of(s, &s->points[i]) + 1]++;
  for (int turn = 0; turn < s->strategy_count; turn++) {
    int most = 0;
    for (int j = 1; j < s->strategy_count; j++)
      if (wins[j + 1] > wins[most + 1]) most = j;
    if (wins[most + 1] == 0) break;
    ofr_page_words(page, said ? ", " : "");
    ofr_page_name(page, s->strategies[most]);
    if (!said) ofr_text_printf(&page->line, " has the %s mean %s", more_is_better(s->metric) ? "largest" : "least", s->metric);
    ofr_page_words(page, " at ");
    ofr_figure_count(&page->line, wins[most + 1]);
    if (!said) {
      ofr_page_words(page, " of ");
      ofr_facts_count(page, s->point_count, "point");
    }
    wins[most + 1] = 0;
    said = true;
  }
  free(wins);
  ofr_page_words(page, said ? "." : "No point has been evaluated yet.");
  ofr_page_headline(page);
}

static void say_progress(ofr_page *page, const ofr_stored_sweep *s) {
  if (s->point_count == s->grid) return;
  ofr_figure_count(&page->line, s->point_count);
  ofr_page_words(page, " of ");
  ofr_facts_count(page, s->grid, "point");
  ofr_page_words(page, s->point_count == 1 ? " is" : " are");
  ofr_page_words(page, " there so far: the same command goes on where it stopped.");
  ofr_page_paragraph(page);
}

/* Whether all points saw the same futures: paths and seed may be swept, too. */
static bool share_futures(const ofr_stored_sweep *s) {
  for (uint64_t i = 1; i < s->point_count; i++)
    if (s->points[i].paths != s->points[0].paths || strcmp(s->points[i].seed, s->points[0].seed) != 0) return false;
  return true;
}

static void say_futures(ofr_page *page, const ofr_stored_sweep *s) {
  const bool shared = share_futures(s);
  if (shared) {
    ofr_facts_count(page, s->points[0].paths, "future");
    ofr_text_printf(&page->line, " a point, seed %s. ", s->points[0].seed);
  } else ofr_page_words(page, "Points have futures of their own: --format csv tells how many, and of which seed. ");
  ofr_page_words(page, "\xC2\xB1 2 se: of the strategy that is least certain; the strategies of a point");
  ofr_page_words(page, shared ? ", and the points, share their futures," : " share their futures,");
  ofr_text_printf(&page->line, " so that they differ by less than that. Sweep %.12s.", s->digest);
  ofr_page_paragraph(page);
}

static void show_points(ofr_page *page, const ofr_stored_sweep *s, ofr_money_unit unit) {
  ofr_table t = ofr_table_begin(s->axis_count);
  for (int a = 0; a < s->axis_count; a++) ofr_table_string(&t, short_name(s->axes[a]));
  for (int j = 0; j < s->strategy_count; j++) ofr_table_string(&t, s->strategies[j]);
  ofr_table_string(&t, "\xC2\xB1 2 se");
  ofr_table_string(&t, "best");
  ofr_table_end_row(&t);
  for (uint64_t i = 0; i < s->point_count; i++) {
    const ofr_stored_point *p = &s->points[i];
    int best = best_of(s, p);
    double se = NAN;
    for (int a = 0; a < s->axis_count; a++) value_cell(&t, p->settings[a]);
    for (int j = 0; j < s->strategy_count; j++) {
      figure_cell(&t, s, p->figures[j].mean, unit);
      se = fmax(se, p->figures[j].se);
    }
    figure_cell(&t, s, 2 * se, unit);
    ofr_table_string(&t, best >= 0 ? s->strategies[best] : "");
    ofr_table_end_row(&t);
  }
  table_heading(page, "Mean", s, unit);
  ofr_page_table(page, &t);
  say_futures(page, s);
}

/* Of complete grids: in others a value's points need not be like another's. */
static void show_influences(ofr_page *page, const ofr_stored_sweep *s, ofr_money_unit unit) {
  if (s->axis_count < 2 || s->point_count != s->grid) return;
  outcome *room = malloc((size_t)s->point_count * sizeof *room);
  if (!room) {
    page->line.failed = true;
    return;
  }
  ofr_table t = ofr_table_begin(1);
  ofr_table_string(&t, "number");
  for (int j = 0; j < s->strategy_count; j++) ofr_table_string(&t, s->strategies[j]);
  ofr_table_end_row(&t);
  for (int a = 0; a < s->axis_count; a++) {
    ofr_table_string(&t, short_name(s->axes[a]));
    for (int j = 0; j < s->strategy_count; j++) figure_cell(&t, s, influence_of(s, a, j, room), unit);
    ofr_table_end_row(&t);
  }
  free(room);
  table_heading(page, "How far each number moves the mean", s, unit);
  ofr_page_table(page, &t);
  ofr_page_words(page, "Averaged over all points that share a value of it: the largest average less the least.");
  ofr_page_paragraph(page);
}

static void show_sweep(ofr_page *page, const ofr_stored_sweep *s) {
  ofr_page_literal(page, s->plan);
  ofr_page_heading(page, 1);
  say_answer(page, s);
  say_progress(page, s);
  if (s->point_count == 0) return;
  ofr_money_unit unit = ofr_money_unit_for(largest_of(s));
  show_influences(page, s, unit);
  show_points(page, s, unit);
}

static void as_page(const ofr_stored_sweep *sweeps, int count, ofr_page_style style, const ofr_report_options *o,
                    ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, o->width, o->color);
  for (int i = 0; i < count; i++) show_sweep(&page, &sweeps[i]);
  if (count == 0) {
    ofr_page_words(&page, "The store is empty.");
    ofr_page_headline(&page);
  }
  ofr_page_end(&page);
}

/* ---- for programs ---- */

static const struct {
  const char *name;
  size_t at;
} statistics[] = {{"mean", offsetof(ofr_stored_figure, mean)}, {"se", offsetof(ofr_stored_figure, se)},
                  {"p05", offsetof(ofr_stored_figure, p05)},   {"p50", offsetof(ofr_stored_figure, p50)},
                  {"p95", offsetof(ofr_stored_figure, p95)},   {"cvar95", offsetof(ofr_stored_figure, cvar95)}};
enum { STATISTICS = sizeof statistics / sizeof *statistics };

static double statistic_of(const ofr_stored_figure *f, int i) {
  double value;
  memcpy(&value, (const char *)f + statistics[i].at, sizeof value);
  return value;
}

static void write_point(ofr_json_writer *w, const ofr_stored_sweep *s, const ofr_stored_point *p) {
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_integer(w, "place", p->place);
  ofr_json_object(w, "settings", OFR_JSON_FLAT);
  for (int a = 0; a < s->axis_count; a++) ofr_json_number(w, s->axes[a], p->settings[a]);
  ofr_json_end(w);
  ofr_json_integer(w, "paths", p->paths);
  ofr_json_integer(w, "seed", strtoull(p->seed, NULL, 10));
  ofr_json_string(w, "results_digest", p->results_digest);
  ofr_json_object(w, "strategies", OFR_JSON_LINES);
  for (int j = 0; j < s->strategy_count; j++) {
    ofr_json_object(w, s->strategies[j], OFR_JSON_FLAT);
    for (int i = 0; i < STATISTICS; i++) ofr_json_number(w, statistics[i].name, statistic_of(&p->figures[j], i));
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

static void as_json(const ofr_stored_sweep *sweeps, int count, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "offramp", offramp_version());
  ofr_json_array(w, "sweeps", OFR_JSON_LINES);
  for (int i = 0; i < count; i++) {
    const ofr_stored_sweep *s = &sweeps[i];
    ofr_json_object(w, NULL, OFR_JSON_LINES);
    ofr_json_string(w, "plan", s->plan);
    ofr_json_string(w, "digest", s->digest);
    ofr_json_string(w, "metric", s->metric);
    ofr_json_integer(w, "grid", s->grid);
    ofr_json_array(w, "points", OFR_JSON_LINES);
    for (uint64_t p = 0; p < s->point_count; p++) write_point(w, s, &s->points[p]);
    ofr_json_end(w);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

/* A column of the CSV: an axis of any of the sweeps. */
static int axes_of(const ofr_stored_sweep *sweeps, int count, const char **axes, int most) {
  int n = 0;
  for (int i = 0; i < count; i++)
    for (int a = 0; a < sweeps[i].axis_count; a++) {
      int at = 0;
      while (at < n && strcmp(axes[at], sweeps[i].axes[a])) at++;
      if (at == n && n < most) axes[n++] = sweeps[i].axes[a];
    }
  return n;
}

static void write_number(ofr_text *out, double value) {
  ofr_text_add(out, ",");
  if (isfinite(value)) ofr_text_number(out, value);
}

static void write_rows(ofr_text *out, const ofr_stored_sweep *s, const char *const *axes, int axis_count) {
  for (uint64_t i = 0; i < s->point_count * (uint64_t)s->strategy_count; i++) {
    const ofr_stored_point *p = &s->points[i / (uint64_t)s->strategy_count];
    int j = (int)(i % (uint64_t)s->strategy_count);
    ofr_text_csv_string(out, s->plan);
    ofr_text_printf(out, ",%s,%llu,%llu,%s,%s", s->digest, (unsigned long long)p->place, (unsigned long long)p->paths, p->seed,
                    p->results_digest);
    for (int c = 0; c < axis_count; c++) {
      double value = NAN;
      for (int a = 0; a < s->axis_count; a++)
        if (!strcmp(axes[c], s->axes[a])) value = p->settings[a];
      write_number(out, value);
    }
    ofr_text_add(out, ",");
    ofr_text_csv_string(out, s->strategies[j]);
    ofr_text_printf(out, ",%s", s->metric);
    for (int k = 0; k < STATISTICS; k++) write_number(out, statistic_of(&p->figures[j], k));
    ofr_text_add(out, "\n");
  }
}

static void as_csv(const ofr_stored_sweep *sweeps, int count, ofr_text *out) {
  int most = count * OFR_MAX_AXES;
  const char **axes = calloc((size_t)most + 1, sizeof *axes);
  if (!axes) {
    out->failed = true;
    return;
  }
  int n = axes_of(sweeps, count, axes, most);
  ofr_text_add(out, "plan,sweep,place,paths,seed,results_digest");
  for (int a = 0; a < n; a++) {
    ofr_text_add(out, ",");
    ofr_text_csv_string(out, axes[a]);
  }
  ofr_text_add(out, ",strategy,metric");
  for (int k = 0; k < STATISTICS; k++) ofr_text_printf(out, ",%s", statistics[k].name);
  ofr_text_add(out, "\n");
  for (int i = 0; i < count; i++) write_rows(out, &sweeps[i], axes, n);
  free(axes);
}

bool ofr_sweep_report(const ofr_stored_sweep *sweeps, int count, const char *format, const ofr_report_options *options,
                      ofr_text *out) {
  if (!strcmp(format, "text")) as_page(sweeps, count, OFR_PAGE_TEXT, options, out);
  else if (!strcmp(format, "markdown")) as_page(sweeps, count, OFR_PAGE_MARKDOWN, options, out);
  else if (!strcmp(format, "json")) as_json(sweeps, count, out);
  else if (!strcmp(format, "csv")) as_csv(sweeps, count, out);
  else return false;
  return true;
}
