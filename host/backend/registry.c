/* Which back ends there are, and which one `auto` means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base/error.h"
#include "backend.h"

const ofr_backend *const ofr_backends[OFR_BACKENDS] = {&ofr_backend_cuda, &ofr_backend_opencl, &ofr_backend_cpu};

enum { MOST_DEVICES = 32 };

/* The first GPU, or the first of that number; else the CPU. */
static const ofr_backend *pick(int *device, offramp_error *error) {
  ofr_device_info info[MOST_DEVICES];
  for (int i = 0; i < OFR_BACKENDS; i++) {
    int n = ofr_backends[i]->list(info, MOST_DEVICES);
    for (int d = 0; d < n && d < MOST_DEVICES; d++)
      if (info[d].gpu && info[d].usable && (*device < 0 || *device == d)) {
        *device = d;
        return ofr_backends[i];
      }
  }
  if (*device > 0) {
    ofr_fail(error, OFFRAMP_ERR_DEVICE, "auto", "there is no GPU %d: `offramp devices` lists what there is", *device);
    return NULL;
  }
  *device = 0;
  return &ofr_backend_cpu;
}

static int first_usable(const ofr_device_info *info, int n) {
  for (int gpu = 1; gpu >= 0; gpu--)
    for (int i = 0; i < n && i < MOST_DEVICES; i++)
      if (info[i].usable && info[i].gpu == (gpu != 0)) return i;
  return 0;
}

const ofr_backend *ofr_backend_find(const char *name, int *device, offramp_error *error) {
  ofr_device_info info[MOST_DEVICES];
  if (!strcmp(name, "auto")) return pick(device, error);
  for (int i = 0; i < OFR_BACKENDS; i++) {
    if (strcmp(name, ofr_backends[i]->name)) continue;
    int n = ofr_backends[i]->list(info, MOST_DEVICES);
    if (n == 0) {
      ofr_fail(error, OFFRAMP_ERR_DEVICE, name,
               "no %s device was found: install its driver, or use --backend cpu, which is always there", name);
      return NULL;
    }
    if (*device < 0) *device = first_usable(info, n);
    if (*device >= n || *device >= MOST_DEVICES) {
      ofr_fail(error, OFFRAMP_ERR_DEVICE, name, "there is no %s device %d: `offramp devices` lists 0 to %d", name, *device, n - 1);
      return NULL;
    }
    if (!info[*device].usable) {
      ofr_fail(error, OFFRAMP_ERR_DEVICE, info[*device].name, "the device cannot be used: %s; use --backend cpu",
               info[*device].why_not);
      return NULL;
    }
    return ofr_backends[i];
  }
  ofr_fail(error, OFFRAMP_ERR_ARGUMENT, name, "there is no back end of this name: use auto, cpu, opencl or cuda");
  return NULL;
}

const char *ofr_kernel_options(const ofr_open_options *options) {
  const char *asked = options->kernel_options ? options->kernel_options : getenv("OFFRAMP_KERNEL_OPTIONS");
  return asked ? asked : "";
}
