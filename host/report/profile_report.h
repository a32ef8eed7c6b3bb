/* Where the time of a run went: phases of the host, kernels of the devices. */
#ifndef OFR_PROFILE_REPORT_H
#define OFR_PROFILE_REPORT_H
#include "../reduce/profile.h"
#include "json_writer.h"
#include "page.h"

void ofr_profile_page(const ofr_profile *profile, ofr_page *page); /* two tables under headings */
void ofr_profile_json(const ofr_profile *profile, ofr_json_writer *w, const char *key);
#endif
