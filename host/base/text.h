/* Text that grows: what every report is written into, and how a value becomes characters in each notation. The same bytes
 * whatever the locale is. Not for reading: json.h does that. */
#ifndef OFR_TEXT_H
#define OFR_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zeros is an empty text. When memory runs out, `failed` is set and stays: whatever is appended then is dropped, so that
 * a writer looks once, at the end. */
typedef struct ofr_text {
  char *data; /* ends with a NUL that `size` does not count; NULL while nothing was ever appended */
  size_t size, capacity;
  bool failed;
} ofr_text;

void ofr_text_free(ofr_text *text);               /* leaves it empty, and usable again */
void ofr_text_clear(ofr_text *text);              /* empties it but keeps its memory, and `failed` */
const char *ofr_text_chars(const ofr_text *text); /* never NULL */

void ofr_text_append(ofr_text *text, const char *bytes, size_t size);
void ofr_text_add(ofr_text *text, const char *string);
void ofr_text_repeat(ofr_text *text, const char *string, int times);
/* For names and integers. Not for %f, %e, %g: their decimal sign follows the locale. */
void ofr_text_printf(ofr_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Numbers. */

/* The fewest of 15, 16 or 17 digits that read back as the same double, without trailing zeros; plain decimals between 1e-7
 * and 1e21, else an exponent without `+`; "null" when not finite. It is JSON, and what CSV readers take. */
void ofr_text_number(ofr_text *text, double value);
/* value x 10^exponent in plain decimals, exact: 1234500, -6 is 1.2345. */
void ofr_text_scaled(ofr_text *text, int64_t value, int exponent);
/* `decimals` of them (0..9), rounded; never "-0.00"; `thousands` puts commas. "n/a" when not finite. */
void ofr_text_fixed(ofr_text *text, double value, int decimals, bool thousands);
/* True when `scale` is 10^k, -18 <= k <= 18, but for rounding; sets *exponent to k. */
bool ofr_power_of_ten(double scale, int *exponent);

/* Strings as other notations take them. Bytes that are no UTF-8 become U+FFFD. */

void ofr_text_json_string(ofr_text *text, const char *string); /* in quotes; `<` escaped too, so that it may stand in a page */
/* Quoted where needed; an apostrophe before = + - @ and tab, which spreadsheets would take for a formula. */
void ofr_text_csv_string(ofr_text *text, const char *string);
void ofr_text_shell(ofr_text *text, const char *string);    /* one word, in single quotes where a shell would need them */
void ofr_text_markdown(ofr_text *text, const char *string); /* everything literal; one line, fit for a table cell */

/* Strings on a terminal. Control and direction characters are shown as U+FFFD: a name cannot move the cursor. */

int ofr_text_width(const char *string); /* columns: wide characters 2, combining ones 0 */
void ofr_text_visible(ofr_text *text, const char *string);
void ofr_text_clip(ofr_text *text, const char *string, int width); /* at most `width` columns: the middle becomes an ellipsis */
/* Breaks at spaces so that no line exceeds `width` columns, the first begun at column `column`, later ones indented by
 * `indent`; a longer word is cut. A no-break space does not break, and is written as a space. No final newline. */
void ofr_text_wrap(ofr_text *text, const char *string, int width, int column, int indent);
#endif
