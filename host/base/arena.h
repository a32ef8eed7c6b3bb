/* Memory that is freed all at once. Everything a plan or a result points to lives in one arena. Not for buffers that a
 * device writes to: those are the back end's. */
#ifndef OFR_ARENA_H
#define OFR_ARENA_H
#include <stdarg.h>
#include <stddef.h>

typedef struct ofr_arena ofr_arena;

ofr_arena *ofr_arena_create(void); /* NULL when out of memory */
void ofr_arena_destroy(ofr_arena *arena);
/* Zeroed, aligned for any type. NULL when out of memory, also when count x size overflows. A size of 0 gives a valid
 * pointer. */
void *ofr_arena_alloc(ofr_arena *arena, size_t count, size_t size);
char *ofr_arena_copy(ofr_arena *arena, const char *text, size_t length); /* adds the final NUL */
char *ofr_arena_printf(ofr_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *ofr_arena_vprintf(ofr_arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
#endif
