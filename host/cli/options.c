#define _POSIX_C_SOURCE 200809L
#include "options.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { FLAG, TEXT, CHOICE, COUNT, BYTES, SETTING, PATHS, SEED } kind;

enum { RUN = 1, CHECK = 2, EXPLAIN = 4, DEVICES = 8, SMALL = 16, PLANS = RUN | CHECK | EXPLAIN, ALL = 31 };

typedef struct option {
  const char *name, *letter;
  kind kind;
  const char *argument; /* its name in --help; for a CHOICE the words, separated by | */
  unsigned verbs;
  const char *help;
} option;

static const option table[] = {
    {"--format", "", CHOICE, "text|json|csv|markdown", RUN | CHECK | EXPLAIN | DEVICES, "how the result is written (text)"},
    {"--output", "-o", TEXT, "FILE", ALL, "write the result there instead of to standard output"},
    {"--force", "", FLAG, "", ALL, "overwrite FILE if it exists"},
    {"--backend", "", CHOICE, "auto|cpu|opencl", RUN, "where to compute; auto takes a GPU if there is one, else the CPU"},
    {"--device", "", COUNT, "N", RUN, "which device of the back end, from `offramp devices` (0)"},
    {"--paths", "", PATHS, "N", PLANS, "how many futures; overrides the plan"},
    {"--seed", "", SEED, "N", PLANS, "which futures; overrides the plan"},
    {"--set", "", SETTING, "POINTER=VALUE", PLANS, "replace a value of the plan: --set /pools/azure-h100/price=2.5"},
    {"--path", "", COUNT, "N", EXPLAIN, "which future to explain (0)"},
    {"--strategy", "", TEXT, "NAME", EXPLAIN, "only this strategy"},
    {"--threads", "", COUNT, "N", RUN, "host threads (one per processor)"},
    {"--isa", "", TEXT, "NAME", RUN, "cpu: instruction-set version, from `offramp devices` (the best)"},
    {"--batch", "", COUNT, "N", RUN, "paths per batch; changes speed, never results"},
    {"--max-memory", "", BYTES, "SIZE", RUN, "for stored path metrics, as 4G (half of memory); beyond it paths are replayed"},
    {"--checks", "", COUNT, "N", RUN, "futures redone on the CPU and compared bit for bit (64)"},
    {"--no-bands", "", FLAG, "", RUN, "leave out monthly bands and calendar years"},
    {"--width", "", COUNT, "N", RUN | EXPLAIN, "columns of text (the terminal's)"},
    {"--progress", "", CHOICE, "auto|bar|json|none", RUN, "progress on stderr (auto: a bar on a terminal)"},
    {"--quiet", "-q", FLAG, "", ALL, "no progress and no warnings"},
    {"--help", "-h", FLAG, "", ALL, "this text"},
    {"--version", "-V", FLAG, "", ALL, "the version"},
};
enum { OPTIONS = sizeof table / sizeof *table };

typedef struct verb { const char *name, *operands; unsigned bit; const char *help; } verb;

static const verb verbs[] = {
    {"run", "PLAN", RUN, "simulate every strategy: the answer first, then the tables"},
    {"check", "PLAN", CHECK, "every error and every suspicion; evaluates nothing"},
    {"explain", "PLAN", EXPLAIN, "one future, month by month: draws, placements, every entry of the books"},
    {"devices", "", DEVICES, "what can compute here"},
    {"schema", "", SMALL, "the JSON Schema of a plan, for editors"},
    {"completion", "SHELL", SMALL, "a completion script for bash, zsh or fish; `man` gives the manual page"},
    {"version", "", SMALL, "the version"},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static const verb *find_verb(const char *name) {
  for (int i = 0; i < VERBS; i++)
    if (name && !strcmp(name, verbs[i].name)) return &verbs[i];
  return NULL;
}

static const option *find_option(const char *name, size_t length) {
  for (int i = 0; i < OPTIONS; i++)
    if ((strlen(table[i].name) == length && !strncmp(table[i].name, name, length)) ||
        (*table[i].letter && strlen(table[i].letter) == length && !strncmp(table[i].letter, name, length)))
      return &table[i];
  return NULL;
}

static bool refuse(const char *what, const char *value, const char *remedy) {
  fprintf(stderr, "offramp: %s '%s': %s\n", what, value, remedy);
  return false;
}

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
  size_t length = strlen(value);
  for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
    if (!strncmp(at, value, length) && (at[length] == '|' || at[length] == 0)) return true;
  return false;
}

static bool add_setting(options *o, const char *pointer, const char *value) {
  if (o->setting_count == MOST_SETTINGS) return refuse("--set", pointer, "too many; put them into the plan");
  o->settings[o->setting_count++] = (offramp_setting){pointer, value};
  return true;
}

static void set_flag(options *o, const char *name) {
  if (!strcmp(name, "--force")) o->force = true;
  else if (!strcmp(name, "--quiet")) o->quiet = true;
  else if (!strcmp(name, "--no-bands")) o->run.without_bands = 1;
  else if (!strcmp(name, "--help")) o->help = true;
  else o->version = true;
}

static bool set_text(options *o, const char *name, char *value) {
  if (!strcmp(name, "--format")) o->format = value;
  else if (!strcmp(name, "--output")) o->output = value;
  else if (!strcmp(name, "--backend")) o->run.backend = value;
  else if (!strcmp(name, "--strategy")) o->strategy = value;
  else if (!strcmp(name, "--isa")) o->run.isa = value;
  else o->progress = value;
  return true;
}

static bool set_count(options *o, const char *name, const char *value) {
  unsigned long long n;
  if (!strcmp(name, "--path")) return parse_count(value, (1ull << 48) - 1, &o->path) ? true : refuse(name, value, "a whole number below 2^48");
  if (!parse_count(value, 2000000000, &n)) return refuse(name, value, "a whole number, at most 2000000000");
  if (!strcmp(name, "--device")) o->run.device = (int)n;
  else if (!strcmp(name, "--threads")) o->run.threads = (int)n;
  else if (!strcmp(name, "--batch")) o->run.batch = (uint32_t)n;
  else if (!strcmp(name, "--checks")) o->run.check_paths = (int)n;
  else o->width = n < 60 ? 60 : n > 1000 ? 1000 : (int)n;
  return true;
}

static bool apply(options *o, const option *x, char *value) {
  unsigned long long n;
  switch (x->kind) {
    case FLAG: set_flag(o, x->name); return true;
    case CHOICE: return is_choice(x->argument, value) ? set_text(o, x->name, value) : refuse(x->name, value, x->argument);
    case TEXT: return *value ? set_text(o, x->name, value) : refuse(x->name, value, "may not be empty");
    case COUNT: return set_count(o, x->name, value);
    case BYTES: return parse_bytes(value, &o->run.max_memory) ? true : refuse(x->name, value, "a size such as 512M or 4G");
    case PATHS:
      if (!parse_count(value, 1ull << 48, &n) || n == 0) return refuse(x->name, value, "a whole number from 1 to 2^48");
      return add_setting(o, "/simulation/paths", value);
    case SEED:
      if (!parse_count(value, ~0ull, &n)) return refuse(x->name, value, "a whole number below 2^64");
      return add_setting(o, "/simulation/seed", value);
    case SETTING: {
      char *equals = strchr(value, '=');
      if (*value != '/' || !equals) return refuse(x->name, value, "POINTER=VALUE, such as /pools/azure-h100/price=2.5");
      *equals = 0;
      return add_setting(o, value, equals + 1);
    }
  }
  return false;
}

static bool parse_option(options *o, int argc, char **argv, int *i, unsigned verb_bit) {
  char *word = argv[*i], *equals = strncmp(word, "--", 2) ? NULL : strchr(word, '=');
  const option *x = find_option(word, equals ? (size_t)(equals - word) : strlen(word));
  if (!x || !(x->verbs & verb_bit)) {
    fprintf(stderr, "offramp: %s has no option '%s': see `offramp %s --help`\n", o->verb ? o->verb : "offramp", word,
            o->verb ? o->verb : "");
    return false;
  }
  if (x->kind == FLAG) {
    if (equals) return refuse("option", word, "takes no value");
    return apply(o, x, NULL);
  }
  char *value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
  if (!value) return refuse("option", word, "needs a value");
  return apply(o, x, value);
}

/* The command as typed, quoted where a shell would need it. */
static char *join(int argc, char **argv) {
  size_t size = sizeof "offramp";
  for (int i = 1; i < argc; i++) size += 4 * strlen(argv[i]) + 3;
  char *text = malloc(size), *to = text;
  if (!text) return NULL;
  to += sprintf(to, "offramp");
  for (int i = 1; i < argc; i++) {
    bool plain = *argv[i] && strspn(argv[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,+@%~") == strlen(argv[i]);
    *to++ = ' ';
    if (!plain) *to++ = '\'';
    for (const char *c = argv[i]; *c; c++) {
      if (*c == '\'') to += sprintf(to, "'\\''");
      else *to++ = *c;
    }
    if (!plain) *to++ = '\'';
  }
  *to = 0;
  return text;
}

bool options_parse(int argc, char **argv, options *o) {
  memset(o, 0, sizeof *o);
  o->format = "text";
  o->progress = "auto";
  o->run = offramp_run_defaults();
  o->command = join(argc, argv);
  const verb *v = argc > 1 ? find_verb(argv[1]) : NULL;
  if (argc > 1 && argv[1][0] != '-' && !v) {
    fprintf(stderr, "offramp: there is no verb '%s': see `offramp --help`\n", argv[1]);
    return false;
  }
  if (v) o->verb = v->name;
  bool operands_only = false;
  for (int i = v ? 2 : 1; i < argc; i++) {
    if (!operands_only && !strcmp(argv[i], "--")) {
      operands_only = true;
    } else if (!operands_only && argv[i][0] == '-' && argv[i][1]) {
      if (!parse_option(o, argc, argv, &i, v ? v->bit : SMALL)) return false;
    } else if (o->plan || !v || !*v->operands) {
      return refuse("unexpected", argv[i], v ? "this verb takes one plan at most" : "a verb comes first");
    } else {
      o->plan = argv[i];
    }
  }
  if (v && *v->operands && !o->plan && !o->help && !o->version) {
    fprintf(stderr, "offramp: %s needs a %s: `offramp %s %s`\n", v->name, *v->operands == 'P' ? "plan" : "shell", v->name,
            *v->operands == 'P' ? "examples/enterprise.json" : "bash");
    return false;
  }
  return true;
}

void options_free(options *o) { free((char *)o->command); }

void options_welcome(FILE *to) {
  fputs("offramp simulates what multi-cloud AI compute costs: contracts, prices, shortages, and the way out.\n\n"
        "  offramp check examples/enterprise.json            is the plan sound?\n"
        "  offramp run examples/openai-azure.json            what does each strategy cost, over 100,000 futures?\n"
        "  offramp explain examples/enterprise.json --path 7 what happened in future 7, month by month?\n\n"
        "`offramp --help` lists the verbs, `offramp VERB --help` its options.\n", to);
}

static void print_option(FILE *to, const option *x) {
  char left[64];
  snprintf(left, sizeof left, "%s%s%s%s%s", x->letter, *x->letter ? ", " : "", x->name, *x->argument ? " " : "", x->argument);
  fprintf(to, strlen(left) > 32 ? "  %s\n  %-34s%s\n" : "  %-34s%.0s%s\n", left, "", x->help);
}

void options_help(FILE *to, const char *name) {
  const verb *v = find_verb(name);
  if (!v) {
    fputs("usage: offramp VERB [PLAN] [OPTIONS]\n\nverbs:\n", to);
    for (int i = 0; i < VERBS; i++) {
      char left[64];
      snprintf(left, sizeof left, "%s %s", verbs[i].name, verbs[i].operands);
      fprintf(to, "  %-18s%s\n", left, verbs[i].help);
    }
    fputs("\n`offramp VERB --help` lists a verb's options.\n"
          "exit codes: 0 done, 1 the answer is no, 2 usage, 3 the plan is wrong, 4 device, 5 self-test or cross-check failed,\n"
          "  6 memory or a limit, 7 files, 130 interrupted\n", to);
    return;
  }
  fprintf(to, "usage: offramp %s %s%s[OPTIONS]\n\n%s\n\noptions:\n", v->name, v->operands, *v->operands ? " " : "", v->help);
  for (int i = 0; i < OPTIONS; i++)
    if (table[i].verbs & v->bit) print_option(to, &table[i]);
}

/* ---- generated files ---- */

static void generate_bash(FILE *to) {
  fputs("_offramp() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
        "  if [ \"$COMP_CWORD\" = 1 ]; then COMPREPLY=($(compgen -W \"", to);
  for (int i = 0; i < VERBS; i++) fprintf(to, "%s ", verbs[i].name);
  fputs("\" -- \"$cur\")); return; fi\n  case $prev in\n", to);
  for (int i = 0; i < OPTIONS; i++)
    if (table[i].kind == CHOICE) {
      fprintf(to, "    %s) COMPREPLY=($(compgen -W \"", table[i].name);
      for (const char *c = table[i].argument; *c; c++) fputc(*c == '|' ? ' ' : *c, to);
      fputs("\" -- \"$cur\")); return ;;\n", to);
    }
  fputs("  esac\n  case $cur in -*) case $verb in\n", to);
  for (int v = 0; v < VERBS; v++) {
    fprintf(to, "    %s) COMPREPLY=($(compgen -W \"", verbs[v].name);
    for (int i = 0; i < OPTIONS; i++)
      if (table[i].verbs & verbs[v].bit) fprintf(to, "%s ", table[i].name);
    fputs("\" -- \"$cur\")) ;;\n", to);
  }
  fputs("    esac ;;\n    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n  esac\n}\ncomplete -o filenames -F _offramp offramp\n", to);
}

static void generate_zsh(FILE *to) {
  fputs("#compdef offramp\n_arguments '1:verb:((", to);
  for (int i = 0; i < VERBS; i++) fprintf(to, "%s\\:\"%s\" ", verbs[i].name, verbs[i].help);
  fputs("))' '2:plan:_files'", to);
  for (int i = 0; i < OPTIONS; i++) {
    if (table[i].kind == FLAG) {
      fprintf(to, " \\\n  '%s[%s]'", table[i].name, table[i].help);
    } else {
      fprintf(to, " \\\n  '%s[%s]:%s:", table[i].name, table[i].help, table[i].name + 2);
      if (table[i].kind == CHOICE) {
        fputc('(', to);
        for (const char *c = table[i].argument; *c; c++) fputc(*c == '|' ? ' ' : *c, to);
        fputc(')', to);
      }
      fputc('\'', to);
    }
  }
  fputc('\n', to);
}

static void generate_fish(FILE *to) {
  for (int i = 0; i < VERBS; i++)
    fprintf(to, "complete -c offramp -n __fish_use_subcommand -a %s -d '%s'\n", verbs[i].name, verbs[i].help);
  for (int i = 0; i < OPTIONS; i++) {
    fprintf(to, "complete -c offramp -l %s%s -d '%s'", table[i].name + 2, table[i].kind == FLAG ? "" : " -r", table[i].help);
    if (table[i].kind == CHOICE) {
      fputs(" -a '", to);
      for (const char *c = table[i].argument; *c; c++) fputc(*c == '|' ? ' ' : *c, to);
      fputc('\'', to);
    }
    fputc('\n', to);
  }
}

static void roff(FILE *to, const char *text) {
  for (; *text; text++) fputs(*text == '-' ? "\\-" : *text == '\\' ? "\\e" : (char[]){*text, 0}, to);
}

static void generate_man(FILE *to) {
  fprintf(to, ".TH OFFRAMP 1 \"\" \"offramp %s\" \"User Commands\"\n.SH NAME\nofframp \\- what multi\\-cloud AI compute costs, simulated\n"
              ".SH SYNOPSIS\n.B offramp\n.I VERB\n[\\fIPLAN\\fR] [\\fIOPTIONS\\fR]\n.SH VERBS\n", offramp_version());
  for (int i = 0; i < VERBS; i++) {
    fprintf(to, ".TP\n.B %s %s\n", verbs[i].name, verbs[i].operands);
    roff(to, verbs[i].help);
    fputc('\n', to);
  }
  fputs(".SH OPTIONS\n", to);
  for (int i = 0; i < OPTIONS; i++) {
    fputs(".TP\n.B ", to);
    roff(to, table[i].name);
    fprintf(to, " \\fI%s\\fR\n", table[i].argument);
    roff(to, table[i].help);
    fputs(" (", to);
    for (int v = 0, n = 0; v < VERBS; v++)
      if (table[i].verbs & verbs[v].bit) fprintf(to, "%s%s", n++ ? ", " : "", verbs[v].name);
    fputs(")\n", to);
  }
  fputs(".SH EXIT STATUS\n0 done, 1 the answer is no, 2 usage, 3 the plan is wrong, 4 device, 5 self\\-test or cross\\-check failed, "
        "6 memory or a limit, 7 files, 130 interrupted.\n", to);
}

bool options_generate(FILE *to, const char *what) {
  static const struct { const char *name; void (*generate)(FILE *); } kinds[] = {
      {"bash", generate_bash}, {"zsh", generate_zsh}, {"fish", generate_fish}, {"man", generate_man}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(what, kinds[i].name)) {
      kinds[i].generate(to);
      return true;
    }
  return false;
}
