#include "bench_report.h"
#include <offramp/offramp.h>
#include <string.h>
#include "figures.h"
#include "json_writer.h"
#include "page.h"
#include "profile_report.h"

/* ---- cells ---- */

static void cell_fixed(ofr_table *t, double value, double scale, int decimals) {
  ofr_text *cell = ofr_table_cell(t);
  if (value < 0) ofr_text_add(cell, "not known");
  else ofr_text_fixed(cell, value * scale, decimals, true);
  ofr_table_end_cell(t);
}

static void cell_int(ofr_table *t, int value) {
  ofr_text_printf(ofr_table_cell(t), "%d", value);
  ofr_table_end_cell(t);
}

static void cell_clauses(ofr_table *t, unsigned clauses) {
  ofr_bench_clauses_write(ofr_table_cell(t), clauses);
  ofr_table_end_cell(t);
}

static void headings(ofr_table *t, const char *const *columns, int count) {
  for (int i = 0; i < count; i++) ofr_table_string(t, columns[i]);
  ofr_table_end_row(t);
}

static void print_backend(ofr_text *to, const char *backend, int index) {
  if (index == OFR_BENCH_ALL) ofr_text_printf(to, "%s all", backend);
  else ofr_text_printf(to, "%s %d", backend, index);
}

static void cell_backend(ofr_table *t, const char *backend, int index) {
  print_backend(ofr_table_cell(t), backend, index);
  ofr_table_end_cell(t);
}

/* ---- the page ---- */

static void show_subjects(const ofr_bench *b, ofr_page *page) {
  for (int i = 0; i < b->subject_count; i++) {
    const ofr_bench_subject *s = &b->subjects[i];
    print_backend(&page->line, s->backend, s->index);
    ofr_text_add(&page->line, ": ");
    ofr_page_literal(page, s->device);
    if (!strcmp(s->backend, "cpu")) ofr_text_printf(&page->line, ", %d thread%s", s->threads, s->threads == 1 ? "" : "s");
    ofr_page_item(page);
  }
}

static void show_ceilings(const ofr_bench *b, ofr_page *page) {
  static const char *const columns[] = {"device",     "multiply-adds, G/s", "whole numbers, G/s",
                                        "mixed, G/s", "memory, GB/s",       "noise %"};
  ofr_table t = ofr_table_begin(1);
  headings(&t, columns, 6);
  for (int i = 0; i < b->subject_count; i++) {
    const ofr_bench_subject *s = &b->subjects[i];
    double noise = 0;
    if (s->ceiling_count == 0) continue;
    cell_backend(&t, s->backend, s->index);
    for (int c = 0; c < OFR_BENCH_CEILINGS; c++) {
      cell_fixed(&t, s->ceilings[c].rate.median, 1e-9, 1);
      if (s->ceilings[c].rate.noise > noise) noise = s->ceilings[c].rate.noise;
    }
    cell_fixed(&t, noise, 100, 1);
    ofr_table_end_row(&t);
  }
  ofr_page_words(page, "What the devices do at most, lanes counted one by one");
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
}

static void row_cells(ofr_table *t, const ofr_bench *b, const ofr_bench_row *r) {
  const ofr_bench_subject *s = &b->subjects[r->subject];
  cell_backend(t, s->backend, s->index);
  cell_clauses(t, r->size.clauses);
  const int sizes[] = {r->size.workloads, r->size.pools, r->size.strategies, r->size.months};
  for (int i = 0; i < 4; i++) cell_int(t, sizes[i]);
  ofr_figure_count(ofr_table_cell(t), r->paths);
  ofr_table_end_cell(t);
  cell_fixed(t, r->rate.median, 1e-6, 2);
  ofr_text_fixed(ofr_table_cell(t), 100 * r->rate.noise, 1, false);
  if (!r->settled) ofr_text_add(ofr_table_cell(t), "*");
  ofr_table_end_cell(t);
  cell_int(t, r->rate.count);
  cell_fixed(t, r->kernel_rate, 1e-6, 2);
  cell_fixed(t, r->start, 1e3, 0);
  ofr_text *cell = ofr_table_cell(t);
  if (r->instructions < 0) ofr_text_add(cell, "not known");
  else {
    ofr_text_fixed(cell, r->instructions, 0, true);
    ofr_text_printf(cell, ", %s", r->counted);
  }
  ofr_table_end_cell(t);
  cell_fixed(t, r->issue_share, 1, 3);
  cell_fixed(t, r->memory_share, 1, 3);
  ofr_table_end_row(t);
}

static void show_rows(const ofr_bench *b, ofr_page *page) {
  static const char *const columns[] = {"device",       "clauses",   "workloads",       "pools",    "strategies",
                                        "months",       "paths",     "M path-months/s", "noise %",  "repeats",
                                        "kernel alone", "start, ms", "instructions",    "of issue", "of memory"};
  ofr_table t = ofr_table_begin(1);
  headings(&t, columns, 15);
  for (int i = 0; i < b->row_count; i++) row_cells(&t, b, &b->rows[i]);
  ofr_page_words(page, "Speed");
  ofr_page_heading(page, 2);
  ofr_page_table(page, &t);
}

static const char *const notes[] = {
    "Speed is the median of the repeats: paths x months x strategies by the seconds from the first path to the statistics, as "
    "`run` counts them. Noise is 1.4826 x the median absolute deviation, of one repeat; with * it had not settled when the "
    "time was over. Repeats end once 1.2533 x noise / square root of their number is at most 1 %.",
    "Start is what comes before the first path: opening, self-test, compiled kernel from the cache, upload.",
    ("Instructions are those of a path-month: stepped, counted one by one while the CPU executes some months of a bundle; "
     "static, those in the kernel's code, which a GPU passes through about once a month. Where neither can be had they are "
     "not known."),
    "Of issue: the kernel's share of the mixed ceiling by these instructions (on a CPU by those that compute on vectors). Of "
    "memory: the paths' metrics, written and read once, of the memory ceiling. The larger of the two binds."};

static void bench_page(const ofr_bench *b, ofr_page_style style, const ofr_report_options *o, bool profile, ofr_text *out) {
  ofr_page page = ofr_page_on(out, style, o->width, o->color);
  ofr_page_words(&page, "offramp bench");
  ofr_page_heading(&page, 1);
  show_subjects(b, &page);
  if (b->subject_count > 0 && b->subjects[0].ceiling_count > 0) show_ceilings(b, &page);
  show_rows(b, &page);
  for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
    ofr_page_words(&page, notes[i]);
    ofr_page_item(&page);
  }
  for (int i = 0; i < b->row_count && profile; i++) ofr_profile_page(b->rows[i].profile, &page);
  if (o->command) ofr_page_code(&page, o->command);
  ofr_page_end(&page);
}

/* ---- JSON and CSV ---- */

static void known(ofr_json_writer *w, const char *key, double value) {
  if (value < 0) ofr_text_add(ofr_json_value(w, key), "null");
  else ofr_json_number(w, key, value);
}

static void subject_json(ofr_json_writer *w, const ofr_bench_subject *s) {
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "backend", s->backend);
  ofr_json_number(w, "device", s->index);
  ofr_json_string(w, "name", s->device);
  ofr_json_integer(w, "threads", (uint64_t)s->threads);
  ofr_json_array(w, "ceilings", OFR_JSON_LINES);
  for (int i = 0; i < s->ceiling_count; i++) {
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_string(w, "name", s->ceilings[i].name);
    ofr_json_number(w, "rate", s->ceilings[i].rate.median);
    ofr_json_string(w, "unit", s->ceilings[i].unit);
    ofr_json_number(w, "noise", s->ceilings[i].rate.noise);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_end(w);
}

static void row_json(ofr_json_writer *w, const ofr_bench *b, const ofr_bench_row *r, bool profile) {
  const ofr_bench_subject *s = &b->subjects[r->subject];
  ofr_text clauses = {0};
  ofr_bench_clauses_write(&clauses, r->size.clauses);
  ofr_json_object(w, NULL, profile ? OFR_JSON_LINES : OFR_JSON_FLAT);
  ofr_json_string(w, "backend", s->backend);
  ofr_json_number(w, "device", s->index);
  ofr_json_string(w, "clauses", ofr_text_chars(&clauses));
  ofr_json_integer(w, "workloads", (uint64_t)r->size.workloads);
  ofr_json_integer(w, "pools", (uint64_t)r->size.pools);
  ofr_json_integer(w, "strategies", (uint64_t)r->size.strategies);
  ofr_json_integer(w, "months", (uint64_t)r->size.months);
  ofr_json_integer(w, "paths", r->paths);
  ofr_json_number(w, "path_months_per_second", r->rate.median);
  ofr_json_number(w, "noise", r->rate.noise);
  ofr_json_number(w, "error", r->rate.error);
  ofr_json_integer(w, "repeats", (uint64_t)r->rate.count);
  ofr_json_boolean(w, "settled", r->settled);
  known(w, "kernel_path_months_per_second", r->kernel_rate);
  known(w, "start_seconds", r->start);
  known(w, "instructions_per_path_month", r->instructions);
  ofr_json_string(w, "instructions_counted", r->counted);
  known(w, "issue_share", r->issue_share);
  known(w, "memory_share", r->memory_share);
  ofr_json_string(w, "digest", r->digest);
  if (profile) ofr_profile_json(r->profile, w, "profile");
  ofr_json_end(w);
  if (clauses.failed) w->out->failed = true;
  ofr_text_free(&clauses);
}

static void bench_json(const ofr_bench *b, const ofr_report_options *o, bool profile, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "offramp", offramp_version());
  if (o->command) ofr_json_string(w, "command", o->command);
  ofr_json_array(w, "subjects", OFR_JSON_LINES);
  for (int i = 0; i < b->subject_count; i++) subject_json(w, &b->subjects[i]);
  ofr_json_end(w);
  ofr_json_array(w, "rows", OFR_JSON_LINES);
  for (int i = 0; i < b->row_count; i++) row_json(w, b, &b->rows[i], profile);
  ofr_json_end(w);
  ofr_json_end(w);
}

static void csv_number(ofr_text *out, double value) {
  ofr_text_add(out, ",");
  if (value >= 0) ofr_text_number(out, value);
}

static void bench_csv(const ofr_bench *b, ofr_text *out) {
  ofr_text_add(
      out, "backend,device,name,clauses,workloads,pools,strategies,months,paths,path_months_per_second,noise,error,repeats,"
           "settled,kernel_path_months_per_second,start_seconds,instructions_per_path_month,instructions_counted,issue_share,"
           "memory_share,digest\n");
  for (int i = 0; i < b->row_count; i++) {
    const ofr_bench_row *r = &b->rows[i];
    const ofr_bench_subject *s = &b->subjects[r->subject];
    ofr_text_printf(out, "%s,%d,", s->backend, s->index);
    ofr_text_csv_string(out, s->device);
    ofr_text_add(out, ",");
    ofr_bench_clauses_write(out, r->size.clauses);
    ofr_text_printf(out, ",%d,%d,%d,%d,%llu", r->size.workloads, r->size.pools, r->size.strategies, r->size.months,
                    (unsigned long long)r->paths);
    csv_number(out, r->rate.median);
    csv_number(out, r->rate.noise);
    csv_number(out, r->rate.error);
    ofr_text_printf(out, ",%d,%s", r->rate.count, r->settled ? "true" : "false");
    csv_number(out, r->kernel_rate);
    csv_number(out, r->start);
    csv_number(out, r->instructions);
    ofr_text_printf(out, ",%s", r->counted);
    csv_number(out, r->issue_share);
    csv_number(out, r->memory_share);
    ofr_text_printf(out, ",%s\n", r->digest);
  }
}

void ofr_bench_report(const ofr_bench *bench, const char *format, const ofr_report_options *options, bool profile, ofr_text *out) {
  if (!strcmp(format, "json")) bench_json(bench, options, profile, out);
  else if (!strcmp(format, "csv")) bench_csv(bench, out);
  else bench_page(bench, !strcmp(format, "markdown") ? OFR_PAGE_MARKDOWN : OFR_PAGE_TEXT, options, profile, out);
}

/* ---- two of them ---- */

static const char *const verdicts[] = {[OFR_SAME] = "SAME", [OFR_FASTER] = "FASTER", [OFR_SLOWER] = "SLOWER"};

static void pair_cells(ofr_table *t, const ofr_bench_pair *p) {
  cell_backend(t, p->backend, p->device);
  ofr_table_string(t, p->clauses);
  const int sizes[] = {p->workloads, p->pools, p->strategies, p->months};
  for (int i = 0; i < 4; i++) cell_int(t, sizes[i]);
  cell_fixed(t, p->a.median, 1e-6, 2);
  cell_fixed(t, p->a.noise, 100, 1);
  cell_fixed(t, p->b.median, 1e-6, 2);
  cell_fixed(t, p->b.noise, 100, 1);
  cell_fixed(t, p->ratio, 1, 3);
  ofr_table_string(t, verdicts[p->verdict]);
  ofr_table_end_row(t);
}

static void comparison_page(const ofr_bench_comparison *c, ofr_page_style style, const ofr_report_options *o, ofr_text *out) {
  static const char *const columns[] = {"device", "clauses", "workloads", "pools", "strategies", "months", "A, M/s", "noise %",
                                        "B, M/s", "noise %", "B / A", "B is"};
  ofr_page page = ofr_page_on(out, style, o->width, o->color);
  ofr_table t = ofr_table_begin(1);
  bool other = false;
  headings(&t, columns, 12);
  for (int i = 0; i < c->count; i++) {
    pair_cells(&t, &c->pairs[i]);
    other |= c->pairs[i].other_digest;
  }
  ofr_page_table(&page, &t);
  ofr_page_words(
      &page, "B is FASTER or SLOWER where it differs from A by more than 2 % and by more than three times the joint error of "
             "both medians; else it is the SAME as far as these repeats can tell.");
  ofr_page_item(&page);
  if (c->only_a || c->only_b) {
    ofr_text_printf(&page.line, "Rows without a partner: %d of A, %d of B.", c->only_a, c->only_b);
    ofr_page_item(&page);
  }
  if (c->other_devices) ofr_page_words(&page, "A and B were measured on different devices."), ofr_page_item(&page);
  if (other)
    ofr_page_words(&page, "Some rows of the same paths have other results: A and B are not the same model."),
        ofr_page_item(&page);
  ofr_page_end(&page);
}

static void comparison_json(const ofr_bench_comparison *c, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_array(w, "rows", OFR_JSON_LINES);
  for (int i = 0; i < c->count; i++) {
    const ofr_bench_pair *p = &c->pairs[i];
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_string(w, "backend", p->backend);
    ofr_json_number(w, "device", p->device);
    ofr_json_string(w, "clauses", p->clauses);
    ofr_json_integer(w, "workloads", (uint64_t)p->workloads);
    ofr_json_integer(w, "pools", (uint64_t)p->pools);
    ofr_json_integer(w, "strategies", (uint64_t)p->strategies);
    ofr_json_integer(w, "months", (uint64_t)p->months);
    ofr_json_number(w, "a", p->a.median);
    ofr_json_number(w, "a_noise", p->a.noise);
    ofr_json_number(w, "b", p->b.median);
    ofr_json_number(w, "b_noise", p->b.noise);
    ofr_json_number(w, "ratio", p->ratio);
    ofr_json_string(w, "verdict", verdicts[p->verdict]);
    ofr_json_end(w);
  }
  ofr_json_end(w);
  ofr_json_integer(w, "only_a", (uint64_t)c->only_a);
  ofr_json_integer(w, "only_b", (uint64_t)c->only_b);
  ofr_json_boolean(w, "same_devices", !c->other_devices);
  ofr_json_end(w);
}

static void comparison_csv(const ofr_bench_comparison *c, ofr_text *out) {
  ofr_text_add(out, "backend,device,clauses,workloads,pools,strategies,months,a,a_noise,b,b_noise,ratio,verdict\n");
  for (int i = 0; i < c->count; i++) {
    const ofr_bench_pair *p = &c->pairs[i];
    ofr_text_csv_string(out, p->backend);
    ofr_text_printf(out, ",%d,", p->device);
    ofr_text_csv_string(out, p->clauses);
    ofr_text_printf(out, ",%d,%d,%d,%d", p->workloads, p->pools, p->strategies, p->months);
    const double numbers[] = {p->a.median, p->a.noise, p->b.median, p->b.noise, p->ratio};
    for (int j = 0; j < 5; j++) csv_number(out, numbers[j]);
    ofr_text_printf(out, ",%s\n", verdicts[p->verdict]);
  }
}

void ofr_bench_comparison_report(const ofr_bench_comparison *c, const char *format, const ofr_report_options *options,
                                 ofr_text *out) {
  if (!strcmp(format, "json")) comparison_json(c, out);
  else if (!strcmp(format, "csv")) comparison_csv(c, out);
  else comparison_page(c, !strcmp(format, "markdown") ? OFR_PAGE_MARKDOWN : OFR_PAGE_TEXT, options, out);
}
