/* A recursive descent over the grammar of RFC 8259 that keeps nothing but its place. It says yes, or where and why not. */
#include "json_scan.h"
#include "json.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct scanner {
  const unsigned char *at, *end;
  int line, depth, values;
  ofr_json_fault *fault;
} scanner;

__attribute__((format(printf, 4, 5))) static bool fail_at(scanner *s, int line, const char *remedy, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(s->fault->message, sizeof s->fault->message, format, arguments);
  va_end(arguments);
  s->fault->line = line;
  s->fault->remedy = remedy;
  return false;
}

static bool fail(scanner *s, const char *remedy, const char *message) { return fail_at(s, s->line, remedy, "%s", message); }

/* The byte at the scanner's place; -1 at the end. */
static int peek(const scanner *s) { return s->at < s->end ? *s->at : -1; }

static bool is_digit(int c) { return c >= '0' && c <= '9'; }

static bool is_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }

static void skip_blank(scanner *s) {
  for (; s->at < s->end; s->at++) {
    if (*s->at == '\n') s->line++;
    else if (*s->at != ' ' && *s->at != '\t' && *s->at != '\r') return;
  }
}

int ofr_utf8_length(const unsigned char *at, const unsigned char *end) {
  if (at >= end) return 0;
  unsigned lead = at[0];
  if (lead < 0x80) return 1;
  int length = lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) == 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length == 0 || end - at < length) return 0;
  for (int i = 1; i < length; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  bool overlong = (lead == 0xe0 && at[1] < 0xa0) || (lead == 0xf0 && at[1] < 0x90);
  bool surrogate = lead == 0xed && at[1] > 0x9f;
  bool too_large = lead == 0xf4 && at[1] > 0x8f;
  return overlong || surrogate || too_large ? 0 : length;
}

/* ---- strings ---- */

/* Four hexadecimal digits; -1 when there are none. */
static int32_t scan_hex4(scanner *s) {
  int32_t code = 0;
  for (int i = 0; i < 4; i++, s->at++) {
    int c = peek(s);
    if (is_digit(c)) code = 16 * code + (c - '0');
    else if (c >= 'a' && c <= 'f') code = 16 * code + (c - 'a' + 10);
    else if (c >= 'A' && c <= 'F') code = 16 * code + (c - 'A' + 10);
    else return -1;
  }
  return code;
}

static bool scan_unicode_escape(scanner *s) {
  static const char *const four = "write four hexadecimal digits after \\u";
  static const char *const both =
      "write the high surrogate (d800 to dbff) and then the low one (dc00 to dfff), or the character itself";
  int32_t code = scan_hex4(s);
  if (code < 0) return fail(s, four, "\\u is not followed by four hexadecimal digits");
  if (code == 0) return fail(s, "leave \\u0000 out", "a string holds the character NUL");
  if (code >= 0xdc00 && code <= 0xdfff) return fail(s, both, "a low surrogate stands alone");
  if (code < 0xd800 || code > 0xdbff) return true;

  if (s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u') return fail(s, both, "a high surrogate stands alone");
  s->at += 2;
  code = scan_hex4(s);
  if (code < 0) return fail(s, four, "\\u is not followed by four hexadecimal digits");
  if (code < 0xdc00 || code > 0xdfff) return fail(s, both, "a high surrogate stands alone");
  return true;
}

static bool scan_escape(scanner *s) {
  s->at++;
  int c = peek(s);
  if (c == 'u') {
    s->at++;
    return scan_unicode_escape(s);
  }
  if (c <= 0 || !strchr("\"\\/bfnrt", c))
    return fail(s, "write \\\\ for a backslash; only \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u are escapes",
                "a backslash starts no escape that JSON knows");
  s->at++;
  return true;
}

static bool scan_string(scanner *s) {
  s->at++;
  for (;;) {
    int c = peek(s);
    if (c < 0) return fail(s, "close it with \"", "a string is not closed");
    if (c == '"') break;
    if (c == '\n' || c == '\r')
      return fail(s, "close it with \", or write a line break as \\n", "a string is not closed on its line");
    if (c < 0x20)
      return fail_at(s, s->line, "write a tab as \\t, others as \\u00XX", "a string holds the control character 0x%02x",
                     (unsigned)c);
    if (c == '\\') {
      if (!scan_escape(s)) return false;
      continue;
    }
    int length = ofr_utf8_length(s->at, s->end);
    if (length == 0) return fail_at(s, s->line, "save the file as UTF-8", "a string is not UTF-8 (byte 0x%02x)", (unsigned)c);
    s->at += length;
  }
  s->at++;
  return true;
}

/* ---- numbers and words ---- */

static bool scan_digits(scanner *s) {
  const unsigned char *from = s->at;
  while (is_digit(peek(s))) s->at++;
  return s->at > from;
}

static bool scan_number(scanner *s) {
  if (peek(s) == '-') s->at++;
  if (peek(s) == '0' && s->end - s->at > 1 && is_digit(s->at[1]))
    return fail(s, "leave the leading zeros out", "a number starts with 0");
  if (!scan_digits(s)) return fail(s, "write a finite number in digits, like -0.5", "a minus sign is not followed by a digit");
  if (peek(s) == '.') {
    s->at++;
    if (!scan_digits(s)) return fail(s, "write 1.0 or 1", "a decimal point is not followed by a digit");
  }
  if (peek(s) == 'e' || peek(s) == 'E') {
    s->at++;
    if (peek(s) == '+' || peek(s) == '-') s->at++;
    if (!scan_digits(s)) return fail(s, "write it like 2.5e9", "an exponent has no digits");
  }
  if (is_letter(peek(s)) || peek(s) == '.' || peek(s) == '+' || peek(s) == '-')
    return fail_at(s, s->line, "write a number in decimal, like 25000 or 2.5e9; anything else in double quotes",
                   "a number is followed by \"%c\"", peek(s));
  return true;
}

static bool scan_word(scanner *s) {
  static const char *const words[] = {"true", "false", "null"};
  const unsigned char *from = s->at;
  while (is_letter(peek(s)) || is_digit(peek(s))) s->at++;
  size_t length = (size_t)(s->at - from);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (length == strlen(words[i]) && memcmp(from, words[i], length) == 0) return true;
  return fail_at(s, s->line, "put a text in double quotes; the only words are true, false and null; numbers must be finite",
                 "the word %.*s has no meaning in JSON", length > 40 ? 40 : (int)length, (const char *)from);
}

/* ---- values ---- */

static bool no_value(scanner *s) {
  int c = peek(s);
  switch (c) {
  case -1: return fail(s, "the file may be cut short: complete it", "the text ends where a value belongs");
  case '\'': return fail(s, "use double quotes", "a text stands in single quotes");
  case '/':
  case '#': return fail(s, "put the text under a \"note\" key", "JSON has no comments");
  case '+': return fail(s, "leave the + out", "a number starts with +");
  case '.': return fail(s, "write 0.5, not .5", "a number starts with a point");
  case ',': return fail(s, "remove one comma, or put a value before it", "a comma stands where a value belongs");
  case ']':
  case '}': return fail(s, "remove the comma before it, or add the value", "a bracket closes where a value belongs");
  default: break;
  }
  if (c > 0x20 && c < 0x7f) return fail_at(s, s->line, "write a value", "\"%c\" stands where a value belongs", c);
  return fail_at(s, s->line, "save the file as plain UTF-8 text", "the byte 0x%02x stands where a value belongs", (unsigned)c);
}

static bool scan_value(scanner *s);

/* `"key":`, up to the value. */
static bool scan_key(scanner *s) {
  skip_blank(s);
  if (peek(s) == '}') return fail(s, "remove the comma", "a comma stands before }");
  if (peek(s) == '/' || peek(s) == '#' || peek(s) == '\'' || peek(s) == -1) return no_value(s);
  if (is_digit(peek(s)))
    return fail(s, "write numbers without commas, like 25000; keys in double quotes", "a number stands where a key belongs");
  if (peek(s) != '"') return fail(s, "write keys in double quotes, like \"name\": 1", "a key in double quotes belongs here");
  if (!scan_string(s)) return false;
  skip_blank(s);
  if (peek(s) != ':') return fail(s, "put : between a key and its value", "a key is not followed by a colon");
  s->at++;
  return true;
}

/* After a value within `close`'s brackets: 1 = another follows, 0 = closed, -1 = failed. */
static int scan_separator(scanner *s, int close, int opened) {
  skip_blank(s);
  int c = peek(s);
  if (c == ',' || c == close) {
    s->at++;
    return c == ',';
  }
  if (c < 0) fail_at(s, opened, close == ']' ? "close it with ]" : "close it with }", "what opens here is not closed");
  else if (c == '/' || c == '#') no_value(s);
  else if (c == ']' || c == '}') fail_at(s, s->line, "make brackets match", "%c stands where %c belongs", c, close);
  else if (c == ':') fail(s, "lists have no keys: use { } for keys", "a colon stands where a comma belongs");
  else fail(s, "put a comma between values", "a comma is missing");
  return -1;
}

static bool scan_container(scanner *s, int close) {
  const int opened = s->line;
  if (++s->depth > OFR_JSON_MAX_DEPTH)
    return fail_at(s, s->line, "nest less deeply", "brackets are nested more than %d deep", OFR_JSON_MAX_DEPTH);
  s->at++;
  skip_blank(s);
  int more = 1;
  if (peek(s) == close) {
    s->at++;
    more = 0;
  }
  while (more > 0) {
    if (close == '}' && !scan_key(s)) return false;
    if (!scan_value(s)) return false;
    more = scan_separator(s, close, opened);
  }
  s->depth--;
  return more == 0;
}

static bool scan_value(scanner *s) {
  skip_blank(s);
  if (++s->values > OFR_JSON_MAX_VALUES)
    return fail_at(s, s->line, "keep tables in files of their own", "there are more than %d values", OFR_JSON_MAX_VALUES);
  int c = peek(s);
  if (c == '{') return scan_container(s, '}');
  if (c == '[') return scan_container(s, ']');
  if (c == '"') return scan_string(s);
  if (c == '-' || is_digit(c)) return scan_number(s);
  if (is_letter(c)) return scan_word(s);
  return no_value(s);
}

bool ofr_json_scan(const char *text, size_t size, ofr_json_fault *fault) {
  const unsigned char *bytes = (const unsigned char *)text;
  scanner s = {.at = bytes, .end = bytes + size, .line = 1, .fault = fault};
  if (size > OFR_JSON_MAX_BYTES)
    return fail_at(&s, 1, "keep tables in files of their own", "the text is larger than %d bytes", OFR_JSON_MAX_BYTES);
  if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
    return fail(&s, "save the file as UTF-8 without a byte-order mark", "the text starts with a byte-order mark");
  if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
    return fail(&s, "save the file as UTF-8", "the text is in UTF-16");
  skip_blank(&s);
  if (s.at == s.end) return fail(&s, "name another file, or look at what should have written it", "the text is empty");
  if (!scan_value(&s)) return false;
  skip_blank(&s);
  if (s.at < s.end) return fail(&s, "remove it: a file holds one value", "something follows the end of the value");
  return true;
}
