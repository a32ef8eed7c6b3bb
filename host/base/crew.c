#define _GNU_SOURCE /* sched_getaffinity */
#include "crew.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>
#include "deep_stack.h"

typedef struct helper {
  ofr_crew *crew;
  int worker;
  pthread_t thread;
} helper;

typedef struct job {
  uint64_t count;
  ofr_crew_task *task;
  void *context;
  const volatile sig_atomic_t *stop;
} job;

struct ofr_crew {
  pthread_mutex_t turn; /* held by whoever runs a loop */
  pthread_mutex_t lock; /* guards all but `next` */
  pthread_cond_t begin, end;
  job job;
  uint64_t round; /* rises with every job, so that a helper knows a new one from the one it did */
  int busy;       /* helpers not yet through with this round */
  bool leaving;
  atomic_uint_fast64_t next; /* the first index nobody has taken */
  int size;
  helper helpers[]; /* worker 0 is whoever calls ofr_crew_run */
};

/* GNU's atomic load because a C17 `atomic_int` could not be set through the plain C and C++ interface. */
static bool stopped(const volatile sig_atomic_t *stop) { return stop && __atomic_load_n(stop, __ATOMIC_RELAXED) != 0; }

static void work(ofr_crew *crew, const job *job, int worker) {
  while (!stopped(job->stop)) {
    uint64_t index = atomic_fetch_add_explicit(&crew->next, 1, memory_order_relaxed);
    if (index >= job->count) return;
    job->task(job->context, worker, index);
  }
}

typedef struct share {
  ofr_crew *crew;
  const job *job;
} share;

static void work_as_first(void *context) {
  const share *s = context;
  work(s->crew, s->job, 0);
}

static void *help(void *self) {
  helper *helper = self;
  ofr_crew *crew = helper->crew;
  uint64_t done = 0;
  pthread_mutex_lock(&crew->lock);
  for (;;) {
    while (crew->round == done && !crew->leaving) pthread_cond_wait(&crew->begin, &crew->lock);
    if (crew->leaving) break;
    done = crew->round;
    job job = crew->job;
    pthread_mutex_unlock(&crew->lock);
    work(crew, &job, helper->worker);
    pthread_mutex_lock(&crew->lock);
    if (--crew->busy == 0) pthread_cond_signal(&crew->end);
  }
  pthread_mutex_unlock(&crew->lock);
  return NULL;
}

static int usable_processors(void) {
#ifdef __linux__
  for (int possible = CPU_SETSIZE; possible <= CPU_SETSIZE << 6; possible *= 2) {
    cpu_set_t *set = CPU_ALLOC((size_t)possible);
    if (!set) break;
    size_t size = CPU_ALLOC_SIZE((size_t)possible);
    int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
  }
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

ofr_crew *ofr_crew_create(int size) {
  if (size < 1) size = usable_processors();
  ofr_crew *crew = calloc(1, sizeof *crew + (size_t)(size - 1) * sizeof crew->helpers[0]);
  if (!crew) return NULL;
  pthread_mutex_init(&crew->turn, NULL);
  pthread_mutex_init(&crew->lock, NULL);
  pthread_cond_init(&crew->begin, NULL);
  pthread_cond_init(&crew->end, NULL);
  atomic_init(&crew->next, 0);
  pthread_attr_t attributes; /* the usual size of a stack is the shell's business, and may be 2 MB */
  const bool is_set = pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, OFR_DEEP_STACK) == 0;
  for (crew->size = 1; crew->size < size && is_set; crew->size++) {
    helper *helper = &crew->helpers[crew->size - 1];
    helper->crew = crew, helper->worker = crew->size;
    if (pthread_create(&helper->thread, &attributes, help, helper) != 0) break;
  }
  pthread_attr_destroy(&attributes);
  return crew;
}

void ofr_crew_destroy(ofr_crew *crew) {
  if (!crew) return;
  pthread_mutex_lock(&crew->lock);
  crew->leaving = true;
  pthread_cond_broadcast(&crew->begin);
  pthread_mutex_unlock(&crew->lock);
  for (int i = 0; i < crew->size - 1; i++) pthread_join(crew->helpers[i].thread, NULL);
  pthread_cond_destroy(&crew->end);
  pthread_cond_destroy(&crew->begin);
  pthread_mutex_destroy(&crew->lock);
  pthread_mutex_destroy(&crew->turn);
  free(crew);
}

int ofr_crew_size(const ofr_crew *crew) { return crew->size; }

static bool run(ofr_crew *crew, uint64_t count, ofr_crew_task *task, void *context, const volatile sig_atomic_t *stop) {
  job job = {.count = count, .task = task, .context = context, .stop = stop};
  bool alone = crew->size == 1 || count <= 1; /* a single task is not worth waking anyone */
  atomic_store_explicit(&crew->next, 0, memory_order_relaxed);
  if (!alone) {
    pthread_mutex_lock(&crew->lock);
    crew->job = job, crew->busy = crew->size - 1, crew->round++;
    pthread_cond_broadcast(&crew->begin);
    pthread_mutex_unlock(&crew->lock);
  }
  ofr_run_deep(work_as_first, &(share){crew, &job});
  if (!alone) {
    pthread_mutex_lock(&crew->lock);
    while (crew->busy > 0) pthread_cond_wait(&crew->end, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
  }
  return atomic_load_explicit(&crew->next, memory_order_relaxed) >= count; /* whoever takes an index also does it */
}

bool ofr_crew_run(ofr_crew *crew, uint64_t count, ofr_crew_task *task, void *context, const volatile sig_atomic_t *stop) {
  pthread_mutex_lock(&crew->turn);
  bool all = run(crew, count, task, context, stop);
  pthread_mutex_unlock(&crew->turn);
  return all;
}
