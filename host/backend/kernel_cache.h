/* Compiled kernels kept in a folder, one file each, named by what they were compiled from. A cache only: whatever goes wrong
 * here costs a compilation and is no error. Several programs may share a folder. */
#ifndef OFR_KERNEL_CACHE_H
#define OFR_KERNEL_CACHE_H
#include <stdbool.h>
#include <stddef.h>

/* The caller frees *binary. False when there is no such entry, or one that was not written whole or has changed since. */
bool ofr_kernel_cache_get(const char *folder, const char *key, unsigned char **binary, size_t *size);
void ofr_kernel_cache_put(const char *folder, const char *key, const unsigned char *binary, size_t size);
#endif
