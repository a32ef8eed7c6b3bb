#include "optimize_names.h"
#include <math.h>
#include <string.h>

void ofr_variable_name(ofr_text *out, const ofr_plan *plan, const ofr_variable *v) {
  const ofr_contract *contract = &plan->contracts[v->contract];
  ofr_text_add(out, contract->name);
  if (v->window >= 0 && contract->window_count > 1) {
    char month[8];
    ofr_plan_month_name(plan, contract->windows[v->window].span.from, month);
    ofr_text_printf(out, " from %s", month);
  }
  const char *size = strstr(v->pointer, "/accelerators/");
  if (v->window < 0 && size) ofr_text_printf(out, ", %s", size + sizeof "/accelerators" - 1);
}

/* A share that is a whole number of hundredths of a percent is one in the name, too. */
void ofr_tail_name(ofr_text *out, double alpha) {
  ofr_text_add(out, "cvar");
  ofr_text_number(out, floor(alpha * 1e6 + 0.5) / 1e4);
}
