/* SHA-256 against FIPS 180-4's and NIST's own examples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/sha256.h"

static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static void assert_digest(const char *text, size_t size, const char *expected) {
  char hex[65];
  ofr_sha256 hash = ofr_sha256_init();
  ofr_sha256_add(&hash, text, size);
  ofr_sha256_finish(&hash, hex);
  assert_string_equal(hex, expected);
}

static void known_messages_have_their_published_digests(void **state) {
  (void)state;
  static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  static const char long_blocks[] =
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
  assert_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert_digest("abc", 3, abc);
  assert_digest(two_blocks, 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  assert_digest(long_blocks, 112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

static void a_million_times_a_has_its_published_digest(void **state) {
  (void)state;
  char run[1000], hex[65];
  memset(run, 'a', sizeof run);
  ofr_sha256 hash = ofr_sha256_init();
  for (int i = 0; i < 1000; i++) ofr_sha256_add(&hash, run, sizeof run);
  ofr_sha256_finish(&hash, hex);
  assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void the_digest_does_not_depend_on_how_bytes_are_cut(void **state) {
  (void)state;
  unsigned char message[300];
  for (size_t i = 0; i < sizeof message; i++) message[i] = (unsigned char)(i * 7);
  for (size_t size = 0; size <= sizeof message; size++) {
    char whole[65], cut[65];
    ofr_sha256 a = ofr_sha256_init(), b = ofr_sha256_init();
    ofr_sha256_add(&a, message, size);
    for (size_t at = 0, step = 1; at < size; at += step, step = step % 70 + 1) {
      if (step > size - at) step = size - at;
      ofr_sha256_add(&b, message + at, step);
    }
    ofr_sha256_finish(&a, whole);
    ofr_sha256_finish(&b, cut);
    assert_string_equal(whole, cut);
  }
}

static void finishing_leaves_the_hash_open_for_more(void **state) {
  (void)state;
  char hex[65];
  ofr_sha256 hash = ofr_sha256_init();
  ofr_sha256_add(&hash, "ab", 2);
  ofr_sha256_finish(&hash, hex);
  ofr_sha256_add(&hash, "c", 1);
  ofr_sha256_finish(&hash, hex);
  assert_string_equal(hex, abc);
}

static void numbers_enter_least_significant_byte_first(void **state) {
  (void)state;
  char numbers[65], bytes[65];
  ofr_sha256 a = ofr_sha256_init(), b = ofr_sha256_init();
  ofr_sha256_add_u64(&a, UINT64_C(0x0123456789abcdef));
  ofr_sha256_add_i64(&a, -2);
  ofr_sha256_add(&b, "\xef\xcd\xab\x89\x67\x45\x23\x01\xfe\xff\xff\xff\xff\xff\xff\xff", 16);
  ofr_sha256_finish(&a, numbers);
  ofr_sha256_finish(&b, bytes);
  assert_string_equal(numbers, bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_messages_have_their_published_digests),
      cmocka_unit_test(a_million_times_a_has_its_published_digest),
      cmocka_unit_test(the_digest_does_not_depend_on_how_bytes_are_cut),
      cmocka_unit_test(finishing_leaves_the_hash_open_for_more),
      cmocka_unit_test(numbers_enter_least_significant_byte_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
