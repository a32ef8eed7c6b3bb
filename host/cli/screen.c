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

int screen_width(void) {
  struct winsize size;
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col < 60 ? 60 : size.ws_col > 160 ? 160 : size.ws_col;
  return 100;
}

screen screen_open(const char *kind, bool quiet) {
  screen s = {.last = -1};
  if (quiet || !strcmp(kind, "none")) s.kind = SCREEN_NONE;
  else if (!strcmp(kind, "json")) s.kind = SCREEN_JSON;
  else s.kind = !strcmp(kind, "bar") || can_redraw() ? SCREEN_BAR : SCREEN_NONE;
  return s;
}

static void print_time(double seconds) {
  if (seconds >= 3600) fprintf(stderr, "%.0f h %02.0f min", floor(seconds / 3600), floor(fmod(seconds, 3600) / 60));
  else if (seconds >= 60) fprintf(stderr, "%.0f min %02.0f s", floor(seconds / 60), floor(fmod(seconds, 60)));
  else fprintf(stderr, "%.0f s", ceil(seconds));
}

static void draw_bar(const offramp_progress *p) {
  enum { CELLS = 30 };
  double share = p->total ? (double)p->done / (double)p->total : 0, speed = p->seconds > 0 ? (double)p->done / p->seconds : 0;
  int full = (int)(share * CELLS);
  fprintf(stderr, "\r\033[K[%.*s%.*s] %3.0f %%", full, "##############################", CELLS - full,
          "..............................", 100 * share);
  if (p->is_replay) fprintf(stderr, "  pass %d", p->pass);
  if (speed > 0) {
    fprintf(stderr, "  %.1f M path-months/s  ", speed / 1e6);
    print_time((double)(p->total - p->done) / speed);
    fputs(" left", stderr);
  }
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
  if (p->note) fprintf(stderr, "\r\033[K%s ...", p->note);
  else draw_bar(p);
  fflush(stderr);
  s->drawn = true;
}

void screen_close(screen *s) {
  if (s->drawn) fputs("\r\033[K", stderr);
  s->drawn = false;
}
