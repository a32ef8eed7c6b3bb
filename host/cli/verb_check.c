/* check: every error and every suspicion of a plan; the answer is no when there is any error. */
#include <string.h>
#include "output.h"
#include "plan_file.h"
#include "verbs.h"

int verb_check(const options *o) {
  offramp_plan *plan;
  int code = plan_file_read(o, &plan);
  if (code == EXIT_PLAN) return EXIT_PLAN;
  if (code != EXIT_DONE) return code;
  size_t read = offramp_plan_diagnostic_count(plan);
  offramp_plan_check(plan);
  plan_file_report(plan, read, !o->quiet);
  size_t warnings = offramp_plan_diagnostic_count(plan);
  if (warnings == 0) printf("%s: sound\n", o->plan);
  else printf("%s: sound, with %zu warning%s\n", o->plan, warnings, warnings == 1 ? "" : "s");
  offramp_plan_free(plan);
  return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FILE;
}
