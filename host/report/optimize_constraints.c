#include "optimize_constraints.h"
#include <math.h>
#include "figures.h"
#include "optimize_names.h"

#define REACHED 1e-5

static const ofr_linear_constraint *constraint_of(const ofr_optimum *o, int k) { return &o->plan->sizing->constraints[k]; }

/* A unit of leave moves variable v by 1/|weight|, the way that the sum is to go: what that does to the value. */
static bool move(const ofr_optimum *o, double weight, int v, bool down, ofr_estimate *change) {
  const ofr_slope *s = &o->slopes[v];
  const bool less = down == (weight > 0);
  if (weight == 0 || !(less ? s->has_less : s->has_more)) return false;
  const ofr_estimate e = less ? s->less : s->more;
  *change = (ofr_estimate){e.mean / fabs(weight), e.se / fabs(weight)};
  return true;
}

typedef struct price { bool known; ofr_estimate saving; double step; } price;

static price find_price(const ofr_optimum *o, const ofr_linear_constraint *c, bool down) {
  price best = {0};
  for (int v = 0; o->has_slopes && v < o->plan->sizing->variable_count; v++) {
    ofr_estimate change;
    if (!move(o, c->weight[v], v, down, &change) || (best.known && -change.mean <= best.saving.mean)) continue;
    best = (price){true, {-change.mean, change.se}, fabs(c->weight[v]) * o->slopes[v].width};
  }
  return best;
}

static bool gains(const price *p, double spare) { return p->known && p->saving.mean > 2 * p->saving.se && spare < p->step; }

ofr_constraint_view ofr_constraint_at(const ofr_optimum *o, int k) {
  const ofr_linear_constraint *c = constraint_of(o, k);
  ofr_constraint_view view = {0};
  double span = 0;
  for (int v = 0; v < o->plan->sizing->variable_count; v++) {
    const ofr_variable *x = &o->plan->sizing->variables[v];
    view.sum += c->weight[v] * o->size[v];
    span += fabs(c->weight[v]) * (x->to - x->from);
  }
  for (int down = 1; down >= 0 && view.binding == OFR_BINDS_NOT; down--) {
    const price p = find_price(o, c, down);
    const double spare = down ? view.sum - c->min : c->max - view.sum;
    if (spare > REACHED * span && !gains(&p, spare)) continue;
    view.binding = down ? OFR_BINDS_MIN : OFR_BINDS_MAX;
    view.within_a_step = spare > REACHED * span;
    view.has_price = p.known;
    view.price = p.saving;
  }
  return view;
}

static void add_plain(ofr_text *out, double value) {
  if (value == floor(value)) ofr_text_fixed(out, value, 0, true);
  else ofr_text_number(out, value);
}

void ofr_constraint_terms(ofr_text *out, const ofr_optimum *o, int k) {
  const ofr_linear_constraint *c = constraint_of(o, k);
  bool first = true;
  for (int v = 0; v < o->plan->sizing->variable_count; v++) {
    const double weight = c->weight[v];
    if (weight == 0) continue;
    ofr_text_add(out, weight < 0 ? (first ? "-" : " - ") : first ? "" : " + ");
    if (fabs(weight) != 1) {
      add_plain(out, fabs(weight));
      ofr_text_add(out, " x ");
    }
    ofr_variable_name(out, o->plan, &o->plan->sizing->variables[v]);
    first = false;
  }
}

bool ofr_constraint_is_money(const ofr_optimum *o, int k) {
  for (int v = 0; v < o->plan->sizing->variable_count; v++)
    if (constraint_of(o, k)->weight[v] != 0 && o->plan->sizing->variables[v].window < 0) return false;
  return true;
}

void ofr_constraint_sum(ofr_text *out, const ofr_optimum *o, int k, double sum) {
  if (ofr_constraint_is_money(o, k)) ofr_figure_dollars(out, sum);
  else add_plain(out, sum);
}
