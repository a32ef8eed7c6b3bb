/* Room for those who keep much on the stack: the CPU's kernels, 4 MB of books for a bundle of paths. */
#ifndef OFR_DEEP_STACK_H
#define OFR_DEEP_STACK_H
#include <stdbool.h>
#include <stddef.h>

enum { OFR_DEEP_STACK = 8 << 20, OFR_DEEP_ENOUGH = 5 << 20 }; /* bytes: of a stack made for it; of what has to be left of another */

/* Whether the calling thread has that much left. Where that cannot be known it is taken to have. */
bool ofr_stack_is_deep(void);
/* Runs the task, on a thread of its own while the caller waits if the caller's stack is too small: an embedder's thread, or a
 * shell's `ulimit -s`. */
void ofr_run_deep(void (*task)(void *context), void *context);
#endif
