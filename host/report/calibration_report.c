#include "calibration_report.h"
#include <math.h>
#include <string.h>
#include <offramp/offramp.h>
#include "json_writer.h"
#include "page.h"

/* Five significant digits: more than any history knows. */
static double rounded(double x) {
  if (x == 0 || !isfinite(x)) return x;
  double digit = pow(10, floor(log10(fabs(x))) - 4);
  return digit < 1 ? nearbyint(x / digit) / nearbyint(1 / digit) : nearbyint(x / digit) * digit;
}

/* ---- the fragment ---- */

static void write_factor(ofr_json_writer *w, const ofr_series_fit *s) {
  ofr_json_object(w, NULL, OFR_JSON_FLAT);
  ofr_json_string(w, "name", s->name);
  ofr_json_number(w, "volatility", rounded(s->volatility.value));
  ofr_json_number(w, "reversion", rounded(s->reversion.value));
  ofr_json_end(w);
}

static void write_correlation(ofr_json_writer *w, const ofr_calibration *c, const ofr_pair_fit *p) {
  ofr_json_array(w, NULL, OFR_JSON_FLAT);
  ofr_json_string(w, NULL, c->series[p->a].name);
  ofr_json_string(w, NULL, c->series[p->b].name);
  ofr_json_number(w, NULL, rounded(p->correlation.value));
  ofr_json_end(w);
}

static void write_fragment(ofr_json_writer *w, const char *key, const ofr_calibration *c) {
  ofr_json_object(w, key, OFR_JSON_LINES);
  ofr_json_array(w, "factors", OFR_JSON_LINES);
  for (int i = 0; i < c->count; i++) write_factor(w, &c->series[i]);
  ofr_json_end(w);
  ofr_json_array(w, "correlations", OFR_JSON_LINES);
  for (int i = 0; i < c->pairs; i++) write_correlation(w, c, &c->pair[i]);
  ofr_json_end(w);
  ofr_json_end(w);
}

/* ---- for programs ---- */

static void write_estimate(ofr_json_writer *w, const char *key, ofr_fitted e) {
  ofr_json_object(w, key, OFR_JSON_FLAT);
  ofr_json_number(w, "value", e.value);
  ofr_json_number(w, "se", e.se);
  ofr_json_end(w);
}

static void write_series(ofr_json_writer *w, const ofr_series_fit *s) {
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "name", s->name);
  ofr_json_integer(w, "values", (uint64_t)s->count);
  ofr_json_number(w, "years", s->years);
  ofr_json_number(w, "last", s->last);
  write_estimate(w, "volatility", s->volatility);
  write_estimate(w, "reversion", s->reversion);
  write_estimate(w, "growth", s->growth);
  ofr_json_number(w, "walk", s->walk);
  ofr_json_end(w);
}

static void as_json(const ofr_calibration *c, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "offramp", offramp_version());
  ofr_json_object(w, "history", OFR_JSON_FLAT);
  ofr_json_string(w, "file", c->history->file);
  ofr_json_string(w, "digest", c->history->digest);
  ofr_json_end(w);
  ofr_json_array(w, "series", OFR_JSON_LINES);
  for (int i = 0; i < c->count; i++) write_series(w, &c->series[i]);
  ofr_json_end(w);
  ofr_json_array(w, "correlations", OFR_JSON_LINES);
  for (int i = 0; i < c->pairs; i++) {
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_string(w, "a", c->series[c->pair[i].a].name);
    ofr_json_string(w, "b", c->series[c->pair[i].b].name);
    ofr_json_integer(w, "changes", (uint64_t)c->pair[i].count);
    ofr_json_number(w, "value", c->pair[i].correlation.value);
    ofr_json_number(w, "se", c->pair[i].correlation.se);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_number(w, "shrunk", c->shrunk);
  write_fragment(w, "fragment", c);
  ofr_json_end(w);
}

static void csv_row(ofr_text *out, const char *a, const char *b, const char *parameter, ofr_fitted e) {
  ofr_text_csv_string(out, a);
  ofr_text_add(out, ",");
  ofr_text_csv_string(out, b);
  ofr_text_printf(out, ",%s,", parameter);
  ofr_text_number(out, e.value);
  ofr_text_add(out, ",");
  ofr_text_number(out, e.se);
  ofr_text_add(out, "\n");
}

static void as_csv(const ofr_calibration *c, ofr_text *out) {
  ofr_text_add(out, "series,with,parameter,value,se\n");
  for (int i = 0; i < c->count; i++) {
    const ofr_series_fit *s = &c->series[i];
    csv_row(out, s->name, "", "volatility", s->volatility);
    csv_row(out, s->name, "", "reversion", s->reversion);
    csv_row(out, s->name, "", "growth", s->growth);
  }
  for (int i = 0; i < c->pairs; i++)
    csv_row(out, c->series[c->pair[i].a].name, c->series[c->pair[i].b].name, "correlation", c->pair[i].correlation);
}

/* ---- for people ---- */

static void estimate_cell(ofr_table *t, ofr_fitted e, double scale) {
  int decimals = scale * e.se >= 1 ? 1 : 2;
  ofr_text_fixed(ofr_table_cell(t), scale * e.value, decimals, true);
  ofr_text_add(ofr_table_cell(t), " \xC2\xB1 ");
  ofr_text_fixed(ofr_table_cell(t), scale * e.se, decimals, true);
  ofr_table_end_cell(t);
}

static void show_series(const ofr_calibration *c, ofr_page *page) {
  static const char *const names[] = {"series", "values", "years", "last", "volatility", "reversion", "growth %"};
  ofr_table t = ofr_table_begin(1);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) ofr_table_string(&t, names[i]);
  ofr_table_end_row(&t);
  for (int i = 0; i < c->count; i++) {
    const ofr_series_fit *s = &c->series[i];
    ofr_table_string(&t, s->name);
    ofr_text_printf(ofr_table_cell(&t), "%d", s->count);
    ofr_table_end_cell(&t);
    ofr_text_fixed(ofr_table_cell(&t), s->years, 1, false);
    ofr_table_end_cell(&t);
    ofr_text_number(ofr_table_cell(&t), rounded(s->last));
    ofr_table_end_cell(&t);
    estimate_cell(&t, s->volatility, 1);
    estimate_cell(&t, s->reversion, 1);
    estimate_cell(&t, s->growth, 100);
    ofr_table_end_row(&t);
  }
  ofr_page_words(page, "Each series by itself, per year; \xC2\xB1 is one standard error");
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
}

static void show_pairs(const ofr_calibration *c, ofr_page *page) {
  ofr_table t = ofr_table_begin(2);
  if (c->pairs == 0) return;
  ofr_table_string(&t, "series");
  ofr_table_string(&t, "and");
  ofr_table_string(&t, "changes");
  ofr_table_string(&t, "correlation");
  ofr_table_end_row(&t);
  for (int i = 0; i < c->pairs; i++) {
    ofr_table_string(&t, c->series[c->pair[i].a].name);
    ofr_table_string(&t, c->series[c->pair[i].b].name);
    ofr_text_printf(ofr_table_cell(&t), "%d", c->pair[i].count);
    ofr_table_end_cell(&t);
    estimate_cell(&t, c->pair[i].correlation, 1);
    ofr_table_end_row(&t);
  }
  ofr_page_words(page, "How their changes go together");
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
}

static void show_fragment(const ofr_calibration *c, ofr_page *page) {
  ofr_text fragment = {0};
  ofr_json_writer w = ofr_json_writer_on(&fragment);
  write_fragment(&w, NULL, c);
  ofr_page_words(page, "For the plan");
  ofr_page_heading(page, 2);
  if (fragment.failed) page->out->failed = true;
  for (char *line = fragment.data, *end; line && *line; line = end) {
    end = strchr(line, '\n');
    if (!end) end = line + strlen(line);
    else *end++ = 0;
    ofr_page_code(page, line);
  }
  ofr_text_free(&fragment);
}

static const double unit_root = 3.7; /* random walks are above it in about 5 % of simulated histories */

static void show_care(const ofr_calibration *c, ofr_page *page) {
  ofr_page_words(page, "Read it with care");
  ofr_page_heading(page, 2);
  for (int i = 0; i < c->count; i++) {
    if (c->series[i].walk >= unit_root) continue;
    ofr_page_name(page, c->series[i].name);
    ofr_page_words(
        page, " may as well be a random walk: its reversion cannot be told from 0, which leaves more to chance in late years.");
    ofr_page_item(page);
  }
  if (c->shrunk < 1) {
    ofr_page_words(page, "The pairs were seen in different years and cannot hold together: all correlations were multiplied by ");
    ofr_text_number(&page->line, c->shrunk);
    ofr_page_words(page, ".");
    ofr_page_item(page);
  }
  ofr_page_words(
      page, "Growth is that of the curve, which the history fluctuates around: write it there, or what you expect instead.");
  ofr_page_item(page);
  ofr_page_words(page, "A factor moves what has a loading on it: \"factors\": {\"");
  ofr_page_literal(page, c->series[0].name);
  ofr_page_words(page, "\": 1} on a workload or pool.");
  ofr_page_item(page);
}

static void as_page(const ofr_calibration *c, const ofr_report_options *options, ofr_page_style style, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, options->width, options->color);
  char first[11], last[11];
  ofr_history_date(c->history, 0, first);
  ofr_history_date(c->history, c->history->dates - 1, last);
  ofr_page_literal(&page, c->history->file);
  ofr_text_printf(&page.line, ": %s to %s", first, last);
  ofr_page_heading(&page, 1);
  show_series(c, &page);
  show_pairs(c, &page);
  show_fragment(c, &page);
  show_care(c, &page);
  ofr_page_end(&page);
}

bool ofr_calibration_report(const ofr_calibration *c, const char *format, const ofr_report_options *options, ofr_text *out) {
  if (!strcmp(format, "json")) as_json(c, out);
  else if (!strcmp(format, "csv")) as_csv(c, out);
  else if (!strcmp(format, "markdown")) as_page(c, options, OFR_PAGE_MARKDOWN, out);
  else if (!strcmp(format, "text")) as_page(c, options, OFR_PAGE_TEXT, out);
  else return false;
  return true;
}
