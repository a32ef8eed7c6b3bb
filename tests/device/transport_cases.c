#include "transport_cases.h"
#include <math.h>
#include <stddef.h>
#include <string.h>
#include "backend/backend.h"

const transport_words *transport_families[4];
double transport_unmet[TRANSPORT_WORKLOADS][TRANSPORT_LANES];

int find_transport_families(void **state) {
  static const transport_words *const built[] = {
#ifdef OFR_HAVE_X86_64_V4
      &transport_words_avx512,
#endif
#ifdef OFR_HAVE_X86_64_V3
      &transport_words_avx2,
#endif
      &transport_words_baseline};
  int n = 0;
  (void)state;
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v; v++)
    for (size_t i = 0; i < sizeof built / sizeof *built; i++)
      if (!strcmp(built[i]->name, (*v)->name)) transport_families[n++] = built[i];
  return n > 0 ? 0 : -1;
}

static uint64_t state;

void seed_transport(uint64_t seed) { state = seed; }

static double uniform(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) * 0x1p-53;
}

int draw_whole(int n) { return (int)(uniform() * n); }

static void draw_lane(transport_case *c, transport_kind k, int lane, double size) {
  double demand = 0, price[TRANSPORT_SLOTS];
  for (int w = 0; w < c->workloads; w++) {
    transport_unmet[w][lane] = k == TIED ? 4 + draw_whole(3) : 2 + 12 * uniform();
    c->demand[w][lane] = (float)(k == TIED ? 100 * draw_whole(4) : floor(size * uniform()));
    demand += (double)c->demand[w][lane];
    c->guess[w][lane] = (float)(draw_whole(2) ? transport_unmet[w][lane] * uniform() : 0);
  }
  for (int i = 0; i < c->slots; i++) {
    double share = (k == SCARCE ? 0.5 : 1.6) * demand / c->slots;
    price[i] = k == TIED ? 1 + draw_whole(3) : 1 + 5 * uniform();
    c->room[i][lane] = (float)(k == TIED ? 50 * draw_whole(4) : floor(2 * share * uniform() * uniform()));
  }
  for (int i = 0; i < c->workloads * c->slots; i++) {
    int w = i / c->slots, slot = i % c->slots;
    double loss = k == AT_A_LOSS ? 10 * uniform() : 0;
    c->profit[i][lane] = c->speed[i] > 0 ? (float)((double)c->speed[i] * transport_unmet[w][lane] - price[slot] + loss) : -1.0f;
  }
}

void draw_transport(transport_case *c, transport_kind k, int workloads, int slots) {
  c->workloads = workloads;
  c->slots = slots;
  for (int i = 0; i < workloads * slots; i++) {
    double any = k == ONE_SPEED ? 1 : k == TIED ? 1 + draw_whole(2) : 0.3 + 3 * uniform();
    c->speed[i] = draw_whole(8) ? (float)any : 0;
  }
  for (int lane = 0; lane < TRANSPORT_LANES; lane++) draw_lane(c, k, lane, draw_whole(3) ? 250000 : 300);
}
