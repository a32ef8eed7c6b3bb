/* Chooses the verb and the exit code, nothing else. */
#include <string.h>
#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"

static int dispatch(const options *o) {
  static const struct { const char *name; int (*run)(const options *); } verbs[] = {
      {"run", verb_run},         {"value", verb_value},           {"check", verb_check},
      {"explain", verb_explain}, {"optimize", verb_optimize},     {"devices", verb_devices},
      {"schema", verb_schema},   {"completion", verb_completion}, {"version", verb_version},
      {"bench", verb_bench},     {"bound", verb_bound},         {"calibrate", verb_calibrate},
      {"sweep", verb_sweep},     {"show", verb_show},             {"merge", verb_merge},
      {"compare", verb_compare}};
  if (o->help) {
    options_help(stdout, o->verb);
    return EXIT_DONE;
  }
  if (o->version) return verb_version(o);
  for (size_t i = 0; o->verb && i < sizeof verbs / sizeof *verbs; i++)
    if (!strcmp(o->verb, verbs[i].name)) return verbs[i].run(o);
  options_welcome(stdout);
  return EXIT_DONE;
}

int main(int argc, char **argv) {
  options o;
  output_begin();
  int code = options_parse(argc, argv, &o) ? dispatch(&o) : EXIT_USAGE;
  options_free(&o);
  if (!output_flush() && code == EXIT_DONE) code = EXIT_FILE;
  return code;
}
