/* Where to begin: see search.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "search_snap.h"

enum { MOST = OFR_MAX_VARIABLES };

static double halton(int index, int base) {
  double share = 0, digit = 1;
  for (; index > 0; index /= base) share += (digit /= base) * (index % base);
  return share;
}

/* Share of variable i in point k: both ends and the middle of all ranges, then each one's ends, then an even spread. */
static double design(int n, int k, int i) {
  static const int primes[MOST] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29,  31,  37,  41,  43,  47,  53,
                                   59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131};
  static const double first[3] = {0.5, 0, 1};
  if (k < 3) return first[k];
  if (n > 1 && k < 3 + 2 * n) return (k - 3) / 2 == i ? (k - 3) % 2 : 0.5;
  return halton(k - (n > 1 ? 2 + 2 * n : 2), primes[i]);
}

static int design_size(int n) {
  int size = n == 1 ? 33 : 3 + 2 * n + 12 * n;
  return size < OFR_SCAN_MOST - 64 ? size : OFR_SCAN_MOST - 64;
}

static bool apart(const ofr_sizing *s, const ofr_place *a, const ofr_place *b) {
  for (int i = 0; i < s->variable_count; i++)
    if (fabs(a->at[i] - b->at[i]) > 0.1 * (s->variables[i].to - s->variables[i].from)) return true;
  return false;
}

/* Best first; among equals the one that was listed first. */
static int choose(const ofr_sizing *s, const ofr_place *all, int count, ofr_place *found, int most) {
  bool taken[OFR_SCAN_MOST] = {false};
  int kept = 0;
  for (int round = 0; round < count && kept < most; round++) {
    int best = -1;
    for (int k = 0; k < count; k++)
      if (!taken[k] && (best < 0 || all[k].value < all[best].value)) best = k;
    taken[best] = true;
    bool near = false;
    for (int k = 0; k < kept; k++) near |= !apart(s, &all[best], &found[k]);
    if (!near) found[kept++] = all[best];
  }
  return kept;
}

static int list_points(const ofr_search *search, const double *starts, int start_count, ofr_place *all) {
  const ofr_sizing *s = search->sizing;
  int n = s->variable_count, count = 0, size = design_size(n);
  for (int k = 0; k < start_count + size && count < OFR_SCAN_MOST; k++) {
    double *at = all[count].at, wish[MOST];
    for (int i = 0; i < n; i++) {
      const ofr_variable *v = &s->variables[i];
      wish[i] = k < start_count ? starts[k * n + i] : v->from + design(n, k - start_count, i) * (v->to - v->from);
    }
    if (!ofr_sizing_nearest(s, wish, at)) continue;
    if (k >= start_count) ofr_search_snap(search, at);
    bool known = false;
    for (int j = 0; j < count; j++) known |= !memcmp(all[j].at, at, (size_t)n * sizeof *at);
    count += !known;
  }
  return count;
}

int ofr_search_scan(const ofr_search *search, const double *starts, int start_count, ofr_place *found, int most) {
  int n = search->sizing->variable_count, kept = 0;
  ofr_place *all = calloc(OFR_SCAN_MOST, sizeof *all);
  double *points = malloc((size_t)search->batch * (size_t)n * sizeof *points),
         *values = malloc((size_t)search->batch * sizeof *values);
  int count = all && points && values ? list_points(search, starts, start_count, all) : 0, done = 0;
  while (done < count) {
    int size = count - done < search->batch ? count - done : search->batch;
    for (int k = 0; k < size; k++) memcpy(points + (size_t)k * (size_t)n, all[done + k].at, (size_t)n * sizeof *points);
    if (!search->evaluate(search->context, points, size, values)) break;
    for (int k = 0; k < size; k++) all[done + k].value = values[k];
    done += size;
  }
  if (count > 0 && done == count) kept = choose(search->sizing, all, count, found, most);
  free(all);
  free(points);
  free(values);
  return kept;
}
