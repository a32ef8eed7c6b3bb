#include "profile_report.h"
#include "figures.h"

/* ---- cells: what is not known is said, never left as a zero ---- */

static void cell_seconds(ofr_table *t, double seconds) {
  ofr_text *cell = ofr_table_cell(t);
  if (seconds < 0) ofr_text_add(cell, "not known");
  else ofr_text_fixed(cell, seconds * 1e3, seconds < 0.1 ? 2 : 0, true);
  ofr_table_end_cell(t);
}

static void cell_count(ofr_table *t, int64_t count) {
  if (count < 0) ofr_text_add(ofr_table_cell(t), "not known");
  else if (count == 0) ofr_text_add(ofr_table_cell(t), "0");
  else ofr_figure_count(ofr_table_cell(t), (uint64_t)count);
  ofr_table_end_cell(t);
}

static void cell_share(ofr_table *t, double share) {
  if (share < 0) ofr_text_add(ofr_table_cell(t), "not known");
  else ofr_text_fixed(ofr_table_cell(t), 100 * share, 0, false);
  ofr_table_end_cell(t);
}

static void heading(ofr_page *page, const char *words) {
  ofr_page_words(page, words);
  ofr_page_heading(page, 2);
}

static void show_phases(const ofr_profile *p, ofr_page *page) {
  static const char *const columns[] = {"phase", "ms", "%"};
  ofr_table t = ofr_table_begin(1);
  double all = 0;
  for (int i = 0; i < p->phase_count; i++) all += p->phases[i].seconds;
  for (int i = 0; i < 3; i++) ofr_table_string(&t, columns[i]);
  ofr_table_end_row(&t);
  for (int i = 0; i < p->phase_count; i++) {
    ofr_table_string(&t, p->phases[i].name);
    cell_seconds(&t, p->phases[i].seconds);
    cell_share(&t, all > 0 ? p->phases[i].seconds / all : 0);
    ofr_table_end_row(&t);
  }
  heading(page, "Where the host's time went");
  ofr_page_table(page, &t);
}

static void kernel_row(ofr_table *t, const ofr_kernel_time *k) {
  const ofr_kernel_facts *f = &k->facts;
  ofr_text_printf(ofr_table_cell(t), "%s %s", k->backend, f->name);
  ofr_table_end_cell(t);
  cell_count(t, (int64_t)f->launches);
  cell_seconds(t, f->seconds);
  ofr_text_printf(ofr_table_cell(t), "%u x %u", (unsigned)f->groups, (unsigned)f->group);
  ofr_table_end_cell(t);
  cell_count(t, f->registers);
  cell_count(t, f->spilled);
  cell_count(t, f->shared);
  cell_share(t, f->occupancy);
  cell_count(t, f->instructions);
  ofr_text *cell = ofr_table_cell(t);
  if (k->executed < 0) ofr_text_add(cell, "not known");
  else {
    ofr_text_fixed(cell, k->executed, 0, true);
    ofr_text_add(cell, " (");
    ofr_text_fixed(cell, k->vectors, 0, true);
    ofr_text_add(cell, ")");
  }
  ofr_table_end_cell(t);
  cell = ofr_table_cell(t);
  if (f->seconds > 0 && k->path_months > 0) ofr_text_fixed(cell, k->path_months / f->seconds / 1e6, 1, true);
  else ofr_text_add(cell, "not known");
  ofr_table_end_row(t);
}

static void show_kernels(const ofr_profile *p, ofr_page *page) {
  static const char *const columns[] = {"kernel",   "launches", "ms",   "groups",   "registers", "local B",
                                        "shared B", "occup. %", "code", "executed", "M pm/s"};
  ofr_table t = ofr_table_begin(1);
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) ofr_table_string(&t, columns[i]);
  ofr_table_end_row(&t);
  for (int i = 0; i < p->kernel_count; i++) kernel_row(&t, &p->kernels[i]);
  heading(page, "Kernels");
  ofr_page_table(page, &t);
  ofr_page_words(
      page, "A pm is a path-month of one strategy. Groups: how many, and the threads, work-items or lanes of each. Local bytes "
            "of a thread are spills and arrays. Code: machine instructions of the kernel. Executed: instructions for a pm, and "
            "those that compute on vectors; of a CPU, counted by stepping through some months.");
  ofr_page_item(page);
}

void ofr_profile_page(const ofr_profile *profile, ofr_page *page) {
  show_phases(profile, page);
  show_kernels(profile, page);
}

/* ---- JSON: null is not known ---- */

static void known(ofr_json_writer *w, const char *key, double value) {
  if (value < 0) ofr_text_add(ofr_json_value(w, key), "null");
  else ofr_json_number(w, key, value);
}

static void kernel_json(ofr_json_writer *w, const ofr_kernel_time *k) {
  const ofr_kernel_facts *f = &k->facts;
  ofr_json_object(w, NULL, OFR_JSON_FLAT);
  ofr_json_string(w, "backend", k->backend);
  ofr_json_string(w, "device", k->device);
  ofr_json_string(w, "kernel", f->name);
  ofr_json_integer(w, "launches", f->launches);
  known(w, "seconds", f->seconds);
  ofr_json_integer(w, "groups", f->groups);
  ofr_json_integer(w, "group", f->group);
  known(w, "registers", f->registers);
  known(w, "local_bytes", f->spilled);
  known(w, "shared_bytes", f->shared);
  known(w, "occupancy", f->occupancy);
  known(w, "static_instructions", (double)f->instructions);
  known(w, "executed_per_path_month", k->executed);
  known(w, "vector_per_path_month", k->vectors);
  known(w, "path_months_per_second", f->seconds > 0 && k->path_months > 0 ? k->path_months / f->seconds : -1);
  ofr_json_end(w);
}

void ofr_profile_json(const ofr_profile *profile, ofr_json_writer *w, const char *key) {
  ofr_json_object(w, key, OFR_JSON_LINES);
  ofr_json_object(w, "phases", OFR_JSON_FLAT);
  for (int i = 0; i < profile->phase_count; i++) ofr_json_number(w, profile->phases[i].name, profile->phases[i].seconds);
  ofr_json_end(w);
  ofr_json_array(w, "kernels", OFR_JSON_LINES);
  for (int i = 0; i < profile->kernel_count; i++) kernel_json(w, &profile->kernels[i]);
  ofr_json_end(w);
  ofr_json_end(w);
}
