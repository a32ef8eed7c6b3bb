/* A history that paths are drawn from: its changes from month to month, and which demands, prices and capacities they move. */
#include <math.h>
#include "../base/fixed_math.h"
#include "history.h"
#include "plan_digest.h"
#include "plan_reader.h"

enum { DEFAULT_BLOCK = 12 };

/* Which subject each series is. False after a diagnosis. */
static bool find_subjects(ofr_reader *r, const ofr_history *h, ofr_bootstrap *out) {
  const int errors = r->d->errors;
  for (int i = 0; i < OFR_MAX_SUBJECTS; i++) out->row[i] = -1;
  for (int i = 0; i < h->count; i++) {
    const char *remedy = NULL;
    int subject = ofr_find_subject(r, h->names[i], &remedy);
    if (subject < 0)
      ofr_wrong_row(r, h->file, h->line[i], "", remedy, "the plan has no \"%s\"", ofr_brief(r, h->names[i]));
    else if (r->plan->futures && r->plan->futures->row[subject] >= 0)
      ofr_wrong_row(r, h->file, h->line[i], "", "leave it out of one of them", "the futures give \"%s\" already", h->names[i]);
    else if (out->row[subject] >= 0)
      ofr_wrong_row(r, h->file, h->line[i], "", "keep one of them", "\"%s\" is there under another name", h->names[i]);
    else out->row[subject] = i;
  }
  return r->d->errors == errors;
}

static const char *month_text(ofr_reader *r, int month) {
  return ofr_phrase(r, "%04d-%02d", month / 12, month % 12 + 1);
}

/* Every month from the first to the last, with a value of each series. */
static bool is_complete(ofr_reader *r, const ofr_history *h) {
  if (!h->monthly) {
    ofr_wrong_row(r, h->file, 1, "", "bring one value a month: their mean, or the last",
                  "two dates of the history lie in one month");
    return false;
  }
  if (h->dates < 3) {
    ofr_wrong_row(r, h->file, 1, "", "bring three months at least", "a history of %d month%s has nothing to draw from",
                  h->dates, h->dates == 1 ? "" : "s");
    return false;
  }
  for (int i = 0; i < h->dates; i++) {
    if (i > 0 && h->month[i] != h->month[i - 1] + 1) {
      ofr_wrong_row(r, h->file, 1, "", "bring every month, or leave out what is before the gap", "the history has no %s",
                    month_text(r, h->month[i - 1] + 1));
      return false;
    }
    for (int k = 0; k < h->count; k++) {
      if (!isnan(h->values[i * h->count + k])) continue;
      ofr_wrong_row(r, h->file, h->line[k], "", "bring every month of each name", "the history has no value of \"%s\" in %s",
                    h->names[k], month_text(r, h->month[i]));
      return false;
    }
  }
  return true;
}

static void take_changes(ofr_reader *r, const ofr_history *h, ofr_bootstrap *out) {
  double *change = ofr_take(r, (h->dates - 1) * h->count, sizeof *change);
  out->changes = h->dates - 1;
  out->count = h->count;
  for (int i = 0; i < out->changes * h->count; i++) change[i] = ofr_log(h->values[i + h->count] / h->values[i]);
  out->change = change;
}

void ofr_read_history(ofr_reader *r) {
  const ofr_json *history = ofr_json_get(r->root, "history");
  if (!history || !ofr_is_object(r, history, OFR_OBJECT_HISTORY)) return;
  const ofr_json *file = ofr_json_get(history, "file"), *block = ofr_json_get(history, "block");
  ofr_bootstrap *out = ofr_take(r, 1, sizeof *out);
  out->block = ofr_whole_at(r, history, "block", 1, OFR_MAX_MONTHS, DEFAULT_BLOCK);
  if (!ofr_has_type(r, file, OFR_JSON_STRING) || !r->names[OFR_NAME_WORKLOAD].complete || !r->names[OFR_NAME_POOL].complete) return;
  const ofr_history *h = ofr_history_read(ofr_named_file(r, file->text), r->arena, r->d);
  if (!h || !find_subjects(r, h, out) || !is_complete(r, h)) return;
  take_changes(r, h, out);
  out->file = h->file;
  if (out->block > out->changes) {
    if (block)
      ofr_wrong(r, block, ofr_phrase(r, "write 1 to %d", out->changes),
                "the history has no more than %d changes from month to month", out->changes);
    out->block = out->changes;
  }
  ofr_plan_digest_file(r->plan->digest, "history", h->digest);
  r->plan->history = out;
}
