#include "search_snap.h"
#include <math.h>
#include <string.h>

enum { MOST = OFR_MAX_VARIABLES };

double ofr_search_multiple(const ofr_search *search, int i, double value) {
  const ofr_variable *v = &search->sizing->variables[i];
  if (search->step[i] > 0) value = floor(value / search->step[i] + 0.5) * search->step[i];
  return fmin(fmax(value, v->from), v->to);
}

/* By how much a constraint is broken, summed, each measured against one step of its variables. */
static double excess(const ofr_search *search, const double *values) {
  double sum = 0;
  for (int k = 0; k < search->sizing->constraint_count; k++) {
    const ofr_linear_constraint *c = &search->sizing->constraints[k];
    double total = 0, unit = 0;
    for (int i = 0; i < search->sizing->variable_count; i++) {
      total += c->weight[i] * values[i];
      unit = fmax(unit, fabs(c->weight[i]) * search->step[i]);
    }
    if (unit > 0) sum += fmax(0, fmax(c->min - total, total - c->max)) / unit;
  }
  return sum;
}

/* One step of one variable, the one that mends most. False when none does. */
static bool mend(const ofr_search *search, double *values) {
  double least = excess(search, values), best = 0;
  int which = -1;
  for (int i = 0; i < search->sizing->variable_count; i++)
    for (int side = -1; side <= 1; side += 2) {
      double before = values[i];
      values[i] = ofr_search_multiple(search, i, before + side * search->step[i]);
      double now = excess(search, values);
      if (now < least) least = now, which = i, best = values[i];
      values[i] = before;
    }
  if (which >= 0) values[which] = best;
  return which >= 0;
}

void ofr_search_snap(const ofr_search *search, double *values) {
  double rounded[MOST];
  int n = search->sizing->variable_count, mended = 0;
  for (int i = 0; i < n; i++) rounded[i] = ofr_search_multiple(search, i, values[i]);
  while (!ofr_sizing_allows(search->sizing, rounded))
    if (mended++ > n || !mend(search, rounded)) return;
  memcpy(values, rounded, (size_t)n * sizeof *values);
}
