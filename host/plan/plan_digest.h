/* The identity of a plan: SHA-256 over its values in the order of the file. Notes, a sweep, white space and how a number is
 * written (1e3 or 1000) do not change it. */
#ifndef OFR_PLAN_DIGEST_H
#define OFR_PLAN_DIGEST_H
#include "../base/json.h"

void ofr_plan_digest(const ofr_json *root, char hex[65]);
/* Takes in what a file holds that the plan names. */
void ofr_plan_digest_file(char hex[65], const char *key, const char file[65]);
#endif
