/* Exact whole-number arithmetic on money and work: scaling by a fraction, ratios in parts per billion, quotients. */
#ifndef OFR_WIDE_MATH_H
#define OFR_WIDE_MATH_H

#ifndef FN_CALLED /* long, and called at the end of a path only: where code is dear, a function that is called */
#define FN_CALLED FN
#endif

FN wide l_min(wide a, wide b) { return l_select(l_lt(b, a), b, a); }
FN wide l_positive(wide a) { return l_keep(l_lt(L(0), a), a); } /* max(0, a) */
FN wide l_shift(wide a, int right) { return right >= 0 ? l_shr(a, right) : l_shl(a, -right); }
/* The same by one of the plan's shifts to money, most of which all go right: then a kernel built for it need not look. */
#define l_money(im, a, right) (SPECIALISED && !HAS(im, left_shifts) ? l_shr(a, right) : l_shift(a, right))

/* floor(a x fraction / 2^bits); 0 <= a < 2^62, bits <= 31, result below 2^62. */
FN wide l_scale(wide a, uint32 fraction, int bits) {
  wide low = l_mul_low(a, fraction), high = l_mul_low(l_shr(a, 32), fraction);
  return l_add(l_shl(high, 32 - bits), l_shr(low, bits));
}

/* The same of what may be negative, towards zero. */
FN wide l_negate(mask m, wide a) { return l_select(m, l_sub(L(0), a), a); }

FN wide l_scale_signed(wide a, uint32 fraction, int bits) {
  mask below = l_lt(a, L(0));
  return l_negate(below, l_scale(l_negate(below, a), fraction, bits));
}

FN wide l_shr_signed(wide a, int n) {
  mask below = l_lt(a, L(0));
  return l_negate(below, l_shr(l_negate(below, a), n));
}

/* floor(a x fraction / 2^FRACTION_BITS), a fraction for each lane, at most 1. */
FN wide l_part(wide a, word fraction) {
  wide low = l_mul(w_low(a), fraction), high = l_mul(w_high(a), fraction);
  return l_add(l_shl(high, 32 - FRACTION_BITS), l_shr(low, FRACTION_BITS));
}

/* a x m modulo 2^64, m below 2^31. */
FN wide l_times(wide a, word m) { return l_add(l_mul(w_low(a), m), l_shl(l_mul(w_high(a), m), 32)); }

/* One digit of a long division in base `base` <= 1024: takes floor(x / b) out of x = *rest x base + next and leaves the new
 * rest, 0 <= rest < b < 2^61. float32 guesses the digit to within one, whole numbers make it exact; what exceeds 64 bits on the
 * way cancels. `inverse` is 1 / b, and 0 <= next < base. */
FN word l_digit(wide *rest, wide b, real inverse, uint32 base, wide next) {
  word guess = w_from_real(r_fma(r_from_wide(*rest), R((float)base), r_from_word(w_low(next))) * inverse);
  wide left = l_sub(l_add(l_times(*rest, W(base)), next), l_times(b, guess));
  mask over = l_lt(left, L(0));
  left = l_select(over, l_add(left, b), left);
  guess = w_select(over, guess - W(1u), guess);
  mask under = m_and_not(m_all(), l_lt(left, b));
  *rest = l_select(under, l_sub(left, b), left);
  return w_select(under, guess + W(1u), guess);
}

/* floor(a x 10^9 / b), or `empty` where b is 0. 0 <= a <= b < 2^59. */
FN_CALLED wide l_ppb(wide a, wide b, int64 empty) {
  mask some = l_lt(L(0), b), whole = m_and_not(some, l_lt(a, b));
  wide by = l_select(some, b, L(1)), rest = l_select(l_lt(a, b), a, L(0));
  real inverse = r_divide(R(1.0f), r_from_wide(by));
  word q = W(0u);
  ROLLED for (int i = 0; i < 3; i++) q = q * W(1000u) + l_digit(&rest, by, inverse, 1000u, L(0));
  return l_select(some, l_select(whole, L(1000000000), l_from_word(q)), L(empty));
}

/* floor(a / 10^9), 0 <= a < 2^60: by the reciprocal 2^60 / 10^9 in two steps of 30 bits, then made exact. */
FN_CALLED wide l_per_billion(wide a) {
  wide q = l_shr(l_mul(w_low(l_shr(a, 29)), W(1152921504u)), 31);
  ROLLED for (int i = 0; i < 3; i++) {
    wide rest = l_sub(a, l_mul(w_low(q), W(1000000000u)));
    q = l_add(q, l_select(l_lt(rest, L(1000000000)), L(0), L(1)));
  }
  return q;
}

/* floor(a x 2^(10 digits) / b), at most 2^62 - 1; MISSING_VALUE where b is 0. 0 <= a < 2^62, 0 <= b < 2^61. */
FN_CALLED wide l_quotient(wide a, wide b, int digits) {
  mask some = l_lt(L(0), b), full = m_none();
  wide by = l_select(some, b, L(1)), rest = L(0), q = L(0);
  real inverse = r_divide(R(1.0f), r_from_wide(by));
  ROLLED for (int i = 6; i >= -digits; i--) {
    wide next = i >= 0 ? l_and(l_shr(a, i >= 0 ? 10 * i : 0), L(1023)) : L(0);
    word digit = l_digit(&rest, by, inverse, 1024u, next);
    full = m_or(full, l_lt(L(((int64)1 << 52) - 1), q));
    q = l_add(l_shl(q, 10), l_from_word(digit));
  }
  return l_select(some, l_select(full, L(((int64)1 << 62) - 1), q), L(MISSING_VALUE));
}
#endif
