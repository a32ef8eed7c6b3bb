/* A chain of zeroed chunks; the newest is filled first. A block that does not fit opens a chunk of its own size. */
#include "arena.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 << 10 };

typedef struct chunk chunk;
struct chunk {
  chunk *older;
  size_t used, capacity; /* bytes of `data` */
  max_align_t data[];
};

struct ofr_arena {
  chunk *newest;
};

ofr_arena *ofr_arena_create(void) { return calloc(1, sizeof(ofr_arena)); }

void ofr_arena_destroy(ofr_arena *arena) {
  if (!arena) return;
  for (chunk *c = arena->newest, *older; c; c = older) {
    older = c->older;
    free(c);
  }
  free(arena);
}

/* calloc gives the zeroes that ofr_arena_alloc promises, and no byte is handed out twice. */
static chunk *open_chunk(ofr_arena *arena, size_t bytes) {
  size_t capacity = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
  if (capacity > SIZE_MAX - sizeof(chunk)) return NULL;
  chunk *c = calloc(1, sizeof(chunk) + capacity);
  if (!c) return NULL;
  c->capacity = capacity;
  c->older = arena->newest;
  arena->newest = c;
  return c;
}

void *ofr_arena_alloc(ofr_arena *arena, size_t count, size_t size) {
  const size_t align = sizeof(max_align_t);
  if (size != 0 && count > (SIZE_MAX - align) / size) return NULL;
  size_t bytes = count * size;
  bytes = bytes == 0 ? align : (bytes + align - 1) / align * align;

  chunk *c = arena->newest;
  if (!c || bytes > c->capacity - c->used) c = open_chunk(arena, bytes);
  if (!c) return NULL;
  void *block = (char *)c->data + c->used;
  c->used += bytes;
  return block;
}

char *ofr_arena_copy(ofr_arena *arena, const char *text, size_t length) {
  if (length == SIZE_MAX) return NULL;
  char *copy = ofr_arena_alloc(arena, length + 1, 1);
  if (copy && length > 0) memcpy(copy, text, length);
  return copy;
}

char *ofr_arena_vprintf(ofr_arena *arena, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  char *text = length < 0 ? NULL : ofr_arena_alloc(arena, (size_t)length + 1, 1);
  if (text) vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  return text;
}

char *ofr_arena_printf(ofr_arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *text = ofr_arena_vprintf(arena, format, arguments);
  va_end(arguments);
  return text;
}
