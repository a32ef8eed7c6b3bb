/* Getters: a value of a plan, checked, or a diagnosis and a fallback. Nothing here knows what a key means. */
#include "plan_reader.h"
#include <stdarg.h>
#include <string.h>

const ofr_range ofr_fraction = {0, 1, false};
const ofr_range ofr_accelerators = {0, 1e10, false};
const ofr_range ofr_price = {0, 1e9, false};
const ofr_range ofr_amount = {0, 1e15, false};
const ofr_range ofr_multiplier = {0, 1e6, false};
const ofr_range ofr_growth = {-1, 1e6, true};

/* ---- memory and messages ---- */

void *ofr_take(ofr_reader *r, int count, size_t size) {
  void *block = ofr_arena_alloc(r->arena, (size_t)count, size);
  if (!block) longjmp(r->out_of_memory, 1);
  return block;
}

__attribute__((format(printf, 2, 0))) static const char *phrase(ofr_reader *r, const char *format, va_list arguments) {
  const char *text = ofr_arena_vprintf(r->arena, format, arguments);
  if (!text) longjmp(r->out_of_memory, 1);
  return text;
}

const char *ofr_phrase(ofr_reader *r, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const char *text = phrase(r, format, arguments);
  va_end(arguments);
  return text;
}

const char *ofr_brief(ofr_reader *r, const char *text) {
  enum { SHOWN = 60 };
  size_t length = strlen(text);
  if (length <= SHOWN) return text;
  for (length = SHOWN; ((unsigned char)text[length] & 0xc0) == 0x80; length--) {
  }
  return ofr_phrase(r, "%.*s...", (int)length, text);
}

static void say(ofr_reader *r, ofr_severity severity, const ofr_json *value, const char *remedy, const char *message) {
  ofr_diagnose(r->d, severity, r->file, value->line, ofr_json_pointer(value, r->arena), remedy, "%s", message);
}

void ofr_wrong(ofr_reader *r, const ofr_json *value, const char *remedy, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(r, OFR_ERROR, value, remedy, phrase(r, format, arguments));
  va_end(arguments);
}

void ofr_doubt(ofr_reader *r, const ofr_json *value, const char *remedy, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(r, OFR_WARNING, value, remedy, phrase(r, format, arguments));
  va_end(arguments);
}

/* ---- types and keys ---- */

const char *ofr_type_name(ofr_json_type type) {
  static const char *const names[] = {"null", "true or false", "a number", "a text", "a list", "an object"};
  return names[type];
}

const char *ofr_seen(ofr_reader *r, const ofr_json *value) {
  return value->type == OFR_JSON_STRING ? ofr_phrase(r, "\"%s\"", ofr_brief(r, value->text)) : ofr_type_name(value->type);
}

bool ofr_is_note(const ofr_json *item) { return strcmp(item->key, "note") == 0; }

bool ofr_has_type(ofr_reader *r, const ofr_json *value, ofr_json_type type) {
  if (!value) return false;
  if (value->type == type) return true;
  const char *remedy = ofr_phrase(r, "write %s", ofr_type_name(type));
  ofr_wrong(r, value, remedy, "%s stands where %s belongs", ofr_seen(r, value), ofr_type_name(type));
  return false;
}

static const ofr_key *find_key(const ofr_key_table *table, const char *name) {
  for (int i = 0; i < table->count; i++)
    if (strcmp(table->keys[i].name, name) == 0) return &table->keys[i];
  return NULL;
}

static void refuse_unknown_key(ofr_reader *r, const ofr_json *value, const ofr_key_table *table) {
  enum { MOST = 32 };
  const char *names[MOST];
  int count = 0;
  for (int i = 0; i < table->count && count < MOST; i++)
    if (table->keys[i].use != OFR_KEY_LATER) names[count++] = table->keys[i].name;
  const char *nearest = ofr_nearest_name(value->key, names, count);
  const char *remedy = nearest ? ofr_phrase(r, "did you mean \"%s\"?", nearest) : NULL;
  if (!nearest) {
    remedy = "remove it, or keep a remark under \"note\"; known keys:";
    for (int i = 0; i < count; i++) remedy = ofr_phrase(r, "%s%s %s", remedy, i > 0 ? "," : "", names[i]);
  }
  ofr_wrong(r, value, remedy, "%s has no key \"%s\"", table->what, ofr_brief(r, value->key));
}

bool ofr_is_object(ofr_reader *r, const ofr_json *value, ofr_object_kind kind) {
  const ofr_key_table *table = &ofr_key_tables[kind];
  if (!ofr_has_type(r, value, OFR_JSON_OBJECT)) return false;
  for (const ofr_json *child = value->first; child; child = child->next) {
    if (ofr_is_note(child)) {
      ofr_has_type(r, child, OFR_JSON_STRING);
      continue;
    }
    const ofr_key *key = find_key(table, child->key);
    if (!key) refuse_unknown_key(r, child, table);
    else if (key->use == OFR_KEY_LATER) ofr_wrong(r, child, "leave it out", "\"%s\" is not supported yet", child->key);
  }
  for (int i = 0; i < table->count; i++) {
    const ofr_key *key = &table->keys[i];
    if (key->use != OFR_KEY_REQUIRED || ofr_json_get(value, key->name)) continue;
    ofr_wrong(r, value, ofr_phrase(r, "add \"%s\": %s", key->name, key->holds), "%s needs the key \"%s\"", table->what,
              key->name);
  }
  return true;
}

/* ---- numbers and words ---- */

static const char *range_remedy(ofr_reader *r, ofr_range range, double number) {
  const bool end_is_far = range.to >= 1e6 && !(number > range.to);
  if (end_is_far)
    return ofr_phrase(r, range.above ? "write a number above %.0f" : "write a number of %.0f or more", range.from);
  return ofr_phrase(r, range.above ? "write a number above %.0f, up to %g" : "write a number from %.0f to %g", range.from,
                    range.to);
}

double ofr_number(ofr_reader *r, const ofr_json *value, ofr_range range, double fallback) {
  if (!value) return fallback;
  if (value->type != OFR_JSON_NUMBER) {
    ofr_wrong(r, value, range_remedy(r, range, 0), "%s stands where a number belongs", ofr_seen(r, value));
    return fallback;
  }
  const double number = value->number;
  if (number > range.from && number <= range.to) return number;
  if (number == range.from && !range.above) return number;
  ofr_wrong(r, value, range_remedy(r, range, number), "%s is out of range", ofr_brief(r, value->text));
  return fallback;
}

double ofr_number_at(ofr_reader *r, const ofr_json *object, const char *key, ofr_range range, double fallback) {
  return ofr_number(r, ofr_json_get(object, key), range, fallback);
}

int ofr_whole_at(ofr_reader *r, const ofr_json *object, const char *key, int from, int to, int fallback) {
  const ofr_json *value = ofr_json_get(object, key);
  if (!ofr_has_type(r, value, OFR_JSON_NUMBER)) return fallback;
  if (value->number >= from && value->number <= to && value->number == (int)value->number) return (int)value->number;
  ofr_wrong(r, value, ofr_phrase(r, "write a whole number from %d to %d", from, to), "%s is %s", ofr_brief(r, value->text),
            value->number >= from && value->number <= to ? "not whole" : "out of range");
  return fallback;
}

bool ofr_flag_at(ofr_reader *r, const ofr_json *object, const char *key, bool fallback) {
  const ofr_json *value = ofr_json_get(object, key);
  return ofr_has_type(r, value, OFR_JSON_BOOL) ? value->boolean : fallback;
}

int ofr_word_at(ofr_reader *r, const ofr_json *object, const char *key, const char *const *words, int fallback) {
  const ofr_json *value = ofr_json_get(object, key);
  if (!ofr_has_type(r, value, OFR_JSON_STRING)) return fallback;
  int count = 0;
  const char *remedy = "write";
  for (; words[count]; count++) {
    if (strcmp(words[count], value->text) == 0) return count;
    remedy = ofr_phrase(r, "%s%s \"%s\"", remedy, count > 0 ? " or" : "", words[count]);
  }
  const char *nearest = ofr_nearest_name(value->text, words, count);
  if (nearest) remedy = ofr_phrase(r, "did you mean \"%s\"?", nearest);
  ofr_wrong(r, value, remedy, "\"%s\" is none of the choices here", ofr_brief(r, value->text));
  return fallback;
}

/* ---- months ---- */

/* `count` digits; -1 when there are others. */
static int digits(const char *text, int count) {
  int number = 0;
  for (int i = 0; i < count; i++) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = 10 * number + (text[i] - '0');
  }
  return number;
}

bool ofr_calendar_month(ofr_reader *r, const ofr_json *value, int *month) {
  static const char *const remedy = "write year and month, like \"2026-01\"";
  if (!value) return false;
  if (value->type != OFR_JSON_STRING) {
    ofr_wrong(r, value, remedy, "%s stands where a month belongs", ofr_seen(r, value));
    return false;
  }
  const char *text = value->text;
  const bool shaped = strlen(text) == 7 && text[4] == '-';
  const int year = shaped ? digits(text, 4) : -1, month_of_year = shaped ? digits(text + 5, 2) : -1;
  if (year < 1900 || year > 2999 || month_of_year < 1 || month_of_year > 12) {
    ofr_wrong(r, value, remedy, "\"%s\" is no month", ofr_brief(r, text));
    return false;
  }
  *month = 12 * year + month_of_year - 1;
  return true;
}

bool ofr_month(ofr_reader *r, const ofr_json *value, int *month) {
  if (!ofr_calendar_month(r, value, month)) return false;
  *month -= 12 * r->plan->start_year + r->plan->start_month - 1;
  return true;
}

ofr_span ofr_span_of(ofr_reader *r, const ofr_json *object) {
  const ofr_json *to_value = ofr_json_get(object, "to");
  const int last = r->plan->months - 1;
  int from = 0, to = last;
  bool has_from = ofr_month(r, ofr_json_get(object, "from"), &from);
  bool has_to = ofr_month(r, to_value, &to);
  if (has_from && has_to && from > to) {
    ofr_wrong(r, to_value, "let \"to\" be the last month, \"from\" the first", "\"to\" lies before \"from\"");
    to = from;
  }
  if (!has_from && to < from) from = to; /* ends before the horizon: it never counts within it */
  if (!has_to && from > to) to = from;
  return (ofr_span){.from = from > 0 ? from : 0, .to = to < last ? to : last, .true_from = from, .true_to = to};
}
