/* A word for what is done one path at a time: several doubles of that path, side by side, where lanes stand side by side too.
 * - and x are native, never contracted. */
#ifndef OFR_WORDS_DOUBLES_H
#define OFR_WORDS_DOUBLES_H

#if LANES == 1
#define DOUBLES 1
#define V(x)    (x)
typedef double doubles;
FN doubles v_load(GLOBAL const double *from) { return *from; }
FN void v_store(GLOBAL double *to, doubles a) { *to = a; }
FN doubles v_least(doubles a, doubles b) { return b < a ? b : a; }
FN int v_any_above(doubles a, double b) { return a > b; }
#elif defined(__OPENCL_VERSION__)
#define DOUBLES 8
#define V(x)    ((doubles)(x))
typedef double8 doubles;
FN doubles v_load(GLOBAL const double *from) { return vload8(0, from); }
FN void v_store(GLOBAL double *to, doubles a) { vstore8(a, 0, to); }
FN doubles v_least(doubles a, doubles b) { return select(a, b, b < a); }
FN int v_any_above(doubles a, double b) { return any(a > V(b)); }
#elif defined(__AVX512F__)
#define DOUBLES 8
#define V(x)    _mm512_set1_pd(x)
typedef __m512d doubles;
FN doubles v_load(const double *from) { return _mm512_loadu_pd(from); }
FN void v_store(double *to, doubles a) { _mm512_storeu_pd(to, a); }
FN doubles v_least(doubles a, doubles b) { return _mm512_min_pd(b, a); } /* b < a ? b : a */
FN int v_any_above(doubles a, double b) { return _mm512_cmp_pd_mask(a, V(b), _CMP_GT_OQ) != 0; }
#else
#define DOUBLES 4
#define V(x)    _mm256_set1_pd(x)
typedef __m256d doubles;
FN doubles v_load(const double *from) { return _mm256_loadu_pd(from); }
FN void v_store(double *to, doubles a) { _mm256_storeu_pd(to, a); }
FN doubles v_least(doubles a, doubles b) { return _mm256_min_pd(b, a); } /* b < a ? b : a */
FN int v_any_above(doubles a, double b) { return _mm256_movemask_pd(_mm256_cmp_pd(a, V(b), _CMP_GT_OQ)) != 0; }
#endif
#endif
