/* Kernels that nvcc compiled when the program was built (cmake/cuda_images.cmake), for machines without NVRTC: slower than those
 * compiled for a plan, of the same bits. */
#ifndef OFR_CUDA_IMAGES_H
#define OFR_CUDA_IMAGES_H

typedef struct ofr_cuda_image {
  int class;                       /* fits plans that have no more than so many of anything, and a quarter as many strategies */
  const unsigned char *begin, *end;/* what the driver loads */
} ofr_cuda_image;

extern const ofr_cuda_image ofr_cuda_images[]; /* smallest first */
extern const int ofr_cuda_image_count;         /* 0 where none were compiled */
#endif
