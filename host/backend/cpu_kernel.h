/* A kernel for the CPU with a plan's structure compiled in, by this machine's own C compiler: the same bits as the program's own
 * kernels, a third faster to twice as fast. A convenience only: whatever goes wrong here leaves the caller with the program's
 * own. */
#ifndef OFR_CPU_KERNEL_H
#define OFR_CPU_KERNEL_H
#include "backend.h"

typedef struct ofr_cpu_kernel ofr_cpu_kernel;
typedef struct ofr_cpu_build ofr_cpu_build;

/* What is compiled: the text, and the name of the table of functions that it defines, an ofr_path_version or ofr_bound_version. */
typedef struct ofr_cpu_text { const char *text, *table; } ofr_cpu_text;
extern const ofr_cpu_text ofr_cpu_path_text, ofr_cpu_bound_text;

/* What a device has chosen for the plan that it evaluates; {0} to begin with. */
typedef struct ofr_cpu_choice {
  ofr_cpu_kernel *kernel; /* NULL: the program's own is in use */
  ofr_cpu_build *build;   /* NULL: the compiler is not at work */
  char *shape;            /* that it was chosen for */
  bool tried;             /* to compile it */
} ofr_cpu_choice;

/* For the image's shape, as options->kernel says, unless that is done: a plan that differs in numbers only finds its kernel there.
 * Kept under options->cache by shape, text, compiler and instruction-set version (`like` is the program's own). Where the cache has
 * none and that `pays` the compiler is set to work while the program's own kernel serves; where one is demanded it is waited for,
 * and the reason returned why there is none. Else NULL. */
const char *ofr_cpu_choose(ofr_cpu_choice *choice, const ofr_open_options *options, const ofr_cpu_text *text,
                           const ofr_image *image, const ofr_path_version *like, bool pays);
/* Whether a kernel that the compiler was set to work on has become ready: from now on it is the choice's. Does not wait. */
bool ofr_cpu_choice_ripens(ofr_cpu_choice *choice, const ofr_open_options *options, const ofr_cpu_text *text,
                           const ofr_path_version *like);
void ofr_cpu_choice_free(ofr_cpu_choice *choice);
const void *ofr_cpu_kernel_table(const ofr_cpu_kernel *kernel);
const char *ofr_cpu_kernel_compiler(const ofr_cpu_kernel *kernel); /* its file's name, as clang-14 */
const char *ofr_cpu_kernel_key(const ofr_cpu_kernel *kernel);      /* in the cache */
#endif
