/* A traced future in the units people read, and what every format of `explain` asks of it: which months and strategies are
 * wanted, the amounts behind the books' integers, the promise behind a commitment's running count. */
#ifndef OFR_LEDGER_H
#define OFR_LEDGER_H
#include "report.h"

int ofr_first_month(const ofr_trace *trace, const ofr_report_options *options);
int ofr_last_month(const ofr_trace *trace, const ofr_report_options *options); /* included */
bool ofr_is_wanted(const ofr_report_options *options, int strategy);

void ofr_money_write(ofr_text *out, const ofr_trace *trace, int64_t quanta); /* dollars, every digit */
double ofr_ledger_money(const ofr_trace *trace, int64_t quanta);                    /* dollars */
double ofr_ledger_accelerators(const ofr_trace *trace, int64_t quanta);
double ofr_work(const ofr_trace *trace, int64_t units); /* reference accelerators kept busy */

int64_t ofr_placed(const ofr_trace *trace, const ofr_trace_strategy *s, int workload, int slot);
int64_t ofr_served(const ofr_trace *trace, const ofr_trace_strategy *s, int workload, int slot);

/* Cash of a strategy's month: all that is paid, less grants. */
int64_t ofr_month_cash(const ofr_trace_strategy *s);
bool ofr_has_contract(const ofr_plan *plan, ofr_contract_type type);

/* The window of a commitment that is open in a month, or NULL; what it promises within the horizon, in dollars, before any
 * carry, relief or suspension; its last month within the horizon. */
const ofr_window *ofr_open_window(const ofr_contract *contract, int month);
double ofr_promised(const ofr_plan *plan, const ofr_window *window);
int ofr_settles(const ofr_plan *plan, const ofr_window *window);
/* Whether an exit or an event ended a contract for good, in this month or before. */
bool ofr_has_ended(const ofr_trace *trace, int month, int strategy, int contract);
/* Less than a ten-thousandth of the demand, in work units: nobody plans for it, and whole accelerators nearly always leave some. */
bool ofr_is_left_by_rounding(int64_t unserved, int64_t demand);
#endif
