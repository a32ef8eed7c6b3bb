/* Results that are kept: an SQLite file of points, each with its settings and every statistic of every metric. The only room
 * that names SQLite. A point is written as a whole or not at all, whatever happens to the program or the machine meanwhile.
 *
 *   sweep(digest, plan, points)       a grid that was asked for, and its size; digest: SHA-256 of the plan and its axes
 *   axis(sweep, place, pointer), strategy(sweep, place, name)   in the plan's order
 *   grid(sweep, place, point)         its points, those that were evaluated so far, in the order of the grid
 *   setting(sweep, place, pointer, value)   what makes them differ from the plan
 *   point(id, plan_digest, version, plan, paths, seed, results_digest, backend, device, seconds)
 *   figure(point, strategy, kind, subject, metric, mean, se, sd, min, max, p01 .. p99, cvar95, cvar99, slices)
 *                                     kind: metric, provider, vendor, commitment, stake, exit; subject: its name, or ''
 *   comparison(point, a, b, mean, se, a_wins, b_wins, a_slices, b_slices)
 *                                     total_cost of strategy a less that of b, on the same futures
 *   claim(sweep, place)           points that some program has begun to evaluate: a hint for others, true or not
 *
 * Slices (reduce/slices.h) are doubles, least significant byte first; null where they are all alike. Layout 1 had neither them nor
 * b_wins: it is read as it is, and becomes today's when it is written to.
 *
 * A point is known by the digest of its plan and the program's version: what two sweeps share is evaluated once. */
#ifndef OFR_STORE_H
#define OFR_STORE_H
#include <offramp/offramp.h>
#include "../reduce/result.h"
#include "../reduce/stored_sweep.h"

typedef struct ofr_store ofr_store;

/* To be read as it is; or to be written, and made if it is not there. OFFRAMP_ERR_FILE also for a file that is something else:
 * it is left alone. */
offramp_status ofr_store_open(const char *file, bool to_write, ofr_store **store, offramp_error *error);
void ofr_store_close(ofr_store *store); /* NULL is allowed */

/* Names the sweep that is read; that points are kept for from now on. */
void ofr_store_choose(ofr_store *store, const ofr_plan *plan);
offramp_status ofr_store_begin(ofr_store *store, const ofr_plan *plan, offramp_error *error);
/* Whether the plans at these places of the grid have been evaluated, for this sweep or another; and of those that have not, whether
 * somebody has begun to: the others are claimed. With `begun` NULL nothing is asked nor claimed. */
offramp_status ofr_store_has(ofr_store *store, const uint64_t *places, const ofr_plan *const *points, int count, bool *has,
                             bool *begun, offramp_error *error);
/* Those of the results that are not NULL: all of them, or none. What another program has kept meanwhile stays as it is. */
offramp_status ofr_store_keep(ofr_store *store, const uint64_t *places, ofr_result *const *results, int count,
                              offramp_error *error);

/* Takes in what another store holds; *added: points that were not there. OFFRAMP_ERR_MISMATCH, and nothing is taken in, where
 * the two hold other results for one point: that cannot be by this program's doing. */
offramp_status ofr_store_merge(ofr_store *store, const char *from, uint64_t *added, offramp_error *error);

/* The sweeps of the store, or the one that was chosen or begun, as tables of one metric of every strategy. All of it lives in
 * `arena`. OFFRAMP_ERR_ARGUMENT names a metric that no point has. */
offramp_status ofr_store_read(ofr_store *store, const char *metric, ofr_arena *arena, ofr_stored_sweep **sweeps, int *count,
                              offramp_error *error);
#endif
