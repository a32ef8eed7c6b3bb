/* The statistics of a distribution by name, and where in a result a metric is found. Shared by every format, so that all of
 * them hold the same numbers under the same names. */
#ifndef OFR_STATISTICS_H
#define OFR_STATISTICS_H
#include "../base/text.h"
#include "../reduce/result.h"

enum { OFR_STATISTICS = 5 + OFR_QUANTILES + 2 }; /* mean se sd min max p01 .. p99 cvar95 cvar99 */

extern const char *const ofr_statistic_names[OFR_STATISTICS];
extern const char *const ofr_band_names[OFR_BAND_QUANTILES]; /* p05 p25 p50 p75 p95 */

/* A JSON number, exact where the books are (min, max, quantiles of money and ratios); `null` where there is none. */
void ofr_statistic_write(ofr_text *out, const ofr_metric *metric, const ofr_distribution *d, int statistic);
/* One value of a column or a series, exactly, in its unit. */
void ofr_value_write(ofr_text *out, int64_t value, double scale);
double ofr_value(int64_t value, double scale);
/* Share of paths with a value above zero. */
double ofr_positive_share(const ofr_distribution *d);
/* Whether a statistic is a month of the horizon, and its name, "2028-12". Means and deviations are numbers of months. */
bool ofr_statistic_month(const ofr_plan *plan, const ofr_metric *metric, const ofr_distribution *d, int statistic, char name[8]);
/* The mean over all paths of a monthly series; NAN in a month in which no path has a value. */
double ofr_band_mean(const ofr_result *result, const ofr_band *band, int month);
/* Whether a year of the series means anything: not of prices. */
bool ofr_band_sums_up(const ofr_band *band);

/* Index of a metric, or -1. `subject` matters outside OFR_GROUP_METRIC only. */
int ofr_metric_index(const ofr_result *result, ofr_metric_group group, int subject, const char *name);
/* The same, as the distribution under a strategy; NULL when the result has no such metric. */
const ofr_distribution *ofr_distribution_of(const ofr_result *result, int strategy, ofr_metric_group group, int subject,
                                            const char *name);
/* The next subject >= `from` for which the group has the metric, or -1. */
int ofr_next_subject(const ofr_result *result, ofr_metric_group group, int from, const char *name);
const ofr_band *ofr_band_of(const ofr_result *result, int strategy, const char *name, int provider);
/* a minus b whichever way round the result holds it; count 0 when it does not. */
ofr_comparison ofr_comparison_of(const ofr_result *result, int a, int b);
bool ofr_signs(const ofr_result *result, int strategy, int contract);
#endif
