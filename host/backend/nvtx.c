#include "nvtx.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As in NVTX 3: tables by number, and the functions of the module "core" by number. */
enum { TABLE_CALLBACKS = 1, TABLE_VERSION = 3, MODULE_CORE = 1, CORE_PUSH = 9, CORE_POP = 11, CORE_FUNCTIONS = 16, NVTX_VERSION = 3 };

typedef void any_function(void);

struct ofr_nvtx { any_function *functions[CORE_FUNCTIONS]; };

static ofr_nvtx watcher;
static any_function **slots[CORE_FUNCTIONS + 1]; /* ends with NULL */

static int module_functions(int module, any_function ****table, unsigned *bytes) {
  if (module != MODULE_CORE) return 0;
  if (table) *table = slots;
  if (bytes) *bytes = sizeof slots;
  return 1;
}

static void set_version(uint32_t version) { (void)version; }

static const struct { size_t size; int (*functions)(int, any_function ****, unsigned *); } callbacks = {sizeof callbacks, module_functions};
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
  for (int i = 1; i < CORE_FUNCTIONS; i++) slots[i] = &watcher.functions[i];
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
  if (nvtx && nvtx->functions[CORE_PUSH]) ((int (*)(const char *))nvtx->functions[CORE_PUSH])(name);
}

void ofr_nvtx_pop(const ofr_nvtx *nvtx) {
  if (nvtx && nvtx->functions[CORE_POP]) ((int (*)(void))nvtx->functions[CORE_POP])();
}
