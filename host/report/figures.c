/* How amounts look to people: see figures.h. */
#include "figures.h"

#define NO_BREAK   "\xC2\xA0"
#define PLUS_MINUS "\xC2\xB1"
#define DASH       "\xE2\x80\x93"

typedef struct step {
  double dollars;
  const char *name;
  const char *table_name;
} step;
static const step steps[] = {{1e12, "trillion", "$ trillion"},
                             {1e9, "billion", "$ billion"},
                             {1e6, "million", "$ million"},
                             {1e3, "K", "$ K"},
                             {1, "", "$"}};
enum { STEPS = sizeof steps / sizeof *steps, MOST_OF_A_UNIT = 100000000 };

static double absolute(double value) { return value < 0 ? -value : value; }

/* The largest step that leaves at least `least` of it; what rounds up to that counts. */
static const step *step_for(double dollars, double least) {
  int i = 0;
  while (i < STEPS - 1 && !(absolute(dollars) >= least * steps[i].dollars * 0.99995)) i++;
  return &steps[i];
}

static ofr_money_unit unit_at(const step *s, double largest) {
  double scaled = absolute(largest) / s->dollars;
  return (ofr_money_unit){s->dollars, s->table_name, s->dollars == 1 && scaled < 1000 ? 2 : scaled < 10000 ? 1 : 0};
}

ofr_money_unit ofr_money_unit_for(double dollars) { return unit_at(step_for(dollars, 1000), dollars); }

ofr_money_unit ofr_money_unit_showing(ofr_money_unit unit, double smallest, double largest) {
  const step *s = steps;
  while (s->dollars > unit.dollars) s++;
  while (s->dollars > 1 && absolute(smallest) < (unit.decimals > 0 ? 1 : 10) * unit.dollars &&
         absolute(largest) < s[1].dollars * MOST_OF_A_UNIT)
    unit = unit_at(++s, largest);
  return unit;
}

void ofr_figure_money(ofr_text *out, double dollars, ofr_money_unit unit) {
  if (dollars == 0) ofr_text_add(out, DASH);
  else ofr_text_fixed(out, dollars / unit.dollars, unit.decimals, true);
}

static void add_step(ofr_text *out, const step *s) {
  if (s->name[0] != '\0') ofr_text_add(out, NO_BREAK);
  ofr_text_add(out, s->name);
}

void ofr_figure_dollars(ofr_text *out, double dollars) {
  const step *s = step_for(dollars, 1);
  double scaled = absolute(dollars) / s->dollars;
  if (dollars < 0) ofr_text_add(out, "-");
  ofr_text_add(out, "$");
  ofr_text_fixed(out, scaled, scaled >= 1000 ? 0 : scaled >= 100 && s->dollars > 1 ? 1 : 2, true);
  add_step(out, s);
}

/* Two digits of the error tell how far the amount is to be believed. */
int ofr_figure_decimals(double error) {
  int decimals = 0;
  for (double e = error; decimals < 6 && e < 9.95; e *= 10) decimals++;
  return decimals;
}

void ofr_figure_dollars_within(ofr_text *out, double dollars, double error) {
  if (!(error > 0)) {
    ofr_figure_dollars(out, dollars);
    return;
  }
  const step *s = step_for(absolute(dollars) > error ? dollars : error, 1);
  int decimals = ofr_figure_decimals(error / s->dollars);
  if (s->dollars == 1 && decimals > 0) decimals = 2; /* cents, or none */
  if (dollars < 0) ofr_text_add(out, "-");
  ofr_text_add(out, "$");
  ofr_text_fixed(out, absolute(dollars) / s->dollars, decimals, true);
  ofr_text_add(out, NO_BREAK PLUS_MINUS NO_BREAK);
  ofr_text_fixed(out, error / s->dollars, decimals, true);
  add_step(out, s);
}

void ofr_figure_percent(ofr_text *out, double share) {
  double percent = 100 * share;
  if (share > 0 && percent < 0.1) ofr_text_add(out, "<0.1");
  else if (share < 1 && percent > 99.9) ofr_text_add(out, ">99.9");
  else ofr_text_fixed(out, percent, share == 0 || share >= 1 || (percent >= 9.95 && percent <= 90) ? 0 : 1, true);
  ofr_text_add(out, NO_BREAK "%");
}

void ofr_figure_percent_cell(ofr_text *out, double share) {
  if (share == 0) ofr_text_add(out, DASH);
  else if (share > 0 && share < 0.0005) ofr_text_add(out, "<0.1");
  else if (share < 1 && share > 0.9995) ofr_text_add(out, ">99.9");
  else ofr_text_fixed(out, 100 * share, 1, true);
}

void ofr_figure_count(ofr_text *out, uint64_t count) {
  if (count < (UINT64_C(1) << 53)) ofr_text_fixed(out, (double)count, 0, true);
  else ofr_text_printf(out, "%llu", (unsigned long long)count);
}

void ofr_figure_amount(ofr_text *out, double value) {
  double size = absolute(value);
  if (value == 0) ofr_text_add(out, DASH);
  else if (value > 0 && value < 0.005) ofr_text_add(out, "<0.01");
  else ofr_text_fixed(out, value, size >= 100 ? 0 : size >= 10 ? 1 : 2, true);
}
