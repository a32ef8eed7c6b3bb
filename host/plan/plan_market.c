/* Who asks for what, and who offers what: accelerators, providers, workloads, pools. */
#include "plan_reader.h"
#include <string.h>

/* The first item of a list that was collected, NULL when there is none. */
static const ofr_json *first_of(const ofr_reader *r, ofr_name_kind kind) {
  return r->names[kind].count > 0 ? r->names[kind].list->first : NULL;
}

/* ---- accelerators and their vendors ---- */

static int vendor_index(ofr_reader *r, const char *name) {
  ofr_plan *plan = r->plan;
  for (int i = 0; i < plan->vendor_count; i++)
    if (strcmp(plan->vendors[i], name) == 0) return i;
  plan->vendors[plan->vendor_count] = name;
  return plan->vendor_count++;
}

static void read_accelerators(ofr_reader *r) {
  ofr_plan *plan = r->plan;
  plan->accelerator_count = r->names[OFR_NAME_ACCELERATOR].count;
  plan->accelerators = ofr_take(r, plan->accelerator_count, sizeof *plan->accelerators);
  plan->vendors = ofr_take(r, plan->accelerator_count, sizeof *plan->vendors);
  const ofr_json *item = first_of(r, OFR_NAME_ACCELERATOR);
  for (int i = 0; i < plan->accelerator_count; i++, item = item->next) {
    plan->accelerators[i].name = r->names[OFR_NAME_ACCELERATOR].at[i];
    if (!ofr_is_object(r, item, OFR_OBJECT_ACCELERATOR)) continue;
    const char *vendor = ofr_label(r, ofr_json_get(item, "vendor"));
    plan->accelerators[i].vendor = vendor_index(r, vendor ? vendor : "unknown");
  }
  int reference = ofr_name_index(r, ofr_json_get(r->root, "reference_accelerator"), OFR_NAME_ACCELERATOR);
  plan->reference_accelerator = reference >= 0 ? reference : 0;
}

static void read_providers(ofr_reader *r) {
  ofr_plan *plan = r->plan;
  plan->provider_count = r->names[OFR_NAME_PROVIDER].count;
  plan->providers = ofr_take(r, plan->provider_count, sizeof *plan->providers);
  const ofr_json *item = first_of(r, OFR_NAME_PROVIDER);
  for (int i = 0; i < plan->provider_count; i++, item = item->next) {
    plan->providers[i].name = r->names[OFR_NAME_PROVIDER].at[i];
    ofr_is_object(r, item, OFR_OBJECT_PROVIDER);
    plan->providers[i].egress_per_gb = ofr_curve_of(r, ofr_json_get(item, "egress_per_gb"), ofr_price);
  }
}

/* ---- workloads and pools ---- */

static const double *read_loading(ofr_reader *r, const ofr_json *item) {
  const ofr_range any = {-1000, 1000, false};
  double *loading = ofr_take(r, r->plan->factor_count, sizeof *loading);
  ofr_number_map(r, ofr_json_get(item, "factors"), OFR_NAME_FACTOR, any, loading);
  return loading;
}

static void read_workload(ofr_reader *r, const ofr_json *item, ofr_workload *out) {
  double *speed = ofr_take(r, r->plan->accelerator_count, sizeof *speed);
  out->speed = speed;
  out->home = -1;
  out->loading = read_loading(r, item);
  out->demand = ofr_curve_of(r, ofr_json_get(item, "demand"), ofr_accelerators);
  if (!ofr_is_object(r, item, OFR_OBJECT_WORKLOAD)) return;
  ofr_number_map(r, ofr_json_get(item, "speed"), OFR_NAME_ACCELERATOR, ofr_multiplier, speed);
  out->unmet_cost = ofr_number_at(r, item, "unmet_cost", ofr_price, 0);
  out->value = ofr_number_at(r, item, "value", ofr_price, out->unmet_cost);
  out->duty = ofr_number_at(r, item, "duty", ofr_fraction, 1);
  out->home = ofr_name_index(r, ofr_json_get(item, "home"), OFR_NAME_PROVIDER);
  out->data_gb_per_hour = ofr_number_at(r, item, "data_gb_per_hour", ofr_price, 0);
}

static void read_workloads(ofr_reader *r) {
  ofr_plan *plan = r->plan;
  plan->workload_count = r->names[OFR_NAME_WORKLOAD].count;
  plan->workloads = ofr_take(r, plan->workload_count, sizeof *plan->workloads);
  const ofr_json *item = first_of(r, OFR_NAME_WORKLOAD);
  for (int i = 0; i < plan->workload_count; i++, item = item->next) {
    plan->workloads[i].name = r->names[OFR_NAME_WORKLOAD].at[i];
    read_workload(r, item, &plan->workloads[i]);
  }
}

static void read_pool(ofr_reader *r, const ofr_json *item, ofr_pool *out) {
  const ofr_range delay = {0, OFR_MAX_MONTHS, false};
  const int default_slip_max = 24;
  out->loading = read_loading(r, item);
  out->price = ofr_curve_of(r, ofr_json_get(item, "price"), ofr_price);
  out->capacity = ofr_curve_of(r, ofr_json_get(item, "capacity"), ofr_accelerators);
  if (!ofr_is_object(r, item, OFR_OBJECT_POOL)) return;
  out->provider = ofr_name_index(r, ofr_json_get(item, "provider"), OFR_NAME_PROVIDER);
  out->accelerator = ofr_name_index(r, ofr_json_get(item, "accelerator"), OFR_NAME_ACCELERATOR);
  out->availability = ofr_number_at(r, item, "availability", ofr_fraction, 1);
  out->slip_mean = ofr_number_at(r, item, "slip_mean", delay, 0);
  out->slip_max = ofr_whole_at(r, item, "slip_max", 0, OFR_MAX_MONTHS, out->slip_mean > 0 ? default_slip_max : 0);
}

static void read_pools(ofr_reader *r) {
  ofr_plan *plan = r->plan;
  plan->pool_count = r->names[OFR_NAME_POOL].count;
  plan->pools = ofr_take(r, plan->pool_count, sizeof *plan->pools);
  const ofr_json *item = first_of(r, OFR_NAME_POOL);
  for (int i = 0; i < plan->pool_count; i++, item = item->next) {
    plan->pools[i].name = r->names[OFR_NAME_POOL].at[i];
    read_pool(r, item, &plan->pools[i]);
  }
}

void ofr_read_market(ofr_reader *r) {
  read_accelerators(r);
  read_providers(r);
  read_workloads(r);
  read_pools(r);
}
