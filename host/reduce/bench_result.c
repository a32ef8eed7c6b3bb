#include "bench_result.h"
#include <string.h>

static const struct { const char *word; unsigned bit; } clauses_by_name[] = {
    {"commitment", OFR_BENCH_COMMITMENT}, {"terms", OFR_BENCH_TERMS},         {"reservation", OFR_BENCH_RESERVATION},
    {"exclusivity", OFR_BENCH_EXCLUSIVITY}, {"discount", OFR_BENCH_DISCOUNT}, {"grant", OFR_BENCH_GRANT},
    {"exit", OFR_BENCH_EXIT},             {"first_refusal", OFR_BENCH_FIRST_REFUSAL}, {"credit", OFR_BENCH_CREDIT},
    {"egress", OFR_BENCH_EGRESS},         {"duty", OFR_BENCH_DUTY},           {"max_share", OFR_BENCH_MAX_SHARE},
    {"slip", OFR_BENCH_SLIP}};
enum { CLAUSES = sizeof clauses_by_name / sizeof *clauses_by_name };

const char ofr_bench_clause_words[] = "none, all, or some of commitment, terms, reservation, exclusivity, discount, grant, "
                                      "exit, first_refusal, credit, egress, duty, "
                                      "max_share, slip, joined by +";

/* Those that rest on a commitment come with one. Two clauses that bind the same workload in the same month do not go together:
 * exclusivity is then for the first workload, first refusal for the others. */
static unsigned complete(unsigned clauses) {
  return clauses & (OFR_BENCH_TERMS | OFR_BENCH_EXIT | OFR_BENCH_CREDIT) ? clauses | OFR_BENCH_COMMITMENT : clauses;
}

bool ofr_bench_clauses_read(const char *text, unsigned *clauses) {
  *clauses = 0;
  if (!strcmp(text, "none")) return true;
  if (!strcmp(text, "all")) {
    for (int i = 0; i < CLAUSES; i++) *clauses |= clauses_by_name[i].bit;
    return true;
  }
  for (size_t length; *text; text += length + (text[length] == '+')) {
    unsigned bit = 0;
    length = strcspn(text, "+");
    for (int i = 0; i < CLAUSES; i++)
      if (strlen(clauses_by_name[i].word) == length && !strncmp(clauses_by_name[i].word, text, length))
        bit = clauses_by_name[i].bit;
    if (!bit) *clauses = 0;
    if (!bit) return false;
    *clauses |= bit;
  }
  *clauses = complete(*clauses);
  return *clauses != 0;
}

void ofr_bench_clauses_write(ofr_text *out, unsigned clauses) {
  const char *between = "";
  for (int i = 0; i < CLAUSES; i++)
    if (clauses & clauses_by_name[i].bit) {
      ofr_text_printf(out, "%s%s", between, clauses_by_name[i].word);
      between = "+";
    }
  if (!clauses) ofr_text_add(out, "none");
}
