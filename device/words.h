/* The platform words: everything that differs between C, OpenCL C and CUDA stands in this family of files, and nothing else
 * of the model may know where it runs.
 *
 * The model is written for a bundle of LANES paths at once:
 *   real  float32      + - * and unary minus are native; never contracted
 *   word  uint32       + - * ^ & | ~ << >> are native
 *   wide  int64        through the functions below
 *   mask  a yes or no  through the functions below
 * On a GPU LANES is 1 and the four are plain scalars; on a CPU a bundle fills a vector register.
 *
 * Every word here is a single IEEE operation or an exact integer one, so that any two machines agree bit for bit.
 */
#ifndef OFR_WORDS_H
#define OFR_WORDS_H

#if defined(__OPENCL_VERSION__)
#include "words_opencl.h"
#elif defined(__CUDACC__) || defined(__CUDACC_RTC__)
#include "words_cuda.h"
#elif defined(OFR_TRACE)
#include "words_c.h"
#elif defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#include "words_avx512.h"
#elif defined(__AVX2__) && defined(__FMA__)
#include "words_avx2.h"
#else
#include "words_c.h"
#endif

#endif
