/* "sweep": a grid over numbers of the plan. A point of it is the plan with one value from each axis in place. */
#include "plan_reader.h"
#include <string.h>
#include "../base/text.h"

enum { MOST_STEPS = 10000 };

typedef struct sweep_reader {
  ofr_reader *r;
  ofr_axis *axes;
  const ofr_json *target[OFR_MAX_AXES]; /* what each axis moves */
  int count;
  bool plan_is_whole;
} sweep_reader;

/* ---- values ---- */

static void read_list(ofr_reader *r, const ofr_json *list, ofr_axis *axis) {
  double *values = ofr_take(r, list->count, sizeof *values);
  if (list->count == 0) ofr_wrong(r, list, "write numbers, like [0, 1e9, 2.5e9]", "there is nothing to try");
  for (const ofr_json *item = list->first; item; item = item->next) {
    if (!ofr_has_type(r, item, OFR_JSON_NUMBER)) continue;
    for (const ofr_json *before = list->first; before != item; before = before->next)
      if (before->type == OFR_JSON_NUMBER && before->number == item->number)
        ofr_wrong(r, item, "name each value once", "%s is in the list already", item->text);
    values[axis->count++] = item->number;
  }
  axis->values = values;
}

/* Both ends are among the values. */
static void read_range(ofr_reader *r, const ofr_json *range, ofr_axis *axis) {
  const ofr_range any = {-1e300, 1e300, false};
  if (!ofr_is_object(r, range, OFR_OBJECT_SWEEP_RANGE)) return;
  double from = ofr_number_at(r, range, "from", any, 0), to = ofr_number_at(r, range, "to", any, 0);
  int steps = ofr_whole_at(r, range, "steps", 2, MOST_STEPS, 2);
  if (from == to) ofr_wrong(r, range, "let it end elsewhere, or write a list of one value", "the range is a single value");
  double *values = ofr_take(r, steps, sizeof *values);
  for (int i = 0; i < steps; i++) values[i] = i == steps - 1 ? to : from + (to - from) * i / (steps - 1);
  axis->values = values;
  axis->count = steps;
}

/* ---- axes ---- */

/* A key that the plan leaves out may be swept where its object is there. */
static bool may_be_added(ofr_reader *r, const char *pointer) {
  const char *slash = strrchr(pointer, '/');
  if (!slash || slash == pointer) return false;
  const char *parent = ofr_phrase(r, "%.*s", (int)(slash - pointer), pointer);
  const ofr_json *found = ofr_json_find((ofr_json *)r->root, parent);
  return found && found->type == OFR_JSON_OBJECT;
}

static bool find_target(sweep_reader *x, const ofr_json *item) {
  const ofr_json *target = ofr_json_find((ofr_json *)x->r->root, item->key);
  if (!target && !may_be_added(x->r, item->key)) {
    if (!x->plan_is_whole) return false; /* what it points to may be among what is wrong */
    ofr_wrong(x->r, item, "point to a number, like \"/contracts/NAME/windows/0/amount\"; list items may be addressed by name",
              "the pointer leads nowhere");
    return false;
  }
  if (target && target->type != OFR_JSON_NUMBER) {
    ofr_wrong(x->r, item, "point to a number within it", "the pointer leads to %s, not to a number of the plan",
              ofr_type_name(target->type));
    return false;
  }
  if (!strncmp(item->key, "/sweep/", sizeof "/sweep/" - 1)) {
    ofr_wrong(x->r, item, "point to a number elsewhere in the plan", "a sweep cannot move itself");
    return false;
  }
  for (int i = 0; i < x->count; i++)
    if (target && x->target[i] == target) {
      ofr_wrong(x->r, item, "name each number once", "\"%s\" is the same number", x->axes[i].pointer);
      return false;
    }
  x->target[x->count] = target;
  return true;
}

static void read_axis(sweep_reader *x, const ofr_json *item) {
  ofr_axis *axis = &x->axes[x->count];
  if (x->count == OFR_MAX_AXES || !find_target(x, item)) return;
  axis->pointer = item->key;
  if (item->type == OFR_JSON_ARRAY) read_list(x->r, item, axis);
  else if (item->type == OFR_JSON_OBJECT) read_range(x->r, item, axis);
  else
    ofr_wrong(x->r, item, "write a list of numbers, or {\"from\": 0, \"to\": 1, \"steps\": 5}", "%s is nothing to go through",
              ofr_type_name(item->type));
  x->count++;
}

static uint64_t count_points(ofr_reader *r, const ofr_json *sweep, const ofr_axis *axes, int count) {
  uint64_t points = 1;
  for (int i = 0; i < count; i++) {
    points *= (uint64_t)(axes[i].count > 0 ? axes[i].count : 1);
    if (points <= OFR_MAX_SWEEP_POINTS) continue;
    ofr_wrong(r, sweep, "take fewer values", "the grid has more than %d points", OFR_MAX_SWEEP_POINTS);
    break;
  }
  return points;
}

void ofr_read_sweep(ofr_reader *r) {
  const ofr_json *object = ofr_json_get(r->root, "sweep");
  if (!object || !ofr_has_type(r, object, OFR_JSON_OBJECT)) return;
  sweep_reader x = {.r = r, .axes = ofr_take(r, OFR_MAX_AXES, sizeof *x.axes), .plan_is_whole = r->d->errors == 0};
  int count = 0;
  for (const ofr_json *item = object->first; item; item = item->next) {
    if (ofr_is_note(item)) ofr_has_type(r, item, OFR_JSON_STRING);
    else {
      count++;
      read_axis(&x, item);
    }
  }
  if (count == 0)
    ofr_wrong(r, object, "write {\"/contracts/NAME/windows/0/amount\": [0, 1e9, 2.5e9]}", "there is nothing to sweep");
  if (count > OFR_MAX_AXES) ofr_wrong(r, object, "sweep the others apart", "%d axes are more than %d", count, OFR_MAX_AXES);
  ofr_sweep *sweep = ofr_take(r, 1, sizeof *sweep);
  *sweep = (ofr_sweep){r->root, x.axes, x.count, count_points(r, object, x.axes, x.count)};
  r->plan->sweep = sweep;
}

/* ---- points ---- */

double ofr_sweep_value(const ofr_sweep *sweep, uint64_t point, int axis) {
  for (int i = sweep->axis_count - 1; i > axis; i--) point /= (uint64_t)sweep->axes[i].count;
  return sweep->axes[axis].values[point % (uint64_t)sweep->axes[axis].count];
}

/* The plan without its sweep, to be changed. */
static ofr_json *root_for_trial(const ofr_sweep *sweep, ofr_arena *arena) {
  ofr_json *root = ofr_json_copy(sweep->root, arena);
  if (!root) return NULL;
  for (ofr_json **link = &root->first; *link; link = &(*link)->next)
    if (!strcmp((*link)->key, "sweep")) {
      *link = (*link)->next;
      root->count--;
      return root;
    }
  return root;
}

/* The plan with the value in its place; false after a diagnosed error, or when out of memory. */
static bool put(ofr_json *root, const char *pointer, double value, const char *file, ofr_arena *arena, ofr_diagnostics *d) {
  ofr_text literal = {0};
  ofr_text_number(&literal, value);
  bool done = !literal.failed && ofr_json_set(root, pointer, ofr_text_chars(&literal), file, arena, d);
  ofr_text_free(&literal);
  return done;
}

const ofr_plan *ofr_plan_point(const ofr_plan *plan, uint64_t point, ofr_arena *arena, ofr_diagnostics *d) {
  const ofr_sweep *sweep = plan->sweep;
  ofr_json *root = root_for_trial(sweep, arena);
  for (int i = 0; root && i < sweep->axis_count; i++)
    if (!put(root, sweep->axes[i].pointer, ofr_sweep_value(sweep, point, i), plan->file, arena, d)) return NULL;
  return root ? ofr_plan_read(root, plan->file, arena, d) : NULL;
}

/* What is said of the plan with the value in its place, where the sweep names it. */
static void blame(const ofr_plan *plan, double value, const ofr_json *at, const ofr_diagnostic *error, ofr_diagnostics *d) {
  ofr_text number = {0};
  ofr_text_number(&number, value);
  ofr_diagnose(d, OFR_ERROR, plan->file, at->line, ofr_json_pointer(at, d->arena), error->remedy ? error->remedy : "",
               "with %s in its place the plan is wrong at %s: %s", ofr_text_chars(&number), error->pointer, error->message);
  ofr_text_free(&number);
}

static void try_value(const ofr_plan *plan, const ofr_axis *axis, double value, const ofr_json *at, ofr_diagnostics *d) {
  ofr_arena *arena = ofr_arena_create();
  ofr_diagnostics own = {.arena = arena};
  ofr_json *root = arena ? root_for_trial(plan->sweep, arena) : NULL;
  bool done = root && put(root, axis->pointer, value, plan->file, arena, &own) && ofr_plan_read(root, plan->file, arena, &own);
  int first = 0;
  while (first < own.count && own.items[first].severity != OFR_ERROR) first++;
  if (!done && first < own.count) blame(plan, value, at, &own.items[first], d);
  if (arena) ofr_arena_destroy(arena);
}

void ofr_sweep_trials(const ofr_plan *plan, ofr_diagnostics *d) {
  const ofr_sweep *sweep = plan->sweep;
  if (!sweep) return;
  for (int i = 0; i < sweep->axis_count; i++) {
    const ofr_axis *axis = &sweep->axes[i];
    const ofr_json *item = ofr_json_get(ofr_json_get(sweep->root, "sweep"), axis->pointer);
    bool range = item->type == OFR_JSON_OBJECT; /* its ends tell */
    for (int j = 0; j < axis->count; j += range ? axis->count - 1 : 1)
      try_value(plan, axis, axis->values[j], range ? item : ofr_json_at(item, j), d);
  }
}
