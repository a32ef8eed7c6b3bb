/* The self-test believes the CPU, and no device whose answers differ from its by a bit, wherever it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "backend/backend.h"

/* The device under test: the baseline's answers, one of them wrong. */
static struct {
  int kind;             /* of which one is wrong */
  uint32_t answer, bit; /* counted from the last one; of its words */
  offramp_status fails;
  uint32_t asked[PROBE_LAYOUT + 1];
} lie;

static offramp_status probe(ofr_device *device, int kind, const uint32_t *questions, uint32_t *answers, uint32_t n,
                            offramp_error *error) {
  (void)device;
  (void)error;
  if (kind == lie.kind && lie.fails != OFFRAMP_OK) return lie.fails;
  lie.asked[kind] += n;
  ofr_path_baseline.probe(kind, questions, answers, n);
  if (kind == lie.kind && lie.answer < n) answers[4 * (n - 1 - lie.answer) + lie.bit / 32] ^= 1u << lie.bit % 32;
  return OFFRAMP_OK;
}

static offramp_status test(int kind, uint32_t answer, uint32_t bit, offramp_error *error) {
  const ofr_backend liar = {.name = "liar", .probe = probe};
  memset(&lie, 0, sizeof lie);
  lie.kind = kind;
  lie.answer = answer;
  lie.bit = bit;
  return ofr_backend_self_test(&liar, NULL, error);
}

static void an_honest_device_passes_and_was_asked_enough(void **state) {
  (void)state;
  assert_int_equal(test(-1, 0, 0, NULL), OFFRAMP_OK);
  assert_int_equal(lie.asked[PROBE_PHILOX], 3);
  assert_int_equal(lie.asked[PROBE_LAYOUT], 1);
  for (int kind = PROBE_EXP2; kind <= PROBE_NORMAL; kind++) assert_true(lie.asked[kind] >= 256);
}

static void a_wrong_bit_is_caught_in_every_answer(void **state) {
  (void)state;
  static const struct { int kind; uint32_t answers, words; const char *text; } known[] = {
      {PROBE_PHILOX, 3, 4, "Philox does not give its known answers"},
      {PROBE_EXP2, 256, 1, "2^x has other bits"},
      {PROBE_LOG, 256, 1, "ln x has other bits"},
      {PROBE_NORMAL, 256, 2, "normal deviates have other bits"},
      {PROBE_LAYOUT, 1, 2, "disagree on the layout"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    for (uint32_t answer = 0; answer < known[i].answers; answer += known[i].answers > 3 ? 51 : 1)
      for (uint32_t bit = 0; bit < 32 * known[i].words; bit += bit % 32 ? 31 : 1) { /* the lowest and the highest of each word */
        offramp_error error = {0};
        assert_int_equal(test(known[i].kind, answer, bit, &error), OFFRAMP_ERR_MISMATCH);
        assert_string_equal(error.place, "liar");
        assert_non_null(strstr(error.message, "self-test failed"));
        assert_non_null(strstr(error.message, known[i].text));
        assert_non_null(strstr(error.message, "--backend cpu"));
      }
}

static void a_device_that_fails_to_answer_fails_with_its_own_status(void **state) {
  (void)state;
  const ofr_backend liar = {.name = "liar", .probe = probe};
  for (int kind = PROBE_PHILOX; kind <= PROBE_LAYOUT; kind++) {
    memset(&lie, 0, sizeof lie);
    lie.kind = kind;
    lie.fails = OFFRAMP_ERR_DEVICE;
    assert_int_equal(ofr_backend_self_test(&liar, NULL, NULL), OFFRAMP_ERR_DEVICE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_honest_device_passes_and_was_asked_enough),
                                     cmocka_unit_test(a_wrong_bit_is_caught_in_every_answer),
                                     cmocka_unit_test(a_device_that_fails_to_answer_fails_with_its_own_status)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
