#define _DEFAULT_SOURCE
#include "screen.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.1

bool screen_colors(int file) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(file) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

/* A terminal on which a line can be drawn again. */
static bool can_redraw(void) {
  const char *term = getenv("TERM");
  return isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
}

/* 0 where there is none. */
static int columns_of(int file) {
  struct winsize size;
  return isatty(file) && ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int screen_width(void) {
  const int columns = columns_of(STDOUT_FILENO);
  return columns == 0 ? 100 : columns < 60 ? 60 : columns > 160 ? 160 : columns;
}

screen screen_open(const char *kind, bool quiet) {
  screen s = {.last = -1, .width = columns_of(STDERR_FILENO)};
  if (quiet || !strcmp(kind, "none")) s.kind = SCREEN_NONE;
  else if (!strcmp(kind, "json")) s.kind = SCREEN_JSON;
  else s.kind = !strcmp(kind, "bar") || can_redraw() ? SCREEN_BAR : SCREEN_NONE;
  return s;
}

enum { MOST_OF_A_LINE = 160 };

static int write_time(char *to, size_t size, double seconds) {
  if (seconds >= 3600) return snprintf(to, size, "%.0f h %02.0f min left", floor(seconds / 3600), floor(fmod(seconds, 3600) / 60));
  if (seconds >= 60) return snprintf(to, size, "%.0f min %02.0f s left", floor(seconds / 60), floor(fmod(seconds, 60)));
  return snprintf(to, size, "%.0f s left", ceil(seconds));
}

/* " 25 %  2.5 M path-months/s  30 s left" */
static int write_facts(char *to, size_t size, const offramp_progress *p) {
  const double share = p->total ? (double)p->done / (double)p->total : 0, speed = p->seconds > 0 ? (double)p->done / p->seconds : 0;
  int n = snprintf(to, size, "%3.0f %%", 100 * share);
  if (p->is_replay) n += snprintf(to + n, size - (size_t)n, "  pass %d", p->pass);
  if (speed <= 0) return n;
  n += snprintf(to + n, size - (size_t)n, "  %.1f M path-months/s  ", speed / 1e6);
  return n + write_time(to + n, size - (size_t)n, (double)(p->total - p->done) / speed);
}

/* A line that reached the last column would wrap, and what wrapped stays. */
static int room_of(const screen *s) { return s->width > 0 && s->width <= MOST_OF_A_LINE ? s->width - 1 : MOST_OF_A_LINE; }

static void draw_bar(const screen *s, const offramp_progress *p) {
  enum { CELLS = 30, FEWEST_CELLS = 4, BRACKETS = 3 };
  char facts[MOST_OF_A_LINE];
  int left = room_of(s) - write_facts(facts, sizeof facts, p) - BRACKETS, cells = left < CELLS ? left : CELLS;
  int full = p->total ? (int)((double)p->done / (double)p->total * cells) : 0;
  fputs("\r\033[K", stderr);
  if (cells >= FEWEST_CELLS)
    fprintf(stderr, "[%.*s%.*s] ", full, "##############################", cells - full, "..............................");
  fprintf(stderr, "%.*s", room_of(s), facts);
}

void screen_progress(void *context, const offramp_progress *p) {
  screen *s = context;
  bool finished = p->done == p->total;
  if (s->kind == SCREEN_NONE || (!p->note && !finished && s->last >= 0 && p->seconds - s->last < REDRAW_SECONDS)) return;
  s->last = p->note ? -1 : p->seconds;
  if (s->kind == SCREEN_JSON) {
    if (p->note) fprintf(stderr, "{\"note\": \"%s\"}\n", p->note);
    else fprintf(stderr, "{\"done\": %llu, \"total\": %llu, \"seconds\": %.3f, \"pass\": %d}\n", (unsigned long long)p->done,
                 (unsigned long long)p->total, p->seconds, p->pass);
    return;
  }
  if (p->note) fprintf(stderr, "\r\033[K%.*s ...", room_of(s) - 4, p->note);
  else draw_bar(s, p);
  fflush(stderr);
  s->drawn = true;
}

void screen_close(screen *s) {
  if (s->drawn) fputs("\r\033[K", stderr);
  s->drawn = false;
}
