/* Random problems of the month's transportation, and the families of words that can solve them here. */
#ifndef TRANSPORT_CASES_H
#define TRANSPORT_CASES_H
#include "transport_words.h"

/* TIED: few prices, sizes and speeds, so that most choices are equal. AT_A_LOSS: some work pays for being done. */
typedef enum transport_kind { PLAIN, TIED, ONE_SPEED, SCARCE, AT_A_LOSS, TRANSPORT_KINDS } transport_kind;

extern const transport_words *transport_families[4];                      /* widest first, up to a NULL */
extern double transport_unmet[TRANSPORT_WORKLOADS][TRANSPORT_LANES];      /* of the problem drawn last */

int find_transport_families(void **state); /* a set-up of cmocka's */
void seed_transport(uint64_t seed);
int draw_whole(int n); /* below n */
void draw_transport(transport_case *c, transport_kind k, int workloads, int slots);
#endif
