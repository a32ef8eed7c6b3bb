#include "record.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const ofr_figure_group_names[OFR_FIGURE_GROUPS] = {"metric",     "provider",   "vendor",  "commitment", "stake",
                                                               "comparison", "absorption", "failure", "bound",  "exit"};

ofr_figure_unit ofr_figure_unit_of(const char *metric) {
  static const struct {
    const char *metric;
    ofr_figure_unit unit;
  } known[] = {{"unit_cost", OFR_FIGURE_PRICE}, {"served", OFR_FIGURE_SHARE},      {"concentration", OFR_FIGURE_SHARE},
               {"share", OFR_FIGURE_SHARE},     {"utilisation", OFR_FIGURE_SHARE}, {"p_charge", OFR_FIGURE_SHARE},
               {"a_wins", OFR_FIGURE_SHARE},    {"grants", OFR_FIGURE_MONEY},      {"nominal_cash", OFR_FIGURE_MONEY},
               {"revenue", OFR_FIGURE_MONEY},   {"counted", OFR_FIGURE_MONEY},     {"charge", OFR_FIGURE_MONEY},
               {"net", OFR_FIGURE_MONEY},       {"absorbed", OFR_FIGURE_MONEY},    {"missing", OFR_FIGURE_MONEY},
               {"lower", OFR_FIGURE_MONEY},     {"regret", OFR_FIGURE_MONEY},      {"p_taken", OFR_FIGURE_SHARE},
               {"fee", OFR_FIGURE_MONEY},       {"month", OFR_FIGURE_MONTH},       {OFR_FIGURE_TAIL, OFR_FIGURE_MONEY}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(metric, known[i].metric)) return known[i].unit;
  size_t length = strlen(metric);
  return length > 5 && !strcmp(metric + length - 5, "_cost") ? OFR_FIGURE_MONEY : OFR_FIGURE_PLAIN;
}

ofr_measured ofr_share_of_paths(double share, double paths) {
  return (ofr_measured){share, paths >= 2 ? sqrt(fmax(0, share * (1 - share)) / paths) : NAN};
}

double ofr_effective_paths(ofr_measured value, double sd, uint64_t paths) {
  double ratio = value.se > 0 && sd > 0 ? sd / value.se : INFINITY;
  return ratio * ratio < (double)paths ? ratio * ratio : (double)paths;
}

bool ofr_slice_difference(ofr_figure *between, const ofr_figure *a, const ofr_figure *b, ofr_arena *arena) {
  if (!a || !b || !a->slices || !b->slices || a->slice_count != b->slice_count) return true;
  int n = a->slice_count;
  double *slices = ofr_arena_alloc(arena, 2 * (size_t)n, sizeof *slices);
  if (!slices) return false;
  for (int i = 0; i < n; i++) slices[i] = a->slices[i] - b->slices[i], slices[n + i] = -slices[i];
  between->slice_count = n;
  between->slices = slices;
  between->reversed_slices = slices + n;
  return true;
}

const ofr_figure *ofr_find_total(const ofr_figure *figures, int count, const char *strategy) {
  for (int i = 0; i < count; i++)
    if (figures[i].group == OFR_FIGURE_METRIC && !strcmp(figures[i].strategy, strategy) && !strcmp(figures[i].metric, "total_cost"))
      return &figures[i];
  return NULL;
}

static int by_settings(const void *x, const void *y) {
  return strcmp(((const ofr_record_point *)x)->settings, ((const ofr_record_point *)y)->settings);
}

const ofr_record_point *ofr_record_point_of(const ofr_record *record, const char *settings) {
  const ofr_record_point key = {.settings = settings};
  return bsearch(&key, record->points, (size_t)record->point_count, sizeof key, by_settings);
}

bool ofr_record_is_mixed(const ofr_record *record) {
  const ofr_record_point *p = record->points;
  for (int i = 1; i < record->point_count; i++)
    if (p[i].paths != p[0].paths || p[i].seed != p[0].seed) return true;
  return false;
}

bool ofr_record_has_strategy(const ofr_record *record, const char *name) {
  for (int i = 0; i < record->strategy_count; i++)
    if (!strcmp(record->strategies[i], name)) return true;
  return false;
}

bool ofr_record_lacks(const ofr_record *record, const char *name, const char *only) {
  return (!only || !strcmp(only, name)) && !ofr_record_has_strategy(record, name);
}

bool ofr_record_has_metric(const ofr_record *record, const char *name) {
  for (int i = 0; i < record->figure_count; i++)
    if (!strcmp(record->figures[i].metric, name)) return true;
  return false;
}
