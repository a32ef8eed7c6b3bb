#include "ceilings.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"

enum { REPEATS = 5, FIRST_ROUNDS = 1 << 12, MOST_ROUNDS = 1 << 26, MEMORY_QUESTIONS = 1 << 22 };
#define LONG_ENOUGH 0.03 /* seconds */

typedef struct meter { const ofr_backend *backend; ofr_device *device; uint32_t *questions, *answers; } meter;

static double probe_seconds(const meter *m) {
  ofr_kernel_facts facts[4];
  int n = m->backend->facts(m->device, facts, 4);
  for (int i = 0; i < n && i < 4; i++)
    if (strstr(facts[i].name, "probe")) return facts[i].seconds;
  return -1;
}

static offramp_status time_probe(const meter *m, int kind, uint32_t n, double *seconds, offramp_error *error) {
  double before = probe_seconds(m);
  offramp_status status = m->backend->probe(m->device, kind, m->questions, m->answers, n, error);
  *seconds = probe_seconds(m) - before;
  if (status == OFFRAMP_OK && !(*seconds > 0))
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, m->backend->name,
                    "the device does not tell how long a kernel took: leave ceilings out");
  return status;
}

/* Values that neither grow nor vanish: x -> 0.999 x + 0.001. */
static void ask(meter *m, uint32_t n, uint32_t rounds) {
  const float a = 0.999f, b = 0.001f;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t *question = m->questions + 6 * (uint64_t)i;
    question[0] = rounds;
    memcpy(&question[1], &a, sizeof a);
    memcpy(&question[2], &b, sizeof b);
    question[3] = 0x9e3779b9u;
  }
}

static offramp_status measure_chain(meter *m, int kind, uint32_t n, double operations, ofr_repeats *rate, offramp_error *error) {
  double seconds = 0, rates[REPEATS];
  uint32_t rounds = FIRST_ROUNDS;
  for (;; rounds *= 4) { /* the first time may find a device half asleep */
    ask(m, n, rounds);
    offramp_status status = time_probe(m, kind, n, &seconds, error);
    if (status != OFFRAMP_OK) return status;
    if (seconds > LONG_ENOUGH || rounds >= MOST_ROUNDS) break;
  }
  for (int i = 0; i < REPEATS; i++) {
    offramp_status status = time_probe(m, kind, n, &seconds, error);
    if (status != OFFRAMP_OK) return status;
    rates[i] = operations * n * rounds / seconds;
  }
  *rate = ofr_repeats_of(rates, REPEATS);
  return OFFRAMP_OK;
}

static offramp_status measure_memory(meter *m, ofr_repeats *rate, offramp_error *error) {
  double seconds = 0, rates[REPEATS];
  for (int i = 0; i < REPEATS + 1; i++) {
    offramp_status status = time_probe(m, PROBE_MEMORY, MEMORY_QUESTIONS, &seconds, error);
    if (status != OFFRAMP_OK) return status;
    if (i > 0) rates[i - 1] = 24.0 * MEMORY_QUESTIONS / seconds; /* the first may have brought it there */
  }
  *rate = ofr_repeats_of(rates, REPEATS);
  return OFFRAMP_OK;
}

static offramp_status measure(meter *m, uint32_t workers, int lanes, ofr_ceiling_rates *rates, offramp_error *error) {
  const struct { int kind; double operations; ofr_repeats *rate; } chains[] = {
      {PROBE_MULTIPLY_ADDS, OFR_CEILING_MULTIPLY_ADDS, &rates->multiply_adds},
      {PROBE_WHOLE_NUMBERS, OFR_CEILING_WHOLE_NUMBERS, &rates->whole_numbers},
      {PROBE_MIXED, OFR_CEILING_MIXED, &rates->mixed}};
  offramp_status status = OFFRAMP_OK;
  for (size_t i = 0; i < sizeof chains / sizeof *chains && status == OFFRAMP_OK; i++)
    status = measure_chain(m, chains[i].kind, workers, chains[i].operations * lanes, chains[i].rate, error);
  return status == OFFRAMP_OK ? measure_memory(m, &rates->memory, error) : status;
}

offramp_status ofr_ceilings_measure(const ofr_backend *backend, ofr_device *device, uint32_t workers, int lanes,
                                    ofr_ceiling_rates *rates, offramp_error *error) {
  uint64_t n = workers > MEMORY_QUESTIONS ? workers : MEMORY_QUESTIONS;
  meter m = {backend, device, malloc(n * 6 * sizeof(uint32_t)), malloc(n * 4 * sizeof(uint32_t))};
  offramp_status status = OFFRAMP_OK;
  memset(rates, 0, sizeof *rates);
  if (m.questions && m.answers) {
    memset(m.questions, 0, n * 6 * sizeof(uint32_t));
    memset(m.answers, 0, n * 4 * sizeof(uint32_t));
    status = measure(&m, workers, lanes, rates, error);
  } else {
    status =
        ofr_fail(error, OFFRAMP_ERR_LIMIT, "", "out of memory for measuring ceilings: leave them out, or close other programs");
  }
  free(m.questions);
  free(m.answers);
  return status;
}
