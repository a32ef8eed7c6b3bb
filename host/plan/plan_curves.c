/* Curves: a number, a growing value, or points in time, evaluated month by month. */
#include "plan_reader.h"
#include "../base/fixed_math.h"
#include <string.h>

typedef struct point {
  int month; /* may lie outside the horizon */
  double value;
} point;

void ofr_find_max(ofr_curve *curve, int months) {
  curve->max = 0;
  for (int t = 0; t < months; t++)
    if (curve->at[t] > curve->max) curve->max = curve->at[t];
}

/* start x (1 + growth)^(t/12) */
static void grow(ofr_reader *r, const ofr_json *value, ofr_range range, double *at) {
  const int months = r->plan->months;
  const double start = ofr_number_at(r, value, "start", range, 0);
  const double growth = ofr_number_at(r, value, "growth", ofr_growth, 0);
  for (int t = 0; t < months; t++) {
    at[t] = start * ofr_pow(1 + growth, t / 12.0);
    if (at[t] <= range.to) continue;
    char name[8];
    ofr_plan_month_name(r->plan, t, name);
    ofr_wrong(r, value, ofr_phrase(r, "grow less, or end the curve with points; the most is %g", range.to),
              "the curve grows beyond all bounds in %s", name);
    memset(at, 0, (size_t)months * sizeof *at);
    return;
  }
}

static bool read_point(ofr_reader *r, const ofr_json *item, ofr_range range, point *out) {
  if (item->type != OFR_JSON_ARRAY || item->count != 2) {
    ofr_wrong(r, item, "write [\"2026-01\", 8000]", "a point is a list of a month and a number");
    return false;
  }
  out->value = ofr_number(r, item->first->next, range, 0);
  return ofr_month(r, item->first, &out->month);
}

/* At least one; NULL after a diagnosis that leaves none. */
static point *read_points(ofr_reader *r, const ofr_json *list, ofr_range range, int *count) {
  *count = 0;
  if (!ofr_has_type(r, list, OFR_JSON_ARRAY)) return NULL;
  if (list->count == 0) ofr_wrong(r, list, "add a point like [\"2026-01\", 8000]", "the list of points is empty");
  point *points = ofr_take(r, list->count, sizeof *points);
  for (const ofr_json *item = list->first; item; item = item->next) {
    point p;
    if (!read_point(r, item, range, &p)) continue;
    if (*count > 0 && p.month <= points[*count - 1].month)
      ofr_wrong(r, item, "order the points by month, each month once", "this point does not come after the one before it");
    else points[(*count)++] = p;
  }
  return *count > 0 ? points : NULL;
}

static double between(point left, point right, int month) {
  return left.value + (right.value - left.value) * (month - left.month) / (right.month - left.month);
}

/* Before the first point its value, after the last one the last's. */
static void join_points(ofr_reader *r, const ofr_json *value, ofr_range range, double *at) {
  static const char *const ways[] = {"linear", "step", NULL};
  const bool step = ofr_word_at(r, value, "interpolate", ways, 0) == 1;
  int count;
  const point *points = read_points(r, ofr_json_get(value, "points"), range, &count);
  if (!points) return;
  int next = 0; /* the first point after month t */
  for (int t = 0; t < r->plan->months; t++) {
    while (next < count && points[next].month <= t) next++;
    if (next == 0) at[t] = points[0].value;
    else if (next == count || step) at[t] = points[next - 1].value;
    else at[t] = between(points[next - 1], points[next], t);
  }
}

ofr_curve ofr_curve_of(ofr_reader *r, const ofr_json *value, ofr_range range) {
  static const char shapes[] = "write a number, {\"start\": 8000, \"growth\": 0.6} or {\"points\": [[\"2026-01\", 8000], ...]}";
  double *at = ofr_take(r, r->plan->months, sizeof *at);
  ofr_curve curve = {.at = at};
  if (!value) return curve;
  if (value->type == OFR_JSON_NUMBER) {
    const double level = ofr_number(r, value, range, 0);
    for (int t = 0; t < r->plan->months; t++) at[t] = level;
  } else if (value->type != OFR_JSON_OBJECT) {
    ofr_wrong(r, value, shapes, "%s stands where a curve belongs", ofr_seen(r, value));
  } else if (ofr_json_get(value, "points") || ofr_json_get(value, "interpolate")) {
    ofr_is_object(r, value, OFR_OBJECT_POINTS);
    join_points(r, value, range, at);
  } else if (!ofr_json_get(value, "start") && !ofr_json_get(value, "growth")) {
    ofr_wrong(r, value, shapes, "this object is no curve");
  } else {
    ofr_is_object(r, value, OFR_OBJECT_GROWTH);
    grow(r, value, range, at);
  }
  ofr_find_max(&curve, r->plan->months);
  return curve;
}
