/* What repeated measurements of one thing say, and what two such sets say of each other. Medians throughout: whatever else a
 * machine does slows single repeats down, and a median does not mind. */
#ifndef OFR_REPEATS_H
#define OFR_REPEATS_H
#include <stdbool.h>

enum { OFR_REPEATS_MOST = 256 };

typedef struct ofr_repeats {
  int count;
  double median;
  double
      noise; /* of one repeat, relative: 1.4826 x median absolute deviation / median, a standard deviation if they are normal */
  double error;   /* of the median, relative: 1.2533 x noise / sqrt(count) */
} ofr_repeats;

/* Values above 0. Sorts them. All zero when there are none. */
ofr_repeats ofr_repeats_of(double *values, int count);

/* At least five, and the median known to within 1 %. */
bool ofr_repeats_settled(const ofr_repeats *r);

typedef enum ofr_verdict { OFR_SAME, OFR_FASTER, OFR_SLOWER } ofr_verdict;

/* How B is beside A, both rates: SAME unless they differ by more than 2 % and by more than three times their joint error.
 * Fewer than five repeats know their noise too badly: theirs counts as 5 % at least. */
ofr_verdict ofr_repeats_compare(const ofr_repeats *a, const ofr_repeats *b);
#endif
