/* 2^x, ln and normal deviates from + - x fma sqrt alone. Polynomials fitted for this file (weighted least squares, reweighted
 * to the minimax); the error bounds below are checked over every float by a test. */
#ifndef OFR_REAL_MATH_H
#define OFR_REAL_MATH_H

/* 2^x for -125 <= x <= 126: relative error below 8.1e-8, 0.96 ulp; exact at whole x. */
FN real exp2_real(real x) {
  real shifted = x + R(12582912.0f); /* 1.5 x 2^23: the nearest whole number lands in the low bits */
  real f = x - (shifted - R(12582912.0f));
  real p = R(1.535336191e-4f);
  p = r_fma(p, f, R(1.339887441e-3f));
  p = r_fma(p, f, R(9.618437358e-3f));
  p = r_fma(p, f, R(5.550332471e-2f));
  p = r_fma(p, f, R(2.402264791e-1f));
  p = r_fma(p, f, R(6.931472029e-1f));
  p = r_fma(p, f, R(1.0f));
  return r_from_bits(w_from_bits(p) + (w_from_bits(shifted) << 23));
}

/* ln x for normal x > 0: relative error below 1.23e-7, 1.17 ulp, next to 1 as elsewhere; ln 1 is 0. */
FN real log_real(real x) {
  word i = w_from_bits(x) - W(0x3f3504f3u); /* sqrt(1/2) */
  real e = r_from_word(w_sar(i, 23));
  real f = r_from_bits((i & W(0x007fffffu)) + W(0x3f3504f3u)) - R(1.0f);
  real p = R(6.746641082e-2f);
  p = r_fma(p, f, R(-1.167565199e-1f));
  p = r_fma(p, f, R(1.188816209e-1f));
  p = r_fma(p, f, R(-1.240558888e-1f));
  p = r_fma(p, f, R(1.421955238e-1f));
  p = r_fma(p, f, R(-1.666799586e-1f));
  p = r_fma(p, f, R(2.000211866e-1f));
  p = r_fma(p, f, R(-2.500000960e-1f));
  p = r_fma(p, f, R(3.333331260e-1f));
  real f2 = f * f;
  real y = r_fma(p * f, f2, r_fma(f2, R(-0.5f), f));
  return r_fma(e, R(0.693147180559945f), y);
}

/* Uniform on (0, 1]: the top 24 bits, in the middle of their cell. */
FN real uniform_real(word u) { return r_fma(r_from_word(u >> 8), R(5.9604644775390625e-8f), R(2.98023223876953125e-8f)); }

typedef struct normals { real a, b; } normals;

/* Box and Muller: two independent normal deviates from two words. The angle is a whole turn in 32 bits. Absolute error below
 * 1e-6, of what these two words stand for; the 24 bits of the radius end the tails at 5.887 and thin them by 5e-6 beyond 4, by
 * 0.1 % beyond 5. */
FN normals normal_pair(word u, word angle) {
  real radius = r_sqrt(log_real(uniform_real(u)) * R(-2.0f));
  word quarter = (angle + W(0x20000000u)) >> 30;
  real f = r_from_word(angle - (quarter << 30)) * R(9.31322574615478515625e-10f); /* -1/2 .. 1/2 of a quarter turn */
  real z = f * f;
  real s = r_fma(R(-4.601657781e-3f), z, R(7.968003272e-2f));
  s = r_fma(s, z, R(-6.459634602e-1f));
  s = r_fma(s, z, R(1.570796322f)) * f;
  real c = r_fma(R(9.037665427e-4f), z, R(-2.086016511e-2f));
  c = r_fma(c, z, R(2.536692260e-1f));
  c = r_fma(c, z, R(-1.233700543f));
  c = r_fma(c, z, R(1.0f));
  mask swap = w_eq(quarter & W(1u), W(1u));
  word sine_sign = (quarter & W(2u)) << 30, cosine_sign = ((quarter + W(1u)) & W(2u)) << 30;
  normals n;
  n.a = radius * r_from_bits(w_from_bits(r_select(swap, s, c)) ^ cosine_sign);
  n.b = radius * r_from_bits(w_from_bits(r_select(swap, c, s)) ^ sine_sign);
  return n;
}
#endif
