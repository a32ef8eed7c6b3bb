/* CUDA devices, and why one of them cannot be used. */
#include "cuda_devices.h"
#include <stdio.h>
#include <string.h>
#include "cuda_images.h"

enum { OLDEST_CAPABILITY = 50 };

static void refuse(ofr_cuda_device *d, const char *why) {
  d->info.usable = false;
  snprintf(d->info.why_not, sizeof d->info.why_not, "%s", why);
}

static int number(const ofr_cuda *cuda, unsigned attribute, ofr_cuda_id id) {
  int value = 0;
  return cuda->DeviceGetAttribute(&value, attribute, id) == OFR_CUDA_OK ? value : 0;
}

/* Without NVRTC there is what was compiled ahead, or nothing. */
static void look_for_images(ofr_cuda_device *d) {
  const int oldest = ofr_cuda_image_targets[0];
  size_t used = strlen(d->info.detail);
  if (!ofr_cuda_path_images->begin)
    refuse(d, "NVRTC, which compiles the kernels, is not installed: install libnvrtc of CUDA 11.2 or newer; --backend opencl "
              "needs none");
  else if (d->capability < oldest)
    refuse(d, "it is older than the kernels that were compiled ahead, and NVRTC, which compiles others, is not installed: install "
              "libnvrtc of CUDA 11.2 or newer; --backend opencl needs none");
  else
    snprintf(d->info.detail + used, sizeof d->info.detail - used, "; no NVRTC: kernels compiled ahead");
}

static void describe(const ofr_cuda *cuda, int index, ofr_cuda_device *d) {
  const ofr_nvrtc *nvrtc = ofr_nvrtc_load();
  ofr_cuda_code code = cuda->DeviceGet(&d->id, index);
  d->info.index = index;
  if (code != OFR_CUDA_OK) {
    refuse(d, ofr_cuda_advice(code));
    return;
  }
  if (cuda->DeviceGetName(d->info.name, (int)sizeof d->info.name, d->id) != OFR_CUDA_OK)
    snprintf(d->info.name, sizeof d->info.name, "NVIDIA GPU");
  if (cuda->DeviceTotalMem(&d->memory, d->id) != OFR_CUDA_OK) d->memory = 0;
  d->capability = 10 * number(cuda, OFR_CUDA_CAPABILITY_MAJOR, d->id) + number(cuda, OFR_CUDA_CAPABILITY_MINOR, d->id);
  d->units = number(cuda, OFR_CUDA_MULTIPROCESSORS, d->id);
  snprintf(d->info.detail, sizeof d->info.detail, "compute capability %d.%d, driver for CUDA %d.%d, %d units, %.1f GB",
           d->capability / 10, d->capability % 10, cuda->version / 1000, cuda->version % 1000 / 10, d->units,
           (double)d->memory / 1e9);
  d->info.usable = true;
  if (d->capability < OLDEST_CAPABILITY) refuse(d, "it is older than compute capability 5.0");
  else if (number(cuda, OFR_CUDA_COMPUTE_MODE, d->id) == OFR_CUDA_MODE_PROHIBITED)
    refuse(d, "its compute mode forbids all programs: see `nvidia-smi -c`");
  else if (!nvrtc) look_for_images(d);
}

/* The driver itself, where it has no devices to offer. */
static int only_a_driver(ofr_cuda_code code, ofr_cuda_device *d) {
  snprintf(d->info.name, sizeof d->info.name, "NVIDIA driver");
  snprintf(d->info.detail, sizeof d->info.detail, "%s", ofr_cuda_error_name(code));
  refuse(d, ofr_cuda_advice(code));
  return 1;
}

int ofr_cuda_devices(ofr_cuda_device *devices, int most) {
  const ofr_cuda *cuda = ofr_cuda_load();
  int count = 0;
  if (!cuda) return 0;
  for (int i = 0; i < most; i++) devices[i] = (ofr_cuda_device){.info = {.backend = "cuda", .gpu = true}};
  ofr_cuda_code code = cuda->started == OFR_CUDA_OK ? cuda->DeviceGetCount(&count) : cuda->started;
  if (code == OFR_CUDA_OK && count == 0) code = OFR_CUDA_NO_DEVICE;
  if (code != OFR_CUDA_OK) return most > 0 ? only_a_driver(code, &devices[0]) : 1;
  for (int i = 0; i < count && i < most; i++) describe(cuda, i, &devices[i]);
  return count;
}
