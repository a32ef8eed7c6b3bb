#include "staged_plan.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/json.h"

static char *read_all(const char *file, size_t *size) {
  FILE *from = fopen(file, "rb");
  char *text = from ? malloc(OFR_JSON_MAX_BYTES) : NULL;
  *size = text ? fread(text, 1, OFR_JSON_MAX_BYTES, from) : 0;
  if (from) fclose(from);
  return text;
}

bool staged_plan_read(const char *file, staged_plan *to) {
  size_t size;
  offramp_error error = {0};
  char *text = read_all(file, &size);
  *to = (staged_plan){.arena = ofr_arena_create()};
  ofr_diagnostics d = {.arena = to->arena};
  ofr_json *root = text && to->arena ? ofr_json_parse(text, size, file, to->arena, &d) : NULL;
  to->plan = root ? ofr_plan_read(root, file, to->arena, &d) : NULL;
  free(text);
  if (to->plan && d.errors == 0 && ofr_image_build(to->plan, &to->staged, &error) == OFFRAMP_OK) return true;
  fprintf(stderr, "%s: %s\n", file, error.message[0] ? error.message : d.count ? d.items[0].message : "cannot be read");
  staged_plan_free(to);
  return false;
}

void staged_plan_free(staged_plan *plan) {
  ofr_image_free(&plan->staged);
  if (plan->arena) ofr_arena_destroy(plan->arena);
  *plan = (staged_plan){0};
}
