/* What stakeholders ask of a path, as tables: the anchor's pools and who may use them, the commitments to it, its failure. */
#include "image_builder.h"

/* How many of the anchor's pools a workload can run on; how many workloads a pool can run. */
static int pools_of(const ofr_plan *plan, int anchor, int workload) {
  int n = 0;
  for (int k = 0; k < plan->pool_count; k++)
    n += plan->pools[k].provider == anchor && plan->workloads[workload].speed[plan->pools[k].accelerator] > 0;
  return n;
}

static int workloads_of(const ofr_plan *plan, int pool) {
  int n = 0;
  for (int w = 0; w < plan->workload_count; w++) n += plan->workloads[w].speed[plan->pools[pool].accelerator] > 0;
  return n;
}

/* Indices by rising `uses`, ties in plan order. */
static void insert(int *list, const int *uses, int count, int index) {
  int at = count;
  for (; at > 0 && uses[list[at - 1]] > uses[index]; at--) list[at] = list[at - 1];
  list[at] = index;
}

static void put_anchor_pools(ofr_builder *b, int anchor) {
  const ofr_plan *plan = b->plan;
  int uses[OFR_MAX_POOLS], order[OFR_MAX_POOLS], n = 0;
  for (int k = 0; k < plan->pool_count; k++) {
    uses[k] = workloads_of(plan, k);
    if (plan->pools[k].provider == anchor && uses[k] > 0) insert(order, uses, n++, k);
  }
  b->head->anchor_pools = n;
  TABLE_OF(int, pool, anchor_pool, n);
  for (int i = 0; i < n; i++) pool[i] = order[i];
}

static void put_absorbed_workloads(ofr_builder *b, int anchor) {
  const ofr_plan *plan = b->plan;
  int uses[OFR_MAX_WORKLOADS], order[OFR_MAX_WORKLOADS];
  for (int w = 0; w < plan->workload_count; w++) {
    uses[w] = pools_of(plan, anchor, w);
    insert(order, uses, w, w);
  }
  TABLE_OF(int, workload, absorb_workload, plan->workload_count);
  for (int w = 0; w < plan->workload_count; w++) workload[w] = order[w];
}

static void put_absorbers(ofr_builder *b, int anchor) {
  int all = b->count[OFR_COMMITMENT], found[OFR_MAX_CONTRACTS], n = 0;
  for (int c = 0; c < all; c++)
    if (b->of_type[OFR_COMMITMENT][c]->provider == anchor) found[n++] = c;
  b->head->absorbers = n;
  TABLE_OF(int, commitment, absorber_commitment, n);
  for (int i = 0; i < n; i++) commitment[i] = found[i];
}

void ofr_put_stakeholders(ofr_builder *b) {
  const ofr_stakeholders *x = b->plan->for_stakeholders ? b->plan->stakeholders : NULL;
  ofr_image *im = b->head;
  im->anchor = x ? x->anchor : -1;
  im->has_stakeholders = x != NULL;
  im->failing = im->strategies;
  if (!x) return;
  im->has_failure = x->fails && b->plan->failing < im->strategies;
  if (im->has_failure) im->failing = b->plan->failing;
  im->failure_from = x->failure.from;
  im->failure_to = x->failure.to;
  put_anchor_pools(b, x->anchor);
  if (!b->failed) put_absorbed_workloads(b, x->anchor);
  if (!b->failed) put_absorbers(b, x->anchor);
}
