/* The live line on stderr: how far, how fast, how long still. Never on standard output, never unasked in a log. */
#ifndef OFR_SCREEN_H
#define OFR_SCREEN_H
#include <offramp/offramp.h>
#include <stdbool.h>

typedef enum screen_kind { SCREEN_NONE, SCREEN_BAR, SCREEN_JSON } screen_kind;

typedef struct screen {
  screen_kind kind;
  double last;     /* seconds at which the line was drawn last */
  bool drawn;
  int width;       /* of the terminal on stderr, in columns; 0: there is none */
} screen;

screen screen_open(const char *kind, bool quiet); /* auto, bar, json, none */
void screen_progress(void *context, const offramp_progress *progress); /* fits offramp_run_config.progress */
void screen_close(screen *s);

bool screen_colors(int file); /* a terminal, and NO_COLOR is not set */
int screen_width(void);       /* of the terminal on standard output, 100 where there is none */
#endif
