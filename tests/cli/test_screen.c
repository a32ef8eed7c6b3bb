/* The live line, as it stands on stderr: which is a file here. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/screen.h"

static FILE *kept;
static int before;
static char text[4096];

static int to_file(void **state) {
  (void)state;
  kept = tmpfile();
  fflush(stderr);
  before = dup(STDERR_FILENO);
  return !kept || before < 0 || dup2(fileno(kept), STDERR_FILENO) < 0;
}

static int from_file(void **state) {
  (void)state;
  fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  return fclose(kept);
}

/* What was written since it was asked last. */
static const char *written(void) {
  fflush(stderr);
  rewind(kept);
  text[fread(text, 1, sizeof text - 1, kept)] = 0;
  assert_int_equal(ftruncate(fileno(kept), 0), 0);
  rewind(kept); /* stderr shares the place in the file */
  return text;
}

static const char *bar_of(double done, double total, double seconds) {
  screen s = {.kind = SCREEN_BAR, .last = -1};
  screen_progress(&s, &(offramp_progress){.done = (uint64_t)done, .total = (uint64_t)total, .seconds = seconds, .pass = 1});
  return written();
}

#define START "\r\033[K"

static void the_bar_says_how_far_how_fast_and_how_long_still(void **state) {
  (void)state;
  assert_string_equal(bar_of(25e6, 100e6, 10), START "[#######.......................]  25 %  2.5 M path-months/s  30 s left");
  assert_string_equal(bar_of(0, 100e6, 1), START "[..............................]   0 %");
  assert_string_equal(bar_of(100e6, 100e6, 4), START "[##############################] 100 %  25.0 M path-months/s  0 s left");
}

static void long_times_are_told_in_minutes_and_hours(void **state) {
  (void)state;
  static const struct { double seconds; const char *text; } known[] = {
      {59, "  59 s left"},      {60, "  1 min 00 s left"},    {100, "  1 min 40 s left"}, {3599, "  59 min 59 s left"},
      {3600, "  1 h 00 min left"}, {10770, "  2 h 59 min left"}, {36000, "  10 h 00 min left"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    const char *bar = bar_of(1e6, 1e6 + known[i].seconds * 1e6, 1); /* a million of them a second */
    assert_non_null(strstr(bar, known[i].text));
  }
}

static void a_line_never_reaches_the_last_column(void **state) {
  (void)state;
  const offramp_progress half = {.done = 50000000, .total = 100000000, .seconds = 10, .pass = 1}, note = {.note = "spreading out"};
  static const struct { int width; const char *bar, *note; } known[] = {
      {160, START "[###############...............]  50 %  5.0 M path-months/s  10 s left", START "spreading out ..."},
      {60, START "[#########..........]  50 %  5.0 M path-months/s  10 s left", START "spreading out ..."},
      {40, START " 50 %  5.0 M path-months/s  10 s left", START "spreading out ..."},
      {12, START " 50 %  5.0 ", START "spreadi ..."}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    screen s = {.kind = SCREEN_BAR, .last = -1, .width = known[i].width};
    screen_progress(&s, &half);
    assert_string_equal(written(), known[i].bar);
    screen_progress(&s, &note);
    assert_string_equal(written(), known[i].note);
  }
}

static void a_replay_names_its_pass(void **state) {
  (void)state;
  screen s = {.kind = SCREEN_BAR, .last = -1};
  screen_progress(&s, &(offramp_progress){.done = 50, .total = 100, .pass = 2, .is_replay = 1});
  assert_string_equal(written(), START "[###############...............]  50 %  pass 2");
}

static void it_is_drawn_ten_times_a_second_and_at_the_end(void **state) {
  (void)state;
  screen s = {.kind = SCREEN_JSON, .last = -1};
  offramp_progress p = {.done = 1, .total = 10, .seconds = 1, .pass = 1};
  screen_progress(&s, &p);
  assert_string_equal(written(), "{\"done\": 1, \"total\": 10, \"seconds\": 1.000, \"pass\": 1}\n");
  p.seconds = 1.05;
  screen_progress(&s, &p);
  assert_string_equal(written(), "");
  p.done = 10;
  screen_progress(&s, &p); /* the end, however soon */
  assert_string_equal(written(), "{\"done\": 10, \"total\": 10, \"seconds\": 1.050, \"pass\": 1}\n");
  p.done = 2;
  p.seconds = 1.16;
  screen_progress(&s, &p);
  assert_string_equal(written(), "{\"done\": 2, \"total\": 10, \"seconds\": 1.160, \"pass\": 1}\n");
}

static void a_note_is_shown_at_once_and_what_follows_too(void **state) {
  (void)state;
  screen s = {.kind = SCREEN_JSON, .last = -1};
  offramp_progress p = {.total = 10, .seconds = 1}, note = {.total = 1, .note = "compiling"};
  screen_progress(&s, &p);
  written();
  screen_progress(&s, &note);
  assert_string_equal(written(), "{\"note\": \"compiling\"}\n");
  screen_progress(&s, &p);
  assert_string_not_equal(written(), "");
  s.kind = SCREEN_BAR;
  screen_progress(&s, &note);
  assert_string_equal(written(), START "compiling ...");
}

static void closing_wipes_the_line_once(void **state) {
  (void)state;
  screen s = {.kind = SCREEN_BAR, .last = -1};
  screen_close(&s);
  assert_string_equal(written(), "");
  screen_progress(&s, &(offramp_progress){.done = 1, .total = 10});
  written();
  screen_close(&s);
  assert_string_equal(written(), START);
  screen_close(&s);
  assert_string_equal(written(), "");
}

static void nothing_is_drawn_unasked_where_no_terminal_is(void **state) {
  (void)state;
  assert_int_equal(screen_open("auto", false).kind, SCREEN_NONE);
  assert_int_equal(screen_open("none", false).kind, SCREEN_NONE);
  assert_int_equal(screen_open("bar", false).kind, SCREEN_BAR);
  assert_int_equal(screen_open("bar", true).kind, SCREEN_NONE);
  assert_int_equal(screen_open("json", false).kind, SCREEN_JSON);
  assert_int_equal(screen_open("json", true).kind, SCREEN_NONE);
  assert_false(screen_colors(STDERR_FILENO));
  screen s = screen_open("auto", false);
  screen_progress(&s, &(offramp_progress){.done = 1, .total = 10});
  assert_string_equal(written(), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, to_file, from_file)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_bar_says_how_far_how_fast_and_how_long_still), TEST(long_times_are_told_in_minutes_and_hours),
      TEST(a_line_never_reaches_the_last_column),
      TEST(a_replay_names_its_pass),                          TEST(it_is_drawn_ten_times_a_second_and_at_the_end),
      TEST(a_note_is_shown_at_once_and_what_follows_too),     TEST(closing_wipes_the_line_once),
      TEST(nothing_is_drawn_unasked_where_no_terminal_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
