#include "metrics.h"
#include <string.h>

typedef struct fixed_metric { const char *name; int column; ofr_unit unit; bool low_is_worse; } fixed_metric;

static const fixed_metric fixed[] = {
    {"total_cost", COLUMN_TOTAL, OFR_UNIT_MONEY, false},
    {"cash_cost", COLUMN_CASH, OFR_UNIT_MONEY, false},
    {"usage_cost", COLUMN_USAGE, OFR_UNIT_MONEY, false},
    {"reservation_cost", COLUMN_RESERVATION, OFR_UNIT_MONEY, false},
    {"egress_cost", COLUMN_EGRESS, OFR_UNIT_MONEY, false},
    {"shortfall_cost", COLUMN_SHORTFALL, OFR_UNIT_MONEY, false},
    {"exit_cost", -1, OFR_UNIT_MONEY, false},
    {"grants", -1, OFR_UNIT_MONEY, true},
    {"unmet_cost", COLUMN_UNMET, OFR_UNIT_MONEY, false},
    {"nominal_cash", COLUMN_NOMINAL, OFR_UNIT_MONEY, false},
    {"served", COLUMN_SERVED, OFR_UNIT_RATIO, true},
    {"unit_cost", COLUMN_UNIT_COST, OFR_UNIT_UNIT_COST, false},
    {"concentration", COLUMN_CONCENTRATION, OFR_UNIT_RATIO, false},
};
enum { FIXED = sizeof fixed / sizeof *fixed };

bool ofr_metric_is_cost_or_revenue(const ofr_metric *metric) {
  if (metric->group == OFR_GROUP_METRIC) return metric->unit == OFR_UNIT_MONEY && strcmp(metric->name, "nominal_cash");
  return (metric->group == OFR_GROUP_PROVIDER || metric->group == OFR_GROUP_WORKLOAD) && metric->unit == OFR_UNIT_MONEY;
}

static void add(ofr_metric_table *table, ofr_metric metric, int column) {
  table->metrics[table->count] = metric;
  table->column[table->count++] = column;
}

/* The column of a metric that only plans with its clause have, or -1. */
static int column_of(const ofr_image *im, const fixed_metric *m) {
  if (!strcmp(m->name, "exit_cost")) return im->exits > 0 ? EXIT_COST_COLUMN(im) : -1;
  if (!strcmp(m->name, "grants")) return im->grants > 0 ? GRANT_COLUMN(im) : -1;
  return m->column;
}

bool ofr_metrics_of(const ofr_plan *plan, const ofr_staged *staged, ofr_arena *arena, ofr_metric_table *table) {
  int most = FIXED + 2 * plan->provider_count + plan->vendor_count + 7 * plan->contract_count + plan->workload_count;
  int column = COLUMN_FIXED;
  double money = staged->money_quantum;
  table->count = 0;
  table->metrics = ofr_arena_alloc(arena, (size_t)most, sizeof *table->metrics);
  table->column = ofr_arena_alloc(arena, (size_t)most, sizeof *table->column);
  if (!table->metrics || !table->column) return false;
  for (int i = 0; i < FIXED; i++) {
    double scale = fixed[i].unit == OFR_UNIT_MONEY ? money : fixed[i].unit == OFR_UNIT_RATIO ? 1e-9 : staged->unit_cost_scale;
    add(table, (ofr_metric){OFR_GROUP_METRIC, 0, fixed[i].name, fixed[i].unit, fixed[i].low_is_worse, scale},
        column_of(staged->image, &fixed[i]));
  }
  for (int g = 0; g < plan->provider_count; g++) {
    add(table, (ofr_metric){OFR_GROUP_PROVIDER, g, "revenue", OFR_UNIT_MONEY, false, money}, column++);
    add(table, (ofr_metric){OFR_GROUP_PROVIDER, g, "share", OFR_UNIT_RATIO, false, 1e-9}, column++);
  }
  for (int v = 0; v < plan->vendor_count; v++)
    add(table, (ofr_metric){OFR_GROUP_VENDOR, v, "share", OFR_UNIT_RATIO, false, 1e-9}, column++);
  for (int c = 0; c < plan->contract_count; c++) {
    if (plan->contracts[c].type != OFR_COMMITMENT) continue;
    add(table, (ofr_metric){OFR_GROUP_COMMITMENT, c, "counted", OFR_UNIT_MONEY, true, money}, column++);
    add(table, (ofr_metric){OFR_GROUP_COMMITMENT, c, "charge", OFR_UNIT_MONEY, false, money}, column++);
    add(table, (ofr_metric){OFR_GROUP_COMMITMENT, c, "utilisation", OFR_UNIT_RATIO, true, 1e-9}, column++);
  }
  column = STAKE_COLUMNS(staged->image);
  for (int c = 0; c < plan->contract_count; c++)
    if (plan->contracts[c].type == OFR_STAKE)
      add(table, (ofr_metric){OFR_GROUP_STAKE, c, "net", OFR_UNIT_MONEY, true, money}, column++);
  column = TAKEN_COLUMNS(staged->image);
  for (int c = 0; c < plan->contract_count; c++) {
    if (plan->contracts[c].type != OFR_EXIT) continue;
    add(table, (ofr_metric){OFR_GROUP_EXIT, c, "month", OFR_UNIT_MONTH, false, 1}, column++);
    add(table, (ofr_metric){OFR_GROUP_EXIT, c, "fee", OFR_UNIT_MONEY, false, money}, column++);
  }
  column = UNMET_COLUMNS(staged->image);
  for (int w = 0; w < plan->workload_count && plan->unmet_by_workload; w++)
    add(table, (ofr_metric){OFR_GROUP_WORKLOAD, w, "unmet_cost", OFR_UNIT_MONEY, false, money}, column++);
  column = ABSORPTION_COLUMNS(staged->image);
  for (int c = 0; c < plan->contract_count && staged->image->has_stakeholders; c++) {
    if (plan->contracts[c].type != OFR_COMMITMENT || plan->contracts[c].provider != staged->image->anchor) continue;
    add(table, (ofr_metric){OFR_GROUP_ABSORPTION, c, "absorbed", OFR_UNIT_MONEY, true, money}, column++);
    add(table, (ofr_metric){OFR_GROUP_ABSORPTION, c, "missing", OFR_UNIT_MONEY, false, money}, column++);
    add(table, (ofr_metric){OFR_GROUP_ABSORPTION, c, "first_behind", OFR_UNIT_MONTH, false, 1}, column++);
    add(table, (ofr_metric){OFR_GROUP_ABSORPTION, c, "last_behind", OFR_UNIT_MONTH, false, 1}, column++);
  }
  return true;
}
