#include "stakeholder_run.h"
#include <string.h>
#include "../base/error.h"
#include "../plan/image.h"
#include "../plan/variants.h"
#include "../reduce/digest.h"

static offramp_status out_of_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or close other programs");
}

static bool fails(const ofr_plan *plan) {
  const ofr_stakeholders *x = plan->stakeholders;
  return x->fails && x->failure.from <= x->failure.to;
}

const ofr_plan *ofr_plan_for_stakeholders(const ofr_plan *plan, ofr_arena *arena) {
  ofr_variant variants[OFR_MAX_VARIANTS];
  if (!plan->stakeholders) return plan;
  int S = plan->strategy_count, n = fails(plan) ? 2 * S : S;
  for (int i = 0; i < n; i++) variants[i] = (ofr_variant){i % S, -1};
  ofr_plan *out = ofr_plan_variants(plan, variants, n, arena);
  ofr_pair *pairs = ofr_arena_alloc(arena, (size_t)S, sizeof *pairs);
  if (!out || !pairs) return NULL;
  for (int s = 0; s < S; s++) pairs[s] = (ofr_pair){S + s, s};
  out->for_stakeholders = true;
  out->failing = S;
  out->pairs = pairs;
  out->pair_count = n - S;
  return out;
}

/* What the contract promises within the horizon, all windows, in money quanta. */
static int64_t amount_of(const ofr_plan *plan, const ofr_image *im, int contract) {
  const int *window = (const int *)((const uint32_t *)im + im->window);
  const int64_t *amount = (const int64_t *)((const uint32_t *)im + im->amount);
  int c = 0;
  int64_t sum = 0;
  for (int i = 0; i < contract; i++) c += plan->contracts[i].type == OFR_COMMITMENT;
  for (int t = 0; t < im->months; t++)
    if (window[t * im->commitments + c] & WINDOW_SETTLES) sum += amount[t * im->commitments + c];
  return sum;
}

/* Takes the columns of what the anchor could absorb, which come last and are the same for every strategy, out of the metrics.
 */
static bool move_absorptions(ofr_result *r, const ofr_image *im, ofr_stakeholder_result *out, ofr_arena *arena) {
  int first = r->metric_count;
  while (first > 0 && r->metrics[first - 1].group == OFR_GROUP_ABSORPTION) first--;
  out->absorption_count = (r->metric_count - first) / ABSORBER_COLUMNS;
  out->absorptions = ofr_arena_alloc(arena, (size_t)out->absorption_count, sizeof *out->absorptions);
  if (!out->absorptions) return false;
  for (int i = 0; i < out->absorption_count; i++) {
    int at = first + i * ABSORBER_COLUMNS, contract = r->metrics[at].subject;
    const ofr_distribution *d = &r->strategies[0].metrics[at];
    const ofr_slice_means *slices = &r->strategies[0].slices[at];
    out->absorptions[i] =
        (ofr_absorption){contract, amount_of(r->plan, im, contract), d[0], d[1], d[2], d[3], slices[0], slices[1]};
  }
  r->metric_count = first;
  return true;
}

static void add_note(ofr_result *r, const char *note, ofr_arena *arena) {
  const char *before = r->engine.note;
  r->engine.note = before ? ofr_arena_printf(arena, "%s %s", before, note) : note;
}

offramp_status ofr_result_for_stakeholders(ofr_result *r, const ofr_plan *plan, ofr_arena *arena, offramp_error *error) {
  ofr_staged staged;
  if (!plan->stakeholders) return OFFRAMP_OK;
  offramp_status status = ofr_image_build(plan, &staged, error);
  if (status != OFFRAMP_OK) return status;
  ofr_stakeholder_result *out = ofr_arena_alloc(arena, 1, sizeof *out);
  r->plan = plan;
  bool done = out && move_absorptions(r, staged.image, out, arena);
  ofr_image_free(&staged);
  if (!done) return out_of_memory(error);
  out->difference_count = fails(plan) ? r->difference_count / plan->strategy_count : 0;
  out->failures = r->differences;
  r->differences = NULL;
  r->difference_count = 0;
  r->stakeholders = out;
  if (fails(plan)) add_note(r, "Every strategy was placed twice: once more under the anchor's failure.", arena);
  ofr_result_digest(r, r->results_digest);
  return OFFRAMP_OK;
}

offramp_status ofr_simulate_for_stakeholders(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena,
                                             ofr_result **result, offramp_error *error) {
  const ofr_plan *made = ofr_plan_for_stakeholders(plan, arena);
  *result = NULL;
  if (!made) return out_of_memory(error);
  offramp_status status = ofr_simulate(made, options, arena, result, error);
  if (status == OFFRAMP_OK) status = ofr_result_for_stakeholders(*result, plan, arena, error);
  if (status != OFFRAMP_OK) *result = NULL;
  return status;
}
