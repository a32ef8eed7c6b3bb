/* Any text as a plan: read, checked, and, when it is a valid one, run and explained in every format. Nothing may crash, leak,
 * overflow or hang, and the books of a plan that runs must balance.
 *
 * With clang, for as long as you like (a finding is written to the current folder):
 *
 *   cmake -S . -B build-fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang -DOFFRAMP_BUILD_TESTS=OFF \
 *     '-DOFFRAMP_SANITIZE=fuzzer-no-link,address,undefined,float-cast-overflow'
 *   cmake --build build-fuzz --target offramp_library
 *   clang -g -O1 -DFUZZ_LIBFUZZER -fsanitize=fuzzer,address,undefined,float-cast-overflow -Iinclude tests/fuzz/fuzz_plan.c \
 *     build-fuzz/libofframp.a -lcjson -lm -lpthread -ldl -o build-fuzz/fuzz_plan
 *   mkdir -p build-fuzz/corpus && build-fuzz/fuzz_plan -max_len=20000 build-fuzz/corpus examples tests/plans
 *
 * test_fuzz_plan.c does the same for two seconds in every run of the tests. */
#include <math.h>
#include <offramp/offramp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUZZ_MOST_BYTES = 1 << 20, FUZZ_LARGE = 20000 /* bytes: plans that take long to explain, and are seldom run */ };

static void insist(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "fuzz_plan: %s\n", what);
  abort();
}

static double statistic(const offramp_result *result, const char *metric, const char *name) {
  /* the first strategy has whatever name: the report tells it, but any metric must be there under it */
  static const char *const names[] = {"plan", "tied", "promise", "free"};
  double value = NAN;
  for (size_t i = 0; i < sizeof names / sizeof *names && isnan(value); i++)
    if (offramp_result_statistic(result, names[i], metric, name, &value, NULL) != OFFRAMP_OK) value = NAN;
  return value;
}

static void check_books(const offramp_result *result) {
  double total = statistic(result, "total_cost", "mean"), cash = statistic(result, "cash_cost", "mean"),
         unmet = statistic(result, "unmet_cost", "mean"), served = statistic(result, "served", "mean");
  if (isnan(total)) return;
  insist(fabs(total - cash - unmet) <= 1e-9 * (fabs(total) + 1), "total cost is not cash and unmet cost");
  insist(cash >= 0 && unmet >= 0, "a cost is negative");
  insist(served >= 0 && served <= 1 + 1e-9, "served is no share");
}

static void report(const offramp_plan *plan, const offramp_result *result, unsigned choice, int explained) {
  static const char *const formats[] = {"text", "json", "csv", "markdown"};
  offramp_report_config config = offramp_report_defaults();
  config.format = formats[choice % 4];
  config.width = 40 + (int)(choice % 100);
  char *text;
  size_t size;
  insist(offramp_result_report(result, &config, &text, &size, NULL) == OFFRAMP_OK, "a result has no report");
  insist(strlen(text) == size, "a report holds a NUL");
  offramp_text_free(text);
  if (!explained) return;
  insist(offramp_explain(plan, choice, &config, &text, &size, NULL) == OFFRAMP_OK, "a path cannot be explained");
  insist(strlen(text) == size, "an explanation holds a NUL");
  offramp_text_free(text);
}

/* Few paths, so that valid plans do not slow the search down. */
static void run(const char *text, size_t size, unsigned choice) {
  const offramp_setting few[] = {{"/simulation/paths", "5"}, {"/simulation/band_paths", "3"}};
  offramp_plan *plan;
  offramp_result *result;
  offramp_error error = {0};
  if (offramp_plan_read(text, size, "fuzz", few, 2, &plan, &error) == OFFRAMP_OK) {
    offramp_run_config config = offramp_run_defaults();
    config.backend = "cpu";
    config.threads = 1;
    config.check_paths = 2;
    config.without_bands = choice % 8 == 1;
    if (choice % 8 == 2) config.max_memory = 1; /* less than anything needs: bands are refused, or paths are replayed */
    offramp_status status = offramp_run(plan, &config, &result, &error);
    insist(status == OFFRAMP_OK || status == OFFRAMP_ERR_LIMIT, error.message);
    if (status == OFFRAMP_OK) {
      check_books(result);
      report(plan, result, choice, choice / 8 % 4 == 0 && size < FUZZ_LARGE);
      offramp_result_free(result);
    }
  }
  offramp_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  offramp_plan *plan;
  offramp_error error = {0};
  unsigned choice = 0;
  char *text = malloc(size + 1); /* no NUL behind it: reading on is found out */
  if (!text) return 0;
  if (size > 0) memcpy(text, data, size);
  for (size_t i = 0; i < size; i++) choice = 31 * choice + data[i];
  char *exact = realloc(text, size > 0 ? size : 1);
  if (exact) text = exact;
  offramp_status status = offramp_plan_read(text, size, "fuzz", NULL, 0, &plan, &error);
  insist(plan != NULL, "no plan for its diagnostics");
  size_t count = offramp_plan_diagnostic_count(plan), errors = 0;
  for (size_t i = 0; i < count; i++) {
    offramp_diagnostic d = offramp_plan_diagnostic(plan, i);
    insist(d.file && d.pointer && d.message && *d.message, "a diagnostic without its parts");
    errors += d.is_error != 0;
  }
  insist((status == OFFRAMP_OK) == (errors == 0), "errors and status disagree");
  insist(status == OFFRAMP_OK || *error.message, "a refusal without a message");
  offramp_plan_check(plan);
  for (size_t i = count; i < offramp_plan_diagnostic_count(plan); i++)
    insist(!offramp_plan_diagnostic(plan, i).is_error, "a suspicion that is an error");
  insist((status == OFFRAMP_OK) == (strlen(offramp_plan_digest(plan)) == 64), "a plan without its digest");
  offramp_plan_free(plan);
  if (status == OFFRAMP_OK && (size < FUZZ_LARGE || choice / 8 % 16 == 0)) run(text, size, choice);
  free(text);
  return 0;
}

/* ---- mutation that keeps most texts JSON ---- */

static uint32_t next_random(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  return *state ^= *state << 5;
}

/* Puts `with` in the place of size[0] bytes at `at`; nothing when it does not fit. */
static size_t replace(uint8_t *data, size_t size, size_t most, size_t at, size_t length, const char *with, size_t with_length) {
  if (size - length + with_length > most) return size;
  memmove(data + at + with_length, data + at + length, size - at - length);
  memcpy(data + at, with, with_length);
  return size - length + with_length;
}

static int is_number_byte(uint8_t c) { return (c >= '0' && c <= '9') || c == '-' || c == '.' || c == 'e' || c == '+'; }

/* From a random place on, the next literal that begins with `first` (a digit for '0'); `size` when there is none. */
static size_t find_literal(const uint8_t *data, size_t size, size_t from, char first) {
  for (size_t i = 0; i < size; i++) {
    size_t at = (from + i) % size;
    int fits = first == '0' ? data[at] >= '0' && data[at] <= '9' && (at == 0 || !is_number_byte(data[at - 1]))
                            : data[at] == (uint8_t)first;
    if (fits) return at;
  }
  return size;
}

static size_t literal_length(const uint8_t *data, size_t size, size_t at) {
  size_t end = at + 1;
  if (data[at] == '"') {
    while (end < size && data[end] != '"') end++;
    return end < size ? end + 1 - at : end - at;
  }
  while (end < size && is_number_byte(data[end])) end++;
  return end - at;
}

static size_t mutate_number(uint8_t *data, size_t size, size_t most, uint32_t *state) {
  static const char *const numbers[] = {
      "0",   "1",   "-1",   "0.5",  "2",     "3",    "12",    "480", "479", "1e-9", "1e-300", "0.999999",         "1e3",
      "1e6", "1e9", "1e10", "1e15", "1e300", "-0.5", "-0.99", "63",  "64",  "65",   "100",    "9007199254740993", "0.1"};
  const char *with = numbers[next_random(state) % (sizeof numbers / sizeof *numbers)];
  size_t at = find_literal(data, size, next_random(state) % size, '0');
  return at == size ? size : replace(data, size, most, at, literal_length(data, size, at), with, strlen(with));
}

/* A word of the plan in another's place: keys and names go astray. */
static size_t mutate_text(uint8_t *data, size_t size, size_t most, uint32_t *state) {
  static const char *const words[] = {
      "\"*\"",         "\"2026-06\"", "\"2027-12\"", "\"2199-12\"", "\"1900-01\"", "\"pace\"",      "\"full\"",
      "\"open\"",      "\"unmet\"",   "\"from\"",    "\"to\"",      "\"at\"",      "\"duration\"",  "\"void\"",
      "\"suspend\"",   "\"lot\"",     "\"upfront\"", "\"opening\"", "\"counts\"",  "\"max_share\"", "\"duty\"",
      "\"slip_mean\"", "\"step\"",    "\"\"",        "null",        "true"};
  char other[200];
  size_t at = find_literal(data, size, next_random(state) % size, '"'),
         from = find_literal(data, size, next_random(state) % size, '"');
  if (at == size) return size;
  size_t length = literal_length(data, size, at), other_length = literal_length(data, size, from);
  if (next_random(state) % 2 || other_length > sizeof other) {
    const char *with = words[next_random(state) % (sizeof words / sizeof *words)];
    return replace(data, size, most, at, length, with, strlen(with));
  }
  memcpy(other, data + from, other_length);
  return replace(data, size, most, at, length, other, other_length);
}

/* A key that may be left out, with a number, at the front of an object. */
static size_t mutate_key(uint8_t *data, size_t size, size_t most, uint32_t *state) {
  static const char *const keys[] = {"shortfall_rate",   "opening",       "counts",       "lot",       "upfront",   "use_price",
                                     "discount_rate",    "duty",          "availability", "slip_mean", "slip_max",  "max",
                                     "duration",         "mean_duration", "capacity",     "price",     "demand",    "value",
                                     "data_gb_per_hour", "egress_per_gb", "max_share",    "pull",      "reversion", "growth",
                                     "band_paths",       "seed"};
  static const char *const numbers[] = {"0", "1", "0.3", "17", "1000", "1e6", "1e9", "1e15", "-0.9"};
  char pair[64];
  size_t at = find_literal(data, size, next_random(state) % size, '{');
  if (at == size) return size;
  int length = snprintf(pair, sizeof pair, "\"%s\": %s, ", keys[next_random(state) % (sizeof keys / sizeof *keys)],
                        numbers[next_random(state) % (sizeof numbers / sizeof *numbers)]);
  return replace(data, size, most, at + 1, 0, pair, (size_t)length);
}

/* Cuts out, or doubles, what stands between two braces, brackets or commas. */
static size_t mutate_part(uint8_t *data, size_t size, size_t most, uint32_t *state) {
  char copy[2000];
  size_t at = find_literal(data, size, next_random(state) % size, next_random(state) % 2 ? '{' : ','), end = at + 1;
  if (at == size) return size;
  int depth = data[at] == '{';
  for (; end < size && (depth > 0 || (data[end] != ',' && data[end] != '}' && data[end] != ']')); end++)
    depth += (data[end] == '{' || data[end] == '[') - (data[end] == '}' || data[end] == ']');
  size_t length = end - at;
  if (next_random(state) % 2 || length + 1 > sizeof copy) return replace(data, size, most, at, length, "", 0);
  copy[0] = ',';
  memcpy(copy + 1, data + at, length);
  return data[at] == '{' ? replace(data, size, most, end, 0, copy, length + 1)
                         : replace(data, size, most, end, 0, copy + 1, length);
}

static size_t mutate_byte(uint8_t *data, size_t size, size_t most, uint32_t *state) {
  char byte = (char)next_random(state);
  return replace(data, size, most, next_random(state) % size, next_random(state) % 2, &byte, next_random(state) % 2);
}

size_t fuzz_mutate(uint8_t *data, size_t size, size_t most, uint32_t seed) {
  static size_t (*const kinds[])(uint8_t *, size_t, size_t, uint32_t *) = {
      mutate_number, mutate_number, mutate_number, mutate_key, mutate_key, mutate_text, mutate_part, mutate_byte};
  uint32_t state = seed * 2654435761u | 1;
  for (uint32_t n = next_random(&state) % 4 + 1; n > 0 && size > 2; n--)
    size = kinds[next_random(&state) % (sizeof kinds / sizeof *kinds)](data, size, most, &state);
  return size;
}

#ifdef FUZZ_LIBFUZZER
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  if (size < 3 || seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  return fuzz_mutate(data, size, most, seed);
}
#endif
