/* A bound as a long table, one number a row, every digit. `path` is empty where a row is about all of them. */
#include "report.h"
#include "statistics.h"

static ofr_text *begin(ofr_text *out, const char *strategy) {
  ofr_text_csv_string(out, strategy);
  ofr_text_add(out, ",");
  return out;
}

static void write_distribution(ofr_text *out, const char *strategy, const char *name, const ofr_metric *metric,
                               const ofr_distribution *d) {
  for (int i = 0; i < OFR_STATISTICS; i++) {
    ofr_text_printf(begin(out, strategy), ",%s,%s,", name, ofr_statistic_names[i]);
    if (d->count > 0) ofr_statistic_write(out, metric, d, i);
    ofr_text_add(out, "\n");
  }
}

static void write_value(ofr_text *out, const char *strategy, uint64_t path, const char *name, int64_t value, double scale) {
  ofr_text_printf(begin(out, strategy), "%llu,%s,value,", (unsigned long long)path, name);
  ofr_value_write(out, value, scale);
  ofr_text_add(out, "\n");
}

void ofr_bound_csv(const ofr_bound_result *b, const ofr_report_options *options, ofr_text *out) {
  ofr_text_add(out, "strategy,path,metric,statistic,value\n");
  for (int s = 0; s < b->plan->strategy_count; s++) {
    const ofr_bound_strategy *x = &b->strategies[s];
    const char *name = b->plan->strategies[s].name;
    write_distribution(out, name, "lower", &b->money, &x->lower);
    write_distribution(out, name, "upper", &b->money, &x->upper);
    write_distribution(out, name, "gap", &b->ratio, &x->gap);
    write_distribution(out, name, "fractional_gap", &b->ratio, &x->fractional_gap);
    write_distribution(out, name, "beyond_quantum", &b->ratio, &x->beyond_quantum);
    ofr_text_add(begin(out, name), ",beyond_quantum,closed,");
    ofr_text_number(out, x->closed);
    ofr_text_add(out, "\n");
    write_distribution(out, name, "regret", &b->money, &x->regret);
  }
  for (uint64_t i = 0; i < b->paths && options->each; i++)
    for (int s = 0; s < b->plan->strategy_count; s++) {
      uint64_t at = (uint64_t)b->strategies[s].set * b->paths + i;
      const char *name = b->plan->strategies[s].name;
      write_value(out, name, i, "lower", b->lower[at], b->money_quantum);
      write_value(out, name, i, "upper", b->upper[at], b->money_quantum);
      write_value(out, name, i, "fractional", b->fractional[at], b->money_quantum);
      write_value(out, name, i, "rounding", b->rounding[at], b->money_quantum);
      write_value(out, name, i, "total_cost", b->total[(uint64_t)s * b->paths + i], b->money_quantum);
    }
}
