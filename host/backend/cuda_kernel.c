/* Building kernels. Where there is no NVRTC, one compiled ahead. A cached binary that the driver takes back is used; in every other
 * case the text is compiled anew: to the device's own code where NVRTC knows the device, else to PTX of the newest that it knows,
 * which the driver then translates. */
#include "cuda_kernel.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "../base/sha256.h"
#include "../base/text.h"
#include "../plan/image.h"
#include "cubin.h"
#include "kernel_cache.h"

enum { MOST_OPTIONS = 24, OPTION = 64, MORE = 512, MOST_CAPABILITIES = 64 };

typedef struct build {
  const ofr_cuda *cuda;
  const ofr_nvrtc *nvrtc;
  const ofr_cuda_device *device;
  const char *shape, *text;
  uint32_t constant_words; /* of the image; 0: it is not in constant memory */
  bool ptx;
  char target[OPTION], group[OPTION], part[OPTION], words[OPTION], more[MORE];
  const char *options[MOST_OPTIONS];
  int option_count;
} build;

/* The newest target that NVRTC has and the device runs; 0 when there is none. */
static int choose_target(const build *b) {
  int capabilities[MOST_CAPABILITIES], count = 0, best = 0;
  if (b->nvrtc->GetNumSupportedArchs(&count) != OFR_NVRTC_OK || count > MOST_CAPABILITIES ||
      b->nvrtc->GetSupportedArchs(capabilities) != OFR_NVRTC_OK)
    return 0;
  for (int i = 0; i < count; i++)
    if (capabilities[i] <= b->device->capability && capabilities[i] > best) best = capabilities[i];
  return best;
}

static void add_options(build *b, const char *more) {
  snprintf(b->more, sizeof b->more, "%s", more);
  for (char *each = b->more; each[strspn(each, " ")] && b->option_count < MOST_OPTIONS;) {
    b->options[b->option_count++] = each += strspn(each, " ");
    each += strcspn(each, " ");
    if (*each) *each++ = 0;
  }
}

/* Never fast-math: results are the same bits everywhere or nothing. Line numbers cost nothing and help profilers. */
static bool set_options(build *b, const char *more) {
  static const char *const always[] = {"--std=c++17", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true",
                                       "-lineinfo", "-w", "-DCONSTANT=static constexpr __device__ const"};
  int target = choose_target(b);
  if (!target) return false;
  b->ptx = target != b->device->capability;
  snprintf(b->target, sizeof b->target, "--gpu-architecture=%s_%d", b->ptx ? "compute" : "sm", target);
  snprintf(b->group, sizeof b->group, "-DOFR_GROUP=%d", OFR_CUDA_GROUP);
  snprintf(b->part, sizeof b->part, "-DOFR_PART=%d", OFR_CUDA_PART);
  b->options[b->option_count++] = b->target;
  b->options[b->option_count++] = b->group;
  b->options[b->option_count++] = b->part;
  for (size_t i = 0; i < sizeof always / sizeof *always; i++) b->options[b->option_count++] = always[i];
  if (b->constant_words) {
    snprintf(b->words, sizeof b->words, "-DOFR_IMAGE_WORDS=%u", b->constant_words);
    b->options[b->option_count++] = b->words;
  }
  add_options(b, more);
  return true;
}

static void add_text(ofr_sha256 *hash, const char *text) {
  ofr_sha256_add_u64(hash, strlen(text));
  ofr_sha256_add(hash, text, strlen(text));
}

/* All that a binary depends on. */
static void key_of(const build *b, char key[OFR_CUDA_KEY]) {
  ofr_sha256 hash = ofr_sha256_init();
  add_text(&hash, "cuda");
  add_text(&hash, b->shape);
  add_text(&hash, b->text);
  for (int i = 0; i < b->option_count; i++) add_text(&hash, b->options[i]);
  ofr_sha256_add_i64(&hash, b->nvrtc->major);
  ofr_sha256_add_i64(&hash, b->nvrtc->minor);
  ofr_sha256_finish(&hash, key);
}

static bool from_cache(const build *b, const char *folder, ofr_cuda_kernel *kernel) {
  unsigned char *binary;
  size_t size;
  if (!folder || !ofr_kernel_cache_get(folder, kernel->key, &binary, &size)) return false;
  bool loaded = b->cuda->ModuleLoadData(&kernel->module, binary) == OFR_CUDA_OK;
  kernel->instructions = ofr_cubin_instructions(binary, size, "offramp_paths");
  free(binary);
  return loaded;
}

/* The compiler's first complaint: all that a message has room for. */
static offramp_status refused(const build *b, ofr_cuda_program program, ofr_cuda_code code, offramp_error *error) {
  size_t size = 0;
  const char *name = b->device->info.name;
  if (code == OFR_NVRTC_OUT_OF_MEMORY)
    return ofr_fail(error, OFFRAMP_ERR_LIMIT, name, "NVRTC is out of memory: close other programs, or use --backend opencl");
  if (code != OFR_NVRTC_COMPILATION || b->nvrtc->GetProgramLogSize(program, &size) != OFR_NVRTC_OK) size = 0;
  char *log = calloc(size + 1, 1);
  if (log && size && b->nvrtc->GetProgramLog(program, log) != OFR_NVRTC_OK) *log = 0;
  char *first = log ? strstr(log, "error") : NULL;
  if (!first) first = log;
  if (first) first[strcspn(first, "\r\n")] = 0;
  offramp_status status =
      first && *first
          ? ofr_fail(error, OFFRAMP_ERR_DEVICE, name, "NVRTC %d.%d refuses our kernel (%.400s): install another one, or use "
                     "--backend opencl", b->nvrtc->major, b->nvrtc->minor, first)
          : ofr_fail(error, OFFRAMP_ERR_DEVICE, name, "NVRTC %d.%d failed (error %u): install another one, or use --backend opencl",
                     b->nvrtc->major, b->nvrtc->minor, code);
  free(log);
  return status;
}

/* What the program was compiled to; the caller frees it. NULL when NVRTC fails or memory runs out. */
static char *result_of(const build *b, ofr_cuda_program program, size_t *size) {
  ofr_cuda_code code = b->ptx ? b->nvrtc->GetPTXSize(program, size) : b->nvrtc->GetCUBINSize(program, size);
  char *binary = code == OFR_NVRTC_OK && *size > 0 ? malloc(*size) : NULL;
  if (!binary) return NULL;
  code = b->ptx ? b->nvrtc->GetPTX(program, binary) : b->nvrtc->GetCUBIN(program, binary);
  if (code == OFR_NVRTC_OK) return binary;
  free(binary);
  return NULL;
}

static offramp_status compile_text(const build *b, const char *text, char **binary, size_t *size, offramp_error *error) {
  ofr_cuda_program program = NULL;
  offramp_status status = OFFRAMP_OK;
  ofr_cuda_code code = b->nvrtc->CreateProgram(&program, text, "offramp.cu", 0, NULL, NULL);
  *binary = NULL;
  if (code == OFR_NVRTC_OK) code = b->nvrtc->CompileProgram(program, b->option_count, b->options);
  if (code == OFR_NVRTC_OK) *binary = result_of(b, program, size);
  if (code != OFR_NVRTC_OK) status = refused(b, program, code, error);
  else if (!*binary) status = refused(b, program, OFR_NVRTC_OUT_OF_MEMORY, error);
  if (program) b->nvrtc->DestroyProgram(&program);
  return status;
}

static offramp_status compile(const build *b, char **binary, size_t *size, offramp_error *error) {
  ofr_text text = {0};
  ofr_text_add(&text, b->shape);
  ofr_text_add(&text, b->text);
  offramp_status status =
      text.failed ? ofr_fail(error, OFFRAMP_ERR_LIMIT, b->device->info.name, "out of memory: close other programs")
                  : compile_text(b, text.data, binary, size, error);
  ofr_text_free(&text);
  return status;
}

/* ---- without NVRTC ---- */

static int larger(int a, int b) { return a > b ? a : b; }

/* The class that a plan needs; 0 needs none but the probe. */
static int class_of(const ofr_image *im) {
  if (!im) return 0;
  const int counts[] = {im->workloads, im->slots, im->factors, im->events, im->providers, im->vendors, CONTRACTS(im),
                        (im->drivers + 2) / 3, (im->signals + 2) / 3, 4 * im->strategies};
  int most = 0;
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) most = larger(most, counts[i]);
  return most;
}

/* Whether the driver has to compile the rest of the way, which takes it a while once: code runs on later devices of its own major
 * capability. */
static bool needs_translation(int capability) {
  const int *target = ofr_cuda_image_targets;
  while (*target && (*target / 10 != capability / 10 || *target > capability)) target++;
  return *target == 0;
}

static offramp_status load_ahead(const ofr_cuda_build *b, ofr_cuda_kernel *kernel, offramp_error *error) {
  const ofr_cuda_device *device = b->device;
  const ofr_cuda_image *image = b->ahead;
  if (!image->begin)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, device->info.name,
                    "NVRTC, which compiles the kernels, is not installed: install libnvrtc of CUDA 11.2 or newer, or use "
                    "--backend opencl");
  while (image->begin && image->class < class_of(b->image)) image++;
  if (!image->begin)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, device->info.name,
                    "this plan is larger than the kernels that were compiled ahead, and NVRTC, which compiles others, is not "
                    "installed: install libnvrtc of CUDA 11.2 or newer, or use --backend opencl");
  if (b->options->say && needs_translation(device->capability))
    b->options->say(b->options->say_context, "the driver translates kernels (first run)");
  ofr_cuda_code code = ofr_cuda_load()->ModuleLoadData(&kernel->module, image->begin);
  kernel->class = image->class;
  snprintf(kernel->key, OFR_CUDA_KEY, "ahead %d", image->class);
  if (code == OFR_CUDA_INVALID_IMAGE || code == OFR_CUDA_NO_BINARY_FOR_GPU || code == OFR_CUDA_INVALID_PTX)
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, device->info.name,
                    "the driver does not take the kernels that were compiled ahead (%s): update it, or install libnvrtc of CUDA "
                    "11.2 or newer, or use --backend opencl", ofr_cuda_error_name(code));
  return code == OFR_CUDA_OK ? OFFRAMP_OK : ofr_cuda_fail(error, device->info.name, "cuModuleLoadData", code);
}

/* ---- with it ---- */

static offramp_status compile_and_load(build *b, const ofr_open_options *options, ofr_cuda_kernel *kernel, offramp_error *error) {
  char *binary = NULL;
  size_t size = 0;
  if (!set_options(b, ofr_kernel_options(options)))
    return ofr_fail(error, OFFRAMP_ERR_DEVICE, b->device->info.name,
                    "NVRTC %d.%d does not know compute capability %d.%d: install an older one, or use --backend opencl",
                    b->nvrtc->major, b->nvrtc->minor, b->device->capability / 10, b->device->capability % 10);
  key_of(b, kernel->key);
  if (from_cache(b, options->cache, kernel)) return OFFRAMP_OK;
  if (options->say) options->say(options->say_context, "compiling kernels (first run)");
  offramp_status status = compile(b, &binary, &size, error);
  if (status != OFFRAMP_OK) return status;
  ofr_cuda_code code = b->cuda->ModuleLoadData(&kernel->module, binary);
  if (code != OFR_CUDA_OK) status = ofr_cuda_fail(error, b->device->info.name, "cuModuleLoadData", code);
  else if (options->cache) ofr_kernel_cache_put(options->cache, kernel->key, (unsigned char *)binary, size);
  kernel->instructions = ofr_cubin_instructions((unsigned char *)binary, size, "offramp_paths");
  free(binary);
  return status;
}

offramp_status ofr_cuda_kernel_make(const ofr_cuda_build *what, ofr_cuda_kernel *kernel, offramp_error *error) {
  const ofr_nvrtc *nvrtc = ofr_nvrtc_load();
  *kernel = (ofr_cuda_kernel){.instructions = -1};
  if (!nvrtc) return load_ahead(what, kernel, error);
  build b = {.cuda = ofr_cuda_load(), .nvrtc = nvrtc, .device = what->device, .shape = what->shape,
             .text = what->text};
  kernel->constant = what->image && what->alone && what->image->bytes <= OFR_CUDA_CONSTANT_BYTES;
  if (kernel->constant) b.constant_words = what->image->bytes / 4;
  return compile_and_load(&b, what->options, kernel, error);
}
