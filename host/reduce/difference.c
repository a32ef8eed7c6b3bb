#include "difference.h"
#include <stdlib.h>
#include "slices.h"

enum { BLOCK = 1024 /* rows whose differences are held at a time */ };

struct ofr_differencer {
  ofr_difference *differences;
  const ofr_metric *metrics;
  int count;
  uint64_t paths;
  bool counted;               /* the first pass is over */
  ofr_slices *slices;
  ofr_distiller **distillers; /* NULL where all is known */
};

ofr_differencer *ofr_differencer_create(ofr_difference *differences, int count, const ofr_metric *metrics, uint64_t paths) {
  ofr_differencer *d = calloc(1, sizeof *d);
  int made = 0;
  if (!d) return NULL;
  *d = (ofr_differencer){.differences = differences, .metrics = metrics, .count = count, .paths = paths};
  d->slices = calloc((size_t)count + 1, sizeof *d->slices);
  d->distillers = calloc((size_t)count + 1, sizeof *d->distillers);
  while (d->distillers && made < count && (d->distillers[made] = ofr_distiller_create(metrics[differences[made].metric].low_is_worse)))
    made++;
  if (d->slices && d->distillers && made == count) return d;
  ofr_differencer_destroy(d);
  return NULL;
}

void ofr_differencer_destroy(ofr_differencer *d) {
  if (!d) return;
  for (int i = 0; d->distillers && i < d->count; i++) ofr_distiller_destroy(d->distillers[i]);
  free(d->distillers);
  free(d->slices);
  free(d);
}

typedef struct feeding {
  ofr_differencer *d;
  const ofr_minuend *columns;
  uint64_t first;
  size_t rows;
} feeding;

static void feed_one(void *context, int worker, uint64_t index) {
  const feeding *f = context;
  const ofr_minuend *from = &f->columns[index];
  int64_t values[BLOCK];
  uint64_t negative = 0;
  (void)worker;
  if (!f->d->distillers[index]) return;
  for (size_t at = 0; at < f->rows; at += BLOCK) {
    size_t n = f->rows - at < BLOCK ? f->rows - at : BLOCK;
    for (size_t i = 0; i < n; i++) values[i] = from->a[at + i] - from->b[at + i];
    const uint64_t *weights = from->weights ? from->weights + at : NULL;
    for (size_t i = 0; i < n; i++) negative += values[i] < 0 ? weights ? weights[i] : 1 : 0;
    ofr_distiller_feed_weighted(f->d->distillers[index], values, weights, n);
    if (!f->d->counted) ofr_slices_feed(&f->d->slices[index], f->d->paths, f->first + at, values, weights, n);
  }
  if (!f->d->counted) f->d->differences[index].negative += negative;
}

void ofr_differencer_feed(ofr_differencer *d, ofr_crew *crew, const ofr_minuend *columns, uint64_t first, size_t rows) {
  feeding f = {d, columns, first, rows};
  ofr_crew_run(crew, (uint64_t)d->count, feed_one, &f, NULL);
}

ofr_pass ofr_differencer_end_pass(ofr_differencer *d) {
  ofr_pass all = OFR_PASS_DONE;
  d->counted = true;
  for (int i = 0; i < d->count; i++) {
    if (!d->distillers[i]) continue;
    ofr_pass pass = ofr_distiller_end_pass(d->distillers[i]);
    if (pass == OFR_PASS_UNLIKE) return pass;
    if (pass == OFR_PASS_AGAIN) {
      all = pass;
      continue;
    }
    double scale = d->metrics[d->differences[i].metric].scale;
    ofr_distiller_finish(d->distillers[i], scale, &d->differences[i].values);
    d->differences[i].slices = ofr_slices_finish(&d->slices[i], d->paths, scale);
    ofr_distiller_destroy(d->distillers[i]);
    d->distillers[i] = NULL;
  }
  return all;
}
