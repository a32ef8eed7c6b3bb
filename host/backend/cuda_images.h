/* Kernels that nvcc compiled when the program was built (cmake/cuda_images.cmake), for machines without NVRTC: slower than those
 * compiled for a plan, of the same bits. */
#ifndef OFR_CUDA_IMAGES_H
#define OFR_CUDA_IMAGES_H

typedef struct ofr_cuda_image {
  int class;                  /* fits plans that have no more than so many of anything, and a quarter as many strategies */
  const unsigned char *begin; /* what the driver loads */
} ofr_cuda_image;

/* Smallest first; the last has no beginning. Both have one or neither. */
extern const ofr_cuda_image ofr_cuda_path_images[], ofr_cuda_bound_images[];
/* Compute capabilities for which they hold code, oldest first, then 0. Later ones have it translated by the driver. */
extern const int ofr_cuda_image_targets[];
#endif
