/* Text -> strict scan -> cJSON -> an immutable tree of our own; and addressing within that tree. cJSON supplies structure
 * and unescaped strings. Lines and numbers come from the text itself: cJSON keeps no lines, reads at most 63 characters of
 * a number and converts them by the process's locale. */
#define _POSIX_C_SOURCE 200809L
#include "json.h"
#include "json_scan.h"
#include <cjson/cJSON.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- text to tree ---- */

/* Walks text that the scan has passed, in step with cJSON's tree of it. */
typedef struct cursor {
  const char *at, *end;
  int line;
  const char *file;
  ofr_arena *arena;
  ofr_diagnostics *d;
  bool ok;
} cursor;

static void out_of_memory(cursor *c) {
  if (c->ok)
    ofr_diagnose(c->d, OFR_ERROR, c->file, 0, "", "use a smaller file or a larger machine", "memory ran out while reading");
  c->ok = false;
}

/* To the next token that is a value, a key or a closing bracket. */
static void skip_between(cursor *c) {
  for (; strchr(" \t\r\n,:", *c->at); c->at++)
    if (*c->at == '\n') c->line++;
}

static void skip_string(cursor *c) {
  for (c->at++; *c->at != '"'; c->at++)
    if (*c->at == '\\') c->at++;
  c->at++;
}

static char *copy_text(cursor *c, const char *text, size_t length) {
  char *copy = ofr_arena_copy(c->arena, text, length);
  if (!copy) out_of_memory(c);
  return copy;
}

static void take_string(cursor *c, const cJSON *item, ofr_json *value) {
  skip_string(c);
  value->type = OFR_JSON_STRING;
  value->text = copy_text(c, item->valuestring, strlen(item->valuestring));
}

static bool is_in_number(char c) { return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E'; }

static void take_number(cursor *c, ofr_json *value) {
  const char *from = c->at;
  while (c->at < c->end && is_in_number(*c->at)) c->at++;
  value->type = OFR_JSON_NUMBER;
  value->text = copy_text(c, from, (size_t)(c->at - from));
  if (!value->text) return;
  value->number = strtod(value->text, NULL);
  if (isfinite(value->number)) return;
  ofr_diagnose(c->d, OFR_ERROR, c->file, value->line, ofr_json_pointer(value, c->arena), "write a number below 1.7e308",
               "%.40s is too large for a number", value->text);
  c->ok = false;
}

static void take_word(cursor *c, ofr_json *value) {
  value->type = *c->at == 'n' ? OFR_JSON_NULL : OFR_JSON_BOOL;
  value->boolean = *c->at == 't';
  c->at += *c->at == 'f' ? 5 : 4;
}

static ofr_json *convert(cursor *c, const cJSON *item, ofr_json *parent, int index);

static void take_children(cursor *c, const cJSON *item, ofr_json *value) {
  value->type = *c->at == '{' ? OFR_JSON_OBJECT : OFR_JSON_ARRAY;
  c->at++;
  ofr_json **link = &value->first;
  for (const cJSON *child = item->child; child; child = child->next) {
    skip_between(c);
    if (value->type == OFR_JSON_OBJECT) skip_string(c);
    *link = convert(c, child, value, value->count);
    if (!*link) return;
    value->count++;
    link = &(*link)->next;
  }
  skip_between(c);
  c->at++;
}

static int by_key(const void *left, const void *right) {
  const ofr_json *a = *(ofr_json *const *)left, *b = *(ofr_json *const *)right;
  int order = strcmp(a->key, b->key);
  return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static void refuse_duplicate_keys(cursor *c, const ofr_json *object) {
  if (object->type != OFR_JSON_OBJECT || object->count < 2) return;
  const ofr_json **children = malloc((size_t)object->count * sizeof *children);
  if (!children) {
    out_of_memory(c);
    return;
  }
  int count = 0;
  for (const ofr_json *child = object->first; child; child = child->next) children[count++] = child;
  qsort(children, (size_t)count, sizeof *children, by_key);
  for (int i = 1; i < count; i++) {
    if (strcmp(children[i - 1]->key, children[i]->key) != 0) continue;
    ofr_diagnose(c->d, OFR_ERROR, c->file, children[i]->line, ofr_json_pointer(children[i], c->arena), "keep one of the two",
                 "the key \"%s\" was there already, on line %d", children[i]->key, children[i - 1]->line);
    c->ok = false;
  }
  free(children);
}

/* NULL only when memory has run out; other errors leave a whole tree and c->ok false. */
static ofr_json *convert(cursor *c, const cJSON *item, ofr_json *parent, int index) {
  skip_between(c);
  ofr_json *value = ofr_arena_alloc(c->arena, 1, sizeof *value);
  if (!value) {
    out_of_memory(c);
    return NULL;
  }
  value->line = c->line;
  value->index = index;
  value->parent = parent;
  if (item->string) value->key = copy_text(c, item->string, strlen(item->string));
  if (item->string && !value->key) return NULL;

  if (*c->at == '"') take_string(c, item, value);
  else if (*c->at == '{' || *c->at == '[') take_children(c, item, value);
  else if (strchr("tfn", *c->at)) take_word(c, value);
  else take_number(c, value);
  if (value->type == OFR_JSON_OBJECT && c->ok) refuse_duplicate_keys(c, value);
  return value;
}

/* A copy that ends in NUL and in which every number is a 0 and blanks: what cJSON is given. */
static char *without_numbers(const char *text, size_t size) {
  char *copy = malloc(size + 1);
  if (!copy) return NULL;
  memcpy(copy, text, size);
  copy[size] = 0;
  for (char *p = copy; *p;) {
    if (*p == '"') {
      for (p++; *p != '"'; p++)
        if (*p == '\\') p++;
      p++;
    } else if (*p == '-' || (*p >= '0' && *p <= '9')) {
      for (*p++ = '0'; is_in_number(*p); p++) *p = ' ';
    } else {
      p++;
    }
  }
  return copy;
}

/* cJSON notes the place of its last error in a static variable, which two threads must not do at once. */
static cJSON *parse_structure(const char *text, size_t size) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  char *copy = without_numbers(text, size);
  if (!copy) return NULL;
  pthread_mutex_lock(&lock);
  cJSON *structure = cJSON_ParseWithLengthOpts(copy, size + 1, NULL, 1);
  pthread_mutex_unlock(&lock);
  free(copy);
  return structure;
}

ofr_json *ofr_json_parse(const char *text, size_t size, const char *file, ofr_arena *arena, ofr_diagnostics *d) {
  ofr_json_fault fault;
  if (!ofr_json_scan(text, size, &fault)) {
    ofr_diagnose(d, OFR_ERROR, file, fault.line, "", fault.remedy, "%s", fault.message);
    return NULL;
  }
  cursor c = {.at = text, .end = text + size, .line = 1, .file = file, .arena = arena, .d = d, .ok = true};
  cJSON *structure = parse_structure(text, size);
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  ofr_json *root = NULL;
  if (structure && plain) {
    locale_t before = uselocale(plain);
    root = convert(&c, structure, NULL, 0);
    uselocale(before);
  } else {
    out_of_memory(&c);
  }
  if (plain) freelocale(plain);
  cJSON_Delete(structure);
  return c.ok ? root : NULL;
}

/* ---- addressing ---- */

const ofr_json *ofr_json_get(const ofr_json *object, const char *key) {
  if (!object || object->type != OFR_JSON_OBJECT) return NULL;
  for (const ofr_json *child = object->first; child; child = child->next)
    if (strcmp(child->key, key) == 0) return child;
  return NULL;
}

const ofr_json *ofr_json_at(const ofr_json *array, int index) {
  if (!array || array->type != OFR_JSON_ARRAY) return NULL;
  for (const ofr_json *child = array->first; child; child = child->next)
    if (child->index == index) return child;
  return NULL;
}

static char *prepend_key(char *at, const char *key) {
  for (size_t i = strlen(key); i > 0; i--) {
    char c = key[i - 1];
    if (c == '~' || c == '/') *--at = c == '~' ? '0' : '1';
    *--at = c == '/' ? '~' : c;
  }
  return at;
}

static char *prepend_index(char *at, int index) {
  do *--at = (char)('0' + index % 10);
  while ((index /= 10) > 0);
  return at;
}

/* Written from its end to its start, since a value knows its parent only. */
const char *ofr_json_pointer(const ofr_json *value, ofr_arena *arena) {
  size_t room = 1;
  for (const ofr_json *v = value; v && v->parent; v = v->parent) room += v->key ? 2 * strlen(v->key) + 1 : 12;
  char *text = ofr_arena_alloc(arena, room, 1);
  if (!text) return "";
  char *at = text + room - 1;
  for (const ofr_json *v = value; v && v->parent; v = v->parent) {
    at = v->key ? prepend_key(at, v->key) : prepend_index(at, v->index);
    *--at = '/';
  }
  return at;
}

/* Whether the pointer's segment [at, end), unescaped, is `name`. */
static bool segment_is(const char *at, const char *end, const char *name) {
  for (; at < end && *name; name++) {
    char c = *at++;
    if (c == '~' && at < end && (*at == '0' || *at == '1')) c = *at++ == '0' ? '~' : '/';
    if (c != *name) return false;
  }
  return at == end && *name == 0;
}

/* -1 when the segment is no index (RFC 6901: digits without leading zeros). */
static int segment_index(const char *at, const char *end) {
  if (end - at < 1 || end - at > 9 || (*at == '0' && end - at > 1)) return -1;
  int index = 0;
  for (; at < end; at++) {
    if (*at < '0' || *at > '9') return -1;
    index = 10 * index + (*at - '0');
  }
  return index;
}

static ofr_json *child_at(ofr_json *parent, const char *at, const char *end) {
  const int index = parent->type == OFR_JSON_ARRAY ? segment_index(at, end) : -1;
  for (ofr_json *child = parent->first; child; child = child->next) {
    if (child->key ? segment_is(at, end, child->key) : child->index == index) return child;
  }
  if (parent->type != OFR_JSON_ARRAY) return NULL;
  for (ofr_json *child = parent->first; child; child = child->next) {
    const ofr_json *name = ofr_json_get(child, "name");
    if (name && name->type == OFR_JSON_STRING && segment_is(at, end, name->text)) return child;
  }
  return NULL;
}

static const char *segment_end(const char *at) { return at + strcspn(at, "/"); }

ofr_json *ofr_json_find(ofr_json *root, const char *pointer) {
  ofr_json *value = root;
  for (const char *at = pointer; value && *at; at = segment_end(at)) {
    if (*at++ != '/') return NULL;
    value = child_at(value, at, segment_end(at));
  }
  return value;
}

/* ---- replacing ---- */

/* `text` as a JSON string, so that the strict reader judges its bytes. */
static char *quoted(const char *text, ofr_arena *arena) {
  char *quote = ofr_arena_alloc(arena, 2 * strlen(text) + 3, 1), *at = quote;
  if (!quote) return NULL;
  *at++ = '"';
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') *at++ = '\\';
    *at++ = *text;
  }
  *at = '"';
  return quote;
}

static void forget_lines(ofr_json *value) {
  value->line = 0;
  for (ofr_json *child = value->first; child; child = child->next) forget_lines(child);
}

static ofr_json *parse_literal(const char *pointer, const char *literal, const char *file, ofr_arena *arena,
                               ofr_diagnostics *d) {
  ofr_json_fault fault;
  const char *text = literal;
  if (!ofr_json_scan(literal, strlen(literal), &fault)) {
    text = quoted(literal, arena);
    bool meant_as_json = strchr("{[\"", literal[strspn(literal, " \t\r\n")]) != NULL; /* true for an empty one, too */
    if (literal[strspn(literal, " \t\r\n")] == 0) fault.remedy = "write a value after the =, like 2.5";
    if (!text || meant_as_json || !ofr_json_scan(text, strlen(text), &fault)) {
      ofr_diagnose(d, OFR_ERROR, file, 0, pointer, fault.remedy, "the new value is no JSON: %s", fault.message);
      return NULL;
    }
  }
  int before = d->count;
  ofr_json *value = ofr_json_parse(text, strlen(text), file, arena, d);
  if (value) forget_lines(value);
  for (int i = before; i < d->count; i++) { /* the file has no line of it */
    d->items[i].line = 0;
    d->items[i].pointer = ofr_arena_printf(arena, "%s%s", pointer, d->items[i].pointer);
  }
  return value;
}

/* The key comes from a command line, so its bytes are checked like any string's. */
static ofr_json *add_key(ofr_json *parent, const char *at, ofr_arena *arena) {
  char *key = ofr_arena_alloc(arena, strlen(at) + 1, 1), *to = key;
  ofr_json *value = ofr_arena_alloc(arena, 1, sizeof *value);
  if (!key || !value) return NULL;
  while (*at) {
    char c = *at++;
    if (c == '~' && (*at == '0' || *at == '1')) c = *at++ == '0' ? '~' : '/';
    *to++ = c;
  }
  ofr_json_fault fault;
  const char *quote = quoted(key, arena);
  if (!quote || !ofr_json_scan(quote, strlen(quote), &fault)) return NULL;
  ofr_json **link = &parent->first;
  while (*link) link = &(*link)->next;
  *link = value;
  value->key = key;
  value->parent = parent;
  value->index = parent->count++;
  return value;
}

/* What `pointer` names, made if only its last key is missing. */
static ofr_json *find_or_add(ofr_json *root, const char *pointer, ofr_arena *arena) {
  ofr_json *place = ofr_json_find(root, pointer);
  const char *last = strrchr(pointer, '/');
  if (place || !last || last[1] == 0) return place;
  const char *parent_pointer = ofr_arena_copy(arena, pointer, (size_t)(last - pointer));
  ofr_json *parent = parent_pointer ? ofr_json_find(root, parent_pointer) : NULL;
  return parent && parent->type == OFR_JSON_OBJECT ? add_key(parent, last + 1, arena) : NULL;
}

ofr_json *ofr_json_copy(const ofr_json *value, ofr_arena *arena) {
  ofr_json *copy = ofr_arena_alloc(arena, 1, sizeof *copy);
  if (!copy) return NULL;
  *copy = *value;
  copy->parent = copy->first = copy->next = NULL;
  ofr_json **link = &copy->first;
  for (const ofr_json *child = value->first; child; child = child->next, link = &(*link)->next) {
    *link = ofr_json_copy(child, arena);
    if (!*link) return NULL;
    (*link)->parent = copy;
  }
  return copy;
}

/* What there is where something else was looked for. */
static const char *names_within(const ofr_json *value, ofr_arena *arena) {
  enum { MOST = 8 };
  const char *names = "it has ";
  for (const ofr_json *child = value->first; child && names; child = child->next) {
    const ofr_json *name = ofr_json_get(child, "name");
    const char *own = child->key ? child->key : name && name->type == OFR_JSON_STRING ? name->text : NULL;
    if (!own) return ofr_arena_printf(arena, "it has items 0 to %d", value->count - 1);
    if (child->index == MOST) return ofr_arena_printf(arena, "%s and %d more", names, value->count - MOST);
    names = ofr_arena_printf(arena, "%s%s%.60s", names, child->index > 0 ? ", " : "", own);
  }
  return names;
}

/* Says how far the pointer leads, and what is there. */
static void leads_nowhere(ofr_json *root, const char *pointer, const char *file, ofr_arena *arena, ofr_diagnostics *d) {
  const char *remedy = "write a JSON pointer like /pools/0/price; list items may be addressed by name";
  const char *at = pointer, *end = pointer;
  ofr_json *place = root;
  for (ofr_json *next = root; *at == '/' && next; at = next ? end : at) {
    place = next;
    end = segment_end(at + 1);
    next = child_at(place, at + 1, end);
  }
  if (*at != '/' || at[1] == 0) {
    ofr_diagnose(d, OFR_ERROR, file, 0, pointer, remedy, "the pointer leads nowhere");
    return;
  }
  if (place->count == 0) {
    ofr_diagnose(d, OFR_ERROR, file, 0, pointer, remedy, "the pointer leads nowhere: there is nothing within %.*s",
                 (int)(at - pointer), pointer);
    return;
  }
  const char *names = names_within(place, arena);
  ofr_diagnose(d, OFR_ERROR, file, 0, pointer, names ? names : remedy, "the pointer leads nowhere: %.*s has no \"%.*s\"",
               at > pointer ? (int)(at - pointer) : 8, at > pointer ? pointer : "the plan", (int)(end - at - 1), at + 1);
}

bool ofr_json_set(ofr_json *root, const char *pointer, const char *literal, const char *file, ofr_arena *arena,
                  ofr_diagnostics *d) {
  ofr_json *value = parse_literal(pointer, literal, file, arena, d);
  if (!value) return false;
  ofr_json *place = find_or_add(root, pointer, arena);
  if (!place) {
    leads_nowhere(root, pointer, file, arena, d);
    return false;
  }
  place->type = value->type;
  place->text = value->text;
  place->number = value->number;
  place->boolean = value->boolean;
  place->line = 0;
  place->count = value->count;
  place->first = value->first;
  for (ofr_json *child = place->first; child; child = child->next) child->parent = place;
  return true;
}
