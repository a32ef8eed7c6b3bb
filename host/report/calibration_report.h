/* What a history says about factors, in each format: the estimates with their errors, and the fragment of a plan that they make. */
#ifndef OFR_CALIBRATION_REPORT_H
#define OFR_CALIBRATION_REPORT_H
#include "../reduce/calibration.h"
#include "report.h"

/* `format`: text, json, csv or markdown. False for another one. Memory that ran out is found in out->failed. */
bool ofr_calibration_report(const ofr_calibration *calibration, const char *format, const ofr_report_options *options,
                            ofr_text *out);
#endif
