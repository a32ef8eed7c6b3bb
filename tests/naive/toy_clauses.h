/* Plans of a world with two pools, two workloads and four months, in which every contract clause is signed or not, in all 192
 * combinations: strategies of twelve plans. Those are repeated under every pull and every set of terms, and with every
 * contract suspended, void and neither in the second and third month. */
#ifndef TOY_CLAUSES_H
#define TOY_CLAUSES_H
#include <stddef.h>

enum { TOY_PARTS = 12, TOY_PULLS = 4, TOY_TERMS = 3, TOY_HAPPENINGS = 21 };

/* Writes the plan; returns its length, below `room`. Plans that differ in part or happening alone have one shape. */
size_t toy_clauses_plan(int part, int pull, int terms, int happening, char *text, size_t room);
const char *toy_clauses_happening(int happening); /* in words */
#endif
