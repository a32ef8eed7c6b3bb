#include "plan_digest.h"
#include <string.h>
#include "../base/sha256.h"

static void add_text(ofr_sha256 *hash, const char *text) {
  size_t length = text ? strlen(text) : 0;
  ofr_sha256_add_u64(hash, length);
  if (length) ofr_sha256_add(hash, text, length);
}

/* Notes change nothing; a sweep says which other plans to try, and nothing of this one. */
static bool is_left_out(const ofr_json *value) {
  if (!value->key) return false;
  return !strcmp(value->key, "note") || (!strcmp(value->key, "sweep") && value->parent && !value->parent->parent);
}

static void add_value(ofr_sha256 *hash, const ofr_json *value) {
  if (is_left_out(value)) return;
  uint64_t bits;
  add_text(hash, value->key);
  ofr_sha256_add_u64(hash, value->type);
  memcpy(&bits, &value->number, sizeof bits);
  if (value->type == OFR_JSON_NUMBER) ofr_sha256_add_u64(hash, bits);
  if (value->type == OFR_JSON_STRING) add_text(hash, value->text);
  if (value->type == OFR_JSON_BOOL) ofr_sha256_add_u64(hash, value->boolean);
  for (const ofr_json *child = value->first; child; child = child->next) add_value(hash, child);
  if (value->type >= OFR_JSON_ARRAY) ofr_sha256_add_u64(hash, UINT64_MAX); /* the end: [[1],2] is not [[1,2]] */
}

void ofr_plan_digest(const ofr_json *root, char hex[65]) {
  ofr_sha256 hash = ofr_sha256_init();
  add_value(&hash, root);
  ofr_sha256_finish(&hash, hex);
}

void ofr_plan_digest_file(char hex[65], const char *key, const char file[65]) {
  ofr_sha256 hash = ofr_sha256_init();
  add_text(&hash, hex);
  add_text(&hash, key);
  add_text(&hash, file);
  ofr_sha256_finish(&hash, hex);
}
