/* The shape of a plan as C text: its dimensions, its traits and its structure. Never its numbers, so that plans that differ
 * only in these share one compiled kernel. */
#include <stddef.h>
#include <stdlib.h>
#include "../base/text.h"
#include "image.h"

static void add_dimensions(ofr_text *text, const ofr_image *im) {
  const struct { const char *name; int value;
  } all[] = {
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
      FIELD(anchor),
      FIELD(anchor_pools),
      FIELD(absorbers),
      FIELD(failing),
#undef FIELD
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ofr_text_printf(text, "#define OFR_%s %d\n", all[i].name, all[i].value);
}

static void add_table(ofr_text *text, const char *name, const int *values, int count) {
  ofr_text_printf(text, "CONSTANT int ofr_%s[] = {", name);
  for (int i = 0; i < count; i++) ofr_text_printf(text, "%s%d", i == 0 ? "" : i % 32 ? "," : ",\n", values[i]);
  ofr_text_add(text, count ? "};\n" : "0};\n"); /* C has no empty arrays */
}

static void add_structure(ofr_text *text, const ofr_image *im) {
  const int W = im->workloads, K = im->pools, G = im->providers, C = im->commitments, X = im->exclusivities, S = im->strategies;
  const int D = im->discounts, N = im->grants, F = im->refusals;
  const struct { const char *name; uint32_t offset; int count;
  } all[] = {
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
      FIELD(absorb_workload, W),
      FIELD(absorber_commitment, im->absorbers),
#undef FIELD
  };
  const size_t first = offsetof(ofr_image, slot_pool), last = offsetof(ofr_image, max_share);
  add_table(text, "layout", (const int *)((const char *)im + first), (int)((last - first) / sizeof(uint32_t)) + 1);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    add_table(text, all[i].name, (const int *)((const uint32_t *)im + all[i].offset), all[i].count);
}

char *ofr_image_shape_text(const ofr_image *image) {
  ofr_text text = {0};
  ofr_text_add(&text, "#define OFR_SPECIALISED\n");
  add_dimensions(&text, image);
  add_structure(&text, image);
  if (!text.failed) return text.data;
  ofr_text_free(&text);
  return NULL;
}
