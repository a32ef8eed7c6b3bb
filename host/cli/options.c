#define _POSIX_C_SOURCE 200809L
#include "options.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "../base/text.h"
#include "option_table.h"

static bool refuse(const char *what, const char *value, const char *remedy) {
  fprintf(stderr, "offramp: %s '%s': %s\n", what, value, remedy);
  return false;
}

/* ---- values ---- */

static bool parse_count(const char *text, unsigned long long most, unsigned long long *value) {
  char *end;
  errno = 0;
  *value = strtoull(text, &end, 10);
  return *text >= '0' && *text <= '9' && *end == 0 && errno == 0 && *value <= most;
}

static bool parse_bytes(const char *text, uint64_t *bytes) {
  char *end;
  errno = 0;
  unsigned long long n = strtoull(text, &end, 10);
  int shift = 0;
  if (*end) {
    const char *units = "KMGT", *unit = strchr(units, *end >= 'a' ? *end - 32 : *end);
    if (!unit || (end[1] && strcmp(end + 1, "B") && strcmp(end + 1, "iB"))) return false;
    shift = 10 * (int)(unit - units + 1);
  }
  *bytes = (uint64_t)n << shift;
  return *text >= '0' && *text <= '9' && errno == 0 && n > 0 && *bytes >> shift == n;
}

static bool is_choice(const char *words, const char *value) {
  size_t length = strcspn(value, "|");
  for (const char *at = words; length && value[length] == 0 && at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
    if (!strncmp(at, value, length) && (at[length] == '|' || at[length] == 0)) return true;
  return false;
}

/* "2026-07"; `length` 0 is no month, and fine. */
static bool copy_month(const char *text, size_t length, char out[8]) {
  static const char shape[] = "dddd-dd";
  out[0] = 0;
  if (length == 0) return true;
  if (length != sizeof shape - 1) return false;
  for (size_t i = 0; i < length; i++)
    if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i]) return false;
  memcpy(out, text, length);
  out[length] = 0;
  return true;
}

static bool set_months(options *o, const char *value) {
  size_t first = strcspn(value, ":");
  const char *last = value[first] ? value + first + 1 : value;
  return strlen(value) > 1 && copy_month(value, first, o->first_month) && copy_month(last, strlen(last), o->last_month);
}

static bool add_setting(options *o, const char *pointer, const char *value) {
  if (o->setting_count == MOST_SETTINGS) return refuse("--set", pointer, "too many; put them into the plan");
  o->settings[o->setting_count++] = (offramp_setting){pointer, value};
  return true;
}

/* A seed beyond what a JSON number holds exactly goes as a string. */
static bool set_paths_or_seed(options *o, const option *x, const char *value) {
  unsigned long long n;
  bool paths = x->kind == KIND_PATHS;
  if (!parse_count(value, paths ? 1ull << 48 : ~0ull, &n) || (paths && n == 0))
    return refuse(x->name, value,
                  paths ? "write a whole number from 1 to 2^48, in digits" : "write a whole number below 2^64, in digits");
  char *to = paths ? o->paths : o->seed;
  snprintf(to, sizeof o->paths, n > 1ull << 53 ? "\"%llu\"" : "%llu", n);
  return add_setting(o, paths ? "/simulation/paths" : "/simulation/seed", to);
}

static void set_flag(options *o, const char *name) {
  if (!strcmp(name, "--force")) o->force = true;
  else if (!strcmp(name, "--quiet")) o->quiet = true;
  else if (!strcmp(name, "--no-bands")) o->run.without_bands = 1;
  else if (!strcmp(name, "--bound")) o->run.with_bound = 1;
  else if (!strcmp(name, "--each")) o->each = true;
  else if (!strcmp(name, "--profile")) o->run.profile = 1;
  else if (!strcmp(name, "--run-once")) o->run.once = 1;
  else if (!strcmp(name, "--no-ceilings")) o->bench.no_ceilings = true;
  else if (!strcmp(name, "--help")) o->help = true;
  else o->version = true;
}

static void set_text(options *o, const char *name, char *value) {
  if (!strcmp(name, "--format")) o->format = value;
  else if (!strcmp(name, "--output")) o->output = strcmp(value, "-") ? value : NULL;
  else if (!strcmp(name, "--backend")) o->run.backend = value;
  else if (!strcmp(name, "--strategy")) o->strategy = o->compare.strategy = value;
  else if (!strcmp(name, "--metric")) o->metric = o->compare.metrics = value;
  else if (!strcmp(name, "--store")) o->store = value;
  else if (!strcmp(name, "--isa")) o->run.isa = value;
  else if (!strcmp(name, "--kernel")) o->run.kernel = value;
  else if (!strcmp(name, "--json")) o->bench.json = value;
  else if (!strcmp(name, "--csv")) o->bench.csv = value;
  else if (!strcmp(name, "--markdown")) o->bench.markdown = value;
  else o->progress = value;
}

static bool set_count(options *o, const char *name, const char *value) {
  unsigned long long n;
  if (!strcmp(name, "--path"))
    return parse_count(value, (1ull << 48) - 1, &o->path) ? true
                                                          : refuse(name, value, "write a whole number below 2^48, in digits");
  if (!parse_count(value, 2000000000, &n)) return refuse(name, value, "write a whole number, at most 2000000000, in digits");
  if (!strcmp(name, "--device")) o->run.device = (int)n;
  else if (!strcmp(name, "--threads")) o->run.threads = (int)n;
  else if (!strcmp(name, "--batch")) o->run.batch = (uint32_t)n;
  else if (!strcmp(name, "--checks")) o->run.check_paths = (int)n;
  else if (!strcmp(name, "--seconds")) o->bench.seconds = (int)n;
  else o->width = n < 60 ? 60 : n > 1000 ? 1000 : (int)n;
  return true;
}

/* Digits, a point, a percent sign where it says nothing new: what a locale may not change. */
static bool set_number(options *o, const option *x, const char *value) {
  char *end;
  double n = strtod(value, &end);
  bool percent = !strcmp(x->name, "--threshold");
  bool fine = *value && strspn(value, "0123456789.") == (size_t)(end - value) && (!*end || (percent && !strcmp(end, "%")));
  if (!fine) return refuse(x->name, value, percent ? "write a percentage, such as 1 or 0.5" : "write a number, such as 3 or 2.5");
  *(percent ? &o->compare.threshold : &o->compare.noise) = percent ? n / 100 : n;
  return true;
}

static void set_axis(bench_words *b, const char *name, const char *value) {
  const struct { const char *name, **to; } axes[] = {
      {"--backend", &b->backend}, {"--device", &b->device},         {"--paths", &b->paths},   {"--workloads", &b->workloads},
      {"--pools", &b->pools},     {"--strategies", &b->strategies}, {"--months", &b->months}, {"--clauses", &b->clauses}};
  for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
    if (!strcmp(name, axes[i].name)) *axes[i].to = value;
}

static bool set_pointer(options *o, const option *x, char *value) {
  char *equals = strchr(value, '=');
  if (*value != '/' || !equals) return refuse(x->name, value, "write POINTER=VALUE, such as /pools/azure-h100/price=2.5");
  *equals = 0;
  return add_setting(o, value, equals + 1);
}

static bool apply(options *o, const option *x, char *value) {
  switch (x->kind) {
  case KIND_FLAG: set_flag(o, x->name); return true;
  case KIND_CHOICE:
    if (!is_choice(x->argument, value)) return refuse(x->name, value, x->argument);
    set_text(o, x->name, value);
    return true;
  case KIND_FILE:
  case KIND_TEXT:
    if (!*value) return refuse(x->name, value, "may not be empty");
    set_text(o, x->name, value);
    return true;
  case KIND_COUNT: return set_count(o, x->name, value);
  case KIND_BYTES:
    return parse_bytes(value, &o->run.max_memory) ? true : refuse(x->name, value, "write a size such as 512M or 4G");
  case KIND_MONTHS:
    return set_months(o, value) ? true : refuse(x->name, value, "write 2026-07:2026-12, 2026-07:, :2026-12 or 2026-07");
  case KIND_PATHS:
  case KIND_SEED: return set_paths_or_seed(o, x, value);
  case KIND_SETTING: return set_pointer(o, x, value);
  case KIND_NUMBER: return set_number(o, x, value);
  case KIND_AXIS:
    set_axis(&o->bench, x->name, value);
    return true;
  case KIND_PAIR: break; /* takes two words: parse_option */
  }
  return false;
}

/* ---- words ---- */

static bool unknown_option(const verb *v, const char *word, size_t length, unsigned bits) {
  const char *nearest = nearest_option(word, length, bits);
  fprintf(stderr, "offramp: %s%s%s has no option '%.*s': ", v ? "`" : "", v ? v->name : "offramp alone", v ? "`" : "",
          (int)length, word);
  if (nearest) fprintf(stderr, "did you mean '%s'?\n", nearest);
  else fprintf(stderr, "see `offramp %s%s--help`\n", v ? v->name : "", v ? " " : "");
  return false;
}

static bool parse_option(options *o, const verb *v, int argc, char **argv, int *i) {
  char *word = argv[*i], *equals = strncmp(word, "--", 2) ? NULL : strchr(word, '=');
  unsigned bits = v ? v->bit : VERB_SMALL;
  size_t length = equals ? (size_t)(equals - word) : strlen(word);
  const option *x = find_option(word, length, bits);
  if (!x || !(x->verbs & bits)) return unknown_option(v, word, length, bits);
  if (x->kind == KIND_FLAG) {
    if (equals) return refuse("option", word, "takes no value");
    return apply(o, x, NULL);
  }
  char *value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
  if (value && x->kind == KIND_PAIR) {
    o->bench.compare[0] = value;
    value = *i + 1 < argc ? argv[++*i] : NULL;
    o->bench.compare[1] = value;
    if (value) return true;
  }
  if (!value) {
    fprintf(stderr, "offramp: option '%s' needs a value: %s\n", word, x->argument);
    return false;
  }
  return apply(o, x, value);
}

static bool unknown_verb(const char *name) {
  static const char *const later[] = {"report", "import", "export"};
  const char *nearest = nearest_verb(name);
  for (size_t i = 0; i < sizeof later / sizeof *later; i++)
    if (!strcmp(name, later[i])) return refuse("verb", name, "not in this version; `offramp --help` lists what is");
  fprintf(stderr, "offramp: there is no verb '%s': ", name);
  if (nearest) fprintf(stderr, "did you mean '%s'?\n", nearest);
  else fprintf(stderr, "`offramp --help` lists them\n");
  return false;
}

/* What a verb works on, by its name in the table. */
typedef struct operand {
  const char *name, *noun, *example;
  int count;
} operand;

static const operand *operand_of(const verb *v) {
  static const operand operands[] = {{"PLAN", "plan", "examples/enterprise.json", 1},
                                     {"STORE", "store", "enterprise.sweep", 1},
                                     {"STORE FROM", "stores", "all.sweep part.sweep", 2},
                                     {"HISTORY", "history", "prices.csv", 1},
                                     {"SHELL", "shell", "bash", 1},
                                     {"A B", "results", "before.json after.json", 2}};
  for (size_t i = 0; i < sizeof operands / sizeof *operands; i++)
    if (!strcmp(v->operand, operands[i].name)) return &operands[i];
  return NULL;
}

static bool take_operand(options *o, const verb *v, char *word) {
  char remedy[64];
  const operand *x = v ? operand_of(v) : NULL;
  if (!v) return refuse("unexpected", word, "a verb comes first, then its options; see `offramp --help`");
  if (!x) return refuse("unexpected", word, "this verb takes options only");
  const char **to = !o->plan ? &o->plan : x->count == 2 && !o->second ? &o->second : NULL;
  snprintf(remedy, sizeof remedy, "%s %s at a time", x->count == 2 ? "two" : "one", x->noun);
  if (!to) return refuse("unexpected", word, remedy);
  *to = word;
  return true;
}

static bool is_same_file(const char *a, const char *b) {
  struct stat x, y;
  return a && b && stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Not even with --force: what is read is not what is written. */
static bool spares_inputs(const options *o, const operand *x) {
  const bool are_files = x && strcmp(x->name, "SHELL");
  if (!are_files || (!is_same_file(o->output, o->plan) && !is_same_file(o->output, o->second))) return true;
  return refuse("--output", o->output, "this file is what is read: choose another name");
}

static bool parse_words(options *o, const verb *v, int argc, char **argv) {
  bool operands_only = false;
  for (int i = v ? 2 : 1; i < argc; i++) {
    if (!operands_only && !strcmp(argv[i], "--")) operands_only = true;
    else if (!operands_only && argv[i][0] == '-' && argv[i][1]) {
      if (!parse_option(o, v, argc, argv, &i)) return false;
    } else if (!take_operand(o, v, argv[i])) return false;
  }
  const operand *x = v ? operand_of(v) : NULL;
  if (!x || (x->count == 2 ? o->second : o->plan) || o->help || o->version) return spares_inputs(o, x);
  fprintf(stderr, "offramp: `%s` needs %s %s, as in `offramp %s %s`\n", v->name, x->count == 2 ? "two" : "a", x->noun, v->name,
          x->example);
  return false;
}

/* The text is the caller's now; NULL where it failed. */
static char *taken(ofr_text *text) {
  if (!text->failed) return text->data;
  ofr_text_free(text);
  return NULL;
}

/* The command as typed, quoted where a shell would need it. */
static char *join(int argc, char **argv) {
  ofr_text text = {0};
  ofr_text_add(&text, "offramp");
  for (int i = 1; i < argc; i++) {
    ofr_text_add(&text, " ");
    ofr_text_shell(&text, argv[i]);
  }
  return taken(&text);
}

/* What of it changes the plan: for another command that is to see the same. */
static char *join_overrides(const options *o) {
  ofr_text text = {0}, word = {0};
  for (size_t i = 0; i < o->setting_count; i++) {
    ofr_text_clear(&word);
    ofr_text_printf(&word, "%s=%s", o->settings[i].pointer, o->settings[i].value);
    ofr_text_add(&text, " --set ");
    ofr_text_shell(&text, ofr_text_chars(&word));
  }
  text.failed |= word.failed;
  ofr_text_free(&word);
  return taken(&text);
}

bool options_parse(int argc, char **argv, options *o) {
  memset(o, 0, sizeof *o);
  o->format = "text";
  o->progress = "auto";
  o->run = offramp_run_defaults();
  o->compare = offramp_compare_defaults();
  o->command = join(argc, argv);
  const verb *v = argc > 1 ? find_verb(argv[1]) : NULL;
  if (argc > 1 && argv[1][0] != '-' && !v) return unknown_verb(argv[1]);
  if (v) o->verb = v->name;
  if (!parse_words(o, v, argc, argv)) return false;
  o->overrides = join_overrides(o);
  return true;
}

void options_free(options *o) {
  free((char *)o->command);
  free(o->overrides);
}
