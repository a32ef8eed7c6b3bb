#include "value_fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "report/value_answer.h"

#define NEW(arena, type, count) ((type *)ofr_arena_alloc(arena, (size_t)(count), sizeof(type)))

static void list_metrics(fixture *f, ofr_valuation *v) {
  const ofr_result *r = f->result;
  ofr_metric *m = NEW(f->arena, ofr_metric, r->metric_count + f->plan->workload_count);
  memcpy(m, r->metrics, (size_t)r->metric_count * sizeof *m);
  v->metric_count = r->metric_count;
  for (int w = 0; w < f->plan->workload_count; w++)
    m[v->metric_count++] = (ofr_metric){OFR_GROUP_WORKLOAD, w, "unmet_cost", OFR_UNIT_MONEY, false, 1e-6};
  v->metrics = m;
}

static const ofr_distribution *some_distributions(fixture *f, const ofr_valuation *v, double mean) {
  ofr_distribution *d = NEW(f->arena, ofr_distribution, v->metric_count);
  for (int m = 0; m < v->metric_count; m++) fixture_set(f, &d[m], v->metrics[m].scale, mean, 0);
  return d;
}

static const ofr_difference *no_differences(fixture *f, ofr_valuation *v) {
  ofr_difference *d = NEW(f->arena, ofr_difference, v->metric_count);
  v->difference_count = 0;
  for (int m = 0; m < v->metric_count; m++)
    if (v->metrics[m].unit == OFR_UNIT_MONEY && v->metrics[m].group != OFR_GROUP_COMMITMENT &&
        strcmp(v->metrics[m].name, "nominal_cash"))
      d[v->difference_count++] = (ofr_difference){.metric = m, .values = {.count = v->paths}};
  return d;
}

ofr_valuation *value_fixture(fixture *f) {
  static const int clauses[4][2] = {{0, 0}, {0, 1}, {1, 0}, {2, 2}};
  ofr_valuation *v = NEW(f->arena, ofr_valuation, 1);
  *v = (ofr_valuation){.plan = f->plan,
                       .paths = f->result->paths,
                       .seed = f->result->seed,
                       .accelerator_quantum = 0.25,
                       .money_quantum = 1e-6,
                       .variant_count = 7,
                       .launches = 1,
                       .engine = f->result->engine,
                       .clause_count = 4};
  memset(v->plan_digest, 'a', 64);
  memset(v->results_digest, 'c', 64);
  list_metrics(f, v);
  v->clauses = NEW(f->arena, ofr_clause, 4);
  for (int i = 0; i < 4; i++)
    v->clauses[i] = (ofr_clause){clauses[i][0], clauses[i][1], some_distributions(f, v, 12e9), some_distributions(f, v, 11e9),
                                 no_differences(f, v)};
  return v;
}

void value_fixture_set(fixture *f, ofr_valuation *v, int clause, ofr_metric_group group, int subject, const char *name,
                       double mean, double se, uint64_t above, uint64_t below) {
  ofr_difference *d = (ofr_difference *)ofr_value_of(v, &v->clauses[clause], group, subject, name);
  assert_non_null(d);
  fixture_set(f, &d->values, v->metrics[d->metric].scale, mean, se * 100);
  d->values.se = se;
  d->values.positive = above;
  d->negative = below;
}
