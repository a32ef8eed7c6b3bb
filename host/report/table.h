/* A table before it has a look: cells of text, row by row, the headings first. Made by writing into `cells` and ending each
 * cell; shown as aligned columns or as markdown. Not for data exchange: CSV has every digit and no layout. */
#ifndef OFR_TABLE_H
#define OFR_TABLE_H
#include "../base/text.h"
#include "figures.h"

typedef struct ofr_table {
  int labels;  /* leading columns that name the row: to the left, repeated where a wide table is broken */
  int columns; /* set by the first row */
  int rows;    /* complete ones, the headings included */
  int cell_count;
  ofr_text cells; /* each ends with a NUL */
} ofr_table;

ofr_table ofr_table_begin(int labels);
void ofr_table_free(ofr_table *table);
ofr_text *ofr_table_cell(ofr_table *table); /* where the current cell is written */
void ofr_table_end_cell(ofr_table *table);
void ofr_table_string(ofr_table *table, const char *string); /* a whole cell */
void ofr_table_money(ofr_table *table, double dollars, ofr_money_unit unit); /* likewise */
void ofr_table_end_row(ofr_table *table);                    /* fills up with empty cells */

/* Aligned by display width, at most `width` columns: long names are clipped, and a table too wide is broken into parts that
 * repeat the labels. A label like the one above it is left out. */
void ofr_table_text(const ofr_table *table, int width, bool color, ofr_text *out);
void ofr_table_markdown(const ofr_table *table, ofr_text *out);
#endif
