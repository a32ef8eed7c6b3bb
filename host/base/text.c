/* Growable text and the notations of values: see text.h. */
#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(ofr_text *text, size_t more) {
  if (text->failed) return false;
  if (more >= SIZE_MAX / 2 - text->size) {
    text->failed = true;
    return false;
  }
  size_t need = text->size + more + 1, capacity = text->capacity ? text->capacity : 256;
  if (need <= text->capacity) return true;
  while (capacity < need) capacity *= 2;
  char *data = realloc(text->data, capacity);
  if (data == NULL) {
    text->failed = true;
    return false;
  }
  text->data = data;
  text->capacity = capacity;
  return true;
}

void ofr_text_free(ofr_text *text) {
  free(text->data);
  *text = (ofr_text){0};
}

void ofr_text_clear(ofr_text *text) {
  text->size = 0;
  if (text->data != NULL) text->data[0] = '\0';
}

const char *ofr_text_chars(const ofr_text *text) { return text->data != NULL ? text->data : ""; }

void ofr_text_append(ofr_text *text, const char *bytes, size_t size) {
  if (!reserve(text, size)) return;
  if (size > 0) memcpy(text->data + text->size, bytes, size);
  text->size += size;
  text->data[text->size] = '\0';
}

void ofr_text_add(ofr_text *text, const char *string) { ofr_text_append(text, string, strlen(string)); }

void ofr_text_repeat(ofr_text *text, const char *string, int times) {
  for (int i = 0; i < times; i++) ofr_text_add(text, string);
}

void ofr_text_printf(ofr_text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int size = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (size < 0) text->failed = true;
  if (size < 0 || !reserve(text, (size_t)size)) return;
  va_start(arguments, format);
  vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
  va_end(arguments);
  text->size += (size_t)size;
}

/* Digits and the power of ten of the first one. The decimal sign, whatever the locale makes it, is no digit and falls out;
 * printing and reading back share the locale. */
static int shortest_digits(double value, char digits[18], int *exponent) {
  char printed[64];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(printed, sizeof printed, "%.*e", precision - 1, value);
    if (strtod(printed, NULL) == value) break;
  }
  int count = 0;
  const char *p = printed;
  for (; *p != 'e' && *p != '\0'; p++)
    if (*p >= '0' && *p <= '9' && count < 17) digits[count++] = *p;
  *exponent = *p == 'e' ? (int)strtol(p + 1, NULL, 10) : 0;
  while (count > 1 && digits[count - 1] == '0') count--;
  return count;
}

/* Digits with the decimal sign after the first `point` of them, zeros filled in on either side. */
static void add_digits(ofr_text *text, const char *digits, int count, int point) {
  if (point <= 0) {
    ofr_text_add(text, "0.");
    ofr_text_repeat(text, "0", -point);
    ofr_text_append(text, digits, (size_t)count);
    return;
  }
  int whole = point < count ? point : count;
  ofr_text_append(text, digits, (size_t)whole);
  ofr_text_repeat(text, "0", point - whole);
  if (count > whole) {
    ofr_text_add(text, ".");
    ofr_text_append(text, digits + whole, (size_t)(count - whole));
  }
}

void ofr_text_number(ofr_text *text, double value) {
  if (value - value != 0) {
    ofr_text_add(text, "null");
    return;
  }
  if (value == 0) {
    ofr_text_add(text, "0");
    return;
  }
  char digits[18];
  int exponent, count;
  if (value < 0) ofr_text_add(text, "-");
  count = shortest_digits(value < 0 ? -value : value, digits, &exponent);
  bool plain = exponent >= -7 && exponent < 21;
  add_digits(text, digits, count, plain ? exponent + 1 : 1);
  if (!plain) ofr_text_printf(text, "e%d", exponent);
}

void ofr_text_scaled(ofr_text *text, int64_t value, int exponent) {
  char digits[24];
  uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
  int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)magnitude), point = count + exponent;
  if (value == 0) {
    ofr_text_add(text, "0");
    return;
  }
  while (count > 1 && digits[count - 1] == '0') count--;
  if (value < 0) ofr_text_add(text, "-");
  add_digits(text, digits, count, point);
}

void ofr_text_fixed(ofr_text *text, double value, int decimals, bool thousands) {
  char printed[400], digits[400];
  if (value - value != 0) {
    ofr_text_add(text, "n/a");
    return;
  }
  int count = 0;
  bool zero = true;
  snprintf(printed, sizeof printed, "%.*f", decimals, value < 0 ? -value : value);
  for (const char *p = printed; *p != '\0'; p++)
    if (*p >= '0' && *p <= '9') {
      digits[count++] = *p;
      zero = zero && *p == '0';
    }
  if (value < 0 && !zero) ofr_text_add(text, "-");
  int whole = count - decimals;
  for (int i = 0; i < whole; i++) {
    if (thousands && i > 0 && (whole - i) % 3 == 0) ofr_text_add(text, ",");
    ofr_text_append(text, digits + i, 1);
  }
  if (decimals > 0) ofr_text_add(text, ".");
  ofr_text_append(text, digits + whole, (size_t)decimals);
}

bool ofr_power_of_ten(double scale, int *exponent) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  for (int k = -18; k <= 18; k++) {
    double ratio = k < 0 ? scale * powers[-k] : scale / powers[k];
    if (ratio > 1 - 1e-12 && ratio < 1 + 1e-12) {
      *exponent = k;
      return true;
    }
  }
  return false;
}

#define REPLACEMENT 0xFFFDu

/* The character at `string`, and how many bytes it takes. A byte that begins no valid sequence is a character by itself,
 * U+FFFD; so are overlong forms, surrogates and what lies beyond U+10FFFF. */
static int decode(const char *string, uint32_t *code) {
  const unsigned char *s = (const unsigned char *)string;
  int length = s[0] < 0x80                   ? 1
               : s[0] >= 0xC2 && s[0] < 0xE0 ? 2
               : s[0] >= 0xE0 && s[0] < 0xF0 ? 3
               : s[0] >= 0xF0 && s[0] < 0xF5 ? 4
                                             : 0;
  uint32_t value = length < 2 ? s[0] : s[0] & (0x7Fu >> length);
  for (int i = 1; i < length; i++) {
    if ((s[i] & 0xC0) != 0x80) length = 0;
    else value = value << 6 | (s[i] & 0x3Fu);
  }
  bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  bool outside = value > 0x10FFFF || (value >= 0xD800 && value < 0xE000);
  *code = length == 0 || overlong || outside ? REPLACEMENT : value;
  return length == 0 || overlong || outside ? 1 : length;
}

static void add_character(ofr_text *text, const char *string, int size, uint32_t code) {
  if (code == REPLACEMENT) ofr_text_add(text, "\xEF\xBF\xBD");
  else ofr_text_append(text, string, (size_t)size);
}

void ofr_text_json_string(ofr_text *text, const char *string) {
  static const char short_form[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"'};
  ofr_text_add(text, "\"");
  for (uint32_t code; *string != '\0';) {
    int size = decode(string, &code);
    if (code < sizeof short_form && short_form[code] != 0) ofr_text_printf(text, "\\%c", short_form[code]);
    else if (code == '\\') ofr_text_add(text, "\\\\");
    else if (code < 0x20 || code == '<' || code == 0x7F || code == 0x2028 || code == 0x2029)
      ofr_text_printf(text, "\\u%04x", code);
    else add_character(text, string, size, code);
    string += size;
  }
  ofr_text_add(text, "\"");
}

void ofr_text_csv_string(ofr_text *text, const char *string) {
  bool formula = string[0] != '\0' && strchr("=+-@\t\r", string[0]) != NULL;
  size_t length = strlen(string);
  bool outer_space = length > 0 && (string[0] == ' ' || string[length - 1] == ' ');
  bool quoted = outer_space || strpbrk(string, "\",\r\n") != NULL;
  if (quoted) ofr_text_add(text, "\"");
  if (formula) ofr_text_add(text, "'");
  for (uint32_t code; *string != '\0';) {
    int size = decode(string, &code);
    if (code == '"') ofr_text_add(text, "\"");
    add_character(text, string, size, code);
    string += size;
  }
  if (quoted) ofr_text_add(text, "\"");
}

/* Control characters, and those that turn the direction of what follows. */
static bool is_control(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void ofr_text_shell(ofr_text *text, const char *string) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,+@%~";
  if (*string != '\0' && string[strspn(string, plain)] == '\0') {
    ofr_text_add(text, string);
    return;
  }
  ofr_text_add(text, "'");
  for (const char *c = string; *c != '\0'; c++)
    if (*c == '\'') ofr_text_add(text, "'\\''");
    else ofr_text_append(text, c, 1);
  ofr_text_add(text, "'");
}

void ofr_text_markdown(ofr_text *text, const char *string) {
  for (uint32_t code; *string != '\0';) {
    int size = decode(string, &code);
    if (code == '<') ofr_text_add(text, "&lt;");
    else if (code == '>') ofr_text_add(text, "&gt;");
    else if (code == '&') ofr_text_add(text, "&amp;");
    else if (code == '\n' || code == '\r' || code == '\t') ofr_text_add(text, " ");
    else if (code < 0x80 && strchr("\\`*_{}[]()#+!|~$@:", (int)code) != NULL) ofr_text_printf(text, "\\%c", (int)code);
    else add_character(text, string, size, is_control(code) ? REPLACEMENT : code);
    string += size;
  }
}

typedef struct range {
  uint32_t first, last;
} range;

static bool in_ranges(uint32_t code, const range *ranges, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (code >= ranges[i].first && code <= ranges[i].last) return true;
  return false;
}

/* The blocks of East Asian Width W and F, and of combining marks, that names are at all likely to hold (Unicode 15). */
static int character_width(uint32_t code) {
  static const range combining[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},  {0x064B, 0x065F},
                                    {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},  {0x0E47, 0x0E4E},
                                    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x2060, 0x2060},  {0x20D0, 0x20FF},
                                    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF}};
  static const range wide[] = {{0x1100, 0x115F},   {0x231A, 0x231B},  {0x2E80, 0x303E}, {0x3041, 0x33FF},   {0x3400, 0x4DBF},
                               {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},  {0xA960, 0xA97F}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
                               {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
                               {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
  if (code < 0x300 || is_control(code)) return 1;
  if (in_ranges(code, combining, sizeof combining / sizeof *combining)) return 0;
  return in_ranges(code, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

int ofr_text_width(const char *string) {
  int width = 0;
  for (uint32_t code; *string != '\0'; width += character_width(code)) string += decode(string, &code);
  return width;
}

static void add_visible(ofr_text *text, const char *from, const char *end) {
  for (uint32_t code; from < end;) {
    int size = decode(from, &code);
    add_character(text, from, size, is_control(code) ? REPLACEMENT : code);
    from += size;
  }
}

void ofr_text_visible(ofr_text *text, const char *string) { add_visible(text, string, string + strlen(string)); }

void ofr_text_clip(ofr_text *text, const char *string, int width) {
  int total = ofr_text_width(string), used = 0;
  if (total <= width) {
    ofr_text_visible(text, string);
    return;
  }
  if (width < 1) return;
  int head = width / 2, skip = total - (width - 1 - head);
  const char *head_end = string, *p = string;
  for (uint32_t code; *p != '\0' && used < skip;) {
    p += decode(p, &code);
    used += character_width(code);
    if (used <= head) head_end = p;
  }
  add_visible(text, string, head_end);
  ofr_text_add(text, "\xE2\x80\xA6");
  ofr_text_visible(text, p);
}

/* One word that may be wider than a line: cut at the line's end. Returns the column after it. */
static int add_word(ofr_text *text, const char *from, const char *end, int width, int column, int indent) {
  for (uint32_t code; from < end;) {
    int size = decode(from, &code), columns = character_width(code);
    if (column + columns > width && column > indent) {
      ofr_text_add(text, "\n");
      ofr_text_repeat(text, " ", indent);
      column = indent;
    }
    if (code == 0xA0) ofr_text_add(text, " ");
    else add_visible(text, from, from + size);
    column += columns;
    from += size;
  }
  return column;
}

static int word_width(const char *from, const char *end) {
  int width = 0;
  for (uint32_t code; from < end; width += character_width(code)) from += decode(from, &code);
  return width;
}

void ofr_text_wrap(ofr_text *text, const char *string, int width, int column, int indent) {
  bool first = true;
  while (*string != '\0') {
    const char *end = string + strcspn(string, " ");
    if (end > string) {
      int space = first ? 0 : 1;
      if (!first && column + space + word_width(string, end) > width) {
        ofr_text_add(text, "\n");
        ofr_text_repeat(text, " ", indent);
        column = indent;
        space = 0;
      }
      ofr_text_repeat(text, " ", space);
      column = add_word(text, string, end, width, column + space, indent);
      first = false;
    }
    string = *end == '\0' ? end : end + 1;
  }
}
