/* exp, log and pow in double-double: each is carried to some 100 bits and rounded once at the end, so that the result is
 * the correctly rounded one but for about one argument in 2^45. Slow (a microsecond), which tables can afford.
 *
 * Sources: the error-free sum and product are Knuth's and Dekker's (T. J. Dekker, "A floating-point technique for extending
 * the available precision", 1971). They need IEEE doubles, no contraction (-ffp-contract=off) and no fast-math. */
#include "fixed_math.h"
#include <float.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "doubles must be evaluated as doubles");
#ifdef __FAST_MATH__
#error "fixed_math.c must not be compiled with -ffast-math"
#endif

/* The unevaluated sum hi + lo, |lo| <= half a unit in the last place of hi. */
typedef struct pair {
  double hi, lo;
} pair;

static const pair ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

static pair sum_of_ordered(double a, double b) { /* |a| >= |b| */
  double s = a + b;
  return (pair){s, b - (s - a)};
}

static pair sum_of(double a, double b) {
  double s = a + b;
  double b_part = s - a;
  return (pair){s, (a - (s - b_part)) + (b - b_part)};
}

static pair halves_of(double a) { /* 26 bits each; |a| < 2^996 */
  double c = 134217729.0 * a;
  double hi = c - (c - a);
  return (pair){hi, a - hi};
}

static pair product_of(double a, double b) {
  pair x = halves_of(a), y = halves_of(b);
  double p = a * b;
  return (pair){p, ((x.hi * y.hi - p) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo};
}

static pair add(pair x, pair y) {
  pair s = sum_of(x.hi, y.hi), t = sum_of(x.lo, y.lo);
  s = sum_of_ordered(s.hi, s.lo + t.hi);
  return sum_of_ordered(s.hi, s.lo + t.lo);
}

static pair multiply(pair x, pair y) {
  pair p = product_of(x.hi, y.hi);
  return sum_of_ordered(p.hi, p.lo + (x.hi * y.lo + x.lo * y.hi));
}

static pair divide(pair x, pair y) {
  double q = x.hi / y.hi;
  pair p = multiply((pair){q, 0}, y);
  double rest = ((x.hi - p.hi) - p.lo) + x.lo;
  return sum_of_ordered(q, rest / y.hi);
}

static pair divide_by(pair x, double y) {
  double q = x.hi / y;
  pair p = product_of(q, y);
  return sum_of_ordered(q, (((x.hi - p.hi) - p.lo) + x.lo) / y);
}

static double power_of_two(int k) { /* -1022 <= k <= 1023 */
  uint64_t bits = (uint64_t)(k + 1023) << 52;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* exp(x) = 2^k exp(r/16)^16 with |r| <= ln2 / 2. The Taylor series of exp(r/16) ends below 2^-110; its terms below 2^-50
 * need no more than a double. */
static double exp_of(pair x) {
  if (x.hi > 709.782712893384) return power_of_two(1023) * 2;
  if (x.hi < -745.1332191019412) return 0;
  int k = (int)(x.hi / ln2.hi + (x.hi < 0 ? -0.5 : 0.5));
  pair r = add(x, multiply((pair){-k, 0}, ln2));
  r = (pair){r.hi / 16, r.lo / 16};

  double tail = 1;
  for (int n = 14; n > 7; n--) tail = 1 + r.hi * tail / n;
  pair e = {tail, 0};
  for (int n = 7; n > 0; n--) e = add((pair){1, 0}, divide_by(multiply(r, e), n));
  for (int i = 0; i < 4; i++) e = multiply(e, e);
  return (e.hi + e.lo) * power_of_two(k / 2) * power_of_two(k - k / 2);
}

/* log(2^e m) = e ln2 + 2 atanh(s), s = (m - 1) / (m + 1), with m within [sqrt(1/2), sqrt(2)) and so |s| < 0.172.
 * The series of atanh(s) / s in s^2 ends below 2^-110; its terms below 2^-50 need no more than a double. */
static pair log_of(double x) {
  int e = 0;
  if (x < DBL_MIN) {
    x *= power_of_two(54);
    e = -54;
  }
  const uint64_t fraction = (UINT64_C(1) << 52) - 1;
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  e += (int)(bits >> 52) - 1023;
  bits = (bits & fraction) | (UINT64_C(1023) << 52);
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m >= 1.4142135623730951) {
    m /= 2;
    e++;
  }
  pair s = divide((pair){m - 1, 0}, sum_of(m, 1));
  pair z = multiply(s, s);
  double tail = 0;
  for (int n = 43; n > 19; n -= 2) tail = 1.0 / n + z.hi * tail;
  pair series = {tail, 0};
  for (int n = 19; n > 0; n -= 2) series = add(divide_by((pair){1, 0}, n), multiply(z, series));
  pair log_m = multiply((pair){2 * s.hi, 2 * s.lo}, series);
  return add(multiply((pair){e, 0}, ln2), log_m);
}

double ofr_exp(double x) { return x != x ? x : exp_of((pair){x, 0}); }

double ofr_log(double x) {
  pair l = log_of(x);
  return l.hi + l.lo;
}

double ofr_pow(double x, double y) {
  if (y == 0) return 1;
  if (x == 0) return y > 0 ? 0 : power_of_two(1023) * 2;
  pair l = log_of(x);
  double rough = l.hi * y;
  if (rough > 800 || rough < -800) return exp_of((pair){rough, 0});
  return exp_of(multiply(l, (pair){y, 0}));
}
