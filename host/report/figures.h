/* How amounts look to people: money in one unit a table, an error that says how many decimals matter, shares that never
 * round to "never" or "always". Not for machines: they get every digit. In sentences a no-break space holds a figure
 * together. */
#ifndef OFR_FIGURES_H
#define OFR_FIGURES_H
#include "../base/text.h"

typedef struct ofr_money_unit {
  double dollars;   /* in one of it */
  const char *name; /* "$ million" */
  int decimals;
} ofr_money_unit;

/* The unit for a table whose largest amount is `dollars`: four or five digits before the small things disappear. */
ofr_money_unit ofr_money_unit_for(double dollars);
/* That unit, or the first finer one in which `smallest` has two digits; but `largest` never takes more than eight of them. */
ofr_money_unit ofr_money_unit_showing(ofr_money_unit unit, double smallest, double largest);
/* "12,410": nothing at all is a dash, so that what rounds to zero differs from what is zero. */
void ofr_figure_money(ofr_text *out, double dollars, ofr_money_unit unit);

/* How many decimals (0..6) show two digits of an error. */
int ofr_figure_decimals(double error);
void ofr_figure_dollars(ofr_text *out, double dollars);                      /* "$12.41 billion" */
void ofr_figure_dollars_within(ofr_text *out, double dollars, double error); /* "$831 ± 21 million" */
void ofr_figure_percent(ofr_text *out, double share);                        /* "87 %", "4.2 %", "<0.1 %" */
void ofr_figure_percent_cell(ofr_text *out, double share);                   /* one decimal, no sign: for a column */
void ofr_figure_count(ofr_text *out, uint64_t count);                        /* "100,000" */
void ofr_figure_amount(ofr_text *out, double value);                         /* accelerators: "20,134", "3.25", a dash for 0 */
#endif
