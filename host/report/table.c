/* Tables as aligned text and as markdown: see table.h. */
#include "table.h"
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, DATA_WIDTH = 18, LEAST_LABEL = 16, SINGLE_LABEL = 32 };

ofr_table ofr_table_begin(int labels) { return (ofr_table){.labels = labels}; }
void ofr_table_free(ofr_table *table) { ofr_text_free(&table->cells); }
ofr_text *ofr_table_cell(ofr_table *table) { return &table->cells; }

void ofr_table_end_cell(ofr_table *table) {
  ofr_text_append(&table->cells, "", 1);
  table->cell_count++;
}

void ofr_table_string(ofr_table *table, const char *string) {
  ofr_text_add(&table->cells, string);
  ofr_table_end_cell(table);
}

void ofr_table_money(ofr_table *table, double dollars, ofr_money_unit unit) {
  ofr_figure_money(&table->cells, dollars, unit);
  ofr_table_end_cell(table);
}

void ofr_table_end_row(ofr_table *table) {
  if (table->rows == 0) table->columns = table->cell_count;
  table->rows++;
  while (table->cell_count < table->rows * table->columns) ofr_table_end_cell(table);
}

/* Cells by position, and how wide each column is shown. */
typedef struct layout {
  const char **cells;
  int *widths;
} layout;

static int sum_of(const int *widths, int from, int to, int most) {
  int sum = 0;
  for (int c = from; c < to; c++) sum += GAP + (widths[c] < most ? widths[c] : most);
  return sum;
}

/* What fits is shown whole. Else labels get what the other columns leave, longest cut first; where that is too little to tell
 * them apart by, the table breaks, and they get their fair part of the width. */
static void cap_widths(const ofr_table *table, int width, int *widths) {
  const int labels = table->labels < table->columns ? table->labels : table->columns;
  if (sum_of(widths, 0, table->columns, width) - GAP <= width) return;
  for (int c = labels; c < table->columns; c++)
    if (widths[c] > DATA_WIDTH) widths[c] = DATA_WIDTH;
  int left = width + GAP - sum_of(widths, labels, table->columns, DATA_WIDTH), fair = width * 6 / 10, most = width;
  if (labels == 1) fair = SINGLE_LABEL + GAP;
  if (left < fair && left < labels * (LEAST_LABEL + GAP)) left = fair;
  while (most > 1 && sum_of(widths, 0, labels, most) > left) most--;
  int rest = left - sum_of(widths, 0, labels, most);
  for (int c = labels - 1; c >= 0; c--)
    if (widths[c] > most) widths[c] = most + (rest-- > 0);
}

/* False when out of memory. */
static bool lay_out(const ofr_table *table, int width, layout *l) {
  size_t count = (size_t)table->rows * (size_t)table->columns;
  l->cells = malloc((count + 1) * sizeof *l->cells);
  l->widths = calloc((size_t)table->columns + 1, sizeof *l->widths);
  if (l->cells == NULL || l->widths == NULL || table->cells.failed) return false;
  const char *cell = ofr_text_chars(&table->cells);
  for (size_t i = 0; i < count; i++, cell += strlen(cell) + 1) {
    int column = (int)(i % (size_t)table->columns), wide = ofr_text_width(cell);
    l->cells[i] = cell;
    if (wide > l->widths[column]) l->widths[column] = wide;
  }
  cap_widths(table, width, l->widths);
  return true;
}

static void free_layout(layout *l) {
  free(l->cells);
  free(l->widths);
}

static void put_cell(ofr_text *out, const char *cell, int width, bool left, bool last) {
  int wide = ofr_text_width(cell), pad = wide < width ? width - wide : 0;
  if (!left) ofr_text_repeat(out, " ", pad);
  ofr_text_clip(out, cell, width);
  if (left && !last) ofr_text_repeat(out, " ", pad);
}

/* Whether every label of a row up to this one is as in the row above; the last label always shows. */
static bool repeats(const ofr_table *table, const layout *l, int row, int column) {
  if (row < 2 || column >= table->labels - 1) return false;
  for (int c = 0; c <= column; c++)
    if (strcmp(l->cells[row * table->columns + c], l->cells[(row - 1) * table->columns + c]) != 0) return false;
  return true;
}

static void put_row(const ofr_table *table, const layout *l, int row, int from, int to, ofr_text *out) {
  for (int c = 0; c < to; c++) {
    if (c >= table->labels && c < from) continue;
    if (c > 0) ofr_text_repeat(out, " ", GAP);
    const char *cell = repeats(table, l, row, c) ? "" : l->cells[row * table->columns + c];
    put_cell(out, cell, l->widths[c], c < table->labels, c == to - 1);
  }
  while (out->size > 0 && out->data[out->size - 1] == ' ') out->data[--out->size] = '\0';
  ofr_text_add(out, "\n");
}

static int rule_width(const ofr_table *table, const layout *l, int from, int to) {
  int width = 0;
  for (int c = 0; c < to; c++)
    if (c < table->labels || c >= from) width += l->widths[c] + (c > 0 ? GAP : 0);
  return width;
}

/* The columns `from` .. `to` - 1 with the labels before them. */
static void put_part(const ofr_table *table, const layout *l, int from, int to, bool color, ofr_text *out) {
  if (color) ofr_text_add(out, "\x1b[2m");
  put_row(table, l, 0, from, to, out);
  ofr_text_repeat(out, "\xE2\x94\x80", rule_width(table, l, from, to));
  if (color) ofr_text_add(out, "\x1b[0m");
  ofr_text_add(out, "\n");
  for (int row = 1; row < table->rows; row++) put_row(table, l, row, from, to, out);
}

void ofr_table_text(const ofr_table *table, int width, bool color, ofr_text *out) {
  layout l = {0};
  if (!lay_out(table, width, &l)) out->failed = true;
  for (int from = table->labels; !out->failed && from < table->columns;) {
    int to = from + 1;
    while (to < table->columns && rule_width(table, &l, from, to + 1) <= width) to++;
    if (from > table->labels) ofr_text_add(out, "\n");
    put_part(table, &l, from, to, color, out);
    from = to;
  }
  free_layout(&l);
}

void ofr_table_markdown(const ofr_table *table, ofr_text *out) {
  layout l = {0};
  if (!lay_out(table, 0, &l)) out->failed = true;
  for (int row = 0; !out->failed && row < table->rows; row++) {
    for (int c = 0; c < table->columns; c++) {
      ofr_text_add(out, c == 0 ? "| " : " | ");
      ofr_text_markdown(out, l.cells[row * table->columns + c]);
    }
    ofr_text_add(out, " |\n");
    for (int c = 0; row == 0 && c < table->columns; c++) ofr_text_add(out, c < table->labels ? "|:---" : "|---:");
    if (row == 0) ofr_text_add(out, "|\n");
  }
  free_layout(&l);
}
