/* One future, month by month, with everything that `explain` prints. Filled by stage/ from the model's own trace of the same
 * kernel text; read by report/. Amounts are in the books' integers; see the scales. */
#ifndef OFR_TRACE_H
#define OFR_TRACE_H
#include "../plan/plan.h"

/* A placement slot: a pool, or a reservation's part of one. */
typedef struct ofr_slot { int pool; int contract; /* the reservation, or -1 */ } ofr_slot;

/* One contract's month; zeros where a field is not of its type. Money quanta. */
typedef struct ofr_trace_contract {
  int64_t counted;    /* in the window so far, this month included, money quanta; 0 outside windows */
  int64_t required;   /* 0 but in the month a window settles */
  int64_t charge;     /* this month */
  int64_t deferred, carried; /* what the window that settles this month hands to the next; else 0 */
  int64_t balance;    /* credit left at the end of the month: of a commitment, or of a grant */
  int64_t listed, saved; /* a discount's list spend in the period so far, this month included; list less net of this month */
  bool ended;         /* by an exit, this month */
  bool taken;         /* an exit, this month */
  int64_t fee;        /* and what was paid for it */
} ofr_trace_contract;

typedef struct ofr_trace_strategy {  /* one strategy in one month; money quanta, nominal */
  const int64_t *placed;             /* [workloads x slots] accelerator quanta */
  const int64_t *served;             /* [workloads x slots] work units */
  const int64_t *matched;            /* [workloads x slots] of `placed`, what is paid at a rival's offer */
  const int64_t *matched_spend;      /* [workloads x slots] and that */
  const int64_t *unserved;           /* [workloads] work units */
  int64_t usage, reservation, egress, shortfall, unmet, exit, grants; /* usage net of discounts and credits; grants: cash */
  const int64_t *revenue;            /* [providers] */
  const ofr_trace_contract *contracts; /* [contracts] */
} ofr_trace_strategy;

typedef struct ofr_trace_month {
  const int64_t *demand;             /* [workloads] work units */
  const double *price;               /* [pools] $ per accelerator-hour, list */
  const double *book_price;          /* the same to the last bit that the books pay: whole money quanta x 2^-n a work unit */
  const int64_t *capacity;           /* [pools] accelerator quanta, before reservations; clipped at what all demand could use */
  const bool *active;                /* [events] */
  const bool *declined;              /* [contracts] first refusals in force whose holder does not take up its right */
  const ofr_trace_strategy *strategies; /* [strategies] */
} ofr_trace_month;

typedef struct ofr_trace {
  const ofr_plan *plan;
  uint64_t path, seed;
  double accelerator_quantum;        /* accelerators */
  double work_unit;                  /* reference accelerators per work unit */
  double money_quantum;              /* dollars */
  int slot_count;
  const ofr_slot *slots;
  const int *slip;                   /* [pools] months */
  const ofr_trace_month *months;     /* [plan->months] */
  const int64_t *total_cost, *cash_cost; /* [strategies] $ today, money quanta: as in `run` */
} ofr_trace;
#endif
