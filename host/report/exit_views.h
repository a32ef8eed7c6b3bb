/* Exits in a run: how often each is taken, when, and what it then costs. Nothing at all where no strategy signs one. */
#ifndef OFR_EXIT_VIEWS_H
#define OFR_EXIT_VIEWS_H
#include "answer.h"
#include "figures.h"
#include "json_writer.h"

/* An item for each exit from the contract: the cheapest strategy that signs it in full, others in short. `order`: as ofr_rank left
 * it. */
void ofr_say_exits(ofr_page *page, const ofr_result *result, const int *order, int contract);
/* "; $116.4 billion counted, for 'off-ramp' ends it in 41 % of futures"; false and nothing where no exit ever ends the contract. */
bool ofr_say_left(ofr_page *page, const ofr_result *result, int strategy, int contract);
void ofr_show_exits(const ofr_result *result, ofr_money_unit unit, ofr_page *page);
void ofr_exits_json(ofr_json_writer *w, const ofr_result *result, int strategy); /* the key "exits" of a strategy */

/* ---- what the formats share ---- */

/* The next month >= `from` in which the plan lets the exit be taken, or -1. */
int ofr_next_exit_month(const ofr_plan *plan, int exit, int from);
/* Share of futures in which it is taken in that month. */
double ofr_exit_month_share(const ofr_result *result, int strategy, int exit, int month);
#endif
