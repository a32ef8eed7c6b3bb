/* The plan of the interface description, line by line, and the ways to change and read it that the tests of host/plan share. */
#ifndef PLAN_FIXTURE_H
#define PLAN_FIXTURE_H
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "plan/plan.h"

#define LINE(...) #__VA_ARGS__ "\n"

/* clang-format off */
static const char good_plan[] =
LINE({) /* 1 */
LINE(  "name": "two clouds, one promise",)
LINE(  "horizon": {"start": "2026-01", "months": 36, "discount_rate": 0.08},)
LINE(  "reference_accelerator": "H100",)
LINE(  "simulation": {"paths": 100000, "seed": 20251028},) /* 5 */
LINE(  "accelerators": [{"name": "H100", "vendor": "NVIDIA"}, {"name": "Maia200", "vendor": "Microsoft"}],)
LINE(  "providers": [{"name": "azure", "egress_per_gb": 0.05}, {"name": "coreweave"}],)
LINE(  "factors": [{"name": "ai-demand", "volatility": 0.35}, {"name": "gpu-price", "volatility": 0.25, "reversion": 0.5}],)
LINE(  "correlations": [["ai-demand", "gpu-price", 0.4]],)
LINE(  "workloads": [) /* 10 */
LINE(    {"name": "training", "demand": {"start": 20000, "growth": 0.6}, "unmet_cost": 9.0, "value": 12.0,)
LINE(     "speed": {"H100": 1.0}, "factors": {"ai-demand": 1.0}, "home": "azure", "data_gb_per_hour": 0.2},)
LINE(    {"name": "inference", "demand": {"points": [["2026-01", 8000], ["2028-12", 60000]]}, "unmet_cost": 6.0,)
LINE(     "speed": {"H100": 1.0, "Maia200": 1.3}, "factors": {"ai-demand": 0.7}})
LINE(  ],) /* 15 */
LINE(  "pools": [)
LINE(    {"name": "azure-h100", "provider": "azure", "accelerator": "H100", "price": {"start": 2.9, "growth": -0.2},)
LINE(     "capacity": {"points": [["2026-01", 15000], ["2028-12", 70000]]}, "slip_mean": 3, "slip_max": 12,)
LINE(     "availability": 0.98, "factors": {"gpu-price": 1.0}},)
LINE(    {"name": "coreweave-h100", "provider": "coreweave", "accelerator": "H100", "price": 3.2, "capacity": 25000}) /* 20 */
LINE(  ],)
LINE(  "contracts": [)
LINE(    {"name": "azure-floor", "type": "commitment", "provider": "azure",)
LINE(     "windows": [{"from": "2026-01", "to": "2028-12", "amount": 2.0e9}]},)
LINE(    {"name": "only-azure", "type": "exclusivity", "provider": "azure", "workloads": "*", "to": "2026-12", "overflow": "unmet"}) /* 25 */
LINE(  ],)
LINE(  "events": [)
LINE(    {"name": "gpu-shortage", "rate": 0.3, "mean_duration": 6,)
LINE(     "effects": [{"pools": {"accelerator": "H100"}, "capacity": 0.7, "price": 1.3}]},)
LINE(    {"name": "ruling", "rate": 0.1, "max": 1, "duration": 1, "effects": [{"contracts": ["only-azure"], "void": true}]}) /* 30 */
LINE(  ],)
LINE(  "strategies": [)
LINE(    {"name": "tied", "contracts": ["azure-floor", "only-azure"], "pull": "pace"},)
LINE(    {"name": "free", "contracts": ["azure-floor"], "pull": "pace"},)
LINE(    {"name": "no promise", "contracts": []}) /* 35 */
LINE(  ],)
LINE(  "stakeholders": {"anchor": "azure", "failure": {"from": "2028-01", "months": 6}},)
LINE(  "sweep": {"/contracts/azure-floor/windows/0/amount": [0, 1e9, 2.5e9, 5e9]})
LINE(});
/* clang-format on */

typedef struct fixture {
  ofr_arena *arena;
  ofr_diagnostics d;
  ofr_json *root;
} fixture;

static inline void load(fixture *f, const char *text) {
  ofr_arena *before = f->arena; /* `text` may live there */
  f->arena = ofr_arena_create();
  f->d = (ofr_diagnostics){.arena = f->arena};
  f->root = ofr_json_parse(text, strlen(text), "good.json", f->arena, &f->d);
  ofr_arena_destroy(before);
  for (int i = 0; i < f->d.count; i++) print_error("%s\n", f->d.items[i].message);
  assert_non_null(f->root);
}

static inline int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  if (!f) return -1;
  load(f, good_plan);
  *state = f;
  return 0;
}

static inline int tear_down(void **state) {
  fixture *f = *state;
  ofr_arena_destroy(f->arena);
  free(f);
  return 0;
}

static inline void set(fixture *f, const char *pointer, const char *literal) {
  if (!ofr_json_set(f->root, pointer, literal, "good.json", f->arena, &f->d))
    fail_msg("%s = %s cannot be set", pointer, literal);
}

static inline const ofr_plan *read_plan(fixture *f) { return ofr_plan_read(f->root, "plans/good.json", f->arena, &f->d); }

static inline void show(const fixture *f) {
  for (int i = 0; i < f->d.count; i++)
    print_error("%s:%d: %s: %s; %s\n", f->d.items[i].file, f->d.items[i].line, f->d.items[i].pointer, f->d.items[i].message,
                f->d.items[i].remedy ? f->d.items[i].remedy : "");
}

/* A plan that must be read without a word. */
static inline const ofr_plan *read_good(fixture *f) {
  const ofr_plan *plan = read_plan(f);
  if (!plan || f->d.count > 0) show(f);
  assert_non_null(plan);
  assert_int_equal(f->d.count, 0);
  return plan;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#endif
