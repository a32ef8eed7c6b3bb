/* The schema and the reader say the same. */
#include "plan_fixture.h"
#include "plan/image.h"
#include "plan/plan_reader.h"

static int set_up_schema(void **state) {
  if (set_up(state) != 0) return -1;
  load(*state, ofr_plan_schema);
  return 0;
}

static const ofr_json *at(const fixture *f, const char *prefix, const char *suffix) {
  return ofr_json_find(f->root, ofr_arena_printf(f->arena, "%s%s", prefix, suffix));
}

static const ofr_key *find_key(const ofr_key_table *table, const char *name) {
  for (int i = 0; i < table->count; i++)
    if (strcmp(table->keys[i].name, name) == 0) return &table->keys[i];
  return NULL;
}

static bool holds_text(const ofr_json *list, const char *text) {
  for (const ofr_json *item = list ? list->first : NULL; item; item = item->next)
    if (strcmp(item->text, text) == 0) return true;
  return false;
}

static void the_schema_is_json_of_the_right_draft(void **state) {
  fixture *f = *state;
  assert_string_equal(ofr_json_find(f->root, "/$schema")->text, "https://json-schema.org/draft/2020-12/schema");
}

static void every_known_key_is_in_the_schema(void **state) {
  fixture *f = *state;
  for (int k = 0; k < OFR_OBJECT_KINDS; k++) {
    const ofr_key_table *table = &ofr_key_tables[k];
    const ofr_json *properties = at(f, table->schema, "/properties"), *required = at(f, table->schema, "/required");
    assert_non_null(properties);
    assert_non_null(ofr_json_get(properties, "note"));
    for (int i = 0; i < table->count; i++) {
      const ofr_key *key = &table->keys[i];
      if ((ofr_json_get(properties, key->name) == NULL) != (key->use == OFR_KEY_LATER))
        fail_msg("%s: %s", table->what, key->name);
      if (holds_text(required, key->name) != (key->use == OFR_KEY_REQUIRED)) fail_msg("%s requires %s", table->what, key->name);
    }
  }
}

static void every_property_of_the_schema_is_a_known_key(void **state) {
  fixture *f = *state;
  for (int k = 0; k < OFR_OBJECT_KINDS; k++) {
    const ofr_key_table *table = &ofr_key_tables[k];
    const ofr_json *properties = at(f, table->schema, "/properties");
    for (const ofr_json *p = properties->first; p; p = p->next)
      if (strcmp(p->key, "note") != 0 && !find_key(table, p->key)) fail_msg("%s: %s", table->what, p->key);
  }
}

static void every_object_of_the_schema_is_closed_and_has_its_table(void **state) {
  fixture *f = *state;
  int objects = 1; /* the plan itself */
  assert_false(ofr_json_find(f->root, "/additionalProperties")->boolean);
  for (const ofr_json *def = ofr_json_find(f->root, "/$defs")->first; def; def = def->next) {
    if (!ofr_json_get(def, "properties")) continue;
    objects++;
    const ofr_json *additional = ofr_json_get(def, "additionalProperties");
    if (!additional || additional->type != OFR_JSON_BOOL || additional->boolean) fail_msg("%s is open", def->key);
  }
  assert_int_equal(objects, OFR_OBJECT_KINDS);
}

static void every_reference_leads_somewhere(void **state) {
  fixture *f = *state;
  int references = 0;
  for (ofr_json *value = f->root; value;) {
    if (value->key && strcmp(value->key, "$ref") == 0) {
      references++;
      assert_int_equal(value->text[0], '#');
      if (!ofr_json_find(f->root, value->text + 1)) fail_msg("%s", value->text);
    }
    if (value->first) {
      value = value->first;
      continue;
    }
    while (value && !value->next) value = value->parent;
    if (value) value = value->next;
  }
  assert_true(references > 50);
}

static double number_at(fixture *f, const char *pointer) {
  const ofr_json *value = ofr_json_find(f->root, pointer);
  assert_non_null(value);
  return value->number;
}

static void bounds_agree_with_the_reader(void **state) {
  fixture *f = *state;
  assert_true(number_at(f, "/$defs/price/maximum") == ofr_price.to);
  assert_true(number_at(f, "/$defs/amount/maximum") == ofr_amount.to);
  assert_true(number_at(f, "/$defs/multiplier/maximum") == ofr_multiplier.to);
  assert_true(number_at(f, "/$defs/growth/properties/start/maximum") == ofr_accelerators.to);
  assert_true(number_at(f, "/$defs/growth/properties/growth/exclusiveMinimum") == ofr_growth.from);
  assert_true(number_at(f, "/$defs/horizon/properties/months/maximum") == OFR_MAX_MONTHS);
  assert_true(number_at(f, "/properties/accelerators/maxItems") == OFR_MAX_ACCELERATORS);
  assert_true(number_at(f, "/properties/providers/maxItems") == OFR_MAX_PROVIDERS);
  assert_true(number_at(f, "/properties/factors/maxItems") == OFR_MAX_FACTORS);
  assert_true(number_at(f, "/properties/workloads/maxItems") == OFR_MAX_WORKLOADS);
  assert_true(number_at(f, "/properties/pools/maxItems") == OFR_MAX_POOLS);
  assert_true(number_at(f, "/properties/contracts/maxItems") == OFR_MAX_CONTRACTS);
  assert_true(number_at(f, "/properties/events/maxItems") == OFR_MAX_EVENTS);
  assert_true(number_at(f, "/properties/strategies/maxItems") == OFR_MAX_STRATEGIES);
  assert_true(number_at(f, "/$defs/commitment/properties/windows/maxItems") == OFR_MAX_WINDOWS);
  assert_true(number_at(f, "/$defs/event/properties/effects/maxItems") == OFR_MAX_EFFECTS);
}

static void words_that_the_schema_offers_are_read(void **state) {
  static const struct {
    const char *schema, *plan;
  } cases[] = {{"/$defs/points/properties/interpolate/enum", "/workloads/1/demand/interpolate"},
               {"/$defs/exclusivity/properties/overflow/enum", "/contracts/1/overflow"},
               {"/$defs/strategy/properties/pull/anyOf/0/enum", "/strategies/0/pull"}};
  fixture *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const ofr_json *words = ofr_json_find(f->root, cases[i].schema);
    assert_non_null(words);
    for (const ofr_json *word = words->first; word; word = word->next) {
      void *plan = NULL;
      assert_int_equal(set_up(&plan), 0);
      set(plan, cases[i].plan, word->text);
      read_good(plan);
      tear_down(&plan);
    }
  }
}

/* One of everything, and nothing that may be left out. */
static const char bare_plan[] =
    LINE({"horizon": {"start": "2026-01", "months": 24}, "simulation": {}, "reference_accelerator": "a", "accelerators": [{"name": "a"}],)
    LINE("providers": [{"name": "p"}, {"name": "q"}], "factors": [{"name": "f", "volatility": 0.5}],)
    LINE("workloads": [{"name": "w", "demand": {"points": [["2026-01", 100], ["2027-12", 300]]}, "unmet_cost": 9, "home": "p",)
    LINE(               "speed": {"a": 1}, "factors": {"f": 1}}],)
    LINE("pools": [{"name": "k", "provider": "p", "accelerator": "a", "price": 2, "capacity": 200},)
    LINE(          {"name": "l", "provider": "q", "accelerator": "a", "price": 3, "capacity": 100}],)
    LINE("contracts": [{"name": "floor", "type": "commitment", "provider": "p",)
    LINE(               "windows": [{"from": "2026-01", "to": "2026-12", "amount": 4e5}, {"from": "2027-01", "to": "2027-12", "amount": 5e5}]},)
    LINE(              {"name": "block", "type": "reservation", "pool": "k", "accelerators": 10.5, "price": 1, "from": "2026-02"},)
    LINE(              {"name": "only", "type": "exclusivity", "provider": "p", "to": "2026-06"},)
    LINE(              {"name": "rebate", "type": "discount", "provider": "p", "tiers": [[0, 0.1], [1e5, 0.2]]},)
    LINE(              {"name": "gift", "type": "grant", "provider": "q", "amount": 1e4},)
    LINE(              {"name": "right", "type": "first_refusal", "provider": "p", "from": "2026-07"},)
    LINE(              {"name": "ramp", "type": "exit", "contract": "floor", "at": "2026-06"},)
    LINE(              {"name": "share", "type": "stake", "holder": "h", "provider": "p"}],)
    LINE("events": [{"name": "e", "rate": 0.5, "effects": [{"pools": "*", "price": 2}]}], "strategies": [{"name": "s"}]})
    LINE();

static const struct { const char *schema, *plan; } bare_places[] = {
    {"points", "/workloads/0/demand"}, {"horizon", "/horizon"}, {"simulation", "/simulation"}, {"accelerator", "/accelerators/0"},
    {"provider", "/providers/0"}, {"factor", "/factors/0"}, {"workload", "/workloads/0"}, {"pool", "/pools/0"},
    {"commitment", "/contracts/floor"}, {"reservation", "/contracts/block"}, {"exclusivity", "/contracts/only"},
    {"discount", "/contracts/rebate"}, {"grant", "/contracts/gift"}, {"first_refusal", "/contracts/right"}, {"exit", "/contracts/ramp"},
    {"stake", "/contracts/share"}, {"event", "/events/0"}, {"strategy", "/strategies/0"}};

/* Whether a bare plan with the value given comes to the same plan; -1 where it is none. */
static int is_as_bare(const char *pointer, const char *key, const char *literal) {
  ofr_staged staged[2] = {{0}};
  const ofr_plan *plans[2];
  void *state[2] = {NULL, NULL};
  bool same = true;
  for (int i = 0; i < 2; i++) {
    assert_int_equal(set_up(&state[i]), 0);
    fixture *f = state[i];
    load(f, bare_plan);
    if (i == 1) set(f, ofr_arena_printf(f->arena, "%s/%s", pointer, key), literal);
    plans[i] = read_plan(f);
    same = same && plans[i] && f->d.count == 0 && ofr_image_build(plans[i], &staged[i], NULL) == OFFRAMP_OK;
  }
  int found = !same ? -1 : plans[0]->paths == plans[1]->paths && plans[0]->band_paths == plans[1]->band_paths &&
                    staged[0].image->bytes == staged[1].image->bytes && !memcmp(staged[0].image, staged[1].image, staged[0].image->bytes);
  for (int i = 0; i < 2; i++) ofr_image_free(&staged[i]), tear_down(&state[i]);
  return found;
}

static void what_the_schema_calls_a_default_holds_where_nothing_is_said(void **state) {
  fixture *f = *state;
  int numbers = 0, words = 0;
  for (size_t i = 0; i < sizeof bare_places / sizeof *bare_places; i++) {
    const char *plan = bare_places[i].plan;
    const ofr_json *p = at(f, ofr_arena_printf(f->arena, "/$defs/%s", bare_places[i].schema), "/properties")->first;
    for (; p; p = p->next) {
      const ofr_json *value = ofr_json_get(p, "default");
      if (!value) continue;
      bool number = value->type == OFR_JSON_NUMBER;
      const char *literal = number ? ofr_arena_printf(f->arena, "%.17g", value->number) : value->text;
      if (is_as_bare(plan, p->key, literal) != 1) fail_msg("%s/%s is not %s by default", plan, p->key, literal);
      numbers += number, words += !number;
      bool data = strstr(p->key, "gb_per") || strstr(p->key, "per_gb"); /* these two make none without each other */
      if (number && !data && is_as_bare(plan, p->key, "0.5") != 0 && is_as_bare(plan, p->key, "2") != 0)
        fail_msg("%s/%s makes no difference", plan, p->key);
    }
  }
  assert_true(numbers >= 26 && words >= 14);
  assert_int_equal(is_as_bare("/contracts/block", "lot", "0.5"), 1); /* 10.5 accelerators are 21 lots of a half, */
  assert_int_equal(is_as_bare("/contracts/block", "lot", "1"), 0);   /* and no number of whole ones */
}

/* Whether the reader finds a value of this key wrong. */
static bool is_refused(const char *plan, const char *pointer, double value) {
  void *state = NULL;
  assert_int_equal(set_up(&state), 0);
  fixture *f = state;
  load(f, plan);
  set(f, pointer, ofr_arena_printf(f->arena, "%.17g", value));
  read_plan(f);
  bool found = false;
  for (int i = 0; i < f->d.count; i++)
    found |= f->d.items[i].severity == OFR_ERROR && !strcmp(strrchr(f->d.items[i].pointer, '/'), strrchr(pointer, '/'));
  tear_down(&state);
  return found;
}

/* A bound of the schema's is where the reader's lies: the value itself and one beyond. */
static int agree_on_bound(const char *pointer, const ofr_json *schema, const char *bound, int outward) {
  const ofr_json *value = ofr_json_get(schema, bound);
  if (!value) return 0;
  bool itself = !strncmp(bound, "exclusive", 9);
  double size = value->number < 0 ? -value->number : value->number, step = size > 1 ? size / 1024 : 1;
  if (is_refused(bare_plan, pointer, value->number) != itself) fail_msg("%s at its %s, %.17g", pointer, bound, value->number);
  if (!is_refused(bare_plan, pointer, value->number + outward * step)) fail_msg("%s beyond its %s", pointer, bound);
  return 1;
}

static void the_reader_draws_the_line_where_the_schema_does(void **state) {
  fixture *f = *state;
  int bounds = 0;
  for (size_t i = 0; i < sizeof bare_places / sizeof *bare_places; i++) {
    const ofr_json *p = at(f, ofr_arena_printf(f->arena, "/$defs/%s", bare_places[i].schema), "/properties")->first;
    for (; p; p = p->next) {
      const ofr_json *ref = ofr_json_get(p, "$ref"), *schema = ref ? ofr_json_find(f->root, ref->text + 1) : p;
      const char *pointer = ofr_arena_printf(f->arena, "%s/%s", bare_places[i].plan, p->key);
      bounds += agree_on_bound(pointer, schema, "minimum", -1) + agree_on_bound(pointer, schema, "exclusiveMinimum", -1);
      bounds += agree_on_bound(pointer, schema, "maximum", 1) + agree_on_bound(pointer, schema, "exclusiveMaximum", 1);
      const ofr_json *type = ofr_json_get(schema, "type");
      if (type && type->text && !strcmp(type->text, "integer") && !is_refused(bare_plan, pointer, 1.5)) fail_msg("%s: 1.5", pointer);
    }
  }
  assert_true(bounds > 50);
  assert_true(number_at(f, "/$defs/correlation/prefixItems/2/maximum") == 1 && is_refused(good_plan, "/correlations/0/2", 1.01));
  assert_true(number_at(f, "/$defs/correlation/prefixItems/2/minimum") == -1 && is_refused(good_plan, "/correlations/0/2", -1.01));
}

#define SCHEMA_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_schema, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      SCHEMA_TEST(the_schema_is_json_of_the_right_draft),
      SCHEMA_TEST(every_known_key_is_in_the_schema),
      SCHEMA_TEST(every_property_of_the_schema_is_a_known_key),
      SCHEMA_TEST(every_object_of_the_schema_is_closed_and_has_its_table),
      SCHEMA_TEST(every_reference_leads_somewhere),
      SCHEMA_TEST(bounds_agree_with_the_reader),
      SCHEMA_TEST(what_the_schema_calls_a_default_holds_where_nothing_is_said),
      SCHEMA_TEST(the_reader_draws_the_line_where_the_schema_does),
      SCHEMA_TEST(words_that_the_schema_offers_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
