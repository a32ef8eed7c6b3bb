/* The cross-check redoes paths in bundles; it misses no bit of any of them, wherever batches begin and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "given_plan.h"
#include "stage/cross_check.h"

enum { PATHS = 90 };

/* The batch of `paths` paths from `first` on out of all. */
static ofr_batch part_of(int64_t *columns, uint64_t first, uint32_t paths) {
  return (ofr_batch){.first_path = first, .paths = paths, .points = 1, .columns = columns, .stride = PATHS, .offset = first};
}

static ofr_cross_check begin(const given_plan *given, int count, const char *isa) {
  ofr_cross_check check;
  assert_int_equal(ofr_cross_check_begin(&check, given->staged.image, count, PATHS, isa, NULL), OFFRAMP_OK);
  return check;
}

static void batches_of_any_size_pass_and_each_path_is_counted_once(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/interface.json", PATHS, 8);
  int64_t *columns = given_columns(&given, 0, PATHS);
  for (int all = 0; all < 2; all++)
    for (uint32_t size = 1; size <= 100; size += 9) {
      ofr_cross_check check = begin(&given, all ? PATHS : 20, ofr_cpu_versions()[0]->name);
      for (uint32_t first = 0; first < PATHS; first += size) {
        const ofr_batch batch = part_of(columns, first, PATHS - first < size ? PATHS - first : size);
        assert_int_equal(ofr_cross_check_batch(&check, &batch, NULL), OFFRAMP_OK);
      }
      assert_int_equal(check.checked, check.count);
      if (all) assert_int_equal(check.count, PATHS);
      ofr_cross_check_end(&check);
    }
  free(columns);
  given_free(&given);
}

/* What a device computed by itself would agree with, whatever it is. */
static void paths_are_redone_by_another_instruction_set_than_the_devices(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/interface.json", PATHS, 8);
  const ofr_path_version *const *versions = ofr_cpu_versions();
  if (!versions[1]) skip(); /* there is but one here */
  for (int i = 0; versions[i]; i++) {
    ofr_cross_check check = begin(&given, 1, versions[i]->name);
    assert_string_not_equal(check.version->name, versions[i]->name);
    ofr_cross_check_end(&check);
  }
  ofr_cross_check check = begin(&given, 1, NULL); /* a GPU: the best there is */
  assert_string_equal(check.version->name, versions[0]->name);
  ofr_cross_check_end(&check);
  given_free(&given);
}

/* Found where its path is checked, and nowhere else. */
static void one_wrong_bit_in_any_column_of_a_checked_path_is_found(void **state) {
  (void)state;
  given_plan given = given_file("tests/plans/interface.json", PATHS, 8);
  int64_t *columns = given_columns(&given, 0, PATHS);
  int rows = given.staged.image->strategies * given.staged.columns, found = 0;
  for (const char *isa = NULL;; isa = ofr_cpu_versions()[0]->name) {
    ofr_cross_check check = begin(&given, 20, isa);
    for (int i = 0; i < rows * PATHS; i += 7) {
      bool checked = false;
      for (int k = 0; k < check.count; k++) checked |= check.paths[k] == (uint64_t)(i % PATHS);
      columns[i] ^= (int64_t)1 << i % 60;
      const ofr_batch batches[] = {part_of(columns, 0, 37), part_of(columns, 37, PATHS - 37)};
      const ofr_batch *its = &batches[i % PATHS >= 37], *other = &batches[i % PATHS < 37];
      assert_int_equal(ofr_cross_check_batch(&check, its, NULL), checked ? OFFRAMP_ERR_MISMATCH : OFFRAMP_OK);
      assert_int_equal(ofr_cross_check_batch(&check, other, NULL), OFFRAMP_OK);
      columns[i] ^= (int64_t)1 << i % 60;
      found += checked;
    }
    ofr_cross_check_end(&check);
    if (isa) break;
  }
  assert_true(found > 100);
  free(columns);
  given_free(&given);
}

static void as_many_paths_are_redone_as_asked_spread_over_all_of_them(void **state) {
  (void)state;
  static const uint64_t whole[] = {7, 100, 1009, (UINT64_C(1) << 48) - 3};
  given_plan given = given_file("tests/plans/interface.json", PATHS, 8);
  for (size_t n = 0; n < sizeof whole / sizeof *whole; n++)
    for (int count = 1; count <= 70; count++) {
      const uint64_t all = whole[n], parts = (uint64_t)count < all ? (uint64_t)count : all;
      ofr_cross_check check;
      assert_int_equal(ofr_cross_check_begin(&check, given.staged.image, count, all, NULL, NULL), OFFRAMP_OK);
      assert_int_equal(check.count, parts);
      for (int i = 0; i < check.count; i++) {
        assert_true(check.paths[i] < all && (i == 0 || check.paths[i] > check.paths[i - 1]));
        assert_true(check.paths[i] / (all / parts + 1) <= (uint64_t)i && check.paths[i] >= all / parts * (uint64_t)i);
      }
      ofr_cross_check_end(&check);
    }
  given_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(as_many_paths_are_redone_as_asked_spread_over_all_of_them),
                                     cmocka_unit_test(batches_of_any_size_pass_and_each_path_is_counted_once),
                                     cmocka_unit_test(paths_are_redone_by_another_instruction_set_than_the_devices),
                                     cmocka_unit_test(one_wrong_bit_in_any_column_of_a_checked_path_is_found)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
