/* devices, schema, completion, version: what needs no plan. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include "output.h"
#include "verbs.h"

enum { MOST_DEVICES = 64 };

static void devices_json(FILE *to, const offramp_device *d, size_t count) {
  fputs("{\"devices\": [", to);
  for (size_t i = 0; i < count; i++) {
    fprintf(to, "%s\n  {\"backend\": \"%s\", \"device\": %d, \"name\": \"%s\", \"detail\": \"%s\", \"gpu\": %s, \"usable\": %s", i ? "," : "",
            d[i].backend, d[i].index, d[i].name, d[i].detail, d[i].is_gpu ? "true" : "false", d[i].is_usable ? "true" : "false");
    if (!d[i].is_usable) fprintf(to, ", \"why_not\": \"%s\"", d[i].why_not);
    fputc('}', to);
  }
  fputs("\n]}\n", to);
}

static void devices_text(FILE *to, const offramp_device *d, size_t count, const char *format) {
  if (!strcmp(format, "csv")) fputs("backend,device,name,detail,usable\n", to);
  if (!strcmp(format, "markdown")) fputs("| backend | device | name | detail |\n|---|---|---|---|\n", to);
  for (size_t i = 0; i < count; i++) {
    if (!strcmp(format, "csv"))
      fprintf(to, "%s,%d,\"%s\",\"%s\",%s\n", d[i].backend, d[i].index, d[i].name, d[i].detail, d[i].is_usable ? "yes" : "no");
    else if (!strcmp(format, "markdown"))
      fprintf(to, "| %s | %d | %s | %s |\n", d[i].backend, d[i].index, d[i].name, d[i].is_usable ? d[i].detail : d[i].why_not);
    else
      fprintf(to, "%-7s %d  %s\n           %s%s\n", d[i].backend, d[i].index, d[i].name, d[i].is_usable ? "" : "not usable: ",
              d[i].is_usable ? d[i].detail : d[i].why_not);
  }
}

/* What `write` prints goes where -o says. */
static int deliver(const options *o, char *text, size_t size) {
  bool done = output_possible(o->output, o->force) && output_write(o->output, o->force, text, size);
  free(text);
  return done ? EXIT_DONE : EXIT_FILE;
}

int verb_devices(const options *o) {
  offramp_device devices[MOST_DEVICES];
  size_t count = offramp_devices(devices, MOST_DEVICES), size;
  char *text;
  FILE *to = open_memstream(&text, &size);
  if (!to) return EXIT_LIMIT;
  if (count > MOST_DEVICES) count = MOST_DEVICES;
  for (size_t i = 0; i < count; i++) /* names come from drivers */
    for (char *c = devices[i].name; *c; c++)
      if (*c == '"' || *c == '\\' || (unsigned char)*c < 32) *c = ' ';
  if (!strcmp(o->format, "json")) devices_json(to, devices, count);
  else devices_text(to, devices, count, o->format);
  fclose(to);
  return deliver(o, text, size);
}

int verb_schema(const options *o) {
  const char *schema = offramp_plan_schema();
  char *text = strdup(schema);
  return text ? deliver(o, text, strlen(text)) : EXIT_LIMIT;
}

int verb_completion(const options *o) {
  char *text;
  size_t size;
  FILE *to = open_memstream(&text, &size);
  if (!to) return EXIT_LIMIT;
  bool known = options_generate(to, o->plan);
  fclose(to);
  if (known) return deliver(o, text, size);
  free(text);
  fprintf(stderr, "offramp: completion '%s': bash, zsh, fish or man\n", o->plan);
  return EXIT_USAGE;
}

int verb_version(const options *o) {
  (void)o;
  printf("offramp %s\n", offramp_version());
  return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FILE;
}
