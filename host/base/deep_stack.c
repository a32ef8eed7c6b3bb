#define _GNU_SOURCE /* pthread_getattr_np */
#include "deep_stack.h"
#include <pthread.h>
#include <stdint.h>

typedef struct errand {
  void (*task)(void *context);
  void *context;
} errand;

/* The lowest address of the calling thread's stack; 0 when unknown. */
static uintptr_t stack_end(void) {
  uintptr_t end = 0;
#ifdef __linux__
  pthread_attr_t attributes;
  void *lowest = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  if (pthread_attr_getstack(&attributes, &lowest, &size) == 0) end = (uintptr_t)lowest;
  pthread_attr_destroy(&attributes);
#endif
  return end;
}

bool ofr_stack_is_deep(void) {
  static _Thread_local uintptr_t end; /* asked for once: of the first thread the system reads a file */
  static _Thread_local bool is_known;
  const char here = 0;
  if (!is_known) end = stack_end();
  is_known = true;
  return end == 0 || (uintptr_t)&here - end >= OFR_DEEP_ENOUGH;
}

static void *run(void *context) {
  const errand *e = context;
  e->task(e->context);
  return NULL;
}

void ofr_run_deep(void (*task)(void *context), void *context) {
  errand e = {task, context};
  pthread_attr_t attributes;
  pthread_t thread;
  bool lent = false;
  if (!ofr_stack_is_deep() && pthread_attr_init(&attributes) == 0) {
    lent = pthread_attr_setstacksize(&attributes, OFR_DEEP_STACK) == 0 && pthread_create(&thread, &attributes, run, &e) == 0;
    pthread_attr_destroy(&attributes);
  }
  if (lent) pthread_join(thread, NULL);
  else task(context);
}
