/* exp, log and pow for host tables, in double, from + - x / alone: the same bits whatever libm, compiler or FMA there is.
 * Relative error below 4e-16 (exp, log) and 1e-15 x (1 + |y log x|) (pow). Not for the device: that has its own, in float32. */
#ifndef OFR_FIXED_MATH_H
#define OFR_FIXED_MATH_H
double ofr_exp(double x);           /* 0 below -745, infinity above 709.78 */
double ofr_log(double x);           /* x > 0 and finite */
double ofr_pow(double x, double y); /* x > 0; 0 for x = 0, y > 0; 1 for y = 0 */
#endif
