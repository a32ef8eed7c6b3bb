/* The tables of a run, each made of a result and shown by a page. One unit of money throughout, so that a number in one table
 * can be looked up in another; but for differences and fees that would vanish in it. */
#ifndef OFR_RUN_TABLES_H
#define OFR_RUN_TABLES_H
#include "figures.h"
#include "page.h"
#include "../reduce/bound_result.h"
#include "statistics.h"

ofr_money_unit ofr_run_unit(const ofr_result *result);

/* Each with its heading; nothing at all where there is nothing to show. */
void ofr_show_strategies(const ofr_result *result, ofr_money_unit unit, ofr_page *page);
void ofr_show_differences(const ofr_result *result, ofr_money_unit unit, ofr_page *page); /* against the cheapest */
void ofr_show_cost_parts(const ofr_result *result, ofr_money_unit unit, ofr_page *page);
void ofr_show_commitments(const ofr_result *result, ofr_money_unit unit, ofr_page *page);
void ofr_show_revenue(const ofr_result *result, ofr_money_unit unit, ofr_page *page);
void ofr_show_stakes(const ofr_result *result, ofr_money_unit unit, ofr_page *page); /* but for those in the anchor */
void ofr_show_work(const ofr_result *result, ofr_page *page); /* by provider and by vendor */
void ofr_show_years(const ofr_result *result, ofr_money_unit unit, ofr_page *page);
#endif
