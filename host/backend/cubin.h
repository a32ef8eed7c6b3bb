/* What a compiled CUDA kernel says of itself: a cubin is an ELF file with a section of code for each kernel. */
#ifndef OFR_CUBIN_H
#define OFR_CUBIN_H
#include <stddef.h>
#include <stdint.h>

/* The machine instructions in the code of a kernel, 16 bytes each (since compute capability 7.0), padding included; -1 where
 * the binary is no such file or has no such kernel. Believes nothing that the file says of its own sizes. */
int64_t ofr_cubin_instructions(const unsigned char *binary, size_t size, const char *kernel);
#endif
