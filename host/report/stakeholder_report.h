/* The table of stakeholders of a run, in each format: who is affected how by each strategy. Nothing at all where the plan names
 * none. */
#ifndef OFR_STAKEHOLDER_REPORT_H
#define OFR_STAKEHOLDER_REPORT_H
#include "figures.h"
#include "json_writer.h"
#include "page.h"
#include "statistics.h"

void ofr_show_stakeholders(const ofr_result *result, ofr_money_unit unit, ofr_page *page);
void ofr_stakeholders_json(ofr_json_writer *w, const ofr_result *result);
void ofr_stakeholders_csv(ofr_text *out, const ofr_result *result);

/* ---- what the formats share ---- */

/* Mean charges of the commitments to the anchor that a strategy signs, nominal dollars. */
double ofr_anchor_charge(const ofr_result *result, int strategy);
/* Share of futures in which what the anchor could absorb covers the amount of every window. */
double ofr_absorption_suffices(const ofr_absorption *absorption);
/* Share of futures in which a provider earns more than half. */
double ofr_majority_share(const ofr_result *result, int strategy);
/* Mean concentration of the months of a calendar year that lie within the horizon; NAN without monthly series. */
double ofr_concentration_in(const ofr_result *result, int strategy, int year);
/* The failure's difference of a metric under a strategy; NULL where no failure is played through. */
const ofr_difference *ofr_failure_of(const ofr_result *result, int strategy, const char *metric);
#endif
