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
  ofr_tail_slices *tails;     /* the same */
  bool seen;                  /* the first pass is over */
} table;

/* What a worker makes of its rows in a pass, beside the distribution. */
static void feed(const table *table, const ofr_column *column, int worker, uint64_t at, size_t rows) {
  const int64_t *values = column->values + at;
  const uint64_t *weights = column->weights ? column->weights + at : NULL;
  ofr_tail_slices *tail = &table->tails[worker];
  ofr_distiller_feed_weighted(table->distillers[worker], values, weights, rows);
  if (column->slices && !table->seen) ofr_slices_feed(&table->slices[worker], table->rows, at, values, weights, rows);
  if (column->cvar95_slices && tail->known) ofr_tail_slices_feed(tail, table->rows, at, values, weights, rows);
}

static void finish(const ofr_column *column, const ofr_distiller *d, const ofr_slices *slices, const ofr_tail_slices *tail,
                   uint64_t rows) {
  double scale = column->metric->scale;
  ofr_distiller_finish(d, scale, column->out);
  if (!column->slices) return;
  *column->slices = ofr_slices_finish(slices, rows, scale);
  if (column->cvar95_slices && !ofr_tail_slices_finish(tail, slices, rows, scale, column->out, *column->cvar95_slices))
    *column->cvar95_slices = NULL;
}

/* Where this pass knows where the tail begins, it is taken in anew. */
static void begin_tail(ofr_tail_slices *tail, const ofr_distiller *d) {
  int64_t edge;
  if (ofr_distiller_tail(d, &edge)) *tail = (ofr_tail_slices){.known = true, .edge = edge};
}

static void distil_whole(void *context, int worker, uint64_t index) {
  table own = *(const table *)context;
  const ofr_column *column = &own.columns[index];
  ofr_distiller *d = own.distillers[worker];
  ofr_tail_slices *tail = &own.tails[worker], none = {.known = false}, last = none;
  ofr_distiller_reset(d, column->metric->low_is_worse);
  own.slices[worker] = (ofr_slices){0};
  do {
    *tail = none;
    begin_tail(tail, d);
    feed(&own, column, worker, 0, own.rows);
    if (tail->known) last = *tail;
    own.seen = true;
  } while (ofr_distiller_end_pass(d) == OFR_PASS_AGAIN);
  finish(column, d, &own.slices[worker], &last, own.rows);
}

static void feed_piece(void *context, int worker, uint64_t index) {
  const table *table = context; /* of one column */
  uint64_t at = index * PIECE, left = table->rows - at;
  feed(table, table->columns, worker, at, left < PIECE ? left : PIECE);
}

/* All workers on one column: worker 0's distiller leads. */
static void distil_shared(ofr_crew *crew, table *table) {
  ofr_distiller **all = table->distillers;
  ofr_tail_slices *tails = table->tails, none = {.known = false}, last = none;
  uint64_t pieces = (table->rows + PIECE - 1) / PIECE;
  int size = ofr_crew_size(crew);
  ofr_distiller_reset(all[0], table->columns->metric->low_is_worse);
  for (int i = 0; i < size; i++) table->slices[i] = (ofr_slices){0};
  table->seen = false;
  do {
    for (int i = 1; i < size; i++) ofr_distiller_follow(all[i], all[0]);
    for (int i = 0; i < size; i++) tails[i] = none, begin_tail(&tails[i], all[0]);
    ofr_crew_run(crew, pieces, feed_piece, table, NULL);
    for (int i = 1; i < size; i++) ofr_distiller_merge(all[0], all[i]), ofr_tail_slices_merge(&tails[0], &tails[i]);
    if (tails[0].known) last = tails[0];
    table->seen = true;
  } while (ofr_distiller_end_pass(all[0]) == OFR_PASS_AGAIN);
  for (int i = 1; i < size; i++) ofr_slices_merge(&table->slices[0], &table->slices[i]);
  finish(table->columns, all[0], table->slices, &last, table->rows);
}

static void distil(ofr_crew *crew, table *table, int count) {
  bool share = table->rows > PIECE && count < 2 * ofr_crew_size(crew); /* else every worker has columns of its own */
  if (!share) ofr_crew_run(crew, (uint64_t)count, distil_whole, table, NULL);
  for (; share && count > 0; count--, table->columns++) distil_shared(crew, table);
}

bool ofr_distil_columns(ofr_crew *crew, const ofr_column *columns, int count, uint64_t rows) {
  int workers = ofr_crew_size(crew), made = 0;
  table table = {.columns = columns, .rows = rows, .distillers = calloc((size_t)workers, sizeof *table.distillers),
                 .slices = calloc((size_t)workers, sizeof *table.slices),
                 .tails = calloc((size_t)workers, sizeof *table.tails)};
  bool room = table.distillers && table.slices && table.tails;
  while (room && made < workers && (table.distillers[made] = ofr_distiller_create(false))) made++;
  if (made == workers) distil(crew, &table, count);
  for (int i = 0; i < made; i++) ofr_distiller_destroy(table.distillers[i]);
  free(table.distillers);
  free(table.slices);
  free(table.tails);
  return made == workers;
}
