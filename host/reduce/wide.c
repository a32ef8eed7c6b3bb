#include "wide.h"
#include <math.h>

typedef struct words {
  uint64_t word[4]; /* 256 bits, least significant word first */
} words;

void ofr_wide_merge(uint64_t into[3], const uint64_t from[3]) {
  ofr_wide_add(into, (ofr_u128)from[1] << 64 | from[0]);
  into[2] += from[2];
}

/* a x b for `n` words of a; the product fits four words. */
static words times(const uint64_t *a, int n, uint64_t b) {
  words product = {{0}};
  uint64_t carry = 0;
  for (int i = 0; i < n; i++) {
    ofr_u128 part = (ofr_u128)a[i] * b + carry;
    product.word[i] = (uint64_t)part, carry = (uint64_t)(part >> 64);
  }
  product.word[n] = carry;
  return product;
}

/* minuend -= subtrahend, which is shifted up by whole words first. */
static void subtract(words *minuend, const words *subtrahend, int shift) {
  uint64_t borrow = 0;
  for (int i = shift; i < 4; i++) {
    ofr_u128 difference = (ofr_u128)minuend->word[i] - subtrahend->word[i - shift] - borrow;
    minuend->word[i] = (uint64_t)difference, borrow = (uint64_t)(difference >> 64) & 1;
  }
}

/* Correctly rounded: of the top 64 bits, and whatever lies below them folded into the last, which is past the rounding bit. */
static double to_double(const words *x) {
  int top = 3;
  while (top > 0 && x->word[top] == 0) top--;
  uint64_t head = x->word[top], rest = 0;
  if (head == 0) return 0;
  int room = __builtin_clzll(head);
  if (room > 0 && top > 0) head = head << room | x->word[top - 1] >> (64 - room), rest = x->word[top - 1] << room;
  else if (top > 0) rest = x->word[top - 1];
  else head <<= room;
  for (int i = 0; i < top - 1; i++) rest |= x->word[i];
  return ldexp((double)(head | (rest != 0)), 64 * top - room);
}

double ofr_wide_spread(uint64_t count, ofr_i128 sum, const uint64_t square_sum[3]) {
  ofr_u128 size = sum < 0 ? -(ofr_u128)sum : (ofr_u128)sum;
  uint64_t half[2] = {(uint64_t)size, (uint64_t)(size >> 64)};
  words spread = times(square_sum, 3, count), low = times(half, 2, half[0]), high = times(half, 2, half[1]);
  subtract(&spread, &low, 0);
  subtract(&spread, &high, 1);
  return sqrt(to_double(&spread));
}

void ofr_wide_add_weighted(uint64_t sum[3], int64_t value, uint64_t weight) {
  ofr_u128 square = ofr_wide_square(value);
  uint64_t halves[2] = {(uint64_t)square, (uint64_t)(square >> 64)};
  words product = times(halves, 2, weight);
  ofr_wide_merge(sum, product.word);
}

double ofr_wide_weighted_deviation(uint64_t count, ofr_u128 weight_squares, ofr_i128 sum, const uint64_t square_sum[3],
                                   double *effective) {
  *effective = weight_squares > 0 ? (double)count * (double)count / (double)weight_squares : 0;
  if (!(*effective > 1)) return 0;
  return ofr_wide_spread(count, sum, square_sum) / (double)count * sqrt(*effective / (*effective - 1));
}

double ofr_wide_deviation(uint64_t count, ofr_i128 sum, const uint64_t square_sum[3]) {
  if (count < 2) return 0;
  return ofr_wide_spread(count, sum, square_sum) / sqrt((double)count * (double)(count - 1));
}
