/* A kernel for the CPU with a plan's structure compiled in, by this machine's own C compiler: the same bits as the program's own
 * kernels, a third faster. A convenience only: whatever goes wrong here leaves the caller with the kernel that he has. */
#ifndef OFR_CPU_KERNEL_H
#define OFR_CPU_KERNEL_H
#include "backend.h"

typedef struct ofr_cpu_kernel ofr_cpu_kernel;

/* What is compiled: the text, and the name of the table of functions that it defines, an ofr_path_version or ofr_bound_version. */
typedef struct ofr_cpu_text { const char *text, *table; } ofr_cpu_text;
extern const ofr_cpu_text ofr_cpu_path_text, ofr_cpu_bound_text;

/* Kept under options->cache by shape, text, compiler and instruction-set version (`like` is the program's own). Compiles where the
 * cache has none and `compile` says so. NULL where there is none to be had; *why_not is then a reason to tell, or NULL where
 * nothing went wrong. */
ofr_cpu_kernel *ofr_cpu_kernel_open(const ofr_open_options *options, const ofr_cpu_text *text, const char *shape,
                                    const ofr_path_version *like, bool compile, const char **why_not);
void ofr_cpu_kernel_close(ofr_cpu_kernel *kernel); /* NULL is allowed */
const void *ofr_cpu_kernel_table(const ofr_cpu_kernel *kernel);
const char *ofr_cpu_kernel_compiler(const ofr_cpu_kernel *kernel); /* its file's name, as clang-14 */
const char *ofr_cpu_kernel_key(const ofr_cpu_kernel *kernel);      /* in the cache */
#endif
