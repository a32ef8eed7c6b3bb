/* What a batch amounts to: rows, steps, and the jobs of its slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "backend/batch_sizes.h"
#include "staged_plan.h"

static void read_reference(staged_plan *plan) {
  assert_true(staged_plan_read(OFFRAMP_SOURCE_DIR "/examples/reference-size.json", plan));
}

static void rows_grow_with_points_and_strategies(void **state) {
  (void)state;
  staged_plan plan;
  read_reference(&plan);
  ofr_image im = *plan.staged.image;
  uint64_t columns = ofr_column_rows(&im, 1), series = ofr_series_rows(&im, 1), steps = ofr_merit_steps(&im, 1);
  assert_int_equal(columns, plan.staged.columns);
  assert_int_equal(series % (uint64_t)im.months, 0);
  assert_int_equal(ofr_column_rows(&im, 3), 3 * columns);
  assert_int_equal(ofr_series_rows(&im, 3), 3 * series);
  im.strategies *= 2;
  im.failing *= 2;
  assert_int_equal(ofr_column_rows(&im, 1), 2 * columns);
  assert_int_equal(ofr_series_rows(&im, 1), 2 * series);
  assert_int_equal(ofr_merit_steps(&im, 1), 2 * steps);
  staged_plan_free(&plan);
}

static void slices_of_a_batch_are_its_paths_one_after_the_other(void **state) {
  (void)state;
  staged_plan plan;
  read_reference(&plan);
  const ofr_batch batch = {.first_path = UINT64_C(0xfffffff0), .paths = 100, .with_sums = true, .band_paths = 40, .future_stride = 128};
  ofr_job first = ofr_batch_job(plan.staged.image, 2, &batch, 0, 32), second = ofr_batch_job(plan.staged.image, 2, &batch, 32, 32),
          last = ofr_batch_job(plan.staged.image, 2, &batch, 64, 36);
  assert_int_equal(first.path_low, 0xfffffff0);
  assert_int_equal(first.path_high, 0);
  assert_int_equal(second.path_low, 0x10); /* beyond the low word */
  assert_int_equal(second.path_high, 1);
  assert_int_equal(last.stride, 36);
  assert_int_equal(first.band_paths + second.band_paths + last.band_paths, batch.band_paths);
  assert_int_equal(first.band_paths, 32);
  assert_int_equal(second.band_offset, 32);
  assert_int_equal(last.band_stride, 40);
  assert_int_equal(last.points, 2);
  staged_plan_free(&plan);
}

static void a_batch_without_sums_keeps_no_months(void **state) {
  (void)state;
  staged_plan plan;
  read_reference(&plan);
  const ofr_batch batch = {.paths = 100, .band_paths = 40};
  assert_int_equal(ofr_batch_job(plan.staged.image, 1, &batch, 0, 100).band_paths, 0);
  staged_plan_free(&plan);
}

static void futures_take_room_only_where_a_plan_has_them(void **state) {
  (void)state;
  const ofr_batch batch = {.future_stride = 64};
  assert_int_equal(ofr_futures_bytes(&(ofr_image){.months = 12}, &batch), 0);
  assert_int_equal(ofr_futures_bytes(&(ofr_image){.months = 12, .futures = 3}, &batch), (12 * 3 * 64 + 32) * sizeof(float));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_grow_with_points_and_strategies),
      cmocka_unit_test(slices_of_a_batch_are_its_paths_one_after_the_other),
      cmocka_unit_test(a_batch_without_sums_keeps_no_months),
      cmocka_unit_test(futures_take_room_only_where_a_plan_has_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
