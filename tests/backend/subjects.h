/* Every way to compute that this machine has: back ends, devices, instruction sets, widths. For tests that compare them. */
#ifndef SUBJECTS_H
#define SUBJECTS_H
#include "batch_run.h"

/* One way to compute. */
typedef struct subject {
  const ofr_backend *backend;
  ofr_open_options options;
  char name[64];
} subject;

enum { MOST_SUBJECTS = 64 };

extern subject subjects[MOST_SUBJECTS]; /* the first is the baseline, by which the others are judged */
extern int subject_count;

int find_subjects(void **state); /* fixtures of a group of tests */
int forget_subjects(void **state);

/* Whatever goes wrong fails the test that asked. */
ofr_device *open_subject(const subject *s);
batch_values values_of(const subject *s, const ofr_image *images, int points, uint64_t first, uint32_t paths, uint32_t batch,
                       uint32_t band_paths);
/* Fails unless all numbers are those expected. Frees `found`. */
void expect_values(const subject *s, const batch_values *expected, batch_values found);
#endif
