/* A device is asked what it would answer before anything is believed: Philox's published answers, the bits of exp2, log and
 * the normal deviates next to the baseline's, the sizes of the shared structs. */
#include <stdio.h>
#include <string.h>
#include "../base/error.h"
#include "backend.h"

enum { KNOWN = 3, SAMPLES = 256 };

/* Random123's kat_vectors, philox4x32 10: counter, key -> answer. */
static const uint32_t known_questions[KNOWN][6] = {
    {0, 0, 0, 0, 0, 0},
    {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
    {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0},
};
static const uint32_t known_answers[KNOWN][4] = {
    {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
    {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
    {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
};

static offramp_status refuse(const char *backend, const char *what, offramp_error *error) {
  return ofr_fail(error, OFFRAMP_ERR_MISMATCH, backend,
                  "the device's self-test failed: %s; update its driver, or use --backend cpu", what);
}

/* Samples all over the domain of each function: exponents from -100 to 6, positive normal floats, any words. */
static void ask(int kind, uint32_t questions[SAMPLES][6]) {
  uint32_t x = 0x9e3779b9u;
  for (int i = 0; i < SAMPLES; i++)
    for (int j = 0; j < 6; j++) {
      x = x * 1664525u + 1013904223u;
      float exponent = -100.0f + (float)(x >> 8) * (106.0f / 16777216.0f);
      if (kind == PROBE_EXP2) memcpy(&questions[i][j], &exponent, sizeof exponent);
      else questions[i][j] = kind == PROBE_LOG ? 0x00800000u + x % 0x7f000000u : x;
    }
}

static offramp_status compare_functions(const ofr_backend *backend, ofr_device *device, offramp_error *error) {
  static const struct { int kind; const char *text; } functions[] = {
      {PROBE_EXP2, "2^x has other bits than on the CPU"},
      {PROBE_LOG, "ln x has other bits than on the CPU"},
      {PROBE_NORMAL, "normal deviates have other bits than on the CPU"},
  };
  uint32_t questions[SAMPLES][6], expected[SAMPLES][4], found[SAMPLES][4];
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    ask(functions[i].kind, questions);
    ofr_path_baseline.probe(functions[i].kind, questions[0], expected[0], SAMPLES);
    memset(found, 0, sizeof found);
    offramp_status status = backend->probe(device, functions[i].kind, questions[0], found[0], SAMPLES, error);
    if (status != OFFRAMP_OK) return status;
    if (memcmp(expected, found, sizeof found)) return refuse(backend->name, functions[i].text, error);
  }
  return OFFRAMP_OK;
}

offramp_status ofr_backend_self_test(const ofr_backend *backend, ofr_device *device, offramp_error *error) {
  uint32_t found[KNOWN][4] = {{0}};
  offramp_status status = backend->probe(device, PROBE_PHILOX, known_questions[0], found[0], KNOWN, error);
  if (status != OFFRAMP_OK) return status;
  if (memcmp(found, known_answers, sizeof found)) return refuse(backend->name, "Philox does not give its known answers", error);
  status = backend->probe(device, PROBE_LAYOUT, known_questions[0], found[0], 1, error);
  if (status != OFFRAMP_OK) return status;
  if (found[0][0] != sizeof(ofr_image) || found[0][1] != sizeof(ofr_job))
    return refuse(backend->name, "host and device disagree on the layout of a struct", error);
  return compare_functions(backend, device, error);
}
