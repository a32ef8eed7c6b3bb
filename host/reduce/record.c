#include "record.h"
#include <string.h>

const char *const ofr_figure_group_names[OFR_FIGURE_GROUPS] = {"metric",     "provider",   "vendor",  "commitment", "stake",
                                                               "comparison", "absorption", "failure", "bound"};

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
