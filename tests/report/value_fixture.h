/* A valuation filled by hand on the fixture's plan: tests change what they are about. */
#ifndef OFR_TEST_VALUE_FIXTURE_H
#define OFR_TEST_VALUE_FIXTURE_H
#include "fixture.h"
#include "reduce/valuation.h"

/* Clauses: 'azure-floor' and 'only-azure' of 'tied', 'azure-floor' of 'free', 'block' of 'no promise'. */
ofr_valuation *value_fixture(fixture *f);
/* Sets a difference in dollars; `helps` of 10,000 futures. */
void value_fixture_set(fixture *f, ofr_valuation *v, int clause, ofr_metric_group group, int subject, const char *name,
                       double mean, double se, uint64_t above, uint64_t below);
#endif
