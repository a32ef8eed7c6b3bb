/* The schema and the reader say the same. */
#include "plan_fixture.h"
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

#define SCHEMA_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_schema, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      SCHEMA_TEST(the_schema_is_json_of_the_right_draft),
      SCHEMA_TEST(every_known_key_is_in_the_schema),
      SCHEMA_TEST(every_property_of_the_schema_is_a_known_key),
      SCHEMA_TEST(every_object_of_the_schema_is_closed_and_has_its_table),
      SCHEMA_TEST(every_reference_leads_somewhere),
      SCHEMA_TEST(bounds_agree_with_the_reader),
      SCHEMA_TEST(words_that_the_schema_offers_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
