#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "backend/cubin.h"

enum { SIZE = 64 + 3 * 64 + 64, SECTIONS = 64, NAMES = 64 + 3 * 64 };

static void put(unsigned char *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (unsigned char)(value >> 8 * i);
}

/* A file with an empty section, the names' section, and the code of a kernel of 32 instructions. */
static void make(unsigned char *file) {
  static const char names[] = "\0.shstrtab\0.text.offramp_paths";
  memset(file, 0, SIZE);
  memcpy(file, "\177ELF\2\1\1", 7);
  put(file + 18, 190, 2);
  put(file + 40, SECTIONS, 8);
  put(file + 58, 64, 2);
  put(file + 60, 3, 2);
  put(file + 62, 1, 2);
  put(file + SECTIONS + 64, 1, 4);
  put(file + SECTIONS + 64 + 24, NAMES, 8);
  put(file + SECTIONS + 64 + 32, sizeof names, 8);
  put(file + SECTIONS + 128, 11, 4);
  put(file + SECTIONS + 128 + 32, 512, 8);
  memcpy(file + NAMES, names, sizeof names);
}

static void a_kernels_instructions_are_counted_by_its_code(void **state) {
  unsigned char file[SIZE];
  (void)state;
  make(file);
  assert_int_equal(ofr_cubin_instructions(file, SIZE, "offramp_paths"), 32);
  assert_int_equal(ofr_cubin_instructions(file, SIZE, "offramp_probe"), -1);
  assert_int_equal(ofr_cubin_instructions(file, SIZE, "offramp"), -1);
}

static void what_is_no_cubin_has_none(void **state) {
  (void)state;
  unsigned char file[SIZE];
  assert_int_equal(ofr_cubin_instructions((const unsigned char *)".version 8.0", 12, "offramp_paths"), -1);
  make(file);
  put(file + 18, 62, 2); /* a program for x86-64 */
  assert_int_equal(ofr_cubin_instructions(file, SIZE, "offramp_paths"), -1);
}

/* Each cut-off copy lies at the end of a block of its own, where a sanitizer sees what is read beyond it; and no field may lead
 * outside whatever it says. */
static void a_damaged_file_is_read_within_its_bounds(void **state) {
  (void)state;
  unsigned char whole[SIZE];
  make(whole);
  for (size_t size = 0; size < SIZE; size++) {
    unsigned char *cut = malloc(size + 1);
    assert_non_null(cut);
    memcpy(cut, whole, size);
    ofr_cubin_instructions(cut, size, "offramp_paths");
    free(cut);
  }
  for (size_t at = 0; at < SIZE; at++) {
    unsigned char file[SIZE];
    make(file);
    memset(file + at, 0xff, SIZE - at < 8 ? SIZE - at : 8);
    int64_t found = ofr_cubin_instructions(file, SIZE, "offramp_paths");
    assert_true(found >= -1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_kernels_instructions_are_counted_by_its_code),
      cmocka_unit_test(what_is_no_cubin_has_none),
      cmocka_unit_test(a_damaged_file_is_read_within_its_bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
