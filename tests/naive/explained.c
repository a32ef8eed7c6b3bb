#define _POSIX_C_SOURCE 200809L
#include "explained.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "report/report.h"
#include "stage/simulate.h"

static cJSON *parse_stream(FILE *in) {
  size_t size = 0, room = 1 << 20, got;
  char *text = malloc(room);
  while (text && (got = fread(text + size, 1, room - size - 1, in)) > 0) {
    size += got;
    if (size + 1 >= room) text = realloc(text, room *= 2);
  }
  if (!text) return NULL;
  text[size] = 0;
  cJSON *json = cJSON_Parse(text);
  free(text);
  return json;
}

static cJSON *printed(const char *command) {
  FILE *pipe = popen(command, "r");
  if (!pipe) return NULL;
  cJSON *json = parse_stream(pipe);
  int status = pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return json;
  cJSON_Delete(json);
  return NULL;
}

cJSON *explained_path(const char *plan_file, unsigned long path) {
  char command[1024];
  snprintf(command, sizeof command, "\"%s\" explain \"%s\" --path %lu --format json --quiet", OFFRAMP_PROGRAM, plan_file, path);
  return printed(command);
}

cJSON *explained_run(const char *plan_file) {
  char command[1024];
  snprintf(command, sizeof command, "\"%s\" run \"%s\" --paths 1 --backend cpu --no-bands --format json --quiet",
           OFFRAMP_PROGRAM, plan_file);
  return printed(command);
}

static const ofr_trace *trace(const char *text, unsigned long path, ofr_arena *arena) {
  ofr_diagnostics d = {.arena = arena};
  offramp_error error = {0};
  const ofr_trace *trace = NULL;
  const ofr_json *root = ofr_json_parse(text, strlen(text), "plan", arena, &d);
  const ofr_plan *plan = root ? ofr_plan_read(root, "plan", arena, &d) : NULL;
  if (plan && d.errors == 0 && ofr_trace_path(plan, path, arena, &trace, &error) == OFFRAMP_OK) return trace;
  for (int i = 0; i < d.count; i++) fprintf(stderr, "%s: %s\n", d.items[i].pointer, d.items[i].message);
  if (error.message[0]) fprintf(stderr, "%s\n", error.message);
  return NULL;
}

cJSON *explained_text(const char *plan, unsigned long path) {
  ofr_arena *arena = ofr_arena_create();
  const ofr_report_options options = ofr_report_defaults();
  const ofr_trace *traced = trace(plan, path, arena);
  ofr_text out = {0};
  if (traced) ofr_explain_json(traced, &options, &out);
  cJSON *json = traced && !out.failed ? cJSON_Parse(ofr_text_chars(&out)) : NULL;
  ofr_text_free(&out);
  ofr_arena_destroy(arena);
  return json;
}

cJSON *explained_file(const char *file) {
  FILE *in = fopen(file, "rb");
  if (!in) return NULL;
  cJSON *json = parse_stream(in);
  fclose(in);
  return json;
}

int explained_write(const char *file, const cJSON *plan) {
  FILE *out = fopen(file, "wb");
  char *text = cJSON_Print(plan);
  int wrong = !out || !text || fputs(text, out) < 0;
  if (out && fclose(out) != 0) wrong = 1;
  cJSON_free(text);
  return wrong;
}
