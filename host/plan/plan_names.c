/* Names: collected from the lists that define them before anything refers to them, then looked up, one or many. */
#include "plan_reader.h"
#include <string.h>

enum { LONGEST_NAME = 128 };

static const char *const one_of[OFR_NAME_KINDS] = {"accelerator", "provider", "factor", "workload",
                                                   "pool",        "contract", "event",  "strategy"};
static const char *const many_of[OFR_NAME_KINDS] = {"accelerators", "providers", "factors", "workloads",
                                                    "pools",        "contracts", "events",  "strategies"};

/* ---- collecting ---- */

static int find_name(const ofr_names *names, int count, const char *name) {
  for (int i = 0; i < count; i++)
    if (names->at[i] && strcmp(names->at[i], name) == 0) return i;
  return -1;
}

/* No control characters: neither ASCII's nor, in UTF-8, U+0080 to U+009F. Names end up on terminals. */
static bool is_printable(const char *text) {
  for (const unsigned char *at = (const unsigned char *)text; *at; at++)
    if (*at < 0x20 || *at == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0)) return false;
  return true;
}

const char *ofr_label(ofr_reader *r, const ofr_json *value) {
  if (!ofr_has_type(r, value, OFR_JSON_STRING)) return NULL;
  const char *name = value->text;
  if (*name && strcmp(name, "*") != 0 && strlen(name) <= LONGEST_NAME && is_printable(name)) return name;
  ofr_wrong(r, value, ofr_phrase(r, "write 1 to %d printable bytes other than \"*\"", LONGEST_NAME), "this text is no name");
  return NULL;
}

void ofr_collect_names(ofr_reader *r, ofr_name_kind kind, const char *key, int most, bool may_be_empty) {
  ofr_names *names = &r->names[kind];
  const ofr_json *list = ofr_json_get(r->root, key);
  names->complete = may_be_empty && !list;
  if (!ofr_has_type(r, list, OFR_JSON_ARRAY)) return;

  names->list = list;
  names->complete = true;
  names->count = list->count;
  if (list->count == 0 && !may_be_empty) ofr_wrong(r, list, "add at least one", "the list of %s is empty", many_of[kind]);
  if (list->count > most) {
    ofr_wrong(r, list, ofr_phrase(r, "keep at most %d", most), "%d %s are too many", list->count, many_of[kind]);
    names->count = most;
    names->complete = false;
  }
  names->at = ofr_take(r, names->count, sizeof *names->at);
  int i = 0;
  for (const ofr_json *item = list->first; item && i < names->count; item = item->next, i++) {
    names->at[i] = ofr_label(r, ofr_json_get(item, "name")); /* a missing one is diagnosed with its item */
    if (!names->at[i]) names->complete = false;
    else if (find_name(names, i, names->at[i]) >= 0)
      ofr_wrong(r, ofr_json_get(item, "name"), "give each a name of its own", "another %s is named \"%s\"", one_of[kind],
                names->at[i]);
  }
}

/* ---- looking up ---- */

static const char *lookup_remedy(ofr_reader *r, ofr_name_kind kind, const char *name) {
  enum { SHOWN = 8 };
  const ofr_names *names = &r->names[kind];
  const char *nearest = ofr_nearest_name(name, names->at, names->count);
  if (nearest) return ofr_phrase(r, "did you mean \"%s\"?", nearest);
  if (names->count == 0) return ofr_phrase(r, "the plan has no %s: add one", many_of[kind]);
  const char *remedy = "write one of";
  for (int i = 0; i < names->count && i < SHOWN; i++)
    remedy = ofr_phrase(r, "%s%s \"%s\"", remedy, i > 0 ? "," : "", names->at[i] ? names->at[i] : "");
  return names->count > SHOWN ? ofr_phrase(r, "%s ...", remedy) : remedy;
}

static int look_up(ofr_reader *r, const ofr_json *value, const char *name, ofr_name_kind kind) {
  const ofr_names *names = &r->names[kind];
  int index = find_name(names, names->count, name);
  if (index < 0 && names->complete)
    ofr_wrong(r, value, lookup_remedy(r, kind, name), "no %s is named \"%s\"", one_of[kind], ofr_brief(r, name));
  return index;
}

int ofr_name_index(ofr_reader *r, const ofr_json *value, ofr_name_kind kind) {
  if (!value) return -1;
  if (value->type == OFR_JSON_STRING) return look_up(r, value, value->text, kind);
  ofr_wrong(r, value, ofr_phrase(r, "write one of the names of %s in double quotes", many_of[kind]),
            "%s stands where a name belongs", ofr_seen(r, value));
  return -1;
}

int ofr_key_index(ofr_reader *r, const ofr_json *value, ofr_name_kind kind) { return look_up(r, value, value->key, kind); }

static void select_all(const ofr_reader *r, ofr_name_kind kind, bool *out) {
  for (int i = 0; i < r->names[kind].count; i++) out[i] = true;
}

void ofr_select(ofr_reader *r, const ofr_json *value, ofr_name_kind kind, bool may_be_empty, bool *out) {
  if (!value || (value->type == OFR_JSON_STRING && strcmp(value->text, "*") == 0)) {
    select_all(r, kind, out);
    return;
  }
  if (value->type == OFR_JSON_STRING) {
    int index = ofr_name_index(r, value, kind);
    if (index >= 0) out[index] = true;
    return;
  }
  if (value->type != OFR_JSON_ARRAY) {
    ofr_wrong(r, value, ofr_phrase(r, "write \"*\" or a list of names of %s", many_of[kind]), "%s stands where names belong",
              ofr_type_name(value->type));
    return;
  }
  if (value->count == 0 && !may_be_empty) ofr_wrong(r, value, "name at least one, or write \"*\" for all", "the list is empty");
  for (const ofr_json *item = value->first; item; item = item->next) {
    int index = ofr_name_index(r, item, kind);
    if (index >= 0 && out[index]) ofr_wrong(r, item, "name each once", "\"%s\" is named twice", item->text);
    if (index >= 0) out[index] = true;
  }
}

void ofr_number_map(ofr_reader *r, const ofr_json *value, ofr_name_kind kind, ofr_range range, double *out) {
  if (!ofr_has_type(r, value, OFR_JSON_OBJECT)) return;
  for (const ofr_json *item = value->first; item; item = item->next) {
    if (ofr_is_note(item) && find_name(&r->names[kind], r->names[kind].count, "note") < 0) {
      ofr_has_type(r, item, OFR_JSON_STRING);
      continue;
    }
    int index = ofr_key_index(r, item, kind);
    double number = ofr_number(r, item, range, index >= 0 ? out[index] : 0);
    if (index >= 0) out[index] = number;
  }
}
