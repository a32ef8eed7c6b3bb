/* A CUDA driver and an NVRTC without a GPU, for the tests of back end `cuda`. Built as libcuda.so.1 and libnvrtc.so.12 in a
 * folder that LD_LIBRARY_PATH names; a test that needs it builds it so (fake_cuda.bash).
 *
 * The compiler is the machine's own: it makes of the kernel's text, with fake_cuda_shim.h before it, a shared library, which stands
 * for the cubin. The device is a loop: every thread of the grid, one after the other.
 *
 *   FAKE_CUDA_CC      the C compiler
 *   FAKE_CUDA_SHIM    path of fake_cuda_shim.h
 *   FAKE_CUDA_FAULT   "call=code", "call=code@n" or "call=code@n:d": that call fails with that code, from the n-th time on (1
 *                     unless given), on device d alone (all of them unless given)
 *   FAKE_CUDA_DEVICES how many devices there are; 1 unless given
 *   FAKE_CUDA_SLOW    microseconds that each launch takes longer
 *   FAKE_CUDA_WARPS   set: warps add up among themselves
 *   FAKE_CUDA_MODE    its compute mode
 *   FAKE_CUDA_NVRTC   the one compute capability that the compiler knows; 90 unless given
 *   FAKE_CUDA_MEMORY  bytes that the device has; 1 GiB unless given
 *   FAKE_CUDA_AHEAD   a folder of shared libraries that stand for what nvcc compiled ahead: NAME.so is loaded for the image
 *                     "ahead NAME"
 *   FAKE_CUDA_LOG     a file to which each launch adds a line */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "backend/cuda_api.h"

#define EXPORT __attribute__((visibility("default")))
enum { UNITS = 3, BLOCKS_A_UNIT = 2, MOST_DEVICES = 8, INVALID_VALUE = 1, NOT_FOUND = 500 };

struct CUmod_st { void *library; };
struct CUfunc_st { void (*run)(void **arguments, unsigned grid, unsigned block); char name[64]; };
struct CUevent_st { struct timespec at; };
struct _nvrtcProgram { char *text, *log, *binary; size_t size; };

/* ---- faults ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* several devices are driven by several threads */
static __thread int current;                 /* the device whose context is current */
static ofr_cuda_code broken[MOST_DEVICES];   /* a sticky error: what every call says from then on */

static bool is_sticky(ofr_cuda_code code) { return code == 214 || code == 700 || code == 702 || (code >= 714 && code <= 719); }

static ofr_cuda_code fault_on(const char *call) {
  static int times;
  const char *wanted = getenv("FAKE_CUDA_FAULT");
  unsigned code = 0;
  int from = 1, device = -1;
  char name[64];
  if (broken[current]) return broken[current];
  if (!wanted || sscanf(wanted, "%63[^=]=%u@%d:%d", name, &code, &from, &device) < 2 || strcmp(name, call)) return 0;
  if ((device >= 0 && device != current) || ++times < from) return 0;
  if (is_sticky(code)) broken[current] = code;
  return code;
}

static ofr_cuda_code fault(const char *call) {
  pthread_mutex_lock(&lock);
  ofr_cuda_code code = fault_on(call);
  pthread_mutex_unlock(&lock);
  return code;
}

#define PLAY(call)                                                                                                             \
  do {                                                                                                                         \
    ofr_cuda_code code_ = fault(call);                                                                                         \
    if (code_) return code_;                                                                                                   \
  } while (0)

/* ---- the device ---- */

EXPORT ofr_cuda_code cuInit(unsigned flags) { (void)flags; return fault("cuInit"); }
EXPORT ofr_cuda_code cuDriverGetVersion(int *version) { *version = 12040; return fault("cuDriverGetVersion"); }
EXPORT ofr_cuda_code cuDeviceGetCount(int *count) {
  const char *devices = getenv("FAKE_CUDA_DEVICES");
  *count = devices ? atoi(devices) : 1;
  return fault("cuDeviceGetCount");
}

EXPORT ofr_cuda_code cuDeviceGet(ofr_cuda_id *device, int ordinal) { *device = ordinal; return fault("cuDeviceGet"); }

EXPORT ofr_cuda_code cuGetErrorName(ofr_cuda_code code, const char **name) {
  static const struct { ofr_cuda_code code; const char *name; } names[] = {
      {2, "CUDA_ERROR_OUT_OF_MEMORY"}, {46, "CUDA_ERROR_DEVICE_UNAVAILABLE"}, {100, "CUDA_ERROR_NO_DEVICE"},
      {200, "CUDA_ERROR_INVALID_IMAGE"}, {700, "CUDA_ERROR_ILLEGAL_ADDRESS"}, {702, "CUDA_ERROR_LAUNCH_TIMEOUT"},
      {719, "CUDA_ERROR_LAUNCH_FAILED"}, {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"}, {999, "CUDA_ERROR_UNKNOWN"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].code == code) {
      *name = names[i].name;
      return 0;
    }
  return INVALID_VALUE;
}

EXPORT ofr_cuda_code cuDeviceGetName(char *name, int size, ofr_cuda_id device) {
  (void)device;
  snprintf(name, (size_t)size, "Pretended GPU");
  return fault("cuDeviceGetName");
}

EXPORT ofr_cuda_code cuDeviceGetAttribute(int *value, unsigned attribute, ofr_cuda_id device) {
  const char *mode = getenv("FAKE_CUDA_MODE");
  (void)device;
  *value = attribute == OFR_CUDA_MULTIPROCESSORS ? UNITS
           : attribute == OFR_CUDA_CAPABILITY_MAJOR ? 9
           : attribute == OFR_CUDA_THREADS_OF_MULTIPROCESSOR ? 1024
           : attribute == OFR_CUDA_COMPUTE_MODE && mode ? atoi(mode) : 0;
  return fault("cuDeviceGetAttribute");
}

static size_t all_memory(void) {
  const char *bytes = getenv("FAKE_CUDA_MEMORY");
  return bytes ? (size_t)strtoull(bytes, NULL, 10) : (size_t)1 << 30;
}

EXPORT ofr_cuda_code cuDeviceTotalMem_v2(size_t *bytes, ofr_cuda_id device) {
  (void)device;
  *bytes = all_memory();
  return fault("cuDeviceTotalMem");
}

EXPORT ofr_cuda_code cuDevicePrimaryCtxRetain(ofr_cuda_context *context, ofr_cuda_id device) {
  *context = (ofr_cuda_context)(uintptr_t)(device + 1);
  return fault("cuDevicePrimaryCtxRetain");
}

EXPORT ofr_cuda_code cuDevicePrimaryCtxRelease_v2(ofr_cuda_id device) { (void)device; return fault("cuDevicePrimaryCtxRelease"); }
EXPORT ofr_cuda_code cuCtxSetCurrent(ofr_cuda_context context) {
  current = (int)(uintptr_t)context - 1;
  return fault("cuCtxSetCurrent");
}

/* ---- modules: a binary is a word, its size, and then a shared library ---- */

#define MAGIC "pretend"
enum { HEADER = sizeof MAGIC + sizeof(uint64_t) };

static ofr_cuda_code load_library(ofr_cuda_module *module, const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return OFR_CUDA_INVALID_IMAGE;
  *module = malloc(sizeof **module);
  (*module)->library = library;
  return 0;
}

EXPORT ofr_cuda_code cuModuleLoadData(ofr_cuda_module *module, const void *image) {
  char path[] = "/tmp/fake_cuda_XXXXXX";
  uint64_t size;
  PLAY("cuModuleLoadData");
  if (!memcmp(image, "ahead ", 6) && getenv("FAKE_CUDA_AHEAD")) {
    char library[4096];
    snprintf(library, sizeof library, "%s/%s.so", getenv("FAKE_CUDA_AHEAD"), (const char *)image + 6);
    return load_library(module, library);
  }
  if (memcmp(image, MAGIC, sizeof MAGIC)) return OFR_CUDA_INVALID_IMAGE;
  memcpy(&size, (const char *)image + sizeof MAGIC, sizeof size);
  int file = mkstemp(path);
  if (file < 0) return INVALID_VALUE;
  bool written = write(file, (const char *)image + HEADER, size) == (ssize_t)size;
  close(file);
  ofr_cuda_code code = written ? load_library(module, path) : OFR_CUDA_INVALID_IMAGE;
  unlink(path);
  return code;
}

EXPORT ofr_cuda_code cuModuleUnload(ofr_cuda_module module) {
  dlclose(module->library);
  free(module);
  return fault("cuModuleUnload");
}

EXPORT ofr_cuda_code cuModuleGetFunction(ofr_cuda_function *function, ofr_cuda_module module, const char *name) {
  char symbol[96];
  PLAY("cuModuleGetFunction");
  snprintf(symbol, sizeof symbol, "fake_%s", name);
  void *found = dlsym(module->library, symbol);
  if (!found) return NOT_FOUND;
  *function = calloc(1, sizeof **function); /* for as long as the process lives */
  memcpy(&(*function)->run, &found, sizeof found);
  snprintf((*function)->name, sizeof (*function)->name, "%s", name);
  return 0;
}

EXPORT ofr_cuda_code cuModuleGetGlobal_v2(ofr_cuda_memory *memory, size_t *bytes, ofr_cuda_module module, const char *name) {
  char size[64];
  PLAY("cuModuleGetGlobal");
  snprintf(size, sizeof size, "%s_size", name);
  void *found = dlsym(module->library, name);
  const size_t *room = dlsym(module->library, size);
  if (!found || !room) return NOT_FOUND;
  *memory = (uintptr_t)found;
  *bytes = *room;
  return 0;
}

EXPORT ofr_cuda_code cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, ofr_cuda_function function, int threads,
                                                                 size_t shared) {
  (void)function;
  (void)threads;
  (void)shared;
  *blocks = BLOCKS_A_UNIT;
  return fault("cuOccupancyMaxActiveBlocksPerMultiprocessor");
}

EXPORT ofr_cuda_code cuLaunchKernel(ofr_cuda_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                    unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared, ofr_cuda_stream stream,
                                    void **arguments, void **extra) {
  const char *log = getenv("FAKE_CUDA_LOG"), *slow = getenv("FAKE_CUDA_SLOW");
  (void)stream;
  (void)shared;
  (void)extra;
  PLAY("cuLaunchKernel");
  if (grid_x == 0 || grid_y != 1 || grid_z != 1 || block_x == 0 || block_x > 1024 || block_y != 1 || block_z != 1)
    return INVALID_VALUE;
  FILE *file = log ? fopen(log, "a") : NULL;
  if (file) {
    fprintf(file, "%s %u x %u on %d\n", function->name, grid_x, block_x, current);
    fclose(file);
  }
  if (slow) usleep((useconds_t)atoi(slow));
  function->run(arguments, grid_x, block_x);
  return 0;
}

EXPORT ofr_cuda_code cuFuncGetAttribute(int *value, unsigned attribute, ofr_cuda_function function) {
  (void)function;
  *value = attribute == OFR_CUDA_FUNCTION_REGISTERS ? 99 : attribute == OFR_CUDA_FUNCTION_LOCAL ? 16 : 0;
  return fault("cuFuncGetAttribute");
}

/* ---- memory: each block is preceded by its size, and filled with what nobody may rely on ---- */

static size_t in_use[MOST_DEVICES];
enum { HEAD = 64 };

/* A device's memory is used by the threads that drive it, one at a time. */
static void *take(size_t bytes) {
  if (bytes > all_memory() - in_use[current]) return NULL;
  char *block = malloc(HEAD + bytes);
  if (!block) return NULL;
  memcpy(block, &bytes, sizeof bytes);
  memset(block + HEAD, 0xa5, bytes);
  in_use[current] += bytes;
  return block + HEAD;
}

static void give(void *memory) {
  size_t bytes;
  memcpy(&bytes, (char *)memory - HEAD, sizeof bytes);
  in_use[current] -= bytes;
  free((char *)memory - HEAD);
}

static void *host(ofr_cuda_memory memory) { return (void *)(uintptr_t)memory; }

EXPORT ofr_cuda_code cuMemAlloc_v2(ofr_cuda_memory *memory, size_t bytes) {
  PLAY("cuMemAlloc");
  *memory = (uintptr_t)take(bytes);
  return *memory ? 0 : OFR_CUDA_OUT_OF_MEMORY;
}

EXPORT ofr_cuda_code cuMemFree_v2(ofr_cuda_memory memory) { give(host(memory)); return fault("cuMemFree"); }

EXPORT ofr_cuda_code cuMemAllocHost_v2(void **memory, size_t bytes) {
  PLAY("cuMemAllocHost");
  *memory = malloc(bytes);
  return *memory ? 0 : OFR_CUDA_OUT_OF_MEMORY;
}

EXPORT ofr_cuda_code cuMemFreeHost(void *memory) { free(memory); return fault("cuMemFreeHost"); }

EXPORT ofr_cuda_code cuMemcpyHtoD_v2(ofr_cuda_memory to, const void *from, size_t bytes) {
  PLAY("cuMemcpyHtoD");
  memcpy(host(to), from, bytes);
  return 0;
}

EXPORT ofr_cuda_code cuMemcpyDtoH_v2(void *to, ofr_cuda_memory from, size_t bytes) {
  PLAY("cuMemcpyDtoH");
  memcpy(to, host(from), bytes);
  return 0;
}

EXPORT ofr_cuda_code cuMemcpyDtoHAsync_v2(void *to, ofr_cuda_memory from, size_t bytes, ofr_cuda_stream stream) {
  (void)stream;
  PLAY("cuMemcpyDtoHAsync");
  memcpy(to, host(from), bytes);
  return 0;
}

EXPORT ofr_cuda_code cuMemcpy2DAsync_v2(const ofr_cuda_rectangle *r, ofr_cuda_stream stream) {
  (void)stream;
  PLAY("cuMemcpy2DAsync");
  if (r->from_kind != OFR_CUDA_ON_DEVICE || r->to_kind != OFR_CUDA_ON_HOST || r->from_pitch < r->width || r->to_pitch < r->width)
    return INVALID_VALUE;
  for (size_t y = 0; y < r->height; y++)
    memcpy((char *)r->to_host + (r->to_y + y) * r->to_pitch + r->to_x,
           (const char *)host(r->from_device) + (r->from_y + y) * r->from_pitch + r->from_x, r->width);
  return 0;
}

EXPORT ofr_cuda_code cuMemsetD8Async(ofr_cuda_memory to, unsigned char value, size_t bytes, ofr_cuda_stream stream) {
  (void)stream;
  PLAY("cuMemsetD8Async");
  memset(host(to), value, bytes);
  return 0;
}

/* ---- streams and events: everything is done by the time that a call returns ---- */

EXPORT ofr_cuda_code cuStreamCreate(ofr_cuda_stream *stream, unsigned flags) {
  (void)flags;
  *stream = (ofr_cuda_stream)(uintptr_t)1;
  return fault("cuStreamCreate");
}

EXPORT ofr_cuda_code cuEventCreate(ofr_cuda_event *event, unsigned flags) {
  (void)flags;
  *event = calloc(1, sizeof **event);
  return fault("cuEventCreate");
}

EXPORT ofr_cuda_code cuStreamDestroy_v2(ofr_cuda_stream stream) { (void)stream; return fault("cuStreamDestroy"); }
EXPORT ofr_cuda_code cuStreamSynchronize(ofr_cuda_stream stream) { (void)stream; return fault("cuStreamSynchronize"); }
EXPORT ofr_cuda_code cuEventDestroy_v2(ofr_cuda_event event) { free(event); return fault("cuEventDestroy"); }
EXPORT ofr_cuda_code cuEventSynchronize(ofr_cuda_event event) { (void)event; return fault("cuEventSynchronize"); }

EXPORT ofr_cuda_code cuEventRecord(ofr_cuda_event event, ofr_cuda_stream stream) {
  (void)stream;
  clock_gettime(CLOCK_MONOTONIC, &event->at);
  return fault("cuEventRecord");
}

EXPORT ofr_cuda_code cuEventElapsedTime(float *milliseconds, ofr_cuda_event from, ofr_cuda_event to) {
  *milliseconds = (float)(1e3 * (double)(to->at.tv_sec - from->at.tv_sec) + 1e-6 * (double)(to->at.tv_nsec - from->at.tv_nsec));
  return fault("cuEventElapsedTime");
}

EXPORT ofr_cuda_code cuStreamWaitEvent(ofr_cuda_stream stream, ofr_cuda_event event, unsigned flags) {
  (void)stream;
  (void)event;
  (void)flags;
  return fault("cuStreamWaitEvent");
}

/* ---- NVRTC ---- */

EXPORT ofr_cuda_code nvrtcVersion(int *major, int *minor) {
  *major = 12;
  *minor = 4;
  return fault("nvrtcVersion");
}

EXPORT ofr_cuda_code nvrtcGetNumSupportedArchs(int *count) { *count = 1; return 0; }
EXPORT ofr_cuda_code nvrtcGetSupportedArchs(int *capabilities) {
  const char *known = getenv("FAKE_CUDA_NVRTC");
  capabilities[0] = known ? atoi(known) : 90;
  return 0;
}

EXPORT ofr_cuda_code nvrtcCreateProgram(ofr_cuda_program *program, const char *text, const char *name, int headers,
                                        const char *const *header_texts, const char *const *header_names) {
  (void)name;
  (void)headers;
  (void)header_texts;
  (void)header_names;
  PLAY("nvrtcCreateProgram");
  *program = calloc(1, sizeof **program);
  (*program)->text = strdup(text);
  (*program)->log = strdup("offramp.cu(1): error: this compiler pretends\nsecond line\n");
  return 0;
}

EXPORT ofr_cuda_code nvrtcDestroyProgram(ofr_cuda_program *program) {
  free((*program)->text);
  free((*program)->log);
  free((*program)->binary);
  free(*program);
  *program = NULL;
  return 0;
}

/* Those of our options that keep the bits must be there, and none that spoils them. */
static bool options_are_safe(int count, const char *const *options) {
  static const char *const needed[] = {"--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true"};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
    bool there = false;
    for (int j = 0; j < count; j++) there |= !strcmp(options[j], needed[i]);
    if (!there) return false;
  }
  for (int j = 0; j < count; j++)
    if (strstr(options[j], "fast")) return false;
  return true;
}

static bool read_binary(ofr_cuda_program program, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return false;
  fseek(file, 0, SEEK_END);
  uint64_t size = (uint64_t)ftell(file);
  rewind(file);
  program->size = size + HEADER;
  program->binary = malloc(program->size);
  memcpy(program->binary, MAGIC, sizeof MAGIC);
  memcpy(program->binary + sizeof MAGIC, &size, sizeof size);
  bool whole = fread(program->binary + HEADER, 1, size, file) == size;
  fclose(file);
  return whole;
}

EXPORT ofr_cuda_code nvrtcCompileProgram(ofr_cuda_program program, int count, const char *const *options) {
  char folder[] = "/tmp/fake_nvrtc_XXXXXX", command[4096], defines[1024] = "";
  const char *cc = getenv("FAKE_CUDA_CC"), *shim = getenv("FAKE_CUDA_SHIM");
  PLAY("nvrtcCompileProgram");
  if (!options_are_safe(count, options) || !shim || !mkdtemp(folder)) return OFR_NVRTC_COMPILATION;
  if (getenv("FAKE_CUDA_WARPS")) strcpy(defines, " -DFAKE_WARPS");
  for (int i = 0; i < count; i++)
    if (!strncmp(options[i], "-DOFR_", 6)) snprintf(defines + strlen(defines), sizeof defines - strlen(defines), " %s", options[i]);
  snprintf(command, sizeof command, "%s/k.c", folder);
  FILE *file = fopen(command, "w");
  if (!file) return OFR_NVRTC_COMPILATION;
  fprintf(file, "#include \"%s\"\n%s\n#include \"%s\"\n", shim, program->text, shim);
  fclose(file);
  snprintf(command, sizeof command,
           "%s -w -O1 -std=gnu17 -ffp-contract=off -fno-math-errno -fPIC -shared%s -o %s/k.so %s/k.c -lm >&2", cc ? cc : "cc",
           defines, folder, folder);
  bool compiled = system(command) == 0;
  snprintf(command, sizeof command, "%s/k.so", folder);
  compiled = compiled && read_binary(program, command);
  unlink(command);
  snprintf(command, sizeof command, "%s/k.c", folder);
  unlink(command);
  rmdir(folder);
  return compiled ? 0 : OFR_NVRTC_COMPILATION;
}

EXPORT ofr_cuda_code nvrtcGetCUBINSize(ofr_cuda_program program, size_t *size) { *size = program->size; return fault("nvrtcGetCUBIN"); }
EXPORT ofr_cuda_code nvrtcGetPTXSize(ofr_cuda_program program, size_t *size) { *size = program->size; return fault("nvrtcGetPTX"); }

EXPORT ofr_cuda_code nvrtcGetCUBIN(ofr_cuda_program program, char *cubin) {
  memcpy(cubin, program->binary, program->size);
  return 0;
}

EXPORT ofr_cuda_code nvrtcGetPTX(ofr_cuda_program program, char *ptx) { return nvrtcGetCUBIN(program, ptx); }

EXPORT ofr_cuda_code nvrtcGetProgramLogSize(ofr_cuda_program program, size_t *size) { *size = strlen(program->log) + 1; return 0; }
EXPORT ofr_cuda_code nvrtcGetProgramLog(ofr_cuda_program program, char *log) { strcpy(log, program->log); return 0; }
