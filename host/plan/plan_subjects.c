/* What a file beside the plan may speak of: the demand of a workload, the price or the capacity of a pool. */
#include "plan_reader.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const suffixes[] = {[OFR_DEMAND] = ".demand", [OFR_PRICE] = ".price", [OFR_CAPACITY] = ".capacity"};

int ofr_subject(const ofr_plan *plan, ofr_quantity quantity, int index) {
  if (quantity == OFR_DEMAND) return index;
  return plan->workload_count + index + (quantity == OFR_CAPACITY ? plan->pool_count : 0);
}

int ofr_subject_count(const ofr_plan *plan) { return plan->workload_count + 2 * plan->pool_count; }

static const char *owner_of(const ofr_plan *plan, int subject, ofr_quantity *quantity) {
  int pool = subject - plan->workload_count;
  *quantity = pool < 0 ? OFR_DEMAND : pool < plan->pool_count ? OFR_PRICE : OFR_CAPACITY;
  return pool < 0 ? plan->workloads[subject].name : plan->pools[pool % plan->pool_count].name;
}

const char *ofr_subject_name(ofr_reader *r, int subject) {
  ofr_quantity quantity;
  const char *owner = owner_of(r->plan, subject, &quantity);
  return ofr_phrase(r, "%s%s", owner, suffixes[quantity]);
}

bool ofr_is_subject(const ofr_plan *plan, int subject, const char *name) {
  ofr_quantity quantity;
  const char *owner = owner_of(plan, subject, &quantity);
  size_t length = owner ? strlen(owner) : 0;
  if (!owner || strncmp(name, owner, length) != 0) return false;
  return strcmp(name + length, suffixes[quantity]) == 0 || (quantity == OFR_DEMAND && name[length] == 0);
}

static const char *meant(ofr_reader *r, const char *name) {
  const char *names[OFR_MAX_SUBJECTS + OFR_MAX_WORKLOADS];
  int count = 0;
  for (int i = 0; i < ofr_subject_count(r->plan); i++) names[count++] = ofr_subject_name(r, i);
  for (int w = 0; w < r->plan->workload_count; w++) names[count++] = r->plan->workloads[w].name;
  for (int k = 0; k < r->plan->pool_count; k++)
    if (r->plan->pools[k].name && !strcmp(r->plan->pools[k].name, name))
      return ofr_phrase(r, "it is a pool: write \"%s.price\" or \"%s.capacity\"", name, name);
  const char *nearest = ofr_nearest_name(name, names, count);
  if (nearest) return ofr_phrase(r, "did you mean \"%s\"?", nearest);
  return "write a workload's name for its demand, or a pool's with \".price\" or \".capacity\" after it";
}

int ofr_find_subject(ofr_reader *r, const char *name, const char **remedy) {
  for (int i = 0; i < ofr_subject_count(r->plan); i++)
    if (ofr_is_subject(r->plan, i, name)) return i;
  *remedy = meant(r, name);
  return -1;
}

const char *ofr_named_file(ofr_reader *r, const char *name) {
  const char *slash = strrchr(r->file, '/');
  if (*name == '/' || !slash) return name;
  return ofr_phrase(r, "%.*s%s", (int)(slash - r->file) + 1, r->file, name);
}

void ofr_wrong_row(ofr_reader *r, const char *file, int line, const char *column, const char *remedy, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const char *message = ofr_arena_vprintf(r->arena, format, arguments);
  va_end(arguments);
  ofr_diagnose(r->d, OFR_ERROR, file, line, column, remedy, "%s", message ? message : "");
}

int ofr_given_row(const ofr_plan *plan, ofr_quantity quantity, int index) {
  return plan->futures ? plan->futures->row[ofr_subject(plan, quantity, index)] : -1;
}

int ofr_history_row(const ofr_plan *plan, ofr_quantity quantity, int index) {
  return plan->history ? plan->history->row[ofr_subject(plan, quantity, index)] : -1;
}

ofr_curve ofr_most(const ofr_plan *plan, ofr_quantity quantity, int index) {
  int row = ofr_given_row(plan, quantity, index);
  if (row >= 0) return plan->futures->most[row];
  return quantity == OFR_DEMAND ? plan->workloads[index].demand
         : quantity == OFR_PRICE ? plan->pools[index].price
                                 : plan->pools[index].capacity;
}
