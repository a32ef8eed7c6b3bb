/* A comparison for programs: what was compared, what it comes to, and every figure of both results. */
#include "comparison_report.h"
#include <offramp/offramp.h>
#include "json_writer.h"

static void write_side(ofr_json_writer *w, const char *key, const ofr_record *r) {
  ofr_json_object(w, key, OFR_JSON_FLAT);
  ofr_json_string(w, "file", r->file);
  ofr_json_string(w, "offramp", r->version);
  ofr_json_object(w, "plan", OFR_JSON_FLAT);
  ofr_json_string(w, "name", r->plan_name);
  ofr_json_string(w, "digest", r->plan_digest);
  ofr_json_end(w);
  if (r->is_store) ofr_json_integer(w, "points", (uint64_t)r->point_count);
  if (!ofr_record_is_mixed(r)) {
    ofr_json_integer(w, "paths", r->points[0].paths);
    ofr_json_integer(w, "seed", r->points[0].seed);
  }
  if (*r->futures) ofr_json_string(w, "futures", r->futures);
  ofr_json_string(w, "results_digest", r->results_digest);
  ofr_json_end(w);
}

static void write_strategies(ofr_json_writer *w, const char *key, const ofr_record *of, const ofr_record *not_in,
                             const char *only) {
  ofr_json_array(w, key, OFR_JSON_FLAT);
  for (int i = 0; i < of->strategy_count; i++)
    if (ofr_record_lacks(not_in, of->strategies[i], only)) ofr_json_string(w, NULL, of->strategies[i]);
  ofr_json_end(w);
}

static void write_pair(ofr_json_writer *w, const ofr_figure_pair *p) {
  ofr_json_object(w, NULL, OFR_JSON_FLAT);
  if (*p->figure->point) ofr_json_string(w, "point", p->figure->point);
  ofr_json_string(w, "strategy", p->figure->strategy);
  ofr_json_string(w, "group", ofr_figure_group_names[p->figure->group]);
  ofr_json_string(w, "subject", p->figure->subject);
  ofr_json_string(w, "metric", p->figure->metric);
  ofr_json_number(w, "a", p->a.mean);
  ofr_json_number(w, "a_se", p->a.se);
  ofr_json_number(w, "b", p->b.mean);
  ofr_json_number(w, "b_se", p->b.se);
  ofr_json_number(w, "difference", p->difference);
  ofr_json_number(w, "se", p->se);
  ofr_json_number(w, "relative", p->relative);
  ofr_json_string(w, "verdict", ofr_move_names[p->move]);
  ofr_json_boolean(w, "paired", p->paired);
  ofr_json_end(w);
}

void ofr_comparison_json(const ofr_result_comparison *c, const ofr_report_options *options, ofr_text *out) {
  static const char *const kinships[] = {
      [OFR_SAME_FUTURES] = "same", [OFR_SOME_FUTURES] = "some", [OFR_OTHER_FUTURES] = "other"};
  ofr_json_writer writer = ofr_json_writer_on(out), *w = &writer;
  ofr_json_object(w, NULL, OFR_JSON_LINES);
  ofr_json_string(w, "offramp", offramp_version());
  if (options->command) ofr_json_string(w, "command", options->command);
  write_side(w, "a", c->a);
  write_side(w, "b", c->b);
  ofr_json_boolean(w, "same_bits", c->same_bits);
  ofr_json_string(w, "same_futures", kinships[c->kinship]);
  ofr_json_number(w, "noise", c->options.noise);
  ofr_json_number(w, "threshold", c->options.threshold);
  ofr_json_integer(w, "compared", (uint64_t)c->compared);
  ofr_json_integer(w, "differing", (uint64_t)c->differing);
  ofr_json_integer(w, "paired", (uint64_t)c->paired);
  ofr_json_integer(w, "moved", (uint64_t)c->moved);
  ofr_json_number(w, "by_chance", c->by_chance);
  ofr_json_integer(w, "gone", (uint64_t)c->gone);
  ofr_json_integer(w, "new", (uint64_t)c->fresh);
  if (c->a->is_store) {
    ofr_json_integer(w, "points_moved", (uint64_t)c->points_moved);
    ofr_json_integer(w, "points_gone", (uint64_t)c->points_gone);
    ofr_json_integer(w, "points_new", (uint64_t)c->points_new);
  }
  write_strategies(w, "strategies_gone", c->a, c->b, c->options.strategy);
  write_strategies(w, "strategies_new", c->b, c->a, c->options.strategy);
  ofr_json_array(w, "figures", OFR_JSON_LINES);
  for (int i = 0; i < c->count; i++) write_pair(w, &c->pairs[i]);
  ofr_json_end(w);
  ofr_json_end(w);
}
