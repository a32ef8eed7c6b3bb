#include "nvtx.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As in NVTX 3: tables by number; functions by module and number, from 1 on. Modules in which nothing of ours is called have
 * places too, for watchers that want to fill them. */
enum { TABLE_CALLBACKS = 1, TABLE_VERSION = 3, MODULE_CORE = 1, MODULES = 7, CORE_PUSH = 9, CORE_POP = 11, MOST_FUNCTIONS = 17 };
enum { NVTX_VERSION = 3 };
static const unsigned functions_of[MODULES] = {0, 16, 9, 15, 7, 16, 7}; /* core, CUDA, OpenCL, CUDA runtime, core 2, sync */

typedef void any_function(void);

struct ofr_nvtx { any_function *functions[MODULES][MOST_FUNCTIONS]; };

static ofr_nvtx watcher;
static any_function **slots[MODULES][MOST_FUNCTIONS]; /* each ends with NULL */

static int module_functions(int module, any_function ****table, unsigned *count) {
  if (module < MODULE_CORE || module >= MODULES) return 0;
  if (table) *table = slots[module];
  if (count) *count = functions_of[module];
  return 1;
}

static void set_version(uint32_t version) { (void)version; }

static const struct {
  size_t size;
  int (*functions)(int, any_function ****, unsigned *);
} callbacks = {sizeof callbacks, module_functions};
static const struct { size_t size; uint32_t version, reserved; void (*set)(uint32_t); } version = {sizeof version, NVTX_VERSION, 0,
                                                                                                   set_version};

static const void *export_table(uint32_t table) {
  return table == TABLE_CALLBACKS ? (const void *)&callbacks : table == TABLE_VERSION ? (const void *)&version : NULL;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const ofr_nvtx *loaded;
static int tried;

static const ofr_nvtx *load(const char *library) {
  int (*begin)(const void *(*)(uint32_t)) = NULL;
  void *opened = dlopen(library, RTLD_NOW | RTLD_LOCAL), *found = opened ? dlsym(opened, "InitializeInjectionNvtx2") : NULL;
  memcpy(&begin, &found, sizeof found); /* what dlsym returns is data to C and code to POSIX */
  for (int m = MODULE_CORE; m < MODULES; m++)
    for (unsigned i = 1; i < functions_of[m]; i++) slots[m][i] = &watcher.functions[m][i];
  if (begin && begin(export_table) != 0) return &watcher;
  if (opened) dlclose(opened);
  return NULL;
}

const ofr_nvtx *ofr_nvtx_load(const char *library) {
  pthread_mutex_lock(&lock);
  if (!tried && library && *library) {
    tried = 1;
    loaded = load(library);
  }
  pthread_mutex_unlock(&lock);
  return loaded;
}

void ofr_nvtx_push(const ofr_nvtx *nvtx, const char *name) {
  if (nvtx && nvtx->functions[MODULE_CORE][CORE_PUSH]) ((int (*)(const char *))nvtx->functions[MODULE_CORE][CORE_PUSH])(name);
}

void ofr_nvtx_pop(const ofr_nvtx *nvtx) {
  if (nvtx && nvtx->functions[MODULE_CORE][CORE_POP]) ((int (*)(void))nvtx->functions[MODULE_CORE][CORE_POP])();
}
