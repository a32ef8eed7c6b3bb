/* The shape of a plan as C text: its dimensions, its traits and its structure. Never its numbers, so that plans that differ
 * only in these share one compiled kernel. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "../base/text.h"
#include "image.h"

enum { MOST_FIELDS = 64 };

typedef struct field { const char *name; int value; } field;                   /* a dimension */
typedef struct table { const char *name; uint32_t offset; int count; } table; /* of the structure */

static int list_dimensions(const ofr_image *im, field to[MOST_FIELDS]) {
  const field all[] = {
#define FIELD(name) {#name, im->name}
      FIELD(months),
      FIELD(workloads),
      FIELD(pools),
      FIELD(slots),
      FIELD(factors),
      FIELD(signals),
      FIELD(drivers),
      FIELD(events),
      FIELD(effects),
      FIELD(contract_effects),
      FIELD(providers),
      FIELD(vendors),
      FIELD(commitments),
      FIELD(reservations),
      FIELD(exclusivities),
      FIELD(discounts),
      FIELD(tiers),
      FIELD(grants),
      FIELD(refusals),
      FIELD(exits),
      FIELD(stakes),
      FIELD(strategies),
      FIELD(futures),
      FIELD(histories),
      FIELD(has_duty),
      FIELD(has_egress),
      FIELD(has_max_share),
      FIELD(has_pull),
      FIELD(has_slip),
      FIELD(has_partial_counts),
      FIELD(has_terms),
      FIELD(has_used),
      FIELD(has_credits),
      FIELD(has_net),
      FIELD(has_signed),
      FIELD(has_left_shifts),
      FIELD(has_optimal),
      FIELD(has_unmet_by_workload),
      FIELD(has_stakeholders),
      FIELD(has_failure),
      FIELD(has_shared_months),
      FIELD(anchor),
      FIELD(anchor_pools),
      FIELD(absorbers),
      FIELD(failing),
#undef FIELD
  };
  memcpy(to, all, sizeof all);
  return sizeof all / sizeof *all;
}

static int list_tables(const ofr_image *im, table to[MOST_FIELDS]) {
  const int W = im->workloads, K = im->pools, G = im->providers, C = im->commitments, X = im->exclusivities, S = im->strategies;
  const int D = im->discounts, N = im->grants, F = im->refusals;
  const size_t first = offsetof(ofr_image, slot_pool), last = offsetof(ofr_image, max_share);
  const table all[] = {
      {"layout", (uint32_t)(first / sizeof(uint32_t)), (int)((last - first) / sizeof(uint32_t)) + 1},
#define FIELD(name, count) {#name, im->name, count}
      FIELD(slot_pool, im->slots),
      FIELD(slot_reservation, im->slots),
      FIELD(can_run, W * im->slots),
      FIELD(pool_provider, K),
      FIELD(pool_vendor, K),
      FIELD(demand_driver, W),
      FIELD(price_driver, K),
      FIELD(capacity_driver, K),
      FIELD(driver_signal, im->drivers),
      FIELD(effect_event, im->effects),
      FIELD(effect_driver, im->effects),
      FIELD(contract_effect_event, im->contract_effects),
      FIELD(contract_effect_contract, im->contract_effects),
      FIELD(contract_effect_kind, im->contract_effects),
      FIELD(away, W * G),
      FIELD(home, W),
      FIELD(counts_kind, C * K),
      FIELD(pool_pullers, K),
      FIELD(counts_all, C),
      FIELD(commitment_provider, C),
      FIELD(reservation_slot, im->reservations),
      FIELD(exclusivity_provider, X),
      FIELD(exclusivity_open, X),
      FIELD(exclusivity_covers, X * W),
      FIELD(discount_covers, D * K),
      FIELD(discount_all_units, D),
      FIELD(grant_provider, N),
      FIELD(grant_credit, N),
      FIELD(refusal_provider, F),
      FIELD(refusal_covers, F * W),
      FIELD(exit_target, im->exits),
      FIELD(stake_provider, im->stakes),
      FIELD(strategy_signs, S * (C + im->reservations + X + D + N + F + im->exits + im->stakes)),
      FIELD(strategy_pull, S),
      FIELD(strategy_optimal, S),
      FIELD(slip_max, K),
      FIELD(demand_future, W),
      FIELD(price_future, K),
      FIELD(capacity_future, K),
      FIELD(anchor_pool, im->anchor_pools),
      FIELD(absorb_workload, im->has_stakeholders ? W : 0),
      FIELD(absorber_commitment, im->absorbers),
#undef FIELD
  };
  memcpy(to, all, sizeof all);
  return sizeof all / sizeof *all;
}

static const int *values_of(const ofr_image *im, const table *t) { return (const int *)((const uint32_t *)im + t->offset); }

static void add_table(ofr_text *text, const char *name, const int *values, int count) {
  ofr_text_printf(text, "CONSTANT int ofr_%s[] = {", name);
  for (int i = 0; i < count; i++) ofr_text_printf(text, "%s%d", i == 0 ? "" : i % 32 ? "," : ",\n", values[i]);
  ofr_text_add(text, count ? "};\n" : "0};\n"); /* C has no empty arrays */
}

char *ofr_image_shape_text(const ofr_image *image) {
  ofr_text text = {0};
  field fields[MOST_FIELDS];
  table tables[MOST_FIELDS];
  int field_count = list_dimensions(image, fields), table_count = list_tables(image, tables);
  ofr_text_add(&text, "#define OFR_SPECIALISED\n");
  for (int i = 0; i < field_count; i++) ofr_text_printf(&text, "#define OFR_%s %d\n", fields[i].name, fields[i].value);
  for (int i = 0; i < table_count; i++) add_table(&text, tables[i].name, values_of(image, &tables[i]), tables[i].count);
  if (!text.failed) return text.data;
  ofr_text_free(&text);
  return NULL;
}

bool ofr_images_alike(const ofr_image *a, const ofr_image *b) {
  field fields[2][MOST_FIELDS];
  table tables[2][MOST_FIELDS];
  int field_count = list_dimensions(a, fields[0]), table_count = list_tables(a, tables[0]);
  list_dimensions(b, fields[1]);
  if (a->bytes != b->bytes) return false;
  for (int i = 0; i < field_count; i++)
    if (fields[0][i].value != fields[1][i].value) return false;
  list_tables(b, tables[1]); /* of the same dimensions, so of the same sizes; the first of them says where the others lie */
  for (int i = 0; i < table_count; i++)
    if (memcmp(values_of(a, &tables[0][i]), values_of(b, &tables[1][i]), (size_t)tables[0][i].count * sizeof(int))) return false;
  return true;
}
