/* What is said of the futures of two results, and of the noise that follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "reduce/small_results.h"
#include "report/comparison_futures.h"
#include "fixture.h"

static ofr_arena *arena;
static small_result a, b;
static ofr_text said;

static int begin(void **state) {
  (void)state;
  arena = ofr_arena_create();
  small_results_begin(&a, &b);
  a.record.file = "before.json";
  b.record.file = "after.json";
  return !arena;
}

static int end(void **state) {
  (void)state;
  ofr_text_free(&said);
  ofr_arena_destroy(arena);
  return 0;
}

/* On one line, no-break spaces as spaces. */
static const char *futures(double noise) {
  ofr_text text = {0};
  ofr_page page = ofr_page_on(&text, OFR_PAGE_TEXT, 1000, false);
  ofr_comparison_futures(small_results_compare(&a, &b, noise, 0, arena), &page);
  ofr_page_end(&page);
  ofr_text_free(&said);
  said = fixture_unwrapped(&text);
  ofr_text_free(&text);
  return ofr_text_chars(&said);
}

static void slice(ofr_figure *f, const double *slices) {
  f->slices = slices;
  f->slice_count = 2;
}

static const double low_high[] = {98e9, 102e9}, a_little_more[] = {98.5e9, 102.7e9};

static void of_the_same_futures_what_is_common_cancels(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) slice(&a.figures[i], low_high), slice(&b.figures[i], a_little_more);
  b.figures[0].value.mean = 100.6e9;
  const char *text = futures(3);
  fixture_says(text, "Both saw the same futures (10,000 of seed 7). What they have in common cancels");
  fixture_says(text, "Of independent futures it would be \xC2\xB1 $2.83 billion for the total cost of 'tied'.");
  fixture_lacks(text, "upper bound");
  fixture_lacks(text, "--threshold");
  fixture_says(futures(0), "Nothing moved by more than 1 % of what it was: --threshold 1 lets that pass.");
  b.figures[0].value.mean = 101.1e9;
  fixture_lacks(futures(0), "--threshold");
}

static void figures_without_slices_keep_an_upper_bound(void **state) {
  (void)state;
  slice(&a.figures[0], low_high);
  slice(&b.figures[0], a_little_more);
  b.figures[1].value.mean = 80.1e9;
  fixture_says(futures(3), "That of 2 figures is the noise of independent futures: an upper bound");
  fixture_says(futures(3), "1 figure differs within it; --noise 0 --threshold 1 shows all");
  fixture_lacks(futures(3), "keeps no slices");
  fixture_lacks(futures(0), "shows all");
}

static void a_result_of_an_older_version_is_named(void **state) {
  (void)state;
  slice(&b.figures[0], a_little_more);
  fixture_says(futures(3), "before.json keeps no slices of its futures, as those of an older version: run it again. The noise shown is");
  fixture_says(futures(3), "an upper bound");
  slice(&a.figures[1], low_high);
  b.figures[0].slice_count = 0;
  b.figures[0].slices = NULL;
  fixture_says(futures(3), "after.json keeps no slices");
  a.record.is_store = b.record.is_store = true;
  fixture_says(futures(3), "as those of an older version: sweep into a new store.");
}

static void fewer_paths_of_a_seed_are_among_the_others(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) slice(&a.figures[i], low_high), slice(&b.figures[i], a_little_more);
  b.points[0].paths = 20000;
  fixture_says(futures(3), "the smaller one's futures are among the larger one's (10,000 of seed 7; 20,000 of seed 7). The noise shown is "
                   "that of independent futures: an upper bound");
  fixture_lacks(futures(3), "keeps no slices");
  a.record.futures = b.record.futures = "f.csv";
  fixture_says(futures(3), "Both took futures from files (10,000 of seed 7 and f.csv;");
}

static void other_seeds_are_other_futures(void **state) {
  (void)state;
  b.points[0].seed = 8;
  fixture_lacks(futures(3), "upper bound");
  fixture_lacks(futures(3), "By chance");
  fixture_says(futures(3), "Other futures: 10,000 of seed 7 before, 10,000 of seed 8 after.");
  fixture_says(futures(1), "By chance alone about 1.0 of 3 figures would differ by more than 1 standard error."); /* 3 x 0.317 */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(of_the_same_futures_what_is_common_cancels, begin, end),
      cmocka_unit_test_setup_teardown(figures_without_slices_keep_an_upper_bound, begin, end),
      cmocka_unit_test_setup_teardown(a_result_of_an_older_version_is_named, begin, end),
      cmocka_unit_test_setup_teardown(fewer_paths_of_a_seed_are_among_the_others, begin, end),
      cmocka_unit_test_setup_teardown(other_seeds_are_other_futures, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
