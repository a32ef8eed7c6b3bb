/* An entry is a first line, the binary's digest on the second, then the binary: drivers may fall over a damaged one, so it is
 * recognised before they see it. */
#define _POSIX_C_SOURCE 200809L
#include "kernel_cache.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../base/sha256.h"

#define FIRST_LINE "offramp kernel 1\n"
enum { HEAD = sizeof FIRST_LINE - 1 + 65, MOST = 256 << 20 };

static void head_of(const unsigned char *binary, size_t size, char head[HEAD + 1]) {
  char hex[65];
  ofr_sha256 hash = ofr_sha256_init();
  ofr_sha256_add(&hash, binary, size);
  ofr_sha256_finish(&hash, hex);
  snprintf(head, HEAD + 1, "%s%s\n", FIRST_LINE, hex);
}

/* "<folder>/<key><suffix>"; the caller frees it. */
static char *path_of(const char *folder, const char *key, const char *suffix) {
  size_t size = strlen(folder) + strlen(key) + strlen(suffix) + sizeof "/.kernel";
  char *path = malloc(size);
  if (path) snprintf(path, size, "%s/%s.kernel%s", folder, key, suffix);
  return path;
}

static bool read_entry(FILE *file, unsigned char **binary, size_t *size) {
  char head[HEAD], expected[HEAD + 1];
  struct stat about;
  if (fstat(fileno(file), &about) || about.st_size <= HEAD || about.st_size > MOST) return false;
  *size = (size_t)about.st_size - HEAD;
  *binary = malloc(*size);
  if (!*binary) return false;
  if (fread(head, HEAD, 1, file) == 1 && fread(*binary, *size, 1, file) == 1) {
    head_of(*binary, *size, expected);
    if (!memcmp(head, expected, HEAD)) return true;
  }
  free(*binary);
  return false;
}

bool ofr_kernel_cache_get(const char *folder, const char *key, unsigned char **binary, size_t *size) {
  char *path = path_of(folder, key, "");
  FILE *file = path ? fopen(path, "rb") : NULL;
  bool found = file && read_entry(file, binary, size);
  if (file) fclose(file);
  free(path);
  return found;
}

static void make_folder(const char *folder) {
  char *path = strdup(folder);
  for (char *at = path; at && *at; at++)
    if (*at == '/' && at != path) {
      *at = 0;
      mkdir(path, 0700);
      *at = '/';
    }
  if (path) mkdir(path, 0700);
  free(path);
}

static bool write_entry(const char *path, const unsigned char *binary, size_t size) {
  char head[HEAD + 1];
  FILE *file = fopen(path, "wb");
  if (!file) return false;
  head_of(binary, size, head);
  bool written = fwrite(head, HEAD, 1, file) == 1 && fwrite(binary, size, 1, file) == 1;
  return (fclose(file) == 0) & written;
}

void ofr_kernel_cache_put(const char *folder, const char *key, const unsigned char *binary, size_t size) {
  static atomic_uint count;
  char suffix[64];
  if (size == 0 || size > MOST - HEAD) return;
  make_folder(folder);
  snprintf(suffix, sizeof suffix, ".%ld.%u", (long)getpid(), atomic_fetch_add(&count, 1));
  char *path = path_of(folder, key, ""), *beside = path_of(folder, key, suffix);
  if (path && beside && (!write_entry(beside, binary, size) || rename(beside, path))) unlink(beside);
  free(path);
  free(beside);
}
