/* Worker threads that share a loop. Indices are handed out one at a time in rising order, so that uneven tasks balance; a
 * result must not depend on who did which. Not for waiting on devices, and not re-entrant: a task may not run the crew. */
#ifndef OFR_CREW_H
#define OFR_CREW_H
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ofr_crew ofr_crew;

/* worker: 0 .. ofr_crew_size - 1, the same for one thread throughout a run: an index into scratch space. */
typedef void ofr_crew_task(void *context, int worker, uint64_t index);

/* The calling thread counts as one of `size`. 0: one for every processor that this process may use. Where the system
 * refuses threads the crew is smaller. NULL when out of memory. */
ofr_crew *ofr_crew_create(int size);
void ofr_crew_destroy(ofr_crew *crew); /* NULL is allowed */
int ofr_crew_size(const ofr_crew *crew);

/* Calls task(context, worker, index) once for every index below `count` (at most 2^63), the caller helping, and returns when
 * all calls have returned. Once *stop is not 0 (`stop` may be NULL; a signal handler may set it) no index is begun any
 * more. False when some were left out. Calls from several threads take turns. */
bool ofr_crew_run(ofr_crew *crew, uint64_t count, ofr_crew_task *task, void *context, const volatile sig_atomic_t *stop);
#endif
