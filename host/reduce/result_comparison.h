/* Two results, figure beside figure: what moved from A to B beyond the noise of both, what is gone, what is new. */
#ifndef OFR_RESULT_COMPARISON_H
#define OFR_RESULT_COMPARISON_H
#include "../base/arena.h"
#include "record.h"

typedef struct ofr_compare_options {
  double noise;         /* standard errors of the difference; 0: every difference counts. Of few slices so many more as leave
                           no more to chance */
  double threshold;     /* as a share of the mean before */
  const char *strategy; /* this one alone, and its comparisons; NULL: all */
  const char *metrics;  /* these alone, joined by commas; NULL: all */
} ofr_compare_options;

typedef enum ofr_move { OFR_STAYED, OFR_ROSE, OFR_FELL, OFR_GONE, OFR_NEW } ofr_move;

typedef struct ofr_figure_pair {
  const ofr_figure *figure; /* A's, or B's where it is new */
  ofr_measured a, b;        /* mean NAN: no value */
  double difference, se;    /* b - a, and its standard error; NAN: not known */
  double apart;             /* what se would be of independent futures: sqrt(se_a^2 + se_b^2) */
  bool paired;              /* se is of the differences on the same futures, by their slices; else it is `apart` */
  int degrees;              /* of freedom, where it is paired */
  double relative;          /* difference / |a|; NAN where a is 0 or a value is missing */
  double weight;            /* how much of the whole it is: of money, |difference| in total costs of the strategy before; of
                               shares |difference|; else |relative| */
  ofr_move move;
  bool point_in_both; /* of stores: the point is in both */
} ofr_figure_pair;

/* How the futures of A and B hang together. */
typedef enum ofr_kinship {
  OFR_SAME_FUTURES, /* one seed, as many paths, one file of futures if any; of stores, at every point that both have */
  OFR_SOME_FUTURES, /* one seed but fewer paths, or both from files: some may be the same */
  OFR_OTHER_FUTURES
} ofr_kinship;

typedef struct ofr_result_comparison {
  const ofr_record *a, *b;
  ofr_compare_options options;
  bool same_bits;     /* equal results digests, and figures as equal */
  bool same_question; /* one plan digest, one seed, as many paths, the same file of futures */
  ofr_kinship kinship;
  int count; /* those of A in its order, then the new ones */
  ofr_figure_pair *pairs;
  int compared;  /* that have a value in both */
  int differing; /* among them: more than by rounding */
  int noisy, paired; /* among the compared, of those that have noise: with it paired */
  int moved, gone, fresh;
  const ofr_figure_pair **largest; /* [moved], by weight */
  double by_chance; /* how many of the compared would lie beyond `noise` if nothing had changed; 0 unless the futures
                       are others */
  int strategies_gone, strategies_new;
  int points_moved, points_gone, points_new; /* of stores; a run is one point */
} ofr_result_comparison;

/* Both records must outlive the comparison. A figure moved when its difference exceeds `noise` standard errors and `threshold`
 * of the mean before; one whose error is not known, when it exceeds the threshold. Differences in the last digits of a double
 * are none. What A has and B has not is gone; what has no value there, too. The same bits have nothing that is gone or new.
 * NULL when memory ran out. */
const ofr_result_comparison *ofr_results_compare(const ofr_record *a, const ofr_record *b, const ofr_compare_options *options,
                                                 ofr_arena *arena);
/* The digests of plan and results are equal, and yet this figure is not: one of the files was changed. NULL: there is none. */
const ofr_figure_pair *ofr_results_contradict(const ofr_result_comparison *c);
#endif
