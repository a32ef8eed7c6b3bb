#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdalign.h>
#include <string.h>
#include "base/arena.h"

static int set_up(void **state) { return (*state = ofr_arena_create()) ? 0 : -1; }

static int tear_down(void **state) {
  ofr_arena_destroy(*state);
  return 0;
}

static void blocks_are_zeroed_aligned_and_apart(void **state) {
  unsigned char *blocks[2000];
  for (size_t i = 0; i < 2000; i++) {
    blocks[i] = ofr_arena_alloc(*state, i, 1);
    assert_non_null(blocks[i]);
    assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
    for (size_t j = 0; j < i; j++) assert_int_equal(blocks[i][j], 0);
    memset(blocks[i], (int)(i % 251) + 1, i);
  }
  for (size_t i = 0; i < 2000; i++)
    for (size_t j = 0; j < i; j++) assert_int_equal(blocks[i][j], i % 251 + 1);
}

static void a_block_larger_than_a_chunk_is_whole(void **state) {
  const size_t size = 3 << 20;
  char *before = ofr_arena_alloc(*state, 1, 1), *large = ofr_arena_alloc(*state, size, 1),
       *after = ofr_arena_alloc(*state, 1, 1);
  assert_non_null(large);
  memset(large, 7, size);
  assert_int_equal(*before, 0);
  assert_int_equal(*after, 0);
}

static void a_size_that_overflows_is_refused(void **state) {
  assert_null(ofr_arena_alloc(*state, SIZE_MAX, 2));
  assert_null(ofr_arena_alloc(*state, SIZE_MAX / 2, 3));
  assert_null(ofr_arena_alloc(*state, SIZE_MAX, 1));
  assert_null(ofr_arena_alloc(*state, 1, SIZE_MAX - 20));
  assert_null(ofr_arena_copy(*state, "", SIZE_MAX));
}

static void nothing_at_all_still_has_an_address_of_its_own(void **state) {
  void *first = ofr_arena_alloc(*state, 0, 8), *second = ofr_arena_alloc(*state, 8, 0);
  assert_non_null(first);
  assert_non_null(second);
  assert_ptr_not_equal(first, second);
}

static void a_copy_ends_in_nul(void **state) {
  assert_string_equal(ofr_arena_copy(*state, "promise", 4), "prom");
  assert_string_equal(ofr_arena_copy(*state, NULL, 0), "");
}

static void printf_takes_texts_of_any_length(void **state) {
  assert_string_equal(ofr_arena_printf(*state, "%s/%d", "pools", 3), "pools/3");
  assert_int_equal(strlen(ofr_arena_printf(*state, "%100000d", 1)), 100000);
}

static void no_arena_is_destroyed_without_harm(void **state) {
  (void)state;
  ofr_arena_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(blocks_are_zeroed_aligned_and_apart, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_block_larger_than_a_chunk_is_whole, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_size_that_overflows_is_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(nothing_at_all_still_has_an_address_of_its_own, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_copy_ends_in_nul, set_up, tear_down),
      cmocka_unit_test_setup_teardown(printf_takes_texts_of_any_length, set_up, tear_down),
      cmocka_unit_test(no_arena_is_destroyed_without_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
