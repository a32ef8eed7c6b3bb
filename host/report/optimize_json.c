/* An optimum for programs: see INTERFACE `optimize` for the names that are kept; new keys may join. What an interrupted search
 * did not get to is null. */
#include <math.h>
#include <offramp/offramp.h>
#include "json_writer.h"
#include "optimize_constraints.h"
#include "optimize_names.h"
#include "report.h"

static void write_null(ofr_json_writer *w, const char *key) { ofr_text_add(ofr_json_value(w, key), "null"); }

static void write_sizes(ofr_json_writer *w, const char *key, const ofr_optimum *o, const double *size) {
  ofr_json_object(w, key, OFR_JSON_FLAT);
  for (int i = 0; i < o->plan->sizing->variable_count; i++) ofr_json_number(w, o->plan->sizing->variables[i].pointer, size[i]);
  ofr_json_end(w);
}

static void write_tail(ofr_json_writer *w, const ofr_optimum *o, double cvar) {
  ofr_text name = {0};
  ofr_tail_name(&name, o->plan->sizing->alpha);
  ofr_json_number(w, ofr_text_chars(&name), cvar);
  ofr_text_free(&name);
}

static void write_cost(ofr_json_writer *w, const char *key, const ofr_optimum *o, const ofr_risk *r) {
  ofr_json_object(w, key, OFR_JSON_FLAT);
  ofr_json_number(w, "mean", r->mean);
  ofr_json_number(w, "se", r->mean_se);
  write_tail(w, o, r->cvar);
  ofr_json_number(w, "value", r->value);
  ofr_json_number(w, "value_se", r->value_se);
  ofr_json_end(w);
}

static void write_estimate(ofr_json_writer *w, const char *key, bool known, ofr_estimate e) {
  if (!known) {
    write_null(w, key);
    return;
  }
  ofr_json_object(w, key, OFR_JSON_FLAT);
  ofr_json_number(w, "mean", e.mean);
  ofr_json_number(w, "se", e.se);
  ofr_json_end(w);
}

static void write_written(ofr_json_writer *w, const ofr_optimum *o) {
  double written[OFR_MAX_VARIABLES];
  for (int i = 0; i < o->plan->sizing->variable_count; i++) written[i] = o->plan->sizing->variables[i].written;
  ofr_json_object(w, "as_written", OFR_JSON_LINES);
  write_sizes(w, "sizes", o, written);
  ofr_json_boolean(w, "allowed", ofr_sizing_allows(o->plan->sizing, written));
  if (o->has_written) write_cost(w, "objective", o, &o->written);
  else write_null(w, "objective");
  write_estimate(w, "saving", o->has_written, o->saving);
  ofr_json_end(w);
}

static void write_gap(ofr_json_writer *w, const ofr_optimum *o) {
  if (!o->has_gap) {
    write_null(w, "gap");
    return;
  }
  ofr_json_object(w, "gap", OFR_JSON_FLAT);
  ofr_json_number(w, "estimate", o->gap);
  ofr_json_number(w, "upper95", o->gap_upper95);
  ofr_json_number(w, "upper95_relative", o->gap_upper95 / o->cost.value);
  ofr_json_integer(w, "replications", (uint64_t)o->replications);
  ofr_json_integer(w, "paths_each", o->replication_paths);
  ofr_json_end(w);
}

static void write_frontier(ofr_json_writer *w, const ofr_optimum *o) {
  if (!o->has_frontier) {
    write_null(w, "frontier");
    return;
  }
  ofr_json_array(w, "frontier", OFR_JSON_LINES);
  for (int i = 0; i < o->frontier_count; i++) {
    const ofr_frontier_point *p = &o->frontier[i];
    ofr_json_object(w, NULL, OFR_JSON_FLAT);
    ofr_json_number(w, "risk_weight", p->risk_weight);
    write_sizes(w, "optimum", o, p->size);
    ofr_json_number(w, "mean", p->mean);
    write_tail(w, o, p->cvar);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

static void write_slopes(ofr_json_writer *w, const ofr_optimum *o) {
  if (!o->has_slopes) {
    write_null(w, "shadow_prices");
    return;
  }
  ofr_json_object(w, "shadow_prices", OFR_JSON_LINES);
  for (int i = 0; i < o->plan->sizing->variable_count; i++) {
    const ofr_slope *s = &o->slopes[i];
    ofr_json_object(w, o->plan->sizing->variables[i].pointer, OFR_JSON_LINES);
    ofr_json_number(w, "width", s->width);
    write_estimate(w, "one_more", s->has_more, s->more);
    write_estimate(w, "one_less", s->has_less, s->less);
    write_estimate(w, "one_more_as_written", s->has_more_written, s->more_written);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

static void write_limit(ofr_json_writer *w, const char *key, double limit) {
  if (isfinite(limit)) ofr_json_number(w, key, limit);
  else write_null(w, key);
}

static void write_constraints(ofr_json_writer *w, const ofr_optimum *o) {
  const ofr_sizing *s = o->plan->sizing;
  ofr_json_array(w, "constraints", OFR_JSON_LINES);
  for (int k = 0; k < s->constraint_count; k++) {
    const ofr_linear_constraint *c = &s->constraints[k];
    const ofr_constraint_view view = ofr_constraint_at(o, k);
    ofr_json_object(w, NULL, OFR_JSON_LINES);
    ofr_json_object(w, "terms", OFR_JSON_FLAT);
    for (int v = 0; v < s->variable_count; v++)
      if (c->weight[v] != 0) ofr_json_number(w, s->variables[v].pointer, c->weight[v]);
    ofr_json_end(w);
    write_limit(w, "min", c->min);
    write_limit(w, "max", c->max);
    ofr_json_number(w, "sum", view.sum);
    if (view.binding != OFR_BINDS_NOT) ofr_json_string(w, "binds", view.binding == OFR_BINDS_MIN ? "min" : "max");
    else write_null(w, "binds");
    write_estimate(w, "shadow_price", view.has_price, view.price);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

static void write_information(ofr_json_writer *w, const ofr_optimum *o) {
  if (!o->has_foresight) {
    write_null(w, "perfect_information");
    return;
  }
  ofr_json_object(w, "perfect_information", OFR_JSON_LINES);
  write_estimate(w, "worth", o->has_information, o->information);
  if (o->has_information) {
    ofr_json_integer(w, "paths", o->information_paths);
    ofr_json_integer(w, "sizings", (uint64_t)o->information_sizings);
    ofr_json_array(w, "relaxed", OFR_JSON_FLAT);
    for (int i = 0; i < OFR_RELAXED_KINDS; i++)
      if (o->information_relaxed >> i & 1) ofr_json_string(w, NULL, ofr_relaxed_names[i]);
    ofr_json_end(w);
  }
  if (o->information_why) ofr_json_string(w, "why_not", o->information_why);
  write_estimate(w, "of_sizes_at_least", true, o->foresight);
  ofr_json_integer(w, "of_sizes_paths", o->foresight_paths);
  ofr_json_end(w);
}

static void write_worth(ofr_json_writer *w, const ofr_optimum *o) {
  if (o->has_mean_sizes) {
    ofr_json_object(w, "stochastic_solution", OFR_JSON_LINES);
    write_sizes(w, "sizes_of_means", o, o->mean_size);
    write_estimate(w, "worth", true, o->mean_size_loss);
    ofr_json_end(w);
  } else {
    write_null(w, "stochastic_solution");
  }
  write_information(w, o);
}

static void write_head(ofr_json_writer *w, const ofr_optimum *o) {
  const ofr_sizing *s = o->plan->sizing;
  ofr_json_string(w, "offramp", offramp_version());
  ofr_json_object(w, "plan", OFR_JSON_FLAT);
  ofr_json_string(w, "name", o->plan->name);
  ofr_json_string(w, "digest", o->plan->digest);
  ofr_json_end(w);
  ofr_json_integer(w, "paths", o->paths);
  ofr_json_integer(w, "seed", o->plan->seed);
  ofr_json_boolean(w, "interrupted", o->is_partial);
  ofr_json_object(w, "engine", OFR_JSON_FLAT);
  ofr_json_string(w, "backend", o->engine.backend);
  ofr_json_string(w, "device", o->engine.device);
  ofr_json_integer(w, "threads", (uint64_t)o->engine.threads);
  ofr_json_number(w, "seconds", o->engine.seconds);
  ofr_json_number(w, "path_months_per_second", o->engine.path_months_per_second);
  ofr_json_integer(w, "checked_paths", (uint64_t)o->engine.checked_paths);
  if (o->engine.note) ofr_json_string(w, "note", o->engine.note);
  ofr_json_end(w);
  ofr_json_string(w, "strategy", o->plan->strategies[s->strategy].name);
  ofr_json_number(w, "risk_weight", s->risk_weight);
  ofr_json_number(w, "alpha", s->alpha);
}

void ofr_optimize_json(const ofr_optimum *o, const ofr_report_options *options, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  (void)options;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  write_head(w, o);
  write_sizes(w, "optimum", o, o->size);
  write_cost(w, "objective", o, &o->cost);
  write_written(w, o);
  write_gap(w, o);
  write_frontier(w, o);
  write_slopes(w, o);
  write_constraints(w, o);
  write_worth(w, o);
  ofr_json_integer(w, "evaluations", o->evaluations);
  ofr_json_end(w);
}
