/* A history: what prices, demands or capacities were, month by month or finer, from a CSV file. Either long, a row for each date
 * and name (date,name,value), or wide, a column for each name (date,gpu-price,ai-demand), where a field may be empty. The date
 * column is called `date` or `month`, and holds "2026-01" or "2026-01-31". */
#ifndef OFR_HISTORY_H
#define OFR_HISTORY_H
#include <stdbool.h>
#include "../base/arena.h"
#include "../base/diagnostics.h"

enum { OFR_HISTORY_SERIES = 144, OFR_HISTORY_DATES = 1 << 17 };

typedef struct ofr_history {
  const char *file;
  char digest[65];       /* SHA-256 of the file, hex */
  int count;             /* series, in the order in which the file names them */
  const char **names;
  int *line;             /* [count]: where each is named first */
  int dates;             /* ascending, each once */
  const int *month;      /* [dates] since January of the year 0 */
  const int *day;        /* [dates] of the month, 1 where the file has months alone */
  const double *years;   /* [dates] since the first */
  bool monthly;          /* no two dates lie in one month */
  const double *values;  /* [dates x count], above 0; NAN where there is none */
} ofr_history;

/* NULL after diagnosed errors, which name line and column, or when memory ran out. */
const ofr_history *ofr_history_read(const char *file, ofr_arena *arena, ofr_diagnostics *d);
/* "2026-01", or "2026-01-31" where any date has its day. `out` holds at least 11 bytes. */
void ofr_history_date(const ofr_history *history, int date, char out[11]);
#endif
