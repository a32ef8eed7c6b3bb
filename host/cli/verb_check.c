/* check: every error and every suspicion of a plan. They are the result, so they go to standard output. The answer is no when
 * there is any error; where there is no plan to judge (no JSON, a --set that leads nowhere) there is no answer. */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>
#include "findings.h"
#include "output.h"
#include "plan_file.h"
#include "screen.h"
#include "verbs.h"

int verb_check(const options *o) {
  offramp_plan *plan;
  ofr_text text = {0};
  if (!output_possible(o->output, o->force)) return EXIT_FILE;
  int code = plan_file_open(o, &plan);
  if (!plan) return code;
  offramp_plan_check(plan);
  if (offramp_plan_is_legible(plan) && findings_count(plan, true) > 0) code = EXIT_NO;
  findings_report(o, plan, !o->output && screen_colors(STDOUT_FILENO), &text);
  offramp_plan_free(plan);
  int delivered = verb_deliver(o, &text);
  return delivered == EXIT_DONE ? code : delivered;
}
