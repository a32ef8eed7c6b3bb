#include "variants.h"
#include <string.h>

static const bool *signed_without(const ofr_plan *plan, const ofr_variant *v, ofr_arena *arena) {
  const bool *before = plan->strategies[v->strategy].signed_contracts;
  if (v->without < 0) return before;
  bool *out = ofr_arena_alloc(arena, (size_t)plan->contract_count, sizeof *out);
  if (!out) return NULL;
  memcpy(out, before, (size_t)plan->contract_count * sizeof *out);
  out[v->without] = false;
  for (int c = 0; c < plan->contract_count; c++)
    if (plan->contracts[c].type == OFR_EXIT && plan->contracts[c].target == v->without) out[c] = false;
  return out;
}

ofr_plan *ofr_plan_variants(const ofr_plan *plan, const ofr_variant *variants, int count, ofr_arena *arena) {
  ofr_plan *out = ofr_arena_alloc(arena, 1, sizeof *out);
  ofr_strategy *strategies = ofr_arena_alloc(arena, (size_t)count, sizeof *strategies);
  if (!out || !strategies) return NULL;
  for (int i = 0; i < count; i++) {
    strategies[i] = plan->strategies[variants[i].strategy];
    strategies[i].signed_contracts = signed_without(plan, &variants[i], arena);
    if (!strategies[i].signed_contracts) return NULL;
  }
  *out = *plan;
  out->strategies = strategies;
  out->strategy_count = count;
  return out;
}
