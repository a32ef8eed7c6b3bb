/* "optimize": which numbers of the plan may be chosen, within what, to minimise what. A variable is a JSON pointer to an amount
 * of a commitment or to a size of a reservation that the strategy signs; nothing else of a plan is the buyer's to choose. */
#include "plan_reader.h"
#include <math.h>
#include <string.h>

typedef struct sizing_reader {
  ofr_reader *r;
  ofr_sizing *sizing;
  ofr_variable *variables;
  const ofr_json *target[OFR_MAX_VARIABLES]; /* what each variable points to */
  const ofr_json *limits[OFR_MAX_VARIABLES];
} sizing_reader;

/* ---- what a pointer means ---- */

/* The item of "contracts" that a value lies in, and its index; NULL when it lies elsewhere. */
static const ofr_json *contract_of(const ofr_reader *r, const ofr_json *value, int *index) {
  const ofr_json *contracts = ofr_json_get(r->root, "contracts");
  while (value->parent && value->parent != contracts) value = value->parent;
  if (!value->parent) return NULL;
  *index = value->index;
  return value;
}

static bool is_amount(const ofr_json *value, const ofr_json *contract) {
  const ofr_json *window = value->parent, *windows = window ? window->parent : NULL;
  return value->key && strcmp(value->key, "amount") == 0 && windows && windows->key && strcmp(windows->key, "windows") == 0 &&
         windows->parent == contract;
}

/* A number that a curve is proportional to: the number itself, its "start", the value of a point. */
static bool is_size(const ofr_json *value, const ofr_json *contract) {
  const ofr_json *curve = ofr_json_get(contract, "accelerators");
  if (!curve) return false;
  if (value == curve || value == ofr_json_get(curve, "start")) return true;
  const ofr_json *point = value->parent, *points = point ? point->parent : NULL;
  return value->index == 1 && points && points == ofr_json_get(curve, "points");
}

static bool signs(const sizing_reader *x, int contract) {
  return x->sizing->strategy < 0 || x->r->plan->strategies[x->sizing->strategy].signed_contracts[contract];
}

/* ---- every pointer that would do, for the one that was meant ---- */

typedef struct choices {
  const char *at[OFR_MAX_CONTRACTS * 4];
  int count;
} choices;

static void add_choices(const sizing_reader *x, int c, choices *out) {
  enum { MOST = OFR_MAX_CONTRACTS * 4 };
  const ofr_contract *contract = &x->r->plan->contracts[c];
  if (!contract->name || !signs(x, c)) return;
  for (int w = 0; contract->type == OFR_COMMITMENT && w < contract->window_count && out->count < MOST; w++)
    out->at[out->count++] = ofr_phrase(x->r, "/contracts/%s/windows/%d/amount", contract->name, contract->windows[w].index);
  if (contract->type == OFR_RESERVATION && out->count < MOST)
    out->at[out->count++] = ofr_phrase(x->r, "/contracts/%s/accelerators", contract->name);
}

static const char *pointer_remedy(const sizing_reader *x, const char *pointer) {
  choices all = {.count = 0};
  for (int c = 0; c < x->r->plan->contract_count; c++) add_choices(x, c, &all);
  const char *nearest = ofr_nearest_name(pointer, all.at, all.count);
  if (nearest) return ofr_phrase(x->r, "did you mean \"%s\"?", nearest);
  if (all.count == 0) return "let the strategy sign a commitment or a reservation";
  return ofr_phrase(x->r, "point to a window's amount or a reservation's accelerators, like \"%s\"", all.at[0]);
}

/* ---- variables ---- */

static bool find_window(const sizing_reader *x, const ofr_json *item, ofr_variable *v) {
  const ofr_contract *contract = &x->r->plan->contracts[v->contract];
  int position = x->target[v - x->variables]->parent->index;
  for (int w = 0; w < contract->window_count; w++)
    if (contract->windows[w].index == position) v->window = w;
  if (v->window < 0)
    ofr_wrong(x->r, item, "choose a window that the horizon reaches",
              "this window lies outside the horizon: its amount moves nothing");
  return v->window >= 0;
}

/* Whether `target` is a number that may be chosen; fills in which. */
static bool recognise(sizing_reader *x, const ofr_json *item, const ofr_json *target, ofr_variable *v) {
  const ofr_json *contract = contract_of(x->r, target, &v->contract);
  const char *remedy = pointer_remedy(x, item->key);
  bool amount = contract && is_amount(target, contract), size = contract && is_size(target, contract);
  if (target->type != OFR_JSON_NUMBER) {
    ofr_wrong(x->r, item,
              size && target->type == OFR_JSON_OBJECT ? "point to a number of the curve: its start, or the value of a point"
                                                      : remedy,
              "the pointer leads to %s, not to a number of the plan", ofr_type_name(target->type));
    return false;
  }
  if (v->contract >= x->r->plan->contract_count || (!amount && !size)) {
    ofr_wrong(x->r, item, remedy, "this number is not for sizing: only amounts of commitments and sizes of reservations are");
    return false;
  }
  if (!signs(x, v->contract)) {
    ofr_wrong(x->r, item, "choose a contract that it signs, or let it sign this one",
              "the strategy \"%s\" does not sign \"%s\"", x->r->plan->strategies[x->sizing->strategy].name,
              x->r->plan->contracts[v->contract].name);
    return false;
  }
  v->written = target->number;
  return amount ? find_window(x, item, v) : true;
}

static void read_limits(sizing_reader *x, const ofr_json *item, ofr_range range, ofr_variable *v) {
  static const char *const remedy = "write [least, most]";
  if (item->type != OFR_JSON_ARRAY || item->count != 2) {
    ofr_wrong(x->r, item, remedy, "limits are a list of two numbers");
    return;
  }
  for (const ofr_json *end = item->first; end; end = end->next)
    if (end->type == OFR_JSON_NULL) {
      ofr_wrong(x->r, end, ofr_phrase(x->r, "write a number, at most %g", range.to),
                "the limit is missing: without it the sizing is unbounded");
      return;
    }
  v->from = ofr_number(x->r, item->first, range, 0);
  v->to = ofr_number(x->r, item->first->next, range, v->from);
  if (v->from <= v->to) return;
  ofr_wrong(x->r, item, ofr_phrase(x->r, "write [%s, %s]", item->first->next->text, item->first->text),
            "the limits are the wrong way round");
  v->to = v->from;
}

static void read_variable(sizing_reader *x, const ofr_json *item) {
  ofr_sizing *s = x->sizing;
  ofr_variable v = {.pointer = item->key, .window = -1};
  const ofr_json *target = ofr_json_find((ofr_json *)x->r->root, item->key);
  if (s->variable_count == OFR_MAX_VARIABLES) return;
  if (!target) {
    ofr_wrong(x->r, item, pointer_remedy(x, item->key), "the pointer leads nowhere");
    return;
  }
  for (int i = 0; i < s->variable_count; i++)
    if (x->target[i] == target) {
      ofr_wrong(x->r, item, "name each number once", "\"%s\" is the same number", s->variables[i].pointer);
      return;
    }
  x->target[s->variable_count] = target;
  x->limits[s->variable_count] = item;
  x->variables[s->variable_count] = v;
  ofr_variable *kept = &x->variables[s->variable_count];
  if (!recognise(x, item, target, kept)) return;
  read_limits(x, item, kept->window >= 0 ? ofr_amount : ofr_accelerators, kept);
  s->variable_count++;
}

static void read_variables(sizing_reader *x, const ofr_json *object) {
  if (!ofr_has_type(x->r, object, OFR_JSON_OBJECT)) return;
  int count = 0;
  for (const ofr_json *item = object->first; item; item = item->next) count += !ofr_is_note(item);
  if (count == 0) ofr_wrong(x->r, object, pointer_remedy(x, ""), "there is nothing to choose");
  if (count > OFR_MAX_VARIABLES)
    ofr_wrong(x->r, object, ofr_phrase(x->r, "keep at most %d", OFR_MAX_VARIABLES), "%d variables are too many", count);
  for (const ofr_json *item = object->first; item; item = item->next) {
    if (ofr_is_note(item)) ofr_has_type(x->r, item, OFR_JSON_STRING);
    else read_variable(x, item);
  }
}

/* ---- sizes, month by month ---- */

/* A copy of a curve in which the variables are 0, but `one` is 1. */
static ofr_json *with_values(const sizing_reader *x, const ofr_json *value, const ofr_json *one, ofr_json *parent) {
  ofr_json *copy = ofr_take(x->r, 1, sizeof *copy), **link = &copy->first;
  *copy = *value;
  copy->parent = parent;
  copy->first = copy->next = NULL;
  for (int i = 0; i < x->sizing->variable_count; i++)
    if (x->target[i] == value) copy->number = value == one;
  for (const ofr_json *child = value->first; child; child = child->next, link = &(*link)->next)
    *link = with_values(x, child, one, copy);
  return copy;
}

static void read_shape(sizing_reader *x, int index) {
  ofr_reader *r = x->r;
  ofr_variable *v = &x->variables[index];
  const ofr_json *contract = ofr_json_at(ofr_json_get(r->root, "contracts"), v->contract);
  const ofr_json *curve = ofr_json_get(contract, "accelerators"), *lot = ofr_json_get(contract, "lot");
  const ofr_curve base = ofr_curve_of(r, with_values(x, curve, NULL, NULL), ofr_accelerators);
  const ofr_curve unit = ofr_curve_of(r, with_values(x, curve, x->target[index], NULL), ofr_accelerators);
  double *shape = ofr_take(r, r->plan->months, sizeof *shape);
  for (int t = 0; t < r->plan->months; t++) {
    shape[t] = unit.at[t] - base.at[t];
    if (base.at[t] + shape[t] * v->to <= ofr_accelerators.to) continue;
    ofr_wrong(r, x->limits[index], "lower the upper limit", "at its upper limit the curve grows beyond all bounds");
    break;
  }
  v->base = base.at;
  v->shape = shape;
  v->lot = lot && lot->type == OFR_JSON_NUMBER ? lot->number : 0;
}

/* ---- constraints ---- */

static void read_terms(sizing_reader *x, const ofr_json *terms, double *weight) {
  const ofr_range any = {-1e9, 1e9, false};
  const char *known[OFR_MAX_VARIABLES];
  for (int i = 0; i < x->sizing->variable_count; i++) known[i] = x->variables[i].pointer;
  if (!ofr_has_type(x->r, terms, OFR_JSON_OBJECT)) return;
  for (const ofr_json *item = terms->first; item; item = item->next) {
    if (ofr_is_note(item)) {
      ofr_has_type(x->r, item, OFR_JSON_STRING);
      continue;
    }
    const ofr_json *target = ofr_json_find((ofr_json *)x->r->root, item->key);
    int index = x->sizing->variable_count - 1;
    while (index >= 0 && x->target[index] != target) index--;
    const char *nearest = ofr_nearest_name(item->key, known, x->sizing->variable_count);
    if (!target || index < 0)
      ofr_wrong(x->r, item, nearest ? ofr_phrase(x->r, "did you mean \"%s\"?", nearest) : "name it under \"variables\" too",
                "this is none of the variables");
    else if (weight[index] != 0) ofr_wrong(x->r, item, "name each variable once", "the variable is named twice");
    else weight[index] = ofr_number(x->r, item, any, 0);
  }
}

/* Alone, within the limits of its variables, it must leave something. */
static void check_reach(sizing_reader *x, const ofr_json *item, const ofr_linear_constraint *c) {
  double least = 0, most = 0;
  for (int i = 0; i < x->sizing->variable_count; i++) {
    const ofr_variable *v = &x->variables[i];
    least += c->weight[i] * (c->weight[i] > 0 ? v->from : v->to);
    most += c->weight[i] * (c->weight[i] > 0 ? v->to : v->from);
  }
  double slack = 1e-9 * fmax(fabs(least), fabs(most));
  if (c->min > most + slack)
    ofr_wrong(x->r, item, "lower \"min\", or widen the variables' limits",
              "infeasible: within the limits the sum reaches %g at most", most);
  else if (c->max < least - slack)
    ofr_wrong(x->r, item, "raise \"max\", or widen the variables' limits",
              "infeasible: within the limits the sum is %g at least", least);
}

static void read_constraint(sizing_reader *x, const ofr_json *item, ofr_linear_constraint *out) {
  const ofr_range any = {-1e18, 1e18, false};
  const int errors = x->r->d->errors;
  double *weight = ofr_take(x->r, OFR_MAX_VARIABLES, sizeof *weight);
  *out = (ofr_linear_constraint){weight, -INFINITY, INFINITY};
  if (!ofr_is_object(x->r, item, OFR_OBJECT_CONSTRAINT)) return;
  read_terms(x, ofr_json_get(item, "terms"), weight);
  out->min = ofr_number_at(x->r, item, "min", any, -INFINITY);
  out->max = ofr_number_at(x->r, item, "max", any, INFINITY);
  if (!ofr_json_get(item, "min") && !ofr_json_get(item, "max"))
    ofr_wrong(x->r, item, "add \"min\" or \"max\"", "the constraint limits nothing");
  else if (out->min > out->max) ofr_wrong(x->r, item, "let \"min\" be the smaller one", "the limits are the wrong way round");
  else if (x->r->d->errors == errors) check_reach(x, item, out);
}

static void read_constraints(sizing_reader *x, const ofr_json *list) {
  const int errors = x->r->d->errors;
  double values[OFR_MAX_VARIABLES], wish[OFR_MAX_VARIABLES];
  if (!ofr_has_type(x->r, list, OFR_JSON_ARRAY)) return;
  if (list->count > OFR_MAX_CONSTRAINTS) {
    ofr_wrong(x->r, list, ofr_phrase(x->r, "keep at most %d", OFR_MAX_CONSTRAINTS), "%d constraints are too many", list->count);
    return;
  }
  ofr_linear_constraint *constraints = ofr_take(x->r, list->count, sizeof *constraints);
  for (const ofr_json *item = list->first; item; item = item->next) read_constraint(x, item, &constraints[item->index]);
  x->sizing->constraints = constraints;
  x->sizing->constraint_count = list->count;
  for (int i = 0; i < x->sizing->variable_count; i++) wish[i] = x->variables[i].from;
  if (x->r->d->errors == errors && x->sizing->variable_count > 0 && !ofr_sizing_nearest(x->sizing, wish, values))
    ofr_wrong(x->r, list, "loosen one of them, or widen the variables' limits",
              "infeasible: no sizes meet all constraints at once");
}

/* ---- the whole ---- */

static int read_strategy_name(ofr_reader *r, const ofr_json *optimize) {
  const ofr_json *name = ofr_json_get(optimize, "strategy");
  if (name) {
    const int index = ofr_json_get(r->root, "strategies") ? ofr_name_index(r, name, OFR_NAME_STRATEGY) : 0;
    if (ofr_json_get(r->root, "strategies") || (name->type == OFR_JSON_STRING && !strcmp(name->text, "plan"))) return index;
    ofr_wrong(r, name, "leave it out: the plan has one strategy only", "no strategy has this name");
    return 0;
  }
  if (r->plan->strategy_count != 1)
    ofr_wrong(r, optimize, "add \"strategy\": the name of one of them",
              "the plan has %d strategies: whose cost is to be minimised?", r->plan->strategy_count);
  return r->plan->strategy_count == 1 ? 0 : -1;
}

void ofr_read_sizing(ofr_reader *r) {
  const ofr_range tails = {0, 0.9999, false};
  const ofr_json *optimize = ofr_json_get(r->root, "optimize");
  const bool sound = r->d->errors == 0;
  if (!optimize || !ofr_is_object(r, optimize, OFR_OBJECT_OPTIMIZE)) return;
  sizing_reader x = {
      .r = r, .sizing = ofr_take(r, 1, sizeof *x.sizing), .variables = ofr_take(r, OFR_MAX_VARIABLES, sizeof *x.variables)};
  x.sizing->variables = x.variables;
  x.sizing->risk_weight = ofr_number_at(r, optimize, "risk_weight", ofr_fraction, 0);
  x.sizing->alpha = ofr_number_at(r, optimize, "alpha", tails, 0.95);
  if (!sound) return; /* what it points to may be half read: first things first */
  x.sizing->strategy = read_strategy_name(r, optimize);
  read_variables(&x, ofr_json_get(optimize, "variables"));
  if (r->d->errors == 0)
    for (int i = 0; i < x.sizing->variable_count; i++)
      if (x.variables[i].window < 0) read_shape(&x, i);
  read_constraints(&x, ofr_json_get(optimize, "constraints"));
  r->plan->sizing = x.sizing;
}
