/* What a history says about the factors of a plan: of each series its volatility, its reversion and the growth it fluctuates
 * around; of each pair the correlation of their changes.
 *
 * A series' logarithm is taken as a + g t + X(t), X a stationary Ornstein-Uhlenbeck process with the plan's volatility and
 * reversion, seen at whatever dates there are: its transitions are exact for any spacing. Reversion and volatility maximise the
 * restricted likelihood (Patterson and Thompson 1971), which does not pay for a and g with a bias of 6/T in the reversion as
 * least squares does, T the length in years; what remains, 2/T to first order (Cheang and Reinsel 2000), is subtracted.
 * Standard errors are those of Fisher's information, and for the reversion of what a short history adds to it. */
#ifndef OFR_CALIBRATION_H
#define OFR_CALIBRATION_H
#include "../plan/history.h"

typedef struct ofr_fitted { double value, se; } ofr_fitted;

typedef struct ofr_series_fit {
  const char *name;
  int count;                 /* values */
  double years;              /* from the first to the last */
  double first, last;        /* values */
  ofr_fitted volatility;   /* per square root of a year */
  ofr_fitted reversion;    /* per year */
  ofr_fitted growth;       /* of the curve, per year: exp(g) - 1 */
  double walk;               /* 2 x the log of how much likelier this reversion makes the history than none does */
} ofr_series_fit;

typedef struct ofr_pair_fit {
  int a, b;                  /* series, a < b */
  int count;                 /* changes that both have */
  ofr_fitted correlation;
} ofr_pair_fit;

typedef struct ofr_calibration {
  const ofr_history *history;
  int count, pairs;
  ofr_series_fit *series;    /* [count] */
  ofr_pair_fit *pair;        /* [pairs]: every pair that shares changes */
  double shrunk;             /* all correlations were multiplied by this so that they hold together; 1: they did */
} ofr_calibration;

enum { OFR_CALIBRATION_LEAST = 12 /* values */ };

/* Diagnoses series that are too short, or do not move. NULL after an error, or when memory ran out. */
const ofr_calibration *ofr_calibrate(const ofr_history *history, ofr_arena *arena, ofr_diagnostics *d);
#endif
