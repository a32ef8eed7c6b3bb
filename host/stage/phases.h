/* Where the time of a run goes on the host: phases, one after the other, and marks for whoever watches with a profiler. */
#ifndef OFR_PHASES_H
#define OFR_PHASES_H
#include "../backend/nvtx.h"

enum { OFR_MOST_PHASES = 16 };

typedef struct ofr_phase { const char *name; double seconds; } ofr_phase;

typedef struct ofr_phases {
  const ofr_nvtx *nvtx; /* NULL: nobody watches */
  ofr_phase items[OFR_MOST_PHASES];
  int count;
  int running;          /* index of the phase that is under way; -1 */
  double since;
} ofr_phases;

ofr_phases ofr_phases_begin(const ofr_nvtx *nvtx);
/* Ends the phase under way and begins another; a name that was there before is continued. NULL: only ends. `phases` may be
 * NULL. From one thread. */
void ofr_phase_enter(ofr_phases *phases, const char *name);

double ofr_clock(void); /* seconds of the monotonic clock */
#endif
