/* Whole numbers of 128 bits in two words, two's complement, for what has no such type: sums that prove a bound. All modulo
 * 2^128. */
#ifndef OFR_LONG_MATH_H
#define OFR_LONG_MATH_H

typedef struct longer { uint64 high, low; } longer;

FN longer x_of(int64 a) {
  longer r;
  r.low = (uint64)a;
  r.high = a < 0 ? ~(uint64)0 : 0;
  return r;
}

FN longer x_add(longer a, longer b) {
  longer r;
  r.low = a.low + b.low;
  r.high = a.high + b.high + (r.low < a.low);
  return r;
}

FN longer x_sub(longer a, longer b) {
  longer r;
  r.low = a.low - b.low;
  r.high = a.high - b.high - (a.low < b.low);
  return r;
}

/* Both below 2^64, neither signed. */
FN longer x_mul(uint64 a, uint64 b) {
  uint64 low = (a & 0xffffffffu) * (b & 0xffffffffu), one = (a >> 32) * (b & 0xffffffffu), two = (a & 0xffffffffu) * (b >> 32);
  uint64 middle = (low >> 32) + (one & 0xffffffffu) + (two & 0xffffffffu);
  longer r;
  r.low = middle << 32 | (low & 0xffffffffu);
  r.high = (a >> 32) * (b >> 32) + (one >> 32) + (two >> 32) + (middle >> 32);
  return r;
}

FN longer x_mul_signed(int64 a, int64 b) {
  longer r = x_mul((uint64)a, (uint64)b);
  r.high -= (a < 0 ? (uint64)b : 0) + (b < 0 ? (uint64)a : 0);
  return r;
}

FN longer x_shl(longer a, int n) { /* 0 < n < 64 */
  longer r;
  r.high = a.high << n | a.low >> (64 - n);
  r.low = a.low << n;
  return r;
}

/* floor(a / 2^n) modulo 2^64, 0 <= n < 128. */
FN int64 x_shr(longer a, int n) {
  int64 high = (int64)a.high;
  if (n >= 64) return high >> (n - 64); /* compilers of ours all shift arithmetically */
  return n == 0 ? (int64)a.low : (int64)(a.high << (64 - n) | a.low >> n);
}

FN int x_negative(longer a) { return (int64)a.high < 0; }
FN int x_is_small(longer a) { return (int64)a.high == ((int64)a.low < 0 ? -1 : 0); } /* it fits 64 bits */
#endif
