#include "difference.h"
#include <stdlib.h>

enum { BLOCK = 1024 /* rows whose differences are held at a time */ };

struct ofr_differencer {
  ofr_difference *differences;
  const ofr_metric *metrics;
  int count;
  bool counted;               /* the first pass is over */
  ofr_distiller **distillers; /* NULL where all is known */
};

ofr_differencer *ofr_differencer_create(ofr_difference *differences, int count, const ofr_metric *metrics) {
  ofr_differencer *d = malloc(sizeof *d);
  if (!d) return NULL;
  *d = (ofr_differencer){differences, metrics, count, false, calloc((size_t)count + 1, sizeof *d->distillers)};
  for (int i = 0; d->distillers && i < count; i++)
    if (!(d->distillers[i] = ofr_distiller_create(metrics[differences[i].metric].low_is_worse))) {
      ofr_differencer_destroy(d);
      return NULL;
    }
  if (d->distillers) return d;
  free(d);
  return NULL;
}

void ofr_differencer_destroy(ofr_differencer *d) {
  if (!d) return;
  for (int i = 0; i < d->count; i++) ofr_distiller_destroy(d->distillers[i]);
  free(d->distillers);
  free(d);
}

typedef struct feeding {
  ofr_differencer *d;
  const ofr_minuend *columns;
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
  }
  if (!f->d->counted) f->d->differences[index].negative += negative;
}

void ofr_differencer_feed(ofr_differencer *d, ofr_crew *crew, const ofr_minuend *columns, size_t rows) {
  feeding f = {d, columns, rows};
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
    ofr_distiller_finish(d->distillers[i], d->metrics[d->differences[i].metric].scale, &d->differences[i].values);
    ofr_distiller_destroy(d->distillers[i]);
    d->distillers[i] = NULL;
  }
  return all;
}
