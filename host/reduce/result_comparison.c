#include "result_comparison.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "slices.h"

/* Two doubles that were rounded on other ways to the same number. */
#define ROUNDING 1e-12
/* Digests are of integers: whatever version made means of them, they agree as far as this. */
#define EQUAL_BITS 1e-9

/* A record, and its figures in the order of their keys. */
typedef struct side {
  const ofr_record *record;
  const ofr_figure **sorted;
} side;

/* ---- what is looked at ---- */

static bool is_listed(const char *list, const char *name) {
  size_t length = strlen(name);
  for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
    if (!strncmp(at, name, length) && (at[length] == ',' || at[length] == 0)) return true;
  return false;
}

static bool in_both(const ofr_result_comparison *c, const char *strategy) {
  return ofr_record_has_strategy(c->a, strategy) && ofr_record_has_strategy(c->b, strategy);
}

/* Who asks for one strategy need not hear that another, to which it was compared, is gone. */
static bool is_wanted(const ofr_figure *f, const ofr_result_comparison *c) {
  const char *only = c->options.strategy;
  if (!strcmp(f->metric, OFR_FIGURE_TAIL) && !(ofr_record_has_metric(c->a, f->metric) && ofr_record_has_metric(c->b, f->metric)))
    return false; /* of a result of before it is not known, and so neither gone nor new */
  if (c->options.metrics && !is_listed(c->options.metrics, f->metric)) return false;
  if (!only) return true;
  if (f->group != OFR_FIGURE_COMPARISON) return !strcmp(f->strategy, only);
  return !strcmp(f->strategy, only) ? in_both(c, f->subject) : !strcmp(f->subject, only) && in_both(c, f->strategy);
}

/* ---- finding ---- */

static int by_key(const ofr_figure *x, const ofr_figure *y) {
  int order = x->point == y->point ? 0 : strcmp(x->point, y->point);
  if (!order) order = (x->group > y->group) - (x->group < y->group);
  if (!order) order = strcmp(x->strategy, y->strategy);
  if (!order) order = strcmp(x->subject, y->subject);
  return order ? order : strcmp(x->metric, y->metric);
}

static int by_key_of(const void *x, const void *y) {
  return by_key(*(const ofr_figure *const *)x, *(const ofr_figure *const *)y);
}

/* The figures of a record in the order of their keys; NULL when memory ran out. */
static const ofr_figure **sorted(const ofr_record *r, ofr_arena *arena) {
  const ofr_figure **all = ofr_arena_alloc(arena, (size_t)r->figure_count, sizeof *all);
  for (int i = 0; all && i < r->figure_count; i++) all[i] = &r->figures[i];
  if (all) qsort(all, (size_t)r->figure_count, sizeof *all, by_key_of);
  return all;
}

static const ofr_figure *look_up(const side *s, const ofr_figure *key) {
  const ofr_figure **found = bsearch(&key, s->sorted, (size_t)s->record->figure_count, sizeof *s->sorted, by_key_of);
  return found ? *found : NULL;
}

/* The same figure on another side, also the other way round. What is known of it in *other: no value when it is not found. */
static bool find(const side *in, const ofr_figure *f, ofr_figure *other) {
  const ofr_figure *same = look_up(in, f), *reverse = NULL;
  ofr_figure key = *f;
  key.strategy = f->subject;
  key.subject = f->strategy;
  if (!same && f->group == OFR_FIGURE_COMPARISON) reverse = look_up(in, &key);
  *other = same ? *same : reverse ? *reverse : (ofr_figure){.value = {NAN, NAN}};
  if (reverse) other->value = reverse->reversed, other->slices = reverse->reversed_slices;
  return same || reverse;
}

/* ---- pairs ---- */

/* Of what is the same under every strategy, the first one's. */
static double total_before(const side *a, const ofr_figure *f) {
  const char *strategy = *f->strategy || a->record->strategy_count == 0 ? f->strategy : a->record->strategies[0];
  const ofr_figure key = {.point = f->point, .strategy = strategy, .subject = "", .metric = "total_cost"};
  const ofr_figure *total = look_up(a, &key);
  return total ? fabs(total->value.mean) : NAN;
}

static double weight_of(const ofr_figure_pair *p, const side *a) {
  double size = fabs(p->difference), whole = 1;
  if (p->figure->unit == OFR_FIGURE_MONEY) whole = total_before(a, p->figure);
  else if (p->figure->unit != OFR_FIGURE_SHARE) whole = fabs(p->a.mean);
  if (whole > 0) return size / whole;
  return size / fmax(fabs(p->a.mean), fabs(p->b.mean));
}

/* A share of the futures that moved by d: a share d of them changed at least, which errs by so much (McNemar, Psychometrika 12,
 * 1947). Where few change, slices tell less. */
static double least_error(const ofr_figure *a, const ofr_figure *b, double moved) {
  const double paths = fmin(a->of_paths, b->of_paths), share = fmin(fabs(moved), 1);
  return paths > 0 ? sqrt(share * (1 - share) / paths) : 0;
}

/* On the same futures, what the differences of their slices say. A figure that has no noise has no slices. */
static void pair_noise(ofr_figure_pair *p, const ofr_figure *a, const ofr_figure *b) {
  static const double none[OFR_SLICES];
  int count = a->slices ? a->slice_count : b->slices ? b->slice_count : 0;
  bool known_a = a->slices || a->value.se == 0, known_b = b->slices || b->value.se == 0;
  if (count < 2 || count > OFR_SLICES || !known_a || !known_b || (a->slices && b->slices && a->slice_count != b->slice_count))
    return;
  p->paired = true;
  p->degrees = count - 1;
  p->se = fmax(ofr_slices_error(b->slices ? b->slices : none, a->slices ? a->slices : none, count),
               least_error(a, b, p->difference));
}

static ofr_move move_of(const ofr_figure_pair *p, const ofr_compare_options *o) {
  double limit = p->paired ? ofr_student_limit(o->noise, p->degrees) : o->noise;
  bool within_noise = fabs(p->difference) <= limit * p->se; /* never of what is not known */
  if (p->difference == 0 || within_noise || !(fabs(p->difference) > o->threshold * fabs(p->a.mean))) return OFR_STAYED;
  return p->difference > 0 ? OFR_ROSE : OFR_FELL;
}

static bool on_same_futures(const ofr_result_comparison *c, const char *point) {
  if (c->kinship != OFR_SOME_FUTURES || !c->a->is_store) return c->kinship == OFR_SAME_FUTURES;
  const ofr_record_point *p = ofr_record_point_of(c->a, point), *q = ofr_record_point_of(c->b, point);
  return p && q && p->seed == q->seed && p->paths == q->paths;
}

/* Of A's figure and B's, either of which may have no value; `f` is the one that names both. */
static ofr_figure_pair pair_of(const ofr_result_comparison *c, const ofr_figure *f, const ofr_figure *a, const ofr_figure *b,
                               const side *before) {
  bool in_a = !isnan(a->value.mean), in_b = !isnan(b->value.mean);
  ofr_figure_pair p = {.figure = f, .a = a->value, .b = b->value, .difference = b->value.mean - a->value.mean};
  p.apart = p.se = hypot(p.a.se, p.b.se);
  if (in_a && in_b) {
    if (fabs(p.difference) <= ROUNDING * fmax(fabs(p.a.mean), fabs(p.b.mean))) p.difference = 0;
    if (on_same_futures(c, f->point)) pair_noise(&p, a, b);
    p.move = move_of(&p, &c->options);
    p.weight = p.difference == 0 ? 0 : weight_of(&p, before);
  } else if (in_a) p.move = OFR_GONE;
  else if (in_b) p.move = OFR_NEW;
  p.relative = p.a.mean != 0 ? p.difference / fabs(p.a.mean) : NAN;
  return p;
}

static void pair_up(ofr_result_comparison *c, const side *a, const side *b) {
  ofr_figure other;
  for (int i = 0; i < c->a->figure_count; i++) {
    const ofr_figure *f = &c->a->figures[i];
    if (!is_wanted(f, c)) continue;
    bool found = find(b, f, &other);
    c->pairs[c->count] = pair_of(c, f, f, &other, a);
    if (found && f->group == OFR_FIGURE_COMPARISON && isnan(other.value.mean))
      c->pairs[c->count].move = OFR_STAYED; /* not known reversed */
    c->pairs[c->count++].point_in_both = ofr_record_point_of(c->b, f->point) != NULL;
  }
  for (int i = 0; i < c->b->figure_count; i++) {
    const ofr_figure *f = &c->b->figures[i];
    if (!is_wanted(f, c) || find(a, f, &other)) continue;
    c->pairs[c->count] = pair_of(c, f, &other, f, a);
    c->pairs[c->count++].point_in_both = ofr_record_point_of(c->a, f->point) != NULL;
  }
}

/* ---- what they come to ---- */

static int by_weight(const void *left, const void *right) {
  const ofr_figure_pair *a = *(const ofr_figure_pair *const *)left, *b = *(const ofr_figure_pair *const *)right;
  return a->weight != b->weight ? (a->weight < b->weight) - (a->weight > b->weight) : (a > b) - (a < b);
}

/* The first of its point: those of a point come in a row. */
static bool begins(const ofr_figure_pair *p, const char **last) {
  bool first = !*last || strcmp(*last, p->figure->point);
  *last = p->figure->point;
  return first;
}

static void count_up(ofr_result_comparison *c) {
  const char *last = NULL, *last_gone = NULL, *last_new = NULL;
  for (int i = 0; i < c->count; i++) {
    const ofr_figure_pair *p = &c->pairs[i];
    c->compared += !isnan(p->difference);
    c->differing += !isnan(p->difference) && p->difference != 0;
    c->noisy += p->apart > 0 && !isnan(p->difference);
    c->paired += p->apart > 0 && !isnan(p->difference) && p->paired;
    c->gone += p->move == OFR_GONE;
    c->fresh += p->move == OFR_NEW;
    if (!p->point_in_both) {
      c->points_gone += p->move == OFR_GONE && begins(p, &last_gone);
      c->points_new += p->move == OFR_NEW && begins(p, &last_new);
    }
    if (p->move != OFR_ROSE && p->move != OFR_FELL) continue;
    c->largest[c->moved++] = p;
    c->points_moved += begins(p, &last);
  }
  qsort(c->largest, (size_t)c->moved, sizeof *c->largest, by_weight);
  if (c->kinship == OFR_OTHER_FUTURES) c->by_chance = c->noisy * erfc(c->options.noise / sqrt(2));
}

static int strategies_without(const ofr_record *a, const ofr_record *b, const char *only) {
  int count = 0;
  for (int i = 0; i < a->strategy_count; i++) count += ofr_record_lacks(b, a->strategies[i], only);
  return count;
}

/* The digest of a plan covers what its file holds. */
static bool is_one_file(const ofr_record *a, const ofr_record *b) {
  bool known = *a->futures_digest && *b->futures_digest;
  return !strcmp(a->plan_digest, b->plan_digest) || (known && !strcmp(a->futures_digest, b->futures_digest));
}

/* Point by point, of those that both have: the same where all are, others where all are. */
static ofr_kinship kinship_of(const ofr_record *a, const ofr_record *b) {
  bool files = *a->futures && *b->futures, all_same = true, all_other = true;
  if (!files && (*a->futures || *b->futures)) return OFR_OTHER_FUTURES;
  for (int i = 0; i < a->point_count; i++) {
    const ofr_record_point *p = &a->points[i], *q = ofr_record_point_of(b, p->settings);
    all_same = all_same && (!q || (p->seed == q->seed && p->paths == q->paths));
    all_other = all_other && (!q || p->seed != q->seed);
  }
  if (files) all_same = all_same && is_one_file(a, b);
  if (files) return all_same ? OFR_SAME_FUTURES : OFR_SOME_FUTURES;
  return all_other ? OFR_OTHER_FUTURES : all_same ? OFR_SAME_FUTURES : OFR_SOME_FUTURES;
}

/* Another version may have figures that this one has not; the same version has all of them, or the file was changed. */
static bool is_equal(const ofr_figure_pair *p, bool same_version) {
  if (isnan(p->difference)) return !same_version || p->move == OFR_STAYED;
  return fabs(p->difference) <= EQUAL_BITS * fmax(fabs(p->a.mean), fabs(p->b.mean));
}

static const ofr_figure_pair *first_unequal(const ofr_result_comparison *c) {
  bool same_version = !strcmp(c->a->version, c->b->version);
  for (int i = 0; i < c->count; i++)
    if (c->pairs[i].figure->group != OFR_FIGURE_BOUND && !is_equal(&c->pairs[i], same_version)) return &c->pairs[i];
  return NULL;
}

/* Digests are of integers alone: two plans with other quanta of money can, in principle, come to the same ones. */
static bool is_same_bits(const ofr_result_comparison *c) {
  return !strcmp(c->a->results_digest, c->b->results_digest) && !first_unequal(c);
}

static void forget_moves(ofr_result_comparison *c) {
  for (int i = 0; i < c->count; i++) c->pairs[i].move = OFR_STAYED;
  c->moved = c->gone = c->fresh = c->differing = 0;
  c->points_moved = c->points_gone = c->points_new = 0;
  c->by_chance = 0;
}

const ofr_result_comparison *ofr_results_compare(const ofr_record *a, const ofr_record *b, const ofr_compare_options *options,
                                                 ofr_arena *arena) {
  ofr_result_comparison *c = ofr_arena_alloc(arena, 1, sizeof *c);
  size_t most = (size_t)a->figure_count + (size_t)b->figure_count;
  if (!c) return NULL;
  *c = (ofr_result_comparison){.a = a, .b = b, .options = *options, .kinship = kinship_of(a, b)};
  c->pairs = ofr_arena_alloc(arena, most, sizeof *c->pairs);
  c->largest = ofr_arena_alloc(arena, most, sizeof *c->largest);
  side before = {a, sorted(a, arena)}, after = {b, sorted(b, arena)};
  if (!c->pairs || !c->largest || !before.sorted || !after.sorted) return NULL;
  pair_up(c, &before, &after);
  count_up(c);
  c->strategies_gone = strategies_without(a, b, options->strategy);
  c->strategies_new = strategies_without(b, a, options->strategy);
  c->same_question = !strcmp(a->plan_digest, b->plan_digest) && c->kinship == OFR_SAME_FUTURES;
  c->same_bits = is_same_bits(c);
  if (c->same_bits) forget_moves(c);
  return c;
}

const ofr_figure_pair *ofr_results_contradict(const ofr_result_comparison *c) {
  bool claimed = !strcmp(c->a->results_digest, c->b->results_digest) && !strcmp(c->a->plan_digest, c->b->plan_digest);
  return claimed ? first_unequal(c) : NULL;
}
