/* Sweeps that were kept, in each format: which strategy is best where, and what moves the outcome most. */
#ifndef OFR_SWEEP_REPORT_H
#define OFR_SWEEP_REPORT_H
#include "../reduce/stored_sweep.h"
#include "report.h"

/* `format`: text, json, csv or markdown. False for another one. Memory that ran out is found in out->failed. */
bool ofr_sweep_report(const ofr_stored_sweep *sweeps, int count, const char *format, const ofr_report_options *options,
                      ofr_text *out);
#endif
