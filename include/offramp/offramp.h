/* offramp: what multi-cloud AI compute costs, simulated.
 *
 * The library reads a plan, simulates it on a CPU or a GPU and hands back exact statistics. It never prints, never exits
 * and never reads the environment. Argument order everywhere: what is acted on, inputs, configuration, outputs, error.
 *
 * Threads: an object may be used by one thread at a time; different objects by different threads.
 * Ownership: what a function returns through an `**out` belongs to the caller, who frees it with the matching _free;
 * strings returned as `const char *` live as long as the object they were asked from.
 * Errors: every call that can fail returns a status, and fills `error` (which may be NULL) when that is not OFFRAMP_OK.
 */
#ifndef OFFRAMP_H
#define OFFRAMP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OFFRAMP_API __attribute__((visibility("default")))
#else
#define OFFRAMP_API
#endif

/* The values are pinned: scripts and other languages rely on them. */
typedef enum offramp_status {
  OFFRAMP_OK = 0,
  OFFRAMP_ERR_ARGUMENT = 1, /* the call itself was wrong */
  OFFRAMP_ERR_PLAN = 2,     /* the plan, or another input, is wrong: see the diagnostics */
  OFFRAMP_ERR_DEVICE = 3,   /* no such device, or it failed */
  OFFRAMP_ERR_MISMATCH = 4, /* a self-test or cross-check found other bits than the CPU's */
  OFFRAMP_ERR_LIMIT = 5,    /* out of memory, or a size beyond what is supported */
  OFFRAMP_ERR_FILE = 6,     /* a file could not be read or written */
  OFFRAMP_INTERRUPTED = 7   /* the caller's `interrupt` flag was set */
} offramp_status;

typedef struct offramp_error {
  offramp_status status;
  char place[160];   /* where: a JSON pointer, a device, a file; may be empty */
  char message[640]; /* one sentence that ends with what to do */
} offramp_error;

/* "0.1.0" */
OFFRAMP_API const char *offramp_version(void);

#ifdef __cplusplus
}
#endif
#endif
