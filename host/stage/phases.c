#define _POSIX_C_SOURCE 200809L
#include "phases.h"
#include <string.h>
#include <time.h>

double ofr_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

ofr_phases ofr_phases_begin(const ofr_nvtx *nvtx) { return (ofr_phases){.nvtx = nvtx, .running = -1}; }

static int index_of(ofr_phases *p, const char *name) {
  for (int i = 0; i < p->count; i++)
    if (!strcmp(p->items[i].name, name)) return i;
  if (p->count == OFR_MOST_PHASES) return OFR_MOST_PHASES - 1;
  p->items[p->count] = (ofr_phase){name, 0};
  return p->count++;
}

void ofr_phase_enter(ofr_phases *p, const char *name) {
  if (!p) return;
  double now = ofr_clock();
  if (p->running >= 0) {
    p->items[p->running].seconds += now - p->since;
    ofr_nvtx_pop(p->nvtx);
  }
  p->running = name ? index_of(p, name) : -1;
  p->since = now;
  if (name) ofr_nvtx_push(p->nvtx, name);
}
