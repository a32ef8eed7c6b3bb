/* What an optimum's sizes make of the plan's constraints: which of them bind, and what that costs. */
#ifndef OFR_OPTIMIZE_CONSTRAINTS_H
#define OFR_OPTIMIZE_CONSTRAINTS_H
#include "../base/text.h"
#include "../reduce/optimum.h"

typedef enum ofr_binding { OFR_BINDS_NOT, OFR_BINDS_MIN, OFR_BINDS_MAX } ofr_binding;

typedef struct ofr_constraint_view {
  double sum;           /* of weight x size */
  ofr_binding binding;  /* the side that is reached, to a hundred-thousandth of what the terms' ranges span */
  bool within_a_step;   /* or only to less than the step of the size that would gain from going on */
  bool has_price;
  ofr_estimate price;   /* what one unit more of leave would save, by the size that gains most from it; below 0: would cost */
} ofr_constraint_view;

ofr_constraint_view ofr_constraint_at(const ofr_optimum *optimum, int constraint);
/* "azure + 2 x block - tail" */
void ofr_constraint_terms(ofr_text *out, const ofr_optimum *optimum, int constraint);
/* "$610.4 billion" where all its terms are money, else "11,840,000". */
void ofr_constraint_sum(ofr_text *out, const ofr_optimum *optimum, int constraint, double sum);
/* Whether they are. */
bool ofr_constraint_is_money(const ofr_optimum *optimum, int constraint);
#endif
