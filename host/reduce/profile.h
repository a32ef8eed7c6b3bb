/* Where the time of a run went: phases on the host, kernels on the devices. Numbers below 0 are not known. */
#ifndef OFR_PROFILE_H
#define OFR_PROFILE_H
#include <stdint.h>

/* A kernel so far, since the upload, and what its driver tells of it. */
typedef struct ofr_kernel_facts {
  char name[32];
  uint64_t launches;
  double seconds;        /* on the device, of all launches; known when opened with `profile` */
  uint32_t groups, group;/* of the largest launch: groups, and threads or work-items in each */
  int registers;         /* a thread's */
  int spilled;           /* bytes of local (private) memory of a thread: spills and arrays */
  int shared;            /* bytes of a group */
  double occupancy;      /* share of the threads that a unit can hold */
  uint64_t paths;        /* computed by it; 0: all of its device's */
  const struct ofr_path_version *code; /* the cpu's functions whose steps can be counted; a compiled
                                           * kernel's are not: how many months it takes is part of it */
  int64_t instructions;  /* static: of the compiled code, all of it */
} ofr_kernel_facts;

typedef struct ofr_kernel_time {
  const char *backend, *device;
  ofr_kernel_facts facts;
  double path_months;    /* x strategies, computed by it; 0 for what computes no paths */
  double executed;       /* instructions that one lane's path-month took of a thread's; counted by stepping through some */
  double vectors;        /* of these, those that compute on vectors */
} ofr_kernel_time;

enum { OFR_PROFILE_PHASES = 16, OFR_PROFILE_KERNELS = 34 };

typedef struct ofr_profile {
  int phase_count, kernel_count;
  struct { const char *name; double seconds; } phases[OFR_PROFILE_PHASES];
  ofr_kernel_time kernels[OFR_PROFILE_KERNELS];
} ofr_profile;
#endif
