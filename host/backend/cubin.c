#include "cubin.h"
#include <stdbool.h>
#include <string.h>

enum { ELF_HEADER = 64, SECTION_HEADER = 64, INSTRUCTION = 16, CUDA_MACHINE = 190 };

static uint64_t number(const unsigned char *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--) value = value << 8 | at[i];
  return value;
}

static bool lies_within(uint64_t offset, uint64_t length, size_t size) { return offset <= size && length <= size - offset; }

/* A 64-bit little-endian ELF file for CUDA whose section headers lie within it. */
static bool is_cubin(const unsigned char *binary, size_t size) {
  return size >= ELF_HEADER && !memcmp(binary, "\177ELF\2\1", 6) && number(binary + 18, 2) == CUDA_MACHINE &&
         number(binary + 58, 2) == SECTION_HEADER && number(binary + 62, 2) < number(binary + 60, 2) &&
         lies_within(number(binary + 40, 8), number(binary + 60, 2) * SECTION_HEADER, size);
}

int64_t ofr_cubin_instructions(const unsigned char *binary, size_t size, const char *kernel) {
  static const char prefix[] = ".text.";
  if (!is_cubin(binary, size)) return -1;
  const unsigned char *sections = binary + number(binary + 40, 8), *names = sections + number(binary + 62, 2) * SECTION_HEADER;
  uint64_t names_at = number(names + 24, 8), names_size = number(names + 32, 8), length = strlen(kernel) + 1;
  if (!lies_within(names_at, names_size, size)) return -1;
  for (uint64_t i = 0; i < number(binary + 60, 2); i++) {
    const unsigned char *section = sections + i * SECTION_HEADER;
    uint64_t name = number(section, 4);
    if (!lies_within(name, sizeof prefix - 1 + length, (size_t)names_size)) continue;
    const unsigned char *text = binary + names_at + name;
    if (!memcmp(text, prefix, sizeof prefix - 1) && !memcmp(text + sizeof prefix - 1, kernel, (size_t)length))
      return (int64_t)(number(section + 32, 8) / INSTRUCTION);
  }
  return -1;
}
