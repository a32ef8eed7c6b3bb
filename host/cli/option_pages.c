/* What --help prints, and what the program says when it is given nothing. */
#include <string.h>
#include "option_table.h"
#include "options.h"

void options_welcome(FILE *to) {
  fputs("offramp simulates what multi-cloud AI compute costs: contracts, prices, shortages, and the way out.\n\n"
        "  offramp check examples/enterprise.json             is the plan sound?\n"
        "  offramp run examples/openai-azure.json             what does each strategy cost, over 100,000 futures?\n"
        "  offramp explain examples/enterprise.json --path 7  what happened in future 7, month by month?\n\n"
        "`offramp --help` lists the verbs, `offramp VERB --help` its options.\n", to);
}

static void print_verbs(FILE *to) {
  fputs("usage: offramp VERB [PLAN] [OPTIONS]\n\nverbs:\n", to);
  for (int i = 0; i < VERBS; i++) {
    char left[64];
    snprintf(left, sizeof left, "%s %s", verb_table[i].name, verb_table[i].operand);
    fprintf(to, "  %-18s%s\n", left, verb_table[i].help);
  }
  fputs("\nPLAN is a file, or - for standard input. `offramp VERB --help` lists a verb's options.\n"
        "exit codes: 0 done, 1 the answer is no, 2 usage, 3 the plan is wrong, 4 device, 5 self-test or cross-check failed,\n"
        "  6 memory or a limit, 7 files, 8 interrupted with what was best kept, 130 interrupted, 143 terminated\n", to);
}

static void print_option(FILE *to, const option *x) {
  char left[64];
  snprintf(left, sizeof left, "%s%s%s%s%s", x->letter, *x->letter ? ", " : "", x->name, *x->argument ? " " : "", x->argument);
  fprintf(to, strlen(left) > 32 ? "  %s\n  %-34s%s\n" : "  %-34s%.0s%s\n", left, "", x->help);
}

void options_help(FILE *to, const char *name) {
  const verb *v = find_verb(name);
  if (!v) {
    print_verbs(to);
    return;
  }
  fprintf(to, "usage: offramp %s %s%s[OPTIONS]\n\n%s\n\noptions (what holds without them in brackets):\n", v->name, v->operand,
          *v->operand ? " " : "", v->help);
  for (int i = 0; i < OPTIONS; i++)
    if (option_table[i].verbs & v->bit) print_option(to, &option_table[i]);
}
