/* The documents follow the classes of JSONTestSuite; each was written for this file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"

typedef struct fixture {
  ofr_arena *arena;
  ofr_diagnostics d;
} fixture;

static int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  if (!f) return -1;
  f->arena = f->d.arena = ofr_arena_create();
  *state = f;
  return f->arena ? 0 : -1;
}

static int tear_down(void **state) {
  fixture *f = *state;
  ofr_arena_destroy(f->arena);
  free(f);
  return 0;
}

/* From a block that ends where the text does, so that a sanitizer sees a read beyond it. */
static ofr_json *parse_bytes(fixture *f, const char *text, size_t size) {
  char *exact = malloc(size ? size : 1);
  assert_non_null(exact);
  memcpy(exact, text, size);
  f->d = (ofr_diagnostics){.arena = f->arena};
  ofr_json *root = ofr_json_parse(exact, size, "test.json", f->arena, &f->d);
  free(exact);
  return root;
}

static ofr_json *parse(fixture *f, const char *text) { return parse_bytes(f, text, strlen(text)); }

static const ofr_diagnostic *only_error(const fixture *f) {
  assert_int_equal(f->d.count, 1);
  assert_int_equal(f->d.errors, 1);
  return &f->d.items[0];
}

/* ---- what is refused ---- */

typedef struct bad_text {
  const char *text;
  int line;
  const char *message; /* a part of it */
} bad_text;

static const bad_text bad_texts[] = {
    /* nothing, or not all */
    {"", 1, "the text is empty"},
    {" \n\t\r\n", 3, "the text is empty"},
    {"{\"a\": 1,000}", 1, "a number stands where a key belongs"},
    {"[", 1, "ends where a value"},
    {"{", 1, "ends where a value"},
    {"[1,\n", 2, "ends where a value"},
    {"[1\n\n", 1, "not closed"},
    {"{\"a\":1", 1, "not closed"},
    {"{\"a\":1,", 1, "ends where a value"},
    {"{\"a\":", 1, "ends where a value"},
    {"{\"a\"", 1, "colon"},
    {"\"abc", 1, "not closed"},
    {"[\"abc", 1, "not closed"},
    {"[\"\\", 1, "escape"},
    {"-", 1, "minus sign"},
    {"[tru", 1, "tru has no meaning"},
    /* too much */
    {"1 2", 1, "follows the end"},
    {"{} x", 1, "follows the end"},
    {"[]\n]", 2, "follows the end"},
    {"{\"a\":1}}", 1, "follows the end"},
    {"\"a\",", 1, "follows the end"},
    {"[1]/* end */", 1, "follows the end"},
    /* commas, colons, brackets */
    {"[1,]", 1, "closes where a value"},
    {"[,1]", 1, "comma stands where a value"},
    {"[1,,2]", 1, "comma stands where a value"},
    {"[,]", 1, "comma stands where a value"},
    {"[1 2]", 1, "comma is missing"},
    {"[\"a\" \"b\"]", 1, "comma is missing"},
    {"{\"a\":1,}", 1, "comma stands before }"},
    {"{,}", 1, "key in double quotes"},
    {"{\"a\" 1}", 1, "colon"},
    {"{\"a\"::1}", 1, "\":\" stands where a value"},
    {"{\"a\":1 \"b\":2}", 1, "comma is missing"},
    {"{\"a\":}", 1, "closes where a value"},
    {"[1}", 1, "} stands where ]"},
    {"{\"a\":1]", 1, "] stands where }"},
    {"[\"a\":1]", 1, "colon stands where a comma"},
    {"]", 1, "closes where a value"},
    {"}", 1, "closes where a value"},
    /* keys */
    {"{a:1}", 1, "key in double quotes"},
    {"{'a':1}", 1, "single quotes"},
    {"{1:1}", 1, "a number stands where a key"},
    {"{null:1}", 1, "key in double quotes"},
    {"{[]:1}", 1, "key in double quotes"},
    {"{\"a\":1,\n\"a\":2}", 2, "was there already, on line 1"},
    {"{\"a\":1,\"b\":{\"c\":1,\"\\u0063\":2}}", 1, "\"c\" was there already"},
    /* numbers */
    {"[01]", 1, "starts with 0"},
    {"[-01]", 1, "starts with 0"},
    {"[00]", 1, "starts with 0"},
    {"[+1]", 1, "starts with +"},
    {"[.5]", 1, "starts with a point"},
    {"[-.5]", 1, "minus sign"},
    {"[1.]", 1, "point is not followed"},
    {"[1.e3]", 1, "point is not followed"},
    {"[1e]", 1, "exponent has no digits"},
    {"[1e+]", 1, "exponent has no digits"},
    {"[1E-]", 1, "exponent has no digits"},
    {"[0x1f]", 1, "followed by \"x\""},
    {"[1_000]", 1, "followed by \"_\""},
    {"[1.2.3]", 1, "followed by \".\""},
    {"[1-2]", 1, "followed by \"-\""},
    {"[1e5.5]", 1, "followed by \".\""},
    {"[1f]", 1, "followed by \"f\""},
    {"[- 1]", 1, "minus sign"},
    {"[--1]", 1, "minus sign"},
    {"[NaN]", 1, "NaN has no meaning"},
    {"[Infinity]", 1, "Infinity has no meaning"},
    {"[-Infinity]", 1, "minus sign"},
    {"[1e400]", 1, "too large"},
    {"[\n-1e400]", 2, "too large"},
    {"[1.8e308]", 1, "too large"},
    {"[\xef\xbc\x91]", 1, "byte 0xef"},
    /* words */
    {"[True]", 1, "True has no meaning"},
    {"[nul]", 1, "nul has no meaning"},
    {"[truee]", 1, "truee has no meaning"},
    {"[none]", 1, "none has no meaning"},
    {"undefined", 1, "undefined has no meaning"},
    {"['a']", 1, "single quotes"},
    {"[`a`]", 1, "\"`\" stands where a value"},
    {"[(1)]", 1, "\"(\" stands where a value"},
    {"[*]", 1, "\"*\" stands where a value"},
    /* comments */
    {"// plan\n{}", 1, "no comments"},
    {"{}\n# plan", 2, "follows the end"},
    {"{/* a */}", 1, "no comments"},
    {"[1, # one\n2]", 1, "no comments"},
    {"[1 // one\n]", 1, "no comments"},
    /* strings */
    {"[\"a\nb\"]", 1, "not closed on its line"},
    {"[\"a\tb\"]", 1, "control character 0x09"},
    {"[\"\x1f\"]", 1, "control character 0x1f"},
    {"{\"\x01\":1}", 1, "control character 0x01"},
    {"[\"\\x41\"]", 1, "starts no escape"},
    {"[\"\\a\"]", 1, "starts no escape"},
    {"[\"\\'\"]", 1, "starts no escape"},
    {"[\"\\\xc3\xa5\"]", 1, "starts no escape"},
    {"[\"\\u12\"]", 1, "four hexadecimal"},
    {"[\"\\u12g4\"]", 1, "four hexadecimal"},
    {"[\"\\U0041\"]", 1, "starts no escape"},
    {"[\"a\\u0000b\"]", 1, "character NUL"},
    {"{\"a\\u0000\":1}", 1, "character NUL"},
    {"[\"\\ud800\"]", 1, "high surrogate"},
    {"[\"\\ud800\\n\"]", 1, "high surrogate"},
    {"[\"\\ud800\\ud800\"]", 1, "high surrogate"},
    {"[\"\\ud800\\u\"]", 1, "four hexadecimal"},
    {"[\"\\udc00\\ud800\"]", 1, "low surrogate"},
    {"[\"\\ud83dx\"]", 1, "high surrogate"},
    /* bytes */
    {"\xef\xbb\xbf{}", 1, "byte-order mark"},
    {"\xff\xfe{", 1, "UTF-16"},
    {"\xfe\xff{", 1, "UTF-16"},
    {"[\"\xff\"]", 1, "not UTF-8"},
    {"[\"\x80\"]", 1, "not UTF-8"},
    {"[\"\xc3\"]", 1, "not UTF-8"},
    {"[\"\xc0\xaf\"]", 1, "not UTF-8"},
    {"[\"\xc1\xbf\"]", 1, "not UTF-8"},
    {"[\"\xe0\x80\xaf\"]", 1, "not UTF-8"},
    {"[\"\xe2\x82\"]", 1, "not UTF-8"},
    {"[\"\xed\xa0\x80\"]", 1, "not UTF-8"},
    {"[\"\xf0\x80\x80\xaf\"]", 1, "not UTF-8"},
    {"[\"\xf4\x90\x80\x80\"]", 1, "not UTF-8"},
    {"[\"\xf5\x80\x80\x80\"]", 1, "not UTF-8"},
    {"[\"\xe9\"]", 1, "not UTF-8"},
    {"[\f1]", 1, "byte 0x0c"},
    {"[\xc2\xa0"
     "1]",
     1, "byte 0xc2"},
    {"\xe2\x81\xa0[]", 1, "byte 0xe2"},
};

static void every_invalid_text_is_refused_with_line_and_remedy(void **state) {
  fixture *f = *state;
  for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
    const bad_text *bad = &bad_texts[i];
    ofr_json *root = parse(f, bad->text);
    if (root || f->d.count != 1) print_error("%s is not refused once\n", bad->text);
    assert_null(root);
    const ofr_diagnostic *error = only_error(f);
    if (!strstr(error->message, bad->message)) print_error("%s: \"%s\"\n", bad->text, error->message);
    assert_non_null(strstr(error->message, bad->message));
    if (error->line != bad->line) print_error("%s: line %d\n", bad->text, error->line);
    assert_int_equal(error->line, bad->line);
    assert_non_null(error->remedy);
    assert_string_equal(error->file, "test.json");
  }
}

static void a_nul_byte_is_refused_wherever_it_stands(void **state) {
  const char inside[] = "[\"a\0b\"]", between[] = "[1\0,2]", after[] = "[1]\0", before[] = "\0[1]", number[] = "12\0";
  assert_null(parse_bytes(*state, inside, sizeof inside - 1));
  assert_null(parse_bytes(*state, between, sizeof between - 1));
  assert_null(parse_bytes(*state, after, sizeof after - 1));
  assert_null(parse_bytes(*state, before, sizeof before - 1));
  assert_null(parse_bytes(*state, number, sizeof number - 1));
}

static char *repeated(const char *head, size_t count, const char *tail) {
  const size_t h = strlen(head), t = strlen(tail);
  char *text = calloc((h + t) * count + 3, 1);
  assert_non_null(text);
  for (size_t i = 0; i < count; i++) memcpy(text + i * h, head, h);
  for (size_t i = 0; i < count; i++) memcpy(text + count * h + i * t, tail, t);
  return text;
}

static void sixty_four_levels_are_read_and_one_more_is_refused(void **state) {
  char *deepest = repeated("[", OFR_JSON_MAX_DEPTH, "]"), *deeper = repeated("[", OFR_JSON_MAX_DEPTH + 1, "]");
  char *bottomless = repeated("{\"a\":[", 500000, "");
  assert_non_null(parse(*state, deepest));
  assert_null(parse(*state, deeper));
  assert_non_null(strstr(only_error(*state)->message, "64 deep"));
  assert_null(parse(*state, bottomless));
  free(deepest);
  free(deeper);
  free(bottomless);
}

static void texts_and_trees_of_any_size_are_refused_before_memory_goes(void **state) {
  char *large = repeated(" ", OFR_JSON_MAX_BYTES, "");
  large[0] = '1';
  assert_non_null(parse_bytes(*state, large, OFR_JSON_MAX_BYTES));
  assert_null(parse_bytes(*state, large, OFR_JSON_MAX_BYTES + 1));
  assert_non_null(strstr(only_error(*state)->message, "larger than"));
  free(large);

  char *many = repeated("1,", OFR_JSON_MAX_VALUES + 1, "");
  many[0] = '[';
  many[1] = ' ';
  strcpy(many + 2 * OFR_JSON_MAX_VALUES, "1]");
  assert_null(parse(*state, many));
  assert_non_null(strstr(only_error(*state)->message, "values"));
  free(many);
}

static void all_duplicate_keys_are_found_at_once(void **state) {
  fixture *f = *state;
  assert_null(parse(f, "{\"a\": 1,\n\"b\": 2,\n\"a\": 3,\n\"b\": 4,\n\"c\": 5}"));
  assert_int_equal(f->d.errors, 2);
  assert_string_equal(f->d.items[0].pointer, "/a");
  assert_int_equal(f->d.items[0].line, 3);
  assert_string_equal(f->d.items[1].pointer, "/b");
  assert_int_equal(f->d.items[1].line, 4);
}

static const char sample[] = "{\n"
                             "  \"name\": \"na\\u00efve \\ud83d\\ude00 \\\"q\\\" \\\\\",\n"
                             "  \"list\": [1, -2.5e-3,\n"
                             "    true, false, null, {}, []],\n"
                             "  \"a/b~c\": {\"\": 0},\n"
                             "  \"pools\": [{\"name\": \"azure\", \"price\": 2.9}, {\"name\": \"7\", \"price\": 3}]\n"
                             "}\n";

static void no_text_cut_short_is_accepted(void **state) {
  for (size_t size = 0; size < strlen(sample) - 2; size++) {
    assert_null(parse_bytes(*state, sample, size));
    only_error(*state);
  }
}

static void no_damaged_byte_goes_unnoticed_or_does_harm(void **state) {
  fixture *f = *state;
  char text[sizeof sample];
  for (size_t i = 0; i < strlen(sample); i++) {
    for (int byte = 0; byte < 256; byte++) {
      memcpy(text, sample, sizeof sample);
      text[i] = (char)byte;
      const ofr_json *root = parse_bytes(f, text, strlen(sample));
      assert_int_equal(root == NULL, f->d.errors > 0);
    }
    ofr_arena_destroy(f->arena);
    f->arena = ofr_arena_create();
  }
}

/* ---- what is read ---- */

static void valid_texts_are_accepted(void **state) {
  static const char *const texts[] = {"[]",
                                      "{}",
                                      " [ ] ",
                                      "\t\r\n{}\n",
                                      "null",
                                      "true",
                                      "false",
                                      "0",
                                      "-0",
                                      "-1",
                                      "\"\"",
                                      "\"a\"",
                                      "[1]",
                                      "[[[]]]",
                                      "[1,2]",
                                      "[ 1 , 2 ]",
                                      "[0.5]",
                                      "[-0.0]",
                                      "[1e5]",
                                      "[1E5]",
                                      "[1e+5]",
                                      "[1e-5]",
                                      "[1.5e300]",
                                      "[5e-324]",
                                      "[1e-400]",
                                      "[123456789012345678901234567890]",
                                      "[0e1]",
                                      "[0e+0]",
                                      "[20e1]",
                                      "{\"\":0}",
                                      "{\"a\":[],\"A\":[]}",
                                      "{\"a\":{\"a\":{\"a\":1}}}",
                                      "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
                                      "[\"\\u0001\"]",
                                      "[\"\\ud834\\udd1e\"]",
                                      "[\"\\uFFFF\"]",
                                      "[\"\xc2\xa9\"]",
                                      "[\"\xe2\x82\xac\"]",
                                      "[\"\xf0\x9f\x98\x80\"]",
                                      "[\"\xf4\x8f\xbf\xbf\"]",
                                      "[\"\x7f\"]",
                                      "[\"/* no comment */\"]",
                                      "[\"a,b:c]}\"]",
                                      "[null,true,false]",
                                      "[\"\xef\xbb\xbf\"]"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const ofr_json *root = parse(*state, texts[i]);
    if (!root) print_error("%s: %s\n", texts[i], only_error(*state)->message);
    assert_non_null(root);
    assert_int_equal(((fixture *)*state)->d.count, 0);
  }
}

static void every_value_knows_its_type_line_and_place(void **state) {
  const ofr_json *root = parse(*state, sample);
  assert_int_equal(root->type, OFR_JSON_OBJECT);
  assert_int_equal(root->line, 1);
  assert_int_equal(root->count, 4);
  const ofr_json *name = ofr_json_get(root, "name"), *list = ofr_json_get(root, "list");
  assert_string_equal(name->text, "na\xc3\xafve \xf0\x9f\x98\x80 \"q\" \\");
  assert_int_equal(name->line, 2);
  assert_int_equal(list->line, 3);
  assert_int_equal(list->index, 1);
  assert_int_equal(list->count, 7);
  assert_true(ofr_json_at(list, 1)->number == -2.5e-3);
  assert_string_equal(ofr_json_at(list, 1)->text, "-2.5e-3");
  assert_true(ofr_json_at(list, 2)->boolean);
  assert_int_equal(ofr_json_at(list, 2)->line, 4);
  assert_int_equal(ofr_json_at(list, 3)->type, OFR_JSON_BOOL);
  assert_false(ofr_json_at(list, 3)->boolean);
  assert_int_equal(ofr_json_at(list, 4)->type, OFR_JSON_NULL);
  assert_int_equal(ofr_json_at(list, 5)->type, OFR_JSON_OBJECT);
  assert_int_equal(ofr_json_at(list, 6)->type, OFR_JSON_ARRAY);
  assert_ptr_equal(ofr_json_at(list, 6)->parent, list);
  assert_null(ofr_json_at(list, 6)->next);
  assert_null(ofr_json_at(list, 7));
  assert_null(ofr_json_at(root, 0));
  assert_null(ofr_json_get(root, "Name"));
  assert_null(ofr_json_get(list, "name"));
  assert_null(ofr_json_get(NULL, "name"));
}

static void numbers_are_correctly_rounded(void **state) {
  static const struct {
    const char *text;
    double number;
  } cases[] = {
      {"0.1", 0x1.999999999999ap-4},
      {"9007199254740993", 0x1p53},
      {"9007199254740993.00000000000000000000000000000000000000000000000000000000001", 0x1.0000000000001p53},
      {"1.7976931348623158e308", 0x1.fffffffffffffp+1023},
      {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},
      {"4.9406564584124654e-324", 0x1p-1074},
      {"2.4703282292062327e-324", 0},
      {"1e23", 0x1.52d02c7e14af6p+76},
      {"8.5e9", 8.5e9},
      {"-0", -0.0},
      {"100000000000000000000000000000000000000000000000000000000000000000000000e-70", 10},
      {"0.00000000000000000000000000000000000000000000000000000000000000000000000025e73", 2.5},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const ofr_json *root = parse(*state, cases[i].text);
    assert_non_null(root);
    assert_memory_equal(&root->number, &cases[i].number, sizeof(double));
    assert_string_equal(root->text, cases[i].text);
  }
}

static void an_object_with_many_keys_is_searched_for_duplicates_quickly(void **state) {
  enum { KEYS = 200000, WIDTH = 14 };
  char *text = malloc(KEYS * WIDTH + 3), *at = text;
  assert_non_null(text);
  *at++ = '{';
  for (int i = 0; i < KEYS; i++) {
    memcpy(at, "\"k000000\":1, ", WIDTH - 1);
    for (int digit = 0, rest = i; digit < 6; digit++, rest /= 10) at[7 - digit] = (char)('0' + rest % 10);
    at += WIDTH - 1;
  }
  at[-2] = '}';
  assert_non_null(parse_bytes(*state, text, (size_t)(at - text)));
  free(text);
}

/* ---- pointers ---- */

static void every_value_is_found_again_by_its_pointer(void **state) {
  fixture *f = *state;
  static const char *const pointers[] = {"", "/name", "/list", "/list/0", "/list/6", "/a~1b~0c", "/a~1b~0c/", "/pools/1/price"};
  ofr_json *root = parse(f, sample);
  for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
    const ofr_json *value = ofr_json_find(root, pointers[i]);
    assert_non_null(value);
    assert_string_equal(ofr_json_pointer(value, f->arena), pointers[i]);
  }
}

static void list_items_may_be_addressed_by_name(void **state) {
  ofr_json *root = parse(*state, sample);
  assert_ptr_equal(ofr_json_find(root, "/pools/azure/price"), ofr_json_find(root, "/pools/0/price"));
  assert_ptr_equal(ofr_json_find(root, "/pools/7/price"), ofr_json_find(root, "/pools/1/price"));
}

static void a_pointer_that_leads_nowhere_finds_nothing(void **state) {
  static const char *const pointers[] = {"name",      "/nam",       "/names",  "/list/7", "/list/-1", "/list/00",
                                         "/list/0/0", "/pools/aws", "/name/x", "/",       "/a/b~c",   "/list/99999999999"};
  ofr_json *root = parse(*state, sample);
  for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) assert_null(ofr_json_find(root, pointers[i]));
}

/* ---- replacing ---- */

static bool set(fixture *f, ofr_json *root, const char *pointer, const char *literal) {
  f->d = (ofr_diagnostics){.arena = f->arena};
  return ofr_json_set(root, pointer, literal, "test.json", f->arena, &f->d);
}

static void a_value_is_replaced_in_its_place(void **state) {
  fixture *f = *state;
  ofr_json *root = parse(f, sample), *price = ofr_json_find(root, "/pools/azure/price");
  assert_true(set(f, root, "/pools/azure/price", " {\"start\": 3, \"growth\": -0.5} "));
  assert_ptr_equal(ofr_json_find(root, "/pools/0/price"), price);
  assert_int_equal(price->type, OFR_JSON_OBJECT);
  assert_int_equal(price->count, 2);
  assert_int_equal(price->line, 0);
  assert_string_equal(price->key, "price");
  const ofr_json *growth = ofr_json_find(root, "/pools/0/price/growth");
  assert_true(growth->number == -0.5);
  assert_int_equal(growth->line, 0);
  assert_string_equal(ofr_json_pointer(growth, f->arena), "/pools/0/price/growth");
  assert_string_equal(ofr_json_get(price->parent, "name")->text, "azure");
}

static void a_copy_is_the_same_and_changes_apart(void **state) {
  fixture *f = *state;
  ofr_json *root = parse(f, "{\"a\": [1, {\"name\": \"b\", \"c\": true}], \"d\": null}");
  ofr_json *copy = ofr_json_copy(root, f->arena);
  assert_non_null(copy);
  assert_null(copy->parent);
  assert_true(ofr_json_find(copy, "/a/b/c")->boolean);
  assert_ptr_equal(ofr_json_find(copy, "/a/b/c")->parent->parent->parent, copy);
  assert_true(set(f, copy, "/a/b/c", "2.5"));
  assert_float_equal(ofr_json_find(copy, "/a/1/c")->number, 2.5, 0);
  assert_true(ofr_json_find(root, "/a/b/c")->boolean);
  assert_int_equal(ofr_json_find(root, "/a/b/c")->type, OFR_JSON_BOOL);
}

static void a_bare_word_is_taken_as_a_text(void **state) {
  fixture *f = *state;
  ofr_json *root = parse(f, sample);
  static const struct {
    const char *literal;
    ofr_json_type type;
    const char *text;
  } cases[] = {{"2026-01", OFR_JSON_STRING, "2026-01"},
               {"pace", OFR_JSON_STRING, "pace"},
               {"\"pace\"", OFR_JSON_STRING, "pace"},
               {"*", OFR_JSON_STRING, "*"},
               {"7.5", OFR_JSON_NUMBER, "7.5"},
               {"say \"hi\"", OFR_JSON_STRING, "say \"hi\""},
               {"back\\slash", OFR_JSON_STRING, "back\\slash"},
               {"\"7.5\"", OFR_JSON_STRING, "7.5"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_true(set(f, root, "/name", cases[i].literal));
    assert_int_equal(ofr_json_find(root, "/name")->type, cases[i].type);
    assert_string_equal(ofr_json_find(root, "/name")->text, cases[i].text);
  }
  assert_true(set(f, root, "/name", "true"));
  assert_int_equal(ofr_json_find(root, "/name")->type, OFR_JSON_BOOL);
}

static void a_missing_key_is_added_to_its_object(void **state) {
  fixture *f = *state;
  ofr_json *root = parse(f, sample);
  assert_true(set(f, root, "/pools/azure/slip~1max", "12"));
  const ofr_json *added = ofr_json_get(ofr_json_find(root, "/pools/0"), "slip/max");
  assert_non_null(added);
  assert_int_equal(added->index, 2);
  assert_int_equal(added->parent->count, 3);
  assert_string_equal(ofr_json_pointer(added, f->arena), "/pools/0/slip~1max");
}

static void a_pointer_that_leads_nowhere_is_told_how_far_it_led(void **state) {
  static const struct {
    const char *pointer, *message, *remedy;
  } cases[] = {
      {"/pool/0/price", "leads nowhere: the plan has no \"pool\"", "it has name, "},
      {"/pools/west/price", "leads nowhere: /pools has no \"west\"", "it has "},
      {"/pools/2", "leads nowhere: /pools has no \"2\"", "it has "},
      {"/name/x", "leads nowhere: there is nothing within /name", "write a JSON pointer"},
      {"name", "leads nowhere", "write a JSON pointer"},
      {"/", "leads nowhere", "write a JSON pointer"},
      {"/name/x/y", "leads nowhere", "write a JSON pointer"}};
  fixture *f = *state;
  ofr_json *root = parse(f, sample);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_false(set(f, root, cases[i].pointer, "1"));
    assert_non_null(strstr(only_error(f)->message, cases[i].message));
    assert_non_null(strstr(only_error(f)->remedy, cases[i].remedy));
  }
  assert_false(set(f, root, "/name", " "));
  assert_string_equal(only_error(f)->remedy, "write a value after the =, like 2.5");
}

static void what_cannot_be_set_is_diagnosed_at_its_pointer(void **state) {
  static const struct {
    const char *pointer, *literal, *message;
  } cases[] = {
      {"/pool/0/price", "1", "leads nowhere"}, {"/pools/2", "1", "leads nowhere"}, {"name", "1", "leads nowhere"},
      {"/name/x", "1", "leads nowhere"},       {"/name", "[1,", "no JSON"},        {"/name", "", "no JSON"},
      {"/name", "\"open", "no JSON"},          {"/name", "{\"a\" 1}", "no JSON"},  {"/name", "bad \xff byte", "no JSON"},
      {"/name", "tab\there", "no JSON"},       {"/new\xff", "1", "leads nowhere"}, {"/name", "  ", "no JSON"}};
  fixture *f = *state;
  ofr_json *root = parse(f, sample);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_false(set(f, root, cases[i].pointer, cases[i].literal));
    assert_string_equal(only_error(f)->pointer, cases[i].pointer);
    assert_non_null(strstr(only_error(f)->message, cases[i].message));
  }
  assert_false(set(f, root, "/name", "1e999"));
  assert_int_equal(ofr_json_find(root, "/name")->type, OFR_JSON_STRING);
  assert_int_equal(root->count, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_invalid_text_is_refused_with_line_and_remedy),
      TEST(a_nul_byte_is_refused_wherever_it_stands),
      TEST(sixty_four_levels_are_read_and_one_more_is_refused),
      TEST(texts_and_trees_of_any_size_are_refused_before_memory_goes),
      TEST(all_duplicate_keys_are_found_at_once),
      TEST(no_text_cut_short_is_accepted),
      TEST(no_damaged_byte_goes_unnoticed_or_does_harm),
      TEST(valid_texts_are_accepted),
      TEST(every_value_knows_its_type_line_and_place),
      TEST(numbers_are_correctly_rounded),
      TEST(an_object_with_many_keys_is_searched_for_duplicates_quickly),
      TEST(every_value_is_found_again_by_its_pointer),
      TEST(list_items_may_be_addressed_by_name),
      TEST(a_pointer_that_leads_nowhere_finds_nothing),
      TEST(a_value_is_replaced_in_its_place),
      TEST(a_copy_is_the_same_and_changes_apart),
      TEST(a_bare_word_is_taken_as_a_text),
      TEST(a_missing_key_is_added_to_its_object),
      TEST(a_pointer_that_leads_nowhere_is_told_how_far_it_led),
      TEST(what_cannot_be_set_is_diagnosed_at_its_pointer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
