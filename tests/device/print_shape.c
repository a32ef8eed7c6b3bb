/* print_shape PLAN: the shape of a plan as a CUDA kernel compiled at run time has it before its text. */
#include <stdio.h>
#include <stdlib.h>
#include "../backend/staged_plan.h"
#include "backend/cuda_kernel.h"

int main(int argc, char **argv) {
  staged_plan plan;
  if (argc != 2 || !staged_plan_read(argv[1], &plan)) return 1;
  char *text = ofr_image_shape_text(plan.staged.image);
  if (plan.staged.image->bytes <= OFR_CUDA_CONSTANT_BYTES) printf("#define OFR_IMAGE_WORDS %u\n", plan.staged.image->bytes / 4);
  int failed = !text || fputs(text, stdout) == EOF || fflush(stdout) == EOF;
  free(text);
  staged_plan_free(&plan);
  return failed;
}
