/* The same plan in other words: dates in another decade, other names, lists in another order where order means nothing, defaults
 * written out. Every figure of every strategy in every path is the same to the last quantum. `test_other_words FIRST COUNT` tries
 * COUNT plans from seed FIRST on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../naive/random_dice.h"
#include "plan_pairs.h"

enum { PATHS = 16, MOST_ITEMS = 512 };

static uint64_t first_seed = 1;
static int seeds = 150;

/* Takes a plan and returns the same in other words. */
typedef cJSON *wording(cJSON *plan, dice *d);

/* Calls `with` for every item below `item`, the innermost first. */
static void walk(cJSON *item, dice *d, void (*with)(cJSON *item, dice *d)) {
  for (cJSON *child = item->child; child; child = child->next) {
    walk(child, d, with);
    with(child, d);
  }
}

/* ---- order ---- */

static int list_children(const cJSON *parent, cJSON *to[MOST_ITEMS]) {
  int n = 0;
  for (cJSON *child = parent ? parent->child : NULL; child && n < MOST_ITEMS; child = child->next) to[n++] = child;
  return n;
}

static void link_children(cJSON *parent, cJSON *const *items, int n) {
  for (int i = 0; i < n; i++) {
    items[i]->next = i + 1 < n ? items[i + 1] : NULL;
    items[i]->prev = items[i > 0 ? i - 1 : n - 1];
  }
  if (n > 0) parent->child = items[0];
}

static void shuffle(cJSON *parent, dice *d) {
  cJSON *items[MOST_ITEMS], *each;
  int n = list_children(parent, items);
  for (int i = n - 1; i > 0; i--) {
    int j = between(d, 0, i);
    each = items[i];
    items[i] = items[j];
    items[j] = each;
  }
  if (n > 0) link_children(parent, items, n);
}

static void shuffle_keys(cJSON *item, dice *d) {
  if (cJSON_IsObject(item)) shuffle(item, d);
}

static cJSON *with_keys_in_any_order(cJSON *plan, dice *d) {
  walk(plan, d, shuffle_keys);
  shuffle(plan, d);
  return plan;
}

static void shuffle_named(cJSON *item, dice *d) {
  static const char *const lists[] = {"windows", "workloads", "pools", "providers", "contracts", "at"};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    if (cJSON_IsArray(item) && item->string && strcmp(item->string, lists[i]) == 0) shuffle(item, d);
}

/* What a contract or strategy names, and its windows. */
static cJSON *with_names_and_windows_in_any_order(cJSON *plan, dice *d) {
  walk(pair_get(plan, "contracts"), d, shuffle_named);
  walk(pair_get(plan, "strategies"), d, shuffle_named);
  return plan;
}

static cJSON *with_providers_in_any_order(cJSON *plan, dice *d) {
  shuffle(pair_get(plan, "providers"), d);
  return plan;
}

static cJSON *with_accelerators_in_any_order(cJSON *plan, dice *d) {
  shuffle(pair_get(plan, "accelerators"), d);
  return plan;
}

/* Contracts of one type stay in their order: charges count under later ones, grants and exits come in turn, rights are drawn by
 * their place. */
static cJSON *with_types_of_contracts_mixed(cJSON *plan, dice *d) {
  cJSON *contracts = pair_get(plan, "contracts"), *before[MOST_ITEMS], *after[MOST_ITEMS];
  int n = list_children(contracts, before);
  shuffle(contracts, d);
  list_children(contracts, after);
  const char *type[MOST_ITEMS];
  bool placed[MOST_ITEMS] = {false};
  for (int i = 0; i < n; i++) type[i] = pair_get(after[i], "type")->valuestring;
  for (int i = 0; i < n; i++) {
    int next = 0;
    while (placed[next] || !pair_has_type(before[next], type[i])) next++;
    placed[next] = true;
    after[i] = before[next];
  }
  if (n > 0) link_children(contracts, after, n);
  return plan;
}

static cJSON *with_correlations_the_other_way(cJSON *plan, dice *d) {
  cJSON *pair;
  (void)d;
  cJSON_ArrayForEach(pair, pair_get(plan, "correlations")) {
    cJSON *items[MOST_ITEMS], *swapped[3];
    list_children(pair, items);
    swapped[0] = items[1], swapped[1] = items[0], swapped[2] = items[2];
    link_children(pair, swapped, 3);
  }
  return plan;
}

/* ---- dates and names ---- */

static int months_later;

static void shift_date(cJSON *item, dice *d) {
  int year, at;
  char rest, later[32];
  (void)d;
  if (!cJSON_IsString(item) || sscanf(item->valuestring, "%4d-%2d%c", &year, &at, &rest) != 2) return;
  at += 12 * year - 1 + months_later;
  snprintf(later, sizeof later, "%04d-%02d", at / 12, at % 12 + 1);
  cJSON_SetValuestring(item, later);
}

static cJSON *in_another_decade(cJSON *plan, dice *d) {
  months_later = between(d, 1, 300);
  walk(plan, d, shift_date);
  return plan;
}

/* Things of random plans are named by a letter and a number. */
static bool is_name(const char *text, size_t length) {
  if (length < 2 || !islower((unsigned char)text[0])) return false;
  for (size_t i = 1; i < length; i++)
    if (!isdigit((unsigned char)text[i])) return false;
  return true;
}

static cJSON *under_other_names(cJSON *plan, dice *d) {
  char *text = cJSON_PrintUnformatted(plan), *other = malloc(4 * strlen(text) + 1), *to = other;
  assert_non_null(other);
  (void)d;
  for (char *from = text; *from;) {
    size_t length = *from == '"' ? strcspn(from + 1, "\"") : 0;
    if (length && is_name(from + 1, length)) {
      to += sprintf(to, "\"%.*s, the %c\"", (int)length - 1, from + 2, from[1]);
      from += length + 2;
    } else if (*from == '"') {
      memcpy(to, from, length + 2);
      to += length + 2;
      from += length + 2;
    } else *to++ = *from++;
  }
  *to = 0;
  cJSON_Delete(plan);
  plan = cJSON_Parse(other);
  assert_non_null(plan);
  cJSON_free(text);
  free(other);
  return plan;
}

static void note_it(cJSON *item, dice *d) {
  static const char *const maps[] = {"speed", "factors", "counts", "max_share"};
  for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
    if (item->string && strcmp(item->string, maps[i]) == 0) return;
  if (cJSON_IsObject(item) && chance(d, 0.5)) cJSON_AddStringToObject(item, "note", "somebody said so");
}

static cJSON *with_notes(cJSON *plan, dice *d) {
  walk(plan, d, note_it);
  return plan;
}

/* ---- what may be left out ---- */

static void write_default(cJSON *object, const char *key, const char *literal) {
  if (!pair_get(object, key)) cJSON_AddItemToObject(object, key, cJSON_Parse(literal));
}

static void write_defaults(cJSON *object, const char *const (*defaults)[2], size_t count) {
  for (size_t i = 0; i < count; i++) write_default(object, defaults[i][0], defaults[i][1]);
}
#define DEFAULTS(object, ...)                                                                                                      \
  do {                                                                                                                             \
    static const char *const defaults_[][2] = {__VA_ARGS__};                                                                       \
    write_defaults(object, defaults_, sizeof defaults_ / sizeof *defaults_);                                                       \
  } while (0)

static void write_span(cJSON *contract, const dice *d) {
  if (!pair_get(contract, "from")) cJSON_AddStringToObject(contract, "from", month(0));
  if (!pair_get(contract, "to")) cJSON_AddStringToObject(contract, "to", month(d->months - 1));
}

static void write_contract(cJSON *c, const dice *d) {
  bool is_restriction = pair_has_type(c, "exclusivity") || pair_has_type(c, "first_refusal");
  if (pair_has_type(c, "commitment"))
    DEFAULTS(c, {"pools", "\"*\""}, {"counts", "1"}, {"shortfall_rate", "1"}, {"deferral", "0"}, {"carry_forward", "0"},
             {"relief", "0"}, {"credit_months", "0"}, {"opening", "0"});
  else if (pair_has_type(c, "reservation")) DEFAULTS(c, {"use_price", "0"}, {"upfront", "0"});
  else if (pair_has_type(c, "discount")) DEFAULTS(c, {"basis", "\"marginal\""}, {"period", "\"term\""}, {"pools", "\"*\""});
  else if (pair_has_type(c, "first_refusal")) DEFAULTS(c, {"premium", "0"}, {"accept", "1"});
  else if (pair_has_type(c, "grant")) DEFAULTS(c, {"kind", "\"cash\""});
  else if (pair_has_type(c, "exit")) DEFAULTS(c, {"fee", "0"});
  if (is_restriction) DEFAULTS(c, {"workloads", "\"*\""});
  if (!pair_has_type(c, "commitment") && !pair_has_type(c, "exit") && !pair_has_type(c, "stake")) write_span(c, d);
}

static cJSON *with_defaults_written_out(cJSON *plan, dice *d) {
  cJSON *each;
  cJSON_ArrayForEach(each, pair_get(plan, "contracts")) write_contract(each, d);
  cJSON_ArrayForEach(each, pair_get(plan, "workloads")) {
    DEFAULTS(each, {"duty", "1"}, {"data_gb_per_hour", "0"}, {"factors", "{}"});
    cJSON_AddNumberToObject(each, "value", pair_get(each, "unmet_cost")->valuedouble);
  }
  cJSON_ArrayForEach(each, pair_get(plan, "pools")) {
    if (pair_get(each, "slip_mean")) DEFAULTS(each, {"slip_max", "24"});
    DEFAULTS(each, {"availability", "1"}, {"slip_mean", "0"}, {"factors", "{}"});
  }
  cJSON_ArrayForEach(each, pair_get(plan, "providers")) DEFAULTS(each, {"egress_per_gb", "0"});
  cJSON_ArrayForEach(each, pair_get(plan, "factors")) DEFAULTS(each, {"reversion", "0"});
  cJSON_ArrayForEach(each, pair_get(plan, "events")) {
    if (pair_get(each, "rate")) write_span(each, d);
    if (!pair_get(each, "mean_duration")) DEFAULTS(each, {"duration", "1"});
  }
  cJSON_ArrayForEach(each, pair_get(plan, "strategies")) DEFAULTS(
      each, {"contracts", "\"*\""}, {"providers", "\"*\""}, {"pull", "\"none\""}, {"max_share", "1"}, {"rule", "\"priority\""});
  return plan;
}

/* A number is a curve that does not grow, or one of a point. */
static void write_curve(cJSON *item, dice *d) {
  static const char *const curves[] = {"demand", "price", "capacity", "egress_per_gb", "accelerators"};
  for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
    cJSON *value = cJSON_IsObject(item) && pair_get(item, "name") ? pair_get(item, curves[i]) : NULL, *curve;
    char text[96];
    if (!cJSON_IsNumber(value)) continue;
    if (chance(d, 0.5)) snprintf(text, sizeof text, "{\"start\": %.17g, \"growth\": 0}", value->valuedouble);
    else
      snprintf(text, sizeof text, "{\"points\": [[\"%s\", %.17g]], \"interpolate\": \"step\"}",
               month(between(d, -40, d->months + 40)), value->valuedouble);
    curve = cJSON_Parse(text);
    cJSON_ReplaceItemInObjectCaseSensitive(item, curves[i], curve);
  }
}

static cJSON *with_numbers_as_curves(cJSON *plan, dice *d) {
  walk(plan, d, write_curve);
  return plan;
}

/* ---- all of them ---- */

static const struct {
  const char *name;
  wording *wording;
} wordings[] = {
#define WORDING(name) {#name, name}
    WORDING(with_keys_in_any_order),
    WORDING(with_names_and_windows_in_any_order),
    WORDING(with_providers_in_any_order),
    WORDING(with_accelerators_in_any_order),
    WORDING(with_types_of_contracts_mixed),
    WORDING(with_correlations_the_other_way),
    WORDING(in_another_decade),
    WORDING(under_other_names),
    WORDING(with_notes),
    WORDING(with_defaults_written_out),
    WORDING(with_numbers_as_curves),
#undef WORDING
};
enum { WORDINGS = sizeof wordings / sizeof *wordings };

/* The number of a thing in the other plan: its name is the same, or has the same digits. */
static int place_of(const char *name, int count, const char *(*name_of)(const ofr_plan *plan, int i), const ofr_plan *plan) {
  for (int i = 0; i < count; i++) {
    const char *other = name_of(plan, i);
    if (strcmp(name, other) == 0 ||
        (strstr(other, ", the ") && strncmp(name + 1, other, strlen(name) - 1) == 0 && other[strlen(name) - 1] == ','))
      return i;
  }
  fail_msg("there is no %s", name);
  return -1;
}

static const char *provider_name(const ofr_plan *plan, int i) { return plan->providers[i].name; }
static const char *vendor_name(const ofr_plan *plan, int i) { return plan->vendors[i]; }

/* The column of `other` that is column c of `plan`. */
static int column_in(const ofr_plan *plan, int c, const ofr_plan *other) {
  int at = c - COLUMN_FIXED, G = plan->provider_count;
  if (at < 0) return c;
  if (at < 2 * G) return COLUMN_FIXED + 2 * place_of(plan->providers[at / 2].name, G, provider_name, other) + at % 2;
  at -= 2 * G;
  if (at < plan->vendor_count) return COLUMN_FIXED + 2 * G + place_of(plan->vendors[at], plan->vendor_count, vendor_name, other);
  return c;
}

static void expect_the_same(const pair_reaped *before, const pair_reaped *after, const char *what, uint64_t seed) {
  const ofr_plan *plan = before->given.plan;
  assert_int_equal(before->given.staged.columns, after->given.staged.columns);
  for (int c = 0; c < before->given.staged.columns; c++) {
    int other = column_in(plan, c, after->given.plan);
    for (int s = 0; s < plan->strategy_count; s++)
      for (int p = 0; p < PATHS; p++)
        if (pair_quanta(before, s, c, p) != pair_quanta(after, s, other, p))
          fail_msg("%s, seed %llu, strategy %d, path %d: column %d was %lld and is %lld", what, (unsigned long long)seed, s, p, c,
                   (long long)pair_quanta(before, s, c, p), (long long)pair_quanta(after, s, other, p));
  }
}

static void try_wordings(const cJSON *plan, const pair_reaped *before, uint64_t seed) {
  for (int i = 0; i < WORDINGS; i++) {
    dice d = {.state = seed * WORDINGS + (uint64_t)i, .months = before->given.plan->months};
    cJSON *other = wordings[i].wording(cJSON_Duplicate(plan, true), &d);
    pair_reaped after = pair_reap(other, PATHS);
    expect_the_same(before, &after, wordings[i].name, seed);
    pair_discard(&after);
    cJSON_Delete(other);
  }
}

static void get_digest(const cJSON *plan, char digest[65]) {
  given_plan given = pair_given(plan);
  memcpy(digest, given_run(&given, NULL)->results_digest, 65);
  given_free(&given);
}

static cJSON *under_other_names_but_of_strategies(cJSON *plan, dice *d) {
  int s = 0;
  cJSON *other = under_other_names(plan, d), *each;
  cJSON_ArrayForEach(each, pair_get(other, "strategies"))
      cJSON_ReplaceItemInObjectCaseSensitive(each, "name", cJSON_CreateString(named("s", s++)));
  return other;
}

/* Of names the digest of a result is over those of strategies alone. */
static void nor_does_the_digest_of_its_result_change(void **state) {
  static wording *const silent[] = {with_keys_in_any_order, under_other_names_but_of_strategies, with_notes,
                                    with_defaults_written_out, with_numbers_as_curves};
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds / 8; seed++) {
    dice d = {.state = seed};
    cJSON *plan = random_plan(seed, false, RANDOM_EVERY_CLAUSE), *other;
    char digest[65], after[65];
    d.months = pair_get(pair_get(plan, "horizon"), "months")->valueint;
    cJSON_AddNumberToObject(pair_get(plan, "simulation"), "paths", 100);
    random_relatives(seed, 4, plan);
    get_digest(plan, digest);
    other = silent[seed % (sizeof silent / sizeof *silent)](cJSON_Duplicate(plan, true), &d);
    get_digest(other, after);
    assert_string_equal(digest, after);
    cJSON_Delete(plan);
    cJSON_Delete(other);
  }
}

static void a_plan_in_other_words_is_the_same_plan(void **state) {
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
    cJSON *plan = random_plan(seed, seed % 16 == 0, RANDOM_EVERY_CLAUSE);
    if (seed % 2) random_relatives(seed, 7, plan);
    pair_reaped before = pair_reap(plan, PATHS);
    try_wordings(plan, &before, seed);
    pair_discard(&before);
    cJSON_Delete(plan);
  }
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_plan_in_other_words_is_the_same_plan),
                                     cmocka_unit_test(nor_does_the_digest_of_its_result_change)};
  if (argc == 3) {
    first_seed = strtoull(argv[1], NULL, 10);
    seeds = (int)strtol(argv[2], NULL, 10);
  }
  return cmocka_run_group_tests_name("other words", tests, NULL, NULL);
}
