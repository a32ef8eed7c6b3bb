/* NVTX, by which NVIDIA's profilers learn what the host is at: declared here, with no dependency. A profiler puts the path of a
 * library into the environment variable NVTX_INJECTION64_PATH; that library, once loaded, is shown our table of functions and
 * puts its own into it. The variable is read by the program; a library reads no environment. */
#ifndef OFR_NVTX_H
#define OFR_NVTX_H

typedef struct ofr_nvtx ofr_nvtx;

/* NULL where the library cannot be loaded or does not want to watch; `library` may be NULL. Once a process: later calls give
 * what the first one gave. Safe from any thread. */
const ofr_nvtx *ofr_nvtx_load(const char *library);

/* A range of this thread's; they nest. `nvtx` may be NULL. */
void ofr_nvtx_push(const ofr_nvtx *nvtx, const char *name);
void ofr_nvtx_pop(const ofr_nvtx *nvtx);
#endif
