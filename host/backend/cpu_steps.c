#define _GNU_SOURCE
#include "cpu_steps.h"
#include <stdlib.h>
#include <string.h>

#if defined(__linux__) && defined(__x86_64__)
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BETWEEN_LOOKS = 1024, MOST_SECONDS = 6 }; /* of this process: 100,000 steps, where one is slow; a million elsewhere */

/* Loads, stores and moves of the opcode map that begins with 0f, in their vector forms. */
static bool is_move(unsigned char opcode) {
  static const unsigned char moves[] = {0x10, 0x11, 0x12, 0x13, 0x16, 0x17, 0x28, 0x29, 0x2b, 0x6e, 0x6f, 0x7e, 0x7f,
                                        0x90, 0x91, 0x92, 0x93, 0xd6, 0xe7};
  return memchr(moves, opcode, sizeof moves) != NULL;
}

/* By its encoding: VEX (c4, c5) and EVEX (62) are vectors, but for moves, masks and the integer instructions that VEX also
 * encodes; of the older encodings, what has 0f and an opcode of the floating-point and integer vector blocks. */
static bool is_vector(const unsigned char *at) {
  if (*at == 0x62) return (at[1] & 7) != 1 || !is_move(at[4]);
  if (*at == 0xc5) return !is_move(at[2]) && !(at[2] >= 0x41 && at[2] <= 0x4b) && at[2] != 0x98 && at[2] != 0x99;
  if (*at == 0xc4) {
    int map = at[1] & 31;
    if (map == 1) return !is_move(at[3]) && !(at[3] >= 0x41 && at[3] <= 0x4b) && at[3] != 0x98 && at[3] != 0x99;
    return !(map == 2 && at[3] >= 0xf2 && at[3] <= 0xf7) && !(map == 3 && (at[3] == 0xf0 || (at[3] >= 0x30 && at[3] <= 0x33)));
  }
  while (*at == 0x66 || *at == 0xf2 || *at == 0xf3 || (*at & 0xf0) == 0x40) at++;
  if (*at != 0x0f) return false;
  unsigned char opcode = at[1];
  return (opcode >= 0x51 && opcode <= 0x76 && !is_move(opcode)) || (opcode >= 0xd1 && opcode != 0xff && !is_move(opcode)) ||
         opcode == 0xc2 || opcode == 0xc6 || (opcode >= 0x2a && opcode <= 0x2f && opcode != 0x2b);
}

/* The child is a copy of this process, so that its code can be read here. */
static bool follow(pid_t child, ofr_steps *steps) {
  struct timespec began, now;
  int status;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &began);
  for (long n = 1;; n++) {
    if (n % BETWEEN_LOOKS == 0 && clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0 && now.tv_sec - began.tv_sec > MOST_SECONDS)
      return false;
    long at = ptrace(PTRACE_PEEKUSER, child, offsetof(struct user_regs_struct, rip), NULL);
    if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) || waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return false;
    if (WSTOPSIG(status) == SIGUSR2) return true;
    if (WSTOPSIG(status) != SIGTRAP) return false;
    steps->instructions++;
    steps->vectors += is_vector((const unsigned char *)(uintptr_t)at);
  }
}

bool ofr_cpu_steps(void (*task)(void *context), void *context, ofr_steps *steps) {
  int status;
  *steps = (ofr_steps){0};
  pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP)) _exit(1);
    task(context);
    raise(SIGUSR2);
    _exit(0);
  }
  bool done = waitpid(child, &status, 0) == child && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP && follow(child, steps);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return done;
}
#else
bool ofr_cpu_steps(void (*task)(void *context), void *context, ofr_steps *steps) {
  (void)task;
  (void)context;
  *steps = (ofr_steps){0};
  return false;
}
#endif

/* What `more` took beyond `less`, for each of `units`: what both have in common falls out. */
static ofr_steps difference(const ofr_steps *less, const ofr_steps *more, double units) {
  return (ofr_steps){(more->instructions - less->instructions) / units, (more->vectors - less->vectors) / units};
}

typedef struct some_months { const ofr_path_version *version; const ofr_image *image; ofr_outputs outputs; } some_months;

static void run_months(void *context) {
  const some_months *x = context;
  uint32_t lanes = (uint32_t)x->version->lanes;
  const ofr_job job = {.paths = lanes, .points = 1, .stride = lanes};
  x->version->paths(x->image, &job, &x->outputs, 0, lanes);
}

bool ofr_cpu_path_steps(const ofr_path_version *version, const ofr_image *image, int columns, ofr_steps *steps) {
  const int few = 2, many = image->months < 4 ? image->months : 4;
  ofr_image *copy = aligned_alloc(64, (image->bytes + 63) / 64 * 64);
  int64_t *values = calloc((size_t)(columns * image->strategies + 1) * (size_t)version->lanes, sizeof *values);
  const size_t size = (size_t)(columns * image->strategies * version->lanes);
  some_months x = {version, copy, {.columns = values, .clamped = values ? values + size : NULL}};
  ofr_steps less, more;
  bool done = copy && values && many > few;
  if (done) {
    memcpy(copy, image, image->bytes);
    copy->months = few;
    done = ofr_cpu_steps(run_months, &x, &less);
    copy->months = many;
    done = done && ofr_cpu_steps(run_months, &x, &more);
  }
  if (done) *steps = difference(&less, &more, (double)(many - few) * image->strategies * version->lanes);
  free(copy);
  free(values);
  return done;
}

typedef struct some_rounds { const ofr_path_version *version; int kind; uint32_t question[6], answer[4]; } some_rounds;

static void run_rounds(void *context) {
  some_rounds *x = context;
  x->version->probe(x->kind, x->question, x->answer, 1);
}

bool ofr_cpu_ceiling_steps(const ofr_path_version *version, int kind, ofr_steps *steps) {
  some_rounds few = {version, kind, {64}, {0}}, many = {version, kind, {320}, {0}};
  ofr_steps less, more;
  if (!ofr_cpu_steps(run_rounds, &few, &less) || !ofr_cpu_steps(run_rounds, &many, &more)) return false;
  *steps = difference(&less, &more, 256);
  return true;
}
