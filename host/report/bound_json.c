/* A bound for programs: see INTERFACE `bound --format json` for the names that are kept; new keys may join. */
#include <offramp/offramp.h>
#include "distribution_json.h"
#include "report.h"
#include "statistics.h"

static void write_strategy(ofr_json_writer *w, const ofr_bound_result *b, int s) {
  const ofr_bound_strategy *x = &b->strategies[s];
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "name", b->plan->strategies[s].name);
  ofr_distribution_json(w, "lower", b->plan, &b->money, &x->lower, NULL);
  ofr_distribution_json(w, "upper", b->plan, &b->money, &x->upper, NULL);
  ofr_distribution_json(w, "gap", b->plan, &b->ratio, &x->gap, NULL);
  ofr_distribution_json(w, "fractional_gap", b->plan, &b->ratio, &x->fractional_gap, NULL);
  ofr_distribution_json(w, "beyond_quantum", b->plan, &b->ratio, &x->beyond_quantum, NULL);
  ofr_json_number(w, "closed", x->closed);
  ofr_distribution_json(w, "regret", b->plan, &b->money, &x->regret, NULL);
  ofr_json_array(w, "relaxed", OFR_JSON_FLAT);
  for (int i = 0; i < OFR_RELAXED_KINDS; i++)
    if (x->relaxed >> i & 1) ofr_json_string(w, NULL, ofr_relaxed_names[i]);
  ofr_json_end(w);
  ofr_json_end(w);
}

static void write_path(ofr_json_writer *w, const ofr_bound_result *b, uint64_t path) {
  ofr_json_object(w, NULL, OFR_JSON_FLAT);
  ofr_json_integer(w, "path", path);
  for (int s = 0; s < b->plan->strategy_count; s++) {
    uint64_t at = (uint64_t)b->strategies[s].set * b->paths + path;
    ofr_json_object(w, b->plan->strategies[s].name, OFR_JSON_FLAT);
    ofr_value_write(ofr_json_value(w, "lower"), b->lower[at], b->money_quantum);
    ofr_value_write(ofr_json_value(w, "upper"), b->upper[at], b->money_quantum);
    ofr_value_write(ofr_json_value(w, "fractional"), b->fractional[at], b->money_quantum);
    ofr_value_write(ofr_json_value(w, "rounding"), b->rounding[at], b->money_quantum);
    ofr_value_write(ofr_json_value(w, "strategy"), b->total[(uint64_t)s * b->paths + path], b->money_quantum);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}

void ofr_bound_json(const ofr_bound_result *b, const ofr_report_options *options, ofr_text *out) {
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "offramp", offramp_version());
  ofr_json_object(w, "plan", OFR_JSON_FLAT);
  ofr_json_string(w, "name", b->plan->name ? b->plan->name : "");
  ofr_json_string(w, "digest", b->plan->digest);
  ofr_json_end(w);
  ofr_json_integer(w, "path_count", b->paths);
  ofr_json_integer(w, "seed", b->plan->seed);
  ofr_json_string(w, "bound_digest", b->digest);
  ofr_json_object(w, "engine", OFR_JSON_FLAT);
  ofr_json_string(w, "backend", b->engine.backend);
  ofr_json_string(w, "device", b->engine.device);
  ofr_json_integer(w, "threads", (uint64_t)b->engine.threads);
  ofr_json_number(w, "seconds", b->engine.seconds);
  ofr_json_number(w, "bounds_per_second", (double)b->paths * b->sets / (b->engine.seconds > 0 ? b->engine.seconds : 1e-9));
  ofr_json_number(w, "mean_rounds", b->mean_rounds);
  if (b->engine.note) ofr_json_string(w, "note", b->engine.note);
  ofr_json_end(w);
  ofr_json_array(w, "strategies", OFR_JSON_LINES);
  for (int s = 0; s < b->plan->strategy_count; s++) write_strategy(w, b, s);
  ofr_json_end(w);
  if (options->each) {
    ofr_json_array(w, "paths", OFR_JSON_LINES);
    for (uint64_t i = 0; i < b->paths; i++) write_path(w, b, i);
    ofr_json_end(w);
  }
  ofr_json_end(w);
}
