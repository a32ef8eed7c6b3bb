#include "value.h"
#include <string.h>
#include "../base/error.h"
#include "../plan/variants.h"
#include "../reduce/digest.h"

/* One launch: variants side by side, and which of them make a clause. */
typedef struct launch {
  ofr_variant variants[OFR_MAX_VARIANTS];
  ofr_pair pairs[OFR_MAX_VARIANTS];
  int variant_count, pair_count, base; /* base: where the strategy of the last clause stands, unchanged */
} launch;

typedef struct evaluation {
  const ofr_plan *plan;
  ofr_run_options options;
  ofr_arena *arena;
  offramp_error *error;
  ofr_valuation *out;
  int next;             /* clause to be filled */
  uint64_t done, total; /* progress over all launches */
} evaluation;

static offramp_status out_of_memory(offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory: lower --paths or close other programs");
}

/* A stake moves no money. */
static bool is_clause(const ofr_plan *plan, int strategy, int contract) {
  return plan->strategies[strategy].signed_contracts[contract] && plan->contracts[contract].type != OFR_STAKE;
}

static int count_clauses(const ofr_plan *plan) {
  int n = 0;
  for (int s = 0; s < plan->strategy_count; s++)
    for (int c = 0; c < plan->contract_count; c++) n += is_clause(plan, s, c);
  return n;
}

/* Adds the clause to the launch; false when it has no room. */
static bool add_clause(launch *l, int strategy, int contract) {
  bool has_base = l->variant_count > 0 && l->variants[l->base].strategy == strategy;
  if (l->variant_count + (has_base ? 1 : 2) > OFR_MAX_VARIANTS) return false;
  if (!has_base) {
    l->base = l->variant_count;
    l->variants[l->variant_count++] = (ofr_variant){strategy, -1};
  }
  l->pairs[l->pair_count++] = (ofr_pair){l->base, l->variant_count};
  l->variants[l->variant_count++] = (ofr_variant){strategy, contract};
  return true;
}

/* The launch of the clauses from *first on, strategy by strategy; *first becomes that of the next launch. */
static launch fill_launch(const ofr_plan *plan, int *first) {
  launch l = {.base = 0};
  int index = 0;
  for (int s = 0; s < plan->strategy_count; s++)
    for (int c = 0; c < plan->contract_count; c++) {
      if (!is_clause(plan, s, c) || index++ < *first) continue;
      if (!add_clause(&l, s, c)) {
        *first = index - 1;
        return l;
      }
    }
  *first = index;
  return l;
}

static uint64_t work_of(const ofr_plan *plan, const launch *l) {
  return plan->paths * (uint64_t)plan->months * (uint64_t)l->variant_count;
}

static void pass_on(void *context, const ofr_progress *progress) {
  const evaluation *x = context;
  ofr_progress p = *progress;
  if (!p.note) {
    p.done += x->done;
    p.total = x->total;
    p.seconds += x->out->engine.seconds;
  }
  x->options.progress(x->options.progress_context, &p);
}

static void take_over(evaluation *x, const launch *l, const ofr_result *r) {
  ofr_valuation *v = x->out;
  int per_pair = r->difference_count / l->pair_count;
  for (int i = 0; i < l->pair_count; i++) {
    const ofr_variant *without = &l->variants[l->pairs[i].b];
    v->clauses[x->next++] = (ofr_clause){without->strategy, without->without, r->strategies[l->pairs[i].a].metrics,
                                         r->strategies[l->pairs[i].b].metrics, r->differences + i * per_pair};
  }
  v->launches++;
  v->variant_count += l->variant_count;
  v->seed = r->seed;
  v->paths = r->paths;
  v->metrics = r->metrics;
  v->metric_count = r->metric_count;
  v->difference_count = per_pair;
  v->accelerator_quantum = r->accelerator_quantum;
  v->money_quantum = r->money_quantum;
  v->clamped_path_months = r->clamped_path_months;
  double seconds = v->engine.seconds + r->engine.seconds;
  int checked = v->engine.checked_paths + r->engine.checked_paths;
  v->engine = r->engine;
  v->engine.seconds = seconds;
  v->engine.checked_paths = checked;
  x->done += work_of(x->plan, l);
  v->engine.path_months_per_second = (double)x->done / (seconds > 0 ? seconds : 1e-9);
}

static offramp_status run_launch(evaluation *x, const launch *l) {
  ofr_plan *variants = ofr_plan_variants(x->plan, l->variants, l->variant_count, x->arena);
  if (!variants) return out_of_memory(x->error);
  variants->unmet_by_workload = true;
  variants->pairs = l->pairs;
  variants->pair_count = l->pair_count;
  ofr_run_options o = x->options;
  ofr_result *r;
  o.with_bands = false;
  o.progress = x->options.progress ? pass_on : NULL;
  o.progress_context = x;
  offramp_status status = ofr_simulate(variants, &o, x->arena, &r, x->error);
  if (status == OFFRAMP_OK) take_over(x, l, r);
  return status;
}

static void add_up_work(evaluation *x, int clauses) {
  for (int first = 0; first < clauses;) {
    launch l = fill_launch(x->plan, &first);
    x->total += work_of(x->plan, &l);
  }
}

offramp_status ofr_value_clauses(const ofr_plan *plan, const ofr_run_options *options, ofr_arena *arena,
                                 ofr_valuation **valuation, offramp_error *error) {
  offramp_error own;
  evaluation x = {.plan = plan, .options = *options, .arena = arena, .error = error ? error : &own};
  int clauses = count_clauses(plan);
  *valuation = NULL;
  if (clauses == 0)
    return ofr_fail(x.error, OFFRAMP_ERR_PLAN, "/strategies",
                    "no strategy signs a contract, so there is no clause to value: sign one");
  x.out = ofr_arena_alloc(arena, 1, sizeof *x.out);
  if (!x.out || !(x.out->clauses = ofr_arena_alloc(arena, (size_t)clauses, sizeof *x.out->clauses)))
    return out_of_memory(x.error);
  x.out->plan = plan;
  x.out->clause_count = clauses;
  memcpy(x.out->plan_digest, plan->digest, sizeof x.out->plan_digest);
  add_up_work(&x, clauses);
  for (int first = 0; first < clauses;) {
    launch l = fill_launch(plan, &first);
    offramp_status status = run_launch(&x, &l);
    if (status != OFFRAMP_OK) return status;
  }
  ofr_valuation_digest(x.out, x.out->results_digest);
  *valuation = x.out;
  return OFFRAMP_OK;
}
