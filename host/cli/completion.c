/* Completion scripts and the manual page, made from the table of options. */
#include <string.h>
#include "option_table.h"
#include "options.h"

static void print_words(FILE *to, const char *words) {
  for (const char *c = words; *c; c++) fputc(*c == '|' ? ' ' : *c, to);
}

static void print_verb_names(FILE *to) {
  for (int i = 0; i < VERBS; i++) fprintf(to, "%s%s", i ? " " : "", verb_table[i].name);
}

/* Between single quotes, each of `special` behind a backslash. */
static void print_quoted(FILE *to, const char *text, const char *special) {
  for (; *text; text++) {
    if (*text == '\'') fputs("'\\''", to);
    else fprintf(to, "%s%c", strchr(special, *text) ? "\\" : "", *text);
  }
}

/* ---- bash ---- */

static void generate_bash(FILE *to) {
  fputs("_offramp() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} words=\n"
        "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" = 1 ]; then\n    words=\"",
        to);
  print_verb_names(to);
  fputs(" --help --version\"\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n    return\n  fi\n  case $prev in\n", to);
  for (int i = 0; i < OPTIONS; i++) {
    if (option_table[i].kind != KIND_CHOICE) continue;
    fprintf(to, "    %s) words=\"", option_table[i].name);
    print_words(to, option_table[i].argument);
    fputs("\" ;;\n", to);
  }
  fputs("    completion) words=\"", to);
  print_words(to, SHELLS);
  fputs("\" ;;\n  esac\n  if [ -z \"$words\" ]; then\n    case $cur in -*) case $verb in\n", to);
  for (int v = 0; v < VERBS; v++) {
    fprintf(to, "      %s) words=\"", verb_table[v].name);
    for (int i = 0, n = 0; i < OPTIONS; i++)
      if (option_table[i].verbs & verb_table[v].bit) fprintf(to, "%s%s", n++ ? " " : "", option_table[i].name);
    fputs("\" ;;\n", to);
  }
  fputs("    esac ;; esac\n  fi\n"
        "  if [ -n \"$words\" ]; then\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
        "  else\n    COMPREPLY=($(compgen -f -- \"$cur\"))\n  fi\n}\n"
        "complete -o filenames -F _offramp offramp\n",
        to);
}

/* ---- zsh ---- */

static void zsh_option(FILE *to, const option *x) {
  fprintf(to, " \\\n        '%s[", x->name);
  print_quoted(to, x->help, "[]\\");
  fputc(']', to);
  if (x->kind != KIND_FLAG) fprintf(to, ":%s:", x->name + 2);
  if (x->kind == KIND_FILE) fputs("_files", to);
  if (x->kind == KIND_CHOICE) {
    fputc('(', to);
    print_words(to, x->argument);
    fputc(')', to);
  }
  fputc('\'', to);
}

static void generate_zsh(FILE *to) {
  fputs("#compdef offramp\n_offramp() {\n  local -a verbs\n  verbs=(\n", to);
  for (int i = 0; i < VERBS; i++) {
    fprintf(to, "    '%s:", verb_table[i].name);
    print_quoted(to, verb_table[i].help, ":\\");
    fputs("'\n", to);
  }
  fputs("  )\n  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n  fi\n  case $words[2] in\n", to);
  for (int v = 0; v < VERBS; v++) {
    fprintf(to, "    %s)\n      _arguments '1:verb:'", verb_table[v].name);
    const char *operand = verb_table[v].operand;
    if (!strcmp(operand, "PLAN")) fputs(" '2:plan:_files'", to);
    if (!strcmp(operand, "STORE")) fputs(" '2:store:_files'", to);
    if (!strcmp(operand, "STORE FROM")) fputs(" '2:store:_files' '3:from:_files'", to);
    if (!strcmp(operand, "HISTORY")) fputs(" '2:history:_files'", to);
    if (!strcmp(operand, "A B")) fputs(" '2:before:_files' '3:after:_files'", to);
    if (!strcmp(operand, "SHELL")) {
      fputs(" '2:shell:(", to);
      print_words(to, SHELLS);
      fputs(")'", to);
    }
    for (int i = 0; i < OPTIONS; i++)
      if (option_table[i].verbs & verb_table[v].bit) zsh_option(to, &option_table[i]);
    fputs(" ;;\n", to);
  }
  fputs("  esac\n}\nif [ \"$funcstack[1]\" = _offramp ]; then\n  _offramp \"$@\"\nelse\n  compdef _offramp offramp\nfi\n", to);
}

/* ---- fish ---- */

static void fish_option(FILE *to, const option *x) {
  fputs("complete -c offramp -n '__fish_seen_subcommand_from", to);
  for (int v = 0; v < VERBS; v++)
    if (x->verbs & verb_table[v].bit) fprintf(to, " %s", verb_table[v].name);
  fprintf(to, "' -l %s", x->name + 2);
  if (*x->letter) fprintf(to, " -s %s", x->letter + 1);
  if (x->kind != KIND_FLAG) fputs(x->kind == KIND_FILE ? " -r" : " -x", to);
  if (x->kind == KIND_CHOICE) {
    fputs(" -a '", to);
    print_words(to, x->argument);
    fputc('\'', to);
  }
  fputs(" -d '", to);
  for (const char *c = x->help; *c; c++) fprintf(to, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
  fputs("'\n", to);
}

static void generate_fish(FILE *to) {
  for (int i = 0; i < VERBS; i++)
    fprintf(to, "complete -c offramp -n __fish_use_subcommand -f -a %s -d '%s'\n", verb_table[i].name, verb_table[i].help);
  fputs("complete -c offramp -n '__fish_seen_subcommand_from completion' -f -a '", to);
  print_words(to, SHELLS);
  fputs("'\n", to);
  for (int i = 0; i < OPTIONS; i++) fish_option(to, &option_table[i]);
}

/* ---- manual page ---- */

static void roff(FILE *to, const char *text) {
  for (; *text; text++) fputs(*text == '-' ? "\\-" : *text == '\\' ? "\\e" : (char[]){*text, 0}, to);
}

static void roff_option(FILE *to, const option *x) {
  fputs(".TP\n\\fB", to);
  if (*x->letter) {
    roff(to, x->letter);
    fputs("\\fR, \\fB", to);
  }
  roff(to, x->name);
  fprintf(to, "\\fR \\fI%s\\fR\n", x->argument);
  roff(to, x->help);
  fputs(" [", to);
  for (int v = 0, n = 0; v < VERBS; v++)
    if (x->verbs & verb_table[v].bit) fprintf(to, "%s%s", n++ ? ", " : "", verb_table[v].name);
  fputs("]\n", to);
}

static const char man_end[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\ndone\n"
    ".TP\n1\nthe answer is no: errors found by \\fBcheck\\fR, figures that moved by \\fBcompare\\fR\n"
    ".TP\n2\nusage\n"
    ".TP\n3\nthe plan is wrong, or is no JSON; a result to compare is damaged\n"
    ".TP\n4\nno such device, or it failed\n"
    ".TP\n5\na self\\-test or cross\\-check failed\n"
    ".TP\n6\nmemory or a limit\n"
    ".TP\n7\na file could not be read or written, or exists\n"
    ".TP\n8\ninterrupted, and what was best so far is kept (\\fBoptimize\\fR)\n"
    ".TP\n130, 143\ninterrupted, terminated: nothing was written\n"
    ".SH ENVIRONMENT\n"
    ".TP\nNO_COLOR\nif not empty, no colours\n"
    ".TP\nXDG_CACHE_HOME\ncompiled kernels are kept in its folder offramp; without it in ~/.cache/offramp\n"
    ".SH EXAMPLES\n.nf\n"
    "offramp check plan.json\n"
    "offramp run plan.json \\-\\-paths 1000000 \\-\\-format json \\-o result.json\n"
    "offramp run plan.json \\-\\-set /contracts/floor/windows/0/amount=2e9\n"
    "offramp compare baseline.json result.json \\-\\-threshold 1\n"
    "offramp optimize plan.json \\-\\-format json \\-o sizes.json\n"
    "offramp value plan.json \\-\\-paths 20000\n"
    "offramp explain plan.json \\-\\-path 7 \\-\\-months 2026\\-07:2026\\-12\n.fi\n";

static void generate_man(FILE *to) {
  fprintf(to,
          ".TH OFFRAMP 1 \"\" \"offramp %s\" \"User Commands\"\n.SH NAME\nofframp \\- what multi\\-cloud AI compute costs, "
          "simulated\n"
          ".SH SYNOPSIS\n.B offramp\n.I VERB\n[\\fIPLAN\\fR] [\\fIOPTIONS\\fR]\n.SH VERBS\n",
          offramp_version());
  for (int i = 0; i < VERBS; i++) {
    fprintf(to, ".TP\n\\fB%s\\fR \\fI%s\\fR\n", verb_table[i].name, verb_table[i].operand);
    roff(to, verb_table[i].help);
    fputc('\n', to);
  }
  fputs(".PP\n\\fIPLAN\\fR is a file, or \\- for standard input. The result goes to standard output and nothing else "
        "does.\n.SH OPTIONS\n",
        to);
  for (int i = 0; i < OPTIONS; i++) roff_option(to, &option_table[i]);
  fputs(man_end, to);
}

bool options_generate(FILE *to, const char *what) {
  static const struct {
    const char *name;
    void (*generate)(FILE *);
  } kinds[] = {{"bash", generate_bash}, {"zsh", generate_zsh}, {"fish", generate_fish}, {"man", generate_man}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(what, kinds[i].name)) {
      kinds[i].generate(to);
      return true;
    }
  return false;
}
