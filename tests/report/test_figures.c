/* How amounts look to people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "report/figures.h"

#define NBSP "\xC2\xA0"
#define EXPECT(expected, call)                                                                                                 \
  do {                                                                                                                         \
    ofr_text text = {0};                                                                                                       \
    call;                                                                                                                      \
    assert_string_equal(ofr_text_chars(&text), expected);                                                                      \
    ofr_text_free(&text);                                                                                                      \
  } while (0)

static void dollars_take_the_unit_they_need(void **state) {
  (void)state;
  EXPECT("$0.00", ofr_figure_dollars(&text, 0));
  EXPECT("$12.50", ofr_figure_dollars(&text, 12.5));
  EXPECT("$133.90", ofr_figure_dollars(&text, 133.9));
  EXPECT("$1.50" NBSP "K", ofr_figure_dollars(&text, 1500));
  EXPECT("$831.1" NBSP "million", ofr_figure_dollars(&text, 831.1e6));
  EXPECT("$250.0" NBSP "billion", ofr_figure_dollars(&text, 250e9));
  EXPECT("-$1.20" NBSP "trillion", ofr_figure_dollars(&text, -1.2e12));
  EXPECT("$1.00" NBSP "billion", ofr_figure_dollars(&text, 999.99e6));
}

static void an_error_says_how_many_decimals_matter(void **state) {
  (void)state;
  EXPECT("$831" NBSP "\xC2\xB1" NBSP "21" NBSP "million", ofr_figure_dollars_within(&text, 831.1e6, 20.8e6));
  EXPECT("$831.1" NBSP "\xC2\xB1" NBSP "2.1" NBSP "million", ofr_figure_dollars_within(&text, 831.1e6, 2.08e6));
  EXPECT("$12.411" NBSP "\xC2\xB1" NBSP "0.021" NBSP "billion", ofr_figure_dollars_within(&text, 12.4113e9, 20.8e6));
  EXPECT("$0.3" NBSP "\xC2\xB1" NBSP "2.0" NBSP "billion", ofr_figure_dollars_within(&text, 0.3e9, 2e9));
  EXPECT("$336.70" NBSP "\xC2\xB1" NBSP "8.52", ofr_figure_dollars_within(&text, 336.7, 8.52));
  EXPECT("$337" NBSP "\xC2\xB1" NBSP "18", ofr_figure_dollars_within(&text, 336.7, 18));
  EXPECT("$1.50" NBSP "K", ofr_figure_dollars_within(&text, 1500, 0));
  EXPECT("$1.50" NBSP "K", ofr_figure_dollars_within(&text, 1500, NAN));
}

static void shares_never_round_to_never_or_always(void **state) {
  (void)state;
  EXPECT("0" NBSP "%", ofr_figure_percent(&text, 0));
  EXPECT("<0.1" NBSP "%", ofr_figure_percent(&text, 1e-6));
  EXPECT("4.2" NBSP "%", ofr_figure_percent(&text, 0.042));
  EXPECT("87" NBSP "%", ofr_figure_percent(&text, 0.87));
  EXPECT("98.6" NBSP "%", ofr_figure_percent(&text, 0.986));
  EXPECT(">99.9" NBSP "%", ofr_figure_percent(&text, 0.99999));
  EXPECT("100" NBSP "%", ofr_figure_percent(&text, 1));
  EXPECT("1,245" NBSP "%", ofr_figure_percent(&text, 12.449));
  EXPECT("\xE2\x80\x93", ofr_figure_percent_cell(&text, 0));
  EXPECT("<0.1", ofr_figure_percent_cell(&text, 0.0001));
  EXPECT(">99.9", ofr_figure_percent_cell(&text, 0.9999));
}

static void a_table_has_one_unit_and_a_dash_for_nothing(void **state) {
  (void)state;
  ofr_money_unit unit = ofr_money_unit_for(19e9);
  assert_string_equal(unit.name, "$ million");
  EXPECT("12,411", ofr_figure_money(&text, 12411.3e6, unit));
  EXPECT("0", ofr_figure_money(&text, 1, unit));
  EXPECT("\xE2\x80\x93", ofr_figure_money(&text, 0, unit));
  EXPECT("n/a", ofr_figure_money(&text, NAN, unit));
  assert_string_equal(ofr_money_unit_for(250e9).name, "$ million");
  assert_string_equal(ofr_money_unit_for(2500e9).name, "$ billion");
  assert_string_equal(ofr_money_unit_for(0).name, "$");
  EXPECT("2,500.0", ofr_figure_money(&text, 2.5e9, ofr_money_unit_for(2.5e9)));
}

static void a_unit_gets_finer_until_the_smallest_has_two_digits(void **state) {
  (void)state;
  ofr_money_unit billions = ofr_money_unit_for(2500e9);
  assert_string_equal(ofr_money_unit_showing(billions, 1.2e9, 300e9).name, "$ billion");
  assert_string_equal(ofr_money_unit_showing(billions, 0.9e9, 300e9).name, "$ million");
  assert_string_equal(ofr_money_unit_showing(billions, INFINITY, 0).name, "$ billion"); /* there is none */
  ofr_money_unit finer = ofr_money_unit_showing(billions, 20e6, 300e9);
  assert_string_equal(finer.name, "$ million");
  EXPECT("300,000", ofr_figure_money(&text, 300e9, finer));
  EXPECT("20", ofr_figure_money(&text, 20e6, finer));
  finer = ofr_money_unit_showing(billions, 1e-6, 300e9); /* not at the price of a wall of digits */
  EXPECT("300,000", ofr_figure_money(&text, 300e9, finer));
  finer = ofr_money_unit_showing(billions, 0.5, 40);
  EXPECT("40.00", ofr_figure_money(&text, 40, finer));
}

static void counts_are_grouped(void **state) {
  (void)state;
  EXPECT("100,000", ofr_figure_count(&text, 100000));
  EXPECT("18446744073709551615", ofr_figure_count(&text, UINT64_MAX));
  EXPECT("20,134", ofr_figure_amount(&text, 20134.25));
  EXPECT("3.25", ofr_figure_amount(&text, 3.25));
  EXPECT("<0.01", ofr_figure_amount(&text, 0.0036));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dollars_take_the_unit_they_need),
      cmocka_unit_test(an_error_says_how_many_decimals_matter),
      cmocka_unit_test(shares_never_round_to_never_or_always),
      cmocka_unit_test(a_table_has_one_unit_and_a_dash_for_nothing),
      cmocka_unit_test(a_unit_gets_finer_until_the_smallest_has_two_digits),
      cmocka_unit_test(counts_are_grouped),
  };
  return cmocka_run_group_tests_name("report/figures", tests, NULL, NULL);
}
