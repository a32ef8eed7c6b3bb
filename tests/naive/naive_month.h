/* One month of one strategy in the making: what the files of the naive model hand each other. */
#ifndef NAIVE_MONTH_H
#define NAIVE_MONTH_H
#include "naive.h"

/* A pool's open part, or a reservation's part of a pool. */
typedef struct naive_slot {
  int pool, contract; /* contract: the reservation, or -1 */
  double free, price; /* accelerators; what one more hour costs, before pull */
  double net;         /* usage: after discounts, and then after credits */
} naive_slot;

typedef struct naive_month_state {
  const naive_plan *plan;
  const naive_strategy *strategy;
  const naive_inputs *in;
  naive_state *state;
  naive_books *books;
  int t;
  double quantum;
  bool suspended[NAIVE_CONTRACTS];
  naive_slot slots[NAIVE_SLOTS]; /* reserved parts first, then pools */
  int slot_count;
  double pull[NAIVE_POOLS], share_left[NAIVE_PROVIDERS];
  double used_hours[NAIVE_CONTRACTS]; /* of reservations */
} naive_month_state;

/* Signed and not ended; `acts` also wants it not suspended; `binds`, within its months too. */
bool naive_lives(const naive_month_state *m, int c);
bool naive_acts(const naive_month_state *m, int c);
bool naive_binds(const naive_month_state *m, int c);
const naive_window *naive_window_of(const naive_month_state *m, int c); /* a commitment's open window, or NULL */
double naive_target(const naive_month_state *m, int c, bool pace);      /* of the open window, relief so far taken off */
double naive_hours(const naive_month_state *m, int workload);
double naive_egress_price(const naive_month_state *m, const naive_workload *w, int pool); /* $ per reference hour */
double naive_size(const naive_month_state *m, int reservation, int t); /* lots applied; 0 outside its months */
double naive_fee(const naive_month_state *m, int reservation, int t);  /* due in month t, upfront or not */

void naive_place(naive_month_state *m);
double naive_list_factor(const naive_month_state *m, int pool); /* 1 - rate of the discount in force */
void naive_bill(naive_month_state *m);                          /* usage, discounts, credits, fees, egress; what counts */
void naive_settle(naive_month_state *m);                        /* exits, then windows */
#endif
