/* Exact whole-number arithmetic on money and work: scaling by a fraction, ratios in parts per billion, quotients. */
#ifndef OFR_WIDE_MATH_H
#define OFR_WIDE_MATH_H

FN wide l_min(wide a, wide b) { return l_select(l_lt(b, a), b, a); }
FN wide l_positive(wide a) { return l_keep(l_lt(L(0), a), a); } /* max(0, a) */
FN wide l_shift(wide a, int right) { return right >= 0 ? l_shr(a, right) : l_shl(a, -right); }

/* floor(a x fraction / 2^bits); 0 <= a < 2^62, bits <= 31, result below 2^62. */
FN wide l_scale(wide a, uint32 fraction, int bits) {
  wide low = l_mul(w_low(a), W(fraction)), high = l_mul(w_high(a), W(fraction));
  return l_add(l_shl(high, 32 - bits), l_shr(low, bits));
}

/* floor(a x 10^9 / b), or `empty` where b is 0. 0 <= a <= b < 2^59. Nine decimal digits by restoring division: no divider. */
FN wide l_ppb(wide a, wide b, int64 empty) {
  mask some = l_lt(L(0), b);
  mask whole = m_and_not(some, l_lt(a, b));
  wide rest = a, q = L(0);
  for (int digit = 0; digit < 9; digit++) {
    rest = l_add(l_shl(rest, 3), l_shl(rest, 1));
    wide value = L(0);
    for (int bit = 3; bit >= 0; bit--) {
      wide step = l_shl(b, bit);
      mask less = l_lt(rest, step);
      rest = l_select(less, rest, l_sub(rest, step));
      value = l_add(l_shl(value, 1), l_select(less, L(0), L(1)));
    }
    q = l_add(l_add(l_shl(q, 3), l_shl(q, 1)), value);
  }
  q = l_select(whole, L(1000000000), q);
  return l_select(some, q, L(empty));
}

/* floor(a / 10^9), 0 <= a < 2^60: by the reciprocal 2^60 / 10^9 in two steps of 30 bits, then made exact. */
FN wide l_per_billion(wide a) {
  wide q = l_shr(l_mul(w_low(l_shr(a, 29)), W(1152921504u)), 31);
  for (int i = 0; i < 3; i++) {
    wide rest = l_sub(a, l_mul(w_low(q), W(1000000000u)));
    q = l_add(q, l_select(l_lt(rest, L(1000000000)), L(0), L(1)));
  }
  return q;
}

/* floor(a x 2^bits / b), at most 2^62 - 1; MISSING_VALUE where b is 0. 0 <= a < 2^62, 0 <= b < 2^61. */
FN wide l_quotient(wide a, wide b, int bits) {
  wide rest = L(0), q = L(0);
  for (int i = 61; i >= -bits; i--) {
    wide next = i >= 0 ? l_and(l_shr(a, i >= 0 ? i : 0), L(1)) : L(0);
    rest = l_or(l_shl(rest, 1), next);
    mask less = l_lt(rest, b);
    mask full = l_lt(L(((int64)1 << 61) - 1), q); /* would overflow: stay at the top */
    rest = l_select(less, rest, l_sub(rest, b));
    wide grown = l_or(l_shl(q, 1), l_select(less, L(0), L(1)));
    q = l_select(full, L(((int64)1 << 62) - 1), grown);
  }
  return l_select(l_lt(L(0), b), q, L(MISSING_VALUE));
}
#endif
