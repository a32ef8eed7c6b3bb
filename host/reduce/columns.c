#include "columns.h"
#include <stdlib.h>
#include "distribution.h"
#include "slices.h"

enum { PIECE = 1 << 15 /* rows handed out together where workers share a column */ };

typedef struct table {
  const ofr_column *columns;
  uint64_t rows;
  ofr_distiller **distillers; /* by worker */
  ofr_slices *slices;         /* the same */
  bool seen;                  /* the first pass is over */
} table;

static void feed(const table *table, const ofr_column *column, int worker, uint64_t at, size_t rows) {
  const int64_t *values = column->values + at;
  const uint64_t *weights = column->weights ? column->weights + at : NULL;
  ofr_distiller_feed_weighted(table->distillers[worker], values, weights, rows);
  if (column->slices && !table->seen) ofr_slices_feed(&table->slices[worker], table->rows, at, values, weights, rows);
}

static void distil_whole(void *context, int worker, uint64_t index) {
  const table *table = context;
  const ofr_column *column = &table->columns[index];
  ofr_distiller *d = table->distillers[worker];
  ofr_distiller_reset(d, column->metric->low_is_worse);
  table->slices[worker] = (ofr_slices){0};
  feed(table, column, worker, 0, table->rows);
  while (ofr_distiller_end_pass(d) == OFR_PASS_AGAIN)
    ofr_distiller_feed_weighted(d, column->values, column->weights, table->rows);
  ofr_distiller_finish(d, column->metric->scale, column->out);
  if (column->slices) *column->slices = ofr_slices_finish(&table->slices[worker], table->rows, column->metric->scale);
}

static void feed_piece(void *context, int worker, uint64_t index) {
  const table *table = context; /* of one column */
  uint64_t at = index * PIECE, left = table->rows - at;
  feed(table, table->columns, worker, at, left < PIECE ? left : PIECE);
}

/* All workers on one column: worker 0's distiller leads. */
static void distil_shared(ofr_crew *crew, table *table) {
  const ofr_metric *metric = table->columns->metric;
  ofr_distiller **all = table->distillers;
  uint64_t pieces = (table->rows + PIECE - 1) / PIECE;
  ofr_distiller_reset(all[0], metric->low_is_worse);
  for (int i = 0; i < ofr_crew_size(crew); i++) table->slices[i] = (ofr_slices){0};
  table->seen = false;
  do {
    for (int i = 1; i < ofr_crew_size(crew); i++) ofr_distiller_follow(all[i], all[0]);
    ofr_crew_run(crew, pieces, feed_piece, table, NULL);
    for (int i = 1; i < ofr_crew_size(crew); i++) ofr_distiller_merge(all[0], all[i]);
    table->seen = true;
  } while (ofr_distiller_end_pass(all[0]) == OFR_PASS_AGAIN);
  ofr_distiller_finish(all[0], metric->scale, table->columns->out);
  for (int i = 1; i < ofr_crew_size(crew); i++) ofr_slices_merge(&table->slices[0], &table->slices[i]);
  if (table->columns->slices) *table->columns->slices = ofr_slices_finish(table->slices, table->rows, metric->scale);
}

static void distil(ofr_crew *crew, table *table, int count) {
  bool share = table->rows > PIECE && count < 2 * ofr_crew_size(crew); /* else every worker has columns of its own */
  if (!share) ofr_crew_run(crew, (uint64_t)count, distil_whole, table, NULL);
  for (; share && count > 0; count--, table->columns++) distil_shared(crew, table);
}

bool ofr_distil_columns(ofr_crew *crew, const ofr_column *columns, int count, uint64_t rows) {
  int workers = ofr_crew_size(crew), made = 0;
  table table = {.columns = columns, .rows = rows, .distillers = calloc((size_t)workers, sizeof *table.distillers),
                 .slices = calloc((size_t)workers, sizeof *table.slices)};
  while (table.distillers && table.slices && made < workers && (table.distillers[made] = ofr_distiller_create(false))) made++;
  if (made == workers) distil(crew, &table, count);
  for (int i = 0; i < made; i++) ofr_distiller_destroy(table.distillers[i]);
  free(table.distillers);
  free(table.slices);
  return made == workers;
}
